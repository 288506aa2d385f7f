"""An organ's appraisal, worked out by hand on the shipped rubric (评议考核表)."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.marking import (
    Mark,
    OrganInputs,
    Rated,
    Share,
    Subjects,
    combine,
    organ_marks,
    result,
)
from workbench.pack.reading import read_pack
from workbench.rubrics import Rubric
from workbench.terms import UsageError


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return read_pack(Path(__file__).parents[2] / "expectations" / "hrss").rubrics["organ"]


@pytest.fixture(scope="module")
def inputs(rubric: Rubric) -> OrganInputs:
    manual = {c.id: Rated() for c in rubric.criteria if c.measure == "manual"}
    return OrganInputs(
        checks={
            "before-authority-list-published": Subjects(passed=1),
            "before-list-updated-after-change": Subjects(failed=1),
            "before-officer-roster-disclosed": Subjects(passed=30, failed=10),
            "before-service-guide-complete": Subjects(passed=6, failed=2, cannot_tell=2),
            "before-random-check-list-published": Subjects(passed=1),
            "before-review-and-av-catalogues-published": Subjects(),  # not applicable here
            "after-annual-report-jan15": Subjects(passed=3, failed=1),
            "after-annual-data-published-and-reconciled": Subjects(tested=False),
            "review-staffing-5pct": Subjects(passed=1),
        },
        files=(92, 85.5, 78, 96.5),
        upheld=Share(9, 12),
        views=Share(45, 60),
        rated=manual
        | {"information": Rated(deductions=(1.5,)), "windows": Rated(applicable=False)},
    )


def by_id(rubric: Rubric, inputs: OrganInputs) -> dict[str, Mark]:
    return {mark.criterion: mark for mark in organ_marks(rubric, inputs)}


def test_marks_by_hand(rubric: Rubric, inputs: OrganInputs) -> None:
    found = by_id(rubric, inputs)
    points = {name: (mark.points, mark.attainable) for name, mark in found.items()}
    # 30 x (92 + 85.5 + 78 + 96.5) / 4 / 100 = 30 x 88 / 100
    assert points["file_scores"] == (26.4, 30)
    # five checks apply: 10 x (1 + 0 + 30/40 + 6/10 + 1) / 5 = 6.7; of the guides 8/10 are decided:
    # attainable 10 x (1 + 1 + 1 + 0.8 + 1) / 5 = 9.6
    assert points["disclosure_before"] == (6.7, 9.6)
    # one of two checks is untested: 5 x 3/4 / 2 = 1.875 -> 1.88; attainable 2.5
    assert points["annual_report"] == (1.88, 2.5)
    # 10 x 9 / 12, 8 x 45 / 60
    assert points["decisions_upheld"] == (7.5, 10)
    assert points["outside_views"] == (6, 8)
    assert points["review_staff"] == (2, 2)
    # no round and no measure was recorded at all: nothing attainable
    assert points["evaluation"] == (0, 0)
    assert points["information"] == (1.5, 3)
    assert not found["windows"].takes_part


def test_the_whole_by_hand(rubric: Rubric, inputs: OrganInputs) -> None:
    whole = result(rubric, organ_marks(rubric, inputs))
    # earned 26.4 + 6.7 + 1.88 + 0 + 0 + 2 + 7.5 + 6 + manual (25 - 1 - 1.5 = 22.5) = 72.98
    # attainable 30 + 9.6 + 2.5 + 0 + 0 + 2 + 10 + 8 + (25 - 1) = 86.1
    assert whole.formula["en"].startswith(
        "100 x 72.98 earned / 86.1 attainable = 84.76; band: Good"
    )
    assert (whole.points, whole.band) == (84.76, "good")
    # decided 62.1 of the automatic 75 = 82.8%
    assert whole.decided_share == pytest.approx(62.1 / 75)
    assert not whole.provisional


def test_the_formulas_can_be_followed(rubric: Rubric, inputs: OrganInputs) -> None:
    found = by_id(rubric, inputs)
    assert "before-service-guide-complete 6/10" in found["disclosure_before"].formula["en"]
    assert found["decisions_upheld"].formula["zh"] == (
        "满分 10 × 维持 9 件 ÷ 有复议、诉讼结果的 12 件 = 7.5 分"
    )
    assert found["file_scores"].formula["en"] == "30 x mean file score 88 / 100 = 26.4 (4 files)"
    assert (
        "after-annual-data-published-and-reconciled 未检查" in found["annual_report"].formula["zh"]
    )


def test_what_an_organ_had_none_of_leaves(rubric: Rubric) -> None:
    manual = {c.id: Rated() for c in rubric.criteria if c.measure == "manual"}
    none = {check: Subjects() for check in rubric.checks}
    whole = result(rubric, organ_marks(rubric, OrganInputs(checks=none, rated=manual)))
    assert whole.points == 100
    assert "100 x 25 earned / 25 attainable" in whole.formula["en"]


def test_nothing_is_a_score_before_people_have_rated(rubric: Rubric, inputs: OrganInputs) -> None:
    unrated = OrganInputs(checks=inputs.checks, files=inputs.files)
    assert result(rubric, organ_marks(rubric, unrated)).points is None


def test_three_appraisals_are_combined_by_their_weights(rubric: Rubric) -> None:
    # 84.76 x 0.6 + 92 x 0.1 + 80 x 0.3 = 50.856 + 9.2 + 24 = 84.056
    found = combine(rubric, {"organisation": 84.76, "self": 92, "mutual": 80})
    assert (found.points, found.band) == (84.06, "good")
    assert found.formula["zh"] == (
        "（组织考评 84.76 × 0.6 + 自我考评 92 × 0.1 + 互查互评 80 × 0.3）÷ 1 = 84.06 分；等次：良好"
    )
    # Without a mutual one the others keep their proportion: (50.856 + 9.2) / 0.7 = 85.79...
    found = combine(rubric, {"organisation": 84.76, "self": 92, "mutual": None})
    assert found.points == 85.79
    assert "/ 0.7 = 85.79" in found.formula["en"]
    assert combine(rubric, {}).points is None
    with pytest.raises(UsageError, match="weighs no appraisal 'party'"):
        combine(rubric, {"party": 90})


def test_a_rubric_for_cases_is_refused(rubric: Rubric) -> None:
    with pytest.raises(UsageError, match="is for cases"):
        organ_marks(Rubric("penalty", "1", {}, (), rubric.bands), OrganInputs())
    with pytest.raises(UsageError, match="7 of 5 is no share"):
        organ_marks(rubric, OrganInputs(upheld=Share(7, 5)))
