"""One stored run, prepared for questions: what can be chosen, and the numbers of each view.

A run is opened once per viewer. What every view asks is counted beforehand into small tables in
memory (by organ, unit, kind and month); lists are read from the run's own files, page by page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from workbench import sqltext
from workbench.dashboards.state import Known, State
from workbench.display import Language
from workbench.engines.duckdb import DuckDBEngine
from workbench.privacy import Role, mask_row
from workbench.reports.report_data import Month, month_series
from workbench.reports.results import Results
from workbench.reports.summary import SOON_DAYS
from workbench.saving import open_results
from workbench.terms import Outcome

COUNTS = tuple(outcome.name for outcome in Outcome)
ROWS = 20  # of a list on one page
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
        run("CREATE TABLE counts AS SELECT asset, check_id, organ_id, unit_id, kind, month, "
            f"{', '.join(COUNTS)} FROM work.tallies", "counts")  # fmt: skip
        run(f"""CREATE TABLE cases AS
            SELECT organ_id, unit_id, kind, {month}, COUNT(*) AS cases,
                   COUNT(*) FILTER (case_id IN (SELECT case_id FROM work.findings)) AS affected,
                   COUNT(*) FILTER (case_id IN (SELECT case_id FROM work.findings
                                                WHERE veto_candidate)) AS vetoes
            FROM work.facts_{self.case_asset} GROUP BY ALL""", "cases")  # fmt: skip
        subjects = " UNION ALL ".join(
            f"SELECT {sqltext.literal(asset)} AS asset, subject_id, organ_id, unit_id, kind, "
            f"{month} FROM work.{sqltext.name('facts_' + asset)}"
            for asset in self.assets
        )
        clocks = ", ".join(
            f"({sqltext.literal(clock)}, {sqltext.literal(about['asset'])})"
            for clock, about in self.results.checks["clocks"].items()
        )
        run(f"""CREATE TABLE running AS
            SELECT d.*, s.asset, s.organ_id, s.unit_id, s.kind, s.month
            FROM work.deadlines d
            JOIN (VALUES {clocks or "(NULL, NULL)"}) k(clock, asset) ON k.clock = d.clock
            JOIN ({subjects}) s ON s.asset = k.asset AND s.subject_id = d.subject_id
            WHERE d.state IN ('open', 'overdue')""", "running deadlines")  # fmt: skip

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
    def names(self) -> dict[str, str]:
        """What people call units and organs."""
        return self.results.names

    @cached_property
    def known(self) -> Known:
        """What can be chosen in this run."""

        def distinct(column: str) -> list[str]:
            both = f"SELECT {column} FROM counts UNION ALL SELECT {column} FROM cases"
            query = f"SELECT DISTINCT {column} FROM ({both}) WHERE {column} IS NOT NULL ORDER BY 1"
            return [row[0] for row in self.results.engine.rows(query, column)]

        rows = self.results.engine.rows(
            "SELECT unit_id, ANY_VALUE(organ_id) FROM (SELECT unit_id, organ_id FROM counts "
            "UNION ALL SELECT unit_id, organ_id FROM cases) WHERE unit_id IS NOT NULL "
            "GROUP BY 1 ORDER BY 1",
            "units",
        )
        return Known(
            units=dict(rows),
            organs=distinct("organ_id"),
            kinds=distinct("kind"),
            months=_months(distinct("month")),
            checks=set(self.checks),
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
            f"SUM(passed + failed) AS decided FROM counts WHERE {where(state)}"
        )
        due = self._one(
            ", ".join([f"SELECT COUNT(*) FILTER ({_DUE['soon']}) AS soon",
                       f"COUNT(*) FILTER ({_DUE['open']}) AS open",
                       f"COUNT(*) FILTER ({_DUE['overdue']}) AS overdue"])
            + f" FROM running WHERE {where(state)}"
        )  # fmt: skip
        return {**cases, **found, **due}

    def by_check(self, state: State) -> dict[str, dict[str, int]]:
        """The five counts of every check under the filters; untested checks are not there."""
        rows = self.results.records(
            f"SELECT check_id, {_sums()} FROM counts WHERE {where(state)} GROUP BY 1", "by check"
        )
        return {row.pop("check_id"): row for row in rows}

    def by_unit(self, state: State) -> dict[tuple[str, str], dict[str, int]]:
        """The five counts of every (check, unit)."""
        rows = self.results.records(
            f"SELECT check_id, unit_id, {_sums()} FROM counts "
            f"WHERE {where(state)} AND unit_id IS NOT NULL GROUP BY 1, 2",
            "by unit",
        )
        return {(row.pop("check_id"), row.pop("unit_id")): row for row in rows}

    def months(self, state: State, check: str) -> list[Month]:
        """The months of one check, without a hole between the first and the last."""
        rows = self.results.records(
            f"SELECT month, {_sums()} FROM counts WHERE check_id = {sqltext.literal(check)} AND "
            f"month IS NOT NULL AND {where(state)} GROUP BY 1 ORDER BY 1",
            "months",
        )
        return month_series(rows)

    # Lists

    def deadlines(self, state: State, rows: int = ROWS) -> Records:
        """Deadlines of the kind that `state.due` names, the first due on top."""
        found = self.results.records(
            f"SELECT * FROM running WHERE {_DUE[state.due]} AND {where(state)} "
            f"ORDER BY {_DUE_ORDER} LIMIT {rows} OFFSET {state.at * rows}",
            "deadlines",
        )
        return [self._masked(row, self._classes_of_days(row)) for row in found]

    def _classes_of_days(self, row: dict[str, Any]) -> dict[str, str]:
        """The classes of a deadline's days; how many are left says as much as the due day."""
        facts = self.results.checks["clocks"][row["clock"]]["facts"]
        classes = {day: self.results.fact_class(row["asset"], f) for day, f in facts.items()}
        return {**classes, "days_left": classes["due_on"]}

    def subjects(self, state: State) -> Records:
        """Subjects of one check with one outcome: who they are, and for failures what was found."""
        check, asset = str(state.check), self.checks[str(state.check)]["asset"]
        facts = f"work.{sqltext.name('facts_' + asset)}"
        page = f"LIMIT {ROWS} OFFSET {state.at * ROWS}"
        who = "f.subject_id, f.case_id, f.organ_id, f.unit_id, f.kind, f.period_on"
        month = "STRFTIME(f.period_on, '%Y-%m')"
        if state.outcome == "failed":
            found = self.results.records(
                f"""SELECT {who}, x.observed, x.expected, x.due_on, x.veto_candidate
                FROM work.findings x JOIN {facts} f ON f.subject_id = x.subject_id
                WHERE x.check_id = {sqltext.literal(check)} AND {where(state, "f.", month)}
                ORDER BY x.veto_candidate DESC, f.period_on DESC NULLS LAST, f.subject_id {page}""",
                "failed subjects",
            )
            classes = self.results.part_classes(check)
            return [self._masked(row, classes) for row in found]
        outcomes = f"work.{sqltext.name('outcomes_' + asset)}"
        return self.results.records(
            f"""SELECT {who} FROM {outcomes} o JOIN {facts} f ON f.subject_id = o.subject_id
            WHERE o.{sqltext.name(check)} = {Outcome[state.outcome].value}
              AND {where(state, "f.", month)}
            ORDER BY f.period_on DESC NULLS LAST, f.subject_id {page}""",
            "subjects",
        )

    def _masked(self, row: dict[str, Any], classes: Mapping[str, str]) -> dict[str, Any]:
        """A row without what the viewer may not see; `withheld` names that."""
        shown, withheld = mask_row(row, classes, self.role)
        return {**shown, "withheld": withheld}

    def _one(self, query: str) -> dict[str, int]:
        row = self.results.records(query, "totals")[0]
        return {name: int(value or 0) for name, value in row.items()}


def where(state: State, prefix: str = "", month: str = "month") -> str:
    """The filters of a state as SQL; what has no month is left out once a month is chosen."""
    parts = [
        f"{prefix}{column} = {sqltext.literal(value)}"
        for column, value in (
            ("organ_id", state.organ), ("unit_id", state.unit), ("kind", state.kind))
        if value
    ]  # fmt: skip
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
