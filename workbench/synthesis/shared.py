"""What all cases of the bureau share: the officers' diary, what is taken, running numbers.

A case is made one at a time, but an officer cannot be in two places and a number is given out
once. What a case claims here is remembered with the case: a case that is made again, or whose
defect does not fit, gives back what it took.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

Row = dict[str, Any]
Claim: TypeAlias = tuple[Any, Any]
_PAUSE = 15  # minutes between two places
_TRIES = 4
_EARLIEST, _LATEST, _STEP = 500, 1090, 20  # where to look if the usual hours are full
_GOLDEN = (5**0.5 - 1) / 2
_TOKEN = re.compile(r"⟦(\d+)⟧")


@dataclass(frozen=True)
class Paging:
    """Page numbers of a bound volume: where they stand, and where they are counted.

    Papers are numbered when the volume is bound. A paper that was never made leaves no hole, so
    an edit that drops or adds one numbers the volume anew.
    """

    papers: str
    first: str
    last: str
    volume: str
    count: str
    pages: str

    def number(self, rows: Mapping[str, list[Row]]) -> None:
        """Number the papers of a case whose volume is bound; the others have no pages yet."""
        volumes = rows.get(self.volume)
        page = 0
        papers = rows.get(self.papers, ())
        for paper in papers:
            if not volumes:
                paper[self.first] = paper[self.last] = None
                continue
            length = (paper.get(self.last) or 1) - (paper.get(self.first) or 1)
            paper[self.first] = page + 1
            paper[self.last] = page = page + 1 + length
        for volume in volumes or ():
            volume[self.count], volume[self.pages] = len(papers), page


class Shared:
    """Diary, claims and numbers of the whole bureau."""

    def __init__(self) -> None:
        self.numbers = Numbers()
        self.paging: Paging | None = None
        self._turns: dict[str, int] = {}
        self._held: dict[Any, list[Any]] = {}
        self._leave: dict[str, list[tuple[int, int]]] = {}
        self._current: list[Claim] = []

    def begin(self) -> None:
        """A case begins again: it gives back what it claimed."""
        for key, value in self._current:
            self._held[key].remove(value)
        self._current = []

    def settled(self) -> list[Claim]:
        """What the case at hand has claimed."""
        return self._current

    def restore(self, claims: list[Claim]) -> None:
        """Take the case as it was before."""
        self.begin()
        for key, value in claims:
            self._claim(key, value)

    def close(self) -> None:
        """The case is done; its claims stay."""
        self._current = []

    def _claim(self, key: Any, value: Any) -> None:
        self._held.setdefault(key, []).append(value)
        self._current.append((key, value))

    def take(self, keys: Sequence[str], most: int) -> bool:
        """Claim all keys, where fewer than `most` have claimed each before."""
        if any(len(self._held.get(key, ())) >= most for key in keys):
            return False
        for key in keys:
            self._claim(key, 1)
        return True

    def share(self, group: str) -> float:
        """The next share of a group: any number of them lie evenly between 0 and 1."""
        turn = self._turns[group] = self._turns.get(group, 0) + 1
        return turn * _GOLDEN % 1

    def away(self, officer: str, first: int, last: int) -> None:
        """An officer is on leave from `first` to `last`."""
        self._leave.setdefault(officer, []).append((first, last))

    def _is_free(self, officer: str, day: int, start: int, end: int) -> bool:
        for low, high in self._leave.get(officer, ()):
            if low <= day <= high:
                return False
        for low, high in self._held.get((officer, day), ()):
            if start < high + _PAUSE and low < end + _PAUSE:
                return False
        return True

    def meet(
        self,
        rng: Random,
        day: int,
        hours: tuple[int, int],
        length: int,
        wanted: Sequence[Row],
        pool: Sequence[Row],
    ) -> tuple[int, list[Row]]:
        """A start on that day, and a crew that is free: those wanted, else others of the pool."""
        low, high = hours
        for _ in range(_TRIES):
            start = low + int(rng.random() * (high - low + 1))
            if all(self._is_free(o["officer_id"], day, start, start + length) for o in wanted):
                return self._book(day, start, length, list(wanted))
        first = int(rng.random() * len(pool))
        for other in (start, *range(_EARLIEST, _LATEST, _STEP)):
            crew = self._crew(day, other, length, wanted, pool, first)
            if crew is not None:
                return self._book(day, other, length, crew)
        raise RuntimeError(f"no {len(wanted)} officers are free on {date.fromordinal(day)}")

    def _crew(
        self, day: int, start: int, length: int, wanted: Sequence[Row], pool: Sequence[Row], at: int
    ) -> list[Row] | None:
        crew: list[Row] = []
        others = [*wanted, *pool[at:], *pool[:at]]
        for officer in others:
            if any(officer is one for one in crew):
                continue
            if self._is_free(officer["officer_id"], day, start, start + length):
                crew.append(officer)
                if len(crew) == len(wanted):
                    return crew
        return None

    def _book(self, day: int, start: int, length: int, crew: list[Row]) -> tuple[int, list[Row]]:
        for officer in crew:
            self._claim((officer["officer_id"], day), (start, start + length))
        return start, crew


class Numbers:
    """Running numbers in the order of their days, given out when all cases are made.

    Cases are made one after another, but a number says when, among all cases, a paper was made.
    So a case records a token; at the end the tokens that were written become numbers.
    """

    def __init__(self) -> None:
        self._tokens: list[tuple[str, int]] = []

    def token(self, pattern: str, day: int) -> str:
        """A token for the next number of `pattern`, such as `示罚〔2025〕第{serial:04d}号`."""
        self._tokens.append((pattern, day))
        return f"⟦{len(self._tokens) - 1}⟧"

    def settle(self, files: Iterable[Path]) -> None:
        """Write the numbers in place of the tokens."""
        files = list(files)
        used = sorted({int(found) for path in files for found in _found(path)})
        texts = self._numbered(used)
        for path in files:
            _replace(path, texts)

    def _numbered(self, used: list[int]) -> Mapping[str, str]:
        last: dict[str, int] = {}
        texts: dict[str, str] = {}
        for index in sorted(used, key=lambda index: (self._tokens[index][1], index)):
            pattern = self._tokens[index][0]
            last[pattern] = last.get(pattern, 0) + 1
            texts[str(index)] = pattern.format(serial=last[pattern])
        return texts


def _found(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as handle:
        for line in handle:
            if "⟦" in line:
                yield from _TOKEN.findall(line)


def _replace(path: Path, texts: Mapping[str, str]) -> None:
    """Rewrite a file beside itself, line by line."""
    beside = path.with_suffix(".part")
    with (
        path.open(encoding="utf-8", newline="") as old,
        beside.open("w", encoding="utf-8", newline="") as new,
    ):
        for line in old:
            new.write(_TOKEN.sub(lambda match: texts[match[1]], line) if "⟦" in line else line)
    beside.replace(path)
