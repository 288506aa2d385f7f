"""Figures and samples that are taken from the cases while they are made.

A tally counts rows (or adds up a column) of all cases as they are recorded, and is written into
rows that hang on no case: the penalties an organ decided in a year, the events of an officer.
A sample keeps some finished cases, for the rounds that evaluate them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.draft import CASES, Draft, Row
from workbench.synthesis.when import When, compile_when

_KEYS = ("into", "column", "in", "where", "case", "by", "sum", "least", "most")
_Part: TypeAlias = Callable[[Row, Row], Any]


@dataclass(frozen=True)
class Tally:
    """`column` of table `on` = number of rows of `table` (or sum of a column), by key columns."""

    on: str
    column: str
    table: str
    where: When
    case: When
    names: tuple[str, ...]
    parts: tuple[_Part, ...]
    sum: str | None
    word: str
    found: dict[tuple[Any, ...], Any]

    def feed(self, draft: Draft, record: Row) -> None:
        """Count the rows of one case."""
        if not self.case(record):
            return
        for row in draft.rows.get(self.table, ()):
            if self.where(row):
                key = tuple(part(row, record) for part in self.parts)
                if self.word == "sum":
                    amount = (row.get(self.sum) or 0) if self.sum else 1
                    self.found[key] = self.found.get(key, 0) + amount
                elif self.sum and row.get(self.sum) is not None:
                    choose = min if self.word == "least" else max
                    value = row[self.sum]
                    self.found[key] = choose(self.found.get(key, value), value)

    def write(self, world: Mapping[str, list[Row]]) -> None:
        """Put the figures into the rows; none counted is zero, or nothing for a first or last."""
        nothing = 0 if self.word == "sum" else None
        for row in world.get(self.on, ()):
            key = tuple(row.get(name) for name in self.names)
            row[self.column] = self.found.get(key, nothing)


@dataclass(frozen=True)
class Sample:
    """Up to `most` cases that meet a condition, kept in pools named after a pattern."""

    pool: str
    most: int
    where: When
    papers: Mapping[str, str]
    seen: dict[str, int]
    rng: Random

    def feed(self, draft: Draft, record: Row, pools: dict[str, Any]) -> None:
        """Keep the case, or not: each has the same chance."""
        if not self.where(record):
            return
        name = self.pool.format_map(draft.plan)
        seen = self.seen[name] = self.seen.get(name, 0) + 1
        kept = pools.setdefault(name, [])
        if len(kept) < self.most:
            kept.append(self._taken(draft, record))
        elif (at := int(self.rng.random() * seen)) < self.most:
            kept[at] = self._taken(draft, record)

    def _taken(self, draft: Draft, record: Row) -> Row:
        """The case's row, with what `with` names of the first row of another table."""
        row = dict(record)
        for name, place in self.papers.items():
            table, _, column = place.partition(".")
            row[name] = (draft.rows.get(table) or [{}])[0].get(column)
        return row


def parse_tallies(book: Book, place: Place, specs: Any) -> Iterator[Tally]:
    """`tallies:` of bureau.yaml."""
    for index, spec in enumerate(specs or ()):
        here = (*place, index)
        spec = book.mapping(here, spec)
        book.keys(here, spec, _KEYS)
        book.needs(here, spec, ("into", "column", "in", "by"))
        if not (book.table(here, spec["into"]) and book.table(here, spec["in"])):
            continue
        table = spec["in"]
        by = book.mapping((*here, "by"), spec["by"])
        word = next((word for word in ("least", "most") if word in spec), "sum")
        yield Tally(
            on=spec["into"],
            column=spec["column"],
            table=table,
            where=compile_when(
                book, (*here, "where"), spec.get("where"), book.schema.tables[table].columns
            ),
            case=compile_when(
                book, (*here, "case"), spec.get("case"), book.schema.tables[CASES].columns
            ),
            names=tuple(by),
            parts=tuple(_part(book, (*here, "by"), table, str(text)) for text in by.values()),
            sum=spec.get(word),
            word=word,
            found={},
        )


def _part(book: Book, place: Place, table: str, text: str) -> _Part:
    """`column` or `case.column`; `.year` behind it: of the day; `.last`: the last of its codes.

    Codes stand in the order of the schema, from light to heavy where they have a weight.
    """
    of_case = text.startswith("case.")
    name, _, word = text.removeprefix("case.").partition(".")
    column = book.column(place, CASES if of_case else table, name)
    order = list(column.codes) if column is not None else []
    day = 1440 if column is not None and column.type == "timestamp" else 1

    def part(row: Row, record: Row) -> Any:
        value = (record if of_case else row).get(name)
        if word == "year" and value is not None:
            return date.fromordinal(value // day).year
        if word == "last" and value:
            return max(value, key=order.index)
        return None if word else value

    return part


def parse_samples(book: Book, place: Place, specs: Any) -> Iterator[Sample]:
    """`samples:` of bureau.yaml: `pool: {most: 30, where: ...}`."""
    columns = book.schema.tables[CASES].columns
    for number, (pool, spec) in enumerate(book.mapping(place, specs).items()):
        here = (*place, pool)
        book.keys(here, spec, ("most", "where", "with"))
        where = compile_when(book, (*here, "where"), spec.get("where"), columns)
        papers = book.mapping((*here, "with"), spec.get("with"))
        yield Sample(str(pool), int(spec["most"]), where, papers, {}, Random(number))
