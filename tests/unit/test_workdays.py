"""Working days: the law's vectors, twenty years day by day, and two numbers against due dates."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.terms import PackError
from workbench.workdays import Calendar, Interval, Unit

CALENDAR = Path(__file__).parents[2] / "expectations" / "hrss" / "calendar.csv"
CAL = Calendar.read(CALENDAR)
DAY = timedelta(days=1)
FIRST, LAST = CAL.first.toordinal(), CAL.last.toordinal()
ROWS = list(CAL.rows())
WORKING, NO_START, NO_END, CD_START, CD_END = np.array([row[1:6] for row in ROWS]).T
AROUND = np.arange(-15, 16)  # more than the longest rest (nine days), on both sides of a due day


def on(text: str) -> date:
    return date.fromisoformat(text)


# -------------------------------------------------------------------------- the law's vectors


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2025-06-03", 7, "2025-06-12"),
        ("2025-09-26", 7, "2025-10-13"),
        ("2025-10-01", 7, "2025-10-16"),
        ("2025-01-24", 7, "2025-02-10"),
        ("2024-02-08", 3, "2024-02-19"),
        ("2023-04-28", 3, "2023-05-06"),
        ("2022-12-30", 5, "2023-01-09"),
        ("2025-12-31", 7, "2026-01-12"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-09-24", 7, "2026-10-12"),
        ("2025-09-30", 20, "2025-11-04"),
        ("2025-03-03", 60, "2025-05-29"),
        ("2025-03-03", 75, "2025-06-20"),
        ("2025-03-03", 105, "2025-08-01"),
        ("2026-12-22", 7, "2026-12-31"),
    ],
)
def test_working_day_vectors(start: str, n: int, due: str) -> None:
    assert CAL.after(on(start), n) == on(due)
    assert CAL.elapsed(on(start), on(due)) == n


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2025-07-03", 90, "2025-10-09"),
        ("2025-09-16", 15, "2025-10-09"),
        ("2025-09-05", 30, "2025-10-09"),
        ("2025-07-07", 90, "2025-10-09"),
        ("2026-01-31", 15, "2026-02-24"),
        ("2025-03-03", 90, "2025-06-03"),
    ],
)
def test_calendar_day_vectors(start: str, n: int, due: str) -> None:
    elapsed = CAL.elapsed(on(start), on(due), "cd")
    late = CAL.elapsed(on(start), on(due) + DAY, "cd")
    assert CAL.after(on(start), n, "cd") == on(due)
    assert elapsed is not None
    assert late is not None
    assert elapsed <= n < late


@pytest.mark.parametrize(
    ("start", "n", "unit", "roll", "due"),
    [
        ("2024-01-31", 1, "months", False, "2024-02-29"),
        ("2023-01-31", 1, "months", False, "2023-02-28"),
        ("2025-03-31", 6, "months", False, "2025-09-30"),
        ("2024-11-30", 3, "months", False, "2025-02-28"),
        ("2025-08-01", 2, "months", True, "2025-10-09"),
        ("2025-08-01", 2, "months", False, "2025-10-01"),
        ("2024-02-29", 1, "years", False, "2025-02-28"),
        ("2023-10-01", 2, "years", True, "2025-10-09"),
        ("2023-10-01", 2, "years", False, "2025-10-01"),
        ("2024-12-31", 12, "months", True, "2025-12-31"),
        ("2025-06-13", 1, "cd", False, "2025-06-14"),
    ],
)
def test_months_and_years_are_clipped_and_rolled(
    start: str, n: int, unit: Unit, roll: bool, due: str
) -> None:
    assert CAL.after(on(start), n, unit, roll) == on(due)


def test_monday_to_friday_is_not_an_approximation() -> None:
    naive = np.busday_offset
    starts = [date(2025, 1, 1) + DAY * i for i in range(365)]
    wrong = {
        n: sum(CAL.after(s, n) != naive(s, n, "backward").astype(date) for s in starts)
        for n in (7, 20)
    }
    assert wrong == {7: 91, 20: 188}


# ------------------------------------------------------------------------------- twenty years


def test_working_days_of_each_year() -> None:
    years = [sum(r[1] for r in ROWS if r[0].year == year) for year in range(2015, 2027)]
    assert years == [249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248]


def test_every_day_equals_chinesecalendar() -> None:
    assert (CAL.first, CAL.last, len(ROWS)) == (date(2007, 1, 1), date(2026, 12, 31), 7305)
    differ = [r[0] for r in ROWS if r[1] != chinese_calendar.is_workday(r[0])]
    assert differ == []


@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 10, 15, 20, 30, 60])
def test_due_day_equals_walking_day_by_day(n: int) -> None:
    """`after` against a walk over another library's days: it uses no number of ours."""
    working = [row[0] for row in ROWS if chinese_calendar.is_workday(row[0])]
    ahead = 0
    for start in (row[0] for row in ROWS):
        while ahead < len(working) and working[ahead] <= start:
            ahead += 1
        expected = working[ahead + n - 1] if ahead + n <= len(working) else None
        assert CAL.after(start, n) == expected


