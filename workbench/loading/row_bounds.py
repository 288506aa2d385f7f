"""Rows of any source against the bounds: too many of them, or a cell that is no cell any more."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.bounds import MAX_CELL_BYTES, MAX_ROWS, too_large
from workbench.loading.mending import BadRow
from workbench.loading.repeats import is_repeated
from workbench.loading.sheets import RawTable


def within_bounds(raw: RawTable, name: str) -> RawTable:
    """The table without the rows that hold a cell beyond all measure; those are bad rows.

    Raises `InputError` for more rows than may be read.
    """
    if len(raw.rows) > MAX_ROWS:
        raise too_large(name, "rows", len(raw.rows), MAX_ROWS)
    found: Any = None
    for column in raw.columns.values():
        if (here := _too_long(column)) is not None:
            found = here if found is None else pc.or_(found, here)
    if found is None:
        return raw
    bad = [BadRow(row, "cell_too_long", "", ()) for row in pc.filter(raw.rows, found).to_pylist()]
    kept = pc.invert(found)
    columns = {place: pc.filter(column, kept) for place, column in raw.columns.items()}
    rows = pc.filter(raw.rows, kept)
    return RawTable(columns, rows, raw.bad + bad, raw.notes, raw.unknown)


def _too_long(column: Any) -> Any | None:
    """Which cells are too long; None where none is."""
    if is_repeated(column):
        words = [_longest(chunk.dictionary) for chunk in column.chunks]
        if max(words, default=0) <= MAX_CELL_BYTES:
            return None
        column = pc.cast(column, pa.string())
    elif _longest(column) <= MAX_CELL_BYTES:
        return None
    return pc.fill_null(pc.greater(pc.binary_length(column), MAX_CELL_BYTES), False)


def _longest(texts: Any) -> int:
    return int(pc.max(pc.binary_length(texts)).as_py() or 0)
