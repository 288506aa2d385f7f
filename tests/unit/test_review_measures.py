"""What a round says of its raters and of the automatic checks: nothing counts twice or unseen."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

import workbench as wb
from tests.unit import reviewing as small
from workbench.cli import main
from workbench.review import entries as e
from workbench.review import parts
from workbench.review.blind import agreement
from workbench.review.paper_forms import write_reply
from workbench.review.precision import measured
from workbench.review.review import Review
from workbench.review.state import Said, Seat


def rated(lead: Review, case: str, ann: dict[str, Any], ben: dict[str, Any], **more: Any) -> None:
    for name, items in ((small.ANN, ann), (small.BEN, ben)):
        lead.assign_to(small.ROUND, case, name)
        lead.as_person(name).submit(small.ROUND, case, items, **more)


def percent(lead: Review, criterion: str) -> dict[str, Any]:
    (found,) = [
        row for row in lead.result_rows(small.ROUND)["agreement"]
        if (row["criterion"], row["coefficient"]) == (criterion, "percent")
    ]  # fmt: skip
    return found


def test_agreement_is_that_of_the_first_blind_ratings(tmp_path: Path) -> None:
    with small.reviewing(tmp_path) as (lead, _):
        rated(lead, "c1", small.items(), small.items(facts=30))
        assert percent(lead, "facts")["value"] == 0
        ben = lead.as_person(small.BEN)
        ben.show_others(small.ROUND, "c1")
        lead.give_back(small.ROUND, "c1", 2, "再看一遍")
        assert percent(lead, "facts")["value"] == 0
        ben.submit(small.ROUND, "c1", small.items())  # now the same as the other's
        assert percent(lead, "facts")["value"] == 0
        rows = lead.result_rows(small.ROUND)
        assert [row["points"] for row in rows["ratings"]] == [96.25, 96.25]  # what holds
        (ann,) = [row["difference"] for row in rows["reviewers"]
                  if (row["reviewer_id"], row["criterion"]) == ("ann", "facts")]  # fmt: skip
        assert ann == 30


def test_who_saw_the_ratings_before_rating_is_left_out_and_counted(tmp_path: Path) -> None:
    with small.reviewing(tmp_path) as (lead, _):
        lead.enrol(small.ROUND, small.person(small.LEAD, unit_id="u9", organ_id="o9",
                                             roles=("lead", "reviewer")))  # fmt: skip
        rated(lead, "c1", small.items(), small.items(facts=30))
        before = percent(lead, "facts")
        state = lead.round(small.ROUND)
        third = state.cases["c1"]
        # The seat as an older round may hold it: a lead who had looked took the third seat.
        rating = third.seats[2].rating
        assert rating
        seq = lead.state.seq
        said = [Said(seq + 1, "t", small.LEAD, "case_assigned",
                     e.CaseAssigned(reviewer_id=small.LEAD, seat=3)),
                Said(seq + 2, "t", small.LEAD, "rating_submitted", rating)]  # fmt: skip
        third.history += said
        third.seats[3] = Seat(3, small.LEAD, [said[1]])
        seats = [(third, third.seats[number]) for number in (1, 2, 3)]
        found = [row for kind, row in agreement(state, seats) if kind == "agreement"]
        (after,) = [r for r in found if (r["criterion"], r["coefficient"]) == ("facts", "percent")]
        assert (before["not_blind"], after["not_blind"]) == (0, 1)
        assert after["value"] == before["value"]
        alone = [row for _, row in agreement(state, seats[2:])]
        assert {(row["value"], row["not_blind"]) for row in alone} == {(None, 1)}


def candidate(**more: Any) -> parts.Proposal:
    return parts.Proposal(check="grave", outcome="failed", veto=True, **more)


def test_a_veto_candidate_without_criterion_is_measured(tmp_path: Path) -> None:
    service = small.drawn().proposals
    cases = {name: small.drawn(proposals=(*service, candidate())) for name in ("c1", "c2", "c3")}
    with small.reviewing(tmp_path, cases) as (lead, _):
        for case, word in (("c1", "overturned"), ("c2", "confirmed")):
            said = {"grave": {"decision": word, "reason": "核对原卷"}}
            rated(lead, case, small.items(), small.items(), vetoes=said)
        (found,) = [one for (check, _), one in measured(lead.state).items() if check == "grave"]
    assert dict(found.counts) == {"overturned": 1, "confirmed": 1}


def test_a_check_under_two_criteria_counts_once_and_disagrees_with_itself(tmp_path: Path) -> None:
    twice = tuple(
        parts.Proposal(check="late", criterion=name, outcome="failed", largest=5, deduction=3)
        for name in ("service", "law")
    )
    cases = {name: small.drawn(proposals=twice) for name in ("apart", "both", "none")}
    with small.reviewing(tmp_path, cases) as (lead, _):
        for case, one, other in (
            ("apart", "confirmed", "overturned"), ("both", "confirmed", "confirmed"),
            ("none", "overturned", "overturned"),
        ):  # fmt: skip
            given = small.items(late=one)
            given["law"]["proposals"] = {"late": {"decision": other, "reason": "看过原件"}}
            rated(lead, case, given, given)
        (found,) = measured(lead.state).values()
    assert dict(found.counts) == {"disagreed": 1, "confirmed": 1, "overturned": 1}


def test_every_rectification_of_a_check_is_retested_and_by_a_later_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposals = (*small.drawn().proposals,
                 parts.Proposal(check="late", outcome="failed", veto=True))  # fmt: skip
    with small.reviewing(tmp_path, {"c1": small.drawn(proposals=proposals)}) as (lead, clock):
        vetoes = {"late": {"decision": "confirmed", "reason": "核对原卷"}}
        rated(lead, "c1", small.items(), small.items(), vetoes=vetoes)
        lead.send_feedback(small.ROUND, "handling")
        clock.go_to("2026-04-20")
        lead.finalise(small.ROUND, ["c1"])
        lead.rectify(small.ROUND, "c1", {"": "unit-a"}, {"": "补正"})
        faults = lead.round(small.ROUND).faults
        assert {fault.opened.check for fault in faults.values()} == {"late"}
        assert len(faults) == 2
    asked: list[Any] = []

    def tested(_: Any, __: Any, findings: list[tuple[str, str]]) -> list[Any]:
        asked.extend(findings)
        told = {"verdict": "repaired", "sentence": lambda _: "已改正"}
        return [SimpleNamespace(case_id=case, check_id=check, **told) for case, check in findings]

    def run_of(path: Path) -> Any:
        days = {"before": "2026-06-30", "same": "2026-04-20", "after": "2026-04-21"}
        run_id = "r" if path.name == "before" else path.name
        return SimpleNamespace(manifest={"run_id": run_id, "as_of": days[path.name]})

    monkeypatch.setattr(wb, "open_run", run_of)
    monkeypatch.setattr(wb, "retest", tested)
    store = str(tmp_path / "review.sqlite")

    def call(after: str, language: str) -> Any:
        return CliRunner().invoke(main, ["review", "retest", "before", after, "--store", store,
                                         "--as", small.LEAD, "--lang", language])  # fmt: skip

    refused = call("same", "en")
    assert refused.exit_code == 2
    assert "is as of 2026-04-20, not after 2026-04-20" in refused.output
    assert asked == []
    done = call("after", "zh")
    assert done.exit_code == 0, done.output
    assert asked == [("c1", "late")]
    with Review.open(store, small.LEAD) as lead:
        rows = lead.result_rows(small.ROUND)["rectifications"]
    assert [row["retested"] for row in rows] == ["repaired", "repaired"]


def test_a_form_calls_checks_in_the_language_asked_and_keeps_what_was_told(tmp_path: Path) -> None:
    with small.reviewing(tmp_path) as (lead, _):
        rated(lead, "c1", small.items(), small.items())
        lead.send_feedback(small.ROUND, "handling")
        its = lead.round(small.ROUND)
        english = write_reply(tmp_path / "en.csv", its, "c1", "en").read_text("utf-8-sig")
        chinese = write_reply(tmp_path / "zh.csv", its, "c1", "zh").read_text("utf-8-sig")
    assert "service/late,Late (逾期送达),3 deducted" in english
    assert "service/late,逾期送达,扣3分" in chinese
