"""Somebody with all rights on the database: reads its rows, and puts others in their place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.unit.review_store.outsider import canonical, sha256
from workbench.review.store.address import address_of
from workbench.review.store.connecting import engine_of
from workbench.review.store.tables import tables_of

Rows = list[dict[str, Any]]


class Intruder:
    """Works past the application, and leaves the triggers as they were."""

    def __init__(self, where: str):
        self.address = address_of(where)
        self.tables = tables_of(self.address.schema)

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """A transaction."""
        engine = engine_of(self.address, write=True)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def rows(self, table: str = "entries") -> Rows:
        """All rows of a table."""
        with self.connected() as connection:
            found = connection.execute(getattr(self.tables, table).select()).mappings()
            return [dict(row) for row in found]

    def put(self, rows: Rows, table: str = "entries") -> None:
        """Exactly these rows, from now on."""
        of = getattr(self.tables, table)
        with self.connected() as connection:
            triggers = self._off(connection)
            connection.execute(of.delete())
            if rows:
                connection.execute(of.insert(), rows)
            for statement in triggers:
                connection.exec_driver_sql(statement)

    def run(self, statement: str) -> None:
        """Any statement; `{s}` is where the tables are."""
        schema = f"{self.tables.schema}." if self.tables.schema else ""
        with self.connected() as connection:
            connection.exec_driver_sql(statement.format(s=schema))

    def _off(self, connection: Any) -> list[str]:
        """Switch the triggers off, and say how to switch them on again."""
        if self.tables.schema is None:
            found = connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).all()
            for name, _ in found:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            return [sql for _, sql in found]
        names = [f"{self.tables.schema}.{table}" for table in ("entries", "store")]
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]


def resealed(rows: Rows, first: int = 1, last: int | None = None) -> Rows:
    """Hashes made anew from entry `first` on, each chained to the one before; up to `last`."""
    done: Rows = []
    for row in rows:
        new = dict(row)
        if row["seq"] >= first and (last is None or row["seq"] <= last):
            if done:
                new["previous"] = done[-1]["hash"]
            text = canonical({k: v for k, v in new.items() if k not in ("hash", "body")})
            place = text.index(',"kind":')
            text = f'{text[:place]},"body":{new["body"]}{text[place:]}'
            new["hash"] = hashlib.sha256(text.encode()).hexdigest()
        done.append(new)
    return done


def edited(seq: int, **columns: Any) -> Callable[[Rows, Rows], Rows]:
    """One entry, some of its columns changed."""

    def edit(rows: Rows, other: Rows) -> Rows:
        return [{**row, **columns} if row["seq"] == seq else row for row in rows]

    return edit


def first_previous(store_id: str) -> str:
    """What the first entry of a store is chained to."""
    return sha256({"format": "review-store/1", "store_id": store_id})
