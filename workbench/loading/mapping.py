"""`mapping.yaml`: how a bureau's own files and headers become the tables of a pack.

    tables:
      cases:
        file: warning_letters.csv
        columns:
          decided_on: {from: letter_date, format: "%m/%d/%Y"}
          unit_id: {from: issuing_office, unify: offices.csv}
          kind: {from: art, codes: {罚款案: penalty}}
          organ_id: {value: us-fda}
          subject: subject                    # short for {from: subject}
      units: {file: offices.csv, distinct: true, columns: {unit_id: office_id, name: office}}
      organs: {rows: [{organ_id: us-fda, name: Food and Drug Administration}]}

Headers that the mapping does not mention are matched by name, as without a mapping. `unify`
names a list `variant,<id>[,<name>]`. Every fault of the file is found at once, with its line.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.loading.cells import normalise
from workbench.loading.sheets import Source as Opened
from workbench.schema import Column, Schema, Table
from workbench.sources import Place, Source, read_rows
from workbench.terms import Fault, did_you_mean

_TABLE_KEYS = ("file", "columns", "distinct", "rows")
_COLUMN_KEYS = ("from", "value", "format", "codes", "unify")


@dataclass(frozen=True)
class ColumnMapping:
    """Where one column comes from: a header of the file, or one value for every row."""

    column: str
    header: str | None = None
    value: str | None = None
    format: str | None = None
    codes: MappingOf[str, str] = field(default_factory=dict)
    unify: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class TableMapping:
    """Where one table comes from: a file, or rows written into the mapping.

    `distinct` keeps rows that say the same only once (a table made from a list of spellings).
    """

    table: str
    file: str | None
    columns: MappingOf[str, ColumnMapping] = field(default_factory=dict)
    distinct: bool = False
    rows: tuple[MappingOf[str, str], ...] = ()
    line: int | None = None


@dataclass(frozen=True)
class Mapping:
    """The tables of a pack, as far as the mapping speaks of them. `file` names the mapping."""

    tables: MappingOf[str, TableMapping] = field(default_factory=dict)
    file: str = "mapping.yaml"


@dataclass(frozen=True)
class Spellings:
    """A list of spellings: variant -> the id it stands for; `listed` are the ids' own names."""

    ids: MappingOf[str, str]
    listed: frozenset[str]


def parse_mapping(source: Source, schema: Schema) -> tuple[Mapping, list[Fault]]:
    """`mapping.yaml` -> `Mapping`, with every fault of the file."""
    faults: list[Fault] = []
    content = source.content if isinstance(source.content, dict) else {}
    entries = content.get("tables")
    if not isinstance(entries, dict):
        return Mapping(file=source.file), [source.fault((), "no 'tables' mapping")]
    _known_keys(source, (), content, ("tables",), faults)
    tables: dict[str, TableMapping] = {}
    for name, entry in entries.items():
        place = ("tables", name)
        if name not in schema.tables:
            hint = did_you_mean(str(name), schema.tables)
            faults.append(source.fault(place, f"'{name}' is no table of the pack", hint))
        elif not isinstance(entry, dict):
            faults.append(source.fault(place, f"table '{name}' needs 'file' or 'rows'"))
        else:
            tables[name] = _table(source, place, schema.tables[name], entry, faults)
    return Mapping(tables, source.file), faults


def _table(
    source: Source, place: Place, table: Table, entry: dict[str, Any], faults: list[Fault]
) -> TableMapping:
    _known_keys(source, place, entry, _TABLE_KEYS, faults)
    file, rows = entry.get("file"), entry.get("rows")
    if (file is None) == (rows is None):
        faults.append(source.fault(place, f"table '{table.name}' needs 'file' or 'rows', not both"))
    if file is not None:
        _local_name(source, (*place, "file"), file, faults)
    columns: dict[str, ColumnMapping] = {}
    specs = entry.get("columns") or {}
    if not isinstance(specs, dict):
        faults.append(source.fault((*place, "columns"), "'columns' is no mapping"))
        specs = {}
    for name, spec in specs.items():
        where = (*place, "columns", name)
        if name not in table.columns:
            hint = did_you_mean(str(name), table.columns)
            message = f"'{name}' is no column of '{table.name}'"
            faults.append(source.fault(where, message, hint))
            continue
        columns[name] = _column(source, where, table.columns[name], spec, faults)
    written = _written_rows(source, (*place, "rows"), table, rows, faults)
    distinct = entry.get("distinct") is True
    return TableMapping(
        table.name, str(file) if file else None, columns, distinct, written, source.line(place)
    )


