"""The relations of bottlenecks, worked out again from the files with plain Python.

Steps come from the CSV files of the sample, days from `Calendar`, quantiles from sorted lists;
clocks from the facts of the run, which other tests judge. Generated case files hold the properties
that no sample shows: whatever the dates, every case starts once and ends once.
"""

from __future__ import annotations

import csv
import math
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.flow_pack import evaluated
from workbench.pack import Pack, read_pack
from workbench.pack.flow import Step
from workbench.run import Run

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 6, 30)
Moment = tuple[date, datetime, int]  # day, moment that counts, place of the step


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(ROOT / "expectations" / "hrss")


def quantile(values: Iterable[float], share: float) -> float | None:
    """The smallest value of which at least that share is no larger."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            found[path.stem] = list(csv.DictReader(handle))
    return found


def recorded(
    step: Step, pack: Pack, files: Mapping[str, list[dict[str, str]]]
) -> Iterable[tuple[str, date, datetime | None]]:
    """Case, day and hour of each row that tells of a step."""
    table = pack.schema.tables[step.table]
    case = "case_id" if table.name == "cases" else str(table.case_column)
    twin = step.column.removesuffix("_on") + "_at"
    index = {}  # of the rows that a condition looks for behind a reference
    for name in step.where:
        references = table.columns[name.partition(".")[0]].references
        if "." in name and references:
            index[name] = {row[references[1]]: row for row in files.get(references[0], [])}
    for row in files.get(step.table, []):
        day, hour = row.get(step.column) or "", row.get(twin) or ""
        if table.columns[step.column].type == "timestamp":
            day, hour = day[:10], day
        day = day or hour[:10]
        if not row[case] or not day or date.fromisoformat(day) > AS_OF:
            continue
        if all(asked(row, name, index) in values for name, values in step.where.items()):
            at = datetime.fromisoformat(hour) if hour[:10] == day else None
            yield row[case], date.fromisoformat(day), at if at and at.time() != time() else None


def asked(
    row: Mapping[str, str], name: str, index: Mapping[str, Mapping[str, dict[str, str]]]
) -> str | None:
    own, _, behind = name.partition(".")
    found = row.get(own) or None
    return (index[name].get(str(found), {}).get(behind) or None) if behind else found


def ways(pack: Pack, files: Mapping[str, list[dict[str, str]]]) -> dict[str, list[Moment]]:
    """The steps of every case in their order."""
    days: dict[tuple[str, date], dict[int, list[datetime]]] = defaultdict(dict)
    for place, step in enumerate(pack.flow.steps, 1):
        for case, day, at in recorded(step, pack, files):
            hours = days[(case, day)].setdefault(place, [])
            if at:
                hours.append(at)
    found: dict[str, list[Moment]] = defaultdict(list)
    for (case, day), places in days.items():
        latest = datetime.combine(day, time())
        for place in sorted(places):
            hours = places[place]
            moment = min(hours) if hours else latest
            latest = max(latest, moment)
            found[case].append((day, moment, place))
    return {case: sorted(way) for case, way in found.items()}


@pytest.fixture(scope="module")
def sample_ways(pack: Pack) -> dict[str, list[Moment]]:
    return ways(pack, tables(ROOT / "sample_data" / "hrss"))


def test_the_map_of_the_sample(
    sample_run: Run, pack: Pack, sample_ways: dict[str, list[Moment]]
) -> None:
    assert pack.calendar
    ids = ["", *(step.id for step in pack.flow.steps)]
    expected: dict[tuple[str, str], list[tuple[str, int | None]]] = defaultdict(list)
    for case in sample_run.facts().case_id:
        way = [(None, 0), *((day, place) for day, _, place in sample_ways.get(case, [])), (None, 0)]
        for (first, a), (last, b) in pairwise(way):
            days = None
            if first and last:
                days = 0 if first == last else pack.calendar.elapsed(first, last)
            expected[(ids[a], ids[b])].append((case, days))
    frame = sample_run.flows
    late = set(
        sample_run.results.engine.rows(
            "SELECT DISTINCT case_id FROM work.clock_runs WHERE late AND case_id IS NOT NULL",
            "late",
        )
    )
    found = {
        (row.from_step, row.to_step): (row.cases, row.times, row.p50, row.p90, row.late_cases)
        for row in frame[frame.kind.isna()].itertuples()
    }
    assert set(found) == set(expected)
    for pair, moves in expected.items():
        cases = {case for case, _ in moves}
        days = [d for _, d in moves if d is not None]
        p50, p90 = quantile(days, 0.5), quantile(days, 0.9)
        same = (len(cases), len(moves), p50, p90, len([c for c in cases if (c,) in late]))
        got = tuple(None if pd.isna(value) else value for value in found[pair])
        assert got == same, pair
    by_kind = frame[frame.kind.notna()].groupby(["from_step", "to_step"]).times.sum()
    assert {pair: len(moves) for pair, moves in expected.items()} == by_kind.to_dict()


def clock_runs(run: Run, pack: Pack, clock: str) -> list[dict[str, Any]]:
    about, facts = pack.clocks[clock], run.facts(pack.clocks[clock].asset)
    rows = facts[facts[f"{clock}_scope"] != "not_applicable"]
    deadlines = run.deadlines[run.deadlines.clock == clock].set_index("subject_id")
    found = []
    for row in rows.to_dict("records"):
        elapsed, limit = row[f"{clock}_elapsed"], row[f"{clock}_limit"]
        if row["subject_id"] in deadlines.index and not pd.isna(elapsed) and not pd.isna(limit):
            of = deadlines.loc[row["subject_id"]]
            found.append({**row, "elapsed": elapsed, "limit": limit, "done": of.done_on,
                          "start": of.start_on, "late": elapsed > limit})  # fmt: skip
    assert about.mode != "not_before"
    return found


def test_the_times_of_the_sample(sample_run: Run, pack: Pack) -> None:
    frame = sample_run.stage_times
    clocks = [c.id for c in pack.clocks.values() if c.mode != "not_before"]
    seen = set()
    for clock in clocks:
        runs = clock_runs(sample_run, pack, clock)
        groups: dict[tuple[Any, Any], list[dict[str, Any]]] = defaultdict(list)
        for row in runs:
            for kind in {None, row["kind"] if isinstance(row["kind"], str) else None}:
                for unit in {None, row["unit_id"] if isinstance(row["unit_id"], str) else None}:
                    groups[(kind, unit)].append(row)
        for (kind, unit), listed in groups.items():
            stopped = [r for r in listed if not pd.isna(r["done"])]
            same = (frame.clock == clock) & (
                frame.kind.isna() if kind is None else frame.kind == kind
            )
            same &= frame.unit_id.isna() if unit is None else frame.unit_id == unit
            [row] = frame[same].to_dict("records")
            seen.add((clock, kind, unit))
            assert (row["n"], row["running"]) == (len(stopped), len(listed) - len(stopped))
            assert row["late"] == sum(r["late"] for r in listed)
            for share in (0.1, 0.25, 0.5, 0.75, 0.9):
                value = quantile([r["elapsed"] for r in stopped], share)
                got = row[f"p{round(100 * share)}"]
                assert pd.isna(got) if value is None else got == value, (clock, kind, unit, share)
            shares = [r["elapsed"] / r["limit"] for r in stopped if r["limit"]]
            if shares:
                assert row["share_p90"] == pytest.approx(quantile(shares, 0.9), abs=1e-4)
    assert len(seen) == len(frame)


def test_the_lost_days_of_the_sample(
    sample_run: Run, pack: Pack, sample_ways: dict[str, list[Moment]]
) -> None:
    """For the clocks that leave no day out; those are counted by hand in the unit tests."""
    assert pack.calendar
    places, ids = pack.flow.places, ["", *(step.id for step in pack.flow.steps)]
    clocks = [c for c in pack.flow.clocks if pack.clocks[c].exclusion is None]
    frame = sample_run.lost_days
    frame = frame[frame.kind.isna() & frame.unit_id.isna()]
    for clock in clocks:
        taken: dict[tuple[str, str], dict[bool, list[int]]] = defaultdict(
            lambda: {True: [], False: []}
        )
        for row in clock_runs(sample_run, pack, clock):
            if pd.isna(row["done"]) and not row["late"]:
                continue
            start = row["start"].date() if isinstance(row["start"], datetime) else row["start"]
            done = AS_OF if pd.isna(row["done"]) else row["done"]
            done = done.date() if isinstance(done, datetime) else done
            first, last = (places[step] for step in pack.flow.clocks[clock])
            path = [(start, first)]
            path += [(day, place) for day, _, place in sample_ways[row["case_id"]]
                     if first < place < last and start <= day <= done]  # fmt: skip
            path.append((done, last))
            pieces: dict[tuple[str, str], int] = defaultdict(int)
            used = 0
            for (_, a), (day, b) in pairwise(path):
                now = 0 if day == start else pack.calendar.elapsed(start, day)
                assert now is not None
                pieces[(ids[a], ids[b])] += now - used
                used = now
            for pair, days in pieces.items():
                taken[pair][row["late"]].append(days)
        expected = {}
        for pair, days in taken.items():
            usual = quantile(days[False], 0.5) or 0
            beyond = [d - usual for d in days[True] if d > usual]
            if beyond:
                expected[pair] = (len(beyond), sum(beyond))
        found = {(row.from_step, row.to_step): (row.cases, row.days)
                 for row in frame[frame.clock == clock].itertuples()}  # fmt: skip
        assert found == expected, clock


def test_turns_of_the_order_that_were_planted_are_found(sample_run: Run) -> None:
    """The generator plants turned steps and writes down where; so do the checks of the order."""
    truth = pd.read_parquet(ROOT / "sample_data" / "hrss" / "truth.parquet")
    planted = set(truth[truth.check_id == "proc-stage-order"].subject_id)
    frame = sample_run.order_violations
    frame = frame[frame.kind.isna() & frame.unit_id.isna()]
    stages = frame[frame.rule != "approved-before-inspection"]
    found = {case for cell in stages.examples.dropna() for case in cell.split(";")}
    assert planted
    assert found == planted
    inspected = frame[frame.rule == "approved-before-inspection"].examples.item().split(";")
    assert set(inspected) <= set(
        truth[truth.check_id == "inspect-approved-and-notified"].subject_id
    )


DAYS = st.one_of(st.none(), st.dates(date(2025, 9, 20), date(2025, 10, 20)))


@st.composite
def case_files(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    cases, events = [], []
    for number in range(draw(st.integers(1, 4))):
        days = {name: draw(DAYS) for name in ("received_on", "filed_on", "investigated_on",
                                              "decided_on", "closed_on")}  # fmt: skip
        cases.append({"case_id": f"C{number}", "clock": "labour",
                      "kind": draw(st.sampled_from(["treatment", "penalty"])),
                      **{name: day.isoformat() if day else "" for name, day in days.items()},
                      "decided_at": ""})  # fmt: skip
        for _ in range(draw(st.integers(0, 4))):
            day = draw(st.dates(date(2025, 9, 20), date(2025, 10, 20)))
            hour = draw(st.integers(0, 23))
            events.append({"event_id": str(len(events)), "case_id": f"C{number}",
                           "stage": "investigate",
                           "kind": draw(st.sampled_from(["questioning", "inspection"])),
                           "start_at": f"{day.isoformat()} {hour:02}:00:00"})  # fmt: skip
    return {"cases": cases, "events": events}


@settings(max_examples=4)
@given(case_files())
def test_whatever_the_days_every_case_starts_once_and_ends_once(
    rows: dict[str, list[dict[str, Any]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = evaluated(Path(folder), rows, "2025-10-10")
        frame = run.flows
        total = frame[frame.kind.isna()]
        cases = len(rows["cases"])
        assert total[total.from_step == ""].times.sum() == cases
        assert total[total.to_step == ""].times.sum() == cases
        for step in {*total.from_step, *total.to_step} - {""}:
            into, out = total[total.to_step == step], total[total.from_step == step]
            assert into.times.sum() == out.times.sum()
        assert (total.p50.dropna() >= 0).all()
        assert (run.lost_days.days > 0).all()
        pack = read_pack(ROOT / "expectations" / "hrss")
        files = {name: [{k: str(v) for k, v in row.items()} for row in listed]
                 for name, listed in rows.items()}  # fmt: skip
        steps = sum(
            len([s for s in way if s[0] <= date(2025, 10, 10)])
            for way in ways(pack, files).values()
        )
        assert total.times.sum() == steps + cases
