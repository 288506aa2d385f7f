"""A clock as one query over the facts: scope, elapsed, limit, due day and what became of it.

Working days: `elapsed = no_end(stop or as-of) - no_start(start) - excluded`; a rest day carries
the number of the next working day, so a stop on a rest day after the last lawful day is late.
Calendar days that roll: the days up to the last working day before the stop, and one more, so
that the rest days on which a limit ends are forgiven. Excluded are the counted days strictly
before the stop, so that an excluded day behaves like a day that does not count.

Outside the calendar a day may be a working day or a rest day. So elapsed has a least and a most;
an act is late if the least is over the limit, in time if the most is within it, and otherwise
nobody can tell. Inside the calendar the two are equal.
"""

from __future__ import annotations

from workbench import sqltext
from workbench.clocks import Clock
from workbench.engines.hours_sql import hours_steps
from workbench.parameters import Parameter

# Columns of the relation `clock_<id>`, beside subject_id and case_id.
COLUMNS = ("scope", "elapsed", "limit", "due_on", "start_on", "done_on")


def clock_query(clock: Clock, limit: Parameter, most: Parameter | None, raw: str) -> str:
    """One SELECT over `raw` (facts), `run`, `calendar` and the pack's tables.

    Gives one row per subject that the clock may concern (population not false), with
    subject_id, case_id and `COLUMNS`.
    """
    if limit.unit == "hours":
        return _query(hours_steps(clock, limit, raw), clock)
    working, excludes = limit.unit == "wd", clock.exclusion is not None
    roll = clock.roll and clock.mode != "on_date"  # a duty on a date does not move
    extends = clock.extension is not None and most is not None and most.unit == limit.unit
    extends = extends and limit.unit in ("wd", "cd")  # what is granted is days
    steps = [
        ("bounds", _BOUNDS),
        ("numbered", _NUMBERED),
        ("basis", _basis(clock, limit, most if extends else None, raw)),
        ("excluded_day", excluded_days(clock, working) if excludes else None),
        ("approval", _approvals(clock, limit) if extends else None),
        ("mark", _marks(extends)),
        ("shut", _shut(working) if excludes else None),
        ("measured", _measured(working, roll, excludes)),
        ("limited", _limited(clock, limit, extends)),
        ("shifted", _shifted(working) if excludes else None),
        ("due", _due(working, roll, excludes)),
        ("known", _KNOWN),
    ]
    return _query([(name, sql) for name, sql in steps if sql], clock)


def _query(steps: list[tuple[str, str]], clock: Clock) -> str:
    ctes = ",\n".join(f"{name} AS (\n{sql})" for name, sql in steps)
    return f"WITH {ctes}\n{_answer(clock)}"


# A pack without a calendar knows no day: the first one lies beyond all others.
_BOUNDS = """
  SELECT COALESCE(MIN(day), DATE '9999-01-01') AS first_day,
         COALESCE(MAX(day), DATE '9998-12-31') AS last_day, COALESCE(MAX(no_start), 0) AS last_no,
         MAX(CASE WHEN is_working THEN day END) AS last_work
  FROM calendar"""

# The calendar with one more day at each end: what is certain of all days beyond. `rolled_on` is
# the day after the last working day before `day`, the earliest day that rolls on to it.
_NUMBERED = """
  SELECT day, no_start, no_end, day + CAST(cd_end - cd_start AS INTEGER) AS rolled_on
  FROM calendar
  UNION ALL
  SELECT first_day - 1, 0, 0, first_day FROM bounds
  UNION ALL
  SELECT last_day + 1, last_no, last_no + 1, last_work + 1 FROM bounds"""


