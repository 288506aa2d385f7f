"""Working-day arithmetic on a published calendar: when a limit ends, how much of it has run.

Pure. A calendar knows the years whose holidays are published and nothing beyond them: what
depends on a day outside answers None, never a guess.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from workbench.sources import read_rows
from workbench.terms import Fault, PackError, did_you_mean

Unit: TypeAlias = Literal["wd", "cd", "months", "years"]
Interval: TypeAlias = tuple[date, date]
CalendarRow: TypeAlias = tuple[date, bool, int, int, int, int, bool]

_SATURDAY = 5
_COLUMNS = ("day", "working")
_WORKING = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every day of the published years: working or rest, and its working-day numbers.

    Monday to Friday are working days but for the exceptions given; the years that have an
    exception are the years known, from 1 January of the first to 31 December of the last.

    Each day has **two** numbers, and a limit is never counted with one: `no_start` when the
    clock starts on it, `no_end` when the clock stops on it. Then `no_end(stop) -
    no_start(start) <= n` says exactly `stop <= after(start, n)`. With a single number an act
    on the rest days behind the last lawful day would pass.

    >>> cal = Calendar.of({date(2025, 1, 1): False})       # a Wednesday
    >>> cal.first, cal.last
    (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    >>> saturday = date(2025, 1, 4)
    >>> cal.no_start(saturday), cal.no_end(saturday)
    (2, 3)
    >>> cal.after(date(2024, 12, 31), 2) is None           # 2024 is not in this calendar
    True
    """

    first: date
    last: date
    _working: bytes = field(repr=False)
    _numbers: tuple[int, ...] = field(repr=False)  # no_start of each day
    _work: tuple[int, ...] = field(repr=False)  # the ordinals of the working days
    _holidays: frozenset[int] = field(repr=False)  # the ordinals of the published holidays

    @classmethod
    def of(cls, exceptions: Mapping[date, bool]) -> Calendar:
        """The calendar of the years in which an exception stands; True is a working day.

        >>> Calendar.of({})
        Traceback (most recent call last):
        ValueError: a calendar needs at least one day
        """
        if not exceptions:
            raise ValueError("a calendar needs at least one day")
        first = date(min(exceptions).year, 1, 1)
        last = date(max(exceptions).year, 12, 31)
        days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
        working = bytes(exceptions.get(day, day.weekday() < _SATURDAY) for day in days)
        holidays = frozenset(day.toordinal() for day, works in exceptions.items() if not works)
        return cls._numbered(first, last, working, holidays)

    @classmethod
    def _numbered(
        cls, first: date, last: date, working: bytes, holidays: frozenset[int]
    ) -> Calendar:
        numbers: list[int] = []
        work: list[int] = []
        for ordinal, flag in enumerate(working, first.toordinal()):
            if flag:
                work.append(ordinal)
            numbers.append(len(work))
        return cls(first, last, working, tuple(numbers), tuple(work), holidays)

    def with_days(self, own: Mapping[date, bool]) -> Calendar:
        """The same years with a bureau's own rest days (False) and working days (True).

        Raises `ValueError` for a day outside the calendar: one local holiday does not make the
        holidays of its year known.

        >>> cal = Calendar.of({date(2025, 1, 1): False})
        >>> typhoon = cal.with_days({date(2025, 7, 14): False})    # a Monday
        >>> cal.after(date(2025, 7, 11), 1), typhoon.after(date(2025, 7, 11), 1)
        (datetime.date(2025, 7, 14), datetime.date(2025, 7, 15))
        """
        working = bytearray(self._working)
        for day, flag in own.items():
            at = self._at(day)
            if at is None:
                raise ValueError(f"{day} lies outside the calendar")
            working[at] = flag
        # A closing of one's own is a rest day, and no holiday of the law.
        return self._numbered(self.first, self.last, bytes(working), self._holidays)

    @classmethod
    def read(cls, path: Path | str) -> Calendar:
        """A pack's `calendar.csv`: columns `day` and `working`; the others explain it.

        Only days that deviate from Monday to Friday (or are named holidays) need a row.
        Raises `PackError` with every faulty line.
        """
        path = Path(path)
        exceptions, faults = _read_exceptions(path)
        if not exceptions and not faults:
            faults.append(Fault(str(path), None, "no day stands in it", "one row for each holiday"))
        if faults:
            raise PackError(path.parent, faults)
        return cls.of(exceptions)

    def is_working(self, day: date) -> bool | None:
        """Is `day` a working day? None outside the calendar.

        >>> Calendar.of({date(2025, 9, 28): True}).is_working(date(2025, 9, 28))   # a Sunday
        True
        """
        at = self._at(day)
        return None if at is None else bool(self._working[at])

    def no_start(self, day: date) -> int | None:
        """Working days up to and including `day`: its number where a clock starts."""
        at = self._at(day)
        return None if at is None else self._numbers[at]

    def no_end(self, day: date) -> int | None:
        """The same where a clock stops: a rest day takes the number of the next working day."""
        at = self._at(day)
        return None if at is None else self._no_end(at)

    def cd_end(self, day: date) -> int | None:
        """The calendar-day number of `day` where a clock stops: rest days before it fall away.

        It is the ordinal of the last working day before `day`, plus one. Then
        `cd_end(stop) - start.toordinal() <= n` says exactly `stop <= after(start, n, "cd")`.

        >>> cal = Calendar.of({date(2025, 1, 1): False})
        >>> monday = date(2025, 1, 6)                       # all that is due on Saturday or later
        >>> date.fromordinal(cal.cd_end(monday))
        datetime.date(2025, 1, 4)
        """
        at = self._at(day)
        return None if at is None else self._cd_end(at)

    def after(self, day: date, n: int, unit: Unit = "wd", roll: bool = True) -> date | None:
        """The last lawful day of a limit of `n` units that starts on `day`.

        The day of the start is not counted. `wd`: the n-th working day behind it. `cd`,
        `months`, `years`: the n-th day, or the day of the same number (month end if there is
        none), moved with `roll` off a rest day to the next working day. None when that depends
        on a day the calendar does not know; without `roll` only `wd` depends on it.

        >>> cal = Calendar.of({date(2025, 10, 1): False})
        >>> cal.after(date(2025, 1, 31), 1, "months")
        datetime.date(2025, 2, 28)
        >>> cal.after(date(2025, 1, 2), 2, "cd"), cal.after(date(2025, 1, 2), 2, "cd", roll=False)
        (datetime.date(2025, 1, 6), datetime.date(2025, 1, 4))
        """
        if unit == "wd":
            return self._nth_working_day(day, n)
        if n < 0:
            raise ValueError(f"a limit of {n} {unit}: expected 0 or more")
        target = _nth_day(day, n, unit)
        if not roll or target is None:
            return target
        at = self._at(target)
        return None if at is None else self._working_day(self._no_end(at))

    def elapsed(
        self,
        start: date,
        stop: date,
        unit: Unit = "wd",
        excluded: Iterable[Interval] = (),
        roll: bool = True,
    ) -> int | None:
        """How many units of a limit that started on `start` were used up by `stop`.

        `elapsed(a, b, unit) <= n` says exactly `b <= after(a, n, unit)`. So a rest day counts
        as the working day behind it, and an act on Monday has used no more calendar days than
        one on the Saturday before. None when it depends on a day the calendar does not know.

        `excluded` are closed intervals (from, to) that do not count, each day once however
        often it is named: working days for `wd`, calendar days for `cd`. Months and years
        take none.

        >>> cal = Calendar.of({date(2025, 10, 1): False})
        >>> friday, monday = date(2025, 1, 3), date(2025, 1, 6)
        >>> cal.elapsed(friday, monday), cal.elapsed(friday, date(2025, 1, 4))
        (1, 1)
        >>> cal.elapsed(friday, date(2025, 1, 9), excluded=[(date(2025, 1, 4), date(2025, 1, 7))])
        2
        """
        if unit == "wd":
            return self._elapsed_working(start, stop, excluded)
        if unit == "cd":
            return self._elapsed_calendar(start, stop, excluded, roll)
        if list(excluded):
            raise ValueError(f"a limit in {unit} takes no excluded days")
        return self._elapsed_months(start, stop, unit, roll)

    def elapsed_at_least(
        self,
        start: date,
        stop: date,
        unit: Unit = "wd",
        excluded: Iterable[Interval] = (),
        roll: bool = True,
    ) -> int | None:
        """A lower bound of `elapsed` that also knows a `stop` beyond the calendar.

        The day after the last known one has a certain number. So a limit whose last lawful day
        is known is seen to be missed, however far beyond the calendar the act lies; where the
        bound is within the limit, nobody can tell.

        >>> cal = Calendar.of({date(2025, 10, 1): False})
        >>> cal.elapsed(date(2025, 12, 1), date(2026, 3, 1)) is None
        True
        >>> cal.elapsed_at_least(date(2025, 12, 1), date(2026, 3, 1))
        23
        """
        known = self.elapsed(start, stop, unit, excluded, roll)
        if known is not None or stop <= self.last or self._at(start) is None:
            return known
        begin, end = start.toordinal(), self._end
        if unit == "wd":
            number = self._numbers[begin - self.first.toordinal()]
            return len(self._work) + 1 - number - self._excluded_working(excluded, begin, end)
        if unit == "cd":
            end = self._work[-1] + 1
            return end - begin - _excluded_days(excluded, begin, end)
        return self._elapsed_months(start, date.fromordinal(end), unit, roll)

    def rows(self) -> Iterator[CalendarRow]:
        """Every day: (day, is_working, no_start, no_end, cd_start, cd_end, is_holiday).

        `cd_start` is the ordinal of the day, the calendar-day number where a clock starts. A
        holiday is a rest day that the calendar names; an ordinary weekend is none.

        >>> cal = Calendar.of({date(2025, 1, 1): False})
        >>> next(cal.rows())
        (datetime.date(2025, 1, 1), False, 0, 1, 739252, 739252, True)
        """
        begin = self.first.toordinal()
        for at, number in enumerate(self._numbers):
            day = date.fromordinal(begin + at)
            flag = bool(self._working[at])
            named = begin + at in self._holidays
            yield day, flag, number, self._no_end(at), begin + at, self._cd_end(at), named

    # ------------------------------------------------------------------ what stands behind it

    @property
    def _end(self) -> int:
        return self.last.toordinal() + 1  # the first ordinal that is not known

    def _at(self, day: date) -> int | None:
        at = day.toordinal() - self.first.toordinal()
        return at if 0 <= at < len(self._numbers) else None

    def _no_end(self, at: int) -> int:
        return self._numbers[at] + (not self._working[at])

    def _cd_end(self, at: int) -> int:
        before = self._no_end(at) - 1
        return self._work[before - 1] + 1 if before else self.first.toordinal()

    def _working_day(self, number: int) -> date | None:
        known = 0 < number <= len(self._work)
        return date.fromordinal(self._work[number - 1]) if known else None

    def _nth_working_day(self, day: date, n: int) -> date | None:
        if n < 1:
            raise ValueError(f"a limit of {n} working days: expected 1 or more")
        number = self.no_start(day)
        return None if number is None else self._working_day(number + n)

    def _elapsed_working(self, start: date, stop: date, excluded: Iterable[Interval]) -> int | None:
        begin, end = self.no_start(start), self.no_end(stop)
        if begin is None or end is None:
            return None
        return end - begin - self._excluded_working(excluded, start.toordinal(), stop.toordinal())

    def _elapsed_calendar(
        self, start: date, stop: date, excluded: Iterable[Interval], roll: bool
    ) -> int | None:
        begin = start.toordinal()
        end = self.cd_end(stop) if roll else stop.toordinal()
        if end is None or (roll and self._at(start) is None):
            return None
        # Up to `end`, not up to `stop`: the rest days between the two are not counted anyway.
        return end - begin - _excluded_days(excluded, begin, end)

    def _elapsed_months(self, start: date, stop: date, unit: Unit, roll: bool) -> int | None:
        apart = stop.year - start.year
        if unit == "months":
            apart = apart * 12 + stop.month - start.month
        # Clipping and rolling move a day by less than one unit, so one of these it is.
        for n in range(max(0, apart - 1), max(0, apart + 1) + 1):
            target = _nth_day(start, n, unit)
            if target is None or stop <= target:
                return n
            due = self.after(start, n, unit, roll)
            if due is None:  # rolled over the end of the calendar, or not known at all
                over = self._at(target) is not None and stop.toordinal() <= self._end
                return n if over else None
            if stop <= due:
                return n
        raise AssertionError(f"{start} to {stop} in {unit}")

    def _excluded_working(self, excluded: Iterable[Interval], begin: int, end: int) -> int:
        first = self.first.toordinal()
        count = 0
        for low, high in _within(excluded, begin, end):
            at = low - first
            count += self._numbers[high - first] - self._numbers[at] + self._working[at]
        return count


