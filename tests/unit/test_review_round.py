"""A round from its opening to the verified rectification, and all that its rules refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.unit.reviewing import (
    ANN,
    BEN,
    EVE,
    JUDGE,
    LEAD,
    ROUND,
    UNIT,
    Clock,
    drawn,
    items,
    person,
    reviewing,
)
from workbench.papers.tallies import agreed as agreed_in_papers
from workbench.review import entries as e
from workbench.review import parts, rating, results
from workbench.review.refusals import Refused
from workbench.review.review import Review
from workbench.review.state import FaultStage, Stage
from workbench.terms import InputError


def refused(code: str):  # type: ignore[no-untyped-def]
    """What must be refused, by its code."""
    return pytest.raises(Refused, check=lambda error: error.code == code)


def give_out(lead: Review, *people: str, case: str = "c1") -> None:
    for name in people:
        lead.assign_to(ROUND, case, name)


def agree(lead: Review, case: str = "c1", **rated: float) -> None:
    give_out(lead, ANN, BEN, case=case)
    for name in (ANN, BEN):
        lead.as_person(name).submit(ROUND, case, items(**rated))


def test_a_round_from_opening_to_verified_rectification(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        give_out(lead, ANN, BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items(facts=10))
        assert lead.stage(ROUND, "c1") is Stage.rating
        # service 40 x 5 / (5 + 5) = 20 attainable, 3 taken; facts 30 of 40; law 20 of 20:
        # 100 x 67 / 80 = 83.75. The other rates facts in full: 100 x 77 / 80 = 96.25: 12.5 apart.
        lead.as_person(BEN).submit(ROUND, "c1", items())
        case = lead.round(ROUND).cases["c1"]
        assert [s.rating.score.points for s in case.rated if s.rating] == [83.75, 96.25]
        assert lead.stage(ROUND, "c1") is Stage.apart

        judge = lead.as_person(JUDGE)
        judge.adjudicate(ROUND, "c1", items(facts=4), reason="第一名评查员对证据链要求过高")
        assert lead.stage(ROUND, "c1") is Stage.agreed
        assert results.provisional(lead.round(ROUND), case).points == 91.25  # type: ignore[union-attr]

        lead.send_feedback(ROUND, "handling")
        told = lead.round(ROUND).cases["c1"].feedback
        assert told
        assert isinstance(told.body, e.FeedbackSent)
        assert told.body.reply_due_on == "2026-03-16"  # ten working days after Monday, 2 March
        assert {p.id: p.points for p in told.body.problems} == {"service/late": 3, "facts/0.1": 4}

        clock.go_to("2026-03-10")
        lead.as_person(UNIT).reply(ROUND, "c1", {
            "service/late": {"position": "accepted"},
            "facts/0.1": {"position": "contested", "text": "证据已在卷中", "evidence": ["D9"]},
        })  # fmt: skip
        assert lead.stage(ROUND, "c1") is Stage.replied
        judge.answer(ROUND, "c1", {
            "facts/0.1": {"decision": "reduced", "points": 2, "reason": "补充证据部分成立"},
        })  # fmt: skip
        lead.finalise(ROUND, ["c1"])
        final = lead.round(ROUND).cases["c1"].final
        assert final
        assert isinstance(final.body, e.ResultFinal)
        assert final.body.score.points == 93.75  # (17 + 38 + 20) / 80
        assert final.body.score.band == "excellent"
        assert [p.points for p in final.body.problems] == [3, 2]

        lead.rectify(ROUND, "c1", {"": "科长"}, {"": "补正送达回证并组织学习"})
        fault = "c1#service/late"
        assert lead.round(ROUND).faults[fault].opened.due_on == "2026-04-08"  # 6 April is a holiday
        lead.as_person(UNIT).prove(ROUND, fault, "已补正", {"回证.pdf": "ab" * 32})
        with refused("no_role"):
            lead.as_person(UNIT).verify(ROUND, fault, True, "看过")
        lead.as_person(EVE).verify(ROUND, fault, False, "缺少签收日期")
        assert lead.round(ROUND).faults[fault].stage is FaultStage.returned
        clock.go_to("2026-04-09")
        assert lead.round(ROUND).faults[fault].overdue(lead.today)
        lead.escalate(ROUND, fault, "分管领导", "逾期一日")
        lead.as_person(UNIT).prove(ROUND, fault, "已补签收日期")
        lead.as_person(EVE).verify(ROUND, fault, True, "核对原件一致")
        assert lead.round(ROUND).faults[fault].stage is FaultStage.verified
        lead.close_round(ROUND)
        with refused("round_closed"):
            lead.enrol(ROUND, person("late", unit_id="u9", organ_id="o9"))


def test_two_that_agree_make_their_mean(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items(law=2))
        lead.as_person(BEN).submit(ROUND, "c1", items(facts=4))
        score = results.provisional(lead.round(ROUND), lead.round(ROUND).cases["c1"])
        assert score
        assert score.points == 92.5  # 100 x 75 / 80 = 93.75 and 100 x 73 / 80 = 91.25
        assert score.formula["zh"] == "两名评查员的平均分 (93.75 + 91.25) / 2 = 92.5"
        assert score.band == "excellent"
        lead.send_feedback(ROUND, "handling")
        told = lead.round(ROUND).cases["c1"].feedback
        assert told
        costs = {p.id: (p.points, p.by) for p in told.body.problems}  # type: ignore[attr-defined]
        assert costs == {
            "service/late": (3, (1, 2)),
            "facts/2.1": (2, (2,)),
            "law/1.1": (1, (1,)),
        }


def test_what_one_overturned_counts_half_and_can_be_withdrawn(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        give_out(lead, ANN, BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items())
        lead.as_person(BEN).submit(ROUND, "c1", items(late="overturned"))
        lead.send_feedback(ROUND, "handling")
        told = lead.round(ROUND).cases["c1"].feedback
        assert told
        problem = told.body.problems[0]  # type: ignore[attr-defined]
        assert (problem.points, problem.by, problem.evidence) == (1.5, (1,), ("services/S1",))
        clock.go_to("2026-03-03")
        lead.as_person(UNIT).reply(
            ROUND, "c1", {problem.id: {"position": "contested", "text": "当日已送达"}}
        )
        with refused("not_reduced"):
            lead.as_person(JUDGE).answer(
                ROUND, "c1", {problem.id: {"decision": "reduced", "points": 2, "reason": "部分"}}
            )
        lead.as_person(JUDGE).answer(
            ROUND, "c1", {problem.id: {"decision": "reduced", "points": 0.5, "reason": "部分"}}
        )
        lead.finalise(ROUND, ["c1"])
        final = lead.round(ROUND).cases["c1"].final
        assert final
        # Half a point of the mean is one point of the one rating that held it: (79 + 80) / 160.
        assert final.body.score.points == 99.38  # type: ignore[attr-defined]


def test_a_reduced_finding_stays_the_finding_it_was(tmp_path: Path) -> None:
    """One problem with its title, its evidence and its check, however many ratings hold it."""
    with reviewing(tmp_path) as (lead, _):
        agree(lead)
        lead.send_feedback(ROUND, "handling")
        lead.as_person(UNIT).reply(
            ROUND, "c1", {"service/late": {"position": "contested", "text": "部分有误"}}
        )
        ruling = {"decision": "reduced", "points": 1, "reason": "部分成立"}
        lead.as_person(JUDGE).answer(ROUND, "c1", {"service/late": ruling})
        lead.finalise(ROUND, ["c1"])
        final = lead.round(ROUND).cases["c1"].final
        assert final
        assert isinstance(final.body, e.ResultFinal)
        (problem,) = final.body.problems
        assert (problem.id, problem.check, problem.points) == ("service/late", "late", 1)
        assert (problem.text, problem.evidence) == ("逾期送达", ("services/S1",))
        assert problem.by == (1, 2)
        lead.rectify(ROUND, "c1", {"": "科长"}, {"": "补正"})
        assert lead.round(ROUND).faults["c1#service/late"].opened.check == "late"


def test_a_third_reviewer_settles_what_two_leave_apart(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        with refused("seats_taken"):
            give_out(lead, EVE)
        lead.as_person(ANN).submit(ROUND, "c1", items(facts=20))
        lead.as_person(BEN).submit(ROUND, "c1", items())
        give_out(lead, EVE)
        assert lead.stage(ROUND, "c1") is Stage.rating
        lead.as_person(EVE).submit(ROUND, "c1", items(facts=4))
        case = lead.round(ROUND).cases["c1"]
        assert [seat.number for seat in results.agreeing(lead.round(ROUND), case)] == [2, 3]
        with refused("they_agree"):
            lead.as_person(JUDGE).adjudicate(ROUND, "c1", items(), reason="x")


def test_nobody_sees_the_others_before_all_are_locked(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items(facts=4))
        its = lead.round(ROUND)
        case = its.cases["c1"]
        assert [s.reviewer_id for s in rating.visible(its, BEN, case)] == [BEN]
        assert [s.reviewer_id for s in rating.visible(its, ANN, case)] == [ANN]
        assert [s.reviewer_id for s in rating.visible(its, LEAD, case)] == [ANN, BEN]
        assert rating.visible(its, UNIT, case) == []
        lead.as_person(BEN).show_others(ROUND, "c1")
        assert not lead.round(ROUND).cases["c1"].seats[2].shown_at
        lead.as_person(BEN).submit(ROUND, "c1", items())
        its = lead.round(ROUND)
        assert len(rating.visible(its, BEN, its.cases["c1"])) == 2
        lead.as_person(BEN).show_others(ROUND, "c1")
        seat = lead.round(ROUND).cases["c1"].seats[2]
        assert seat.shown_at > seat.locked_at


def test_drafts_are_ones_own_and_go_with_the_submission(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        ann = lead.as_person(ANN)
        ann.save_draft(ROUND, "c1", {"items": items(facts=4)})
        assert ann.draft(ROUND, "c1") == {"items": items(facts=4)}
        assert lead.as_person(BEN).draft(ROUND, "c1") is None
        ann.submit(ROUND, "c1", items(facts=4))
        assert ann.draft(ROUND, "c1") is None


def test_after_submission_only_the_lead_opens_a_rating_again(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        ann = lead.as_person(ANN)
        ann.submit(ROUND, "c1", items(facts=4))
        with refused("locked"):
            ann.submit(ROUND, "c1", items())
        with refused("no_role"):
            ann.give_back(ROUND, "c1", 1, "看错了")
        lead.give_back(ROUND, "c1", 1, "依据文书写错")
        ann.submit(ROUND, "c1", items(facts=6))
        seat = lead.round(ROUND).cases["c1"].seats[1]
        assert len(seat.ratings) == 2  # both stay on record
        assert seat.rating
        assert seat.rating.items["facts"].deductions[0].points == 6


VETO = parts.Proposal(check="review", outcome="failed", veto=True)


def test_a_veto_is_confirmed_by_a_person_and_brings_the_score_to_nothing(tmp_path: Path) -> None:
    case = drawn(proposals=(*drawn().proposals, VETO))
    with reviewing(tmp_path, {"c1": case}) as (lead, _):
        give_out(lead, ANN, BEN)
        with refused("incomplete"):
            lead.as_person(ANN).submit(ROUND, "c1", items())
        yes = {"review": {"decision": "confirmed", "reason": "没有法制审核"}}
        no = {"review": {"decision": "overturned", "reason": "审核意见在附卷"}}
        lead.as_person(ANN).submit(ROUND, "c1", items(), yes)
        lead.as_person(BEN).submit(ROUND, "c1", items(), no)
        assert lead.stage(ROUND, "c1") is Stage.apart  # whatever the points say
        lead.as_person(JUDGE).adjudicate(ROUND, "c1", items(), yes, "附卷中的意见是另案的")
        score = results.provisional(lead.round(ROUND), lead.round(ROUND).cases["c1"])
        assert score
        assert (score.points, score.band, score.vetoed) == (0, "fail", True)


def test_vetoes_that_both_confirm_need_nobody_else(tmp_path: Path) -> None:
    case = drawn(proposals=(*drawn().proposals, VETO))
    with reviewing(tmp_path, {"c1": case}) as (lead, _):
        give_out(lead, ANN, BEN)
        yes = {"review": {"decision": "confirmed", "reason": "没有法制审核"}}
        for name in (ANN, BEN):
            lead.as_person(name).submit(ROUND, "c1", items(), yes)
        lead.send_feedback(ROUND, "handling")
        told = lead.round(ROUND).cases["c1"].feedback
        assert told
        assert told.body.problems[0].veto  # type: ignore[attr-defined]
        assert told.body.score.points == 0  # type: ignore[attr-defined]


def test_what_could_not_be_told_is_settled_by_the_person_who_looked(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        found = {"proof": {"outcome": "failed", "reason": "回证没有签收人"}}
        score = lead.score(ROUND, "c1", items(settled=found))
        assert score.marks["service"]["attainable"] == 40  # all decided now
        assert score.points == 92  # 40 - 3 - 5 + 40 + 20
        score = lead.score(ROUND, "c1", items(settled={"proof": {
            "outcome": "not_applicable", "reason": "公告送达"}}))  # fmt: skip
        assert score.points == 97


@pytest.mark.parametrize(
    ("rated", "codes"),
    [
        ({}, {"service": "not_rated", "facts": "not_rated", "law": "not_rated"}),
        ({"facts": {"applicable": False}}, {"facts": "why_not_applicable"}),
        ({"facts": {"anchor": "half"}}, {"facts": "anchor_differs"}),
        ({"facts": {"anchor": "own", "deductions": [
            {"points": 2, "reason": "", "evidence": ["D1"]}]}}, {"facts": "why_deducted"}),
        ({"facts": {"anchor": "own", "deductions": [
            {"points": 2, "reason": "x", "evidence": [""]}]}}, {"facts": "no_evidence"}),
        ({"facts": {"anchor": "own", "deductions": [
            {"points": 50, "reason": "x", "evidence": ["D1"]}]}}, {"facts": "too_much"}),
        ({"facts": {"anchor": "own", "deductions": [
            {"points": -2, "reason": "x", "evidence": ["D1"]}]}}, {"facts": "no_points"}),
        ({"service": {"proposals": {}}}, {"service": "proposal_open"}),
        ({"service": {"proposals": {"late": {"decision": "overturned"}}}},
         {"service": "why_overturned"}),
        ({"nonsense": {}}, {"nonsense": "unknown_criterion"}),
    ],
)  # fmt: skip
def test_every_gap_of_a_rating_is_named(tmp_path: Path, rated: dict, codes: dict) -> None:  # type: ignore[type-arg]
    with reviewing(tmp_path) as (lead, _):
        whole = items() if rated else {}
        found = lead.missing(ROUND, "c1", whole | rated)
        assert {m.where: m.what.code for m in found} == codes


@pytest.mark.parametrize(
    ("code", "its"),
    [
        ("handling_unit", {"unit_id": "handling", "organ_id": "o9"}),
        ("same_organ", {"unit_id": "u9", "organ_id": "city"}),
        ("recused", {"unit_id": "u9", "organ_id": "o9", "conflicts": ("c1",)}),
        ("other_field", {"unit_id": "u9", "organ_id": "o9", "fields": ("permit",)}),
        ("no_reviewer", {"unit_id": "u9", "organ_id": "o9", "roles": ("unit",)}),
        ("same_line", {"unit_id": "u1", "organ_id": "o1"}),
        ("same_line", {"unit_id": "u9", "organ_id": "o9", "line": "A"}),
    ],
)
def test_who_may_not_rate(tmp_path: Path, code: str, its: dict) -> None:  # type: ignore[type-arg]
    with reviewing(tmp_path) as (lead, _):
        lead.enrol(ROUND, person(ANN, unit_id="u1", organ_id="o1", line="A"))
        lead.enrol(ROUND, person("new", **its))
        give_out(lead, ANN)
        with refused(code):
            give_out(lead, "new")


def test_the_handler_may_not_rate_wherever_they_sit_now(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        lead.enrol(ROUND, person("handler", unit_id="u9", organ_id="o9"))
        with refused("own_case"):
            give_out(lead, "handler")


def test_a_reviewer_recused_after_the_case_was_given_out_cannot_submit(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        ann = lead.as_person(ANN)
        ann.recuse(ROUND, ANN, "c1", "与当事人是亲属")
        with refused("recused"):
            ann.submit(ROUND, "c1", items())
        with refused("no_role"):
            lead.as_person(BEN).recuse(ROUND, ANN, "c1", "x")


def test_cases_are_given_out_evenly_and_what_cannot_be_is_named(tmp_path: Path) -> None:
    cases = {f"c{n}": drawn() for n in range(9)} | {"hard": drawn(handled_by=("ann", "u2"))}
    with reviewing(tmp_path, cases) as (lead, _):
        unfilled = lead.assign(ROUND)
        its = lead.round(ROUND)
        loads = [sum(c.seat_of(name) is not None for c in its.cases.values())
                 for name in (ANN, BEN, EVE)]  # fmt: skip
        assert sum(loads) == 19  # nine pairs, and Eve alone for the hard one
        assert max(loads) - min(loads) <= 1
        assert [(r.code, r.values["case"]) for r in unfilled] == [("nobody_left", "hard")]
        assert lead.assign(ROUND)[0].code == "nobody_left"  # and nothing was given out twice
        assert sum(len(c.seats) for c in lead.round(ROUND).cases.values()) == 19


def test_calibration_cases_are_rated_by_all_and_have_no_result(tmp_path: Path) -> None:
    with reviewing(tmp_path, {"c1": drawn(), "k": drawn(calibration=True)}) as (lead, _):
        assert lead.assign(ROUND) == []
        assert len(lead.round(ROUND).cases["k"].seats) == 3
        lead.as_person(ANN).submit(ROUND, "k", items())
        lead.as_person(BEN).submit(ROUND, "k", items(facts=20))
        its = lead.round(ROUND)
        assert len(rating.visible(its, ANN, its.cases["k"])) == 2
        lead.as_person(EVE).submit(ROUND, "k", items())
        assert lead.stage(ROUND, "k") is Stage.rating
        with refused("nothing_to_tell"):
            lead.send_feedback(ROUND, "handling")


def test_a_self_evaluation_is_rated_by_the_unit_itself(tmp_path: Path) -> None:
    rules = {"form": "self", "ratings_per_case": 1}
    with reviewing(tmp_path, **rules) as (lead, _):
        with refused("not_own_unit"):
            give_out(lead, ANN)
        lead.enrol(ROUND, person("own", unit_id="handling", organ_id="city"))
        give_out(lead, "own")
        lead.as_person("own").submit(ROUND, "c1", items(facts=4))
        assert lead.stage(ROUND, "c1") is Stage.agreed


def test_the_reply_is_the_units_own_item_by_item_and_in_time(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        agree(lead, facts=4)
        unit = lead.as_person(UNIT)
        with refused("not_told"):
            unit.reply(ROUND, "c1", {})
        with refused("not_answered"):
            lead.finalise(ROUND, ["c1"])
        lead.send_feedback(ROUND, "handling")
        with refused("told_already"):
            lead.give_back(ROUND, "c1", 1, "x")
        accepted = {"position": "accepted"}
        with refused("not_of_unit"):
            lead.as_person(BEN).reply(ROUND, "c1", {})
        with refused("problem_unanswered"):
            unit.reply(ROUND, "c1", {"service/late": accepted})
        ids = ("service/late", "facts/1.1", "facts/2.1")
        with refused("why_contested"):
            unit.reply(ROUND, "c1", {i: {"position": "contested"} for i in ids})
        with refused("problem_unknown"):
            unit.reply(ROUND, "c1", dict.fromkeys((*ids, "law/1.1"), accepted))
        clock.go_to("2026-03-17")
        with refused("reply_late"):
            unit.reply(ROUND, "c1", dict.fromkeys(ids, accepted))
        lead.extend_reply(ROUND, "c1", "2026-03-20", "单位负责人出差")
        unit.reply(ROUND, "c1", dict.fromkeys(ids, accepted))
        assert lead.stage(ROUND, "c1") is Stage.answered
        with refused("nothing_contested"):
            lead.as_person(JUDGE).answer(ROUND, "c1", {})


def test_silence_until_the_last_day_lets_the_result_become_final_the_day_after(
    tmp_path: Path,
) -> None:
    with reviewing(tmp_path) as (lead, clock):
        agree(lead)
        lead.send_feedback(ROUND, "handling")
        clock.go_to("2026-03-16")
        with refused("not_answered"):
            lead.finalise(ROUND, ["c1"])
        clock.go_to("2026-03-17")
        lead.finalise(ROUND, ["c1"])
        with refused("final_already"):
            lead.finalise(ROUND, ["c1"])


def test_nobody_answers_or_settles_what_they_rated(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        lead.enrol(
            ROUND, person(ANN, unit_id="u1", organ_id="o1", roles=("reviewer", "adjudicator"))
        )
        give_out(lead, ANN, BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items(facts=20))
        with refused("ratings_missing"):
            lead.as_person(JUDGE).adjudicate(ROUND, "c1", items(), reason="x")
        lead.as_person(BEN).submit(ROUND, "c1", items())
        with refused("adjudicates_own"):
            lead.as_person(ANN).adjudicate(ROUND, "c1", items(), reason="x")
        with refused("why_adjudicated"):
            lead.as_person(JUDGE).adjudicate(ROUND, "c1", items(), reason=" ")


def finish(lead: Review, clock: Clock) -> None:
    """The case's result, final after a silent unit."""
    agree(lead)
    lead.send_feedback(ROUND, "handling")
    clock.go_to("2026-03-31")
    lead.finalise(ROUND, ["c1"])


