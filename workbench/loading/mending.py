"""A CSV file whose quotes do not pair up, read record by record so that good rows survive.

One `"` that is never closed would swallow every row after it. Here a record that does not close,
or that closes with the wrong number of fields, is refused as one line, and reading goes on with
the next line. Slow, and only used for such files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

# A quoted field over more lines than this counts as never closed.
LONGEST_RECORD = 50
BATCH = 20_000


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be laid under the header: its row number, why, and its pieces."""

    row: int
    reason_code: str
    detail: str
    cells: tuple[str, ...]


def mend(
    text: str, header: tuple[str, ...], wanted: list[int], delimiter: str
) -> tuple[pa.Table, list[BadRow]]:
    """The rows under the header (columns `wanted`, named by position) and the bad rows.

    Blank rows stay in as rows of empty cells, so that rows keep their numbers.
    """
    lines = _lines(text)
    _, at = _record(lines, 0, delimiter)
    names = [str(position) for position in wanted]
    schema = pa.schema([(name, pa.string()) for name in names])
    batches: list[pa.RecordBatch] = []
    bad: list[BadRow] = []
    rows: list[list[str]] = []
    number = 1
    while at < len(lines):
        number += 1
        cells, after = _record(lines, at, delimiter)
        if cells is not None and (len(cells) == len(header) or not cells):
            rows.append([cells[i] for i in wanted] if cells else [""] * len(wanted))
            at = after
        else:
            bad.append(_bad(lines[at], number, len(header), delimiter))
            at += 1
        if len(rows) == BATCH:
            batches.append(_batch(rows, schema))
            rows = []
    batches.append(_batch(rows, schema))
    return pa.Table.from_batches(batches, schema), bad


def _lines(text: str) -> list[str]:
    # str.splitlines would also split at U+2028 and other marks that are text.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    return [line + "\n" for line in lines]


def _record(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that starts in line `at`, and the line after it; None if it never closes."""
    taken = 0
    ran_out = False

    def feed() -> Iterator[str]:
        nonlocal taken, ran_out
        for line in lines[at : at + LONGEST_RECORD]:
            taken += 1
            yield line
        ran_out = True

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter))
    except (csv.Error, StopIteration):
        return None, at + 1
    return (None if ran_out else cells), at + taken


def _bad(line: str, number: int, width: int, delimiter: str) -> BadRow:
    cells = tuple(cell.strip().strip('"') for cell in line.rstrip("\n").split(delimiter))
    if line.count('"') % 2:
        return BadRow(number, "open_quote", "", cells)
    return BadRow(number, "wrong_field_count", f"{len(cells)} / {width}", cells)


def _batch(rows: list[list[str]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [[] for _ in schema]
    arrays = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
