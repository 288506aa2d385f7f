"""Loading: every kind of damage is named with its row, and no good row is lost to it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.loading_schema import schema_of_files
from workbench.loading import CaseFiles, load_case_files
from workbench.loading.encoding import scan_file
from workbench.loading.reasons import ACTIONS, REASONS
from workbench.schema import Schema
from workbench.terms import InputError

CASES = "case_id,organ_id,kind,decided_on\nC1,O1,penalty,2025-01-02\nC2,O1,permit,2025-01-03\n"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of_files(tmp_path_factory.mktemp("pack"))


class Folder:
    """Writes small folders and loads them."""

    def __init__(self, path: Path, schema: Schema):
        self.path, self.schema = path, schema

    def load(self, timezone: str | None = None, **files: str | bytes) -> CaseFiles:
        for name, content in files.items():
            data = content.encode("utf-8") if isinstance(content, str) else content
            (self.path / f"{name}.csv").write_bytes(data)
        found = load_case_files(self.path, self.schema, timezone=timezone)
        for count in found.report.counts:
            assert count.read == count.used + count.refused
            assert count.used == found.count(count.table)
        return found


@pytest.fixture
def folder(tmp_path: Path, schema: Schema) -> Folder:
    return Folder(tmp_path, schema)


def column(files: CaseFiles, name: str, table: str = "cases") -> list[Any]:
    key = files.schema.tables[table].key or ("case_id",)
    sql = f'SELECT "{name}" FROM main."{table}" ORDER BY {key[0]}'
    return [row[0] for row in files.engine.rows(sql, "test")]


def reported(files: CaseFiles, action: str) -> list[tuple[Any, ...]]:
    keys = ("file", "row", "column", "reason_code", "detail")
    rows = files.report.rows.to_pylist()
    return [tuple(row[key] for key in keys) for row in rows if row["action"] == action]


def unknown(files: CaseFiles) -> list[tuple[Any, ...]]:
    sql = "SELECT table_name, column_name, case_id FROM main.unknown_cells ORDER BY ALL"
    return files.engine.rows(sql, "test")


# -- a clean folder


def test_a_clean_folder_loads_without_a_word(folder: Folder) -> None:
    files = folder.load(cases=CASES, documents="document_id,case_id,made_on\nD1,C1,2025-01-01\n")
    assert column(files, "decided_on") == [dt.date(2025, 1, 2), dt.date(2025, 1, 3)]
    assert files.report.rows.num_rows == 0
    assert files.report.messages == ()
    assert files.delivered["documents"] == {"document_id", "case_id", "made_on"}
    assert unknown(files) == []
    shown = [(i.path, i.table, i.rows) for i in files.inputs]
    assert shown == [("cases.csv", "cases", 2), ("documents.csv", "documents", 1)]
    assert all(len(i.sha256) == 64 and i.bytes > 0 for i in files.inputs)


def test_every_table_and_column_exists_and_is_typed(folder: Folder) -> None:
    files = folder.load(cases=CASES)
    assert not files.has("hearings")
    for table in files.schema.tables.values():
        described = files.engine.rows(f'DESCRIBE main."{table.name}"', "test")
        types = {row[0]: row[1].replace(", ", ",") for row in described}
        wanted = {c.name: c.sql_type.replace(", ", ",") for c in table.columns.values()}
        assert types == wanted
    assert column(files, "fine_yuan") == [None, None]
    assert not files.has("cases", "fine_yuan")


def test_an_empty_table_is_not_an_undelivered_one(folder: Folder) -> None:
    files = folder.load(cases=CASES, documents="document_id,case_id\n", hearings=b"")
    assert files.has("documents")
    assert files.count("documents") == 0
    assert not files.has("hearings")
    codes = {(m.file, m.reason_code) for m in files.report.messages}
    assert codes == {("documents.csv", "header_only"), ("hearings.csv", "empty_file")}


# -- files and headers


def test_a_missing_folder_says_what_is_there(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "hrss").mkdir()
    with pytest.raises(InputError, match=r"no such folder.*hrss"):
        load_case_files(tmp_path / "hrs", schema)


def test_missing_cases_names_the_likely_slip(folder: Folder) -> None:
    (folder.path / "case.csv").write_text("name,sum\nx,1\n")
    with pytest.raises(InputError, match=r"no 'cases.csv'.*\n.*did you mean 'case.csv'"):
        folder.load()


@pytest.mark.parametrize("name", ["Cases.csv", "cases.CSV"])
def test_capital_letters_make_no_other_file(folder: Folder, name: str) -> None:
    (folder.path / name).write_text(CASES)
    assert folder.load().count("cases") == 2


def test_empty_cases_cannot_be_used(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"cases\.csv: is empty"):
        folder.load(cases=b"")


def test_cases_without_their_key_column_cannot_be_used(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"no column 'case_id'.*casenumber, kind"):
        folder.load(cases="casenumber,kind\nC1,penalty\n")


def test_a_table_without_its_case_column_is_not_delivered(folder: Folder) -> None:
    files = folder.load(cases=CASES, documents="document_id,made_on\nD1,2025-01-01\n")
    assert not files.has("documents")
    assert files.count("documents") == 0
    count = files.report.count("documents")
    assert count is not None
    assert (count.read, count.used, count.refused) == (1, 0, 1)
    assert files.report.messages[0].reason_code == "missing_key_column"


def test_an_unknown_column_gets_a_hint(folder: Folder) -> None:
    files = folder.load(cases="case_id,desided_on\nC1,2025-01-02\n")
    sentence = files.report.messages[0].sentence("en")
    assert "unknown column desided_on" in sentence
    assert "did you mean decided_on?" in sentence
    assert column(files, "case_id") == ["C1"]


def test_headers_match_by_synonym_and_label(folder: Folder) -> None:
    files = folder.load(cases="案件编号,处罚决定日期,Kind\nC1,2025-01-02,penalty\n")
    assert column(files, "decided_on") == [dt.date(2025, 1, 2)]
    assert column(files, "kind") == ["penalty"]
    used = [(use.header, use.column) for use in files.report.headers]
    assert used == [("案件编号", "case_id"), ("处罚决定日期", "decided_on"), ("Kind", "kind")]


def test_a_header_that_stands_twice_is_named_and_the_first_used(folder: Folder) -> None:
    files = folder.load(cases="case_id,note,note\nC1,first,second\n")
    assert column(files, "note") == ["first"]
    assert [m.reason_code for m in files.report.messages] == ["duplicate_header"]


def test_a_file_that_is_no_table_is_named(folder: Folder) -> None:
    files = folder.load(cases=CASES, document="document_id,case_id\nD1,C1\n")
    assert "did you mean documents.csv?" in files.report.messages[0].sentence("en")


def test_semicolons_and_tabs_are_understood(folder: Folder) -> None:
    files = folder.load(cases=CASES.replace(",", ";"), documents="document_id\tcase_id\nD1\tC1\n")
    assert (files.count("cases"), files.count("documents")) == (2, 1)
    assert {m.detail for m in files.report.messages} == {";", "tab"}


# -- encodings


def test_a_byte_order_mark_is_no_part_of_the_header(folder: Folder) -> None:
    files = folder.load(cases=b"\xef\xbb\xbf" + CASES.encode())
    assert column(files, "case_id") == ["C1", "C2"]
    assert files.report.rows.num_rows == 0


def test_gb18030_is_read_and_said(folder: Folder) -> None:
    text = "case_id,note\n" + "".join(f"C{i},当事人未提供营业执照\n" for i in range(9))
    files = folder.load(cases=text.encode("gb18030"))
    assert column(files, "note") == ["当事人未提供营业执照"] * 9
    assert [m.reason_code for m in files.report.messages] == ["encoding"]


def test_utf16_is_read_and_said(folder: Folder) -> None:
    files = folder.load(cases="case_id\tnote\nC1,\t备注\n".encode("utf-16"))
    assert column(files, "note") == ["备注"]


def test_lines_that_are_no_text_are_refused_and_the_others_stay(folder: Folder) -> None:
    good = [f"C{i},案卷\n".encode() for i in range(1, 6)]
    data = b"case_id,note\n" + good[0] + b"C9,\xff\xfe\xfa\n" + b"".join(good[1:])
    files = folder.load(cases=data)
    assert column(files, "case_id") == ["C1", "C2", "C3", "C4", "C5"]
    assert reported(files, "refused") == [("cases.csv", 3, None, "undecodable", "")]


def test_one_broken_byte_does_not_turn_a_file_into_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("案卷\n".encode() * 5 + "案卷".encode()[:-1] + b"\n")
    found = scan_file(path)
    assert (found.encoding, found.damaged) == ("utf-8", True)


# -- rows


def test_ragged_rows_are_refused_with_their_row(folder: Folder) -> None:
    files = folder.load(
        cases="case_id,kind,note\nC1,penalty,\n\nC2,penalty\nC3,permit,x,y\nC4,permit,\n"
    )
    assert column(files, "case_id") == ["C1", "C4"]
    assert reported(files, "refused") == [
        ("cases.csv", 4, None, "wrong_field_count", "2 / 3"),
        ("cases.csv", 5, None, "wrong_field_count", "4 / 3"),
    ]


def test_row_numbers_hold_over_blank_and_broken_rows(folder: Folder) -> None:
    rows = [f"C{i},2025-01-01" for i in range(2, 3000)]
    rows[100], rows[200], rows[1500] = "", "ragged", "C1502,2025-13-40"
    files = folder.load(cases="case_id,decided_on\n" + "\n".join(rows) + "\n")
    assert reported(files, "refused")[0][1] == 202
    assert reported(files, "unreadable")[0][1] == 1502


def test_a_quoted_line_break_is_one_row(folder: Folder) -> None:
    files = folder.load(cases='case_id,note,kind\nC1,"one\ntwo, ""three""",penalty\nC2,x,nothing\n')
    assert column(files, "note") == ['one\ntwo, "three"', "x"]
    assert reported(files, "unreadable")[0][1] == 3


