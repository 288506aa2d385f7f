"""Tables filled in away from the screen: read with every fault and its line, headers zh or en."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workbench.sources import read_words
from workbench.spreadsheets import as_recorded, write_csv
from workbench.terms import InputError
from workbench.texts import Language, shown_language


@cache
def _book() -> dict[str, Any]:
    return dict(read_words(Path(__file__).with_name("paper_words.yaml")))


def header(name: str, language: Language) -> str:
    """What a column is called on paper."""
    return str(_book()["headers"][name][language])


def word(code: str, language: Language) -> str:
    """What a code is called on paper."""
    return str(_book()["codes"][code][language])


def found(key: str, language: Language, **values: Any) -> str:
    """What stands in the column of the automatic checks."""
    return str(_book()["found"][key][language]).format(**values)


@dataclass
class Row:
    """One row: its cells by our names, its line in the file."""

    line: int
    cells: dict[str, str]
    faults: list[tuple[int, str]]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    def fault(self, key: str, **values: Any) -> None:
        """Note what is wrong with the row."""
        self.faults.append((self.line, _said(key, **values)))

    def code(self, name: str, known: Iterable[str]) -> str:
        """A cell as one of the codes; "" (and a fault) where it is none."""
        given, allowed = self[name], list(known)
        for code in allowed:
            if given.casefold() in {code, *(w.casefold() for w in _book()["codes"][code].values())}:
                return code
        language = shown_language("zh")
        listed = ", ".join(word(code, language) for code in allowed)
        self.fault("code", what=given, known=listed)
        return ""

    def several(self, name: str) -> tuple[str, ...]:
        """A cell of several values, split at `;`."""
        parts = self[name].replace("；", ";").split(";")
        return tuple(part.strip() for part in parts if part.strip())

    def points(self) -> float:
        """The points of the row; 0 (and a fault) where they are no number above 0."""
        try:
            value = float(self["points"])
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            self.fault("points", what=self["points"])
            return 0.0
        return value


@dataclass
class Paper:
    """The rows of a file, and all that is wrong with it."""

    path: Path
    rows: list[Row] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def checked(self) -> None:
        """Raises `InputError` that names every fault with its line."""
        if not self.faults:
            return
        language, book = shown_language("zh"), _book()
        said = [str(book["at"][language]).format(line=line, what=what)
                for line, what in sorted(self.faults)]  # fmt: skip
        between = "；" if language == "zh" else "; "
        raise InputError(str(book["all_faults"][language]).format(
            file=self.path.name, count=len(said), faults=between.join(said)))  # fmt: skip


def read_paper(path: Path, needed: Sequence[str]) -> Paper:
    """The rows of a CSV (UTF-8) whose headers are ours, in Chinese or English.

    Raises `InputError` where the file is no CSV or lacks a column of `needed`.
    """
    paper = Paper(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle)
            names = [_ours(cell) for cell in next(reader, [])]
            lines = [(reader.line_num, cells) for cells in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        paper.faults.append((1, _said("unreadable", what=str(error))))
        names, lines = list(needed), []
    for name in needed:
        if name not in names:
            paper.faults.append((1, _said("no_header", what=header(name, shown_language("zh")))))
    paper.checked()
    for line, cells in lines:
        row = {name: as_recorded(cell.strip()) for name, cell in zip(names, cells, strict=False)}
        if any(row.values()):
            paper.rows.append(Row(line, row, paper.faults))
    if not paper.rows:
        paper.faults.append((1, _said("empty")))
    paper.checked()
    return paper


def _ours(text: str) -> str:
    cell = text.strip().casefold()
    for name, words in _book()["headers"].items():
        if cell in {name, *(word.casefold() for word in words.values())}:
            return str(name)
    return cell


def _said(key: str, **values: Any) -> str:
    return str(_book()["faults"][key][shown_language("zh")]).format(**values)


def write_paper(
    path: Path, columns: Sequence[str], rows: Iterator[Sequence[object]], language: Language
) -> Path:
    """A table to fill in; never over a file that is there (`UsageError` is the caller's)."""
    write_csv(path, [header(name, language) for name in columns], rows)
    return path


def each(paper: Paper, read: Callable[[Row], None]) -> None:
    """Read every row, then say all that is wrong at once."""
    for row in paper.rows:
        read(row)
    paper.checked()
