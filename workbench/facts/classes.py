"""The data class of each fact: what it carries of the columns that it is made of.

A fact carries a value if the value (or a part of it, or an aggregate of it) can stand in the
fact: `MAX(p.name)` carries the name. A condition carries nothing: neither a boolean, nor a count,
nor `CASE WHEN p.name IS NULL THEN 1 ELSE 0 END`. What this room does not understand carries
everything below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from workbench.clocks import Clock
from workbench.fact_sql import FactSql, parsed
from workbench.pack import Asset, Pack
from workbench.pack.model import KERNEL
from workbench.privacy import NONE, strictest

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

# (relation, column) -> class, for what is not of class none.
Classed = dict[tuple[str, str], str]
_SPREAD = "__"  # `<table>__<column>(..., code)`: a list in a cell, one row a code


def fact_classes(pack: Pack) -> dict[str, dict[str, str]]:
    """The facts that are not of class none, by asset (every asset is named).

    >>> fact_classes(pack)["cases"]   # doctest: +SKIP
    {}
    """
    return {asset.id: _of_asset(pack, asset) for asset in pack.assets.values()}


def _of_asset(pack: Pack, asset: Asset) -> dict[str, str]:
    known = _columns(pack)
    found = _kernel(asset, known)
    known |= {("subjects", name): data_class for name, data_class in found.items()}
    for sql in pack.facts_of(asset.id):  # base comes first
        for name, data_class in _of_file(sql, known).items():
            found[name] = strictest([data_class, found.get(name, NONE)])
            if sql.topic == "base":
                known[("base", name)] = data_class
    for clock in pack.clocks_of(asset.id):
        if clock.id in pack.rows:
            rows = {name: c for name, c in found.items() if name in KERNEL}
            rows |= _of_file(pack.rows[clock.id], known)
            found |= _of_clock(clock, rows)
        else:
            found |= _of_clock(clock, found)
    return found


def _columns(pack: Pack) -> Classed:
    """Columns of the case files, and of the relations that spread lists in cells."""
    known: Classed = {}
    for table in pack.schema.tables.values():
        classes = {c.name: c.data_class for c in table.all_columns.values() if c.data_class != NONE}
        known |= {(table.name, name): data_class for name, data_class in classes.items()}
        for column in table.all_columns.values():
            if column.is_list:
                spread = f"{table.name}{_SPREAD}{column.name}"
                known |= {(spread, name): data_class for name, data_class in classes.items()}
                if column.name in classes:
                    known[(spread, "code")] = classes[column.name]
    return known


def _kernel(asset: Asset, known: Classed) -> dict[str, str]:
    """The kernel columns that are made of classed columns of the asset's table."""
    table = asset.every.table if asset.every else asset.table
    key = (asset.every.key, asset.every.years) if asset.every else asset.key
    made = {
        "subject_id": key, "case_id": (asset.case,), "organ_id": (asset.organ,),
        "unit_id": (asset.unit,), "kind": (asset.kind,), "period_on": asset.day,
    }  # fmt: skip
    classes = {
        name: strictest(known.get((table, c), NONE) for c in made[name] if c) for name in KERNEL
    }
    return {name: data_class for name, data_class in classes.items() if data_class != NONE}


def _of_clock(clock: Clock, facts: Mapping[str, str]) -> dict[str, str]:
    """The due day follows from the start; the days that went by tell the stop as well.

    `facts` are the columns of its rows where it runs over rows.
    """
    start = facts.get(clock.start, NONE)
    classes = {"due_on": start, "elapsed": strictest([start, facts.get(clock.stop, NONE)])}
    if clock.rows:
        classes["evidence"] = facts.get("row_id", NONE)
    return {clock.output(output): c for output, c in classes.items() if c != NONE}


def _of_file(sql: FactSql, known: Classed) -> dict[str, str]:
    """The outputs of one facts file that carry a classed value.

    Most files read none, and then nothing is parsed.
    """
    relations = {name.split(".", 1)[0] for name in sql.reads} | set(sql.tables)
    if not any(relation in relations for relation, _ in known):
        return {}
    from sqlglot.optimizer.scope import build_scope

    scope = build_scope(parsed(sql.text)[0])
    if scope is None:  # not a query: then lint has refused it
        return {}
    values = _Values(known)
    classes = {name: strictest(values.of_output(scope, name)) for name in sql.outputs}
    return {name: data_class for name, data_class in classes.items() if data_class != NONE}


