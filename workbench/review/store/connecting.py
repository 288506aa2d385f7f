"""Connections to the database of a review store: durable, and with one writer at a time."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

from workbench.review.store.address import Address
from workbench.review.store.failing import PATIENCE
from workbench.terms import InputError

# A write-ahead log needs memory that all users share: over a network it can lose entries.
_NETWORK = {
    "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs", "fuse.davfs",
    "davfs", "fuse.glusterfs", "ceph", "fuse.rclone",
}  # fmt: skip
_REMOTE_DRIVE = 4  # what Windows calls it


def engine_of(address: Address, *, write: bool) -> Any:
    """An engine; without `write` nothing that goes through it can change the store."""
    if address.path is not None:
        return _sqlite(address.path, write)
    return _postgres(address)


def for_writing(engine: Any) -> Any:
    """A connection whose transaction shuts out other writers from its first statement."""
    return engine.connect().execution_options(store_write=True)


def can_write(path: Path) -> bool:
    """May this user write to the file and make others beside it?"""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _postgres(address: Address) -> Any:
    from sqlalchemy import create_engine

    # In READ COMMITTED each statement sees what was committed before it: so what is read after
    # the lock is what the writer before has left.
    return create_engine(
        address.url, isolation_level="READ COMMITTED", hide_parameters=True, pool_pre_ping=True
    )


def _sqlite(path: Path, write: bool) -> Any:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import QueuePool

    if write:
        refuse_network_drive(path)

    def connected() -> sqlite3.Connection:
        return _durable(path) if write else _reading(path)

    engine = create_engine(
        "sqlite://", creator=connected, poolclass=QueuePool, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("store_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _durable(path: Path) -> sqlite3.Connection:
    """A connection that has written to the disk what it says is written."""
    connection = sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",) and _ours(connection):
            _to_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _ours(connection: sqlite3.Connection) -> bool:
    """Is it new, or a review store? What belongs to others stays as it is."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    return not names or "store" in names


def _to_wal(connection: sqlite3.Connection) -> None:
    """Readers do not wait for writers then. Where another is just at work: the next time."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise


def _reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, whatever it is told; odd bytes do not stop it."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    log = path.with_name(path.name + "-wal")
    if not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size):
        uri += "&immutable=1"  # nobody can make the files beside it that reading a log needs
    connection = sqlite3.connect(
        uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.text_factory = _decoded
    return connection


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def refuse_network_drive(path: Path) -> None:
    """Raise `InputError` where the file lies on a drive of another machine."""
    if kind := _network_kind(path.resolve()):
        raise InputError(
            f"{path}: that is a network drive ({kind}), and an SQLite file that several machines "
            "write to loses entries. Keep it on a disk of this machine, or use PostgreSQL: "
            "--store postgresql://user@host/name"
        )


def _network_kind(path: Path) -> str | None:
    if sys.platform == "win32":
        import ctypes

        remote = ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _REMOTE_DRIVE
        return "Windows" if remote else None
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return None
    best, kind = Path("/"), ""
    for line in mounts.read_text("utf-8", "replace").splitlines():
        _, place, found, *_ = line.split(" ")
        mounted = Path(place.replace("\\040", " "))
        if path.is_relative_to(mounted) and len(mounted.parts) >= len(best.parts):
            best, kind = mounted, found
    return kind if kind in _NETWORK else None
