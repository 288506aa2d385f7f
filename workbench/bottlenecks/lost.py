"""At which step late cases lost their days.

The way of a case from the start of a clock to its stop (while it runs: to the as-of day) is cut at
the steps that the flow has between the two; what goes on beside (a case is closed while it waits
for its publication) is no step of that way. A clock whose steps the pack does not name is not cut.

Each step has used up so many working days of the clock, counted as the clock counts them
(`no_end(step) - no_start(start)`, less the days the clock leaves out); a piece of the way took the
difference, and the pieces of a case add up to what it used. What a late case took there beyond
the median of the cases that kept the limit is lost; a piece that no such case has is lost whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench import sqltext
from workbench.bottlenecks.limits import GROUPING, KNOWN, quantiles
from workbench.bottlenecks.steps import numbered, step_names
from workbench.clocks import Clock
from workbench.engines.clock_sql import excluded_days
from workbench.facts.clock_facts import clock_relation
from workbench.pack import Pack

_DECIMALS = 4
_LAST = 1_000_000_000  # behind every step of a case


def lost_query(pack: Pack, clocks: Sequence[Clock]) -> str:
    """`lost_days`: by clock, kind and unit (null: all), the pieces where days were lost."""
    start, of_start = numbered(pack, "r.start_on", False, "s")
    end, of_end = numbered(pack, "r.end_on", True, "e")
    return f"""WITH bound AS (
  SELECT * FROM (VALUES {_bounds(pack, clocks)}) b(clock, from_place, to_place)
), ended AS (
  SELECT r.clock, c.no, r.late, r.start_on, COALESCE(r.done_on, run.as_of) AS end_on,
         b.from_place, b.to_place
  FROM work.clock_runs r CROSS JOIN work.run run
  JOIN bound b ON b.clock = r.clock
  JOIN work.flow_cases c ON c.case_id = r.case_id
  WHERE (r.late OR r.done_on IS NOT NULL)
    AND r.clock IN (SELECT clock FROM work.clock_runs WHERE late)
), ran AS (
  SELECT r.*, ROW_NUMBER() OVER () AS run, {start} AS start_no, {end} AS end_no
  FROM ended r {of_start} {of_end}
), point AS (
  SELECT r.run, r.clock, r.no, s.place, s.day, s.seq,
         CASE WHEN s.day = r.start_on THEN 0 ELSE s.no_end - r.start_no END AS used
  FROM ran r JOIN work.flow_steps s ON s.no = r.no
    AND s.place > r.from_place AND s.place < r.to_place
    AND s.day >= r.start_on AND s.day <= r.end_on
  UNION ALL
  SELECT r.run, r.clock, r.no, r.from_place, r.start_on, 0, 0 FROM ran r
  UNION ALL
  SELECT r.run, r.clock, r.no, r.to_place, r.end_on, {_LAST},
         CASE WHEN r.end_on = r.start_on THEN 0 ELSE r.end_no - r.start_no END
  FROM ran r
), excluded AS (
  {_excluded(pack, clocks)}
), shut AS (
  SELECT p.run, p.seq, COUNT(*) AS days
  FROM point p JOIN excluded x ON x.clock = p.clock AND x.no = p.no AND x.day < p.day
  GROUP BY p.run, p.seq
), used AS (
  SELECT p.run, p.place, p.seq, p.used - COALESCE(x.days, 0) AS days
  FROM point p LEFT JOIN shut x ON x.run = p.run AND x.seq = p.seq
), piece AS (
  SELECT u.run, u.place AS from_place, LEAD(u.place) OVER w AS to_place,
         LEAD(u.days) OVER w - u.days AS days
  FROM used u WINDOW w AS (PARTITION BY u.run ORDER BY u.seq)
), summed AS (
  SELECT run, from_place, to_place, SUM(days) AS days
  FROM piece WHERE days IS NOT NULL
  GROUP BY run, from_place, to_place
), taken AS (
  SELECT r.clock, r.no, r.late, s.from_place, s.to_place, s.days
  FROM summed s JOIN ran r ON r.run = s.run
), usual AS (
  SELECT clock, from_place, to_place,
         {quantiles("days", (0.5,))}[1] AS days
  FROM taken WHERE NOT late GROUP BY clock, from_place, to_place
), lost AS (
  SELECT t.clock, t.no, c.kind, c.unit_id, t.from_place, t.to_place,
         t.days - COALESCE(m.days, 0) AS days
  FROM taken t
  JOIN work.flow_cases c ON c.no = t.no
  LEFT JOIN usual m ON m.clock = t.clock AND m.from_place = t.from_place
    AND m.to_place = t.to_place
  WHERE t.late AND t.days > COALESCE(m.days, 0)
), counted AS (
  SELECT clock, kind, unit_id, from_place, to_place, COUNT(DISTINCT no) AS cases,
         CAST(SUM(days) AS BIGINT) AS days
  FROM lost
  GROUP BY {GROUPING.format(keys="clock, from_place, to_place")}
  HAVING {KNOWN}
)
SELECT c.clock, c.kind, c.unit_id, f.id AS from_step, t.id AS to_step, c.cases, c.days,
       ROUND(CAST(c.days AS DOUBLE)
             / SUM(c.days) OVER (PARTITION BY c.clock, c.kind, c.unit_id), {_DECIMALS}) AS share
FROM counted c
JOIN {step_names(pack)} f(place, id) ON f.place = c.from_place
JOIN {step_names(pack)} t(place, id) ON t.place = c.to_place"""


def _bounds(pack: Pack, clocks: Sequence[Clock]) -> str:
    """Of each clock the places of the two steps between which it runs."""
    places, rows = pack.flow.places, ["(NULL, 0, 0)"]
    for clock in clocks:
        first, last = (places.get(s, 0) for s in pack.flow.clocks.get(clock.id, ("", "")))
        if first and last:
            rows.append(f"({sqltext.literal(clock.id)}, {first}, {last})")
    return ", ".join(rows)


_NO_DAY = (
    "SELECT CAST(NULL AS VARCHAR) AS clock, CAST(NULL AS BIGINT) AS no, "
    "CAST(NULL AS DATE) AS day WHERE FALSE"
)


def _excluded(pack: Pack, clocks: Sequence[Clock]) -> str:
    """The days that a clock leaves out of a case, each once."""
    parts = [_NO_DAY]
    for clock in clocks:
        if clock.exclusion is None or clock.id not in pack.flow.clocks:
            continue
        parts.append(
            f"SELECT {sqltext.literal(clock.id)}, c.no, x.day FROM ("
            f"WITH basis AS (SELECT k.subject_id, k.case_id, k.start_on, run.as_of "
            f"FROM {clock_relation(clock)} k CROSS JOIN work.run run) "
            f"{excluded_days(clock, pack.calendar is not None)}) x "
            f"JOIN {clock_relation(clock)} k ON k.subject_id = x.subject_id "
            "JOIN work.flow_cases c ON c.case_id = k.case_id"
        )
    return " UNION ALL ".join(parts)
