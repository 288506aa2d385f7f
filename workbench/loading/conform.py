"""Keys, cases and organs: which typed rows can be used, and which cases are left in doubt.

A row without a key, a second row with the same key, a row that hangs on no case: refused, one by
one, with the row named. A refused row of a case that is there leaves the case in doubt: what it
would have said is unknown, never "did not happen".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.engines.duckdb import DuckDBEngine
from workbench.loading import reasons
from workbench.loading.deriving import with_derived
from workbench.loading.doubt import Doubts, case_key
from workbench.loading.mending import BadRow
from workbench.loading.planning import ORGAN, TablePlan
from workbench.loading.repeats import never_repeats, plain
from workbench.loading.report import ReportBuilder
from workbench.loading.typing_rows import HELD_ORGAN, ROW, TypedTable
from workbench.schema import Column, Schema, Table

INCOMING = "_incoming"
SECRET_COLUMN, SECRET_CODE = "sensitivity", "state_secret"


@dataclass
class Conformer:
    """Takes typed tables in, cases first, and leaves the used rows in the engine."""

    engine: DuckDBEngine
    schema: Schema
    report: ReportBuilder
    shared_ids: set[str] = field(default_factory=set)
    case_ids: Any = field(default_factory=lambda: pa.array([], pa.string()))
    doubts: Doubts = field(init=False)

    def __post_init__(self) -> None:
        self.doubts = Doubts(self.engine, self.schema)

    def take(self, plan: TablePlan, typed: TypedTable, bad: list[BadRow]) -> tuple[int, int]:
        """Refuse what cannot be used, store the rest; gives (used, refused)."""
        table, data = plan.table, _looked_at(plan.table, typed.data)
        if plan.mapping.distinct:
            data = _distinct(data)
        before = data.num_rows
        data = self._refuse_missing_keys(plan, data)
        data = self._refuse_secrets(plan, data)
        if table.name == "cases":
            data = self._tell_organs_apart(plan, data)
        elif table.case_column in data.column_names:
            data = self._place_in_cases(plan, data)
        data = self._refuse_second_keys(plan, data)
        if table.name == "cases":
            self.case_ids = _whole(data["case_id"])
        self._doubt_unreadable(table, data, typed)
        self._refuse_broken(plan, bad)
        self._store(table, data)
        return data.num_rows, before - data.num_rows + len(bad)

    # -- refusals, in the order in which they apply

    def _refuse_missing_keys(self, plan: TablePlan, data: Any) -> Any:
        for name in plan.table.key:
            gone = pc.is_null(data[name])
            data = self._refuse(plan, data, gone, "missing_key", column=name)
        return data

    def _refuse_secrets(self, plan: TablePlan, data: Any) -> Any:
        """Rows marked state secret are counted and never stored, nor is anything of them shown."""
        column = plan.table.columns.get(SECRET_COLUMN)
        if column is None or SECRET_COLUMN not in data.column_names:
            return data
        marked = pc.equal(data[SECRET_COLUMN], SECRET_CODE)
        return self._refuse(plan, data, pc.fill_null(marked, False), "state_secret")

    def _tell_organs_apart(self, plan: TablePlan, data: Any) -> Any:
        """Case ids that several organs use get their organ before them."""
        if ORGAN not in data.column_names:
            return data
        shared = self._query(
            data.select(["case_id", ORGAN]),
            f"SELECT case_id FROM {INCOMING} GROUP BY case_id HAVING count(DISTINCT {ORGAN}) > 1",
            "case ids of several organs",
        )["case_id"]
        if not len(shared):
            return data
        self.shared_ids = set(shared.to_pylist())
        hit = pc.and_(pc.is_in(data["case_id"], value_set=_whole(shared)), pc.is_valid(data[ORGAN]))
        ids = pc.if_else(hit, _prefixed(data[ORGAN], data["case_id"]), data["case_id"])
        shown = self._shown(plan.table.columns["case_id"], ids)
        self.report.add(
            plan.name,
            "cases",
            reasons.REPAIRED,
            "prefixed",
            column="case_id",
            rows=pc.filter(data[ROW], hit),
            details=None if shown is None else pc.filter(shown, hit),
        )
        return _with(data, "case_id", ids)

    def _place_in_cases(self, plan: TablePlan, data: Any) -> Any:
        """Children of ids that organs share find their case; children of no case are refused."""
        column = str(plan.table.case_column)
        if self.shared_ids:
            data = self._place_shared(plan, data, column)
        ids, cases = data[column], self.case_ids
        if len(ids) < len(cases) // 4:  # the shorter of two sets is the one to be built
            cases = cases.filter(pc.is_in(cases, value_set=_whole(ids)))
        known = pc.is_in(ids, value_set=cases)
        gone = pc.and_(pc.is_valid(data[column]), pc.invert(known))
        details = self._shown(plan.table.columns[column], data[column])
        data = self._refuse(plan, data, gone, "orphan", column=column, details=details)
        if nowhere := data[column].null_count:
            self.report.add(
                plan.name, plan.table.name, reasons.NOTE, "no_case", column=column, counts=[nowhere]
            )
        return data

    def _place_shared(self, plan: TablePlan, data: Any, column: str) -> Any:
        ids = data[column]
        hit = pc.is_in(ids, value_set=pa.array(sorted(self.shared_ids), pa.string()))
        organ = next((name for name in (ORGAN, HELD_ORGAN) if name in data.column_names), None)
        if organ is not None:
            told = pc.and_(hit, pc.is_valid(data[organ]))
            data = _with(data, column, pc.if_else(told, _prefixed(data[organ], ids), ids))
            hit = pc.and_(hit, pc.is_null(data[organ]))
        self._doubt_shared(plan.table, pc.unique(pc.filter(ids, hit)))
        details = self._shown(plan.table.columns[column], ids)
        return self._refuse(
            plan, data, hit, "ambiguous_case", column=column, details=details, doubt=False
        )

    def _refuse_second_keys(self, plan: TablePlan, data: Any) -> Any:
        """The first row of a key stays; a later one that says the same takes nothing away."""
        keys = list(plan.table.key)
        if not keys or not data.num_rows or (len(keys) == 1 and never_repeats(data[keys[0]])):
            return data
        joined = ", ".join(f'"{key}"' for key in keys)
        twice = self._query(
            data.select([ROW, *keys]),
            f"WITH firsts AS (SELECT {joined}, min({ROW}) AS first FROM {INCOMING} "
            f"GROUP BY {joined} HAVING count(*) > 1) "
            f"SELECT {ROW}, first FROM {INCOMING} JOIN firsts USING ({joined}) "
            f"WHERE {ROW} <> first ORDER BY {ROW}",
            f"keys of {plan.table.name}",
        )
        if not twice.num_rows:
            return data
        same = self._same_rows(data, twice)
        for reason, chosen in (("repeated_row", same), ("duplicate_key", pc.invert(same))):
            some = twice.filter(chosen)
            data = self._refuse_later(plan, data, some, reason)
        return data

    def _refuse_later(self, plan: TablePlan, data: Any, some: Any, reason: str) -> Any:
        gone = pc.is_in(data[ROW], value_set=_whole(some[ROW]))
        where = pc.index_in(data[ROW], value_set=_whole(some[ROW]))
        firsts = pc.cast(_whole(some["first"]).take(_whole(where)), pa.string())
        keys = [plan.table.columns[name] for name in plan.table.key]
        shown = [pc.cast(data[key.name], pa.string()) for key in keys if key.data_class == "none"]
        details = pa.chunked_array([firsts])
        if shown:
            words = pc.binary_join_element_wise(*shown, "/")
            details = pc.binary_join_element_wise(details, " (", words, ")", "")
        doubt = reason == "duplicate_key" and plan.table.name != "cases"
        return self._refuse(plan, data, gone, reason, details=details, doubt=doubt)

    def _same_rows(self, data: Any, twice: Any) -> Any:
        """Of each later row: does it say in every column what the first one says?"""
        places = data[ROW]
        later = data.take(pc.index_in(twice[ROW], value_set=_whole(places)))
        first = data.take(pc.index_in(twice["first"], value_set=_whole(places)))
        same: Any = pa.repeat(pa.scalar(True), twice.num_rows)
        for name in data.column_names:
            if name != ROW:
                this, that = plain(later[name]), plain(first[name])
                equal = pc.fill_null(pc.equal(this, that), False)
                empty = pc.and_(pc.is_null(this), pc.is_null(that))
                same = pc.and_(same, pc.or_(equal, empty))
        return same

    def _refuse_broken(self, plan: TablePlan, bad: list[BadRow]) -> None:
        """Rows that could not be laid under the header; a cell that is a case id names the case."""
        for row in bad:
            self.report.add(
                plan.name,
                plan.table.name,
                reasons.REFUSED,
                row.reason_code,
                rows=[row.row],
                details=[row.detail],
            )
        self.doubts.cells(plan.table, [cell for row in bad for cell in row.cells])

    def _refuse(
        self,
        plan: TablePlan,
        data: Any,
        gone: Any | None,
        reason: str,
        *,
        column: str | None = None,
        details: Any = None,
        doubt: bool = True,
    ) -> Any:
        """Report the rows marked in `gone`, put their cases in doubt, and give the others."""
        if gone is None or not pc.any(gone).as_py():
            return data
        self.report.add(
            plan.name,
            plan.table.name,
            reasons.REFUSED,
            reason,
            column=column,
            rows=pc.filter(data[ROW], gone),
            details=None if details is None else pc.filter(details, gone),
        )
        if doubt:
            self.doubts.rows(plan.table, None, data.filter(gone))
        return data.filter(pc.invert(gone))

    # -- cases in doubt

    def _doubt_unreadable(self, table: Table, data: Any, typed: TypedTable) -> None:
        for column, rows in typed.unreadable.items():
            hit = pc.is_in(data[ROW], value_set=_whole(rows))
            self.doubts.rows(table, column, data.filter(hit))

    def _doubt_shared(self, table: Table, ids: Any) -> None:
        """A child that may belong to several cases leaves all of them in doubt."""
        if not len(ids):
            return
        found = self._query(
            pa.table({"case_id": ids}),
            f"SELECT c.case_id FROM main.cases c JOIN {INCOMING} i "
            f"ON c.case_id = c.{ORGAN} || '/' || i.case_id",
            "cases that share an id",
        )["case_id"]
        self.doubts.cases(table.name, None, found)

    # -- the engine

    def _query(self, data: Any, sql: str, step: str) -> Any:
        """Ask the engine about an Arrow table without storing it."""
        self.engine.connection.register(INCOMING, data)
        try:
            return self.engine.arrow(sql, step)
        finally:
            self.engine.connection.unregister(INCOMING)

    def _store(self, table: Table, data: Any) -> None:
        store(self.engine, table, with_derived(self.engine, table, data))

    def _shown(self, column: Column, values: Any) -> Any:
        return values if column.data_class == "none" else None


def store(engine: DuckDBEngine, table: Table, data: Any | None) -> None:
    """Make the typed table of the schema; columns that `data` has not are all null."""
    present = [] if data is None else data.column_names
    columns = ", ".join(
        f'"{name}"' if name in present else f'CAST(NULL AS {column.sql_type}) AS "{name}"'
        for name, column in table.all_columns.items()
    )
    source = f"FROM {INCOMING}" if data is not None else "WHERE false"
    if data is not None:
        engine.connection.register(INCOMING, data)
    try:
        sql = f'CREATE OR REPLACE TABLE main."{table.name}" AS SELECT {columns} {source}'
        engine.run(sql, f"store {table.name}")
    finally:
        if data is not None:
            engine.connection.unregister(INCOMING)


def note_references(
    engine: DuckDBEngine,
    plans: list[TablePlan],
    delivered: dict[str, frozenset[str]],
    report: ReportBuilder,
) -> None:
    """Ids that point at a unit, an officer, a document that is not there: a note, no refusal."""
    for plan in plans:
        table = plan.table
        for name, column in table.columns.items():
            if column.references is None or name not in delivered.get(table.name, ()):
                continue
            target, key = column.references
            if target == "cases" or key not in delivered.get(target, ()):
                continue
            found = engine.rows(
                f'SELECT count(*) FROM main."{table.name}" l ANTI JOIN main."{target}" r '
                f'ON l."{name}" = r."{key}" WHERE l."{name}" IS NOT NULL',
                f"references of {table.name}.{name}",
            )[0][0]
            if found:
                report.add(
                    plan.name,
                    table.name,
                    reasons.NOTE,
                    "no_such_reference",
                    column=name,
                    details=[f"{target}.{key}"],
                    counts=[found],
                )


def _looked_at(table: Table, data: Any) -> Any:
    """The rows, with texts in the columns by which they are judged."""
    wanted = {*table.key, case_key(table), ORGAN, HELD_ORGAN, SECRET_COLUMN}
    for name in data.column_names:
        if name in wanted:
            data = _with(data, name, plain(data[name]))
    return data


def _distinct(data: Any) -> Any:
    """Rows that say the same, once: the first of them (small tables made from lists)."""
    data = pa.table({name: plain(data[name]) for name in data.column_names})
    names = [name for name in data.column_names if name != ROW]
    found = data.group_by(names, use_threads=False).aggregate([(ROW, "min")])
    return found.rename_columns([*names, ROW]).select(data.column_names).sort_by(ROW)


def _prefixed(organ: Any, ids: Any) -> Any:
    return pc.binary_join_element_wise(organ, ids, "/")


def _with(data: Any, name: str, values: Any) -> Any:
    return data.set_column(data.column_names.index(name), name, values)


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
