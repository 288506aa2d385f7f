"""The run folder: written beside its final name, hashed, sealed, and never changed again.

A content hash covers the rows of a table in canonical order (`content_hash`), so the same inputs
give the same hashes on any machine and engine; the files themselves need not be equal.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.content_hash import ContentHash, hashed
from workbench.own_files import MANIFEST as MANIFEST
from workbench.terms import InputError

if TYPE_CHECKING:
    import pyarrow as pa

# Raised with every change that a reader of run folders must know of.
LAYOUT = 4
_PART = 1 << 20


@dataclass(frozen=True)
class Artefact:
    """One file of a run: path inside the folder, rows (None for documents), content hash."""

    path: str
    rows: int | None
    sha256: str


class RunWriter:
    """Fills a run folder that does not have its name yet."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.artefacts: list[Artefact] = []

    def table(self, path: str, batches: pa.RecordBatchReader) -> None:
        """Store rows as Parquet as they come; their order is part of what they say."""
        import pyarrow.parquet as pq

        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = ContentHash(batches.schema)
        with pq.ParquetWriter(target, batches.schema, compression="zstd") as file:
            for batch in batches:
                file.write_batch(batch)
                content.add(batch)
        self.artefacts.append(Artefact(path, content.rows, content.hexdigest()))

    def document(self, path: str, content: str) -> None:
        """Store a text (JSON, HTML)."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode("utf-8")
        target.write_bytes(data)
        self.artefacts.append(Artefact(path, None, hashlib.sha256(data).hexdigest()))

    def file(self, path: str, write: Callable[[Path], object]) -> None:
        """Store a file that `write` makes at the place it is given."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
        self.artefacts.append(Artefact(path, None, file_hash(target)))

    def json(self, path: str, content: Any) -> None:
        """Store JSON with sorted keys."""
        self.document(path, to_json(content))


def file_hash(path: Path) -> str:
    """SHA-256 of a document: of its bytes, or of what a workbook's archive holds.

    The bytes of an archive depend on the machine's compressor; names and contents do not.
    """
    if path.suffix != ".xlsx":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        with zipfile.ZipFile(path) as archive:
            held = []
            for member in archive.infolist():
                digest = hashlib.sha256()
                with archive.open(member) as content:
                    while part := content.read(_PART):
                        digest.update(part)
                held.append((member.filename, digest.hexdigest()))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        return "no archive"
    return hashlib.sha256(to_json(held).encode("utf-8")).hexdigest()


def to_json(content: Any) -> str:
    """JSON for people and machines: sorted keys, Chinese as it is."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n"


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
    core = {**manifest, "layout": LAYOUT, "artefacts": listed}
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


def broken_artefacts(folder: Path) -> list[str]:
    """Sentences about every artefact that is missing or not what the manifest says."""
    manifest = read_manifest(folder)
    found = []
    for entry in manifest["artefacts"]:
        path = folder / entry["path"]
        if not path.is_file():
            found.append(f"{entry['path']} is missing")
        elif entry["rows"] is None:
            if file_hash(path) != entry["sha256"]:
                found.append(f"{entry['path']} was changed")
        else:
            if _stored(path) != (entry["rows"], entry["sha256"]):
                found.append(f"{entry['path']} was changed")
    core = {k: v for k, v in manifest.items() if k not in ("run_id", "seal", "made")}
    if hashlib.sha256(to_json(core).encode("utf-8")).hexdigest() != manifest.get("seal"):
        found.append(f"{MANIFEST} was changed")
    return found


def _stored(path: Path) -> tuple[int, str] | None:
    """Rows and hash of a table as it lies there; nothing where it is no table any more."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return hashed(file.schema_arrow, file.iter_batches())
    except (pa.ArrowException, OSError, ValueError):  # ValueError: a name that is no text
        return None
