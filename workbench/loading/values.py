"""One value at a time: what a date, a time, a number, a code may look like in a bureau's export.

Each parser takes trimmed NFKC text and gives a value, or none where the text cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from workbench.schema import Column

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(
    r"[T\s]\s*(\d{1,2})\s*[:时]\s*(\d{2})(?:\s*[:分]\s*(\d{2})(?:\.(\d{1,6})\d*)?)?\s*[分秒]?",
    re.ASCII,
)
_OFFSET = re.compile(r"\s*(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+(?:\.0+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_CENT = Decimal("0.01")
_YES = frozenset(("true", "t", "yes", "y", "1", "是"))
_NO = frozenset(("false", "f", "no", "n", "0", "否"))

UNREADABLE = {
    "date": "not_a_date",
    "timestamp": "not_a_timestamp",
    "integer": "not_an_integer",
    "number": "not_a_number",
    "boolean": "not_a_boolean",
    "code": "unknown_code",
    "codes": "unknown_code",
}


@dataclass(frozen=True)
class Parsed:
    """What a cell says. `repair` names what was put right; `shown` is how the report shows it
    (None: only the text itself; empty: nothing of it)."""

    value: Any
    repair: str | None = None
    shown: str | None = None


Parser = Callable[[str], Parsed]
NOTHING = Parsed(None)


def parser_for(
    column: Column, form: str | None, codes: Mapping[str, str], timezone: str | None
) -> Parser | None:
    """The parser of a column's type; None for text. `form` is a date format of a mapping."""
    if column.type == "date":
        return _with_form(form, lambda found: Parsed(found.date())) if form else parse_date
    if column.type == "timestamp":
        zone = ZoneInfo(timezone) if timezone else None
        return _with_form(form, lambda found: _local(found, zone)) if form else _timestamps(zone)
    simple: dict[str, Parser] = {
        "integer": parse_integer,
        "number": parse_number,
        "boolean": parse_boolean,
    }
    if column.type in ("code", "codes"):
        return _codes(column, codes)
    return simple.get(column.type)


def _with_form(form: str, then: Callable[[datetime], Parsed]) -> Parser:
    def parse(text: str) -> Parsed:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            return NOTHING
        return then(found) if _in_reach(found.date()) else NOTHING

    return parse


def _in_reach(day: date) -> bool:
    return 1900 <= day.year < 2200


def parse_date(text: str) -> Parsed:
    """A day: ISO, with slashes, dots or 年月日, eight digits; a time of day after it is dropped.

    >>> parse_date("2025年3月1日").value
    datetime.date(2025, 3, 1)
    >>> parse_date("2025-13-40").value
    """
    match = _DATE.match(text)
    if match and not (match.end() == len(text) or _TIME.match(text, match.end())):
        return NOTHING
    return Parsed(_day(match or _COMPACT.fullmatch(text)))


def _day(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    try:
        day = date(*(int(part) for part in match.groups()[:3]))
    except ValueError:
        return None
    return day if _in_reach(day) else None


def _timestamps(zone: tzinfo | None) -> Parser:
    def parse(text: str) -> Parsed:
        match = _DATE.match(text)
        day = _day(match)
        if match is None or day is None:
            return NOTHING
        if match.end() == len(text):
            return Parsed(datetime(day.year, day.month, day.day), "no_time_of_day", "")
        time = _TIME.match(text, match.end())
        offset = _OFFSET.fullmatch(text, time.end()) if time else None
        if time is None or not (time.end() == len(text) or offset):
            return NOTHING
        return _moment(day, time, offset, zone)

    return parse


def _moment(
    day: date, time: re.Match[str], offset: re.Match[str] | None, zone: tzinfo | None
) -> Parsed:
    hour, minute, second, fraction = time.groups()
    text = f"{day}T{int(hour):02}:{minute}:{second or '00'}.{(fraction or '0'):0<6}"
    try:
        found = datetime.fromisoformat(text + (offset[1] if offset else ""))
    except ValueError:
        return NOTHING
    return _local(found, zone)


def _local(found: datetime, zone: tzinfo | None) -> Parsed:
    """Local time: an offset is converted; with no zone known it is dropped, and said so."""
    if found.tzinfo is None:
        return Parsed(found)
    if zone is None:
        return Parsed(found.replace(tzinfo=None), "offset_dropped", "")
    return Parsed(found.astimezone(zone).replace(tzinfo=None), "offset_converted", "")


def parse_integer(text: str) -> Parsed:
    """A whole number; `3.0` is one, `3.7` is none."""
    if not _INTEGER.fullmatch(text):
        return NOTHING
    number = int(text.partition(".")[0])
    return Parsed(number) if -(2**63) <= number < 2**63 else NOTHING


def parse_number(text: str) -> Parsed:
    """A decimal with two places; thousands separators and further places are repaired visibly.

    >>> parse_number("12,345.678")
    Parsed(value=Decimal('12345.68'), repair='rounded', shown='12345.68')
    """
    separated = _THOUSANDS.fullmatch(text) is not None
    plain = text.replace(",", "") if separated else text
    if not _NUMBER.fullmatch(plain):
        return NOTHING
    try:
        exact = Decimal(plain)
        value = exact.quantize(_CENT, ROUND_HALF_UP)
    except InvalidOperation:
        return NOTHING
    if abs(value) >= 10**16:
        return NOTHING
    repair = "rounded" if value != exact else "thousands_separator" if separated else None
    return Parsed(value, repair, str(value) if repair else None)


def parse_boolean(text: str) -> Parsed:
    """true / false, yes / no, 1 / 0, 是 / 否."""
    word = text.casefold()
    return Parsed(True) if word in _YES else Parsed(False) if word in _NO else NOTHING


def _codes(column: Column, translation: Mapping[str, str]) -> Parser:
    words = code_words(column, translation)

    def one(text: str) -> Parsed:
        if text in column.codes and text not in translation:
            return Parsed(text)
        code = words.get(text.casefold())
        return NOTHING if code is None else Parsed(code, "code_from_label", code)

    def several(text: str) -> Parsed:
        found = [one(part.strip()) for part in re.split(r"[;、]", text) if part.strip()]
        if not found or any(part.value is None for part in found):
            return NOTHING
        value = ";".join(part.value for part in found)
        return Parsed(value, *(("code_from_label", value) if any(p.repair for p in found) else ()))

    return one if column.type == "code" else several


def code_words(column: Column, translation: Mapping[str, str]) -> Mapping[str, str]:
    """What stands for a code: a bureau's own words, the code in other case, a label that no two
    codes share."""
    labels: dict[str, set[str]] = {}
    for code, names in column.codes.items():
        for word in (code, *names.values()):
            labels.setdefault(word.casefold(), set()).add(code)
    clear = {word: codes.pop() for word, codes in labels.items() if len(codes) == 1}
    return clear | {word.casefold(): code for word, code in translation.items()}