def _nth_day(day: date, n: int, unit: Unit) -> date | None:
    """The n-th day, or the day of the same number; None beyond the year 9999."""
    try:
        if unit == "cd":
            return date.fromordinal(day.toordinal() + n)
        years, month = divmod(day.month - 1 + n * (12 if unit == "years" else 1), 12)
        year = day.year + years
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError, IndexError):
        return None


def _within(excluded: Iterable[Interval], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of the intervals strictly between two ordinals, no day twice."""
    reached = begin
    for low, high in sorted((a.toordinal(), b.toordinal()) for a, b in excluded):
        low, high = max(low, reached + 1), min(high, end - 1)
        if low <= high:
            yield low, high
            reached = high


def _excluded_days(excluded: Iterable[Interval], begin: int, end: int) -> int:
    return sum(high - low + 1 for low, high in _within(excluded, begin, end))


def _read_exceptions(path: Path) -> tuple[dict[date, bool], list[Fault]]:
    exceptions: dict[date, bool] = {}
    faults: list[Fault] = []
    try:
        for line, row in read_rows(path):
            missing = [name for name in _COLUMNS if name not in row]
            if missing:
                hint = did_you_mean(missing[0], list(row))
                faults.append(Fault(str(path), line, f"no column '{missing[0]}'", hint))
                break
            _read_exception(Fault(str(path), line, ""), row, exceptions, faults)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(str(path), None, f"cannot be read: {error}"))
    return exceptions, faults


def _read_exception(
    place: Fault, row: dict[str, str], exceptions: dict[date, bool], faults: list[Fault]
) -> None:
    def fault(message: str, hint: str = "") -> None:
        faults.append(Fault(place.file, place.line, message, hint))

    try:
        day = date.fromisoformat(row["day"])
    except ValueError:
        return fault(f"'{row['day']}' is no day", "expected 2026-10-01")
    if row["working"] not in _WORKING:
        return fault(f"working is '{row['working']}'", "expected true or false")
    if day in exceptions:
        return fault(f"{day} stands twice")
    exceptions[day] = _WORKING[row["working"]]
    return None
