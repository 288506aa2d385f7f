"""Who may see what of a round outside the desk: exports, papers, forms, where it stands.

Blindness comes first, whatever else a person is: whoever still rates a case blind sees nothing of
what the others rated. Lead and adjudicator see the rest at any time; reviewers once the round is
closed; a unit what it was told. Each raises `Refused` for others.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.review.acts import case_of, needs_role
from workbench.review.rating import blind
from workbench.review.refusals import Refused
from workbench.review.replying import speaks_for_unit
from workbench.review.state import CaseState, RoundState


def whole_round(its: RoundState, actor: str) -> None:
    """All ratings of a round: lead and adjudicator who rate nothing blind; reviewers once closed.

    >>> whole_round(review.round("2026-01"), "lead")   # doctest: +SKIP
    """
    if its.closed:
        return needs_role(its, actor, "lead", "adjudicator", "reviewer")
    needs_role(its, actor, "lead", "adjudicator")
    _sees(its, actor, its.cases.values())
    return None


def ratings_of(its: RoundState, actor: str, case_id: str) -> None:
    """What the people of a case rated: its reviewers, lead, adjudicator, once none is blind."""
    case = case_of(its, case_id)
    if case.seat_of(actor) is None:
        roles = ("lead", "adjudicator", "reviewer") if its.closed else ("lead", "adjudicator")
        needs_role(its, actor, *roles)
    if not its.closed:
        _sees(its, actor, [case])


def told_to(its: RoundState, actor: str, unit_id: str) -> None:
    """What a unit was told: lead, adjudicator, the unit's own people."""
    if not its.has_role(actor, "lead", "adjudicator"):
        speaks_for_unit(its, actor, unit_id)


def outcome(its: RoundState, actor: str) -> None:
    """The final results of all units: lead, adjudicator; once it is closed all who take part."""
    if not its.closed:
        needs_role(its, actor, "lead", "adjudicator")
    takes_part(its, actor)


def answering(its: RoundState, actor: str, case_id: str) -> None:
    """The contested problems of a case, to be answered: lead or adjudicator, no rater of it."""
    needs_role(its, actor, "lead", "adjudicator")
    if case_of(its, case_id).seat_of(actor):
        raise Refused("answers_own", case=case_id)


def takes_part(its: RoundState, actor: str) -> None:
    """Whoever opened the round or is on its roster."""
    if not its.has_role(actor, "lead") and actor not in its.reviewers:
        raise Refused("not_in_round", person=actor, round=its.round_id)


def _sees(its: RoundState, actor: str, cases: Iterable[CaseState]) -> None:
    if hidden := [case.case_id for case in cases if blind(case, actor)]:
        raise Refused("still_blind", round=its.round_id, count=len(hidden), case=hidden[0])
