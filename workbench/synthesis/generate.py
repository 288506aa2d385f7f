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
from workbench.synthesis.assets import Subjects, read_assets
from workbench.synthesis.book import Book, open_book, open_books, read_schema
from workbench.synthesis.bureau import Bureau, Ground, World, note_leave, parse_bureau, settle
from workbench.synthesis.days import Days
from workbench.synthesis.defects import Defects, Known, parse_defects
from workbench.synthesis.draft import CASES, Draft, Row, Serials
from workbench.synthesis.draws import weighted
from workbench.synthesis.originals import Attacher
from workbench.synthesis.paths import Pace, Path, Paths, parse_paths
from workbench.synthesis.planting import Planter
from workbench.synthesis.shared import Shared
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
    of the pack's defects; without defects in it, every case is clean.
    """
    if cases < 1:
        raise UsageError(f"--cases {cases}: expected 1 or more")
    schema = read_schema(pack_dir)
    works = _Works(pack_dir, schema, cases, seed, plant)
    # Other defects make other rows: no file belongs to them.
    folder = pack_dir / "synthesis"
    attacher = None if plant else Attacher(folder, schema, cases, seed)
    target.mkdir(parents=True, exist_ok=True)
    with Writer(schema, _LEFT_OUT, target, works.days) as writer:
        for draft in works.cases():
            if attacher:
                attacher.attach(draft.rows)
            writer.add(draft.rows)
        writer.add(works.finished_world())
    if attacher:
        attacher.finish()
    works.shared.numbers.settle(writer.numbered)
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
        self.schema = schema
        self.shared = Shared()
        self.bureau = self._bureau(folder, schema, faults)
        first, last = (date.fromordinal(d) for d in (self.bureau.first, self.bureau.as_of))
        self.days = Days(Calendar.read(pack_dir / "calendar.csv"), first, last)
        self.serials = Serials(self.bureau.ids)
        self.links = _links(schema, self.bureau)
        self.ground = Ground(self.rng, self.days, self.serials, self.links, self.shared)
        self.world = self._settle(schema)
        books = open_books(folder, "paths", schema, faults)
        _raise(pack_dir, faults)
        self.paths: Paths = parse_paths(books, self.bureau.pools)
        self.shared.paging = self.paths.paging
        _raise(pack_dir, faults)
        self.planter = Planter(self._defects(pack_dir, folder, plant, faults))

    def _bureau(self, folder: File, schema: Schema, faults: list[Fault]) -> Bureau:
        books = open_books(folder, "bureau", schema, faults)
        _raise(folder.parent, faults)
        bureau = parse_bureau(books)
        _raise(folder.parent, faults)
        return bureau

    def _defects(
        self, pack_dir: File, folder: File, plant: File | None, faults: list[Fault]
    ) -> Defects:
        """The pack's defects, or those of one file in their place."""
        books: list[Book] = (
            [open_book(plant, str(plant), self.schema, faults)]
            if plant
            else open_books(folder, "defects", self.schema, faults)
        )
        assets = read_assets(pack_dir, self.schema, faults)
        known = Known(self.paths.names, self.paths.steps, assets, self._knows)
        defects = parse_defects(books, self.bureau.pools, known)
        _raise(pack_dir, faults)
        return defects

    def _knows(self, table: str) -> list[str]:
        """What the rows of a table of the world know, and the figures to be written into them."""
        names = {name for row in self.world.get(table, ())[:1] for name in row}
        return sorted(names | {t.column for t in self.bureau.tallies if t.on == table})

    def _settle(self, schema: Schema) -> World:
        """The rows that stand before any case: organs, units, people, lists."""
        world: World = {"organs": list(self.bureau.organs), "units": list(self.bureau.units)}
        settled = settle(self.bureau, self.ground, self.bureau.before, self.count)
        note_leave(self.bureau, settled, self.shared)
        return {**world, **settled}

    def finished_world(self) -> World:
        """What hangs on no case, with the figures of all cases, defects planted."""
        bureau = self.bureau
        for table, rows in settle(bureau, self.ground, bureau.after, self.count).items():
            self.world.setdefault(table, []).extend(rows)
        for tally in bureau.tallies:
            tally.write(self.world)
        subjects = Subjects(bureau, self.ground, self.world, self.schema)
        self.planter.plant_counted(subjects, self.rng)
        return self.world

    def cases(self) -> Iterator[Draft]:
        """All cases in the order of their opening, defects planted."""
        for index, opening in enumerate(self._openings()):
            draft = self._case(opening, index / self.count)
            self.bureau.feed(draft)
            yield draft

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

        def run(assume: Mapping[str, Any], pace: Pace, echo: Draft | None = None) -> Draft:
            self.serials.back_to(mark)
            self.shared.begin()
            rng.seed(opening.seed)
            draft = Draft(rng, self.days, self.serials, self.links, dict(plan), self.shared)
            draft.echo = echo
            opening.path.walk(draft, opening.day, assume, pace)
            draft.claims = self.shared.settled()
            return draft

        clean = run({}, {})
        made = self.planter.plant(opening.themes, clean, run, progress, opening.spare)
        self.shared.close()
        return made

    def _plan(self, opening: _Opening) -> Row:
        """What is known of a case when it opens; its number runs by organ and year."""
        year = date.fromordinal(opening.day).year
        plan: Row = {
            "organ": opening.organ,
            "unit": opening.unit,
            "year": year,
            "opened_on": opening.day,
            "path": opening.path.name,
            "shared": self.shared,
            "serial": 0,
        }
        pattern = self.bureau.ids["cases"]
        plan["serial"] = self.serials.next(pattern.format_map(plan))
        plan["case_id"] = pattern.format_map(plan)
        return plan


def _links(schema: Schema, bureau: Bureau) -> dict[str, tuple[str | None, str | None]]:
    """For each table the column that numbers its rows, and the one that points at the case."""
    found: dict[str, tuple[str | None, str | None]] = {}
    for table in schema.tables.values():
        numbered = len(table.key) == 1 and table.name in bureau.ids and table.name != CASES
        found[table.name] = (table.key[0] if numbered else None, table.case_column)
    return found


def _raise(pack_dir: File, faults: list[Fault]) -> None:
    if faults:
        raise PackError(pack_dir, faults)
