"""Road-traffic fines: what pandas counts in the event log is what the workbench says."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

import workbench as wb
from tests.tools.make_it_road_fines_sample import make_log
from workbench.run import Run

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data" / "it_road_fines"
PACK = ROOT / "expectations" / "it_road_fines"
FULL = ROOT.parent / "shared/data/road_traffic_fines/Road_Traffic_Fine_Management_Process.xes.gz"
needs_full = pytest.mark.skipif(not FULL.exists(), reason=f"{FULL} is not here")
_CASE = re.compile(r'<string key="concept:name" value="([^"]+)"')
_CELL = re.compile(r'key="([^"]+)" value="([^"]*)"')


def events_of(text: Iterator[str]) -> pd.DataFrame:
    """A second way to read a log of this form: line by line, no parser of XML."""
    rows: list[dict[str, str]] = []
    case = ""
    event: dict[str, str] | None = None
    for line in text:
        if "<event>" in line:
            event = {}
        if event is not None:
            event |= _CELL.findall(line)
        elif found := _CASE.search(line):
            case = found[1]
        if "</event>" in line and event is not None:
            rows.append({"case": case, **event})
            event = None
    return pd.DataFrame(rows)


def days_of(events: pd.DataFrame) -> pd.DataFrame:
    """The first day of each activity, a row a case: the day as it is written."""
    day = pd.to_datetime(events["time:timestamp"].str[:10])
    table = events.assign(day=day)
    return table.pivot_table(index="case", columns="concept:name", values="day", aggfunc="min")


def counted(events: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """(passed, failed) of each check, counted by pandas alone."""
    days = days_of(events)
    ran = {
        name: (days[stop] - days[start]).dt.days.dropna()
        for name, start, stop in (
            ("sent-within-90d", "Create Fine", "Send Fine"),
            ("penalty-on-day-60", "Insert Fine Notification", "Add penalty"),
            (
                "appeal-within-60d",
                "Insert Fine Notification",
                "Insert Date Appeal to Prefecture",
            ),
        )
    }
    late = {
        "sent-within-90d": ran["sent-within-90d"] > 90,
        "penalty-on-day-60": ran["penalty-on-day-60"] != 60,
        "appeal-within-60d": ran["appeal-within-60d"] > 60,
    }
    appealed = days[days["Insert Date Appeal to Prefecture"].notna()]
    end = pd.to_datetime(events["time:timestamp"].str[:10]).max()
    sent = appealed["Send Appeal to Prefecture"]
    waited = (sent.fillna(end) - appealed["Insert Date Appeal to Prefecture"]).dt.days
    settled = sent.notna() | (waited > 60)
    late["appeal-forwarded-within-60d"] = waited[settled] > 60
    results = days[days["Receive Result Appeal from Prefecture"].notna()]
    late["appeal-result-told"] = results["Notify Result Appeal to Offender"].isna()
    late["collected-only-what-is-open"] = _open(events, days) <= 0
    return {name: (int((~bad).sum()), int(bad.sum())) for name, bad in late.items()}


def _open(events: pd.DataFrame, days: pd.DataFrame) -> pd.Series:
    """What was open of each fine that was sent to collection, in cents."""

    def cents(activity: str, column: str) -> pd.Series:
        chosen = events[events["concept:name"] == activity].sort_values(
            "time:timestamp", kind="stable", key=lambda times: times.str[:10]
        )
        amounts = chosen.groupby("case")[column].last().astype(float)
        return (amounts * 100).round().reindex(days.index)

    owed = cents("Add penalty", "amount").fillna(cents("Create Fine", "amount"))
    owed += cents("Send Fine", "expense").fillna(0)
    left = owed - cents("Payment", "totalPaymentAmount").fillna(0)
    return left[days["Send for Credit Collection"].notna()]


def told(run: Run) -> dict[str, tuple[int, int]]:
    tallies = run.tallies.groupby("check_id")[["passed", "failed"]].sum()
    return {str(name): (int(row.passed), int(row.failed)) for name, row in tallies.iterrows()}


def test_the_sample() -> None:
    text = (SAMPLE / "fines.xes").read_text("utf-8")
    assert text == make_log()
    assert "synthetic" in text
    files = wb.load(SAMPLE, pack="it_road_fines")
    assert files.report.refused == 0
    events = events_of(iter(text.splitlines()))
    found = told(wb.evaluate(files))
    assert found == counted(events)
    assert all(failed for _, failed in found.values())  # there is something to see of each check


def test_the_ready_mapping_is_that_of_the_sample() -> None:
    ready = yaml.safe_load((PACK / "mappings" / "event_log.yaml").read_text("utf-8"))
    own = yaml.safe_load((SAMPLE / "mapping.yaml").read_text("utf-8"))
    where = {"file", "sheet", "by_name"}
    for name, table in own["tables"].items():
        assert {key: table.pop(key) for key in ("file", "sheet") if key in table} in (
            {},
            {"file": "fines.xes", "sheet": "events"},
        )
        own["tables"][name] = {key: given for key, given in table.items() if key not in where}
        ready["tables"][name].pop("by_name", None)
    assert own["tables"] == ready["tables"]


@pytest.mark.slow
@needs_full
def test_the_full_log() -> None:
    with gzip.open(FULL, "rt", encoding="utf-8") as handle:
        events = events_of(handle)
    assert (len(events), events["case"].nunique()) == (561_470, 150_370)
    files = wb.load(FULL, pack="it_road_fines", mapping="event_log")
    used = {count.table: count.used for count in files.report.counts}
    assert (used["events"], used["cases"], files.report.refused) == (561_470, 150_370, 0)
    run = wb.evaluate(files)
    found = told(run)
    assert found == counted(events)
    assert found["sent-within-90d"] == (103_987 - 49_772, 49_772)
    assert found["penalty-on-day-60"] == (79_860, 0)
    assert found["appeal-within-60d"] == (4_043 - 582, 582)

    # No midnight has moved a day, in summer or in winter.
    days = days_of(events)["Create Fine"].dt.date.to_dict()
    facts = run.facts("cases").set_index("subject_id")["created_on"]
    assert {case: pd.Timestamp(day).date() for case, day in facts.items()} == days
