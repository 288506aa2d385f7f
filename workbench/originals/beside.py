"""What is kept beside the runs and never in them: where the originals of a run lie.

`<runs>/.originals/<run id>.parquet` has the path of each row as it was written down, and
`<run id>.json` the folder that these paths start from. Both belong to this machine: a run that is
copied elsewhere shows no original until it is told where they are (`workbench serve --files`).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import sqltext
from workbench.engines.base import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = ".originals"


@dataclass(frozen=True)
class Written:
    """A path as it was written down, and the class of data that it is."""

    file: str
    data_class: str


def folder_beside(run: Path) -> Path:
    """Where the paths of a run's originals are kept."""
    return run.resolve().parent / FOLDER


def remember(run: Path, source: str, paths: pa.RecordBatchReader | None) -> None:
    """Keep the paths of a run's originals, and the folder of its source if it is one.

    What was kept for an equal run goes: the last source that gave it is the one that is there.
    Where nothing can be written the run is whole all the same; its originals are not placed.
    """
    import pyarrow.parquet as pq

    if paths is None:
        return
    table = paths.read_all()
    if not table.num_rows:
        return
    place, folder = folder_beside(run), _folder_of(source)
    content = json.dumps({"folder": str(folder) if folder else None}, ensure_ascii=False)
    with suppress(OSError):
        place.mkdir(exist_ok=True)
        _put(place / f"{run.name}.parquet", lambda p: pq.write_table(table, p, compression="zstd"))
        _put(place / f"{run.name}.json", lambda path: path.write_text(content, "utf-8"))


def remembered_folder(run: Path) -> Path | None:
    """The source folder of a run, where it was when the run was made; None if it is not there."""
    try:
        text = (folder_beside(run) / f"{run.name}.json").read_text("utf-8")
        folder = json.loads(text)["folder"]
        found = Path(folder) if isinstance(folder, str) else None
        return found if found and found.is_dir() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def has_paths(run: Path) -> bool:
    """Are the paths of the run's originals known on this machine?"""
    return (folder_beside(run) / f"{run.name}.parquet").is_file()


def written_paths(run: Path, refs: list[tuple[str, str]]) -> dict[tuple[str, str], Written]:
    """The paths of some rows, by (table, id); empty where nothing is kept."""
    from workbench.engines.duckdb import DuckDBEngine

    file = folder_beside(run) / f"{run.name}.parquet"
    if not refs or not file.is_file():
        return {}
    engine = DuckDBEngine()
    wanted = ", ".join(f"({sqltext.literal(t)}, {sqltext.literal(i)})" for t, i in refs)
    try:
        engine.lock(file.parent)
        rows = engine.rows(
            f'SELECT "table", id, file, class FROM read_parquet({sqltext.literal(str(file))}) '
            f'WHERE ("table", id) IN ({wanted})',
            "paths of originals",
        )
    except EngineError:
        return {}
    finally:
        engine.close()
    return {(table, key): Written(path, data_class) for table, key, path, data_class in rows}


def _folder_of(source: str) -> Path | None:
    """The folder of a source: itself, or that of the file; a database and a frame have none."""
    try:
        path = Path(source).resolve()
        return path if path.is_dir() else path.parent if path.is_file() else None
    except (OSError, ValueError):
        return None


def _put(target: Path, write: Callable[[Path], object]) -> None:
    """Write beside and rename: a reader sees the old file or the new one. Only for this user."""
    handle, name = tempfile.mkstemp(prefix=".", dir=target.parent)
    os.close(handle)
    try:
        write(Path(name))
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
