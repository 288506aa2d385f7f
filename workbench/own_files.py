"""A file of the user's own: never inside a run folder, put in its place in one step."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from workbench.terms import UsageError

MANIFEST = "manifest.json"  # what makes a folder a run folder


def outside_runs(target: Path, what: str = "file") -> None:
    """Raises `UsageError` for a place in a run folder: a run never changes."""
    for folder in (target.resolve(), *target.resolve().parents):
        if (folder / MANIFEST).is_file():
            raise UsageError(
                f"{folder} is a run folder, and a run never changes: name a {what} outside it"
            )


def own_file(target: Path) -> None:
    """Raises `UsageError` unless a file of this name can be written: its folder is there, it is no
    folder itself, and no run is touched.
    """
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}: make it first, or name another")
    if target.is_dir():
        raise UsageError(f"{target} is a folder: name a file in it")
    outside_runs(target)


def put(target: Path, write: Callable[[Path], object]) -> Path:
    """Write beside the target and move it there: a write that fails harms nothing that was there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     put(Path(folder) / "list.csv", lambda path: path.write_text("case")).read_text()
    'case'
    """
    passing = target.with_name(f".unfinished-{os.getpid()}-{target.name}")
    try:
        write(passing)
        passing.replace(target)
    finally:
        passing.unlink(missing_ok=True)
    return target
