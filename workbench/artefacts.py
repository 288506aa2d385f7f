"""The run folder: written beside its final name, hashed, sealed, and never changed again.

A content hash covers the rows of a table in canonical order and encoding, so the same inputs
give the same hashes on any machine and engine; the files themselves need not be equal.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.terms import InputError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Artefact:
    """One file of a run: path inside the folder, rows (None for documents), content hash."""

    path: str
    rows: int | None
    sha256: str


class RunWriter:
    """Fills a run folder that does not have its name yet."""

    def __init__(self, folder: Path, engine: Engine):
        self.folder = folder
        self.engine = engine
        self.artefacts: list[Artefact] = []

    def table(self, path: str, query: str, order: str) -> None:
        """Store a query as Parquet, rows in the order of `order`."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        ordered = f"SELECT * FROM ({query}) ORDER BY {order}"
        file = sqltext.literal(str(target))
        self.engine.run(f"COPY ({ordered}) TO {file} (FORMAT parquet)", path)
        rows, digest = content_hash(self.engine, query)
        self.artefacts.append(Artefact(path, rows, digest))

    def document(self, path: str, content: str) -> None:
        """Store a text (JSON, HTML)."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode("utf-8")
        target.write_bytes(data)
        self.artefacts.append(Artefact(path, None, hashlib.sha256(data).hexdigest()))

    def json(self, path: str, content: Any) -> None:
        """Store JSON with sorted keys."""
        self.document(path, to_json(content))


def to_json(content: Any) -> str:
    """JSON for people and machines: sorted keys, Chinese as it is."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n"


def content_hash(engine: Engine, query: str) -> tuple[int, str]:
    """Rows and SHA-256 of a query's rows, whatever their order.

    Each row is its cells as text; numbers with a fraction are rounded to six places first.
    """
    described = engine.rows(f"DESCRIBE {query}", "describe")
    cells = [_cell(str(name), str(kind)) for name, kind, *_ in described]
    row = f"MD5(CONCAT_WS(CHR(31), {', '.join(cells)}))"
    names = sqltext.literal(",".join(str(name) for name, *_ in described))
    found = engine.rows(
        f"SELECT COUNT(*), SHA256({names} || COALESCE(STRING_AGG(h, '' ORDER BY h), '')) "
        f"FROM (SELECT {row} AS h FROM ({query}))",
        "content hash",
    )
    return int(found[0][0]), str(found[0][1])


def _cell(name: str, kind: str) -> str:
    column = sqltext.name(name)
    if kind in ("DOUBLE", "FLOAT"):
        column = f"CAST(ROUND({column}, 6) AS DECIMAL(24, 6))"
    return f"COALESCE(CAST({column} AS VARCHAR), CHR(30))"


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder under a passing name beside the final ones; gone if the work fails."""
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out))
    folder.chmod(0o755)  # it becomes the run folder, which others may read
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def seal(
    writer: RunWriter, out: Path, stem: str, manifest: Mapping[str, Any], made: Mapping[str, Any]
) -> Path:
    """Write the manifest and give the run its name in one step.

    The run id ends in a hash of all content, so an equal run has an equal name: then the one
    that is there stays as it is. `made` (when, how long, where) stays out of the hash.
    """
    listed = [
        {"path": a.path, "rows": a.rows, "sha256": a.sha256}
        for a in sorted(writer.artefacts, key=lambda a: a.path)
    ]
    core = {**manifest, "artefacts": listed}
    digest = hashlib.sha256(to_json(core).encode("utf-8")).hexdigest()
    run_id = f"{stem}-{digest[:10]}"
    final = out / run_id
    if (final / MANIFEST).is_file():
        return final
    whole = {**core, "run_id": run_id, "seal": digest, "made": dict(made)}
    (writer.folder / MANIFEST).write_text(to_json(whole), "utf-8")
    writer.folder.rename(final)
    return final


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder; says what is wrong where there is none."""
    path = folder / MANIFEST
    if not path.is_file():
        runs = sorted(p.parent.name for p in folder.glob(f"*/{MANIFEST}"))
        hint = f"; runs in it: {', '.join(runs)}" if runs else ""
        raise InputError(f"{folder} is no run folder: no {MANIFEST}{hint}")
    return read_json(path)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON document of a run."""
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    return content


def broken_artefacts(folder: Path, engine: Engine) -> list[str]:
    """Sentences about every artefact that is missing or not what the manifest says."""
    manifest = read_manifest(folder)
    found = []
    for entry in manifest["artefacts"]:
        path = folder / entry["path"]
        if not path.is_file():
            found.append(f"{entry['path']} is missing")
        elif entry["rows"] is None:
            if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
                found.append(f"{entry['path']} was changed")
        else:
            query = f"SELECT * FROM read_parquet({sqltext.literal(str(path))})"
            if content_hash(engine, query) != (entry["rows"], entry["sha256"]):
                found.append(f"{entry['path']} was changed")
    core = {k: v for k, v in manifest.items() if k not in ("run_id", "seal", "made")}
    if hashlib.sha256(to_json(core).encode("utf-8")).hexdigest() != manifest.get("seal"):
        found.append(f"{MANIFEST} was changed")
    return found
