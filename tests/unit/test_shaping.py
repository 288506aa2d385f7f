"""Reshaped sheets: joins, splits, unpivots, event logs, made columns; rows keep their numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.loading_schema import schema_of_files
from workbench.loading import CaseFiles, load_case_files
from workbench.loading.mapping import parse_mapping
from workbench.schema import Schema
from workbench.sources import read_source
from workbench.terms import InputError


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of_files(tmp_path_factory.mktemp("pack"))


def load(folder: Path, schema: Schema, mapping: str, **files: str) -> CaseFiles:
    (folder / "mapping.yaml").write_text(mapping, "utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return load_case_files(folder, schema)


def rows(files: CaseFiles, sql: str) -> list[tuple[object, ...]]:
    return files.engine.rows(sql, "test")


def notes(files: CaseFiles, reason: str) -> list[tuple[object, ...]]:
    found = files.report.rows.to_pylist()
    return [(r["row"], r["detail"], r["count"]) for r in found if r["reason_code"] == reason]


def test_units_are_converted_and_said(tmp_path: Path, schema: Schema) -> None:
    text = """
tables:
  cases:
    file: ledger.csv
    columns: {case_id: 案号, fine_yuan: {from: 罚款（万元）, unit: 万元}}
"""
    ledger = '案号,罚款（万元）\nA,0.35\nB,"1,200"\nC,\nD,无\nE,5000元\n'
    files = load(tmp_path, schema, text, ledger=ledger)
    found = rows(files, "SELECT case_id, fine_yuan FROM main.cases ORDER BY 1")
    assert found[:3] == [("A", Decimal("3500.00")), ("B", Decimal("12000000.00")), ("C", None)]
    assert notes(files, "unit_converted") == [(None, "罚款(万元) × 10000", 2)]
    unreadable = [r["row"] for r in files.report.rows.to_pylist() if r["action"] == "unreadable"]
    assert 5 in unreadable  # 无 is no number; a cell with its own unit is not multiplied again
    assert found[4][1] in (None, Decimal("5000.00"))


def test_the_first_filled_header_and_texts(tmp_path: Path, schema: Schema) -> None:
    text = """
tables:
  cases:
    file: ledger.csv
    columns:
      case_id: {text: "{年}-{号}"}
      note: {from: [新备注, 旧备注]}
  hearings:
    file: ledger.csv
    where_filled: 听证
    columns: {case_id: {text: "{年}-{号}"}, held_on: 听证}
"""
    ledger = "年,号,新备注,旧备注,听证\n2025,1,a,b,2025-03-01\n2025,2,,b,\n2025,,x,,\n"
    files = load(tmp_path, schema, text, ledger=ledger)
    assert rows(files, "SELECT case_id, note FROM main.cases ORDER BY 1") == [
        ("2025-1", "a"), ("2025-2", "b"),
    ]  # fmt: skip
    count = files.report.count("cases")
    assert count is not None
    assert (count.read, count.used, count.refused) == (3, 2, 1)
    assert rows(files, "FROM main.hearings") == [("2025-1", dt.date(2025, 3, 1))]
    assert notes(files, "not_filled") == [(None, "听证", 2)]


def test_columns_that_repeat_become_rows(tmp_path: Path, schema: Schema) -> None:
    text = """
tables:
  cases: {file: ledger.csv, columns: {case_id: 案号}}
  documents:
    file: ledger.csv
    unpivot: {columns: {立案表日期: 立案, 决定书日期: 决定}, name: what, value: made_on}
    columns: {document_id: {text: "{案号}-{what}"}, case_id: 案号, note: what}
"""
    ledger = "案号,立案表日期,决定书日期\nA,2025-01-02,2025-02-03\nB, ,2025-13-01\n"
    files = load(tmp_path, schema, text, ledger=ledger)
    found = rows(files, "SELECT document_id, case_id, made_on, note FROM main.documents ORDER BY 1")
    assert found == [
        ("A-决定", "A", dt.date(2025, 2, 3), "决定"),
        ("A-立案", "A", dt.date(2025, 1, 2), "立案"),
        ("B-决定", "B", None, "决定"),
    ]
    bad = [r for r in files.report.rows.to_pylist() if r["action"] == "unreadable"]
    assert [(r["file"], r["row"], r["column"]) for r in bad] == [("ledger.csv", 3, "made_on")]
    count = files.report.count("documents")
    assert count is not None
    assert (count.read, count.used, count.refused) == (3, 3, 0)


def test_groups_of_columns_become_rows(tmp_path: Path, schema: Schema) -> None:
    text = """
