"""Drafts: what one actor has not submitted. They change freely, and no chain holds them."""

from __future__ import annotations

from typing import Any, TypeAlias

from workbench.review.store.canonical import parsed
from workbench.review.store.entry import name
from workbench.review.store.tables import Tables
from workbench.terms import InputError

# actor, round_id, subject
Key: TypeAlias = tuple[str, str, str]


def put(connection: Any, tables: Tables, key: Key, body: str, at: str) -> None:
    """Keep this draft instead of the one before."""
    from sqlalchemy.dialects import postgresql, sqlite

    insert = sqlite.insert if tables.schema is None else postgresql.insert
    statement = insert(tables.drafts).values({**_named(key), "body": body, "at": at})
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(_named(key)), set_={"body": body, "at": at}
        )
    )


def get(connection: Any, tables: Tables, key: Key) -> dict[str, Any] | None:
    """The draft, or None. Raises `InputError` where somebody changed it past the application."""
    from sqlalchemy import select

    text = connection.execute(
        select(tables.drafts.c.body).where(*_is(tables, _named(key)))
    ).scalar_one_or_none()
    if text is None:
        return None
    try:
        return dict(parsed(text))
    except (ValueError, TypeError):
        raise InputError(
            f"the draft of {key[2] or 'the round'} cannot be read: it is no JSON any more. Drop it "
            "and begin anew"
        ) from None


def subjects(connection: Any, tables: Tables, actor: str, round_id: str) -> list[str]:
    """What this actor has drafts of in a round."""
    from sqlalchemy import select

    of = tables.drafts.c
    query = select(of.subject).where(of.actor == actor, of.round_id == round_id)
    return sorted(connection.execute(query).scalars())


def drop(connection: Any, tables: Tables, key: Key) -> bool:
    """Take the draft away; False where there was none."""
    done = connection.execute(tables.drafts.delete().where(*_is(tables, _named(key))))
    return bool(done.rowcount)


def _named(key: Key) -> dict[str, str]:
    actor, round_id, subject = key
    return {
        "actor": name(actor, "actor", needed=True),
        "round_id": name(round_id, "round_id"),
        "subject": name(subject, "subject"),
    }


def _is(tables: Tables, values: dict[str, str]) -> list[Any]:
    return [tables.drafts.c[column] == value for column, value in values.items()]
