"""Rounds of ours, written as the pack's tables, are judged by the pack's own checks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest
import yaml

import workbench as wb
from tests.unit import played_round as play
from tests.unit import reviewing as small
from workbench.pack import Pack, find_pack, read_pack
from workbench.review.export import export, tables_of
from workbench.review.state import RoundState
from workbench.rubrics import parse_rubric
from workbench.run import Run
from workbench.sources import Source
from workbench.terms import UsageError

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "hrss"
TWO = "eval-two-independent-reviewers"
SUM = "eval-deductions-evidenced-and-sum-to-100"
OPEN = "eval-criteria-published-and-party-views-weighted"
PASSED, FAILED, NOT_YET = 1, 2, 4


@pytest.fixture(scope="module")
def hrss() -> Pack:
    return read_pack(find_pack("hrss", ROOT / "expectations"))


def judged(
    folder: Path, its: RoundState, pack: Pack, as_of: str = play.AS_OF, **edited: Any
) -> list[dict[str, int]]:
    """The exported round beside its cases, evaluated: of each exported round its outcomes."""
    written = export(pack, [its], folder)
    cases = pd.read_csv(SAMPLE / "cases.csv", dtype=str)
    files: dict[str, Any] = {"cases": cases[cases.case_id.isin(its.cases)]}
    files |= {name: SAMPLE / f"{name}.csv" for name in ("organs", "units", "officers")}
    files |= {path.removesuffix(".csv"): folder / path for path in written.rows}
    for table, edit in edited.items():
        files[table] = edit(pd.read_csv(files[table], dtype=str))
    run = wb.evaluate(wb.load(files), as_of=as_of)
    assert set(run.load_report.reason_code) <= {"header_only"}
    found = run.outcomes("evaluation_rounds")
    return [{check: int(row[check]) for check in (TWO, SUM, OPEN)} for _, row in found.iterrows()]


@pytest.fixture(scope="module")
def saved(sample_folder: Path) -> Run:
    return wb.open_run(sample_folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, saved: Run) -> RoundState:
    """A round with everything in it: mean, adjudication, third rating, veto, calibration case."""
    plain = play.some_cases(saved, each=5)
    veto = play.vetoed_case(saved)
    folder = tmp_path_factory.mktemp("whole")
    cases = [*plain[:4], veto]
    with play.begun(folder, saved, cases, calibration=[plain[4]]) as (review, day):
        play.agreed(review, plain[0], taken=2)
        play.adjudicated(review, plain[1])
        play.third(review, plain[2])
        play.agreed(review, plain[3])
        play.agreed(review, veto)
        return play.finish(review, day)


def test_a_whole_round_passes_the_checks_of_evaluations(
    tmp_path: Path, whole: RoundState, hrss: Pack
) -> None:
    assert judged(tmp_path / "out", whole, hrss) == [{TWO: PASSED, SUM: PASSED, OPEN: PASSED}]


def test_calibration_cases_are_nobodys_evaluation(whole: RoundState, hrss: Pack) -> None:
    tables = tables_of(hrss, [whole])
    assert len(whole.cases) == 6
    assert len(tables["evaluations"]) == 5
    assert sum(len(case.seats) for case in whole.cases.values()) == 11
    assert len(tables["evaluation_ratings"]) == 11


def test_a_veto_that_sets_to_zero_says_why(whole: RoundState, hrss: Pack) -> None:
    zero = [row for row in tables_of(hrss, [whole])["evaluation_ratings"] if row["veto_reason"]]
    assert [row["total_points"] for row in zero] == [0, 0]
    assert all("确有其事" in row["veto_reason"] for row in zero)


@pytest.mark.parametrize(
    ("table", "column", "value", "check"),
    [
        ("evaluation_ratings", "total_points", "99.5", SUM),
        ("evaluation_ratings", "veto_reason", None, SUM),
        ("evaluation_deductions", "note", None, SUM),
        ("evaluation_ratings", "reviewer_id", "ann", TWO),
        ("evaluation_ratings", "locked_at", None, TWO),
        ("evaluations", "adjudicated_on", None, TWO),
        ("evaluation_rounds", "results_published_on", None, OPEN),
        ("evaluation_rounds", "outside_view_weight", "0", OPEN),
        ("surveys", "answers", "0", OPEN),
    ],
)
def test_each_check_fails_once_its_thing_is_gone(
    tmp_path: Path, whole: RoundState, hrss: Pack, table: str, column: str, value: str | None,
    check: str,
) -> None:  # fmt: skip
    edit = {table: lambda frame: frame.assign(**{column: value})}
    (found,) = judged(tmp_path / "out", whole, hrss, **edit)
    assert found[check] == FAILED


def split() -> dict[str, Any]:
    """The small rubric as half fixed, half scaled, with a criterion that deducts directly."""
    changed = yaml.safe_load(small.RUBRIC)
    changed |= {"id": "split", "base": "split"}
    changed["split"] = {"fixed": 50, "scaled": 50, "direct_most": 3}
    direct = {"id": "form", "title": {"zh": "要素", "en": "Form"}, "maximum": 10, "direct": True}
    changed["criteria"].append(changed["criteria"][1] | direct)
    found, faults = parse_rubric(Source("split.yaml", changed, {}))
    assert not faults, faults
    content: dict[str, Any] = msgspec.to_builtins(found)
    return content


def test_rubrics_do_not_mix_and_each_adds_up_by_its_own_formula(tmp_path: Path, hrss: Pack) -> None:
    rubrics = {"small": small.rubric(), "split": split()}
    one, two = "99-2024-00120", "99-2024-00055"
    cases = {one: small.drawn(), two: small.drawn(rubric="split")}
    form = {"anchor": "own", "deductions": [{"points": 4, "reason": "缺页码", "evidence": ["D2"]}]}
    with small.reviewing(tmp_path, cases, rubrics=rubrics, organ_id="99") as (lead, _):
        for case in cases:
            rating = small.items(facts=10) | ({"form": form} if case == two else {})
            for name in (small.ANN, small.BEN):
                lead.assign_to(small.ROUND, case, name)
                lead.as_person(name).submit(small.ROUND, case, rating)
        its = lead.round(small.ROUND)
        points = {c.case_id: c.rated[0].rating.score.points for c in its.cases.values()}  # type: ignore[union-attr]
    # 20 of 40 of the first criterion could be decided, 3 of them lost, 10 of 40 of the second;
    # 100 x 67 / 80, and 50 + 50 x 67 / 80 - 3 (of 4 deducted directly, at most 3).
    assert points == {one: 83.75, two: 88.88}
    tables = tables_of(hrss, [its])
    assert [row["round_id"] for row in tables["evaluation_rounds"]] == [
        "2026-01.small", "2026-01.split",
    ]  # fmt: skip
    as_of = date.today().isoformat()  # the store of this round keeps the real day
    found = judged(tmp_path / "out", its, hrss, as_of)
    assert [row[SUM] for row in found] == [PASSED, PASSED]
    edit = {"evaluation_deductions": lambda frame: frame.assign(points_left_out=None)}
    found = judged(tmp_path / "edited", its, hrss, as_of, **edit)
    assert [row[SUM] for row in found] == [FAILED, FAILED]


def test_a_round_that_was_neither_published_nor_asked_about_is_not_open(
    tmp_path: Path, saved: Run, hrss: Pack
) -> None:
    case = play.some_cases(saved, each=1)
    with play.begun(tmp_path, saved, case) as (review, day):
        play.agreed(review, case[0])
        its = play.finish(review, day, publish=False, survey=False)
    assert judged(tmp_path / "out", its, hrss) == [{TWO: PASSED, SUM: PASSED, OPEN: FAILED}]


def test_an_open_round_is_not_yet_due(tmp_path: Path, saved: Run, hrss: Pack) -> None:
    case = play.some_cases(saved, each=1)
    with play.begun(tmp_path, saved, case) as (review, _):
        review.assign_to(play.ROUND, case[0], play.ANN)
        play.rate(review, play.ANN, case[0])
        its = review.round(play.ROUND)
    assert judged(tmp_path / "out", its, hrss) == [{TWO: NOT_YET, SUM: PASSED, OPEN: NOT_YET}]


def test_moments_are_written_in_the_packs_time(whole: RoundState, hrss: Pack) -> None:
    row = tables_of(hrss, [whole])["evaluation_ratings"][0]
    assert row["locked_at"] == "2026-07-02T17:00:00"  # 09:00 UTC


def test_what_is_there_is_never_written_over(tmp_path: Path, whole: RoundState, hrss: Pack) -> None:
    export(hrss, [whole], tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(UsageError, match="there already"):
        export(hrss, [whole], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert len(before) == 7
