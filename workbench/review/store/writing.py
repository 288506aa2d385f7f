"""One transaction of a writer: it alone writes, and all of it is kept or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workbench.review.store import drafts
from workbench.review.store.canonical import canonical
from workbench.review.store.entry import (
    Entry,
    Head,
    Row,
    entry_hash,
    first_previous,
    name,
    stamp,
)
from workbench.review.store.reading import entries_after, last_head
from workbench.review.store.tables import Tables
from workbench.terms import UsageError


class Writing:
    """What `ReviewStore.writing()` gives; it ends with the `with` block."""

    def __init__(self, connection: Any, tables: Tables, made: Head, clock: Callable[[], datetime]):
        self._connection = connection
        self._tables, self._made, self._clock = tables, made, clock
        self._head: Head | None = None
        self.appended = 0

    def entries(self, after: int = 0) -> list[Entry]:
        """All entries after this number, also those just appended here."""
        return entries_after(self._open(), self._tables, after)

    def append(
        self, kind: str, actor: str, body: Mapping[str, Any], *,
        round_id: str = "", subject: str = "",
    ) -> Entry:  # fmt: skip
        """Add an entry, chained to the last one. It is kept when the `with` block ends well.

        Raises `UsageError` for a body that is no JSON object, or a name that is none.
        """
        if not isinstance(body, Mapping):
            raise UsageError(f"the body of an entry is a JSON object, not {type(body).__name__}")
        head = self._head or last_head(self._open(), self._tables, self._made)
        row = Row(
            seq=head.seq + 1,
            at=max(stamp(self._clock()), head.at),  # a clock that was put back
            actor=name(actor, "actor", needed=True),
            kind=name(kind, "kind", needed=True),
            round_id=name(round_id, "round_id"),
            subject=name(subject, "subject"),
            body=canonical(body),
            previous=head.hash,
            hash="",
            store_id=head.store_id,
        )
        row = row._replace(hash=entry_hash(row))
        self._open().execute(self._tables.entries.insert().values(row._asdict()))
        self._head = Head(row.store_id, row.seq, row.hash, row.at)
        self.appended += 1
        return row.entry()

    def drop_draft(self, actor: str, round_id: str, subject: str) -> bool:
        """Take a draft away with the entry that it became. False: there was none."""
        return drafts.drop(self._open(), self._tables, (actor, round_id, subject))

    def end(self) -> None:
        """Nothing can be written any more."""
        self._connection = None

    def _open(self) -> Any:
        if self._connection is None:
            raise RuntimeError("this transaction has ended; append inside its `with` block")
        return self._connection


def made_head(store_id: str, made_at: str) -> Head:
    """The head of a store without entries."""
    return Head(store_id, 0, first_previous(store_id), made_at)
