"""Findings and a rubric -> scorecards: the automatic points of each case, formula printed.

For each automatic criterion: D = points of its checks that passed or failed, U = points of those
that cannot tell or are untested; attainable = maximum x D / (D + U); earned = attainable less the
largest deduction of each defect group, never below 0. A criterion whose checks do not apply
takes no part; one of which nothing is decided takes part with nothing attainable. Fine amounts
never enter a score (行政处罚法 74).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.facts import FactTable
from workbench.findings import Findings
from workbench.pack import Pack
from workbench.points import Points
from workbench.rubrics import Criterion, Rubric
from workbench.suites import Check
from workbench.terms import Outcome

_DECIDED = f"{Outcome.passed.value}, {Outcome.failed.value}"
_OPEN = str(Outcome.cannot_tell.value)


@dataclass(frozen=True)
class Scorecards:
    """Relations `scorecards` and `scores`; kinds of cases that no rubric covers, with counts."""

    engine: Engine
    unscored: Mapping[str, int]


def score(pack: Pack, facts: Mapping[str, FactTable], findings: Findings) -> Scorecards:
    """Score every case whose kind has a rubric; the others are counted and named."""
    engine = findings.engine
    _empty(engine)
    asset = next(a.id for a in pack.assets.values() if a.table == "cases")
    for kind, name in pack.rubric_for.items():
        _score_kind(engine, pack, facts[asset], findings, kind, pack.rubrics[name])
    covered = ", ".join(sqltext.literal(kind) for kind in pack.rubric_for) or "NULL"
    unscored = engine.rows(
        f"SELECT COALESCE(kind, ''), COUNT(*) FROM {facts[asset].relation} "
        f"WHERE kind IS NULL OR COALESCE(kind NOT IN ({covered}), TRUE) GROUP BY 1 ORDER BY 1",
        "unscored",
    )
    return Scorecards(engine, {str(kind): int(count) for kind, count in unscored})


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


def _score_kind(
    engine: Engine, pack: Pack, table: FactTable, findings: Findings, kind: str, rubric: Rubric
) -> None:
    tested = {check.id: check for check in findings.tested[table.asset]}
    columns = [*_weighing(tested.values()), *tested]
    rows = f"""SELECT {", ".join(map(sqltext.name, ["case_id", *columns]))}
        FROM {table.narrow(columns)} WHERE kind = {sqltext.literal(kind)}"""
    engine.run(f"CREATE OR REPLACE TABLE work.to_score AS {rows}", f"to score {kind}")
    for criterion in rubric.automatic:
        checks = [pack.checks[c] for c in criterion.checks]
        engine.run(f"INSERT INTO work.scorecards {_criterion(criterion, checks, tested)}",
                   f"criterion {criterion.id}")  # fmt: skip
    engine.run(f"INSERT INTO work.scores {_scores(rubric, list(tested.values()))}", "scores")


def _weighing(checks: Iterable[Check]) -> list[str]:
    """The facts that say how much a failure weighs."""
    named = (fact for check in checks
             for fact in (check.points and check.points.count, check.points and check.points.when,
                          check.veto_when))  # fmt: skip
    return list(dict.fromkeys(fact for fact in named if fact))


def _criterion(criterion: Criterion, checks: list[Check], tested: Mapping[str, Check]) -> str:
    """One row per case in which the criterion takes part."""
    decided, undecided = [], []
    for check in checks:
        weight = _largest(check)
        if check.id in tested:
            column = sqltext.name(check.id)
            decided.append(f"CASE WHEN {column} IN ({_DECIDED}) THEN {weight} ELSE 0 END")
            undecided.append(f"CASE WHEN {column} = {_OPEN} THEN {weight} ELSE 0 END")
        else:
            undecided.append(f"{weight}")
    groups: dict[str, list[Check]] = {}
    for check in checks:
        if check.id in tested:
            groups.setdefault(check.defect_group or check.id, []).append(check)
    lost = [f"GREATEST({', '.join(map(_deduction, group))}, 0)" for group in groups.values()]
    maximum = sqltext.literal(criterion.maximum)
    why = [_because(check) for group in groups.values() for check in group]
    return f"""WITH sums AS (
  SELECT case_id, {_sum(decided)} AS d, {_sum(undecided)} AS u, {_sum(lost)} AS lost,
         CONCAT_WS('; ', {", ".join(why) or "NULL"}) AS because FROM work.to_score
), points AS (
  SELECT *, {maximum} * d / (d + u) AS attainable FROM sums WHERE d + u > 0
)
SELECT case_id, {sqltext.literal(criterion.id)}, {maximum}, attainable,
       GREATEST(0, attainable - lost), 'auto',
       PRINTF('max(0, %g x %g / (%g + %g) - %g) = %.4g', CAST({maximum} AS DOUBLE),
              CAST(d AS DOUBLE), CAST(d AS DOUBLE), CAST(u AS DOUBLE), CAST(lost AS DOUBLE),
              CAST(GREATEST(0, attainable - lost) AS DOUBLE))
       || CASE WHEN because <> '' THEN ': ' || because ELSE '' END
FROM points"""


def _largest(check: Check) -> str:
    return sqltext.literal(check.points.largest if check.points else 0.0)


def _sum(parts: list[str]) -> str:
    return " + ".join(parts) or "0"


def _deduction(check: Check) -> str:
    """The points a failed check takes away, 0 elsewhere."""
    points = check.points or Points(0)
    amount = sqltext.literal(points.amount)
    if points.count:
        counted = f"{amount} * COALESCE({sqltext.name(points.count)}, 0)"
        amount = f"LEAST({counted}, {sqltext.literal(points.most)})"
    elif points.when:
        when, other = sqltext.name(points.when), sqltext.literal(points.other)
        amount = f"CASE WHEN {when} THEN {other} ELSE {amount} END"
    return f"CASE WHEN {sqltext.name(check.id)} = {Outcome.failed.value} THEN {amount} ELSE 0 END"


def _because(check: Check) -> str:
    label = sqltext.literal(check.id)
    return (
        f"CASE WHEN {sqltext.name(check.id)} = {Outcome.failed.value} THEN "
        f"PRINTF('%s -%g', {label}, CAST({_deduction(check)} AS DOUBLE)) END"
    )


def _scores(rubric: Rubric, tested: list[Check]) -> str:
    """Totals of the automatic part; total and band stay null until people have rated."""
    vetoes = [c for c in tested if c.veto and c.verified]
    candidates = ", ".join(_candidate(check) for check in vetoes) or "NULL"
    automatic = sqltext.literal(rubric.maximum("auto"))
    manual = sqltext.literal(rubric.maximum("manual"))
    return f"""SELECT t.case_id, {sqltext.literal(rubric.id)}, s.points, s.attainable, s.maximum,
       NULL, {manual}, CASE WHEN s.maximum > 0 THEN s.attainable / s.maximum END,
       NULLIF(CONCAT_WS(';', {candidates}), ''), NULL, NULL,
       s.attainable < {sqltext.literal(rubric.provisional_below)} * s.maximum
FROM work.to_score t
LEFT JOIN (SELECT case_id, SUM(points) AS points, SUM(attainable) AS attainable,
                  SUM(maximum) AS maximum FROM work.scorecards GROUP BY case_id) s
  ON s.case_id = t.case_id
WHERE {automatic} > 0"""


def _candidate(check: Check) -> str:
    failed = f"t.{sqltext.name(check.id)} = {Outcome.failed.value}"
    if check.veto_when:
        failed += f" AND t.{sqltext.name(check.veto_when)}"
    return f"CASE WHEN {failed} THEN {sqltext.literal(check.id)} END"
