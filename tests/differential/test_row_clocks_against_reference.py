"""Clocks over rows and clocks in hours: the queries on DuckDB say what plain counting says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.differential.test_clocks_against_reference import (
    COLUMNS,
    SHORT,
    Batch,
    a_parameter,
    batches,
    verdict,
)
from workbench.clocks import OUTPUTS, ROW_OUTPUTS, Clock
from workbench.engines.clock_sql import clock_query
from workbench.engines.duckdb import DuckDBEngine
from workbench.engines.reference_clocks import clock_facts
from workbench.engines.reference_rows import row_clock_facts
from workbench.engines.rows_sql import fold_query
from workbench.facts.relations import put_calendar
from workbench.terms import Outcome, Scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOTHING = {"scope": Scope.not_applicable.value, "count": None, "evidence": None,
           **dict.fromkeys(OUTPUTS[1:])}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    found = DuckDBEngine().session()
    pack: Any = SimpleNamespace(calendar=SHORT)
    put_calendar(found, pack)
    yield found
    found.close()


# ----------------------------------------------------------------------- rows


def put(engine: DuckDBEngine, name: str, rows: list[dict[str, Any]], types: dict[str, Any]) -> None:
    columns = {c: pa.array([row.get(c) for row in rows], t) for c, t in types.items()}
    engine.put(f"work.{name}", pa.table(columns))


def folded_on_duckdb(engine: DuckDBEngine, batch: Batch) -> dict[str, dict[str, Any]]:
    """As `facts.clock_facts` does it: the clock over rows keyed by row, then the fold."""
    text = pa.string()
    put(engine, "raw_rows", batch.rows, {**COLUMNS["raw"], "subject_id": text, "row_id": text})
    put(engine, "extensions", batch.extensions, COLUMNS["extensions"])
    put(engine, "exclusions", batch.exclusions, COLUMNS["exclusions"])
    engine.put("work.run", pa.table({"as_of": pa.array([batch.as_of], pa.date32())}))
    most = batch.parameters["most"] if batch.clock.extension else None
    single = "(SELECT * REPLACE (row_id AS subject_id) FROM raw_rows)"
    query = clock_query(batch.clock, batch.parameters["limit"], most, single)
    engine.run(f"CREATE OR REPLACE TABLE work.row_clock AS {query}", "rows")
    found = engine.arrow(fold_query(batch.clock, "row_clock", "raw_rows"), "fold").to_pylist()
    return {row["subject_id"]: row for row in found}


def as_rows(batch: Batch, sizes: list[int]) -> list[str]:
    """Deal the drawn subjects out as rows of few subjects; the subjects."""
    subjects, left = [], list(batch.rows)
    for number, size in enumerate(sizes):
        name = f"S{number}"
        subjects.append(name)
        for row in left[:size]:
            row["subject_id"], row["row_id"] = name, f"things/{99 - int(row['case_id'])}"
        left = left[size:]
    for row in left:
        row["subject_id"], row["row_id"] = "S0", f"things/{99 - int(row['case_id'])}"
    return subjects


SIZES = st.lists(st.sampled_from([0, 1, 1, 2, 2, 3, 5]), min_size=6, max_size=16)


@pytest.mark.parametrize("unit", ["wd", "cd", "months"])
def test_rows_fold_as_the_reference_folds_them(engine: DuckDBEngine, unit: str) -> None:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(batches(unit, "short"), SIZES)
    def agree(batch: Batch, sizes: list[int]) -> None:
        subjects = as_rows(batch, sizes)
        # Where the query leaves more open than the reference (see `comparable`) the worst row
        # cannot be the same; those rows have their test in the sibling.
        batch.rows[:] = [
            row for row in batch.rows
            if row["began"] is None or SHORT.first - DAY <= row["began"] <= batch.as_of
        ]  # fmt: skip
        said = folded_on_duckdb(engine, batch)
        law = (batch.clock, batch.parameters, SHORT)
        for subject in subjects:
            its = [row for row in batch.rows if row["subject_id"] == subject]
            judged = row_clock_facts(*law, its, batch.extensions, batch.exclusions, batch.as_of)
            ours = said.get(subject, NOTHING)
            names = (*OUTPUTS, *ROW_OUTPUTS)
            assert {n: ours[n] for n in names} == {n: judged[n] for n in names}, its

    agree()


def a_clock(**changes: Any) -> Clock:
    whole: dict[str, Any] = {
        "id": "c", "asset": "cases", "topic": "", "title": {}, "limit": "limit",
        "population": "concerned", "start": "began", "stop": "acted", "stop_known": "act_known",
        "rows": True, "roll": False,
    }  # fmt: skip
    return Clock(**{**whole, **changes})


def a_row(name: str, began: int | None, acted: int | None, **changes: Any) -> dict[str, Any]:
    """A row of the one subject; days are those of June 2025."""
    day = [None if n is None else date(2025, 6, n) for n in (began, acted)]
    row = {"case_id": "C", "subject_id": "C", "row_id": name, "concerned": True, "began": day[0],
           "acted": day[1], "act_known": True, "more_known": True, "kind": None}  # fmt: skip
    return {**row, **changes}


# Five days; the as-of day is 20 June.
OK, LATE, LATER = a_row("t/ok", 2, 4), a_row("t/b", 2, 9), a_row("t/a", 3, 12)
OPEN, NONE = a_row("t/open", 18, None), a_row("t/none", 2, 19, concerned=False)
BLIND, LOST = (
    a_row("t/blind", 2, None, act_known=False),
    a_row("t/lost", None, None, concerned=None),
)


@pytest.mark.parametrize(
    ("rows", "outcome", "elapsed", "count", "evidence"),
    [
        ([], Outcome.not_applicable, None, None, None),
        ([NONE], Outcome.not_applicable, None, None, None),
        ([OK, NONE], Outcome.passed, 2, 0, None),
        ([OK, OPEN], Outcome.not_yet_due, 2, 0, None),
        ([OK, OPEN, BLIND], Outcome.cannot_tell, None, 0, None),
        ([LOST], Outcome.cannot_tell, None, 0, None),
        ([OK, LATE, OPEN, BLIND, LOST], Outcome.failed, 7, 1, "t/b"),
        ([LATE, LATER, OK], Outcome.failed, 9, 2, "t/a;t/b"),
    ],
)
def test_the_fold_by_hand(
    engine: DuckDBEngine, rows: list[dict[str, Any]], outcome: Outcome, elapsed: int | None,
    count: int | None, evidence: str | None,
) -> None:  # fmt: skip
    clock, law = a_clock(), {"limit": a_parameter("limit", "cd", (5, None, None))}
    batch = Batch(clock, law, date(2025, 6, 20), [dict(row) for row in rows], [], [])
    ours = folded_on_duckdb(engine, batch).get("C", NOTHING)
    judged = row_clock_facts(clock, law, SHORT, rows, [], [], batch.as_of)
    for said in (ours, judged):
        assert verdict(clock, said) == outcome
        assert (said["elapsed"], said["count"], said["evidence"]) == (elapsed, count, evidence)
    assert [ours[name] for name in OUTPUTS] == [judged[name] for name in OUTPUTS]


def test_of_two_that_failed_as_far_the_one_due_first_is_shown(engine: DuckDBEngine) -> None:
    rows = [a_row("t/z", 2, 9), a_row("t/a", 4, 11), a_row("t/b", 2, 9)]
    law = {"limit": a_parameter("limit", "cd", (5, None, None))}
    batch = Batch(a_clock(), law, date(2025, 6, 20), rows, [], [])
    found = folded_on_duckdb(engine, batch)["C"]
    assert (found["due_on"], found["evidence"]) == (date(2025, 6, 7), "t/a;t/b;t/z")


def test_a_window_fails_by_what_was_missing(engine: DuckDBEngine) -> None:
    """Not before the window is over: the earliest act is the worst."""
    rows = [a_row("t/a", 2, 6), a_row("t/b", 2, 3), a_row("t/c", 2, 9)]
    law = {"limit": a_parameter("limit", "cd", (5, None, None))}
    clock = a_clock(mode="not_before")
    found = folded_on_duckdb(engine, Batch(clock, law, date(2025, 6, 20), rows, [], []))["C"]
    assert (found["elapsed"], found["count"], found["evidence"]) == (1, 2, "t/a;t/b")
    assert row_clock_facts(clock, law, SHORT, rows, [], [], date(2025, 6, 20))["elapsed"] == 1


# ----------------------------------------------------------------------- hours

NOON = datetime(2025, 6, 10, 12)
# Around whole hours, to the microsecond.
MOMENT = st.one_of(
    st.none(),
    st.builds(
        lambda hours, off: NOON + HOUR * hours + off,
        st.integers(-30, 80),
        st.sampled_from([timedelta(), timedelta(microseconds=1), timedelta(microseconds=-1),
                         timedelta(minutes=30)]),
    ),
)  # fmt: skip
SUBJECT = st.tuples(MOMENT, MOMENT, st.sampled_from([True, True, True, None, False]),
                    st.sampled_from([True, True, False]))  # fmt: skip


def hours_on_duckdb(
    engine: DuckDBEngine, clock: Clock, law: dict[str, Any], rows: list[dict[str, Any]], as_of: date
) -> dict[str, dict[str, Any]]:
    when, truth = pa.timestamp("us"), pa.bool_()
    put(engine, "moments", rows, {
        "subject_id": pa.string(), "case_id": pa.string(), "concerned": truth, "began_at": when,
        "acted_at": when, "act_known": truth,
    })  # fmt: skip
    engine.put("work.run", pa.table({"as_of": pa.array([as_of], pa.date32())}))
    query = clock_query(clock, law["limit"], None, "moments")
    return {row["subject_id"]: row for row in engine.arrow(query, "hours").to_pylist()}


@pytest.mark.parametrize("mode", ["within", "not_before"])
def test_hours_are_plain_arithmetic_of_moments(engine: DuckDBEngine, mode: str) -> None:
    clock = a_clock(start="began_at", stop="acted_at", mode=mode, rows=False)
    seen = Counter[Outcome]()

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(
        st.lists(SUBJECT, min_size=5, max_size=30), st.sampled_from([0, 1, 24, 48]),
        st.integers(9, 14), st.sampled_from([(None, None), (None, 10), (11, None)]),
    )  # fmt: skip
    def agree(
        drawn: list[tuple[Any, ...]], limit: int, day: int, force: tuple[int | None, int | None]
    ) -> None:
        as_of = date(2025, 6, day)
        from_on, to_on = (n and date(2025, 6, n) for n in force)
        law = {"limit": a_parameter("limit", "hours", (limit, from_on, to_on))}
        names = ("began_at", "acted_at", "concerned", "act_known")
        rows = [{"subject_id": str(n), "case_id": str(n), **dict(zip(names, its, strict=True))}
                for n, its in enumerate(drawn)]  # fmt: skip
        found = hours_on_duckdb(engine, clock, law, rows, as_of)
        for row in rows:
            ours = found.get(row["subject_id"], NOTHING)
            judged = clock_facts(clock, law, None, row, [], [], as_of)
            if row["began_at"] is not None and row["began_at"].date() > as_of:
                judged["elapsed"] = ours["elapsed"]  # it has not begun: nobody reads it
            assert {name: ours[name] for name in OUTPUTS} == judged, row
            seen[verdict(clock, ours)] += 1
            by_hand(row, ours, limit, as_of)

    def by_hand(row: dict[str, Any], said: dict[str, Any], limit: int, as_of: date) -> None:
        """`elapsed <= n` is exactly `stop <= start + n hours`."""
        start, stop = row["began_at"], row["acted_at"]
        if said["elapsed"] is None or start.date() > as_of:
            return
        if stop is None or stop.date() > as_of or (stop < start and mode == "within"):
            stop = datetime.combine(as_of + DAY, time())
        assert (said["elapsed"] <= limit) == (stop <= start + HOUR * limit)
        assert said["elapsed"] == math.ceil((stop - start) / HOUR)
        assert said["due_on"] == (start + HOUR * limit).date()

    agree()
    assert set(seen) == set(Outcome)


@pytest.mark.parametrize(
    ("stop", "outcome", "elapsed"),
    [
        (datetime(2025, 6, 11, 12), Outcome.passed, 24),
        (datetime(2025, 6, 11, 12, 0, 1), Outcome.failed, 25),
        (datetime(2025, 6, 10, 12), Outcome.passed, 0),
        (datetime(2025, 6, 10, 11), Outcome.not_yet_due, 12),  # before the start: none of it
        (None, Outcome.not_yet_due, 12),
    ],
)
def test_a_day_of_hours_by_hand(
    engine: DuckDBEngine, stop: datetime | None, outcome: Outcome, elapsed: int
) -> None:
    """24 hours from noon of 10 June; what is open is measured to that midnight."""
    clock = a_clock(start="began_at", stop="acted_at", rows=False)
    law = {"limit": a_parameter("limit", "hours", (24, None, None))}
    row = {"subject_id": "1", "case_id": "1", "concerned": True, "began_at": NOON,
           "acted_at": stop, "act_known": True}  # fmt: skip
    as_of = date(2025, 6, 10) if outcome == Outcome.not_yet_due else date(2025, 6, 30)
    said = hours_on_duckdb(engine, clock, law, [row], as_of)["1"]
    assert (verdict(clock, said), said["elapsed"]) == (outcome, elapsed)
    days = (said["start_on"], said["due_on"], said["limit"])
    assert days == (date(2025, 6, 10), date(2025, 6, 11), 24)
