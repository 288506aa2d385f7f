"""One case: its findings, its days with their statutory deadlines, every check's outcome."""

from __future__ import annotations

from dataclasses import replace

from workbench.dashboards.data import RunData
from workbench.dashboards.state import State
from workbench.dashboards.view import View, fill, words_of
from workbench.reports.case_page import case_html
from workbench.reports.case_record import case_record


def case_view(data: RunData, state: State) -> View:
    """The page of the case that the state names, with what leadership may see of it."""
    w, case_id = words_of(state.language), str(state.subject)
    record = case_record(data.results, case_id, data.role)
    up = replace(state, page="check" if state.check else "overview", subject=None)
    html = fill(
        "case.html.j2", w=w, back=up.link(),
        case=case_html(data.results, record, state.language) if record else "",
        missing=w("no_case", id=case_id),
    )  # fmt: skip
    return View(html, case_id if record else w("case_head"), filtered=False)