def _basis(clock: Clock, limit: Parameter, most: Parameter | None, raw: str) -> str:
    column = sqltext.name
    start, stop = f"r.{column(clock.start)}", f"r.{column(clock.stop)}"
    counts = f"{stop} <= run.as_of"
    if clock.mode != "not_before":  # an act before its start does not stop the clock
        counts += f" AND {stop} >= {start}"
    known = f"COALESCE(r.{column(clock.stop_known)}, FALSE)" if clock.stop_known else "TRUE"
    sure = f"COALESCE(r.{column(clock.allowances_known)}, FALSE)" if clock.allowances_known else (
        "TRUE")  # fmt: skip
    longest = most.sql(start, "r") if most else "0"  # none in force: nothing can be granted
    return f"""
  SELECT r.subject_id, r.case_id, r.{column(clock.population)} AS population,
         {start} AS start_on, CASE WHEN {counts} THEN {stop} END AS stop_on,
         {known} AS stop_known, {sure} AS sure, {limit.sql(start, "r")} AS limit_value,
         COALESCE({longest}, 0) AS longest, run.as_of,
         COALESCE(CASE WHEN {counts} THEN {stop} END, run.as_of) AS end_on
  FROM {raw} r CROSS JOIN run
  WHERE r.{column(clock.population)} IS NULL OR r.{column(clock.population)}"""


def excluded_days(clock: Clock, working: bool) -> str:
    """Each counted day of an excluded time with a stated basis, once; `no` is its number.

    Reads `basis` (subject_id, case_id, start_on, as_of).
    """
    assert clock.exclusion is not None
    told = _told(clock.exclusion.told)
    codes = ", ".join(map(sqltext.literal, clock.exclusion.codes))
    # A time that lasts until 9999-12-31 must not become millions of days.
    return f"""
  SELECT DISTINCT t.subject_id, t.first_on + CAST(t.n AS INTEGER) AS day, c.no_start AS no
  FROM (
    SELECT i.subject_id, i.first_on,
           UNNEST(RANGE(0, DATE_DIFF('day', i.first_on, i.last_on) + 1)) AS n
    FROM (
      SELECT b.subject_id, GREATEST(x.from_on, b.start_on + 1) AS first_on,
             LEAST(COALESCE(x.to_on, b.as_of), CAST(b.as_of + INTERVAL 10 YEAR AS DATE)) AS last_on
      FROM basis b
      JOIN {sqltext.name(clock.exclusion.table)} x ON x.case_id = b.case_id
        AND x.clock IN ({codes}) AND x.basis_code IS NOT NULL
        AND x.from_on IS NOT NULL AND b.start_on IS NOT NULL{told}
    ) i
    WHERE i.first_on <= i.last_on
  ) t
  LEFT JOIN calendar c ON c.day = t.first_on + CAST(t.n AS INTEGER)
  WHERE {"COALESCE(c.is_working, TRUE)" if working else "TRUE"}"""


def _approvals(clock: Clock, limit: Parameter) -> str:
    """Extensions approved by the right person after the start."""
    extension = clock.extension
    assert extension is not None
    roles = ", ".join(sqltext.literal(role) for role in extension.roles)
    return f"""
  SELECT b.subject_id, b.start_on, x.approved_on AS at_on, x.extra
  FROM basis b
  JOIN {sqltext.name(extension.table)} x ON x.case_id = b.case_id
    AND x.clock = {sqltext.literal(extension.code)} AND x.unit = {sqltext.literal(limit.unit)}
    AND x.approver_role IN ({roles}) AND x.approved_on >= b.start_on AND x.approved_on <= b.as_of
    {_told(extension.told)}"""


def _told(column: str | None) -> str:
    """Only what the party has been told of counts, where that is asked for."""
    return f" AND x.{sqltext.name(column)} <= b.as_of" if column else ""


def _marks(extends: bool) -> str:
    """The days on which it matters how much has run, each with the nearest numbered days."""
    approvals = " UNION SELECT subject_id, start_on, at_on FROM approval" if extends else ""
    return f"""
  SELECT m.*, cs.day AS start_day, cs.no_start, ce.day AS at_day, ce.no_end, ce.rolled_on,
         h.first_day, h.last_day
  FROM (
    SELECT subject_id, start_on, end_on AS at_on FROM basis WHERE start_on IS NOT NULL{approvals}
  ) m
  CROSS JOIN bounds h
  LEFT JOIN numbered cs ON cs.day = GREATEST(LEAST(m.start_on, h.last_day), h.first_day - 1)
  LEFT JOIN numbered ce ON ce.day = GREATEST(LEAST(m.at_on, h.last_day + 1), h.first_day)"""


