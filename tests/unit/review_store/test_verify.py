"""Whatever somebody does to the rows of a review store, verifying names it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.review_store import outsider
from tests.unit.review_store.tampering import Intruder, Rows, edited, resealed
from workbench.review.store import ReviewStore
from workbench.review.store.saying import problem_lines, summary_lines
from workbench.review.store.verifying import Verdict, verify_store

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
ENTRIES = 8


@dataclass
class Scene:
    """A store of eight entries with heads exported after the fifth and the last; and another."""

    where: str
    heads: Path
    store_id: str
    intruder: Intruder
    before: Rows
    other: Rows

    def outsider_agrees(self, verdict: Verdict, *, with_heads: bool = True) -> bool:
        lines = self.heads.read_text("utf-8").splitlines() if with_heads else []
        heads = [json.loads(line) for line in lines]
        rows = self.intruder.rows()
        return outsider.whole(rows, self.store_id, heads) == verdict.whole


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("store")
    heads = folder / "heads.jsonl"
    if request.param == "sqlite":
        places = [str(folder / "review.sqlite"), str(folder / "other.sqlite")]
    else:
        url = request.getfixturevalue("postgres")
        places = [f"{url}&schema=s{uuid.uuid4().hex[:12]}" for _ in range(2)]
    where, other = places
    store_id = filled(where, heads)
    filled(other, folder / "other.jsonl")
    intruder = Intruder(where)
    return Scene(where, heads, store_id, intruder, intruder.rows(), Intruder(other).rows())


@pytest.fixture
def scene(made: Scene) -> Iterator[Scene]:
    yield made
    made.intruder.put(made.before)


def filled(where: str, heads: Path) -> str:
    clock = iter(NOON + timedelta(minutes=n) for n in range(100))
    store = ReviewStore.open(where, clock=lambda: next(clock))
    for n in range(1, ENTRIES + 1):
        body = {"points": n / 2, "reasons": ["缺少送达回证", n], "cite": {"page": n}}
        with store.writing() as writing:
            writing.append(
                f"kind-{n}", f"评查员{n}", body, round_id="2026-07", subject=f"99-2025-{n:06}"
            )
        if n in (5, ENTRIES):
            store.export_head(heads)
    store._unsaved = 0
    store.close()
    return store.store_id


def verdict_of(scene: Scene, *, with_heads: bool = True) -> Verdict:
    """What verifying says; its sentences are whole in both languages."""
    verdict = verify_store(scene.where, scene.heads if with_heads else None)
    for language in ("zh", "en"):
        said = [*problem_lines(verdict, language), *summary_lines(verdict, language)]
        assert not [line for line in said if "{" in line.replace(scene.where, "")]
        assert all(said)
    return verdict


def kinds(verdict: Verdict) -> list[tuple[Any, ...]]:
    """Each problem as its kind, its first entry and how many: missing ones by their numbers."""
    return [
        (p.kind, p.about.seq if p.about else p.details.get("first"), p.count)
        for p in verdict.problems
    ]


def test_a_store_that_nobody_touched_is_whole(scene: Scene) -> None:
    verdict = verdict_of(scene)
    assert verdict.problems == []
    assert verdict.remarks == []
    assert (verdict.entries, verdict.covered) == (ENTRIES, ENTRIES)
    assert scene.outsider_agrees(verdict)


# -- each column of the first, a middle and the last entry

EDITS: dict[str, Any] = {
    "at": "2026-07-01T12:00:00.500000Z",
    "actor": "评查员9",
    "kind": "kind-9",
    "round_id": "",
    "subject": "99-2025-000009",
    "body": '{"cite":{"page":1},"points":99,"reasons":[]}',
    "previous": "0" * 64,
    "hash": "f" * 64,
    "store_id": "6b1d1f6e-0000-4000-8000-000000000000",
}


@pytest.mark.parametrize("column", EDITS)
@pytest.mark.parametrize("seq", [1, 4, ENTRIES])
def test_each_edit_names_the_entry(scene: Scene, seq: int, column: str) -> None:
    scene.intruder.put(edited(seq, **{column: EDITS[column]})(scene.before, []))
    verdict = verdict_of(scene)
    (problem,) = verdict.problems
    assert problem.about is not None
    assert problem.about.seq == seq
    if column in ("previous", "store_id") or (column == "hash" and seq != ENTRIES):
        assert problem.kind == "column"
        assert problem.details["column"] == column
    else:
        assert problem.kind == "changed"
    assert scene.outsider_agrees(verdict)
    if column == "body":
        zh, en = (next(problem_lines(verdict, lang)) for lang in ("zh", "en"))
        assert f"第 {seq} 条记录（kind-{seq}，2026-07-01T12:" in zh
        assert f"，评查员{seq}）" in zh
        assert f"Entry {seq} (kind-{seq}, 2026-07-01T12:" in en
        assert "borne out" not in "".join(summary_lines(verdict, "en"))


@pytest.mark.parametrize(
    "body",
    ["{}", "", "no json", '{"a":1', "[1]", "null", "NaN", "[" * 5000,
     '{"cite":{"page":4},"points":2.0,"reasons":["缺少送达回证",4]}',
     '{ "cite":{"page":4},"points":2,"reasons":["缺少送达回证",4]}',
     '{"points":2,"cite":{"page":4},"reasons":["缺少送达回证",4]}'],
)  # fmt: skip
def test_any_other_spelling_of_a_body_is_a_change(scene: Scene, body: str) -> None:
    scene.intruder.put(edited(4, body=body)(scene.before, []))
    assert kinds(verdict_of(scene)) == [("changed", 4, 1)]


def test_a_strange_text_does_not_disturb_the_screen(scene: Scene) -> None:
    scene.intruder.put(edited(4, actor="x\x1b[2J\nEntry 9: fine", kind="")(scene.before, []))
    (said,) = problem_lines(verdict_of(scene), "en")
    assert "\x1b" not in said
    assert "\n" not in said


# -- entries that go, come or change places


def without(*gone: int) -> Callable[[Rows, Rows], Rows]:
    return lambda rows, other: [row for row in rows if row["seq"] not in gone]


def swapped(one: int, two: int) -> Callable[[Rows, Rows], Rows]:
    places = {one: two, two: one}
    return lambda rows, other: [{**r, "seq": places.get(r["seq"], r["seq"])} for r in rows]


def renumbered(edit: Callable[[Rows, Rows], Rows]) -> Callable[[Rows, Rows], Rows]:
    return lambda rows, other: [{**row, "seq": n} for n, row in enumerate(edit(rows, other), 1)]


def moved(seq: int, to: int) -> Callable[[Rows, Rows], Rows]:
    return lambda rows, other: [{**r, "seq": to} if r["seq"] == seq else r for r in rows]


def transplanted(*places: int, disguised: bool = False) -> Callable[[Rows, Rows], Rows]:
    """Entries of the other store instead of those with the same number, or behind the last."""

    def edit(rows: Rows, other: Rows) -> Rows:
        mine = rows[0]["store_id"]
        brought = [dict(row) for row in other if row["seq"] in places]
        if max(places) > ENTRIES:
            brought = [{**other[-1], "seq": ENTRIES + 1}]
            brought = resealed(brought)
        if disguised:
            brought = [{**row, "store_id": mine} for row in brought]
        return [row for row in rows if row["seq"] not in places] + brought

    return edit


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (without(1), [("missing", 1, 1)]),
        (without(4), [("missing", 4, 1)]),
        (without(1, 2), [("missing", 1, 2)]),
        (without(3, 4, 7), [("missing", 3, 2), ("missing", 7, 1)]),
        (without(8), [("cut_off", 8, 1)]),
        (without(5, 6, 7, 8), [("cut_off", 5, 4)]),
        (without(*range(1, 9)), [("cut_off", 1, 8)]),
        (swapped(3, 4), [("moved", 3, 1), ("moved", 4, 1)]),
        (swapped(2, 7), [("moved", 2, 1), ("moved", 7, 1)]),
        (swapped(1, 8), [("moved", 1, 1), ("moved", 8, 1)]),
        (moved(4, 99), [("missing", 4, 1), ("missing", 9, 90), ("moved", 99, 1)]),
        (renumbered(without(1)), [("moved", 1, 7), ("cut_off", 8, 1)]),
        (renumbered(without(4)), [("moved", 4, 4), ("cut_off", 8, 1)]),
        (transplanted(4), [("transplanted", 4, 1)]),
        (transplanted(1), [("transplanted", 1, 1)]),
        (transplanted(9), [("transplanted", 9, 1)]),
        (transplanted(5, 6, 7, 8), [("transplanted", 5, 4)]),
        (transplanted(4, disguised=True), [("changed", 4, 1)]),
        (transplanted(5, 6, 7, 8, disguised=True), [("changed", 5, 4)]),
    ],
)
def test_what_is_missing_moved_or_brought_is_named(
    scene: Scene, edit: Callable[[Rows, Rows], Rows], found: list[Any]
) -> None:
    scene.intruder.put(edit(scene.before, scene.other))
    verdict = verdict_of(scene)
    assert kinds(verdict) == found
    assert scene.outsider_agrees(verdict)


def test_a_moved_entry_is_said_to_be_where_it_was(scene: Scene) -> None:
    scene.intruder.put(swapped(2, 7)(scene.before, []))
    two, seven = problem_lines(verdict_of(scene), "en")
    assert two.startswith("Entry 2 (kind-7, ")
    assert "it was entry 7" in two
    assert "it was entry 2" in seven


def test_a_cut_without_exported_heads_cannot_be_noticed_and_that_is_said(scene: Scene) -> None:
    scene.intruder.put(without(7, 8)(scene.before, []))
    verdict = verdict_of(scene, with_heads=False)
    assert verdict.whole
    assert [r.kind for r in verdict.remarks] == ["no_heads"]
    assert "cannot be noticed" in "\n".join(summary_lines(verdict, "en"))
    assert scene.outsider_agrees(verdict, with_heads=False)


# -- hashes made anew by somebody who knows how


def test_one_entry_with_a_new_hash_is_betrayed_by_the_next(scene: Scene) -> None:
    rows = edited(4, actor="评查员9")(scene.before, [])
    scene.intruder.put(resealed(rows, 4, 4))
    verdict = verdict_of(scene)
    assert kinds(verdict) == [("replaced", 4, 1)]
    assert scene.outsider_agrees(verdict)


@pytest.mark.parametrize(("seq", "between"), [(3, (1, 5)), (6, (6, 8)), (8, (6, 8))])
def test_a_history_written_anew_is_betrayed_by_the_exported_head(
    scene: Scene, seq: int, between: tuple[int, int]
) -> None:
    rows = edited(seq, actor="评查员9")(scene.before, [])
    scene.intruder.put(resealed(rows, seq))
    verdict = verdict_of(scene)
    assert [(p.kind, p.details["first"], p.details["last"]) for p in verdict.problems] == [
        ("rewritten", *between)
    ]
    assert scene.outsider_agrees(verdict)
    unaware = verdict_of(scene, with_heads=False)
    assert unaware.whole
    assert scene.outsider_agrees(unaware, with_heads=False)


def test_a_beginning_that_was_taken_away_with_new_hashes_is_not_bound(scene: Scene) -> None:
    rows = renumbered(without(1))(scene.before, [])
    scene.intruder.put(resealed(rows))
    verdict = verdict_of(scene)
    assert [kind for kind, *_ in kinds(verdict)] == ["unbound", "rewritten", "cut_off"]


def test_a_foreign_history_under_our_id_is_betrayed_by_its_first_entry(scene: Scene) -> None:
    rows = [{**row, "store_id": scene.store_id} for row in scene.other]
    scene.intruder.put(resealed(rows))
    verdict = verdict_of(scene)
    assert ("unbound", 1, 1) in kinds(verdict)
    assert scene.outsider_agrees(verdict)


def test_time_that_runs_back_is_named_whoever_made_the_hashes(scene: Scene) -> None:
    rows = edited(6, at="2026-07-01T11:00:00.000000Z")(scene.before, [])
    rows = edited(8, at="yesterday")(rows, [])
    scene.intruder.put(resealed(rows, 6))
    verdict = verdict_of(scene, with_heads=False)
    assert kinds(verdict) == [("backwards", 6, 1), ("no_time", 8, 1)]


def test_a_row_that_was_put_in_is_named(scene: Scene) -> None:
    new = {**scene.before[3], "actor": "评查员9"}
    rows = [{**r, "seq": r["seq"] + (r["seq"] > 4)} for r in scene.before]
    rows = [*rows[:4], {**new, "seq": 5}, *rows[4:]]
    scene.intruder.put(rows)
    verdict = verdict_of(scene)
    assert kinds(verdict) == [("changed", 5, 1), ("moved", 6, 4)]
    assert scene.outsider_agrees(verdict)


# -- the store and the heads themselves


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["other"], [("other_id", 1, ENTRIES), ("foreign_heads", None, 2)]),
        ([], [("identity", None, 1)]),
        (["", "other"], [("identity", None, 1)]),
    ],
)
def test_an_id_that_was_changed_is_named(scene: Scene, rows: list[str], found: list[Any]) -> None:
    (store,) = before = scene.intruder.rows("store")
    scene.intruder.put([{**store, "store_id": r or scene.store_id} for r in rows], "store")
    try:
        assert kinds(verdict_of(scene)) == found
    finally:
        scene.intruder.put(before, "store")


def test_heads_of_another_store_are_named(scene: Scene, tmp_path: Path) -> None:
    other = scene.heads.with_name("other.jsonl")
    verdict = verify_store(scene.where, other)
    assert kinds(verdict) == [("foreign_heads", None, 2)]
    assert verdict.covered == 0


def test_what_no_head_covers_is_said(scene: Scene, tmp_path: Path) -> None:
    lines = scene.heads.read_text("utf-8").splitlines()
    old = tmp_path / "old.jsonl"
    old.write_text(f"{lines[0]}\n{lines[1][:40]}\nno json\n[]\n{{}}\n", "utf-8")
    verdict = verify_store(scene.where, old)
    assert verdict.whole
    assert verdict.covered == 5
    said = {r.kind: r.details for r in verdict.remarks}
    assert said["uncovered"] == {"first": 6, "last": 8}
    assert said["head_lines"]["lines"] == "2, 3, 4, 5"


def test_triggers_that_are_gone_are_remarked(scene: Scene) -> None:
    if scene.intruder.tables.schema is None:
        with scene.intruder.connected() as connection:
            sql = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = 'entries_never_go'"
            ).scalar_one()
        off, on = "DROP TRIGGER entries_never_go", sql
    else:
        off = "ALTER TABLE {s}entries DISABLE TRIGGER entries_never_go"
        on = "ALTER TABLE {s}entries ENABLE TRIGGER entries_never_go"
    scene.intruder.run(off)
    verdict = verdict_of(scene)
    scene.intruder.run(on)
    assert verdict.whole
    assert [r.kind for r in verdict.remarks] == ["triggers"]
    assert verdict.remarks[0].details == {"names": "entries_never_go"}


def test_a_clock_that_ran_ahead_is_remarked(scene: Scene) -> None:
    verdict = verify_store(scene.where, scene.heads, now=NOON - timedelta(days=1))
    assert verdict.whole
    assert [r.kind for r in verdict.remarks] == ["future"]
