"""Which row of a page is its header: found by evidence, for people write titles above it.

The strongest evidence is a row of words that the pack knows (names, labels and synonyms of
columns, headers that a mapping names). Else it is the first row that is about as wide as the
table, all text, no text twice. A header may take two rows: labels in the reader's language with
the names of the columns below them, or groups over single columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.loading.cells import normalise
from workbench.loading.sheets import Note

HEAD_ROWS = 40  # a header stands among so many rows
_NUMBER = re.compile(r"[+-]?[\d,.]+%?|\d{4}[-/.年].*", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)

Cells = Sequence[str]
Merged = tuple[tuple[int, int], tuple[int, int]]  # (first row, column), (last row, column)


@dataclass
class Words:
    """What is known before a source is opened: words of headers, all in small letters, and under
    the name and the titles of each table (`cases`, `案件`) the words of its key columns."""

    headers: set[str] = field(default_factory=set)
    keys: dict[str, frozenset[str]] = field(default_factory=dict)

    def knows(self, text: str) -> bool:
        """Does a header of some table say this?"""
        return normalise(text).casefold() in self.headers

    def table_of(self, text: str) -> str | None:
        """The name or title of a table that a sheet is called by, as it is known here."""
        word = normalise(text).casefold()
        return word if word in self.keys else None


@dataclass(frozen=True)
class HeaderRows:
    """Where a header stands (rows counted from 0), its names, what is to be told of it."""

    first: int
    last: int
    names: tuple[str, ...]
    notes: tuple[Note, ...] = ()


def find_header(
    rows: Sequence[Cells], words: Words, merged: Sequence[Merged] = (), *, strict: bool = False
) -> HeaderRows:
    """The header among the first rows of a page; `strict`: the first row, unless words say else.

    >>> rows = [["Fines of 2025", ""], ["case_no", "fine"], ["7", "200"]]
    >>> find_header(rows, Words({"case_no", "fine"})).names
    ('case_no', 'fine')
    """
    rows = [[normalise(cell) for cell in row] for row in rows[:HEAD_ROWS]]
    at = _best_row(rows, words, strict)
    if at is None:
        return HeaderRows(0, 0, ())
    names, last, notes = list(rows[at]), at, []
    over = _from_above(rows, at, merged)
    for column, name in over.items():
        names[column] = name
    if below := _second_line(rows, at, words):
        names = [low or name for name, low in zip(names, below, strict=True)]
        last = at + 1
        notes.append(Note("two_line_header"))
    elif groups := _groups(rows, at, merged):
        names = _grouped(names, rows[at + 1], groups, words)
        last = at + 1
        over = over or {0: ""}
    if over:
        notes.append(Note("merged_header"))
    if title := sum(any(row) for row in rows[: at - (1 if over and last == at else 0)]):
        notes.append(Note("title_rows", str(title)))
    return HeaderRows(at, last, tuple(names), tuple(notes))


def _best_row(rows: Sequence[Cells], words: Words, strict: bool) -> int | None:
    known = [len({cell for cell in row if cell and words.knows(cell)}) for row in rows]
    filled = [sum(map(bool, row)) for row in rows]
    if known and max(known) >= 2:
        return known.index(max(known))
    if strict or not any(filled):
        return 0 if any(filled) else None
    width = max(filled)
    for at, row in enumerate(rows):
        texts = [cell for cell in row if cell]
        if 2 * filled[at] > width and len(set(texts)) == len(texts) and all(map(_is_word, texts)):
            return at
    return next(at for at, count in enumerate(filled) if count)


def _is_word(text: str) -> bool:
    return not _NUMBER.fullmatch(text)


def _from_above(rows: Sequence[Cells], at: int, merged: Sequence[Merged]) -> dict[int, str]:
    """Names of columns whose cell is merged with the ones above it."""
    found = {}
    for (top, left), (bottom, right) in merged:
        if top < at <= bottom and left == right and left < len(rows[at]) and rows[top][left]:
            found[left] = rows[top][left]
    return {column: name for column, name in found.items() if not rows[at][column]}


def _second_line(rows: Sequence[Cells], at: int, words: Words) -> Cells | None:
    """Names of columns under labels: the row below, if it says nothing but names."""
    if at + 1 >= len(rows):
        return None
    width = len(rows[at])
    below = [*rows[at + 1][:width], *[""] * (width - len(rows[at + 1]))]
    texts = [cell for cell in rows[at + 1] if cell]
    known = sum(words.knows(text) for text in texts)
    all_names = texts and all(_NAME.fullmatch(text) for text in texts)
    return below if all_names and 2 * known > len(texts) and known >= 2 else None


def _groups(rows: Sequence[Cells], at: int, merged: Sequence[Merged]) -> list[tuple[int, int]]:
    """Columns from .. to under one merged cell of the header, with names of their own below."""
    found = []
    for (top, left), (bottom, right) in merged:
        if top == bottom == at and left < right < len(rows[at]) and at + 1 < len(rows):
            below = rows[at + 1][left : right + 1]
            if len(below) == right + 1 - left and all(cell and _is_word(cell) for cell in below):
                found.append((left, right))
    return found


def _grouped(
    names: list[str], below: Cells, groups: Sequence[tuple[int, int]], words: Words
) -> list[str]:
    every = [below[column] for left, right in groups for column in range(left, right + 1)]
    for left, right in groups:
        group = names[left]
        for column in range(left, right + 1):
            names[column] = _name_of(group, below[column], every.count(below[column]), words)
    return names


def _name_of(group: str, own: str, times: int, words: Words) -> str:
    """`Party` over `name`: `Partyname` if that is a known word, `name` if nobody else has it."""
    told: Mapping[str, bool] = {word: words.knows(word) for word in (group + own, own)}
    if known := next((word for word, yes in told.items() if yes), ""):
        return known if times == 1 or known != own else f"{group}/{own}"
    return own if times == 1 else f"{group}/{own}"
