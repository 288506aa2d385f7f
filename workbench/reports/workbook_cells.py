"""Cells of evaluation.xlsx: what may stand in one, and how it looks.

Whatever comes from a case file is text here and never a formula: no text is ever handed to
XlsxWriter's `write`, which guesses what a text may be.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from workbench.spreadsheets import looks_like_formula

# Excel's own limits.
MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
FIRST_YEAR = 1900

INK, SOFT, BLUE, WASH, LINE = "#1C2329", "#5A6670", "#1D4E7E", "#F5F7F9", "#D9DFE4"
FAILED, FAILED_WASH, AMBER, AMBER_WASH = "#A3341F", "#F7E3DF", "#7A5A00", "#FBF1D9"
BAR_FAILED, BAR_PASSED = "#E3B4A8", "#C4D3DE"

# A rate says 0 % only where nothing failed, and 100 % only where all passed.
NUMBER_FORMATS = {  # "_ " leaves the width of a space before the next column
    "count": "#,##0_ ",
    "count_left": "#,##0",
    "points": "General",
    "decimal": "#,##0.0_ ",
    "chance": '[<0.0001]"<0.0001"_ ;0.0000_ ',
    "share": "0.0%_ ",
    "failed_rate": '[=0]0.0%_ ;[<0.0005]"<0.1%"_ ;0.0%_ ',
    "passed_rate": '[=1]0.0%_ ;[>=0.9995]">99.9%"_ ;0.0%_ ',
    "day": "yyyy-mm-dd",
    "month": "yyyy-mm",
}
# Not of XML 1.0, or half of a character: such a file would not open at all.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_EPOCH = date(1899, 12, 30)


def printable(text: str) -> str:
    """`text` without what no XML may hold: control characters, halves of characters.

    >>> printable("甲\\x00\\x1b乙")
    '甲乙'
    """
    return _NO_TEXT.sub("", text)


@lru_cache(maxsize=20_000, typed=True)  # most texts of a list stand in it many times
def as_text(value: object) -> str:
    """`value` as a text that a cell can hold: no control characters, cut at Excel's limit.

    >>> as_text("甲\\x00\\x1b乙"), len(as_text("甲" * 40_000)), as_text("<r>x</r>")
    ('甲乙', 32767, '<r>x</r> ')
    """
    text = printable(str(value))
    # The limit counts UTF-16 units.
    if len(text) > MOST_CHARACTERS // 2:
        units = text.encode("utf-16-le")[: 2 * MOST_CHARACTERS]
        text = units.decode("utf-16-le", "ignore")
    # XlsxWriter takes a text of this shape for its own markup and would write it as XML.
    if text.startswith("<r>") and text.endswith("</r>"):
        text = text[: MOST_CHARACTERS - 1] + " "
    return text


def day_number(value: date) -> int | None:
    """A day as Excel counts days; None before 1900, which Excel cannot show.

    >>> day_number(date(2026, 6, 30)), day_number(date(1899, 12, 31))
    (46203, None)
    """
    if value.year < FIRST_YEAR:
        return None
    day = value.date() if isinstance(value, datetime) else value
    number = (day - _EPOCH).days
    return number if number > 60 else number - 1  # Excel believes in 29 February 1900


class Styles:
    """The formats of one workbook, each made once; a text has a second one, quoted.

    A quoted cell (`quotePrefix`) is one that a person began with an apostrophe: Excel keeps its
    text as text when the cell is edited, too. Nothing is put before the text itself, so it can be
    looked up and compared as it was recorded. The mark is lost when somebody saves the sheet as
    CSV; the sheet "how to read" says so.
    """

    def __init__(self, book: Any):
        self.book = book
        self._made: dict[tuple[str, bool], Any] = {}

    def __call__(self, kind: str, quoted: bool = False) -> Any:
        """The format of a kind of cell: `text`, `id`, `head`, `title`, `note`, `count`, ..."""
        if (kind, quoted) not in self._made:
            given = {"valign": "top", **_LOOKS.get(kind, {})}
            if kind in NUMBER_FORMATS:
                given |= {"num_format": NUMBER_FORMATS[kind]}
            if quoted:
                given |= {"quote_prefix": True}
            self._made[kind, quoted] = self.book.add_format(given)
        return self._made[kind, quoted]


_HEAD = {"bold": True, "font_color": "#FFFFFF", "bg_color": BLUE, "text_wrap": True,
         "valign": "vcenter", "border": 1, "border_color": LINE}  # fmt: skip
_LOOKS: dict[str, dict[str, Any]] = {
    "id": {"font_name": "Consolas"},
    "head": _HEAD,
    "head_number": {**_HEAD, "align": "center"},
    "title": {"bold": True, "font_size": 14, "font_color": BLUE, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 12, "font_color": BLUE, "bottom": 1,
                "bottom_color": BLUE},
    "note": {"font_color": SOFT, "text_wrap": True},
    "label": {"font_color": SOFT, "text_wrap": True},
    "wrapped": {"text_wrap": True},
    "prose": {"text_wrap": True},
    "link": {"font_color": BLUE, "underline": 1},
    "count_left": {"align": "left"},
    "day": {"align": "left"},
    "month": {"align": "left"},
}  # fmt: skip


def put(sheet: Any, row: int, column: int, value: object, kind: str, styles: Styles) -> None:
    """Write one cell as what it is: a number, a day, or text that stays text."""
    if value is None:
        return
    number = None if isinstance(value, str) else _number(value)
    if number is None:
        text = as_text(value)
        look = "text" if kind in NUMBER_FORMATS else kind
        sheet.write_string(row, column, text, styles(look, looks_like_formula(text)))
    elif isfinite(number):
        sheet.write_number(row, column, number, styles(kind))


def _number(value: object) -> float | Decimal | None:
    """What a cell holds as a number: numbers and days; None for anything that stays text."""
    if isinstance(value, date):
        return day_number(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    return None
