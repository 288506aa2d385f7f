"""The three tables of a review store, and the triggers that let entries only be added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.review.store.entry import LONGEST

# Whoever owns the database can drop a trigger: it stops slips, and the chain finds the rest.
_SQLITE = {
    "entries_never_change": (
        "BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are only added'); END"
    ),
    "entries_never_go": (
        "BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are only added'); END"
    ),
    # also INSERT OR REPLACE, which deletes without asking the trigger above
    "entries_follow": (
        "BEFORE INSERT ON entries "
        "WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries) "
        "BEGIN SELECT RAISE(ABORT, 'entries are only added'); END"
    ),
    "store_never_changes": (
        "BEFORE UPDATE ON store BEGIN SELECT RAISE(ABORT, 'the store keeps its id'); END"
    ),
    "store_never_goes": (
        "BEFORE DELETE ON store BEGIN SELECT RAISE(ABORT, 'the store keeps its id'); END"
    ),
}
_POSTGRES = {
    "entries_never_change": "BEFORE UPDATE OR DELETE ON {s}.entries FOR EACH ROW",
    "entries_never_go": "BEFORE TRUNCATE ON {s}.entries FOR EACH STATEMENT",
    "store_never_changes": "BEFORE UPDATE OR DELETE ON {s}.store FOR EACH ROW",
    "store_never_goes": "BEFORE TRUNCATE ON {s}.store FOR EACH STATEMENT",
}
_REFUSE = "BEGIN RAISE EXCEPTION 'the review store only adds'; END"


@dataclass(frozen=True)
class Tables:
    """The tables as SQLAlchemy knows them."""

    schema: str | None
    metadata: Any
    store: Any
    entries: Any
    drafts: Any


def tables_of(schema: str | None) -> Tables:
    """The tables, in a schema of PostgreSQL or (None) in a file."""
    from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

    metadata = MetaData(schema=schema)
    number = BigInteger().with_variant(Integer, "sqlite")

    def text(name: str, **options: Any) -> Any:
        return Column(name, String(LONGEST), nullable=False, **options)

    store = Table("store", metadata, text("store_id", primary_key=True), text("format"),
                  text("made_at"))  # fmt: skip
    entries = Table(
        "entries", metadata, Column("seq", number, primary_key=True, autoincrement=False),
        text("at"), text("actor"), text("kind"), text("round_id"), text("subject"),
        Column("body", Text, nullable=False), text("previous"), text("hash"), text("store_id"),
    )  # fmt: skip
    drafts = Table(
        "drafts", metadata, text("actor", primary_key=True), text("round_id", primary_key=True),
        text("subject", primary_key=True), Column("body", Text, nullable=False), text("at"),
    )  # fmt: skip
    return Tables(schema, metadata, store, entries, drafts)


def trigger_statements(schema: str | None) -> list[str]:
    """The SQL that makes the triggers."""
    if schema is None:
        return [f"CREATE TRIGGER {name} {rest}" for name, rest in _SQLITE.items()]
    function = (
        f"CREATE FUNCTION {schema}.only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body${_REFUSE}$body$"
    )
    return [function] + [
        f"CREATE TRIGGER {name} {rest.format(s=schema)} EXECUTE FUNCTION {schema}.only_added()"
        for name, rest in _POSTGRES.items()
    ]


def missing_triggers(connection: Any, schema: str | None) -> list[str]:
    """The triggers that are not there, are switched off, or are not what they were."""
    if schema is None:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master")
        there = {str(sql) for _, sql in rows}
        wanted = {name: f"CREATE TRIGGER {name} {rest}" for name, rest in _SQLITE.items()}
        return [name for name, sql in wanted.items() if sql not in there]
    rows = connection.exec_driver_sql(
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE n.nspname = %s AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL "
        "AND p.prosrc = %s",
        (schema, _REFUSE),
    )
    enabled = {str(name) for (name,) in rows}
    return [name for name in _POSTGRES if name not in enabled]
