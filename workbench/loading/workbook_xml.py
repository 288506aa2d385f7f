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
_CELL = rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"'
_ERROR = re.compile(_CELL + rb'[^<>]*?\bt="e"')
_NO_VALUE = re.compile(
    _CELL + rb"[^<>]*>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:</(?:\w+:)?c>|<(?:\w+:)?v>\s*</|<(?:\w+:)?v\s*/>)"
)
# Each of these begins with fixed letters: such patterns are found many times faster.
_ROW = re.compile(rb'row r="(\d{1,10})"')
_FAR = re.compile(rb' r="(?:[A-Z]{2}|[A-Z]\d{6})')  # beyond 26 columns, or 99,999 rows
_REFERENCE = re.compile(rb' r="([A-Z]{1,3})(\d{1,10})"')
_SPACES = re.compile(rb"\s+r\s*=\s*")
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
    for piece in overlapping(pieces(path, name, part)):
        if _silent(piece):
            piece = _usual(piece)
        _extend(page, piece)
        page.written += piece.count(b"v>") // 2 + piece.count(b"<is>")
        if formulas := piece.count(b"<f>") + piece.count(b"<f ") + piece.count(b":f>"):
            page.formulas += formulas
            page.unknown += _cells(_NO_VALUE.findall(piece), "formula_without_value")
        if b't="e"' in piece:
            page.unknown += _cells(_ERROR.findall(piece), "error_cell")
    return page


def _silent(piece: bytes) -> bool:
    """Are there cells or rows without a reference, as far as a usual one goes?"""
    tags = piece.count(b"<c") - piece.count(b"<col") + piece.count(b":c") + piece.count(b"<row")
    return piece.count(b' r="') < tags


def _usual(piece: bytes) -> bytes:
    """References as nearly every program writes them; a hostile one may write them otherwise."""
    return _SPACES.sub(b" r=", piece.replace(b"'", b'"'))


def _extend(page: Page, piece: bytes) -> None:
    rows = [min(int(text), MAX_ROWS) for text in _ROW.findall(piece)]
    page.rows, page.columns = max([page.rows, *rows]), max(page.columns, _NARROW)
    if _FAR.search(piece):
        found = _REFERENCE.findall(piece)
        page.rows = max([page.rows, *(min(int(row), MAX_ROWS) for _, row in found)])
        page.columns = max([_NARROW, page.columns, *map(_column, {name for name, _ in found})])
    if _silent(piece):  # what says nothing follows the one before
        parts = piece.split(b"row")
        page.rows += len(parts)
        page.columns = max([page.columns, *(part.count(b"<c") for part in parts)])


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
