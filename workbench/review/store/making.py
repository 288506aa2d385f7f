"""Open a review store, or make it: whole in one transaction, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from workbench.review.store.address import Address
from workbench.review.store.connecting import for_writing
from workbench.review.store.entry import FORMAT, stamp
from workbench.review.store.tables import Tables, trigger_statements
from workbench.terms import InputError

# Any number: makers of stores in one database wait for each other.
_MAKING = 4_207_315


def known_store(connection: Any, address: Address, tables: Tables) -> tuple[str, str] | None:
    """The id of the store and when it was made; None where there is nothing yet.

    Raises `InputError` where something else is there.
    """
    from sqlalchemy import inspect, select

    there = inspect(connection)
    names = there.get_table_names(schema=tables.schema)  # at once: another may be making it
    if not names:
        return None
    if "store" not in names:
        raise InputError(
            f"{address.label} holds something else ({len(names)} tables) and no review store; is "
            "it another file?"
        )
    columns = {column["name"] for column in there.get_columns("store", schema=tables.schema)}
    if not {"store_id", "format", "made_at"} <= columns:
        raise InputError(f"{address.label} has a table 'store' that is not of a review store")
    of = tables.store.c
    rows = connection.execute(select(of.store_id, of.format, of.made_at)).all()
    if len(rows) != 1:
        raise InputError(
            f"{address.label}: a review store has one row that says which it is; this has "
            f"{len(rows)}"
        )
    store_id, layout, made_at = rows[0]
    if layout != FORMAT:
        raise InputError(
            f"{address.label} has the format {layout!r}, and this workbench knows {FORMAT!r}; "
            "was it made by a newer one?"
        )
    return str(store_id), str(made_at)


def make_store(
    engine: Any, address: Address, tables: Tables, clock: Callable[[], datetime]
) -> tuple[str, str]:
    """Make the tables and give the store its id. Of several at once, one does."""
    with for_writing(engine) as connection, connection.begin():
        if tables.schema is not None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKING})")
        if found := known_store(connection, address, tables):
            return found
        if address.heads.exists():
            raise InputError(
                f"{address.heads.absolute()} is there and says how far a review store had come, "
                "but the store is not: was it moved or deleted? To begin a new one, put that file "
                "elsewhere"
            )
        if tables.schema is not None and not _has_schema(connection, tables.schema):
            connection.exec_driver_sql(f"CREATE SCHEMA {tables.schema}")
        tables.metadata.create_all(connection, checkfirst=False)
        for statement in trigger_statements(tables.schema):
            connection.exec_driver_sql(statement)
        made = {"store_id": str(uuid.uuid4()), "format": FORMAT, "made_at": stamp(clock())}
        connection.execute(tables.store.insert().values(made))
        return made["store_id"], made["made_at"]


def _has_schema(connection: Any, schema: str) -> bool:
    from sqlalchemy import inspect

    return schema in inspect(connection).get_schema_names()
