"""Frames from a notebook as sheets: pandas, polars, Arrow, or whatever hands over Arrow columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pyarrow as pa

from workbench.loading.encoding import Scan
from workbench.loading.plain_text import text_array, text_of_value
from workbench.loading.sheets import Header, RawTable
from workbench.loading.typed_sheets import header_of, scan_of, text_table
from workbench.terms import UsageError


def is_frame(given: Any) -> bool:
    """Can a sheet be made of this?

    >>> is_frame(pa.table({"case_id": ["C1"]})), is_frame("cases.csv")
    (True, False)
    """
    return hasattr(given, "__arrow_c_stream__") or (
        hasattr(given, "columns") and hasattr(given, "index")
    )


class FrameSheet:
    """One frame. Its rows are counted from 1."""

    page = ""

    def __init__(self, name: str, frame: Any):
        if not is_frame(frame):
            kind = type(frame).__name__
            raise UsageError(f"{name}: a {kind} is neither a path nor a DataFrame")
        self.name = self.file = self.stem = name
        self._columns = _columns_of(frame)
        self._scan = Scan("", 0, "utf-8", 0)

    @property
    def scan(self) -> Scan:
        """Hash and size of the columns that were read."""
        return self._scan

    def prepare(self) -> None:
        """Nothing: a frame is in memory."""

    @cached_property
    def _names(self) -> list[str]:
        return [str(name) for name, _ in self._columns]

    def header(self) -> Header:
        """The names of the columns."""
        return header_of(self.name, self._names)

    def read(self, wanted: list[int]) -> RawTable:
        """All rows: the columns asked for."""
        raw = self._read(wanted)
        self._scan = scan_of(raw, self._names)
        return raw

    def sample(self, rows: int) -> RawTable:
        """The first rows."""
        raw = self._read(list(range(len(self._names))))
        columns = {place: column.slice(0, rows) for place, column in raw.columns.items()}
        return RawTable(columns, raw.rows.slice(0, rows))

    def _read(self, wanted: list[int]) -> RawTable:
        columns = {place: _arrow(self._columns[place][1]) for place in wanted}
        size = len(next(iter(columns.values()))) if columns else 0
        return text_table(self.name, columns, 1, size, self._names)


def _columns_of(frame: Any) -> list[tuple[Any, Any]]:
    """The columns in order, two of one name too; an index with a name is a column as well."""
    if not (hasattr(frame, "index") and hasattr(frame, "iloc")):
        table = pa.table(frame)
        return [(name, table.column(at)) for at, name in enumerate(table.column_names)]
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [_joined(name) for name in frame.columns]
    return [(name, frame.iloc[:, at]) for at, name in enumerate(names)]


def _joined(name: Any) -> Any:
    """A header of several levels as one word."""
    return "/".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else name


def _arrow(column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        return column
    try:
        found = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):  # values of several kinds
        found = text_array([_text(value) for value in column])
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def _text(value: Any) -> str | None:
    try:
        return text_of_value(value)
    except (TypeError, ValueError):
        return str(value)


def frames_of(given: Mapping[str, Any]) -> list[FrameSheet]:
    """A sheet for each frame of a dictionary, called by its key."""
    return [FrameSheet(str(name), frame) for name, frame in given.items()]
