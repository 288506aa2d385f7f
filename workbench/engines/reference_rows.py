"""Clocks over rows, row by row and subject by subject, from the words. The judge of `rows_sql`.

One row that failed makes the subject fail; without one, a row that nobody can tell leaves it
open; without one, a row that is not due yet keeps it pending; then all that concern it passed.
The answer shown is that of the worst row: of the failed ones the one furthest beyond its limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from workbench.clocks import Clock
from workbench.engines.reference_clocks import clock_facts
from workbench.parameters import Parameter
from workbench.terms import Scope
from workbench.workdays import Calendar

Row: TypeAlias = Mapping[str, Any]
_NOTHING = {"scope": Scope.not_applicable.value, "elapsed": None, "limit": None, "due_on": None,
            "count": None, "evidence": None}  # fmt: skip


def row_clock_facts(
    clock: Clock,
    parameters: Mapping[str, Parameter],
    calendar: Calendar | None,
    rows: Sequence[Row],
    extensions: Sequence[Row],
    exclusions: Sequence[Row],
    as_of: date,
) -> dict[str, Any]:
    """The facts of one subject from its `rows`: those of a clock, then count and evidence.

    >>> row_clock_facts(clock, parameters, None, [], [], [], as_of)["scope"]   # doctest: +SKIP
    'not_applicable'
    """
    groups: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "failed": [], "unknown": [], "pending": [], "passed": []
    }  # fmt: skip
    for row in rows:
        said = clock_facts(clock, parameters, calendar, row, extensions, exclusions, as_of)
        kind = _kind(clock, said)
        if kind is not None:
            groups[kind].append((row["row_id"], said))
    failed = sorted(name for name, _ in groups["failed"])
    for members in groups.values():
        if members:
            worst = members[0]
            for member in members[1:]:
                if _is_worse(clock, member, worst):
                    worst = member
            return worst[1] | {"count": len(failed), "evidence": ";".join(failed) or None}
    return dict(_NOTHING)


def _kind(clock: Clock, said: Row) -> str | None:
    """What became of one row; None if the clock does not concern it."""
    if said["scope"] == Scope.not_applicable.value:
        return None
    if said["scope"] == Scope.not_yet_due.value:
        return "pending"
    if said["elapsed"] is None:
        return "unknown"
    too_long = said["elapsed"] > said["limit"]
    return "failed" if too_long != (clock.mode == "not_before") else "passed"


def _is_worse(clock: Clock, one: tuple[str, Row], other: tuple[str, Row]) -> bool:
    """Is the one further beyond its limit, or as far and due earlier, or then named earlier?

    A number or a day that nobody knows comes last.
    """
    far, farther = _beyond(clock, other[1]), _beyond(clock, one[1])
    if far != farther:
        return far is None or (farther is not None and farther > far)
    due, earlier = other[1]["due_on"], one[1]["due_on"]
    if due != earlier:
        return due is None or (earlier is not None and earlier < due)
    return one[0] < other[0]


def _beyond(clock: Clock, said: Row) -> int | None:
    if said["elapsed"] is None or said["limit"] is None:
        return None
    over: int = said["elapsed"] - said["limit"]
    return -over if clock.mode == "not_before" else over
