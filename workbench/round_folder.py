"""The results of a round as a sealed folder beside the runs: `rounds/<round>-<seal>/`.

Tables as Parquet and a manifest with the content hash of each, the run that the round was drawn
from and the head of the store at that moment: `workbench verify` recomputes it, and the store shows
whether anything was said since.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from workbench import artefacts
from workbench.review.review import Review
from workbench.review.round_frames import COLUMNS

ROUNDS = "rounds"


def save_round(review: Review, round_id: str, out: Path) -> Path:
    """Write the results of a round below `out`; equal ones that are there stay as they are.

    Raises `Refused` where the person may not see them.

    >>> save_round(review, "2026-01", Path("out"))   # doctest: +SKIP
    PosixPath('out/rounds/2026-01-3f29c1d2aa')
    """
    tables = review.result_rows(round_id)
    its = review.round(round_id)
    manifest = {
        "kind": "round",
        "round_id": round_id,
        "title": its.opened.title,
        "closed_on": getattr(its.closed.body, "on", None) if its.closed else None,
        "origin": msgspec.to_builtins(its.opened.origin),
        "head": asdict(review.store.head()),
    }
    with artefacts.new_folder(out / ROUNDS) as folder:
        writer = artefacts.RunWriter(folder)
        for name, rows in tables.items():
            writer.table(f"{name}.parquet", _table(name, rows).to_reader())
        made = {"at": datetime.now().astimezone().isoformat(timespec="seconds")}
        return artefacts.seal(writer, out / ROUNDS, _stem(round_id), manifest, made)


def _stem(round_id: str) -> str:
    """A name for the folder that every file system takes."""
    return re.sub(r"[^\w.-]+", "_", round_id).strip(".") or "round"


def _table(name: str, rows: list[dict[str, Any]]) -> Any:
    """Rows in the order of what tells them apart, so that equal results are equal."""
    import pyarrow as pa

    types = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(),
             "boolean": pa.bool_()}  # fmt: skip
    columns = COLUMNS[name]
    schema = pa.schema([(column, types[kind]) for column, kind in columns.items()])
    ordered = sorted(rows, key=lambda row: [str(row[c]) for c in columns])
    data = {c: [_value(row[c], columns[c]) for row in ordered] for c in columns}
    return pa.table(data, schema=schema)


def _value(value: Any, kind: str) -> Any:
    return float(value) if kind == "number" and value is not None else value
