"""Days as plain numbers, with working-day arithmetic by table look-up.

A hundred thousand cases ask for millions of due days; the calendar is asked once for each day,
and the answers are kept in lists. A day is its proleptic ordinal, a moment is
`day * 1440 + minute`.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

DAY = 1440
_AHEAD = 900


class WorkingDays(Protocol):
    """What is asked of a calendar."""

    def is_working(self, day: date) -> bool | None:
        """Is it a working day? None beyond the calendar's horizon."""


class Days:
    """Working-day arithmetic between two days.

    It reaches far past the last day, because a case in flight is planned to its end before it
    is cut off. Beyond the calendar's horizon Monday to Friday count as working days: such a day
    lies after the last day and is never recorded.
    """

    def __init__(self, calendar: WorkingDays, first: date, last: date) -> None:
        self._first = first.toordinal()
        self.last = last.toordinal()
        self._working: list[int] = []
        self._until: list[int] = []
        self._iso: list[str] = []
        for ordinal in range(self._first, self.last + _AHEAD):
            day = date.fromordinal(ordinal)
            known = calendar.is_working(day)
            if day.weekday() < 5 if known is None else known:
                self._working.append(ordinal)
            self._until.append(len(self._working))
            self._iso.append(day.isoformat())

    def after(self, day: int, count: int, unit: str) -> int:
        """The day `count` working (`wd`) or calendar (`cd`) days after `day`.

        No roll. A negative count looks back; zero is the day itself.
        """
        if unit == "cd" or count == 0:
            return day + count
        before = self._until[day - self._first - (count < 0)]
        return self._working[before + count - (count > 0)]

    def after_pause(self, day: int, count: int, start: int, end: int) -> int:
        """The `count`-th working day after `day`; those from `start` to `end` do not count.

        The pause must lie between `day` and the answer.
        """
        first = self._first
        paused = self._until[end - first] - self._until[start - 1 - first]
        return self.after(day, count + paused, "wd")

    def is_rest(self, day: int) -> bool:
        """Is it no working day?"""
        index = day - self._first
        return self._until[index] == self._until[index - 1]

    def between(self, first: int, last: int) -> list[int]:
        """The working days from `first` to `last`, both included."""
        low = self._until[first - 1 - self._first]
        return self._working[low : self._until[last - self._first]]

    def iso(self, day: int) -> str:
        """`2026-06-30`; also for days the tables do not hold."""
        index = day - self._first
        if 0 <= index < len(self._iso):
            return self._iso[index]
        return date.fromordinal(day).isoformat()


def as_day(value: object) -> int:
    """A date of a YAML file as a number."""
    if isinstance(value, date):
        return value.toordinal()
    return date.fromisoformat(str(value)).toordinal()
