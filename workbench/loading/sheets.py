"""What every kind of source is opened into: sheets, each a header row and rows of text cells.

A CSV file is a sheet, and so is a page of a workbook, a table of a database, a list of documents,
a frame from a notebook. What has types where it comes from is written as plain text here (ISO
days, plain decimals, true / false) and typed again: there is one way of judging cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol

from workbench.loading.encoding import Scan
from workbench.loading.mending import BadRow


@dataclass(frozen=True)
class Note:
    """Something to be told about a sheet: a reason code, what was found, how many, where."""

    reason_code: str
    detail: str = ""
    column: str = ""
    count: int = 1
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Header:
    """The names over the columns, trimmed and NFKC, and what is to be told of how it was found."""

    names: tuple[str, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class BadCell:
    """A cell that is there and says nothing that can be used: row number, position, why."""

    row: int
    position: int
    reason_code: str


@dataclass
class RawTable:
    """String columns named by their position in the sheet, and the row number of each row.

    Row numbers are those that a person sees in the file. `bad` are rows that could not be laid
    under the header, `unknown` cells whose value is not there (a formula that was never worked
    out). `columns` is emptied while its cells are typed: a table is not held twice.
    """

    columns: dict[int, Any]
    rows: Any
    bad: list[BadRow] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    unknown: list[BadCell] = field(default_factory=list)


class Sheet(Protocol):
    """One header row and rows of text cells, wherever they come from.

    `name` is what reports call it (`cases.csv`, `intake.xlsx[案件]`), `stem` what is matched with
    the names and titles of tables (`cases`, `案件`), `file` and `page` what a mapping names.
    """

    @property
    def name(self) -> str: ...
    @property
    def stem(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def page(self) -> str: ...

    @property
    def scan(self) -> Scan:
        """Hash and size of what it was read from; asked for after it was read."""

    def prepare(self) -> None:
        """What takes time and can be done beforehand, beside other sheets (hashing a file)."""

    def header(self) -> Header:
        """The header; no names where there is nothing at all."""

    def read(self, wanted: list[int]) -> RawTable:
        """All rows: the columns at the positions `wanted`."""

    def sample(self, rows: int) -> RawTable:
        """The first rows of all columns, cheaply."""


@dataclass
class Source:
    """What was given to be loaded, opened: its sheets, none of them read yet.

    `folder` is where lists of a mapping may lie (None: nowhere), `mapping` the file that is used
    as mapping if it is there; `present` the names of what is there, readable or not; `unusable`
    files that ought to be readable, each with the sentence that says why they are not; `more`
    opens a file that is not among the sheets; `leave` gives back what is held open.
    """

    label: str
    sheets: list[Sheet]
    folder: Path | None = None
    mapping: Path | None = None
    present: list[str] = field(default_factory=list)
    unusable: dict[str, str] = field(default_factory=dict)
    more: Callable[[str], list[Sheet]] | None = None
    leave: list[Callable[[], None]] = field(default_factory=list)
    stacked: dict[tuple[str, str | None], Sheet] = field(default_factory=dict)

    def close(self) -> None:
        """Nothing of the source is read from now on."""
        closing = (getattr(sheet, "close", None) for sheet in self.sheets)
        for close in (*self.leave, *closing):
            if close is not None:
                close()

    def find(self, file: str, page: str | None = None) -> list[Sheet]:
        """The sheets of a file; of those, the ones of one name where a page is named.

        A `*` in the name stands for several files: those of one layout (see `stacking`).
        """
        found = [sheet for sheet in self.sheets if file in (sheet.file, sheet.name)]
        if "*" in file:
            found = [sheet for sheet in self.sheets if fnmatchcase(sheet.file, file)]
        elif not found and self.more:
            found = self.more(file)
        return found if page is None else [s for s in found if page in (s.page, s.stem)]

    def sheets_of(self, file: str, page: str | None = None) -> list[Sheet]:
        """The sheets that a mapping means: those of `file` ("": of any), called `page` or not."""
        if file:
            return self.find(file, page)
        return [s for s in self.sheets if page is None or page in (s.page, s.stem)]

    def with_headers(self, groups: Sequence[Sequence[str]]) -> list[Sheet]:
        """The sheets that have at least one header of each group."""
        names = {id(sheet): set(sheet.header().names) for sheet in self.sheets}
        return [s for s in self.sheets if all(names[id(s)] & set(group) for group in groups)]