def _column(
    source: Source, place: Place, column: Column, spec: Any, faults: list[Fault]
) -> ColumnMapping:
    entry = spec if isinstance(spec, dict) else {"from": spec}
    _known_keys(source, place, entry, _COLUMN_KEYS, faults)
    header, value = entry.get("from"), entry.get("value")
    if (header is None) == (value is None):
        faults.append(source.fault(place, f"column '{column.name}' needs 'from' or 'value'"))
    codes = entry.get("codes") or {}
    if not isinstance(codes, dict):
        faults.append(source.fault((*place, "codes"), "'codes' is no mapping"))
        codes = {}
    _check_codes(source, place, column, codes, faults)
    _check_format(source, place, column, entry.get("format"), faults)
    unify = entry.get("unify")
    if unify is not None:
        _local_name(source, (*place, "unify"), unify, faults)
        if column.type not in ("id", "text"):
            faults.append(source.fault((*place, "unify"), f"cannot unify a {column.type}"))
    return ColumnMapping(
        column.name,
        None if header is None else normalise(str(header)),
        None if value is None else _written(value),
        entry.get("format"),
        {normalise(str(word)): str(code) for word, code in codes.items()},
        None if unify is None else str(unify),
        source.line(place),
    )


def _check_codes(
    source: Source, place: Place, column: Column, codes: dict[Any, Any], faults: list[Fault]
) -> None:
    if codes and not column.codes:
        faults.append(source.fault((*place, "codes"), f"'{column.name}' has no codes"))
        return
    for word, code in codes.items():
        if code not in column.codes:
            hint = did_you_mean(str(code), column.codes)
            message = f"'{code}' is no code of '{column.name}'"
            faults.append(source.fault((*place, "codes", word), message, hint))


def _check_format(
    source: Source, place: Place, column: Column, form: Any, faults: list[Fault]
) -> None:
    if form is None:
        return
    where = (*place, "format")
    if column.type not in ("date", "timestamp"):
        message = f"'format' is for dates and timestamps; '{column.name}' is a {column.type}"
        faults.append(source.fault(where, message))
        return
    day = datetime(2026, 11, 27, 13, 45, 10)
    try:
        read = datetime.strptime(day.strftime(str(form)), str(form))
    except ValueError:
        read = None
    if read is None or read.date() != day.date():
        message = f"'{form}' does not say year, month and day"
        faults.append(source.fault(where, message, "like %m/%d/%Y"))


def _written_rows(
    source: Source, place: Place, table: Table, rows: Any, faults: list[Fault]
) -> tuple[MappingOf[str, str], ...]:
    if rows is None:
        return ()
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.append(source.fault(place, "'rows' is no list of rows"))
        return ()
    for index, row in enumerate(rows):
        for name in row:
            if name not in table.columns:
                hint = did_you_mean(str(name), table.columns)
                message = f"'{name}' is no column of '{table.name}'"
                faults.append(source.fault((*place, index, name), message, hint))
    return tuple({str(name): _written(value) for name, value in row.items()} for row in rows)


def _written(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _local_name(source: Source, place: Place, name: Any, faults: list[Fault]) -> None:
    """A file beside the mapping: no absolute path, no way out of the folder."""
    path = PurePosixPath(str(name))
    if not isinstance(name, str) or path.is_absolute() or ".." in path.parts or "\\" in name:
        faults.append(source.fault(place, f"'{name}' is no file name inside the source folder"))


def _known_keys(
    source: Source,
    place: Place,
    entry: dict[Any, Any],
    known: tuple[str, ...],
    faults: list[Fault],
) -> None:
    for key in entry:
        if key not in known:
            hint = did_you_mean(str(key), known)
            faults.append(source.fault((*place, key), f"unknown entry '{key}'", hint))


def check_files(mapping: Mapping, opened: Opened) -> list[Fault]:
    """The files a mapping names, against the source: are they there, are the lists usable?"""
    faults: list[Fault] = []
    folder = opened.folder or Path()
    for table in mapping.tables.values():
        if table.file and not opened.find(table.file):
            hint = did_you_mean(table.file, opened.present)
            faults.append(Fault(mapping.file, table.line, f"no file '{table.file}'", hint))
        for column in table.columns.values():
            if column.unify and not (folder / column.unify).is_file():
                hint = did_you_mean(column.unify, opened.present)
                faults.append(Fault(mapping.file, column.line, f"no file '{column.unify}'", hint))
            elif column.unify:
                faults.extend(read_spellings(folder / column.unify, column.unify)[1])
    return sorted(set(faults))


def read_spellings(path: Path, name: str) -> tuple[Spellings, list[Fault]]:
    """A list of spellings: first column the variant, second the id, third (or none) its name."""
    ids: dict[str, str] = {}
    listed: set[str] = set()
    faults: list[Fault] = []
    try:
        rows = list(read_rows(path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return Spellings({}, frozenset()), [Fault(name, None, f"cannot be read: {error}")]
    for line, row in rows:
        cells = [normalise(cell) for cell in row.values()]
        if len(cells) < 2 or not cells[0] or not cells[1]:
            faults.append(Fault(name, line, "needs a variant and an id"))
        elif ids.setdefault(cells[0], cells[1]) != cells[1]:
            faults.append(Fault(name, line, f"'{cells[0]}' already stands for '{ids[cells[0]]}'"))
        elif cells[0] in cells[1:]:
            listed.add(cells[0])
    return Spellings(ids, frozenset(listed)), faults
