"""The .xlsx: the same content, numbers as numbers, no formula, printed on A4 with its heads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.unit.papering import AGREED
from workbench import papers
from workbench.papers.book import write_book
from workbench.papers.content import Column, Paper, Table, Text
from workbench.review.state import RoundState


def test_a_list_reads_back_with_numbers_and_its_sum(whole: RoundState, tmp_path: Path) -> None:
    book = load_workbook(papers.problem_list(whole, "handling", tmp_path / "list.xlsx"))
    (sheet,) = book.worksheets[-1:]
    assert sheet.title == "问题清单"
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [row[0] for row in rows[:9]] == list(range(1, 10))
    points = [row[5] for row in rows[:9] if row[5] != "—"]
    assert all(isinstance(one, int | float) for one in points)
    assert rows[9][5] == pytest.approx(sum(points))
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.page_setup.paperSize == 9


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_paper_is_a_book(whole: RoundState, tmp_path: Path, language: str) -> None:
    letter = load_workbook(papers.feedback_letter(whole, "handling", tmp_path / "l.xlsx", language))
    assert len(letter.worksheets) == 4, "text, results, problems, form"
    text = [row[0] for row in letter.worksheets[0].iter_rows(values_only=True) if row[0]]
    assert any("2026年3月17日" in t or "17 March 2026" in t for t in text)
    sheet = load_workbook(papers.rating_sheet(whole, AGREED, tmp_path / "s.xlsx", language))
    assert sheet.worksheets[1].max_row == 3 + 3 + 1, "three criteria and their sum"
    notice = load_workbook(
        papers.rectification_notice(whole, "handling", tmp_path / "n.xlsx", language)
    )
    assert notice.worksheets[1].max_row == 3 + 9
    circular = load_workbook(papers.circular(whole, tmp_path / "c.xlsx", language, on="2026-04-02"))
    assert len(circular.worksheets) == 4, "text, units, kinds, problems"


def test_no_text_becomes_a_formula_and_every_name_of_a_sheet_is_one(tmp_path: Path) -> None:
    columns = [Column("=HYPERLINK(1)", 1), Column("b", 1, "day"), Column("c", 1, "share")]
    rows = [["=1+1", date(2026, 6, 30), 0.25], ["@x\x00", date(2026, 7, 1), None]]
    tables = [Table("很长的名称[不能用]:*?/" + "甲" * 40, columns, rows) for _ in range(2)]
    paper = Paper("zh", "=标题", [Text("=2+2"), *tables], organ="-机关", recipient="+单位")
    book = load_workbook(write_book(paper, tmp_path / "b.xlsx"))
    assert len({sheet.title for sheet in book.worksheets}) == 3
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    found = book.worksheets[1]
    assert found["A4"].value == "=1+1"
    assert found["B4"].value.date() == date(2026, 6, 30)
    assert found["C4"].value == 0.25
    assert found["A5"].value == "@x"
