"""Facts and suites -> one fused pass -> outcomes, findings, gaps, tallies, deadlines.

All checks of an asset become one query over its facts. The outcomes stay wide inside (one small
integer per check); findings are long. Everything stays in the engine's schema `work`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from workbench import sqltext
from workbench.conditions import Between, Predicate, columns_of
from workbench.engines.base import Engine
from workbench.engines.sql import outcome_sql
from workbench.facts import FactTable, deciding_columns, is_delivered
from workbench.loading import CaseFiles
from workbench.pack import Pack
from workbench.suites import Check
from workbench.terms import Outcome

COUNTS = tuple(outcome.name for outcome in Outcome)
GROUPS = ("organ_id", "unit_id", "kind", "month")
_FINDING_COLUMNS = (
    "asset", "subject_id", "case_id", "check_id", "observed", "expected", "due_on", "evidence",
    "defects", "note_code", "veto_candidate",
)  # fmt: skip


@dataclass(frozen=True)
class Findings:
    """What the checks say of every subject of a run.

    Relations in the engine: `outcomes_<asset>`, `findings`, `gaps`, `tallies`, `deadlines`.
    `untested` maps the checks that the source cannot answer to what is missing.
    """

    engine: Engine
    tested: Mapping[str, tuple[Check, ...]]
    untested: Mapping[str, tuple[str, ...]]

    def rows(self, relation: str) -> int:
        """How many rows a relation of this run has."""
        found = self.engine.rows(f"SELECT COUNT(*) FROM work.{relation}", relation)
        return int(found[0][0])


def judge(files: CaseFiles, pack: Pack, facts: Mapping[str, FactTable]) -> Findings:
    """Run every check that the source can answer, in one pass over the facts of each asset."""
    engine = files.engine
    untested = {c.id: m for c in pack.checks.values() if (m := missing_needs(files, c))}
    tested: dict[str, tuple[Check, ...]] = {}
    for name, table in facts.items():
        tested[name] = tuple(c for c in pack.checks_of(name) if c.id not in untested)
        _decide(engine, table, tested[name])

    def count(on: Engine) -> None:
        on.run(f"CREATE TABLE work.tallies AS {_tallies(tested)}", "tallies")
        _make_gaps(on, pack, tested)
        on.run(f"CREATE TABLE work.deadlines AS {_deadlines(pack)}", "deadlines")

    engine.side_by_side([count, lambda on: _make_findings(on, facts, tested)])
    return Findings(engine, tested, untested)


def missing_needs(files: CaseFiles, check: Check) -> tuple[str, ...]:
    """What a check cannot do without and the source does not deliver (empty: it can be tested)."""
    return tuple(need for need in check.needs if not is_delivered(files, need))


def _decide(engine: Engine, table: FactTable, checks: tuple[Check, ...]) -> None:
    """The outcomes of an asset stand beside its facts, in step with its subjects."""
    relation = f"work.outcomes_{table.asset}"
    engine.run(f"CREATE TABLE {relation} AS {outcomes_query(table, checks)}", relation)
    engine.run(f"CREATE TABLE work.groups_{table.asset} AS {_groups(table.asset)}", relation)
    table.take_in(relation, [check.id for check in checks])


def outcomes_query(table: FactTable, checks: tuple[Check, ...]) -> str:
    """The fused pass: one row per subject, one TINYINT per check, the facts scanned once."""
    kernel = ["subject_id", "case_id", "organ_id", "unit_id", "kind",
              "STRFTIME(period_on, '%Y-%m') AS month"]  # fmt: skip
    outcomes = [f"{outcome_sql(check)} AS {sqltext.name(check.id)}" for check in checks]
    return f"SELECT {sqltext.joined([*kernel, *outcomes])}\nFROM {table.relation}"


def _groups(asset: str) -> str:
    """What subjects are counted by, each once, with a number (`part`)."""
    columns = ", ".join(GROUPS)
    return (
        f"SELECT {columns}, ROW_NUMBER() OVER (ORDER BY {columns}) AS part "
        f"FROM (SELECT DISTINCT {columns} FROM work.outcomes_{asset})"
    )


def _tallies(tested: Mapping[str, tuple[Check, ...]]) -> str:
    """Counts that add up: check x organ x unit x kind x month."""
    parts = [_no_tallies()]
    parts += [_tallies_of(asset, checks) for asset, checks in tested.items() if checks]
    return " UNION ALL ".join(parts)


def _tallies_of(asset: str, checks: tuple[Check, ...]) -> str:
    """All checks of an asset in one pass: a subject's outcomes become rows, told apart by place.

    Groups and checks are counted by number: texts would be hashed once for every outcome.
    """
    same = " AND ".join(f"g.{name} IS NOT DISTINCT FROM o.{name}" for name in GROUPS)
    outcomes = ", ".join(f"o.{sqltext.name(check.id)}" for check in checks)
    counts = ", ".join(
        f"COUNT(*) FILTER (WHERE outcome = {outcome.value}) AS {outcome.name}"
        for outcome in Outcome
    )
    places = ", ".join(f"({n}, {sqltext.literal(check.id)})" for n, check in enumerate(checks))
    return f"""SELECT {sqltext.literal(asset)} AS asset, c.check_id,
       {", ".join(f"g.{name}" for name in GROUPS)}, {", ".join(f"t.{name}" for name in COUNTS)}
