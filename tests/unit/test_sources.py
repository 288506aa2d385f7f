"""Every kind of source tells the same: JSON, Parquet, databases, frames; and what it refuses."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import workbench
from tests.unit.loading_schema import schema_of_files
from workbench.loading import CaseFiles, load_case_files
from workbench.schema import Schema
from workbench.terms import InputError, UsageError, WorkbenchError


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of_files(tmp_path_factory.mktemp("pack"))


def load(source: Any, schema: Schema) -> CaseFiles:
    files = load_case_files(source, schema)
    for count in files.report.counts:
        assert count.read == count.used + count.refused
        assert count.used == files.count(count.table)
    return files


def rows(files: CaseFiles, columns: str, table: str = "cases") -> list[tuple[Any, ...]]:
    return files.engine.rows(f"SELECT {columns} FROM main.{table} ORDER BY 1", "test")


def refused(files: CaseFiles) -> list[tuple[Any, ...]]:
    found = [r for r in files.report.rows.to_pylist() if r["action"] == "refused"]
    return [(r["file"], r["sheet"], r["row"], r["reason_code"]) for r in found]


# -- JSON

NESTED = [
    {
        "case_id": "C1",
        "kind": "penalty",
        "fine_yuan": 1.5e3,
        "major": True,
        "extra": {"note": "n1", "deep": {"x": 1}},
        "documents": [{"document_id": "D1", "made_on": "2025-01-02"}, {"document_id": "D2"}],
        "events": [{"event_id": "E1", "event_officers": [{"officer_id": "P1"}]}],
    },
    {"case_id": "C2", "penalty_kinds": ["fine", "warning"], "documents": []},
]


def test_nested_documents_become_tables_with_the_key_of_their_parent(
    tmp_path: Path, schema: Schema
) -> None:
    (tmp_path / "cases.json").write_text(json.dumps(NESTED))
    files = load(tmp_path / "cases.json", schema)
    assert rows(files, "case_id, kind, fine_yuan, major, note, penalty_kinds") == [
        ("C1", "penalty", Decimal("1500.00"), True, "n1", None),
        ("C2", None, None, None, None, "fine;warning"),
    ]
    assert rows(files, "document_id, case_id, made_on", "documents") == [
        ("D1", "C1", date(2025, 1, 2)), ("D2", "C1", None)]  # fmt: skip
    assert rows(files, "event_id, officer_id", "event_officers") == [("E1", "P1")]


def test_json_lines_lose_no_good_line(tmp_path: Path, schema: Schema) -> None:
    lines = ['{"case_id": "C1"}', '{"case_id": ', "", "[1]", '{"case_id": "C2", "case_id": "C3"}',
             '{"case_id": "C4"}']  # fmt: skip
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    files = load(tmp_path, schema)
    assert rows(files, "case_id") == [("C1",), ("C4",)]
    assert refused(files) == [
        ("cases.jsonl", None, 2, "not_json"),
        ("cases.jsonl", None, 4, "no_record"),
        ("cases.jsonl", None, 5, "key_twice"),
    ]


def test_tables_by_name_in_one_document(tmp_path: Path, schema: Schema) -> None:
    whole = {"案件": [{"案件编号": "C1"}], "documents": [{"document_id": "D1", "case_id": "C1"}]}
    (tmp_path / "export.json").write_text(json.dumps(whole, ensure_ascii=False), "gb18030")
    files = load(tmp_path / "export.json", schema)
    assert rows(files, "case_id") == [("C1",)]
    assert files.count("documents") == 1


@pytest.mark.parametrize("text", ['[{"case_id": "C1"}', '{"a"', "[" * 100_000, '"x"', "[1, 2]"])
def test_json_that_is_no_document_gets_a_sentence(
    tmp_path: Path, schema: Schema, text: str
) -> None:
    (tmp_path / "cases.json").write_text(text)
    with pytest.raises(InputError):
        load(tmp_path, schema)


def test_a_record_nested_without_end_is_refused_alone(tmp_path: Path, schema: Schema) -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"a": deep}
    (tmp_path / "cases.json").write_text(json.dumps([{"case_id": "C1"}, {"case_id": "C2", **deep}]))
    files = load(tmp_path, schema)
    assert rows(files, "case_id") == [("C1",)]
    assert refused(files) == [("cases.json", None, 2, "too_deep")]


# -- Parquet

TYPED = pa.table(
    {
        "case_id": ["C1", "C2"],
        "kind": pa.array(["penalty", "permit"]).dictionary_encode(),
        "decided_on": pa.array([date(2025, 1, 2), None]),
        "decided_at": pa.array([datetime(2025, 1, 2, 9, 30), None], pa.timestamp("ns")),
        "fine_yuan": [200.0, 0.1],
        "officers": [2, None],
        "major": [True, False],
        "penalty_kinds": [["fine"], ["fine", "warning"]],
        "picture": [b"\xff", None],
    }
)
MEANT = [
    ("C1", "penalty", date(2025, 1, 2), datetime(2025, 1, 2, 9, 30), Decimal("200.00"), 2, True,
     "fine"),
    ("C2", "permit", None, None, Decimal("0.10"), None, False, "fine;warning"),
]  # fmt: skip
COLUMNS = "case_id, kind, decided_on, decided_at, fine_yuan, officers, major, penalty_kinds"


def test_parquet_keeps_what_its_types_say(tmp_path: Path, schema: Schema) -> None:
    pq.write_table(TYPED, tmp_path / "cases.parquet")
    assert rows(load(tmp_path, schema), COLUMNS) == MEANT


def test_a_partitioned_folder_is_one_table(tmp_path: Path, schema: Schema) -> None:
    for place, kind in enumerate(("penalty", "permit")):
        inside = tmp_path / "cases" / f"kind={kind}"
        inside.mkdir(parents=True)
        pq.write_table(TYPED.slice(place, 1).drop_columns(["kind"]), inside / "part.parquet")
    assert rows(load(tmp_path, schema), COLUMNS) == MEANT


def test_damaged_parquet_gets_a_sentence(tmp_path: Path, schema: Schema) -> None:
    pq.write_table(TYPED, tmp_path / "cases.parquet")
    data = (tmp_path / "cases.parquet").read_bytes()
    (tmp_path / "cases.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="damaged"):
        load(tmp_path, schema)


# -- frames


def test_a_frame_is_a_source(schema: Schema) -> None:
    frame = TYPED.to_pandas()
    assert rows(load(frame, schema), COLUMNS) == MEANT
    documents = pd.DataFrame({"document_id": ["D1", "D2"], "case_id": ["C1", "C9"]})
    files = load({"cases": frame.set_index("case_id"), "documents": documents}, schema)
    assert rows(files, "document_id", "documents") == [("D1",)]
    assert refused(files) == [("documents", None, 2, "orphan")]


def test_frames_and_paths_stand_together(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "export_7.csv").write_text("document_id,case_id\nD1,C1\n")
    files = load({"cases": TYPED, "documents": str(tmp_path / "export_7.csv")}, schema)
    assert files.count("documents") == 1


def test_values_of_several_kinds_stand_in_one_column(schema: Schema) -> None:
    values = {"case_id": ["C1", 2, 3.0], "note": [None, float("nan"), "\ud800x"]}
    frame = pd.DataFrame(values, dtype=object)
    assert rows(load(frame, schema), "case_id, note") == [("2", None), ("3", "?x"), ("C1", None)]


def test_something_else_is_no_source(schema: Schema) -> None:
    with pytest.raises(UsageError, match="neither a path nor a DataFrame"):
        load(7, schema)


# -- SQLite


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "bureau.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE raw (id TEXT, day TEXT, sum REAL, secret BLOB);
        INSERT INTO raw VALUES ('C1', '2025-01-02', 200.5, x'ff'), (NULL, '2025-01-03', 1, NULL);
        CREATE VIEW cases AS SELECT id AS case_id, day AS decided_on, sum AS fine_yuan FROM raw;
        CREATE TABLE documents (document_id TEXT PRIMARY KEY, case_id TEXT, sensitivity TEXT,
                                note TEXT);
        INSERT INTO documents VALUES ('D2', 'C1', 'state_secret', 'hush'), ('D1', 'C1', NULL, 'x');
        """
    )
    connection.close()
    return path


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_tables_and_views_of_sqlite_are_read(database: Path, schema: Schema, form: str) -> None:
    before = database.read_bytes()
    files = load(form.format(database), schema)
    assert rows(files, "case_id, decided_on, fine_yuan") == [
        ("C1", date(2025, 1, 2), Decimal("200.50"))]  # fmt: skip
    assert rows(files, "document_id, note", "documents") == [("D1", "x")]
    assert [(sheet or file, row, why) for file, sheet, row, why in refused(files)] == [
        ("cases", 2, "missing_key"), ("documents", 2, "state_secret")]  # fmt: skip
    assert "hush" not in str(files.report.rows.to_pylist())
    assert database.read_bytes() == before


