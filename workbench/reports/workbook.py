"""evaluation.xlsx: what a run found as one Excel workbook, in one language."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.apart import run_apart
from workbench.display import Language, text_of
from workbench.privacy import Role
from workbench.reports import workbook_links as links
from workbench.reports import workbook_lists as lists
from workbench.reports import workbook_pages as pages
from workbench.reports import workbook_tables as tables
from workbench.reports.report_data import ReportData, gather
from workbench.reports.report_page import Page
from workbench.reports.report_words import LANGUAGES, Words
from workbench.reports.results import Results
from workbench.reports.workbook_cells import INK, Styles, as_text
from workbench.reports.workbook_sheets import Sheet, put_sheet

# No text is ever to become a formula, a link or a number: see workbook_cells.
_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}
_ROW_HEIGHT = 16.5
_MANY_ROWS = 20_000


def write_workbook(
    results: Results,
    path: str | Path,
    language: Language | None = None,
    *,
    data: ReportData | None = None,
    role: Role = Role.leadership,
) -> Path:
    """Write the workbook of a run to `path`; equal runs give equal files. `OSError` if it cannot.

    `language` is that of the pack if not given. `data` are the numbers of the report, where they
    were gathered already. The file gets passed on, so it shows what leadership may see: values of
    another class are withheld, unless `role` says otherwise.
    """
    words = Words(language or own_language(results), tables.WORDS)
    page = Page(results, data or gather(results), words, role)
    content = _tables(page)
    if sum(len(table.rows) for table in content) < _MANY_ROWS:
        _put_book(page, content, str(path))
    else:  # seconds of pure Python, in which the tables of the run can be written
        page.results = results.without_relations()
        run_apart(_put_book, page, content, str(path))
    return Path(path)


def _put_book(page: Page, content: list[Sheet], path: str) -> None:
    """Write the file. Asks the run nothing: all that it says was gathered before."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {**_OPTIONS, "default_format_properties": {
        "font_name": _FONTS[page.language], "font_size": 10, "font_color": INK}})  # fmt: skip
    styles, foot = Styles(book), _footer(page)
    book.set_properties(_properties(page))
    summary = _add(book, page.words("tab_summary"))
    for table in content:
        put_sheet(book, _add(book, table.tab), table, styles, foot)
    pages.put_reading(page, _add(book, page.words("tab_reading")), styles, foot)
    pages.put_summary(page, summary, content, styles, foot)
    summary.activate()
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:  # it hides what the system said
        raise error.args[0] from None


def own_language(results: Results) -> Language:
    """The language of the pack, or the first of ours where we do not speak it."""
    return next((x for x in LANGUAGES if x == results.manifest["pack"]["language"]), LANGUAGES[0])


def _tables(page: Page) -> list[Sheet]:
    return [
        tables.checks(page),
        links.links(page),
        links.stages(page),
        links.orders(page),
        tables.tallies(page),
        tables.units(page),
        lists.findings(page),
        lists.deadlines(page),
        tables.gaps(page),
        lists.load_report(page),
        lists.scores(page),
    ]


def _add(book: Any, name: str) -> Any:
    sheet = book.add_worksheet(name)
    sheet.set_default_row(_ROW_HEIGHT)  # Chinese letters are taller than Excel's own row
    sheet.hide_gridlines(2)
    return sheet


def _footer(page: Page) -> str:
    digest = str(page.manifest["pack"]["digest"])[: pages.DIGEST]
    title = as_text(text_of(page.summary.title, page.language))
    return f"{title} · {page.words('as_of')} {page.summary.as_of.isoformat()} · {digest}"


def _properties(page: Page) -> dict[str, Any]:
    """What the file says of itself. Made "on" the as-of day: equal runs give equal files."""
    day = page.summary.as_of
    return {
        "title": as_text(f"{text_of(page.summary.title, page.language)} · {page.words('report')}"),
        "subject": f"{page.words('as_of')} {day.isoformat()}",
        "author": f"case-file-workbench {page.manifest['version']}",
        "comments": f"{page.manifest['pack']['id']} {page.manifest['pack']['version']} "
        f"{page.manifest['pack']['digest']}",
        "created": datetime(day.year, day.month, day.day),
    }
