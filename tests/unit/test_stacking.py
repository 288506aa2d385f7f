"""Several files of one layout are one sheet: no row is lost, and each is named by its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.loading_schema import schema_of_files
from workbench.loading import CaseFiles, load_case_files
from workbench.schema import Schema
from workbench.terms import InputError

MAPPING = """
tables:
  cases:
    file: "cases_*.csv"
    columns: {note: "#file"}
"""
JANUARY = "case_id,kind,decided_on\nC1,penalty,2025-01-02\nC2,permit,2025-01-03\n"
FEBRUARY = "decided_on,case_id,fine_yuan\n2025-02-02,C3,100\n2025-02-03\n2025-02-04,C1,5\n"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of_files(tmp_path_factory.mktemp("pack"))


def load(path: Path, schema: Schema, **files: str) -> CaseFiles:
    (path / "mapping.yaml").write_text(MAPPING, "utf-8")
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, "utf-8")
    return load_case_files(path, schema)


def test_rows_of_all_files_and_the_file_of_each(tmp_path: Path, schema: Schema) -> None:
    files = load(tmp_path, schema, cases_01=JANUARY, cases_02=FEBRUARY, other="a\n1\n")
    rows = files.engine.rows(
        "SELECT case_id, kind, CAST(decided_on AS VARCHAR), fine_yuan, note FROM main.cases "
        "ORDER BY case_id",
        "test",
    )
    assert rows == [
        ("C1", "penalty", "2025-01-02", None, "cases_01.csv"),
        ("C2", "permit", "2025-01-03", None, "cases_01.csv"),
        ("C3", None, "2025-02-02", 100, "cases_02.csv"),
    ]
    count = files.report.count("cases")
    assert count is not None
    assert (count.read, count.used, count.refused) == (5, 3, 2)


def test_row_numbers_run_on_and_the_report_says_so(tmp_path: Path, schema: Schema) -> None:
    report = load(tmp_path, schema, cases_01=JANUARY, cases_02=FEBRUARY).report
    refused = {
        row["row"]: row["reason_code"]
        for row in report.rows.to_pylist()
        if row["action"] == "refused"
    }
    assert refused == {6: "wrong_field_count", 7: "duplicate_key"}
    stacked = [row["detail"] for row in report.rows.to_pylist() if row["reason_code"] == "stacked"]
    assert stacked == ["cases_01.csv 2-3, cases_02.csv 5-7"]
    assert not [m for m in report.messages if m.reason_code == "unknown_file"]


def test_a_pattern_that_fits_nothing_is_a_fault(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(InputError, match=r"no file 'cases_\*\.csv'"):
        load(tmp_path, schema, other=JANUARY)
