"""Great Expectations suite files, read without Great Expectations: `Suite`s of `Check`s.

A suite file is plain GX JSON. What GX does not know (grade, clause, points, facts to show)
stands in each entry's `meta`. The whole file stays loadable in GX unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.conditions import (
    And,
    Between,
    Compare,
    ComparePair,
    Condition,
    InSet,
    IsNull,
    Or,
    Predicate,
    Unique,
    columns_of,
)
from workbench.points import Points, parse_points
from workbench.sources import Place, Source, unknown_entries
from workbench.terms import GX_SEVERITY, Fault, Grade, Scope, did_you_mean

_META_KEYS = {
    "check", "grade", "verified", "points", "veto", "defect_group", "observed", "expected", "due",
    "evidence", "note", "group", "needs", "clause", "duty",
}  # fmt: skip
_FACT_KEYS = ("observed", "expected", "due", "evidence", "note", "group")
_PAIR = "either_value_is_missing"


@dataclass(frozen=True)
class Check:
    """One expectation of a suite, bound to the clause that demands it.

    A check looks at one subject at a time through its facts. It applies to the subjects its
    `row_condition` selects; elsewhere its outcome is what the scope fact says. A missing fact
    makes the outcome *cannot tell*, never *passed*.
    """

    id: str
    topic: str
    asset: str
    suite: str
    position: int
    predicate: Predicate
    row_condition: Condition | None
    scope: str | None
    grade: Grade
    verified: bool
    points: Points | None
    veto: bool
    veto_when: str | None
    defect_group: str | None
    facts: Mapping[str, str]
    needs: tuple[str, ...]
    clause: str
    duty: str | None
    entry: Mapping[str, Any]

    def __repr__(self) -> str:
        mark = "" if self.verified else ", clause not verified (条款待核对)"
        rule = self.entry.get("description") or self.entry.get("type")
        return f"Check({self.id}, {self.effective_grade.value}{mark}: {rule} [{self.clause}])"

    @property
    def effective_grade(self) -> Grade:
        """The grade that counts: what is not verified (条款待核对) is advisory, never a veto."""
        return self.grade if self.verified else Grade.advisory

    @property
    def columns(self) -> tuple[str, ...]:
        """All facts the check reads: predicate, row condition, points, veto, what is shown."""
        named = [self.points.count, self.points.when] if self.points else []
        condition = columns_of(self.row_condition) if self.row_condition else ()
        found = [*columns_of(self.predicate), *condition, *named, self.veto_when]
        return tuple(dict.fromkeys(c for c in [*found, *self.facts.values()] if c))


@dataclass(frozen=True)
class Suite:
    """The checks of one topic on one asset, and the GX document they came from."""

    name: str
    topic: str
    asset: str
    checks: tuple[Check, ...]
    document: Mapping[str, Any]


class _Refused(Exception):
    """An entry we cannot compile, with the reason."""


def parse_suite(source: Source, topic: str, asset: str) -> tuple[Suite, list[Fault]]:
    """A suite file -> `Suite`, with every fault of the file.

    >>> suite, faults = parse_suite(source, "disclosure_after", "cases")   # doctest: +SKIP
    """
    document = source.content if isinstance(source.content, dict) else {}
    faults: list[Fault] = []
    entries = document.get("expectations")
    if not isinstance(entries, list) or not document.get("name"):
        return Suite(topic, topic, asset, (), {}), [
            source.fault((), "a suite needs 'name' and a list 'expectations'")
        ]
    name = str(document["name"])
    checks = []
    for position, entry in enumerate(entries):
        place: Place = ("expectations", position)
        try:
            checks.append(_parse_check(source, place, entry, (name, topic, asset), faults))
        except _Refused as reason:
            label = (entry.get("meta") or {}).get("check", f"expectation {position + 1}")
            faults.append(source.fault(place, f"{label}: {reason}"))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"expectation {position + 1} cannot be understood: {error!r}"
            faults.append(source.fault(place, message, "compare it with another entry"))
    return Suite(name, topic, asset, tuple(checks), document), faults


def _parse_check(
    source: Source,
    place: Place,
    entry: dict[str, Any],
    home: tuple[str, str, str],
    faults: list[Fault],
) -> Check:
    suite, topic, asset = home
    meta = entry.get("meta") or {}
    kwargs = entry.get("kwargs") or {}
    faults.extend(unknown_entries(source, (*place, "meta"), meta, _META_KEYS))
    for needed in ("check", "grade", "clause"):
        if not meta.get(needed):
            raise _Refused(f"meta.{needed} is missing")
    if meta["grade"] not in {g.value for g in Grade}:
        raise _Refused(f"unknown grade '{meta['grade']}'")
    grade = Grade(meta["grade"])
    if entry.get("severity") != GX_SEVERITY[grade]:
        wanted = GX_SEVERITY[grade]
        message = f"grade {grade.value} is severity '{wanted}', not {entry.get('severity')!r}"
        faults.append(source.fault(place, f"{meta['check']}: {message}"))
    if "mostly" in kwargs:
        faults.append(source.fault(place, f"{meta['check']}: 'mostly' is never set"))
    condition = parse_condition(kwargs.get("row_condition"))
    veto = meta.get("veto", False)
    return Check(
        id=meta["check"],
        topic=topic,
        asset=asset,
        suite=suite,
        position=int(place[1]),
        predicate=parse_predicate(str(entry.get("type")), kwargs),
        row_condition=condition,
        scope=scope_of(condition),
        grade=grade,
        verified=bool(meta.get("verified", True)),
        points=_points(meta.get("points")),
        veto=bool(veto),
        veto_when=veto.get("when") if isinstance(veto, dict) else None,
        defect_group=meta.get("defect_group"),
        facts={key: meta[key] for key in _FACT_KEYS if meta.get(key)},
        needs=_parse_needs(meta.get("needs") or []),
        clause=meta["clause"],
        duty=meta.get("duty"),
        entry=entry,
    )


def _parse_needs(needs: Any) -> tuple[str, ...]:
    if not isinstance(needs, list):
        raise _Refused('needs is a list: ["table.column", ...]')
    return tuple(str(need) for need in needs)


def _points(points: Any) -> Points | None:
    try:
        return parse_points(points)
    except ValueError as error:
        raise _Refused(str(error)) from None


def parse_predicate(kind: str, kwargs: Mapping[str, Any]) -> Predicate:
    """An expectation's type and kwargs -> a node; refuses what we do not compile, with why."""
    try:
        build = _PREDICATES[kind]
    except KeyError:
        hint = did_you_mean(kind, _PREDICATES)
        raise _Refused(f"expectation type '{kind}' is not compiled {hint}".rstrip()) from None
    try:
        predicate: Predicate = build(kwargs)
        return predicate
    except KeyError as missing:
        raise _Refused(f"{kind} needs the argument {missing}") from None


