"""Which cases are left in doubt by a row or a cell that was recorded but could not be read.

What such a row would have said is unknown, never "did not happen": a certificate lost on the way
must not make an officer look uncertified. A row of a case puts its case in doubt; a row of
something that hangs on a case (who took part in an event) the case of that; any other row (a
certificate) the cases that name the same thing (the officer).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.engines.duckdb import DuckDBEngine
from workbench.loading.case_files import UNKNOWN_CELLS
from workbench.loading.repeats import plain
from workbench.schema import Schema, Table

_IDS = "_doubted"
_COLUMNS = ("table_name", "column_name", "case_id", "row_key")
_SCHEMA = pa.schema([(name, pa.string()) for name in _COLUMNS])


@dataclass
class _Named:
    """Ids of `target` that doubted rows of `table` name; any of several may be meant."""

    table: str
    column: str | None
    target: tuple[str, str]
    ids: Any


@dataclass
class Doubts:
    """Collects doubted rows while tables are loaded; turned into cases when all are there."""

    engine: DuckDBEngine
    schema: Schema
    _cases: list[Any] = field(default_factory=list)
    _named: list[_Named] = field(default_factory=list)

    def rows(self, table: Table, column: str | None, rows: Any) -> None:
        """Rows whose cell `column` (None: the whole row) could not be read."""
        if not rows.num_rows:
            return
        rows = pa.table({name: plain(rows[name]) for name in rows.column_names})
        case = case_key(table)
        if case in rows.column_names:
            self.cases(table.name, column, rows[case])
        if case is None:
            self._keys(table, column, rows)
            for name, target in routes(self.schema, table):
                if name in rows.column_names and pa.types.is_string(rows[name].type):
                    self._named.append(_Named(table.name, column, target, pc.unique(rows[name])))

    def cells(self, table: Table, cells: list[str]) -> None:
        """The pieces of broken rows: one that is the id of a case, an event ... is taken as it."""
        found = pa.array(sorted({cell.strip() for cell in cells if cell.strip()}), pa.string())
        if table.case_column:
            self.cases(table.name, None, found)
        elif case_key(table) is None:
            for _, target in routes(self.schema, table):
                self._named.append(_Named(table.name, None, target, found))

    def cases(self, table: str, column: str | None, ids: Any) -> None:
        """Cases of which a cell or a row of `table` is unknown."""
        self._add(table, column, pc.drop_null(ids), None)

    def store(self) -> None:
        """Write `main.unknown_cells`: each cell once, and only cases that are there."""
        for named in self._named:
            self.cases(named.table, named.column, self._cases_naming(named))
        self.engine.put(_IDS, pa.concat_tables([_SCHEMA.empty_table(), *self._cases]))
        self.engine.run(
            f"CREATE OR REPLACE TABLE main.{UNKNOWN_CELLS} AS "
            f"SELECT DISTINCT {', '.join(_COLUMNS)} FROM {_IDS} d WHERE case_id IS NULL OR EXISTS "
            "(SELECT 1 FROM main.cases c WHERE c.case_id = d.case_id) ORDER BY ALL",
            "unknown cells",
        )
        self.engine.run(f"DROP TABLE {_IDS}", "unknown cells")

    def _keys(self, table: Table, column: str | None, rows: Any) -> None:
        if table.key and set(table.key) <= set(rows.column_names):
            parts = [pc.cast(rows[name], pa.string()) for name in table.key]
            keys = pc.drop_null(pc.binary_join_element_wise(*parts, "-"))
            self._add(table.name, column, None, keys)

    def _add(self, table: str, column: str | None, cases: Any, keys: Any) -> None:
        size = len(cases if cases is not None else keys)
        if size:
            nothing = pa.nulls(size, pa.string())
            columns = [
                pa.repeat(pa.scalar(table, pa.string()), size),
                pa.repeat(pa.scalar(column, pa.string()), size),
                nothing if cases is None else cases,
                nothing if keys is None else keys,
            ]
            self._cases.append(pa.Table.from_arrays(columns, schema=_SCHEMA))

    def _cases_naming(self, named: _Named) -> Any:
        queries = list(_case_queries(self.schema, named.target))
        if not queries or not len(named.ids):
            return pa.array([], pa.string())
        self.engine.put(_IDS, pa.table({"id": named.ids}))
        return self.engine.arrow(
            f"SELECT DISTINCT case_id FROM ({' UNION ALL '.join(queries)})",
            f"cases in doubt by {named.table}",
        )["case_id"]


def case_key(table: Table) -> str | None:
    """The column that says which case a row of the table is about."""
    return "case_id" if table.name == "cases" else table.case_column


def routes(schema: Schema, table: Table) -> list[tuple[str, tuple[str, str]]]:
    """How a row that names no case leads to one: (its column, what that column names).

    A reference to something that hangs on a case is exact. Else the row's own key, where other
    tables use it (a unit, an officer); else what the row itself names (a certificate: its officer).
    """
    named = [(c.name, c.references) for c in table.columns.values() if c.references]
    exact = [(name, to) for name, to in named if case_key(schema.tables[to[0]])]
    used = {c.references for t in schema.tables.values() for c in t.columns.values()}
    own = [(name, (table.name, name)) for name in table.key if (table.name, name) in used]
    return exact or own or named


def _case_queries(schema: Schema, target: tuple[str, str]) -> Iterator[str]:
    """Queries for the cases that name one of the ids, directly or over one table between."""
    chosen = f"IN (SELECT id FROM {_IDS})"
    home, key = target
    if case := case_key(schema.tables[home]):
        yield f'SELECT "{case}" AS case_id FROM main."{home}" WHERE "{key}" {chosen}'
        return
    for table in schema.tables.values():
        for column in table.columns.values():
            if column.references != target:
                continue
            where = f't."{column.name}" {chosen}'
            if case := case_key(table):
                yield f'SELECT t."{case}" AS case_id FROM main."{table.name}" t WHERE {where}'
            else:
                yield from _over_parent(schema, table, where)


def _over_parent(schema: Schema, table: Table, where: str) -> Iterator[str]:
    for link in table.columns.values():
        if link.references and (case := case_key(schema.tables[link.references[0]])):
            parent, key = link.references
            yield (
                f'SELECT p."{case}" AS case_id FROM main."{table.name}" t '
                f'JOIN main."{parent}" p ON p."{key}" = t."{link.name}" WHERE {where}'
            )
