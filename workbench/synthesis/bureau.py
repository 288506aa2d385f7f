"""The invented bureau of `bureau.yaml`: organs, units, people, and the share each unit takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Any

from workbench.synthesis.book import Book
from workbench.synthesis.cells import Cells, compile_cells
from workbench.synthesis.days import Days, as_day
from workbench.synthesis.draft import Draft, Row, Serials
from workbench.synthesis.draws import Draws, compile_draws
from workbench.synthesis.moments import compile_moment
from workbench.synthesis.when import When, compile_when

_KEYS = ("notice", "as_of", "from", "ids", "pools", "organs", "units", "people", "yearly")
Links = Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class Group:
    """People of one sort that every organ or unit has: officers, parties."""

    per: str
    name: str
    count: str | None
    per_case: float
    draws: Draws
    rows: tuple[tuple[str, When, Cells], ...]


@dataclass(frozen=True)
class Bureau:
    """Organs and units with their rows; `pools` also gets the people, group by group."""

    first: int
    as_of: int
    ids: Mapping[str, str]
    pools: dict[str, Sequence[Any]]
    organs: tuple[Row, ...]
    units: tuple[Row, ...]
    groups: tuple[Group, ...]
    yearly: tuple[tuple[str, tuple[int, ...], Cells], ...]

    def organ_of(self, unit: Row) -> Row:
        """The organ a unit belongs to."""
        return next(o for o in self.organs if o["organ_id"] == unit["organ_id"])

    def weight(self, owner: Row) -> float:
        """The share of the cases that an organ or unit takes."""
        mine = [u["weight"] for u in self.units if u is owner or owner is self.organ_of(u)]
        return float(sum(mine) / sum(unit["weight"] for unit in self.units))


def parse_bureau(book: Book) -> Bureau:
    """`bureau.yaml` -> `Bureau`; faults are noted in the book."""
    content = book.source.content
    book.keys((), content, _KEYS)
    book.needs((), content, _KEYS)
    for index, unit in enumerate(content["units"]):
        book.needs(("units", index), unit, ("unit_id", "organ_id", "weight", "mix"))
        organs = [organ.get("organ_id") for organ in content["organs"]]
        book.known(("units", index), unit["organ_id"], organs, "organ")
    pools = dict(book.mapping(("pools",), content.get("pools")))
    return Bureau(
        first=as_day(content["from"]),
        as_of=as_day(content["as_of"]),
        ids=book.mapping(("ids",), content.get("ids")),
        pools=pools,
        organs=tuple(content.get("organs") or ()),
        units=tuple(content.get("units") or ()),
        groups=tuple(_groups(book, content.get("people") or (), pools)),
        yearly=tuple(_yearly(book, content.get("yearly") or (), pools)),
    )


def _groups(book: Book, specs: Any, pools: dict[str, Any]) -> Iterator[Group]:
    for index, spec in enumerate(specs):
        place = ("people", index)
        book.needs(place, spec, ("per", "group", "rows"))
        book.keys(place, spec, ("per", "group", "count", "per_case", "draw", "rows"))
        known = {"organ", "unit"}
        draws = compile_draws(book, (*place, "draw"), spec.get("draw"), pools, known)
        book.known_names = frozenset(known)
        rows: list[tuple[str, When, Cells]] = []
        for number, row in enumerate(spec["rows"]):
            here = (*place, "rows", number)
            columns = {name: row[name] for name in row if name not in ("in", "when")}
            if book.table(here, row.get("in")):
                condition = compile_when(book, here, row.get("when"), known)
                cells = compile_cells(book, here, row["in"], columns, pools)
                rows.append((row["in"], condition, cells))
        book.known_names = None
        share = float(spec.get("per_case", 0))
        yield Group(spec["per"], spec["group"], spec.get("count"), share, draws, tuple(rows))


def _yearly(
    book: Book, specs: Any, pools: dict[str, Any]
) -> Iterator[tuple[str, tuple[int, ...], Cells]]:
    for index, spec in enumerate(specs):
        place = ("yearly", index)
        book.needs(place, spec, ("in", "years", "columns"))
        book.known_names = frozenset(("unit", "year", "year_end"))
        if book.table(place, spec.get("in")):
            cells = compile_cells(book, place, spec["in"], spec["columns"], pools, compile_moment)
            yield spec["in"], tuple(spec["years"]), cells
        book.known_names = None


def settle(
    bureau: Bureau, days: Days, serials: Serials, links: Links, rng: Random, cases: int
) -> dict[str, list[Row]]:
    """The rows of the people, by table; each group becomes a pool with its name."""
    rows: dict[str, list[Row]] = {}
    for group in bureau.groups:
        for owner in bureau.organs if group.per == "organs" else bureau.units:
            plan = {"organ": owner}
            if group.per == "units":
                plan = {"organ": bureau.organ_of(owner), "unit": owner}
            members: list[Row] = []
            for _ in range(_size(bureau, group, owner, cases)):
                draft = Draft(rng, days, serials, links, dict(plan))
                members.append(_person(group, draft))
                for table, made in draft.rows.items():
                    rows.setdefault(table, []).extend(made)
            bureau.pools[group.name.format_map(plan)] = members
    return rows


def _size(bureau: Bureau, group: Group, owner: Row, cases: int) -> int:
    if group.count:
        return int(owner[group.count])
    return ceil(cases * group.per_case * bureau.weight(owner))


def _person(group: Group, draft: Draft) -> Row:
    group.draws.into(draft.rng, draft.plan, {})
    for table, condition, cells in group.rows:
        if condition(draft.plan):
            cells.into(draft, draft.start_row(table))
    return draft.rows[group.rows[0][0]][0]


def year_drafts(
    bureau: Bureau, days: Days, serials: Serials, links: Links, rng: Random
) -> Iterator[tuple[str, Draft]]:
    """One small draft for each unit and year: what the unit owes once a year."""
    for table, years, cells in bureau.yearly:
        for unit in bureau.units:
            for year in years:
                end = as_day(f"{year}-12-31")
                plan = {"unit": unit, "year": year, "year_end": end}
                draft = Draft(rng, days, serials, links, plan)
                cells.into(draft, draft.start_row(table))
                yield table, draft
