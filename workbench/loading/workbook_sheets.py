"""Workbooks (.xlsx, .xls, .ods) as sheets, read by calamine after their archive was looked at.

Nothing in a workbook is carried out: of a formula only the value counts that was stored with it,
links to other workbooks are not followed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.loading.archives import Page, check_archive, check_extent, check_xml
from workbench.loading.bounds import (
    MAX_MERGED,
    MAX_TABLES,
    MAX_WHOLE_BYTES,
    check_bytes,
    too_large,
)
from workbench.loading.encoding import Scan, scan_bytes
from workbench.loading.header_rows import HEAD_ROWS, HeaderRows, Merged, Words, find_header
from workbench.loading.old_workbooks import OldBook
from workbench.loading.plain_text import text_of_value
from workbench.loading.sheets import BadCell, Header, Note, RawTable, Sheet
from workbench.loading.typed_sheets import header_of, text_table
from workbench.loading.workbook_xml import look_at, look_at_ods, parts_of
from workbench.terms import InputError

_BATCH = 20_000
_KEPT = 5_000_000  # cells of pages that wait, together
_DIGITS = 1e15  # a float knows no more of a number


class Workbook:
    """One file of pages. Raises `InputError` where it is damaged, protected or built to do harm."""

    def __init__(self, path: Path, name: str, words: Words):
        self.path, self.name, self.words = path, name, words
        check_bytes(name, path.stat().st_size, MAX_WHOLE_BYTES)
        self.is_archive = zipfile.is_zipfile(path)
        self.links = False
        self._kept: dict[int, Any] = {}
        if self.is_archive:
            self._check()
        self.pages = [page for page in self._calamine.sheets_metadata if _is_page(page)]
        if len(self.pages) > MAX_TABLES:
            raise too_large(name, "sheets", len(self.pages), MAX_TABLES)

    def _check(self) -> None:
        check_archive(self.path, self.name)
        with zipfile.ZipFile(self.path) as archive:
            parts = archive.namelist()
        if "xl/workbook.bin" in parts:
            raise InputError(f"{self.name}: is a binary workbook; save it as .xlsx")
        if "xl/workbook.xml" not in parts and "content.xml" not in parts:
            raise InputError(f"{self.name}: is an archive and no workbook; unpack it first")
        check_xml(self.path, self.name)
        self.links = any(part.startswith("xl/externalLinks/") for part in parts)

    @cached_property
    def _calamine(self) -> Any:
        if not self.is_archive:
            return OldBook(self.path, self.name)
        import python_calamine

        try:
            return python_calamine.CalamineWorkbook.from_path(str(self.path))
        except python_calamine.PasswordError:
            raise InputError(
                f"{self.name}: is protected by a password; save it without one"
            ) from None
        except BaseException as error:
            raise _damaged(self.name, error) from None

    @cached_property
    def scan(self) -> Scan:
        """Hash and size of the file."""
        return scan_bytes(self.path)

    @cached_property
    def _parts(self) -> dict[str, str]:
        return parts_of(self.path, self.name)

    @cached_property
    def _ods(self) -> list[Page]:
        return look_at_ods(self.path, self.name)

    def page(self, at: int, name: str) -> Page:
        """What the XML says of a page; nothing where there is none (.xls)."""
        title = self.pages[at].name
        if not self.is_archive:
            return Page()
        with zipfile.ZipFile(self.path) as archive:
            is_ods = "content.xml" in archive.namelist()
        if is_ods:
            found = self._ods[at] if at < len(self._ods) else Page()
        else:
            found = look_at(self.path, name, self._parts[title]) if title in self._parts else Page()
        check_extent(name, found)
        return found

    def grid(self, at: int, name: str) -> Any:
        """A page as calamine reads it. It has to be unpacked as a whole: a small one is kept."""
        if at in self._kept:
            return self._kept[at]
        try:
            found = self._calamine.get_sheet_by_name(self.pages[at].name)
        except BaseException as error:
            raise _damaged(name, error) from None
        if _cells(found) + sum(map(_cells, self._kept.values())) < _KEPT:
            self._kept[at] = found
        return found

    def forget(self, at: int) -> None:
        """A page that has been read is not needed again."""
        self._kept.pop(at, None)

    def sheets(self) -> list[Sheet]:
        """The pages, visible ones first."""
        found = [WorkbookSheet(self, at) for at in range(len(self.pages))]
        return [*sorted(found, key=lambda sheet: sheet.hidden)]


def _cells(grid: Any) -> int:
    return int(grid.total_height * grid.total_width)


def _is_page(page: Any) -> bool:
    return "WorkSheet" in str(page.typ)


def _damaged(name: str, error: BaseException) -> BaseException:
    """A sentence of whatever the reader makes of a broken file; an interrupt stays what it is."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, InputError)):
        return error
    said = str(error).splitlines()
    return InputError(f"{name}: is damaged, no workbook ({said[0][:200] if said else 'no reason'})")


