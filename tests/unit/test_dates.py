"""Dates as people write them: every style gives the day back, and no valid day moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.loading.calendars import with_arabic_numbers
from workbench.loading.dates import read_dates, read_timestamps

ROME = ZoneInfo("Europe/Rome")
NUMERALS = "〇一二三四五六七八九"
# Second witness: the first days of the eras, as the official gazettes have them.
ERAS = (
    ("令和", "R", dt.date(2019, 5, 1)),
    ("平成", "H", dt.date(1989, 1, 8)),
    ("昭和", "S", dt.date(1926, 12, 25)),
    ("大正", "T", dt.date(1912, 7, 30)),
)


def spoken(number: int) -> str:
    """A number below a hundred as it is read aloud."""
    tens, ones = divmod(number, 10)
    words = ("" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十") + (
        NUMERALS[ones] if ones else ""
    )
    return words


def era(day: dt.date) -> tuple[str, str, int]:
    name, letter, first = next(one for one in ERAS if day >= one[2])
    return name, letter, day.year - first.year + 1


STYLES: dict[str, Callable[[dt.date], str]] = {
    "iso": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dots": lambda d: f"{d.year}. {d.month:02}. {d.day:02}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "eight figures": lambda d: f"{d:%Y%m%d}",
    "numerals": lambda d: (
        "".join(NUMERALS[int(n)] for n in str(d.year)) + f"年{spoken(d.month)}月{spoken(d.day)}日"
    ),
    "era": lambda d: "{0}{2}年".format(*era(d)) + f"{d.month}月{d.day}日",
    "first year": lambda d: (
        "{0}{2}年".format(*era(d)).replace("和1年", "和元年").replace("成1年", "成元年")
        + f"{d.month}月{d.day}日"
    ),
    "era letter": lambda d: "{1}{2}".format(*era(d)) + f".{d.month}.{d.day}",
    "era in numerals": lambda d: (
        era(d)[0] + f"{spoken(era(d)[2])}年{spoken(d.month)}月{spoken(d.day)}日"
    ),
    "republic": lambda d: f"民國{d.year - 1911}年{d.month}月{d.day}日",
    "english": lambda d: f"{d:%B} {d.day}, {d.year}",
    "english short": lambda d: f"{d.day}-{d:%b}-{d.year}",
    "weekday": lambda d: f"{d.year}年{d.month}月{d.day}日 星期{'一二三四五六日'[d.weekday()]}",
    "weekday in numerals": lambda d: (
        "".join(NUMERALS[int(n)] for n in str(d.year))
        + f"年{spoken(d.month)}月{spoken(d.day)}日星期{'一二三四五六日'[d.weekday()]}"
    ),
    "era and weekday": lambda d: (
        "{0}{2}年".format(*era(d)) + f"{d.month}月{d.day}日({'月火水木金土日'[d.weekday()]})"
    ),
    "with a time": lambda d: f"{d.year}/{d.month}/{d.day} 23:59:59",
    "half of the day": lambda d: f"{d.year}年{d.month}月{d.day}日 下午11时59分",
    "local midnight": lambda d: dt.datetime(d.year, d.month, d.day, tzinfo=ROME).isoformat(),
}
DAYS = st.dates(dt.date(1913, 1, 1), dt.date(2099, 12, 31))


def one(text: str, convention: str | None = None) -> dt.date | None:
    found: dt.date | None = read_dates(ROME, convention)([text]).cells[0].value
    return found


@pytest.mark.parametrize("style", STYLES)
@given(day=DAYS)
def test_every_style_gives_the_day_back(style: str, day: dt.date) -> None:
    assert one(STYLES[style](day)) == day


@given(day=DAYS)
def test_what_only_a_convention_tells(day: dt.date) -> None:
    assert one(f"{day.day}/{day.month}/{day.year}", "dmy") == day
    assert one(f"{day:%m-%d-%Y}", "mdy") == day
    if day.year > 2010:
        assert one(f"{day.year - 1911}/{day.month}/{day.day}") == day
        assert one(f"{day.year - 1911}{day:%m%d}") == day
    for system, start in ((1900, dt.date(1899, 12, 30)), (1904, dt.date(1904, 1, 1))):
        number = (day - start).days
        if 18_264 <= number <= 73_050:
            assert one(f"{number}.75", f"excel{system}") == day


@given(day=DAYS, zone=st.sampled_from(["Europe/Rome", "Asia/Shanghai", "America/New_York"]))
def test_midnights_with_an_offset_are_days_in_every_zone(day: dt.date, zone: str) -> None:
    text = dt.datetime(day.year, day.month, day.day, tzinfo=ROME).isoformat(timespec="milliseconds")
    assert read_dates(ZoneInfo(zone))([text]).cells[0].value == day


@given(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC)))
def test_a_moment_becomes_local_time(moment: dt.datetime) -> None:
    for text in (moment.isoformat(), f"{moment:%Y-%m-%d %H:%M:%S.%f}Z"):
        found = read_timestamps(ROME)([text]).cells[0].value
        assert found == moment.astimezone(ROME).replace(tzinfo=None)


def read(*words: str, convention: str | None = None) -> list[str]:
    """What a column of days becomes: the days, or why not."""
    cells = read_dates(ROME, convention)(list(words)).cells
    return [str(cell.value) if cell.value else cell.why or "unreadable" for cell in cells]


def questions(*words: str) -> list[str]:
    return [question.reason_code for question in read_dates(ROME)(list(words)).questions]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        # another cell proves the order
        (["03/04/2025", "13/04/2025"], ["2025-04-03", "2025-04-13"]),
        (["03/04/2025", "04/13/2025"], ["2025-03-04", "2025-04-13"]),
        (["03/03/2025"], ["2025-03-03"]),
        # both orders are proven: what can be read in one way only is still read
        (["03/04/2025", "13/04/2025", "04/13/2025"], ["day_or_month", "2025-04-13", "2025-04-13"]),
        # one slip does not overturn what many cells prove
        (
            [
                *(f"{day}/04/2025" for day in range(13, 31)),
                "14/05/2025",
                "15/05/2025",
                "05/16/2025",
            ],
            [
                *(f"2025-04-{day}" for day in range(13, 31)),
                "2025-05-14",
                "2025-05-15",
                "other_order",
            ],
        ),
        # years of the Republic, alone and beside others
        (["105/07/29", "99/01/02", "990102"], ["2016-07-29", "2010-01-02", "2010-01-02"]),
        (["105/07/29", "2016/07/29"], ["whose_years", "2016-07-29"]),
        (["99/01/02"], ["two_digit_year"]),
        (["民國105年7月29日", "2016/07/29"], ["2016-07-29", "2016-07-29"]),
        # day numbers of a spreadsheet
        (["45000", "45000.9999", "45000.9999999999"], ["2023-03-15", "2023-03-15", "2023-03-16"]),
        (["45000", "2023-01-01", "2023-06-01"], ["2023-03-15", "2023-01-01", "2023-06-01"]),
        (["43538", "2023-01-01", "2023-06-01"], ["2023-03-15", "2023-01-01", "2023-06-01"]),
        (["20500", "2023-01-01", "2023-06-01"], ["day_number", "2023-01-01", "2023-06-01"]),
        # no such day, or no whole one
        (["平成40年1月1日", "S64.1.8", "令和元年4月30日"], ["impossible_era"] * 3),
        (["令和元年", "2025年3月", "2025-03"], ["incomplete_date"] * 3),
        (["2025年3月7日(土)", "2025-03-07 星期六"], ["other_weekday"] * 2),
        (["2025-02-29", "nonsense", "1899-12-31"], ["unreadable", "unreadable", "out_of_reach"]),
        # times: local midnight stays, a moment written in UTC is that of the place
        (["2006-07-24T00:00:00.000+02:00"], ["2006-07-24"]),
        (["2006-07-23T22:00:00Z", "2006-12-23T23:00:00Z"], ["2006-07-24", "2006-12-24"]),
    ],
)
def test_a_column_decides(words: list[str], days: list[str]) -> None:
    assert read(*words) == days


def test_what_nothing_decides_is_asked_once() -> None:
    assert questions("03/04/2025", "05/06/2025") == ["day_or_month"]
    assert questions("03/04/25", "105/07/29", "2016/07/29") == ["two_digit_year", "whose_years"]
    assert questions("2025-03-04", "13/03/2025") == []


def test_a_convention_answers() -> None:
    words = ("03/04/2025", "2025-05-06")
    assert read(*words, convention="mdy") == ["2025-03-04", "2025-05-06"]
    assert read("105/07/29", "2016/07/29", convention="roc") == ["2016-07-29", "2016-07-29"]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2025-03-07 3:05 PM", "15:05"),
        ("2025-03-07 12:05 am", "00:05"),
        ("2025年3月7日下午3时05分", "15:05"),
        ("2025年3月7日 午後3時5分20秒", "15:05:20"),
        ("2025年3月7日9时", "09:00"),
        ("20250307103000", "10:30"),
        ("45723.645833333", "15:30"),
        ("2025-03-07 15:30:20,5", "15:30:20.500000"),
        ("2025-03-07 上午12时", None),  # noon or midnight?
        ("2025-03-07 25:00", None),
    ],
)
def test_times_of_day(text: str, time: str | None) -> None:
    found = read_timestamps(None)([text]).cells[0].value
    wanted = time and dt.datetime.fromisoformat(f"2025-03-07T{time}")
    assert found == wanted


def test_numerals() -> None:
    for number in range(1, 100):
        assert with_arabic_numbers(f"{spoken(number)}年") == f"{number}年"
    assert with_arabic_numbers("廿一") == "21"
    assert with_arabic_numbers("十十") is None
