"""What the intake workbook of `workbench template` is known by, and how its examples are left out.

Its first column says of a row that it is an example; such rows are no rows of the table. A sheet
in which nothing but its example stands was not filled in: it counts as not delivered. A sheet
whose example was deleted and that holds nothing says that nothing happened.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.cells import normalise
from workbench.loading.shaping.wrapped import Wrapped, cells
from workbench.loading.sheets import Note, RawTable, Sheet

MARK = "row_mark"  # the name of the first column
EXAMPLES = {"zh": "示例", "en": "EXAMPLE"}
# Pages of the workbook that hold no records.
HELP = {"zh": "填写说明", "en": "How to fill in"}
LISTS = {"zh": "代码表", "en": "Lists"}
_WORDS = pa.array(sorted({word.casefold() for word in EXAMPLES.values()}), pa.string())
_LOOKED_AT = 20


def is_beside(page: str) -> bool:
    """Is a page one of the workbook's own, which hold no records?"""
    return normalise(page) in {*HELP.values(), *LISTS.values()}


def is_intake(sheet: Sheet) -> bool:
    """Was the sheet made by `workbench template`?"""
    return sheet.header().names[:1] == (MARK,)


def without_examples(sheet: Sheet) -> Sheet:
    """An intake sheet without its column of marks and its examples; any other as it is."""
    return Unmarked(sheet) if is_intake(sheet) else sheet


def is_untouched(sheet: Sheet) -> bool:
    """Does an intake sheet hold its example and nothing else?"""
    if not is_intake(sheet):
        return False
    raw = sheet.sample(_LOOKED_AT)
    return bool(len(raw.rows)) and all(_examples(raw).to_pylist())


class Unmarked(Wrapped):
    """An intake sheet as a plain one."""

    def names(self) -> tuple[str, ...]:
        """The columns after the mark."""
        return self.inside[1:]

    def needs(self, wanted: list[int]) -> list[int]:
        """What is wanted, and the marks."""
        return [0, *(at + 1 for at in sorted(wanted))]

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The rows that are no examples."""
        gone = _examples(raw)
        kept = pc.invert(gone)
        where = tuple(pc.filter(raw.rows, gone).to_pylist())
        columns = {at: raw.columns[at + 1].filter(kept) for at in wanted}
        notes = (*raw.notes, *([Note("example_row", rows=where)] if where else []))
        return RawTable(columns, pc.filter(raw.rows, kept), raw.bad, notes)


def _examples(raw: RawTable) -> pa.Array:
    marks = pc.utf8_lower(cells(raw, 0))
    return pc.fill_null(pc.is_in(marks, value_set=_WORDS), False)
