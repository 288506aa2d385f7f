"""The pages of weak links and bottlenecks: what is said is what the run holds, and leads on."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.browser.desk import Desk
from tests.browser.test_layout import PAPER
from tests.browser.witness import Witness

pytestmark = pytest.mark.browser

LINKS = "section[aria-labelledby=wb-weak] .wb-link"
WEAK_CELLS = """() => [...document.querySelectorAll(".wb-heatmap td.wb-weak a")].map(
  (a) => [a.dataset.check, a.dataset.unit])"""


def flagged(hrss: Witness) -> pd.DataFrame:
    """The weak links of the run, those that cost most first."""
    links = pd.read_parquet(hrss.folder / "weak_links.parquet")
    its = links[(links.family == "unit") & links.flagged]
    assert len(its) >= 2
    return its.sort_values("priority", ascending=False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_weak_link_is_said_with_what_to_do(desk: Desk, hrss: Witness, language: str) -> None:
    desk.go(run=hrss.run_id, lang=language, page="weak")
    texts = desk.page.locator(LINKS).all_inner_texts()
    wanted = flagged(hrss)
    assert len(texts) == len(wanted)
    for text, link in zip(texts, wanted.itertuples(), strict=True):
        assert getattr(link, f"sentence_{language}") in text
        assert getattr(link, f"action_{language}") in text
    assert desk.numbers(".wb-nav a[href*='page=weak'] b") == [len(wanted)]


def test_charts_are_of_the_link_that_was_asked_for(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", page="weak")
    first, second = list(flagged(hrss).itertuples())[:2]
    titles = {c: about["title"]["zh"] for c, about in hrss.about["checks"].items()}
    assert titles[first.check_id] in desk.text("#wb-charts")
    for place in ("wb-funnel", "wb-control", "wb-pareto"):
        assert desk.page.locator(f"#{place} svg.main-svg").count()
    assert hrss.names[first.unit_id] in desk.text("#wb-funnel")
    desk.click(f"{LINKS} >> nth=1 >> text=看图")
    assert titles[second.check_id] in desk.text("#wb-charts")
    assert desk.state["check"] == second.check_id


def test_a_link_leads_to_its_check_and_its_cases(desk: Desk, hrss: Witness) -> None:
    first = next(flagged(hrss).itertuples())
    desk.go(run=hrss.run_id, lang="zh", page="weak")
    desk.click(f"{LINKS} >> nth=0 >> h3 a")
    assert (desk.state["check"], desk.state["unit"]) == (first.check_id, first.unit_id)
    assert first.sentence_zh in desk.text(".wb-weak-here")
    desk.go(run=hrss.run_id, lang="zh", page="weak")
    desk.click(f"{LINKS} >> nth=0 >> .wb-do a")
    assert desk.state["subject"] == first.cases.split(";")[0]


def test_weak_cells_are_marked_where_the_whole_period_is_shown(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", open="*")
    wanted = {(link.check_id, link.unit_id) for link in flagged(hrss).itertuples()}
    assert {tuple(cell) for cell in desk.page.evaluate(WEAK_CELLS)} == wanted
    desk.choose("kind", "penalty")  # signals are of all kinds: of one they say nothing
    assert desk.page.evaluate(WEAK_CELLS) == []


def test_the_first_view_leads_to_the_weak_links(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh")
    links = flagged(hrss)
    assert desk.page.locator(".wb-first li").count() == min(5, len(links))
    first = next(links.itertuples())
    assert f"{first.signal_failed} / {first.signal_n} 不符合" in desk.text(".wb-first li")
    desk.click(".wb-first .wb-more a")
    assert desk.state["page"] == "weak"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_bottlenecks(desk: Desk, hrss: Witness, language: str) -> None:
    desk.go(run=hrss.run_id, lang=language, page="bottlenecks")
    assert desk.page.locator("#wb-stages svg.main-svg").count()
    assert desk.page.locator("#wb-process svg.main-svg").count()
    clocks = {name: about["title"][language] for name, about in hrss.about["clocks"].items()}
    times = pd.read_parquet(hrss.folder / "stage_times.parquet")
    whole = times[times.kind.isna() & times.unit_id.isna()]
    worst = whole.sort_values("late", ascending=False).iloc[0]
    assert clocks[worst.clock] in desk.text(".wb-link")
    turned = pd.read_parquet(hrss.folder / "order_violations.parquet")
    turned = turned[turned.kind.isna() & turned.unit_id.isna() & (turned.cases > 0)]
    shown = desk.rows("section[aria-labelledby=wb-turned] tbody tr")
    assert [int(row[2]) for row in shown] == sorted(turned.cases, reverse=True)


@pytest.mark.parametrize("page", ["weak", "bottlenecks"])
def test_charts_can_be_read_on_paper(desk: Desk, hrss: Witness, page: str) -> None:
    desk.go(run=hrss.run_id, lang="zh", page=page)
    try:
        desk.page.set_viewport_size({"width": PAPER, "height": 1000})
        desk.page.emulate_media(media="print")
        desk.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        for figure in desk.page.locator(".wb-drawn .wb-figure").all():
            place = figure.bounding_box()
            drawing = figure.locator("svg.main-svg").first.bounding_box()
            assert place["width"] > PAPER / 2
            assert 250 < drawing["height"] <= place["height"] + 1
    finally:
        desk.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        desk.page.emulate_media(media="screen")
        desk.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_bottleneck_leads_to_its_cases(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", page="bottlenecks")
    assert "S1" in desk.text("section[aria-labelledby=wb-bottle] > .wb-note:last-child")
    link = desk.page.locator(".wb-link .wb-more a").nth(1)
    name = link.inner_text()
    desk.act(link.click)
    assert (desk.state["page"], hrss.names[desk.state["unit"]]) == ("check", name)


def test_the_process_of_one_kind(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", page="bottlenecks")
    before = desk.text("#wb-process")
    desk.click(".wb-tabs a >> text=行政许可")
    assert desk.state["kind"] == "permit"
    assert desk.text("#wb-process") != before
