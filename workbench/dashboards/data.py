"""One stored run, prepared for questions: what can be chosen, and the numbers of each view.

A run is opened once per viewer. What every view asks is counted beforehand into small tables in
memory (by organ, unit, kind and month); lists are read from the run's own files, page by page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from workbench import sqltext
from workbench.dashboards.state import NO_UNIT, Known, State
from workbench.dashboards.topics import folded_topics
from workbench.display import Language
from workbench.engines.duckdb import DuckDBEngine
from workbench.privacy import Role, mask_row
from workbench.reports.finding_words import clock_of
from workbench.reports.report_data import Month, month_series
from workbench.reports.results import Results
from workbench.reports.summary import SOON_DAYS
from workbench.saving import open_results
from workbench.terms import Outcome

COUNTS = tuple(outcome.name for outcome in Outcome)
ROWS = 20  # of a list on one page
MOST_KEPT = 200  # answers to small questions that are kept
_KERNEL = ("organ_id", "unit_id", "kind", "period_on")
Records = list[dict[str, Any]]
_DUE = {
    "soon": f"state = 'open' AND days_left BETWEEN 0 AND {SOON_DAYS}",
    "open": f"state = 'open' AND days_left > {SOON_DAYS}",
    "overdue": "state = 'overdue'",
}
# The day that is due first stands on top; of what is overdue, what has waited longest.
_DUE_ORDER = "due_on, clock, subject_id"


@dataclass(frozen=True)
class RunData:
    """A run folder and the tables made of it. All ids in questions are quoted, none is trusted."""

    results: Results
    folder: Path
    role: Role
    _asked: dict[str, Records] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, folder: Path, role: Role = Role.leadership) -> RunData:
        """Open a run folder; the connection can read that folder and nothing else."""
        results, path = open_results(folder)
        data = cls(results, path, role)
        data._prepare()
        data._engine.lock(path)
        return data

    @property
    def _engine(self) -> DuckDBEngine:
        assert isinstance(self.results.engine, DuckDBEngine)  # a stored run is read by DuckDB
        return self.results.engine

    def close(self) -> None:
        """Give its memory back."""
        self._engine.close()

    def _prepare(self) -> None:
        run = self.results.engine.run
        month = "STRFTIME(period_on, '%Y-%m') AS month"
        unit = f"COALESCE(unit_id, '{NO_UNIT}') AS unit_id"
        run(f"CREATE TABLE counts AS SELECT asset, check_id, organ_id, {unit}, kind, month, "
            f"{', '.join(COUNTS)} FROM work.tallies", "counts")  # fmt: skip
        run(f"""CREATE TABLE cases AS
            SELECT organ_id, {unit}, kind, {month}, COUNT(*) AS cases,
                   COUNT(*) FILTER (case_id IN (SELECT case_id FROM work.findings)) AS affected,
                   COUNT(*) FILTER (case_id IN (SELECT case_id FROM work.findings
                                                WHERE veto_candidate)) AS vetoes
            FROM work.facts_{self.case_asset} GROUP BY ALL""", "cases")  # fmt: skip
        # The few that still run, before anything is looked up for them.
        run("CREATE TABLE due AS FROM work.deadlines WHERE state IN ('open', 'overdue')", "due")
        running = " UNION ALL ".join(self._running(asset) for asset in self.assets)
        run(f"CREATE TABLE running AS {running}", "running deadlines")
        run("DROP TABLE due", "due")

    def _running(self, asset: str) -> str:
        """The deadlines of an asset that still run or ran out, with what they are filtered by."""
        about = self.results.checks["clocks"]
        own = [sqltext.literal(clock) for clock in about if about[clock]["asset"] == asset]
        return f"""SELECT d.*, {sqltext.literal(asset)} AS asset, f.organ_id,
                COALESCE(f.unit_id, '{NO_UNIT}') AS unit_id, f.kind,
                STRFTIME(f.period_on, '%Y-%m') AS month
            FROM due d JOIN work.{sqltext.name("facts_" + asset)} f ON f.subject_id = d.subject_id
            WHERE d.clock IN ({", ".join(own) or "NULL"})"""

    # What there is

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest of the run."""
        return self.results.manifest

    @property
    def run_id(self) -> str:
        """The id of the run, which is the name of its folder."""
        return str(self.manifest["run_id"])

    @property
    def language(self) -> Language:
        """The language of the pack."""
        return "en" if self.manifest["pack"]["language"] == "en" else "zh"

    @cached_property
    def checks(self) -> Mapping[str, Any]:
        """What people read about each check."""
        found: Mapping[str, Any] = self.results.checks["checks"]
        return found

    @property
    def assets(self) -> list[str]:
        """The assets of the run."""
        return list(self.manifest["assets"])

    @cached_property
    def case_asset(self) -> str:
        """The asset whose subjects are the cases."""
        return self.results.case_asset

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """What people call units."""
        return self.results.unit_names

    @cached_property
    def organ_names(self) -> dict[str, str]:
        """What people call organs."""
        return self.results.organ_names

    @cached_property
    def unreadable(self) -> int:
        """Values that were written and could not be read."""
        query = ("SELECT COALESCE(SUM(COALESCE(\"count\", 1)), 0) FROM work.load_report "
                 "WHERE action = 'unreadable'")  # fmt: skip
        return int(self.results.engine.rows(query, "unreadable")[0][0])

    @cached_property
    def known(self) -> Known:
        """What can be chosen in this run."""

        def distinct(column: str) -> list[str]:
            both = f"SELECT {column} FROM counts UNION ALL SELECT {column} FROM cases"
            query = f"SELECT DISTINCT {column} FROM ({both}) WHERE {column} IS NOT NULL ORDER BY 1"
            return [row[0] for row in self.results.engine.rows(query, column)]

        both = "SELECT organ_id, unit_id FROM counts UNION SELECT organ_id, unit_id FROM cases"
        units = self.results.engine.rows(
            f"SELECT unit_id, LIST(DISTINCT organ_id) FROM ({both}) GROUP BY 1 ORDER BY 1", "units"
        )
        # Other assets have no kind; that the cases have one is what the filter asks.
        organs, kinds = self.results.engine.rows(
            "SELECT COUNT(*) - COUNT(organ_id), COUNT(*) - COUNT(kind) FROM cases", "empty columns"
        )[0]
        return Known(
            units={unit: frozenset(its) for unit, its in units},
            gaps=[c for c, n in (("organ", organs), ("kind", kinds)) if n],
            organs=distinct("organ_id"),
            kinds=distinct("kind"),
            months=_months([m for m in distinct("month") if m <= self.manifest["as_of"][:7]]),
            checks=set(self.checks),
            topics=folded_topics(self.results.checks),
        )

    # The numbers of the first view

    def totals(self, state: State) -> dict[str, int]:
        """Cases, cases with findings, findings, veto candidates, what is due soon and overdue."""
        cases = self._one(
            "SELECT SUM(cases) AS cases, SUM(affected) AS affected, SUM(vetoes) AS vetoes "
            f"FROM cases WHERE {where(state)}"
        )
        found = self._one(
            "SELECT SUM(failed) AS findings, SUM(cannot_tell) AS cannot_tell, "
            f"SUM(failed) FILTER (asset = {sqltext.literal(self.case_asset)}) AS of_cases, "
            f"SUM(passed + failed) AS decided FROM counts WHERE {where(state)}"
        )
        its = ", ".join(f"COUNT(*) FILTER ({test}) AS {name}" for name, test in _DUE.items())
        due = self._one(f"SELECT {its} FROM running WHERE {where(at_any_time(state))}")
        return {**cases, **found, **due}

    def by_check(self, state: State) -> dict[str, dict[str, int]]:
        """The five counts of every check under the filters; untested checks are not there."""
        rows = self._ask(
            f"SELECT check_id, {_sums()} FROM counts WHERE {where(state)} GROUP BY 1", "by check"
        )
        return {row.pop("check_id"): row for row in rows}

    def by_unit(self, state: State) -> dict[tuple[str, str], dict[str, int]]:
        """The five counts of every (check, unit)."""
        rows = self._ask(
            f"SELECT check_id, unit_id, {_sums()} FROM counts WHERE {where(state)} GROUP BY 1, 2",
            "by unit",
        )
        return {(row.pop("check_id"), row.pop("unit_id")): row for row in rows}

    def months(self, state: State, *checks: str) -> list[list[Month]]:
        """The months of some checks, each without a hole between its first and its last."""
        its = f"check_id IN ({', '.join(sqltext.literal(c) for c in checks) or 'NULL'})"
        rows = self._ask(
            f"SELECT check_id, month, {_sums()} FROM counts WHERE {its} AND month IS NOT NULL "
            f"AND {where(state)} GROUP BY 1, 2 ORDER BY 2", "months"
        )  # fmt: skip
        return [month_series([row for row in rows if row["check_id"] == c]) for c in checks]

    # Lists

    def deadlines(self, state: State, rows: int = ROWS) -> Records:
        """Deadlines of the kind that `state.due` names, the first due on top."""
        found = self.results.records(
            f"SELECT * FROM running WHERE {_DUE[state.due]} AND {where(at_any_time(state))} "
            f"ORDER BY {_DUE_ORDER} LIMIT {rows} OFFSET {state.at * rows}",
            "deadlines",
        )
        return [
            self._masked(row, row["asset"], self.results.clock_classes(row["clock"]))
            for row in found
        ]

    def cases(self, state: State) -> Records:
        """Cases with findings, the most serious first: veto candidates, then by grade."""
        grades = {check: about["grade"] for check, about in self.checks.items()}
        values = ", ".join(f"({sqltext.literal(c)}, {sqltext.literal(g)})"
                           for c, g in grades.items())  # fmt: skip
        # A veto that is no candidate in this case weighs as a major finding.
        counts = ", ".join(
            f"COUNT(*) FILTER (NOT x.veto_candidate AND g.grade IN ({names})) AS {name}"
            for name, names in (("major", "'veto', 'major'"), ("minor", "'minor'"),
                                ("advisory", "'advisory'"))
        )  # fmt: skip
        month = "STRFTIME(f.period_on, '%Y-%m')"
        found = self.results.records(
            f"""SELECT f.case_id, f.unit_id, f.kind, f.period_on,
                   COUNT(*) FILTER (x.veto_candidate) AS veto, {counts},
                   LIST(x.check_id ORDER BY x.check_id) AS checks
            FROM work.findings x JOIN (VALUES {values}) g(check_id, grade) USING (check_id)
            JOIN work.{sqltext.name("facts_" + self.case_asset)} f ON f.case_id = x.case_id
            WHERE {where(state, "f.", month)}
            GROUP BY ALL
            ORDER BY veto DESC, major DESC, minor DESC, advisory DESC, f.case_id
            LIMIT {ROWS} OFFSET {state.at * ROWS}""",
            "cases with findings",
        )
        return [self._masked(row, self.case_asset, {}) for row in found]

    def still_open(self, state: State) -> int:
        """Failed subjects of a clock's check that are still not done on the as-of day."""
        check = str(state.check)
        return self._one(
            "SELECT COUNT(*) AS n FROM running WHERE state = 'overdue' "
            f"AND clock = {sqltext.literal(clock_of(self.results, check))} AND {where(state)} "
            "AND subject_id IN (SELECT subject_id FROM work.findings "
            f"WHERE check_id = {sqltext.literal(check)})"
        )["n"]

    def subjects(self, state: State) -> Records:
        """Subjects of one check with one outcome: who they are, and for failures what was found."""
        check, asset = str(state.check), self.checks[str(state.check)]["asset"]
        facts = f"work.{sqltext.name('facts_' + asset)}"
        page = f"LIMIT {ROWS} OFFSET {state.at * ROWS}"
        who = "f.subject_id, f.case_id, f.organ_id, f.unit_id, f.kind, f.period_on"
        month = "STRFTIME(f.period_on, '%Y-%m')"
        if state.outcome == "failed":
            found = self.results.records(
                f"""SELECT {who}, x.observed, x.expected, x.due_on, x.veto_candidate, r.state
                FROM work.findings x JOIN {facts} f ON f.subject_id = x.subject_id
                LEFT JOIN running r ON r.subject_id = x.subject_id
                    AND r.clock = {sqltext.literal(clock_of(self.results, check))}
                WHERE x.check_id = {sqltext.literal(check)} AND {where(state, "f.", month)}
                ORDER BY x.veto_candidate DESC, f.period_on DESC NULLS LAST, f.subject_id {page}""",
                "failed subjects",
            )
            classes = self.results.part_classes(check)
            return [self._masked(row, asset, classes) for row in found]
        outcomes = f"work.{sqltext.name('outcomes_' + asset)}"
        found = self.results.records(
            f"""SELECT {who} FROM {outcomes} o JOIN {facts} f ON f.subject_id = o.subject_id
            WHERE o.{sqltext.name(check)} = {Outcome[state.outcome].value}
              AND {where(state, "f.", month)}
            ORDER BY f.period_on DESC NULLS LAST, f.subject_id {page}""",
            "subjects",
        )
        return [self._masked(row, asset, {}) for row in found]

    def _masked(
        self, row: dict[str, Any], asset: str, classes: Mapping[str, str]
    ) -> dict[str, Any]:
        """A row without what the viewer may not see; `withheld` names that.

        `classes` are those of the row's own columns, beside those of the subject's.
        """
        its = {name: self.results.fact_class(asset, name) for name in _KERNEL if name in row}
        shown, withheld = mask_row(row, {**its, **classes}, self.role)
        return {**shown, "withheld": withheld}

    def _ask(self, query: str, step: str) -> Records:
        """A small query, asked once: a run never changes, and views ask the same again."""
        if query not in self._asked:
            while len(self._asked) >= MOST_KEPT:
                del self._asked[next(iter(self._asked))]
            self._asked[query] = self.results.records(query, step)
        return [dict(row) for row in self._asked[query]]

    def _one(self, query: str) -> dict[str, int]:
        row = self._ask(query, "totals")[0]
        return {name: int(value or 0) for name, value in row.items()}


def at_any_time(state: State) -> State:
    """Without the period: what is due or overdue is so on the as-of day, whenever it began."""
    return replace(state, first=None, last=None)


def where(state: State, prefix: str = "", month: str = "month") -> str:
    """The filters of a state as SQL; what has no month is left out once a month is chosen."""
    parts = [
        f"{prefix}{column} = {sqltext.literal(value)}"
        for column, value in (("organ_id", state.organ), ("kind", state.kind))
        if value
    ]
    if state.unit == NO_UNIT:
        parts.append(f"COALESCE({prefix}unit_id, {sqltext.literal(NO_UNIT)}) = '{NO_UNIT}'")
    elif state.unit:
        parts.append(f"{prefix}unit_id = {sqltext.literal(state.unit)}")
    if state.first:
        parts.append(f"{month} >= {sqltext.literal(state.first)}")
    if state.last:
        parts.append(f"{month} <= {sqltext.literal(state.last)}")
    return " AND ".join(parts) or "TRUE"


def _sums() -> str:
    return ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in COUNTS)


def _months(given: list[str]) -> list[str]:
    """Every month from the first to the last, so that any of them can be chosen."""
    from workbench.reports.report_data import from_to

    return list(from_to(given[0], given[-1])) if given else []
