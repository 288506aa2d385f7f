"""Trying an expectation: our counts are GX's, mistakes are sentences, nothing is kept."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from workbench.facts import FactTable
from workbench.gx_bridge import GXError, frame_of, run_one
from workbench.run import Run
from workbench.terms import UsageError

DUE = {"type": "comparison", "column": {"name": "penalty_disclosure_scope"}, "operator": "==",
       "parameter": "due"}  # fmt: skip
BETWEEN = "expect_column_values_to_be_between"
PAIR = {"column_A": "penalty_disclosure_limit", "column_B": "penalty_disclosure_elapsed"}
COMPILED: list[dict[str, Any]] = [
    {"type": BETWEEN, "kwargs": {"column": "penalty_disclosure_elapsed", "max_value": 5}},
    {"type": BETWEEN, "kwargs": {"column": "penalty_disclosure_elapsed", "max_value": 5,
                                 "row_condition": DUE}},
    {"type": "expect_column_pair_values_a_to_be_greater_than_b",
     "kwargs": {**PAIR, "or_equal": True, "ignore_row_if": "either_value_is_missing"}},
    {"type": "expect_column_values_to_be_in_set",
     "kwargs": {"column": "kind", "value_set": ["penalty", "permit"]}},
    {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "case_no"}},
]  # fmt: skip
LEFT_TO_GX: list[dict[str, Any]] = [
    {"type": "expect_column_values_to_match_regex",
     "kwargs": {"column": "subject_id", "regex": "^99-"}},
    {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "decided_on"}},
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def gx() -> None:
    """Imports GX, which imports two modules that Python 3.11 has deprecated."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"module 'sre_\w+' is deprecated", DeprecationWarning)
        import great_expectations  # noqa: F401


@pytest.mark.parametrize("entry", [*COMPILED, *LEFT_TO_GX], ids=lambda e: e["type"])
def test_counts_and_failing_subjects_are_those_of_gx(sample_run: Run, entry: Any) -> None:
    tried = sample_run.try_check(entry)
    facts = sample_run.facts()
    table = FactTable(sample_run.results.engine, "cases", "work.facts_cases", (), len(facts))
    answer = run_one(entry, frame_of(table, facts.columns))
    assert tried.counts is not None
    passed, failed, unknown, outside = tried.counts.values()
    assert (passed + failed + unknown, unknown, failed) == answer.counts
    assert outside == len(facts) - (passed + failed + unknown)
    assert sorted(tried.failing["subject_id"]) == sorted(answer.failing_ids)
    assert tried.by_gx is (entry in LEFT_TO_GX)


def test_an_expectation_object_is_taken_as_well(sample_run: Run) -> None:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    expectation = gxe.ExpectColumnValuesToBeBetween(
        column="penalty_disclosure_elapsed", max_value=5,
        row_condition=Column("penalty_disclosure_scope") == "due")  # fmt: skip
    tried, by_entry = sample_run.try_check(expectation), sample_run.try_check(COMPILED[1])
    assert (tried.counts, tried.text) == (by_entry.counts, by_entry.text)
    assert tried.text == "penalty_disclosure_elapsed <= 5"


def test_a_scope_left_out_is_pointed_at(sample_run: Run) -> None:
    without, with_it = sample_run.try_check(COMPILED[0]), sample_run.try_check(COMPILED[1])
    assert without.scope == "penalty_disclosure_scope"
    assert with_it.scope is None
    for language in ("zh", "en"):
        assert "penalty_disclosure_scope&quot;) == &quot;due" in without.html(language)
        assert "penalty_disclosure_scope" not in with_it.html(language)


def test_an_expectation_on_a_whole_column_has_a_value(sample_run: Run) -> None:
    entry = {"type": "expect_column_max_to_be_between",
             "kwargs": {"column": "penalty_disclosure_elapsed", "max_value": 5}}  # fmt: skip
    tried = sample_run.try_check(entry)
    longest = sample_run.facts()["penalty_disclosure_elapsed"].max()
    assert (tried.counts, tried.success, tried.observed) == (None, False, longest)
    assert "it does not hold" in tried.html("en")
    assert f"{longest:g}" in tried.html("zh")


def test_what_gx_would_count_otherwise_is_left_to_gx_and_said(sample_run: Run) -> None:
    pair = {"type": "expect_column_pair_values_a_to_be_greater_than_b", "kwargs": PAIR}
    tried = sample_run.try_check(pair)
    assert tried.by_gx
    assert "ignore_row_if" in tried.why
    assert "ignore_row_if" in tried.html("en")


def test_other_assets(sample_run: Run) -> None:
    entry = {"type": BETWEEN, "kwargs": {"column": "reported_on", "min_value": 0}}
    with pytest.raises(UsageError, match="no fact 'reported_on'"):
        sample_run.try_check(entry)
    column = next(c for c in sample_run.facts("unit_years") if c.endswith("_elapsed"))
    entry = {"type": BETWEEN, "kwargs": {"column": column, "min_value": 0}}
    with pytest.raises(UsageError, match=f"'{column}' is a fact of unit_years"):
        sample_run.try_check(entry)
    assert sample_run.try_check(entry, "unit_years").counts is not None


@pytest.mark.parametrize(
    ("tried", "sentence"),
    [
        ({"type": BETWEEN, "kwargs": {"column": "penalty_disclosure_elapse", "max_value": 5}},
         "did you mean 'penalty_disclosure_elapsed'"),
        ({"type": BETWEEN, "kwargs": {"column": "kind", "row_condition": {
            "type": "and", "conditions": [DUE, {**DUE, "column": {"name": "scop"}}]}}},
         "no fact 'scop'"),
        ({"type": BETWEEN, "kwargs": {"column": "kind", "max_value": 5}}, "cannot be computed"),
        (7, "takes a Great Expectations expectation"),
        ({"kwargs": {}}, "takes a Great Expectations expectation"),
    ],
)  # fmt: skip
def test_mistakes_are_sentences(sample_run: Run, tried: Any, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        sample_run.try_check(tried)


def test_a_type_nobody_knows(sample_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    entry = {"type": "expect_column_values_to_be_nul", "kwargs": {"column": "kind"}}
    with pytest.raises(GXError, match="did you mean 'expect_column_values_to_be_null'"):
        sample_run.try_check(entry)
    assert capfd.readouterr().err == ""


def test_nothing_is_kept(sample_run: Run) -> None:
    engine = sample_run.results.engine
    before = engine.rows("SELECT table_name FROM duckdb_tables() ORDER BY 1", "tables")
    sample_run.try_check(COMPILED[0])
    assert engine.rows("SELECT table_name FROM duckdb_tables() ORDER BY 1", "tables") == before
