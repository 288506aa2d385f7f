"""Every word that a pack knows for its columns, and what a header may mean by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from workbench.loading.guessing.headers import (
    HeaderWords,
    header_words,
    loosened,
    says_nothing,
)
from workbench.loading.guessing.initials import initials
from workbench.schema import Column, Schema, Table

SHORTEST_INITIALS = 2


class Level(IntEnum):
    """How near a header is to a word of the pack; the greater, the nearer."""

    PART = 1  # one holds the other
    INITIALS = 2  # the first letters of a Chinese word
    LOOSE = 3  # the same in other words
    EXACT = 4  # the word itself


@dataclass(frozen=True)
class Target:
    """What a header may be: a column of a table; `code` where only rows of one kind are meant."""

    table: str
    column: str
    code: str | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """For sorting."""
        return self.table, self.column, self.code or ""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" + (f" ({self.code})" if self.code else "")


@dataclass(frozen=True)
class Match:
    """One meaning of a header: what it may be, how near, and by which word."""

    target: Target
    level: Level
    word: str
    share: float = 1.0  # of a part: how much of the longer is in both


@dataclass
class Vocabulary:
    """The words of a schema, looked up in four ways."""

    schema: Schema
    _exact: dict[str, dict[Target, str]] = field(default_factory=lambda: defaultdict(dict))
    _loose: dict[str, dict[Target, str]] = field(default_factory=lambda: defaultdict(dict))
    _letters: dict[str, dict[Target, str]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        for table in self.schema.tables.values():
            for column in table.columns.values():
                for word in (column.name, *column.label.values(), *column.synonyms):
                    self._add(word, Target(table.name, column.name))
            for word, target in _words_of_kinds(table):
                self._add(word, target)

    def _add(self, word: str, target: Target) -> None:
        said = header_words(word)
        self._exact[said.plain].setdefault(target, word)
        self._loose[said.loose].setdefault(target, word)
        table = self.schema.tables[target.table]
        for more in _said_longer(word, table, table.columns[target.column]):
            self._loose[loosened(more)].setdefault(target, word)
        for text in {said.plain, said.loose, said.plain.replace("编号", "号")}:
            if letters := initials(text):
                self._letters[letters].setdefault(target, word)

    def matches(self, header: HeaderWords) -> list[Match]:
        """All whole meanings of a header, the nearest first; each column once."""
        return _nearest(self._whole(header))

    def parts(self, header: HeaderWords) -> list[Match]:
        """What a header holds, or is held by: no more than a hint. Slow: asks every word."""
        ours = frozenset(header.loose.split())
        return _nearest(
            Match(target, Level.PART, word, share)
            for text, targets in self._loose.items()
            if (share := _overlap(header, ours, text))
            for target, word in targets.items()
        )

    def _whole(self, header: HeaderWords) -> Iterator[Match]:
        for text in dict.fromkeys((header.plain, _plain(header.group + header.plain))):
            for target, word in self._exact.get(text, {}).items():
                yield Match(target, Level.EXACT, word)
        for text in dict.fromkeys((header.loose, loosened(header.group + header.plain))):
            for target, word in self._loose.get(text, {}).items():
                yield Match(target, Level.LOOSE, word)
        for target, word in self._by_letters(header).items():
            yield Match(target, Level.INITIALS, word)

    def _by_letters(self, header: HeaderWords) -> dict[Target, str]:
        letters = header.letters
        if len(letters) < SHORTEST_INITIALS:
            return {}
        return self._letters.get(letters, {})


def _said_longer(word: str, table: Table, column: Column) -> Iterator[str]:
    """The word with what people add to it: the date of, the amount of, the kind of; the table."""
    title = next((t for t in table.title.values() if t.isascii() == word.isascii()), "")
    if not word.isascii():
        yield title + word
        return
    added = {"date": " date", "timestamp": " date", "code": " kind", "codes": " kind"}
    more = " amount" if column.unit else added.get(column.type, "")
    for said in dict.fromkeys((word, word + more)):
        yield said
        yield f"{title.removesuffix('s')} {said}"


def _plain(text: str) -> str:
    return header_words(text).plain if text else ""


def _nearest(matches: Iterable[Match]) -> list[Match]:
    """The nearest match of each column, the nearest of all first."""
    found: dict[Target, Match] = {}
    for match in matches:
        known = found.get(match.target)
        if known is None or (match.level, match.share) > (known.level, known.share):
            found[match.target] = match
    return sorted(found.values(), key=lambda m: (-m.level, -m.share, m.target.order))


def _overlap(header: HeaderWords, ours: frozenset[str], text: str) -> float:
    """How much of the longer of two words is in both; 0 where they have too little in common."""
    if not header.plain.isascii():
        short, long = sorted((header.loose, text), key=len)
        tells = len(short) > 1 and not says_nothing(short)
        return len(short) / len(long) if tells and short in long else 0.0
    theirs = frozenset(text.split())
    both = ours & theirs
    if not (ours <= theirs or theirs <= ours) or all(map(says_nothing, both)):
        return 0.0
    return len(both) / max(len(ours), len(theirs))


def _words_of_kinds(table: Table) -> Iterator[tuple[str, Target]]:
    """Headers that name a kind of row and a column of it at once: 决定书 + 文号."""
    kind = table.kind_column
    if kind is None or kind.name != "kind" or not table.case_column:
        return
    for code, labels in kind.codes.items():
        for column in table.columns.values():
            if column is not kind and column.references is None:
                for word in _joined(kind, code, labels.values(), column):
                    yield word, Target(table.name, column.name, code)


def _joined(kind: Column, code: str, labels: object, column: Column) -> Iterator[str]:
    of_kind = [*kind.codes[code].values(), *kind.code_synonyms.get(code, ())]
    of_column = [*column.label.values(), *column.synonyms]
    for first in of_kind:
        for second in of_column:
            if first.isascii() == second.isascii():
                yield first + second if not first.isascii() else f"{first} {second}"
