"""A clock in hours: from moment to moment, no calendar, nothing rolls, nothing is excluded.

Elapsed counts the hours begun: exactly n hours are n, a microsecond more is n + 1. So
`elapsed <= n` is exactly `stop <= start + n hours`. What has not happened yet is measured to the
end of the as-of day; the due day is the date on which the last lawful moment falls.
"""

from __future__ import annotations

from workbench import sqltext
from workbench.clocks import Clock
from workbench.parameters import Parameter

_HOUR = 3_600_000_000  # microseconds, of which a moment is made


def hours_steps(clock: Clock, limit: Parameter, raw: str) -> list[tuple[str, str]]:
    """The named steps over `raw` and `run` that end in `known`, as `clock_sql` answers from it.

    >>> [name for name, _ in hours_steps(clock, limit, "work.raw")]   # doctest: +SKIP
    ['basis', 'measured', 'known']
    """
    return [("basis", _basis(clock, limit, raw)), ("measured", _MEASURED), ("known", _KNOWN)]


def _basis(clock: Clock, limit: Parameter, raw: str) -> str:
    column = sqltext.name
    start, stop = (f"CAST(r.{column(fact)} AS TIMESTAMP)" for fact in (clock.start, clock.stop))
    counts = f"CAST({stop} AS DATE) <= run.as_of"
    if clock.mode != "not_before":  # an act before its start does not stop the clock
        counts += f" AND {stop} >= {start}"
    known, sure = (f"COALESCE(r.{column(fact)}, FALSE)" if fact else "TRUE"
                   for fact in (clock.stop_known, clock.allowances_known))  # fmt: skip
    # The law of the whole day: a value in force to a day is in force to its last moment.
    value = limit.sql(f"CAST({start} AS DATE)", "r")
    return f"""
  SELECT r.subject_id, r.case_id, r.{column(clock.population)} AS population,
         {start} AS start_at, CASE WHEN {counts} THEN {stop} END AS stop_at,
         {known} AS stop_known, {sure} AS sure, {value} AS limit_value, run.as_of,
         COALESCE(CASE WHEN {counts} THEN {stop} END,
                  CAST(run.as_of + 1 AS TIMESTAMP)) AS end_at
  FROM {raw} r CROSS JOIN run
  WHERE r.{column(clock.population)} IS NULL OR r.{column(clock.population)}"""


_MEASURED = """
  SELECT b.*, DATE_DIFF('microsecond', b.start_at, b.end_at) AS ran
  FROM basis b"""

# Whole hours towards the later one. `//` cuts towards zero, which is that for a stop that comes
# before the start.
_KNOWN = f"""
  SELECT m.*, CAST(m.start_at AS DATE) AS start_on, CAST(m.stop_at AS DATE) AS stop_on,
         m.limit_value AS days,
         CAST(m.start_at + INTERVAL (m.limit_value) HOUR AS DATE) AS due_on,
         CASE WHEN m.limit_value IS NULL THEN NULL  -- no duty on that day: nothing ran
              WHEN m.ran > 0 THEN (m.ran - 1) // {_HOUR} + 1 ELSE m.ran // {_HOUR} END AS numbered
  FROM measured m"""
