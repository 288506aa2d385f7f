"""Real Great Expectations runs our suites unchanged and counts what we count, check by check.

element = passed + failed + cannot tell, missing = cannot tell, unexpected = failed: on drawn fact
tables for every suite of every pack, and on the shipped sample.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench
from workbench.conditions import And, Condition, IsNull, Or, columns_of
from workbench.engines.duckdb import DuckDBEngine
from workbench.facts import FactTable
from workbench.findings import outcomes_query
from workbench.gx_bridge import columns_needed, frame_of, load_suite, run_suite, validation_document
from workbench.pack import Pack, read_pack
from workbench.run import Run
from workbench.sources import Source
from workbench.suites import COMPILED_TYPES, Check, Suite, parse_suite
from workbench.terms import Outcome, Scope

EXPECTATIONS = Path(__file__).parents[2] / "expectations"
FILES = sorted(EXPECTATIONS.glob("*/suites/*.json"))
NAMES = [f"{file.parents[1].name}/{file.stem}" for file in FILES]
KERNEL = ("case_id", "organ_id", "unit_id", "kind")
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("gx")


@pytest.fixture(scope="session")
def gx() -> ModuleType:
    """GX takes seconds to import; all tests share it.

    It imports two modules of the standard library that Python 3.11 has deprecated.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"module 'sre_\w+' is deprecated", DeprecationWarning)
        import great_expectations

    return great_expectations


@cache
def pack_of(name: str) -> Pack:
    return read_pack(EXPECTATIONS / name)


def suite_of(name: str) -> Suite:
    pack, suite = name.split("/")
    (found,) = [s for s in pack_of(pack).suites if s.name == suite]
    return found


# ----------------------------------------------------------------------- the files


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_gx_keeps_every_expectation(file: Path) -> None:
    """GX drops what it does not understand and only logs it."""
    document = json.loads(file.read_text("utf-8"))
    suite = load_suite(file)
    assert suite.name == document["name"]
    assert [e.expectation_type for e in suite.expectations] == [
        entry["type"] for entry in document["expectations"]
    ]
    assert [e.meta for e in suite.expectations] == [e["meta"] for e in document["expectations"]]
    assert [e.severity for e in suite.expectations] == [
        entry["severity"] for entry in document["expectations"]
    ]


# ----------------------------------------------------------------------- drawn fact tables


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, pa.Schema]]:
    """The types of all facts, pack by asset: facts built from case files without a single row."""
    found: dict[str, dict[str, pa.Schema]] = {}
    for name in sorted({name.split("/")[0] for name in NAMES}):
        pack, folder = pack_of(name), tmp_path_factory.mktemp(name)
        columns = ",".join(pack.schema.tables["cases"].columns)
        (folder / "cases.csv").write_text(columns + "\n", "utf-8")
        run = workbench.evaluate(workbench.load(folder, pack.folder), as_of="2026-06-30")
        engine = run.results.engine
        found[name] = {
            asset: engine.arrow(f"FROM work.facts_{asset}", "types").schema
            for asset in run.manifest["assets"]
        }
    return found


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    duckdb = DuckDBEngine().session()
    yield duckdb
    duckdb.close()


def must_be_known(condition: Condition | None) -> set[str]:
    """Facts that are never null, because a row condition compares them (lint holds packs to it)."""
    if isinstance(condition, And | Or):
        return set().union(*(must_be_known(part) for part in condition.parts))
    return set() if condition is None or isinstance(condition, IsNull) else {*columns_of(condition)}


def constants(value: Any) -> set[Any]:
    """Every constant that a suite entry names, so that it is met, and missed by one."""
    if isinstance(value, Mapping):
        return set().union(*(constants(part) for part in value.values()), set())
    if isinstance(value, list):
        return set().union(*(constants(part) for part in value), set())
    return {value}


def values(kind: pa.DataType, named: set[Any]) -> st.SearchStrategy[Any]:
    """Values of a fact of this type: few, close to the constants of the suite."""
    numbers = {v for v in named if isinstance(v, int | float) and not isinstance(v, bool)} | {0, 7}
    near = sorted({n + step for n in numbers for step in (-1, 0, 1)})
    if pa.types.is_boolean(kind):
        return st.booleans()
    if pa.types.is_integer(kind):
        return st.sampled_from([int(n) for n in near])
    if pa.types.is_decimal(kind):
        return st.sampled_from([Decimal(n) / 2 for n in near])
    if pa.types.is_floating(kind):
        return st.sampled_from([float(n) / 2 for n in near])
    if pa.types.is_date(kind):
        return st.sampled_from([date(2025, 12, 30) + DAY * n for n in range(4)])
    if pa.types.is_timestamp(kind):
        return st.sampled_from([datetime(2025, 12, 30, hour) for hour in (0, 9, 23)])
    assert pa.types.is_string(kind), kind
    texts = {v for v in named if isinstance(v, str)} | {"", "案件", "it's"}
    return st.sampled_from(sorted(texts))