@pytest.mark.parametrize("damage", ['C9,"never closed\n', 'C9,"a\nC8,"b,c\n'])
def test_an_open_quote_takes_no_good_row_with_it(folder: Folder, damage: str) -> None:
    files = folder.load(cases=f"case_id,note\nC1,x\n{damage}C2,y\nC3,z\n")
    assert {"C1", "C2", "C3"} <= set(column(files, "case_id"))
    first = reported(files, "refused")[0]
    assert first[1] == 3
    assert first[3] in ("open_quote", "wrong_field_count")


def test_a_row_without_key_is_refused(folder: Folder) -> None:
    files = folder.load(cases="case_id,kind\nC1,penalty\n ,permit\n")
    assert column(files, "case_id") == ["C1"]
    assert reported(files, "refused") == [("cases.csv", 3, "case_id", "missing_key", None)]


def test_the_first_of_a_key_stays_and_the_later_names_it(folder: Folder) -> None:
    files = folder.load(cases=CASES + "C1,O1,permit,\nC2,O1,permit,2025-01-03\n")
    assert column(files, "kind") == ["penalty", "permit"]
    assert reported(files, "refused") == [
        ("cases.csv", 4, None, "duplicate_key", "2 (C1)"),
        ("cases.csv", 5, None, "repeated_row", "3 (C2)"),
    ]


