"""What one word of a column of dates may mean: a sure day, or what only the column can tell.

Words are trimmed and NFKC: full-width figures are plain ones here, and ㍻ is 平成.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from workbench.loading.calendars import (
    ERA_SIGNS,
    REPUBLIC_SIGNS,
    era_day,
    republic_day,
    with_arabic_numbers,
)
from workbench.loading.times import day_of_week, time_of_day

SURE = "sure"
DAY_FIRST = "day_first"  # `day` is the reading with the day first, `other` with the month first
REPUBLIC = "republic"  # a year of three figures
SHORT_YEAR = "short_year"  # a year of two figures; `day` is the reading in years of the Republic
SERIAL = "serial"  # the day number of a spreadsheet
NONE = "none"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
         "october", "november", "december", "sept")  # fmt: skip
_NAMED = "(" + "|".join(sorted((*_FULL, *_MONTHS), key=len, reverse=True)) + r")\.?"
_Y, _M, _D = r"\s*[-/.年]\s*", r"\s*[-/.月]\s*", r"(?!\d)(?:\s*[日号號])?"
_TH = r"(?:st|nd|rd|th)?"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


_YMD = _form(rf"(\d{{4}}){_Y}(\d{{1,2}}){_M}(\d{{1,2}}){_D}")
_COMPACT = _form(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_COMPACT_TIME = _form(r"(\d{8})(\d{2})(\d{2})(\d{2})?")
_ERA = _form(rf"({ERA_SIGNS})\s*\.?\s*(\d{{1,2}}){_Y}(\d{{1,2}}){_M}(\d{{1,2}}){_D}")
_SAID = _form(rf"(?:{REPUBLIC_SIGNS})\s*(\d{{1,3}}){_Y}(\d{{1,2}}){_M}(\d{{1,2}}){_D}")
_THREE = _form(rf"(\d{{3}}){_Y}(\d{{1,2}}){_M}(\d{{1,2}}){_D}")
_THREE_COMPACT = _form(r"(\d{3})(\d{2})(\d{2})(?!\d)")
_TWO = _form(rf"(\d{{1,2}}){_Y}(\d{{1,2}}){_M}(\d{{2}}|\d(?=\D|$)){_D}")
_TWO_COMPACT = _form(r"(\d{2})(\d{2})(\d{2})(?!\d)")
_YEAR_LAST = _form(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?!\d)")
_NAMED_DMY = _form(rf"(\d{{1,2}}){_TH}[\s-]*{_NAMED}[\s,-]*(\d{{4}})(?!\d)")
_NAMED_MDY = _form(rf"{_NAMED}\s*(\d{{1,2}}){_TH}[\s,]+(\d{{4}})(?!\d)")
_NAMED_YMD = _form(rf"(\d{{4}})[\s-]*{_NAMED}[\s-]*(\d{{1,2}})(?!\d)")
_SERIAL = _form(r"(\d{5})(\.\d+)?")
_YEAR = rf"(?:(?:{ERA_SIGNS}|{REPUBLIC_SIGNS})\s*\d{{1,3}}|\d{{2,4}})"
_PART = _form(rf"{_YEAR}(?:\s*年|{_Y}\d{{1,2}}\s*月?)")
_NUMERALS = re.compile("[一二三四五六七八九十廿卅元〇零○◯]")
_SERIALS = range(18_264, 73_051)  # 1950 to 2099: other numbers of five figures are no days
_DAY_MICROS = 86_400_000_000


@dataclass(frozen=True)
class Meaning:
    """What a word may be. `gregorian`: its year is written with four figures; `said`: the word
    itself says whose years these are. `micros` since midnight; None without a time of day."""

    kind: str
    day: date | None = None
    other: date | None = None
    number: int = 0
    micros: int | None = None
    offset: timedelta | None = None
    repair: str | None = None
    why: str | None = None
    gregorian: bool = False
    said: bool = False


def meaning_of(text: str) -> Meaning:
    """What one trimmed NFKC word may mean.

    >>> meaning_of("H29.12.4").day, meaning_of("03/04/2025").kind
    (datetime.date(2017, 12, 4), 'day_first')
    """
    for pattern, build in _FORMS:
        match = pattern.match(text)
        if match:
            weekday, behind = day_of_week(text[match.end() :])
            rest = time_of_day(behind)
            if rest is not None:
                return _on(weekday, build(match, *rest))
    if _NUMERALS.search(text) and (plain := with_arabic_numbers(text)) not in (None, text):
        found = meaning_of(str(plain))
        numbers = found.kind != NONE and found.repair is None and found.day is not None
        return _changed(found, repair="written_numerals") if numbers else found
    return _alone(text)


def _on(weekday: int | None, meaning: Meaning) -> Meaning:
    """The meaning, if the day of the week that stands behind it is that of its day."""
    if weekday is None or meaning.day is None or meaning.day.weekday() == weekday:
        return meaning
    return Meaning(NONE, why="other_weekday")


def _changed(meaning: Meaning, **changes: object) -> Meaning:
    return Meaning(**{**meaning.__dict__, **changes})


def _alone(text: str) -> Meaning:
    """Words that are figures and nothing else, or no whole date."""
    if match := _COMPACT_TIME.fullmatch(text):
        day, hour, minute, second = match.groups()
        rest = time_of_day(f" {hour}:{minute}:{second or '00'}")
        whole = _COMPACT.match(day)
        if whole and rest is not None:
            return _plain(whole, *rest)
    match = _SERIAL.fullmatch(text)
    if match and int(match[1]) in _SERIALS:
        micros = round(float(match[2]) * 86_400_000) * 1000 if match[2] else None
        late = micros == _DAY_MICROS  # within a millisecond of the next midnight
        number = int(match[1]) + late
        return Meaning(SERIAL, number=number, micros=0 if late else micros)
    return Meaning(NONE, why="incomplete_date" if _PART.fullmatch(text) else None)


def _date(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _plain(match: re.Match[str], micros: int | None, offset: timedelta | None) -> Meaning:
    day = _date(match[1], match[2], match[3])
    return Meaning(SURE, day, micros=micros, offset=offset, gregorian=True)


def _era(match: re.Match[str], micros: int | None, offset: timedelta | None) -> Meaning:
    day = era_day(match[1], int(match[2]), int(match[3]), int(match[4]))
    why = None if day else "impossible_era"
    return Meaning(SURE, day, micros=micros, offset=offset, repair="era_year", why=why)


def _said(match: re.Match[str], micros: int | None, offset: timedelta | None) -> Meaning:
    day = republic_day(int(match[1]), int(match[2]), int(match[3]))
    return Meaning(SURE, day, micros=micros, offset=offset, repair="republic_year", said=True)


def _three(match: re.Match[str], micros: int | None, offset: timedelta | None) -> Meaning:
    day = republic_day(int(match[1]), int(match[2]), int(match[3]))
    kind = REPUBLIC if day else NONE
    return Meaning(kind, day, micros=micros, offset=offset, repair="republic_year")


def _two(match: re.Match[str], micros: int | None, offset: timedelta | None) -> Meaning:
    day = republic_day(int(match[1]), int(match[2]), int(match[3]))
    return Meaning(SHORT_YEAR, day, micros=micros, offset=offset, repair="republic_year")


def _year_last(match: re.Match[str], micros: int | None, offset: timedelta | None) -> Meaning:
    first, second, year = match.groups()
    day, other = _date(year, second, first), _date(year, first, second)
    kind = DAY_FIRST if day or other else NONE
    return Meaning(kind, day, other, micros=micros, offset=offset, gregorian=kind != NONE)


def _named(year: int, month: int, day: int) -> Callable[..., Meaning]:
    def build(match: re.Match[str], micros: int | None, offset: timedelta | None) -> Meaning:
        number = _MONTHS.index(match[month][:3].casefold()) + 1
        found = _date(match[year], number, match[day])
        return Meaning(SURE, found, micros=micros, offset=offset, gregorian=True)

    return build


_FORMS: tuple[tuple[re.Pattern[str], Callable[..., Meaning]], ...] = (
    (_YMD, _plain),
    (_COMPACT, _plain),
    (_ERA, _era),
    (_SAID, _said),
    (_THREE, _three),
    (_YEAR_LAST, _year_last),
    (_THREE_COMPACT, _three),
    (_TWO, _two),
    (_TWO_COMPACT, _two),
    (_NAMED_DMY, _named(3, 2, 1)),
    (_NAMED_MDY, _named(3, 1, 2)),
    (_NAMED_YMD, _named(1, 2, 3)),
)
