"""An organ's appraisal from a run and a round: each input is the run's or the round's own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import workbench as wb
from tests.unit import played_round as play
from workbench.cli import main
from workbench.organ_scores import organ_score, rate_organ
from workbench.review.refusals import Refused
from workbench.run import Run
from workbench.terms import UsageError


@pytest.fixture(scope="module")
def run(sample_folder: Path) -> Run:
    return wb.open_run(sample_folder)


def test_an_organ_is_measured_by_its_run_and_its_round(tmp_path: Path, run: Run) -> None:
    case = play.some_cases(run, each=1)
    with play.begun(tmp_path, run, case) as (review, day):
        play.agreed(review, case[0], taken=2)
        organ = review.round(play.ROUND).cases[case[0]].drawn.organ_id
        review.survey(play.ROUND, organ, "2026-07-01", 80, 60)
        review.send_feedback(play.ROUND, review.round(play.ROUND).cases[case[0]].drawn.unit_id)
        day.day = date(2026, 8, 3)
        review.finalise(play.ROUND, case)

        before = organ_score(review, run, play.ROUND, organ)
        assert before.score.points is None  # the human criteria are not rated yet
        final = review.results(play.ROUND)["results"].final.iloc[0]
        assert before.inputs.files == (final,)
        assert before.inputs.views
        assert (before.inputs.views.good, before.inputs.views.of) == (60, 80)
        facts = run.facts()
        own = facts[facts.organ_id == organ]
        assert before.inputs.upheld
        made, stood = int(own.rulings_made.sum()), int(own.rulings_upheld.sum())
        assert (before.inputs.upheld.good, before.inputs.upheld.of) == (stood, made)
        assert made > 0
        tallies = run.tallies
        check = "acct-adverse-outcome-followed"
        mine = tallies[(tallies.check_id == check) & (tallies.organ_id == organ)]
        assert before.inputs.checks[check].failed == int(mine.failed.sum())

        manual = [c.id for c in before.rubric.criteria if c.measure == "manual"]
        full = {name: {"anchor": "full"} for name in manual}
        with pytest.raises(Refused) as error:
            rate_organ(review, run, play.ROUND, organ, dict(list(full.items())[1:]))
        assert error.value.code == "incomplete"
        with pytest.raises(Refused):
            rate_organ(review.as_person(play.ANN), run, play.ROUND, organ, full)
        with pytest.raises(UsageError, match="nothing of organ"):
            organ_score(review, run, play.ROUND, "nobody")
        found = rate_organ(review, run, play.ROUND, organ, full)
        kept = review.round(play.ROUND).organs[organ].body
        assert kept.score.points == found.score.points is not None  # type: ignore[attr-defined]
        earned = sum(m.points or 0 for m in found.marks if m.takes_part)
        whole = sum(m.attainable for m in found.marks if m.takes_part)
        assert found.score.points == pytest.approx(100 * earned / whole, abs=0.006)
    items = tmp_path / "items.json"
    items.write_text(json.dumps(full), "utf-8")
    told = ["review", "organ-score", organ, str(run.folder), "--items", str(items), "--as", "lead",
            "--store", str(tmp_path / "review.sqlite"), "--lang", "en"]  # fmt: skip
    result = CliRunner().invoke(main, told)
    assert result.exit_code == 0, result.output
    assert f"= {found.score.points:g}" in result.output
    assert "acct-adverse-outcome-followed" not in result.output
    assert "Self-appraisal: not held" in result.output
