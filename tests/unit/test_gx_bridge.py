"""The door to GX: entries, suites, frames, and results in GX's format made without GX."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from workbench.engines.duckdb import DuckDBEngine
from workbench.facts import FactTable
from workbench.gx_bridge import (
    MOST_IDS,
    GXError,
    columns_needed,
    entry_of,
    frame_of,
    load_suite,
    run_one,
    run_suite,
    validation_document,
)
from workbench.sources import Source
from workbench.suites import Suite, parse_suite
from workbench.terms import Outcome, PackError

ROOT = Path(__file__).parents[2]
SUITES = ROOT / "expectations" / "hrss" / "suites"
DUE = {"type": "comparison", "column": {"name": "scope"}, "operator": "==", "parameter": "due"}
DOCUMENT: dict[str, Any] = {
    "name": "drawn",
    "id": "ab705a3f-5d5b-5f7c-9a89-4ccd73af5d53",
    "expectations": [
        {
            "type": "expect_column_pair_values_a_to_be_greater_than_b",
            "kwargs": {"column_A": "most", "column_B": "days", "or_equal": True,
                       "ignore_row_if": "either_value_is_missing", "row_condition": DUE},
            "description": "七个工作日内公开",
            "severity": "critical",
            "meta": {"check": "in-time", "grade": "major", "clause": "第四十八条"},
        },
        {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": "days", "min_value": 0},
            "severity": "info",
            "meta": {"check": "not-negative", "grade": "advisory", "clause": "none"},
        },
    ],
    "meta": {"pack": "drawn"},
}  # fmt: skip
# In order: in time, late, unknown, not due yet, does not concern it.
ROWS = pa.table({
    "subject_id": ["a", "b", "c", "d", "e"],
    "scope": ["due", "due", "due", "not_yet_due", "not_applicable"],
    "days": pa.array([7, 8, None, 1, 3], pa.int64()),
    "most": pa.array([7, 7, 7, 7, 7], pa.int64()),
    "name": ["甲", "乙", "丙", "丁", "戊"],
})  # fmt: skip
COUNTS = {
    "in-time": {"passed": 1, "failed": 1, "cannot_tell": 1, "not_yet_due": 1, "not_applicable": 1},
    "not-negative": {"passed": 4, "cannot_tell": 1},
}
META = {"run_id": {"run_name": "hrss", "run_time": "2026-06-30T00:00:00+00:00"}}


@pytest.fixture(scope="module", autouse=True)
def gx() -> None:
    """Imports GX, which imports two modules that Python 3.11 has deprecated."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"module 'sre_\w+' is deprecated", DeprecationWarning)
        import great_expectations  # noqa: F401


@pytest.fixture
def suite() -> Suite:
    parsed, faults = parse_suite(Source("drawn.json", DOCUMENT), "drawn", "cases")
    assert faults == []
    return parsed


@pytest.fixture
def frame(suite: Suite) -> pd.DataFrame:
    return frame_of(ROWS, columns_needed(suite.checks))


# ----------------------------------------------------------------------- entries and suites


def test_an_expectation_becomes_a_suite_entry() -> None:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    expectation = gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="most",
        column_B="days",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        row_condition=Column("scope") == "due",
    )
    entry = entry_of(expectation)
    assert entry["type"] == DOCUMENT["expectations"][0]["type"]
    assert entry["kwargs"] == DOCUMENT["expectations"][0]["kwargs"]
    assert json.loads(json.dumps(entry)) == entry


def test_gx_loads_a_suite_file_as_it_is() -> None:
    path = SUITES / "disclosure_after.json"
    document = json.loads(path.read_text("utf-8"))
    suite = load_suite(path)
    assert suite.name == "disclosure_after"
    assert [e.meta["check"] for e in suite.expectations] == [
        entry["meta"]["check"] for entry in document["expectations"]
    ]


def test_an_entry_that_gx_drops_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """GX itself only logs that an entry is gone."""
    entries = [DOCUMENT["expectations"][0] | {"type": "expect_peace"}, DOCUMENT["expectations"][1]]
    (tmp_path / "drawn.json").write_text(json.dumps(DOCUMENT | {"expectations": entries}), "utf-8")
    with pytest.raises(PackError, match="GX drops 'in-time'"):
        load_suite(tmp_path / "drawn.json")
    assert "Could not add expectation" in caplog.text


