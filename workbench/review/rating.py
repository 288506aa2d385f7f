"""A case is rated, blind; ratings that are apart go to a third reviewer or an adjudicator."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.acts import Act, case_of, needs_open, needs_role
from workbench.review.completeness import missing
from workbench.review.independence import barred
from workbench.review.refusals import Refused
from workbench.review.state import CaseState, RoundState, Seat


def submit(
    its: RoundState,
    actor: str,
    case_id: str,
    items: Mapping[str, parts.Item],
    vetoes: Mapping[str, parts.Decision],
    note: str = "",
) -> list[Act]:
    """Lock a rating; after that only a return by the lead opens it again."""
    needs_open(its)
    case = case_of(its, case_id)
    seat = own_seat(its, actor, case)
    if seat.rating:
        raise Refused("locked", case=case_id, at=seat.locked_at[:16].replace("T", " "))
    _open_for_rating(case)
    rating = e.RatingSubmitted(
        seat=seat.number, items=dict(items), vetoes=dict(vetoes), note=note,
        score=worked_out(its, case, items, vetoes),
    )  # fmt: skip
    return [Act(rating, case_id)]


def own_seat(its: RoundState, actor: str, case: CaseState) -> Seat:
    """The seat of the actor at a case; raises `Refused` where they have none or may not rate it."""
    seat = case.seat_of(actor)
    if seat is None:
        raise Refused("not_assigned", person=actor, case=case.case_id)
    if no := barred(its, case, its.reviewers[actor]):  # recused since the case was given out
        raise no
    return seat


def worked_out(
    its: RoundState,
    case: CaseState,
    items: Mapping[str, parts.Item],
    vetoes: Mapping[str, parts.Decision],
) -> parts.Score:
    """The score of a whole rating; raises `Refused` naming all that it lacks."""
    rubric = results.rubric_of(its, case)
    if lacking := missing(rubric, case.drawn, items, vetoes):
        raise Refused(
            "incomplete", case=case.case_id, count=len(lacking),
            what="；".join(m.what.text("zh") for m in lacking),
            what_en="; ".join(m.what.text("en") for m in lacking),
        )  # fmt: skip
    return results.score(rubric, case.drawn, items, vetoes)


def give_back(its: RoundState, actor: str, case_id: str, seat: int, reason: str) -> list[Act]:
    """Give a locked rating back to its reviewer, with the reason; both versions stay on record."""
    needs_open(its)
    needs_role(its, actor, "lead")
    case = case_of(its, case_id)
    _open_for_rating(case)
    if seat not in case.seats or not case.seats[seat].rating:
        raise Refused("nothing_locked", case=case_id, seat=seat)
    if case.seats[seat].reviewer_id == actor:
        raise Refused("returns_own", case=case_id)
    if not reason.strip():
        raise Refused("why_returned")
    return [Act(e.RatingReturned(seat=seat, reason=reason), case_id)]


def _open_for_rating(case: CaseState) -> None:
    if case.feedback or case.final:
        raise Refused("told_already", case=case.case_id)


def visible(its: RoundState, actor: str, case: CaseState) -> list[Seat]:
    """The ratings that a person may see: one's own; those of others only once all are locked.

    Lead and adjudicator see locked ratings at once, the unit and its officers see none: they are
    told the result. Whoever rates the case is bound by blindness first, whatever else they are.
    """
    own = case.seat_of(actor)
    if own is not None:
        return [s for _, s in sorted(case.seats.items())
                if s is own or (s.rating and not blind(case, actor))]  # fmt: skip
    if its.has_role(actor, "lead", "adjudicator"):
        return [case.seats[n] for n in sorted(case.seats)]
    return []


def blind(case: CaseState, actor: str) -> bool:
    """Has this person a seat at a case whose ratings are not all locked yet? Of a calibration case
    one's own rating is enough.
    """
    own = case.seat_of(actor)
    if own is None or case.final:
        return False
    if case.drawn.calibration:
        return not own.rating
    return any(not seat.rating for seat in case.seats.values())


def show_others(its: RoundState, actor: str, case_id: str) -> list[Act]:
    """Record that a reviewer has now seen what the others rated."""
    case = case_of(its, case_id)
    own = case.seat_of(actor)
    seen = visible(its, actor, case)
    if own is None or own.shown_at or not own.rating or len(seen) < 2:
        return []
    return [Act(e.OthersShown(seat=own.number), case_id)]


def adjudicate(
    its: RoundState,
    actor: str,
    case_id: str,
    items: Mapping[str, parts.Item],
    vetoes: Mapping[str, parts.Decision],
    reason: str,
) -> list[Act]:
    """Settle a case whose ratings are apart; the adjudicator is none of its reviewers."""
    needs_open(its)
    needs_role(its, actor, "adjudicator")
    case = case_of(its, case_id)
    _open_for_rating(case)
    if case.seat_of(actor):
        raise Refused("adjudicates_own", case=case_id)
    _no_interest(its, actor, case)
    locked = case.rated
    if len(locked) < its.opened.ratings_per_case or len(locked) < len(case.seats):
        raise Refused("ratings_missing", case=case_id, locked=len(locked), seats=len(case.seats))
    if results.agreeing(its, case):
        raise Refused("they_agree", case=case_id, limit=its.opened.gap_limit)
    if not reason.strip():
        raise Refused("why_adjudicated")
    body = e.CaseAdjudicated(
        items=dict(items), vetoes=dict(vetoes), reason=reason,
        score=worked_out(its, case, items, vetoes),
    )  # fmt: skip
    return [Act(body, case_id)]


def _no_interest(its: RoundState, actor: str, case: CaseState) -> None:
    """An adjudicator is bound by the same interests as a reviewer."""
    from msgspec.structs import replace

    person = its.reviewers.get(actor)
    if person is None:
        return
    as_reviewer = replace(person, roles=("reviewer",), fields=())
    no = barred(its, case, as_reviewer)
    if no and no.code != "not_own_unit":  # a self evaluation is settled from outside
        raise no
