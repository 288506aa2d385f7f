"""Files of one layout, one a month or one a bureau, as one sheet."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

import pyarrow as pa

from workbench.loading.encoding import Scan
from workbench.loading.repeats import plain
from workbench.loading.sheets import BadCell, Header, Note, RawTable, Sheet, Source

FILE = "#file"  # a header of its own: the name of the file that a row comes from


def as_one(source: Source, file: str, page: str | None) -> Sheet | None:
    """The sheet that a mapping names; the same one each time where it is made of several files."""
    found = source.sheets_of(file, page)
    if "*" in file and found:
        firsts = {sheet.file: sheet for sheet in reversed(found)}  # of each, as of a single file
        return source.stacked.setdefault((file, page), Stacked(file, list(firsts.values())))
    return found[0] if found else None


class Stacked:
    """Several sheets, in the order of their names. A header that one of them lacks is empty there.

    Row numbers run on from file to file; a note says which are those of each.
    """

    def __init__(self, pattern: str, sheets: list[Sheet]):
        self.sheets = sorted(sheets, key=lambda sheet: sheet.name)
        self.name = self.file = pattern
        self.page, self.stem = self.sheets[0].page, PurePath(pattern).stem

    @property
    def scan(self) -> Scan:
        """One hash over those of all files, and their size together."""
        scans = [sheet.scan for sheet in self.sheets]
        digest = hashlib.sha256("".join(scan.sha256 for scan in scans).encode()).hexdigest()
        return Scan(digest, sum(scan.size for scan in scans), "binary", 0)

    def prepare(self) -> None:
        """All of them can be made ready."""
        for sheet in self.sheets:
            sheet.prepare()

    @cached_property
    def _names(self) -> tuple[str, ...]:
        names = [name for sheet in self.sheets for name in sheet.header().names if name]
        return (*dict.fromkeys(names), FILE)

    def header(self) -> Header:
        """The headers of all, and what is to be told of each."""
        notes = [note for sheet in self.sheets for note in sheet.header().notes]
        return Header(self._names, tuple(dict.fromkeys(notes)))

    def read(self, wanted: list[int]) -> RawTable:
        """All rows of all."""
        parts, places, gone = [], [], 0
        for sheet in self.sheets:
            part = self._one(sheet, sheet.read(self._inside(sheet, wanted)), wanted, gone)
            numbers = [*part.rows[:1].to_pylist(), *part.rows[-1:].to_pylist()]
            numbers += [row.row for row in part.bad]
            if numbers:
                gone = max(numbers)
                places.append(f"{sheet.name} {min(numbers)}-{gone}")
            parts.append(part)
        return _together(parts, wanted, Note("stacked", ", ".join(places)))

    def sample(self, rows: int) -> RawTable:
        """The first rows of the first file."""
        sheet, wanted = self.sheets[0], list(range(len(self._names)))
        inside = sheet.sample(rows)
        return self._one(sheet, inside, wanted, 0)

    def _inside(self, sheet: Sheet, wanted: list[int]) -> list[int]:
        """The positions of wanted headers in one of the sheets; its first where it has none."""
        names = sheet.header().names
        found = [names.index(self._names[at]) for at in wanted if self._names[at] in names]
        return sorted(found) or [0]

    def _one(self, sheet: Sheet, raw: RawTable, wanted: list[int], gone: int) -> RawTable:
        """The rows of one of the sheets, under the headers of all."""
        names, size = sheet.header().names, len(raw.rows)
        columns: dict[int, Any] = {}
        for at in wanted:
            name = self._names[at]
            if name == FILE:
                columns[at] = pa.chunked_array([pa.repeat(pa.scalar(sheet.file), size)])
            elif name in names:
                columns[at] = plain(raw.columns[names.index(name)])
            else:
                columns[at] = pa.chunked_array([pa.nulls(size, pa.string())])
        rows = pa.array([row + gone for row in raw.rows.to_pylist()], pa.int64())
        bad = [replace(row, row=row.row + gone) for row in raw.bad]
        notes = [replace(note, rows=tuple(row + gone for row in note.rows)) for note in raw.notes]
        unknown = [
            BadCell(cell.row + gone, self._names.index(names[cell.position]), cell.reason_code)
            for cell in raw.unknown
        ]
        return RawTable(columns, rows, bad, tuple(notes), unknown)


def _together(parts: list[RawTable], wanted: list[int], note: Note) -> RawTable:
    columns = {
        at: pa.chunked_array([c for part in parts for c in part.columns[at].chunks], pa.string())
        for at in wanted
    }
    return RawTable(
        columns,
        pa.concat_arrays([part.rows for part in parts]),
        [row for part in parts for row in part.bad],
        (note, *(told for part in parts for told in part.notes)),
        [cell for part in parts for cell in part.unknown],
    )
