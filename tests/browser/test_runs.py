"""Which run is shown, and from the home page to it; the letters as pandas counts them."""

from __future__ import annotations

import pytest

from tests.browser.desk import Desk
from tests.browser.test_overview import same
from tests.browser.test_trends import same as same_trend
from tests.browser.witness import Witness, percent

pytestmark = pytest.mark.browser
LATE = "posted-within-30cd"


def test_both_runs_are_listed_and_can_be_switched(
    desk: Desk, hrss: Witness, us_fda: Witness
) -> None:
    desk.go(run=hrss.run_id, lang="zh", organ="99")
    options = desk.page.locator("select[data-runs] option")
    texts = options.all_inner_texts()
    assert len(texts) == 2
    mark = {w.run_id: w.run_id[-10:] for w in (hrss, us_fda)}  # the end of the id tells them apart
    assert all(any(end in text for text in texts) for end in mark.values())
    assert any("示例市人力资源和社会保障局" in text and "2,000" in text for text in texts)
    value = desk.page.locator("select[data-runs] option", has_text=mark[us_fda.run_id])
    chosen = value.get_attribute("value")
    desk.act(lambda: desk.page.select_option("select[data-runs]", chosen))
    assert desk.state == {"run": us_fda.run_id, "lang": "zh"}
    same(desk, us_fda)
    back = desk.page.locator("select[data-runs] option", has_text=mark[hrss.run_id])
    chosen = back.get_attribute("value")
    desk.act(lambda: desk.page.select_option("select[data-runs]", chosen))
    same(desk, hrss)


def test_the_letters(desk: Desk, us_fda: Witness) -> None:
    """579 of 3,374 were posted late; so many units stand page by page."""
    desk.go(run=us_fda.run_id, lang="en")
    same(desk, us_fda)
    assert us_fda.counts(LATE)["failed"] == 579
    rate = {system: (value, beside) for system, value, beside, _ in desk.overview()["systems"]}
    assert rate["publication"] == (percent(3374 - 579, 3374), "2,795 / 3,374 passed")
    same_trend(desk, "wb-trend-publication", us_fda, LATE)
    units, seen = us_fda.units(), set()
    while True:
        seen |= {unit for _, unit, *_ in desk.overview()["cells"] if unit}
        following = desk.page.locator(".wb-pages a", has_text="Next")
        if not following.count():
            break
        desk.act(following.click)
    assert seen == set(units)
    desk.go(run=us_fda.run_id, lang="en", unit="cder", first="2023-01", last="2024-12")
    same(desk, us_fda, unit="cder", first="2023-01", last="2024-12")


def test_late_letters_of_one_office(desk: Desk, us_fda: Witness) -> None:
    desk.go(run=us_fda.run_id, lang="en")
    cells = us_fda.cells()
    unit = next(u for (c, u), n in cells.items() if c == LATE and u == "cfsan" and n["failed"])
    desk.click(f'.wb-heatmap a[data-check="{LATE}"][data-unit="{unit}"]')
    listed = list(us_fda.listed(LATE, "failed", unit=unit).shown)
    assert desk.tabs()[0][1] == len(listed) == cells[LATE, unit]["failed"]
    assert [row[0] for row in desk.rows()] == listed[:20]
    case = listed[0]
    desk.act(lambda: desk.page.click(f".wb-table a >> text={case}"))
    assert desk.text(".wb-case h2") == case
    finding = us_fda.findings[us_fda.findings.case_id == case].iloc[0]
    assert str(finding.observed) in desk.text(".wb-case-finding")


def test_the_home_page_leads_to_each_run(desk: Desk, hrss: Witness, us_fda: Witness) -> None:
    page = desk.page.context.new_page()
    page.goto(desk.server.address + "?lang=zh")
    for witness in (hrss, us_fda):
        section = page.locator("section", has_text=witness.run_id)
        href = section.locator("a.door").first.get_attribute("href")
        assert f"run={witness.run_id}" in href
        for system, check in witness.systems.items():
            counts = witness.counts(check)
            rate = percent(counts["passed"], counts["passed"] + counts["failed"])
            assert rate in section.inner_text(), system
        assert f"{witness.figures()['cases']:,}" in section.inner_text()
    page.close()
    desk.act(lambda: desk.page.evaluate("(h) => { location.hash = h }", href.partition("#")[2]))
    assert desk.state["run"] == us_fda.run_id
