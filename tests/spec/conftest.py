"""The engines on which every example of every pack must give its outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workbench.clocks import Clock
from workbench.engines import reference
from workbench.engines.reference_clocks import clock_facts
from workbench.engines.reference_rows import row_clock_facts
from workbench.facts import build_facts
from workbench.findings import judge
from workbench.loading import load_case_files, reasons
from workbench.suites import Check
from workbench.terms import Outcome
from workbench.trials import Batch

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Answers:
    """What an engine says: by asset and subject, the outcome of each check and every fact.

    A check that could not be tested has no outcome. `rows` are those of each clock over rows.
    """

    outcomes: Mapping[str, Mapping[str, Mapping[str, Outcome]]]
    facts: Mapping[str, Mapping[str, Mapping[str, Any]]]
    rows: Mapping[str, Rows]


@dataclass(frozen=True)
class Evaluation:
    """A batch evaluated as `workbench.evaluate` does it, scores left out."""

    batch: Batch
    tested: Mapping[str, tuple[Check, ...]]
    outcomes: Mapping[str, Rows]
    facts: Mapping[str, Rows]
    tables: Mapping[str, Rows]
    rows: Mapping[str, Rows]  # of each clock over rows


def evaluate(batch: Batch, folder: Path) -> Evaluation:
    """Load the batch from CSV files and evaluate it on DuckDB."""
    batch.write(folder)
    pack = batch.pack
    files = load_case_files(folder, pack.schema, timezone=pack.timezone)
    odd = (reasons.REFUSED, reasons.UNREADABLE)
    wrong = [row for row in files.report.rows.to_pylist() if row["action"] in odd]
    assert wrong == [], "an example has records that cannot be loaded"
    files = files.apart()
    facts = build_facts(files, pack, batch.as_of)
    tested = judge(files, pack, facts).tested

    def rows(relation: str) -> Rows:
        query = relation if relation.startswith("SELECT") else f"FROM {relation}"
        found: Rows = files.engine.arrow(query, relation).to_pylist()
        return found

    parts = [part for c in pack.clocks.values() for part in (c.extension, c.exclusion) if part]
    found = Evaluation(
        batch=batch,
        tested=tested,
        outcomes={asset: rows(f"work.outcomes_{asset}") for asset in facts},
        facts={asset: rows(table.relation) for asset, table in facts.items()},
        tables={part.table: rows(f"main.{part.table}") for part in parts},
        rows={c.id: rows(_told_rows(c)) for c in pack.clocks.values() if c.rows},
    )
    files.engine.close()
    return found


def _told_rows(clock: Clock) -> str:
    """The rows of a clock, each with what the clock says of it."""
    return (
        'SELECT r.*, k.due_on AS told_due_on, k.elapsed AS told_elapsed, k."limit" AS told_limit '
        f'FROM work."rows_{clock.id}" r '
        f'LEFT JOIN work."row_clock_{clock.id}" k ON k.subject_id = r.row_id'
    )


def duckdb(found: Evaluation) -> Answers:
    """The answers of the default engine, taken as they are."""
    outcomes = {
        asset: {row["subject_id"]: {c.id: Outcome(row[c.id]) for c in checks} for row in rows}
        for (asset, rows), checks in zip(found.outcomes.items(), found.tested.values(), strict=True)
    }
    facts = {asset: _by_subject(rows) for asset, rows in found.facts.items()}
    return Answers(outcomes, facts, found.rows)


def by_reference(found: Evaluation) -> Answers:
    """The answers of the slow engine: the pack's facts, every clock and check worked out anew."""
    pack = found.batch.pack
    outcomes, facts = {}, {}
    for asset, rows in found.facts.items():
        told = [_with_clocks(found, pack.clocks_of(asset), row) for row in rows]
        facts[asset] = _by_subject(told)
        outcomes[asset] = {
            row["subject_id"]: {
                check.id: reference.outcome(check, row, told) for check in found.tested[asset]
            }
            for row in told
        }
    return Answers(outcomes, facts, found.rows)


def _with_clocks(found: Evaluation, clocks: list[Clock], row: dict[str, Any]) -> dict[str, Any]:
    pack = found.batch.pack
    told = dict(row)
    for clock in clocks:
        granted = found.tables[clock.extension.table] if clock.extension else []
        excluded = found.tables[clock.exclusion.table] if clock.exclusion else []
        law = (pack.parameters, pack.calendar)
        rest = (granted, excluded, found.batch.as_of)
        if clock.rows:
            its = [r for r in found.rows[clock.id] if r["subject_id"] == row["subject_id"]]
            answer = row_clock_facts(clock, *law, its, *rest)
        else:
            answer = clock_facts(clock, *law, row, *rest)
        told |= {f"{clock.id}_{output}": value for output, value in answer.items()}
    return told


def _by_subject(rows: Rows) -> dict[str, dict[str, Any]]:
    return {row["subject_id"]: row for row in rows}


Ask = Callable[[Batch], Answers]
ENGINES: Mapping[str, Callable[[Evaluation], Answers]] = {
    "duckdb": duckdb,
    "reference": by_reference,
}


@pytest.fixture(scope="session")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Batch], Evaluation]:
    """Evaluates each batch once, for all engines."""
    return cache(lambda batch: evaluate(batch, tmp_path_factory.mktemp("examples")))


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, evaluation: Callable[[Batch], Evaluation]) -> Ask:
    """Asks one engine about a batch of examples."""
    return cache(lambda batch: ENGINES[request.param](evaluation(batch)))
