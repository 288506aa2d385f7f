"""The order of loading: mapping, plan, cases, the other tables, references."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.engines.duckdb import DuckDBEngine
from workbench.loading import reasons
from workbench.loading.case_files import CaseFiles, InputFile
from workbench.loading.conform import Conformer, note_references, store
from workbench.loading.encoding import scan_file
from workbench.loading.header_rows import Words
from workbench.loading.mapping import (
    Mapping,
    Spellings,
    TableMapping,
    check_files,
    parse_mapping,
    read_spellings,
)
from workbench.loading.mending import BadRow
from workbench.loading.opening import open_source
from workbench.loading.planning import (
    HeaderPlan,
    TablePlan,
    headers_of,
    plan_header,
    plan_tables,
    words_of,
)
from workbench.loading.report import ReportBuilder, TableCount
from workbench.loading.row_bounds import within_bounds
from workbench.loading.sheets import Note, Sheet, Source
from workbench.loading.typing_rows import WORKERS, TypedTable, type_table, written_table
from workbench.schema import Schema
from workbench.sources import read_source
from workbench.terms import Fault, InputError

_AHEAD = 3  # tables that may lie there read and not yet stored


@dataclass
class _Loading:
    """What one loading gathers on its way."""

    source: Source
    schema: Schema
    mapping: Mapping
    conformer: Conformer
    report: ReportBuilder
    timezone: str | None
    lists: dict[str, Spellings] = field(default_factory=dict)
    inputs: list[InputFile] = field(default_factory=list)
    delivered: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class _Read:
    """A sheet read and typed, before any row is refused; what was said on the way waits with it."""

    size: int
    bad: list[BadRow]
    typed: TypedTable | None  # None: the table cannot be used
    report: ReportBuilder


@dataclass
class _Opened:
    """A sheet whose header has been read, before any of its rows."""

    plan: TablePlan
    sheet: Sheet
    header: HeaderPlan | None = None
    names: tuple[str, ...] = ()


def load_source(
    given: Any,
    schema: Schema,
    mapping: Path | None,
    engine: DuckDBEngine,
    timezone: str | None,
    language: str,
) -> CaseFiles:
    """Load a source; see `load_case_files`."""
    words = words_of(schema)
    with closing(open_source(given, words)) as source:
        chosen = mapping or _beside(source)
        found = _read_mapping(chosen, source, schema, words) if chosen else Mapping()
        report = ReportBuilder()
        conformer = Conformer(engine, schema, report)
        loading = _Loading(source, schema, found, conformer, report, timezone)
        _load(loading, plan_tables(source, schema, found, report), chosen)
    inputs, delivered = tuple(loading.inputs), loading.delivered
    finished = report.finish(schema, language)
    return CaseFiles(engine, schema, source.label, inputs, delivered, finished)


def _load(loading: _Loading, plans: list[TablePlan], mapping: Path | None) -> None:
    """Everything that the plans name, cases first; what cannot be used stops it before any row."""
    engine, schema = loading.conformer.engine, loading.schema
    _read_lists(loading, mapping)
    _scan(plans)
    opened = [_open(loading, plan) for plan in plans]
    _stop_at_faults(loading, opened)
    for table in schema.tables.values():
        store(engine, table, None)
    _write_tables(loading, "cases")
    _load_tables(loading, opened)
    _write_tables(loading, None)
    loading.conformer.doubts.store()
    note_references(engine, plans, loading.delivered, loading.report)


def _beside(source: Source) -> Path | None:
    return source.mapping if source.mapping and source.mapping.is_file() else None


def _read_mapping(path: Path, source: Source, schema: Schema, words: Words) -> Mapping:
    written, faults = read_source(path, path.name)
    if not faults:
        mapping, faults = parse_mapping(written, schema)
        words.headers |= headers_of(mapping)  # before any header is looked for
        faults = faults + check_files(mapping, source)
    if faults:
        raise InputError(_faults(path, faults))
    return mapping


def _faults(path: Path | str, faults: list[Fault]) -> str:
    count = len(faults)
    lines = [f"{path}: {count} fault{'s' if count != 1 else ''}"]
    return "\n  ".join(lines + [str(fault) for fault in sorted(faults, key=str)])


def _read_lists(loading: _Loading, mapping: Path | None) -> None:
    steering = [mapping] if mapping else []
    for table in loading.mapping.tables.values():
        for name in sorted({c.unify for c in table.columns.values() if c.unify}):
            path = (loading.source.folder or Path()) / name
            loading.lists[name], _ = read_spellings(path, name)
            steering.append(path)
    for path in dict.fromkeys(steering):
        scan = scan_file(path)
        loading.inputs.append(InputFile(path.name, "", scan.sha256, scan.size, 0))


def _scan(plans: list[TablePlan]) -> None:
    """Hash what will be read, several files at a time."""
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda plan: plan.sheet and plan.sheet.prepare(), plans))


def _open(loading: _Loading, plan: TablePlan) -> _Opened:
    assert plan.sheet is not None
    opened = _Opened(plan, plan.sheet)
    header = opened.sheet.header()
    if not any(header.names):
        loading.report.say(plan.name, "empty_file", table=plan.table.name)
        return opened
    _tell(loading.report, plan, header.notes)
    opened.names = header.names
    opened.header = plan_header(plan, header.names, loading.report)
    return opened


def _tell(report: ReportBuilder, plan: TablePlan, notes: tuple[Note, ...]) -> None:
    for note in notes:
        code, column, detail = note.reason_code, note.column, note.detail
        report.say(
            plan.name, code, table=plan.table.name, column=column, detail=detail,
            count=note.count, rows=note.rows,
        )  # fmt: skip


def _stop_at_faults(loading: _Loading, opened: list[_Opened]) -> None:
    """All that makes the source unusable, in one message, before any row is read."""
    faults = [fault for one in opened if one.header for fault in one.header.faults]
    for one in opened:
        name, table = one.plan.name, one.plan.table
        if not table.required:
            continue
        if one.header is None:
            faults.append(Fault(name, None, f"is empty, and the pack requires '{table.name}'"))
        elif one.header.missing and not one.header.faults:
            absent = ", ".join(f"'{column}'" for column in one.header.missing)
            there = ", ".join(header[:24] for header in one.names[:12])
            if one.names and one.names[0].startswith("PK"):  # what every zip file begins with
                there = "a workbook or archive, no text: save it as CSV (UTF-8)"
            faults.append(Fault(name, 1, f"no column {absent}", f"there is: {there}"))
    if faults:
        raise InputError(_faults(loading.source.label, faults))


def _load_tables(loading: _Loading, opened: list[_Opened]) -> None:
    """Table by table; while one is checked and stored, the next few are read."""
    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(_read, loading, one) for one in opened[:_AHEAD]]
        for place, one in enumerate(opened, _AHEAD):
            coming += [pool.submit(_read, loading, later) for later in opened[place : place + 1]]
            _load_table(loading, one, coming.pop(0).result())


def _read(loading: _Loading, opened: _Opened) -> _Read | None:
    """The rows of a file, typed; None of an empty one. Touches neither engine nor report."""
    plan, header, report = opened.plan, opened.header, ReportBuilder()
    if header is None:
        return None
    raw = within_bounds(opened.sheet.read(header.positions or [0]), plan.name)
    size, bad = len(raw.rows) + len(raw.bad), raw.bad
    _tell(report, plan, raw.notes)
    if header.missing:
        return _Read(size, bad, None, report)
    typed = type_table(plan, header, raw, loading.lists, report, loading.timezone)
    return _Read(size, bad, typed, report)


def _load_table(loading: _Loading, opened: _Opened, read: _Read | None) -> None:
    plan, header = opened.plan, opened.header
    if header is None or read is None:
        _input(loading, opened, 0)
        return
    mark = loading.report.mark
    loading.report.take_in(read.report)
    if read.typed is None:
        _refuse_table(loading, opened, read.size)
        return
    if not read.typed.data.num_rows and not read.bad:
        loading.report.say(plan.name, "header_only", table=plan.table.name)
    used, refused = loading.conformer.take(plan, read.typed, read.bad)
    loading.delivered[plan.table.name] = frozenset(header.columns)
    _input(loading, opened, used + refused)
    _count(loading, plan, used, refused, mark)


def _refuse_table(loading: _Loading, opened: _Opened, size: int) -> None:
    """A table without its key column, or without the column of its case: not delivered."""
    plan, header = opened.plan, opened.header
    assert header is not None
    column = ", ".join(header.missing)
    table = plan.table.name
    loading.report.say(plan.name, "missing_key_column", table=table, column=column)
    if size:
        loading.report.add(
            plan.name, table, reasons.REFUSED, "missing_key_column", column=column, counts=[size]
        )
    _input(loading, opened, size)
    _count(loading, plan, 0, size, loading.report.mark)


def _write_tables(loading: _Loading, only: str | None) -> None:
    """Tables whose rows stand in the mapping itself; `cases` before all others."""
    for given in loading.mapping.tables.values():
        if given.rows and (given.table == only if only else given.table != "cases"):
            _write_table(loading, given)


def _write_table(loading: _Loading, given: TableMapping) -> None:
    file, mark = loading.mapping.file, loading.report.mark
    plan = TablePlan(loading.schema.tables[given.table], None, file, given)
    typed = written_table(plan, loading.timezone)
    used, refused = loading.conformer.take(plan, typed, [])
    columns = frozenset(name for name in typed.data.column_names if name in plan.table.columns)
    loading.delivered[given.table] = columns
    _count(loading, plan, used, refused, mark)


def _input(loading: _Loading, opened: _Opened, rows: int) -> None:
    plan, scan = opened.plan, opened.sheet.scan
    table = plan.table.name
    loading.inputs.append(InputFile(plan.name, table, scan.sha256, scan.size, rows))


def _count(loading: _Loading, plan: TablePlan, used: int, refused: int, mark: int) -> None:
    table = plan.table.name
    repaired = loading.report.repaired(table, mark)
    read = used + refused
    loading.report.counts.append(TableCount(table, plan.name, read, used, refused, repaired))
