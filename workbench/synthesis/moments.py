"""Days that an edit asks for: `{after: decided_on, wd: 8}`.

after      a case column, a step, a value of the plan, or `table.column` / `it.column`;
           with `echo.` before it, the same of the earlier case
wd, cd     working or calendar days, a number or [least, most]; negative looks back
pause      [step, step]: working days between them do not count
plus       then so many calendar days more
rest       true: the day must be a rest day; false: a working day
ahead      true: the day may lie after the last day (the end of a certificate)
minute     [least, most]: a moment of that day
minutes    a moment so much later than the moment `after`, a number or [least, most]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.cells import Cell
from workbench.synthesis.days import DAY
from workbench.synthesis.draft import Draft, Row, Unfit

# No day is as great a number, no moment as small a one: tells them apart in a picked row.
_MOMENTS = DAY * DAY
Moment: TypeAlias = Callable[[Draft], int]
_WORDS = ("after", "wd", "cd", "pause", "plus", "rest", "ahead", "minute", "minutes")


def compile_moment(book: Book, place: Place, spec: Any) -> Cell:
    """A moment as a cell."""
    moment = moment_of(book, place, spec)

    def cell(draft: Draft, row: Row) -> int:
        return moment(draft)

    return cell


def moment_of(book: Book, place: Place, spec: Any) -> Moment:
    """A day, or with `minute` / `minutes` a moment; raises `Unfit` where there is none."""
    book.keys(place, spec, _WORDS)
    base = _base(book, place, str(spec.get("after")), "minutes" in spec)
    if "minutes" in spec:
        return _later(base, spread_of(spec["minutes"]), bool(spec.get("ahead")))
    for name in spec.get("pause", ()):
        book.step(place, name)
    shifted = _shift(spec, base)
    if "minute" not in spec:
        return shifted
    low, high = spec["minute"]
    width = high - low + 1
    return lambda draft: shifted(draft) * DAY + low + int(draft.rng.random() * width)


def _later(base: Moment, minutes: Moment, ahead: bool) -> Moment:
    def moment(draft: Draft) -> int:
        found = base(draft) + minutes(draft)
        if found // DAY > draft.days.last and not ahead:
            raise Unfit
        return found

    return moment


def spread_of(spec: Any) -> Moment:
    """A number, or one drawn from [least, most]."""
    low, high = spec if isinstance(spec, list) else (spec, spec)
    if low == high:
        return lambda draft: int(low)
    return lambda draft: int(low) + int(draft.rng.random() * (high - low + 1))


def _base(book: Book, place: Place, name: str, moment: bool) -> Moment:
    """Where to count from; a timestamp counts as its day."""
    echo, name = name.startswith("echo."), name.removeprefix("echo.")
    table, _, column = name.rpartition(".")
    table = table or (book.root if book.schema.has(f"{book.root}.{name}") else "")
    found = book.schema.column(table, column)
    if table not in ("", "it"):
        book.column(place, table, column)
    elif not table and column not in (book.known_steps or ()):
        book.name(place, column)
    timestamp = (found is not None and found.type == "timestamp") or table == "it"

    def base(draft: Draft) -> int:
        subject = draft.echo if echo else draft
        value = None if subject is None else _look_up(subject, table, column)
        if value is None:
            raise Unfit
        return value // DAY if timestamp and not moment and value > _MOMENTS else int(value)

    return base


def day_of(book: Book, place: Place, name: str) -> Moment:
    """The day of a column, step or value, as `after` of a moment names it."""
    return _base(book, place, name, moment=False)


def _look_up(draft: Draft, table: str, column: str) -> Any:
    if table == "it":
        return draft.it[column]
    if table:
        rows = draft.rows.get(table)
        return rows[-1].get(column) if rows else None
    return draft.on[column] if column in draft.on else draft.plan.get(column)


def _shift(spec: Any, base: Moment) -> Moment:
    unit = "wd" if "wd" in spec else "cd"
    count = spec.get(unit, 0)
    low, high = count if isinstance(count, list) else (count, count)
    pause, plus, rest = spec.get("pause"), int(spec.get("plus", 0)), spec.get("rest")
    ahead = bool(spec.get("ahead"))

    def moment(draft: Draft) -> int:
        start, days = base(draft), draft.days
        number = low + int(draft.rng.random() * (high - low + 1)) if high > low else low
        if pause:
            first, last = (draft.on.get(name) for name in pause)
            if first is None or last is None:
                raise Unfit
            day = days.after_pause(start, number, first, last) + plus
        else:
            day = days.after(start, number, unit) + plus
        if rest is not None and days.is_rest(day) != rest:
            raise Unfit
        if day > days.last and not ahead:
            raise Unfit
        return day

    return moment
