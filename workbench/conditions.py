"""The closed list of predicates a check may be made of: frozen nodes, no behaviour.

Engines turn nodes into SQL; the reference engine asks them row by row. Every predicate is
three-valued: where a column it looks at is null, the answer is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

Value: TypeAlias = str | int | float | bool | date
Operator = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Compare:
    """`column operator value`."""

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class ComparePair:
    """`left operator right`, two columns of the same row."""

    left: str
    operator: Operator
    right: str


@dataclass(frozen=True)
class Between:
    """`minimum <= column <= maximum`; a bound may be open (None) or strict."""

    column: str
    minimum: Value | None = None
    maximum: Value | None = None
    strict_minimum: bool = False
    strict_maximum: bool = False


@dataclass(frozen=True)
class InSet:
    """The column's value is (or, negated, is not) one of `values`."""

    column: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True)
class Unique:
    """The value stands once among the rows in scope (a predicate over a group of rows)."""

    column: str


@dataclass(frozen=True)
class IsNull:
    """The column is (or, negated, is not) null. In row conditions only; never unknown."""

    column: str
    negated: bool = False


@dataclass(frozen=True)
class And:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Or:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Predicate: TypeAlias = Compare | ComparePair | Between | InSet | Unique
Condition: TypeAlias = Compare | ComparePair | InSet | IsNull | And | Or


def columns_of(node: Predicate | Condition) -> tuple[str, ...]:
    """The columns a node looks at, in order, each once.

    >>> columns_of(ComparePair("limit", ">=", "elapsed"))
    ('limit', 'elapsed')
    """
    return tuple(dict.fromkeys(_columns(node)))


def _columns(node: Predicate | Condition) -> Iterator[str]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _columns(part)
    elif isinstance(node, ComparePair):
        yield node.left
        yield node.right
    else:
        yield node.column
