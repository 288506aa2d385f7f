"""The figures month by month: what is drawn, what is hollow, where a click leads."""

from __future__ import annotations

from typing import Any

import pytest
from scipy.stats import binomtest

from tests.browser.desk import Desk
from tests.browser.witness import FEW, Witness

pytestmark = pytest.mark.browser
WHITE = "#fff"


def drawn(desk: Desk, place: str) -> dict[str, Any]:
    """Whiskers, line and dots of a figure, as plotly holds them."""
    data = desk.page.evaluate("(id) => document.getElementById(id).data", place)
    return dict(zip(("whiskers", "line", "dots"), data, strict=True))


def same(desk: Desk, place: str, witness: Witness, check: str, **chosen: str) -> None:
    """The figure shows the months of the check as pandas and scipy count them."""
    months = witness.months(check, **chosen)
    months["decided"] = months.passed + months.failed
    months = months[months.decided > 0]
    assert len(months) > 0
    rates = months.passed / months.decided
    its = drawn(desk, place)
    assert its["dots"]["x"] == list(months.index)
    assert its["dots"]["y"] == pytest.approx(list(rates))
    still = list(months.not_yet_due > 0)
    assert [colour == WHITE for colour in its["dots"]["marker"]["color"]] == still
    settled = months[(months.not_yet_due == 0) & (months.decided >= FEW)]
    assert its["line"]["x"] == list(settled.index)
    assert its["line"]["y"] == pytest.approx(list(rates[settled.index]))
    bounds: list[float] = []
    sure = months[months.decided >= FEW]  # an interval of five says nothing
    for passed, decided in zip(sure.passed, sure.decided, strict=True):
        interval = binomtest(int(passed), int(decided)).proportion_ci(0.95, "exact")
        bounds += [interval.low, interval.high]
    ends = [y for y in its["whiskers"]["y"] if y is not None]
    assert ends == pytest.approx(bounds, abs=1e-9)


def test_every_system_has_its_months(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh")
    for system, check in hrss.systems.items():
        same(desk, f"wb-trend-{system}", hrss, check)
    # Some limits of the last month still run, so that hollow dots were looked at.
    assert hrss.months("after-penalty-published-7wd")["not_yet_due"].iloc[-1] > 0


def test_filters_change_the_figures(desk: Desk, hrss: Witness) -> None:
    chosen = {"organ": "9904", "first": "2025-03", "last": "2026-04"}
    desk.go(run=hrss.run_id, lang="zh")
    desk.go(run=hrss.run_id, lang="zh", **chosen)
    for system, check in hrss.systems.items():
        same(desk, f"wb-trend-{system}", hrss, check, **chosen)


@pytest.mark.parametrize("check", ["proc-investigate-60wd", "archive-required-docs"])
def test_a_check_has_its_months(desk: Desk, hrss: Witness, check: str) -> None:
    desk.go(run=hrss.run_id, lang="zh", page="check", check=check, organ="99")
    same(desk, "wb-trend", hrss, check, organ="99")


def test_a_click_on_a_month_leads_to_its_cases(desk: Desk, hrss: Witness) -> None:
    """With the mouse, on the dot."""
    desk.go(run=hrss.run_id, lang="zh")
    place, check = "wb-trend-disclosure", hrss.systems["disclosure"]
    months = drawn(desk, place)["dots"]["x"]
    at = next(i for i, m in enumerate(months) if hrss.counts(check, first=m, last=m)["failed"] > 1)
    point = desk.page.locator(f"#{place} .points path.point").nth(at)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.page.mouse.move(x - 3, y)
    desk.page.mouse.move(x, y)
    label = desk.page.wait_for_selector(f"#{place} .hoverlayer .hovertext")
    assert months[at] in label.text_content()
    desk.act(lambda: desk.page.mouse.click(x, y))
    month = months[at]
    assert desk.state == {"run": hrss.run_id, "lang": "zh", "page": "check", "check": check,
                          "first": month, "last": month}  # fmt: skip
    listed = hrss.listed(check, "failed", first=month, last=month)
    assert [row[0] for row in desk.rows()] == list(listed.shown)
