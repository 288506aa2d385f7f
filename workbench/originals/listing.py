"""The rows of a case file that may have an original, as tables: what is sealed, what stays here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.pack import Pack
from workbench.schema import Table

if TYPE_CHECKING:
    import pyarrow as pa

_HASH = "'^[0-9A-Fa-f]{64}$'"


def sealed_originals(engine: Engine, pack: Pack) -> pa.RecordBatchReader:
    """One row for each row of a case that may have an original, in the order of the volume.

    Columns: case_id, table, id, kind (code), number, on, from_at, to_at, about, first_page,
    last_page, named (a file is written down), sha256 (as recorded first), sha256_last (as
    recorded last). No path; a hash that is none is empty.
    """
    asset = next(a for a in pack.assets.values() if a.table == "cases")
    parts = [_sealed(engine, table) for table in _tables(pack)]
    rows = " UNION ALL ".join(parts) or _nothing()
    return engine.batches(
        f"SELECT * FROM ({rows}) WHERE case_id IN "
        f"(SELECT case_id FROM work.subjects_of_{asset.id}) "
        'ORDER BY case_id, "table", first_page NULLS LAST, "on" NULLS LAST, from_at NULLS LAST, id',
        "originals",
    )


def located_originals(engine: Engine, pack: Pack) -> pa.RecordBatchReader | None:
    """table, id, file, class of every row that names a file; None where no table can."""
    parts = [
        f'SELECT {sqltext.literal(table.name)} AS "table", CAST({_key(table)} AS VARCHAR) AS id, '
        f"{_column(table, a.file)} AS file, "
        f"{sqltext.literal(table.columns[a.file].data_class)} AS class "
        f"FROM {engine.stored}.{sqltext.name(table.name)} WHERE {_column(table, a.file)} <> ''"
        for table in _tables(pack)
        if (a := table.attachment)
    ]
    if not parts:
        return None
    rows = " UNION ALL ".join(parts)
    return engine.batches(f'SELECT * FROM ({rows}) ORDER BY "table", id', "paths of originals")


def _tables(pack: Pack) -> list[Table]:
    return [t for t in pack.schema.tables.values() if t.attachment and t.case_column]


def _sealed(engine: Engine, table: Table) -> str:
    attachment, kind = table.attachment, table.kind_column
    assert attachment
    assert table.case_column
    first, last = ((*attachment.sha256, None, None)[:2]) if attachment.sha256 else (None, None)
    shown = kind.name if kind and kind.data_class == "none" else None
    columns = {
        "case_id": _column(table, table.case_column),
        "table": sqltext.literal(table.name),
        "id": f"CAST({_key(table)} AS VARCHAR)",
        "kind": _column(table, shown),
        "number": _column(table, attachment.number),
        "on": _column(table, attachment.on, "DATE"),
        "from_at": _column(table, attachment.from_at, "TIMESTAMP"),
        "to_at": _column(table, attachment.to_at, "TIMESTAMP"),
        "about": _column(table, attachment.about),
        "first_page": _column(table, attachment.first_page, "BIGINT"),
        "last_page": _column(table, attachment.last_page, "BIGINT"),
        "named": f"COALESCE({_column(table, attachment.file)} <> '', FALSE)",
        "sha256": _hash(table, first),
        "sha256_last": _hash(table, last),
    }
    listed = ", ".join(f"{value} AS {sqltext.name(name)}" for name, value in columns.items())
    return f"SELECT {listed} FROM {engine.stored}.{sqltext.name(table.name)}"


def _hash(table: Table, column: str | None) -> str:
    """A SHA-256 in small letters: anyone's text stands in such a cell, and goes with the run."""
    value = f"TRIM({_column(table, column)})"
    return f"CASE WHEN REGEXP_MATCHES({value}, {_HASH}) THEN LOWER({value}) END"


def _key(table: Table) -> str:
    return sqltext.name(table.key[0])


def _column(table: Table, column: str | None, kind: str = "VARCHAR") -> str:
    return f"CAST({sqltext.name(column) if column else 'NULL'} AS {kind})"


def _nothing() -> str:
    texts = ("case_id", "table", "id", "kind", "number", "about", "sha256", "sha256_last")
    kinds = {**dict.fromkeys(texts, "VARCHAR"), "on": "DATE", "from_at": "TIMESTAMP",
             "to_at": "TIMESTAMP", "first_page": "BIGINT", "last_page": "BIGINT",
             "named": "BOOLEAN"}  # fmt: skip
    order = ("case_id", "table", "id", "kind", "number", "on", "from_at", "to_at", "about",
             "first_page", "last_page", "named", "sha256", "sha256_last")  # fmt: skip
    empty = ", ".join(f"CAST(NULL AS {kinds[name]}) AS {sqltext.name(name)}" for name in order)
    return f"SELECT {empty} WHERE FALSE"
