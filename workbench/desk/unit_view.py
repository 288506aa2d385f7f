"""The reviewed unit: what it was told, its reply item by item, what was answered."""

from __future__ import annotations

from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.pages import View, fill
from workbench.desk.problems_view import problem_rows, problems_table, result_of
from workbench.review import results
from workbench.review.state import CaseState, Stage


def unit_view(desk: Desk) -> View:
    """Every case of the unit that it was told of; those that wait for its reply first."""
    unit = desk.viewer.unit_id
    told = [c for c in desk.its.cases.values() if c.drawn.unit_id == unit and c.feedback]
    told.sort(key=lambda c: (not may_reply(desk, c), c.reply_due_on, c.case_id))
    html = fill("unit.html.j2", w=desk.w, unit=desk.names.unit(unit),
                cases=[_case(desk, c) for c in told])  # fmt: skip
    return View(html, desk.w("nav_unit"))


def may_reply(desk: Desk, case: CaseState) -> bool:
    """Is the unit's word still open?"""
    return results.stage(desk.its, case, desk.today) is Stage.reply and not desk.its.closed


def _case(desk: Desk, case: CaseState) -> dict[str, Any]:
    opened = may_reply(desk, case)
    draft = (desk.review.draft(desk.its.round_id, case.case_id) or {}) if opened else {}
    fields = draft.get("fields", {})
    stage = results.stage(desk.its, case, desk.today)
    return {
        "case": case.case_id,
        "kind": desk.kind(case),
        "state": desk.w(f"unit_{stage.value}", due=case.reply_due_on),
        "open": opened,
        "result": result_of(desk, case),
        "table": "" if opened else problems_table(desk, case),
        "rows": [_item(row, fields) for row in problem_rows(desk, case)] if opened else [],
    }


def _item(row: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """A problem with what was typed of the reply so far."""
    key = row["id"]
    return row | {name: str(fields.get(f"{name}:{key}", ""))
                  for name in ("position", "text", "evidence")} | {
                      "shown_evidence": row["evidence"], "said": row["text"]}  # fmt: skip
