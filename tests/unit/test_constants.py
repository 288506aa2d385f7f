"""Joins that bring the same to every subject are left out: the facts must not notice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import workbench
from workbench.engines.duckdb import DuckDBEngine
from workbench.facts.build import naming_subjects
from workbench.facts.constants import Constants, alike
from workbench.run import Run

ROOT = Path(__file__).parent.parent.parent
FLAGS = {"case_coverage": {"acts__done_on": "TRUE", "acts__kind": "FALSE"}}
COVER = "JOIN case_coverage v ON v.subject_id"


FEW = {"base": ["subject_id"], "subjects": ["subject_id"]}
ALL = {**FEW, "a": ["case_id"], "acts": ["case_id"]}


def leave_out(text: str, subjects: Mapping[str, list[str]] = ALL) -> str:
    return " ".join(Constants(subjects, FLAGS).put_into(text).split())


@pytest.mark.parametrize("period", [(None, None), ("2025-01-01", "2025-12-31")])
def test_facts_and_outcomes_are_the_same_without_the_joins(
    monkeypatch: pytest.MonkeyPatch, period: tuple[str | None, str | None]
) -> None:
    loaded = workbench.load(ROOT / "sample_data" / "hrss")
    short = workbench.evaluate(loaded, as_of="2026-06-30", period=period)
    monkeypatch.setattr(Constants, "put_into", lambda self, text: text)
    long = workbench.evaluate(loaded, as_of="2026-06-30", period=period)
    for asset in short.manifest["assets"]:
        assert _rows(short, f"facts_{asset}") == _rows(long, f"facts_{asset}"), asset
        assert _rows(short, f"outcomes_{asset}") == _rows(long, f"outcomes_{asset}"), asset


def _rows(run: Run, relation: str) -> list[tuple[object, ...]]:
    return run.results.engine.rows(f"FROM work.{relation} ORDER BY subject_id", relation)


def test_most_joins_of_the_shipped_packs_are_left_out(sample_run: Run) -> None:
    loaded = workbench.load(ROOT / "sample_data" / "hrss")
    pack, cases = loaded.pack, loaded.pack.assets["cases"]
    files = [*pack.facts, *pack.rows.values()]
    flags = {name: "TRUE" for sql in files for name in sql.coverage}
    subjects = naming_subjects(loaded.files, pack, cases, loaded.files.count("cases"))
    texts = [Constants(subjects, {"case_coverage": flags}).put_into(sql.text) for sql in files]
    before = sum(sql.text.count("JOIN case_coverage") for sql in files)
    assert sum(text.count("JOIN case_coverage") for text in texts) < before / 20


def test_a_column_that_is_an_output_keeps_its_name() -> None:
    text = f"SELECT b.subject_id, v.acts__kind FROM base b {COVER} = b.subject_id"
    assert leave_out(text) == 'SELECT b.subject_id, FALSE AS "acts__kind" FROM base b'


@pytest.mark.parametrize(
    "text",
    [
        # Not known for all subjects alike.
        f"SELECT b.subject_id, v.acts__at FROM base b {COVER} = b.subject_id",
        # The subject itself is read, or the join asks for more than the subject.
        f"SELECT v.subject_id FROM base b {COVER} = b.subject_id",
        f"SELECT b.subject_id FROM base b {COVER} = b.subject_id AND v.acts__kind",
        # An outer join: where there is no subject, nothing is known.
        f"SELECT b.subject_id, v.acts__kind FROM base b LEFT {COVER} = b.subject_id",
        # The other side may be null, and such a row is no row of a subject.
        f"SELECT v.acts__kind FROM b LEFT JOIN acts a ON a.case_id = b.id {COVER} = a.case_id",
        f"WITH k AS (SELECT MAX(case_id) AS case_id FROM a) SELECT v.acts__kind FROM k {COVER} = k.case_id",  # noqa: E501
        f"WITH k AS (SELECT a.case_id FROM a UNION SELECT NULL) SELECT v.acts__kind FROM k {COVER} = k.case_id",  # noqa: E501
        # Other ids than those of cases.
        f"SELECT v.acts__kind FROM officers o {COVER} = o.officer_id",
        f"SELECT v.acts__kind FROM lists.acts a {COVER} = a.case_id",
        # Columns under other names: what is called `case_id` here is none.
        f"SELECT v.acts__kind FROM acts AS a(case_id, x) {COVER} = a.case_id",
        f"WITH k(case_id, x) AS (SELECT a.other AS x, a.case_id FROM acts a) SELECT v.acts__kind FROM k {COVER} = k.case_id",  # noqa: E501
        "SELECT v.acts__kind FROM base b JOIN case_coverage v(subject_id, acts__kind) ON v.subject_id = b.subject_id",  # noqa: E501
        # A query of the file, or a list, has the name of the relation.
        f"WITH case_coverage AS (SELECT a.case_id AS subject_id, a.acts__kind FROM acts a) SELECT v.acts__kind FROM base b {COVER} = b.subject_id",  # noqa: E501
        "SELECT v.acts__kind FROM base b JOIN lists.case_coverage v ON v.subject_id = b.subject_id",
        # To an engine names that differ in case are one.
        f"SELECT v.acts__kind, V.acts__kind AS y FROM base b {COVER} = b.subject_id",
        f"WITH Base AS (SELECT MAX(a.case_id) AS subject_id FROM acts a) SELECT v.acts__kind FROM base b {COVER} = b.subject_id",  # noqa: E501
        # All columns, or one read where it cannot be told whose it is.
        f"SELECT * FROM base b {COVER} = b.subject_id",
        f"SELECT b.subject_id, v.* FROM base b {COVER} = b.subject_id",
        f"SELECT b.subject_id FROM base b {COVER} = b.subject_id WHERE EXISTS (WITH t AS (SELECT 1 FROM acts a WHERE v.acts__kind) SELECT 1 FROM t)",  # noqa: E501
        f"SELECT v.acts__kind FROM base b {COVER} = b.subject_id WHERE EXISTS (SELECT 1 FROM k WHERE acts__kind)",  # noqa: E501
        # Comments among the words of the join.
        "SELECT v.acts__kind FROM base b JOIN /* flags */ case_coverage v ON v.subject_id = b.subject_id",  # noqa: E501
        "SELECT v.acts__kind FROM base b JOIN -- the JOIN\n case_coverage v ON v.subject_id = b.subject_id",  # noqa: E501
        "SELECT v.acts__kind FROM base b INNER -- the inner\n JOIN case_coverage v ON v.subject_id = b.subject_id",  # noqa: E501
    ],
)
def test_a_join_that_may_do_more_stays(text: str) -> None:
    assert leave_out(text) == " ".join(text.split())


def test_rows_of_cases_that_are_not_looked_at_are_kept_out() -> None:
    text = f"SELECT a.case_id, v.acts__done_on AS known FROM acts a {COVER} = a.case_id"
    assert leave_out(text) == "SELECT a.case_id, TRUE AS known FROM acts a"
    assert leave_out(text, FEW) == text


def test_only_the_words_of_the_join_go_with_it() -> None:
    text = f"SELECT winner.subject_id, '市' AS n, v.acts__kind AS x FROM base winner {COVER} = winner.subject_id"  # noqa: E501
    assert leave_out(text).endswith("'市' AS n, FALSE AS x FROM base winner")
    assert leave_out(text.replace("JOIN", "inner\n join")) == leave_out(text)


def test_names_of_other_queries_are_left_alone() -> None:
    text = (
        f"WITH one AS (SELECT b.subject_id, v.acts__kind AS x FROM base b {COVER} = b.subject_id), "
        "two AS (SELECT v.subject_id, v.acts__kind AS x FROM other v) "
        "SELECT * FROM one JOIN two ON two.subject_id = one.subject_id"
    )
    assert leave_out(text) == (
        "WITH one AS (SELECT b.subject_id, FALSE AS x FROM base b ), "
        "two AS (SELECT v.subject_id, v.acts__kind AS x FROM other v) "
        "SELECT * FROM one JOIN two ON two.subject_id = one.subject_id"
    )


def test_a_query_inside_a_query_is_told_too() -> None:
    text = (
        f"SELECT b.subject_id FROM base b {COVER} = b.subject_id WHERE EXISTS "
        "(SELECT 1 FROM acts a WHERE a.case_id = b.subject_id AND v.acts__kind)"
    )
    assert leave_out(text).endswith("WHERE a.case_id = b.subject_id AND FALSE)")


def test_alike_are_columns_with_one_value_or_with_none() -> None:
    engine = DuckDBEngine()
    engine.run(
        "CREATE TABLE q AS SELECT * FROM (VALUES ('a', 2, CAST(NULL AS INT), TRUE, 1, "
        "DATE '2021-07-15'), "
        "('b', 2, NULL, TRUE, NULL, DATE '2021-07-15')) t(subject_id, n, none, yes, few, day)",
        "q",
    )
    found = alike(engine, "q")
    assert found == {
        "n": "CAST('2' AS INTEGER)",
        "none": "CAST(NULL AS INTEGER)",
        "yes": "CAST('true' AS BOOLEAN)",
        "day": "CAST('2021-07-15' AS DATE)",
    }
    values = ", ".join(found.values())
    assert engine.rows(f"SELECT {values}", "q") == engine.rows(
        "SELECT n, none, yes, day FROM q LIMIT 1", "q"
    )
