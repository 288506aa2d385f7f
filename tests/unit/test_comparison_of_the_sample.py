"""The shipped bureau, evaluated before and after somebody put records right (and others wrong)."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

import workbench as wb
from workbench.comparison.changes import change_of
from workbench.run import Run

ROOT = Path(__file__).parents[2]
AS_OF = "2026-06-30"
CHECK = "after-penalty-published-7wd"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def later(sample_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same bureau, with the days of publication of three late cases put right, and those of
    two that were published in time taken away."""
    folder = tmp_path_factory.mktemp("files") / "hrss"
    shutil.copytree(ROOT / "sample_data" / "hrss", folder)
    outcomes = sample_run.outcomes().set_index("subject_id")[CHECK]
    rows = _rows(folder / "disclosures.csv")
    published = {row["case_id"] for row in rows if row["published_on"]}
    mended = sorted(published & set(outcomes[outcomes == 2].index))[:3]
    broken = sorted(published & set(outcomes[outcomes == 1].index))[:2]
    decided = {row["case_id"]: row["decided_on"] for row in _rows(folder / "cases.csv")}
    for row in rows:
        if row["case_id"] in mended:
            row["published_on"] = decided[row["case_id"]]
        if row["case_id"] in broken:
            row["published_on"] = ""
    with (folder / "disclosures.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return wb.evaluate(wb.load(folder), as_of=AS_OF)


def _expected(before: Run, after: Run) -> dict[tuple[str, str], str]:
    """Every change of a case, from the outcomes of both runs."""
    old, new = (run.outcomes().set_index("subject_id") for run in (before, after))
    assert old.index.equals(new.index)
    return {
        (subject, check): change
        for check in old.columns
        for subject, was, now in zip(old.index, old[check], new[check], strict=True)
        if (change := change_of(int(was), int(now)))
    }


def test_what_was_put_right_and_what_was_broken_is_found(sample_run: Run, later: Run) -> None:
    compared = wb.compare(sample_run, later)
    changes = compared.changes.query("asset == 'cases'")
    keys = zip(changes["subject_id"], changes["check_id"], strict=True)
    assert dict(zip(keys, changes["change"], strict=True)) == _expected(sample_run, later)
    its = compared.checks.set_index("check_id").loc[CHECK]
    assert its["repaired"] >= 2
    assert its["newly_failed"] == 2
    assert compared.unlike == ()
    assert compared.notes == ()


def test_saved_and_fresh_runs_say_the_same(
    sample_run: Run, sample_folder: Path, later: Run, tmp_path: Path
) -> None:
    fresh = wb.compare(sample_run, later)
    saved = wb.compare(sample_folder, later.save(tmp_path))
    assert saved.totals == fresh.totals
    assert saved.changes.equals(fresh.changes)
    assert saved.by_check_and_unit.equals(fresh.by_check_and_unit)


def test_retest_says_what_the_comparison_says(sample_run: Run, later: Run) -> None:
    expected = {k: v for k, v in _expected(sample_run, later).items() if k[1] == CHECK}
    found = wb.retest(sample_run, later, list(expected))
    assert {(one.case_id, one.check_id): one.verdict for one in found} == {
        key: "never_failed" if change == "newly_failed" else change
        for key, change in expected.items()
    }


def test_another_profile_takes_the_checks_that_rest_on_it_out(
    sample_run: Run, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("parameters:\n  major_fine: 30000\n", "utf-8")
    other = wb.evaluate(wb.load(ROOT / "sample_data" / "hrss", profile=profile), as_of=AS_OF)
    compared = wb.compare(sample_run, other)
    assert [note.code for note in compared.notes][:1] == ["profile"]
    reasons = compared.not_comparable.set_index("check_id")["reason"]
    assert reasons["review-major-covered"] == "rule_changed"
    assert CHECK not in reasons.index or reasons[CHECK] == "rule_changed"
    assert 0 < len(reasons) < 50