def scopes() -> st.SearchStrategy[str]:
    return st.sampled_from([Scope.due.value, *(scope.value for scope in Scope)])


def tables_of(suite: Suite, schema: pa.Schema) -> st.SearchStrategy[pa.Table]:
    """Fact tables with every column that decides a check of the suite."""
    known = set().union(*(must_be_known(check.row_condition) for check in suite.checks))
    named = constants([dict(check.entry["kwargs"]) for check in suite.checks])
    cells = {}
    for name in columns_needed(suite.checks):
        drawn = values(schema.field(name).type, named)
        drawn = scopes() if name in {check.scope for check in suite.checks} else drawn
        cells[name] = drawn if name in known else st.none() | drawn | drawn | drawn
    rows = st.lists(st.fixed_dictionaries(cells), max_size=40)
    fields = [schema.field(name).with_nullable(True) for name in cells]
    return rows.map(lambda drawn: numbered(pa.Table.from_pylist(drawn, pa.schema(fields))))


def numbered(table: pa.Table) -> pa.Table:
    """The table with the kernel columns that the fused pass groups by."""
    rows = table.num_rows
    table = table.append_column("subject_id", pa.array([f"{n:04}" for n in range(rows)], "string"))
    for name in KERNEL:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(rows, pa.string()))
    if "period_on" not in table.column_names:
        table = table.append_column("period_on", pa.nulls(rows, pa.date32()))
    return table


def outcomes(engine: DuckDBEngine, table: FactTable, check: Check) -> dict[str, Outcome]:
    query = outcomes_query(table, (check,))
    rows = engine.rows(f'SELECT subject_id, "{check.id}" FROM ({query})', "outcomes")
    return {subject: Outcome(code) for subject, code in rows}


def as_gx_counts(found: Mapping[str, Outcome]) -> tuple[int, int, int]:
    counted = Counter(found.values())
    decided = counted[Outcome.passed] + counted[Outcome.failed]
    missing = counted[Outcome.cannot_tell]
    return decided + missing, missing, counted[Outcome.failed]


def agree(engine: DuckDBEngine, suite: Suite, drawn: pa.Table) -> None:
    """GX and the fused pass give the same counts and name the same failing subjects."""
    engine.put("work.facts", drawn)
    table = FactTable(engine, suite.asset, "work.facts", (), drawn.num_rows)
    answers = run_suite(suite, frame_of(table, columns_needed(suite.checks)))
    assert set(answers) == {check.id for check in suite.checks}
    counts: dict[str, Counter[str]] = {}
    failing: dict[str, list[str]] = {}
    for check in suite.checks:
        found, answer = outcomes(engine, table, check), answers[check.id]
        assert answer.counts == as_gx_counts(found), check.id
        failing[check.id] = sorted(s for s, o in found.items() if o == Outcome.failed)
        assert sorted(answer.failing_ids) == failing[check.id]
        counts[check.id] = Counter(outcome.name for outcome in found.values())
    for result in validation_document(suite, counts, failing, {})["results"]:
        check_id = result["expectation_config"]["meta"]["check"]
        assert result["success"] == answers[check_id].success


@pytest.mark.parametrize("name", NAMES)
def test_gx_counts_what_we_count(
    engine: DuckDBEngine, schemas: Mapping[str, Mapping[str, pa.Schema]], name: str
) -> None:
    suite = suite_of(name)
    schema = schemas[name.split("/")[0]][suite.asset]

    @settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
    @given(tables_of(suite, schema))
    def on_drawn_facts(drawn: pa.Table) -> None:
        agree(engine, suite, drawn)

    on_drawn_facts()


# ----------------------------------------------------------------------- everything we compile


def column(name: str) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": name}}


