"""The first view: every number on it is what pandas counts, under every filter."""

from __future__ import annotations

import re

import pytest

from tests.browser.desk import Desk
from tests.browser.witness import FEW, NAMES, Witness, number, percent

pytestmark = pytest.mark.browser


def same(desk: Desk, witness: Witness, **chosen: str) -> None:
    """The first view as it is shown equals the witness."""
    shown = desk.overview()
    figures, systems = witness.figures(**chosen), witness.systems
    beside = {name: digits(text) for name, _, text in shown["figures"]}
    assert {name: number(value) for name, value, _ in shown["figures"]} == {
        name: figures[name] for name in ("cases", "findings", "vetoes", "overdue", "soon")
    }
    assert beside["cases"] == [figures["decided"]]
    assert beside["findings"][0] == figures["affected"]
    assert beside["soon"][-1] == figures["open"]
    assert [system for system, *_ in shown["systems"]] == list(systems)
    for system, rate, fraction, line in shown["systems"]:
        counts = witness.counts(systems[system], **chosen)
        passed, decided = counts["passed"], counts["passed"] + counts["failed"]
        due = decided + counts["cannot_tell"]
        assert rate == (percent(passed, decided) if decided else "—"), system
        assert digits(fraction) == ([passed, decided] if decided else []), system
        assert digits(line)[0] == counts["cannot_tell"], system
        assert digits(line)[-1] == counts["not_yet_due"], system
        assert (percent(counts["cannot_tell"], due) if due else "—") in line, system
    topics_are(shown, witness, chosen)
    if desk.page.locator("#wb-open-all").count():
        desk.click("#wb-open-all")
        cells_are(desk.overview(), witness, chosen)
        desk.click("#wb-fold-all")
    else:
        cells_are(shown, witness, chosen)
    total = witness.figures()["cases"]
    assert digits(shown["shown"]) == ([figures["cases"], total] if chosen else [total])
    soon = witness.deadlines_under("soon", **chosen).head(8)
    assert [(row[0], row[2]) for row in shown["soon"]] == [
        (str(due), subject) for due, subject in zip(soon.due_on, soon.shown, strict=True)
    ]


def cells_are(shown: dict, witness: Witness, chosen: dict[str, str]) -> None:
    """Every cell of the heat map: failed of decided, rate only if there are enough, undecided."""
    everywhere = {name: value for name, value in chosen.items() if name != "unit"}
    wanted = {key: c for key, c in witness.cells(**chosen).items() if key[1]}
    units = witness.units(**chosen)
    if len(units) != 1 or "unit" in chosen:  # beside one unit stands the whole, unfiltered
        wanted |= {key: c for key, c in witness.cells(**everywhere).items() if not key[1]}
    if len(units) > 20 or (len(units) > 14 and len(units) > len(witness.about["checks"])):
        wanted = {key: c for key, c in wanted.items() if not key[1] or key[1] in units[:20]}
    found = {(check, unit): rest for check, unit, *rest in shown["cells"]}
    assert set(found) == set(wanted)
    assert len(found) == len(shown["cells"])
    for key, (rate, fraction, unknown, title, kind) in found.items():
        counts = wanted[key]
        decided = counts["passed"] + counts["failed"]
        assert fraction == f"{counts['failed']:,}/{decided:,}", key
        assert rate == (percent(counts["failed"], decided) if decided >= FEW else ""), key
        assert ("wb-heat-few" in kind) == (decided < FEW), key
        assert unknown == (f"?{counts['cannot_tell']:,}" if counts["cannot_tell"] else ""), key
        named = re.split("：|failed", title)[-1]
        assert digits(named)[:2] == [counts["failed"], decided], key
        assert sorted(digits(named)[2:]) == sorted(
            counts[n] for n in ("cannot_tell", "not_yet_due", "not_applicable")), key  # fmt: skip


def topics_are(shown: dict, witness: Witness, chosen: dict[str, str]) -> None:
    """Every row of a topic: failed of decided, all its checks added up; the worst of them named."""
    assert set(shown["topics"]) == set(witness.topics)
    if not witness.topics:
        return
    everywhere = {name: value for name, value in chosen.items() if name != "unit"}
    units = witness.units(**chosen)
    columns = units if len(units) == 1 and "unit" not in chosen else ["", *units]
    here, whole = witness.cells(**chosen), witness.cells(**everywhere)
    for topic, row in shown["topics"].items():
        checks = witness.topics[topic]
        assert len(row["cells"]) == len(columns)
        for unit, cell in zip(columns, row["cells"], strict=True):
            its = [(here if unit else whole).get((check, unit)) for check in checks]
            topic_cell_is(cell, [counts for counts in its if counts])
        # The head says what the first column shows: all units together.
        own = {check: whole[check, ""] for check in checks if (check, "") in whole}
        failing = sum(bool(counts["failed"]) for counts in own.values())
        nothing = not any(counts["passed"] + counts["failed"] for counts in own.values())
        told = [len(checks)] if nothing else [len(checks), failing]
        assert digits(row["about"])[:2] == told, topic
        failed = [(rate(counts), counts["failed"], c) for c, counts in own.items() if rate(counts)]
        worst = max(failed, default=(0, 0, ""))[-1]
        assert row["check"] == worst
        if worst:
            counts = own[worst]
            decided = counts["passed"] + counts["failed"]
            assert percent(counts["failed"], decided) in row["worst"]
            assert digits(row["worst"]) == [counts["failed"], decided]


