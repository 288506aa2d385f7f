"""The numbers behind the report, asked once and free of any language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workbench import sqltext
from workbench.reports.finding_words import clock_of, limit_states
from workbench.reports.results import Results
from workbench.reports.summary import SOON_DAYS, UNDECIDED, Summary, summarise
from workbench.statistics import clopper_pearson_arrays
from workbench.weak_links import MINIMUM_DECIDED

SOON_ROWS = 30
OVERDUE_ROWS = 15
LOAD_ROWS = 25
PANELS = 6
PANEL_UNITS = 24
TREND_MONTHS = 72
_OUTCOMES = ("passed", "failed", "cannot_tell", "not_yet_due", "not_applicable")
_STATES = ("open", "overdue", "late", "met", "unknown")
Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Month:
    """One month of a check: how many were decided, and whether limits are still open."""

    month: str
    passed: int
    decided: int
    cannot_tell: int
    open: int
    low: float
    high: float

    @property
    def rate(self) -> float | None:
        """Share of the decided that passed."""
        return self.passed / self.decided if self.decided else None

    @property
    def few(self) -> bool:
        """Too few decided to say anything."""
        return self.decided < MINIMUM_DECIDED


@dataclass(frozen=True)
class ReportData:
    """Everything the report shows, as numbers and ids."""

    summary: Summary
    organs: list[str]
    outcomes: dict[str, dict[str, int]]
    totals: dict[str, int]
    failures: dict[str, Records]
    clocks: Records
    due_soon: Records
    overdue: Records
    months: dict[str, list[Month]]
    undated: dict[str, int]
    units: dict[str, Records]
    too_few: dict[str, Records]
    gaps: dict[str, Records]
    gap_organs: dict[str, Records]
    load: Records
    load_reasons: int


def gather(results: Results) -> ReportData:
    """Ask the relations of a run for everything the report shows."""
    summary = summarise(results)
    months, undated = _months(results, [s.check for s in summary.systems])
    load, reasons = _load(results)
    return ReportData(
        summary=summary,
        organs=_organs(results),
        outcomes={row["check_id"]: row for row in summary.checks},
        totals=_totals(results),
        failures=_failures(results, [case["case_id"] for case in summary.worst_cases]),
        clocks=_clocks(results),
        due_soon=_deadlines(
            results, f"state = 'open' AND days_left BETWEEN 0 AND {SOON_DAYS}", SOON_ROWS
        ),
        overdue=_deadlines(results, "state = 'overdue'", OVERDUE_ROWS),
        months=months,
        undated=undated,
        units=_links(results, f"n >= {MINIMUM_DECIDED}"),
        too_few=_links(results, f"n < {MINIMUM_DECIDED}"),
        gaps=_by_check(results.records(
            'SELECT DISTINCT check_id, "table", "column", reason FROM work.gaps ORDER BY ALL',
            "gaps")),
        gap_organs=_by_check(results.records(
            "SELECT check_id, organ_id, MAX(subjects) AS subjects FROM work.gaps GROUP BY ALL "
            "ORDER BY check_id, subjects DESC, organ_id", "gap organs")),
        load=load,
        load_reasons=reasons,
    )  # fmt: skip


def _organs(results: Results) -> list[str]:
    """The names of the organs whose cases these are, in the order of their ids."""
    facts, names = sqltext.name(f"facts_{results.case_asset}"), results.organ_names
    rows = results.engine.rows(
        f"SELECT DISTINCT organ_id FROM work.{facts} WHERE organ_id IS NOT NULL ORDER BY 1",
        "organs",
    )
    return [names[organ] for (organ,) in rows if organ in names]


def _by_check(rows: Records) -> dict[str, Records]:
    grouped: dict[str, Records] = {}
    for row in rows:
        grouped.setdefault(row["check_id"], []).append(row)
    return grouped


def _totals(results: Results) -> dict[str, int]:
    found = results.records(
        "SELECT COUNT(*) AS findings, COUNT(DISTINCT case_id) AS cases, "
        "COUNT(*) FILTER (veto_candidate) AS vetoes FROM work.findings",
        "totals",
    )[0]
    sums = ", ".join(f"CAST(COALESCE(SUM({name}), 0) AS BIGINT) AS {name}" for name in _OUTCOMES)
    return {**found, **results.records(f"SELECT {sums} FROM work.tallies", "totals")[0]}


def _failures(results: Results, cases: list[str]) -> dict[str, Records]:
    """What failed in these cases, the most serious first, each with the state of its limit."""
    grades = ("veto", "major", "minor", "advisory")
    place = {check: grades.index(c["grade"]) for check, c in results.checks["checks"].items()}
    wanted = ", ".join(sqltext.literal(case) for case in cases) or "NULL"
    rows = results.records(
        "SELECT case_id, subject_id, check_id, observed, expected, due_on, evidence, "
        f"veto_candidate FROM work.findings WHERE case_id IN ({wanted}) ORDER BY ALL",
        "failures of the worst cases",
    )
    states = limit_states(results, cases)
    found: dict[str, Records] = {case: [] for case in cases}
    for row in sorted(rows, key=lambda r: (not r["veto_candidate"], place[r["check_id"]])):
        state = states.get((clock_of(results, row["check_id"]), row["subject_id"]))
        found[row["case_id"]].append(row | {"state": state})
    return found


def _clocks(results: Results) -> Records:
    states = ", ".join(f"COUNT(*) FILTER (state = '{state}') AS {state}" for state in _STATES)
    return results.records(
        f'SELECT clock, {states}, COUNT(*) AS "all", '
        "MAX(-days_left) FILTER (state = 'overdue') AS longest FROM work.deadlines "
        "GROUP BY 1 ORDER BY overdue DESC, clock",
        "clocks",
    )


def _deadlines(results: Results, which: str, limit: int) -> Records:
    """The first rows, the day that is due first on top, with the unit of each subject."""
    assets = " UNION ALL ".join(
        f"SELECT {sqltext.literal(asset)} AS asset, subject_id, unit_id "
        f"FROM work.{sqltext.name('facts_' + asset)}"
        for asset in results.manifest["assets"]
    )
    clocks = ", ".join(
        f"({sqltext.literal(clock)}, {sqltext.literal(about['asset'])})"
        for clock, about in results.checks["clocks"].items()
    )
    return results.records(
        f"""WITH first AS (FROM work.deadlines WHERE {which}
                           ORDER BY due_on, clock, subject_id LIMIT {limit})
        SELECT d.*, s.unit_id FROM first d
        LEFT JOIN (VALUES {clocks or "(NULL, NULL)"}) k(clock, asset) ON k.clock = d.clock
        LEFT JOIN ({assets}) s ON s.asset = k.asset AND s.subject_id = d.subject_id
        ORDER BY d.due_on, d.clock, d.subject_id""",
        "deadlines",
    )


def _months(results: Results, checks: list[str]) -> tuple[dict[str, list[Month]], dict[str, int]]:
    """The months of each check without a hole between the first and the last."""
    wanted = ", ".join(sqltext.literal(check) for check in checks) or "NULL"
    sums = ", ".join(f"CAST(SUM({n}) AS BIGINT) AS {n}" for n in _OUTCOMES)
    rows = results.records(
        f"SELECT check_id, month, {sums} FROM work.tallies WHERE check_id IN ({wanted}) "
        "GROUP BY 1, 2 ORDER BY 1, 2",
        "months",
    )
    months: dict[str, list[Month]] = {}
    undated: dict[str, int] = {}
    for check, its in _by_check(rows).items():
        known = {row["month"]: row for row in its if row["month"] and _in_scope(row)}
        months[check] = month_series(list(known.values()))
        undated[check] = sum(_in_scope(row) for row in its if not row["month"])
    return months, undated


def _in_scope(row: dict[str, Any]) -> int:
    return int(row["passed"] + row["failed"] + row["cannot_tell"] + row["not_yet_due"])


def month_series(given: Records) -> list[Month]:
    """Months (with their five counts) in a row, those between the first and the last filled in."""
    known = {row["month"]: row for row in given}
    names = list(from_to(min(known), max(known))) if known else []
    empty = dict.fromkeys(_OUTCOMES, 0)
    rows = [known.get(name, empty) for name in names]
    passed = [row["passed"] for row in rows]
    decided = [row["passed"] + row["failed"] for row in rows]
    low, high = clopper_pearson_arrays(passed, decided) if rows else ((), ())
    return [
        Month(name, p, n, row["cannot_tell"], row["not_yet_due"], float(a), float(b))
        for name, row, p, n, a, b in zip(names, rows, passed, decided, low, high, strict=True)
    ]


def from_to(first: str, last: str) -> Iterable[str]:
    """Months `YYYY-MM` from the first to the last.

    >>> list(from_to("2025-11", "2026-01"))
    ['2025-11', '2025-12', '2026-01']
    """
    start, end = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (first, last))
    return (f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(start, end + 1))


def _links(results: Results, which: str) -> dict[str, Records]:
    """Unit x check cells in the order of the units' ids, never by rate."""
    return _by_check(results.records(
        f"SELECT w.*, {UNDECIDED} FROM work.weak_links w WHERE family = 'unit' AND {which} "
        "ORDER BY check_id, unit_id",
        "units"))  # fmt: skip


def _load(results: Results) -> tuple[Records, int]:
    """Reasons of the load report with their counts and the first row of each."""
    rows = results.records(
        """SELECT *, SUM(COALESCE("count", 1)) OVER every AS total
           FROM work.load_report
           WINDOW every AS (PARTITION BY table_name, action, reason_code, "column")
           QUALIFY ROW_NUMBER() OVER (
             PARTITION BY table_name, action, reason_code, "column"
             ORDER BY file, "row" NULLS FIRST, detail) = 1
           ORDER BY action = 'refused' DESC, action = 'unreadable' DESC, total DESC,
                    table_name, reason_code, "column" """,
        "load report",
    )
    return rows[:LOAD_ROWS], len(rows)
