"""Accountability (责任追究): the person is heard first, and only the listed measures are taken.

S2 五: 处理前要充分听取; the measures of each target are the pack's list, as the round has kept it.
"""

from __future__ import annotations

from workbench.review import entries as e
from workbench.review.acts import Act, as_day, needs_role, not_before
from workbench.review.refusals import Refused
from workbench.review.state import RoundState


def hear(
    its: RoundState, actor: str, accountability_id: str, heard: e.PersonHeard, today: str
) -> list[Act]:
    """Record that the officer, organ or delegate was heard, and what was said."""
    needs_role(its, actor, "lead")
    not_before(heard.heard_on, today, "day_to_come")
    if heard.target not in its.opened.measures:
        raise Refused("target_unknown", target=heard.target,
                      known=", ".join(its.opened.measures) or "—")  # fmt: skip
    if heard.case_id not in its.cases:
        raise Refused("case_unknown", case=heard.case_id, round=its.round_id,
                      count=len(its.cases))  # fmt: skip
    if not heard.target_id.strip() or not heard.pleas.strip():
        raise Refused("pleas_missing")
    known = its.accountability.get(accountability_id)
    if known and (known.measure or known.no_fault):
        raise Refused("measure_taken", id=accountability_id)
    return [Act(heard, accountability_id)]


def measure(
    its: RoundState,
    actor: str,
    accountability_id: str,
    measure: str,
    decided_on: str,
    basis: str,
    appeal_told_on: str,
    today: str,
) -> list[Act]:
    """Record a measure: after the hearing, from the list for the target, with the appeal told."""
    needs_role(its, actor, "lead")
    known = its.accountability.get(accountability_id)
    if known is None or known.heard is None:
        raise Refused("not_heard", id=accountability_id)
    if known.measure or known.no_fault:
        raise Refused("measure_taken", id=accountability_id)
    heard = known.heard.body
    assert isinstance(heard, e.PersonHeard)
    if its.cases[heard.case_id].final is None:
        raise Refused("not_final_yet", case=heard.case_id)
    not_before(appeal_told_on, today, "day_to_come")
    not_before(heard.heard_on, decided_on, "decided_before_heard")
    not_before(decided_on, appeal_told_on, "appeal_before_decision")
    allowed = its.opened.measures[heard.target]
    if measure not in allowed:
        raise Refused("measure_not_allowed", measure=measure, target=heard.target,
                      allowed=", ".join(allowed))  # fmt: skip
    if not basis.strip():
        raise Refused("basis_missing")
    body = e.MeasureRecorded(
        measure=measure, clause=allowed[measure], decided_on=decided_on, basis=basis,
        appeal_told_on=appeal_told_on,
    )  # fmt: skip
    return [Act(body, accountability_id)]


def no_fault(
    its: RoundState, actor: str, accountability_id: str, case_id: str, reason: str, decided_on: str
) -> list[Act]:
    """Record the written conclusion that nobody was personally at fault."""
    needs_role(its, actor, "lead")
    as_day(decided_on)
    if not reason.strip():
        raise Refused("basis_missing")
    if case_id not in its.cases:
        raise Refused("case_unknown", case=case_id, round=its.round_id, count=len(its.cases))
    known = its.accountability.get(accountability_id)
    if known and known.measure:
        raise Refused("measure_taken", id=accountability_id)
    body = e.NoFaultRecorded(case_id=case_id, reason=reason, decided_on=decided_on)
    return [Act(body, accountability_id)]


def survey(
    its: RoundState, actor: str, organ_id: str, held_on: str, answers: int, satisfied: int
) -> list[Act]:
    """Record outside views of an organ: sheets back, and of those the satisfied."""
    needs_role(its, actor, "lead")
    as_day(held_on)
    if not 0 <= satisfied <= answers or answers < 1:
        raise Refused("survey_counts", answers=answers, satisfied=satisfied)
    body = e.SurveyRecorded(
        organ_id=organ_id, held_on=held_on, answers=answers, satisfied=satisfied
    )
    return [Act(body, organ_id)]
