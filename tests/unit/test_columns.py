"""Facts stand in many tables and are read side by side: row n of each is the same subject."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.engines.duckdb import DuckDBEngine
from workbench.facts.columns import Columns

MANY = 300_000  # more than DuckDB keeps in one group of rows


@pytest.fixture
def engine() -> DuckDBEngine:
    made = DuckDBEngine()
    made.run(
        "CREATE TABLE spine AS SELECT 'c' || LPAD(CAST(range AS VARCHAR), 9, '0') AS subject_id, "
        "'' AS case_id, '' AS organ_id, '' AS unit_id, '' AS kind, NULL AS period_on "
        f"FROM range({MANY})",
        "spine",
    )
    return made


def test_rows_in_another_order_are_put_in_step(engine: DuckDBEngine) -> None:
    engine.run(
        "CREATE TABLE topic AS SELECT subject_id, rowid AS place FROM spine "
        "ORDER BY HASH(subject_id)",
        "topic",
    )
    assert not engine.in_step("topic", "spine", "subject_id")
    columns = Columns(engine, "spine")
    columns.put_in_step("topic")
    assert engine.in_step("topic", "spine", "subject_id")
    columns.add("topic", {"place": "place"})
    right = "place = CAST(SUBSTR(subject_id, 2) AS INT)"
    query = f"SELECT COUNT(*) FROM ({columns.select()}) WHERE {right}"
    assert engine.rows(query, "all") == [(MANY,)]


@pytest.mark.parametrize("change", ["LIMIT 299999", "UNION ALL SELECT 'more'"])
def test_fewer_or_more_rows_are_not_in_step(engine: DuckDBEngine, change: str) -> None:
    engine.run(f"CREATE TABLE topic AS SELECT subject_id FROM spine {change}", "topic")
    assert not engine.in_step("topic", "spine", "subject_id")


def test_one_fact_keeps_its_place_and_large_sums_become_whole_numbers(
    engine: DuckDBEngine,
) -> None:
    engine.run("CREATE TABLE one AS SELECT subject_id, CAST(1 AS HUGEINT) AS n FROM spine", "one")
    engine.run("CREATE TABLE two AS SELECT subject_id, 2 AS n, 3 AS m FROM spine", "two")
    columns = Columns(engine, "spine")
    columns.add("one", {"n": "n"})
    columns.add("two", {"n": "n", "m": "m", "kind": "m"})
    assert list(columns) == ["n", "m"]
    found = engine.arrow(f"{columns.select()} LIMIT 1", "all")
    assert found.column_names[-2:] == ["n", "m"]
    assert str(found.schema.field("n").type) == "int64"
    assert found.to_pylist()[0]["n"] == 1
    assert columns.select(["m"]).count("JOIN") == 1


def test_stored_facts_lie_in_the_order_of_their_subjects(sample_folder: Path) -> None:
    import pyarrow.parquet as pq

    for path in (sample_folder / "facts").glob("*.parquet"):
        ids = pq.read_table(path, columns=["subject_id"])["subject_id"].to_pylist()
        assert ids == sorted(ids), path.name
