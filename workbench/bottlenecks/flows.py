"""The way cases really go: which step follows which, and where the order of the law was turned.

Times between two steps are working days as a limit counts them (`no_end(to) - no_start(from)`: a
rest day counts as the working day behind it), and none on one and the same day.
"""

from __future__ import annotations

from workbench import sqltext
from workbench.bottlenecks.limits import GROUPING, KNOWN, quantiles
from workbench.bottlenecks.steps import asked_rows, case_asset, step_names
from workbench.engines.base import Engine
from workbench.pack import Pack
from workbench.pack.flow import Order

_EXAMPLES = 5


def flows_query(pack: Pack) -> str:
    """`flows`: which step directly follows which, by kind (null: all); '' is start and end.

    Every case starts once and ends once; one without any recorded step goes from start to end.
    """
    return f"""WITH move AS (
  SELECT s.no, s.place AS from_place,
         COALESCE(LEAD(s.place) OVER w, 0) AS to_place,
         CASE WHEN LEAD(s.day) OVER w = s.day THEN 0
              ELSE LEAD(s.no_end) OVER w - s.no_start END AS days
  FROM work.flow_steps s
  WINDOW w AS (PARTITION BY s.no ORDER BY s.seq)
  UNION ALL
  SELECT c.no, 0, COALESCE(s.place, 0), NULL
  FROM work.flow_cases c LEFT JOIN work.flow_steps s ON s.no = c.no AND s.seq = 1
), counted AS (
  SELECT c.kind, m.from_place, m.to_place, COUNT(DISTINCT m.no) AS cases, COUNT(*) AS times,
         {quantiles("m.days", (0.5, 0.9))} AS days,
         COUNT(DISTINCT CASE WHEN c.late THEN m.no END) AS late_cases
  FROM move m JOIN work.flow_cases c ON c.no = m.no
  GROUP BY GROUPING SETS ((m.from_place, m.to_place), (m.from_place, m.to_place, c.kind))
  HAVING GROUPING(c.kind) = 1 OR c.kind IS NOT NULL
)
SELECT c.kind, f.id AS from_step, t.id AS to_step, c.cases, c.times, c.days[1] AS p50,
       c.days[2] AS p90, c.late_cases
FROM counted c
JOIN {step_names(pack)} f(place, id) ON f.place = c.from_place
JOIN {step_names(pack)} t(place, id) ON t.place = c.to_place"""


def violations_query(engine: Engine, pack: Pack) -> str:
    """`order_violations`: by rule, kind and unit (null: all), how many cases turn the order.

    `n` counts the cases in which both steps are recorded. Steps of one day are in order unless
    the hours of both are recorded and say otherwise. Examples: the most days apart first.
    """
    rules = ", ".join(_rule(pack, n, rule) for n, rule in enumerate(pack.flow.order))
    holds = " ".join(_holds(engine, pack, n, rule) for n, rule in enumerate(pack.flow.order))
    asked = f" WHERE CASE r.rule {holds} ELSE TRUE END" if holds.strip() else ""
    return f"""WITH ruled AS (
  SELECT * FROM (VALUES {rules or "(0, 0, 0, 0, NULL, NULL, NULL)"})
    r(rule, before_place, after_place, every, id, before_step, after_step)
), pair AS (
  SELECT r.rule, r.every, b.no, a.day AS after_on, DATE_DIFF('day', a.day, b.day) AS apart,
         CASE WHEN a.day < b.day THEN 1 WHEN a.day > b.day THEN 0
              WHEN CASE WHEN r.every = 1 THEN b.last_at ELSE b.at END > a.at THEN 1
              ELSE 0 END AS wrong
  FROM work.flow_steps b JOIN ruled r ON r.before_place = b.place
  JOIN work.flow_steps a ON a.no = b.no AND a.place = r.after_place
  JOIN work.flow_cases c ON c.no = b.no{asked}
), met AS (
  SELECT rule, no, after_on, MIN(wrong) AS all_wrong, MAX(wrong) AS any_wrong, MAX(apart) AS apart,
         MAX(every) AS every
  FROM pair GROUP BY rule, no, after_on
), judged AS (
  SELECT m.rule, m.no, c.case_id, c.kind, c.unit_id, MAX(m.apart) AS apart,
         MAX(CASE WHEN m.every = 1 THEN m.any_wrong ELSE m.all_wrong END) AS wrong
  FROM met m JOIN work.flow_cases c ON c.no = m.no
  GROUP BY m.rule, m.no, c.case_id, c.kind, c.unit_id
), counted AS (
  SELECT rule, kind, unit_id, COUNT(*) AS n, CAST(SUM(wrong) AS BIGINT) AS cases,
         GROUPING(kind) = 1 AND GROUPING(unit_id) = 1 AS total
  FROM judged GROUP BY {GROUPING.format(keys="rule")}
  HAVING {KNOWN}
), listed AS (
  SELECT c.rule, c.kind, c.unit_id, j.case_id,
         ROW_NUMBER() OVER (PARTITION BY c.rule, c.kind, c.unit_id
                            ORDER BY j.apart DESC, j.case_id) AS place
  FROM counted c JOIN judged j ON j.rule = c.rule AND j.wrong = 1
    AND (c.kind IS NULL OR c.kind = j.kind) AND (c.unit_id IS NULL OR c.unit_id = j.unit_id)
  WHERE c.cases > 0
), example AS (
  SELECT rule, kind, unit_id, STRING_AGG(case_id, ';' ORDER BY place) AS examples
  FROM listed WHERE place <= {_EXAMPLES} GROUP BY rule, kind, unit_id
)
SELECT r.id AS rule, r.before_step AS before, r.after_step AS after, c.kind, c.unit_id, c.n,
       c.cases, e.examples
FROM counted c
JOIN ruled r ON r.rule = c.rule
LEFT JOIN example e ON e.rule = c.rule AND e.kind IS NOT DISTINCT FROM c.kind
  AND e.unit_id IS NOT DISTINCT FROM c.unit_id
WHERE c.total OR c.cases > 0"""


def _rule(pack: Pack, number: int, rule: Order) -> str:
    before, after = (pack.flow.places.get(step, 0) for step in (rule.before, rule.after))
    ids = ", ".join(map(sqltext.literal, (rule.id, rule.before, rule.after)))
    return f"({number}, {before}, {after}, {int(rule.every)}, {ids})"


def _holds(engine: Engine, pack: Pack, number: int, rule: Order) -> str:
    """Of a rule for some cases only, a branch that says which."""
    parts = []
    if rule.kinds:
        parts.append(f"c.kind IN ({', '.join(map(sqltext.literal, rule.kinds))})")
    if rule.where:
        asset = case_asset(pack)
        rows, asked = asked_rows(engine, pack.schema.tables[asset.table], rule.where)
        case = sqltext.name(str(asset.case))
        parts.append(f"c.case_id IN (SELECT t.{case} FROM {rows} WHERE {' AND '.join(asked)})")
    return f"WHEN {number} THEN {' AND '.join(parts)}" if parts else ""
