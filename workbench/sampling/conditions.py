"""Which cases a draw is from: conditions on columns, applied before anything is drawn.

A filter inside a draw would spoil it; a filter before it only says what the population is, and
stands in the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from workbench import sqltext
from workbench.asked_days import as_date
from workbench.sampling.source import Column, Columns
from workbench.terms import UsageError

Where: TypeAlias = str | Iterable[str] | Mapping[str, Any]
_TEXT = re.compile(r"\s*([^\s!<>=]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*", re.DOTALL)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
_TRUTHS = {"true": True, "false": False, "yes": True, "no": False, "是": True, "否": False}


@dataclass(frozen=True)
class Condition:
    """`column operator values`; with `=` any of them, with `!=` none; no value: is missing."""

    column: str
    operator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.column} {self.operator} {', '.join(self.values)}".strip()


def conditions_of(where: Where) -> tuple[Condition, ...]:
    """Conditions from texts, or from a mapping of columns to a value or several.

    >>> [str(c) for c in conditions_of(["kind = penalty, permit", "period_on >= 2025-01-01"])]
    ['kind = penalty, permit', 'period_on >= 2025-01-01']
    >>> [str(c) for c in conditions_of({"kind": ["penalty"], "major": True})]
    ['kind = penalty', 'major = true']
    """
    if isinstance(where, Mapping):
        return tuple(
            Condition(name, "=", tuple(map(_text, v if isinstance(v, list | tuple | set) else [v])))
            for name, v in where.items()
        )
    return tuple(map(_parsed, [where] if isinstance(where, str) else where))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _parsed(text: str) -> Condition:
    found = _TEXT.fullmatch(text)
    if not found:
        raise UsageError(
            f"'{text}' is no condition: write 'kind = penalty', 'period_on >= 2025-01-01', "
            "'kind != levy, coercion'"
        )
    column, operator, values = found.groups()
    parts = tuple(part.strip() for part in values.split(",") if part.strip())
    if operator not in ("=", "!=") and len(parts) != 1:
        raise UsageError(f"'{text}': {operator} takes one value")
    return Condition(column, operator, parts)


def condition_sql(condition: Condition, columns: Columns) -> str:
    """The condition in SQL; a missing value fulfils `!=` and nothing else.

    Raises `UsageError` where the column is unknown or not open, or a value is not of its kind.
    """
    if condition.operator not in OPERATORS:  # a record is a file that anyone may have written
        raise UsageError(f"no operator '{condition.operator}'; there are {' '.join(OPERATORS)}")
    column = columns.find(condition.column)
    if not condition.values:
        return f"{column.sql} IS {'NOT ' if condition.operator == '!=' else ''}NULL"
    values = [sqltext.literal(_value(one, column)) for one in condition.values]
    if condition.operator == "=":
        return f"{column.sql} IN ({', '.join(values)})"
    if condition.operator == "!=":
        return f"({column.sql} IS NULL OR {column.sql} NOT IN ({', '.join(values)}))"
    return f"{column.sql} {condition.operator} {values[0]}"


def _value(text: str, column: Column) -> Any:
    try:
        if column.kind == "number":
            return Decimal(text)
        if column.kind == "boolean":
            return _TRUTHS[text.lower()]
    except (InvalidOperation, KeyError):
        wanted = "a number" if column.kind == "number" else "true or false"
        raise UsageError(f"{column.name} is compared with {wanted}, not with '{text}'") from None
    return as_date(text) if column.kind == "day" else text
