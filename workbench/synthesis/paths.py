"""The paths cases take, as `paths.yaml` writes them down: steps, delays, what each step records.

A step is planned whether or not its day has come; only what lies on or before the last day is
recorded. So a case in flight looks as it would on that day, and no date lies in the future.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book, Crew
from workbench.synthesis.cells import Cell, Cells, compile_cells
from workbench.synthesis.days import as_day
from workbench.synthesis.draft import CASES, Draft
from workbench.synthesis.draws import Draws, compile_draws
from workbench.synthesis.lookups import Pools
from workbench.synthesis.shared import Paging
from workbench.synthesis.values import compile_value
from workbench.synthesis.when import When, all_of, always, compile_when

OPENED = "opened"
# What a plan holds before anything is drawn.
PLAN = (
    "case_id", "case_no", "organ", "unit", "year", "year_end", "opened_on", "serial", "path",
    "shared", "slot_end", "day", "it",
)  # fmt: skip
Pace: TypeAlias = Mapping[str, Callable[[Draft], int | None]]
_QUANTILES = 64
_PATH_KEYS = ("numbers", "opens", "draw", "steps")
_BOOK_KEYS = ("season", "crew", "paging", "templates", "common", "paths")
_STEP_KEYS = ("step", "after", "wd", "cd", "when", "set", "keep", "add", "change")
_Making: TypeAlias = tuple[str | None, When, Cells]
_Adding: TypeAlias = tuple[When, Any, list[_Making]]


@dataclass(frozen=True)
class Step:
    """One step: when it happens, and what it records in the case, in new rows, in old rows."""

    name: str
    after: tuple[str, ...]
    delays: tuple[int, ...]
    unit: str
    when: When
    columns: Cells
    kept: Cells
    adding: tuple[_Adding, ...]
    changes: tuple[tuple[str, When, Cells], ...]

    def planned(self, draft: Draft, chance: float, pace: Pace) -> int | None:
        """The day of the step; None if what it follows never happens."""
        if self.name in pace:
            return pace[self.name](draft)
        before = [draft.on[name] for name in self.after if name in draft.on]
        if not before:
            return None
        return draft.days.after(max(before), self.delays[int(chance * _QUANTILES)], self.unit)

    def carry_out(self, draft: Draft) -> None:
        """Record the step on its day."""
        if self.columns:
            self.columns.into(draft, draft.record)
        for condition, word, rows in self.adding:
            if condition(draft.plan):
                draft.it = draft.plan["it"] = word
                _make(draft, rows)
        for table, condition, cells in self.changes:
            for row in draft.rows.get(table, ()):
                if condition(row):
                    cells.into(draft, row)
        if self.kept:
            self.kept.into(draft, draft.plan)


def _make(draft: Draft, rows: Iterable[_Making]) -> None:
    """Add the rows of a template, or name values of the plan."""
    for table, when, cells in rows:
        if when(draft.plan):
            cells.into(draft, draft.plan if table is None else draft.start_row(table))


@dataclass(frozen=True)
class Path:
    """One way through the bureau: first day, draws and steps."""

    name: str
    opens: int
    draws: Draws
    steps: tuple[Step, ...]

    def walk(self, draft: Draft, day: int, assumed: Mapping[str, Any], pace: Pace) -> None:
        """Take a case from its opening on `day` as far as it has come by the last day."""
        draft.rows = {CASES: [{}]}
        draft.on = {OPENED: day}
        draft.assumed = assumed
        self.draws.into(draft.rng, draft.plan, assumed)
        plan, random, last = draft.plan, draft.rng.random, draft.days.last
        for step in self.steps:
            chance = random()
            if not step.when(plan):
                continue
            planned = step.planned(draft, chance, pace)
            if planned is None:
                continue
            draft.on[step.name] = draft.day = plan["day"] = planned
            if planned <= last:
                step.carry_out(draft)
        if draft.shared.paging:
            draft.shared.paging.number(draft.rows)


@dataclass(frozen=True)
class Paths:
    """All paths, the weight of each month in the openings, every name that a plan may hold."""

    paths: Mapping[str, Path]
    season: Mapping[int, float]
    names: frozenset[str]
    steps: frozenset[str]
    paging: Paging | None


def parse_paths(books: Sequence[Book], pools: Pools) -> Paths:
    """`paths.yaml` and `paths/*.yaml` -> `Paths`; faults are noted in the books.

    The first file holds season, crew, templates and what is common; the others hold paths, and
    may hold templates of their own.
    """
    main = books[0]
    main.needs((), main.source.content, ("season",))
    content = main.source.content
    paths: dict[str, Path] = {}
    names: set[str] = set()
    for book in books:
        book.keys((), book.source.content, _BOOK_KEYS)
        book.crew = _crew(main, content.get("crew"), pools)
        reader = _Reader(book, main, pools)
        for name, spec in book.mapping(("paths",), book.source.content.get("paths")).items():
            common = content.get("common") or {}
            paths[name] = reader.path(("paths", name), name, spec, common, names)
    season = {int(month): float(weight) for month, weight in content["season"].items()}
    steps = frozenset(step.name for path in paths.values() for step in path.steps)
    paging = Paging(**content["paging"]) if "paging" in content else None
    return Paths(paths, season, frozenset(names), steps | {OPENED}, paging)


def _crew(book: Book, spec: Any, pools: Pools) -> Crew | None:
    """`crew: {of: [handler, second], as: [lead, assist], from: pool}`."""
    if not spec:
        return None
    book.needs(("crew",), spec, ("of", "as", "from"))
    return Crew(tuple(spec["of"]), tuple(spec["as"]), str(spec["from"]), pools)


class _Reader:
    """Reads the paths of one file, with its templates and those of the first file."""

    def __init__(self, book: Book, main: Book, pools: Pools) -> None:
        self.book = book
        self.main = main
        self.pools = pools
        self.templates: dict[str, tuple[Book, list[Any]]] = {}
        for source in (main, book):
            for name, rows in (source.source.content.get("templates") or {}).items():
                self.templates[name] = source, rows if isinstance(rows, list) else [rows]

    def path(self, place: Place, name: str, spec: Any, common: Any, names: set[str]) -> Path:
        spec = self.book.mapping(place, spec)
        self.book.keys(place, spec, _PATH_KEYS)
        self.book.needs(place, spec, ("opens", "steps"))
        numbers = spec.get("numbers") or {}
        known = {*PLAN, *numbers, *(self.book.crew.names if self.book.crew else ())}
        for _, rows in self.templates.values():
            known.update(name for row in rows for name in row.get("keep") or ())
        draw = {**(common.get("draw") or {}), **(spec.get("draw") or {})}
        draws = compile_draws(self.book, (*place, "draw"), draw, self.pools, known)
        entries = spec["steps"]
        for index, entry in enumerate(entries):
            self.book.needs((*place, "steps", index), entry, ("step",))
            known.update(entry.get("keep") or {})
        for book in (self.book, self.main):
            book.known_names, book.numbers, book.crew = frozenset(known), numbers, self.book.crew
        self.book.known_steps = self.main.known_steps = frozenset(
            entry["step"] for entry in entries
        ) | {OPENED}
        first = {"step": "record", "after": OPENED, "wd": 0}
        first |= {"set": common.get("set") or {}, "add": common.get("add")}
        happened = [OPENED]
        steps = [self.step(("common",), first, known, happened)]
        for index, entry in enumerate(entries):
            steps.append(self.step((*place, "steps", index), entry, known, happened))
        names.update(known)
        for book in (self.book, self.main):
            book.known_names = book.known_steps = None
        return Path(name, as_day(spec["opens"]), draws, tuple(steps))

    def step(self, place: Place, spec: Any, known: set[str], happened: list[str]) -> Step:
        book = self.book
        book.keys(place, spec, _STEP_KEYS)
        after = spec.get("after", happened[-1])
        after = tuple(after) if isinstance(after, list) else (after,)
        for name in after:
            book.known((*place, "after"), name, happened, "step")
        happened.append(spec["step"])
        unit = "cd" if "cd" in spec else "wd"
        return Step(
            name=spec["step"],
            after=after,
            delays=_delays(spec.get(unit, 0)),
            unit=unit,
            when=self.condition((*place, "when"), spec.get("when"), known),
            columns=self.cells((*place, "set"), CASES, spec.get("set")),
            kept=self.kept((*place, "keep"), spec.get("keep")),
            adding=tuple(self.adding((*place, "add"), spec.get("add"), known)),
            changes=tuple(self.changes((*place, "change"), spec.get("change"))),
        )

    def condition(self, place: Place, spec: Any, known: set[str]) -> When:
        return compile_when(self.book, place, spec, known) if spec else always

    def cells(self, place: Place, table: str, spec: Any, book: Book | None = None) -> Cells:
        def value(book: Book, place: Place, spec: Mapping[str, Any]) -> Cell:
            return compile_value(book, place, spec, self.pools)

        return compile_cells(book or self.book, place, table, spec, self.pools, value)

    def kept(self, place: Place, spec: Any) -> Cells:
        return self.cells(place, "", spec)

    def adding(self, place: Place, spec: Any, known: set[str]) -> list[_Adding]:
        """`template`, `template word`, or `{when: ..., add: [...]}`."""
        found: list[_Adding] = []
        for index, entry in enumerate(spec or ()):
            here = (*place, index)
            if isinstance(entry, dict):
                self.book.keys(here, entry, ("when", "add"))
                condition = self.condition((*here, "when"), entry.get("when"), known)
                for also, word, rows in self.adding((*here, "add"), entry.get("add"), known):
                    found.append((all_of((condition, also)), word, rows))
            else:
                name, _, word = str(entry).partition(" ")
                found.append((always, word, self.template(here, name, known)))
        return found

    def template(self, place: Place, name: str, known: set[str]) -> list[_Making]:
        """The rows of a template; `keep` in place of `in` gives names to values of the plan."""
        if not self.book.known(place, name, self.templates, "template"):
            return []
        rows: list[_Making] = []
        book, specs = self.templates[name]
        for index, row in enumerate(specs):
            here = ("templates", name, index)
            if "keep" in row:
                rows.append((None, always, self.cells(here, "", row["keep"], book)))
                continue
            columns = {column: row[column] for column in row if column not in ("in", "when")}
            when = compile_when(book, here, row.get("when"), known | {"it"})
            if book.table(here, row.get("in")):
                rows.append((row["in"], when, self.cells(here, row["in"], columns, book)))
        return rows

    def changes(self, place: Place, spec: Any) -> list[tuple[str, When, Cells]]:
        """`table: {where: ..., columns: ...}`: change rows that are there already."""
        found: list[tuple[str, When, Cells]] = []
        for table, entry in self.book.mapping(place, spec).items():
            here = (*place, table)
            if self.book.table(here, table):
                columns = self.book.schema.tables[table].columns
                where = compile_when(self.book, here, entry.get("where"), columns)
                found.append((table, where, self.cells(here, table, entry.get("columns"))))
        return found


def _delays(spec: Any) -> tuple[int, ...]:
    """A number, `[least, most]` or `[least, usual, most]` -> its quantiles."""
    if isinstance(spec, int):
        return (spec,) * _QUANTILES
    low, high = spec[0], spec[-1]
    if len(spec) == 2:
        return tuple(low + (high - low + 1) * i // _QUANTILES for i in range(_QUANTILES))
    return tuple(_triangular(i / (_QUANTILES - 1), low, spec[1], high) for i in range(_QUANTILES))


def _triangular(share: float, low: int, mode: int, high: int) -> int:
    width = high - low
    if not width:
        return low
    turn = (mode - low) / width
    if share < turn:
        return low + int((share * width * (mode - low)) ** 0.5)
    return high - int(((1 - share) * width * (high - mode)) ** 0.5)
