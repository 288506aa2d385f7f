"""Makes the case files of an invented bureau, with planted defects and their truth.

Everything comes from one seed. Each case has a seed of its own, drawn from it, so that a case
can be taken down its path a second time at another pace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path as File
from random import Random
from typing import Any

from workbench.schema import Schema
from workbench.synthesis.book import open_book, read_schema
from workbench.synthesis.bureau import Bureau, parse_bureau, settle, year_drafts
from workbench.synthesis.days import Days
from workbench.synthesis.defects import Defects, parse_defects
from workbench.synthesis.draft import Draft, Row, Serials
from workbench.synthesis.draws import weighted
from workbench.synthesis.paths import Pace, Path, Paths, parse_paths
from workbench.synthesis.planting import Planter
from workbench.synthesis.writing import TRUTH, Writer, write_truth
from workbench.terms import Fault, PackError, UsageError
from workbench.workdays import Calendar

# The table that says what a source can deliver: absent, everything can be.
_LEFT_OUT = ("coverage",)


@dataclass(frozen=True)
class SynthesisReport:
    """What was written: rows by table, failing subjects by check, plantings by defect."""

    folder: File
    tables: Mapping[str, int]
    planted: Mapping[str, int]
    defects: Mapping[str, int]


@dataclass(frozen=True)
class _Opening:
    """A case before it begins: unit, path, first day, its own seed.

    What falls on it is drawn beforehand, not from its own generator: that starts again when
    the case is made a second time.
    """

    day: int
    number: int
    unit: Row
    organ: Row
    path: Path
    seed: int
    themes: tuple[str, ...]
    spare: float


def synthesize(
    pack_dir: File, target: File, cases: int, seed: int, plant: File | None = None
) -> SynthesisReport:
    """Write `cases` invented case files of the pack's bureau into the folder `target`.

    The same pack, number and seed give the same bytes. `plant` is a file that takes the place
    of the pack's `defects.yaml`; without defects in it, every case is clean.
    """
    if cases < 1:
        raise UsageError(f"--cases {cases}: expected 1 or more")
    schema = read_schema(pack_dir)
    works = _Works(pack_dir, schema, cases, seed, plant)
    target.mkdir(parents=True, exist_ok=True)
    with Writer(schema, _LEFT_OUT, target, works.days) as writer:
        writer.add(works.standing)
        for draft in works.years():
            writer.add(draft.rows)
        for draft in works.cases():
            writer.add(draft.rows)
    write_truth(target / TRUTH, works.planter.truth)
    planter = works.planter
    return SynthesisReport(target, writer.counts, planter.counts(), planter.kinds())


class _Works:
    """The files of the room, read and ready to make cases."""

    def __init__(
        self, pack_dir: File, schema: Schema, cases: int, seed: int, plant: File | None
    ) -> None:
        faults: list[Fault] = []
        folder = pack_dir / "synthesis"
        self.rng = Random(seed)
        self.count = cases
        self.links = _links(schema)
        self.bureau = self._bureau(folder, schema, faults)
        first, last = (date.fromordinal(d) for d in (self.bureau.first, self.bureau.as_of))
        self.days = Days(Calendar.read(pack_dir / "calendar.csv"), first, last)
        self.serials = Serials(self.bureau.ids)
        self.standing = self._settle(schema)
        book = open_book(folder / "paths.yaml", "synthesis/paths.yaml", schema, faults)
        _raise(pack_dir, faults)
        self.paths: Paths = parse_paths(book, self.bureau.pools)
        _raise(pack_dir, faults)
        name = str(plant) if plant else "synthesis/defects.yaml"
        book = open_book(plant or folder / "defects.yaml", name, schema, faults)
        defects: Defects = parse_defects(
            book, self.bureau.pools, self.paths.names, self.paths.steps
        )
        _raise(pack_dir, faults)
        self.planter = Planter(defects)

    def _bureau(self, folder: File, schema: Schema, faults: list[Fault]) -> Bureau:
        book = open_book(folder / "bureau.yaml", "synthesis/bureau.yaml", schema, faults)
        _raise(folder.parent, faults)
        bureau = parse_bureau(book)
        _raise(folder.parent, faults)
        return bureau

    def _settle(self, schema: Schema) -> dict[str, list[Row]]:
        """The rows that stand before any case: organs, units, people."""
        rows = {
            table: [{c: row.get(c) for c in schema.tables[table].columns} for row in found]
            for table, found in (("organs", self.bureau.organs), ("units", self.bureau.units))
        }
        people = settle(self.bureau, self.days, self.serials, self.links, self.rng, self.count)
        return {**rows, **people}

    def years(self) -> Iterator[Draft]:
        """What the units owe once a year, defects planted."""
        drafts = list(year_drafts(self.bureau, self.days, self.serials, self.links, self.rng))
        self.planter.plant_counted(drafts, self.rng)
        return (draft for _, draft in drafts)

    def cases(self) -> Iterator[Draft]:
        """All cases in the order of their opening, defects planted."""
        for index, opening in enumerate(self._openings()):
            yield self._case(opening, index / self.count)

    def _openings(self) -> list[_Opening]:
        units = self.bureau.units
        unit_of = weighted([unit["weight"] for unit in units])
        organs = [self.bureau.organ_of(unit) for unit in units]
        mixes = [(list(unit["mix"]), weighted(list(unit["mix"].values()))) for unit in units]
        starts = {name: self._starts(path) for name, path in self.paths.paths.items()}
        found: list[_Opening] = []
        for number in range(self.count):
            index = unit_of(self.rng)
            names, path_of = mixes[index]
            name = names[path_of(self.rng)]
            path = self.paths.paths[name]
            # The last one opens on the last day, so that the data are seen to reach it.
            day = starts[name](self.rng) if number < self.count - 1 else self.days.last
            unit, organ = units[index], organs[index]
            themes = self.planter.falling(self.rng, unit.get("multipliers") or {})
            seed, spare = self.rng.getrandbits(63), self.rng.random()
            found.append(_Opening(day, number, unit, organ, path, seed, themes, spare))
        return sorted(found, key=lambda opening: (opening.day, opening.number))

    def _starts(self, path: Path) -> Callable[[Random], int]:
        days = self.days.between(path.opens, self.days.last)
        season = self.paths.season
        choose = weighted([season.get(date.fromordinal(day).month, 1.0) for day in days])
        return lambda rng: days[choose(rng)]

    def _case(self, opening: _Opening, progress: float) -> Draft:
        plan = self._plan(opening)
        mark = self.serials.mark()
        rng = Random(opening.seed)

        def run(assume: Mapping[str, Any], pace: Pace) -> Draft:
            self.serials.back_to(mark)
            rng.seed(opening.seed)
            draft = Draft(rng, self.days, self.serials, self.links, dict(plan))
            opening.path.walk(draft, opening.day, assume, pace)
            return draft

        clean = run({}, {})
        return self.planter.plant(opening.themes, clean, run, progress, opening.spare)

    def _plan(self, opening: _Opening) -> Row:
        """What is known of a case when it opens; its numbers run by organ and year."""
        year = date.fromordinal(opening.day).year
        plan: Row = {
            "organ": opening.organ,
            "unit": opening.unit,
            "year": year,
            "path": opening.path.name,
        }
        plan["case_id"] = self._numbered(self.bureau.ids["cases"], plan)
        plan["case_no"] = self._numbered(opening.path.number, plan)
        return plan

    def _numbered(self, pattern: str, plan: Row) -> str:
        plan["serial"] = 0
        plan["serial"] = self.serials.next(pattern.format_map(plan))
        return pattern.format_map(plan)


def _links(schema: Schema) -> dict[str, tuple[str | None, str | None]]:
    """For each table the column that numbers its rows, and the one that points at the case."""
    found: dict[str, tuple[str | None, str | None]] = {}
    for table in schema.tables.values():
        key = table.key[0] if len(table.key) == 1 and table.name not in ("cases",) else None
        found[table.name] = (key, table.case_column)
    return found


def _raise(pack_dir: File, faults: list[Fault]) -> None:
    if faults:
        raise PackError(pack_dir, faults)