class WorkbookSheet:
    """One page of a workbook."""

    def __init__(self, book: Workbook, at: int):
        meta = book.pages[at]
        self.book, self.at, self.file, self.page = book, at, book.name, str(meta.name)
        self.hidden = not str(meta.visible).endswith(".Visible")
        self.name = f"{book.name}[{self.page}]"
        # A file of one page is called by its own name, unless the page has one that says more.
        alone = len(book.pages) == 1 and book.words.table_of(self.page) is None
        self.stem = Path(book.name).stem if alone else self.page

    @property
    def scan(self) -> Scan:
        """Hash and size of the workbook."""
        return self.book.scan

    def prepare(self) -> None:
        """Nothing: pages of one workbook are not read at once."""

    @cached_property
    def _looked_at(self) -> Page:
        return self.book.page(self.at, self.name)

    @cached_property
    def _found(self) -> HeaderRows:
        self._looked_at  # noqa: B018  (before the page is unpacked as a whole)
        grid = self.book.grid(self.at, self.name)
        head = [[_text(cell) for cell in row] for row in islice(_rows(grid), HEAD_ROWS)]
        return find_header(head, self.book.words, _merged(grid))

    def header(self) -> Header:
        """The names, and what the page is like: hidden, titles above, formulas, links."""
        found, notes = self._found, []
        if self.hidden:
            notes.append(Note("hidden_sheet"))
        if self._looked_at.formulas:
            notes.append(Note("formulas", str(self._looked_at.formulas)))
        if self.book.links:
            notes.append(Note("external_links"))
        return header_of(self.name, found.names, [*found.notes, *notes])

    def read(self, wanted: list[int]) -> RawTable:
        """The columns asked for; cells of merged ranges all say what the range says."""
        raw = self._read(wanted, None)
        self.book.forget(self.at)
        return raw

    def sample(self, rows: int) -> RawTable:
        """The first rows of all columns."""
        return self._read(list(range(len(self._found.names))), rows)

    def _read(self, wanted: list[int], most: int | None) -> RawTable:
        start, grid = self._found.last + 1, self.book.grid(self.at, self.name)
        rows = islice(_rows(grid), start, None if most is None else start + most)
        filled = _Filled(grid, start, wanted)
        chunks: dict[int, list[Any]] = {place: [] for place in wanted}
        size = rounded = 0
        while batch := list(islice(rows, _BATCH)):
            filled.fill(batch, start + size)
            size += len(batch)
            for place in wanted:
                texts, long = _column(batch, place)
                chunks[place].append(texts)
                rounded += long
        columns = {p: pa.chunked_array(found, pa.string()) for p, found in chunks.items()}
        raw = text_table(self.name, columns, start + 1, size)
        raw.unknown = self._unknown(set(wanted), start, start + size)
        raw.notes = (*filled.notes, *([Note("long_numbers", str(rounded))] if rounded else ()))
        return raw

    def _unknown(self, wanted: set[int], start: int, end: int) -> list[BadCell]:
        return [
            BadCell(row, column - 1, reason)
            for row, column, reason in self._looked_at.unknown
            if column - 1 in wanted and start < row <= end
        ]


def _rows(grid: Any) -> Iterator[list[Any]]:
    """The rows from the first of the page on. Calamine leaves out the empty columns before it."""
    left = grid.start[1] if grid.start else 0
    pad = [""] * left
    for row in grid.iter_rows():
        yield pad + row


def _column(batch: list[list[Any]], place: int) -> tuple[Any, int]:
    """One column of some rows as texts, and how many numbers in it are too long to be whole."""
    if place >= len(batch[0]):
        return pa.nulls(len(batch), pa.string()), 0
    cells = [row[place] for row in batch]
    kinds = set(map(type, cells))
    long = sum(type(c) is float and abs(c) >= _DIGITS for c in cells) if float in kinds else 0
    if kinds != {str}:
        cells = [cell if type(cell) is str else _text(cell) for cell in cells]
    return pa.array(cells, pa.string()), long


def _merged(grid: Any) -> Sequence[Merged]:
    return grid.merged_cell_ranges or ()


def _text(cell: Any) -> str:
    return text_of_value(cell) or ""


class _Filled:
    """Merged cells below the header: each of them says what the first one says."""

    def __init__(self, grid: Any, start: int, wanted: Sequence[int]):
        self.ranges = [
            (top, left, bottom, right)
            for (top, left), (bottom, right) in _merged(grid)
            if top >= start and any(left <= place <= right for place in wanted)
        ]
        self.values: dict[int, Any] = {}
        self.cells = 0

    def fill(self, batch: list[list[Any]], first: int) -> None:
        """Fill the rows of a batch whose first row is number `first` of the page."""
        for at, (top, left, bottom, right) in enumerate(self.ranges):
            if first <= top < first + len(batch) and left < len(batch[top - first]):
                self.values[at] = batch[top - first][left]
            if self.values.get(at, "") == "":
                continue
            for row in range(max(top, first), min(bottom + 1, first + len(batch))):
                self._fill_row(batch[row - first], left, right, self.values[at])

    def _fill_row(self, row: list[Any], left: int, right: int, value: Any) -> None:
        for place in range(left, min(right + 1, len(row))):
            if row[place] == "" and self.cells < MAX_MERGED:
                row[place] = value
                self.cells += 1

    @property
    def notes(self) -> list[Note]:
        return [Note("merged_cells", str(self.cells))] if self.cells else []
