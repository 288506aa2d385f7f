"""A round is opened, its roster enrolled, its cases drawn and given out, its steps published."""

from __future__ import annotations

from itertools import count
from math import inf

from workbench.review import entries as e
from workbench.review.acts import Act, as_day, case_of, needs_open, needs_role
from workbench.review.independence import (
    barred,
    choose,
    clash,
    loads,
    scarce_first,
    taken,
)
from workbench.review.refusals import Refused
from workbench.review.results import provisional
from workbench.review.state import CaseState, RoundState, Seat, State


def open_round(
    state: State, round_id: str, opened: e.RoundOpened, cases: dict[str, e.CaseDrawn]
) -> list[Act]:
    """Open a round on cases that were drawn."""
    if not round_id.strip():
        raise Refused("round_unnamed")
    if round_id in state.rounds:
        raise Refused("round_known", round=round_id)
    if not cases:
        raise Refused("no_cases", round=round_id)
    days = min(opened.reply_days, opened.rectification_days)
    if not 0 <= opened.gap_limit < inf or opened.ratings_per_case < 1 or days < 1:
        raise Refused("odd_rules", gap=opened.gap_limit, ratings=opened.ratings_per_case,
                      reply=opened.reply_days, rectification=opened.rectification_days)  # fmt: skip
    if opened.weights and abs(sum(opened.weights.values()) - 1) > 1e-9:
        raise Refused("weights_sum", total=sum(opened.weights.values()))
    as_day(opened.opened_on)
    return [Act(opened), *(Act(drawn, case_id) for case_id, drawn in cases.items())]


def draw(its: RoundState, actor: str, cases: dict[str, e.CaseDrawn]) -> list[Act]:
    """Add cases to an open round."""
    needs_open(its)
    needs_role(its, actor, "lead")
    if known := sorted(set(cases) & set(its.cases)):
        raise Refused("case_known", case=known[0], count=len(known), round=its.round_id)
    return [Act(drawn, case_id) for case_id, drawn in cases.items()]


def enrol(its: RoundState, actor: str, person: e.ReviewerEnrolled) -> list[Act]:
    """Put a person on the roster, or change what the roster says of them."""
    needs_open(its)
    needs_role(its, actor, "lead")
    if not person.reviewer_id.strip() or not person.unit_id.strip():
        raise Refused("person_unnamed")
    return [Act(person, person.reviewer_id)]


def recuse(its: RoundState, actor: str, reviewer_id: str, from_id: str, reason: str) -> list[Act]:
    """Keep a reviewer away from a case, a unit or an officer's cases; only they or the lead."""
    needs_open(its)
    if actor != reviewer_id:
        needs_role(its, actor, "lead")
    if reviewer_id not in its.reviewers:
        raise Refused("reviewer_unknown", person=reviewer_id, round=its.round_id)
    if not reason.strip():
        raise Refused("why_recused")
    if from_id not in _what_can_be_recused(its):
        raise Refused("recused_from_what", what=from_id, round=its.round_id)
    body = e.ReviewerRecused(reviewer_id=reviewer_id, from_id=from_id, reason=reason)
    return [Act(body, reviewer_id)]


def _what_can_be_recused(its: RoundState) -> set[str]:
    """Cases, their units, and the people and units who handled them."""
    handled = {who for case in its.cases.values() for who in case.drawn.handled_by}
    return {*its.cases, *(case.drawn.unit_id for case in its.cases.values()), *handled}


def assign(its: RoundState, actor: str, case_id: str, reviewer_id: str) -> list[Act]:
    """Give the next empty seat of a case to a reviewer of the lead's choice."""
    needs_open(its)
    needs_role(its, actor, "lead")
    case = case_of(its, case_id)
    if reviewer_id not in its.reviewers:
        raise Refused("reviewer_unknown", person=reviewer_id, round=its.round_id)
    person = its.reviewers[reviewer_id]
    if no := barred(its, case, person) or clash(its, case, person):
        raise no
    if person.most is not None and loads(its)[reviewer_id] >= person.most:
        raise Refused("full", person=person.name, most=person.most, case=case_id)
    seat = next_seat(its, case)
    return [Act(e.CaseAssigned(reviewer_id=reviewer_id, seat=seat), case_id)]


def next_seat(its: RoundState, case: CaseState) -> int:
    """The seat to fill next; a third only where two ratings are apart."""
    wanted = its.opened.ratings_per_case
    held = taken(its, case)
    free = [n for n in range(1, max(wanted, *case.seats, 0) + 1) if n not in held]
    if free:
        return free[0]
    if case.drawn.calibration:
        return max(case.seats) + 1
    waiting = any(not seat.rating for seat in case.seats.values())
    if waiting or provisional(its, case) or case.final:
        raise Refused("seats_taken", case=case.case_id, seats=wanted)
    return max(case.seats) + 1


def assign_all(its: RoundState, actor: str) -> tuple[list[Act], list[Refused]]:
    """Fill every empty seat: balanced, independent, by lot among equals. What cannot be filled is
    named with its reason and keeps nothing else from being filled.
    """
    needs_open(its)
    needs_role(its, actor, "lead")
    load, acts, unfilled = loads(its), [], []
    for case in scarce_first(its, its.cases.values()):
        if case.feedback or case.final:
            continue
        trial = CaseState(case.case_id, case.drawn, taken(its, case))
        for _ in range(_seats_missing(its, case)):
            found = choose(its, trial, load, its.round_id)
            if isinstance(found, Refused):
                if not case.drawn.calibration or len(trial.seats) < its.opened.ratings_per_case:
                    unfilled.append(found)
                break
            seat = next(n for n in count(1) if n not in trial.seats)
            acts.append(Act(e.CaseAssigned(reviewer_id=found.reviewer_id, seat=seat), case.case_id))
            trial.seats[seat] = Seat(seat, found.reviewer_id)
            load[found.reviewer_id] += 1
    return acts, unfilled


def _seats_missing(its: RoundState, case: CaseState) -> int:
    """Calibration cases are rated by everybody who may."""
    wanted = len(its.reviewers) if case.drawn.calibration else its.opened.ratings_per_case
    return max(0, max(wanted, len(case.seats)) - len(taken(its, case)))


def publish(its: RoundState, actor: str, what: str, on: str, where: str) -> list[Act]:
    """Record that the scheme, the process or the results were disclosed."""
    needs_role(its, actor, "lead")
    as_day(on)
    if what not in ("scheme", "process", "results"):
        raise Refused("publish_what", what=what)
    if not where.strip():
        raise Refused("publish_where")
    return [Act(e.RoundPublished(what=what, on=on, where=where))]  # type: ignore[arg-type]


def close(its: RoundState, actor: str, on: str) -> list[Act]:
    """Close a round: every case but the calibration cases has its final result."""
    needs_open(its)
    needs_role(its, actor, "lead")
    as_day(on)
    left = [c for c in its.cases.values() if not c.drawn.calibration and not c.final]
    if left:
        raise Refused("cases_left", count=len(left), case=left[0].case_id)
    return [Act(e.RoundClosed(on=on))]