FROM (
  SELECT part, place, {counts}
  FROM (
    SELECT g.part, UNNEST([{outcomes}]) AS outcome, UNNEST(RANGE({len(checks)})) AS place
    FROM work.outcomes_{asset} o JOIN work.groups_{asset} g ON {same}
  )
  GROUP BY part, place
) t
JOIN work.groups_{asset} g ON g.part = t.part
JOIN (VALUES {places}) c(place, check_id) ON c.place = t.place"""


def _no_tallies() -> str:
    texts = ", ".join(f"CAST(NULL AS VARCHAR) AS {n}" for n in ("asset", "check_id", *GROUPS))
    counts = ", ".join(f"CAST(0 AS BIGINT) AS {name}" for name in COUNTS)
    return f"SELECT {texts}, {counts} WHERE FALSE"


def _make_findings(
    engine: Engine,
    facts: Mapping[str, FactTable],
    tested: Mapping[str, tuple[Check, ...]],
) -> None:
    """The long list of failures, with the records that show each."""
    types = {"due_on": "DATE", "defects": "BIGINT", "veto_candidate": "BOOLEAN"}
    columns = ", ".join(f"{name} {types.get(name, 'VARCHAR')}" for name in _FINDING_COLUMNS)
    engine.run(f"CREATE TABLE work.findings ({columns})", "findings")
    for asset, checks in tested.items():
        if not checks:
            continue
        for check in checks:
            engine.run(
                f"INSERT INTO work.findings {_finding(check, facts[asset])}", f"findings {check.id}"
            )


def _finding(check: Check, table: FactTable) -> str:
    def shown(key: str) -> str:
        fact = check.facts.get(key)
        return f"CAST(f.{sqltext.name(fact)} AS VARCHAR)" if fact else "CAST(NULL AS VARCHAR)"

    evidence = check.facts.get("evidence")
    proof, join = "CAST(NULL AS VARCHAR)", ""
    if evidence:
        proof = "e.value"
        join = f"LEFT JOIN ({table.evidence[evidence]}) e ON e.subject_id = f.subject_id"
    due = check.facts.get("due")
    due_on = f"f.{sqltext.name(due)}" if due else "CAST(NULL AS DATE)"
    counted = check.predicate.column if _counts_to_zero(check.predicate) else None
    defects = f"CAST(f.{sqltext.name(counted)} AS BIGINT)" if counted else "CAST(1 AS BIGINT)"
    expected = shown("expected") if "expected" in check.facts else _bound(check.predicate)
    named = [check.id, *(fact for key, fact in check.facts.items() if key != "evidence")]
    named += [fact for fact in (counted, check.veto_when) if fact]
    return (
        f"SELECT {sqltext.literal(check.asset)}, f.subject_id, f.case_id, "
        f"{sqltext.literal(check.id)}, {shown('observed')}, {expected}, {due_on}, "
        f"{proof}, {defects}, {shown('note')}, {_veto(check)} FROM {table.narrow(named)} f {join} "
        f"WHERE f.{sqltext.name(check.id)} = {Outcome.failed.value}"
    )


def _counts_to_zero(predicate: Predicate) -> TypeGuard[Between]:
    """Does the check count faults, of which none may be there?"""
    return isinstance(predicate, Between) and predicate.maximum == 0 and predicate.minimum is None


def _bound(predicate: Predicate) -> str:
    """What a number had to be, where the pack names no fact for it: `>= 1`, `<= 0`."""
    if not isinstance(predicate, Between):
        return "CAST(NULL AS VARCHAR)"
    bounds = []
    if predicate.minimum is not None:
        bounds.append(f"{'>' if predicate.strict_minimum else '≥'} {predicate.minimum}")
    if predicate.maximum is not None:
        bounds.append(f"{'<' if predicate.strict_maximum else '≤'} {predicate.maximum}")
    return sqltext.literal(", ".join(bounds))


def _veto(check: Check) -> str:
    """Would the failure bar the case once a person has confirmed it? Never if unverified."""
    if not (check.veto and check.verified):
        return "FALSE"
    return f"COALESCE(f.{sqltext.name(check.veto_when)}, FALSE)" if check.veto_when else "TRUE"


def _make_gaps(engine: Engine, pack: Pack, tested: Mapping[str, tuple[Check, ...]]) -> None:
    """What keeps checks undecided, per organ: columns not delivered, or values not there."""
    engine.run('CREATE TABLE work.gaps (check_id VARCHAR, organ_id VARCHAR, "table" VARCHAR, '
               '"column" VARCHAR, reason VARCHAR, subjects BIGINT)', "gaps")  # fmt: skip
    query = "SELECT check_id FROM work.tallies GROUP BY 1 HAVING SUM(cannot_tell) > 0"
    unknown = {row[0] for row in engine.rows(query, "gaps")}
    for asset, checks in tested.items():
        for check in (c for c in checks if c.id in unknown):
            engine.run(f"INSERT INTO work.gaps {_gap(pack, asset, check)}", f"gaps {check.id}")


def _gap(pack: Pack, asset: str, check: Check) -> str:
    """Undecided subjects of one check by organ and by the column that was not delivered."""
    columns = deciding_columns(pack, asset, columns_of(check.predicate))
    label = sqltext.literal(check.id)
    flags = [f"NOT v.{sqltext.name(column)}" for column in columns]
    undecided = (
        f"FROM work.outcomes_{asset} o JOIN work.case_coverage_of_{asset} v "
        f"ON v.subject_id = o.subject_id "
        f"WHERE o.{sqltext.name(check.id)} = {Outcome.cannot_tell.value}"
    )
    nothing = "NULL, NULL, 'value_missing'"
    lacks = f" AND NOT ({' OR '.join(flags)})" if flags else ""
    parts = [f"SELECT {label}, o.organ_id, {nothing}, COUNT(*) {undecided}{lacks} GROUP BY 2"]
    for column, flag in zip(columns, flags, strict=True):
        table, _, name = column.partition("__")
        what = f"{sqltext.literal(table)}, {sqltext.literal(name)}, 'not_delivered'"
        parts.append(f"SELECT {label}, o.organ_id, {what}, COUNT(*) {undecided} AND {flag} "
                     "GROUP BY 2")  # fmt: skip
    return " UNION ALL ".join(parts)


def _deadlines(pack: Pack) -> str:
    """Every clock that runs or ran: when it started, when it is due, what became of it."""
    texts, days = ("case_id", "subject_id", "clock", "state"), ("start_on", "due_on", "done_on")
    kinds = {
        **dict.fromkeys(texts, "VARCHAR"),
        **dict.fromkeys(days, "DATE"),
        "days_left": "BIGINT",
    }
    order = ("case_id", "subject_id", "clock", *days, "state", "days_left")
    empty = ", ".join(f"CAST(NULL AS {kinds[name]}) AS {name}" for name in order)
    parts = [f"SELECT {empty} WHERE FALSE"]
    for clock in pack.clocks.values():
        late = "k.elapsed > k.limit" if clock.mode != "not_before" else "k.elapsed <= k.limit"
        late = late.replace("k.limit", 'k."limit"')
        left = "CASE WHEN k.done_on IS NULL THEN DATE_DIFF('day', run.as_of, k.due_on) END"
        if clock.mode == "not_before":  # a day to wait for runs out for nobody
            left = "CAST(NULL AS BIGINT)"
        parts.append(
            f"SELECT k.case_id, k.subject_id, {sqltext.literal(clock.id)}, k.start_on, k.due_on, "
            f"k.done_on, CASE WHEN k.scope = 'not_yet_due' THEN 'open' "
            f"WHEN k.elapsed IS NULL THEN 'unknown' WHEN {late} AND k.done_on IS NULL THEN "
            f"'overdue' WHEN {late} THEN 'late' ELSE 'met' END, "
            f"{left} "
            f"FROM work.{sqltext.name('clock_' + clock.id)} k CROSS JOIN work.run run "
            "WHERE k.scope <> 'not_applicable' AND k.start_on IS NOT NULL "
            "AND k.start_on <= run.as_of"
        )
    return " UNION ALL ".join(parts)
