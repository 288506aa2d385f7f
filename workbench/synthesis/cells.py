"""What stands in a cell, written as data: a value, or an expression that starts with `=`.

=day                     the day of the step           =on filed     the day of another step
=at 540 1020             a minute of that day          =later start_at 30 120   some time later
=last events.event_id    of the row added last         =it  =it.kind   the word or row at hand
=one objects             one of a pool                 =name         a value of the plan
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.days import DAY
from workbench.synthesis.draft import Draft, Row
from workbench.synthesis.draws import Pools

Cell: TypeAlias = Callable[[Draft, Row], Any]
_ARGUMENTS = {"day": 0, "on": 1, "at": 2, "later": 3, "last": 1, "one": 1, "it": 0}


class Cells:
    """The columns of one new or changed row: fixed values apart from those to work out."""

    def __init__(self, fixed: Row, worked: list[tuple[str, Cell]]) -> None:
        self.fixed = fixed
        self.worked = worked

    def __bool__(self) -> bool:
        return bool(self.fixed or self.worked)

    def into(self, draft: Draft, row: Row) -> None:
        """Write them into `row`, in order: a cell may look at those before it."""
        row.update(self.fixed)
        for column, cell in self.worked:
            row[column] = cell(draft, row)


def compile_cells(
    book: Book,
    place: Place,
    table: str,
    spec: Any,
    pools: Pools,
    other: Callable[[Book, Place, Any], Cell] | None = None,
) -> Cells:
    """A mapping of columns; `other` compiles values that are mappings themselves."""
    fixed: Row = {}
    worked: list[tuple[str, Cell]] = []
    for name, value in book.mapping(place, spec).items():
        here = (*place, name)
        column = book.column(here, table, name)
        if isinstance(value, str) and value.startswith("="):
            worked.append((name, compile_cell(book, here, value[1:], pools)))
        elif isinstance(value, dict) and other is not None:
            worked.append((name, other(book, here, value)))
        else:
            fixed[name] = book.literal(here, column, value)
    return Cells(fixed, worked)


def compile_cell(book: Book, place: Place, text: str, pools: Pools) -> Cell:
    """One expression, without its `=`."""
    word, *rest = text.split()
    if word not in _ARGUMENTS and not rest:
        return _plan(book, place, word)
    if len(rest) != _ARGUMENTS.get(word, -1):
        book.fault(place, f"'={text}' is no expression")
        return lambda draft, row: None
    return _compile_word(book, place, word, rest, pools)


def _compile_word(book: Book, place: Place, word: str, rest: list[str], pools: Pools) -> Cell:
    if word == "day":
        return lambda draft, row: draft.day
    if word == "it":
        return lambda draft, row: draft.it
    if word == "on":
        book.step(place, rest[0])
        return lambda draft, row: draft.on[rest[0]]
    if word == "at":
        return _at(int(rest[0]), int(rest[1]))
    if word == "later":
        return _later(rest[0], int(rest[1]), int(rest[2]))
    if word == "last":
        return _last(book, place, rest[0])
    return _one(book, place, rest[0], pools)


def _plan(book: Book, place: Place, text: str) -> Cell:
    """A value of the plan; with a dot, a column of a row that the plan (or `it`) holds."""
    name, _, column = text.partition(".")
    if name == "it":
        return lambda draft, row: draft.it[column]
    book.name(place, name)
    if column:
        return lambda draft, row: draft.plan[name][column]
    return lambda draft, row: draft.plan[name]


def _at(low: int, high: int) -> Cell:
    width = high - low + 1
    return lambda draft, row: draft.day * DAY + low + int(draft.rng.random() * width)


def _later(column: str, low: int, high: int) -> Cell:
    width = high - low + 1
    return lambda draft, row: row[column] + low + int(draft.rng.random() * width)


def _last(book: Book, place: Place, name: str) -> Cell:
    table, _, column = name.partition(".")
    if book.table(place, table):
        book.column(place, table, column)
    return lambda draft, row: draft.rows[table][-1][column]


def _one(book: Book, place: Place, name: str, pools: Pools) -> Cell:
    if not book.known(place, name, pools, "pool"):
        return lambda draft, row: None
    pool = pools[name]
    return lambda draft, row: pool[int(draft.rng.random() * len(pool))]


def add_rows(draft: Draft, rows: Iterable[tuple[str, Cells]]) -> None:
    """Add a row to each table and fill it."""
    for table, cells in rows:
        cells.into(draft, draft.start_row(table))
