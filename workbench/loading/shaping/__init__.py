"""Sheets that are made of other sheets: reshaped, with columns made of others, with rows left out.

A reshaped sheet is a sheet again. Its rows keep the numbers that they have in the file.
"""

from __future__ import annotations

from workbench.loading.mapping_model import Shape, Split, Steps, TableMapping, Unpivot
from workbench.loading.shaping.joining import Joined
from workbench.loading.shaping.making import Chosen, WithMade
from workbench.loading.shaping.splitting import InColumns, InRows
from workbench.loading.shaping.stacking import as_one
from workbench.loading.shaping.stepping import ByCase
from workbench.loading.shaping.unpivoting import Unpivoted
from workbench.loading.sheets import Sheet, Source
from workbench.terms import Fault, did_you_mean

__all__ = ["reshape"]


def reshape(
    sheet: Sheet, given: TableMapping, source: Source, steering: str, *, ready: bool = False
) -> tuple[Sheet, list[Fault]]:
    """The sheet as its mapping reshapes it, and a fault for each header that is not there.

    `ready`: of a ready mapping, where headers may be absent. Nothing is read but headers.
    """
    faults: list[Fault] = []
    for shape in given.shapes:
        faults += _absent(sheet, shape.headers, shape.line, steering)
        sheet = _shaped(sheet, shape, source, steering, faults)
    if given.filled:
        there = [name for name in given.filled if name in sheet.header().names]
        if not there or not ready:
            faults += _absent(sheet, given.filled, given.line, steering)
        sheet = Chosen(sheet, tuple(there))
    made = []
    for column in given.columns.values():
        if column.made is None:
            continue
        there = [name for name in column.made.headers if name in sheet.header().names]
        # Of several headers one is enough; a text needs all that it puts together.
        whole = len(there) == len(column.made.headers)
        if whole or (there and column.made.text is None):
            made.append(column.made)
        elif not ready:
            faults += _absent(sheet, column.made.headers, column.line, steering)
            made.append(column.made)  # else its header would be missed once more
    return (WithMade(sheet, tuple(made)) if made else sheet), faults


def _shaped(
    sheet: Sheet, shape: Shape, source: Source, steering: str, faults: list[Fault]
) -> Sheet:
    if isinstance(shape, Split):
        return InRows(sheet, shape) if shape.rows else InColumns(sheet, shape)
    if isinstance(shape, Unpivot):
        return Unpivoted(sheet, shape)
    if isinstance(shape, Steps):
        return ByCase(sheet, shape)
    right = as_one(source, shape.file, shape.page)
    if right is None:  # said already, of the file
        return sheet
    faults += _absent(right, (*(key for _, key in shape.on), *shape.columns), shape.line, steering)
    return Joined(sheet, shape, right)


def _absent(sheet: Sheet, wanted: tuple[str, ...], line: int | None, steering: str) -> list[Fault]:
    names = sheet.header().names
    return [
        Fault(steering, line, f"no column '{name}' in {sheet.name}", did_you_mean(name, names))
        for name in dict.fromkeys(wanted)
        if name not in names
    ]
