"""The FDA letters: what pandas counts on the shipped file is what loading makes of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from tests.tools.make_us_fda_sample import make_sample, names_company
from workbench.facts import build_facts, latest_day
from workbench.findings import judge
from workbench.loading import CaseFiles, load_case_files
from workbench.pack import read_pack
from workbench.schema import parse_schema
from workbench.sources import read_source

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data" / "us_fda"
ORIGINAL = ROOT.parent / "shared/data/us_fda_warning_letters/warning_letters.csv"
needs_original = pytest.mark.skipif(not ORIGINAL.exists(), reason=f"{ORIGINAL} is not here")


@pytest.fixture(scope="module")
def letters() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "warning_letters.csv", dtype=str)


@pytest.fixture(scope="module")
def files() -> CaseFiles:
    path = ROOT / "expectations" / "us_fda" / "schema.yaml"
    schema, faults = parse_schema(read_source(path, "schema.yaml")[0])
    assert not faults
    return load_case_files(SAMPLE, schema)


def test_the_published_figures(letters: pd.DataFrame) -> None:
    posted = pd.to_datetime(letters["posted_date"], format="%m/%d/%Y")
    dated = pd.to_datetime(letters["letter_date"], format="%m/%d/%Y")
    days = (posted - dated).dt.days
    assert len(letters) == 3374
    assert days.median() == 8
    assert round(days.mean(), 1) == 19.5
    assert days.max() == 355
    assert (days > 30).sum() == 579
    assert round((days > 30).mean() * 100, 1) == 17.2
    assert (days < 0).sum() == 2
    assert letters["issuing_office"].nunique() == 125
    assert letters["issuing_office"].isna().sum() == 3


def test_identifiers(letters: pd.DataFrame) -> None:
    assert letters["case_id"].is_unique
    numbers = letters["letter_number"].dropna()
    assert len(letters) - len(numbers) == 75
    counts = numbers.value_counts()
    assert (counts[counts > 1] == 2).all()
    assert (counts > 1).sum() == 9


def test_the_engine_agrees_with_pandas(files: CaseFiles, letters: pd.DataFrame) -> None:
    found = files.engine.rows(
        "SELECT count(*), median(days), round(avg(days), 1), max(days), count_if(days > 30), "
        "count_if(days < 0) FROM (SELECT posted_on - decided_on AS days FROM main.cases)",
        "figures",
    )
    assert found == [(3374, 8, 19.5, 355, 579, 2)]
    loaded = files.engine.rows(
        "SELECT case_id, strftime(decided_on, '%m/%d/%Y'), strftime(posted_on, '%m/%d/%Y') "
        "FROM main.cases ORDER BY case_id",
        "dates",
    )
    columns = ["case_id", "letter_date", "posted_date"]
    assert loaded == [tuple(row) for row in letters[columns].itertuples(index=False)]


def test_every_spelling_is_accounted_for(files: CaseFiles, letters: pd.DataFrame) -> None:
    rows = [row for row in files.report.rows.to_pylist() if row["column"] == "unit_id"]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["reason_code"]] = counts.get(row["reason_code"], 0) + row["count"]
    assert counts == {
        "known_spelling": 2265,
        "unified": 1105,
        "not_unified": 1,
        "no_such_reference": 1,
    }
    assert sum(counts.values()) - counts["no_such_reference"] == 3374 - 3
    spellings = [row for row in rows if row["reason_code"] != "no_such_reference"]
    assert len(spellings) == 125
    assert files.count("units") == 48
    assert files.report.refused == 0


def test_offices_of_one_center(files: CaseFiles) -> None:
    units = dict(
        files.engine.rows("SELECT unit_id, count(*) FROM main.cases GROUP BY ALL", "units")
    )
    assert units["cder"] == 445 + 342 + 44
    assert units["ctp"] == 1175 + 1
    assert units[None] == 3


def test_the_pack_finds_what_pandas_counts(letters: pd.DataFrame) -> None:
    pack = read_pack(ROOT / "expectations" / "us_fda")
    files = load_case_files(SAMPLE, pack.schema, timezone=pack.timezone)
    files = files.apart()
    judge(files, pack, build_facts(files, pack, latest_day(files, pack)))
    names = "check_id, sum(passed), sum(failed), sum(cannot_tell)"
    sql = f"SELECT {names} FROM work.tallies GROUP BY check_id ORDER BY check_id"
    twice = letters["letter_number"].dropna().duplicated(keep=False).sum()
    assert files.engine.rows(sql, "tallies") == [
        ("letter-number-unique", 3374 - 75 - twice, twice, 75),
        ("office-known", 3370, 4, 0),
        ("posted-not-before-letter", 3372, 2, 0),
        ("posted-within-30cd", 2795, 579, 0),
    ]


def test_no_company_is_shipped() -> None:
    with (SAMPLE / "warning_letters.csv").open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    assert not {"company", "url"} & set(header)


@needs_original
def test_the_shipped_file_is_what_the_tool_makes() -> None:
    assert make_sample(ORIGINAL) == (SAMPLE / "warning_letters.csv").read_text("utf-8")


@needs_original
def test_no_subject_spells_its_company() -> None:
    with ORIGINAL.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert not [row for row in rows if names_company(row["subject"], row["company"])]
    assert names_company("Letter to Acme Foods", "Acme Foods, LLC")