def topic_cell_is(cell: list[str], its: list[dict[str, int]]) -> None:
    """The counts of some checks in one cell; the strip is there if one failed among enough.

    A rate needs enough decided, and enough of one check: five checks of one case are one case.
    """
    shown_rate, fraction, unknown, title, kind = cell
    counts = {name: sum(one[name] for one in its) for name in NAMES.values()}
    decided = counts["passed"] + counts["failed"]
    if not its:
        assert (shown_rate, fraction) == ("", "–")
        return
    assert fraction == f"{counts['failed']:,}/{decided:,}"
    enough = any(one["passed"] + one["failed"] >= FEW for one in its)
    assert shown_rate == (percent(counts["failed"], decided) if enough else "")
    assert ("wb-heat-few" in kind) == (not enough)
    assert unknown == (f"?{counts['cannot_tell']:,}" if counts["cannot_tell"] else "")
    assert digits(re.split("：|failed", title)[1])[:2] == [counts["failed"], decided]
    assert ("wb-worst" in kind) == any(rate(one) for one in its)


def rate(counts: dict[str, int]) -> float:
    """Failed of decided; nothing where too few are."""
    decided = counts["passed"] + counts["failed"]
    return counts["failed"] / decided if decided >= FEW else 0.0


def digits(text: str) -> list[int]:
    """The whole numbers of a text; rates are none."""
    plain = re.sub(r"[<>]?\d[\d,]*\.\d+%", "", text)
    return [number(found) for found in re.findall(r"\d[\d,]*", plain)]


def test_as_given(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh")
    same(desk, hrss)
    assert hrss.figures()["cases"] == 2000
    assert hrss.figures()["vetoes"] > 0


@pytest.mark.parametrize(
    "chosen",
    [
        {"organ": "9902"},
        {"unit": "9903-J"},
        {"kind": "permit"},
        {"first": "2025-07"},
        {"last": "2025-03"},
        {"organ": "99", "kind": "penalty", "first": "2025-01", "last": "2025-12"},
        {"unit": "9904-S", "last": "2026-02"},
        {"kind": "inspection", "first": "2026-05"},
    ],
    ids=lambda chosen: "-".join(chosen),
)
def test_under_filters(desk: Desk, hrss: Witness, chosen: dict[str, str]) -> None:
    """Set one after the other in the page, as a person does; then all cleared with one click."""
    desk.go(run=hrss.run_id, lang="zh")
    for name, value in chosen.items():
        desk.choose(name, value)
    same(desk, hrss, **chosen)
    for name in ("organ", "unit", "kind", "first", "last"):
        assert desk.page.input_value(f"#wb-filter-{name}") == chosen.get(name, "")
    desk.click(".wb-shown a")
    assert desk.state == {"run": hrss.run_id, "lang": "zh"}
    assert desk.page.input_value("#wb-filter-kind") == ""
    same(desk, hrss)


def test_units_are_those_of_the_organ(desk: Desk, hrss: Witness) -> None:
    """A chosen organ leaves its own units to choose from, and another organ forgets the unit."""
    desk.go(run=hrss.run_id, lang="zh", organ="9902", unit="9902-J")
    options = desk.page.locator("#wb-filter-unit option").evaluate_all("os => os.map(o => o.value)")
    assert options == ["", *hrss.units(organ="9902")]
    desk.choose("organ", "9903")
    assert desk.page.input_value("#wb-filter-unit") == ""
    same(desk, hrss, organ="9903")


def test_presets(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh")
    presets = desk.page.locator(".wb-presets a").all_inner_texts()
    assert presets == ["全部", "近十二个月", "2026年", "2025年", "2024年"]
    desk.click(".wb-presets a >> text=2025年")
    same(desk, hrss, first="2025-01", last="2025-12")
    assert desk.text(".wb-presets a[aria-current]") == "2025年"
    desk.click(".wb-presets a >> text=近十二个月")
    same(desk, hrss, first="2025-07", last=hrss.last_month)
    desk.click(".wb-presets a >> text=全部")
    same(desk, hrss)


def test_months_given_the_wrong_way_round(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", first="2025-09", last="2025-07")
    same(desk, hrss, first="2025-07", last="2025-09")


def test_nothing_left(desk: Desk, hrss: Witness) -> None:
    """Filters that leave nothing say so in one sentence, and can be taken back."""
    desk.go(run=hrss.run_id, lang="zh", unit="99-S", kind="permit")
    assert hrss.figures(unit="99-S", kind="permit")["cases"] == 0
    assert "没有案件" in desk.text(".wb-empty")
    assert desk.page.locator(".wb-figures, .wb-heatmap, .wb-systems").count() == 0
    desk.click(".wb-shown a")
    same(desk, hrss)
