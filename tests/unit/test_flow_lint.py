"""A pack's `flow.yaml`: every slip is named with its line; a pack without one has its days."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbench.pack import lint_pack, read_pack
from workbench.pack.flow import AT_RISK

EXPECTATIONS = Path(__file__).parents[2] / "expectations"

SLIPS = [
    ("no such stage", "dated: {stage: letter,", "dated: {stage: leter,", "no stage 'leter'"),
    ("no such column", "day: cases.posted_on", "day: cases.postd_on", "'cases.postd_on' is no day"),
    ("not a day", "day: cases.posted_on", "day: cases.subject", "'cases.subject' is no day"),
    ("hangs on no case", "day: cases.posted_on", "day: units.made_on", "is no day or time"),
    ("no word", "zh: 信函日期, ", "", "'dated' has no zh text"),
    ("no such step", "after: posted", "after: psted", "no step 'psted'"),
    ("no clause", 'clause: "data of fda.gov; no law sets it", ', "", "needs a clause"),
    ("no such kind", "after: posted,", "after: posted, kinds: [letter],", "no kind 'letter'"),
    ("no such code", "day: cases.posted_on}", "day: cases.posted_on, where: {kind: x}}",
     "'x' is no code of 'kind'"),
    ("nothing to ask", "day: cases.posted_on}", "day: cases.posted_on, where: {kind.kind: x}}",
     "has no 'kind.kind'"),
    ("every is a word", "after: posted,", "after: posted, every: often,", "every is true or false"),
    ("no such clock", "  posting: {from", "  postin: {from", "no clock 'postin'"),
    ("half a clock", "{from: dated, to: posted}", "{from: dated}", "needs from and to"),
    ("unknown entry", "clocks:\n", "clock:\n", "unknown entry 'clock'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "says"), [s[1:] for s in SLIPS], ids=[s[0] for s in SLIPS])
def test_each_slip_is_named_with_its_line(old: str, new: str, says: str, tmp_path: Path) -> None:
    pack = tmp_path / "us_fda"
    shutil.copytree(EXPECTATIONS / "us_fda", pack)
    text = (pack / "flow.yaml").read_text("utf-8")
    assert text.count(old) == 1
    changed = text.replace(old, new)
    (pack / "flow.yaml").write_text(changed, "utf-8")
    at = next(n for n, (a, b) in enumerate(zip(text.split("\n"), changed.split("\n"), strict=True),
                                           1) if a != b)  # fmt: skip
    faults = [f for f in lint_pack(pack)[1] if says in f.message]
    assert [(f.file, f.line) for f in faults] == [("flow.yaml", at)]


def test_a_share_that_is_none_is_a_fault(tmp_path: Path) -> None:
    pack = tmp_path / "us_fda"
    shutil.copytree(EXPECTATIONS / "us_fda", pack)
    with (pack / "flow.yaml").open("a", encoding="utf-8") as file:
        file.write("at_risk: 80\n")
    assert [f.message for f in lint_pack(pack)[1]] == ["at_risk is a share of the limit: 0.8"]


def test_a_personal_day_is_no_step(tmp_path: Path) -> None:
    pack = tmp_path / "hrss"
    shutil.copytree(EXPECTATIONS / "hrss", pack)
    schema = (pack / "schema.yaml").read_text("utf-8")
    days = [
        line for line in schema.split("\n") if line.startswith("      archived_on: {type: date")
    ]
    assert len(days) == 1
    marked = days[0].replace("type: date,", "type: date, class: personal,")
    (pack / "schema.yaml").write_text(schema.replace(days[0], marked), "utf-8")
    faults = [f for f in lint_pack(pack)[1] if f.file == "flow.yaml"]
    assert len(faults) == 1
    assert "is personal" in faults[0].message


def test_a_pack_without_the_file_has_a_step_for_each_recorded_day() -> None:
    flow = read_pack(EXPECTATIONS / "jp_labour").flow
    assert flow.derived
    assert [step.id for step in flow.steps] == [
        "cases.referred_on", "cases.published_on", "list_entries.updated_on",
    ]  # fmt: skip
    assert flow.steps[0].title == {"zh": "移送日期", "en": "Referred"}
    assert (flow.order, flow.at_risk) == ((), AT_RISK)


def test_the_shipped_flow_orders_every_step_and_names_its_clauses() -> None:
    flow = read_pack(EXPECTATIONS / "hrss").flow
    assert not flow.derived
    assert list(flow.places.values()) == list(range(1, len(flow.steps) + 1))
    assert all(rule.clause for rule in flow.order)
    # The steps stand in the order that the rules ask for: what is on one day is in order.
    places = flow.places
    assert [r.id for r in flow.order if places[r.before] >= places[r.after]] == []
