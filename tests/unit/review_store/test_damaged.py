"""A file that a disk or an editor damaged: a sentence, never a traceback, and never "whole"."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from workbench.review.store import ReviewStore
from workbench.review.store.saying import problem_lines, summary_lines
from workbench.review.store.verifying import verify_store
from workbench.terms import InputError

PAGE = 4096
DAMAGES = 120


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "review.sqlite"
    with ReviewStore.open(path) as made, made.writing() as writing:
        for n in range(100):
            body = {"points": n / 2, "why": "缺少送达回证" * 5}
            writing.append("rating", f"评查员{n}", body, round_id="r1", subject=f"C{n}")
    return path


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Some bytes changed, a part zeroed, the end gone, or two pages exchanged."""
    changed = bytearray(content)
    kind, place = draw.randrange(4), draw.randrange(len(content))
    if kind == 0:
        for _ in range(draw.choice([1, 3, 20])):
            changed[draw.randrange(len(content))] = draw.randrange(256)
    elif kind == 1:
        length = draw.choice([1, 16, PAGE])
        changed[place : place + length] = bytes(length)
    elif kind == 2:
        del changed[place:]
    else:
        one, two = (draw.randrange(len(content) // PAGE) * PAGE for _ in range(2))
        page = changed[one : one + PAGE]
        changed[one : one + PAGE] = changed[two : two + PAGE]
        changed[two : two + PAGE] = page
    return bytes(changed)


def rows(path: Path) -> list[Any]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT * FROM entries ORDER BY seq").fetchall()
    finally:
        connection.close()


def test_damage_is_found_or_did_not_touch_an_entry(store: Path, tmp_path: Path) -> None:
    content, before = store.read_bytes(), rows(store)
    heads = store.with_name(store.name + ".heads.jsonl")
    found = 0
    for seed in range(DAMAGES):
        path = tmp_path / f"{seed}.sqlite"
        path.write_bytes(damaged(content, random.Random(seed)))
        try:
            verdict = verify_store(path, heads)
        except InputError:
            found += 1
        else:
            assert [*problem_lines(verdict, "zh"), *summary_lines(verdict, "zh")]
            assert not verdict.whole or rows(path) == before
            found += not verdict.whole
        try:
            with ReviewStore.open(path, create=False) as opened:
                opened.entries()
                opened.draft("Li", "r1", "C1")
        except InputError:
            pass
    assert found > DAMAGES / 2