EITHER = {"type": "or", "conditions": [DUE, DUE]}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"severity": "major"}, "Must be one of: critical, warning, info"),
        ({"kwargs": {"column_A": "most"}}, "field required"),
        (
            {"kwargs": {"column_A": "most", "column_B": "days",
                        "row_condition": {"type": "and", "conditions": [DUE, EITHER]}}},
            "AND groups cannot contain OR",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_gx_refuses_is_a_fault_of_the_file(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    entries = [DOCUMENT["expectations"][0] | changes]
    (tmp_path / "drawn.json").write_text(json.dumps(DOCUMENT | {"expectations": entries}), "utf-8")
    with pytest.raises(PackError, match=reason):
        load_suite(tmp_path / "drawn.json")


# ----------------------------------------------------------------------- frames


def test_a_frame_has_plain_columns_only() -> None:
    table = pa.table({
        "subject_id": ["a", "b"],
        "whole": pa.array([1, 2], pa.int32()),
        "gaps": pa.array([1, None], pa.int64()),
        "share": pa.array([0.5, None], pa.float64()),
        "huge": pa.array([Decimal(3), None], pa.decimal128(38, 0)),
        "yuan": pa.array([Decimal("3.50"), None], pa.decimal128(18, 2)),
        "truth": pa.array([True, None], pa.bool_()),
        "sure": pa.array([True, False], pa.bool_()),
        "day": pa.array([date(2025, 1, 2), None], pa.date32()),
        "moment": pa.array([datetime(2025, 1, 2, 3), None], pa.timestamp("us")),
        "text": pa.array(["甲", None], pa.string()),
        "nothing": pa.nulls(2),
    })  # fmt: skip
    frame = frame_of(table, table.column_names)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "subject_id": "object", "whole": "int32", "gaps": "float64", "share": "float64",
        "huge": "float64", "yuan": "float64", "truth": "object", "sure": "bool", "day": "object",
        "moment": "datetime64[us]", "text": "object", "nothing": "object",
    }  # fmt: skip
    assert frame.day.tolist() == [date(2025, 1, 2), None]
    assert frame.truth.tolist() == [True, None]
    assert frame.yuan[0] == 3.5
    assert frame.iloc[1].isna().tolist() == [name not in ("subject_id", "whole", "sure")
                                             for name in frame.columns]  # fmt: skip


def test_a_frame_of_a_fact_table_asks_for_what_is_needed() -> None:
    engine = DuckDBEngine().session()
    engine.put("work.facts_cases", ROWS)
    table = FactTable(engine, "cases", "work.facts_cases", (), 5)
    frame = frame_of(table, ["days", "subject_id", "days"])
    assert frame.columns.tolist() == ["subject_id", "days"]
    assert frame.subject_id.tolist() == ["a", "b", "c", "d", "e"]
    engine.close()


# ----------------------------------------------------------------------- running in GX


def test_gx_counts_a_suite(suite: Suite, frame: pd.DataFrame) -> None:
    answers = run_suite(suite, frame)
    assert {check: answer.counts for check, answer in answers.items()} == {
        "in-time": (3, 1, 1),
        "not-negative": (5, 1, 0),
    }
    assert answers["in-time"].failing_ids == ("b",)
    assert [answer.success for answer in answers.values()] == [False, True]
    assert "great_expectations_version" not in suite.document["meta"]


def test_one_expectation_by_object_or_by_entry(frame: pd.DataFrame) -> None:
    import great_expectations.expectations as gxe

    entry = {"type": "expect_column_values_to_be_between",
             "kwargs": {"column": "days", "max_value": 3}}  # fmt: skip
    expectation = gxe.ExpectColumnValuesToBeBetween(column="days", max_value=3)
    for asked in (entry, expectation):
        answer = run_one(asked, frame)
        assert answer.counts == (5, 1, 2)
        assert answer.failing_ids == ("a", "b")


def test_what_we_do_not_compile_runs_in_gx() -> None:
    import great_expectations.expectations as gxe

    frame = frame_of(ROWS, ["name", "days"])
    matched = run_one(gxe.ExpectColumnValuesToMatchRegex(column="name", regex="[甲乙]"), frame)
    assert (matched.counts, matched.failing_ids) == ((5, 0, 3), ("c", "d", "e"))
    mean = run_one(gxe.ExpectColumnMeanToBeBetween(column="days", max_value=4), frame)
    assert (mean.success, mean.counts, mean.observed) == (False, (None, None, None), 4.75)


@pytest.mark.filterwarnings("error")
def test_gx_shows_nothing_while_it_runs(
    suite: Suite, frame: pd.DataFrame, capfd: pytest.CaptureFixture[str]
) -> None:
    run_suite(suite, frame)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("kind", "kwargs", "reason"),
    [
        ("expect_column_values_to_be_unique", {"column": "gone"}, r'could not run .*"gone"'),
        ("expect_column_values_to_be_unique", {"row": "days"}, r"GX refuses expect_column"),
        ("expect_peace", {}, r"GX knows no expectation 'expect_peace'"),
    ],
)
def test_what_gx_cannot_run_is_said(
    frame: pd.DataFrame, kind: str, kwargs: dict[str, Any], reason: str
) -> None:
    with pytest.raises(GXError, match=reason):
        run_one({"type": kind, "kwargs": kwargs}, frame)


