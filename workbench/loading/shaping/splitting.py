"""One cell with several values: a column for each of them, or a row."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.mapping_model import Split
from workbench.loading.shaping.wrapped import Wrapped, cell_words, chunked, taken
from workbench.loading.sheets import Note, RawTable, Sheet


class _Splitting(Wrapped):
    def __init__(self, inner: Sheet, split: Split):
        super().__init__(inner)
        self.split = split

    def names(self) -> tuple[str, ...]:
        """Those inside, and the new ones."""
        return (*self.inside, *self.split.into)

    def needs(self, wanted: list[int]) -> list[int]:
        """What is wanted of those inside, and the cell that is split."""
        return sorted({self.at(self.split.header), *(at for at in wanted if at < len(self.inside))})

    def _pieces(self, word: str | None) -> list[str]:
        pattern = "|".join(re.escape(one) for one in self.split.by)
        found = re.split(pattern, word or "")
        return [piece.strip() for piece in found]


class InColumns(_Splitting):
    """Each piece of a cell in a column of its own; what is over stays in the last.

    A cell that does not fit the pattern stands whole in the first new column.
    """

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The same rows, with the pieces beside."""
        words, indices = cell_words(raw, self.at(self.split.header))
        pieces, odd = self._columns(words)
        columns = {at: raw.columns[at] for at in wanted if at < len(self.inside)}
        for place, column in enumerate(pieces, len(self.inside)):
            if place in wanted:
                columns[place] = chunked(column.take(indices))
        where = raw.rows.filter(pc.fill_null(pa.array(odd, pa.bool_()).take(indices), False))
        notes = raw.notes
        if len(where):
            rows = tuple(where.to_pylist())
            notes = (*notes, Note("not_split", "", self.split.header, len(rows), rows))
        return RawTable(columns, raw.rows, raw.bad, notes)

    def _columns(self, words: list[str | None]) -> tuple[list[Any], list[bool]]:
        """The pieces of each word by column, and which words did not fit."""
        width = len(self.split.into)
        if self.split.pattern is not None:
            found = pc.extract_regex(pa.array(words, pa.string()), self.split.pattern)
            laid = [
                [(row or {}).get(name) for name in self.split.into] for row in found.to_pylist()
            ]
            odd = [word is not None and row is None
                   for word, row in zip(words, found.to_pylist(), strict=True)]  # fmt: skip
        else:
            laid = [self._laid(word, width) for word in words]
            odd = [False if word is None else len(self._pieces(word)) != width for word in words]
        for row, word, misfit in zip(laid, words, odd, strict=True):
            if misfit and not any(row):
                row[0] = word
        return [pa.array([row[i] for row in laid], pa.string()) for i in range(width)], odd

    def _laid(self, word: str | None, width: int) -> list[str | None]:
        pattern = "|".join(re.escape(one) for one in self.split.by)
        found = (
            re.split(pattern, word or "", maxsplit=max(0, width - 1)) if width > 1 else [word or ""]
        )
        laid: list[str | None] = [p.strip() for p in found]
        return laid + [None] * (width - len(laid))


class InRows(_Splitting):
    """A row for each piece of a cell; all have the number of the row they come from."""

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The rows multiplied; an empty cell makes none."""
        words, indices = cell_words(raw, self.at(self.split.header))
        pieces = [[piece for piece in self._pieces(word) if piece] for word in words]
        row_words = pc.fill_null(indices, len(words)).to_numpy(zero_copy_only=False)
        sizes = np.array([*map(len, pieces), 0], np.int64)[row_words]
        places = pa.array(np.repeat(np.arange(len(row_words)), sizes))
        columns = {at: raw.columns[at].take(places) for at in wanted if at < len(self.inside)}
        if len(self.inside) in wanted:
            flat = [piece for word in row_words if word < len(words) for piece in pieces[word]]
            columns[len(self.inside)] = chunked(pa.array(flat, pa.string()))
        made = taken(raw, places, columns)
        made.notes = (*made.notes, Note("reshaped", f"{len(raw.rows)} -> {len(places)}"))
        return made
