"""Cases with findings under the filters, the most serious on top."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.dashboards.data import ROWS, Records, RunData
from workbench.dashboards.state import State
from workbench.dashboards.view import (
    View,
    check_title,
    fill,
    kind_name,
    paging,
    unit_name,
    words_of,
)
from workbench.display import count
from workbench.privacy import WITHHELD
from workbench.reports.report_words import Words

_SHOWN = {"unit_id": "unit", "period_on": "day"}  # columns of a row -> what they are called here
_GRADES = ("veto", "major", "minor", "advisory")


def cases_view(data: RunData, state: State) -> View:
    """The list of cases with findings: how grave, which checks failed."""
    w, totals = words_of(state.language), data.totals(state)
    total = totals["affected"]
    if state.at and state.at * ROWS >= total:
        state = replace(state, at=0)
    html = fill(
        "cases.html.j2", w=w,
        note=w("cases_note", n=total, cases=totals["cases"]),
        heads=[w("case_head"), w("unit"), w("kind_filter"), w("day_head"), w("veto_short"),
               *(w(grade) for grade in _GRADES[1:]), w("failed_checks")],
        rows=_rows(data, state, data.cases(state), w),
        pages=paging(state, total, w),
    )  # fmt: skip
    return View(html, w("cases_nav"))


def _rows(data: RunData, state: State, rows: Records, w: Words) -> list[dict[str, Any]]:
    return [
        {
            "case": row["case_id"],
            "href": state.link(page="case", subject=row["case_id"]),
            "unit": unit_name(data, row["unit_id"], state.language),
            "kind": kind_name(data, row["kind"], state.language),
            "day": row["period_on"].isoformat() if row["period_on"] else "—",
            "counts": [count(row[grade]) if row[grade] else "" for grade in _GRADES],
            "checks": w.listed([check_title(data, c, state.language) for c in row["checks"]]),
        }
        | {_SHOWN.get(part, part): WITHHELD[w.language] for part in row["withheld"]}
        for row in rows
    ]
