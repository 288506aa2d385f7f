"""Points worked out by hand on a small rubric, and the formula printed beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import workbench

HEADER = (
    "case_id,organ_id,unit_id,kind,procedure,clock,filed_on,investigated_on,decided_on,closed_on,"
    "archived_on,result,penalty_kinds,fine_yuan,complex,public_interest"
)
# Decided 2025-06-03, so publication was due on 2025-06-12.
CASE = (
    "{id},99,u1,penalty,summary,labour,2025-03-03,2025-05-29,2025-06-03,,,penalised,fine,{fine},,"
)


EXPECTATIONS = Path(__file__).parents[2] / "expectations"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack with a rubric of few checks, so that points can be worked out by hand."""
    folder = tmp_path_factory.mktemp("pack") / "hrss"
    shutil.copytree(EXPECTATIONS / "hrss", folder)
    shutil.copy(Path(__file__).with_name("penalty_rubric.yaml"), folder / "rubrics/penalty.yaml")
    return folder


@pytest.fixture
def run(pack: Path, tmp_path: Path) -> workbench.run.Run:
    write = {
        "cases": [HEADER, CASE.format(id="clean", fine=500), CASE.format(id="late", fine=500),
                  CASE.format(id="never", fine=500),
                  CASE.format(id="small fine", fine=19999),
                  CASE.format(id="major", fine=50000)[:-1] + "true,"],  # a complex case
        "units": ["unit_id,organ_id,name,sector", "u1,99,甲,x"],
        "disclosures": ["disclosure_id,case_id,channel,published_on,removed_on,withheld",
                        "d1,clean,site,2025-06-12,,none", "d2,late,site,2025-06-13,,none",
                        "d4,major,site,2025-06-12,,none", "d5,small fine,site,2025-06-12,,none"],
        "legal_reviews": ["review_id,case_id,round,concluded_on,result"],
        "hearings": ["case_id,held_on,new_evidence"],
        "extensions": ["case_id,clock,approved_on,approver_role,extra,unit"],
        "exclusions": ["case_id,clock,reason,from_on,to_on,basis_code"],
        "rulings": ["case_id,kind,result,received_on,effective_on"],
    }  # fmt: skip
    for table, lines in write.items():
        (tmp_path / f"{table}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return workbench.evaluate(workbench.load(tmp_path, pack=pack), as_of="2026-06-30")


def points(run: workbench.run.Run, case: str) -> dict[str, float]:
    cards = run.scorecards.query("case_id == @case")
    return {row.criterion: float(row.points) for row in cards.itertuples()}


def test_points_by_hand(run: workbench.run.Run) -> None:
    # disclosure 9: late takes 3, never 5. procedure 13: the officers check is untested, so 13 x 5 /
    # (5 + 5) = 6.5 is attainable. recording, archive: untested, nothing attainable. legal_review:
    # one check untested, the others do not apply.
    nothing = {"recording": 0, "archive": 0, "legal_review": 0}
    assert points(run, "clean") == {**nothing, "disclosure": 9, "procedure": 6.5}
    assert points(run, "late") == {**nothing, "disclosure": 6, "procedure": 6.5}
    assert points(run, "never") == {**nothing, "disclosure": 4, "procedure": 6.5}
    # major: no legal review takes 10 of what is attainable: 8 x 10 / (10 + 5) = 5.33 -> 0.
    assert points(run, "major") == {**nothing, "disclosure": 9, "procedure": 6.5}


def test_what_is_undecided_counts_against_the_decided_share(run: workbench.run.Run) -> None:
    scores = run.scores.set_index("case_id")
    assert scores.loc["clean", "auto_maximum"] == 45
    assert scores.loc["clean", "auto_attainable"] == 15.5
    assert scores.loc["clean", "decided_share"] == pytest.approx(15.5 / 45)
    assert scores.provisional.all()


def test_formula_is_printed_with_its_numbers(run: workbench.run.Run) -> None:
    cards = run.scorecards.query("case_id == 'late' and criterion == 'disclosure'")
    assert cards.why.item() == "max(0, 9 x 5 / (5 + 0) - 3) = 6: after-penalty-published-7wd -3"


def test_total_and_band_stay_empty_until_people_rate(run: workbench.run.Run) -> None:
    scores = run.scores.set_index("case_id")
    assert scores.total.isna().all()
    assert scores.band.isna().all()
    assert scores.manual_points.isna().all()
    assert scores.loc["late", "auto_points"] == 12.5
    found = scores.loc["major", "veto_candidates"].split(";")
    assert found == ["review-major-covered", "proc-summary-limits"]
    assert pd.isna(scores.loc["late", "veto_candidates"])


def test_kinds_without_a_rubric_are_named(sample_run: workbench.run.Run) -> None:
    unscored = sample_run.manifest["unscored"]
    assert "penalty" not in unscored
    assert sum(unscored.values()) + len(sample_run.scores) == sample_run.manifest["assets"]["cases"]


def test_fine_amounts_never_enter_a_score(run: workbench.run.Run) -> None:
    """Two cases that differ only in their fine, both below what makes a case a major one."""
    assert points(run, "small fine") == points(run, "clean")
    scores = run.scores.set_index("case_id")
    shown = ["auto_points", "auto_attainable", "auto_maximum", "decided_share"]
    assert scores.loc["small fine", shown].equals(scores.loc["clean", shown].rename("small fine"))
