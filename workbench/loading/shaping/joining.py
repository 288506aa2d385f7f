"""Columns of another sheet laid beside the rows that have the same key."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.mapping_model import Join
from workbench.loading.shaping.wrapped import Wrapped, cells, chunked
from workbench.loading.sheets import Note, RawTable, Sheet

_BETWEEN = "\x1f"  # between the parts of a key: nobody writes it


class Joined(Wrapped):
    """A sheet with columns of another one; a row that finds nothing there keeps them empty.

    Of several rows with one key the first is taken. A column that both have is called
    `<stem of the other>.<header>`.
    """

    def __init__(self, inner: Sheet, shape: Join, right: Sheet):
        super().__init__(inner)
        self.shape, self.right = shape, right
        self.keys = [key for _, key in shape.on]
        self.right_names = right.header().names

    def _taken(self) -> list[str]:
        chosen = self.shape.columns or self.right_names
        return [name for name in dict.fromkeys(chosen) if name and name not in self.keys]

    def names(self) -> tuple[str, ...]:
        """Those inside, and those of the other sheet that are taken."""
        stem = self.right.page or self.right.stem
        return (*self.inside, *(f"{stem}.{n}" if n in self.inside else n for n in self._taken()))

    def needs(self, wanted: list[int]) -> list[int]:
        """What is wanted of those inside, and the key."""
        inside = {at for at in wanted if at < len(self.inside)}
        return sorted(inside | {self.at(left) for left, _ in self.shape.on})

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The same rows."""
        more = [at - len(self.inside) for at in wanted if at >= len(self.inside)]
        columns = {at: raw.columns[at] for at in wanted if at < len(self.inside)}
        notes = raw.notes
        if more:
            names = self._taken()
            positions = [self.right_names.index(key) for key in self.keys]
            taken = {at: self.right_names.index(names[at]) for at in more}
            other = self.right.read(sorted({*positions, *taken.values()}))
            mine = _key(raw, [self.at(left) for left, _ in self.shape.on])
            theirs = _key(other, positions)
            places = pc.index_in(mine, value_set=theirs)
            for at, position in taken.items():
                column = cells(other, position).take(places)
                columns[len(self.inside) + at] = chunked(column)
            notes = (*notes, *other.notes, *self._told(mine, theirs, places))
        return RawTable(columns, raw.rows, raw.bad, notes)

    def _told(self, mine: Any, theirs: Any, places: Any) -> list[Note]:
        """How many keys found nothing, on either side, and how many stand twice on the other."""
        known = pc.drop_null(theirs)
        counts = {
            "join_nothing": pc.sum(pc.and_(pc.is_valid(mine), pc.is_null(places))).as_py() or 0,
            "join_left_over": pc.sum(pc.invert(pc.is_in(known, value_set=mine))).as_py() or 0,
            "join_key_twice": len(known) - len(pc.unique(known)),
        }
        return [Note(code, self.right.name, count=count) for code, count in counts.items() if count]


def _key(raw: RawTable, positions: list[int]) -> Any:
    parts = [cells(raw, position) for position in positions]
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*parts, pa.scalar(_BETWEEN))
