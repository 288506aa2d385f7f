"""Read entries as they are stored, in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.review.store.entry import Entry, Head, Row
from workbench.review.store.tables import Tables
from workbench.terms import InputError

_BATCH = 2_000


def rows_after(connection: Any, tables: Tables, after: int = 0) -> Iterator[Row]:
    """The stored rows, a batch at a time."""
    from sqlalchemy import select

    of = tables.entries.c
    query = select(*(of[column] for column in Row._fields)).order_by(of.seq)
    if after > 0:
        query = query.where(of.seq > after)
    streamed = query.execution_options(stream_results=True)
    for batch in connection.execute(streamed).partitions(_BATCH):
        yield from (Row(*one) for one in batch)


def entries_after(connection: Any, tables: Tables, after: int = 0) -> list[Entry]:
    """The entries after this number. Raises `InputError` at one that cannot be read."""
    found = []
    for row in rows_after(connection, tables, after):
        try:
            found.append(row.entry())
        except (ValueError, TypeError):
            raise InputError(
                f"entry {row.seq} of the review store cannot be read: its body is no JSON any "
                "more. `workbench verify` says what else was changed"
            ) from None
    return found


def last_head(connection: Any, tables: Tables, made: Head) -> Head:
    """The last entry; `made` where there is none."""
    from sqlalchemy import select

    of = tables.entries.c
    query = select(of.seq, of.hash, of.at).order_by(of.seq.desc()).limit(1)
    last = connection.execute(query).one_or_none()
    if last is None:
        return made
    seq, digest, at = last
    return Head(made.store_id, seq, digest, at)
