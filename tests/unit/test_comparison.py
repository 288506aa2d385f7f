"""Two runs compared: what was repaired, what still fails, what fails now, what cannot be told."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.unit.comparing import subjects, write_run
from workbench.cli import main
from workbench.comparison.changes import CHANGES, change_of
from workbench.terms import InputError, UsageError

NA, PASSED, FAILED, UNKNOWN, PENDING = range(5)
CHECKS = ["a", "b"]


def _runs(tmp_path: Path, old: list, new: list, **later: object) -> tuple[Path, Path]:
    before = write_run(tmp_path / "before", subjects(old, CHECKS))
    after = write_run(tmp_path / "after", subjects(new, CHECKS), **{"as_of": "2026-06-30", **later})  # type: ignore[arg-type]
    return before, after


OLD = [("1", "u1", FAILED, PASSED), ("2", "u1", FAILED, FAILED), ("3", "u2", FAILED, PENDING),
       ("4", "u2", FAILED, NA), ("5", None, FAILED, PASSED)]  # fmt: skip
NEW = [("1", "u1", PASSED, FAILED), ("2", "u1", FAILED, NA), ("3", "u2", UNKNOWN, FAILED),
       ("4", "u2", NA, PASSED), ("6", "u3", FAILED, PASSED)]  # fmt: skip


def test_every_change_has_its_name(tmp_path: Path) -> None:
    compared = wb.compare(*_runs(tmp_path, OLD, NEW))
    found = {(c.subject_id, c.check_id): c.change for c in compared.changes.itertuples()}
    assert found == {
        ("1", "a"): "repaired", ("2", "a"): "still_failed", ("3", "a"): "now_undecided",
        ("4", "a"): "no_longer_applies", ("5", "a"): "gone", ("6", "a"): "failed_new_subject",
        ("1", "b"): "newly_failed", ("2", "b"): "no_longer_applies", ("3", "b"): "first_failed",
    }  # fmt: skip
    assert {name: compared.totals[name] for name in CHANGES} == {
        name: list(found.values()).count(name) for name in CHANGES
    }


def test_rates_say_what_they_are_of(tmp_path: Path) -> None:
    checks = wb.compare(*_runs(tmp_path, OLD, NEW)).checks.set_index("check_id")
    a, b = checks.loc["a"], checks.loc["b"]
    assert (a["repaired"], a["failed_before"], a["decided_before"]) == (1, 5, 5)
    assert a["repaired_rate"] == 0.5  # of the two that both runs could decide
    assert (b["newly_failed"], b["stayed_passed"], b["newly_failed_rate"]) == (1, 0, 1.0)
    assert pd.isna(b["repaired_rate"])


def test_units_keep_what_was_found_in_them(tmp_path: Path) -> None:
    """A subject that is gone counts where it was; one without a unit has its own row."""
    units = wb.compare(*_runs(tmp_path, OLD, NEW)).units
    assert units["unit_id"].isna().sum() == 1
    named = units.set_index("unit_id")
    assert named.loc["u1", "unit"] == "第一队"
    assert named["failed_before"].sum() == 6
    assert named.loc["u1", "repaired"] == 1


PAIR = st.sampled_from([None, NA, PASSED, FAILED, UNKNOWN, PENDING])


@given(st.lists(st.tuples(PAIR, PAIR, st.sampled_from(["u1", "u2"])), max_size=25))
@settings(max_examples=12)
def test_counts_equal_those_of_pandas(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    tmp_path = tmp_path_factory.mktemp("runs")
    named = [(f"s{n}", *row) for n, row in enumerate(rows)]
    old = pd.DataFrame(
        [(s, u, b) for s, b, _, u in named if b is not None], columns=["s", "u", "b"]
    )
    new = pd.DataFrame(
        [(s, u, a) for s, _, a, u in named if a is not None], columns=["s", "u", "a"]
    )
    frames = [
        frame.rename(columns={"s": "subject_id", "u": "unit_id", key: "c"}).assign(
            organ_id="o", kind=None)
        for frame, key in ((old, "b"), (new, "a"))
    ]  # fmt: skip
    for frame in frames:
        frame["kind"] = frame["kind"].astype("str")
    compared = wb.compare(
        write_run(tmp_path / "b", frames[0]), write_run(tmp_path / "a", frames[1])
    )
    joined = old.merge(new, on=["s", "u"], how="outer").astype({"b": object, "a": object})
    expected: Counter[tuple[str, str]] = Counter()
    for row in joined.itertuples():
        before, after = (5 if pd.isna(code) else int(code) for code in (row.b, row.a))
        if change := change_of(before, after):
            expected[row.u, change] += 1
    units = compared.units.set_index("unit_id")
    found = {(u, c): int(units.loc[u, c]) for u in units.index for c in CHANGES if units.loc[u, c]}
    assert found == dict(expected)
    assert len(compared.changes) == sum(expected.values())
    (subjects_row,) = compared.by_asset.to_dict("records")
    assert subjects_row["both"] == joined[["b", "a"]].notna().all(axis=1).sum()


def _codes(compared: wb.compare) -> list[str]:  # type: ignore[valid-type]
    return [note.code for note in compared.notes]


def test_a_check_that_the_other_run_lacks_is_named_and_repairs_nothing(tmp_path: Path) -> None:
    before = write_run(tmp_path / "before", subjects(OLD, CHECKS))
    after = write_run(tmp_path / "after", subjects([r[:3] for r in NEW], ["b"]),
                      untested={"c": ["cases.x"]})  # fmt: skip
    compared = wb.compare(before, after)
    lacking = compared.not_comparable.set_index("check_id")
    assert lacking["reason"].to_dict() == {"c": "only_after", "a": "only_before"}
    assert lacking.loc["a", "failed_before"] == 5
    assert set(compared.changes["check_id"]) == {"b"}
    assert "检查 a：后次没有这一项；前次的不符合不算已改正" in compared.text("zh")


def test_an_untested_check_is_not_repaired(tmp_path: Path) -> None:
    before = write_run(tmp_path / "before", subjects(OLD, CHECKS))
    after = write_run(tmp_path / "after", subjects([r[:2] + r[3:] for r in NEW], ["b"]),
                      untested={"a": ["cases.day"]})  # fmt: skip
    compared = wb.compare(before, after)
    assert compared.totals["repaired"] == 0
    assert compared.not_comparable["reason"].tolist() == ["untested_after"]
    assert "untested after: the source lacks cases" in compared.text("en")


def test_a_check_whose_rule_changed_is_not_compared(tmp_path: Path) -> None:
    rules = {"a": {"rule": "other", "facts": "a"}, "b": {"rule": "b", "facts": "other"}}
    runs = _runs(tmp_path, OLD, NEW, rules=rules, pack={"digest": "e", "version": "2"})
    compared = wb.compare(*runs)
    assert compared.not_comparable["reason"].tolist() == ["rule_changed"]
    assert set(compared.changes["check_id"]) == {"b"}
    assert _codes(compared) == ["as_of", "pack", "facts"]
    assert "法定数值有变" in compared.text("zh")


@pytest.mark.parametrize(
    ("later", "codes"),
    [
        ({"as_of": "2026-03-31"}, []),
        ({"as_of": "2026-01-31"}, ["swapped"]),
        ({"as_of": "2026-03-31", "period": ("2026-02-01", "2026-12-31")}, ["period"]),
        ({"as_of": "2026-03-31", "profile": {"limit": 3}}, ["profile"]),
        ({"as_of": "2026-03-31", "pack": {"id": "q"}}, ["other_pack"]),
        ({"as_of": "2026-03-31", "pack": {"digest": "e"}, "rules": {}}, ["pack", "rules_unknown"]),
    ],
)
def test_what_differs_beside_the_case_files_is_said(
    tmp_path: Path, later: dict, codes: list[str]
) -> None:
    before = write_run(tmp_path / "before", subjects(OLD, CHECKS), rules=later.get("rules"))
    after = write_run(tmp_path / "after", subjects(NEW, CHECKS), **later)
    compared = wb.compare(before, after)
    assert _codes(compared) == codes
    for language in ("zh", "en"):
        assert compared.text(language)


def test_a_run_and_itself_have_nothing_to_compare(tmp_path: Path) -> None:
    before, _after = _runs(tmp_path, OLD, NEW)
    compared = wb.compare(before, before)
    assert _codes(compared) == ["same_run"]
    assert compared.totals["newly_failed"] == compared.totals["repaired"] == 0


def test_ids_that_meet_nowhere_are_told(tmp_path: Path) -> None:
    renamed = [(f"x{s}", *rest) for s, *rest in NEW]
    compared = wb.compare(*_runs(tmp_path, OLD, renamed))
    assert "no_subject" in _codes(compared)
    assert compared.totals["gone"] == compared.totals["failed_before"]


def test_one_id_of_two_organs_is_two_subjects(tmp_path: Path) -> None:
    before = write_run(tmp_path / "before", subjects(OLD, CHECKS))
    moved = subjects(NEW, CHECKS)
    moved.loc[moved["subject_id"] == "1", "organ_id"] = "o2"
    compared = wb.compare(before, write_run(tmp_path / "after", moved))
    assert "moved" in _codes(compared)
    found = compared.changes.query("subject_id == '1'")
    assert found[["check_id", "change"]].values.tolist() == [
        ["b", "failed_new_subject"], ["a", "gone"],
    ]  # fmt: skip


def test_runs_without_a_common_check_still_open(tmp_path: Path) -> None:
    before = write_run(tmp_path / "before", subjects([r[:3] for r in OLD], ["a"]))
    after = write_run(tmp_path / "after", subjects([r[:3] for r in NEW], ["b"]))
    compared = wb.compare(before, after)
    assert _codes(compared) == ["no_check"]
    assert compared.changes.empty
    assert "没有一项检查可以比较" in compared.text("zh")
    assert "no_check" in json.dumps(compared.as_dict())


def test_the_list_as_csv_computes_nothing(tmp_path: Path) -> None:
    evil = [("=1+1", "u1", FAILED, PASSED)]
    compared = wb.compare(*_runs(tmp_path, evil, [("=1+1", "u1", PASSED, FAILED)]))
    path = compared.save(tmp_path / "changes.csv", "en")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        head, first, second = csv.reader(handle)
    assert head[:4] == ["Change", "Check id", "Check", "Subject"]
    assert first[:4] == ["newly failed", "b", "check b", "'=1+1"]
    assert second[-2:] == ["failed", "passed"]


# openpyxl does not know the bars of Excel 2010
@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_the_workbook_holds_every_table_and_no_formula(tmp_path: Path) -> None:
    evil = [("=cmd()", "u1", FAILED, PASSED), *OLD]
    compared = wb.compare(*_runs(tmp_path, evil, NEW))
    book = openpyxl.load_workbook(compared.save(tmp_path / "c.xlsx", "zh"))
    assert book.sheetnames == ["合计", "检查项", "单位", "不能比较", "清单"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert "=cmd()" in {cell.value for cell in book["清单"]["D"]}
    assert {cell.value for cell in book["单位"]["A"]} >= {"第一队", "（无所属单位）"}


def test_ids_that_leadership_may_not_see_are_withheld_in_files(tmp_path: Path) -> None:
    runs = _runs(tmp_path, OLD, NEW, classes={"subject_id": "personal"})
    compared = wb.compare(*runs)
    text = compared.save(tmp_path / "c.csv", "zh").read_text("utf-8-sig")
    assert "〔不显示〕" in text
    assert set(compared.changes["subject_id"]) == {"1", "2", "3", "4", "5", "6"}


@pytest.mark.parametrize("name", ["c.docx", "nowhere/c.csv", "before/c.csv"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    compared = wb.compare(*_runs(tmp_path, OLD, NEW))
    with pytest.raises(UsageError):
        compared.save(tmp_path / name)


def test_the_page_escapes_what_it_shows(tmp_path: Path) -> None:
    evil = [("1", "<script>", FAILED, PASSED)]
    compared = wb.compare(*_runs(tmp_path, evil, [("1", "<script>", FAILED, FAILED)]))
    for language in ("zh", "en"):
        page = compared.html(language)  # type: ignore[arg-type]
        assert "<script>" not in page
        assert "wb-card" in page
    assert compared._repr_html_() == compared.html("zh")


def test_command_line(tmp_path: Path) -> None:
    before, after = _runs(tmp_path, OLD, NEW)
    command = ["compare", str(before), str(after)]
    shown = CliRunner().invoke(main, command).output
    assert "改正率（两次都有结论的）：50.0% (1/2)" in shown
    done = CliRunner().invoke(main, [*command, "--json"])
    content = json.loads(done.stdout)
    assert content["totals"]["repaired"] == 1
    assert content["checks"][0]["repaired_rate"] == 0.5
    assert content["notes"][0]["code"] == "as_of"
    target = tmp_path / "changes.csv"
    done = CliRunner().invoke(main, [*command, "--to", str(target), "--lang", "en"])
    assert done.exit_code == 0
    assert "newly failed" in target.read_text("utf-8-sig")
    wrong = CliRunner().invoke(main, ["compare", str(tmp_path / "nothing"), str(after)])
    assert wrong.exit_code == 1
    assert "no run in" in wrong.output


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run in"):
        wb.compare(tmp_path, tmp_path)


def test_retest_closes_only_what_passed_by_the_same_rule(tmp_path: Path) -> None:
    rules = {"a": {"rule": "a", "facts": "a"}, "b": {"rule": "other", "facts": "b"}}
    runs = _runs(tmp_path, OLD, NEW, rules=rules)
    asked = [(case, "a") for case in "123456"] + [("2", "b"), ("1", "nothing")]
    found = wb.retest(*runs, asked)
    assert [(one.case_id, one.check_id) for one in found] == asked
    assert [one.verdict for one in found] == [
        "repaired", "still_failed", "cannot_tell", "no_longer_applies", "gone", "never_failed",
        "rule_changed", "no_check",
    ]  # fmt: skip
    assert [one.repaired for one in found] == [True, *[False] * 7]
    assert found[0].sentence("zh") == "“检查 a”：截至 2026-06-30 复查，已符合。"
    assert (found[2].before, found[2].after) == ("failed", "cannot_tell")
    assert "that is no repair" in found[4].sentence("en")


def test_retest_of_a_case_id_that_is_sql(tmp_path: Path) -> None:
    (one,) = wb.retest(*_runs(tmp_path, OLD, NEW), [("'); DROP TABLE x; --", "a")])
    assert one.verdict == "never_failed"
