"""The results of the cases that an officer handled: the final ones only, and only theirs."""

from __future__ import annotations

from workbench.desk.desk import Desk
from workbench.desk.pages import View, fill
from workbench.desk.problems_view import problems_table, result_of


def results_view(desk: Desk) -> View:
    """Each of the viewer's cases that has its final result."""
    own = [case for case in desk.its.cases.values()
           if desk.viewer.id in case.drawn.handled_by and case.final]  # fmt: skip
    html = fill(
        "results.html.j2", w=desk.w,
        cases=[{"case": c.case_id, "kind": desk.kind(c), "result": result_of(desk, c),
                "table": problems_table(desk, c, only_left=True)} for c in own],
    )  # fmt: skip
    return View(html, desk.w("nav_results"))
