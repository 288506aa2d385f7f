"""What a pack is once it is read: frozen data, and the questions other rooms ask of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from workbench.clocks import Clock
from workbench.criteria import HumanCriterion
from workbench.fact_sql import FactSql
from workbench.pack.flow import Flow
from workbench.pack.review_tables import ReviewTables
from workbench.pack.signal_rules import SignalRules
from workbench.parameters import Parameter
from workbench.rubrics import Rubric
from workbench.schema import Schema
from workbench.suites import Check, Suite
from workbench.workdays import Calendar

# Columns every fact table has, whatever the pack.
KERNEL = ("subject_id", "case_id", "organ_id", "unit_id", "kind", "period_on")


@dataclass(frozen=True)
class Every:
    """Subjects that exist without a row: each row of `table` in each year of the audit period.

    `key` and `years` are the two parts of the asset's key; a case names its `key` as well.
    """

    table: str
    key: str
    organ: str
    years: str
    unit: str | None = None


@dataclass(frozen=True)
class Asset:
    """What suites look at: one row per subject of `table`.

    `day` lists date columns; the first one filled in is the subject's day (`period_on`). A subject
    without such columns is looked at on the last day of the audit period. `missing` is the fact
    that lists the documents which a subject must have and has not, as codes.
    """

    id: str
    title: Mapping[str, str]
    table: str
    key: tuple[str, ...]
    case: str | None = None
    organ: str | None = None
    unit: str | None = None
    kind: str | None = None
    day: tuple[str, ...] = ()
    every: Every | None = None
    missing: str | None = None


@dataclass(frozen=True)
class System:
    """A system the law asks for (制度): its topics and the check that stands for it."""

    id: str
    title: Mapping[str, str]
    topics: tuple[str, ...]
    headline: str


@dataclass(frozen=True)
class ListTable:
    """A reference list of the law: typed columns and rows in file order."""

    name: str
    columns: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]
    lines: tuple[int, ...] = ()  # of the rows in the file


@dataclass(frozen=True)
class Pack:
    """Everything that must hold in one domain, cross-checked."""

    folder: Path
    id: str
    version: str
    title: Mapping[str, str]
    language: str
    timezone: str
    sources: Mapping[str, Mapping[str, Any]]
    schema: Schema
    parameters: Mapping[str, Parameter]
    calendar: Calendar | None
    lists: Mapping[str, ListTable]
    assets: Mapping[str, Asset]
    clocks: Mapping[str, Clock]
    facts: tuple[FactSql, ...]
    suites: tuple[Suite, ...]
    rubrics: Mapping[str, Rubric]
    rubric_for: Mapping[str, tuple[str, ...]]
    systems: tuple[System, ...]
    texts: Mapping[str, Any]
    duties: Mapping[str, Mapping[str, str]]
    digest: str
    profile: Mapping[str, object] = field(default_factory=dict)
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    criteria: Mapping[str, HumanCriterion] = field(default_factory=dict)
    review_tables: ReviewTables = field(default_factory=ReviewTables)
    # The rows files of the clocks that run over rows, by clock.
    rows: Mapping[str, FactSql] = field(default_factory=dict)
    # What the rules of a round of evaluation are called here: rule -> parameter, fact or list.
    evaluation: Mapping[str, str] = field(default_factory=dict)
    # The steps of the process and their order.
    flow: Flow = field(default_factory=Flow)
    signals: SignalRules = field(default_factory=SignalRules)

    @property
    def checks(self) -> dict[str, Check]:
        """All checks by id, in the order of the suites."""
        return {check.id: check for suite in self.suites for check in suite.checks}

    def rubric_on(self, kind: str, day: date) -> Rubric | None:
        """The rubric of a kind of cases: the first of those named for it that holds on a day."""
        named = (self.rubrics[name] for name in self.rubric_for.get(kind, ()))
        return next((rubric for rubric in named if rubric.in_force(day)), None)

    def checks_of(self, asset: str) -> list[Check]:
        """The checks that look at one asset."""
        return [check for check in self.checks.values() if check.asset == asset]

    def clocks_of(self, asset: str) -> list[Clock]:
        """The clocks that run on one asset."""
        return [clock for clock in self.clocks.values() if clock.asset == asset]

    def facts_of(self, asset: str) -> list[FactSql]:
        """The facts files of one asset, `base` first."""
        files = [sql for sql in self.facts if sql.asset == asset]
        return sorted(files, key=lambda sql: (sql.topic != "base", sql.file))

    @property
    def sql_files(self) -> tuple[FactSql, ...]:
        """Every SQL file of the pack: facts, then rows."""
        return (*self.facts, *self.rows.values())

    def sql_of(self, asset: str) -> list[FactSql]:
        """The SQL files of one asset: facts with `base` first, then rows."""
        return [*self.facts_of(asset), *(s for s in self.rows.values() if s.asset == asset)]

    def fact_names(self, asset: str) -> tuple[str, ...]:
        """Every column a check of the asset may name: kernel, facts, clocks."""
        names: list[str] = [*KERNEL]
        for sql in self.facts_of(asset):
            names.extend(sql.outputs)
        for clock in self.clocks_of(asset):
            names.extend(clock.outputs)
        return tuple(dict.fromkeys(names))

    def reads_of(self, check: Check) -> frozenset[str]:
        """`table.column` that the facts of a check can read, through clocks and base."""
        reads: set[str] = set()
        for sql in self.works_of(check)[1]:
            reads |= sql.reads
            reads |= {name.replace("__", ".", 1) for name in sql.coverage}
        return frozenset(reads | self._made_of(reads))

    def narrowed(self, checks: Collection[str]) -> Pack:
        """The same pack with these checks alone, and only the SQL and clocks that work for them.

        >>> [*pack.narrowed({"di-dates-sane"}).checks]   # doctest: +SKIP
        ['di-dates-sane']
        """
        suites = [
            replace(suite, checks=tuple(c for c in suite.checks if c.id in checks))
            for suite in self.suites
        ]
        clocks: set[str] = set()
        files: set[str] = set()
        for suite in suites:
            for check in suite.checks:
                its_clocks, its_files = self.works_of(check)
                clocks |= its_clocks
                files |= {sql.file for sql in its_files}
        return replace(
            self,
            suites=tuple(suite for suite in suites if suite.checks),
            clocks={name: clock for name, clock in self.clocks.items() if name in clocks},
            facts=tuple(s for s in self.facts if s.topic == "base" or s.file in files),
            rows={name: sql for name, sql in self.rows.items() if name in clocks},
        )

    def works_of(self, check: Check) -> tuple[set[str], list[FactSql]]:
        """The clocks and the SQL files that make the columns of a check; `base` is among them."""
        wanted = set(check.columns)
        clocks: set[str] = set()
        files = []
        for clock in self.clocks_of(check.asset):
            if wanted & set(clock.outputs):
                clocks.add(clock.id)
                if clock.id in self.rows:
                    files.append(self.rows[clock.id])
                else:
                    wanted |= set(clock.inputs)
        files += [sql for sql in self.facts_of(check.asset)
                  if sql.topic == "base" or wanted & set(sql.outputs)]  # fmt: skip
        return clocks, files

    def _made_of(self, reads: set[str]) -> set[str]:
        """The delivered columns behind the derived ones that are read."""
        pairs = (name.split(".", 1) for name in reads if "." in name)
        return {f"{table}.{c}" for table, name in pairs for c in self.schema.made_of(table, name)}

    def text(self, check_id: str, part: str, language: str) -> str:
        """A text about a check (`title`, `remedy`) in `zh` or `en`."""
        entry = (self.texts.get("checks") or {}).get(check_id, {}).get(part, {})
        return str(entry.get(language) or check_id)

    def topic(self, topic: str, language: str) -> str:
        """The title of a topic in `zh` or `en`; without one, its name."""
        return str(self.topics.get(topic, {}).get(language) or topic)

    def word(self, code: str, language: str) -> str:
        """How a code reads: a word of the pack, or a code of any table; else the code itself."""
        word = (self.texts.get("words") or {}).get(code)
        if word is None:
            word = next((c[code] for c in self._code_lists() if code in c), None)
        return str((word or {}).get(language) or code)

    def _code_lists(self) -> Iterator[Mapping[str, Mapping[str, str]]]:
        for table in self.schema.tables.values():
            for column in table.all_columns.values():
                if column.codes:
                    yield column.codes
