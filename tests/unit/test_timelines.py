"""The steps of every case: all of them, each once, in order, none from after the as-of day."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import workbench
from workbench import timelines
from workbench.pack import read_pack
from workbench.run import Run

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "hrss"
AS_OF = pd.Timestamp("2026-06-30")


def recounted() -> pd.DataFrame:
    """The same moments, worked out from the files with pandas alone."""
    schema = read_pack(ROOT / "expectations" / "hrss").schema
    cases = set(pd.read_csv(SAMPLE / "cases.csv", dtype=str).case_id)
    parts = []
    for table in schema.tables.values():
        case = "case_id" if table.name == "cases" else table.case_column
        file = SAMPLE / f"{table.name}.csv"
        if not case or not file.is_file():
            continue
        frame = pd.read_csv(file, dtype=str)
        frame = frame[frame[case].isin(cases)]
        for column in table.columns.values():
            if column.type not in ("date", "timestamp") or column.name not in frame:
                continue
            at = pd.to_datetime(frame[column.name])
            keep = at.notna() & (at.dt.normalize() <= AS_OF)
            twin = column.name.replace("_on", "_at")
            if column.name.endswith("_on") and twin in frame:
                keep &= pd.to_datetime(frame[twin]).dt.normalize() != at
            own = table.name != "cases" and len(table.key) == 1
            parts.append(pd.DataFrame({
                "case_id": frame[case], "at": at, "table": table.name, "column": column.name,
                "id": frame[table.key[0]] if own else None,
            })[keep])  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    columns = ["case_id", "at", "table", "column", "id"]
    frame = frame[columns].assign(at=frame["at"].astype("datetime64[us]"))
    return frame.fillna({"id": ""}).sort_values(columns, ignore_index=True)


def test_every_recorded_day_stands_once(sample_run: Run) -> None:
    found = in_order(sample_run.timelines)
    assert len(found) > 20_000
    pd.testing.assert_frame_equal(found, in_order(recounted()), check_dtype=False)


def test_rows_are_stored_in_order_and_opened_runs_give_the_same(
    sample_run: Run, sample_folder: Path
) -> None:
    stored = pd.read_parquet(sample_folder / "timelines.parquet")
    assert list(stored.columns) == list(timelines.COLUMNS)
    keys = stored[["case_id", "at", "table", "column"]]
    pd.testing.assert_frame_equal(keys, keys.sort_values(list(keys.columns), kind="stable"))
    fresh, opened = sample_run.results, workbench.open_run(sample_folder).results
    query = "FROM work.timelines ORDER BY ALL"
    assert fresh.engine.rows(query, "fresh") == opened.engine.rows(query, "opened")
    again = timelines.sorted_timelines(fresh.engine).read_all()
    assert again.to_pylist() == opened.engine.arrow("FROM work.timelines", "opened").to_pylist()


def test_an_hour_takes_the_place_of_its_day_unless_they_contradict(
    sample_run: Run, tmp_path: Path
) -> None:
    own = sample_run.timelines.query("table == 'cases'")
    assert "decided_at" in set(own.column)
    assert (
        not own.merge(own, on="case_id")
        .query(
            "column_x == 'decided_on' and column_y == 'decided_at' and at_x == at_y.dt.normalize()"
        )
        .size
    )
    folder = tmp_path / "files"
    shutil.copytree(SAMPLE, folder)
    cases = pd.read_csv(folder / "cases.csv", dtype=str)
    at = cases.index[cases.decided_at.notna()][0]
    case = cases.case_id[at]
    cases.loc[at, "decided_at"] = f"{date.fromisoformat(cases.decided_on[at]).year - 1}-01-05T09:30"
    cases.to_csv(folder / "cases.csv", index=False)
    run = workbench.evaluate(workbench.load(folder), as_of="2026-06-30")
    steps = run.timelines
    steps = steps[(steps.case_id == case) & (steps.table == "cases")]
    assert {"decided_on", "decided_at"} <= set(steps.column)


def test_nothing_from_after_the_as_of_day() -> None:
    run = workbench.evaluate(workbench.load(SAMPLE), as_of="2025-03-14")
    last = run.timelines["at"].max()
    assert last.normalize() == pd.Timestamp("2025-03-14")
    whole = recounted()
    early = whole[whole["at"].dt.normalize() <= "2025-03-14"]
    assert len(run.timelines) == len(early)


def test_cases_outside_the_period_have_no_timeline() -> None:
    run = workbench.evaluate(
        workbench.load(SAMPLE), as_of="2026-06-30", period="2025-01-01..2025-12-31"
    )
    assert set(run.timelines.case_id) <= set(run.facts().case_id)
    assert len(run.facts()) < len(pd.read_csv(SAMPLE / "cases.csv"))


def test_a_row_says_what_it_is_but_not_what_came_of_it_before_it_did(sample_run: Run) -> None:
    found = sample_run.timelines
    documents = pd.read_csv(SAMPLE / "documents.csv", dtype=str).set_index("document_id")
    made = found.query("table == 'documents'")
    assert (made.code == made.id.map(documents.kind)).all()
    assert found.query("table == 'cases'").code.isna().all()
    # Reviews are listed with their result, which is known only when they are concluded.
    reviews = found.query("table == 'legal_reviews'")
    told = reviews[reviews.code.notna()]
    concluded = told[told.column.str.startswith("concluded")]
    assert len(concluded) > 50
    for _, row in told[~told.column.str.startswith("concluded")].iterrows():
        last = reviews[reviews.id == row.id]["at"].max()
        assert row["at"].normalize() == last.normalize()


def test_us_letters_have_their_two_days() -> None:
    source = ROOT / "sample_data" / "us_fda"
    files = workbench.load(source, pack="us_fda", mapping=source / "mapping.yaml")
    found = workbench.evaluate(files).timelines
    letters = pd.read_csv(source / "warning_letters.csv", dtype=str)
    assert set(found.column) == {"decided_on", "posted_on"}
    posted = found.query("column == 'posted_on'").set_index("case_id")["at"]
    expected = pd.to_datetime(letters.set_index("case_id").posted_date, format="%m/%d/%Y")
    expected = expected[expected <= files_as_of(found)]
    assert (posted.sort_index() == expected.loc[posted.index].sort_index()).all()
    assert len(posted) == len(expected)


def files_as_of(found: pd.DataFrame) -> pd.Timestamp:
    last: pd.Timestamp = found["at"].max()
    return last


@pytest.mark.parametrize("text", ["x' OR '1'='1", "'; DROP TABLE work.timelines; --", ""])
def test_a_hostile_id_finds_nothing(sample_run: Run, text: str) -> None:
    from workbench.reports.case_record import case_record

    assert case_record(sample_run.results, text) is None
    assert len(sample_run.timelines) > 0
