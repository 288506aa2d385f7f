"""A clock over rows: many rows of a subject folded into one answer, that of the worst row.

Any row failed: failed; else any unknown: nobody can tell; else any not due yet: not due yet; else
passed. A subject without a row that the clock concerns is not concerned.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench import sqltext
from workbench.clocks import Clock


def rows_query(text: str, columns: Iterable[str], kernel: Iterable[str]) -> str:
    """The rows of a rows file with the kernel columns of their subjects; `row_id` tells them apart.

    A row of a subject that is not looked at is none. A column that the file gives itself wins
    over the kernel's of that name.
    """
    own = list(columns)
    listed = ["CAST(q.row_id AS VARCHAR) AS row_id", "q.subject_id"]
    listed += [f"q.{sqltext.name(name)}" for name in own if name not in ("row_id", "subject_id")]
    listed += [f"s.{name}" for name in kernel if name not in (*own, "subject_id")]
    return (
        f"SELECT {', '.join(listed)} FROM (\n{text}\n) q "
        "JOIN subjects s ON s.subject_id = q.subject_id"
    )


def fold_query(clock: Clock, answers: str, rows: str) -> str:
    """One row per subject from `answers`, the clock's query over rows keyed by `row_id`.

    Beside the columns of a clock it gives `count` and `evidence`.
    """
    if clock.mode == "not_before":
        failed, overrun = 'a.elapsed <= a."limit"', 'a."limit" - a.elapsed'
    else:
        failed, overrun = 'a.elapsed > a."limit"', 'a.elapsed - a."limit"'
    return f"""WITH told AS (
  SELECT r.subject_id, r.row_id, a.case_id, a.scope, a.elapsed, a."limit", a.due_on, a.start_on,
         a.done_on, {overrun} AS overrun,
         CASE WHEN a.scope = 'not_yet_due' THEN 3
              WHEN a.elapsed IS NULL OR a."limit" IS NULL THEN 2
              WHEN {failed} THEN 1 ELSE 4 END AS state
  FROM {answers} a JOIN {rows} r ON r.row_id = a.subject_id
  WHERE a.scope <> 'not_applicable'
), placed AS (
  SELECT t.*,
         ROW_NUMBER() OVER (PARTITION BY t.subject_id
                            ORDER BY t.state, t.overrun DESC NULLS LAST, t.due_on NULLS LAST,
                                     t.row_id) AS place
  FROM told t
), failed AS (
  SELECT t.subject_id, COUNT(*) AS number, STRING_AGG(t.row_id, ';' ORDER BY t.row_id) AS ids
  FROM told t WHERE t.state = 1 GROUP BY t.subject_id
)
SELECT p.subject_id, p.case_id, p.scope, p.elapsed, p."limit", p.due_on, p.start_on, p.done_on,
       CAST(COALESCE(f.number, 0) AS BIGINT) AS count, f.ids AS evidence
FROM placed p LEFT JOIN failed f ON f.subject_id = p.subject_id
WHERE p.place = 1"""