def test_a_file_that_is_no_database_gets_a_sentence(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"SQLite format 3\x00" + b"\x07" * 4000)
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "x.sqlite", schema)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:s3cr3t-word@127.0.0.1:1/bureau?connect_timeout=2",
        "postgresql://reader@127.0.0.1:1/bureau?password=s3cr3t-word&connect_timeout=2",
        "mysql://reader:s3cr3t-word@127.0.0.1/bureau",
        "sqlite:////no/such/file-s3cr3t-word?password=s3cr3t-word".replace("-s3cr3t-word?", "?"),
    ],
)
def test_passwords_never_stand_in_an_error(url: str, schema: Schema) -> None:
    with pytest.raises(WorkbenchError) as error:
        load(url, schema)
    assert "s3cr3t" not in str(error.value)
    assert error.value.__cause__ is None


# -- text


@pytest.mark.parametrize(
    ("encoding", "title"),
    [("gb18030", "GB18030"), ("big5", "Big5"), ("cp932", "Shift-JIS"), ("utf-16", "UTF-16"),
     ("utf-16-le", "UTF-16")],
)  # fmt: skip
def test_encodings_are_told_and_said(
    tmp_path: Path, schema: Schema, encoding: str, title: str
) -> None:
    notes = {"big5": "當事人未提供營業執照", "cp932": "労働基準法違反の事案について"}
    note = notes.get(encoding, "当事人未提供营业执照")
    (tmp_path / "cases.csv").write_bytes(f"case_id,note\nC1,{note}\n".encode(encoding))
    files = load(tmp_path, schema)
    assert rows(files, "note") == [(note,)]
    assert [(m.reason_code, m.detail) for m in files.report.messages] == [("encoding", title)]


