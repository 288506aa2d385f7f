"""Clocks counted on the fingers, day by day, from the words of the law. The judge of `clock_sql`.

The day on which a limit starts is not counted. An excluded day is not counted, nor is a rest day
where the limit counts working days; an act on such a day is an act of the next day that counts.
A limit in calendar days, months or years that ends on a rest day ends on the next working day,
unless it does not roll.

A day that the calendar does not know is a working day or a rest day, nobody knows which. Each
rest day more lets an act be in time, each working day more lets it be late; so two trials decide,
one with nothing but rest days there and one with nothing but working days. Where both say the
same, that is the answer; where they differ, nobody can tell.

A limit in hours runs from moment to moment, by day and by night, rest days or not; an hour that
has begun is counted.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from workbench.clocks import Clock
from workbench.parameters import Parameter
from workbench.terms import Scope
from workbench.workdays import Calendar

Row: TypeAlias = Mapping[str, Any]
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class _Count:
    """How days are counted: which do not count, and what an unknown day is taken for."""

    calendar: Calendar | None
    unit: str
    roll: bool
    excluded: frozenset[date]
    unknown: bool | None = None

    def works(self, day: date) -> bool | None:
        """Is it a working day? For a day that the calendar does not know: what it is taken for."""
        known = self.calendar.is_working(day) if self.calendar else None
        return self.unknown if known is None else known

    def counts(self, day: date) -> bool | None:
        """Is it a day that counts?"""
        if day in self.excluded:
            return False
        return self.works(day) if self.unit == "wd" else True

    def elapsed(self, start: date, stop: date) -> int:
        """How many days were used up by an act on `stop`; not positive before the start."""
        if stop < start:
            return (stop - start).days
        if self.unit == "cd" and self.roll:
            return self._elapsed_rolled(start, stop)
        days = sum(bool(self.counts(day)) for day in _days(start + _DAY, stop))
        idle = not self.counts(stop) if stop > start else not (self.unit == "cd" or
                                                               self.works(stop))  # fmt: skip
        return days + idle

    def _elapsed_rolled(self, start: date, stop: date) -> int:
        """Rest days right before the act are forgiven: a limit that ended on them rolled on."""
        before = stop - _DAY
        while before >= start and not self.works(before):
            before -= _DAY
        if before < start:
            return 0
        return sum(bool(self.counts(day)) for day in _days(start + _DAY, before)) + 1

    def due(self, start: date, limit: int) -> date | None:
        """The last lawful day, walked to; None where an unknown day stands in the way."""
        day, left = start, limit
        while left:
            day += _DAY
            counts = self.counts(day)
            if counts is None:
                return None
            left -= counts
        while self.unit == "cd" and self.roll and not self.works(day):
            if self.works(day) is None:
                return None
            day += _DAY
        return day


def clock_facts(
    clock: Clock,
    parameters: Mapping[str, Parameter],
    calendar: Calendar | None,
    row: Row,
    extensions: Sequence[Row],
    exclusions: Sequence[Row],
    as_of: date,
) -> dict[str, Any]:
    """The facts scope, elapsed, limit and due_on of one subject.

    `row` has the facts that the clock names; `extensions` and `exclusions` are whole tables.
    """
    nothing = {"scope": Scope.not_applicable.value, "elapsed": None, "limit": None, "due_on": None}
    population, start = row[clock.population], row[clock.start]
    if population is False:
        return nothing
    if start is None:
        return nothing | {"scope": Scope.due.value}
    value = parameters[clock.limit].on(_day(start), row)
    if value is None:  # the duty did not exist on that day
        return nothing
    stop = _stop(clock, row, start, as_of)
    if parameters[clock.limit].unit == "hours":
        hours = _hours(start, stop or as_of)
        scope, told = _scope(clock, row, (start, stop, as_of), hours, int(value))
        last = _day(start + _HOUR * int(value))
        return {"scope": scope, "elapsed": told, "limit": int(value), "due_on": last}
    elapsed, limit, count = _decide(
        clock, parameters, calendar, row, (start, stop or as_of, as_of), extensions, exclusions
    )
    scope, told = _scope(clock, row, (start, stop, as_of), elapsed, limit)
    due_on = count.due(start, limit)
    return {"scope": scope, "elapsed": told, "limit": limit, "due_on": due_on}


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _hours(start: date, stop: date) -> int:
    """The hours begun between two moments, counted one by one; negative before the start.

    A day stands for its end.
    """
    moment, stop = _moment(start), _moment(stop)
    hours = 0
    while moment < stop:
        moment, hours = moment + _HOUR, hours + 1
    while moment - _HOUR >= stop:
        moment, hours = moment - _HOUR, hours - 1
    return hours


def _moment(day: date) -> datetime:
    if isinstance(day, datetime):
        return day
    return datetime(day.year, day.month, day.day) + _DAY


def _stop(clock: Clock, row: Row, start: date, as_of: date) -> date | None:
    """The day of the act, if it has happened; an act before the start is none of this clock."""
    stop: date | None = row[clock.stop]
    if stop is None or _day(stop) > as_of or (stop < start and clock.mode != "not_before"):
        return None
    return stop


def _scope(
    clock: Clock,
    row: Row,
    days: tuple[date, date | None, date],
    elapsed: int | None,
    limit: int,
) -> tuple[str, int | None]:
    """Is the duty due, and how much of the limit has run, as far as it can be told?"""
    start, stop, as_of = days
    due, pending = Scope.due.value, Scope.not_yet_due.value
    if row[clock.population] is None:
        return due, None
    if _day(start) > as_of:
        return pending, None
    if elapsed is not None and elapsed > limit and not _says(row, clock.allowances_known):
        elapsed = None  # perhaps more time was granted than the records can say
    if stop is not None:
        return due, elapsed
    known = _says(row, clock.stop_known)
    if clock.mode == "not_before":
        return (pending, elapsed) if known else (due, None)
    if elapsed is not None and elapsed <= limit:
        return pending, elapsed if known else None
    return due, elapsed if known else None


def _says(row: Row, fact: str | None) -> bool:
    return fact is None or bool(row[fact])


def _decide(
    clock: Clock,
    parameters: Mapping[str, Parameter],
    calendar: Calendar | None,
    row: Row,
    days: tuple[date, date, date],
    extensions: Sequence[Row],
    exclusions: Sequence[Row],
) -> tuple[int | None, int, _Count]:
    """Elapsed (None: nobody can tell), the limit with what was granted, and how days count."""
    start, stop, as_of = days
    parameter = parameters[clock.limit]
    unit = parameter.unit if parameter.unit == "wd" else "cd"
    roll = clock.roll and clock.mode != "on_date"
    excluded = _excluded(clock, row, start, as_of, exclusions)
    trials = []
    for unknown in (False, True):  # nothing but rest days out there; nothing but working days
        count = _Count(calendar, unit, roll, excluded, unknown)
        limit = _days_allowed(clock, parameter, start, row)
        limit += _granted(clock, parameters, row, (start, as_of), limit, count, extensions)
        trials.append((count.elapsed(start, stop), limit))
    (least, longest), (most, shortest) = trials
    honest = _Count(calendar, unit, roll, excluded)
    if least > longest:
        return least, longest, honest
    return most if most <= shortest else None, shortest, honest


def _days_allowed(clock: Clock, parameter: Parameter, start: date, row: Row) -> int:
    """The limit in days; one that names a day is as long as that day is away."""
    value = parameter.on(start, row)
    if parameter.unit in ("wd", "cd"):
        return int(value or 0)
    if parameter.unit == "month_day":
        month, number = (int(part) for part in str(value).split("-"))
        named = date(start.year, month, number)
        if named <= start or clock.next_year:
            named = date(start.year + 1, month, number)
    else:
        months = int(value or 0) * (12 if parameter.unit == "years" else 1)
        year, month = start.year, start.month
        for _ in range(months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        named = date(year, month, min(start.day, monthrange(year, month)[1]))
    return (named - start).days


def _excluded(
    clock: Clock, row: Row, start: date, as_of: date, exclusions: Sequence[Row]
) -> frozenset[date]:
    """The days of excluded times with a stated basis; one without an end lasts until as-of."""
    if clock.exclusion is None:
        return frozenset()
    found: set[date] = set()
    for time in exclusions:
        mine = time["case_id"] == row["case_id"] and time["clock"] in clock.exclusion.codes
        mine = mine and _was_told(clock.exclusion.told, time, as_of)
        if mine and time["basis_code"] is not None and time["from_on"] is not None:
            found |= set(_days(time["from_on"], time["to_on"] or as_of))
    return frozenset(day for day in found if day > start)


def _granted(
    clock: Clock,
    parameters: Mapping[str, Parameter],
    row: Row,
    days: tuple[date, date],
    limit: int,
    count: _Count,
    extensions: Sequence[Row],
) -> int:
    """Days granted by the right person within the limit, never more than the law knows of."""
    if clock.extension is None:
        return 0
    start, as_of = days
    most = parameters[clock.extension.most]
    longest = most.on(start, row)
    granted = 0
    for act in extensions:
        approved = act["approved_on"]
        if (
            act["case_id"] == row["case_id"]
            and act["clock"] == clock.extension.code
            and act["unit"] == most.unit == parameters[clock.limit].unit
            and act["approver_role"] in clock.extension.roles
            and approved is not None
            and start <= approved <= as_of
            and _was_told(clock.extension.told, act, as_of)
            and count.elapsed(start, approved) <= limit
        ):
            granted += act["extra"] or 0
    return min(granted, int(longest or 0))


def _was_told(column: str | None, act: Row, as_of: date) -> bool:
    """Has the party been told of it by the as-of day, where that is asked for?"""
    return column is None or (act[column] is not None and act[column] <= as_of)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += _DAY