tables:
  cases: {file: ledger.csv, columns: {case_id: 案号}}
  officers:
    file: ledger.csv
    distinct: true
    unpivot: {name: n, groups: {officer_id: [人员1, 人员2]}}
  certificates:
    file: ledger.csv
    distinct: true
    unpivot: {name: n, groups: {officer_id: [人员1, 人员2], certificate_no: [证1, 证2]}}
"""
    ledger = "案号,人员1,证1,人员2,证2\nA,o1,c1,o2,c2\nB,o2,c2,,\n"
    files = load(tmp_path, schema, text, ledger=ledger)
    assert rows(files, "FROM main.officers ORDER BY 1") == [("o1",), ("o2",)]
    found = rows(files, "SELECT certificate_no, officer_id FROM main.certificates ORDER BY 1")
    assert found == [("c1", "o1"), ("c2", "o2")]


def test_a_cell_is_split_into_columns_or_rows(tmp_path: Path, schema: Schema) -> None:
    text = """
tables:
  cases:
    file: ledger.csv
    split:
      - {from: 起止, by: 至, into: [decided_on, 止]}
      - {from: 当事人, pattern: '^(?P<who>[^(]+)\\((?P<code>\\w+)\\)$'}
    columns: {case_id: 案号, note: code}
  events: {file: ledger.csv, columns: {event_id: {text: "{案号}-e"}, case_id: 案号}}
  officers:
    file: ledger.csv
    distinct: true
    split: {from: 承办人, by: [、, "；"], rows: officer_id}
  event_officers:
    file: ledger.csv
    split: {from: 承办人, by: [、, ";"], rows: officer_id}
    columns: {event_id: {text: "{案号}-e"}}
"""
    ledger = (
        "案号,起止,当事人,承办人\n"
        "A,2025-01-01至2025-01-09,甲公司（91X）,o1、o2；o3\n"
        "B,2025-02-01,乙公司,\n"
        "C,,,o2\n"
    )
    files = load(tmp_path, schema, text, ledger=ledger)
    found = rows(files, "SELECT case_id, decided_on, note FROM main.cases ORDER BY 1")
    assert found == [
        ("A", dt.date(2025, 1, 1), "91X"), ("B", dt.date(2025, 2, 1), None), ("C", None, None),
    ]  # fmt: skip
    assert [row for row, _, _ in notes(files, "not_split")] == [3, 3]
    assert rows(files, "FROM main.officers ORDER BY 1") == [("o1",), ("o2",), ("o3",)]
    pairs = rows(files, "SELECT event_id, officer_id FROM main.event_officers ORDER BY ALL")
    assert pairs == [("A-e", "o1"), ("A-e", "o2"), ("A-e", "o3"), ("C-e", "o2")]


def test_columns_of_another_sheet_are_joined(tmp_path: Path, schema: Schema) -> None:
    text = """
tables:
  cases:
    file: ledger.csv
    join: {file: people.csv, by: {party: id}, columns: [born, note]}
    columns: {case_id: "no", owner_born_on: born, note: people.note}
"""
    ledger = "no,party,note\nA,p1,x\nB,p9,y\nC,,z\n"
    people = "id,born,note\np1,1980-01-02,first\np1,1981-01-02,second\np2,1990-01-01,nobody\n"
    files = load(tmp_path, schema, text, ledger=ledger, people=people)
    found = rows(files, "SELECT case_id, owner_born_on, note FROM main.cases ORDER BY 1")
    assert found == [("A", dt.date(1980, 1, 2), "first"), ("B", None, None), ("C", None, None)]
    assert notes(files, "join_nothing") == [(None, "people.csv", 1)]
    assert notes(files, "join_left_over") == [(None, "people.csv", 1)]
    assert notes(files, "join_key_twice") == [(None, "people.csv", 1)]
    assert not notes(files, "unknown_file")


LOG = """\
case,what,when,sum
A,Create,2025-01-05,10
A,Pay,2025-03-01,
B,Create,2025-01-06,20
A,Pay,2025-02-01,7
A,Send,2025-01-20,
B,Send,someday,
C,Create,,5
,Pay,2025-02-02,
B,,2025-02-03,
B,Create,2025-01-02,30
A,Close,2025-04-01,
"""
STEPS = """
tables:
  cases:
    file: log.csv
    steps:
      case: case
      activity: what
      time: when
      days: {decided_on: {first: Create}, decided_at: {last: [Pay, Send]}}
      values: {fine_yuan: {from: sum, first: Create}, note: {from: what, last: "*"}}
      counts: {officers: Pay}
    columns: {case_id: case}
  events: {file: log.csv, columns: {event_id: {text: "{case}-{#}"}, case_id: case}}
