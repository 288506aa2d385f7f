"""A run folder with originals, for tests: a few rows, the files that they name, where they lie."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.unit.serving import make_run

_TYPES = {
    "case_id": "VARCHAR", "table": "VARCHAR", "id": "VARCHAR", "kind": "VARCHAR",
    "number": "VARCHAR", "on": "DATE", "from_at": "TIMESTAMP", "to_at": "TIMESTAMP",
    "about": "VARCHAR", "first_page": "BIGINT", "last_page": "BIGINT", "named": "BOOLEAN",
    "sha256": "VARCHAR", "sha256_last": "VARCHAR",
}  # fmt: skip
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@dataclass(frozen=True)
class Row:
    """A row that may have a file. `content` is put into the folder, None puts nothing there;
    `recorded` is the hash on record, by default that of the content.
    """

    id: str
    file: str | None
    content: bytes | None = None
    recorded: str | None = ""
    table: str = "papers"
    case_id: str = "c-1"
    data_class: str = "personal"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_originals(out: Path, name: str, files: Path, rows: list[Row], **changes: object) -> Path:
    """The run `name` in `out` with these rows; their files are written below `files`."""
    folder = make_run(out, name, **changes)
    files.mkdir(parents=True, exist_ok=True)
    sealed, located = [], []
    for place, row in enumerate(rows):
        recorded = sha256(row.content or b"") if row.recorded == "" else row.recorded
        values = dict.fromkeys(_TYPES) | {
            "case_id": row.case_id, "table": row.table, "id": row.id, "on": "2026-03-04",
            "named": row.file is not None, "sha256": recorded, "first_page": place + 1,
        }  # fmt: skip
        sealed.append(list(values.values()))
        if row.file is not None:
            located.append([row.table, row.id, row.file, row.data_class])
        if row.file is not None and row.content is not None:
            path = files / row.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(row.content)
    columns = ", ".join(f'"{column}" {kind}' for column, kind in _TYPES.items())
    _parquet(folder / "originals.parquet", columns, sealed)
    beside = out / ".originals"
    beside.mkdir(exist_ok=True)
    _parquet(beside / f"{name}.parquet", '"table" VARCHAR, id VARCHAR, file VARCHAR, class VARCHAR',
             located)  # fmt: skip
    (beside / f"{name}.json").write_text(json.dumps({"folder": str(files)}), "utf-8")
    return folder


def _parquet(path: Path, columns: str, rows: list[list[object]]) -> None:
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE t ({columns})")
        if rows:
            database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
        database.execute(f"COPY t TO '{path}' (FORMAT parquet)")
