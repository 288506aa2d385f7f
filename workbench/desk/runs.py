"""The runs that rounds were drawn from, as far as they are served: the case behind a rating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench import sqltext
from workbench.dashboards.home_runs import find_run, stamp
from workbench.display import Html, Language, text_of
from workbench.engines.duckdb import DuckDBEngine
from workbench.privacy import WITHHELD, Role
from workbench.reports.case_page import case_html
from workbench.reports.case_record import CaseRecord, case_record
from workbench.reports.finding_words import expected_words, observed_words
from workbench.reports.results import Results
from workbench.saving import open_results
from workbench.terms import WorkbenchError

MOST_OPEN = 3
MOST_KEPT = 24  # cases as pages: the next one is made while the reviewer reads this one


@dataclass(frozen=True)
class Record:
    """A recorded row of a case that can be evidence: `ref` is `table/id`."""

    ref: str
    title: str
    day: str


@dataclass(frozen=True)
class Compared:
    """A finding in words: what was observed, what was expected, by which clause."""

    observed: str
    expected: str
    clause: str


@dataclass(frozen=True)
class Read:
    """A case as its reviewer reads it: the page, its findings in words, what can be evidence."""

    html: Html
    findings: Mapping[str, Compared]
    records: tuple[Record, ...]


class OpenRun:
    """One run folder, read by one viewer who may see case files."""

    def __init__(self, folder: Path, role: Role):
        self.folder, self.role = folder, role
        self.results, _ = open_results(folder)
        engine = self.results.engine
        assert isinstance(engine, DuckDBEngine)  # a stored run is read by DuckDB
        engine.lock(folder)
        self._read: dict[tuple[str, str], Read | None] = {}

    def read(self, case_id: str, language: Language) -> Read | None:
        """A case of the run; None where it has none of that id. The last ones are kept."""
        key = (case_id, language)
        if key not in self._read:
            while len(self._read) >= MOST_KEPT:
                self._read.pop(next(iter(self._read)))
            record = case_record(self.results, case_id, self.role)
            self._read[key] = (
                None
                if record is None
                else Read(
                    case_html(self.results, record, language),
                    _compared(self.results, record, language),
                    tuple(_records(self.results, record, language)),
                )
            )
        return self._read[key]

    def has(self, case_id: str, language: Language) -> bool:
        """Is the page of a case made already?"""
        return (case_id, language) in self._read

    def close(self) -> None:
        """Give the memory back."""
        self.results.engine.close()  # type: ignore[attr-defined]


def _compared(results: Results, record: CaseRecord, language: Language) -> dict[str, Compared]:
    """By check; what the viewer may not see is said to be withheld by the page itself."""
    found = {}
    for one in record.findings:
        hidden, row = WITHHELD[language], asdict(one)
        found[one.check_id] = Compared(
            hidden if "observed" in one.withheld else observed_words(results, row, language),
            hidden if "expected" in one.withheld else expected_words(results, row, language),
            results.checks["checks"][one.check_id]["clause"] or "",
        )
    return found


def _records(results: Results, record: CaseRecord, language: Language) -> list[Record]:
    """The rows that hang on a case, each once, by its first day; the table of most rows first."""
    rows = results.records(
        'SELECT "table", id, MIN(code) AS code, MIN("at") AS "at", '
        'COUNT(*) OVER (PARTITION BY "table") AS its FROM work.timelines '
        f"WHERE case_id = {sqltext.literal(record.case_id)} AND id IS NOT NULL "
        'GROUP BY "table", id ORDER BY its DESC, "table", "at", id',
        "records of a case",
    )
    labels, dot = results.checks["labels"], "·" if language == "zh" else " · "
    found = []
    for row in rows:
        about = labels.get(row["table"], {})
        title = text_of(about["title"], language) if about.get("title") else row["table"]
        kind = about.get("kinds", {}).get(row["code"])
        named = f"{title}{dot}{text_of(kind, language)}" if kind else title
        day = row["at"].date().isoformat()
        found.append(Record(f"{row['table']}/{row['id']}", named, day))
    return found


class Runs:
    """The runs in a folder, opened when a case of theirs is read."""

    def __init__(self, folder: Path, role: Role = Role.supervisor):
        self.folder, self.role = folder, role
        self._open: dict[str, OpenRun] = {}
        self._absent: tuple[str, set[str]] = ("", set())

    def of(self, run_id: str) -> OpenRun | None:
        """The run of that id; None where it is not here, or cannot be read."""
        if run_id in self._open:
            found = self._open.pop(run_id)
        else:
            opened = self._opened(run_id)
            if opened is None:
                return None
            found = opened
        self._open[run_id] = found  # the one used last stands last
        while len(self._open) > MOST_OPEN:
            self._open.pop(next(iter(self._open))).close()
        return found

    def _opened(self, run_id: str) -> OpenRun | None:
        seen = stamp(self.folder)
        if self._absent[0] != seen:
            self._absent = (seen, set())
        if run_id in self._absent[1]:
            return None
        entry = find_run(self.folder, run_id)
        try:
            if entry is None or entry.fault:
                raise FileNotFoundError(run_id)
            return OpenRun(entry.folder, self.role)
        except (WorkbenchError, OSError, KeyError, ValueError):
            self._absent[1].add(run_id)
            return None