def test_orphans_are_kept_aside_and_named(folder: Folder) -> None:
    files = folder.load(cases=CASES, documents="document_id,case_id\nD1,C1\nD2,C7\nD3,\n")
    assert column(files, "document_id", "documents") == ["D1", "D3"]
    assert reported(files, "refused") == [("documents.csv", 3, "case_id", "orphan", "C7")]
    assert reported(files, "note") == [("documents.csv", None, "case_id", "no_case", None)]


def test_an_orphan_does_not_hide_a_good_row_with_its_key(folder: Folder) -> None:
    files = folder.load(cases=CASES, documents="document_id,case_id\nD1,C7\nD1,C1\n")
    assert column(files, "case_id", "documents") == ["C1"]


def test_children_of_a_refused_case_are_orphans(folder: Folder) -> None:
    files = folder.load(
        cases="case_id,kind\nC1,penalty\nC2,permit,ragged\n",
        documents="document_id,case_id\nD1,C1\nD2,C2\n",
    )
    assert column(files, "document_id", "documents") == ["D1"]
    assert ("documents.csv", 3, "case_id", "orphan", "C2") in reported(files, "refused")


def test_references_to_other_tables_are_noted_not_refused(folder: Folder) -> None:
    files = folder.load(cases=CASES, organs="organ_id\nO2\n")
    assert files.count("cases") == 2
    notes = [row for row in files.report.rows.to_pylist() if row["action"] == "note"]
    assert [(n["reason_code"], n["count"]) for n in notes] == [("no_such_reference", 2)]


def test_state_secrets_are_never_stored(folder: Folder) -> None:
    documents = "document_id,case_id,note,sensitivity\nD1,C1,x,open\nD2,C1,PLAN,state_secret\n"
    files = folder.load(cases=CASES, documents=documents)
    assert column(files, "document_id", "documents") == ["D1"]
    assert reported(files, "refused") == [("documents.csv", 3, None, "state_secret", None)]
    assert "PLAN" not in str(files.report.rows.to_pylist())
    assert unknown(files) == [("documents", None, "C1")]


