"""What a circular counts of a round: results by group, problems by check, how far ratings agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.papers.standing import Standing
from workbench.points import rounded
from workbench.review import entries as e
from workbench.review import results
from workbench.review.blind import first_blind
from workbench.review.state import CaseState, FaultStage, RoundState


@dataclass(frozen=True)
class Group:
    """The final results of a group of cases; `bands` counts cases by the name of the band."""

    key: str
    cases: int
    mean: float | None
    bands: Mapping[str, int]
    vetoed: int
    problems: int


@dataclass
class Common:
    """One kind of problem: a check, or (check "") what people deducted under a criterion."""

    check: str
    criterion: str
    of: Standing
    cases: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    points: float = 0.0


@dataclass(frozen=True)
class Agreed:
    """How far first and second ratings agree, over the cases that count.

    `within`: pairs no further apart than the gap limit and of one mind about vetoes. `correlation`
    is the ICC(2,1) of the totals with its bounds, where it is defined.
    """

    pairs: int
    within: int
    gap: float | None
    adjudicated: int
    confirmed: int
    overturned: int
    correlation: tuple[float, float, float] | None


def grouped(stands: Iterable[Standing], keys: Mapping[str, str]) -> list[Group]:
    """Groups of cases, in the order of their keys; `keys`: case -> group."""
    by_key: dict[str, list[Standing]] = {}
    for one in stands:
        by_key.setdefault(keys[one.case.case_id], []).append(one)
    return [group(key, its) for key, its in sorted(by_key.items())]


def group(key: str, its: Sequence[Standing]) -> Group:
    """One group; its mean is over the cases that have points."""
    points = [one.score.points for one in its if one.score.points is not None]
    return Group(
        key=key, cases=len(its),
        mean=rounded(sum(points) / len(points)) if points else None,
        bands=Counter(one.score.band or "" for one in its),
        vetoed=sum(one.score.vetoed for one in its),
        problems=sum(len(one.problems) for one in its),
    )  # fmt: skip


def common(stands: Iterable[Standing]) -> list[Common]:
    """The kinds of problems, those of most cases first.

    What reviewers wrote of their own deductions is not taken over: it may name somebody.
    """
    found: dict[tuple[str, str], Common] = {}
    for one in stands:
        for problem in one.problems:
            key = (problem.check, "") if problem.check else ("", problem.criterion)
            kind = found.setdefault(key, Common(problem.check, problem.criterion, one))
            kind.cases.add(one.case.case_id)
            kind.units.add(one.case.drawn.unit_id)
            kind.points = rounded(kind.points + problem.points)
    return sorted(found.values(), key=lambda k: (-len(k.cases), -k.points, k.check, k.criterion))


def agreed(its: RoundState, cases: Iterable[CaseState]) -> Agreed:
    """How far the first two blind ratings of each case agree, and what became of the proposals.

    A rating made again, or after the others were shown, measures no agreement (`review.blind`).
    """
    rated = [case for case in cases if len(case.rated) >= 2]
    pairs = [pair for case in rated if (pair := _first_two(its, case))]
    gaps = [results.apart(*pair) for pair in pairs]
    known = [gap for gap in gaps if gap != float("inf")]
    words = Counter(
        decision.decision
        for case in rated
        for seat in case.rated[:2]
        if seat.rating
        for item in seat.rating.items.values()
        for decision in item.proposals.values()
    )
    return Agreed(
        pairs=len(pairs), within=sum(gap <= its.opened.gap_limit for gap in gaps),
        gap=rounded(sum(known) / len(known)) if known else None,
        adjudicated=sum(case.adjudicated is not None for case in rated),
        confirmed=words["confirmed"], overturned=words["overturned"],
        correlation=_correlation(pairs),
    )  # fmt: skip


def _first_two(
    its: RoundState, case: CaseState
) -> tuple[e.RatingSubmitted, e.RatingSubmitted] | None:
    one, other = (first_blind(its, case, seat) for seat in case.rated[:2])
    return (one, other) if one and other else None


def _correlation(
    rated: Sequence[tuple[e.RatingSubmitted, e.RatingSubmitted]],
) -> tuple[float, float, float] | None:
    """ICC(2,1) of the totals; from three cases on, fewer say nothing."""
    from workbench.intraclass import intraclass

    pairs = [(one.score.points, other.score.points) for one, other in rated]
    table = [[a, b] for a, b in pairs if a is not None and b is not None]
    if len(table) < 3:
        return None
    single, _ = intraclass(table)
    if single.value is None or single.low is None or single.high is None:
        return None
    return float(single.value), float(single.low), float(single.high)


@dataclass(frozen=True)
class Repairs:
    """The rectifications of a round on a day."""

    demanded: int
    verified: int
    overdue: int
    last_due_on: str


def repairs(its: RoundState, on: str) -> Repairs:
    """How far the rectifications have come."""
    faults = list(its.faults.values())
    return Repairs(
        demanded=len(faults), verified=sum(f.stage is FaultStage.verified for f in faults),
        overdue=sum(f.overdue(on) for f in faults),
        last_due_on=max((f.opened.due_on for f in faults), default=""),
    )  # fmt: skip
