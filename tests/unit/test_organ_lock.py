"""An organ's score is worked out where it is locked, and never taken from whoever locks it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit import reviewing as small
from workbench.commands.review_results import _appraisals
from workbench.commands.review_store import Desk
from workbench.pack import find_pack, read_pack
from workbench.review import parts, results
from workbench.review.review import Review
from workbench.review.round_combined import organ_appraisals
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


def test_each_form_of_appraisal_has_its_score_and_one_not_held_is_named(
    tmp_path: Path, rubric: Rubric, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"organisation": 90.0, "self": 100.0}
    with small.reviewing(tmp_path) as (lead, _):
        lead.open_round("2026-02", small.opened(form="self"), {"c9": small.drawn()})
        lead.open_round("2025-01", small.opened(form="mutual", origin=parts.Origin(
            run_id="old", as_of="2025-06-30", pack="p", pack_version="1", pack_digest="d",
        )), {"c0": small.drawn()})  # fmt: skip
        for name, form in ((small.ROUND, "organisation"), ("2026-02", "self"), ("2025-01", "self")):
            lead.rate_organ(name, "city", rubric, full(rubric), {"files": [files[form]]})
        held = organ_appraisals(lead.state, small.ROUND, "city")
        desk = Desk(lead, small.ROUND, "zh")
        said: list[str] = []
        monkeypatch.setattr("workbench.commands.review_store.click.echo", said.append)
        _appraisals(desk, "city", rubric)
    assert {form: name for form, (name, _) in held.items()} == {
        "organisation": small.ROUND, "self": "2026-02",
    }  # fmt: skip
    one, own = (held[form][1].points for form in ("organisation", "self"))
    weights = {a.id: a.weight for a in rubric.appraisals}
    assert one is not None
    assert own is not None
    both = (one * weights["organisation"] + own * weights["self"]) / (
        weights["organisation"] + weights["self"]
    )
    assert said[0] == f"组织考评（轮次“{small.ROUND}”）：{one:g}分"
    assert said[2] == "互查互评：未进行"
    assert f"= {round(both, 2):g} 分" in said[3]
