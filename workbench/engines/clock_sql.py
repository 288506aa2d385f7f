"""A clock as one query over the facts: scope, elapsed, limit, due day and what became of it.

Working days: `elapsed = no_end(stop or as-of) - no_start(start) - excluded`; a rest day carries
the number of the next working day, so a stop on a rest day after the last lawful day is late.
Calendar days that roll: the same idea with `cd_end`. Excluded are the counted days strictly
before the stop, so that an excluded day behaves like a rest day.

Beyond the calendar's horizon a day has no number. It still has a least one, so an act that is
late whatever the unpublished holidays are is late, and only the rest cannot be told.
"""

from __future__ import annotations

from workbench import sqltext
from workbench.clocks import Clock
from workbench.parameters import Parameter

# Columns of the relation `clock_<id>`, beside subject_id and case_id.
COLUMNS = ("scope", "elapsed", "limit", "due_on", "start_on", "done_on")


def clock_query(clock: Clock, limit: Parameter, most: Parameter | None, raw: str) -> str:
    """One SELECT over `raw` (facts), `run`, `calendar` and the pack's tables.

    Gives one row per subject that the clock may concern (population not false), with
    subject_id, case_id and `COLUMNS`.
    """
    steps = [
        ("basis", _basis(clock, limit, raw)),
        ("excluded_day", _excluded_days(clock, limit)),
        ("extension", _extensions(clock, most)),
        ("limited", _limited(limit)),
        ("excluded", _excluded(limit, clock.roll)),
        ("counted", _counted(limit, clock.roll)),
        ("due", _due(limit, clock.roll)),
        ("known", _known(clock)),
    ]
    ctes = ",\n".join(f"{name} AS (\n{sql})" for name, sql in steps)
    return f"WITH {ctes}\n{_answer(clock)}"


def _basis(clock: Clock, limit: Parameter, raw: str) -> str:
    column = sqltext.name
    start, stop = f"r.{column(clock.start)}", f"r.{column(clock.stop)}"
    counts = f"{stop} <= run.as_of"
    if clock.mode != "not_before":  # an act before its start does not stop the clock
        counts += f" AND {stop} >= {start}"
    known = f"COALESCE(r.{column(clock.stop_known)}, FALSE)" if clock.stop_known else "TRUE"
    sure = f"COALESCE(r.{column(clock.allowances_known)}, FALSE)" if clock.allowances_known else (
        "TRUE")  # fmt: skip
    value = limit.sql(start, "r")
    return f"""
  SELECT r.subject_id, r.case_id, r.{column(clock.population)} AS population,
         {start} AS start_on, CASE WHEN {counts} THEN {stop} END AS stop_on,
         {known} AS stop_known, {sure} AS sure, {value} AS limit_value, run.as_of,
         COALESCE(CASE WHEN {counts} THEN {stop} END, run.as_of) AS end_on
  FROM {raw} r CROSS JOIN run
  WHERE r.{column(clock.population)} IS NULL OR r.{column(clock.population)}"""


def _excluded_days(clock: Clock, limit: Parameter) -> str:
    """Each counted day of an excluded time with a stated basis, once."""
    if clock.exclusion is None:
        return "  SELECT subject_id, as_of AS day, 0 AS day_no FROM basis WHERE FALSE"
    working = " AND c.is_working" if limit.unit == "wd" else ""
    return f"""
  SELECT DISTINCT b.subject_id, c.day, c.cd_start AS day_no
  FROM basis b
  JOIN {sqltext.name(clock.exclusion.table)} x ON x.case_id = b.case_id
    AND x.clock = {sqltext.literal(clock.exclusion.code)} AND x.basis_code IS NOT NULL
  JOIN calendar c ON c.day >= x.from_on AND c.day <= COALESCE(x.to_on, b.as_of)
    AND c.day > b.start_on{working}"""


def _extensions(clock: Clock, most: Parameter | None) -> str:
    """Days granted: approved by the right person, within the limit that they extend."""
    if clock.extension is None or most is None:
        return "  SELECT subject_id, 0 AS extra FROM basis WHERE FALSE"
    roles = ", ".join(sqltext.literal(role) for role in clock.extension.roles)
    before = "SELECT COUNT(*) FROM excluded_day e WHERE e.subject_id = b.subject_id"
    until = "e.day < x.approved_on" if most.unit == "wd" else "e.day_no < ca.cd_end"
    unit = sqltext.literal(most.unit)
    number = "ca.no_end - cs.no_start" if most.unit == "wd" else "ca.cd_end - cs.cd_start"
    return f"""
  SELECT b.subject_id, LEAST(SUM(x.extra), MAX({most.sql("b.start_on", "b")})) AS extra
  FROM basis b
  JOIN {sqltext.name(clock.extension.table)} x ON x.case_id = b.case_id
    AND x.clock = {sqltext.literal(clock.extension.code)} AND x.unit = {unit}
    AND x.approver_role IN ({roles}) AND x.approved_on >= b.start_on AND x.approved_on <= b.as_of
  JOIN calendar cs ON cs.day = b.start_on
  JOIN calendar ca ON ca.day = x.approved_on
  WHERE {number} - ({before} AND {until}) <= b.limit_value
  GROUP BY b.subject_id"""


def _limited(limit: Parameter) -> str:
    """The limit in force with what was granted; limits by date become days from the start."""
    if limit.unit in ("wd", "cd"):
        days = "b.limit_value + COALESCE(e.extra, 0)"
    else:
        days = f"DATE_DIFF('day', b.start_on, {_named_day(limit.unit)})"
    return f"""
  SELECT b.*, {days} AS days
  FROM basis b LEFT JOIN extension e ON e.subject_id = b.subject_id"""


