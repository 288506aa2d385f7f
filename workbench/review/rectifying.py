"""A confirmed fault is put right: demanded, proved, verified by another person, tested again.

Nothing is done because somebody says so: the proof is looked at by a person other than the one who
gave it, and the next run looks at the same check again.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.review import entries as e
from workbench.review.acts import Act, as_day, case_of, fault_of, is_working, last_day, needs_role
from workbench.review.refusals import Refused
from workbench.review.replying import speaks_for_unit
from workbench.review.state import CaseState, FaultStage, RoundState


def demand(
    its: RoundState,
    actor: str,
    case_id: str,
    today: str,
    owners: Mapping[str, str],
    demands: Mapping[str, str],
    due_on: str | None = None,
) -> list[Act]:
    """Open a rectification for every problem of a final result that has none yet.

    `owners` and `demands` by problem id; "" stands for all others. The due day is the last of the
    round's working days, or one of its own.
    """
    needs_role(its, actor, "lead")
    case = case_of(its, case_id)
    due = due_on or last_day(
        its.opened, today, its.opened.rectification_days, its.opened.rectification_unit
    )
    if as_day(due) < as_day(today):
        raise Refused("due_past", due=due, today=today)
    if is_working(its.opened, due) is False:
        raise Refused("due_on_rest_day", due=due)
    acts = []
    for problem in final_of(case).problems:
        fault_id = f"{case_id}#{problem.id}"
        if fault_id in its.faults:
            continue
        owner = owners.get(problem.id) or owners.get("", "")
        what = demands.get(problem.id) or demands.get("", "")
        if not owner.strip() or not what.strip():
            raise Refused("no_owner", problem=problem.id)
        acts.append(Act(e.RectificationOpened(
            case_id=case_id, problem=problem.id, check=problem.check,
            unit_id=case.drawn.unit_id, owner=owner, demand=what, opened_on=today, due_on=due,
        ), fault_id))  # fmt: skip
    if not acts:
        raise Refused("no_problem_left", case=case_id)
    return acts


def final_of(case: CaseState) -> e.ResultFinal:
    """The final result of a case; raises `Refused` where there is none yet."""
    if case.final is None:
        raise Refused("not_final", case=case.case_id)
    body = case.final.body
    assert isinstance(body, e.ResultFinal)
    return body


def prove(
    its: RoundState, actor: str, fault_id: str, text: str, files: Mapping[str, str], today: str
) -> list[Act]:
    """The owner or the unit shows that a fault is put right. `files`: name -> SHA-256."""
    fault = fault_of(its, fault_id)
    if actor != fault.opened.owner:
        speaks_for_unit(its, actor, fault.opened.unit_id)
    if fault.stage is FaultStage.verified:
        raise Refused("verified_already", fault=fault_id)
    if fault.stage is FaultStage.proved:
        raise Refused("proof_waits", fault=fault_id)
    if not text.strip():
        raise Refused("no_proof", fault=fault_id)
    return [Act(e.RectificationProved(text=text, files=dict(files), proved_on=today), fault_id)]


def verify(
    its: RoundState, actor: str, fault_id: str, accepted: bool, reason: str, today: str
) -> list[Act]:
    """Another person looks at the proof: accepted, or given back with what is still missing."""
    needs_role(its, actor, "lead", "adjudicator", "reviewer")
    fault = fault_of(its, fault_id)
    proof = fault.last(e.RectificationProved)
    if fault.stage is not FaultStage.proved or proof is None:
        raise Refused("nothing_proved", fault=fault_id)
    person = its.reviewers.get(actor)
    own_unit = person is not None and person.unit_id == fault.opened.unit_id
    handled = its.cases[fault.opened.case_id].drawn.handled_by
    if actor in (proof.actor, fault.opened.owner, *handled) or own_unit:
        raise Refused("verifies_own", fault=fault_id)
    if not reason.strip():
        raise Refused("why_verified", fault=fault_id)
    body = e.RectificationVerified(accepted=accepted, reason=reason, verified_on=today)
    return [Act(body, fault_id)]


def escalate(
    its: RoundState, actor: str, fault_id: str, to: str, reason: str, today: str
) -> list[Act]:
    """Tell somebody higher that a rectification is overdue; refused while it is not."""
    needs_role(its, actor, "lead")
    fault = fault_of(its, fault_id)
    if not fault.overdue(today):
        raise Refused("not_overdue", fault=fault_id, due=fault.opened.due_on)
    if not to.strip() or not reason.strip():
        raise Refused("escalate_to", fault=fault_id)
    body = e.RectificationEscalated(to=to, reason=reason, escalated_on=today)
    return [Act(body, fault_id)]


def retested(
    its: RoundState, actor: str, run_id: str, as_of: str, outcomes: Mapping[str, str]
) -> list[Act]:
    """What a later run says of rectified faults. `outcomes`: fault id -> repaired, still_failed,
    undecided, not_comparable; faults that are the judgement of people have no check to test again.
    """
    needs_role(its, actor, "lead")
    acts = []
    for fault_id, outcome in outcomes.items():
        fault = fault_of(its, fault_id)
        if not fault.opened.check:
            raise Refused("no_check", fault=fault_id)
        acts.append(Act(
            e.RectificationRetested(run_id=run_id, as_of=as_of, outcome=outcome),  # type: ignore[arg-type]
            fault_id,
        ))  # fmt: skip
    return acts