class _Values:
    """Follows values from an output of a query back to the columns that they come from."""

    def __init__(self, known: Classed):
        self.known = known
        self.seen: dict[tuple[int, str], frozenset[str]] = {}

    def of_output(self, scope: Scope, name: str) -> frozenset[str]:
        """The classes that a column of a query's result can carry."""
        place = (id(scope), name)
        if place not in self.seen:
            self.seen[place] = frozenset()  # a query never reads itself, but it shall end
            self.seen[place] = frozenset(self._projected(scope, name))
        return self.seen[place]

    def _projected(self, scope: Scope, name: str) -> Iterator[str]:
        for at, output in enumerate(_names(scope)):
            if output == name:
                yield from self._of_place(scope, at)

    def _of_place(self, scope: Scope, at: int) -> Iterator[str]:
        """A column by its place: in the later parts of a union it often has no name."""
        for part in scope.set_operation_scopes:
            yield from self._of_place(part, at)
        if not scope.set_operation_scopes:
            yield from self._of(scope.expression.expressions[at], scope)

    def _of(self, node: exp.Expr, scope: Scope) -> Iterator[str]:
        from sqlglot import exp

        if isinstance(node, exp.Column):
            yield from self._of_column(node, scope)
        elif isinstance(node, exp.Query | exp.Subquery):
            yield from self._of_query(node, scope)
        else:
            for part in _carried(node):
                yield from self._of(part, scope)

    def _of_column(self, column: exp.Column, scope: Scope) -> Iterator[str]:
        from sqlglot import exp

        if column.table in scope.sources:
            sources = [scope.sources[column.table]]
        else:  # none is named: then it may be of any
            sources = [source for _, source in scope.selected_sources.values()]
        for source in sources:
            if isinstance(source, exp.Table):
                yield self.known.get((source.name, column.name), NONE)
            elif column.name in _names(source):
                yield from self.of_output(source, column.name)
        if not column.table and column.name in _names(scope):  # another output of the same query
            yield from self.of_output(scope, column.name)

    def _of_query(self, node: exp.Expr, scope: Scope) -> Iterator[str]:
        """A subquery in place of a value: what its one column carries."""
        from sqlglot import exp

        inner = node.unnest() if isinstance(node, exp.Subquery) else node
        for part in scope.subquery_scopes:
            if part.expression is inner:
                yield from self._of_any(part)
                return
        names = {column.name for column in node.find_all(exp.Column)}
        yield from (c for (_, column), c in self.known.items() if column in names)

    def _of_any(self, scope: Scope) -> Iterator[str]:
        """Whatever a query gives: the column of a subquery often has no name."""
        for part in scope.set_operation_scopes:
            yield from self._of_any(part)
        if not scope.set_operation_scopes:
            for output in scope.expression.expressions:
                yield from self._of(output, scope)


def _names(scope: Scope) -> list[str]:
    """The columns of a query's result in their order; one without a name is empty."""
    return [column.output_name for column in getattr(scope.expression, "selects", ())]


def _carried(node: exp.Expr) -> Iterable[exp.Expr]:
    """The parts of an expression whose values can stand in its result."""
    from sqlglot import exp

    if isinstance(node, exp.Predicate | exp.Connector | exp.Not | exp.Exists):
        return ()  # a boolean
    if isinstance(node, exp.Count | exp.RowNumber | exp.DenseRank):
        return ()
    if isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.BOOLEAN:
        return ()
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]]
        return [*values, node.args["default"]] if node.args.get("default") else values
    if isinstance(node, exp.If):
        return [v for v in (node.args.get("true"), node.args.get("false")) if v is not None]
    if isinstance(node, exp.Nullif | exp.Filter | exp.Window | exp.Order | exp.Ordered):
        return (node.this,)  # the rest only says when, or in which order
    return node.iter_expressions()
