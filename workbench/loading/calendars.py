"""Ways of counting years and of writing numbers in words, as conventions of writing: eras, the
years of the Republic, Chinese numerals, the day numbers of spreadsheets.

Which of them a column uses is decided by what stands in it (`dates`), never by a country.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

# Era -> its signs, the first day, the last day (None: it goes on).
_ERAS: tuple[tuple[tuple[str, ...], date, date | None], ...] = (
    (("明治", "M"), date(1873, 1, 1), date(1912, 7, 29)),  # the Gregorian calendar began in 1873
    (("大正", "T"), date(1912, 7, 30), date(1926, 12, 24)),
    (("昭和", "S"), date(1926, 12, 25), date(1989, 1, 7)),
    (("平成", "H"), date(1989, 1, 8), date(2019, 4, 30)),
    (("令和", "R"), date(2019, 5, 1), None),
)
_FIRST_YEARS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
ERA_SIGNS = "|".join(signs[0] for signs, _, _ in _ERAS) + "|[MTSHR]"
REPUBLIC_SIGNS = "中華民國|中华民国|民國|民国"
_BEFORE_REPUBLIC = 1911

_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": 0, "○": 0, "◯": 0, "两": 2, "兩": 2}
_TENS = {"十": 10, "廿": 20, "卄": 20, "卅": 30}
_NUMERALS = re.compile(f"[{''.join((*_DIGITS, *_TENS))}百]+")
_TENS_FORM = re.compile(r"(?:(\d)百)?(零)?(?:(\d?)十|(廿|卄)|(卅))?(零)?(\d)?")

_EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}


def era_day(sign: str, year: int, month: int, day: int) -> date | None:
    """A day in the years of an era; None where the era has no such day.

    >>> era_day("平成", 30, 11, 30), era_day("H", 40, 1, 1), era_day("令和", 1, 4, 30)
    (datetime.date(2018, 11, 30), None, None)
    """
    signs, first, last = next(era for era in _ERAS if sign.upper() in era[0])
    try:
        found = date(_FIRST_YEARS[signs[0]] + year - 1, month, day)
    except ValueError:
        return None
    return found if first <= found and (last is None or found <= last) else None


def republic_day(year: int, month: int, day: int) -> date | None:
    """A day in the years of the Republic, which count from 1912.

    >>> republic_day(105, 7, 29)
    datetime.date(2016, 7, 29)
    """
    try:
        return date(_BEFORE_REPUBLIC + year, month, day) if 0 < year < 200 else None
    except ValueError:
        return None


def serial_day(number: int, system: int = 1900) -> date:
    """The day of a spreadsheet's day number, in its 1900 or its 1904 system.

    >>> serial_day(45000), serial_day(43538, 1904)
    (datetime.date(2023, 3, 15), datetime.date(2023, 3, 15))
    """
    return _EPOCHS[system] + timedelta(days=number)


def with_arabic_numbers(text: str) -> str | None:
    """A date in Chinese numerals with figures instead; None where they are no number.

    >>> with_arabic_numbers("二〇二五年十二月廿一日"), with_arabic_numbers("令和元年五月一日")
    ('2025年12月21日', '令和1年5月1日')
    """
    text = re.sub("元(?=年)", "1", text)
    parts, end = [], 0
    for match in _NUMERALS.finditer(text):
        number = _small_number(match[0])
        if number is None:
            return None
        parts += [text[end : match.start()], str(number)]
        end = match.end()
    return "".join([*parts, text[end:]])


def _small_number(numerals: str) -> int | None:
    """A number below a thousand, or a year written figure by figure."""
    plain = "".join(str(_DIGITS.get(sign, sign)) for sign in numerals)
    if plain.isdecimal():
        return int(plain)
    words = numerals.replace("○", "零").replace("◯", "零").replace("〇", "零")
    figures = "".join(sign if sign == "零" else str(_DIGITS.get(sign, sign)) for sign in words)
    match = _TENS_FORM.fullmatch(figures)
    if match is None:
        return None
    hundreds, _, tens, twenty, thirty, _, ones = match.groups()
    ten = 20 if twenty else 30 if thirty else int(tens or 1) * 10 if tens is not None else 0
    return int(hundreds or 0) * 100 + ten + int(ones or 0)
