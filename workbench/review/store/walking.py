"""Walk along the chain, row by row, and note each entry that is not what it was.

Nothing is believed: neither the order, nor the types, nor the hash that a row says it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.review.store.canonical import parsed
from workbench.review.store.entry import Row, entry_hash, first_previous

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True)
class About:
    """Which entry: as it stands there now."""

    seq: int
    kind: str
    at: str
    actor: str


@dataclass(frozen=True)
class Problem:
    """What is wrong, from one entry on for `count` of them in a row.

    kind: changed, column (which one: `details`), moved, missing, repeated, transplanted, replaced,
    unbound, backwards, no_time; of the whole store: cut_off, rewritten, foreign_heads, other_id,
    identity, damaged.
    """

    kind: str
    about: About | None = None
    count: int = 1
    details: Mapping[str, Any] = field(default_factory=dict)


def about(row: Row) -> About:
    """What a sentence says of an entry; what a stranger put there cannot disturb the screen."""
    return About(row.seq, shown(row.kind), shown(row.at), shown(row.actor))


def shown(value: object) -> str:
    """A text of one line and bounded length.

    >>> shown("a\\x1b[31m")
    'a\\ufffd[31m'
    """
    text = "".join(c if c.isprintable() or c == "\u3000" else "\ufffd" for c in str(value)[:60])
    return text or "-"


class Walk:
    """Takes the rows in the order of their numbers; `problems` is what it found.

    `wanted` are the numbers of entries whose hashes are to be kept, in `hashes`.
    """

    def __init__(self, store_id: str, wanted: Iterable[int] = ()):
        self.store_id = store_id
        self.entries = 0
        self.last: Row | None = None
        self.hashes: dict[int, str] = {}
        self.suspects: dict[int, Row] = {}  # changed or moved: who can tell, sees all
        self.unsound: set[int] = set()
        self._wanted = set(wanted)
        self._found: list[Problem] = []
        self._shift = 0
        self._sound = True  # the row before
        self._time = ""

    def take(self, row: Row) -> None:
        """Look at the next row."""
        self.entries += 1
        before = self.last.seq if self.last else 0
        if row.seq > before + 1:
            self._missing(before + 1, row)
        elif row.seq <= before:
            self._note("repeated", row)
        elif not self._sound and self.last:
            self._vindicate(self.last, row)
        sound = self._own(row)
        if sound and row.seq == before + 1 and self._sound:
            self._link(row)
        if sound:
            self._moment(row)
        else:
            self.unsound.add(row.seq)
        if row.seq in self._wanted:
            self.hashes[row.seq] = row.hash
        self.last, self._sound = row, sound

    @property
    def problems(self) -> list[Problem]:
        """What was found, entries with the same fault in a row taken together."""
        return list(_together(self._found))

    def resolve(self, places: Mapping[int, int]) -> None:
        """Entries that were said to be changed have only been moved: from where, by number."""
        self._found = [
            Problem("moved", one.about, 1, {"shift": places[one.about.seq] - one.about.seq})
            if one.kind == "changed" and one.about and one.about.seq in places
            else one
            for one in self._found
        ]

    def _note(self, kind: str, row: Row, **details: Any) -> None:
        self._found.append(Problem(kind, about(row), 1, details))

    def _missing(self, first: int, row: Row) -> None:
        details = {"first": first, "last": row.seq - 1, "after": about(row),
                   "before": about(self.last) if self.last else None}  # fmt: skip
        self._found.append(Problem("missing", None, row.seq - first, details))

    def _own(self, row: Row) -> bool:
        """Does the row give its own hash, in this store?"""
        if entry_hash(row) == row.hash and _is_object(row.body):
            if row.store_id == self.store_id:
                return True
            self._note("transplanted", row, store_id=shown(row.store_id))
        elif column := self._changed_column(row):
            self._note("column", row, column=column)
        elif shift := self._moved(row):
            self._shift = shift
            self._note("moved", row, shift=shift)
        else:
            self._note("changed", row)
            if len(self.suspects) < _SUSPECTS:
                self.suspects[row.seq] = row
        return False

    def _changed_column(self, row: Row) -> str | None:
        """The one column that, put right, puts the hash right."""
        previous = self.last.hash if self.last else first_previous(self.store_id)
        if entry_hash(row._replace(previous=previous)) == row.hash:
            return "previous"
        if entry_hash(row._replace(store_id=self.store_id)) == row.hash:
            return "store_id"
        return None

    def _moved(self, row: Row) -> int:
        """By how many places it was moved, if by few or by as many as the one before; else 0."""
        for shift in (self._shift, 1, -1):
            if shift and entry_hash(row._replace(seq=row.seq + shift)) == row.hash:
                return shift
        return 0

    def _vindicate(self, last: Row, row: Row) -> None:
        """The next entry is chained to what the content of a changed one gives: it was the hash."""
        if last.seq in self.suspects and row.previous == entry_hash(last):
            self._found[-1] = Problem("column", about(last), 1, {"column": "hash"})
            del self.suspects[last.seq]

    def _link(self, row: Row) -> None:
        """Is it chained to the row before? If not, that one was replaced by another whole one."""
        if self.last is None:
            if row.previous != first_previous(self.store_id):
                self._note("unbound", row)
        elif row.previous != self.last.hash:
            self._note("replaced", self.last, next=row.seq)
            self.unsound.add(self.last.seq)

    def _moment(self, row: Row) -> None:
        if not _MOMENT.fullmatch(row.at):
            self._note("no_time", row)
        elif row.at < self._time:
            self._note("backwards", row, before=self._time)
        else:
            self._time = row.at


_SUSPECTS = 1_000


def true_places(suspects: Mapping[int, Row], rows: Iterable[Row]) -> dict[int, int]:
    """Where entries belong that give their hash with another number.

    The entry before, or the one behind, says so; and among themselves they may have changed places.
    """
    before = {row.previous for row in suspects.values()}
    behind = {row.hash for row in suspects.values()}
    follows: dict[str, int] = {}
    leads: dict[str, int] = {}
    for row in rows:
        if row.hash in before:
            follows[row.hash] = row.seq + 1
        if row.previous in behind:
            leads[row.previous] = row.seq - 1
    places: dict[int, int] = {}
    for seq, row in suspects.items():
        likely = [follows.get(row.previous), leads.get(row.hash), *list(suspects)[:50]]
        for place in likely:
            if place and place != seq and entry_hash(row._replace(seq=place)) == row.hash:
                places[seq] = place
                break
    return places


def _is_object(body: Any) -> bool:
    """Objects of JSON end where they end: then the hash has only one reading."""
    try:
        return isinstance(parsed(body), dict)
    except (ValueError, TypeError, RecursionError):
        return False


def _together(found: Iterable[Problem]) -> Iterator[Problem]:
    held: Problem | None = None
    for one in found:
        if held is not None and _goes_on(held, one):
            held = Problem(held.kind, held.about, held.count + 1, held.details)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held


def _goes_on(held: Problem, one: Problem) -> bool:
    same = held.kind == one.kind and dict(held.details) == dict(one.details)
    if not same or held.about is None or one.about is None:
        return False
    return one.about.seq == held.about.seq + held.count and held.kind != "missing"