# -- cells


def test_an_unreadable_date_is_unknown_and_named(folder: Folder) -> None:
    files = folder.load(cases="case_id,decided_on\nC1,2025-13-40\nC2,2025-01-03\n")
    assert column(files, "decided_on") == [None, dt.date(2025, 1, 3)]
    cell = ("cases.csv", 2, "decided_on", "not_a_date", "2025-13-40")
    assert reported(files, "unreadable") == [cell]
    assert unknown(files) == [("cases", "decided_on", "C1")]


def test_personal_values_never_stand_in_the_report(folder: Folder) -> None:
    files = folder.load(cases="case_id,owner_born_on\nC1,13.13.1980\n")
    assert reported(files, "unreadable") == [("cases.csv", 2, "owner_born_on", "not_a_date", None)]
    assert "1980" not in " ".join(files.report.sentences("zh"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("decided_on", "2025/3/1", dt.date(2025, 3, 1)),
        ("decided_on", "2025年3月1日", dt.date(2025, 3, 1)),
        ("decided_on", "２０２５－０３－０１", dt.date(2025, 3, 1)),
        ("decided_on", "20250301", dt.date(2025, 3, 1)),
        ("decided_on", "2025-03-01 00:00:00", dt.date(2025, 3, 1)),
        ("decided_on", "0202-03-01", None),
        ("decided_on", "epoch", None),
        ("decided_on", "2025-03-01x", None),
        ("decided_at", "2025-03-01 09:30", dt.datetime(2025, 3, 1, 9, 30)),
        ("decided_at", "2025/3/1 9:30:05", dt.datetime(2025, 3, 1, 9, 30, 5)),
        ("decided_at", "2025-03-01T09:30:00.25", dt.datetime(2025, 3, 1, 9, 30, 0, 250000)),
        ("decided_at", "2025-03-01 25:30", None),
        ("fine_yuan", "12.5", Decimal("12.50")),
        ("fine_yuan", '"1,234.50"', Decimal("1234.50")),
        ("fine_yuan", "12.345", Decimal("12.35")),
        ("fine_yuan", "１２", Decimal("12.00")),
        ("fine_yuan", "abc", None),
        ("fine_yuan", "NaN", None),
        ("officers", "3", 3),
        ("officers", "3.0", 3),
        ("officers", "3.7", None),
        ("officers", "0x10", None),
        ("major", "TRUE", True),
        ("major", "否", False),
        ("major", "maybe", None),
        ("kind", "行政处罚", "penalty"),
        ("kind", "Permit", "permit"),
        ("kind", "nothing", None),
        ("penalty_kinds", "fine; warning", "fine;warning"),
        ("penalty_kinds", "罚款；警告", "fine;warning"),
        ("penalty_kinds", "fine;nothing", None),
        ("note", "  ＡＢＣ　", "ABC"),
        ("note", "   ", None),
    ],
)
def test_cells(folder: Folder, name: str, text: str, value: Any) -> None:
    files = folder.load(cases=f"case_id,{name}\nC1,{text}\n")
    assert column(files, name) == [value]
    unreadable = value is None and bool(text.strip())
    assert bool(reported(files, "unreadable")) == unreadable
    assert unknown(files) == ([("cases", name, "C1")] if unreadable else [])


ODD = {
    "decided_on": "2025-03-01 20250301 2025-3-1 2025-060 25-03-01 2025-03 2025-W10-6 99999 "
    "10000-01-01",
    "decided_at": "2025-03-01T09:30:00 2025-03-01T093000 2025-03-01T0930 2025-03-01T09:30 "
    "2025-03-01T09:30:00.1234567 2025-03-01T24:00:00 2025-03-01T09:30:60 2025-03-01T9:30:00 "
    "20250301T09:30:00",
    "fine_yuan": "1 1. .5 +1 -1 1e3 1E3 0x10 Infinity NaN 1_000 99999999999999999 "
    "9999999999999999.99 ٣",
    "officers": "1 +1 -1 007 1. 1.0 1e3 0x10 9223372036854775808 1_0 ٣",
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in ODD.items() for text in texts.split()]
)
def test_a_cell_reads_the_same_whatever_its_neighbours(
    folder: Folder, name: str, text: str
) -> None:
    alone = column(folder.load(cases=f"case_id,{name}\nC1,{text}\n"), name)
    beside = column(folder.load(cases=f"case_id,{name}\nC1,{text}\nC2,nonsense\n"), name)
    assert beside == [*alone, None]


