"""Any clock on any records: the query on DuckDB says what counting day by day says.

Starts, acts and as-of days are drawn close to the last lawful day, to long rests and to both ends
of the calendar, where mistakes live. One query answers for many drawn subjects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.clocks import MODES, Clock, Exclusion, Extension
from workbench.engines.clock_sql import clock_query
from workbench.engines.duckdb import DuckDBEngine
from workbench.engines.reference_clocks import clock_facts
from workbench.facts.relations import put_calendar
from workbench.parameters import DatedValue, Parameter
from workbench.terms import Outcome, Scope
from workbench.workdays import Calendar

DAY = timedelta(days=1)
HRSS = Calendar.read(Path(__file__).parents[2] / "expectations" / "hrss" / "calendar.csv")
# One year that begins and ends with a long rest, with a rest of nine days and make-up Sundays.
SHORT = Calendar.of(
    {date(2025, month, first + n): False
     for month, first, last in ((1, 1, 4), (5, 1, 9), (10, 1, 3), (12, 26, 31))
     for n in range(last - first + 1)}
    | {date(2025, 4, 27): True, date(2025, 5, 11): True, date(2025, 10, 5): True}
)  # fmt: skip
# Days around which everything is drawn.
ANCHORS = {
    "hrss": [date(2025, 1, 24), date(2025, 9, 26), date(2024, 2, 27), date(2026, 11, 28),
             date(2026, 12, 22), date(2027, 1, 3)],
    "short": [date(2025, 4, 26), date(2025, 9, 29), date(2025, 12, 20), date(2025, 12, 30),
              date(2024, 12, 28)],
    "none": [date(2025, 1, 24)],
}  # fmt: skip
CALENDARS = {"hrss": HRSS, "short": SHORT, "none": None}
VALUES = {"wd": [1, 2, 5, 7], "cd": [1, 3, 10, 15], "months": [1, 2], "years": [1],
          "month_day": ["01-15", "12-31"]}  # fmt: skip
SPANS = {"wd": 1.45, "cd": 1.0, "months": 30.5, "years": 365.25}  # calendar days to one unit
EXAMPLES = {"wd": 50, "cd": 50, "months": 20, "years": 8, "month_day": 15}


# ----------------------------------------------------------------------- what is drawn


@dataclass(frozen=True)
class Batch:
    """A clock, its parameters and the records of many subjects on one as-of day."""

    clock: Clock
    parameters: Mapping[str, Parameter]
    as_of: date
    rows: list[dict[str, Any]]
    extensions: list[dict[str, Any]]
    exclusions: list[dict[str, Any]]


def a_parameter(
    name: str, unit: str, *dated: tuple[Any, date | None, date | None], kind: str | None = None
) -> Parameter:
    """Dated values; with `kind`, the first holds for records of that kind only."""
    when = [{"kind": kind} if kind and not n else {} for n in range(len(dated))]
    values = (DatedValue(*d, "", "H", True, w) for d, w in zip(dated, when, strict=True))
    return Parameter(name, unit, {}, False, tuple(values))


TOLD = (None, None, "told_on")


@st.composite
def clocks(draw: st.DrawFn, unit: str, anchor: date) -> tuple[Clock, dict[str, Parameter]]:
    named = {"title": {}, "limit": "limit", "population": "concerned", "start": "began",
             "stop": "acted"}  # fmt: skip
    clock = Clock(
        id="drawn", asset="cases", topic="drawn", **named,
        mode=draw(st.sampled_from(MODES)),
        roll=draw(st.booleans()),
        next_year=draw(st.sampled_from([False, False, True])),
        stop_known=draw(st.sampled_from(["act_known", None])),
        extension=draw(st.sampled_from([
            Extension("extensions", "mine", ("head",), "most", told) for told in TOLD] + [None])),
        exclusion=draw(st.sampled_from([Exclusion("exclusions", ("mine",), told) for told in TOLD] +
                                       [None])),
        allowances_known=draw(st.sampled_from(["more_known", None])),
    )  # fmt: skip
    value = st.sampled_from(VALUES[unit])
    dated = draw(st.sampled_from([((None, None),), ((anchor, None),),
                                  ((None, anchor), (anchor + DAY, None))]))  # fmt: skip
    kind = draw(st.sampled_from([None, None, "penalty"]))
    values = [(draw(value), *bounds) for bounds in dated]
    limit = a_parameter("limit", unit, *values, kind=kind)
    most_unit = unit if unit in ("wd", "cd") else "cd"
    most_from = draw(st.sampled_from([None, None, anchor]))
    most = a_parameter("most", most_unit, (draw(st.integers(1, 6)), most_from, None), kind=kind)
    return clock, {"limit": limit, "most": most}


def span_of(parameter: Parameter, start: date) -> int:
    """About how many days the limit has."""
    value = parameter.values[0].value
    if parameter.unit != "month_day":
        return int(float(value) * SPANS[parameter.unit])
    month, day = map(int, str(value).split("-"))
    return (date(start.year, month, day) - start).days % 365


# Days are drawn as distances from the start, or from about the last lawful day.
MOMENTS = [("start", n) for n in range(-3, 5)] + [("end", n) for n in range(-9, 13)] * 2
MOMENT = st.sampled_from([None, None, *MOMENTS])
MOSTLY = st.sampled_from([True, True, True, None, False])
WHOSE = st.sampled_from(["mine", "mine", "mine", "other"])
EXTENSION = st.tuples(
    WHOSE, MOMENT, st.sampled_from(["head", "head", "clerk", None]), st.integers(0, 7),
    st.sampled_from(["wd", "cd"]), MOMENT,
)  # fmt: skip
EXCLUSION = st.tuples(
    WHOSE, MOMENT, st.sampled_from([None, *range(-1, 10)]), st.sampled_from(["law", "law", None]),
    MOMENT,
)  # fmt: skip
SUBJECT = st.tuples(
    st.sampled_from([None, *range(-9, 10)]), MOMENT, MOSTLY, MOSTLY, MOSTLY,
    st.sampled_from(["penalty", "penalty", "permit", None]),
    st.lists(EXTENSION, max_size=2), st.lists(EXCLUSION, max_size=2),
)  # fmt: skip


@st.composite
def batches(draw: st.DrawFn, unit: str, calendar: str) -> Batch:
    anchor = draw(st.sampled_from(ANCHORS[calendar]))
    clock, parameters = draw(clocks(unit, anchor))
    as_of = anchor + DAY * draw(st.integers(0, span_of(parameters["limit"], anchor) + 20))
    batch = Batch(clock, parameters, as_of, [], [], [])
    for number, drawn in enumerate(draw(st.lists(SUBJECT, min_size=10, max_size=40))):
        write_records(batch, f"{number:03}", anchor, drawn)
    return batch


def write_records(batch: Batch, case: str, anchor: date, drawn: tuple[Any, ...]) -> None:
    """One subject, with what was granted to it and what was excluded."""
    offset, acted, concerned, act_known, more_known, kind, extensions, exclusions = drawn
    start = anchor + DAY * (offset or 0)
    end = start + DAY * span_of(batch.parameters["limit"], start)

    def day(moment: tuple[str, int] | None) -> date | None:
        return moment and {"start": start, "end": end}[moment[0]] + DAY * moment[1]

    batch.rows.append({
        "case_id": case, "concerned": concerned, "began": None if offset is None else start,
        "acted": day(acted), "act_known": act_known, "more_known": more_known,
        "kind": kind,
    })  # fmt: skip
    for whose, approved, role, extra, unit, told in extensions:
        batch.extensions.append({"case_id": case, "clock": whose, "approved_on": day(approved),
                                 "approver_role": role, "extra": extra, "unit": unit,
                                 "told_on": day(told)})  # fmt: skip
    for whose, moment, days, basis, told in exclusions:
        first = day(moment)
        last = first + DAY * days if first and days is not None else None
        batch.exclusions.append({"case_id": case, "clock": whose, "from_on": first, "to_on": last,
                                 "basis_code": basis, "told_on": day(told)})  # fmt: skip


# ----------------------------------------------------------------------- the two answers

TEXT, WHEN, TRUTH = pa.string(), pa.date32(), pa.bool_()
COLUMNS = {
    "raw": {"case_id": TEXT, "concerned": TRUTH, "began": WHEN, "acted": WHEN, "act_known": TRUTH,
            "more_known": TRUTH, "kind": TEXT},
    "extensions": {"case_id": TEXT, "clock": TEXT, "approved_on": WHEN, "approver_role": TEXT,
                   "extra": pa.int64(), "unit": TEXT, "told_on": WHEN},
    "exclusions": {"case_id": TEXT, "clock": TEXT, "from_on": WHEN, "to_on": WHEN,
                   "basis_code": TEXT, "told_on": WHEN},
}  # fmt: skip


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, DuckDBEngine]]:
    """One DuckDB for each calendar, filled as `build_facts` fills it."""
    found = {}
    for name, calendar in CALENDARS.items():
        found[name] = DuckDBEngine().session()
        pack: Any = SimpleNamespace(calendar=calendar)
        put_calendar(found[name], pack)
    yield found
    for engine in found.values():
        engine.close()


def on_duckdb(engine: DuckDBEngine, batch: Batch) -> list[dict[str, Any]]:
    tables = {"raw": batch.rows, "extensions": batch.extensions, "exclusions": batch.exclusions}
    for name, rows in tables.items():
        columns = {c: pa.array([row.get(c) for row in rows], t) for c, t in COLUMNS[name].items()}
        engine.put(f"work.{name}", pa.table(columns))
    engine.put("work.run", pa.table({"as_of": pa.array([batch.as_of], WHEN)}))
    limit, most = batch.parameters["limit"], batch.parameters["most"]
    query = clock_query(batch.clock, limit, most if batch.clock.extension else None, "subjects")
    engine.run("CREATE OR REPLACE VIEW work.subjects AS SELECT case_id AS subject_id, * FROM raw",
               "subjects")  # fmt: skip
    found = {row["subject_id"]: row for row in engine.arrow(query, "clock").to_pylist()}
    outside = {"scope": Scope.not_applicable.value}  # as `build_facts` fills it in
    return [found.get(row["case_id"], outside) for row in batch.rows]


def by_reference(calendar: Calendar | None, batch: Batch) -> list[dict[str, Any]]:
    return [
        clock_facts(batch.clock, batch.parameters, calendar, row, batch.extensions,
                    batch.exclusions, batch.as_of)
        for row in batch.rows
    ]  # fmt: skip


def verdict(clock: Clock, facts: Mapping[str, Any]) -> Outcome:
    """What a check on the clock says: `limit >= elapsed`, and the reverse for a window."""
    if facts["scope"] != Scope.due.value:
        return Outcome[facts["scope"]]
    if facts["elapsed"] is None or facts["limit"] is None:
        return Outcome.cannot_tell
    in_time = facts["elapsed"] <= facts["limit"]
    return Outcome.passed if in_time != (clock.mode == "not_before") else Outcome.failed


def comparable(
    batch: Batch, row: Mapping[str, Any], facts: Mapping[str, Any], first: date
) -> dict[str, Any]:
    """What must be equal: the outcome, and the numbers that people read."""
    said: dict[str, Any] = {"outcome": verdict(batch.clock, facts)}
    began = row["began"]
    if said["outcome"] == Outcome.not_applicable or began is None:
        return said
    said["limit"] = facts["limit"]
    if began <= batch.as_of:
        said["elapsed"] = facts["elapsed"]
    # Before the first published day the query leaves the due day open, even where exclusions
    # that cover every unknown day would tell it.
    if began >= first - DAY:
        said["due_on"] = facts["due_on"]
    return said


# ----------------------------------------------------------------------- the judgement


@pytest.mark.parametrize("calendar", sorted(CALENDARS))
@pytest.mark.parametrize("unit", sorted(VALUES))
def test_duckdb_agrees_with_the_reference(
    engines: dict[str, DuckDBEngine], unit: str, calendar: str
) -> None:
    known = CALENDARS[calendar]
    first = known.first if known else date(2000, 1, 1)
    examples = EXAMPLES[unit] if known else EXAMPLES[unit] // 5

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(batches(unit, calendar))
    def agree(batch: Batch) -> None:
        found = on_duckdb(engines[calendar], batch)
        expected = by_reference(CALENDARS[calendar], batch)
        for row, ours, theirs in zip(batch.rows, found, expected, strict=True):
            said, judged = (comparable(batch, row, f, first) for f in (ours, theirs))
            assert said == judged, (row, batch.clock)

    agree()


def test_the_strategies_reach_every_outcome_in_every_mode() -> None:
    seen = Counter[tuple[str, Outcome]]()
    extended, undecided = 0, 0

    @settings(max_examples=300, database=None, derandomize=True)
    @given(batches("wd", "hrss"))
    def draw(batch: Batch) -> None:
        nonlocal extended, undecided
        for row, facts in zip(batch.rows, by_reference(HRSS, batch), strict=True):
            seen[batch.clock.mode, verdict(batch.clock, facts)] += 1
            if row["concerned"] and row["began"] and facts["limit"] is not None:
                extended += facts["limit"] > (batch.parameters["limit"].on(row["began"], row) or 0)
                plain = row["act_known"] and row["more_known"] and row["began"] <= batch.as_of
                undecided += bool(plain and facts["elapsed"] is None)

    draw()
    assert set(seen) == {(mode, outcome) for mode in MODES for outcome in Outcome}
    assert min(extended, undecided) >= 5


# ----------------------------------------------------------------------- by hand

PASSED, FAILED, PENDING = Outcome.passed, Outcome.failed, Outcome.not_yet_due
NOT_APPLICABLE, CANNOT_TELL = Outcome.not_applicable, Outcome.cannot_tell
ROW = {"case_id": "1", "concerned": True, "act_known": True, "more_known": True, "kind": "permit"}
HEAD = {"case_id": "1", "clock": "mine", "approver_role": "head", "extra": 10}
LAW = {"case_id": "1", "clock": "mine", "basis_code": "law"}


def on(text: str) -> date:
    return date.fromisoformat(text)


def granted(day: str, **changes: Any) -> dict[str, Any]:
    return {**HEAD, "approved_on": on(day), **changes}


def shut(first: str, last: str | None, **changes: Any) -> dict[str, Any]:
    return {**LAW, "from_on": on(first), "to_on": last and on(last), **changes}


def answers(
    engine: DuckDBEngine,
    limit: tuple[Any, str],
    start: str,
    stop: str | None,
    *,
    as_of: str = "2027-06-30",
    most: Parameter | None = None,
    row: Mapping[str, Any] | None = None,
    extensions: tuple[dict[str, Any], ...] = (),
    exclusions: tuple[dict[str, Any], ...] = (),
    **clock: Any,
) -> dict[str, Any]:
    """What both say of one subject on the calendar of the pack."""
    value, unit = limit
    parameters = {"limit": a_parameter("limit", unit, (value, on("2000-01-01"), None)),
                  "most": most or a_parameter("most", unit, (15, None, None))}  # fmt: skip
    whole = {"id": "c", "asset": "cases", "topic": "", "title": {}, "limit": "limit",
             "population": "concerned", "start": "began", "stop": "acted",
             "stop_known": "act_known", "extension": Extension("extensions", "mine", ("head",),
             "most"), "exclusion": Exclusion("exclusions", ("mine",)),
             "allowances_known": "more_known", **clock}  # fmt: skip
    rows = [{**ROW, "began": on(start), "acted": stop and on(stop), **(row or {})}]
    given = [{"unit": unit, **extension} for extension in extensions]
    batch = Batch(Clock(**whole), parameters, on(as_of), rows, given, list(exclusions))
    (ours,), (theirs,) = on_duckdb(engine, batch), by_reference(HRSS, batch)
    said, judged = (comparable(batch, rows[0], facts, HRSS.first) for facts in (ours, theirs))
    assert said == judged
    return said


@pytest.mark.parametrize(
    ("limit", "start", "stop", "outcome", "due_on"),
    [
        # On the last lawful day, on the first unlawful one, on a rest day between the two.
        ((7, "wd"), "2025-09-26", "2025-10-13", PASSED, "2025-10-13"),
        ((7, "wd"), "2025-09-26", "2025-10-14", FAILED, "2025-10-13"),
        ((7, "wd"), "2025-06-04", "2025-06-14", FAILED, "2025-06-13"),
        ((3, "wd"), "2023-04-28", "2023-05-06", PASSED, "2023-05-06"),
        ((90, "cd"), "2025-07-03", "2025-10-09", PASSED, "2025-10-09"),
        ((90, "cd"), "2025-07-03", "2025-10-10", FAILED, "2025-10-09"),
        ((15, "cd"), "2026-01-31", "2026-02-24", PASSED, "2026-02-24"),
        ((2, "months"), "2025-08-01", "2025-10-09", PASSED, "2025-10-09"),
        ((2, "months"), "2025-08-01", "2025-10-10", FAILED, "2025-10-09"),
        ((1, "months"), "2024-01-31", "2024-03-01", FAILED, "2024-02-29"),
        ((1, "years"), "2024-02-29", "2025-02-28", PASSED, "2025-02-28"),
        (("01-15", "month_day"), "2024-12-31", "2025-01-15", PASSED, "2025-01-15"),
        (("01-15", "month_day"), "2025-01-15", "2026-01-16", FAILED, "2026-01-15"),
        # The end of the calendar: done inside it; surely late; surely in time; nobody knows.
        ((7, "wd"), "2026-12-23", "2026-12-31", PASSED, None),
        ((7, "wd"), "2026-12-22", "2027-01-01", FAILED, "2026-12-31"),
        ((20, "wd"), "2026-12-23", "2027-01-05", PASSED, None),
        ((7, "wd"), "2026-12-23", "2027-01-04", CANNOT_TELL, None),
        ((20, "wd"), "2026-12-23", "2027-05-31", CANNOT_TELL, None),
        ((30, "cd"), "2026-12-01", "2027-01-02", FAILED, "2026-12-31"),
        ((30, "cd"), "2026-12-20", "2027-01-19", PASSED, None),
        ((30, "cd"), "2026-12-20", "2027-01-20", CANNOT_TELL, None),
        # Before the calendar: two days may be working days, more are not there.
        ((5, "wd"), "2006-12-29", "2007-01-08", PASSED, None),
        ((5, "wd"), "2006-12-29", "2007-01-10", CANNOT_TELL, None),
        ((5, "wd"), "2006-12-29", "2007-01-12", FAILED, None),
        # Whatever happened before the day on which the limit came into force.
        ((7, "wd"), "1999-12-31", "2007-06-01", NOT_APPLICABLE, None),
        # Not yet done on the as-of day.
        ((7, "wd"), "2026-06-24", None, PENDING, "2026-07-03"),
        ((7, "wd"), "2026-06-17", None, FAILED, "2026-06-29"),
        # An act before the start is none of this clock.
        ((7, "wd"), "2026-06-24", "2026-06-23", PENDING, "2026-07-03"),
    ],
)
def test_the_law_by_hand(
    engines: dict[str, DuckDBEngine],
    limit: tuple[Any, str],
    start: str,
    stop: str | None,
    outcome: Outcome,
    due_on: str | None,
) -> None:
    as_of = "2026-06-30" if outcome == PENDING or stop is None else "2027-06-30"
    said = answers(engines["hrss"], limit, start, stop, as_of=as_of)
    assert said["outcome"] == outcome
    assert said.get("due_on") == (due_on and on(due_on))


def test_excluded_rest_days_are_not_forgiven_twice(engines: dict[str, DuckDBEngine]) -> None:
    """Due on Friday; Saturday and Sunday excluded; done on Monday: late."""
    weekend = (shut("2025-06-14", "2025-06-15"),)
    said = answers(engines["hrss"], (2, "cd"), "2025-06-11", "2025-06-16", exclusions=weekend)
    assert said == {"outcome": FAILED, "limit": 2, "elapsed": 3, "due_on": on("2025-06-13")}


def test_exclusions_move_a_due_day_that_does_not_roll(engines: dict[str, DuckDBEngine]) -> None:
    said = answers(engines["hrss"], (10, "cd"), "2026-12-20", "2027-01-14", roll=False,
                   exclusions=(shut("2026-12-25", "2027-01-08"),))  # fmt: skip
    assert said == {"outcome": PASSED, "limit": 10, "elapsed": 10, "due_on": on("2027-01-14")}


@pytest.mark.parametrize(
    ("time", "outcome"),
    [
        (shut("2025-06-05", "2025-06-06"), PASSED),
        (shut("2025-06-05", "2025-06-06", basis_code=None), FAILED),
        (shut("2025-06-05", "2025-06-06", clock="other"), FAILED),
        (shut("2025-06-06", "2025-06-08"), FAILED),  # one working day of three
        (shut("2025-05-01", "2025-06-04"), FAILED),  # over when the clock started
        (shut("2025-06-12", None), PASSED),  # has not ended
        (shut("2025-06-14", None), FAILED),  # began when the limit was over
    ],
)
def test_excluded_days_do_not_count(
    engines: dict[str, DuckDBEngine], time: dict[str, Any], outcome: Outcome
) -> None:
    """Seven working days from 4 June 2025 end on the 13th; done on the 17th, two days later."""
    said = answers(engines["hrss"], (7, "wd"), "2025-06-04", "2025-06-17", exclusions=(time,),
                   as_of="2025-06-20")  # fmt: skip
    assert said["outcome"] == outcome


@pytest.mark.parametrize(
    ("extensions", "limit"),
    [
        ((granted("2025-06-13"),), 17),
        ((granted("2025-06-14"),), 7),  # a rest day after the last lawful day
        ((granted("2025-06-04"),), 17),
        ((granted("2025-06-03"),), 7),  # before the start
        ((granted("2025-06-10", approver_role="clerk"),), 7),
        ((granted("2025-06-10", unit="cd"),), 7),
        ((granted("2025-06-10", clock="other"),), 7),
        ((granted("2025-06-10", case_id="2"),), 7),
        ((granted("2025-06-10"), granted("2025-06-12")), 22),  # never more than 15
        ((granted("2025-06-10"), granted("2025-06-20")), 17),  # too late for the limit by law
    ],
)
def test_what_an_extension_is_worth(
    engines: dict[str, DuckDBEngine], extensions: tuple[dict[str, Any], ...], limit: int
) -> None:
    said = answers(engines["hrss"], (7, "wd"), "2025-06-04", "2025-07-31", extensions=extensions)
    assert said["limit"] == limit


@pytest.mark.parametrize(
    "most",
    [
        a_parameter("most", "wd", (15, on("2025-06-05"), None)),
        a_parameter("most", "wd", (15, None, None), kind="penalty"),
    ],
)
def test_no_extension_where_the_law_knows_none(
    engines: dict[str, DuckDBEngine], most: Parameter
) -> None:
    """A longest extension that is not in force is none, not one without bounds."""
    said = answers(engines["hrss"], (7, "wd"), "2025-06-04", "2025-06-16", most=most,
                   extensions=(granted("2025-06-10"),))  # fmt: skip
    assert (said["outcome"], said["limit"]) == (FAILED, 7)


@pytest.mark.parametrize(("day", "limit"), [("2025-06-15", 20), ("2025-06-16", 10)])
def test_the_limit_that_an_extension_extends_rolls_or_not(
    engines: dict[str, DuckDBEngine], day: str, limit: int
) -> None:
    """Ten days from 5 June end on Sunday the 15th: Monday is too late where nothing rolls."""
    said = answers(engines["hrss"], (10, "cd"), "2025-06-05", "2025-06-20", roll=False,
                   extensions=(granted(day),))  # fmt: skip
    assert said["limit"] == limit


def test_an_extension_beyond_the_calendar_counts_where_no_calendar_is_needed(
    engines: dict[str, DuckDBEngine],
) -> None:
    said = answers(engines["hrss"], (30, "cd"), "2026-12-15", "2027-01-20", roll=False,
                   extensions=(granted("2027-01-05"),))  # fmt: skip
    assert said == {"outcome": PASSED, "limit": 40, "elapsed": 36, "due_on": on("2027-01-24")}


def test_an_extension_that_was_perhaps_in_time_leaves_it_open(
    engines: dict[str, DuckDBEngine],
) -> None:
    """Approved on 31 December 2006, the second day behind the start, of which nobody knows."""
    said = answers(engines["hrss"], (1, "wd"), "2006-12-29", "2007-01-04",
                   extensions=(granted("2006-12-31"),))  # fmt: skip
    assert said["outcome"] == CANNOT_TELL
    late = answers(engines["hrss"], (1, "wd"), "2006-12-29", "2007-02-15",
                   extensions=(granted("2006-12-31"),))  # fmt: skip
    assert (late["outcome"], late["limit"]) == (FAILED, 11)


def test_a_duty_on_a_date_does_not_roll(engines: dict[str, DuckDBEngine]) -> None:
    """15 February 2025 is a Saturday; the day after it is late, whatever `roll` says."""
    limit = ("02-15", "month_day")
    late = answers(engines["hrss"], limit, "2024-12-31", "2025-02-16", mode="on_date")
    assert (late["outcome"], late["due_on"]) == (FAILED, on("2025-02-15"))
    rolled = answers(engines["hrss"], limit, "2024-12-31", "2025-02-17")
    assert (rolled["outcome"], rolled["due_on"]) == (PASSED, on("2025-02-17"))


def test_a_day_of_the_next_year(engines: dict[str, DuckDBEngine]) -> None:
    """30 June of the year after: closed in March, it is not the June that comes next."""
    limit: Any = ("06-30", "month_day")
    law: Any = {"mode": "on_date", "next_year": True}
    for start in ("2025-01-01", "2025-03-10", "2025-12-31"):
        done = answers(engines["hrss"], limit, start, "2026-06-30", **law)
        assert (done["outcome"], done["due_on"]) == (PASSED, on("2026-06-30"))
        late = answers(engines["hrss"], limit, start, "2026-07-01", **law)
        assert late["outcome"] == FAILED


@pytest.mark.parametrize(
    ("stop", "known", "outcome"),
    [
        ("2025-06-18", True, FAILED),  # the last day of the window is the party's until midnight
        ("2025-06-19", True, PASSED),
        ("2025-06-10", True, FAILED),  # before the window opened
        (None, True, PENDING),
        (None, False, CANNOT_TELL),  # may have happened too early: nobody can see it
    ],
)
def test_a_window_must_have_run_out(
    engines: dict[str, DuckDBEngine], stop: str | None, known: bool, outcome: Outcome
) -> None:
    said = answers(engines["hrss"], (5, "wd"), "2025-06-11", stop, mode="not_before",
                   row={"act_known": known})  # fmt: skip
    assert said["outcome"] == outcome


@pytest.mark.parametrize(
    ("stop", "row", "outcome"),
    [
        ("2025-06-16", {"more_known": False}, CANNOT_TELL),
        ("2025-06-13", {"more_known": False}, PASSED),
        (None, {"act_known": False}, CANNOT_TELL),
        ("2025-06-13", {"concerned": None}, CANNOT_TELL),
        ("2025-06-16", {"concerned": False}, NOT_APPLICABLE),
        ("2025-06-13", {"began": None}, CANNOT_TELL),
    ],
)
def test_what_the_source_cannot_say(
    engines: dict[str, DuckDBEngine], stop: str | None, row: dict[str, Any], outcome: Outcome
) -> None:
    said = answers(engines["hrss"], (7, "wd"), "2025-06-04", stop, row=row)
    assert said["outcome"] == outcome


def test_elapsed_is_a_number_that_people_can_read(engines: dict[str, DuckDBEngine]) -> None:
    """Decided and published within one holiday: no day is used up, not minus five."""
    said = answers(engines["hrss"], (15, "cd"), "2025-10-06", "2025-10-07")
    assert said["elapsed"] == 0
