"""Text with one record a line as sheets: CSV, whatever its encoding and its delimiter."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from pathlib import Path

import pyarrow as pa

from workbench.loading.ahead import scan_of
from workbench.loading.bounds import check_bytes
from workbench.loading.encoding import Scan
from workbench.loading.header_rows import Words
from workbench.loading.legacy_text import TITLES
from workbench.loading.readers import Layout, read_csv, read_first, read_layout
from workbench.loading.sheets import Header, Note, RawTable
from workbench.loading.typed_sheets import header_of


class TextSheet:
    """A file of text, one record a line, cells apart by a delimiter."""

    page = ""

    def __init__(self, path: Path, name: str, words: Words):
        self.path, self.words = path, words
        self.name = self.file = name
        self.stem = path.stem
        check_bytes(name, path.stat().st_size)

    @cached_property
    def scan(self) -> Scan:
        """Hash, size and encoding."""
        return scan_of(self.path)

    def prepare(self) -> None:
        """Hash the file."""
        self.scan  # noqa: B018

    @cached_property
    def _layout(self) -> Layout:
        return read_layout(self.path, self.scan, self.words)

    def header(self) -> Header:
        """The header, and the encoding and delimiter where they are not the usual ones."""
        layout = self._layout
        return header_of(self.name, layout.names, [*self._told(), *layout.notes])

    def _told(self) -> list[Note]:
        notes, scan = [], self.scan
        if scan.encoding != "utf-8":
            notes.append(Note("encoding", TITLES[scan.encoding]))
        if scan.rival:
            notes.append(Note("encoding_doubtful", scan.rival))
        if self._layout.delimiter != ",":
            shown = "tab" if self._layout.delimiter == "\t" else self._layout.delimiter
            notes.append(Note("delimiter", shown))
        return notes

    def read(self, wanted: list[int]) -> RawTable:
        """All rows, as strings."""
        return read_csv(self.path, self.scan, self._layout, wanted)

    def sample(self, rows: int) -> RawTable:
        """The first rows; those that do not fit under the header are left out."""
        layout = self._layout
        first = layout.skipped + 2
        found = [(number, cells) for number, cells in
                 enumerate(islice(read_first(self.path, self.scan, layout), rows), first)
                 if len(cells) == len(layout.names)]  # fmt: skip
        columns = {
            at: pa.chunked_array([pa.array([cells[at] or None for _, cells in found], pa.string())])
            for at in range(len(layout.names))
        }
        return RawTable(columns, pa.array([row for row, _ in found], pa.int64()))
