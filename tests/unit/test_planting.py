"""Defects of every sort, planted from a file: echoes, counted ones, texts and times changed."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from stdnum import luhn

from workbench.synthesis import synthesize
from workbench.terms import Fault, PackError

PACK = Path(__file__).parents[2] / "expectations" / "hrss"
Rows = list[dict[str, str]]


def planted(tmp_path: Path, plan: str, cases: int = 250) -> tuple[dict[str, set[str]], Path]:
    """What fails each check, and the folder."""
    file = tmp_path / "plan.yaml"
    file.write_text(plan, "utf-8")
    synthesize(PACK, tmp_path / "out", cases, 3, plant=file)
    found: dict[str, set[str]] = defaultdict(set)
    for row in pq.read_table(tmp_path / "out" / "truth.parquet").to_pylist():
        found[row["check_id"]].add(row["subject_id"])
    return found, tmp_path / "out"


def rows(folder: Path, table: str) -> Rows:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_an_echo_makes_a_second_fine(tmp_path: Path) -> None:
    found, folder = planted(
        tmp_path,
        """
themes: {pairs: 0.5}
defects:
  - id: fined twice for one act
    theme: pairs
    where: {kind: penalty, procedure: ordinary, decided_on: {set: true}}
    echo: {of: organ, where: {kind: penalty, procedure: ordinary, result: penalised, decided_on: {set: true}}, same: [unit]}
    assume: {party: =echo.party, item: =echo.item, act_from_on: =echo.act_from_on, act_to_on: =echo.act_to_on}
    provided: {result: penalised, decided_on: {set: true}, ordered: [[echo.decided_on, decided_on]]}
    fails: [double]
""",  # noqa: E501 - a line of YAML
    )
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for case in rows(folder, "cases"):
        if case["kind"] == "penalty" and case["act_to_on"]:
            key = (case["party_id"], case["item_code"], case["act_to_on"])
            groups[key].append((case["decided_on"], case["case_id"]))
    later = {max(group)[1] for group in groups.values() if len(group) > 1}
    assert found["double"] == later != set()


def test_an_echo_fails_both_cases(tmp_path: Path) -> None:
    found, folder = planted(
        tmp_path,
        """
themes: {pairs: 0.3}
defects:
  - id: an officer at two places
    theme: pairs
    where: {rows: [{in: events}]}
    echo: {of: unit, where: {rows: [{in: events}]}, apart: [lead, assist]}
    edits:
      - {set: events, which: last, columns: {start_at: {after: echo.events.start_at, minutes: 5}, end_at: {after: echo.events.end_at, minutes: 5}}}
      - {add: event_officers, columns: {event_id: =last events.event_id, officer_id: =echo.assist.officer_id, role: recorder}}
    fails: [{check: overlap, of: both}]
""",  # noqa: E501
    )
    times = {e["event_id"]: e for e in rows(folder, "events")}
    seen: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in rows(folder, "event_officers"):
        event = times[row["event_id"]]
        seen[row["officer_id"]].append((event["start_at"], event["end_at"], event["case_id"]))
    together: set[str] = set()
    for spans in seen.values():
        for one in spans:
            for other in spans:
                if one is not other and one[0] < other[1] and other[0] < one[1]:
                    together |= {one[2], other[2]}
    assert found["overlap"]
    # Those whose event was moved may meet a third by chance; none is missing.
    assert found["overlap"] <= together


def test_texts_and_times_are_changed(tmp_path: Path) -> None:
    found, folder = planted(
        tmp_path,
        """
themes: {text: 0.2, hours: 0.2}
defects:
  - id: an account in the published text
    theme: text
    draw: {digits: {chars: "0123456789", places: 8}, card: {checked: [luhn, "6222021{digits}"]}}
    where: {rows: [{in: disclosures, where: {channel: site, published_on: {set: true}}}]}
    edits: [{set: disclosures, where: {channel: site}, columns: {text: {own: text, append: "，账号{card}"}}}]
    fails: [text]
  - id: stored days later
    theme: hours
    where: {decided_on: {set: true}}
    edits: [{set: recordings, columns: {stored_at: {own: stored_at, wd: 3, hours: 1}}}]
    fails: [late]
