"""The invented bureau of `bureau.yaml`: organs, units, people, lists, and yearly figures.

What hangs on no case is its world. Most of it stands before the first case (`standing`,
`people`, `yearly`); `tallies` fill in figures and `after` adds rows when all cases are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from workbench.synthesis.blocks import Block, Pools, parse_blocks, plain
from workbench.synthesis.book import Book
from workbench.synthesis.days import Days, as_day
from workbench.synthesis.draft import Draft, Row, Serials
from workbench.synthesis.shared import Shared
from workbench.synthesis.tallies import Sample, Tally, parse_samples, parse_tallies

_NEEDED = ("notice", "as_of", "from", "ids", "pools", "organs", "units", "people")
_KEYS = (*_NEEDED, "standing", "yearly", "tallies", "samples", "after", "leave")
Links = Mapping[str, tuple[str | None, str | None]]
World: TypeAlias = dict[str, list[Row]]


@dataclass(frozen=True)
class Bureau:
    """Organs and units with their rows; `pools` also gets the groups of the blocks."""

    first: int
    as_of: int
    ids: Mapping[str, str]
    pools: Pools
    organs: tuple[Row, ...]
    units: tuple[Row, ...]
    before: tuple[Block, ...]
    after: tuple[Block, ...]
    tallies: tuple[Tally, ...]
    samples: tuple[Sample, ...]
    leave: Mapping[str, str]

    def organ_of(self, unit: Row) -> Row:
        """The organ a unit belongs to."""
        return next(o for o in self.organs if o["organ_id"] == unit["organ_id"])

    def weight(self, owner: Row) -> float:
        """The share of the cases that an organ or unit takes; nobody's is all."""
        mine = [u["weight"] for u in self.units if u is owner or owner is self.organ_of(u)]
        return float(sum(mine) / sum(unit["weight"] for unit in self.units)) if owner else 1.0

    def feed(self, draft: Draft) -> None:
        """Take a finished case into figures and samples."""
        record = draft.record
        for tally in self.tallies:
            tally.feed(draft, record)
        for sample in self.samples:
            sample.feed(draft, record, self.pools)


def parse_bureau(books: Sequence[Book]) -> Bureau:
    """`bureau.yaml` and `bureau/*.yaml` -> `Bureau`; faults are noted in the books.

    The first file holds organs, units and people; the others hold pools and blocks besides.
    """
    book = books[0]
    content = book.source.content
    book.needs((), content, _NEEDED)
    for index, unit in enumerate(content["units"]):
        book.needs(("units", index), unit, ("unit_id", "organ_id", "weight", "mix"))
        organs = [organ.get("organ_id") for organ in content["organs"]]
        book.known(("units", index), unit["organ_id"], organs, "organ")
    pools: Pools = {}
    for one in books:
        one.keys((), one.source.content, _KEYS)
        for name, members in one.mapping(("pools",), one.source.content.get("pools")).items():
            pools[name] = [plain(member) for member in members]
    blocks = {
        name: [
            block
            for one in books
            for block in parse_blocks(one, (name,), one.source.content.get(name), pools)
        ]
        for name in ("standing", "people", "yearly", "after")
    }
    ids = {k: v for one in books for k, v in (one.source.content.get("ids") or {}).items()}
    return Bureau(
        first=as_day(content["from"]),
        as_of=as_day(content["as_of"]),
        ids=ids,
        pools=pools,
        organs=tuple(content.get("organs") or ()),
        units=tuple(content.get("units") or ()),
        before=(*blocks["standing"], *blocks["people"], *blocks["yearly"]),
        after=tuple(blocks["after"]),
        tallies=tuple(
            tally
            for one in books
            for tally in parse_tallies(one, ("tallies",), one.source.content.get("tallies"))
        ),
        samples=tuple(
            sample
            for one in books
            for sample in parse_samples(one, ("samples",), one.source.content.get("samples"))
        ),
        leave=book.mapping(("leave",), content.get("leave")),
    )


@dataclass(frozen=True)
class Ground:
    """What every draft of the bureau is made on."""

    rng: Random
    days: Days
    serials: Serials
    links: Links
    shared: Shared

    def draft(self, plan: Row) -> Draft:
        """An empty draft with this plan."""
        plan = {**plan, "shared": self.shared}
        return Draft(self.rng, self.days, self.serials, self.links, plan, self.shared)


def settle(bureau: Bureau, ground: Ground, blocks: tuple[Block, ...], cases: int) -> World:
    """The rows of some blocks, by table; each group becomes a pool with its name."""
    world: World = {}
    for block in blocks:
        for plan, owner in _owners(bureau, block):
            draft = ground.draft(plan)
            block.grow(draft, bureau.pools, block.size(owner, bureau.weight(owner), cases))
            for table, made in draft.rows.items():
                world.setdefault(table, []).extend(made)
    return world


def _owners(bureau: Bureau, block: Block) -> Iterator[tuple[Row, Row]]:
    """Each plan of a block with the organ or unit it is for."""
    owners: tuple[Row, ...] = ({},)
    if block.per != "once":
        owners = bureau.organs if block.per == "organs" else bureau.units
    for owner in owners:
        plan: Row = {}
        if block.per == "organs":
            plan = {"organ": owner}
        elif block.per == "units":
            plan = {"organ": bureau.organ_of(owner), "unit": owner}
        if not block.years:
            yield plan, owner
        for year in block.years:
            yield {**plan, "year": year, "year_end": as_day(f"{year}-12-31")}, owner


def note_leave(bureau: Bureau, world: World, shared: Shared) -> None:
    """Enter the officers' leave into the diary: `leave: {in: table, officer:, from:, to:}`."""
    if bureau.leave:
        officer, first, last = (bureau.leave[key] for key in ("officer", "from", "to"))
        for row in world.get(bureau.leave["in"], ()):
            shared.away(row[officer], row[first], row[last])
