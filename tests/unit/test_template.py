"""The intake workbook: what is filled in loads without a mapping, for every pack and language."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import workbench as wb
from workbench.loading import CaseFiles, load_case_files
from workbench.loading.template import choices, sheet_names
from workbench.pack import Pack, find_pack, read_pack
from workbench.schema import Column
from workbench.shared_files import shared_folder
from workbench.synthesis import synthesize
from workbench.terms import UsageError

PACKS = sorted(path.parent.name for path in shared_folder("expectations").glob("*/pack.yaml"))


def pack_of(name: str) -> Pack:
    return read_pack(find_pack(name, shared_folder("expectations")))


def as_typed(column: Column, cell: str, language: str) -> Any:
    """A cell as a person types it or chooses it from the list."""
    if not cell:
        return None
    if column.type == "code":
        return choices(column, language)[list(column.codes).index(cell)]
    if column.type == "boolean":
        return {"true": {"zh": "是", "en": "yes"}, "false": {"zh": "否", "en": "no"}}[cell][
            language
        ]
    if column.type == "date":
        return date.fromisoformat(cell)
    if column.type == "timestamp":
        return datetime.fromisoformat(cell)
    if column.type == "integer":
        return int(cell)
    return float(cell) if column.type == "number" else cell


def fill(book: Path, pack: Pack, rows: dict[str, list[dict[str, str]]], language: str) -> None:
    opened = openpyxl.load_workbook(book)
    names = sheet_names(pack.schema, language)
    for table in pack.schema.tables.values():
        page = opened[names[table.name]]
        for row in rows.get(table.name, []):
            cells = [as_typed(c, row.get(c.name, ""), language) for c in table.columns.values()]
            page.append([None, *cells])
    opened.save(book)


def rows_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            found[path.stem] = list(csv.DictReader(handle))
    return found


def tables(files: CaseFiles) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for name, table in files.schema.tables.items():
        columns = ", ".join(f'"{column}"' for column in table.columns)
        found[name] = files.engine.rows(f'SELECT {columns} FROM main."{name}" ORDER BY ALL', "t")
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_whole_bureau_filled_in_is_the_bureau(tmp_path: Path, language: str) -> None:
    pack = pack_of("hrss")
    folder = tmp_path / "bureau"
    synthesize(find_pack("hrss", shared_folder("expectations")), folder, 12, 4)
    rows = rows_of(folder)
    book = wb.template(tmp_path / "intake.xlsx", language=language)
    fill(book, pack, rows, language)
    plain = load_case_files(folder, pack.schema, timezone=pack.timezone)
    filled = load_case_files(book, pack.schema, timezone=pack.timezone)
    assert filled.report.refused == 0
    assert tables(filled) == tables(plain)
    assert {n for n, found in rows.items() if found} <= filled.delivered.keys()
    marked = [r for r in filled.report.rows.to_pylist() if r["reason_code"] == "example_row"]
    assert {r["row"] for r in marked} == {3}
    assert {r["table_name"] for r in marked} == set(filled.delivered)


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_template_loads_and_delivers_nothing(
    tmp_path: Path, pack: str, language: str
) -> None:
    book = wb.template(tmp_path / "intake.xlsx", pack, language)
    files = wb.load(book, pack).files
    assert files.count("cases") == 0
    assert set(files.delivered) == {"cases"}
    said = {r["reason_code"] for r in files.report.rows.to_pylist()}
    assert "unknown_file" not in said
    assert "unknown_column" not in said
    assert "not_filled_in" in said


@pytest.mark.parametrize("pack", PACKS)
def test_the_example_itself_is_right(tmp_path: Path, pack: str) -> None:
    """With the marks taken away, every example row is read without a complaint of its cells."""
    found = pack_of(pack)
    book = wb.template(tmp_path / "intake.xlsx", pack, "zh")
    opened = openpyxl.load_workbook(book)
    for name in sheet_names(found.schema, "zh").values():
        opened[name].cell(3, 1).value = None
    opened.save(book)
    files = wb.load(book, pack).files
    assert files.count("cases") == 1
    assert not [r for r in files.report.rows.to_pylist() if r["action"] == "unreadable"]
    assert set(files.delivered) == set(found.schema.tables)


def test_a_sheet_without_its_example_says_that_nothing_happened(tmp_path: Path) -> None:
    book = wb.template(tmp_path / "intake.xlsx", language="zh")
    opened = openpyxl.load_workbook(book)
    opened["听证"].delete_rows(3)
    opened["案件"].append([None, "A-1"])
    opened.save(book)
    files = wb.load(book).files
    assert set(files.delivered) == {"cases", "hearings"}
    assert files.count("cases") == 1


def test_the_workbook_tells_what_belongs_where(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(wb.template(tmp_path / "intake.xlsx", language="zh"))
    page = book["案件"]
    assert [page.cell(1, 2).value, page.cell(2, 2).value] == ["案件编号", "case_id"]
    notes = {page.cell(2, c.column).value: c.comment.text for c in page[1] if c.comment}
    assert "必填" in notes["case_id"]
    assert "yuan" in notes["fine_yuan"]
    assert "须在“执法机关”表中" in notes["organ_id"]
    lists = {str(v.sqref).split(":")[0]: v for v in page.data_validations.dataValidation}
    kind = next(c.coordinate for c in page[3] if page.cell(2, c.column).value == "kind")
    assert lists[kind].formula1.startswith("'代码表'!")
    assert book["代码表"].sheet_state == "hidden"
    assert book.sheetnames[0] == "填写说明"


def test_a_template_has_a_name_of_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.xlsx"):
        wb.template(tmp_path / "intake.csv")
    with pytest.raises(UsageError, match="no folder"):
        wb.template(tmp_path / "nowhere" / "intake.xlsx")


def test_amounts_stay_exact(tmp_path: Path) -> None:
    book = wb.template(tmp_path / "intake.xlsx", language="en")
    opened = openpyxl.load_workbook(book)
    page = opened["Cases"]
    at = {page.cell(2, c).value: c for c in range(1, page.max_column + 1)}
    page.cell(4, at["case_id"]).value = "0012"
    page.cell(4, at["fine_yuan"]).value = 1234.1
    opened.save(book)
    rows = wb.load(book).files.engine.rows("SELECT case_id, fine_yuan FROM main.cases", "t")
    assert rows == [("0012", Decimal("1234.10"))]