""",  # noqa: E501
    )
    site = [d for d in rows(folder, "disclosures") if d["channel"] == "site"]
    texts = {d["case_id"]: d["text"].rpartition("账号") for d in site}
    wrong = {case for case, (_, word, number) in texts.items() if word and luhn.is_valid(number)}
    assert found["text"] == wrong != set()
    late = {
        r["case_id"] for r in rows(folder, "recordings") if r["stored_at"][:10] > r["end_at"][:10]
    }
    assert found["late"] == late != set()


COUNTED = """
themes: {counted: 0}
defects:
  - {id: a, theme: counted, asset: items, count: 2, where: {decided_cases: {at_least: 1}}, edits: [{set: authority_items, columns: {guide_flowchart: false}}], fails: [guide]}
  - {id: b, theme: counted, asset: organs, count: 2, edits: [{drop: list_versions, where: {kind: av_catalogue}}], fails: [catalogue]}
  - {id: c, theme: counted, asset: organs, count: 4, edits: [{set: list_versions, where: {kind: authority}, columns: {headings: [subject]}}], fails: [headings]}
  - {id: d, theme: counted, asset: organ_years, count: 2, edits: [{set: published_counts, where: {kind: permit}, columns: {number: {own: number, plus: 3}}}], fails: [figures]}
  - {id: e, theme: counted, asset: organ_years, count: 1, edits: [{drop: organ_years}], fails: [figures]}
  - {id: f, theme: counted, asset: officers, count: 2, where: {acts: {at_least: 1}}, edits: [{drop: list_entries}], fails: [roster]}
  - {id: h, theme: counted, asset: organs, count: 1, edits: [{drop: list_entries, where: {item_code: 99-JC-21}}], fails: [random]}
  - {id: i, theme: counted, asset: evaluation_rounds, count: 1, edits: [{drop: evaluation_ratings, which: last}], fails: [two]}
  - {id: g, theme: counted, asset: evaluation_rounds, count: 2, edits: [{set: evaluation_rounds, columns: {outside_view_weight: 0}}], fails: [views]}
"""  # noqa: E501


def test_counted_defects_fall_on_any_asset(tmp_path: Path) -> None:
    found, folder = planted(tmp_path, COUNTED)
    no_chart = {
        f"{i['organ_id']}-{i['item_code']}"
        for i in rows(folder, "authority_items")
        if i["guide_flowchart"] == "false"
    }
    assert found["guide"] == no_chart
    listed = {v["organ_id"] for v in rows(folder, "list_versions") if v["kind"] == "av_catalogue"}
    assert found["catalogue"] == {"99", "9902", "9903", "9904"} - listed
    assert len(found["catalogue"]) == 2
    assert len(found["headings"]) == 4
    entries = {e["officer_id"] for e in rows(folder, "list_entries")}
    assert len(found["roster"]) == 2
    assert found["roster"].isdisjoint(entries)
    years = {f"{y['organ_id']}-{y['year']}" for y in rows(folder, "organ_years")}
    assert len(found["figures"]) == 3
    assert len(found["figures"] - years) == 1
    assert len(found["random"]) == 1
    assert len(found["two"]) == 1
    rated = [r["evaluation_id"] for r in rows(folder, "evaluation_ratings")]
    assert [rated.count(e["evaluation_id"]) for e in rows(folder, "evaluations")].count(1) == 1
    light = [
        r["round_id"] for r in rows(folder, "evaluation_rounds") if r["outside_view_weight"] == "0"
    ]
    assert found["views"] == set(light)


def test_files_of_defects_are_read_as_one(tmp_path: Path) -> None:
    """A theme with two rates, and an id that stands twice, are told."""
    from workbench.synthesis.assets import read_assets
    from workbench.synthesis.book import open_books, read_schema
    from workbench.synthesis.defects import Known, parse_defects

    (tmp_path / "defects").mkdir()
    body = "themes: {a: %s}\ndefects: [{id: one, theme: a, fails: []}]\n"
    (tmp_path / "defects" / "x.yaml").write_text(body % 0.1, "utf-8")
    (tmp_path / "defects" / "y.yaml").write_text(body % 0.2, "utf-8")
    schema = read_schema(PACK)
    faults: list[Fault] = []
    books = open_books(tmp_path, "defects", schema, faults)
    known = Known(frozenset(), frozenset(), read_assets(PACK, schema, faults), lambda table: [])
    parse_defects(books, {}, known)
    told = " ".join(fault.message for fault in faults)
    assert "has another rate in another file" in told
    assert "stands twice" in told


def test_a_defect_on_another_asset_must_be_counted(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="'count' belongs to"):
        planted(tmp_path, "themes: {a: 1}\ndefects: [{id: x, theme: a, asset: organs}]\n")
