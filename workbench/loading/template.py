"""`workbench template`: an empty intake workbook made of a pack's tables.

One sheet a table, called by its title: labels over the names of the columns, lists to choose codes
from, notes of what belongs where, and an example row. What is filled in loads without a mapping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from workbench.loading.intake import EXAMPLES, HELP, LISTS, MARK
from workbench.loading.template_cells import Styles, column_note, example, restrict
from workbench.loading.values import code_words
from workbench.schema import Column, Schema, Table
from workbench.sources import read_words
from workbench.terms import UsageError

ROWS = 5_000  # so many rows have lists to choose from
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")  # in the name of a sheet
_LONGEST = 31


@cache
def words() -> Mapping[str, Any]:
    """The words of the workbook."""
    return read_words(Path(__file__).with_name("template_words.yaml"))


def write_template(to: Path, schema: Schema, title: str, language: str) -> Path:
    """Write the workbook. Raises `UsageError` unless it is to be an .xlsx in a folder that exists.

    >>> write_template(Path("intake.xlsx"), pack.schema, "案卷", "zh")   # doctest: +SKIP
    """
    import xlsxwriter

    if to.suffix.casefold() != ".xlsx":
        raise UsageError(f"'{to}': a template is a workbook; give it a name that ends in .xlsx")
    if not to.parent.is_dir():
        raise UsageError(f"'{to}': there is no folder '{to.parent}'")
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(to), options) as book:
        styles = Styles(book)
        _write_help(book, styles, title, to.name, language)
        names = sheet_names(schema, language)
        pages = {name: book.add_worksheet(names[name]) for name in schema.tables}
        lists = _write_lists(book, schema, language)
        for name, table in schema.tables.items():
            _write_table(pages[name], styles, table, lists, schema, language)
    return to


def sheet_names(schema: Schema, language: str) -> dict[str, str]:
    """What the sheet of each table is called: its title, or its name where two have one title."""
    titles = {
        name: _FORBIDDEN.sub(" ", table.title.get(language) or name)
        for name, table in schema.tables.items()
    }
    said = [title.casefold() for title in titles.values()]
    return {
        name: title if len(title) <= _LONGEST and said.count(title.casefold()) == 1 else name
        for name, title in titles.items()
    }


def _write_help(book: Any, styles: Styles, title: str, file: str, language: str) -> None:
    page = book.add_worksheet(HELP[language])
    page.set_column(0, 0, 110, styles.wrapped)
    for row, sentence in enumerate(words()["help"][language]):
        style = styles.title if row == 0 else styles.wrapped
        page.write_string(row, 0, sentence.format(title=title, file=file), style)


def _write_lists(book: Any, schema: Schema, language: str) -> dict[str, str]:
    """A sheet with the labels of all codes; gives the range of each list, by its labels."""
    page = book.add_worksheet(LISTS[language])
    ranges: dict[str, str] = {}
    every = [c for t in schema.tables.values() for c in t.columns.values() if c.type == "code"]
    for column in every:
        labels = choices(column, language)
        key = "\n".join(labels)
        if key not in ranges:
            at = len(ranges)
            page.write_string(0, at, column.label.get(language) or column.name)
            for row, label in enumerate(labels, 1):
                page.write_string(row, at, label)
            ranges[key] = _range(LISTS[language], at, len(labels))
    page.hide()
    return ranges


def _range(page: str, at: int, size: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    letter = xl_col_to_name(at)
    return f"='{page}'!${letter}$2:${letter}${size + 1}"


def choices(column: Column, language: str) -> list[str]:
    """What can be chosen for a column: the labels of its codes, and a code whose label is not
    its own alone."""
    known = code_words(column, {})
    found = []
    for code, labels in column.codes.items():
        label = labels.get(language) or code
        found.append(label if known.get(label.casefold()) == code else code)
    return found


def _write_table(
    page: Any,
    styles: Styles,
    table: Table,
    lists: Mapping[str, str],
    schema: Schema,
    language: str,
) -> None:
    page.write_string(0, 0, words()["mark"][language], styles.mark)
    page.write_string(1, 0, MARK, styles.name)
    page.write_string(2, 0, EXAMPLES[language], styles.example)
    page.set_column(0, 0, 10)
    page.freeze_panes(2, 1)
    needed = {*table.key, *([table.case_column] if table.case_column else [])}
    for at, column in enumerate(table.columns.values(), 1):
        label = column.label.get(language) or column.name
        page.write_string(0, at, label, styles.required if column.name in needed else styles.label)
        page.write_string(1, at, column.name, styles.name)
        note = column_note(column, column.name in needed, schema, words(), language)
        page.write_comment(0, at, note, {"x_scale": 1.6, "y_scale": 1.2})
        page.set_column(at, at, _width(label, column), styles.of_type(column.type))
        labels = choices(column, language) if column.type == "code" else []
        source = lists.get("\n".join(labels), "")
        restrict(page, at, ROWS, column, source, words(), language)
        shown = labels[0] if labels else example(column, words(), language)
        styles.write(page, 2, at, shown, column.type)


def _width(label: str, column: Column) -> float:
    """Wide enough for the label (Chinese characters take two places) and the name."""
    signs = sum(1 + (not sign.isascii()) for sign in label)
    return min(40.0, max(signs, len(column.name), 11) + 2.0)
