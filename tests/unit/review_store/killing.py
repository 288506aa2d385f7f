"""Do one thing with a review store in a process that is killed at its n-th step, for every n.

    python -m tests.unit.review_store.killing WHERE ACTION

A step is the moment before and the moment after each statement, each commit, each write to the file
of heads (also halfway) and each fsync. After each death a line of JSON says what is there.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from workbench.review.store import ReviewStore, connecting, heads
from workbench.review.store.verifying import verify_store
from workbench.terms import InputError


class Steps:
    """Counts; at the chosen one the process dies as by a power cut."""

    def __init__(self) -> None:
        self.done, self.fatal = 0, 0

    def step(self, *_: Any) -> None:
        self.done += 1
        if self.done == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            self.step()
            found = call(*arguments, **options)
            self.step()
            return found

        return stepping


STEPS = Steps()


class Connection(sqlite3.Connection):
    """Its pragmas are steps, too (SQLAlchemy does not see them)."""

    execute = STEPS.around(sqlite3.Connection.execute)


class Torn:
    """A file that writes in two halves."""

    def __init__(self, file: Any):
        self.file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> Torn:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> None:
        for half in (data[: len(data) // 2], data[len(data) // 2 :]):
            STEPS.step()
            self.file.write(half)
            self.file.flush()
        STEPS.step()


def watch() -> None:
    """Make each statement, commit, write and fsync of this process a step."""
    event.listen(Engine, "before_cursor_execute", STEPS.step)
    event.listen(Engine, "after_cursor_execute", STEPS.step)
    DefaultDialect.do_commit = STEPS.around(DefaultDialect.do_commit)  # type: ignore[method-assign]
    connect, opened = sqlite3.connect, Path.open

    def connected(*arguments: Any, **options: Any) -> Any:
        return connect(*arguments, **options, factory=Connection)

    connecting.sqlite3.connect = connected
    heads.os.fsync = STEPS.around(os.fsync)

    def torn(path: Path, mode: str = "r", **options: Any) -> Any:
        file = opened(path, mode, **options)
        return Torn(file) if "a" in mode else file

    heads.Path.open = torn  # type: ignore[method-assign, assignment]


def create(store_at: str) -> None:
    ReviewStore.open(store_at)


def one(store_at: str) -> None:
    store = ReviewStore.open(store_at, create=False)
    with store.writing() as writing:
        writing.append("rating", "Li", {"points": 1})


def two(store_at: str) -> None:
    store = ReviewStore.open(store_at, create=False)
    with store.writing() as writing:
        writing.append("rating", "Li", {"points": 1})
        writing.append("rating", "Li", {"points": 2})


def draft(store_at: str) -> None:
    ReviewStore.open(store_at, create=False).put_draft("Li", "r1", "C1", {"points": 9})


def submit(store_at: str) -> None:
    store = ReviewStore.open(store_at, create=False)
    with store.writing() as writing:
        writing.append("rating", "Li", {"points": 1}, round_id="r1", subject="C1")
        writing.drop_draft("Li", "r1", "C1")


def export(store_at: str) -> None:
    ReviewStore.open(store_at, create=False).export_head()


ACTIONS: dict[str, Callable[[str], None]] = {
    "create": create, "one": one, "two": two, "draft": draft, "submit": submit, "export": export,
}  # fmt: skip


def main(where: str, action: str) -> None:
    """Each death in a world of its own."""
    killed, number = True, 0
    while killed:
        number += 1
        place = f"{where}_{number}"
        if action != "create":
            prepare(place)
        child = os.fork()
        if not child:
            watch()
            STEPS.fatal = number
            ACTIONS[action](place)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        assert killed or status == 0, status
        print(json.dumps({"killed": killed, **state(place)}), flush=True)
        forget(place)


def prepare(place: str) -> None:
    """Two entries, an exported head, and a draft."""
    with ReviewStore.open(place) as store:
        with store.writing() as writing:
            writing.append("round_opened", "lead", {}, round_id="r1")
            writing.append("rating", "Wang", {"points": 5}, round_id="r1", subject="C1")
        store.put_draft("Li", "r1", "C1", {"points": 1})


def state(place: str) -> dict[str, Any]:
    """What is there after the death; then, whether all is whole and work goes on."""
    found: dict[str, Any] = {}
    try:
        store = ReviewStore.open(place, create=False)
    except InputError as error:
        found = {"none": "no review store yet" in str(error) or "no such" in str(error)}
        store = ReviewStore.open(place)
    else:
        lines = store._address.heads
        found["entries"] = [entry.body.get("points") for entry in store.entries()]
        found["draft"] = store.draft("Li", "r1", "C1")
        found["heads"] = len(heads.read_heads(lines).heads) if lines.exists() else 0
    with store, store.writing() as writing:
        writing.append("rating", "Zhao", {}, subject="after")
    after = verify_store(place)
    return {**found, "whole": after.whole and after.covered == after.entries}


def forget(place: str) -> None:
    """The next world begins empty."""
    for path in Path().glob("*.heads.jsonl"):
        path.unlink()
    if "://" not in place:
        for path in Path(place).parent.glob(f"{Path(place).name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