def _named_day(unit: str) -> str:
    if unit in ("months", "years"):
        step = "MONTH" if unit == "months" else "YEAR"
        return f"CAST(b.start_on + INTERVAL (b.limit_value) {step} AS DATE)"
    this_year = "CAST(CAST(YEAR(b.start_on) AS VARCHAR) || '-' || b.limit_value AS DATE)"
    next_year = "CAST(CAST(YEAR(b.start_on) + 1 AS VARCHAR) || '-' || b.limit_value AS DATE)"
    return f"CASE WHEN {this_year} > b.start_on THEN {this_year} ELSE {next_year} END"


def _excluded(limit: Parameter, roll: bool) -> str:
    """Excluded days in all, and those before the end (before the rest days that lead to it)."""
    before = "x.day < l.end_on"
    if limit.unit != "wd" and roll:
        before = "x.day_no < COALESCE(ce.cd_end, x.day_no + 1) AND x.day < l.end_on"
    return f"""
  SELECT l.subject_id, COUNT(*) AS days, SUM(CASE WHEN {before} THEN 1 ELSE 0 END) AS until
  FROM limited l
  JOIN excluded_day x ON x.subject_id = l.subject_id
  LEFT JOIN calendar ce ON ce.day = l.end_on
  GROUP BY l.subject_id"""


def _counted(limit: Parameter, roll: bool) -> str:
    """Elapsed at the end day, exactly or at least and at most where the horizon is passed."""
    raw = "DATE_DIFF('day', l.start_on, l.end_on)"
    if limit.unit == "wd":
        exact, least, most = (
            "ce.no_end - cs.no_start",
            "CASE WHEN l.end_on > h.last_day THEN h.last_no + 1 - cs.no_start END",
            "CAST(NULL AS BIGINT)",
        )
    elif roll:
        exact = "ce.cd_end - cs.cd_start"
        least = "CASE WHEN l.end_on > h.last_day THEN h.last_working + 1 - cs.cd_start END"
        most = raw
    else:
        exact, least, most = raw, raw, raw
    return f"""
  SELECT l.*, cs.no_start, COALESCE(x.days, 0) AS excluded_days,
         {exact} - COALESCE(x.until, 0) AS exact,
         {least} - COALESCE(x.until, 0) AS at_least,
         {most} - COALESCE(x.until, 0) AS at_most
  FROM limited l
  CROSS JOIN horizon h
  LEFT JOIN calendar cs ON cs.day = l.start_on
  LEFT JOIN calendar ce ON ce.day = l.end_on
  LEFT JOIN excluded x ON x.subject_id = l.subject_id"""


def _due(limit: Parameter, roll: bool) -> str:
    """The last lawful day, or null where it lies beyond the horizon."""
    plain = "CAST(k.start_on + INTERVAL (k.days) DAY AS DATE)"
    if limit.unit == "wd":
        last = "SELECT k.subject_id, c.day AS due_on FROM counted k JOIN calendar c"
        simple = f"{last} ON c.is_working AND c.no_start = k.no_start + k.days"
        counts = "c.is_working AND c.no_start > k.no_start"
        bound = "c.no_start <= k.no_start + k.days + k.excluded_days"
    elif roll:
        simple = f"""SELECT k.subject_id, w.day AS due_on FROM counted k
  JOIN calendar c ON c.day = {plain}
  JOIN calendar w ON w.is_working AND w.no_start = c.no_end"""
        counts = "c.day > k.start_on"
        bound = "c.day <= CAST(k.start_on + INTERVAL (k.days + k.excluded_days) DAY AS DATE)"
    else:
        return f"  SELECT k.subject_id, {plain} AS due_on FROM counted k"
    roll_on = "" if limit.unit == "wd" else " AND w.no_start = d.no_end"
    target = "w.day = d.day" if limit.unit == "wd" else "w.is_working" + roll_on
    return f"""
  {simple} WHERE k.excluded_days = 0
  UNION ALL
  SELECT d.subject_id, w.day AS due_on
  FROM (
    SELECT k.subject_id, k.days, c.day, c.no_end,
           ROW_NUMBER() OVER (PARTITION BY k.subject_id ORDER BY c.day) AS place
    FROM counted k
    JOIN calendar c ON {counts} AND {bound}
    LEFT JOIN excluded_day x ON x.subject_id = k.subject_id AND x.day = c.day
    WHERE k.excluded_days > 0 AND x.day IS NULL
  ) d
  JOIN calendar w ON {target}
  WHERE d.place = d.days"""


def _known(clock: Clock) -> str:
    """Elapsed where it decides: exact, or bounded on the one side that answers."""
    elapsed = """CASE WHEN k.exact IS NOT NULL THEN k.exact
                    WHEN k.at_least > k.days THEN k.at_least
                    WHEN k.at_most <= k.days THEN k.at_most END"""
    return f"""
  SELECT k.*, d.due_on, {elapsed} AS numbered
  FROM counted k LEFT JOIN due d ON d.subject_id = k.subject_id"""


def _answer(clock: Clock) -> str:
    open_scope = (
        "'not_yet_due'"
        if clock.mode == "not_before"
        else "CASE WHEN k.numbered <= k.days THEN 'not_yet_due' ELSE 'due' END"
    )
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
