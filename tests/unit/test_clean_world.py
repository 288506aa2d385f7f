"""What the generator promises of a world without defects, across cases: the ground of the truth.

The checks over groups of cases can be planted only because nobody is at two places at once, no
party is fined twice for one act, no number stands twice, and figures add up.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from workbench.synthesis import synthesize

PACK = Path(__file__).parents[2] / "expectations" / "hrss"
CLEAN = "themes: {}\ndefects: []\n"
# From light to heavy, as the column's codes stand.
KINDS = "warning fine confiscation suspend_business suspend_licence revoke_licence".split()
Rows = list[dict[str, str]]


class World:
    """The tables of a folder, read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Rows] = {}

    def __getitem__(self, table: str) -> Rows:
        if table not in self._read:
            with (self._folder / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
                self._read[table] = list(csv.DictReader(handle))
        return self._read[table]

    def by(self, table: str, column: str) -> dict[str, Rows]:
        found: dict[str, Rows] = defaultdict(list)
        for row in self[table]:
            found[row[column]].append(row)
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("clean")
    plan = folder / "clean.yaml"
    plan.write_text(CLEAN, "utf-8")
    report = synthesize(PACK, folder / "out", 1500, 11, plant=plan)
    assert report.planted == {}
    return World(folder / "out")


def test_every_table_has_rows(world: World) -> None:
    names = [path.stem for path in sorted(world._folder.glob("*.csv"))]
    assert [name for name in names if not world[name]] == []


def test_no_officer_is_at_two_places_at_once(world: World) -> None:
    times = {e["event_id"]: (e["start_at"], e["end_at"]) for e in world["events"]}
    for rows in world.by("event_officers", "officer_id").values():
        spans = sorted(times[row["event_id"]] for row in rows)
        for (_, end), (start, _) in pairwise(spans):
            assert end <= start


def test_nobody_on_leave_is_at_an_event(world: World) -> None:
    days = {e["event_id"]: e["start_at"][:10] for e in world["events"]}
    leave = world.by("officer_leave", "officer_id")
    for row in world["event_officers"]:
        day = days[row["event_id"]]
        assert not any(one["from_on"] <= day <= one["to_on"] for one in leave[row["officer_id"]])


def test_a_party_is_fined_once_for_an_item(world: World) -> None:
    fined = Counter(
        (case["party_id"], case["item_code"])
        for case in world["cases"]
        if case["kind"] == "penalty"
    )
    assert max(fined.values()) == 1


def test_an_enterprise_is_inspected_once_a_year(world: World) -> None:
    daily = [row for row in world["inspections"] if row["mode"] == "daily"]
    assert max(Counter((row["party_id"], row["started_on"][:4]) for row in daily).values()) == 1


def test_like_fines_are_alike(world: World) -> None:
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    discretions = {row["case_id"]: row for row in world["discretions"]}
    for case in world["cases"]:
        if float(case["fine_yuan"] or 0) > 0:
            found = discretions[case["case_id"]]
            base = float(found["base_yuan"] or found["base_count"])
            groups[case["item_code"], found["tier_code"]].append(float(case["fine_yuan"]) / base)
    for fines in groups.values():
        middle = median(fines)
        spread = median(abs(fine - middle) for fine in fines)
        if len(fines) >= 10:
            assert max(abs(fine - middle) for fine in fines) <= 3.5 * 1.4826 * spread


def test_numbers_run_in_the_order_of_their_days(world: World) -> None:
    series: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in world["documents"]:
        if row["document_no"]:
            _note(series, row["document_no"], row["made_on"])
    for case in world["cases"]:
        if case["case_no"]:
            day = case["filed_on"] or case["accepted_on"] or case["discovered_on"]
            _note(series, case["case_no"], day)
    for found in series.values():
        found.sort()
        assert [number for number, _ in found] == list(range(1, len(found) + 1))
        assert [day for _, day in found] == sorted(day for _, day in found)


def _note(series: dict[str, list[tuple[int, str]]], text: str, day: str) -> None:
    found = re.fullmatch(r"(.*第)(\d+)号", text)
    assert found is not None, text
    series[found[1]].append((int(found[2]), day))


def test_pages_run_through_a_volume(world: World) -> None:
    documents = world.by("documents", "case_id")
    for volume in world["volumes"]:
        papers = documents[volume["case_id"]]
        assert int(volume["index_rows"]) == len(papers)
        page = 0
        for paper in papers:
            assert int(paper["page_from"]) == page + 1 <= int(paper["page_to"])
            page = int(paper["page_to"])
        assert page == int(volume["page_count"])


def test_published_figures_add_up(world: World) -> None:
    counted: Counter[tuple[str, ...]] = Counter()
    for case in world["cases"]:
        if case["decided_on"]:
            kinds = [kind for kind in case["penalty_kinds"].split(";") if kind]
            heavy = max(kinds, key=KINDS.index) if kinds else ""
            counted[case["organ_id"], case["decided_on"][:4], case["kind"], heavy] += 1
    for row in world["published_counts"]:
        key = (row["organ_id"], row["year"], row["kind"], row["penalty_kind"])
        assert int(row["number"]) == counted[key]


def test_numbers_of_certificates_are_those_of_the_day(world: World) -> None:
    days = {e["event_id"]: e["start_at"][:10] for e in world["events"]}
    valid = {c["certificate_no"]: c for c in world["certificates"]}
    for paper in world["documents"]:
        if paper["certificate_nos"]:
            day = days[paper["event_id"]]
            for number in paper["certificate_nos"].split(";"):
                assert valid[number]["valid_from_on"] <= day <= valid[number]["valid_to_on"]
