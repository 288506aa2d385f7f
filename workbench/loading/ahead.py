"""Hashes of files that will be read, begun before anybody asks: while a pack is read, say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from workbench.loading.bounds import MAX_FILE_BYTES
from workbench.loading.encoding import Scan, scan_file

_WORKERS = min(4, os.cpu_count() or 1)
_SUFFIXES = (".csv", ".tsv")
_coming: dict[Path, Future[Scan]] = {}


@contextmanager
def scanning_ahead(source: object) -> Iterator[None]:
    """Scan the files of a folder in the background; what is not asked for by the end is dropped.

    >>> with scanning_ahead("sample_data/us_fda"):
    ...     pass
    """
    files = _files(source)
    with ThreadPoolExecutor(_WORKERS) as pool:
        _coming.update({path: pool.submit(scan_file, path) for path in files})
        try:
            yield
        finally:
            for path in files:
                if left := _coming.pop(path, None):
                    left.cancel()


def scan_of(path: Path) -> Scan:
    """The scan of a file: the one that was begun, or a new one."""
    begun = _coming.pop(path, None)
    return begun.result() if begun else scan_file(path)


def _files(source: object) -> list[Path]:
    """The largest first: the last one to be begun is then a short one."""
    folder = Path(source) if isinstance(source, (str, Path)) else None
    if folder is None or not folder.is_dir():
        return []
    found = [p for p in folder.iterdir() if p.suffix.casefold() in _SUFFIXES and p.is_file()]
    sizes = {path: path.stat().st_size for path in found}
    readable = [path for path in found if sizes[path] <= MAX_FILE_BYTES]
    return sorted(readable, key=lambda path: sizes[path], reverse=True)
