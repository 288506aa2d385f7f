"""What the cells of a column say of what it is: counts only, never a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from workbench.loading.parsed import Question
from workbench.loading.shaping.wrapped import cells
from workbench.loading.sheets import RawTable
from workbench.loading.values import parse_date, reader_for
from workbench.schema import Column

SAMPLE = 500  # rows that are looked at
_MOST, _FEW = 0.9, 0.5
_SMALL = re.compile(r"\d{1,2}(\.\d+)?", re.ASCII)
_PLAIN_TYPES = ("id", "text", "list", "ids")


class Fit(Enum):
    """Do the cells look like what a column holds?"""

    YES = "yes"
    OPEN = "open"  # they say nothing, or there are none
    NO = "no"


@dataclass(frozen=True)
class Fitting:
    """How well the cells fit a column: of `filled` cells `read` could be read as its type.

    `questions` are what nothing in the column decides; `unknown` words that are no code of it.
    """

    fit: Fit
    filled: int
    read: int
    questions: tuple[Question, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """The filled cells of the first rows of a column, each distinct text with how often."""

    rows: int
    words: Mapping[str, int]
    _fits: dict[int, tuple[Column, Fitting]] = field(default_factory=dict, repr=False)

    @cached_property
    def filled(self) -> int:
        """How many cells are not empty."""
        return sum(self.words.values())

    @property
    def unique(self) -> bool:
        """Is every row filled, and none like another?"""
        return bool(self.words) and self.filled == self.rows == len(self.words)

    @cached_property
    def days(self) -> float:
        """The share of cells that are days as people write them."""
        return self._share(lambda word: parse_date(word).value is not None)

    @cached_property
    def times_of_day(self) -> float:
        """The share of cells in which a time of day stands."""
        return self._share(lambda word: ":" in word or "时" in word)

    @cached_property
    def small_fractions(self) -> bool:
        """Are all cells small numbers, half of them or more with a fraction? 0.35, 12.6"""
        if not all(_SMALL.fullmatch(word) for word in self.words):
            return False
        return self._share(lambda word: bool(word.partition(".")[2].strip("0"))) >= _FEW

    @cached_property
    def longest(self) -> int:
        """The length of the longest cell."""
        return max(map(len, self.words), default=0)

    def _share(self, test: Any) -> float:
        if not self.words:
            return 0.0
        return sum(count for word, count in self.words.items() if test(word)) / self.filled

    def fitting(self, column: Column) -> Fitting:
        """How well the cells fit a column; looked at once."""
        if id(column) not in self._fits:  # the column is kept too, so that the id stays its own
            self._fits[id(column)] = column, self._fitting(column)
        return self._fits[id(column)][1]

    def _fitting(self, column: Column) -> Fitting:
        if not self.words:
            return Fitting(Fit.OPEN, 0, 0)
        if column.type in _PLAIN_TYPES:
            return self._as_text(column)
        read_all = reader_for(column, None, {}, None)
        assert read_all is not None
        judged = read_all(list(self.words))
        cells = zip(self.words, judged.cells, strict=True)
        read = {word for word, cell in cells if cell.value is not None}
        if column.type in ("code", "codes"):
            return self._as_codes(read)
        count = sum(self.words[word] for word in read)
        if judged.questions and count < _MOST * self.filled:
            return Fitting(Fit.OPEN, self.filled, count, judged.questions)
        if column.type in ("integer", "number") and self.days >= _MOST:
            return Fitting(Fit.NO, self.filled, 0)  # 20250307 is a day
        return Fitting(_fit(count / self.filled), self.filled, count)

    def _as_text(self, column: Column) -> Fitting:
        """Texts take everything; a column of days or of yes and no is still no name."""
        form = column.format
        if form is not None and self._share(lambda w: _is_number_of(w, column)) >= _MOST:
            return Fitting(Fit.YES, self.filled, self.filled)
        if self.days >= _MOST and column.type != "id":
            return Fitting(Fit.NO, self.filled, 0)
        if column.type == "id" and self.unique:
            return Fitting(Fit.YES, self.filled, self.filled)
        return Fitting(Fit.OPEN, self.filled, self.filled)

    def _as_codes(self, read: set[str]) -> Fitting:
        count = sum(self.words[word] for word in read)
        unknown = tuple(sorted(set(self.words) - read)) if read else ()
        fit = Fit.YES if count >= _FEW * self.filled else Fit.OPEN if count else Fit.NO
        return Fitting(fit, self.filled, count, unknown=unknown)


def _fit(share: float) -> Fit:
    return Fit.YES if share >= _MOST else Fit.OPEN if share >= _FEW else Fit.NO


def _is_number_of(word: str, column: Column) -> bool:
    from workbench.derived import accepts

    assert column.format is not None
    forms = [form for form in column.format.forms.values() if form.module]
    return any(
        (form.length is None or len(word) == form.length) and accepts(form.module)(word)
        for form in forms
    )


def profile(raw: RawTable, position: int) -> Profile:
    """The cells of one column of a sample."""
    words: dict[str, int] = {}
    for cell in cells(raw, position).to_pylist():
        if cell is not None:
            words[cell] = words.get(cell, 0) + 1
    return Profile(len(raw.rows), words)
