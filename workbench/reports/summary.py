"""What a supervisor needs to know first: one small structure, and the same as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workbench import sqltext
from workbench.reports.results import Results
from workbench.reports.signals import Signals, signals_of
from workbench.weak_links import MINIMUM_DECIDED

SOON_DAYS = 7
WORST_CASES = 10
WORST_LINKS = 8
# Of a cell `w` of weak_links: of how many nothing can be told, to stand beside its rate.
UNDECIDED = """(SELECT CAST(COALESCE(SUM(t.cannot_tell), 0) AS BIGINT) FROM work.tallies t
               WHERE t.check_id = w.check_id AND t.unit_id = w.unit_id) AS cannot_tell"""


@dataclass(frozen=True)
class SystemRate:
    """How far one system is kept: the headline check with its denominator."""

    id: str
    title: dict[str, str]
    check: str
    passed: int
    failed: int
    cannot_tell: int
    not_yet_due: int
    untested: bool

    @property
    def decided(self) -> int:
        """The denominator: passed and failed."""
        return self.passed + self.failed

    @property
    def rate(self) -> float | None:
        """Share of decided subjects that passed; None where nothing is decided."""
        return self.passed / self.decided if self.decided else None

    @property
    def undecided_share(self) -> float | None:
        """Share of those in scope and due of which nothing can be told."""
        due = self.decided + self.cannot_tell
        return self.cannot_tell / due if due else None


@dataclass(frozen=True)
class Summary:
    """The first page: counts, systems, worst cases, deadlines, units, what is missing.

    `signals` are what chance does not explain; `worst_links` the highest rates as counts alone.
    """

    title: dict[str, str]
    as_of: date
    period: tuple[str, str]
    cases: int
    read: int
    refused: int
    outside: int
    systems: list[SystemRate]
    worst_cases: list[dict[str, Any]]
    due_soon: list[dict[str, Any]]
    due_soon_count: int
    overdue_count: int
    signals: Signals
    worst_links: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    untested: dict[str, list[str]]
    unscored: dict[str, int]
    unit_names: dict[str, str] = field(default_factory=dict)


def summarise(results: Results) -> Summary:
    """Ask the relations of a run for its first page."""
    manifest = results.manifest
    rows = manifest["rows"].values()
    tallies = _tallies(results)
    soon = (
        f"FROM work.deadlines WHERE state = 'open' AND days_left BETWEEN 0 AND {SOON_DAYS} "
        "ORDER BY due_on, clock, subject_id"
    )
    counts = results.records(
        f"SELECT COUNT(*) FILTER (state = 'open' AND days_left BETWEEN 0 AND {SOON_DAYS}) AS soon,"
        " COUNT(*) FILTER (state = 'overdue') AS overdue FROM work.deadlines",
        "deadline counts",
    )[0]
    return Summary(
        title=manifest["pack"]["title"],
        as_of=date.fromisoformat(manifest["as_of"]),
        period=(manifest["period"][0], manifest["period"][1]),
        cases=manifest["assets"][results.case_asset],
        read=sum(r["read"] for r in rows),
        refused=sum(r["refused"] for r in rows),
        outside=manifest["outside_period"],
        systems=[_system(results, s, tallies) for s in results.checks["systems"]],
        worst_cases=_worst_cases(results),
        due_soon=results.records(f"SELECT * {soon} LIMIT 50", "due soon"),
        due_soon_count=int(counts["soon"]),
        overdue_count=int(counts["overdue"]),
        signals=signals_of(results),
        worst_links=results.records(
            f"FROM (SELECT w.*, {UNDECIDED} FROM work.weak_links w) "
            f"WHERE family = 'unit' AND n >= {MINIMUM_DECIDED} AND n >= cannot_tell AND failed > 0 "
            f"ORDER BY low DESC, failed DESC, check_id, unit_id LIMIT {WORST_LINKS}",
            "worst links",
        ),
        checks=[{"check_id": c, **tallies[c]} for c in results.checks["checks"] if c in tallies],
        untested=dict(manifest["untested"]),
        unscored=dict(manifest["unscored"]),
        unit_names=results.unit_names,
    )


def _tallies(results: Results) -> dict[str, dict[str, int]]:
    names = ("passed", "failed", "not_applicable", "cannot_tell", "not_yet_due")
    sums = ", ".join(f"CAST(SUM({n}) AS BIGINT) AS {n}" for n in names)
    rows = results.records(f"SELECT check_id, {sums} FROM work.tallies GROUP BY 1", "tallies")
    return {row.pop("check_id"): row for row in rows}


def _system(
    results: Results, entry: dict[str, Any], tallies: dict[str, dict[str, int]]
) -> SystemRate:
    check = entry["headline"]
    counts = tallies.get(check, {})
    return SystemRate(
        id=entry["id"],
        title=entry["title"],
        check=check,
        passed=counts.get("passed", 0),
        failed=counts.get("failed", 0),
        cannot_tell=counts.get("cannot_tell", 0),
        not_yet_due=counts.get("not_yet_due", 0),
        untested=check in results.manifest["untested"],
    )


def _worst_cases(results: Results) -> list[dict[str, Any]]:
    """Cases with the most serious problems: vetoes first, then major, then minor ones."""
    checks = results.checks["checks"]
    facts = sqltext.name(f"facts_{results.case_asset}")
    values = ", ".join(f"('{c}', '{checks[c]['grade']}')" for c in checks) or "(NULL, NULL)"
    grade = "CASE WHEN g.grade = 'veto' THEN 'major' ELSE g.grade END"
    counts = ", ".join(
        f"COUNT(*) FILTER (NOT f.veto_candidate AND {grade} = '{name}') AS {name}"
        for name in ("major", "minor", "advisory")
    )
    return results.records(
        f"""SELECT f.case_id, COUNT(*) FILTER (f.veto_candidate) AS veto, {counts},
               STRING_AGG(f.check_id, ';' ORDER BY f.check_id) AS checks,
               ANY_VALUE(c.unit_id) AS unit_id, ANY_VALUE(c.kind) AS kind,
               ANY_VALUE(s.auto_points) AS auto_points,
               ANY_VALUE(s.auto_attainable) AS auto_attainable,
               ANY_VALUE(s.auto_maximum) AS auto_maximum,
               ANY_VALUE(s.veto_candidates) AS veto_candidates
        FROM work.findings f
        JOIN (VALUES {values}) g(check_id, grade) ON g.check_id = f.check_id
        JOIN work.{facts} c ON c.subject_id = f.case_id
        LEFT JOIN work.scores s ON s.case_id = f.case_id
        WHERE f.case_id IS NOT NULL
        GROUP BY f.case_id
        ORDER BY veto DESC, major DESC, minor DESC, advisory DESC, f.case_id
        LIMIT {WORST_CASES}""",
        "worst cases",
    )
