"""How a sheet of evaluation.xlsx is laid out: notes, frozen heads, filter, widths, colours, print.

The rooms above say what stands in a sheet (`Sheet`); this one sets it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workbench.display import text_width
from workbench.reports import workbook_cells as cells
from workbench.reports.workbook_cells import Styles, as_text, put
from workbench.spreadsheets import looks_like_formula

TITLE_ROW, NOTE_ROW, HEAD_ROW = 0, 1, 2
_LINE = 16.5  # height of a line in points
_MEASURED = 400  # rows that a column's width is taken from
_NARROWEST = {"text": 9, "id": 9, "day": 11, "month": 9}
_WIDEST = {"text": 34, "id": 38, "wrapped": 34, "prose": 56}
_WRAPPED = ("wrapped", "prose")
_NUMBERS = ("count", "points", "decimal", "chance", "share", "failed_rate", "passed_rate")
_MARGIN = 2.0  # the filter's button and a little air
_NOTE_WIDTH = 120
_FOOTER_LIMIT = 200


class Column(NamedTuple):
    """A column: its head, the kind of its cells, and what is to be seen at once.

    `mark`: `failed` and `undecided` colour numbers above 0, `failed_bar` and `passed_bar` draw a
    rate as a bar. `words` colours cells that read so: word -> `alarm` or `undecided`.
    """

    head: str
    kind: str = "text"
    mark: str = ""
    words: Mapping[str, str] = {}


@dataclass(frozen=True)
class Sheet:
    """A table that fills a sheet: rows of cells in the order of its columns.

    `notes` stand above the heads: how to read it, what was left out.
    """

    key: str
    tab: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    notes: Sequence[str] = field(default=())


def put_sheet(book: Any, sheet: Any, content: Sheet, styles: Styles, footer: str) -> None:
    """Write a table into its worksheet, heads frozen, repeated in print and filtering all rows."""
    columns = content.columns
    widths = [_width(column, at, content.rows) for at, column in enumerate(columns)]
    for at, width in enumerate(widths):
        sheet.set_column(at, at, width)
    put(sheet, TITLE_ROW, 0, content.title, "title", styles)
    sheet.set_row(TITLE_ROW, 1.6 * _LINE)
    _put_notes(sheet, content.notes, widths, styles)
    for at, column in enumerate(columns):
        look = "head_number" if column.kind in _NUMBERS else "head"
        put(sheet, HEAD_ROW, at, column.head, look, styles)
    sheet.set_row(HEAD_ROW, _LINE * max(map(_head_lines, columns, widths)) + 4)
    first = HEAD_ROW + 1
    kinds = [column.kind for column in columns]
    many = _put_rows(sheet, first, content.rows, kinds, styles, _row_height(kinds, widths))
    last = HEAD_ROW + many
    sheet.freeze_panes(first, 0)
    sheet.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
    if many:
        for at, column in enumerate(columns):
            _mark(book, sheet, column, (first, at, last, at))
    set_print(sheet, footer)
    sheet.repeat_rows(HEAD_ROW)


def _put_rows(
    sheet: Any,
    first: int,
    rows: Sequence[Sequence[Any]],
    kinds: Sequence[str],
    styles: Styles,
    height: Callable[[Sequence[Any]], float] | None,
) -> int:
    """Rows from row `first` on, a kind per column, as many as a sheet holds; returns how many."""
    kept = rows[: cells.MOST_ROWS - first]
    for number, row in enumerate(kept, first):
        if height:
            sheet.set_row(number, height(row))
        for at, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            put(sheet, number, at, value, kind, styles)
    return len(kept)


def set_print(sheet: Any, footer: str) -> None:
    """A4 lying down, one page wide; what it is, and the page, at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    # An ampersand begins a code in a footer.
    sheet.set_footer(f"&L{footer[:_FOOTER_LIMIT].replace('&', '&&')}&C&A&R&P / &N")


def lines(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a cell of this width."""
    return sum(max(1, math.ceil(text_width(part) / width)) for part in text.split("\n"))


def height(most_lines: int) -> float:
    """Points for so many lines, within Excel's limit."""
    return min(409.0, _LINE * most_lines + 1)


def bar(mark: str) -> dict[str, Any]:
    """A rate drawn as a bar, on the same scale in every row and sheet: from none to all."""
    return {
        "type": "data_bar", "bar_color": _BARS[mark], "bar_border_color": _BARS[mark],
        "bar_solid": True, "data_bar_2010": True, "min_type": "num", "max_type": "num",
        "min_value": 0, "max_value": 1,
    }  # fmt: skip


def _put_notes(sheet: Any, notes: Sequence[str], widths: Sequence[float], styles: Styles) -> None:
    """All notes in one merged, wrapped cell, so that none of them widens a column."""
    if not notes:
        return
    last, wide = 0, widths[0]
    while last + 1 < len(widths) and wide < _NOTE_WIDTH:
        last += 1
        wide += widths[last]
    text = as_text("\n".join(notes))
    if last:
        sheet.merge_range(NOTE_ROW, 0, NOTE_ROW, last, "", styles("note"))
    # `merge_range` would guess what the text is; this never does.
    sheet.write_string(NOTE_ROW, 0, text, styles("note", looks_like_formula(text)))
    sheet.set_row(NOTE_ROW, height(lines(text, wide)))


def _row_height(
    kinds: Sequence[str], widths: Sequence[float]
) -> Callable[[Sequence[Any]], float] | None:
    """How high a row with wrapped texts must be; None where no column wraps."""
    wrapped = [at for at, kind in enumerate(kinds) if kind in _WRAPPED]
    if not wrapped:
        return None
    return lambda row: height(max(lines(row[at] or "", widths[at] - 1) for at in wrapped))


def _head_lines(column: Column, width: float) -> int:
    return lines(column.head, width - _MARGIN)


def _width(column: Column, at: int, rows: Sequence[Sequence[Any]]) -> float:
    """Wide enough for what the first rows hold; a head may take two or three lines."""
    least = _NARROWEST.get(column.kind, 9)
    most = _WIDEST.get(column.kind, 16)
    shown = (row[at] for row in rows[:_MEASURED])
    body = max((text_width(_seen(value)) for value in shown if value is not None), default=0)
    head = math.ceil(text_width(column.head) / 2) + 2
    return min(most, max(least, head, body)) + _MARGIN


def _seen(value: Any) -> str:
    """About what a cell shows."""
    if isinstance(value, float):
        return f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else as_text(value)[:200]


def _mark(book: Any, sheet: Any, column: Column, area: tuple[int, int, int, int]) -> None:
    if column.mark in _BARS:
        sheet.conditional_format(*area, bar(column.mark))
    elif column.mark:
        sheet.conditional_format(*area, {"type": "cell", "criteria": ">", "value": 0,
                                         "format": _colour(book, column.mark)})  # fmt: skip
    for word, mark in column.words.items():
        quoted = '"' + word.replace('"', '""') + '"'
        sheet.conditional_format(*area, {"type": "cell", "criteria": "==", "value": quoted,
                                         "format": _colour(book, mark)})  # fmt: skip


_BARS = {"failed_bar": cells.BAR_FAILED, "passed_bar": cells.BAR_PASSED}


def _colour(book: Any, mark: str) -> Any:
    return book.add_format(_COLOURS[mark])


# Most counts of failures are above 0: red ink is enough there, a red ground is for what is urgent.
_COLOURS = {
    "failed": {"font_color": cells.FAILED},
    "alarm": {"font_color": cells.FAILED, "bg_color": cells.FAILED_WASH},
    "undecided": {"font_color": cells.AMBER, "bg_color": cells.AMBER_WASH},
}
