"""Points of one case from its parts and what a person concluded, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.marking import Mark, Part, Rated, marks, result, settle
from workbench.rubrics import Band, Criterion, Listed, Rubric, Split, Veto
from workbench.terms import UsageError

BANDS = (
    Band("excellent", {"zh": "优秀", "en": "Excellent"}, 90),
    Band("pass", {"zh": "合格", "en": "Pass"}, 60),
    Band("fail", {"zh": "不合格", "en": "Fail"}, 0),
)


def criterion(
    name: str, maximum: float, *checks: str, mode: str = "auto", **more: bool
) -> Criterion:
    listed = tuple(Listed(check) for check in checks)
    return Criterion(name, {"zh": name, "en": name}, maximum, mode, listed, **more)


RUBRIC = Rubric(
    id="r",
    version="1",
    title={},
    criteria=(
        criterion("A", 20, "a1", "a2"),
        criterion("B", 30, "b1", "b2"),
        criterion("M", 10, "m1", mode="mixed"),
        criterion("H", 40, mode="manual"),
    ),
    bands=BANDS,
    provisional_below=0.8,
)
CLEAN = {
    "A": [Part("a1", "passed", 5, 0), Part("a2", "passed", 5, 0)],
    "B": [Part("b1", "passed", 10, 0), Part("b2", "not_applicable", 5, 0)],
    "M": [Part("m1", "passed", 4, 0)],
}
WHOLE = {"M": Rated(), "H": Rated()}


def by_id(found: tuple[Mark, ...]) -> dict[str, Mark]:
    return {mark.criterion: mark for mark in found}


def test_a_clean_case_has_all_points() -> None:
    assert result(RUBRIC, marks(RUBRIC, CLEAN, WHOLE)).points == 100


def test_what_cannot_be_told_is_neither_earned_nor_lost() -> None:
    parts = {**CLEAN, "A": [Part("a1", "failed", 5, 3), Part("a2", "cannot_tell", 15, 0)]}
    found = by_id(marks(RUBRIC, parts, WHOLE))
    # 20 x 5 / (5 + 15) = 5 attainable, less 3.
    assert (found["A"].attainable, found["A"].points) == (5, 2)
    # 100 x (2 + 30 + 10 + 40) / (5 + 30 + 10 + 40)
    whole = result(RUBRIC, tuple(found.values()))
    assert whole.points == 96.47
    # decided: (5 + 30) of the automatic 20 + 30
    assert (whole.decided_share, whole.provisional) == (0.7, True)
    assert "20 x 5 / (5 + 15) = 5 attainable; 5 - 3 (a1) = 2" in found["A"].formula["en"]
    assert "100 x 82 earned / 85 attainable = 96.47" in whole.formula["en"]
    assert "100 × 得分 82 ÷ 可得 85 = 96.47 分" in whole.formula["zh"]


def test_untested_is_open_and_not_yet_due_leaves() -> None:
    parts = {**CLEAN, "A": [Part("a1", "untested", 5, 0), Part("a2", "not_yet_due", 5, 0)],
             "B": [Part("b1", "not_yet_due", 5, 0)]}  # fmt: skip
    found = by_id(marks(RUBRIC, parts, WHOLE))
    assert (found["A"].takes_part, found["A"].attainable, found["A"].points) == (True, 0, 0)
    assert not found["B"].takes_part


def test_a_group_deducts_its_largest_once_in_the_first_criterion_that_holds_it() -> None:
    parts = {
        **CLEAN,
        "A": [Part("a1", "failed", 5, 2, "officers"), Part("a2", "failed", 5, 1, "officers")],
        "B": [Part("b1", "failed", 10, 10, "officers"), Part("b2", "failed", 5, 5)],
    }
    found = by_id(marks(RUBRIC, parts, WHOLE))
    # The largest of the group is 10; A can hold it (20 attainable), so B loses only b2's 5.
    assert (found["A"].points, found["B"].points) == (10, 25)
    assert "20 - 10 (a1, a2, b1) = 10" in found["A"].formula["en"]
    assert "b1: the same defect is deducted under A" in found["B"].formula["en"]


def test_a_group_goes_on_where_the_first_criterion_cannot_hold_it() -> None:
    small = {**CLEAN, "A": [Part("a1", "failed", 5, 2, "g"), Part("a2", "untested", 15, 0)],
             "B": [Part("b1", "failed", 10, 10, "g")]}  # fmt: skip
    found = by_id(marks(RUBRIC, small, WHOLE))
    assert (found["A"].attainable, found["A"].points, found["B"].points) == (5, 5, 20)
    # Nobody can hold 50: the criterion with the most takes it, down to 0.
    huge = {**small, "B": [Part("b1", "failed", 10, 50, "g")]}
    found = by_id(marks(RUBRIC, huge, WHOLE))
    assert (found["A"].points, found["B"].points) == (5, 0)
    assert "is below 0, so 0" in found["B"].formula["en"]


def test_a_person_adds_to_the_proposals_of_a_mixed_criterion() -> None:
    parts = {**CLEAN, "M": [Part("m1", "failed", 4, 4)]}
    before = by_id(marks(RUBRIC, parts))
    assert (before["M"].points, before["H"].points) == (None, None)
    assert "proposed deductions: 4 (m1)" in before["M"].formula["en"]
    assert "自动扣分建议：4（m1）；待评查员评定" in before["M"].formula["zh"]
    assert result(RUBRIC, tuple(before.values())).points is None
    rated = {"M": Rated(deductions=(1.5,)), "H": Rated(deductions=(4, 2.5))}
    after = by_id(marks(RUBRIC, parts, rated))
    assert (after["M"].points, after["H"].points) == (4.5, 33.5)
    assert "10 - 4 (m1) - 1.5 (by the reviewer) = 4.5" in after["M"].formula["en"]
    more = by_id(marks(RUBRIC, parts, {**rated, "M": Rated(deductions=(9,))}))
    assert more["M"].points == 0


def test_a_mixed_criterion_is_attainable_in_full_once_a_person_looked() -> None:
    parts = {**CLEAN, "M": [Part("m1", "cannot_tell", 4, 0)]}
    assert by_id(marks(RUBRIC, parts))["M"].attainable == 0
    assert by_id(marks(RUBRIC, parts, WHOLE))["M"].attainable == 10


def test_a_person_settles_what_checks_said() -> None:
    failed = Part("a1", "failed", 5, 3)
    unknown = Part("a2", "cannot_tell", 15, 0)
    done = settle([failed, unknown], {"a1": "overturned", "a2": "failed"})
    assert done == (Part("a1", "passed", 5, 0), Part("a2", "failed", 15, 15))
    done = settle([failed, unknown], {"a1": "failed", "a2": "not_applicable"})
    assert done == (failed, Part("a2", "not_applicable", 15, 0))
    found = by_id(marks(RUBRIC, {**CLEAN, "A": settle([failed, unknown], {"a2": "passed"})}))
    assert (found["A"].attainable, found["A"].points) == (20, 17)
    with pytest.raises(UsageError, match="'a1' is decided as 'maybe'"):
        settle([failed], {"a1": "maybe"})


@pytest.mark.parametrize(("rule", "expected"), [("drop", 80), ("full", 85), ("zero", 60)])
def test_absent_items(rule: str, expected: float) -> None:
    """A does not apply to the case; B loses 15 of 60, H nothing of 15."""
    rubric = replace(RUBRIC, absent_item=rule, criteria=(
        criterion("A", 25, "a1"), criterion("B", 60, "b1"), criterion("H", 15, mode="manual"),
    ))  # fmt: skip
    parts = {"A": [Part("a1", "not_applicable", 5, 0)], "B": [Part("b1", "failed", 15, 15)]}
    # drop 100 x (45 + 15) / 75 = 80; full (25 + 45 + 15) = 85; zero (0 + 45 + 15) = 60
    assert result(rubric, marks(rubric, parts, {"H": Rated()})).points == expected


def test_a_person_says_that_a_criterion_does_not_apply() -> None:
    found = by_id(marks(RUBRIC, CLEAN, {"M": Rated(applicable=False), "H": Rated(deductions=(4,))}))
    assert not found["M"].takes_part
    # 100 x (20 + 30 + 36) / 90
    assert result(RUBRIC, tuple(found.values())).points == 95.56


@pytest.mark.parametrize(
    ("effect", "points", "band", "vetoed", "barred"),
    [("zero", 0, "fail", True, False), ("fail", 100, "fail", True, False),
     ("cap_not_excellent", 100, "pass", False, True), ("none", 100, "excellent", False, False)],
)  # fmt: skip
def test_effects_of_a_confirmed_veto(
    effect: str, points: float, band: str, vetoed: bool, barred: bool
) -> None:
    rubric = replace(RUBRIC, veto_effect=effect)
    found = result(rubric, marks(rubric, CLEAN, WHOLE), ["b1"])
    assert (found.points, found.band) == (points, band)
    assert (found.vetoed, found.excellent_barred) == (vetoed, barred)
    assert "veto confirmed (b1)" in found.formula["en"]


def test_the_strongest_of_several_vetoes_counts() -> None:
    vetoes = (Veto("slight", {}, ("a1",), "cap_not_excellent"), Veto("party", {}, (), "fail"))
    rubric = replace(RUBRIC, veto_effect="none", vetoes=vetoes)
    found = marks(rubric, CLEAN, WHOLE)
    assert result(rubric, found, ["a1"]).band == "pass"
    assert result(rubric, found, ["slight", "party"]).band == "fail"
    assert result(rubric, found, ["b1"]).band == "excellent"


def test_a_veto_to_zero_needs_no_further_rating() -> None:
    found = result(RUBRIC, marks(RUBRIC, CLEAN), ["a1"])
    assert (found.points, found.band, found.provisional) == (0, "fail", False)


@pytest.mark.parametrize(
    ("lost", "points", "band"),
    [(10, 90, "excellent"), (10.01, 89.99, "pass"), (40, 60, "pass"), (40.01, 59.99, "fail")],
)
def test_bands_at_their_borders(lost: float, points: float, band: str) -> None:
    rubric = replace(RUBRIC, criteria=(criterion("H", 100, mode="manual"),))
    found = result(rubric, marks(rubric, {}, {"H": Rated(deductions=(lost,))}))
    assert (found.points, found.band) == (points, band)


def test_rounding_is_half_up_and_comes_before_the_band() -> None:
    rubric = replace(RUBRIC, rounding=0, criteria=(criterion("H", 100, mode="manual"),))
    found = result(rubric, marks(rubric, {}, {"H": Rated(deductions=(10.5,))}))
    assert (found.points, found.band) == (90, "excellent")


def test_deductions_from_a_hundred_are_not_scaled() -> None:
    rubric = replace(
        RUBRIC, base="deductive", absent_item="full", full=120,
        criteria=(criterion("A", 50, "a1", "a2"), criterion("H", 70, mode="manual")),
    )  # fmt: skip
    parts = {"A": [Part("a1", "failed", 10, 10), Part("a2", "cannot_tell", 30, 0)]}
    found = marks(rubric, parts, {"H": Rated(deductions=(2,))})
    # What cannot be told takes nothing: 100 x (120 - 10 - 2) / 120 = 90; 10 of 40 decided.
    whole = result(rubric, found)
    assert (whole.points, whole.decided_share, whole.provisional) == (90, 0.25, True)
    assert "100 x (120 - 12 deducted) / 120 = 90" in whole.formula["en"]


def test_fifty_and_fifty_with_direct_deductions() -> None:
    rubric = replace(
        RUBRIC, base="split", split=Split(50, 50, 20),
        criteria=(
            criterion("N", 60, "n1"), criterion("O", 40, mode="manual"),
            criterion("documents", 10, mode="manual", direct=True),
            criterion("transcripts", 15, "t1", direct=True),
        ),
    )  # fmt: skip
    parts = {"N": [Part("n1", "failed", 10, 12)], "transcripts": [Part("t1", "failed", 5, 3)]}
    rated = {"O": Rated(deductions=(8,)), "documents": Rated(deductions=(1.5,))}
    # 50 + 50 x (48 + 32) / 100 - (3 + 1.5) = 85.5
    whole = result(rubric, marks(rubric, parts, rated))
    assert whole.points == 85.5
    assert "50 for lawfulness + 50 x 80 earned / 100 attainable - 4.5" in whole.formula["en"]
    # The basic elements take 20 at most: 50 + 50 x 80 / 100 - 20 = 70, not 67.
    parts["transcripts"] = [Part("t1", "failed", 13, 13)]
    rated["documents"] = Rated(deductions=(10,))
    whole = result(rubric, marks(rubric, parts, rated))
    assert whole.points == 70
    assert "would take 23, at most 20" in whole.formula["en"]
    # O is not needed in this case: 50 + 50 x 48 / 60 - 20 = 70.
    rated["O"] = Rated(applicable=False)
    assert result(rubric, marks(rubric, parts, rated)).points == 70


def test_unknown_criteria_and_negative_deductions_are_refused() -> None:
    with pytest.raises(UsageError, match="no criterion 'X'"):
        marks(RUBRIC, {"X": []})
    with pytest.raises(UsageError, match="'H': a deduction is a number of 0 or more"):
        marks(RUBRIC, CLEAN, {"H": Rated(deductions=(-1,))})


def test_nothing_attainable_has_no_score() -> None:
    rubric = replace(RUBRIC, criteria=(criterion("A", 100, "a1"),))
    found = result(rubric, marks(rubric, {"A": [Part("a1", "not_applicable", 5, 0)]}))
    assert (found.points, found.band, found.decided_share) == (None, None, 1)
    assert found.formula == {"zh": "没有可以计分的项目", "en": "nothing can be scored"}
