"""Who reviews whose files (互查互评): nobody the files of the own unit, everybody about as many.

Files are handed out in the order of their random numbers, each to the least loaded who may have
it; then, as long as a file (or a chain of files) can be passed on from somebody to somebody with at
least two fewer, it is. What is left is as even as it can be: no passing on makes it more even
(Harvey, Ladner, Lovász, Tamir, "Semi-matchings for bipartite graphs and load balancing", 2006).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.sampling.chance import number
from workbench.terms import UsageError

CROSS = "cross"


@dataclass
class _Table:
    """Who has what: `of` the reviewers of each file, `has` the files of each reviewer."""

    files: Mapping[str, str | None]
    reviewers: Mapping[str, str]
    apart: bool
    of: dict[str, list[str]] = field(default_factory=dict)
    has: dict[str, list[str]] = field(default_factory=dict)

    def may(self, file: str, reviewer: str, instead_of: str | None = None) -> bool:
        """May this reviewer have this file (in place of another)?"""
        unit = self.reviewers[reviewer]
        if unit == self.files[file] or reviewer in self.of[file]:
            return False
        others = [r for r in self.of[file] if r != instead_of]
        return not self.apart or all(self.reviewers[r] != unit for r in others)

    def give(self, file: str, reviewer: str) -> None:
        self.of[file].append(reviewer)
        self.has[reviewer].append(file)

    def pass_on(self, file: str, giver: str, taker: str) -> None:
        self.of[file][self.of[file].index(giver)] = taker
        self.has[giver].remove(file)
        self.has[taker].append(file)


def assign(
    files: Mapping[str, str | None],
    reviewers: Mapping[str, str],
    seed: str,
    each: int = 1,
    apart: bool = False,
) -> dict[str, tuple[str, ...]]:
    """`each` different reviewers for every file, none of the file's own unit.

    `files` maps a file to its unit, `reviewers` a reviewer to the unit; `apart`: the reviewers of
    one file are of different units. Raises `UsageError` where a unit's files find nobody.

    >>> found = assign({"A": "u1", "B": "u2", "C": "u2"}, {"x": "u1", "y": "u2"}, "7")
    >>> found
    {'A': ('y',), 'B': ('x',), 'C': ('x',)}
    """
    order = sorted(files, key=lambda file: number(seed, CROSS, file))
    table = _Table(files, reviewers, apart, {f: [] for f in files}, {r: [] for r in reviewers})
    turn = {r: number(seed, CROSS, f"reviewer {r}") for r in reviewers}
    _refuse_impossible(files, reviewers, each, apart)
    for _ in range(each):
        for file in order:
            able = [r for r in reviewers if table.may(file, r)]
            # The fewer alternatives a reviewer's unit leaves, the better it is kept for later;
            # what this gets wrong is put right by passing on.
            table.give(file, min(able, key=lambda r: (len(table.has[r]), turn[r])))
    while _pass_on(table, sorted(reviewers, key=lambda r: turn[r])):
        pass
    return {file: tuple(table.of[file]) for file in files}


def _pass_on(table: _Table, reviewers: Sequence[str]) -> bool:
    """One chain of files from somebody with many to somebody with at least two fewer."""
    for start in sorted(reviewers, key=lambda r: -len(table.has[r])):
        came: dict[str, tuple[str, str]] = {}
        seen, waiting = {start}, deque([start])
        while waiting:
            giver = waiting.popleft()
            for taker in reviewers:
                if taker in seen:
                    continue
                used = _files_on_the_way(came, giver)  # a file moves once in a chain
                able = (f for f in table.has[giver] if f not in used)
                file = next((f for f in able if table.may(f, taker, giver)), None)
                if file is None:
                    continue
                seen.add(taker)
                came[taker] = (giver, file)
                if len(table.has[taker]) <= len(table.has[start]) - 2:
                    return _carry_out(table, came, taker)
                waiting.append(taker)
    return False


def _files_on_the_way(came: Mapping[str, tuple[str, str]], end: str) -> set[str]:
    found = set[str]()
    while end in came:
        end, file = came[end]
        found.add(file)
    return found


def _carry_out(table: _Table, came: Mapping[str, tuple[str, str]], end: str) -> bool:
    """Pass the files of a chain on, the last one first."""
    while end in came:
        giver, file = came[end]
        table.pass_on(file, giver, end)
        end = giver
    return True


def _refuse_impossible(
    files: Mapping[str, str | None], reviewers: Mapping[str, str], each: int, apart: bool
) -> None:
    for unit in dict.fromkeys(files.values()):
        others = [r for r, of in reviewers.items() if of != unit]
        able = len({reviewers[r] for r in others}) if apart else len(others)
        if able < each:
            of_units = " of different units" if apart else ""
            raise UsageError(
                f"the files of unit '{unit}' need {each} reviewer{'s' if each > 1 else ''}"
                f"{of_units} from elsewhere; there {'is' if able == 1 else 'are'} {able or 'none'}"
            )
