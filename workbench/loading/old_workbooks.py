"""Workbooks of before 2007 (.xls), read by `old_workbook_reader` in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from workbench.terms import InputError

_READER = Path(__file__).with_name("old_workbook_reader.py")
_SECONDS = 6  # and two for each MB
_PROTECTED = 3


@dataclass
class OldPage:
    """One page, as calamine shows those of newer workbooks."""

    name: str
    typ: str
    visible: str
    left: int
    merged: list[Any]
    rows: list[list[Any]] = field(default_factory=list)

    @property
    def start(self) -> tuple[int, int]:
        """Where the table begins; its rows are counted from the first of the page."""
        return (0, self.left)

    @property
    def total_height(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def total_width(self) -> int:
        """How many columns there are."""
        return self.left + max(map(len, self.rows), default=0)

    @property
    def merged_cell_ranges(self) -> list[Any]:
        """Ranges of cells that are one."""
        return [(tuple(first), tuple(last)) for first, last in self.merged]

    def iter_rows(self) -> Iterator[list[Any]]:
        """The rows; the same lists are never handed out twice."""
        for row in self.rows:
            yield [cell[0] if isinstance(cell, list) else cell for cell in row]


class OldBook:
    """All pages of one file. Raises `InputError` where it cannot be read."""

    def __init__(self, path: Path, name: str):
        self.sheets_metadata = list(_pages(path, name))

    def get_sheet_by_name(self, name: str) -> OldPage:
        """The page of that name."""
        return next(page for page in self.sheets_metadata if page.name == name)


def _pages(path: Path, name: str) -> Iterator[OldPage]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        _run(path, name, out)
        out.seek(0)
        page: OldPage | None = None
        for line in out:
            found = json.loads(line)
            if isinstance(found, dict):
                if page is not None:
                    yield page
                page = OldPage(**found)
            elif page is not None:
                page.rows.append(found)
        if page is not None:
            yield page


def _run(path: Path, name: str, out: IO[str]) -> None:
    command = [sys.executable, "-I", "-X", "utf8", str(_READER), str(path.resolve())]
    seconds = _SECONDS + 2 * (path.stat().st_size >> 20)
    try:
        done = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True,
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise InputError(f"{name}: reading it has no end; save it as .xlsx") from None
    if done.returncode == _PROTECTED:
        raise InputError(f"{name}: is protected by a password; save it without one")
    if done.returncode:
        said = (done.stderr.splitlines() or ["it would take all memory"])[0][:200]
        raise InputError(f"{name}: is damaged, no workbook ({said})")