DUE = {**column("scope"), "operator": "==", "parameter": "due"}
FEW = {**column("number"), "operator": "<=", "parameter": 7}
SOME = {**column("text"), "operator": "IN", "parameter": ["x", "it's"]}
NONE = {**column("text"), "operator": "NOT_IN", "parameter": ["x", "案件"]}
TRUE = {**column("truth"), "operator": "!=", "parameter": False}
GONE = {"type": "nullity", "column": {"name": "day"}, "is_null": True}
HERE = {"type": "nullity", "column": {"name": "day"}, "is_null": False}
PAIR = {"ignore_row_if": "either_value_is_missing"}
ENTRIES: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = [
    ("values_to_be_between", {"column": "a", "max_value": 7}, None),
    ("values_to_be_between", {"column": "a", "min_value": 0, "strict_min": True}, DUE),
    ("values_to_be_between", {"column": "s", "min_value": 0, "max_value": 3.5}, FEW),
    ("values_to_be_between", {"column": "s", "min_value": 0, "max_value": 3.5,
                              "strict_max": True}, TRUE),
    ("values_to_be_in_set", {"column": "t", "value_set": ["x", "it's", ""]}, SOME),
    ("values_to_be_in_set", {"column": "c", "value_set": [True]}, GONE),
    ("values_to_be_in_set", {"column": "a", "value_set": [0, 7]}, HERE),
    ("values_to_not_be_in_set", {"column": "t", "value_set": ["x"]}, NONE),
    ("values_to_be_unique", {"column": "t"}, {"type": "and", "conditions": [DUE, HERE]}),
    ("values_to_be_unique", {"column": "a"}, {"type": "or", "conditions": [DUE, GONE]}),
    ("pair_values_to_be_equal", {"column_A": "d", "column_B": "e", **PAIR},
     {"type": "or", "conditions": [{"type": "and", "conditions": [DUE, FEW]}, SOME]}),
    ("pair_values_to_be_equal", {"column_A": "t", "column_B": "u", **PAIR}, DUE),
    ("pair_values_a_to_be_greater_than_b", {"column_A": "a", "column_B": "b", **PAIR}, DUE),
    ("pair_values_a_to_be_greater_than_b", {"column_A": "d", "column_B": "e", "or_equal": True,
                                            **PAIR}, TRUE),
    ("pair_values_a_to_be_greater_than_b", {"column_A": "m", "column_B": "n", **PAIR}, None),
    ("pair_values_a_to_be_greater_than_b", {"column_A": "a", "column_B": "s", **PAIR}, NONE),
]  # fmt: skip
TYPES = {"a": "int64", "b": "int64", "s": "float64", "t": "string", "u": "string", "c": "bool",
         "d": "date32", "e": "date32", "m": "timestamp[us]", "n": "timestamp[us]",
         "scope": "string", "number": "int64", "text": "string", "truth": "bool",
         "day": "date32"}  # fmt: skip


def everything() -> Suite:
    """A suite with every expectation type that we compile and every kind of row condition."""
    expectations = [
        {
            "type": f"expect_column_{kind}",
            "kwargs": {**kwargs, **({"row_condition": condition} if condition else {})},
            "severity": "warning",
            "meta": {"check": f"check-{n}", "grade": "minor", "clause": "none"},
        }
        for n, (kind, kwargs, condition) in enumerate(ENTRIES)
    ]
    document = {"name": "everything", "expectations": expectations, "meta": {}}
    suite, faults = parse_suite(Source("everything.json", document), "drawn", "cases")
    assert faults == []
    return suite


def test_gx_counts_everything_we_compile(engine: DuckDBEngine) -> None:
    suite = everything()
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in TYPES.items()])
    assert {check.entry["type"] for check in suite.checks} == set(COMPILED_TYPES)

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(tables_of(suite, schema))
    def on_drawn_facts(drawn: pa.Table) -> None:
        agree(engine, suite, drawn)

    on_drawn_facts()


# ----------------------------------------------------------------------- the shipped sample


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("hrss/")])
def test_gx_counts_the_sample_as_the_run_does(sample_run: Run, name: str) -> None:
    suite = suite_of(name)
    facts = pa.Table.from_pandas(sample_run.facts(suite.asset), preserve_index=False)
    answers = run_suite(suite, frame_of(facts, columns_needed(suite.checks)))
    codes = sample_run.outcomes(suite.asset).set_index("subject_id")
    untested = set(sample_run.manifest["untested"])
    for check in suite.checks:
        if check.id not in untested:
            found = {s: Outcome(code) for s, code in codes[check.id].items()}
            assert answers[check.id].counts == as_gx_counts(found), check.id
            assert set(answers[check.id].failing_ids) == {
                subject for subject, outcome in found.items() if outcome == Outcome.failed
            }
