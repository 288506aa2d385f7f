"""Any check on any facts: the fused pass on DuckDB says what the row-by-row reference says."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.conditions import (
    And,
    Between,
    Compare,
    ComparePair,
    Condition,
    InSet,
    IsNull,
    Operator,
    Or,
    Predicate,
    Unique,
)
from workbench.engines.duckdb import DuckDBEngine
from workbench.engines.reference import outcome
from workbench.facts import FactTable
from workbench.findings import outcomes_query
from workbench.suites import Check, scope_of
from workbench.terms import Grade, Outcome, Scope

TYPES = {"number": pa.int64(), "share": pa.float64(), "day": pa.date32(), "text": pa.string(),
         "truth": pa.bool_()}  # fmt: skip
# Few different values, so that rows meet each other and the constants of the checks.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.sampled_from([-1, 0, 1, 2, 7, 2**40]),
    "share": st.sampled_from([-0.5, 0.0, 0.1, 0.5, 1.0]),
    "day": st.sampled_from([date(2024, 2, 29), date(2025, 1, 1), date(2025, 1, 2)]),
    "text": st.sampled_from(["", "due", "it's", "处罚", '"a"', "%"]),
    "truth": st.booleans(),
}
# Two columns of each type, so that pairs can be compared, and two scope facts.
COLUMNS = {f"{kind}_{letter}": kind for kind in TYPES for letter in "ab"}
SCOPES = ("first_scope", "second_scope")
OPERATORS = list(get_args(Operator))
COMPARED = [name for name, kind in COLUMNS.items() if kind != "truth"]
KERNEL = ("case_id", "organ_id", "unit_id", "kind")


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    duckdb = DuckDBEngine().session()
    yield duckdb
    duckdb.close()


# ----------------------------------------------------------------------- what is drawn


def a_row() -> st.SearchStrategy[dict[str, Any]]:
    facts = {name: st.none() | VALUES[kind] for name, kind in COLUMNS.items()}
    words = st.sampled_from([None, *(scope.value for scope in Scope)])
    return st.fixed_dictionaries({**facts, **dict.fromkeys(SCOPES, words)})


def some_values(column: str) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(VALUES[COLUMNS[column]], min_size=1, max_size=3).map(tuple)


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    column = draw(st.sampled_from(COMPARED))
    return Compare(column, draw(st.sampled_from(OPERATORS)), draw(VALUES[COLUMNS[column]]))


@st.composite
def pairs(draw: st.DrawFn) -> ComparePair:
    kind = draw(st.sampled_from(sorted(TYPES)))
    letters = draw(st.permutations("ab"))
    left, right = (f"{kind}_{letter}" for letter in letters)
    return ComparePair(left, draw(st.sampled_from(OPERATORS)), right)


@st.composite
def ranges(draw: st.DrawFn) -> Between:
    column = draw(st.sampled_from([c for c in COMPARED if COLUMNS[c] != "text"]))
    bound = VALUES[COLUMNS[column]]
    low, high = draw(st.tuples(st.none() | bound, st.none() | bound).filter(any_given))
    return Between(column, low, high, draw(st.booleans()), draw(st.booleans()))


def any_given(bounds: tuple[Any, Any]) -> bool:
    return bounds != (None, None)


@st.composite
def members(draw: st.DrawFn) -> InSet:
    column = draw(st.sampled_from(sorted(COLUMNS)))
    return InSet(column, draw(some_values(column)), draw(st.booleans()))


def nulls() -> st.SearchStrategy[IsNull]:
    return st.builds(IsNull, st.sampled_from(sorted(COLUMNS)), st.booleans())


def due() -> st.SearchStrategy[Compare]:
    return st.builds(Compare, st.sampled_from(SCOPES), st.just("=="), st.just(Scope.due.value))


def parts(nodes: st.SearchStrategy[Condition]) -> st.SearchStrategy[tuple[Condition, ...]]:
    return st.lists(nodes, min_size=1, max_size=3).map(tuple)


def joined(nodes: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.builds(And, parts(nodes)) | st.builds(Or, parts(nodes))


ROWS = st.lists(a_row(), max_size=25)
UNIQUE = st.builds(Unique, st.sampled_from(sorted(COLUMNS)))
PREDICATES = st.one_of(comparisons(), pairs(), ranges(), members(), UNIQUE)
LEAVES = st.one_of(due(), comparisons(), pairs(), members(), nulls())
CONDITIONS = st.none() | st.recursive(LEAVES, joined, max_leaves=5)
NODES = st.lists(st.tuples(PREDICATES, CONDITIONS), min_size=1, max_size=6)


def some_checks() -> st.SearchStrategy[tuple[Check, ...]]:
    """Checks of one asset, each with its own name."""
    return NODES.map(
        lambda drawn: tuple(a_check(f"check-{n}", *nodes) for n, nodes in enumerate(drawn))
    )


def a_check(name: str, predicate: Predicate, condition: Condition | None) -> Check:
    return Check(
        id=name, topic="drawn", asset="cases", suite="drawn", position=0, predicate=predicate,
        row_condition=condition, scope=scope_of(condition), grade=Grade.minor, verified=True,
        points=None, veto=False, veto_when=None, defect_group=None, facts={}, needs=(), clause="",
        duty=None, entry={},
    )  # fmt: skip


# ----------------------------------------------------------------------- the judgement


def on_duckdb(
    engine: DuckDBEngine, checks: tuple[Check, ...], rows: list[dict[str, Any]]
) -> list[dict[str, int]]:
    """What `outcomes_query`, the fused pass of `findings`, gives for each row in order."""
    types = {**{name: TYPES[kind] for name, kind in COLUMNS.items()},
             **dict.fromkeys(SCOPES, pa.string())}  # fmt: skip
    columns = {name: pa.array([row[name] for row in rows], type) for name, type in types.items()}
    kernel = {name: pa.nulls(len(rows), pa.string()) for name in KERNEL}
    numbers = pa.array([f"{n:04}" for n in range(len(rows))], pa.string())
    days = pa.nulls(len(rows), pa.date32())
    engine.put(
        "work.facts", pa.table({"subject_id": numbers, **kernel, "period_on": days, **columns})
    )
    query = outcomes_query(FactTable(engine, "cases", "work.facts", (), len(rows)), checks)
    names = ", ".join(f'"{check.id}"' for check in checks)
    found = engine.rows(f"SELECT {names} FROM ({query}) ORDER BY subject_id", "outcomes")
    return [dict(zip((check.id for check in checks), row, strict=True)) for row in found]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(checks=some_checks(), rows=ROWS)
def test_duckdb_agrees_with_the_reference(
    engine: DuckDBEngine, checks: tuple[Check, ...], rows: list[dict[str, Any]]
) -> None:
    found = on_duckdb(engine, checks, rows)
    for check in checks:
        expected = [outcome(check, row, rows) for row in rows]
        assert [Outcome(row[check.id]) for row in found] == expected, check


# ----------------------------------------------------------------------- the strategies draw all


def nodes_of(node: Predicate | Condition) -> Iterator[Predicate | Condition]:
    yield node
    for part in node.parts if isinstance(node, And | Or) else ():
        yield from nodes_of(part)


def test_the_strategies_draw_every_kind_of_node() -> None:
    """A node added to `workbench.conditions` fails here until the strategies draw it."""
    predicate, condition, seen = Counter[type](), Counter[type](), Counter[str]()

    @settings(max_examples=150, database=None, derandomize=True, deadline=None)
    @given(some_checks())
    def draw(checks: tuple[Check, ...]) -> None:
        for check in checks:
            predicate[type(check.predicate)] += 1
            seen["no condition"] += check.row_condition is None
            seen["scope"] += check.scope is not None
            for node in nodes_of(check.row_condition) if check.row_condition else ():
                condition[type(node)] += 1
                seen["nested"] += isinstance(node, And | Or) and any(
                    isinstance(part, And | Or) for part in node.parts
                )
            for node in (check.predicate, check.row_condition):
                seen[getattr(node, "operator", "")] += 1
                seen["negated"] += bool(getattr(node, "negated", False))
                seen["strict"] += bool(getattr(node, "strict_minimum", False))

    draw()
    assert set(predicate) == set(get_args(Predicate))
    assert set(condition) == set(get_args(Condition))
    wanted = {*OPERATORS, "no condition", "scope", "nested", "negated", "strict"}
    assert {word for word in wanted if not seen[word]} == set()


# ----------------------------------------------------------------------- by hand

ROW: dict[str, Any] = {**dict.fromkeys([*COLUMNS, *SCOPES]), "number_a": 3, "number_b": 7}
LIMIT = ComparePair("number_b", ">=", "number_a")
DUE = Compare("first_scope", "==", "due")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"first_scope": "due"}, Outcome.passed),
        ({"first_scope": "due", "number_a": 7}, Outcome.passed),
        ({"first_scope": "due", "number_a": 8}, Outcome.failed),
        ({"first_scope": "due", "number_a": None}, Outcome.cannot_tell),
        ({"first_scope": "due", "number_b": None}, Outcome.cannot_tell),
        ({"first_scope": "not_yet_due", "number_a": 8}, Outcome.not_yet_due),
        ({"first_scope": "not_applicable", "number_a": 8}, Outcome.not_applicable),
        ({"first_scope": None, "number_a": 8}, Outcome.not_applicable),
    ],
)
def test_the_five_outcomes(
    engine: DuckDBEngine, changes: Mapping[str, Any], expected: Outcome
) -> None:
    """The table of DESIGN 3.1, once in full: reference and DuckDB both give it."""
    check, row = a_check("check", LIMIT, DUE), {**ROW, **changes}
    assert outcome(check, row, [row]) == expected
    assert on_duckdb(engine, (check,), [row]) == [{"check": expected.value}]


def test_unique_looks_at_the_rows_in_scope_only(engine: DuckDBEngine) -> None:
    check = a_check("check", Unique("text_a"), DUE)
    scopes = ["due", "due", "due", "due", "not_yet_due", "due"]
    texts = ["x", "y", "x", None, "y", None]
    rows = [{**ROW, "first_scope": s, "text_a": t} for s, t in zip(scopes, texts, strict=True)]
    expected = [outcome(check, row, rows) for row in rows]
    assert [row["check"] for row in on_duckdb(engine, (check,), rows)] == expected
    assert expected == [2, 1, 2, 3, 4, 3]


def test_values_are_text_and_never_sql(engine: DuckDBEngine) -> None:
    nasty = "'; DROP TABLE facts; --"
    check = a_check("check", InSet("text_a", (nasty, *string.punctuation)), None)
    rows = [{**ROW, "text_a": text} for text in (nasty, "'", '"', "x", None)]
    assert [row["check"] for row in on_duckdb(engine, (check,), rows)] == [1, 1, 1, 2, 3]