def _shut(working: bool) -> str:
    """Excluded days before a mark: all, and those that the least elapsed is without."""
    least = "x.no IS NOT NULL" if working else "x.day < m.rolled_on"
    return f"""
  SELECT m.subject_id, m.at_on, COUNT(*) AS most, COUNT(CASE WHEN {least} THEN 1 END) AS least
  FROM mark m
  JOIN excluded_day x ON x.subject_id = m.subject_id AND x.day < m.at_on
  GROUP BY m.subject_id, m.at_on"""


def _measured(working: bool, roll: bool, excludes: bool) -> str:
    """Elapsed at each mark, at least and at most; negative before the start."""
    raw = "DATE_DIFF('day', m.start_on, m.at_on)"
    all_shut, shut = ("COALESCE(s.most, 0)", "COALESCE(s.least, 0)") if excludes else ("0", "0")
    join = "LEFT JOIN shut s ON s.subject_id = m.subject_id AND s.at_on = m.at_on"
    if working:
        least = f"m.no_end - m.no_start - {shut}"
        unknown = f"{raw} - DATE_DIFF('day', m.start_day, m.at_day)"
        most = f"m.no_end - m.no_start + {unknown} - {all_shut}"
    elif roll:
        sure = f"GREATEST(DATE_DIFF('day', m.start_on, m.rolled_on) - {shut}, 0)"
        least = f"CASE WHEN m.rolled_on <= m.first_day THEN 0 ELSE {sure} END"
        inside = "m.at_on BETWEEN m.first_day AND m.last_day + 1"
        most = f"CASE WHEN {inside} THEN {sure} ELSE {raw} - {all_shut} END"
    else:
        least = most = f"{raw} - {all_shut}"
    return f"""
  SELECT m.subject_id, m.at_on, m.start_day, m.no_start,
         CASE WHEN m.at_on < m.start_on THEN {raw} ELSE {least} END AS at_least,
         CASE WHEN m.at_on < m.start_on THEN {raw} ELSE {most} END AS at_most
  FROM mark m
  {join if excludes else ""}"""


def _limited(clock: Clock, limit: Parameter, extends: bool) -> str:
    """The limit in force with what was granted; limits by date become days from the start.

    `days_at_most` also counts what was granted perhaps in time: approved outside the calendar.
    """
    days = most = "b.limit_value"
    if limit.unit not in ("wd", "cd"):
        days = most = f"DATE_DIFF('day', b.start_on, {_named_day(limit.unit, clock.next_year)})"
    elif extends:
        surely, perhaps = (f"b.limit_value + LEAST(COALESCE(e.{extra}, 0), b.longest)"
                           for extra in ("surely", "perhaps"))  # fmt: skip
        days, most = f"CASE WHEN m.at_least > {perhaps} THEN {perhaps} ELSE {surely} END", perhaps
    return f"""
  SELECT b.*, m.start_day, m.no_start, m.at_least, m.at_most, {days} AS days,
         {most} AS days_at_most
  FROM basis b
  LEFT JOIN measured m ON m.subject_id = b.subject_id AND m.at_on = b.end_on
  {_GRANTED if extends else ""}"""


# What was approved within the limit that it extends: surely, and surely or perhaps.
_GRANTED = """LEFT JOIN (
    SELECT a.subject_id, SUM(a.extra) AS perhaps,
           SUM(CASE WHEN g.at_most <= o.limit_value THEN a.extra ELSE 0 END) AS surely
    FROM approval a
    JOIN basis o ON o.subject_id = a.subject_id
    JOIN measured g ON g.subject_id = a.subject_id AND g.at_on = a.at_on
    WHERE g.at_least <= o.limit_value
    GROUP BY a.subject_id
  ) e ON e.subject_id = b.subject_id"""


