"""The faults of a case as the unit is told of them, and what each of them costs.

A problem is one thing that somebody deducted for: a failed check that was not overturned, a
deduction of a reviewer's own, or a confirmed veto. Its points are what its criterion really lost to
it: points within the criterion (out of its maximum), before they are scaled to a score (100 x
earned / attainable) or taken from the base of a split rubric. In one rating a criterion's loss
(attainable less points) goes to the person's own deductions first, then to the defects, the
largest first; what is beyond what the criterion had left costs nothing. Of one defect group only
the largest failure costs points, and only in the criterion that marking deducts it from. The
problem's points are the mean over the ratings in which the criterion takes part; those of a
criterion add up to its mean loss, to the cent. (What a rubric counts as nothing because it is
absent was lost to no problem.) A veto takes effect by the rubric and has no points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workbench.review import cents, parts, results
from workbench.review import entries as e
from workbench.review.state import CaseState, RoundState
from workbench.rubrics import Rubric

OVERTURNED = "overturned"


@dataclass(frozen=True)
class Basis:
    """One set of items that the result rests on: an adjudication (seat 0) or a seat's rating.

    `caps`: by defect, what a ruling lets it cost here.
    """

    seat: int
    items: Mapping[str, parts.Item]
    vetoes: Mapping[str, parts.Decision]
    caps: results.Caps = field(default_factory=dict)


def bases(its: RoundState, case: CaseState) -> tuple[Basis, ...]:
    """What the provisional result rests on; () while there is none."""
    if case.adjudicated:
        body = case.adjudicated.body
        assert isinstance(body, e.CaseAdjudicated)
        return (Basis(0, body.items, body.vetoes),)
    return tuple(
        Basis(seat.number, seat.rating.items, seat.rating.vetoes)
        for seat in results.agreeing(its, case)
        if seat.rating
    )


def problems(
    its: RoundState, case: CaseState, titles: Mapping[str, str], sets: Sequence[Basis] | None = None
) -> tuple[parts.Problem, ...]:
    """The problems of a case, in the order of its criteria; `titles` say what a check is called.

    Raises nothing: a case without a result has no problems yet.
    """
    sets = bases(its, case) if sets is None else sets
    rubric = results.rubric_of(its, case)
    found: dict[str, list[parts.Problem]] = {}
    for basis in sets:
        for one in _of_basis(case, basis, titles):
            found.setdefault(one.id, []).append(one)
    points = _points(rubric, case.drawn, sets)
    listed = [_joined(hits, points.get(key, 0.0)) for key, hits in found.items()]
    place = {criterion.id: at for at, criterion in enumerate(rubric.criteria)}
    return tuple(sorted(listed, key=lambda p: (not p.veto, place.get(p.criterion, -1), p.id)))


def _joined(hits: Sequence[parts.Problem], points: float) -> parts.Problem:
    """What several ratings say of one problem, in the words of the first."""
    from msgspec.structs import replace

    return replace(hits[0], points=points, by=tuple(seat for hit in hits for seat in hit.by))


def _points(rubric: Rubric, drawn: e.CaseDrawn, sets: Sequence[Basis]) -> dict[str, float]:
    """What each problem costs: the means of what the ratings lost, whole cents that add up."""
    costs = [costs_of(rubric, drawn, basis) for basis in sets]
    found: dict[str, float] = {}
    for criterion in rubric.criteria:
        part = [c for c in costs if c.marks[criterion.id]["takes_part"]]
        keys = list(dict.fromkeys(key for c in part for key in c.cents.get(criterion.id, {})))
        shares = [Fraction(sum(c.of(key) for c in part), len(part)) for key in keys]
        mark = results.mean_mark([c.marks[criterion.id] for c in part]) if part else {}
        if all(sum(c.cents.get(criterion.id, {}).values()) == c.lost(criterion.id) for c in part):
            whole = _lost(mark) if mark else 0
        else:  # some of it was lost to an absence
            whole = cents.cents(float(sum(shares, Fraction(0)) / 100))
        spread = cents.spread(whole, shares)
        found |= {key: cents.points(c) for key, c in zip(keys, spread, strict=True)}
    return found


@dataclass(frozen=True)
class Costs:
    """What each problem costs in one rating: criterion -> problem -> cents; and the marks."""

    cents: Mapping[str, Mapping[str, int]]
    marks: Mapping[str, Mapping[str, Any]]
    score: float | None

    def of(self, key: str) -> int:
        """What one problem costs here, in cents."""
        return self.cents.get(key.partition("/")[0], {}).get(key, 0)

    def lost(self, criterion: str) -> int:
        """What a criterion lost here, in cents."""
        return _lost(self.marks[criterion])


def costs_of(rubric: Rubric, drawn: e.CaseDrawn, basis: Basis) -> Costs:
    """What each problem of one rating takes from its criterion."""
    score = results.score(rubric, drawn, basis.items, basis.vetoes, basis.caps)
    claims: dict[str, list[tuple[str, int]]] = {c: [] for c in score.marks}
    for criterion, item in basis.items.items():
        for key, own in _own(criterion, item, basis.seat):
            claims[criterion].append((key, cents.cents(own.points)))
    defects = list(_defects(drawn, basis, score.marks))
    for one, points in sorted(defects, key=lambda defect: -defect[1]):
        claims[one.criterion].append((f"{one.criterion}/{one.check}", cents.cents(points)))
    found = {c: _shared(_lost(score.marks[c]), its) for c, its in claims.items()}
    return Costs(found, score.marks, score.points)


def _lost(mark: Mapping[str, Any]) -> int:
    if mark["points"] is None or not mark["takes_part"]:
        return 0
    return cents.cents(mark["attainable"]) - cents.cents(mark["points"])


def _shared(lost: int, claims: Sequence[tuple[str, int]]) -> dict[str, int]:
    """What was lost, given to the claims in order, each at most what it claims."""
    found = {}
    for key, claimed in claims:
        found[key] = min(claimed, lost)
        lost -= found[key]
    if claims and 0 < lost <= len(claims):  # claims of less than a cent add up to one
        found[claims[-1][0]] += lost
    return found


def _defects(
    drawn: e.CaseDrawn, basis: Basis, marks: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[parts.Proposal, float]]:
    """Of each defect the failure that is deducted, and its points, as `marking` places them.

    In the first criterion that can hold it (or has the most), its largest failure there, the first
    of equals; a ruling has said where and how much.
    """
    groups: dict[tuple[str, str], list[parts.Proposal]] = {}
    for one in drawn.proposals:
        if stands(one, basis.items.get(one.criterion)) and marks[one.criterion]["takes_part"]:
            groups.setdefault(one.defect, []).append(one)
    for defect, its in groups.items():
        cap = basis.caps.get(defect)
        amount = cap.points if cap else max(cost(one) for one in its)
        holders = [c for c in marks if c in {one.criterion for one in its}]
        if cap and cap.criterion:
            holders = [c for c in holders if c == cap.criterion]
        if not holders:
            continue
        held = {c: float(marks[c]["attainable"]) for c in holders}
        home = next((c for c in holders if held[c] >= amount), None)
        home = home or max(holders, key=lambda c: held[c])
        yield max((one for one in its if one.criterion == home), key=cost), amount


def _of_basis(case: CaseState, basis: Basis, titles: Mapping[str, str]) -> Iterator[parts.Problem]:
    """All that was deducted for in one rating; its points are worked out of all of them."""
    by = (basis.seat,) if basis.seat else ()
    for one in case.drawn.proposals:
        if not stands(one, basis.items.get(one.criterion)):
            continue
        reason = _reason(basis.items[one.criterion], one.check)
        yield parts.Problem(
            id=f"{one.criterion}/{one.check}", criterion=one.criterion, check=one.check,
            text=titles.get(one.check, one.check) + (f"：{reason}" if reason else ""),
            evidence=_filled((one.evidence or "").split(";")), points=0.0, by=by,
        )  # fmt: skip
    for criterion, item in basis.items.items():
        known = {p.check for p in case.drawn.proposals if p.criterion == criterion}
        for key, own in _own(criterion, item, basis.seat):
            yield parts.Problem(
                id=key, criterion=criterion, check=own.check if own.check in known else "",
                text=own.reason, evidence=_filled(own.evidence), points=0.0, by=by,
            )  # fmt: skip
    for veto, decision in basis.vetoes.items():
        if decision.decision == "confirmed":
            text = f"{titles.get(veto, veto)}：{decision.reason}"
            yield parts.Problem(
                id=f"veto/{veto}", criterion="", check=veto, text=text, points=0.0, by=by, veto=True
            )


def _filled(evidence: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in evidence if one)


def _own(criterion: str, item: parts.Item, seat: int) -> Iterator[tuple[str, parts.Deduction]]:
    """A person's own deductions by problem id: their seat, and their place in the rating.

    One that was withdrawn is none any more, and the places of the others stay.
    """
    for at, deduction in enumerate(item.deductions, 1):
        if item.applicable and deduction.points > 0:
            yield f"{criterion}/{seat}.{at}", deduction


def stands(one: parts.Proposal, item: parts.Item | None) -> bool:
    """Does this automatic finding still count as failed after what the person said?"""
    if item is None or not one.criterion or not item.applicable:
        return False
    if one.check in item.settled:
        return item.settled[one.check].outcome == "failed"
    decided = item.proposals.get(one.check)
    return one.outcome == "failed" and not (decided and decided.decision == OVERTURNED)


def cost(one: parts.Proposal) -> float:
    """What a finding takes away: what the check says, or, of one that a person settled, its all."""
    return one.deduction if one.outcome == "failed" else one.largest


def _reason(item: parts.Item, check: str) -> str:
    said = item.proposals.get(check) or item.settled.get(check)
    return said.reason if said else ""
