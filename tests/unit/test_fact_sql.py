"""What facts SQL may say: functions that mean the same on DuckDB and on Spark, and their bounds."""

from __future__ import annotations

import pytest
import sqlglot

from workbench.engines.duckdb import DuckDBEngine
from workbench.fact_sql import read_fact_sql

RELATIONS = {
    "acts": {"act_id", "case_id", "paid_on", "began_at", "ended_at", "many", "few", "said"}
}


def judged(expression: str, keys: tuple[str, ...] = ("subject_id",)) -> list[str]:
    """What lint says of one expression over acts."""
    text = f"SELECT a.case_id AS subject_id, {expression} AS told FROM acts a"
    _, faults = read_fact_sql(text, "facts/x.sql", ("x", "cases"), RELATIONS, {"word"}, keys)
    return [fault.message for fault in faults]


BY = "OVER (PARTITION BY a.case_id ORDER BY a.paid_on, a.act_id)"
SPARK_BY = "OVER (PARTITION BY a.case_id ORDER BY a.paid_on NULLS LAST, a.act_id NULLS LAST)"


@pytest.mark.parametrize(
    ("said", "on_spark"),
    [
        ("EPOCH(a.ended_at) - EPOCH(a.began_at)",
         "UNIX_TIMESTAMP(a.ended_at) - UNIX_TIMESTAMP(a.began_at)"),
        ("a.many / NULLIF(a.few, 0)", "a.many / NULLIF(a.few, 0)"),
        ("STRPOS(a.said, 'word')", "LOCATE('word', a.said)"),
        ("LENGTH(a.said)", "LENGTH(a.said)"),
        ("ROUND(a.many / (NULLIF(a.few, 0)))", "ROUND(a.many / (NULLIF(a.few, 0)))"),
        ("YEAR(a.paid_on)", "YEAR(a.paid_on)"),
        ("MONTH(a.paid_on)", "MONTH(a.paid_on)"),
        ("QUARTER(a.paid_on)", "QUARTER(a.paid_on)"),
        (f"LAG(a.paid_on) {BY}", f"LAG(a.paid_on) {SPARK_BY}"),
        (f"LEAD(a.began_at, 1) {BY}", f"LEAD(a.began_at, 1) {SPARK_BY}"),
        (f"DENSE_RANK() {BY}", f"DENSE_RANK() {SPARK_BY}"),
        (f"COUNT(a.act_id) {BY}", f"COUNT(a.act_id) {SPARK_BY}"),
        (f"SUM(a.many) {BY}", f"SUM(a.many) {SPARK_BY}"),
        (f"MIN(a.paid_on) {BY}", f"MIN(a.paid_on) {SPARK_BY}"),
        (f"MAX(a.paid_on) {BY}", f"MAX(a.paid_on) {SPARK_BY}"),
        ("(SELECT MEDIAN(b.many) FROM acts b)", "(SELECT MEDIAN(b.many) FROM acts AS b)"),
    ],
)  # fmt: skip
def test_it_may_stand_and_says_the_same_to_spark(said: str, on_spark: str) -> None:
    assert judged(said) == []
    (text,) = sqlglot.transpile(f"SELECT {said} AS told FROM acts AS a", "duckdb", write="spark")
    assert text == f"SELECT {on_spark} AS told FROM acts AS a"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("a.ended_at - a.began_at", "facts SQL never counts days"),
        ("EPOCH(a.paid_on)", "facts SQL never counts days: EPOCH takes times (*_at)"),
        ("EPOCH(CAST(a.paid_on AS TIMESTAMP))",
         "facts SQL never counts days: EPOCH takes times (*_at)"),
        ("a.many / a.few", "a division by what may be 0 means something else on each engine"),
        ("a.many / NULLIF(a.few, 1)",
         "a division by what may be 0 means something else on each engine"),
        ("ROUND(a.many, 1)",
         "ROUND gives whole numbers only: engines differ on places behind the point"),
        ("(SELECT MEDIAN(b.paid_on) FROM acts b)", "MEDIAN takes numbers, no days and no times"),
        (f"LAG(a.many IGNORE NULLS) {BY}",
         "'IgnoreNulls' is not on the list of portable functions"),
        ("SUBSTRING(a.said, 1)", "'SUBSTRING' is not on the list of portable functions"),
        ("DATE_DIFF('word', a.paid_on, a.paid_on)",
         "'DATEDIFF' is not on the list of portable functions"),
    ],
)  # fmt: skip
def test_it_may_not_stand(said: str, message: str) -> None:
    assert message in judged(said)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("EPOCH(TIMESTAMP '2025-06-11 00:00:05') - EPOCH(TIMESTAMP '2025-06-10 23:59:00')", 65),
        ("7 / NULLIF(2, 0)", 3.5),
        ("7 / NULLIF(0, 0)", None),
        ("STRPOS('决定书', '书')", 3),
        ("LENGTH('决定书')", 3),
        ("ROUND(2.5)", 3),
        ("ROUND(CAST(-2.5 AS DOUBLE))", -3),
        ("QUARTER(DATE '2025-06-30')", 2),
        ("(SELECT MEDIAN(v) FROM (VALUES (1), (2), (NULL), (10), (4)) t(v))", 3),
    ],
)
def test_duckdb_means_by_it_what_spark_documents(said: str, value: float | None) -> None:
    assert DuckDBEngine().rows(f"SELECT {said}", "meaning") == [(value,)]


def test_rows_need_a_name_of_their_own() -> None:
    keys = ("subject_id", "row_id")
    assert judged("a.many", keys) == ["no column 'row_id'"]
