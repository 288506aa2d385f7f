"""The faults of a case as the unit is told of them, and what is left of them after its reply.

A problem is one thing that somebody deducted for: a failed check that was not overturned, a
deduction of a reviewer's own, or a confirmed veto. Its points are what it costs in the result: the
mean over the ratings that make it. Of one defect group only the largest failure costs points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.state import CaseState, RoundState

OVERTURNED = "overturned"


@dataclass(frozen=True)
class Basis:
    """One set of items that the result rests on: an adjudication (seat 0) or a seat's rating."""

    seat: int
    items: Mapping[str, parts.Item]
    vetoes: Mapping[str, parts.Decision]


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
    found: dict[str, list[tuple[int, float, str, tuple[str, ...], str, str, bool]]] = {}
    for basis in sets:
        for key, *rest in _of_basis(case, basis, titles):
            found.setdefault(key, []).append((basis.seat, *rest))  # type: ignore[arg-type]
    listed = []
    for key, hits in found.items():
        _, _, text, evidence, criterion, check, veto = hits[0]
        listed.append(parts.Problem(
            id=key, criterion=criterion, check=check, text=text, evidence=evidence, veto=veto,
            points=round(sum(hit[1] for hit in hits) / len(sets), 2),
            by=tuple(hit[0] for hit in hits if hit[0]),
        ))  # fmt: skip
    order = [c.id for c in results.rubric_of(its, case).criteria]
    place = {criterion: at for at, criterion in enumerate(order)}
    return tuple(sorted(listed, key=lambda p: (not p.veto, place.get(p.criterion, -1), p.id)))


def _of_basis(
    case: CaseState, basis: Basis, titles: Mapping[str, str]
) -> Iterator[tuple[str, float, str, tuple[str, ...], str, str, bool]]:
    """Key, points, text, evidence, criterion, check, veto of everything deducted in one rating."""
    whole = set(_costly(case.drawn, basis.items))
    for one in case.drawn.proposals:
        if not stands(one, basis.items.get(one.criterion)):
            continue
        points = cost(one) if (one.criterion, one.check) in whole else 0.0
        reason = _reason(basis.items[one.criterion], one.check)
        text = titles.get(one.check, one.check) + (f"：{reason}" if reason else "")
        evidence = tuple((one.evidence or "").split(";")) if one.evidence else ()
        yield (
            f"{one.criterion}/{one.check}",
            points,
            text,
            evidence,
            one.criterion,
            one.check,
            False,
        )
    for criterion, item in basis.items.items():
        for at, deduction in enumerate(item.deductions, 1):
            yield _own(case, criterion, deduction, f"{basis.seat}.{at}", titles)
    for veto, decision in basis.vetoes.items():
        if decision.decision == "confirmed":
            text = f"{titles.get(veto, veto)}：{decision.reason}"
            yield f"veto/{veto}", 0.0, text, (), "", veto, True


def _own(
    case: CaseState, criterion: str, deduction: parts.Deduction, place: str,
    titles: Mapping[str, str],
) -> tuple[str, float, str, tuple[str, ...], str, str, bool]:  # fmt: skip
    """A deduction of a person's own; one that stands for a reduced finding stays that finding."""
    check, evidence = deduction.check, deduction.evidence
    text, key = deduction.reason, f"{criterion}/{check or place}"
    if check:
        text = titles.get(check, check)  # the ruling's reason says why less, not what is wrong
        shown = (p.evidence for p in case.drawn.proposals
                 if (p.criterion, p.check) == (criterion, check))  # fmt: skip
        evidence = evidence or tuple((next(shown, None) or "").split(";"))
    return key, deduction.points, text, tuple(e for e in evidence if e), criterion, check, False


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


def _costly(drawn: e.CaseDrawn, items: Mapping[str, parts.Item]) -> Iterator[tuple[str, str]]:
    """Of each defect group, the failure that is deducted: the largest, the first of equals."""
    best: dict[str, parts.Proposal] = {}
    for one in drawn.proposals:
        if stands(one, items.get(one.criterion)):
            group = one.group or one.check
            if group not in best or cost(one) > cost(best[group]):
                best[group] = one
    for one in best.values():
        yield one.criterion, one.check
