"""What stands in a cell, written as data: a value, or an expression that starts with `=`.

=day                     the day of the step           =on filed     the day of another step
=at 540 1020             a minute of that day          =later start_at 30 120   some time later
=last events.event_id    of the row added last         =it  =it.kind   the word or row at hand
=one objects             one of a pool                 =name         a value of the plan
=number decision_no      the next number of this name  =slot 540 900 20 60   an hour at which the
=echo events.start_at    of the earlier case's last row       crew is free; sets `slot_end`
=echo.party              a value of the earlier case's plan
=pairs certificates valid_from_on certificate_no   day and value of the rows that share this row's
                         first column: what `dated` looks up
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.days import DAY
from workbench.synthesis.draft import Draft, Row, Unfit
from workbench.synthesis.lookups import Pools

Cell: TypeAlias = Callable[[Draft, Row], Any]
_ARGUMENTS = {
    "day": 0, "on": 1, "at": 2, "later": 3, "last": 1, "one": 1, "it": 0,
    "number": 1, "slot": 4, "echo": 1, "pairs": 3,
}  # fmt: skip


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
    if word == "echo":
        return _of_echo(book, place, rest[0])
    if word == "pairs":
        return _pairs(book, place, rest)
    if word == "number":
        return _number(book, place, rest[0])
    if word == "slot":
        return _slot(book, place, [int(part) for part in rest])
    return _one(book, place, rest[0], pools)


def _plan(book: Book, place: Place, text: str) -> Cell:
    """A value of the plan; with a dot, a column of a row that the plan (or `it`) holds."""
    name, _, column = text.partition(".")
    if name == "it":
        return lambda draft, row: draft.it[column]
    if name == "echo":
        first, _, inner = column.partition(".")
        book.name(place, first)
        if inner:
            return lambda draft, row: _echo(draft).plan[first][inner]
        return lambda draft, row: _echo(draft).plan[first]
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


def _echo(draft: Draft) -> Draft:
    """The earlier case; `echo:` of the defect found it."""
    if draft.echo is None:
        raise Unfit
    return draft.echo


def _of_echo(book: Book, place: Place, name: str) -> Cell:
    table, _, column = name.partition(".")
    if book.table(place, table):
        book.column(place, table, column)

    def cell(draft: Draft, row: Row) -> Any:
        rows = _echo(draft).rows.get(table)
        if not rows:
            raise Unfit
        return rows[-1].get(column)

    return cell


def _pairs(book: Book, place: Place, words: list[str]) -> Cell:
    table, day, value = words
    if book.table(place, table):
        book.column(place, table, day)
        book.column(place, table, value)

    def cell(draft: Draft, row: Row) -> Any:
        name, own = next(iter(row.items()))
        rows = draft.rows.get(table, ())
        return sorted((one[day], one[value]) for one in rows if one.get(name) == own)

    return cell


class _Later:
    """Stands for the serial while the rest of a number is written."""

    def __format__(self, spec: str) -> str:
        return f"{{serial:{spec}}}"


def _number(book: Book, place: Place, name: str) -> Cell:
    """A number by the pattern of the path; `{year}` is that of the day."""
    if not book.known(place, name, book.numbers, "number"):
        return lambda draft, row: None
    pattern, later = book.numbers[name], _Later()

    def cell(draft: Draft, row: Row) -> Any:
        plan = draft.plan
        if name in draft.assumed:
            plan[name] = draft.assumed[name]
        else:
            year = date.fromordinal(draft.day).year
            text = pattern.format_map({**plan, "year": year, "serial": later})
            plan[name] = draft.shared.numbers.token(text, draft.day)
        return plan[name]

    return cell


def _slot(book: Book, place: Place, hours: list[int]) -> Cell:
    """An hour of the day at which the crew is free; names the crew that was found."""
    low, high, short, long = hours
    crew = book.crew
    if crew is None:
        book.fault(place, "'=slot' needs 'crew' at the top of the file")
        return lambda draft, row: None

    def cell(draft: Draft, row: Row) -> Any:
        plan, rng = draft.plan, draft.rng
        length = short + int(rng.random() * (long - short + 1))
        wanted = [plan[name] for name in crew.wanted]
        pool = crew.pools[crew.pool.format_map(plan)]
        start, found = draft.shared.meet(rng, draft.day, (low, high), length, wanted, pool)
        plan.update(zip(crew.names, found, strict=True))
        plan["slot_end"] = draft.day * DAY + start + length
        return draft.day * DAY + start

    return cell


def _one(book: Book, place: Place, name: str, pools: Pools) -> Cell:
    if not book.known(place, name, pools, "pool"):
        return lambda draft, row: None
    pool = pools[name]
    return lambda draft, row: pool[int(draft.rng.random() * len(pool))]
