"""A review store keeps what it was given, in order, from many writers, and nothing by halves."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import textwrap
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from workbench.review.store import Entry, ReviewStore
from workbench.review.store.verifying import verify_store
from workbench.terms import InputError, UsageError, WorkbenchError

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def add(store: ReviewStore, subject: str, body: dict[str, Any] | None = None) -> Entry:
    with store.writing() as writing:
        return writing.append("rating", "Li", body or {}, round_id="r1", subject=subject)


def test_entries_come_back_as_they_were_given(where: str) -> None:
    body = {"分": [1, 2.5, None, True, "\u0000"], "a": {"": "😀"}}
    with ReviewStore.open(where, clock=lambda: NOON) as store:
        with store.writing() as writing:
            one = writing.append("round_opened", "组长", body, round_id="2026-07")
            two = writing.append("rating", "Li", {}, round_id="2026-07", subject="C1")
            assert writing.entries() == [one, two]
        store_id = store.store_id
    with ReviewStore.open(where, create=False) as again:
        assert again.entries() == [one, two]
        assert again.entries(after=1) == [two]
        assert again.store_id == store_id
        assert again.head().hash == two.hash
    assert (one.seq, one.actor, one.round_id, one.subject) == (1, "组长", "2026-07", "")
    assert one.body == body
    assert one.at == "2026-07-01T12:00:00.000000Z"
    assert two.previous == one.hash


def test_a_clock_that_is_put_back_does_not_turn_time(where: str) -> None:
    moments = iter([NOON, NOON + timedelta(hours=1), NOON - timedelta(days=1), NOON])
    with ReviewStore.open(where, clock=lambda: next(moments)) as store:
        times = [add(store, s).at for s in "abc"]
    assert times == ["2026-07-01T13:00:00.000000Z"] * 3


def test_moments_are_kept_in_utc(where: str) -> None:
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    with ReviewStore.open(where, clock=lambda: shanghai) as store:
        assert add(store, "a").at == "2026-07-01T12:00:00.000000Z"
    with pytest.raises(UsageError, match="time zone"):
        ReviewStore.open(where + "x", clock=lambda: NOON.replace(tzinfo=None))


def test_an_error_takes_the_whole_transaction_back(where: str) -> None:
    with ReviewStore.open(where) as store:
        add(store, "kept")
        with suppress(ZeroDivisionError), store.writing() as writing:
            writing.append("rating", "Li", {}, subject="lost")
            raise ZeroDivisionError
        with pytest.raises(RuntimeError, match="has ended"):
            writing.append("rating", "Li", {})
        assert [e.subject for e in store.entries()] == ["kept"]
        assert add(store, "next").seq == 2


def test_two_transactions_at_once_in_one_thread_are_a_slip_not_a_deadlock(where: str) -> None:
    with ReviewStore.open(where) as store, store.writing():
        with pytest.raises(RuntimeError, match="one transaction"):
            store.put_draft("Li", "r1", "C1", {})
        assert store.entries() == []  # reading goes on


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"a": [0, float("nan")]}, r"body\.a\[1\]: JSON knows no infinity and no NaN"),
        ({"a": float("-inf")}, "no infinity"),
        ({"a": 2**53}, r"beyond 2\^53"),
        ({"a": {1: 2}}, "keys of JSON are texts"),
        ({"a": "\ud800"}, "lone surrogate"),
        ({"\udfff": 1}, "a key in body"),
        ({"on": NOON}, "datetime is no type of JSON; write a day"),
        ({"a": {1, 2}}, "set is no type"),
        ([1], "JSON object, not list"),
    ],
)
def test_what_is_no_json_is_refused_with_a_sentence(tmp_path: Path, body: Any, said: str) -> None:
    with ReviewStore.open(tmp_path) as store:
        with pytest.raises(UsageError, match=said), store.writing() as writing:
            writing.append("rating", "Li", body)
        assert store.entries() == []


def test_bodies_nested_without_end_are_refused(tmp_path: Path) -> None:
    body: dict[str, Any] = {}
    for _ in range(5000):
        body = {"a": body}
    with ReviewStore.open(tmp_path) as store, pytest.raises(UsageError, match="nested more"):
        add(store, "C1", body)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"actor": ""}, "actor is empty"),
        ({"kind": " "}, "kind is empty"),
        ({"actor": "a\nb"}, "actor holds what is no letter"),
        ({"subject": "\x00"}, "subject holds what is no letter"),
        ({"round_id": "r" * 201}, "round_id has 201 characters"),
        ({"subject": 5}, "subject is a text, not int"),
    ],
)
def test_names_are_texts_of_one_line(tmp_path: Path, names: dict[str, Any], said: str) -> None:
    given = {"kind": "rating", "actor": "Li", "body": {}, **names}
    with (
        ReviewStore.open(tmp_path) as store,
        pytest.raises(UsageError, match=said),
        store.writing() as writing,
    ):
        writing.append(**given)


def test_drafts_are_replaced_and_go_with_what_they_became(where: str) -> None:
    with ReviewStore.open(where) as store:
        store.put_draft("Li", "r1", "C1", {"points": 3})
        store.put_draft("Li", "r1", "C1", {"points": 4})
        store.put_draft("Li", "r1", "C0", {})
        store.put_draft("Wang", "r1", "C1", {"points": 5})
        assert store.draft("Li", "r1", "C1") == {"points": 4}
        assert store.drafted("Li", "r1") == ["C0", "C1"]
        assert store.entries() == []
        with suppress(ZeroDivisionError), store.writing() as writing:
            writing.drop_draft("Li", "r1", "C1")
            raise ZeroDivisionError
        assert store.draft("Li", "r1", "C1") == {"points": 4}
        with store.writing() as writing:
            writing.append("rating", "Li", {"points": 4}, round_id="r1", subject="C1")
            assert writing.drop_draft("Li", "r1", "C1")
            assert not writing.drop_draft("Li", "r1", "C1")
        assert store.draft("Li", "r1", "C1") is None
        assert store.draft("Wang", "r1", "C1") == {"points": 5}
        assert store.drop_draft("Wang", "r1", "C1")


def test_a_draft_that_somebody_broke_is_a_sentence(where: str) -> None:
    with ReviewStore.open(where) as store:
        store.put_draft("Li", "r1", "C1", {})
        run(store, "UPDATE drafts SET body = '{\"points'")
        with pytest.raises(InputError, match="the draft of C1 cannot be read"):
            store.draft("Li", "r1", "C1")
        store.put_draft("Li", "r1", "C1", {"points": 1})
        assert store.draft("Li", "r1", "C1") == {"points": 1}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET actor = 'x' WHERE seq = 1",
        "UPDATE entries SET actor = actor",
        "DELETE FROM entries WHERE seq = 2",
        "DELETE FROM entries",
        "UPDATE store SET store_id = 'x'",
        "DELETE FROM store",
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(where: str, statement: str) -> None:
    with ReviewStore.open(where) as store:
        before = [add(store, "a"), add(store, "b")]
        truncate = ["TRUNCATE entries", "TRUNCATE store"] if "://" in where else []
        for one in [statement, *truncate]:
            with pytest.raises(DBAPIError, match=r"only add|keeps its id"):
                run(store, one)
        assert store.entries() == before


def test_sqlite_refuses_to_replace_an_entry_or_to_leave_a_gap(tmp_path: Path) -> None:
    with ReviewStore.open(tmp_path) as store:
        before = [add(store, "a"), add(store, "b")]
        for seq in (1, 2, 4, "NULL"):
            with pytest.raises(DBAPIError, match="only added"):
                run(store, f"INSERT OR REPLACE INTO entries SELECT {seq}, at, actor, kind, "
                    "round_id, subject, body, previous, hash, store_id FROM entries WHERE seq = 1",
                )  # fmt: skip
        assert store.entries() == before


def run(store: ReviewStore, statement: str) -> None:
    with store._engine.connect() as connection, connection.begin():
        if schema := store._tables.schema:
            connection.exec_driver_sql(f"SET LOCAL search_path TO {schema}")
        connection.exec_driver_sql(statement)


# -- where it lies


def test_a_folder_stands_for_the_file_in_it(tmp_path: Path) -> None:
    ReviewStore.open(tmp_path / "out").close()
    assert (tmp_path / "out" / "review.sqlite").is_file()
    url = f"sqlite:///{tmp_path / 'out' / 'review.sqlite'}"
    with ReviewStore.open(url, create=False) as store:
        assert store.head().seq == 0


def test_several_stores_live_in_one_database(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        ReviewStore.open(f"{postgres}&schema=one") as one,
        ReviewStore.open(f"{postgres}&schema=two") as two,
    ):
        with one.writing() as a, two.writing() as b:  # nor does one wait for the other
            a.append("rating", "Li", {"in": 1})
            b.append("rating", "Li", {"in": 2})
        assert one.store_id != two.store_id
        assert [e.body for e in two.entries()] == [{"in": 2}]


def test_a_user_who_owns_nothing_can_add_and_read(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rights that docs/review_store.md names are enough, and change no entry."""
    monkeypatch.chdir(tmp_path)
    owner = ReviewStore.open(f"{postgres}&schema=kept")
    for statement in (
        "CREATE ROLE clerk LOGIN PASSWORD 'word'",
        "GRANT USAGE ON SCHEMA kept TO clerk",
        "GRANT SELECT, INSERT ON kept.entries TO clerk",
        "GRANT SELECT, UPDATE ON kept.store TO clerk",
        "GRANT ALL ON kept.drafts TO clerk",
    ):
        run(owner, statement)
    owner.close()
    clerk = f"postgresql://clerk:word@{postgres.split('@')[1]}&schema="
    with ReviewStore.open(clerk + "kept") as store:
        store.put_draft("Li", "r1", "C1", {})
        with store.writing() as writing:
            writing.append("rating", "Li", {})
            writing.drop_draft("Li", "r1", "C1")
        for statement in (
            "UPDATE entries SET actor = 'x'",
            "ALTER TABLE entries DISABLE TRIGGER ALL",
        ):
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
                run(store, statement)
    verdict = verify_store(clerk + "kept")
    assert (verdict.whole, verdict.covered, verdict.remarks) == (True, 1, [])
    with pytest.raises(InputError, match="no right to do that"):
        ReviewStore.open(clerk + "another")


