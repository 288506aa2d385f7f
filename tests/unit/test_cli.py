"""The command line as its users meet it: what it prints, its exit codes, no traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from workbench.cli import main

SAMPLE = Path("sample_data/hrss").absolute()
CASES = """case_id,organ_id,unit_id,kind,procedure,result,decided_on
A1,99,u1,penalty,ordinary,penalised,2025-06-03
A2,99,u1,penalty,ordinary,penalised,{second}
"""
DISCLOSURES = """disclosure_id,case_id,channel,published_on,withheld
d1,A1,site,2025-06-12,none
d2,{case},site,2025-06-13,none
"""


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    return result


def write(folder: Path, second: str = "2025-06-03", case: str = "A2") -> Path:
    (folder / "cases.csv").write_text(CASES.format(second=second), "utf-8")
    (folder / "disclosures.csv").write_text(DISCLOSURES.format(case=case), "utf-8")
    return folder


def test_evaluate_tells_a_supervisor_what_matters(tmp_path: Path) -> None:
    result = call("evaluate", SAMPLE, "--as-of", "2026-06-30", "--out", tmp_path, "--lang", "zh")
    assert result.exit_code == 0
    for words in ("案件 2000 件", "拒收", "行政执法公示", "执法全过程记录", "法制审核", "无法判断",
                  "问题最严重的案件", "日内到期", "精确区间", "报告："):  # fmt: skip
        assert words in result.output
    report = Path(result.output.split("报告：")[1].splitlines()[0])
    assert report.is_file()


def test_a_period_without_a_case_is_doubted_though_units_have_years(tmp_path: Path) -> None:
    result = call("evaluate", SAMPLE, "--as-of", "2026-06-30", "--period", "2020-01-01..2020-12-31",
                  "--out", tmp_path, "--lang", "en")  # fmt: skip
    assert result.exit_code == 0
    assert "no case was evaluated" in result.output


def test_evaluate_in_english(tmp_path: Path) -> None:
    result = call("evaluate", SAMPLE, "--as-of", "2026-06-30", "--out", tmp_path, "--lang", "en")
    assert result.exit_code == 0
    for words in ("2000 cases", "refused", "Disclosure", "cannot tell", "exact", "Report: "):
        assert words in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["evaluate", "no/such/folder"], 1, "no/such/folder"),
        (["evaluate", SAMPLE, "--pack", "hrs"], 2, "Shipped: hrss"),
        (["evaluate", SAMPLE, "--as-of", "2025-13-40"], 2, "is no day"),
        (["evaluate", SAMPLE, "--period", "2025"], 2, "FROM..TO"),
        (["verify", "no/such/run"], 1, "no run folder"),
        (["lint", "nothing"], 2, "no pack 'nothing'"),
    ],
)
def test_mistakes_are_sentences(arguments: list[str], code: int, words: str) -> None:
    result = call(*arguments)
    assert result.exit_code == code
    assert words in result.output


def test_folder_without_cases_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "case.csv").write_text("case_id\nA1\n", "utf-8")
    result = call("evaluate", tmp_path)
    assert result.exit_code == 1
    assert "cases.csv" in result.output
    assert "case.csv" in result.output


def test_a_bad_date_is_reported_and_the_right_rows_are_evaluated(tmp_path: Path) -> None:
    import workbench

    run = workbench.evaluate(
        workbench.load(write(tmp_path, second="2025-13-40")), as_of="2026-06-30"
    )
    tally = run.tallies.query("check_id == 'after-penalty-published-7wd'")
    assert tally.passed.sum() == 1
    # What was written and cannot be read is unknown, neither passed nor failed.
    assert (tally.failed.sum(), tally.cannot_tell.sum()) == (0, 1)
    row = run.load_report.query("column == 'decided_on'").iloc[0]
    assert (row.file, row.row, row.reason_code) == ("cases.csv", 3, "not_a_date")
    assert "2025-13-40" in row.detail


def test_an_orphan_is_refused_and_the_right_rows_are_evaluated(tmp_path: Path) -> None:
    import workbench

    run = workbench.evaluate(workbench.load(write(tmp_path, case="A9")), as_of="2026-06-30")
    tally = run.tallies.query("check_id == 'after-penalty-published-7wd'")
    assert (tally.passed.sum(), tally.failed.sum()) == (1, 1)
    assert run.load_report.query("reason_code == 'orphan'").row.tolist() == [3]
    assert run.manifest["rows"]["disclosures"] == {"read": 2, "used": 1, "refused": 1}


def test_without_as_of_the_latest_recorded_day_counts(tmp_path: Path) -> None:
    import workbench

    run = workbench.evaluate(workbench.load(write(tmp_path)))
    assert run.manifest["as_of"] == "2025-06-13"


def test_period_bounds_the_cases(tmp_path: Path) -> None:
    import workbench

    loaded = workbench.load(write(tmp_path, second="2026-02-03"))
    run = workbench.evaluate(loaded, as_of="2026-06-30", period=("2026-01-01", "2026-06-30"))
    assert run.manifest["assets"]["cases"] == 1


def test_a_profile_overrides_what_is_local_and_stands_in_the_manifest(tmp_path: Path) -> None:
    import workbench

    profile = tmp_path / "profile.yaml"
    profile.write_text(
        "parameters:\n  major_fine:\n    values:\n"
        "      - {value: 1000, clause: test, confidence: H}\n",
        "utf-8",
    )
    loaded = workbench.load(SAMPLE, profile=profile)
    stricter = workbench.evaluate(loaded, as_of="2026-06-30")
    plain = workbench.evaluate(workbench.load(SAMPLE), as_of="2026-06-30")
    assert stricter.manifest["profile"] == {"major_fine": [1000]}
    decided = [
        r.tallies.query("check_id == 'review-major-covered'")[["passed", "failed"]].sum().sum()
        for r in (plain, stricter)
    ]
    assert decided[1] > decided[0]


def test_a_profile_may_not_change_the_law(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(
        "parameters:\n  penalty_disclosure_limit:\n    values:\n"
        "      - {value: 30, clause: test, confidence: H}\n",
        "utf-8",
    )
    result = call("evaluate", SAMPLE, "--profile", profile, "--out", tmp_path)
    assert result.exit_code == 1
    assert "set by law" in result.output
    assert "line 2" in result.output


def test_synthesize_and_lint_say_what_they_did(tmp_path: Path) -> None:
    made = call("synthesize", tmp_path / "cases", "--cases", 150, "--seed", 3)
    assert made.exit_code == 0
    assert "planted defects" in made.output
    linted = call("lint")
    assert linted.exit_code == 0
    assert "no faults" in linted.output
    assert "after-penalty-published-7wd" in linted.output


def test_verify_tells_a_whole_run_from_a_changed_one(sample_folder: Path, tmp_path: Path) -> None:
    assert call("verify", sample_folder).exit_code == 0
    copy = tmp_path / "run"
    shutil.copytree(sample_folder, copy)
    (copy / "report.html").write_text("changed", "utf-8")
    changed = call("verify", copy)
    assert changed.exit_code == 1
    assert "report.html was changed" in changed.output


def test_verify_tells_a_whole_review_history_from_a_changed_one(tmp_path: Path) -> None:
    import sqlite3

    from workbench.review.store import ReviewStore

    with ReviewStore.open(tmp_path) as store, store.writing() as writing:
        writing.append("rating_submitted", "李评查", {"points": 90}, subject="99-2025-000001")
    whole = call("verify", tmp_path)
    assert whole.exit_code == 0
    assert "完好。共 1 条记录" in whole.output
    assert "1 entries" in call("verify", tmp_path / "review.sqlite", "--lang", "en").output
    connection = sqlite3.connect(tmp_path / "review.sqlite")
    with connection:
        connection.execute("DROP TRIGGER entries_never_change")
        connection.execute("UPDATE entries SET actor = '王评查'")
    connection.close()
    changed = call("verify", tmp_path)
    assert changed.exit_code == 1
    assert "第 1 条记录（rating_submitted，" in changed.output
    assert "王评查）：内容与校验值不符" in changed.output
    assert "entries_never_change" in changed.output


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        (["no/such/review.sqlite"], 1, "no such review store"),
        (["README.md"], 1, "no SQLite file"),
        (["sqlite:///no/such.sqlite"], 1, "no such review store"),
        (["mysql://h/d"], 2, "'mysql' cannot keep a review store"),
        (["no/such/run", "--head", "x"], 2, "--head goes with a review store"),
    ],
)
def test_verify_says_what_it_was_given(given: list[str], code: int, words: str) -> None:
    result = call("verify", *given)
    assert result.exit_code == code
    assert words in result.output
