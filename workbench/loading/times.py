"""The time of day behind a date: 24 hours, am and pm, 时分秒, and the offset from UTC."""

from __future__ import annotations

import re
from datetime import timedelta

_HALF = {
    "am": 0, "a.m.": 0, "上午": 0, "午前": 0, "凌晨": 0, "早上": 0,
    "pm": 12, "p.m.": 12, "下午": 12, "午後": 12, "午后": 12, "晚上": 12, "中午": 12,
}  # fmt: skip
_TWELVE = {"am": 0, "a.m.": 0, "凌晨": 0, "pm": 12, "p.m.": 12, "中午": 12, "下午": 12, "午後": 12}
_WORDS = "|".join(re.escape(word) for word in sorted(_HALF, key=len, reverse=True))
_TIME = re.compile(
    rf"(?P<gap>T|\s*)\s*(?P<before>{_WORDS})?\s*(?P<hour>\d{{1,2}})"
    r"(?:\s*[:时時点點]\s*(?P<minute>\d{1,2})(?:\s*[:分]\s*(?P<second>\d{1,2})"
    r"(?:[.,](?P<fraction>\d{1,9}))?)?\s*[分秒]?|\s*[时時点點]整?|(?=\s*[ap]\.?m))"
    rf"\s*(?P<after>{_WORDS})?\s*(?P<offset>Z|UTC|GMT|[+-]\d{{2}}(?::?\d{{2}})?)?",
    re.ASCII | re.IGNORECASE,
)
_DAY = 86_400_000_000
_WEEK = (
    "一月1",
    "二火2",
    "三水3",
    "四木4",
    "五金5",
    "六土6",
    "日天",
)  # 1: numerals turned to figures
_WEEKDAY = re.compile(
    r"\s*(?:\((?:星期|周|礼拜|禮拜|週)?([一二三四五六天日月火水木金土])(?:曜日?)?\)"
    r"|(?:星期|周|礼拜|禮拜|週)([一二三四五六日天1-6])|([月火水木金土日])曜日?)"
)


def day_of_week(text: str) -> tuple[int | None, str]:
    """The day of the week that follows a date, Monday 0, and what is left behind it.

    >>> day_of_week("(金) 9:00"), day_of_week(" 星期五"), day_of_week(" 9:00")
    ((4, ' 9:00'), (4, ''), (None, ' 9:00'))
    """
    match = _WEEKDAY.match(text)
    if match is None:
        return None, text
    sign = match[1] or match[2] or match[3]
    return next(n for n, signs in enumerate(_WEEK) if sign in signs), text[match.end() :]


def time_of_day(text: str) -> tuple[int | None, timedelta | None] | None:
    """What follows a date: (microseconds since midnight, offset from UTC).

    Both are None where nothing follows; the whole is None where what follows is no time of day.

    >>> time_of_day(" 3:05 PM"), time_of_day("下午3时05分") == time_of_day("T15:05")
    ((54300000000, None), True)
    >>> time_of_day(" and later")
    """
    if not text:
        return None, None
    match = _TIME.fullmatch(text)
    if match is None or not (match["gap"] or match["before"] or _han(match)):
        return None
    hour = _hour(int(match["hour"]), match["before"] or match["after"])
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    fraction = int(f"{match['fraction'] or '0':0<6}"[:6])
    if hour is None or minute > 59 or second > 59:
        return None
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    offset = _offset(match["offset"])
    return None if micros > _DAY or (match["offset"] and offset is None) else (micros, offset)


def _han(match: re.Match[str]) -> bool:
    """Behind 日 a time may follow without a gap: 2025年3月7日9时."""
    return any(sign in match[0] for sign in "时時点點")


def _hour(hour: int, half: str | None) -> int | None:
    if half is None:
        return hour if hour <= 24 else None
    afternoon = _HALF[half.casefold()]
    if hour > 12:  # 下午15时: said twice
        return hour if afternoon and hour < 24 else None
    if hour == 12:  # 上午12时 is noon to some, midnight to others; 晚上12时 too
        return _TWELVE.get(half.casefold())
    return hour + afternoon if half != "中午" or hour < 3 else hour


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return timedelta(0)
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 18 or minutes > 59:
        return None
    size = timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size
