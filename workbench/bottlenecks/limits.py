"""How much of each limit is used up: quantiles, late cases, and those at risk.

Relation `clock_runs`: each subject on which a clock ran or runs, with what the clock says of it
(elapsed and limit as the checks compare them). A clock that only forbids to act early limits
nothing and is not followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench import sqltext
from workbench.clocks import Clock
from workbench.engines.base import Engine
from workbench.facts.clock_facts import clock_relation
from workbench.pack import Pack

_UNITS = {"wd": "wd", "hours": "h"}  # every other limit is counted in calendar days
_DECIMALS = 4
_DAYS, _SHARES = (0.1, 0.25, 0.5, 0.75, 0.9), (0.5, 0.9)
# Totals first; a part of unknown kind or unit belongs to the totals alone.
GROUPING = "GROUPING SETS (({keys}), ({keys}, kind), ({keys}, unit_id), ({keys}, kind, unit_id))"
KNOWN = (
    "(GROUPING(kind) = 1 OR kind IS NOT NULL) AND (GROUPING(unit_id) = 1 OR unit_id IS NOT NULL)"
)


def followed_clocks(pack: Pack, classes: Mapping[str, Mapping[str, str]]) -> list[Clock]:
    """The clocks that limit something, and of whose days everybody may know."""
    found = []
    for clock in pack.clocks.values():
        assert clock.asset in pack.assets
        shown = {*clock.outputs, clock.start, clock.stop}
        if clock.mode != "not_before" and not shown & set(classes.get(clock.asset, {})):
            found.append(clock)
    return found


def runs_query(engine: Engine, pack: Pack, clocks: Sequence[Clock]) -> str:
    """What every followed clock says of every subject it runs on, where it can tell."""
    parts = [_NOTHING]
    for clock in clocks:
        if not _made(pack, clock):
            continue
        spine = f"work.subjects_of_{clock.asset} s"  # clocks stand in step with their subjects
        unit = _UNITS.get(pack.parameters[clock.limit].unit, "cd")
        parts.append(
            f"SELECT {sqltext.literal(clock.id)}, k.subject_id, k.case_id, s.unit_id, s.kind, "
            f"{sqltext.literal(unit)}, k.start_on, k.due_on, k.done_on, k.elapsed, "
            'CAST(k."limit" AS BIGINT), k.elapsed > k."limit" '
            f"FROM {engine.abreast(spine, [f'{clock_relation(clock)} k'])} "
            "CROSS JOIN work.run run WHERE k.scope <> 'not_applicable' "
            'AND k.start_on <= run.as_of AND k.elapsed IS NOT NULL AND k."limit" IS NOT NULL'
        )
    return " UNION ALL ".join(parts)


def _made(pack: Pack, clock: Clock) -> bool:
    """Facts are made of the cases, and of what checks look at."""
    return pack.assets[clock.asset].table == "cases" or bool(pack.checks_of(clock.asset))


_NOTHING = (
    "SELECT CAST(NULL AS VARCHAR) AS clock, CAST(NULL AS VARCHAR) AS subject_id, "
    "CAST(NULL AS VARCHAR) AS case_id, CAST(NULL AS VARCHAR) AS unit_id, "
    "CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS VARCHAR) AS unit, "
    "CAST(NULL AS DATE) AS start_on, CAST(NULL AS DATE) AS due_on, CAST(NULL AS DATE) AS done_on, "
    'CAST(NULL AS BIGINT) AS elapsed, CAST(NULL AS BIGINT) AS "limit", '
    "CAST(NULL AS BOOLEAN) AS late WHERE FALSE"
)
_SHARE = 'CAST(elapsed AS DOUBLE) / NULLIF("limit", 0)'


def times_query(pack: Pack) -> str:
    """`stage_times`: by clock, kind and unit, what was used of the limit; null is all of them.

    Quantiles are of those that stopped, and each is a value that occurred (the smallest one that
    at least that share of them does not exceed).
    """
    stopped = "done_on IS NOT NULL"
    parts = [f"q.days[{n}] AS p{round(100 * share)}" for n, share in enumerate(_DAYS, 1)]
    parts += ["q.most", "q.limits[1] AS limit_p50"]
    parts += [f"ROUND(q.shares[{n}], {_DECIMALS}) AS share_p{round(100 * share)}"
              for n, share in enumerate(_SHARES, 1)]  # fmt: skip
    return f"""SELECT q.clock, q.kind, q.unit_id, q.unit AS days, q.n, q.running,
       {", ".join(parts)}, q.late, q.at_risk
FROM (
  SELECT clock, kind, unit_id, unit,
         COUNT(*) FILTER (WHERE {stopped}) AS n,
         COUNT(*) FILTER (WHERE NOT {stopped}) AS running,
         {quantiles("elapsed", _DAYS)} FILTER (WHERE {stopped}) AS days,
         MAX(elapsed) FILTER (WHERE {stopped}) AS most,
         {quantiles('"limit"', (0.5,))} FILTER (WHERE {stopped}) AS limits,
         {quantiles(_SHARE, _SHARES)} FILTER (WHERE {stopped}) AS shares,
         COUNT(*) FILTER (WHERE late) AS late,
         COUNT(*) FILTER (WHERE {_risky(pack)}) AS at_risk
  FROM work.clock_runs
  GROUP BY {GROUPING.format(keys="clock, unit")}
  HAVING {KNOWN}
) q"""


def quantiles(value: str, shares: Sequence[float]) -> str:
    """An aggregate: the list of some quantiles, each the smallest value that occurs of which at
    least that share is no larger. All in one pass.

    >>> quantiles("days", (0.5, 0.9))
    'QUANTILE_DISC(days, [0.5, 0.9])'
    """
    return f"QUANTILE_DISC({value}, [{', '.join(map(str, shares))}])"


def _risky(pack: Pack) -> str:
    """Still running, not late, and most of the limit gone."""
    return f"done_on IS NULL AND NOT late AND {_SHARE} >= {sqltext.literal(pack.flow.at_risk)}"


def at_risk_query(pack: Pack) -> str:
    """`at_risk`: the running subjects of which little is left; days left are calendar days."""
    return (
        "SELECT r.case_id, r.subject_id, r.clock, r.unit_id, r.kind, r.start_on, r.due_on, "
        "DATE_DIFF('day', run.as_of, r.due_on) AS days_left, "
        f"ROUND({_SHARE}, {_DECIMALS}) AS share_used "
        f"FROM work.clock_runs r CROSS JOIN work.run run WHERE {_risky(pack)}"
    )
