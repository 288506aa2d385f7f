"""SQL of the scorecards: what each criterion of a rubric is worth in each case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench import sqltext
from workbench.pack.rubric_files import weight_of
from workbench.points import GRAIN, Points
from workbench.rubrics import Criterion, Listed, Rubric
from workbench.suites import Check
from workbench.terms import Outcome

_DECIDED = f"{Outcome.passed.value}, {Outcome.failed.value}"
_OPEN = str(Outcome.cannot_tell.value)
_ABSENT = str(Outcome.not_applicable.value)


@dataclass(frozen=True)
class Weighed:
    """A check of a criterion with the points and the defect group that hold in this rubric.

    `place` numbers the checks of the rubric; `tested` False: the source cannot answer it.
    """

    check: str
    place: int
    criterion: int
    points: Points
    group: tuple[str, str]
    tested: bool


@dataclass(frozen=True)
class Plan:
    """A rubric ready to be worked out over cases: its checks weighed, its groups found."""

    rubric: Rubric
    checks: Mapping[str, Check]
    tested: frozenset[str]

    @cached_property
    def weighed(self) -> tuple[Weighed, ...]:
        """Every check of the rubric, in its order."""
        listed = [(n, one) for n, c in enumerate(self.rubric.criteria) for one in c.listed]
        return tuple(self._weighed(place, *one) for place, one in enumerate(listed))

    def _weighed(self, place: int, criterion: int, listed: Listed) -> Weighed:
        check = self.checks[listed.check]
        points, group = weight_of(check, listed)
        defect = ("group", group) if group else ("check", check.id)
        return Weighed(check.id, place, criterion, points, defect, check.id in self.tested)

    def of(self, criterion: int, tested: bool = True) -> list[Weighed]:
        """The checks of one criterion that could be tested, or could not."""
        return [w for w in self.weighed if w.criterion == criterion and w.tested == tested]

    @property
    def columns(self) -> list[str]:
        """The outcomes that are read."""
        return [w.check for w in self.weighed if w.tested]

    @property
    def weighing(self) -> list[str]:
        """The facts that say how much a failure weighs."""
        return [fact for w in self.weighed if w.tested for fact in w.points.facts]

    @cached_property
    def groups(self) -> tuple[tuple[Weighed, ...], ...]:
        """The defects that are seen by several checks, the first check's place first."""
        found: dict[tuple[str, str], list[Weighed]] = {}
        for one in self.weighed:
            if one.tested:
                found.setdefault(one.group, []).append(one)
        return tuple(tuple(group) for group in found.values() if len(group) > 1)

    @property
    def with_checks(self) -> list[tuple[int, Criterion]]:
        """The criteria that checks decide or propose deductions for, with their numbers."""
        return [(n, c) for n, c in enumerate(self.rubric.criteria) if c.listed]

    def by_weight(self, criterion: Criterion) -> bool:
        """Whether only what checks decided can be attained."""
        return self.rubric.base != "deductive" and not criterion.direct


def scored_query(plan: Plan) -> str:
    """One row per case. Per criterion n: weights decided _d and not _u, whether it takes part _t,
    the points decided _k and attainable _a, what is lost _l and left _p; per check: what its
    failure takes _x (null unless it failed); per group: what it takes _g and where _h.
    """
    criteria = plan.with_checks
    first = [column for n, _ in criteria for column in _weights(plan, n)]
    first += [f"{_deduction(w)} AS _x{w.place}" for w in plan.weighed if w.tested]
    second = [column for n, c in criteria for column in _attainable(plan, n, c)]
    third = [column for g, group in enumerate(plan.groups) for column in _home(g, group)]
    fourth = [f"{_lost(plan, n)} AS _l{n}" for n, _ in criteria]
    fifth = [f"{_left(plan, n, c)} AS _p{n}" for n, c in criteria]
    query = "work.to_score"
    for columns in (first, second, third, fourth, fifth):
        query = f"(SELECT {sqltext.joined(['*', *columns])}\nFROM {query})"
    return query[1:-1]