# ----------------------------------------------------------------------- results without GX


def parsed(document: dict[str, Any]) -> Any:
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResultSchema,
    )

    return ExpectationSuiteValidationResultSchema().load(json.loads(json.dumps(document)))


def test_gx_reads_the_document_and_writes_the_same(suite: Suite) -> None:
    document = validation_document(suite, COUNTS, {"in-time": ["b"]}, META)
    result = parsed(document)
    assert result.to_json_dict() == document
    assert result.success is False
    assert result.asset_name == "cases"
    assert [one.expectation_config.type for one in result.results] == [
        entry["type"] for entry in DOCUMENT["expectations"]
    ]


def test_the_document_says_what_gx_itself_says(suite: Suite, frame: pd.DataFrame) -> None:
    """Every number of GX's own result of the same facts; its lists of values stay out."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
    theirs = batch.validate(gx.ExpectationSuite(**json.loads(json.dumps(DOCUMENT))),
                            result_format="SUMMARY").to_json_dict()  # fmt: skip
    ours = validation_document(suite, COUNTS, {"in-time": ["b"]}, META)
    for key in ("success", "suite_name", "suite_parameters", "statistics"):
        assert ours[key] == theirs[key]
    numbers = ("element_count", "missing_count", "unexpected_count", "unexpected_percent",
               "missing_percent", "unexpected_percent_total",
               "unexpected_percent_nonmissing")  # fmt: skip
    for mine, other in zip(ours["results"], theirs["results"], strict=True):
        assert mine["success"] == other["success"]
        assert mine["exception_info"] == other["exception_info"]
        assert {n: mine["result"][n] for n in numbers} == {n: other["result"][n] for n in numbers}


def test_gx_draws_its_page_from_the_document(suite: Suite) -> None:
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    document = validation_document(suite, COUNTS, {"in-time": ["b"]}, META)
    page = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(parsed(document)))
    assert "七个工作日内公开" in page
    assert "1 unexpected values found" in page


def test_untested_checks_are_left_out(suite: Suite) -> None:
    document = validation_document(suite, {"in-time": COUNTS["in-time"]}, {}, {})
    assert [r["expectation_config"]["meta"]["check"] for r in document["results"]] == ["in-time"]
    assert document["statistics"]["evaluated_expectations"] == 1
    nothing = validation_document(suite, {}, {}, {})
    assert (nothing["success"], nothing["statistics"]["success_percent"]) == (True, None)
    assert parsed(nothing).results == []


def test_empty_scopes_have_no_percent(suite: Suite) -> None:
    """Nothing in scope: all counts 0 and no share, as GX has it; never a hundred per cent."""
    (result, *_) = validation_document(suite, {"in-time": {"not_applicable": 9}}, {}, {})["results"]
    assert result["success"] is True
    assert result["result"]["element_count"] == 0
    assert result["result"]["unexpected_percent"] is None
    zeros = dict.fromkeys((outcome.name for outcome in Outcome), 0)
    assert result["meta"]["outcomes"] == {**zeros, "not_applicable": 9}


def test_ids_are_capped_and_the_cap_is_stated(suite: Suite) -> None:
    ids = [f"{n:05}" for n in range(MOST_IDS + 7)]
    counts = {"in-time": {"passed": 1, "failed": len(ids)}}
    document = validation_document(suite, counts, {"in-time": ids}, {})
    (result,) = document["results"]
    assert result["result"]["unexpected_count"] == MOST_IDS + 7
    assert result["result"]["unexpected_index_list"] == [{"subject_id": i} for i in ids[:MOST_IDS]]
    assert result["meta"]["unexpected_ids_left_out"] == 7
    assert document["meta"]["unexpected_ids_at_most"] == MOST_IDS


def test_the_document_is_made_without_gx() -> None:
    code = (
        "import sys; from workbench.gx_bridge import validation_document; "
        "from workbench.suites import Suite; "
        "validation_document(Suite('s', 't', 'cases', (), {}), {}, {}, {}); "
        "print('great_expectations' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "False"], done.stderr