def test_a_doubtful_encoding_is_said(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "cases.csv").write_bytes(b"case_id,note\nC1,\x96\x7b\xb0\xb1\n")
    files = load(tmp_path, schema)
    assert "encoding_doubtful" in [m.reason_code for m in files.report.messages]


@pytest.mark.parametrize(("name", "mark"), [("cases.tsv", "\t"), ("cases.txt", "|")])
def test_text_by_other_names(tmp_path: Path, schema: Schema, name: str, mark: str) -> None:
    (tmp_path / name).write_text(f"case_id{mark}note\nC1{mark}a,b\n")
    assert rows(load(tmp_path, schema), "case_id, note") == [("C1", "a,b")]


def test_titles_above_the_header_of_a_text(tmp_path: Path, schema: Schema) -> None:
    text = "﻿2025年案件,,\r\n,,\r\n案件编号,类别,处罚决定日期\r\nC1,行政处罚,2025-01-02\r\n,x,\r\n"
    (tmp_path / "2025年.csv").write_text(text, "utf-8", newline="")
    files = load(tmp_path, schema)
    assert rows(files, "case_id, kind") == [("C1", "penalty")]
    assert refused(files) == [("2025年.csv", None, 5, "missing_key")]
    assert {"title_rows", "told_by_columns"} <= {m.reason_code for m in files.report.messages}