def _weights(plan: Plan, number: int) -> list[str]:
    """Weight decided and undecided, and whether no check applies."""
    tested, untested = plan.of(number), plan.of(number, tested=False)
    decided = [_if(f"{_name(w)} IN ({_DECIDED})", _largest(w), "0") for w in tested]
    unsure = [_if(f"{_name(w)} = {_OPEN}", _largest(w), "0") for w in tested]
    unsure += [_largest(w) for w in untested]
    away = ["FALSE"] if untested else [f"{_name(w)} = {_ABSENT}" for w in tested]
    return [
        f"{_double(' + '.join(decided) or '0')} AS _d{number}",
        f"{_double(' + '.join(unsure))} AS _u{number}",
        f"({' AND '.join(away)}) AS _n{number}",
    ]


def _attainable(plan: Plan, number: int, criterion: Criterion) -> list[str]:
    d, u, most = f"_d{number}", f"_u{number}", _double(criterion.maximum)
    weight = f"{d} + {u} > 0"
    takes_part = f"({weight} OR _n{number})" if _counts_absent(plan, criterion) else f"({weight})"
    decided = _if(weight, cents(f"{most} * {d} / ({d} + {u})"), _if(takes_part, most, "0"))
    attainable = decided if plan.by_weight(criterion) else _if(takes_part, most, "0")
    return [
        f"{takes_part} AS _t{number}",
        f"{decided} AS _k{number}",
        f"{attainable} AS _a{number}",
    ]


def _counts_absent(plan: Plan, criterion: Criterion) -> bool:
    """Whether the criterion counts in cases to which it does not apply."""
    ruled = plan.rubric.absent_item != "drop" and criterion.mode == "auto"
    return ruled and not criterion.direct


def _home(number: int, group: Sequence[Weighed]) -> list[str]:
    """What the group takes, and the first criterion that can hold it, or else the largest."""
    amount = f"GREATEST({', '.join(f'_x{w.place}' for w in group)})"
    criteria = list(dict.fromkeys(w.criterion for w in group))
    if len(criteria) == 1:
        return [f"{amount} AS _g{number}", f"{criteria[0]} AS _h{number}"]
    room = {c: _if(_failed(group, c), f"_a{c}") for c in criteria}
    most = f"GREATEST({', '.join(room.values())})"
    holds = [f"WHEN {room[c]} >= {amount} THEN {c}" for c in criteria]
    largest = [f"WHEN {room[c]} >= {most} THEN {c}" for c in criteria]
    return [f"{amount} AS _g{number}", f"CASE {' '.join(holds + largest)} END AS _h{number}"]


def _failed(group: Sequence[Weighed], criterion: int) -> str:
    of = [f"_x{w.place} IS NOT NULL" for w in group if w.criterion == criterion]
    return f"({' OR '.join(of)})"


def _lost(plan: Plan, number: int) -> str:
    """What the defects take in one criterion."""
    grouped = {w.place for group in plan.groups for w in group}
    parts = [f"COALESCE(_x{w.place}, 0)" for w in plan.of(number) if w.place not in grouped]
    for g, group in enumerate(plan.groups):
        if any(w.criterion == number for w in group):
            parts.append(f"CASE WHEN _h{g} = {number} THEN COALESCE(_g{g}, 0) ELSE 0 END")
    return _double(" + ".join(parts) or "0")


def _left(plan: Plan, number: int, criterion: Criterion) -> str:
    """The points of a criterion, as far as checks decide them."""
    points = cents(f"GREATEST(0, _a{number} - _l{number})")
    if _counts_absent(plan, criterion) and plan.rubric.absent_item == "zero":
        return _if(f"_d{number} + _u{number} > 0", points, "0")
    return points


def scorecards_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """Criterion -> query with one row per case in which it takes part."""
    for number, criterion in plan.with_checks:
        if criterion.mode != "manual":
            yield criterion.id, _card(plan, number, criterion)