def _pair(kwargs: Mapping[str, Any], operator: Any) -> ComparePair:
    if kwargs.get("ignore_row_if") != _PAIR:
        raise _Refused(f"a pair states ignore_row_if '{_PAIR}' (the default counts a null as "
                       "failed)")  # fmt: skip
    return ComparePair(kwargs["column_A"], operator, kwargs["column_B"])


def _between(kwargs: Mapping[str, Any]) -> Between:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is None and high is None:
        raise _Refused("between needs min_value or max_value")
    if isinstance(low, str) or isinstance(high, str):
        raise _Refused("between takes numbers (GX does not compare a date column with text)")
    strict = bool(kwargs.get("strict_min")), bool(kwargs.get("strict_max"))
    return Between(kwargs["column"], low, high, *strict)


def _in_set(kwargs: Mapping[str, Any], negated: bool) -> InSet:
    values = tuple(kwargs["value_set"])
    if not values:
        raise _Refused("value_set is empty")
    return InSet(kwargs["column"], values, negated)


_PREDICATES: dict[str, Any] = {
    "expect_column_pair_values_a_to_be_greater_than_b": lambda k: _pair(
        k, ">=" if k.get("or_equal") else ">"
    ),
    "expect_column_pair_values_to_be_equal": lambda k: _pair(k, "=="),
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": lambda k: _in_set(k, False),
    "expect_column_values_to_not_be_in_set": lambda k: _in_set(k, True),
    "expect_column_values_to_be_unique": lambda k: Unique(k["column"]),
}
COMPILED_TYPES = tuple(_PREDICATES)


def parse_condition(condition: Any) -> Condition | None:
    """GX's structured `row_condition` -> a node."""
    if condition is None:
        return None
    if not isinstance(condition, dict):
        raise _Refused("row_condition is structured (a mapping with 'type'), not text")
    kind = condition.get("type")
    if kind in ("and", "or"):
        parts = [parse_condition(part) for part in condition.get("conditions") or []]
        nodes = tuple(part for part in parts if part is not None)
        return And(nodes) if kind == "and" else Or(nodes)
    if kind == "nullity":
        return IsNull(condition["column"]["name"], negated=not condition["is_null"])
    if kind != "comparison":
        raise _Refused(f"row_condition of type '{kind}' is not compiled")
    column, operator = condition["column"]["name"], condition["operator"]
    value = condition["parameter"]
    if isinstance(value, dict):
        return ComparePair(column, operator, value["name"])
    if operator in ("IN", "NOT_IN"):
        return InSet(column, tuple(value), negated=operator == "NOT_IN")
    return Compare(column, operator, value)


def scope_of(condition: Condition | None) -> str | None:
    """The scope fact of a row condition: the column that is compared with `due`."""
    for node in _leaves(condition):
        if isinstance(node, Compare) and node.operator == "==" and node.value == Scope.due.value:
            return node.column
    return None


def _leaves(node: Condition | None) -> Iterator[Condition]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _leaves(part)
    elif node is not None:
        yield node
