"""A CSV file -> string columns with the row number of each row, and the rows that are broken.

Row numbers are those a spreadsheet shows: the header is row 1, a quoted line break does not start
a new row, a blank row counts. Three ways, from fast to patient: all cores; one core, which knows
the numbers of broken rows; record by record (`mending`) where quotes do not pair up.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from workbench.loading.encoding import REPLACEMENT, Scan, as_utf8
from workbench.loading.header_rows import HEAD_ROWS, Words, find_header
from workbench.loading.mending import BadRow, mend
from workbench.loading.repeats import REPEATED, repeating
from workbench.loading.sheets import Note, RawTable

DELIMITERS = (",", ";", "\t", "|")  # of two that fit as well, the first
BLOCK = 4 << 20
SAMPLE = 1 << 19  # what is looked at first of a file that is larger than half of it
HEADER_BYTES = 1 << 20
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class Layout:
    """The header of a file: its names, trimmed and NFKC, and what separates them.

    `above` lines of text stand before the row that ends the header, `skipped` rows.
    """

    names: tuple[str, ...]
    delimiter: str
    skipped: int = 0
    above: int = 0
    notes: tuple[Note, ...] = ()


def read_layout(path: Path, scan: Scan, words: Words) -> Layout:
    """The header of a file, and the delimiter under which it says the most."""
    with path.open("rb") as handle:
        text = _decoded(handle.read(HEADER_BYTES), scan)
    found = [_layout_by(text, delimiter, words) for delimiter in DELIMITERS]
    return max(found, key=lambda one: (sum(map(words.knows, one.names)) > 1, len(one.names)))


def _layout_by(text: str, delimiter: str, words: Words) -> Layout:
    rows, ends = _first_rows(text, delimiter)
    if not rows:
        return Layout((), delimiter)
    found = find_header(rows, words, strict=True)
    above = ends[found.last - 1] if found.last else 0
    return Layout(found.names, delimiter, found.last, above, found.notes)


def _first_rows(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and the number of lines that each of them ends with."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in islice(reader, HEAD_ROWS):
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:  # a field without an end: what stands before it may do
        pass
    return rows, ends


def read_first(path: Path, scan: Scan, layout: Layout) -> Iterator[list[str]]:
    """The rows at the beginning of a file that fit under its header."""
    with path.open("rb") as handle:
        text = _decoded(handle.read(HEADER_BYTES), scan)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter)
        yield from islice(rows, layout.skipped + 1, None)
    except csv.Error:
        return


def _decoded(head: bytes, scan: Scan) -> str:
    return head.decode(scan.encoding, errors="replace").removeprefix("\ufeff")


def read_csv(path: Path, scan: Scan, layout: Layout, wanted: list[int]) -> RawTable:
    """The rows of a file: the columns at the positions `wanted`, as strings."""
    data: Any = str(path)
    if scan.encoding != "utf-8" or scan.damaged or layout.above:
        data = _below(as_utf8(path, scan), layout.above)
    table, bad, mended = _parse(data, layout, wanted, scan)
    del data
    bad = [replace(row, row=row.row + layout.skipped) for row in bad]
    notes = (Note("broken_quotes"),) if mended else ()
    raw = RawTable({}, _row_numbers(table.num_rows, bad, layout.skipped), bad, notes)
    for position in wanted:
        raw.columns[position] = table.column(str(position))
    return _without_damage(raw) if scan.damaged else raw


def _below(data: bytes, lines: int) -> bytes:
    """The bytes after some lines, however these end."""
    at = 0
    for _ in range(lines):
        found = _LINE_END.search(data, at)
        at = found.end() if found else len(data)
    return data[at:]


def _parse(
    data: Any, layout: Layout, wanted: list[int], scan: Scan
) -> tuple[pa.Table, list[BadRow], bool]:
    if scan.quotes % 2 == 0:
        how = _How(layout, wanted, scan.quotes > 0, _repeating(data, layout, wanted, scan))
        try:
            return _arrow(data, how), [], False
        except pa.ArrowInvalid:
            pass  # a broken row somewhere: read again, patiently
        bad: list[BadRow] = []
        try:
            table = _arrow(data, how, bad)
        except pa.ArrowInvalid:
            table = None
        # A broken row over several lines has swallowed others: an open quote.
        if table is not None and not any(row.reason_code == "open_quote" for row in bad):
            return table, bad, False
    text = (Path(data).read_bytes() if isinstance(data, str) else data).decode("utf-8-sig")
    table, bad = mend(text, layout.names, wanted, layout.delimiter)
    return table, bad, any(row.reason_code == "open_quote" for row in bad)


@dataclass(frozen=True)
class _How:
    """How Arrow reads a file; the columns in `repeated` become lists of words."""

    layout: Layout
    wanted: list[int]
    quoted: bool
    repeated: frozenset[str] = frozenset()

    def options(
        self, bad: list[BadRow] | None = None, *, block: int = BLOCK, ahead: bool = True
    ) -> dict[str, Any]:
        """What Arrow is told; it notes the rows that it cannot read in `bad`."""
        names = [str(position) for position in range(len(self.layout.names))]
        keep = [str(position) for position in self.wanted]
        kinds = {name: REPEATED if name in self.repeated else pa.string() for name in keep}
        refuse = None if bad is None else _refusing(bad, self.layout.delimiter)
        return {
            # Only one core knows the numbers of the rows it meets.
            "read_options": pcsv.ReadOptions(
                column_names=names,
                skip_rows_after_names=1,
                use_threads=ahead and bad is None,
                block_size=block,
            ),
            "parse_options": pcsv.ParseOptions(
                delimiter=self.layout.delimiter,
                newlines_in_values=self.quoted,  # without quotes there are none
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            "convert_options": pcsv.ConvertOptions(
                column_types=kinds,
                include_columns=keep,
                null_values=[""],
                strings_can_be_null=True,
            ),
        }


def _refusing(bad: list[BadRow], delimiter: str) -> Callable[[Any], str]:
    def refuse(row: Any) -> str:
        if "\n" in row.text.strip("\r\n"):
            bad.append(BadRow(row.number, "open_quote", "", ()))
        else:
            cells = next(csv.reader([row.text], delimiter=delimiter), [])
            detail = f"{row.actual_columns} / {row.expected_columns}"
            bad.append(BadRow(row.number, "wrong_field_count", detail, tuple(cells)))
        return "skip"

    return refuse


def _arrow(data: Any, how: _How, bad: list[BadRow] | None = None) -> pa.Table:
    return pcsv.read_csv(_input(data), **how.options(bad))


def _repeating(data: Any, layout: Layout, wanted: list[int], scan: Scan) -> frozenset[str]:
    """The columns that repeat, as far as the first rows of a large and sound file tell."""
    if scan.size < SAMPLE // 2 or scan.damaged:
        return frozenset()
    options = _How(layout, wanted, scan.quotes > 0).options(block=SAMPLE, ahead=False)
    try:
        with pcsv.open_csv(_input(data), **options) as rows:
            return repeating(pa.Table.from_batches([rows.read_next_batch()]))
    except (pa.ArrowInvalid, StopIteration):
        return frozenset()


def _input(data: Any) -> Any:
    return data if isinstance(data, str) else pa.BufferReader(data)


def _row_numbers(size: int, bad: Iterable[BadRow], skipped: int) -> Any:
    first = 2 + skipped
    gone = np.array([row.row - first for row in bad], dtype=np.int64)
    every = np.arange(first, first + size + len(gone), dtype=np.int64)
    return pa.array(np.delete(every, gone) if len(gone) else every)


def _without_damage(raw: RawTable) -> RawTable:
    """Take out the rows whose bytes were no text."""
    damaged: Any = None
    for column in raw.columns.values():
        here = pc.fill_null(pc.match_substring(column, REPLACEMENT), False)
        damaged = here if damaged is None else pc.or_(damaged, here)
    if damaged is None or not pc.any(damaged).as_py():
        return raw
    kept = pc.invert(damaged)
    table = pa.table({str(name): column for name, column in raw.columns.items()}).filter(damaged)
    numbers = pc.filter(raw.rows, damaged).to_pylist()
    cells = zip(*(column.to_pylist() for column in table.columns), strict=True)
    bad = [
        BadRow(row, "undecodable", "", tuple(cell or "" for cell in found))
        for row, found in zip(numbers, cells, strict=True)
    ]
    columns = {name: pc.filter(column, kept) for name, column in raw.columns.items()}
    return RawTable(columns, pc.filter(raw.rows, kept), raw.bad + bad, raw.notes)