def _card(plan: Plan, number: int, criterion: Criterion) -> str:
    source = "direct" if criterion.direct else criterion.mode
    points = f"_p{number}" if criterion.mode == "auto" else "NULL"
    lost = _if("because <> ''", "': ' || because", "''")
    why = f"{_formula(plan, number, criterion)} || {lost}"
    if _counts_absent(plan, criterion):
        absent = f"PRINTF('absent = %g', {_double(f'_p{number}')})"
        why = _if(f"_d{number} + _u{number} > 0", why, absent)
    because = f"CONCAT_WS('; ', {', '.join(_because(plan, number)) or 'NULL'})"
    return f"""SELECT case_id, {sqltext.literal(criterion.id)}, {criterion.maximum!r},
       _a{number}, {points}, '{source}', {why}
FROM (SELECT *, {because} AS because FROM work.scored WHERE _t{number})"""


def _formula(plan: Plan, number: int, criterion: Criterion) -> str:
    n, most = number, f"{criterion.maximum:g}"
    if criterion.mode == "mixed":
        return f"PRINTF('{most} x %g / (%g + %g) = %g', _d{n}, _d{n}, _u{n}, _k{n})"
    if not plan.by_weight(criterion):
        return f"PRINTF('max(0, {most} - %g) = %g', _l{n}, {_double(f'_p{n}')})"
    numbers = f"_d{n}, _d{n}, _u{n}, _l{n}, {_double(f'_p{n}')}"
    return f"PRINTF('max(0, {most} x %g / (%g + %g) - %g) = %g', {numbers})"


def _because(plan: Plan, number: int) -> list[str]:
    """What took points: a check, the checks of one defect, or where the defect is deducted."""
    grouped = {w.place for group in plan.groups for w in group}
    said = [
        _if(f"_x{w.place} IS NOT NULL", _taken(sqltext.literal(w.check), f"_x{w.place}"))
        for w in plan.of(number)
        if w.place not in grouped
    ]
    for g, group in enumerate(plan.groups):
        if any(w.criterion == number for w in group):
            said.append(_because_of_group(plan, number, g, group))
    return said


def _because_of_group(plan: Plan, number: int, g: int, group: Sequence[Weighed]) -> str:
    here = _failing([w for w in group if w.criterion == number])
    cases = [
        f"WHEN _h{g} = {number} AND _g{g} IS NOT NULL THEN {_taken(_failing(group), f'_g{g}')}"
    ]
    for other in dict.fromkeys(w.criterion for w in group if w.criterion != number):
        under = sqltext.literal(f" (under {plan.rubric.criteria[other].id})")
        cases.append(f"WHEN _h{g} = {other} AND {here} <> '' THEN {here} || {under}")
    return f"CASE {' '.join(cases)} END"


def _taken(checks: str, points: str) -> str:
    return f"PRINTF('%s -%g', {checks}, {_double(points)})"


def _failing(group: Sequence[Weighed]) -> str:
    names = [_if(f"_x{w.place} IS NOT NULL", sqltext.literal(w.check)) for w in group]
    return f"CONCAT_WS(', ', {', '.join(names)})"


def _deduction(one: Weighed) -> str:
    """The points a failed check takes away, null elsewhere."""
    points = one.points
    amount = sqltext.literal(points.amount)
    if points.count:
        counted = f"{amount} * COALESCE({sqltext.name(points.count)}, 0)"
        amount = f"LEAST({counted}, {sqltext.literal(points.most or 0.0)})"
    elif points.when:
        when, other = sqltext.name(points.when), sqltext.literal(points.other)
        amount = f"CASE WHEN {when} THEN {other} ELSE {amount} END"
    return _if(f"{_name(one)} = {Outcome.failed.value}", amount)


def _name(one: Weighed) -> str:
    return sqltext.name(one.check)


def _largest(one: Weighed) -> str:
    return sqltext.literal(one.points.largest)


def _if(condition: str, then: str, otherwise: str = "NULL") -> str:
    return f"CASE WHEN {condition} THEN {then} ELSE {otherwise} END"


def _double(value: object) -> str:
    return f"CAST({value} AS DOUBLE)"


def cents(value: str, decimals: int = 2) -> str:
    """Half up, with the same numbers as `points.rounded`."""
    scale = f"{10.0**decimals:.1f}"
    return f"(FLOOR({value} * {scale} + CAST({0.5 + GRAIN!r} AS DOUBLE)) / {scale})"
