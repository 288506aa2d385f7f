"""An event log as sheets: `traces`, a row a case, and `events`, a row an event."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.cells import normalise
from workbench.loading.encoding import Scan, scan_bytes
from workbench.loading.sheets import Header, Note, RawTable
from workbench.loading.xes import CASE, NAME, Log, Rows, read_log

TRACES, EVENTS = "traces", "events"


class LogFile:
    """One XES file, read once for both of its sheets, when the first of them is asked for."""

    def __init__(self, path: Path, name: str):
        self.path, self.name = path, name

    @cached_property
    def log(self) -> Log:
        """All of the log. Raises `InputError` where it cannot be read."""
        return read_log(self.path, self.name)

    @cached_property
    def scan(self) -> Scan:
        """Hash and size of the file."""
        return scan_bytes(self.path)

    def sheets(self) -> list[LogSheet]:
        """The two sheets of the log."""
        return [LogSheet(self, TRACES), LogSheet(self, EVENTS)]


class LogSheet:
    """The traces or the events of a log. Row numbers count them as they stand in the file."""

    def __init__(self, log: LogFile, page: str):
        self._of = log
        self.stem = self.page = page
        self.file = log.name
        self.name = f"{log.name}[{page}]"

    @property
    def scan(self) -> Scan:
        """That of the file."""
        return self._of.scan

    def prepare(self) -> None:
        """Hash the file."""
        self.scan  # noqa: B018

    @property
    def _rows(self) -> Rows:
        return self._of.log.events if self.page == EVENTS else self._of.log.traces

    @cached_property
    def _keys(self) -> list[str]:
        """The keys of the columns; the trace's name comes first at an event."""
        keys = list(self._rows.columns)
        return [CASE, *(key for key in keys if key != CASE)] if self.page == EVENTS else keys

    def header(self) -> Header:
        """The keys of the attributes, and what of the log is no cell."""
        notes = []
        if self._of.log.nested and self.page == TRACES:
            notes.append(Note("nested_attributes", count=self._of.log.nested))
        if self._of.log.loose and self.page == EVENTS:
            notes.append(Note("loose_events", count=self._of.log.loose))
        return Header(tuple(normalise(key) for key in self._keys), tuple(notes))

    def read(self, wanted: list[int]) -> RawTable:
        """All rows: the columns at the positions `wanted`."""
        return self._read(wanted, self._rows.size)

    def sample(self, rows: int) -> RawTable:
        """The first rows of all columns."""
        return self._read(list(range(len(self._keys))), min(rows, self._rows.size))

    def _read(self, wanted: list[int], size: int) -> RawTable:
        found = {at: pa.chunked_array([self._column(at).slice(0, size)]) for at in wanted}
        return RawTable(found, pa.array(range(1, size + 1), pa.int64()))

    def _column(self, at: int) -> Any:
        key = self._keys[at]
        if self.page == EVENTS and key == CASE:
            return self._cases()
        return self._rows.columns[key].arrow(self._rows.size)

    def _cases(self) -> Any:
        """The name of each event's trace."""
        log = self._of.log
        traces = pa.Array.from_buffers(
            pa.int32(), len(log.case_of), [None, pa.py_buffer(log.case_of)]
        )
        inside = pc.if_else(pc.less(traces, 0), None, traces)
        if NAME not in log.traces.columns:
            return pa.nulls(len(inside), pa.string())
        names = log.traces.columns[NAME].arrow(log.traces.size)
        return pa.DictionaryArray.from_arrays(names.indices.take(inside), names.dictionary)
