"""Is a file what was recorded? Its SHA-256 is computed once and remembered while it stays as it is.

Remembered in this process, and beside the runs in a small database, so that a video of gigabytes
is read once and not by every page. The key is the file with its size and its times; the time of
its last change of any kind cannot be set back by who writes to it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import Enum
from pathlib import Path

_DATABASE = "hashes.sqlite"
_PART = 1 << 20
_MOST_KEPT = 10_000
_WAIT = 2.0  # seconds for another process that writes
_kept: dict[tuple[str, int, int, int, int], str] = {}


class State(str, Enum):
    """What can be said of an original.

    `whole`: it is what was recorded. `altered`: it is not. `no_hash`: nothing was recorded to
    compare it with. `unchecked`: it is there and large, and nobody has compared it yet.
    `missing`: a file is named and is not there. `unreadable`: it is there and cannot be read, or
    the path leads nowhere that may be looked at. `not_named`: no file was recorded. `unplaced`:
    nobody said in which folder the files are.
    """

    whole = "whole"
    altered = "altered"
    no_hash = "no_hash"
    unchecked = "unchecked"
    missing = "missing"
    unreadable = "unreadable"
    not_named = "not_named"
    unplaced = "unplaced"

    @property
    def there(self) -> bool:
        """Is there a file that can be opened?"""
        return self in (State.whole, State.altered, State.no_hash, State.unchecked)


def hash_of(path: Path, memory: Path | None = None, at_most: int | None = None) -> str | None:
    """SHA-256 of a file, remembered. `memory` is a folder to remember it in for other processes.

    None if it is not known and the file has more than `at_most` bytes. Raises OSError.
    """
    about = path.stat()
    key = (str(path), about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
    if found := _kept.get(key) or _recalled(memory, key):
        _keep(key, found)
        return found
    if at_most is not None and about.st_size > at_most:
        return None
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    found, now = digest.hexdigest(), path.stat()
    if (now.st_size, now.st_mtime_ns, now.st_ctime_ns) == key[1:4]:  # nobody wrote meanwhile
        _keep(key, found)
        _note(memory, key, found)
    return found


def state_of(
    path: Path, recorded: str | None, memory: Path | None = None, at_most: int | None = None
) -> tuple[State, str | None]:
    """What can be said of a file that is there, and its hash as far as it was computed."""
    try:
        if not recorded:
            with path.open("rb"):
                return State.no_hash, None
        found = hash_of(path, memory, at_most)
        if found is None:
            with path.open("rb"):
                return State.unchecked, None
    except OSError:
        return State.unreadable, None
    return (State.whole if found == recorded.lower() else State.altered), found


def _keep(key: tuple[str, int, int, int, int], found: str) -> None:
    while len(_kept) >= _MOST_KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[key] = found


@contextmanager
def _database(memory: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(memory / _DATABASE, timeout=_WAIT)) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS hashes (path TEXT PRIMARY KEY, about TEXT, sha256 TEXT)"
        )
        with connection:
            yield connection


def _about(key: tuple[str, int, int, int, int]) -> str:
    return "-".join(map(str, key[1:]))


def _recalled(memory: Path | None, key: tuple[str, int, int, int, int]) -> str | None:
    if memory is None or not (memory / _DATABASE).is_file():
        return None
    try:
        with _database(memory) as database:
            row = database.execute(
                "SELECT sha256 FROM hashes WHERE path = ? AND about = ?", (key[0], _about(key))
            ).fetchone()
        return str(row[0]) if row else None
    except (sqlite3.Error, UnicodeError):
        return None


def _note(memory: Path | None, key: tuple[str, int, int, int, int], found: str) -> None:
    """For other processes; a folder that cannot be written to costs only time."""
    if memory is None or not (memory.is_dir() and os.access(memory, os.W_OK)):
        return
    try:
        # Paths stand in it: for this user only, as the paths beside the runs.
        (memory / _DATABASE).touch(mode=0o600)
        with _database(memory) as database:
            row = (key[0], _about(key), found)
            database.execute("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?)", row)
    except (sqlite3.Error, OSError, UnicodeError):
        return
