"""The review store: open it, read it, write to it one transaction at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.review.store import drafts
from workbench.review.store.address import Address, address_of
from workbench.review.store.canonical import canonical
from workbench.review.store.connecting import can_write, engine_of, for_writing
from workbench.review.store.entry import Entry, Head, stamp, utcnow
from workbench.review.store.failing import PATIENCE, sentences
from workbench.review.store.heads import append_head
from workbench.review.store.making import known_store, make_store
from workbench.review.store.reading import entries_after, last_head
from workbench.review.store.tables import Tables, tables_of
from workbench.review.store.writing import Writing, made_head
from workbench.terms import InputError, UsageError


class ReviewStore:
    """A review history in an SQLite file or in PostgreSQL, from any number of processes at once.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with ReviewStore.open(folder.name) as store, store.writing() as writing:
    ...     writing.append("round_opened", "lead", {"cases": 2}, round_id="2026-07").seq
    1
    >>> folder.cleanup()
    """

    def __init__(
        self, address: Address, tables: Tables, engine: Any, made: Head, read_only: bool,
        clock: Callable[[], datetime],
    ):  # fmt: skip
        self._address, self._tables, self._engine = address, tables, engine
        self._made, self._clock, self.read_only = made, clock, read_only
        self.store_id = made.store_id
        self._unsaved = 0  # entries appended here since the head was last exported
        self._here = threading.local()

    @classmethod
    def open(
        cls, where: str | Path, *, create: bool = True, clock: Callable[[], datetime] = utcnow
    ) -> ReviewStore:
        """Open the store of a file (a folder: its `review.sqlite`), or of a database by its URL.

        postgresql://user@host/name?schema=review     sqlite:///review.sqlite     out/review.sqlite

        Each store has a schema of its own in PostgreSQL (`review` if none is given), and `&heads=`
        names the file that its head is exported to. With `create` it is made where there is none.
        A file that can only be read is opened for reading. Raises `InputError` where it is no
        review store, or cannot be reached.
        """
        address = address_of(where)
        tables = tables_of(address.schema)
        read_only = _prepare(address, create)
        engine = engine_of(address, write=not read_only)
        try:
            with sentences(address):
                with engine.connect() as connection:
                    found = known_store(connection, address, tables)
                if found is None and create and not read_only:
                    found = make_store(engine, address, tables, clock)
            if found is None:
                raise InputError(f"{address.label} holds no review store yet")
        except BaseException:
            engine.dispose()
            raise
        return cls(address, tables, engine, made_head(*found), read_only, clock)

    @property
    def label(self) -> str:
        """What messages call it; without a password."""
        return self._address.label

    def entries(self, after: int = 0) -> list[Entry]:
        """All entries after this number, in order: what is committed now."""
        with sentences(self._address), self._engine.connect() as connection:
            return entries_after(connection, self._tables, after)

    def head(self) -> Head:
        """The last entry: its number, hash and moment, with the id of the store."""
        with sentences(self._address), self._engine.connect() as connection:
            return last_head(connection, self._tables, self._made)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: nobody else writes meanwhile; an error takes all of it back.

        Read what decides (`Writing.entries`) and append in the same transaction, and no other
        writer comes between.
        """
        with self._alone() as connection:
            writing = Writing(connection, self._tables, self._made, self._clock)
            try:
                yield writing
            finally:
                writing.end()
        self._unsaved += writing.appended

    def put_draft(self, actor: str, round_id: str, subject: str, body: Mapping[str, Any]) -> None:
        """Keep what an actor has not submitted yet, instead of the draft before. Not chained."""
        if not isinstance(body, Mapping):
            raise UsageError(f"a draft is a JSON object, not {type(body).__name__}")
        text = canonical(body, "draft")
        with self._alone() as connection:
            key = (actor, round_id, subject)
            drafts.put(connection, self._tables, key, text, stamp(self._clock()))

    def draft(self, actor: str, round_id: str, subject: str) -> dict[str, Any] | None:
        """The draft of an actor; None where there is none."""
        with sentences(self._address), self._engine.connect() as connection:
            return drafts.get(connection, self._tables, (actor, round_id, subject))

    def drafted(self, actor: str, round_id: str) -> list[str]:
        """The subjects of which an actor has drafts in a round."""
        with sentences(self._address), self._engine.connect() as connection:
            return drafts.subjects(connection, self._tables, actor, round_id)

    def drop_draft(self, actor: str, round_id: str, subject: str) -> bool:
        """Throw a draft away; False where there was none."""
        with self._alone() as connection:
            return drafts.drop(connection, self._tables, (actor, round_id, subject))

    def export_head(self, to: Path | None = None) -> Path:
        """Add the head to a file, by default `<store>.heads.jsonl` (PostgreSQL: in this folder).

        Keep a copy where nobody who can write to the store can write: with it, `workbench verify`
        finds an end that was cut off and a history that was written anew.
        """
        path = to or self._address.heads
        append_head(path, self.head())
        if to is None:
            self._unsaved = 0
        return path

    @contextmanager
    def session(self) -> Iterator[ReviewStore]:
        """Work with the store; at the end the head is exported if anything was appended."""
        try:
            yield self
        finally:
            self._export_unsaved()

    def close(self) -> None:
        """Export the head if anything was appended, and leave the database."""
        try:
            self._export_unsaved()
        finally:
            self._engine.dispose()

    def __enter__(self) -> ReviewStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _export_unsaved(self) -> None:
        if self._unsaved:
            self.export_head()

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        """A transaction that holds the lock of all writers."""
        if self.read_only:
            raise InputError(
                f"{self.label} can only be read here (a read-only file, folder or medium, or no "
                "right to write)"
            )
        if getattr(self._here, "writing", False):
            raise RuntimeError("one transaction at a time: use the Writing of the one that is open")
        self._here.writing = True
        try:
            with (
                sentences(self._address),
                for_writing(self._engine) as connection,
                connection.begin(),
            ):
                self._lock(connection)
                yield connection
        finally:
            self._here.writing = False

    def _lock(self, connection: Any) -> None:
        """Shut out other writers: SQLite has by now. One row, taken first: nothing to deadlock."""
        if self._tables.schema is not None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            connection.execute(self._tables.store.select().with_for_update())


def _prepare(address: Address, create: bool) -> bool:
    """Can it only be read? Raises `InputError` where a file is not there and is not to be made."""
    path = address.path
    if path is None:
        return False
    if path.exists():
        return not can_write(path)
    if not create:
        raise InputError(f"{path}: there is no such review store")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path.parent} cannot be made: {error.strerror}") from None
    return False