def test_offsets_become_local_time(folder: Folder) -> None:
    cases = "case_id,decided_at\nC1,2025-03-01T23:30:00Z\nC2,2025-03-01 09:30:00+08:00\n"
    files = folder.load(timezone="Asia/Shanghai", cases=cases)
    local = [dt.datetime(2025, 3, 2, 7, 30), dt.datetime(2025, 3, 1, 9, 30)]
    assert column(files, "decided_at") == local
    assert files.report.by_reason() == [("cases", "repaired", "offset_converted", 2)]


def test_a_question_is_asked_once_and_names_the_line_to_write(folder: Folder) -> None:
    rows = "".join(f"C{n},0{n}/04/2025,0{n}/05/1970\n" for n in range(1, 10) if n not in (4, 5))
    files = folder.load(cases="case_id,处罚决定日期,owner_born_on\n" + rows)
    assert column(files, "decided_on") == [None] * 7
    assert len([row for row in reported(files, "unreadable") if row[3] == "day_or_month"]) == 14
    lines = {m.column: m.detail for m in files.report.messages}
    assert lines == {
        "decided_on": "decided_on: {from: 处罚决定日期, format: dmy | mdy}",
        "owner_born_on": "owner_born_on: {from: owner_born_on, format: dmy | mdy}",
    }
    shown = " ".join([*files.report.sentences("zh"), *files.report.sentences("en")])
    assert "1970" not in shown  # a personal column shows no value
    (folder.path / "mapping.yaml").write_text(
        "tables:\n  cases:\n    file: cases.csv\n    columns:\n"
        "      decided_on: {from: 处罚决定日期, format: dmy}\n"
        "      owner_born_on: {from: owner_born_on, format: dmy}\n",
        "utf-8",
    )
    assert column(folder.load(), "decided_on")[0] == dt.date(2025, 4, 1)


def test_repairs_are_counted(folder: Folder) -> None:
    files = folder.load(cases="case_id,kind\nC1,行政处罚\nC2,行政处罚\nC3,penalty\n")
    count = files.report.count("cases")
    assert count is not None
    assert count.repaired == 2
    assert files.report.by_reason() == [("cases", "repaired", "code_from_label", 2)]


# -- cases in doubt


def test_refused_children_leave_their_case_in_doubt(folder: Folder) -> None:
    documents = "document_id,case_id,made_on\nD1,C1,\nD1,C2,\nD3,C1,2025-01-01,ragged\nD4,C7,\n"
    files = folder.load(cases=CASES, documents=documents)
    assert unknown(files) == [("documents", None, "C1"), ("documents", None, "C2")]


def test_a_repeated_row_takes_nothing_away(folder: Folder) -> None:
    files = folder.load(cases=CASES, documents="document_id,case_id\nD1,C1\nD1,C1\n")
    assert unknown(files) == []


def test_unreadable_cells_of_children_leave_the_cell_in_doubt(folder: Folder) -> None:
    files = folder.load(cases=CASES, hearings="case_id,held_on\nC1,soon\nC1,2025-01-01\n")
    assert unknown(files) == [("hearings", "held_on", "C1")]
    assert files.count("hearings") == 2


EVENTS = "event_id,case_id\nE1,C1\nE2,C2\n"
OFFICERS = "officer_id\nP1\nP2\n"


def test_a_row_of_an_event_leaves_the_case_of_the_event_in_doubt(folder: Folder) -> None:
    rows = "event_id,officer_id,on_duty\nE1,P1,true\nE2,P1,perhaps\nE1,P2,true,ragged\n"
    files = folder.load(cases=CASES, events=EVENTS, officers=OFFICERS, event_officers=rows)
    assert unknown(files) == [
        ("event_officers", "on_duty", "C2"),
        ("event_officers", "on_duty", None),  # by its key
        ("event_officers", None, "C1"),
    ]


def test_a_lost_certificate_leaves_the_cases_of_its_officer_in_doubt(folder: Folder) -> None:
    files = folder.load(
        cases=CASES,
        events=EVENTS,
        officers=OFFICERS,
        event_officers="event_id,officer_id\nE1,P1\nE2,P2\n",
        certificates="certificate_no,officer_id,valid_to_on\nN1,P1,2026-01-01\nN1,P2,2026-01-01\n",
    )
    assert [row for row in unknown(files) if row[2]] == [("certificates", None, "C2")]