@pytest.mark.parametrize("n", [1, 10, 15, 30, 90])
def test_calendar_day_due_equals_walking_day_by_day(n: int) -> None:
    for start in (row[0] for row in ROWS):
        due = start + DAY * n
        while due <= CAL.last and not chinese_calendar.is_workday(due):
            due += DAY
        assert CAL.after(start, n, "cd") == (due if due <= CAL.last else None)


# ------------------------------------------------ two numbers say the same as the due date


def window(n: int, unit: Unit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every start with a known due day, against every stop around it: start, stop, in time."""
    dues = [(row[4], CAL.after(row[0], n, unit)) for row in ROWS]
    pairs = np.array([(start, due.toordinal()) for start, due in dues if due])
    start = np.repeat(pairs[:, 0], len(AROUND))
    due = np.repeat(pairs[:, 1], len(AROUND))
    stop = due + np.tile(AROUND, len(pairs))
    known = (stop >= start) & (stop <= LAST)
    return start[known] - FIRST, stop[known] - FIRST, (stop <= due)[known]


@pytest.mark.parametrize("n", [*range(1, 31), 45, 60, 75, 90, 105, 120])
def test_two_numbers_equal_the_due_date_rule(n: int) -> None:
    start, stop, in_time = window(n, "wd")
    assert len(start) > 7000 * 15
    assert np.array_equal(NO_END[stop] - NO_START[start] <= n, in_time)


@pytest.mark.parametrize("n", [*range(31), 45, 60, 75, 90, 180])
def test_calendar_day_number_equals_the_due_date_rule(n: int) -> None:
    start, stop, in_time = window(n, "cd")
    assert np.array_equal(CD_END[stop] - CD_START[start] <= n, in_time)


@pytest.mark.parametrize(("n", "unit"), [(7, "wd"), (20, "wd"), (30, "cd")])
def test_elapsed_is_these_numbers(n: int, unit: Unit) -> None:
    low, high = (NO_START, NO_END) if unit == "wd" else (CD_START, CD_END)
    start, stop, _ = window(n, unit)
    asked = [CAL.elapsed(ROWS[a][0], ROWS[b][0], unit) for a, b in zip(start, stop, strict=True)]
    assert np.array_equal(high[stop] - low[start], asked)


@pytest.mark.parametrize("number", [NO_START, NO_END], ids=["no_start", "no_end"])
def test_one_running_number_is_wrong(number: np.ndarray) -> None:
    """Why there are two: with one number, late acts on rest days pass or timely ones fail."""
    start, stop, in_time = window(7, "wd")
    assert (number[stop] - number[start] <= 7).tolist() != in_time.tolist()


def test_plain_subtraction_passes_a_late_act_on_a_rest_day() -> None:
    start, saturday = on("2025-06-04"), on("2025-06-14")
    assert CAL.after(start, 7) == saturday - DAY
    first, last = CAL.no_start(start), CAL.no_start(saturday)
    assert first is not None
    assert last is not None
    assert last - first == 7  # would pass
    assert CAL.elapsed(start, saturday) == 8  # one working day too late


# ------------------------------------------------------------------------------- the horizon


def test_beyond_the_horizon_nothing_is_guessed() -> None:
    assert CAL.after(on("2026-12-23"), 7) is None
    assert CAL.after(on("2027-01-04"), 1) is None
    assert CAL.after(on("2006-12-29"), 1) is None
    assert CAL.after(on("2026-12-01"), 31, "cd") is None
    assert CAL.after(on("2026-11-01"), 2, "months") is None
    assert CAL.elapsed(on("2026-12-22"), on("2027-01-04")) is None
    assert CAL.elapsed(on("2026-12-22"), on("2027-01-04"), "cd") is None
    assert CAL.elapsed(on("2006-12-22"), on("2007-01-04")) is None
    assert CAL.elapsed(on("2006-12-22"), on("2007-01-10"), "cd") is None
    outside = [on("2006-12-31"), on("2027-01-01")]
    for ask in (CAL.is_working, CAL.no_start, CAL.no_end, CAL.cd_end):
        assert [ask(day) for day in outside] == [None, None]


def test_what_does_not_depend_on_the_horizon_is_answered() -> None:
    assert CAL.after(on("2026-12-22"), 7) == CAL.last
    assert CAL.after(on("2026-12-01"), 31, "cd", roll=False) == on("2027-01-01")
    assert CAL.after(on("2026-12-01"), 2, "years", roll=False) == on("2028-12-01")
    assert CAL.after(on("2026-12-01"), 30, "cd") == on("2026-12-31")
    assert CAL.elapsed(on("2026-12-01"), on("2027-02-01"), "cd", roll=False) == 62
    assert CAL.elapsed(on("2026-12-24"), on("2026-12-31")) == 5
    assert CAL.elapsed(on("2026-12-01"), on("2026-12-31"), "months") == 1


def test_a_missed_limit_is_seen_from_beyond_the_horizon() -> None:
    """The bound decides exactly where the due day is known, and nowhere else."""
    beyond = on("2027-03-01")
    for start in (CAL.last - DAY * i for i in range(60)):
        for unit in ("wd", "cd", "months"):
            bound = CAL.elapsed_at_least(start, beyond, unit)
            assert bound is not None
            for n in range(1, 40):
                assert (bound > n) == (CAL.after(start, n, unit) is not None), (start, n, unit)


def test_the_bound_inside_the_horizon_is_the_answer() -> None:
    start, stop = on("2025-09-26"), on("2025-10-13")
    assert CAL.elapsed_at_least(start, stop) == CAL.elapsed(start, stop) == 7
    assert CAL.elapsed_at_least(on("2026-12-01"), on("2027-06-01"), "months") == 1
    assert CAL.elapsed(on("2026-12-01"), on("2027-06-01"), "months") is None
    assert CAL.elapsed_at_least(on("2006-12-01"), on("2027-06-01")) is None
    shut = [(on("2026-12-02"), on("2027-12-31"))]
    assert CAL.elapsed_at_least(on("2026-12-01"), on("2027-06-01"), excluded=shut) == 1


def test_the_first_days_before_any_working_day() -> None:
    """1 to 3 January 2007 are holidays: no working day stands before them."""
    assert [CAL.no_end(on(f"2007-01-0{i}")) for i in (1, 2, 3, 4, 5)] == [1, 1, 1, 1, 2]
    assert [CAL.cd_end(on(f"2007-01-0{i}")) for i in (1, 3, 4)] == [FIRST] * 3


def test_a_limit_of_no_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        CAL.after(on("2025-06-03"), 0)
    with pytest.raises(ValueError, match="0 or more"):
        CAL.after(on("2025-06-03"), -1, "cd")
    with pytest.raises(ValueError, match="no excluded days"):
        CAL.elapsed(on("2025-06-03"), on("2025-06-04"), "months", [(CAL.first, CAL.last)])
    assert CAL.after(date.max, 1, "cd", roll=False) is None
    assert CAL.after(date.max, 1, "months") is None


# -------------------------------------------------------------- exclusions, against a naive count

STARTS = st.dates(on("2007-01-10"), on("2026-05-01"))
OFFSETS = st.integers(0, 120)
EXCLUDED = st.lists(st.tuples(st.integers(-20, 140), st.integers(-3, 40)), max_size=4)


def intervals(start: date, drawn: list[tuple[int, int]]) -> list[Interval]:
    return [(start + DAY * low, start + DAY * (low + length)) for low, length in drawn]


def shut(day: date, excluded: list[Interval]) -> bool:
    return any(low <= day <= high for low, high in excluded)


@given(STARTS, OFFSETS, EXCLUDED)
def test_excluded_working_days_behave_like_rest_days(
    start: date, offset: int, drawn: list[tuple[int, int]]
) -> None:
    excluded = intervals(start, drawn)
    stop = start + DAY * offset
    between = [start + DAY * i for i in range(1, offset)]
    counted = sum(bool(CAL.is_working(d)) and not shut(d, excluded) for d in between)
    expected = counted + 1 if offset else int(not CAL.is_working(start))
    assert CAL.elapsed(start, stop, "wd", excluded) == expected


@given(STARTS, OFFSETS, EXCLUDED, st.integers(1, 30))
def test_elapsed_with_exclusions_equals_the_prolonged_due_date(
    start: date, offset: int, drawn: list[tuple[int, int]], n: int
) -> None:
    excluded = intervals(start, drawn)
    stop, due, left = start + DAY * offset, start, n
    while left:
        due += DAY
        left -= bool(CAL.is_working(due)) and not shut(due, excluded)
    elapsed = CAL.elapsed(start, stop, "wd", excluded)
    assert elapsed is not None
    assert (elapsed <= n) == (stop <= due)


@given(STARTS, OFFSETS, EXCLUDED, st.integers(1, 60), st.booleans())
def test_excluded_calendar_days_prolong_a_calendar_day_limit(
    start: date, offset: int, drawn: list[tuple[int, int]], n: int, roll: bool
) -> None:
    excluded = intervals(start, drawn)
    stop, due, left = start + DAY * offset, start, n
    while left:
        due += DAY
        left -= not shut(due, excluded)
    while roll and not CAL.is_working(due):
        due += DAY
    elapsed = CAL.elapsed(start, stop, "cd", excluded, roll)
    assert elapsed is not None
    assert (elapsed <= n) == (stop <= due)


@pytest.mark.parametrize("unit", ["wd", "cd"])
@pytest.mark.parametrize("start", [on("2025-09-18") + DAY * i for i in range(14)], ids=str)
def test_one_exclusion_anywhere_before_a_holiday(start: date, unit: Unit) -> None:
    """Every place and length of one exclusion around weekends and the National Day holiday."""
    for low, length in ((a, b) for a in range(14) for b in range(5)):
        excluded = intervals(start, [(low, length)])
        due = start
        for n in range(1, 13):
            due += DAY
            while shut(due, excluded) or (unit == "wd" and not CAL.is_working(due)):
                due += DAY
            last = due
            while not CAL.is_working(last):
                last += DAY
            elapsed = [CAL.elapsed(start, stop, unit, excluded) for stop in (due, last, last + DAY)]
            assert [e is not None and e <= n for e in elapsed] == [True, True, False]


def test_excluded_rest_days_before_the_stop_are_not_taken_off_twice() -> None:
    """Due on Friday, acted on Monday, the weekend excluded: late all the same."""
    thursday, monday = on("2025-06-05"), on("2025-06-09")
    weekend = [(on("2025-06-07"), on("2025-06-08"))]
    assert CAL.after(thursday, 1, "cd") == on("2025-06-06")
    assert CAL.elapsed(thursday, monday, "cd", weekend) == 2


@given(STARTS, EXCLUDED)
def test_a_day_excluded_twice_counts_once(start: date, drawn: list[tuple[int, int]]) -> None:
    excluded = intervals(start, drawn)
    stop = start + DAY * 100
    for unit in ("wd", "cd"):
        once = CAL.elapsed(start, stop, unit, excluded)
        assert CAL.elapsed(start, stop, unit, [*excluded, *reversed(excluded)]) == once


@given(STARTS, st.integers(0, 200), st.integers(0, 8), st.sampled_from(["months", "years"]))
def test_elapsed_months_equal_the_due_date_rule(
    start: date, offset: int, n: int, unit: Unit
) -> None:
    for roll in (True, False):
        due = CAL.after(start, n, unit, roll)
        elapsed = CAL.elapsed(start, start + DAY * offset, unit, roll=roll)
        assert elapsed is not None
        if due is not None:
            assert (elapsed <= n) == (start + DAY * offset <= due)


def test_elapsed_months_on_a_rolled_due_day() -> None:
    start = on("2025-08-01")
    days = [on("2025-10-01"), on("2025-10-09"), on("2025-10-10")]
    assert [CAL.elapsed(start, day, "months") for day in days] == [2, 2, 3]
    assert [CAL.elapsed(start, day, "months", roll=False) for day in days] == [2, 3, 3]


def test_months_where_the_last_known_day_is_a_rest_day() -> None:
    """31 December 2022 was a Saturday: what is due on it rolls into the unknown."""
    year = Calendar.of({on("2022-01-03"): False})
    start = on("2022-10-31")
    assert year.after(start, 2, "months") is None
    assert year.elapsed(start, on("2022-12-31"), "months") == 2
    assert year.elapsed(start, on("2023-01-01"), "months") == 2
    assert year.elapsed(start, on("2023-01-02"), "months") is None
    assert year.elapsed_at_least(start, on("2023-01-02"), "months") == 2


# ------------------------------------------------------------------------------- the file


def test_a_faulty_calendar_names_every_line(tmp_path: Path) -> None:
    path = tmp_path / "calendar.csv"
    path.write_text(
        "# comment\nday,working\n2025-13-01,true\n2025-10-01,no\n"
        "2025-10-02,false\n2025-10-02,false\n"
    )
    with pytest.raises(PackError) as caught:
        Calendar.read(path)
    assert [(fault.line, fault.message) for fault in caught.value.faults] == [
        (3, "'2025-13-01' is no day"),
        (4, "working is 'no'"),
        (6, "2025-10-02 stands twice"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day,wörking\n2025-10-01,false\n", "no column 'working'"),
        ("day,working\n", "no day stands in it"),
        ("", "no day stands in it"),
        (None, "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_an_unusable_calendar_is_a_fault(
    tmp_path: Path, text: str | bytes | None, message: str
) -> None:
    path = tmp_path / "calendar.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(PackError, match=message):
        Calendar.read(path)


def test_the_shipped_file_names_only_known_years() -> None:
    text = CALENDAR.read_text("utf-8")
    assert "Copyright (c) 2019 NateScarlet" in text
    assert "\n2027" not in text
    assert "\n2006" not in text


def test_a_calendar_does_not_change() -> None:
    with pytest.raises(AttributeError):
        CAL.first = date(2000, 1, 1)  # type: ignore[misc]
    assert Calendar.read(CALENDAR) == CAL
