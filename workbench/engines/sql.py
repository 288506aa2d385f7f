"""Nodes as SQL: the outcome of a check as one small integer, in the dialect of `fact_sql`."""

from __future__ import annotations

from workbench import sqltext
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
from workbench.suites import Check
from workbench.terms import Outcome, Scope

_OPERATORS = {"==": "=", "!=": "<>"}


def node_sql(node: Predicate | Condition, in_scope: str = "TRUE") -> str:
    """A node as a three-valued SQL expression. `in_scope` bounds the group of `Unique`.

    >>> node_sql(ComparePair("limit_a", ">=", "elapsed"))
    '"limit_a" >= "elapsed"'
    """
    if isinstance(node, And | Or):
        word = " AND " if isinstance(node, And) else " OR "
        return "(" + word.join(node_sql(part) for part in node.parts) + ")"
    if isinstance(node, ComparePair):
        left, right = sqltext.name(node.left), sqltext.name(node.right)
        return f"{left} {_operator(node.operator)} {right}"
    column = sqltext.name(node.column)
    if isinstance(node, Compare):
        return f"{column} {_operator(node.operator)} {sqltext.literal(node.value)}"
    if isinstance(node, InSet):
        values = ", ".join(sqltext.literal(value) for value in node.values)
        return f"{column} {'NOT ' if node.negated else ''}IN ({values})"
    if isinstance(node, IsNull):
        return f"{column} IS {'NOT ' if node.negated else ''}NULL"
    if isinstance(node, Unique):
        return f"COUNT(*) OVER (PARTITION BY {column}, ({in_scope})) = 1"
    return _between(node, column)


def _between(node: Between, column: str) -> str:
    parts = []
    if node.minimum is not None:
        operator = ">" if node.strict_minimum else ">="
        parts.append(f"{column} {operator} {sqltext.literal(node.minimum)}")
    if node.maximum is not None:
        operator = "<" if node.strict_maximum else "<="
        parts.append(f"{column} {operator} {sqltext.literal(node.maximum)}")
    return "(" + " AND ".join(parts) + ")"


def _operator(operator: str) -> str:
    return _OPERATORS.get(operator, operator)


def outcome_sql(check: Check) -> str:
    """The outcome of a check on a row of facts, as an expression of type TINYINT."""
    scope = node_sql(check.row_condition) if check.row_condition is not None else "TRUE"
    missing = " OR ".join(f"{sqltext.name(c)} IS NULL" for c in columns_of(check.predicate))
    outside = str(Outcome.not_applicable.value)
    if check.scope is not None:
        pending = sqltext.literal(Scope.not_yet_due.value)
        outside = (
            f"CASE WHEN {sqltext.name(check.scope)} = {pending} "
            f"THEN {Outcome.not_yet_due.value} ELSE {Outcome.not_applicable.value} END"
        )
    return (
        f"CAST(CASE WHEN NOT COALESCE({scope}, FALSE) THEN {outside} "
        f"WHEN {missing} THEN {Outcome.cannot_tell.value} "
        f"WHEN {node_sql(check.predicate, scope)} THEN {Outcome.passed.value} "
        f"ELSE {Outcome.failed.value} END AS TINYINT)"
    )
