"""Deadlines of one kind (soon, overdue, later), page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.dashboards.data import ROWS, Records, RunData
from workbench.dashboards.state import DUE, State
from workbench.dashboards.view import (
    View,
    clock_title,
    fill,
    kind_name,
    paging,
    unit_name,
    words_of,
)
from workbench.display import count
from workbench.privacy import WITHHELD
from workbench.reports.report_words import Words


def deadlines_view(data: RunData, state: State) -> View:
    """What is due soon, overdue or due later under the filters; the first due on top."""
    w, totals = words_of(state.language), data.totals(state)
    total = totals[state.due]
    if state.at and state.at * ROWS >= total:
        state = replace(state, at=0)
    html = fill(
        "deadlines.html.j2", w=w,
        tabs=[{"text": w(f"tab_{due}"), "count": count(totals[due]), "count_number": totals[due],
               "here": due == state.due, "href": state.link(due=due, at=0)} for due in DUE],
        rows=due_rows(data, state, data.deadlines(state), w),
        heads=[w("due"), w("clock"), w("subject"), w("kind_filter"), w("unit"), w("remaining")],
        pages=paging(state, total, w),
        empty=w(f"{state.due}_empty"),
    )  # fmt: skip
    return View(html, w("deadlines_title"))


def due_rows(data: RunData, state: State, rows: Records, w: Words) -> list[dict[str, Any]]:
    """Rows of deadlines in words, each leading to its case."""
    return [
        {
            "due_on": row["due_on"].isoformat() if row["due_on"] else WITHHELD[w.language],
            "clock": clock_title(data, row["clock"], state.language),
            "subject": row["case_id"] or row["subject_id"],
            "href": state.link(page="case", subject=row["case_id"]) if row["case_id"] else "",
            "kind": kind_name(data, row["kind"], state.language),
            "unit": unit_name(data, row["unit_id"], state.language),
            "state": row["state"],
            "left": days(row["days_left"], w),
        }
        for row in rows
    ]


def days(left: int | None, w: Words) -> str:
    """Days until the due day, or since it; or that the viewer may not see it.

    >>> days(2, words_of("en")), days(0, words_of("en")), days(-1, words_of("en"))
    ('2 days left', 'due on the as-of day', '1 day overdue')
    """
    if left is None:
        return WITHHELD[w.language]
    if left == 0:
        return w("days_left_0")
    word = "days_left" if left > 0 else "days_over"
    return w(f"{word}_1") if abs(left) == 1 else w(f"{word}_n", n=abs(left))
