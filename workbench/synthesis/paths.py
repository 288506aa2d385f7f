"""The paths cases take, as `paths.yaml` writes them down: steps, delays, what each step records.

A step is planned whether or not its day has come; only what lies on or before the last day is
recorded. So a case in flight looks as it would on that day, and no date lies in the future.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.cells import Cells, add_rows, compile_cells
from workbench.synthesis.days import as_day
from workbench.synthesis.draft import CASES, Draft
from workbench.synthesis.draws import Draws, Pools, compile_draws
from workbench.synthesis.when import When, always, compile_when

OPENED = "opened"
# What a plan holds before anything is drawn.
PLAN = ("case_id", "case_no", "organ", "unit", "year", "serial", "path")
Pace: TypeAlias = Mapping[str, Callable[[Draft], int | None]]
_QUANTILES = 64
_PATH_KEYS = ("number", "opens", "draw", "steps")
_STEP_KEYS = ("step", "after", "wd", "cd", "when", "set", "keep", "add", "change")
_Adding: TypeAlias = tuple[When, Any, list[tuple[str, Cells]]]


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
                draft.it = word
                add_rows(draft, rows)
        for table, condition, cells in self.changes:
            for row in draft.rows.get(table, ()):
                if condition(row):
                    cells.into(draft, row)
        if self.kept:
            self.kept.into(draft, draft.plan)


@dataclass(frozen=True)
class Path:
    """One way through the bureau: number, first day, draws and steps."""

    name: str
    number: str
    opens: int
    draws: Draws
    steps: tuple[Step, ...]

    def walk(self, draft: Draft, day: int, assumed: Mapping[str, Any], pace: Pace) -> None:
        """Take a case from its opening on `day` as far as it has come by the last day."""
        draft.rows = {CASES: [{}]}
        draft.on = {OPENED: day}
        self.draws.into(draft.rng, draft.plan, assumed)
        plan, random, last = draft.plan, draft.rng.random, draft.days.last
        for step in self.steps:
            chance = random()
            if not step.when(plan):
                continue
            planned = step.planned(draft, chance, pace)
            if planned is None:
                continue
            draft.on[step.name] = draft.day = planned
            if planned <= last:
                step.carry_out(draft)


@dataclass(frozen=True)
class Paths:
    """All paths, the weight of each month in the openings, every name that a plan may hold."""

    paths: Mapping[str, Path]
    season: Mapping[int, float]
    names: frozenset[str]
    steps: frozenset[str]


def parse_paths(book: Book, pools: Pools) -> Paths:
    """`paths.yaml` -> `Paths`; faults are noted in the book."""
    content = book.source.content
    book.keys((), content, ("season", "templates", "common", "paths"))
    book.needs((), content, ("season", "paths"))
    paths: dict[str, Path] = {}
    names: set[str] = set()
    reader = _Reader(book, pools, {})
    for name, spec in book.mapping(("paths",), content.get("paths")).items():
        paths[name] = reader.path(("paths", name), name, spec, content.get("common") or {}, names)
    season = {int(month): float(weight) for month, weight in content["season"].items()}
    steps = frozenset(step.name for path in paths.values() for step in path.steps)
    return Paths(paths, season, frozenset(names), steps | {OPENED})


class _Reader:
    """Reads paths and steps, with the templates of the file."""

    def __init__(self, book: Book, pools: Pools, templates: dict[str, Any]) -> None:
        self.book = book
        self.pools = pools
        self.templates = templates
        for name, rows in (book.source.content.get("templates") or {}).items():
            templates[name] = rows if isinstance(rows, list) else [rows]

    def path(self, place: Place, name: str, spec: Any, common: Any, names: set[str]) -> Path:
        spec = self.book.mapping(place, spec)
        self.book.keys(place, spec, _PATH_KEYS)
        self.book.needs(place, spec, ("number", "opens", "steps"))
        known = set(PLAN)
        draw = {**(common.get("draw") or {}), **(spec.get("draw") or {})}
        draws = compile_draws(self.book, (*place, "draw"), draw, self.pools, known)
        entries = spec["steps"]
        for index, entry in enumerate(entries):
            self.book.needs((*place, "steps", index), entry, ("step",))
            known.update(entry.get("keep") or {})
        self.book.known_names = frozenset(known)
        self.book.known_steps = frozenset(entry["step"] for entry in entries) | {OPENED}
        first = {"step": "record", "after": OPENED, "wd": 0, "set": common.get("set") or {}}
        happened = [OPENED]
        steps = [self.step(("common",), first, known, happened)]
        for index, entry in enumerate(entries):
            steps.append(self.step((*place, "steps", index), entry, known, happened))
        names.update(known)
        self.book.known_names = self.book.known_steps = None
        return Path(name, str(spec["number"]), as_day(spec["opens"]), draws, tuple(steps))

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

    def cells(self, place: Place, table: str, spec: Any) -> Cells:
        return compile_cells(self.book, place, table, spec, self.pools)

    def kept(self, place: Place, spec: Any) -> Cells:
        return compile_cells(self.book, place, "", spec, self.pools)

    def adding(self, place: Place, spec: Any, known: set[str]) -> list[_Adding]:
        """`template`, `template word`, or `{when: ..., add: [...]}`."""
        found: list[_Adding] = []
        for index, entry in enumerate(spec or ()):
            here = (*place, index)
            if isinstance(entry, dict):
                condition = self.condition((*here, "when"), entry.get("when"), known)
                inner = self.adding((*here, "add"), entry.get("add"), known)
                found.extend((condition, word, rows) for _, word, rows in inner)
            else:
                name, _, word = str(entry).partition(" ")
                found.append((always, word, self.template(here, name)))
        return found

    def template(self, place: Place, name: str) -> list[tuple[str, Cells]]:
        if not self.book.known(place, name, self.templates, "template"):
            return []
        rows: list[tuple[str, Cells]] = []
        for index, row in enumerate(self.templates[name]):
            columns = {column: value for column, value in row.items() if column != "in"}
            here = ("templates", name, index)
            if self.book.table(here, row.get("in")):
                rows.append((row["in"], self.cells(here, row["in"], columns)))
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
