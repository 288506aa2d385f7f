"""The run folder: sealed, repeatable, whole or not there at all."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import workbench
from workbench import artefacts
from workbench.artefacts import broken_artefacts
from workbench.cli import main
from workbench.dashboards.home import view
from workbench.dashboards.home_runs import find_runs
from workbench.run import Run
from workbench.terms import InputError, Outcome, UsageError

CONTRACT = {
    "manifest.json", "load_report.parquet", "facts/cases.parquet", "facts/unit_years.parquet",
    "outcomes/cases.parquet", "outcomes/unit_years.parquet", "findings.parquet", "gaps.parquet",
    "tallies.parquet", "deadlines.parquet", "scorecards.parquet", "scores.parquet",
    "weak_links.parquet", "timelines.parquet", "stage_times.parquet", "lost_days.parquet",
    "flows.parquet", "order_violations.parquet", "at_risk.parquet", "checks.json",
    "report.html", "evaluation.xlsx", "validation/disclosure_after.json",
}  # fmt: skip


def hashes(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    return {a["path"]: a["sha256"] for a in manifest["artefacts"]}


def test_folder_holds_the_contract(sample_folder: Path) -> None:
    there = {p.relative_to(sample_folder).as_posix() for p in sample_folder.rglob("*")}
    assert there >= CONTRACT
    assert broken_artefacts(sample_folder) == []


def test_same_inputs_in_another_order_give_the_same_content(
    sample_folder: Path, tmp_path: Path
) -> None:
    shuffled = tmp_path / "shuffled"
    shutil.copytree(Path("sample_data/hrss"), shuffled)
    draw = random.Random(7)
    for path in shuffled.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            header, *rows = list(csv.reader(handle))
        draw.shuffle(rows)
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows([header, *rows])
    run = workbench.evaluate(workbench.load(shuffled), as_of="2026-06-30")
    again = run.save(tmp_path / "out")
    first, second = hashes(sample_folder), hashes(again)
    # Report and workbook name the input files with their hashes, which a shuffled file changes.
    differing = {path for path in first if first[path] != second[path]}
    assert differing <= {"report.html", "evaluation.xlsx"}


def test_an_equal_run_stays_as_it_is(sample_run: Run, sample_folder: Path) -> None:
    before = (sample_folder / "manifest.json").stat().st_mtime_ns
    assert sample_run.save(sample_folder.parent) == sample_folder
    assert (sample_folder / "manifest.json").stat().st_mtime_ns == before
    listed = {p.name for p in sample_folder.parent.iterdir()}
    assert listed == {sample_folder.name, ".originals"}  # where the files lie, beside the run


@pytest.mark.parametrize("victim", ["findings.parquet", "report.html", "manifest.json"])
def test_a_changed_artefact_is_named(sample_folder: Path, tmp_path: Path, victim: str) -> None:
    copy = tmp_path / "run"
    shutil.copytree(sample_folder, copy)
    path = copy / victim
    if victim.endswith(".parquet"):
        frame = pd.read_parquet(path)
        frame.iloc[1:].to_parquet(path)
    else:
        path.write_text(path.read_text("utf-8").replace("2026", "2027"), "utf-8")
    assert any(victim in sentence for sentence in broken_artefacts(copy))


def test_files_damaged_anywhere_are_named_and_never_a_traceback(
    sample_folder: Path, tmp_path: Path
) -> None:
    copy, draw = tmp_path / "run", random.Random(5)
    shutil.copytree(sample_folder, copy)
    path = copy / "findings.parquet"
    whole = path.read_bytes()
    foot = len(whole) - int.from_bytes(whole[-8:-4], "little") - 8
    for place in draw.sample(range(foot, len(whole)), 60):  # where names and types are told
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert broken_artefacts(copy) in ([], ["findings.parquet was changed"])
    path.write_bytes(b"")
    assert broken_artefacts(copy) == ["findings.parquet was changed"]


def test_a_failed_write_leaves_no_half_run(
    sample_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(artefacts, "seal", break_off)
    with pytest.raises(OSError, match="disk full"):
        sample_run.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_opened_run_answers_as_the_fresh_one(sample_run: Run, sample_folder: Path) -> None:
    opened = workbench.open_run(sample_folder.parent)
    for table in ("findings", "tallies", "scores", "weak_links", "deadlines"):
        fresh, stored = getattr(sample_run, table), getattr(opened, table)
        order = list(fresh.columns)
        pd.testing.assert_frame_equal(
            fresh.sort_values(order, ignore_index=True),
            stored.sort_values(order, ignore_index=True),
        )
    assert opened.summary("zh") == sample_run.summary("zh")
    assert opened.summary("en") == sample_run.summary("en")


def test_outcomes_are_codes_and_tallies_add_them_up(sample_run: Run) -> None:
    outcomes = sample_run.outcomes("cases")
    about = sample_run.results.checks["checks"]
    checks = [check for check in about if about[check]["asset"] == "cases"]
    assert set(checks) == set(outcomes.columns) - {"subject_id"}
    for check in checks:
        mine = sample_run.tallies[sample_run.tallies.check_id == check]
        for outcome in Outcome:
            assert (outcomes[check] == outcome.value).sum() == mine[outcome.name].sum()


def test_findings_are_the_failed_outcomes(sample_run: Run) -> None:
    for asset in ("cases", "unit_years"):
        outcomes = sample_run.outcomes(asset).set_index("subject_id")
        found = sample_run.findings.query("asset == @asset")
        for check, subjects in found.groupby("check_id").subject_id:
            failed = outcomes.index[outcomes[check] == Outcome.failed.value]
            assert set(subjects) == set(failed)


def test_findings_carry_observed_expected_due_and_evidence(sample_run: Run) -> None:
    late = sample_run.findings.query("check_id == 'after-penalty-published-7wd'")
    assert len(late) > 0
    assert (late.observed.astype(int) > late.expected.astype(int)).all()
    assert late.due_on.notna().all()
    published = late[late.evidence.notna()]
    assert len(published) > 0
    assert published.evidence.str.startswith("disclosures/").all()


def test_no_run_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run in"):
        workbench.open_run(tmp_path)
    with pytest.raises(UsageError, match="no day"):
        workbench.evaluate(workbench.load("sample_data/hrss"), as_of="30.6.2026")


def test_runs_of_the_same_files_do_not_touch_one_another(tmp_path: Path) -> None:
    loaded = workbench.load("sample_data/hrss")
    early = workbench.evaluate(loaded, as_of="2025-06-30")
    before = early.tallies.sort_values(list(early.tallies.columns), ignore_index=True)
    late = workbench.evaluate(loaded, as_of="2026-06-30")
    # Days that had not come yet in 2025 are findings of their own there.
    had = "check_id != 'di-dates-sane'"
    assert len(late.findings.query(had)) > len(early.findings.query(had))
    after = early.tallies.sort_values(list(early.tallies.columns), ignore_index=True)
    pd.testing.assert_frame_equal(before, after)
    assert early.save(tmp_path) != late.save(tmp_path)


def test_a_run_of_an_older_layout_is_a_sentence(sample_folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(sample_folder, old)
    manifest = json.loads((old / "manifest.json").read_text("utf-8"))
    assert manifest.pop("layout") == artefacts.LAYOUT
    core = {k: v for k, v in manifest.items() if k not in ("run_id", "seal", "made")}
    manifest["seal"] = hashlib.sha256(artefacts.to_json(core).encode()).hexdigest()
    (old / "manifest.json").write_text(artefacts.to_json(manifest), "utf-8")
    with pytest.raises(InputError, match="older version of the workbench: evaluate again"):
        workbench.open_run(old)
    target = tmp_path / "y.xlsx"
    result = CliRunner().invoke(main, ["report", str(old), "--to", str(target)])
    assert result.exit_code != 0
    assert "evaluate again" in result.output
    assert not target.exists()
    assert CliRunner().invoke(main, ["verify", str(old)]).exit_code == 0
    assert [entry.fault for entry in find_runs(tmp_path)] == ["older"]


def test_the_case_asset_may_have_any_name(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree("expectations/us_fda", pack)
    for path in [*pack.glob("facts/*.sql"), *pack.glob("suites/*.json")]:
        path.rename(path.with_suffix(f".letters{path.suffix}"))
    for name, old, new in (
        ("pack.yaml", "assets:\n  cases:", "assets:\n  letters:"),
        ("clocks/publication.yaml", "  posting:\n", "  posting:\n    asset: letters\n"),
    ):
        text = (pack / name).read_text("utf-8")
        assert old in text
        (pack / name).write_text(text.replace(old, new, 1), "utf-8")
    source = Path("sample_data/us_fda")
    mapping = source / "mapping.yaml"
    runs = [
        workbench.evaluate(workbench.load(source, pack=p, mapping=mapping), as_of="2026-03-17")
        for p in (pack, "us_fda")
    ]
    run = workbench.open_run(runs[0].save(tmp_path / "out"))
    assert run.manifest["case_asset"] == "letters"
    assert run.summary("en") == runs[1].summary("en")
    assert len(run.outcomes()) == len(run.facts("letters")) == run.manifest["assets"]["letters"]
    page = run.report(tmp_path / "r.html").read_text("utf-8")
    assert run.folder is not None
    assert page == (run.folder / "report.html").read_text("utf-8")
    run.report(tmp_path / "r.xlsx")
    assert run.case(str(run.findings.case_id.iloc[0])).html("en")
    assert run.html("en")
    entry = find_runs(tmp_path / "out")[0]
    assert entry.fault == ""
    assert view(tmp_path / "out", tmp_path)
