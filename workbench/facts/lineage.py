"""Which columns of the source decide a fact: followed back through facts SQL, base and clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from workbench.fact_sql import DIALECT, FactSql
from workbench.pack import Pack


def deciding_columns(pack: Pack, asset: str, facts: Iterable[str]) -> list[str]:
    """The `<table>__<column>` whose delivery the facts ask about (`case_coverage`), sorted.

    >>> deciding_columns(pack, "cases", ["legal_reviews_concluded"])   # doctest: +SKIP
    ['cases__complex', 'cases__decided_on', ..., 'legal_reviews__concluded_on']
    """
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(facts)
    while waiting:
        fact = waiting.pop()
        if fact in seen:
            continue
        seen.add(fact)
        for clock in pack.clocks_of(asset):
            if fact in clock.outputs and clock.id not in pack.rows:
                waiting.extend(clock.inputs)
            elif fact in clock.outputs:
                sql = pack.rows[clock.id]
                rows = [_leaves(sql, i) for i in clock.inputs if i in sql.outputs]
                found |= _coverage(rows)
                waiting += _base(rows)
        for sql in pack.facts_of(asset):
            if fact in sql.outputs:
                leaves = [_leaves(sql, fact)]
                found |= _coverage(leaves)
                waiting += _base(leaves)
    return sorted(found)


Leaves = frozenset[tuple[str, str]]  # (table, column)


def _coverage(leaves: Iterable[Leaves]) -> set[str]:
    return {column for its in leaves for table, column in its if table == "case_coverage"}


def _base(leaves: Iterable[Leaves]) -> set[str]:
    return {column for its in leaves for table, column in its if table == "base"}


@lru_cache(maxsize=1024)
def _leaves(sql: FactSql, fact: str) -> Leaves:
    return frozenset(_walk(sql, fact))


def _walk(sql: FactSql, fact: str) -> Iterator[tuple[str, str]]:
    """(table, column) at the ends of the way back from one output of a facts file."""
    from sqlglot import exp
    from sqlglot.lineage import lineage

    for node in lineage(fact, sql.text, {}, dialect=DIALECT).walk():
        if not node.downstream and isinstance(node.expression, exp.Table):
            yield node.expression.name, node.name.split(".")[-1]
