"""What is left of a result once the unit's reply has been answered.

A ruling keeps, reduces or withdraws one problem. It is applied to the ratings that the result rests
on, and the score is worked out again from them: no total is ever corrected by hand.

Withdrawn: the finding counts as passed; the next largest failure of its defect group then counts,
as in marking. Reduced: the whole defect costs what the ruling says, where it was deducted, and the
others of its group cost nothing beside it. A ruling never lowers a score: should what comes in the
place of a withdrawn finding cost more than it did (it would be deducted from another criterion,
while the first had nothing left to lose), the rest of that defect costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from fractions import Fraction

from workbench.review import cents, parts, results
from workbench.review import entries as e
from workbench.review.problems import Basis, Costs, bases, costs_of, problems, stands
from workbench.review.state import CaseState, RoundState
from workbench.rubrics import Rubric


def final(
    its: RoundState, case: CaseState, titles: Mapping[str, str]
) -> tuple[parts.Score | None, tuple[parts.Problem, ...]]:
    """The final score and problems of a case: the provisional ones with the answers applied."""
    sets = bases(its, case)
    rubric = results.rubric_of(its, case)
    if case.answer:
        body = case.answer.body
        assert isinstance(body, e.ReplyAnswered)
        sets = apply(rubric, case.drawn, sets, body.items)
    scores = [results.score(rubric, case.drawn, s.items, s.vetoes, s.caps) for s in sets]
    return results.mean(rubric, scores), problems(its, case, titles, sets)


def apply(
    rubric: Rubric,
    drawn: e.CaseDrawn,
    sets: Sequence[Basis],
    rulings: Mapping[str, parts.Ruling],
) -> tuple[Basis, ...]:
    """The ratings with every ruling applied; `rulings` by problem id, points as in the problem."""
    costs = [costs_of(rubric, drawn, basis) for basis in sets]
    found = list(sets)
    for key, ruling in rulings.items():
        if ruling.decision == "kept":
            continue
        criterion, _, what = key.partition("/")
        reduced = _reduced(key, ruling, costs) if ruling.decision == "reduced" else None
        one = _proposal(drawn, criterion, what)
        for at, basis in enumerate(found):
            left = None if reduced is None else reduced[at]
            if criterion == "veto":
                found[at] = _without_veto(basis, what, ruling)
            elif one is None:
                found[at] = _own_ruled(basis, criterion, what, left)
            elif left is None:
                found[at] = _withdrawn(basis, one, ruling)
            elif costs[at].of(key):
                cap = parts.Cap(points=cents.points(left), criterion=criterion)
                found[at] = changed(basis, caps={**basis.caps, one.defect: cap})
    gone = {
        one.defect
        for key, ruling in rulings.items()
        if ruling.decision == "withdrawn" and (one := _proposal(drawn, *_halves(key)))
    }
    return tuple(
        _never_worse(rubric, drawn, basis, before.score, gone)
        for basis, before in zip(found, costs, strict=True)
    )


def _halves(key: str) -> tuple[str, str]:
    criterion, _, what = key.partition("/")
    return criterion, what


def _proposal(drawn: e.CaseDrawn, criterion: str, check: str) -> parts.Proposal | None:
    """The automatic finding that a problem id names; None: it is a deduction of a person's own."""
    if not criterion:
        return None
    its = (p for p in drawn.proposals if (p.criterion, p.check) == (criterion, check))
    return next(its, None)


def _reduced(key: str, ruling: parts.Ruling, costs: Sequence[Costs]) -> list[int]:
    """What a reduced problem costs in each rating, in cents: their mean is what the ruling says."""
    criterion = _halves(key)[0]
    was = [one.of(key) for one in costs]
    part = sum(1 for one in costs if one.marks.get(criterion, {}).get("takes_part"))
    whole = min(cents.cents(ruling.points) * part, sum(was))
    return cents.spread(whole, [Fraction(whole * one, sum(was) or 1) for one in was])


def _without_veto(basis: Basis, veto: str, ruling: parts.Ruling) -> Basis:
    if veto not in basis.vetoes:
        return basis
    overturned = parts.Decision(decision="overturned", reason=ruling.reason)
    return changed(basis, vetoes={**basis.vetoes, veto: overturned})


def _own_ruled(basis: Basis, criterion: str, what: str, left: int | None) -> Basis:
    """Withdrawn: 0 points, so that the others keep their numbers, by which they were told."""
    from msgspec.structs import replace

    item = basis.items.get(criterion)
    if item is None:
        return basis
    points = cents.points(left or 0)
    deductions = [
        replace(d, points=min(points, d.points)) if f"{basis.seat}.{n}" == what else d
        for n, d in enumerate(item.deductions, 1)
    ]
    if tuple(deductions) == item.deductions:
        return basis
    return _with(basis, criterion, replace(item, anchor="own", deductions=tuple(deductions)))


def _withdrawn(basis: Basis, one: parts.Proposal, ruling: parts.Ruling) -> Basis:
    """An automatic finding withdrawn: it counts as passed."""
    from msgspec.structs import replace

    if not stands(one, basis.items.get(one.criterion)):
        return basis
    item = basis.items[one.criterion]
    overturned = parts.Decision(decision="overturned", reason=ruling.reason)
    item = replace(
        item,
        proposals={**item.proposals, one.check: overturned},
        settled={c: a for c, a in item.settled.items() if c != one.check},
    )
    return _with(basis, one.criterion, item)


def _with(basis: Basis, criterion: str, item: parts.Item) -> Basis:
    return changed(basis, items={**basis.items, criterion: item})


def _never_worse(
    rubric: Rubric, drawn: e.CaseDrawn, basis: Basis, before: float | None,
    gone: set[tuple[str, str]],
) -> Basis:  # fmt: skip
    """The rating as ruled, unless that costs the unit more than before: see above."""
    if before is None or not gone:
        return basis
    score = results.score(rubric, drawn, basis.items, basis.vetoes, basis.caps)
    if (score.points or 0) >= before:
        return basis
    nothing = {defect: parts.Cap(points=0.0) for defect in gone}
    return changed(basis, caps={**basis.caps, **nothing})
