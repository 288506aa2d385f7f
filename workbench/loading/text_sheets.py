"""Text with one record a line as sheets: CSV, whatever its encoding and its delimiter."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from pathlib import Path

import pyarrow as pa

from workbench.loading.encoding import MAX_BYTES, Scan, scan_file
from workbench.loading.readers import Layout, read_csv, read_first, read_layout
from workbench.loading.sheets import Header, Note, RawTable
from workbench.terms import InputError


class TextSheet:
    """A file of text, one record a line, cells apart by a delimiter."""

    page = ""

    def __init__(self, path: Path, name: str):
        self.path = path
        self.name = self.file = name
        self.stem = path.stem

    @cached_property
    def scan(self) -> Scan:
        """Hash, size and encoding. Raises `InputError` for a file that is too large."""
        size = self.path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{self.name}: {size:,} bytes; a file may have {MAX_BYTES:,}")
        return scan_file(self.path)

    @cached_property
    def _layout(self) -> Layout:
        return read_layout(self.path, self.scan)

    def header(self) -> Header:
        """The first row, and the encoding and delimiter where they are not the usual ones."""
        layout, notes = self._layout, []
        if self.scan.encoding in ("gb18030", "utf-16"):
            notes.append(Note("encoding_" + self.scan.encoding.replace("-", "")))
        if layout.delimiter != ",":
            shown = "tab" if layout.delimiter == "\t" else layout.delimiter
            notes.append(Note("delimiter", shown))
        return Header(layout.names, tuple(notes))

    def read(self, wanted: list[int]) -> RawTable:
        """All rows, as strings."""
        return read_csv(self.path, self.scan, self._layout, wanted)

    def sample(self, rows: int) -> RawTable:
        """The first rows; those that do not fit under the header are left out."""
        layout = self._layout
        found = list(islice(read_first(self.path, self.scan, layout), rows))
        width = range(len(layout.names))
        columns = {at: pa.chunked_array([[cells[at] for _, cells in found]], pa.string())
                   for at in width}  # fmt: skip
        return RawTable(columns, pa.array([row for row, _ in found], pa.int64()))
