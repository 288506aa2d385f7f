"""Columns made of others, and rows that are left out because nothing of the table is in them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.cells import normalise
from workbench.loading.mapping_columns import ROW
from workbench.loading.mapping_model import Made
from workbench.loading.repeats import as_words
from workbench.loading.shaping.wrapped import Wrapped, cells, chunked, filled
from workbench.loading.sheets import Note, RawTable, Sheet

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?", re.ASCII)
_PARTS = re.compile(r"(\{[^{}]+\})")


class WithMade(Wrapped):
    """A sheet with more columns, made of others; headers that are not there are passed over."""

    def __init__(self, inner: Sheet, made: tuple[Made, ...]):
        super().__init__(inner)
        self.made = tuple({one.name: one for one in made}.values())

    def names(self) -> tuple[str, ...]:
        """Those inside, and what is made."""
        return (*self.inside, *(one.name for one in self.made))

    def needs(self, wanted: list[int]) -> list[int]:
        """What is wanted of those inside, and what the others are made of."""
        found = {at for at in wanted if at < len(self.inside)}
        for one in self._wanted(wanted):
            found |= {self.at(header) for header in self._there(one)}
        return sorted(found) or [0]

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The same rows."""
        columns = {at: raw.columns[at] for at in wanted if at < len(self.inside)}
        notes = list(raw.notes)
        for one in self._wanted(wanted):
            column = self._text(raw, one.text) if one.text else self._first(raw, one)
            if one.factor is not None:
                column, count = _multiplied(column, one.factor)
                if count:
                    detail = f"{one.headers[0]} × {one.factor.normalize():f}"
                    notes.append(Note("unit_converted", detail, count=count))
            columns[len(self.inside) + self.made.index(one)] = chunked(column)
        return RawTable(columns, raw.rows, raw.bad, tuple(notes))

    def _wanted(self, wanted: list[int]) -> list[Made]:
        return [self.made[at - len(self.inside)] for at in wanted if at >= len(self.inside)]

    def _there(self, one: Made) -> list[str]:
        return [header for header in one.headers if header in self.inside]

    def _first(self, raw: RawTable, one: Made) -> Any:
        columns = [cells(raw, self.at(header)) for header in self._there(one)]
        return pc.coalesce(*columns)

    def _text(self, raw: RawTable, text: str) -> Any:
        """The text with the cells in their places; null where one of them is empty."""
        size = len(raw.rows)
        parts: list[Any] = []
        for part in _PARTS.split(text):
            name = normalise(part[1:-1]) if part.startswith("{") else None
            if name == ROW:
                parts.append(pc.cast(_plain(raw.rows), pa.string()))
            elif name is not None:
                parts.append(cells(raw, self.at(name)))
            elif part:
                parts.append(pa.repeat(pa.scalar(part, pa.string()), size))
        return pc.binary_join_element_wise(*parts, "")


def _plain(rows: Any) -> Any:
    return rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows


def _multiplied(column: Any, factor: Decimal) -> tuple[Any, int]:
    """Plain numbers multiplied, and how many; a cell with a unit of its own stays as it is."""
    words = as_words(column)
    found = [_times(word, factor) for word in words.dictionary.to_pylist()]
    texts = pa.array([new or old for new, old in found], pa.string())
    laid = texts.take(words.indices)
    changed = pa.array([new is not None for new, _ in found], pa.bool_()).take(words.indices)
    return laid, pc.sum(changed).as_py() or 0


def _times(word: str, factor: Decimal) -> tuple[str | None, str]:
    if not _NUMBER.fullmatch(word) or not any(sign.isdigit() for sign in word):
        return None, word
    return f"{(Decimal(word.replace(',', '')) * factor).normalize():f}", word


class Chosen(Wrapped):
    """The rows of a sheet in which something stands under one of some headers."""

    def __init__(self, inner: Sheet, headers: tuple[str, ...]):
        super().__init__(inner)
        self.headers = headers

    def names(self) -> tuple[str, ...]:
        """Those inside."""
        return self.inside

    def needs(self, wanted: list[int]) -> list[int]:
        """What is wanted, and what decides."""
        return sorted({*wanted, *(self.at(header) for header in self.headers)})

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The rows that are chosen; the others are no rows of this table."""
        kept = filled(raw, [self.at(header) for header in self.headers])
        columns = {at: raw.columns[at].filter(kept) for at in wanted}
        rows = raw.rows.filter(kept)
        notes = raw.notes
        if left := len(raw.rows) - len(rows):
            notes = (*notes, Note("not_filled", " / ".join(self.headers), count=left))
        return RawTable(columns, rows, raw.bad, notes)
