"""Sheets of sources that have columns with types: what they have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.bounds import MAX_NAME, MAX_ROWS, check_columns, too_large
from workbench.loading.cells import normalise
from workbench.loading.encoding import Scan
from workbench.loading.plain_text import text_column, whole_text
from workbench.loading.sheets import Header, Note, RawTable

_NOTHING = pa.array([], pa.large_string())


def header_of(name: str, headers: Iterable[object], notes: Sequence[Note] = ()) -> Header:
    """A header with clean names. Raises `InputError` for one that is too wide."""
    names = tuple(normalise(whole_text(str(header))) for header in headers)
    check_columns(name, len(names))
    long = [Note("long_header", column=word[:40]) for word in names if len(word) > MAX_NAME]
    return Header(tuple(word[:MAX_NAME] for word in names), (*notes, *long))


def text_table(
    name: str, columns: dict[int, Any], first_row: int, rows: int, headers: Sequence[str] = ()
) -> RawTable:
    """Typed Arrow columns as a table of texts whose rows are counted from `first_row`."""
    if rows > MAX_ROWS:
        raise too_large(name, "rows", rows, MAX_ROWS)
    notes: list[Note] = []
    texts: dict[int, Any] = {}
    for place, column in columns.items():
        text = text_column(column)
        if text is None:
            called = headers[place] if place < len(headers) else str(place + 1)
            notes.append(Note("no_text_column", str(column.type)[:80], called))
            text = pa.chunked_array([pa.nulls(rows, pa.string())])
        texts[place] = text
    numbers = pa.array(np.arange(first_row, first_row + rows, dtype=np.int64))
    return RawTable(texts, numbers, notes=tuple(notes))


def scan_of(raw: RawTable, names: Sequence[str]) -> Scan:
    """Hash and size of what was read, for sources that are no file."""
    digest, size = hashlib.sha256(), 0
    for place, column in sorted(raw.columns.items()):
        digest.update(repr(names[place] if place < len(names) else place).encode())
        texts = pa.concat_arrays(pc.cast(column, pa.large_string()).chunks or [_NOTHING])
        lengths = pc.fill_null(pc.binary_length(texts), -1)
        digest.update(np.asarray(lengths, np.int64).tobytes())
        # Joined by the engine of Arrow: empty cells hold nothing, however they are stored.
        data = pa.concat_arrays([pc.fill_null(texts, "")]).buffers()[2]
        digest.update(data or b"")
        size += data.size if data else 0
    return Scan(digest.hexdigest(), size, "utf-8", 0)
