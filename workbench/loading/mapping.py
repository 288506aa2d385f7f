"""`mapping.yaml`: how a bureau's own files and headers become the tables of a pack.

    tables:
      cases:
        file: ledger.xlsx
        sheet: 2025年                                # of a workbook; `file` may be left out then
        columns:
          case_id: 案号                              # short for {from: 案号}
          decided_on: {from: letter_date, format: "%m/%d/%Y"}
          fine_yuan: {from: 罚款金额（万元）, unit: 万元}  # or {scale: 10000}
          unit_id: {from: issuing_office, unify: offices.csv}
          kind: {from: art, codes: {罚款案: penalty}}
          organ_id: {value: us-fda}                  # in every row
          party_id: {from: [信用代码, 姓名]}            # the first of them that is filled
          item_code: {text: "{领域}-{事项}"}           # cells in a text; {#} is the row number
      units: {file: offices.csv, distinct: true, columns: {unit_id: office_id, name: office}}
      organs: {rows: [{organ_id: us-fda, name: Food and Drug Administration}]}

`file: "2025-*.csv"` lays several files of one layout one below the other; `from: "#file"` is the
name of the file. Headers that the mapping does not mention are matched by name, as without a
mapping, unless the table says `by_name: false`. `distinct` keeps equal rows once; `where_filled:
[headers]` leaves out rows in which none of them is filled; `unify` names a list
`variant,<id>[,<name>]`. A sheet can be reshaped first. The shapes below are entries of a table,
take effect in the order in which they stand, and make new headers, which `columns` may name (or
which are matched by name):

    join: {sheet: 当事人, by: {当事人编号: 编号}, columns: [名称]}   # or file: other.csv; by: 案号
    split: {from: 起止日期, by: 至, into: [开始, 结束]}              # one cell -> several columns
    split: {from: 承办人, by: [、, ";"], rows: 人员}                # one cell -> a row for each
    split: {from: 当事人, pattern: '(?P<name>.+)[（(](?P<code>\\w+)[)）]'}
    unpivot:                                                    # columns that repeat -> rows
      columns: {立案审批表日期: filing_form, 决定书日期: decision}   # header: what `name` says
      name: kind
      value: made_on                                            # an empty cell makes no row
    unpivot: {name: place, groups: {officer: [人员1, 人员2], certificate_no: [证号1, 证号2]}}

`steps` turns an event log (a row an event) into a row a case. Its new columns are `days` (when),
`values` (what another column says in that event) and `counts` (how many). An event that stands
later in the file is later, if two are of one time. `"*"` is an event of any kind, and `[A, B]` one
of either kind. The case's own column keeps its header, so `case_id: {from: <case>}`. The sheets of
an XES file are `events` and `traces` (a row a case, joined with `join` where its own attributes
are wanted):

    cases:
      file: fines.xes.gz
      sheet: events
      steps:
        case: case:concept:name
        activity: concept:name
        time: time:timestamp
        days: {filed_on: {first: Create Fine}, paid_on: {last: Payment}}
        values: {fine_yuan: {from: amount, first: "*"}, dismissal: {from: dismissal, last: "*"}}
        counts: {payments: Payment}
      columns: {case_id: case:concept:name}
    events:
      file: fines.xes.gz
      sheet: events
      columns: {event_id: {text: "{case:concept:name}-{#}"}, case_id: case:concept:name}

`layout: {title: {...}, needs: [[CF_WSH, 决定书文号], ...]}` makes a mapping ready for any source:
it is for the sheet that has a header of each list, its tables name no file, and headers that are
not there are not delivered. Every fault of the file is found at once, with its line.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping as MappingOf
from pathlib import Path
from typing import Any

from workbench.loading.cells import normalise
from workbench.loading.mapping_columns import parse_columns, written
from workbench.loading.mapping_faults import headers_of, known_keys, local_name
from workbench.loading.mapping_model import (
    ColumnMapping,
    Join,
    Layout,
    Mapping,
    Spellings,
    TableMapping,
)
from workbench.loading.mapping_shapes import SHAPES, parse_shapes
from workbench.loading.sheets import Source as Opened
from workbench.schema import Schema, Table
from workbench.sources import Place, Source, read_rows
from workbench.terms import Fault, did_you_mean

__all__ = ["ColumnMapping", "Mapping", "Spellings", "TableMapping", "check_files", "parse_mapping"]
_TABLE_KEYS = (
    "file", "sheet", "columns", "distinct", "rows", "where_filled", "by_name", *SHAPES,
)  # fmt: skip


def parse_mapping(source: Source, schema: Schema) -> tuple[Mapping, list[Fault]]:
    """`mapping.yaml` -> `Mapping`, with every fault of the file."""
    faults: list[Fault] = []
    content = source.content if isinstance(source.content, dict) else {}
    entries = content.get("tables")
    if not isinstance(entries, dict):
        return Mapping(file=source.file), [source.fault((), "no 'tables' mapping")]
    known_keys(source, (), content, ("tables", "layout"), faults)
    layout = _layout(source, content["layout"], faults) if "layout" in content else None
    tables: dict[str, TableMapping] = {}
    for name, entry in entries.items():
        place = ("tables", name)
        if name not in schema.tables:
            hint = did_you_mean(str(name), schema.tables)
            faults.append(source.fault(place, f"'{name}' is no table of the pack", hint))
        elif not isinstance(entry, dict):
            faults.append(source.fault(place, f"table '{name}' needs 'file' or 'rows'"))
        else:
            ready = layout is not None
            tables[name] = _table(source, place, schema.tables[name], entry, ready, faults)
    return Mapping(tables, source.file, layout), faults


def _table(
    source: Source,
    place: Place,
    table: Table,
    entry: dict[str, Any],
    ready: bool,
    faults: list[Fault],
) -> TableMapping:
    known_keys(source, place, entry, _TABLE_KEYS, faults)
    file, page, rows = entry.get("file"), entry.get("sheet"), entry.get("rows")
    somewhere = file is not None or page is not None
    if somewhere == (rows is not None) and not (ready and not somewhere):
        faults.append(source.fault(place, f"table '{table.name}' needs 'file' or 'rows', not both"))
    if file is not None:
        local_name(source, (*place, "file"), file, faults)
    filled = entry.get("where_filled")
    return TableMapping(
        table.name,
        str(file) if file else "" if somewhere else None,
        parse_columns(source, (*place, "columns"), table, entry.get("columns"), faults),
        entry.get("distinct") is True,
        _written_rows(source, (*place, "rows"), table, rows, faults),
        source.line(place),
        None if page is None else str(page),
        parse_shapes(source, place, entry, faults),
        () if filled is None else headers_of(source, (*place, "where_filled"), filled, faults),
        entry.get("by_name", not ready) is True,
    )


def _layout(source: Source, entry: Any, faults: list[Fault]) -> Layout:
    place: Place = ("layout",)
    entry = entry if isinstance(entry, dict) else {}
    known_keys(source, place, entry, ("title", "needs"), faults)
    needs = entry.get("needs")
    if not isinstance(needs, list) or not needs:
        faults.append(source.fault(place, "'layout' needs 'needs': the headers that tell it"))
        needs = []
    groups = [headers_of(source, (*place, "needs", i), one, faults) for i, one in enumerate(needs)]
    return Layout(entry.get("title") or {}, tuple(groups))


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
    return tuple({str(name): written(value) for name, value in row.items()} for row in rows)


def check_files(mapping: Mapping, opened: Opened) -> list[Fault]:
    """The files a mapping names, against the source: are they there, are the lists usable?"""
    faults: list[Fault] = []
    if mapping.layout is not None and not opened.with_headers(mapping.layout.needs):
        wanted = "; ".join(" / ".join(group) for group in mapping.layout.needs)
        message = f"no sheet has the headers that this mapping is for: {wanted}"
        faults.append(Fault(mapping.file, None, message))
    for table in mapping.tables.values():
        if table.file is not None:
            faults += _not_there(mapping, opened, table.file, table.page, table.line)
        for shape in table.shapes:
            if isinstance(shape, Join):
                faults += _not_there(mapping, opened, shape.file, shape.page, shape.line)
        for column in table.columns.values():
            if column.unify:
                faults += _unusable_list(mapping, opened, column)
    return sorted(set(faults), key=str)


def _not_there(
    mapping: Mapping, opened: Opened, file: str, page: str | None, line: int | None
) -> list[Fault]:
    if opened.sheets_of(file, page):
        return []
    here = opened.sheets_of(file)
    if file and not here:
        hint = did_you_mean(file, opened.present)
        return [Fault(mapping.file, line, f"no file '{file}'", hint)]
    pages = [sheet.page or sheet.stem for sheet in here]
    hint = did_you_mean(str(page), pages) or f"there is: {', '.join(pages[:12])}"
    return [Fault(mapping.file, line, f"no sheet '{page}'" + f" in {file}" * bool(file), hint)]


def _unusable_list(mapping: Mapping, opened: Opened, column: ColumnMapping) -> list[Fault]:
    path = (opened.folder or Path()) / str(column.unify)
    if path.is_file():
        return read_spellings(path, str(column.unify))[1]
    hint = did_you_mean(str(column.unify), opened.present)
    return [Fault(mapping.file, column.line, f"no file '{column.unify}'", hint)]


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
