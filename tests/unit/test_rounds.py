"""A round drawn from a run: what it keeps, what it refuses, and that it scores as the run does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import workbench
from tests.unit.reviewing import Clock
from workbench.review import entries as e
from workbench.review import results
from workbench.review.refusals import Refused
from workbench.review.review import Review
from workbench.review.state import RoundState
from workbench.rounds import open_round
from workbench.run import Run
from workbench.terms import UsageError


@pytest.fixture(scope="module")
def saved_run(sample_folder: Path) -> Run:
    """The sample's run, read back from its folder."""
    return workbench.open_run(sample_folder)


def opened(folder: Path, run: Run, cases: list[str], **more: Any) -> RoundState:
    """A round of the sample's cases."""
    with Review.open(folder / "review.sqlite", "lead", today=Clock("2026-07-01")) as review:
        return open_round(review, run, "2026-01", cases, title="年度评查", organ_id="99", **more)


def penalties(run: Run, count: int) -> list[str]:
    """Cases that have a score."""
    return list(run.scores.case_id[:count])


def test_a_round_keeps_the_rules_of_the_pack(tmp_path: Path, saved_run: Run) -> None:
    its = opened(tmp_path, saved_run, penalties(saved_run, 3)).opened
    assert (its.gap_limit, its.ratings_per_case, its.other_organs_only) == (5, 2, True)
    assert (its.reply_days, its.reply_unit) == (10, "wd")
    assert (its.rectification_days, its.rectification_unit) == (30, "cd")
    assert its.full == 100
    assert its.measures["officer"]["criticism"] == "S2 五：批评教育"
    assert its.origin.pack_digest == saved_run.manifest["pack"]["digest"]
    assert its.days["2026-10-01"] is False


def test_a_round_keeps_what_its_papers_call_things(tmp_path: Path, saved_run: Run) -> None:
    found = opened(tmp_path, saved_run, penalties(saved_run, 40))
    its = found.opened
    assert its.words["penalty"] == {"zh": "行政处罚", "en": "Penalty"}
    assert its.words["documents"]["zh"] == "文书"
    checks = {p.check for case in found.cases.values() for p in case.drawn.proposals}
    assert checks <= set(its.titles)
    assert checks <= set(its.clauses)
    assert its.clauses["after-penalty-published-7wd"].text.startswith("S1")
    assert its.sources["S1"]["number"] == "津人社办发〔2019〕69号"


def test_before_anybody_rates_a_round_has_the_runs_automatic_points(
    tmp_path: Path, saved_run: Run
) -> None:
    cases = penalties(saved_run, 120)
    its = opened(tmp_path, saved_run, cases)
    cards = saved_run.scorecards.set_index(["case_id", "criterion"])
    compared = 0
    for case in its.cases.values():
        rubric = results.rubric_of(its, case)
        marks = results.score(rubric, case.drawn, {}, {}).marks
        for criterion in rubric.automatic:
            mark = marks[criterion.id]
            if not mark["takes_part"]:
                assert (case.case_id, criterion.id) not in cards.index
                continue
            card = cards.loc[(case.case_id, criterion.id)]
            assert float(card.attainable) == pytest.approx(mark["attainable"], abs=0.006)
            assert float(card.points) == pytest.approx(mark["points"], abs=0.006)
            compared += 1
    assert compared > 300


def test_who_handled_a_case_is_known_to_the_round(tmp_path: Path, saved_run: Run) -> None:
    its = opened(tmp_path, saved_run, penalties(saved_run, 20))
    assert all(len(case.drawn.handled_by) > 1 for case in its.cases.values())


def test_veto_candidates_come_along(tmp_path: Path, saved_run: Run) -> None:
    scores = saved_run.scores
    with_veto = scores[scores.veto_candidates.notna()].iloc[0]
    its = opened(tmp_path, saved_run, [with_veto.case_id])
    drawn = its.cases[with_veto.case_id].drawn
    found = {p.check for p in drawn.proposals if p.veto}
    assert found == set(with_veto.veto_candidates.split(";"))


def test_a_round_needs_a_run_that_is_saved(tmp_path: Path, sample_run: Run) -> None:
    with pytest.raises(Refused) as error:
        opened(tmp_path, sample_run, ["99-1"])
    assert error.value.code == "run_unsaved"


def test_what_a_round_refuses_of_a_run(tmp_path: Path, saved_run: Run) -> None:
    with pytest.raises(Refused) as error:
        opened(tmp_path, saved_run, ["no such case"])
    assert error.value.code == "no_run_cases"
    with pytest.raises(UsageError, match="no rule 'gap'"):
        opened(tmp_path, saved_run, penalties(saved_run, 1), rules={"gap": 3})
    with pytest.raises(Refused) as error:
        opened(tmp_path, saved_run, [])
    assert error.value.code == "no_cases"


def test_a_bureau_may_set_its_own_rules(tmp_path: Path, saved_run: Run) -> None:
    case = penalties(saved_run, 1)
    its = opened(tmp_path, saved_run, case, rules={"gap_limit": 3, "reply_days": 5})
    assert (its.opened.gap_limit, its.opened.reply_days) == (3, 5)


def test_a_self_evaluation_takes_one_rating(tmp_path: Path, saved_run: Run) -> None:
    its = opened(tmp_path, saved_run, penalties(saved_run, 1), form="self")
    assert its.opened.ratings_per_case == 1
    assert isinstance(its.opened, e.RoundOpened)
