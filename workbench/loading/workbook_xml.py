"""What the XML of a page says that the reader of workbooks does not: formulas, errors, extent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from workbench.loading.archives import Page, overlapping, pieces
from workbench.loading.bounds import MAX_ROWS
from workbench.terms import InputError

_MOST_XML = 16 << 20  # of the lists of pages and of their files
_CELL = rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"'
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_VALUE = re.compile(rb"</(?:\w+:)?(?:v|is)>")
_ERROR = re.compile(_CELL + rb'[^<>]*?\bt="e"')
_NO_VALUE = re.compile(
    _CELL + rb"[^<>]*>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:</(?:\w+:)?c>|<(?:\w+:)?v>\s*</|<(?:\w+:)?v\s*/>)"
)
_ROW = re.compile(rb'<(?:\w+:)?row\b[^<>]*?\br="(\d{1,10})"')
_FAR = re.compile(rb'\br="[A-Z]{1,3}(\d{6,10})"')
_COLUMN = re.compile(rb'\br="([A-Z]{1,3})\d')
_WIDE = (re.compile(rb'\br="[A-Z]{3}\d'), re.compile(rb'\br="[A-Z]{2}\d'))
_NARROW = 26

_ODS = re.compile(
    rb'<table:table\s[^<>]*?table:name="([^"]*)"'
    rb"|<table:table-row\b([^<>]*)>"
    rb"|<table:(?:covered-)?table-cell\b([^<>]*)>"
)
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d{1,12})"')


def parts_of(path: Path, name: str) -> dict[str, str]:
    """The pages of an .xlsx and the part of the archive that each is written in."""
    root = _xml(path, name, "xl/workbook.xml")
    links = _xml(path, name, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    found = {}
    for sheet in (one for one in root.iter() if one.tag.endswith("}sheet")):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        if target := targets.get(link):
            inside = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[str(sheet.get("name"))] = str(PurePosixPath(inside))
    return found


def _xml(path: Path, name: str, part: str) -> Any:
    data = b""
    for piece in pieces(path, name, part):
        data += piece
        if len(data) > _MOST_XML:
            raise InputError(f"{name}: its list of pages is far too long; it is not read")
    try:
        # Entities were refused before: there is nothing here that could grow.
        return ElementTree.fromstring(data)  # noqa: S314
    except ElementTree.ParseError as error:
        raise InputError(f"{name}: is damaged, its list of pages cannot be read") from error


def look_at(path: Path, name: str, part: str) -> Page:
    """One pass over a page: how far it reaches, which cells hold a formula or an error."""
    page = Page()
    for piece in overlapping(pieces(path, name, part), b' r="'):
        rows = _numbers(_ROW.findall(piece)) + _numbers(_FAR.findall(piece))
        page.rows = max([page.rows, *rows])
        page.columns = max(page.columns, _columns(piece))
        page.written += len(_VALUE.findall(piece))
        if formulas := len(_FORMULA.findall(piece)):
            page.formulas += formulas
            page.unknown += _cells(_NO_VALUE.findall(piece), "formula_without_value")
        if b't="e"' in piece:
            page.unknown += _cells(_ERROR.findall(piece), "error_cell")
    return page


def _numbers(found: Iterable[bytes]) -> list[int]:
    return [min(int(text), MAX_ROWS) for text in found]


def _columns(piece: bytes) -> int:
    """How many columns a piece reaches; no more exactly than it has to be."""
    if not any(wide.search(piece) for wide in _WIDE):
        return _NARROW
    return max(_column(letters) for letters in set(_COLUMN.findall(piece)))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cells(found: Iterable[tuple[bytes, bytes]], reason: str) -> list[tuple[int, int, str]]:
    return [(int(row), _column(letters), reason) for letters, row in found]


def look_at_ods(path: Path, name: str) -> list[Page]:
    """The pages of an .ods, in order: how far what is written on each of them reaches."""
    pages: list[Page] = []
    row = times = column = 0
    for piece in overlapping(pieces(path, name, "content.xml")):
        for tag in _ODS.finditer(piece):
            kind, attributes = tag.lastindex, tag[tag.lastindex or 1]
            if kind == 1:
                row = times = column = 0
                pages.append(Page())
            elif kind == 2:
                row, times, column = row + times, _repeated(attributes), 0
            elif pages:
                column += _repeated(attributes)
                if b"office:value-type" in attributes or b"table:formula" in attributes:
                    _reach(pages[-1], row + times, column, attributes)
    return pages


def _repeated(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return min(int(found[1]), 1 << 40) if found else 1


def _reach(page: Page, row: int, column: int, attributes: bytes) -> None:
    page.rows, page.columns = max(page.rows, row), max(page.columns, column)
    page.written += 1
    page.formulas += b"table:formula" in attributes
