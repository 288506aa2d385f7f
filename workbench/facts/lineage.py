"""Which columns of the source decide a fact: followed back through facts SQL, base and clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.clocks import Clock
from workbench.fact_sql import DIALECT, FactSql, parsed
from workbench.pack import Pack

if TYPE_CHECKING:
    from sqlglot.lineage import Node


def deciding_columns(pack: Pack, asset: str, facts: Iterable[str]) -> list[str]:
    """The `<table>__<column>` whose delivery the facts ask about (`case_coverage`), sorted.

    >>> deciding_columns(pack, "cases", ["legal_reviews_concluded"])   # doctest: +SKIP
    ['cases__complex', 'cases__decided_on', ..., 'legal_reviews__concluded_on']
    """
    return sorted(_of("case_coverage", behind(pack, asset, facts)[1]))


def behind(
    pack: Pack, asset: str, facts: Iterable[str]
) -> tuple[list[Clock], frozenset[tuple[str, str]]]:
    """The clocks that facts rest on, and every (table, column) that they are made of."""
    clocks: dict[str, Clock] = {}
    found: set[tuple[str, str]] = set()
    seen: set[str] = set()
    waiting = list(facts)
    while waiting:
        fact = waiting.pop()
        if fact in seen:
            continue
        seen.add(fact)
        leaves: list[Leaves] = []
        for clock in pack.clocks_of(asset):
            if fact not in clock.outputs:
                continue
            clocks[clock.id] = clock
            if clock.id not in pack.rows:
                waiting.extend(clock.inputs)
            else:
                sql = pack.rows[clock.id]
                leaves += [_leaves(sql, i) for i in clock.inputs if i in sql.outputs]
        leaves += [_leaves(sql, fact) for sql in pack.facts_of(asset) if fact in sql.outputs]
        for its in leaves:
            found |= its
            waiting += _of("base", its)
    return list(clocks.values()), frozenset(found)


Leaves = frozenset[tuple[str, str]]  # (table, column)


def _of(relation: str, leaves: Iterable[tuple[str, str]]) -> set[str]:
    return {column for table, column in leaves if table == relation}


def _leaves(sql: FactSql, fact: str) -> Leaves:
    """(table, column) at the ends of the way back from one output of a facts file."""
    return _all_leaves(sql.text)[fact]


@lru_cache(maxsize=256)
def _all_leaves(text: str) -> Mapping[str, Leaves]:
    """The leaves of every output: a file is followed back once, and only where one is asked for."""
    from sqlglot.lineage import lineage

    graphs = lineage(None, parsed(text)[0], {}, dialect=DIALECT, trim_selects=False)
    assert isinstance(graphs, dict)
    return {fact: frozenset(_ends(root)) for fact, root in graphs.items()}


def _ends(root: Node) -> Iterator[tuple[str, str]]:
    from sqlglot import exp

    seen, waiting = {id(root)}, [root]
    while waiting:
        node = waiting.pop()
        if not node.downstream and isinstance(node.expression, exp.Table):
            yield node.expression.name, node.name.split(".")[-1]
        new = [after for after in node.downstream if id(after) not in seen]
        seen |= {id(after) for after in new}
        waiting += new
