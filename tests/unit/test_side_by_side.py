"""Tasks that work on one session at once: what they give, and what the first fault does."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from workbench.engines.base import Engine, EngineError
from workbench.engines.duckdb import DuckDBEngine

# More rows than any machine counts in the time of a test: only a stop ends it.
ENDLESS = "SELECT COUNT(*) FROM range(10000000000) a, range(10000000000) b WHERE hash(a, b) = 1"


@pytest.fixture
def session() -> Iterator[DuckDBEngine]:
    whole = DuckDBEngine()
    yield whole.session()
    whole.close()


def test_answers_come_in_the_order_of_the_tasks(session: DuckDBEngine) -> None:
    tasks = [lambda on, n=n: on.rows(f"SELECT {n}", "one")[0][0] for n in range(9)]
    assert session.side_by_side(tasks) == list(range(9))
    assert session.side_by_side([]) == []


def test_a_fault_on_the_way_says_which_step_it_was(session: DuckDBEngine) -> None:
    late = "SELECT CASE WHEN range = 300000 THEN CAST('x' || range AS INT) END FROM range(400000)"
    assert sum(map(len, session.batches("FROM range(300000)", "many"))) == 300_000
    with pytest.raises(EngineError, match=r"step 'late'.*x300000"):
        list(session.batches(late, "late"))


def test_each_task_sees_what_the_session_made(session: DuckDBEngine) -> None:
    session.run("CREATE TABLE work.made AS SELECT 7 AS n", "made")

    def make(on: Engine) -> None:
        on.run("CREATE TABLE work.other AS FROM made", "other")

    session.side_by_side([make])
    assert session.rows("SELECT n FROM other", "other") == [(7,)]


def test_the_first_fault_stops_the_others_and_is_the_one_that_is_told(
    session: DuckDBEngine,
) -> None:
    begun = threading.Event()

    def endless(on: Engine) -> None:
        begun.set()
        on.rows(ENDLESS, "endless")

    def faulty(on: Engine) -> None:
        begun.wait()
        on.run("SELECT nothing_of_this_name", "faulty")

    with pytest.raises(EngineError, match="nothing_of_this_name"):
        session.side_by_side([endless, faulty])
    assert session.rows("SELECT 1", "still there") == [(1,)]