def test_accountability_hears_first_and_takes_listed_measures_only(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        finish(lead, clock)
        taken = {"measure": "criticism", "decided_on": "2026-03-20", "basis": "逾期送达",
                 "appeal_told_on": "2026-03-20"}  # fmt: skip
        with refused("not_heard"):
            lead.take_measure(ROUND, "a1", **taken)
        heard = {"case_id": "c1", "target": "officer", "target_id": "handler",
                 "heard_on": "2026-03-18", "pleas": "当日人手不足"}  # fmt: skip
        with refused("pleas_missing"):
            lead.hear(ROUND, "a1", **heard | {"pleas": ""})
        with refused("target_unknown"):
            lead.hear(ROUND, "a1", **heard | {"target": "party"})
        lead.hear(ROUND, "a1", **heard)
        with refused("decided_before_heard"):
            lead.take_measure(ROUND, "a1", **taken | {"decided_on": "2026-03-17"})
        with refused("measure_not_allowed"):
            lead.take_measure(ROUND, "a1", **taken | {"measure": "end_delegation"})
        with refused("appeal_before_decision"):
            lead.take_measure(ROUND, "a1", **taken | {"appeal_told_on": "2026-03-19"})
        lead.take_measure(ROUND, "a1", **taken)
        with refused("measure_taken"):
            lead.take_measure(ROUND, "a1", **taken)
        lead.find_no_fault(ROUND, "a2", case_id="c1", reason="系统故障", decided_on="2026-03-20")
        with refused("measure_taken"):
            lead.find_no_fault(ROUND, "a1", case_id="c1", reason="x", decided_on="2026-03-20")
        with refused("day_to_come"):
            lead.hear(ROUND, "a3", **heard | {"heard_on": "2031-01-01"})


def test_no_measure_before_the_result_is_final(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        clock.go_to("2026-03-20")
        lead.hear(ROUND, "c1#service/late", case_id="c1", target="officer", target_id="handler",
                  heard_on="2026-03-18", pleas="无")  # fmt: skip
        with refused("not_final_yet"):
            lead.take_measure(ROUND, "c1#service/late", measure="criticism", basis="逾期",
                              decided_on="2026-03-20", appeal_told_on="2026-03-20")  # fmt: skip


def test_a_hearing_may_bear_the_name_of_a_fault(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        finish(lead, clock)
        lead.rectify(ROUND, "c1", {"": "科长"}, {"": "补正"})
        lead.hear(ROUND, "c1#service/late", case_id="c1", target="officer", target_id="handler",
                  heard_on="2026-03-31", pleas="无")  # fmt: skip
        its = lead.round(ROUND)
        assert its.accountability["c1#service/late"].heard
        assert len(its.faults["c1#service/late"].history) == 1


def test_a_fault_that_failed_again_is_open_again(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        finish(lead, clock)
        lead.rectify(ROUND, "c1", {"": "科长"}, {"": "补正"})
        fault = "c1#service/late"
        with refused("due_on_rest_day"):
            lead.rectify(ROUND, "c1", {"": "x"}, {"": "x"}, due_on="2026-04-04")
        lead.as_person(UNIT).prove(ROUND, fault, "已补正")
        lead.enrol(ROUND, person("handler", unit_id="u9", organ_id="o9"))
        with refused("verifies_own"):
            lead.as_person("handler").verify(ROUND, fault, True, "看过")
        lead.as_person(EVE).verify(ROUND, fault, True, "核对一致")
        lead.retested(ROUND, "r2", "2026-04-30", {fault: "still_failed"})
        clock.go_to("2026-06-30")
        assert lead.round(ROUND).faults[fault].stage is FaultStage.returned
        assert lead.round(ROUND).faults[fault].overdue(lead.today)
        lead.as_person(UNIT).prove(ROUND, fault, "再次补正")


def test_what_nobody_could_read_again_is_not_written(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        finish(lead, clock)
        lead.rectify(ROUND, "c1", {"": "科长"}, {"": "补正"})
        before = lead.store.head()
        with pytest.raises(InputError, match="cannot be read"):
            lead.retested(ROUND, "r2", "2026-04-30", {"c1#service/late": "fixed"})
        assert lead.store.head() == before
        assert lead.state.seq == before.seq


def test_a_recused_reviewers_seat_is_given_to_somebody_else(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        with refused("recused_from_what"):
            lead.as_person(ANN).recuse(ROUND, ANN, "c-typo", "亲属")
        lead.as_person(ANN).recuse(ROUND, ANN, "c1", "亲属")
        assert lead.assign(ROUND) == []
        case = lead.round(ROUND).cases["c1"]
        assert {n: seat.reviewer_id for n, seat in case.seats.items()} == {1: EVE, 2: BEN}


def test_a_rating_of_somebody_recused_since_makes_no_result(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        agree(lead)
        lead.recuse(ROUND, ANN, "handling", "曾在该机构任职")
        with refused("nothing_to_tell"):
            lead.send_feedback(ROUND, "handling")
        lead.give_back(ROUND, "c1", 1, "应当回避")
        give_out(lead, EVE)
        lead.as_person(EVE).submit(ROUND, "c1", items())
        lead.send_feedback(ROUND, "handling")


def test_whoever_saw_the_ratings_does_not_rate_and_nobody_returns_their_own(
    tmp_path: Path,
) -> None:
    with reviewing(tmp_path) as (lead, _):
        lead.enrol(ROUND, person(LEAD, unit_id="u8", organ_id="o8", roles=("lead", "reviewer")))
        give_out(lead, ANN, BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items(facts=20))
        lead.as_person(BEN).submit(ROUND, "c1", items())
        with refused("seen_already"):
            give_out(lead, LEAD)
        lead.enrol(ROUND, person(ANN, unit_id="u1", organ_id="o1", roles=("reviewer", "lead")))
        with refused("returns_own"):
            lead.as_person(ANN).give_back(ROUND, "c1", 1, "x")


def test_whoever_saw_a_rating_gets_no_seat_by_lot_either(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        lead.enrol(ROUND, person(LEAD, unit_id="u8", organ_id="o8", roles=("lead", "reviewer")))
        give_out(lead, ANN, BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items())
        for other in (BEN, EVE):
            lead.recuse(ROUND, other, "c1", "近亲属")
        lead.assign(ROUND)
        held = {seat.reviewer_id for seat in lead.round(ROUND).cases["c1"].seats.values()}
        assert LEAD not in held


def test_nobody_speaks_for_the_unit_and_for_the_round(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        agree(lead)
        lead.send_feedback(ROUND, "handling")
        lead.enrol(ROUND, person(LEAD, unit_id="handling", organ_id="city", roles=("unit",)))
        with refused("both_sides"):
            lead.reply(ROUND, "c1", {"service/late": {"position": "accepted"}})
        contest = {"service/late": {"position": "contested", "text": "当日已送达"}}
        lead.as_person(UNIT).reply(ROUND, "c1", contest)
        withdrawn = {"service/late": {"decision": "withdrawn", "points": 0, "reason": "属实"}}
        with refused("answers_own"):
            lead.answer(ROUND, "c1", withdrawn)  # belongs to the unit now
        lead.as_person(JUDGE).answer(ROUND, "c1", withdrawn)
        with refused("answered_already"):
            lead.as_person(JUDGE).answer(ROUND, "c1", withdrawn)


@pytest.mark.parametrize("day", ["20260401", "2026-13-01", "soon"])
def test_days_are_written_in_one_way(tmp_path: Path, day: str) -> None:
    with reviewing(tmp_path) as (lead, _):
        agree(lead)
        lead.send_feedback(ROUND, "handling")
        with refused("no_day"):
            lead.extend_reply(ROUND, "c1", day, "x")


@pytest.mark.parametrize(
    "rules", [{"reply_days": 0}, {"rectification_days": -3}, {"gap_limit": float("nan")}]
)
def test_rules_that_cannot_hold_are_refused_at_the_opening(tmp_path: Path, rules: dict) -> None:  # type: ignore[type-arg]
    with refused("odd_rules"), reviewing(tmp_path, **rules):
        pass


def test_a_failure_does_not_vanish_with_its_criterion(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        gone = items() | {"service": {"applicable": False, "reason": "x"}}
        found = lead.missing(ROUND, "c1", gone)
        assert {(m.where, m.what.code) for m in found} == {("service", "proposal_open")}
        for points in (float("nan"), float("inf")):
            odd = items() | {"law": {"anchor": "own", "deductions": [
                {"points": points, "reason": "x", "evidence": ["D1"]}]}}  # fmt: skip
            assert "no_points" in {m.what.code for m in lead.missing(ROUND, "c1", odd)}


def test_a_deduction_that_was_overturned_is_no_veto(tmp_path: Path) -> None:
    late = replace(drawn().proposals[0], veto=True)
    with reviewing(tmp_path, {"c1": drawn(proposals=(late,))}) as (lead, _):
        yes = {"late": {"decision": "confirmed", "reason": "逾期"}}
        found = lead.missing(ROUND, "c1", items(late="overturned"), yes)
        assert [m.what.code for m in found] == ["veto_contradicts"]


def test_a_page_that_somebody_leaves_has_exported_its_head(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        page = Review.open(tmp_path / "review.sqlite", ANN, create=False, export_each=True)
        page.submit(ROUND, "c1", items())
        heads = (tmp_path / "review.sqlite.heads.jsonl").read_text("utf-8")
        assert page.store.head().hash in heads


def test_days_beyond_the_calendar_are_not_guessed(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, clock):
        agree(lead)
        clock.go_to("2026-12-28")
        with refused("calendar_ends"):
            lead.send_feedback(ROUND, "handling")


def test_a_refusal_writes_nothing_and_says_why_in_both_languages(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        before = lead.store.head()
        with pytest.raises(Refused) as error:
            lead.as_person("nobody").close_round(ROUND)
        assert lead.store.head() == before
        assert "没有这一步所需的身份" in error.value.text("zh")
        assert "has none of the roles" in error.value.text("en")
        with refused("round_unknown"):
            lead.round("2025-09")
        with refused("items_unreadable"):
            lead.submit(ROUND, "c1", {"facts": {"anchor": "superb"}})


def test_two_people_at_two_desks_see_what_the_other_wrote(tmp_path: Path) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        with Review.open(tmp_path / "review.sqlite", BEN, create=False) as ben:
            lead.as_person(ANN).submit(ROUND, "c1", items())
            ben.submit(ROUND, "c1", items())
            assert ben.stage(ROUND, "c1") is Stage.agreed
        assert lead.stage(ROUND, "c1") is Stage.agreed


def test_a_rating_made_again_after_the_others_were_shown_is_no_agreement_in_the_circular(
    tmp_path: Path,
) -> None:
    with reviewing(tmp_path) as (lead, _):
        give_out(lead, ANN, BEN)
        ben = lead.as_person(BEN)
        lead.as_person(ANN).submit(ROUND, "c1", items(facts=20))
        ben.submit(ROUND, "c1", items())
        ben.show_others(ROUND, "c1")
        lead.give_back(ROUND, "c1", 2, "依据写错")
        ben.submit(ROUND, "c1", items(facts=20))
        its = lead.round(ROUND)
        found = agreed_in_papers(its, its.cases.values())
        assert (found.pairs, found.within, found.gap) == (1, 0, 25)
