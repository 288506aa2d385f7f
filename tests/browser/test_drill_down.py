"""From a cell to its cases, to one case, and back to where one was."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from tests.browser.desk import Desk, address
from tests.browser.witness import Witness, number, percent
from workbench.dashboards.state import PAGES

pytestmark = pytest.mark.browser
CHECK, UNIT = "archive-required-docs", "9902-J"  # what passed there needs several pages
TABS = {"不符合": "failed", "无法判断": "cannot_tell", "未到期": "not_yet_due", "符合": "passed",
        "不适用": "not_applicable"}  # fmt: skip
ROWS = 20
CHECKS = """(links) => links.map((a) => new URLSearchParams(a.hash.slice(1)).get("check"))
  .filter(Boolean)"""


def ids(desk: Desk) -> list[str]:
    return [row[0].split(" ")[0] for row in desk.rows()]


def test_a_cell_leads_to_its_cases(desk: Desk, hrss: Witness) -> None:
    """Count, rate, ids and their order are those of the cell that was clicked."""
    desk.go(run=hrss.run_id, lang="zh", open="*")
    cells = {key: c for key, c in hrss.cells().items() if key[1] and 0 < c["failed"] <= ROWS}
    for check, unit in [max(cells, key=lambda key: cells[key]["failed"]), next(iter(cells))]:
        counts = cells[check, unit]
        desk.click(f'.wb-heatmap a[data-check="{check}"][data-unit="{unit}"]')
        assert desk.state["check"] == check
        assert desk.state["unit"] == unit
        decided = counts["passed"] + counts["failed"]
        assert desk.text(".wb-rate strong") == percent(counts["failed"], decided)
        assert desk.numbers(".wb-rate span")[:2] == [counts["failed"], decided]
        assert ids(desk) == list(hrss.listed(check, "failed", unit=unit).shown)
        assert hrss.names[unit] in desk.text("section")
        desk.click("[data-back]")
        assert desk.state == {"run": hrss.run_id, "lang": "zh", "open": "*"}


def test_every_check_is_two_clicks_away(desk: Desk, hrss: Witness) -> None:
    """A topic opens in its row, stays in the address, and folds again."""
    desk.go(run=hrss.run_id, lang="zh")
    there = set(desk.page.locator(".wb-heatmap tbody th a").evaluate_all(CHECKS))
    for topic, checks in hrss.topics.items():
        desk.click(f"#wb-topic-{topic}")
        assert desk.state == {"run": hrss.run_id, "lang": "zh", "open": topic}
        rows = set(desk.page.locator(".wb-heatmap .wb-inside th a").evaluate_all(CHECKS))
        assert rows == set(checks)
        there |= rows
        desk.click(f"#wb-topic-{topic}")
        assert desk.state == {"run": hrss.run_id, "lang": "zh"}
    assert there == set(hrss.about["checks"])


def test_a_topic_opens_anywhere_in_its_row_and_back_folds_it(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", kind="penalty")
    desk.click("#wb-topic-archive")
    desk.click(".wb-topic:has(#wb-topic-procedure) td >> nth=3")
    assert set(desk.state["open"].split(",")) == {"archive", "procedure"}
    desk.choose("organ", "9902")  # a filter leaves open what is open
    assert set(desk.state["open"].split(",")) == {"archive", "procedure"}
    shown = desk.page.locator(".wb-heatmap .wb-inside").count()
    assert shown == sum(len(hrss.topics[topic]) for topic in ("archive", "procedure"))
    desk.click(f'.wb-heatmap .wb-inside th a[href*="{CHECK}"]')
    assert "open" not in desk.state
    back = desk.page.get_attribute("[data-back]", "href")  # for whoever was sent this address
    assert "open=archive" in back
    for opened in ({"archive", "procedure"}, {"archive", "procedure"}, {"archive"}, set()):
        desk.act(lambda: desk.page.evaluate("history.back()"))
        assert set(filter(None, desk.state.get("open", "").split(","))) == opened


def test_tabs_show_every_outcome(desk: Desk, hrss: Witness) -> None:
    chosen = {"organ": "9903"}
    desk.go(run=hrss.run_id, lang="zh", page="check", check="proc-investigate-60wd", **chosen)
    counts = hrss.counts("proc-investigate-60wd", **chosen)
    assert {TABS[text]: n for text, n in desk.tabs()} == counts
    for at, outcome in enumerate(TABS.values()):
        if at:
            desk.click(f".wb-tabs a >> nth={at}")
        listed = hrss.listed("proc-investigate-60wd", outcome, **chosen)
        assert ids(desk) == list(listed.shown.head(ROWS)), outcome
        assert len(listed) == counts[outcome]


def test_paging(desk: Desk, hrss: Witness) -> None:
    """Every case once, page by page, forward and back."""
    desk.go(run=hrss.run_id, lang="zh", page="check", check=CHECK, outcome="passed", unit=UNIT)
    listed = list(hrss.listed(CHECK, "passed", unit=UNIT).shown)
    assert len(listed) > 4 * ROWS
    seen = ids(desk)
    assert desk.page.locator(".wb-pages a[rel=prev]").count() == 0
    while desk.page.locator(".wb-pages a[rel=next]").count():
        start = len(seen)
        desk.click(".wb-pages a[rel=next]")
        seen += ids(desk)
        assert desk.numbers(".wb-pages span") == [start + 1, len(seen), len(listed)]
    assert seen == listed
    desk.click(".wb-pages a[rel=prev]")
    at = (len(listed) - 1) // ROWS - 1
    assert ids(desk) == listed[at * ROWS : (at + 1) * ROWS]


def test_a_case_shows_its_findings_and_deadlines(desk: Desk, hrss: Witness) -> None:
    """The case with the most findings, and one whose limit ran out undone."""
    found = hrss.findings.dropna(subset="case_id")
    worst = found.groupby("case_id").size().idxmax()
    overdue = hrss.deadlines_under("overdue").dropna(subset="case_id").case_id.iloc[0]
    for case in (worst, overdue):
        desk.go(run=hrss.run_id, lang="zh", page="case", subject=case)
        its = found[found.case_id == case]
        assert desk.text(".wb-case h2") == case
        shown = {
            section.locator("h4").inner_text().split(" ")[0]: section.inner_text()
            for section in desk.page.locator(".wb-case-finding").all()
        }
        assert len(shown) == len(its)
        for finding in its.itertuples():
            about = hrss.about["checks"][finding.check_id]
            text = shown[about["title"]["zh"]]
            assert about["clause"] in text
            for part in ("observed", "expected"):
                assert in_words(hrss, finding, about, part) in text, (finding.check_id, part)
            if not pd.isna(finding.due_on):
                assert str(finding.due_on) in text
        limits = pd.read_parquet(hrss.folder / "deadlines.parquet")
        limits = limits[(limits.case_id == case)]
        rows = {row[0]: row for row in desk.rows(".wb-case-course table tbody tr")}
        for limit in limits.itertuples():
            row = rows[hrss.about["clocks"][limit.clock]["title"]["zh"]]
            assert str(limit.due_on) in row
            assert pd.isna(limit.done_on) or str(limit.done_on) in row
    assert len(found[found.case_id == worst]) > 1


def in_words(witness: Witness, finding: Any, about: dict[str, Any], part: str) -> str:
    """Observed or expected as the files of the run put it in words."""
    value = getattr(finding, part)
    if pd.isna(value):
        return ""
    words = [text_of(witness, code) for code in str(value).split(";")]
    pattern = about["shown"][part].get("zh", "{value}")
    return str(pattern).replace("{value}", "、".join(words))


def text_of(witness: Witness, code: str) -> str:
    its = witness.about["words"].get(code)
    if its is None:
        return {"true": "是", "false": "否"}.get(code, code)
    return str(its["zh"] if isinstance(its, dict) else its)


@pytest.mark.parametrize("way", ["link", "browser"])
def test_back_to_the_same_list(desk: Desk, hrss: Witness, way: str) -> None:
    """The page's own link and the browser's button: same list, same page, same place on it."""
    desk.go(run=hrss.run_id, lang="zh")
    desk.go(run=hrss.run_id, lang="zh", page="check", check=CHECK, outcome="passed", unit=UNIT)
    desk.click(".wb-pages a[rel=next]")
    before, state = ids(desk), desk.state
    row = desk.page.locator(".wb-table tbody tr a").nth(15)
    row.scroll_into_view_if_needed()
    scrolled = desk.page.evaluate("window.scrollY")
    assert scrolled > 100
    case = row.inner_text()
    desk.act(row.click)
    assert desk.text(".wb-case h2") == case
    assert desk.page.evaluate("window.scrollY") == 0
    if way == "link":
        desk.click("[data-back]")
    else:
        desk.act(lambda: desk.page.evaluate("history.back()"))
    assert (ids(desk), desk.state) == (before, state)
    assert desk.page.evaluate("window.scrollY") == pytest.approx(scrolled, abs=2)
    desk.act(lambda: desk.page.evaluate("history.back()"))
    desk.act(lambda: desk.page.evaluate("history.forward()"))
    assert ids(desk) == before


def test_the_address_shows_the_same_view_elsewhere(desk: Desk, hrss: Witness) -> None:
    """A link that somebody was sent."""
    state = {"run": hrss.run_id, "lang": "en", "page": "check", "organ": "99", "kind": "penalty",
             "check": CHECK, "outcome": "passed", "at": "1"}  # fmt: skip
    with Desk.opened(desk.page.context, desk.server, **state) as other:
        listed = hrss.listed(CHECK, "passed", organ="99", kind="penalty").shown
        assert ids(other) == list(listed[ROWS : 2 * ROWS])
        assert other.state == state
        assert other.page.input_value("#wb-filter-kind") == "penalty"
        desk.go(**state)
        assert other.text("main") == desk.text("main")


@pytest.mark.parametrize(
    ("odd", "falls_back_to"),
    [
        ({"unit": "no-such-unit"}, {}),
        ({"page": "check", "check": "no-such-check"}, {}),
        ({"page": "no-such-page", "kind": "<script>", "first": "1999-99"}, {}),
        ({"open": "no-such-topic,<script>"}, {}),
        ({"page": "check", "check": CHECK, "at": "99999"}, {"page": "check", "check": CHECK}),
        ({"page": "check", "check": CHECK, "outcome": "';"}, {"page": "check", "check": CHECK}),
    ],
    ids=["unit", "check", "page", "topic", "beyond the last page", "outcome"],
)  # fmt: skip
def test_what_does_not_exist_falls_back(
    desk: Desk, hrss: Witness, odd: dict[str, str], falls_back_to: dict[str, str]
) -> None:
    desk.go(run=hrss.run_id, lang="zh", page="deadlines")
    desk.go(run=hrss.run_id, lang="zh", **odd)
    assert desk.page.locator("[data-wb-error]").count() == 0
    desk.go(run=hrss.run_id, lang="zh", page="deadlines")
    shown = desk.text("main")
    desk.go(run=hrss.run_id, lang="zh", **falls_back_to)
    expected = desk.text("main")
    desk.go(run=hrss.run_id, lang="zh", **odd)
    said = desk.page.locator(".wb-notice").all_inner_texts()
    assert desk.text("main").removeprefix("".join(said)).strip() == expected != shown
    unknown = [v for name, v in odd.items() if name not in falls_back_to and v not in PAGES]
    if odd.keys() & {"at", "outcome", "open"}:  # only where in the list one stands
        unknown = []
    assert [value for value in unknown if value not in "".join(said)] == []
    assert bool(said) == bool(unknown)


def test_an_unknown_case_is_a_sentence(desk: Desk, hrss: Witness) -> None:
    for case in ("99-1999-00001", "<img src=x onerror=alert(1)>", "' OR 1=1 --"):
        desk.go(run=hrss.run_id, lang="zh", page="case", subject=case)
        assert desk.text(".wb-empty") == f"本批次中没有案件 {case}。"
        desk.click("[data-back]")
    desk.act(lambda: desk.page.evaluate("(h) => { location.hash = h }", address({"run": "none"})))
    assert desk.page.locator(".wb-figures").count() == 1


def test_words_of_the_run_are_there(hrss: Witness) -> None:
    """The test above reads words from the run: they are many."""
    assert len(json.dumps(hrss.about["words"])) > 1000
    assert number("1,669") == 1669
