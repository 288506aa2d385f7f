"""The exported heads: a file of lines, one JSON object each, that is only ever added to.

Who keeps a copy elsewhere can later tell whether the history was cut off or written anew.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.review.store.canonical import canonical
from workbench.review.store.entry import Head
from workbench.terms import InputError


@dataclass(frozen=True)
class Heads:
    """What a file of heads says; `unreadable` are the numbers of lines that are no head."""

    path: Path
    heads: list[Head]
    unreadable: list[int]


def append_head(path: Path, head: Head) -> None:
    """Add a line, and return when it is on the disk.

    A line that a killed process left unfinished stays as it is; ours begins after it. Raises
    `InputError` where the file is of another store, or cannot be written.
    """
    others = {one.store_id for one in read_heads(path).heads} if path.exists() else set()
    if others - {head.store_id}:
        raise InputError(
            f"{path} keeps the heads of another review store; give this one a file of its own"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _append(path, canonical(asdict(head)) + "\n")
    except OSError as error:
        raise InputError(
            f"{path.absolute()}: the head of the review store cannot be written "
            f"({error.strerror or error}); the entries themselves are kept. Export it to another "
            "file"
        ) from None


def _append(path: Path, line: str) -> None:
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = "\n" + line
        file.write(line.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    _keep_name(path.parent)


def read_heads(path: Path) -> Heads:
    """All heads of a file. Raises `InputError` where it cannot be read at all."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    heads, unreadable = [], []
    for number, line in enumerate(lines, 1):
        if head := _head(line):
            heads.append(head)
        elif line.strip():
            unreadable.append(number)
    return Heads(path, heads, unreadable)


def _head(line: bytes) -> Head | None:
    try:
        said = json.loads(line)
        head = Head(said["store_id"], said["seq"], said["hash"], said["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    texts = isinstance(head.store_id, str) and isinstance(head.hash, str)
    whole = isinstance(head.seq, int) and not isinstance(head.seq, bool) and head.seq >= 0
    return head if texts and whole and isinstance(head.at, str) else None


def _keep_name(folder: Path) -> None:
    """A new file is only there for good when its folder is on the disk, too."""
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
