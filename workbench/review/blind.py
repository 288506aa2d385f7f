"""Agreement of those who rated blind: the first rating of each seat, made before others were seen.

A rating that was given back and made again, or made after the ratings of others were shown, agrees
with them for reasons of its own: it measures no agreement and is counted apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.review import entries as e
from workbench.review.agreement_table import agreement_of_ratings
from workbench.review.state import CaseState, RoundState, Seat

TOTAL = "total"  # the whole score


def first_blind(its: RoundState, case: CaseState, seat: Seat) -> e.RatingSubmitted | None:
    """The first rating that was locked in a seat; None where it was made after seeing others.

    Others were seen where that is on record, or where the rater, as lead or adjudicator, got the
    seat when a rating of another was locked already.
    """
    if not seat.ratings:
        return None
    first = seat.ratings[0]
    body = first.body
    assert isinstance(body, e.RatingSubmitted)
    for said in case.history:
        if said.seq >= first.seq:
            break
        if isinstance(said.body, e.OthersShown) and said.actor == seat.reviewer_id:
            return None
    overseer = its.has_role(seat.reviewer_id, "lead", "adjudicator")
    return None if overseer and _came_late(case, seat, first.seq) else body


def _came_late(case: CaseState, seat: Seat, until: int) -> bool:
    """Was a rating of another seat locked before this one was given to its rater?"""
    assigned = [
        said.seq for said in case.history
        if isinstance(said.body, e.CaseAssigned) and said.body.seat == seat.number
        and said.seq < until
    ]  # fmt: skip
    before = assigned[-1] if assigned else until
    return any(
        isinstance(said.body, e.RatingSubmitted)
        and said.actor != seat.reviewer_id and said.seq < before
        for said in case.history
    )  # fmt: skip


def agreement(
    its: RoundState, seats: Sequence[tuple[CaseState, Seat]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """How far those who rated the same cases blind agree, by criterion and in total, and by
    reviewer; `not_blind`: ratings that were left out.
    """
    values: list[tuple[str, str, str, float]] = []
    left_out: Counter[str] = Counter()
    for case, seat in seats:
        blind = first_blind(its, case, seat)
        if blind is not None:
            values += [(case.case_id, name, seat.reviewer_id, points)
                       for name, points in _points(blind)]  # fmt: skip
        elif seat.rating:
            left_out.update(name for name, _ in _points(seat.rating))
    for one in agreement_of_ratings(values):
        apart = left_out.pop(one.criterion, 0)
        for name, found in one.coefficients.items():
            yield "agreement", {
                "criterion": one.criterion, "coefficient": name, "value": found.value,
                "low": found.low, "high": found.high, "cases": found.subjects, "not_blind": apart,
            }  # fmt: skip
        for rater in one.raters:
            yield "reviewers", {
                "reviewer_id": rater.rater, "criterion": one.criterion, "ratings": rater.ratings,
                "agreed": rater.percent, "difference": rater.difference,
            }  # fmt: skip
    for name, apart in sorted(left_out.items()):  # nobody rated these blind
        yield "agreement", {
            "criterion": name, "coefficient": "percent", "value": None, "low": None, "high": None,
            "cases": 0, "not_blind": apart,
        }  # fmt: skip


def _points(rating: e.RatingSubmitted) -> Iterator[tuple[str, float]]:
    """Points in total and of each criterion that takes part."""
    if rating.score.points is not None:
        yield TOTAL, rating.score.points
    for name, mark in rating.score.marks.items():
        if mark["takes_part"] and mark["points"] is not None:
            yield name, float(mark["points"])
