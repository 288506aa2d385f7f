"""Workbooks as people keep them: titles, merged cells, hidden sheets, formulas, and attacks."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.fuzz.seeds import seeds
from tests.unit.loading_schema import schema_of_files
from workbench.loading import CaseFiles, load_case_files
from workbench.schema import Schema
from workbench.terms import InputError

HEADER = ["case_id", "organ_id", "kind", "decided_on", "fine_yuan"]


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of_files(tmp_path_factory.mktemp("pack"))


@pytest.fixture
def book(tmp_path: Path) -> Any:
    made = xlsxwriter.Workbook(tmp_path / "intake.xlsx")
    made.day = made.add_format({"num_format": "yyyy-mm-dd"})
    return made


def load(book: Any, schema: Schema) -> CaseFiles:
    book.close()
    files = load_case_files(Path(book.filename), schema)
    for count in files.report.counts:
        assert count.read == count.used + count.refused
    return files


def rows(files: CaseFiles, columns: str, table: str = "cases") -> list[tuple[Any, ...]]:
    return files.engine.rows(f"SELECT {columns} FROM main.{table} ORDER BY 1", "test")


def said(files: CaseFiles) -> dict[str, str]:
    return {message.reason_code: message.detail for message in files.report.messages}


def test_cells_of_a_workbook_mean_what_they_show(book: Any, schema: Schema) -> None:
    sheet = book.add_worksheet("cases")
    sheet.write_row(0, 0, [*HEADER, "decided_at", "major"])
    sheet.write_row(1, 0, ["001", "O1", "penalty"])
    sheet.write_datetime(1, 3, datetime(2025, 3, 7), book.day)
    sheet.write(1, 4, 1234.5)
    at = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_datetime(1, 5, datetime(2025, 3, 7, 9, 30), at)
    sheet.write_boolean(1, 6, True)
    sheet.write_row(2, 0, [20250002, "O1", "行政许可", "2025/3/8", "２００"])
    files = load(book, schema)
    found = rows(files, "case_id, kind, decided_on, fine_yuan, decided_at, major")
    assert [(a, b, c, float(d), e, f) for a, b, c, d, e, f in found] == [
        ("001", "penalty", date(2025, 3, 7), 1234.5, datetime(2025, 3, 7, 9, 30), True),
        ("20250002", "permit", date(2025, 3, 8), 200.0, None, None),
    ]


def test_titles_merged_headers_and_two_lines_are_found(book: Any, schema: Schema) -> None:
    sheet = book.add_worksheet("案件")
    sheet.merge_range(0, 0, 0, 3, "2025年行政处罚案件统计表")
    sheet.write(1, 0, "填报单位：示例局")
    sheet.write_row(3, 0, ["案件编号", "机关编号", "处罚决定日期"])
    sheet.write_row(4, 0, ["C1", "O1", "2025-01-02"])
    files = load(book, schema)
    assert rows(files, "case_id, decided_on") == [("C1", date(2025, 1, 2))]
    assert said(files)["title_rows"] == "2"
    assert files.report.counts[0].file == "intake.xlsx[案件]"


def test_labels_over_names_are_one_header(book: Any, schema: Schema) -> None:
    sheet = book.add_worksheet("案件")
    sheet.write_row(0, 0, ["案件编号", "类别", "备注"])
    sheet.write_row(1, 0, ["case_id", "kind", "note"])
    sheet.write_row(2, 0, ["C1", "行政处罚", "x"])
    files = load(book, schema)
    assert rows(files, "case_id, kind, note") == [("C1", "penalty", "x")]
    assert "two_line_header" in said(files)


def test_groups_over_columns_are_one_header(book: Any, schema: Schema) -> None:
    sheet = book.add_worksheet("案件")
    sheet.merge_range(0, 0, 1, 0, "案件编号")
    sheet.merge_range(0, 1, 0, 2, "处理")
    sheet.write_row(1, 1, ["处罚决定日期", "罚款金额"])
    sheet.write_row(2, 0, ["C1", "2025-01-02", 300])
    files = load(book, schema)
    assert [(a, b, float(c)) for a, b, c in rows(files, "case_id, decided_on, fine_yuan")] == [
        ("C1", date(2025, 1, 2), 300.0)
    ]


def test_merged_cells_speak_for_all_their_rows(book: Any, schema: Schema) -> None:
    book.add_worksheet("cases").write_column(0, 0, ["case_id", "C1"])
    sheet = book.add_worksheet("documents")
    sheet.write_row(0, 0, ["document_id", "case_id"])
    sheet.write_column(1, 0, ["D1", "D2", "D3"])
    sheet.merge_range(1, 1, 3, 1, "C1")
    files = load(book, schema)
    assert rows(files, "document_id, case_id", "documents") == [
        ("D1", "C1"), ("D2", "C1"), ("D3", "C1")]  # fmt: skip
    assert said(files)["merged_cells"] == "2"


def test_several_and_hidden_sheets_are_read_and_said(book: Any, schema: Schema) -> None:
    book.add_worksheet("cases").write_column(0, 0, ["case_id", "C1"])
    hidden = book.add_worksheet("文书")
    hidden.hide()
    hidden.write_row(0, 0, ["文书编号", "案件编号"])
    hidden.write_row(1, 0, ["D1", "C1"])
    book.add_worksheet("Sheet3").write(0, 0, "x")
    files = load(book, schema)
    assert files.count("documents") == 1
    assert {"hidden_sheet", "unknown_file"} <= set(said(files))


def test_formulas_give_what_was_stored_and_nothing_else(book: Any, schema: Schema) -> None:
    sheet = book.add_worksheet("cases")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ["C1", "O1", "penalty"])
    sheet.write_formula(1, 4, "=100+1", value=101)
    sheet.write_row(2, 0, ["C2", "O1", "penalty"])
    sheet.write_formula(2, 3, "=TODAY()", value="")
    sheet.write_formula(2, 4, "=1/0", value="#DIV/0!")
    files = load(book, schema)
    assert [(a, b and float(b)) for a, b in rows(files, "case_id, fine_yuan")] == [
        ("C1", 101.0), ("C2", None)]  # fmt: skip
    assert said(files)["formulas"] == "3"
    unread = [r for r in files.report.rows.to_pylist() if r["action"] == "unreadable"]
    assert ("cases", 3, "fine_yuan", "error_cell") in [
        (r["sheet"], r["row"], r["column"], r["reason_code"]) for r in unread
    ]


def test_rows_keep_the_numbers_a_spreadsheet_shows(book: Any, schema: Schema) -> None:
    sheet = book.add_worksheet("cases")
    sheet.write_row(2, 1, HEADER)
    sheet.write_row(3, 1, ["C1", "O1", "penalty", "2025-01-02"])
    sheet.write_row(5, 1, ["", "O1", "penalty", "2025-01-02"])
    files = load(book, schema)
    refused = [r for r in files.report.rows.to_pylist() if r["action"] == "refused"]
    assert [(r["file"], r["sheet"], r["row"]) for r in refused] == [("intake.xlsx", "cases", 6)]


def test_state_secrets_in_a_workbook_are_never_stored(book: Any, schema: Schema) -> None:
    book.add_worksheet("cases").write_column(0, 0, ["case_id", "C1"])
    sheet = book.add_worksheet("documents")
    sheet.write_row(0, 0, ["document_id", "case_id", "note", "sensitivity"])
    sheet.write_row(1, 0, ["D1", "C1", "hush", "国家秘密"])
    files = load(book, schema)
    assert files.count("documents") == 0
    assert files.report.count("documents").refused == 1  # type: ignore[union-attr]
    assert "hush" not in str(files.report.rows.to_pylist())


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_workbooks_say_the_same(tmp_path: Path, schema: Schema, kind: str) -> None:
    (tmp_path / f"book.{kind}").write_bytes(seeds()[f"book.{kind}"])
    files = load_case_files(tmp_path / f"book.{kind}", schema)
    found = rows(files, "case_id, kind, decided_on, fine_yuan, note")
    assert [(a, b, c, float(d), e) for a, b, c, d, e in found] == [
        ("C0", "permit", date(2025, 1, 1), 0.0, None),
        ("C1", "penalty", date(2025, 1, 2), 100.5, "当事人未提供营业执照"),
        ("C2", "permit", date(2025, 1, 3), 201.0, 'he said "no"'),
        ("C3", "penalty", date(2025, 1, 4), 301.5, "a,b"),
        ("C4", "permit", date(2025, 1, 5), 402.0, "两\n行"),
        ("C5", "penalty", date(2025, 1, 6), 502.5, "x" * 40),
    ]


# -- attacks


def change(path: Path, part: str, data: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    kept[part] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)


def plain(book: Any) -> Path:
    book.add_worksheet("cases").write_column(0, 0, ["case_id", "C1"])
    book.close()
    return Path(book.filename)


def refused(path: Path, schema: Schema) -> str:
    with pytest.raises(InputError) as error:
        load_case_files(path, schema)
    return str(error.value)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(book: Any, schema: Schema) -> None:
    path = plain(book)
    change(path, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (64 << 20))
    assert "unpacks to far more" in refused(path, schema)


def test_entities_are_refused(book: Any, schema: Schema) -> None:
    path = plain(book)
    laugh = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    change(path, "xl/worksheets/sheet1.xml", laugh)
    assert "entities" in refused(path, schema)


def test_a_part_that_points_out_of_the_file_is_refused(book: Any, schema: Schema) -> None:
    path = plain(book)
    change(path, "../../evil.xml", b"<x/>")
    assert "points out of the file" in refused(path, schema)


def test_a_cell_in_the_farthest_corner_does_not_fill_the_memory(book: Any, schema: Schema) -> None:
    sheet = book.add_worksheet("cases")
    sheet.write_column(0, 0, ["case_id", "C1"])
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    assert "cells" in refused(Path(book.filename), schema)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"PK\x03\x04 nothing", "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        ("a.xls", b"<html><table><tr><td>case_id</td></tr></table>", "web page"),
        ("a.pkl", b"\x80\x04\x95\x00", "pickle"),
        ("a.csv", b"\x80\x04\x95\x00\x00", "pickle"),
        ("a.zip", b"PK\x03\x04", "packed archive"),
        ("a.bin", b"\0\1\2", "what kind of file"),
    ],
)
def test_what_is_no_table_gets_a_sentence(
    tmp_path: Path, schema: Schema, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    assert words in refused(tmp_path / name, schema)


def test_text_that_is_called_a_workbook_is_text(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "cases.xls").write_text("case_id\tkind\nC1\tpenalty\n")
    assert rows(load_case_files(tmp_path, schema), "case_id, kind") == [("C1", "penalty")]


def test_one_broken_file_takes_no_other_with_it(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "cases.csv").write_text("case_id\nC1\n")
    (tmp_path / "documents.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04")
    files = load_case_files(tmp_path, schema)
    assert files.count("cases") == 1
    assert not files.has("documents")
    assert [m.file for m in files.report.messages if m.reason_code == "unusable_file"] == [
        "documents.xlsx", "model.pkl"]  # fmt: skip