def test_the_verifier_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[3] / "docs" / "review_store.md").read_text("utf-8")
    code = page[page.index("    import hashlib") :].partition("\n\n`tests/")[0]
    with ReviewStore.open(tmp_path) as store:
        for subject in "甲乙丙":
            add(store, subject, {"points": [1, 2], "why": "缺少送达回证"})
    names: dict[str, Any] = {}
    exec(textwrap.dedent(code), names)
    assert names["previous"] == store_head(tmp_path)
    names["rows"].close()


def store_head(folder: Path) -> str:
    """The hash of the last entry."""
    with ReviewStore.open(folder) as store:
        return store.head().hash


def _text(path: Path) -> None:
    path.write_text("评查" * 900, "utf-8")


def _other(path: Path) -> None:
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cases (case_id TEXT)")
    connection.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [("sqlite://", "name a file"), ("mysql://h/d", "'mysql' cannot keep"),
     ("postgresql://h:x/y", "cannot be understood"),
     ("postgresql://h/d?schema=a;b", "one name of small letters")],
)  # fmt: skip
def test_addresses_that_are_none(given: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ReviewStore.open(given)


@pytest.mark.parametrize(
    ("make", "said"), [(_text, "no SQLite file"), (_other, "holds something else")]
)
def test_files_that_are_no_store_are_left_alone(tmp_path: Path, make: Any, said: str) -> None:
    make(path := tmp_path / "other.sqlite")
    before = path.read_bytes()
    with pytest.raises(InputError, match=said):
        ReviewStore.open(path)
    assert path.read_bytes() == before
    with pytest.raises(InputError, match="no such review store"):
        ReviewStore.open(tmp_path / "none.sqlite", create=False)
    assert not (tmp_path / "none.sqlite").exists()


def test_passwords_never_stand_in_an_error() -> None:
    for url in ("postgresql://u:s3cr3t-word@127.0.0.1:1/d?connect_timeout=2",
                "postgresql://u@127.0.0.1:1/d?password=s3cr3t-word&connect_timeout=2",
                "mysql://u:s3cr3t-word@h/d"):  # fmt: skip
        with pytest.raises(WorkbenchError) as error:
            ReviewStore.open(url)
        assert "s3cr3t" not in str(error.value)
        assert error.value.__cause__ is None


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.review.store import connecting

    monkeypatch.setattr(connecting, "_network_kind", lambda path: "nfs4")
    with pytest.raises(InputError, match=r"network drive \(nfs4\).*PostgreSQL"):
        ReviewStore.open(tmp_path)


def test_what_can_only_be_read_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.review.store import store as module

    with ReviewStore.open(tmp_path) as store:
        add(store, "a")
    monkeypatch.setattr(module, "can_write", lambda path: False)
    with ReviewStore.open(tmp_path) as store:
        assert [e.subject for e in store.entries()] == ["a"]
        with pytest.raises(InputError, match="can only be read here"):
            add(store, "b")


def test_a_writer_that_hangs_is_named_after_a_while(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.review.store import connecting
    from workbench.review.store import store as module

    monkeypatch.setattr(connecting, "PATIENCE", 0.2)
    monkeypatch.setattr(module, "PATIENCE", 1)
    with (
        ReviewStore.open(where) as one, ReviewStore.open(where) as two,
        one.writing(), pytest.raises(InputError, match="another session"),
    ):  # fmt: skip
        add(two, "b")


# -- the exported head


def test_the_head_is_exported_when_something_was_appended(where: str) -> None:
    with ReviewStore.open(where) as store:
        heads = store._address.heads
        with store.session():
            pass
        assert not heads.exists()
        with store.session():
            add(store, "a")
        with store.session():
            store.entries()
        add(store, "b")
        head = store.head()
    lines = [json.loads(line) for line in heads.read_text("utf-8").splitlines()]
    assert [line["seq"] for line in lines] == [1, 2]
    assert lines[1] == {
        "store_id": head.store_id, "seq": head.seq, "hash": head.hash, "at": head.at,
    }  # fmt: skip


def test_a_line_that_was_left_unfinished_stays_alone(tmp_path: Path) -> None:
    with ReviewStore.open(tmp_path) as store:
        add(store, "a")
        path = store.export_head()
        whole = path.read_text("utf-8")
        path.write_text(whole + whole[:30], "utf-8")
        store.export_head()
    assert path.read_text("utf-8").splitlines() == [whole.strip(), whole[:30], whole.strip()]


def test_a_head_that_cannot_be_written_is_said_and_the_entries_are_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with ReviewStore.open(tmp_path) as store:
        add(store, "a")
        with pytest.raises(InputError, match="the entries themselves are kept"):
            store.export_head(tmp_path / "file" / "heads.jsonl")
        assert len(store.entries()) == 1


def test_the_address_of_a_database_can_name_the_file_of_heads(
    postgres: str, tmp_path: Path
) -> None:
    where = f"{postgres}&schema=headed&heads={tmp_path / 'kept.jsonl'}"
    with ReviewStore.open(where) as store:
        add(store, "a")
    verdict = verify_store(where)
    assert verdict.whole
    assert (verdict.heads, verdict.covered) == (tmp_path / "kept.jsonl", 1)


def test_heads_of_two_stores_do_not_mix(tmp_path: Path) -> None:
    with ReviewStore.open(tmp_path / "a.sqlite") as store:
        path = store.export_head(tmp_path / "heads.jsonl")
    with (
        ReviewStore.open(tmp_path / "b.sqlite") as store,
        pytest.raises(InputError, match="of another review store"),
    ):
        store.export_head(path)


def test_no_new_store_takes_the_place_of_one_that_is_gone(where: str) -> None:
    heads = Path(where + ".heads.jsonl")
    with ReviewStore.open(where) as store:
        add(store, "a")
        heads = store._address.heads
    if "://" in where:
        with ReviewStore.open(where) as store:
            run(store, f"DROP SCHEMA {store._tables.schema} CASCADE")
    else:
        Path(where).unlink()
    with pytest.raises(InputError, match="was it moved or deleted"):
        ReviewStore.open(where)
    heads.rename(heads.with_name("old"))
    ReviewStore.open(where).close()


# -- many at once

WRITER = """
import sys, threading
from workbench.review.store import ReviewStore

where, process, threads, entries = sys.argv[1], *map(int, sys.argv[2:])

def write(thread):
    with ReviewStore.open(where) as store:
        for n in range(entries):
            with store.writing() as writing:
                seen = len(writing.entries(writing.entries()[-1].seq - 1 if n else 0))
                writing.append("rating", f"{process}.{thread}", {"n": n, "seen": seen})
            store.put_draft(f"{process}.{thread}", "r1", str(n), {})

at_work = [threading.Thread(target=write, args=(n,)) for n in range(threads)]
for one in at_work: one.start()
for one in at_work: one.join()
"""


@pytest.mark.parametrize("threads", [1, 10], ids=["five writers", "fifty writers"])
def test_many_writers_lose_nothing(where: str, threads: int) -> None:
    """Five processes; on PostgreSQL ten connections in each, too. They also make the store."""
    if threads > 1 and "://" not in where:
        pytest.skip("a file has five writers")
    entries, processes = 20 // threads + 4, 5
    at_work = [
        subprocess.Popen([sys.executable, "-c", WRITER, where, str(n), str(threads), str(entries)])
        for n in range(processes)
    ]
    assert [one.wait() for one in at_work] == [0] * processes
    with ReviewStore.open(where, create=False) as store:
        found = store.entries()
    wrote = [(e.actor, e.body["n"]) for e in found]
    assert sorted(wrote) == sorted(
        (f"{p}.{t}", n) for p in range(processes) for t in range(threads) for n in range(entries)
    )
    for actor in {actor for actor, _ in wrote}:
        assert [n for who, n in wrote if who == actor] == list(range(entries))
    chained(found, store.store_id)


def chained(entries: list[Entry], store_id: str) -> None:
    """Numbers without gaps, time that runs on, each hash over the one before."""
    previous = _hash({"format": "review-store/1", "store_id": store_id})
    for number, entry in enumerate(entries, 1):
        assert entry.seq == number
        assert entry.previous == previous
        content = {k: v for k, v in vars(entry).items() if k != "hash"}
        previous = _hash({**content, "store_id": store_id})
        assert entry.hash == previous
    assert [e.at for e in entries] == sorted(e.at for e in entries)


def _hash(content: dict[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