def test_a_damaged_organ_leaves_only_its_own_cases_in_doubt(folder: Folder) -> None:
    cases = "case_id,organ_id\nC1,O1\nC2,O2\n"
    files = folder.load(cases=cases, organs="organ_id\nO1,ragged\nO2\n")
    assert [row for row in unknown(files) if row[2]] == [("organs", None, "C1")]


def test_rows_that_hang_on_no_case_are_in_doubt_by_their_key(folder: Folder) -> None:
    files = folder.load(cases=CASES, organ_years="organ_id,year,reported_on\nO1,2025,soon\n")
    cells = files.engine.rows("SELECT * FROM main.unknown_cells", "test")
    assert cells == [("organ_years", "reported_on", None, "O1-2025")]


# -- one case id in two organs


def test_colliding_case_ids_are_told_apart_by_their_organ(folder: Folder) -> None:
    cases = "case_id,organ_id\nC1,O1\nC1,O2\nC2,O1\n"
    documents = "document_id,case_id,organ_id\nD1,C1,O1\nD2,C1,O2\nD3,C1,\nD4,C2,O1\nD5,O1/C1,\n"
    files = folder.load(cases=cases, documents=documents)
    assert column(files, "case_id") == ["C2", "O1/C1", "O2/C1"]
    assert column(files, "case_id", "documents") == ["O1/C1", "O2/C1", "C2", "O1/C1"]
    assert reported(files, "refused") == [("documents.csv", 4, "case_id", "ambiguous_case", "C1")]
    assert [row[1] for row in reported(files, "repaired")] == [2, 3]
    assert unknown(files) == [("documents", None, "O1/C1"), ("documents", None, "O2/C1")]


# -- the report


def test_every_reason_has_both_languages() -> None:
    for words in (*REASONS.values(), *ACTIONS.values()):
        assert set(words) == {"zh", "en"}


def test_sentences_name_file_row_and_column(folder: Folder) -> None:
    files = folder.load(cases="case_id,decided_on\nC1,2025-13-40\n")
    english, chinese = (next(files.report.sentences(language)) for language in ("en", "zh"))
    assert english == "cases.csv, row 2, decided_on: no date: 2025-13-40"
    assert chinese == "cases.csv，第 2 行，decided_on: 不是日期：2025-13-40"


def test_a_long_report_says_what_it_left_out(folder: Folder) -> None:
    rows = "".join(f"C{i},never\n" for i in range(60))
    files = folder.load(cases="case_id,decided_on\n" + rows)
    shown = list(files.report.sentences("en", limit=10))
    assert shown[-1] == "... and 50 more rows"


def test_the_order_of_rows_does_not_matter(tmp_path: Path, schema: Schema) -> None:
    found = []
    for name, rows in (("a", ["C1,x", "C2,2025-01-01"]), ("b", ["C2,2025-01-01", "C1,x"])):
        path = tmp_path / name
        path.mkdir()
        (path / "cases.csv").write_text("case_id,decided_on\n" + "\n".join(rows))
        files = load_case_files(path, schema)
        found.append((column(files, "decided_on"), unknown(files)))
    assert found[0] == found[1]


def test_the_report_is_in_the_order_of_the_tables(folder: Folder) -> None:
    """Tables are read ahead; what is said of them stands where it stood when they were not."""
    documents = "document_id;case_id;made_on;colour\nD1;C1;2025年1月5日;red\nD2;C9;gestern;red\n"
    files = folder.load(
        cases=CASES,
        documents=documents.replace(";", ","),
        events="event_id,colour\nE1,red\n",  # says of no event whose case it is
        hearings="case_id,held_on\n",
        officers="officer_id,colour\nP1,red\n",
        certificates="",
    )
    counted = [count.table for count in files.report.counts]
    assert counted == ["cases", "documents", "events", "officers", "hearings"]
    assert [file.table for file in files.inputs] == [
        "cases",
        "documents",
        "events",
        "officers",
        "certificates",
        "hearings",
    ]
    said = [(m.table, m.reason_code) for m in files.report.messages]
    assert said == [
        ("documents", "unknown_column"),
        ("events", "unknown_column"),
        ("officers", "unknown_column"),
        ("certificates", "empty_file"),
        ("events", "missing_key_column"),
        ("hearings", "header_only"),
    ]
    of_documents = files.report.count("documents")
    assert of_documents is not None
    assert (of_documents.used, of_documents.refused) == (1, 1)