def test_kinds_stand_together_in_a_folder(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "cases.csv").write_text("case_id\nC1\n")
    (tmp_path / "documents.json").write_text('[{"document_id": "D1", "case_id": "C1"}]')
    pq.write_table(pa.table({"event_id": ["E1"], "case_id": ["C1"]}), tmp_path / "events.parquet")
    files = load(tmp_path, schema)
    assert [files.count(t) for t in ("cases", "documents", "events")] == [1, 1, 1]


# -- whatever the kind


def written(kind: str, folder: Path, tables: dict[str, pa.Table]) -> Any:
    """The tables as a source of that kind."""
    if kind == "frames":
        return {name: table.to_pandas() for name, table in tables.items()}
    if kind == "sqlite":
        connection = sqlite3.connect(folder / "x.sqlite")
        for name, table in tables.items():
            table.to_pandas().to_sql(name, connection, index=False)
        connection.close()
        return folder / "x.sqlite"
    if kind == "xlsx":
        with pd.ExcelWriter(folder / "x.xlsx", engine="xlsxwriter") as book:
            for name, table in tables.items():
                table.to_pandas().to_excel(book, sheet_name=name, index=False)
        return folder / "x.xlsx"
    for name, table in tables.items():
        if kind == "json":
            (folder / f"{name}.json").write_text(json.dumps(table.to_pylist()))
        elif kind == "parquet":
            pq.write_table(table, folder / f"{name}.parquet")
        else:
            table.to_pandas().to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "parquet", "sqlite", "frames"])
def test_every_kind_refuses_the_same_rows(tmp_path: Path, schema: Schema, kind: str) -> None:
    secret = "国家秘密"
    cases = pa.table({"case_id": ["C1", None, "C1", "C3"], "kind": ["penalty", "x", "permit", "y"]})
    documents = pa.table(
        {
            "document_id": ["D1", "D2", "D3", "D4"],
            "case_id": ["C1", "C9", "C1", "C1"],
            "note": ["fine", "lost", "hush", "x" * 1_048_577 if kind != "xlsx" else "fine"],
            "sensitivity": [
                "open",
                "open",
                "state_secret",
                secret if kind == "xlsx" else "open",
            ],
        }
    )
    files = load(written(kind, tmp_path, {"cases": cases, "documents": documents}), schema)
    assert rows(files, "case_id") == [("C1",), ("C3",)]
    assert rows(files, "document_id, note", "documents") == [("D1", "fine")]
    last = "state_secret" if kind == "xlsx" else "cell_too_long"
    first = 2 if kind in ("csv", "xlsx") else 1
    assert [(row - first, why) for _, _, row, why in refused(files)] == [
        (1, "missing_key"), (2, "duplicate_key"), (1, "orphan"), (2, "state_secret"), (3, last),
    ]  # fmt: skip
    unread = [r for r in files.report.rows.to_pylist() if r["action"] == "unreadable"]
    assert [(r["row"] - first, r["column"], r["reason_code"]) for r in unread] == [
        (1, "kind", "unknown_code"), (3, "kind", "unknown_code")]  # fmt: skip
    assert "hush" not in str(files.report.rows.to_pylist()) + str(files.report.messages)


def test_a_source_with_a_password_leaves_it_nowhere(tmp_path: Path) -> None:
    """Not in the run folder, nor in what a screen shows."""
    connection = sqlite3.connect(tmp_path / "x.sqlite")
    connection.execute("CREATE TABLE cases (case_id, kind, decided_on)")
    connection.execute("INSERT INTO cases VALUES ('C1', 'penalty', '2025-01-02')")
    connection.commit()
    connection.close()
    url = f"sqlite:///{tmp_path / 'x.sqlite'}?password=s3cr3t-word"
    loaded = workbench.load(url)
    folder = workbench.evaluate(loaded, as_of="2025-06-30").save(tmp_path / "out")
    assert "s3cr3t" not in repr(loaded) + loaded.html()
    for path in folder.rglob("*"):
        assert not path.is_file() or b"s3cr3t" not in path.read_bytes(), path
