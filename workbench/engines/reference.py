"""The slow, obvious engine: one check, one row, no SQL, no cleverness. In tests it is the judge.

Every answer to a predicate is True, False or None (unknown). Nothing here is shared with
`engines.sql`; what the two agree on was said twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from workbench.conditions import (
    And,
    Between,
    Compare,
    Condition,
    InSet,
    IsNull,
    Or,
    Predicate,
    Unique,
)
from workbench.suites import Check
from workbench.terms import Outcome, Scope

Row: TypeAlias = Mapping[str, Any]


def outcome(check: Check, row: Row, rows: Sequence[Row]) -> Outcome:
    """What `check` says of `row`, which is one of `rows`, the whole fact table.

    Out of scope, the scope fact says whether the duty is merely not due yet. In scope, a missing
    value is *cannot tell*, never *passed* and never *failed*.
    """
    if not in_scope(check, row):
        pending = check.scope is not None and row[check.scope] == Scope.not_yet_due.value
        return Outcome.not_yet_due if pending else Outcome.not_applicable
    grouped = isinstance(check.predicate, Unique)
    group = [other for other in rows if in_scope(check, other)] if grouped else ()
    held = holds(check.predicate, row, group)
    if held is None:
        return Outcome.cannot_tell
    return Outcome.passed if held else Outcome.failed


def in_scope(check: Check, row: Row) -> bool:
    """Does the check look at the row? Only where its row condition is known to hold."""
    return check.row_condition is None or meets(check.row_condition, row) is True


def holds(predicate: Predicate, row: Row, group: Sequence[Row]) -> bool | None:
    """Does the predicate hold on the row? `group` are the rows in scope, for `Unique`."""
    if isinstance(predicate, Between):
        return _between(predicate, row[predicate.column])
    if isinstance(predicate, Unique):
        value = row[predicate.column]
        same = [other for other in group if other[predicate.column] == value]
        return None if value is None else len(same) == 1
    return meets(predicate, row)


def meets(condition: Condition, row: Row) -> bool | None:
    """Is the condition met by the row? Unknown wherever a null decides."""
    if isinstance(condition, And):
        return _all([meets(part, row) for part in condition.parts])
    if isinstance(condition, Or):
        refuted = _all([_not(meets(part, row)) for part in condition.parts])
        return _not(refuted)
    if isinstance(condition, IsNull):
        return (row[condition.column] is None) != condition.negated
    if isinstance(condition, InSet):
        value = row[condition.column]
        return None if value is None else (value in condition.values) != condition.negated
    if isinstance(condition, Compare):
        return _compare(row[condition.column], condition.operator, condition.value)
    return _compare(row[condition.left], condition.operator, row[condition.right])


def _compare(left: Any, operator: str, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    answers = {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }
    return bool(answers[operator])


def _between(predicate: Between, value: Any) -> bool | None:
    low = ">" if predicate.strict_minimum else ">="
    high = "<" if predicate.strict_maximum else "<="
    bounds = [(low, predicate.minimum), (high, predicate.maximum)]
    return _all([_compare(value, op, bound) for op, bound in bounds if bound is not None])


def _all(answers: Sequence[bool | None]) -> bool | None:
    """All hold: one refuted refutes all; otherwise one unknown leaves all unknown."""
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