def _named_day(unit: str, next_year: bool) -> str:
    if unit in ("months", "years"):
        step = "MONTH" if unit == "months" else "YEAR"
        return f"CAST(b.start_on + INTERVAL (b.limit_value) {step} AS DATE)"
    this_year = "CAST(CAST(YEAR(b.start_on) AS VARCHAR) || '-' || b.limit_value AS DATE)"
    year_after = "CAST(CAST(YEAR(b.start_on) + 1 AS VARCHAR) || '-' || b.limit_value AS DATE)"
    if next_year:
        return year_after
    return f"CASE WHEN {this_year} > b.start_on THEN {this_year} ELSE {year_after} END"


def _shifted(working: bool) -> str:
    """By how many days the excluded ones move the last lawful day: those with room before them."""
    place = "x.no - l.no_start" if working else "DATE_DIFF('day', l.start_on, x.day)"
    return f"""
  SELECT p.subject_id, COUNT(*) AS days
  FROM (
    SELECT l.subject_id, l.days,
           {place} - ROW_NUMBER() OVER (PARTITION BY l.subject_id ORDER BY x.day) AS counted_before
    FROM limited l JOIN excluded_day x ON x.subject_id = l.subject_id
  ) p
  WHERE p.counted_before < p.days
  GROUP BY p.subject_id"""


def _due(working: bool, roll: bool, excludes: bool) -> str:
    """The last lawful day, or null where it depends on a day outside the calendar."""
    moved, rows = "CAST(l.days AS INTEGER)", "limited l"
    if excludes:
        moved = "CAST(l.days + COALESCE(s.days, 0) AS INTEGER)"
        rows += " LEFT JOIN shifted s ON s.subject_id = l.subject_id"
    if working:
        return f"""
  SELECT l.subject_id, c.day AS due_on
  FROM {rows}
  JOIN calendar c ON c.is_working AND c.no_start = l.no_start + {moved}
  WHERE l.start_day <= l.start_on"""
    if not roll:
        return f"  SELECT l.subject_id, l.start_on + {moved} AS due_on FROM {rows}"
    return f"""
  SELECT l.subject_id, w.day AS due_on
  FROM {rows}
  JOIN calendar c ON c.day = l.start_on + {moved}
  JOIN calendar w ON w.is_working AND w.no_start = c.no_end"""


# Elapsed where it decides: the bound that answers. They are equal unless the calendar ends.
_KNOWN = """
  SELECT l.*, d.due_on,
         CASE WHEN l.at_least > l.days_at_most THEN l.at_least
              WHEN l.at_most <= l.days THEN l.at_most END AS numbered
  FROM limited l LEFT JOIN due d ON d.subject_id = l.subject_id"""


def _answer(clock: Clock) -> str:
    open_scope = "CASE WHEN k.numbered <= k.days THEN 'not_yet_due' ELSE 'due' END"
    if clock.mode == "not_before":  # an act that no source can deliver may have come too early
        open_scope = "CASE WHEN k.stop_known THEN 'not_yet_due' ELSE 'due' END"
    # Late without knowing whether more time was granted: nobody can tell.
    doubtful = "NOT k.sure AND k.numbered > k.days"
    return f"""SELECT k.subject_id, k.case_id,
       CASE WHEN k.start_on IS NOT NULL AND k.limit_value IS NULL THEN 'not_applicable'
            WHEN k.population IS NULL OR k.start_on IS NULL THEN 'due'
            WHEN k.start_on > k.as_of THEN 'not_yet_due'
            WHEN k.stop_on IS NOT NULL THEN 'due'
            ELSE {open_scope} END AS scope,
       CASE WHEN k.population IS NULL OR k.start_on IS NULL THEN NULL
            WHEN k.stop_on IS NULL AND NOT k.stop_known THEN NULL
            WHEN {doubtful} THEN NULL
            ELSE CAST(k.numbered AS BIGINT) END AS elapsed,
       CAST(k.days AS BIGINT) AS "limit", k.due_on, k.start_on, k.stop_on AS done_on
FROM known k"""
