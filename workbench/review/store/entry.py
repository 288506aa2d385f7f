"""One entry of the review history, and the hash that chains it to the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from unicodedata import category

from workbench.review.store.canonical import parsed, quoted
from workbench.terms import UsageError

FORMAT = "review-store/1"
LONGEST = 200  # three of them fit into one key of an index
_NO_LETTERS = {"Cc", "Cs", "Zl", "Zp"}  # control, surrogate, line and paragraph separator


@dataclass(frozen=True)
class Entry:
    """What one actor did at one moment.

    seq       1, 2, 3 ... without gaps
    at        UTC with microseconds and Z, never earlier than the entry before
    actor     who; kind: what
    round_id, subject   of which round; about what (a case, a fault); "" where none
    body      JSON
    previous  the hash of the entry before; the first has one that binds the store's id
    hash      SHA-256 (hex) over the canonical JSON of all of it with the store's id
    """

    seq: int
    at: str
    actor: str
    kind: str
    round_id: str
    subject: str
    body: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The last entry of a store at some moment: who keeps it can tell whether the end was cut off.

    An empty store has seq 0, the hash that its first entry will be chained to, and the moment it
    was made.
    """

    store_id: str
    seq: int
    hash: str
    at: str


class Row(NamedTuple):
    """An entry as it is stored: its body as canonical JSON, and the store it belongs to."""

    seq: int
    at: str
    actor: str
    kind: str
    round_id: str
    subject: str
    body: str
    previous: str
    hash: str
    store_id: str

    def entry(self) -> Entry:
        """The entry. Raises `ValueError` where the body is no JSON any more."""
        return Entry(
            self.seq, self.at, self.actor, self.kind, self.round_id, self.subject,
            parsed(self.body), self.previous, self.hash,
        )  # fmt: skip

    def own_hash(self) -> str:
        """The hash that its content gives."""
        return entry_hash(self)


def utcnow() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as entries keep it: texts in the order of time.

    >>> stamp(datetime(2026, 7, 1, 8, 30, tzinfo=UTC))
    '2026-07-01T08:30:00.000000Z'
    """
    if moment.tzinfo is None:
        raise UsageError("the clock of a review store gives moments with a time zone (UTC)")
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{text}Z"


def first_previous(store_id: str) -> str:
    """What the first entry is chained to: a hash that binds the id of the store."""
    content = f'{{"format":{quoted(FORMAT)},"store_id":{quoted(store_id)}}}'
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def entry_hash(row: Row) -> str:
    """SHA-256 over the canonical JSON of an entry: all fields but the hash, keys in order.

    The body is canonical already and goes in as it is stored. Whatever a stranger wrote into the
    columns gives some hash, and never an error.
    """
    content = (
        f'{{"actor":{_spelt(row.actor)},"at":{_spelt(row.at)},"body":{row.body},'
        f'"kind":{_spelt(row.kind)},"previous":{_spelt(row.previous)},'
        f'"round_id":{_spelt(row.round_id)},"seq":{row.seq},'
        f'"store_id":{_spelt(row.store_id)},"subject":{_spelt(row.subject)}}}'
    )
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _spelt(value: Any) -> str:
    return quoted(value) if type(value) is str else f"<{value!r}>"


def name(value: Any, what: str, *, needed: bool = False) -> str:
    """A field that names something: a text of one line. Raises `UsageError`."""
    if not isinstance(value, str):
        raise UsageError(f"{what} is a text, not {type(value).__name__}")
    text = str.__str__(value)
    if needed and not text.strip():
        raise UsageError(f"{what} is empty")
    if len(text) > LONGEST:
        raise UsageError(f"{what} has {len(text)} characters; the longest has {LONGEST}")
    if any(category(letter) in _NO_LETTERS for letter in text):
        raise UsageError(f"{what} holds what is no letter: a line break, a tab, half a character?")
    return text
