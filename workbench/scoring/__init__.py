"""Findings and rubrics -> scorecards: the automatic points of every case, formula printed.

The same rules as in `marking`, in SQL for all cases at once (tests keep the two equal). What people
have yet to rate has no points: total and band stay empty until they do. Fine amounts never enter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.facts import FactTable
from workbench.findings import Findings
from workbench.pack import Pack
from workbench.rubrics import Rubric
from workbench.scoring.cards import Plan, scorecards_of, scored_query
from workbench.scoring.totals import scores_query


@dataclass(frozen=True)
class Scorecards:
    """Relations `scorecards` and `scores`; kinds of cases that no rubric covers, with counts."""

    engine: Engine
    unscored: Mapping[str, int]


def score(pack: Pack, facts: Mapping[str, FactTable], findings: Findings) -> Scorecards:
    """Score every case whose kind has a rubric in force; the others are counted and named."""
    engine = findings.engine
    _empty(engine)
    asset = next(a.id for a in pack.assets.values() if a.table == "cases")
    day = engine.rows("SELECT as_of FROM work.run", "as of")[0][0]
    found = {kind: pack.rubric_on(kind, day) for kind in pack.rubric_for}
    rubrics = {kind: rubric for kind, rubric in found.items() if rubric is not None}
    for rubric in {r.id: r for r in rubrics.values()}.values():
        kinds = [kind for kind, of_kind in rubrics.items() if of_kind.id == rubric.id]
        _score(pack, facts[asset], findings, rubric, kinds)
    covered = _literals(rubrics) or "NULL"
    unscored = engine.rows(
        f"SELECT COALESCE(kind, ''), COUNT(*) FROM {facts[asset].relation} "
        f"WHERE kind IS NULL OR COALESCE(kind NOT IN ({covered}), TRUE) GROUP BY 1 ORDER BY 1",
        "unscored",
    )
    return Scorecards(engine, {str(kind): int(count) for kind, count in unscored})


def _literals(values: Mapping[str, object] | list[str]) -> str:
    return ", ".join(sqltext.literal(value) for value in values)


def _empty(engine: Engine) -> None:
    engine.run(
        "CREATE TABLE work.scorecards (case_id VARCHAR, criterion VARCHAR, maximum DECIMAL(9, 2), "
        "attainable DECIMAL(9, 2), points DECIMAL(9, 2), source VARCHAR, why VARCHAR)",
        "scorecards",
    )
    engine.run(
        "CREATE TABLE work.scores (case_id VARCHAR, rubric VARCHAR, auto_points DECIMAL(9, 2), "
        "auto_attainable DECIMAL(9, 2), auto_maximum DECIMAL(9, 2), manual_points DECIMAL(9, 2), "
        "manual_maximum DECIMAL(9, 2), decided_share DOUBLE, veto_candidates VARCHAR, "
        "total DECIMAL(9, 2), band VARCHAR, provisional BOOLEAN)",
        "scores",
    )


def _score(
    pack: Pack, table: FactTable, findings: Findings, rubric: Rubric, kinds: list[str]
) -> None:
    engine = findings.engine
    tested = {check.id: check for check in findings.tested[table.asset]}
    plan = Plan(rubric, pack.checks, frozenset(tested))
    vetoes = [c for c in tested.values() if c.verified and rubric.may_veto(c.id, c.veto)]
    named = [*plan.weighing, *(c.veto_when for c in vetoes if c.veto_when)]
    columns = list(dict.fromkeys([*named, *plan.columns, *(c.id for c in vetoes)]))
    rows = f"""SELECT {", ".join(map(sqltext.name, ["case_id", *columns]))}
        FROM {table.narrow(columns)} WHERE kind IN ({_literals(kinds)})"""
    engine.run(f"CREATE OR REPLACE TABLE work.to_score AS {rows}", f"to score {rubric.id}")
    scored = scored_query(plan)
    engine.run(f"CREATE OR REPLACE TABLE work.scored AS {scored}", f"scored {rubric.id}")
    for criterion, query in scorecards_of(plan):
        engine.run(f"INSERT INTO work.scorecards {query}", f"criterion {criterion}")
    engine.run(f"INSERT INTO work.scores {scores_query(plan, vetoes)}", f"scores {rubric.id}")