"""


def test_an_event_log_becomes_cases(tmp_path: Path, schema: Schema) -> None:
    files = load(tmp_path, schema, STEPS, log=LOG)
    columns = "case_id, decided_on, decided_at, fine_yuan, note, officers"
    found = rows(files, f"SELECT {columns} FROM main.cases ORDER BY 1")
    a, b, c = found
    assert a == ("A", dt.date(2025, 1, 5), dt.datetime(2025, 3, 1), Decimal(10), "Close", 2)
    # The earliest event counts, wherever it stands in the file; an unreadable time is unknown.
    assert b == ("B", dt.date(2025, 1, 2), None, Decimal(30), "Send", 0)
    assert c == ("C", None, None, Decimal(5), "Create", 0)
    told = [r for r in files.report.rows.to_pylist() if r["action"] == "unreadable"]
    assert {(r["column"], r["row"]) for r in told} == {("decided_at", 4), ("decided_on", 8)}
    count = files.report.count("cases")
    assert count is not None
    assert (count.read, count.used, count.refused) == (5, 3, 2)
    assert notes(files, "event_without_case") == [(9, "", 1)]
    assert notes(files, "event_without_kind") == [(10, "", 1)]
    assert notes(files, "steps") == [(None, "9 -> 3", 1)]
    events = rows(files, "SELECT event_id FROM main.events ORDER BY ALL")
    assert ("A-2",) in events
    assert len(events) == 10


def test_kinds_of_events_that_are_unused_or_misspelt_are_said(
    tmp_path: Path, schema: Schema
) -> None:
    text = STEPS.replace("first: Create}, dec", "first: Created}, dec").replace(
        ', note: {from: what, last: "*"}', ""
    )
    files = load(tmp_path, schema, text, log=LOG)
    assert notes(files, "step_never") == [(None, "Created", 1)]
    assert notes(files, "step_not_used") == [(None, "Close", 1)]


def test_every_fault_of_a_shape_with_its_line(tmp_path: Path, schema: Schema) -> None:
    text = """\
tables:
  cases:
    file: a.csv
    unpivot: {columns: [x], groups: {y: [z]}}
    split:
      - {from: a}
      - {from: a, by: ";", pattern: "(", into: [b]}
    join: {by: a}
    steps: {case: c, activity: d, time: e, days: {f: {frist: g}}}
    columns:
      case_id: {text: plain}
      fine_yuan: {from: a, unit: furlong}
      note: {from: a, scale: 3}
      decided_on: no
      officers: {from: a, scale: many}
"""
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    _, faults = parse_mapping(read_source(tmp_path / "m.yaml", "m.yaml")[0], schema)
    found = sorted((fault.line, fault.message.split(":")[0]) for fault in faults)
    assert found == [
        (4, "'unpivot' needs 'columns' (one cell a row) or 'groups' (several cells a row)"),
        (6, "'split' needs 'by' or 'pattern'"),
        (6, "'split' needs 'into' (a column for each value) or 'rows' (a row for each)"),
        (7, "'(' is no pattern"),
        (7, "'into' goes with 'by'; the groups of a pattern name its columns"),
        (7, "'split' needs 'by' or 'pattern'"),
        (8, "'join' needs 'file' or 'sheet'"),
        (9, "'f' needs 'first' or 'last'"),
        (9, "unknown entry 'frist'"),
        (11, "'plain' puts no cell into the text"),
        (12, "no way is known from 'furlong' to yuan"),
        (13, "'scale' is for numbers that come 'from' a header"),
        (14, "'from' is a header that YAML takes for false"),
        (15, "'many' is no number to multiply by"),
    ]


def test_headers_that_shapes_miss_are_faults_at_once(tmp_path: Path, schema: Schema) -> None:
    text = """
tables:
  cases:
    file: a.csv
    unpivot: {columns: [datum], value: decided_on}
    columns: {case_id: {text: "{nummer}"}, note: nots}
"""
    with pytest.raises(InputError) as error:
        load(tmp_path, schema, text, a="number,date,note\n1,2025-01-01,x\n")
    said = str(error.value)
    assert "3 faults" in said
    assert "line 5: no column 'datum' in a.csv" in said
    assert "line 6: no column 'nummer' in a.csv (did you mean 'number'?)" in said
    assert "line 6: no column 'nots' in a.csv (did you mean 'note'?)" in said
