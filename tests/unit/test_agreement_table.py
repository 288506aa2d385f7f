"""Tables of ratings from a file: every criterion told, and every odd table in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from workbench.cli import main
from workbench.coefficient import Coefficient
from workbench.review.agreement_table import MOST_VALUES, CriterionAgreement, agreement_of

# Shrout & Fleiss 1979, table 2: six targets, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def _table(path: Path, rows: list[tuple[str, str, str, str]]) -> Path:
    lines = ["subject,criterion,rater,value", *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_table_of_ratings_criterion_by_criterion(tmp_path: Path) -> None:
    rows = [(f"c{n}", "送达", rater, str(value)) for n, row in enumerate(JUDGES)
            for rater, value in zip("甲乙丙丁", row, strict=True)]  # fmt: skip
    rows += [("c1", "结论", "甲", "合格"), ("c1", "结论", "乙", "不合格"),
             ("c2", "结论", "甲", "合格"), ("c2", "结论", "乙", "合格"),
             ("c3", "结论", "乙", "")]  # fmt: skip
    path = _table(tmp_path / "ratings.csv", rows)
    words, numbers = agreement_of(path)
    assert (words.criterion, words.numeric, words.subjects, words.ratings) == ("结论", False, 2, 4)
    assert words.coefficients["percent"].value == 0.5
    assert "icc_single" not in words.coefficients
    assert numbers.coefficients["icc_mean"].value == pytest.approx(0.62, abs=5e-3)
    mild = {one.rater: one.difference for one in numbers.raters}
    assert mild["甲"] == pytest.approx(np.mean([a - b for a, *rest in JUDGES for b in rest]))
    done = CliRunner().invoke(main, ["review", "agreement", str(path), "--json"])
    assert json.loads(done.output)["criteria"][0]["coefficients"]["percent"]["value"] == 0.5
    shown = CliRunner().invoke(main, ["review", "agreement", str(path), "--lang", "en"]).output
    assert "rater 甲: 6 subjects" in shown
    assert "above the others" in shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("subject,criterion,rater,points\n1,a,x,2\n", "no column value; there is: subject"),
        (
            "subject,criterion,rater,value\n1,a,x,2\n1,a,x,3\n",
            "twice with two values, the first of them in rows 1 and 2",
        ),
        ("", "is no table of ratings"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(main, ["review", "agreement", str(path)])
    assert done.exit_code == 1
    assert told in done.output


def test_nothing_to_compare_is_not_defined(tmp_path: Path) -> None:
    path = _table(tmp_path / "r.csv", [("1", "a", "x", "2"), ("2", "a", "y", "3")])
    (one,) = agreement_of(path)
    assert one.coefficients["gwet_ac1"] == Coefficient(None, None, None, 0)
    assert "无法计算" in CliRunner().invoke(main, ["review", "agreement", str(path)]).output


def _told(path: Path, language: str = "zh") -> str:
    done = CliRunner().invoke(main, ["review", "agreement", str(path), "--lang", language])
    assert done.exit_code == 0, done.output
    return done.output


def _one(path: Path) -> CriterionAgreement:
    (one,) = agreement_of(path)
    return one


def _codes(path: Path) -> list[str]:
    return [note.code for note in _one(path).notes]


def test_one_rater_has_nobody_to_agree_with(tmp_path: Path) -> None:
    path = _table(tmp_path / "r.csv", [(f"{n}", "a", "x", "2") for n in range(5)])
    assert _codes(path) == ["one_rater"]
    assert all(one.value is None for one in _one(path).coefficients.values())
    assert "只有一名评查员" in _told(path)


def test_raters_without_a_common_subject_are_not_compared(tmp_path: Path) -> None:
    path = _table(tmp_path / "r.csv", [("1", "a", "x", "2"), ("2", "a", "y", "3")])
    assert _codes(path) == ["no_pair"]
    assert "rated by two raters" in _told(path, "en")


def test_a_rater_whom_nobody_met_is_named(tmp_path: Path) -> None:
    rows = [(f"{n}", "a", rater, str(n % 3)) for n in range(6) for rater in "xy"]
    path = _table(tmp_path / "r.csv", [*rows, ("99", "a", "z", "1")])
    assert "rater z: rated nothing that others rated" in _told(path, "en")
    assert _one(path).coefficients["percent"].value == 1


def test_ratings_all_the_same_say_so_and_no_coefficient_is_invented(tmp_path: Path) -> None:
    path = _table(tmp_path / "r.csv", [(f"{n}", "a", r, "5") for n in range(9) for r in "xy"])
    assert _codes(path) == ["one_value"]
    found = _one(path).coefficients
    assert found.pop("percent").value == 1
    assert {one.value for one in found.values()} == {None}
    assert "18 个评分全部相同" in _told(path)


def test_one_word_among_numbers_is_shown(tmp_path: Path) -> None:
    rows = [(f"{n}", "a", r, str(n)) for n in range(4) for r in "xy"]
    path = _table(tmp_path / "r.csv", [*rows, ("9", "a", "x", "不适用"), ("9", "a", "y", "1e999")])
    one = _one(path)
    assert not one.numeric
    assert [(note.code, note.n, note.example) for note in one.notes] == [("mixed", 2, "不适用")]
    assert "有 2 个评分不是数字（例如“不适用”）" in _told(path)
    assert not {"kappa_linear", "alpha_interval", "icc_single"} & set(one.coefficients)


def test_gaps_are_gaps_however_they_are_written(tmp_path: Path) -> None:
    rows = [(f"{n}", "a", r, str(n % 2)) for n in range(4) for r in "xy"]
    plain = _table(tmp_path / "plain.csv", rows)
    gaps = [("7", "a", "x", gap) for gap in (".", "NA", "n/a", "NaN", "")]
    spelt = _table(tmp_path / "spelt.csv", [*rows, *gaps])
    assert _one(plain) == _one(spelt)


def test_full_width_digits_and_spaces_are_the_same_value(tmp_path: Path) -> None:
    path = _table(tmp_path / "r.csv", [("1", "a", "x", "２ "), (" 1", "a ", "y", "2"),
                                       ("2", "a", "x", "3"), ("2", "a", "y", "3.0")])  # fmt: skip
    one = _one(path)
    assert (one.numeric, one.subjects, one.coefficients["percent"].value) == (True, 2, 1)


def test_rows_without_a_name_are_counted_and_the_rest_is_told(tmp_path: Path) -> None:
    rows = [(f"{n}", "a", r, str(n % 2)) for n in range(4) for r in "xy"]
    path = _table(tmp_path / "r.csv", [*rows, ("", "a", "x", "1"), ("5", "a", "", "1"), rows[0]])
    found = agreement_of(path)
    assert (found.nameless, found.repeated, found.criteria[0].ratings) == (2, 1, 8)
    assert "有 2 行没有写明" in _told(path)
    assert "1 rows repeat another one" in _told(path, "en")


def test_points_with_many_values_are_measured(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    truth = random.normal(80, 9, MOST_VALUES)
    rows = [(f"{n}", "a", r, f"{value + random.normal():.4f}")
            for n, value in enumerate(truth) for r in "xy"]  # fmt: skip
    path = _table(tmp_path / "r.csv", rows)
    one = _one(path)
    assert [note.code for note in one.notes] == ["many_values"]
    assert set(one.coefficients) == {"alpha_interval", "icc_single", "icc_mean"}
    assert one.coefficients["icc_single"].value > 0.95  # type: ignore[operator]
    assert "α（等距）" in _told(path)


def test_below_nought_there_is_no_ratio(tmp_path: Path) -> None:
    rows = [(f"{n}", "a", r, str(n - 2)) for n in range(5) for r in "xy"]
    path = _table(tmp_path / "r.csv", rows)
    assert _codes(path) == ["negative"]
    assert _one(path).coefficients["alpha_ratio"].value is None


def test_two_raters_a_case_of_many_leave_the_intraclass_correlation_open(tmp_path: Path) -> None:
    rows = [(f"{n}", "a", f"r{(n + turn) % 30}", str(n % 4)) for n in range(90) for turn in (0, 1)]
    path = _table(tmp_path / "r.csv", rows)
    one = _one(path)
    assert [(note.code, note.n) for note in one.notes] == [("not_crossed", 0)]
    assert one.coefficients["kappa"].value == pytest.approx(1)
    assert one.coefficients["icc_single"].value is None


def test_a_table_of_an_older_system_is_read(tmp_path: Path) -> None:
    text = "subject,criterion,rater,value\n1,送达程序,甲,合格\n1,送达程序,乙,不合格\n"
    path = tmp_path / "r.csv"
    path.write_bytes(text.encode("gb18030"))
    assert _one(path).criterion == "送达程序"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"subject,criterion,rater,value\n", "holds no rating"),
        (b"subject,criterion,rater,value\n1,a,x,\n", "holds no rating"),
        (b"subject,criterion,rater,value,value\n1,a,x,1,2\n", "column value is there 2 times"),
        (b"subject,criterion,rater,value\n1,a,x,1,9\n", "is no table of ratings"),
        (b"PK\x03\x04\x00\xff\xfe\x00\x99\x81", "ratings"),
    ],
)
def test_hostile_files_end_in_a_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    done = CliRunner().invoke(main, ["review", "agreement", str(path)])
    assert done.exit_code == 1
    assert told in done.output
    assert "Traceback" not in done.output


def test_json_has_no_numbers_that_json_does_not_know(tmp_path: Path) -> None:
    rows = [("1", "a", "x", "2"), ("1", "b", "x", "2"), ("1", "b", "y", "2")]
    path = _table(tmp_path / "r.csv", rows)
    done = CliRunner().invoke(main, ["review", "agreement", str(path), "--json"])

    def refuse(text: str) -> Any:
        raise AssertionError(text)

    content = json.loads(done.output, parse_constant=refuse)
    assert content["criteria"][0]["notes"][0]["en"].startswith("Only one rater")
