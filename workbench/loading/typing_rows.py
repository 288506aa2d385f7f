"""One file -> one typed table: cells read column by column, unreadable ones named."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading import reasons
from workbench.loading.cells import ARROW_TYPES, TypedCells, type_cells
from workbench.loading.cleaning import clean
from workbench.loading.mapping import Spellings
from workbench.loading.planning import ColumnPlan, HeaderPlan, TablePlan
from workbench.loading.repeats import plain
from workbench.loading.report import ReportBuilder
from workbench.loading.sheets import BadCell, RawTable
from workbench.loading.values import UNREADABLE, reader_for
from workbench.schema import Column

# Arrow works outside Python's lock, so two columns are read at a time.
WORKERS = min(4, os.cpu_count() or 1)
# What is told of a column without having changed it.
QUIET = frozenset(
    ("no_time_of_day", "offset_dropped", "era_year", "republic_year", "written_numerals",
     "day_first", "month_first")
)  # fmt: skip
ROW = "_row"  # the row number in the file
HELD_ORGAN = "_organ"  # an organ_id that the table itself has no column for


@dataclass
class TypedTable:
    """The typed rows of one file, with their row numbers in the column `_row`.

    `unreadable` holds, per column, the row numbers of cells that could not be read.
    """

    data: Any
    unreadable: dict[str, Any] = field(default_factory=dict)


def type_table(
    plan: TablePlan,
    header: HeaderPlan,
    raw: RawTable,
    lists: dict[str, Spellings],
    report: ReportBuilder,
    timezone: str | None,
) -> TypedTable:
    """Type all columns of a file; blank rows are left out. Empties `raw` as it goes."""
    unknown = raw.unknown
    cleaned, rows = _without_blank_rows(raw)
    typed = TypedTable(None)
    arrays: dict[str, Any] = {ROW: rows}
    plans = list(header.columns.values())

    def read(column: ColumnPlan) -> tuple[Any, TypedCells]:
        cells = _cells_of(column, cleaned, len(rows))
        target = plan.table.columns[column.column]
        if column.mapping.unify:
            cells = unify(plain(cells), lists[column.mapping.unify], plan, target, report)
        return cells, read_column(target, column, cells, timezone)

    with ThreadPoolExecutor(WORKERS) as pool:
        for column, (cells, result) in zip(plans, pool.map(read, plans), strict=True):
            _tell(plan, column, rows, cells, result, typed, report)
            arrays[column.column] = result.values
    _tell_unknown(plan, plans, unknown, typed, report)
    if header.organ is not None:
        arrays[HELD_ORGAN] = cleaned[header.organ]
    typed.data = pa.table(arrays)
    return typed


def _without_blank_rows(raw: RawTable) -> tuple[dict[int, Any], Any]:
    rows, positions = pa.chunked_array([raw.rows]), list(raw.columns)
    with ThreadPoolExecutor(WORKERS) as pool:
        columns = pool.map(lambda position: clean(raw.columns.pop(position)), positions)
        cleaned = dict(zip(positions, columns, strict=True))
    blank: Any = None
    for column in cleaned.values():
        empty = pc.is_null(column)
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return cleaned, rows
    if blank is None:
        return cleaned, rows
    kept = pc.invert(blank)
    found = {position: pc.filter(column, kept) for position, column in cleaned.items()}
    return found, pc.filter(rows, kept)


def _cells_of(plan: ColumnPlan, cleaned: dict[int, Any], size: int) -> Any:
    if plan.position is not None:
        return cleaned[plan.position]
    return clean(pa.chunked_array([pa.repeat(pa.scalar(plan.mapping.value, pa.string()), size)]))


def read_column(column: Column, plan: ColumnPlan, cells: Any, timezone: str | None) -> TypedCells:
    """Type the cells of one column as its mapping, or its type alone, says."""
    read = reader_for(column, plan.mapping.format, plan.mapping.codes, timezone)
    simple = plan.mapping.format is None
    return type_cells(cells, column.type, read, plain=simple, timezone=timezone)


def _tell(
    plan: TablePlan,
    laid: ColumnPlan,
    rows: Any,
    cells: Any,
    result: TypedCells,
    typed: TypedTable,
    report: ReportBuilder,
) -> None:
    """Put unreadable and repaired cells of one column into the report, without private values."""
    column = plan.table.columns[laid.column]
    hidden = column.data_class != "none"
    table, name = plan.table.name, column.name
    if result.unreadable is not None:
        typed.unreadable[name] = where = pc.filter(rows, result.unreadable)
        if name not in plan.table.key:  # such a row is refused as a whole
            _tell_unreadable(
                plan, column, where, pc.filter(cells, result.unreadable), result, report
            )
    for reason, detail, count in result.repairs:
        action = reasons.NOTE if reason in QUIET else reasons.REPAIRED
        shown_detail = [None if hidden else detail]
        report.add(
            plan.name, table, action, reason, column=name, details=shown_detail, counts=[count]
        )
    for question in result.questions:
        line = _line_to_write(laid, question.answers)
        report.say(plan.name, f"ask_{question.reason_code}", table=table, column=name, detail=line)


def _tell_unreadable(
    plan: TablePlan,
    column: Column,
    where: Any,
    cells: Any,
    result: TypedCells,
    report: ReportBuilder,
) -> None:
    """The cells of one column that could not be read, those of one reason together."""
    why = pc.fill_null(result.why, UNREADABLE[column.type])
    values = pc.utf8_slice_codeunits(plain(cells), 0, 80)
    hidden = column.data_class != "none"
    for reason in sorted(pc.unique(why).to_pylist()):
        chosen = pc.equal(why, reason)
        there = pc.filter(where, chosen)
        shown = pa.nulls(len(there), pa.string()) if hidden else pc.filter(values, chosen)
        report.add(
            plan.name, plan.table.name, reasons.UNREADABLE, reason, column=column.name, rows=there,
            details=shown,
        )  # fmt: skip


def _line_to_write(laid: ColumnPlan, answers: tuple[str, ...]) -> str:
    """The line of a mapping that answers a question about a column."""
    header = laid.mapping.header or laid.column
    if not set(header).isdisjoint(":#{}[],&*!|>'\"%@`"):  # signs that mean something in YAML
        header = f"'{header.replace(chr(39), chr(39) * 2)}'"
    return f"{laid.column}: {{from: {header}, format: {' | '.join(answers)}}}" if answers else ""


def _tell_unknown(
    plan: TablePlan,
    columns: list[ColumnPlan],
    unknown: list[BadCell],
    typed: TypedTable,
    report: ReportBuilder,
) -> None:
    """Cells whose value the file itself does not have: named, and unknown like unreadable ones."""
    for column in columns:
        here = [cell for cell in unknown if cell.position == column.position]
        for reason in sorted({cell.reason_code for cell in here}):
            rows = pa.array([c.row for c in here if c.reason_code == reason], pa.int64())
            name = column.column
            report.add(
                plan.name, plan.table.name, reasons.UNREADABLE, reason, column=name, rows=rows
            )
            before = [typed.unreadable[name]] if name in typed.unreadable else []
            typed.unreadable[name] = pa.concat_arrays([_whole(part) for part in (*before, rows)])


def unify(
    cells: Any, spellings: Spellings, plan: TablePlan, column: Column, report: ReportBuilder
) -> Any:
    """Replace listed spellings by their ids; count every spelling, listed or not."""
    hidden = column.data_class != "none"
    found: dict[str, list[tuple[str, int]]] = {
        "unified": [],
        "known_spelling": [],
        "not_unified": [],
    }
    values = pc.value_counts(cells).to_pylist()
    for word, count in ((one["values"], one["counts"]) for one in values):
        if word is None:
            continue
        target = spellings.ids.get(word)
        if target is None:
            found["not_unified"].append((word, count))
        else:
            reason = "known_spelling" if word in spellings.listed else "unified"
            found[reason].append((f"{word} -> {target}", count))
    for reason, entries in found.items():
        report.add(
            plan.name,
            plan.table.name,
            reasons.REPAIRED if reason == "unified" else reasons.NOTE,
            reason,
            column=column.name,
            details=[None if hidden else detail for detail, _ in entries],
            counts=[count for _, count in entries],
        )
    variants = pa.array(list(spellings.ids), pa.string())
    places = pc.index_in(cells, value_set=variants)
    ids = pa.array(list(spellings.ids.values()), pa.string()).take(_whole(places))
    return pc.coalesce(pa.chunked_array([ids]), cells)


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def written_table(plan: TablePlan, timezone: str | None) -> TypedTable:
    """The rows written into the mapping itself; their row number is their place in the list."""
    rows = plan.mapping.rows
    arrays: dict[str, Any] = {ROW: pa.array(range(1, len(rows) + 1), pa.int64())}
    for name, column in plan.table.columns.items():
        if any(name in row for row in rows):
            texts = pa.chunked_array([pa.array([row.get(name) for row in rows], pa.string())])
            read = reader_for(column, None, {}, timezone)
            arrays[name] = type_cells(clean(texts), column.type, read).values
    return TypedTable(pa.table(arrays))


def empty_columns(columns: dict[str, Column]) -> Any:
    """The Arrow fields of columns, for tables without rows."""
    return pa.schema([(name, ARROW_TYPES[column.type]) for name, column in columns.items()])
