"""A paper as a workbook: its text on a page of its own, each table on another.

The house's sheets print on A4 with their heads repeated, and no text ever becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbench.papers.content import Block, Cell, Fields, Heading, Paper, Table, Text
from workbench.papers.layout import layout
from workbench.papers.wording import Wording
from workbench.reports.workbook_cells import INK, Styles, as_text, put
from workbench.reports.workbook_sheets import Column, Sheet, height, lines, put_sheet, set_print

_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FONTS = {"zh": "宋体", "en": "Calibri"}
_WIDE = 76  # columns of the page of text: one page of A4
_NAME_LENGTH = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_book(paper: Paper, path: Path) -> Path:
    """Write a paper to `path` as .xlsx; equal papers give equal files. `OSError` if it cannot."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "default_format_properties": {
        "font_name": _FONTS[paper.language], "font_size": 10.5, "font_color": INK}})  # fmt: skip
    styles, words = Styles(book), Wording(paper.language)
    day = paper.dated or date(1980, 1, 1)
    book.set_properties({"title": as_text(paper.title)[:250], "author": "",
                         "created": datetime(day.year, day.month, day.day)})  # fmt: skip
    names: set[str] = set()
    if _has_text(paper):
        _put_text(paper, _added(book, words("xl_text"), names), styles, words)
    above = [] if _has_text(paper) else list(_fields(paper.blocks, words))
    for at, table in enumerate(paper.tables):
        sheet = _sheet(paper, table, words, above if at == 0 else [])
        put_sheet(book, _added(book, table.tab, names), sheet, styles, as_text(paper.title))
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:  # it hides what the system said
        raise error.args[0] from None
    return path


def _has_text(paper: Paper) -> bool:
    return any(isinstance(block, Text) for block in paper.blocks) or not paper.tables


def _added(book: Any, name: str, names: set[str]) -> Any:
    """A worksheet with a name that Excel takes and that no other has."""
    plain = name.translate(_NOT_IN_NAMES).strip()[:_NAME_LENGTH] or "1"
    wanted, at = plain, 2
    while wanted.lower() in names:
        tail = f" {at}"
        wanted, at = plain[: _NAME_LENGTH - len(tail)] + tail, at + 1
    names.add(wanted.lower())
    sheet = book.add_worksheet(wanted)
    sheet.hide_gridlines(0)  # the lines are printed, too: tables are read on paper
    return sheet


def _sheet(paper: Paper, table: Table, words: Wording, above: Sequence[str]) -> Sheet:
    """A table of the paper as a sheet of the house; texts wrap, numbers stay numbers."""
    notes = [*above, *([table.note] if table.note else [])]
    kinds = {"text": "wrapped", "centre": "wrapped", "points": "points", "count": "count",
             "share": "share", "day": "day"}  # fmt: skip
    columns = [Column(column.head, kinds[column.kind]) for column in table.columns]
    rows = [_cells(row) for row in table.rows]
    if table.total:
        rows.append(_cells(table.total))
    title = f"{paper.title} · {table.tab}" if table.tab not in paper.title else paper.title
    return Sheet(table.tab, table.tab, title, columns, rows, notes)


def _cells(row: Sequence[Cell]) -> list[Cell]:
    return [None if cell == "" else cell for cell in row]


def _fields(blocks: Sequence[Block], words: Wording) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Fields):
            for label, value in block.pairs:
                yield words("reasoned", what=label, reason=value)


def _put_text(paper: Paper, sheet: Any, styles: Styles, words: Wording) -> None:
    """All that stands between the tables, a line a row, and where the tables are."""
    sheet.set_column(0, 0, _WIDE)
    sheet.hide_gridlines(2)
    put(sheet, 0, 0, paper.title, "title", styles)
    sheet.set_row(0, height(lines(paper.title, _WIDE * 0.7)) * 1.3)
    row = 1
    for text, look in _lines(paper, words):
        put(sheet, row, 0, text, look, styles)
        sheet.set_row(row, height(lines(text, _WIDE - 1)))
        row += 1
    set_print(sheet, as_text(paper.title))
    sheet.set_portrait()


def _lines(paper: Paper, words: Wording) -> Iterator[tuple[str, str]]:
    if paper.number:
        yield paper.number, "wrapped"
    if paper.recipient:
        yield words("recipient", name=paper.recipient), "wrapped"
    its, numbers = layout(paper.language), [0, 0]
    for block in paper.blocks:
        if isinstance(block, Heading):
            numbers = [numbers[0] + 1, 0]
            yield its.numbered(1, numbers[0], block.text), "section"
        elif isinstance(block, Text):
            numbers[1] += bool(block.lead)
            lead = its.numbered(2, numbers[1], block.lead) if block.lead else ""
            yield lead + block.text, "wrapped"
        elif isinstance(block, Table):
            yield words("xl_see", tab=block.tab), "note"
        else:
            for line in _fields([block], words):
                yield line, "wrapped"
    for attachment in paper.attachments:
        yield words("attachment_one", name=attachment.title), "wrapped"
    if paper.organ:
        yield paper.organ, "wrapped"
        yield words.day(paper.dated) if paper.dated else words("no_date"), "wrapped"
