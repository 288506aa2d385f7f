"""What is left of a result once the unit's reply has been answered.

A ruling keeps, reduces or withdraws one problem. It is applied to the ratings that the result rests
on, and the score is worked out again from them: no total is ever corrected by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.problems import Basis, bases, problems, stands
from workbench.review.state import CaseState, RoundState


def final(
    its: RoundState, case: CaseState, titles: Mapping[str, str]
) -> tuple[parts.Score | None, tuple[parts.Problem, ...]]:
    """The final score and problems of a case: the provisional ones with the answers applied."""
    sets = bases(its, case)
    if case.answer:
        body = case.answer.body
        assert isinstance(body, e.ReplyAnswered)
        sets = apply(case.drawn, sets, body.items)
    rubric = results.rubric_of(its, case)
    scores = [results.score(rubric, case.drawn, s.items, s.vetoes) for s in sets]
    return results.mean(rubric, scores), problems(its, case, titles, sets)


def apply(
    drawn: e.CaseDrawn, sets: Sequence[Basis], rulings: Mapping[str, parts.Ruling]
) -> tuple[Basis, ...]:
    """The ratings with every ruling applied; `rulings` by problem id, points as in the problem."""
    changed = {key: r for key, r in rulings.items() if r.decision != "kept"}
    for key, ruling in changed.items():
        criterion, _, what = key.partition("/")
        if criterion == "veto":
            sets = [_without_veto(basis, what, ruling) for basis in sets]
        elif _own(what):
            sets = [_own_ruled(basis, criterion, what, ruling, len(sets)) for basis in sets]
        else:
            sets = _check_ruled(drawn, sets, criterion, what, ruling)
    return tuple(_cleared(basis) for basis in sets)


def _own(what: str) -> bool:
    """Does the key name a reviewer's own deduction (seat.number) and no check?"""
    seat, dot, at = what.partition(".")
    return bool(dot) and seat.isdigit() and at.isdigit()


def _without_veto(basis: Basis, veto: str, ruling: parts.Ruling) -> Basis:
    if veto not in basis.vetoes:
        return basis
    overturned = parts.Decision(decision="overturned", reason=ruling.reason)
    return Basis(basis.seat, basis.items, {**basis.vetoes, veto: overturned})


def _own_ruled(basis: Basis, criterion: str, what: str, ruling: parts.Ruling, share: int) -> Basis:
    """Withdrawn: 0 points for now, so that the numbers of the others stay; see `_cleared`."""
    from msgspec.structs import replace

    seat, _, at = what.partition(".")
    if int(seat) != basis.seat or criterion not in basis.items:
        return basis
    item = basis.items[criterion]
    points = ruling.points * share if ruling.decision == "reduced" else 0.0
    deductions = [
        replace(d, points=points) if n == int(at) else d for n, d in enumerate(item.deductions, 1)
    ]
    return _with(basis, criterion, replace(item, anchor="own", deductions=tuple(deductions)))


def _check_ruled(
    drawn: e.CaseDrawn, sets: Sequence[Basis], criterion: str, check: str, ruling: parts.Ruling
) -> list[Basis]:
    """An automatic finding withdrawn, or reduced: fewer points in the ratings that hold it."""
    one = next(p for p in drawn.proposals if (p.criterion, p.check) == (criterion, check))
    holding = [basis for basis in sets if stands(one, basis.items.get(criterion))]
    each = ruling.points * len(sets) / len(holding) if holding else 0.0
    return [
        _overturned(basis, criterion, check, ruling, each) if basis in holding else basis
        for basis in sets
    ]


def _overturned(
    basis: Basis, criterion: str, check: str, ruling: parts.Ruling, points: float
) -> Basis:
    from msgspec.structs import replace

    item = basis.items[criterion]
    reduced = parts.Deduction(points=points, reason=ruling.reason, check=check)
    changed = replace(
        item,
        proposals={
            **item.proposals,
            check: parts.Decision(decision="overturned", reason=ruling.reason),
        },
        settled={c: a for c, a in item.settled.items() if c != check},
        deductions=(*item.deductions, *([reduced] if ruling.decision == "reduced" else [])),
    )
    return _with(basis, criterion, changed)


def _with(basis: Basis, criterion: str, item: parts.Item) -> Basis:
    return Basis(basis.seat, {**basis.items, criterion: item}, basis.vetoes)


def _cleared(basis: Basis) -> Basis:
    """Without the deductions that have come to nothing."""
    from msgspec.structs import replace

    items = {
        name: replace(item, deductions=tuple(d for d in item.deductions if d.points > 0))
        for name, item in basis.items.items()
    }
    return Basis(basis.seat, items, basis.vetoes)
