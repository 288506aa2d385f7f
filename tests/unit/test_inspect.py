"""Guesses: what is proposed for real-looking exports is right or asked, never wrong in silence.

The truth of each export in `exports/` was decided by hand (`*.truth.yaml`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml
from click.testing import CliRunner

import workbench as wb
from workbench.cli import main
from workbench.loading.cells import normalise
from workbench.loading.guessing.columns import ColumnGuess, Standing
from workbench.loading.guessing.headers import header_words
from workbench.loading.inspecting import Inspection
from workbench.pack import read_pack
from workbench.shared_files import shared_folder
from workbench.terms import UsageError

EXPORTS = Path(__file__).with_name("exports")
TITLED = "titled"
VARIANTS = sorted(path.name.removesuffix(".truth.yaml") for path in EXPORTS.glob("*.truth.yaml"))


def truth_of(name: str) -> dict[str, Any]:
    text = (EXPORTS / f"{name}.truth.yaml").read_text("utf-8")
    found = yaml.safe_load(text)["columns"]
    return {header_words(str(header)).plain: wanted for header, wanted in found.items()}


def laid(name: str, folder: Path) -> Path:
    """The export as a bureau would hand it over, under a name that says nothing."""
    text = (EXPORTS / f"{name}.csv").read_text("utf-8")
    if name != TITLED:
        (folder / "导出(1).csv").write_text(text, "utf-8")
        return folder
    rows = list(csv.reader(text.splitlines()))
    with xlsxwriter.Workbook(folder / "导出(1).xlsx") as book:
        page = book.add_worksheet("Sheet1")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    page.write_string(at, column, cell)
        page.merge_range(0, 0, 0, 14, rows[0][0])
        starts = [i for i, cell in enumerate(rows[2]) if cell] + [15]
        for first, last in pairwise(starts):
            page.merge_range(2, first, 2, last - 1, rows[2][first])
    return folder / "导出(1).xlsx"


@dataclass
class Judged:
    right: int = 0
    asked: int = 0  # where the truth names one column
    missed: int = 0
    wrong: tuple[str, ...] = ()

    @property
    def all(self) -> int:
        return self.right + self.asked + self.missed + len(self.wrong)


def judge(found: Inspection, truth: dict[str, Any]) -> Judged:
    judged, seen = Judged(), set()
    for guess in found.sheets[0].columns:
        words = header_words(guess.header)
        wanted = (
            truth[words.plain]
            if words.plain in truth
            else truth[words.plain.removeprefix(words.group)]
        )
        seen.add(words.plain)
        _count(judged, guess, wanted)
    assert len(seen) == len(truth)
    return judged


def _count(judged: Judged, guess: ColumnGuess, wanted: Any) -> None:
    targets = {f"{target.table}.{target.column}" for target in guess.targets}
    unit = wanted.get("unit") if isinstance(wanted, dict) else None
    open_ones = wanted.get("ask") if isinstance(wanted, dict) else None
    right = set(wanted["is"] if unit else wanted if isinstance(wanted, list) else [])
    if guess.standing is Standing.SURE and (open_ones or targets != right or guess.unit != unit):
        judged.wrong += (f"{guess.header} -> {sorted(targets)}",)
    elif open_ones:
        judged.right += guess.standing is Standing.ASKED
        judged.missed += guess.standing is Standing.UNUSED
    elif guess.standing is Standing.ASKED:
        judged.asked += 1
    elif guess.standing is Standing.UNUSED and right:
        judged.missed += 1
    else:
        judged.right += 1


@pytest.mark.parametrize("name", VARIANTS)
def test_no_guess_is_wrong_without_a_question(tmp_path: Path, name: str) -> None:
    found = wb.inspect(laid(name, tmp_path))
    assert found.sheets[0].table.table == "cases"
    assert judge(found, truth_of(name)).wrong == ()


def test_at_least_95_of_100_columns_are_proposed_right(tmp_path: Path) -> None:
    total = Judged()
    for name in VARIANTS:
        (tmp_path / name).mkdir()
        one = judge(wb.inspect(laid(name, tmp_path / name)), truth_of(name))
        total.right, total.asked = total.right + one.right, total.asked + one.asked
        total.missed, total.wrong = total.missed + one.missed, total.wrong + one.wrong
    assert total.right >= 0.95 * total.all, total


@pytest.mark.parametrize("name", VARIANTS)
def test_the_proposal_loads_every_row(tmp_path: Path, name: str) -> None:
    source = laid(name, tmp_path)
    found = wb.inspect(source)
    assert found.report is not None, found.failure
    (tmp_path / "ours.yaml").write_text(found.mapping("zh"), "utf-8")
    loaded = wb.load(source, mapping=tmp_path / "ours.yaml")
    count = loaded.report.count("cases")
    assert count is not None
    assert (count.read, count.used, count.refused) == (14, 14, 0)
    assert loaded.files.count("parties") == 14


def test_amounts_are_converted_as_the_header_says(tmp_path: Path) -> None:
    source = laid("units", tmp_path)
    (tmp_path / "mapping.yaml").write_text(wb.inspect(source).mapping(), "utf-8")
    files = wb.load(source).files
    sql = "SELECT fine_yuan, amount_yuan FROM main.cases JOIN main.payments USING (case_id)"
    assert all(fine == paid for fine, paid in files.engine.rows(sql, "t"))


def test_a_question_is_not_applied(tmp_path: Path) -> None:
    found = wb.inspect(laid("ledger_zh", tmp_path))
    handler = next(g for g in found.sheets[0].columns if g.header == "承办人")
    assert handler.standing is Standing.ASKED
    assert "handler_id" not in yaml.safe_load(found.mapping())["tables"]["cases"]["columns"]
    assert "#? handler_id: 承办人" in found.mapping()
    assert found.report is not None
    assert not [h for h in found.report.headers if h.column == "handler_id"]


def test_a_question_answered_is_applied(tmp_path: Path) -> None:
    source = laid("ledger_zh", tmp_path)
    text = wb.inspect(source).mapping().replace("#? handler_id", "handler_id")
    (tmp_path / "mapping.yaml").write_text(text, "utf-8")
    rows = wb.load(source).files.engine.rows("SELECT count(handler_id) FROM main.cases", "t")
    assert rows == [(14,)]


def test_words_that_are_no_code_are_asked(tmp_path: Path) -> None:
    text = "案件编号,案件来源,立案日期\n" + "".join(
        f"C{n},{'投诉' if n % 2 else '媒体曝光'},2025-01-0{n}\n" for n in range(1, 9)
    )
    (tmp_path / "a.csv").write_text(text, "utf-8")
    found = wb.inspect(tmp_path)
    assert "媒体曝光: ?" in found.mapping()
    assert "媒体曝光" in found.text("zh")
    assert found.questions == 1


def test_values_of_personal_columns_are_never_shown(tmp_path: Path) -> None:
    found = wb.inspect(laid("ledger_zh", tmp_path))
    shown = found.mapping() + found.text("zh") + found.text("en") + found.html("zh")
    assert "示例甲有限公司" not in shown
    assert "91990100MA0000011H" not in shown
    assert "赵某" not in shown


def test_cells_that_contradict_the_header_are_asked(tmp_path: Path) -> None:
    text = "案件编号,立案日期,执法类别\nA,张三,行政处罚\nB,李四,行政处罚\nC,王五,行政许可\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    guess = next(g for g in wb.inspect(tmp_path).sheets[0].columns if g.header == "立案日期")
    assert guess.standing is Standing.ASKED
    assert guess.evidence[-2].code == "cells_against" or guess.evidence[-1].code == "cells_against"


def test_a_date_that_may_be_read_two_ways_is_asked(tmp_path: Path) -> None:
    text = "案件编号,立案日期,执法类别\nA,03/04/2025,行政处罚\nB,05/06/2025,行政处罚\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    found = wb.inspect(tmp_path)
    guess = next(g for g in found.sheets[0].columns if g.header == "立案日期")
    assert guess.standing is Standing.ASKED
    assert guess.formats == ("dmy", "mdy")
    assert "#? filed_on: {from: 立案日期, format: dmy | mdy}" in found.mapping()


def test_two_headers_for_one_column_are_asked(tmp_path: Path) -> None:
    text = "案件编号,执法类别,处罚决定日期,许可决定日期\n"
    text += "A,行政处罚,2025-01-02,\nB,行政许可,,2025-01-03\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    guesses = {g.header: g for g in wb.inspect(tmp_path).sheets[0].columns}
    assert guesses["处罚决定日期"].standing is Standing.ASKED
    assert guesses["许可决定日期"].standing is Standing.ASKED


def test_a_sheet_that_is_no_table_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", "utf-8")
    found = wb.inspect(tmp_path)
    assert found.sheets[0].table.table is None
    assert "a.csv" in found.text("zh")
    assert found.failure


def test_a_folder_of_our_own_needs_no_guess(tmp_path: Path) -> None:
    found = wb.inspect("sample_data/hrss")
    tables = {sheet.name: sheet.table.table for sheet in found.sheets}
    assert all(name == f"{table}.csv" for name, table in tables.items())
    asked = [g.header for sheet in found.sheets for g in sheet.of(Standing.ASKED)]
    unused = [g.header for sheet in found.sheets for g in sheet.of(Standing.UNUSED)]
    assert not unused
    assert len(asked) <= 3
    assert found.report is not None
    assert found.report.refused == 0


def test_with_a_mapping_nothing_is_guessed() -> None:
    found = wb.inspect("sample_data/us_fda", "us_fda")
    assert found.steered == "mapping.yaml"
    assert found.sheets == ()
    assert "cases: 3374 read" in found.text("en")


def test_the_command_writes_what_loads(tmp_path: Path) -> None:
    source = laid("abbreviations", tmp_path)
    target = tmp_path / "mapping.yaml"
    done = CliRunner().invoke(
        main, ["inspect", str(source), "--write", str(target), "--lang", "en"]
    )
    assert done.exit_code == 0, done.output
    assert "AJBH -> Case id cases.case_id" in done.output
    assert target.read_text("utf-8").startswith("# Guessed by workbench inspect")
    assert wb.load(source).files.count("cases") == 14
    again = CliRunner().invoke(main, ["inspect", str(source), "--write", str(target)])
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no mapping 'double_publicity_penaltie'"):
        wb.inspect(tmp_path, mapping="double_publicity_penaltie")


def test_headers_in_other_words() -> None:
    assert header_words("立案日期(yyyy-mm-dd)").plain == "立案日期"
    assert header_words("3. 立案时间").loose == header_words("立案日期").loose
    assert header_words("fine_amount (RMB 10k)").unit == "RMB 10k"
    assert header_words("罚款金额/万元").unit == "万元"
    assert header_words("CloseDate").loose == header_words("date closed").loose
    assert normalise("＊案号") == "*案号"


def test_what_no_header_says_is_asked_once_for_all_rows() -> None:
    """A ledger of penalties has no column that says so; without it no check can be decided."""
    found = wb.inspect(EXPORTS / "ledger_zh.csv")
    text = found.mapping("zh")
    line = next(line for line in text.splitlines() if "#? kind:" in line)
    assert "{value: penalty}" in line
    assert "permit 行政许可" in line
    assert "#? source:" not in text  # a header says it
    for shown in (found.text("zh"), found.html("zh")):
        assert "没有这些列：执法类别、程序、期限规则、处理结果" in shown


def test_no_word_of_a_pack_means_two_columns_of_a_table() -> None:
    folder = shared_folder("expectations")
    for pack in sorted(path.parent for path in folder.glob("*/pack.yaml")):
        for table in read_pack(pack).schema.tables.values():
            seen: dict[str, str] = {}
            for column in table.columns.values():
                for word in {normalise(word).casefold() for word in column.synonyms}:
                    assert seen.setdefault(word, column.name) == column.name, (table.name, word)


@pytest.mark.parametrize("pack", ["hrss", "us_fda", "jp_labour", "it_road_fines"])
def test_every_header_of_the_template_is_its_column(pack: str, tmp_path: Path) -> None:
    found = wb.inspect(wb.template(tmp_path / "intake.xlsx", pack), pack)
    assert found.questions == 0
    for sheet in found.sheets:
        assert sheet.usable, sheet.name
        for guess in sheet.columns:
            assert [t.column for t in guess.targets] == [guess.header], (sheet.name, guess.header)
            assert guess.standing is Standing.SURE
