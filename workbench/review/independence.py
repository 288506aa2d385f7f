"""Who may rate what: neither the handling unit, nor each other's line, nor anyone with an interest.

S2 四(二) asks for evaluation of one another, 四(三) for openness and fairness; that reviewers come
from elsewhere is what rounds in practice demand (domain paper 8.11, 11.7). In a self evaluation
(自我考评) the unit rates itself, and only interests bar.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from workbench.review import entries as e
from workbench.review.refusals import Refused
from workbench.review.state import CaseState, RoundState, Seat


def barred(its: RoundState, case: CaseState, person: e.ReviewerEnrolled) -> Refused | None:
    """Why this person must not rate this case; None where nothing is in the way."""
    drawn, who = case.drawn, {"person": person.name, "case": case.case_id}
    if "reviewer" not in person.roles:
        return Refused("no_reviewer", **who)
    if person.fields and drawn.kind not in person.fields:
        return Refused("other_field", **who)
    if person.reviewer_id in drawn.handled_by:
        return Refused("own_case", **who)
    interests = {*person.conflicts, *_recused(its, person.reviewer_id)}
    if interests & {case.case_id, drawn.unit_id, *drawn.handled_by}:
        return Refused("recused", **who)
    own_unit = person.unit_id in (drawn.unit_id, *drawn.handled_by)
    if its.opened.form == "self":
        return None if own_unit else Refused("not_own_unit", **who)
    if own_unit:
        return Refused("handling_unit", **who)
    if its.opened.other_organs_only and person.organ_id == drawn.organ_id:
        return Refused("same_organ", **who)
    return None


def clash(its: RoundState, case: CaseState, person: e.ReviewerEnrolled) -> Refused | None:
    """Why this person must not sit beside the reviewers that the case already has; who leads or
    adjudicates has seen what is locked, and so does not rate after it.
    """
    for seat in taken(its, case).values():
        other = its.reviewers[seat.reviewer_id]
        who = {"person": person.name, "other": other.name, "case": case.case_id}
        if other.reviewer_id == person.reviewer_id:
            return Refused("two_seats", **who)
        own = its.opened.form == "self" or case.drawn.calibration
        if not own and same_line(person, other):
            return Refused("same_line", **who)
    if case.rated and its.has_role(person.reviewer_id, "lead", "adjudicator"):
        return Refused("seen_already", person=person.name, case=case.case_id)
    return None


def taken(its: RoundState, case: CaseState) -> dict[int, Seat]:
    """The seats that are filled: one whose reviewer was recused before rating is free again."""
    return {
        number: seat
        for number, seat in case.seats.items()
        if seat.rating or barred(its, case, its.reviewers[seat.reviewer_id]) is None
    }


def same_line(one: e.ReviewerEnrolled, other: e.ReviewerEnrolled) -> bool:
    """Does one of them answer to the other's people: the same unit, or the same stated line?"""
    return one.unit_id == other.unit_id or bool(one.line and one.line == other.line)


def _recused(its: RoundState, person: str) -> set[str]:
    return {
        said.body.from_id
        for said in its.recusals
        if isinstance(said.body, e.ReviewerRecused) and said.body.reviewer_id == person
    }


def loads(its: RoundState) -> Counter[str]:
    """How many cases each reviewer has."""
    return Counter(s.reviewer_id for c in its.cases.values() for s in c.seats.values())


def choose(
    its: RoundState, case: CaseState, load: Counter[str], seed: str = ""
) -> e.ReviewerEnrolled | Refused:
    """The reviewer for the next seat of a case: who may, with the least work, by lot among equals.

    The lot is the SHA-256 of seed, case and reviewer, so that it can be drawn again. Returns the
    reason why the last of those asked could not, where nobody can.
    """
    why: Refused | None = None
    free = []
    for person in its.reviewers.values():
        full = person.most is not None and load[person.reviewer_id] >= person.most
        no = barred(its, case, person) or clash(its, case, person)
        if no is None and full:
            no = Refused("full", person=person.name, most=person.most, case=case.case_id)
        if no is None:
            free.append(person)
        elif why is None or "reviewer" in person.roles:
            why = no
    if not free:
        said = {"why": why.text("zh"), "why_en": why.text("en")} if why else {}
        return Refused("nobody_left", **{"case": case.case_id, "why": "—", "why_en": "—"} | said)
    return min(free, key=lambda p: (load[p.reviewer_id], _lot(seed, case.case_id, p.reviewer_id)))


def _lot(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def scarce_first(its: RoundState, cases: Iterable[CaseState]) -> list[CaseState]:
    """Cases in the order to give them out: those that fewest reviewers may rate come first."""

    def able(case: CaseState) -> int:
        return sum(barred(its, case, person) is None for person in its.reviewers.values())

    return sorted(cases, key=lambda case: (able(case), case.case_id))
