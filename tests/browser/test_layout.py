"""Nothing jumps or hangs over, the keyboard reaches everything, paper shows the figures."""

from __future__ import annotations

import pytest

from tests.browser.desk import Desk
from tests.browser.test_languages import views
from tests.browser.witness import Witness

pytestmark = pytest.mark.browser
JUMPED = "window.wbShifts.reduce((sum, shift) => sum + shift.value, 0)"
PAPER = 703  # pixels: the width of A4 between its margins
LOOKS = """(e) => [getComputedStyle(e).appearance, getComputedStyle(e).borderTopWidth,
  e.selectedOptions[0].text]"""
OVERHANGING = """(width) => [...document.querySelectorAll(".wb-page *")].filter((e) =>
  e.getBoundingClientRect().right > width + 1 && !e.closest(".wb-wide, .wb-progress"))
  .map((e) => `${e.tagName} ${e.className}`).slice(0, 5)"""


def test_nothing_jumps(desk: Desk, hrss: Witness) -> None:
    """Neither while the page opens nor when a filter changes."""
    assert desk.first["jumped"] < 0.1
    desk.go(run=hrss.run_id, lang="zh")
    desk.page.evaluate("window.wbShifts.length = 0")
    desk.choose("organ", "9902")
    desk.choose("first", "2025-01")
    desk.choose("kind", "penalty")
    assert desk.page.evaluate(JUMPED) < 0.1
    # A figure that changes stays where it is: it is the same element.
    desk.page.evaluate("document.querySelector('.wb-figure').dataset.mine = 'yes'")
    desk.choose("kind", "")
    assert desk.page.get_attribute(".wb-figure", "data-mine") == "yes"


@pytest.mark.parametrize("which", ["hrss", "us_fda"])
def test_nothing_hangs_over(desk: Desk, which: str, request: pytest.FixtureRequest) -> None:
    """At 1280 pixels, and at 800; the heat map has a scroll bar of its own there."""
    witness: Witness = request.getfixturevalue(which)
    for width in (1280, 800):
        desk.page.set_viewport_size({"width": width, "height": 900})
        for name, state in views(witness).items():
            for language in ("zh", "en"):
                desk.go(run=witness.run_id, lang=language, **state)
                wide = desk.page.evaluate("document.documentElement.scrollWidth")
                over = desk.page.evaluate(OVERHANGING, width)
                assert (wide <= width, over) == (True, []), (name, language, width)
    desk.page.set_viewport_size({"width": 1280, "height": 900})


def test_on_a_small_screen_filters_work(desk: Desk, hrss: Witness) -> None:
    desk.page.set_viewport_size({"width": 800, "height": 900})
    desk.go(run=hrss.run_id, lang="zh")
    desk.choose("organ", "9902")
    assert desk.numbers(".wb-n-cases .wb-value") == [hrss.figures(organ="9902")["cases"]]
    desk.page.set_viewport_size({"width": 1280, "height": 900})


def test_on_paper(desk: Desk, hrss: Witness) -> None:
    """No controls, but what was filtered; figures as wide as the paper at most."""
    desk.go(run=hrss.run_id, lang="zh", organ="9902")
    assert desk.page.locator(".wb-tools").is_visible()
    try:
        desk.page.set_viewport_size({"width": PAPER, "height": 1000})
        desk.page.emulate_media(media="print")
        desk.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        for gone in (".wb-tools", ".wb-bar", ".wb-presets", ".wb-runs", ".wb-more", ".wb-screen"):
            assert not desk.page.locator(gone).first.is_visible(), gone
        organ = desk.page.locator("#wb-filter-organ")
        assert organ.is_visible()
        looks = organ.evaluate(LOOKS)
        assert looks == ["none", "0px", hrss.names["9902"]]
        for figure in desk.page.locator(".wb-figure svg.main-svg, .wb-heatmap").all():
            box = figure.bounding_box()
            assert 0 < box["width"] <= PAPER
            assert box["x"] + box["width"] <= PAPER + 1
        for figure in desk.page.locator(".wb-figure").all():  # none lies over what follows
            drawing = figure.locator("svg.main-svg").first.bounding_box()
            place = figure.bounding_box()
            assert 60 < drawing["height"] <= place["height"] + 1
            assert place["y"] - 1 <= drawing["y"]
    finally:
        desk.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        desk.page.emulate_media(media="screen")
        desk.page.set_viewport_size({"width": 1280, "height": 900})
    paper = desk.page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    pages = paper.count(b"/Type /Page\n") or paper.count(b"/Type /Page ")
    assert 1 <= pages <= 4  # a row for each topic
    for path, seen in ((".wb-paper", False), (".wb-folds", True)):
        assert desk.page.locator(path).first.is_visible() == seen
        desk.page.emulate_media(media="print")
        assert desk.page.locator(path).first.is_visible() != seen
        desk.page.emulate_media(media="screen")


def test_a_topic_opens_by_keyboard_where_it_stands(desk: Desk, hrss: Witness) -> None:
    """Enter opens and folds it; the focus stays, and nothing above moves."""
    desk.go(run=hrss.run_id, lang="en")
    fold = desk.page.locator("#wb-topic-legal_review")
    fold.focus()
    place = fold.bounding_box()
    for expanded in ("true", "false"):
        desk.act(lambda: desk.page.keyboard.press("Enter"))
        assert desk.page.evaluate("document.activeElement.id") == "wb-topic-legal_review"
        assert fold.get_attribute("aria-expanded") == expanded
        assert fold.bounding_box() == place


def test_by_keyboard(desk: Desk, hrss: Witness) -> None:
    """Tab goes to the filters and on to the cells; Enter opens one."""
    desk.go(run=hrss.run_id, lang="zh")
    desk.page.focus(".wb-page a >> nth=0")  # from the first link of the page
    here = "document.activeElement.id || document.activeElement.dataset.check || ''"
    met: list[str] = []
    for _ in range(80):
        desk.page.keyboard.press("Tab")
        met.append(desk.page.evaluate(here))
        if met[-1] in hrss.about["checks"]:
            break
    filters = [f"wb-filter-{name}" for name in ("organ", "unit", "kind", "first", "last")]
    assert [name for name in met if name in filters] == filters
    check = met[-1]
    assert check in hrss.about["checks"]
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert desk.page.evaluate(outline) == "solid"
    desk.act(lambda: desk.page.keyboard.press("Enter"))
    assert desk.state["check"] == check
    desk.act(lambda: desk.page.evaluate("history.back()"))
    desk.page.focus("#wb-filter-organ")
    desk.act(lambda: desk.page.keyboard.press("ArrowDown"))
    assert desk.state["organ"] == "99"
    assert desk.page.evaluate(here) == "wb-filter-organ"  # and stays where it was
