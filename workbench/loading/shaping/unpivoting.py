"""Columns that repeat, turned into rows: one for each that is filled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.mapping_model import Unpivot
from workbench.loading.shaping.wrapped import Wrapped, cells, chunked, filled, taken
from workbench.loading.sheets import Note, RawTable, Sheet


class Unpivoted(Wrapped):
    """The sheet with a row for each place in which a group of columns has something."""

    def __init__(self, inner: Sheet, shape: Unpivot):
        super().__init__(inner)
        self.shape = shape

    def names(self) -> tuple[str, ...]:
        """Those inside, the name of the place, and a new column for each group."""
        return (*self.inside, self.shape.name, *self.shape.groups)

    def needs(self, wanted: list[int]) -> list[int]:
        """What is wanted of those inside, and every column of the groups."""
        inside = {at for at in wanted if at < len(self.inside)}
        return sorted(inside | {self.at(header) for header in self.shape.headers})

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The rows, in the order of the file; those of one row in the order of the columns."""
        groups = {
            name: [self.at(header) if header else None for header in headers]
            for name, headers in self.shape.groups.items()
        }
        steps = range(len(self.shape.labels))
        of_step = [[positions[step] for positions in groups.values()] for step in steps]
        there = [filled(raw, [at for at in group if at is not None]) for group in of_step]
        masks = [mask.to_numpy(zero_copy_only=False) for mask in there]
        # Cell (row, step) of a table of rows and steps, read row by row.
        order = np.flatnonzero(np.stack(masks, axis=1).ravel()) if masks else np.array([], int)
        places, step_of = pa.array(order // max(1, len(steps))), order % max(1, len(steps))
        columns: dict[int, Any] = {
            at: raw.columns[at].take(places) for at in wanted if at < len(self.inside)
        }
        if (at := len(self.inside)) in wanted:
            labels = pa.array(self.shape.labels, pa.string())
            columns[at] = chunked(labels.take(pa.array(step_of)))
        for at, positions in enumerate(groups.values(), len(self.inside) + 1):
            if at in wanted:
                columns[at] = chunked(_gathered(raw, positions, places, step_of))
        made = taken(raw, places, columns)
        made.notes = (*made.notes, Note("reshaped", f"{len(raw.rows)} -> {len(places)}"))
        return made


def _gathered(raw: RawTable, positions: list[int | None], places: Any, step_of: Any) -> Any:
    """The cell of each new row: that of its row, under the header of its step."""
    found: Any = pa.nulls(len(places), pa.string())
    for step, position in enumerate(positions):
        if position is None:
            continue
        column = cells(raw, position).take(places)
        found = pc.if_else(pa.array(step_of == step), column, found)
    return found
