"""The page of deadlines: what is soon, overdue and later, in the order of the days."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.browser.desk import Desk
from tests.browser.witness import Witness

pytestmark = pytest.mark.browser
TABS = {"七日内到期": "soon", "已逾期未办": "overdue", "此后到期": "open"}
ROWS = 20


def same(desk: Desk, hrss: Witness, due: str, **chosen: str) -> None:
    """All pages of one tab, one after the other."""
    wanted = hrss.deadlines_under(due, **chosen)
    rows = desk.rows() if len(wanted) else []
    while desk.page.locator(".wb-pages a[rel=next]").count():
        desk.click(".wb-pages a[rel=next]")
        rows += desk.rows()
    clocks = hrss.about["clocks"]
    assert len(rows) == len(wanted)
    for row, its in zip(rows, wanted.itertuples(), strict=True):
        day, clock, subject, _, unit, left = row
        assert (day, clock) == (str(its.due_on), clocks[its.clock]["title"]["zh"])
        assert subject == its.shown
        assert unit == (hrss.names[its.unit_id] if pd.notna(its.unit_id) else "（无所属单位）")
        days = "".join(c for c in left if c.isdigit())
        assert (int(days) if days else 0) == abs(int(its.days_left))


@pytest.mark.parametrize("chosen", [{}, {"organ": "9904"}, {"kind": "penalty"}], ids=str)
def test_tabs_rows_and_pages(desk: Desk, hrss: Witness, chosen: dict[str, str]) -> None:
    desk.go(run=hrss.run_id, lang="zh", page="deadlines", **chosen)
    counts = {due: len(hrss.deadlines_under(due, **chosen)) for due in TABS.values()}
    assert {TABS[text]: n for text, n in desk.tabs()} == counts
    assert desk.numbers(".wb-nav a[href*='page=deadlines'] b") == [
        counts["soon"] + counts["overdue"]
    ]
    for text, due in TABS.items():
        if desk.state.get("due", "soon") != due:
            desk.act(lambda t=text: desk.page.click(f".wb-tabs a >> text={t}"))
        same(desk, hrss, due, **chosen)
    assert chosen or counts["overdue"] > ROWS


def test_figures_of_the_first_view_lead_here(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", organ="9902")
    desk.click(".wb-n-overdue a")
    assert desk.state["due"] == "overdue"
    same(desk, hrss, "overdue", organ="9902")
    desk.go(run=hrss.run_id, lang="zh", organ="9902")
    desk.click(".wb-n-soon a")
    same(desk, hrss, "soon", organ="9902")


def test_a_row_leads_to_its_case(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="zh", page="deadlines", due="overdue")
    first = hrss.deadlines_under("overdue").dropna(subset="case_id").iloc[0]
    desk.act(lambda: desk.page.click(f".wb-due a >> text={first.case_id}"))
    assert desk.text(".wb-case h2") == first.case_id
    assert str(first.due_on) in desk.text(".wb-case-course")
    desk.click("[data-back]")
    assert desk.state["page"] == "deadlines"
    assert desk.state["due"] == "overdue"


def test_nothing_due_is_a_sentence(desk: Desk, us_fda: Witness) -> None:
    desk.go(run=us_fda.run_id, lang="zh", page="deadlines")
    assert us_fda.deadlines.empty
    assert "没有" in desk.text("main .wb-none")
    assert [n for _, n in desk.tabs()] == [0, 0, 0]
