"""Days and points in time as people write them; what one cell leaves open, its column decides.

Each word is first taken for what it may be (`Meaning`). Then the column is looked at as a whole:
which of day and month comes first, whose years these are, whether five figures are the day
numbers of a spreadsheet. What nothing decides is not read, and asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from workbench.loading.calendars import serial_day
from workbench.loading.meanings import (
    DAY_FIRST,
    REPUBLIC,
    SERIAL,
    SHORT_YEAR,
    SURE,
    Meaning,
    meaning_of,
)
from workbench.loading.parsed import Judged, Parsed, asked, decide, unread

# What a mapping may write as `format` of a column, beside a form like %m/%d/%Y.
CONVENTIONS = ("dmy", "mdy", "roc", "excel1900", "excel1904")
_ANSWERS = {
    "day_or_month": ("dmy", "mdy"),
    "two_digit_year": ('"%d/%m/%y"', '"%m/%d/%y"', '"%y/%m/%d"', "roc"),
    "whose_years": ("roc",),
    "day_number": ("excel1900", "excel1904"),
}
_NEAR = timedelta(days=366)


@dataclass(frozen=True)
class _Column:
    """What the column as a whole has decided. None: nothing in it does."""

    day_first: bool | None
    republic: bool | None
    short_republic: bool
    system: int | None
    as_written: bool  # all times with an offset are midnights: days, and no points in time


def read_dates(zone: tzinfo | None, convention: str | None = None) -> Callable[..., Judged]:
    """A reader of days. A time of day is dropped; one with an offset is local time first, unless
    all of the column are midnights, which are days wherever they were written."""

    def read(words: list[str]) -> Judged:
        return _judge(words, convention, lambda m, day, column: _day(m, day, column, zone))

    return read


def read_timestamps(zone: tzinfo | None, convention: str | None = None) -> Callable[..., Judged]:
    """A reader of points in time, turned into local time where they carry an offset."""

    def read(words: list[str]) -> Judged:
        return _judge(words, convention, lambda m, day, column: _moment(m, day, zone))

    return read


def parse_date(text: str) -> Parsed:
    """A day by itself, as far as it needs no column to be understood.

    >>> parse_date("2025年3月1日").value
    datetime.date(2025, 3, 1)
    >>> parse_date("2025-13-40").value
    """
    meaning = meaning_of(text)
    if meaning.kind == SURE and meaning.day is not None:
        return Parsed(meaning.day) if in_reach(meaning.day) else unread("out_of_reach")
    return read_dates(None)([text]).cells[0]


def _judge(words: list[str], convention: str | None, finish: Callable[..., Parsed]) -> Judged:
    meanings = [meaning_of(word) for word in words]
    column = _decide(meanings, convention)

    def one(meaning: Meaning) -> Parsed:
        found = _settled(meaning, column)
        if found.value is None:
            return found
        if not in_reach(found.value):
            return unread("out_of_reach")
        finished = finish(meaning, found.value, column)
        return finished if finished.repair else Parsed(finished.value, found.repair, found.shown)

    cells = [one(meaning) for meaning in meanings]
    return Judged(cells, asked(cells, _ANSWERS))


def in_reach(day: date) -> bool:
    """Is the day one that a case file may speak of?"""
    return 1900 <= day.year < 2200


# -- the column as a whole


def _decide(meanings: list[Meaning], convention: str | None) -> _Column:
    republic = _republic(meanings, convention)
    offsets = [m for m in meanings if m.offset is not None]
    return _Column(
        _day_first(meanings, convention),
        republic,
        convention == "roc" or (republic is True and not any(m.gregorian for m in meanings)),
        _system(meanings, convention),
        all(m.micros == 0 for m in offsets),
    )


def _day_first(meanings: Iterable[Meaning], convention: str | None) -> bool | None:
    if convention in ("dmy", "mdy"):
        return convention == "dmy"
    both = [m for m in meanings if m.kind == DAY_FIRST]
    first = sum(m.day is not None and m.other is None for m in both)
    second = sum(m.day is None and m.other is not None for m in both)
    return decide(first, second)


def _republic(meanings: list[Meaning], convention: str | None) -> bool | None:
    """Are years of three figures those of the Republic? Not beside as many Gregorian ones."""
    if convention == "roc" or any(m.repair == "republic_year" and m.said for m in meanings):
        return True
    bare = sum(m.kind == REPUBLIC for m in meanings)
    return decide(bare, sum(m.gregorian for m in meanings)) if bare else None


def _system(meanings: list[Meaning], convention: str | None) -> int | None:
    """The system of day numbers: they are most of the column, or lie among its other days."""
    if convention in ("excel1900", "excel1904"):
        return int(convention[5:])
    numbers = [m.number for m in meanings if m.kind == SERIAL]
    if not numbers:
        return None
    days = [m.day for m in meanings if m.kind == SURE and m.day is not None]
    if days:
        for system in (1900, 1904):
            reach = min(days) - _NEAR, max(days) + _NEAR
            if reach[0] <= serial_day(min(numbers), system) and (
                serial_day(max(numbers), system) <= reach[1]
            ):
                return system
    return 1900 if len(numbers) * 2 > len(meanings) else None


def _settled(meaning: Meaning, column: _Column) -> Parsed:
    """The day of one meaning, now that the column has spoken."""
    if meaning.kind == DAY_FIRST:
        return _by_order(meaning, column.day_first)
    if meaning.kind == REPUBLIC and not column.republic:
        return unread("whose_years")
    if meaning.kind == SHORT_YEAR and not (column.short_republic and meaning.day):
        return unread("two_digit_year")
    if meaning.kind == SERIAL:
        if column.system is None:
            return unread("day_number")
        return Parsed(serial_day(meaning.number, column.system), f"excel{column.system}", "")
    if meaning.day is None:
        return Parsed(None, why=meaning.why)
    return Parsed(meaning.day, meaning.repair, "")


def _by_order(meaning: Meaning, day_first: bool | None) -> Parsed:
    if meaning.day == meaning.other:
        return Parsed(meaning.day)
    if day_first is not None:
        day = meaning.day if day_first else meaning.other
        if day is None:
            return unread("other_order")
        return Parsed(day, "day_first" if day_first else "month_first", "")
    # No order is proven, or both are: what can only be read in one way is still read.
    if meaning.day is None or meaning.other is None:
        return Parsed(meaning.day or meaning.other)
    return unread("day_or_month")


# -- days and points in time


def _day(meaning: Meaning, day: date, column: _Column, zone: tzinfo | None) -> Parsed:
    if meaning.offset is None or column.as_written:
        return Parsed(day)
    local = _local(_at(day, meaning), meaning.offset, zone)
    moved = local.value.date()
    return Parsed(moved, local.repair, local.shown)


def _moment(meaning: Meaning, day: date, zone: tzinfo | None) -> Parsed:
    if meaning.micros is None:
        return Parsed(_at(day, meaning), "no_time_of_day", "")
    found = _at(day, meaning)
    return Parsed(found) if meaning.offset is None else _local(found, meaning.offset, zone)


def _at(day: date, meaning: Meaning) -> datetime:
    midnight = datetime(day.year, day.month, day.day)
    return midnight + timedelta(microseconds=meaning.micros or 0)


def _local(found: datetime, offset: timedelta, zone: tzinfo | None) -> Parsed:
    """Local time: an offset is converted; with no zone known it is dropped, and said so."""
    if zone is None:
        return Parsed(found, "offset_dropped", "")
    moment = found.replace(tzinfo=UTC if not offset else timezone(offset))
    return Parsed(moment.astimezone(zone).replace(tzinfo=None), "offset_converted", "")


def with_form(form: str, kind: str, zone: tzinfo | None) -> Callable[[str], Parsed]:
    """A parser of cells in one form, such as `%m/%d/%Y`; of timestamps too."""

    def parse(text: str) -> Parsed:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            return Parsed(None)
        if not in_reach(found.date()):
            return unread("out_of_reach")
        return Parsed(found.date()) if kind == "date" else _aware(found, zone)

    return parse


def _aware(found: datetime, zone: tzinfo | None) -> Parsed:
    offset: Any = found.utcoffset()
    return Parsed(found) if offset is None else _local(found.replace(tzinfo=None), offset, zone)
