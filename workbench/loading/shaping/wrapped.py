"""What all sheets that are made of another have in common: they go by its name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.cleaning import clean
from workbench.loading.encoding import Scan
from workbench.loading.repeats import as_words, plain
from workbench.loading.sheets import BadCell, Header, Note, RawTable, Sheet


class Wrapped(ABC):
    """A sheet made of another one; a subclass says which columns it has and how rows come."""

    keeps = True  # the columns of the sheet inside come first, and rows keep their numbers

    def __init__(self, inner: Sheet):
        self.inner = inner
        self.name, self.stem = inner.name, inner.stem
        self.file, self.page = inner.file, inner.page

    @property
    def scan(self) -> Scan:
        """That of what it is made of."""
        return self.inner.scan

    def prepare(self) -> None:
        """What it is made of can be made ready."""
        self.inner.prepare()

    @cached_property
    def inside(self) -> tuple[str, ...]:
        """The headers of the sheet inside."""
        return self.inner.header().names

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The headers of this one."""

    @abstractmethod
    def needs(self, wanted: list[int]) -> list[int]:
        """The positions of the sheet inside that the columns `wanted` are made of."""

    @abstractmethod
    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The rows of this sheet, made of those of the sheet inside."""

    def header(self) -> Header:
        """The new headers, and what was to be told of those inside."""
        return Header(self.names(), self.inner.header().notes)

    def read(self, wanted: list[int]) -> RawTable:
        """All rows, as they come out."""
        raw = self.inner.read(self.needs(wanted))
        unknown = raw.unknown
        return self._with_unknown(self.lay(raw, wanted), unknown, wanted)

    def _with_unknown(self, made: RawTable, unknown: list[BadCell], wanted: list[int]) -> RawTable:
        """Cells without a value stay unknown where their column is kept, else they are named."""
        kept = range(len(self.inside)) if self.keeps else range(0)
        made.unknown = [c for c in unknown if c.position in kept and c.position in wanted]
        for reason in sorted({cell.reason_code for cell in unknown}):
            lost = [c.row for c in unknown if c.reason_code == reason and c not in made.unknown]
            if lost:
                made.notes = (*made.notes, Note(reason, rows=tuple(lost)))
        return made

    def sample(self, rows: int) -> RawTable:
        """What comes out of the first rows of the sheet inside."""
        return self.lay(self.inner.sample(rows), list(range(len(self.names()))))

    def at(self, header: str) -> int:
        """Where a header of the sheet inside stands (the first of that name)."""
        return self.inside.index(header)


def taken(raw: RawTable, places: Any, columns: dict[int, Any]) -> RawTable:
    """The table with the rows at `places`, one after the other; `columns` as they are given."""
    rows = raw.rows.take(places)
    return RawTable(columns, rows, raw.bad, raw.notes)


def cell_words(raw: RawTable, position: int) -> tuple[list[str | None], Any]:
    """The distinct cells of a column, trimmed and NFKC, and for each row which one (or null)."""
    words = as_words(clean(raw.columns[position]))
    return words.dictionary.to_pylist(), words.indices


def cells(raw: RawTable, position: int) -> Any:
    """A column as texts in one piece, trimmed and NFKC, empty cells null."""
    column = plain(clean(raw.columns[position]))
    return whole(column)


def whole(column: Any) -> Any:
    """One array, in however many pieces a column comes."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def filled(raw: RawTable, positions: list[int]) -> Any:
    """Which rows have something in one of the columns."""
    found: Any = pa.array([False] * len(raw.rows))
    for position in positions:
        found = pc.or_(found, pc.is_valid(cells(raw, position)))
    return found


def chunked(array: Any) -> Any:
    """As columns of sheets are handed on."""
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
