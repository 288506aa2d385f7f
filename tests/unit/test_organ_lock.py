"""An organ's score is worked out where it is locked, and never taken from whoever locks it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit import reviewing as small
from workbench.pack import find_pack, read_pack
from workbench.review import results
from workbench.review.review import Review
from workbench.rubrics import Rubric
from workbench.terms import UsageError

ROOT = Path(__file__).parents[2]
INPUTS = {"files": [90.0, 80.0], "views": {"good": 60, "of": 80}, "run_id": "r"}


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    pack = read_pack(find_pack("hrss", ROOT / "expectations"))
    return next(r for r in pack.rubrics.values() if r.level == "organ")


def full(rubric: Rubric) -> dict[str, Any]:
    return {c.id: {"anchor": "full"} for c in rubric.criteria if c.measure == "manual"}


def locked(lead: Review) -> Any:
    return lead.round(small.ROUND).organs["city"].body


def test_the_score_follows_from_rubric_and_inputs(tmp_path: Path, rubric: Rubric) -> None:
    with small.reviewing(tmp_path) as (lead, _):
        lead.rate_organ(small.ROUND, "city", rubric, full(rubric), INPUTS)
        score = locked(lead).score
    most = {c.measure: c.maximum for c in rubric.criteria}
    by_people = sum(c.maximum for c in rubric.criteria if c.measure == "manual")
    earned = most["file_scores"] * 0.85 + most["outside_views"] * 0.75 + by_people
    whole = most["file_scores"] + most["outside_views"] + by_people
    assert score.points == pytest.approx(100 * earned / whole, abs=0.006)
    assert score.band == rubric.band_of(score.points).name


def test_what_people_did_not_rate_is_not_taken_from_the_inputs(
    tmp_path: Path, rubric: Rubric
) -> None:
    items = full(rubric)
    first = next(iter(items))
    planted = {**INPUTS, "rated": {first: {"applicable": False}}}
    with small.reviewing(tmp_path) as (lead, _):
        lead.rate_organ(small.ROUND, "city", rubric, items, INPUTS)
        plain = locked(lead).score.points
        lead.rate_organ(small.ROUND, "city", rubric, items, planted)
        assert locked(lead).score.points == plain


def test_what_is_no_score_of_an_organ_is_refused(tmp_path: Path, rubric: Rubric) -> None:
    items = full(rubric)
    first, measured = (
        next(iter(items)),
        next(c.id for c in rubric.criteria if c.measure != "manual"),
    )
    taken = {"anchor": "own", "deductions": [
        {"points": float("nan"), "reason": "无", "evidence": ["d/1"]}]}  # fmt: skip
    with small.reviewing(tmp_path) as (lead, _):
        its = lead.round(small.ROUND)
        of_cases = results.rubric_of(its, its.cases["c1"])
        for wrong, given, inputs, sentence in (
            (of_cases, items, INPUTS, "level organ"),
            (replace(of_cases, criteria=()), {}, {}, "level organ"),
            (rubric, items | {"nobody": {"anchor": "full"}}, INPUTS, "no criterion 'nobody'"),
            (rubric, items | {measured: {"anchor": "full"}}, INPUTS, "does not rate it"),
            (rubric, items | {first: taken}, INPUTS, "finite"),
            (rubric, items, {"files": [float("inf")]}, "finite"),
        ):
            with pytest.raises(UsageError, match=sentence):
                lead.rate_organ(small.ROUND, "city", wrong, given, inputs)
        assert lead.round(small.ROUND).organs == {}
