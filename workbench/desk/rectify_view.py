"""The rectification list: what was demanded of whom until when, the proof, who has looked at it."""

from __future__ import annotations

from datetime import date
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.pages import View, fill
from workbench.review import entries as e
from workbench.review.state import Fault, FaultStage, Said

STATES = ("overdue", "open", "proved", "returned", "verified")


def rectify_view(desk: Desk) -> View:
    """The list; what is overdue stands first, what is verified last."""
    its = [fault for fault in desk.its.faults.values() if may_see(desk, fault)]
    its.sort(key=lambda f: (f.stage is FaultStage.verified, f.opened.due_on, f.fault_id))
    states = [state_of(desk, f) for f in its]
    html = fill(
        "rectify.html.j2", w=desk.w, rows=[_row(desk, f) for f in its],
        counts=[{"state": name, "text": desk.w(f"fault_{name}"), "count": states.count(name)}
                for name in STATES if name in states],
    )  # fmt: skip
    return View(html, desk.w("nav_rectify"))


def may_see(desk: Desk, fault: Fault) -> bool:
    """Those who rate and lead see all; a unit its own; an owner theirs."""
    viewer = desk.viewer
    if viewer.is_a("lead", "adjudicator", "reviewer"):
        return True
    return fault.opened.owner == viewer.id or fault.opened.unit_id == viewer.unit_id


def state_of(desk: Desk, fault: Fault) -> str:
    """Where it stands; overdue comes before all but verified."""
    return "overdue" if fault.overdue(desk.today) else fault.stage.value


def _row(desk: Desk, fault: Fault) -> dict[str, Any]:
    its, viewer = fault.opened, desk.viewer
    person = desk.its.reviewers.get(viewer.id)
    proof = fault.last(e.RectificationProved)
    theirs = its.owner == viewer.id or its.unit_id == viewer.unit_id
    own = theirs or bool(person and person.unit_id == its.unit_id)
    own = own or bool(proof and proof.actor == viewer.id)
    judges = viewer.is_a("lead", "adjudicator", "reviewer")
    state = state_of(desk, fault)
    return {
        "id": fault.fault_id, "case": its.case_id, "title": desk.names.problem(its.problem),
        "unit": desk.names.unit(its.unit_id), "owner": desk.names.person(its.owner),
        "demand": its.demand, "opened": its.opened_on, "due": its.due_on,
        "state": state, "state_text": desk.w(f"fault_{state}"), "late": _late(desk, fault),
        "stage_text": desk.w(f"fault_{fault.stage.value}") if state == "overdue" else "",
        "history": [_said(desk, said) for said in fault.history[1:]],
        "may_prove": theirs and fault.stage in (FaultStage.open, FaultStage.returned),
        "may_verify": judges and not own and fault.stage is FaultStage.proved,
        "may_escalate": viewer.is_a("lead") and fault.overdue(desk.today),
    }  # fmt: skip


def _late(desk: Desk, fault: Fault) -> str:
    if not fault.overdue(desk.today):
        return ""
    days = (date.fromisoformat(desk.today) - date.fromisoformat(fault.opened.due_on)).days
    return str(desk.w("late_days", n=days))


def _said(desk: Desk, said: Said) -> dict[str, str]:
    """One step of its history in words."""
    w, who, day = desk.w, desk.names.person(said.actor), said.at[:10]
    match said.body:
        case e.RectificationProved() as body:
            files = w.listed([f"{name}（SHA-256 {sha[:12]}…）" if w.language == "zh"
                              else f"{name} (SHA-256 {sha[:12]}…)"
                              for name, sha in body.files.items()])  # fmt: skip
            return {"what": w("said_proved", who=who, day=body.proved_on), "text": body.text,
                    "files": files}  # fmt: skip
        case e.RectificationVerified() as body:
            key = "said_verified" if body.accepted else "said_returned"
            return {"what": w(key, who=who, day=body.verified_on), "text": body.reason, "files": ""}
        case e.RectificationEscalated() as body:
            return {"what": w("said_escalated", who=who, day=body.escalated_on, to=body.to),
                    "text": body.reason, "files": ""}  # fmt: skip
        case e.RectificationRetested() as body:
            return {"what": w("said_retested", day=body.as_of), "files": "",
                    "text": w(f"retest_{body.outcome}")}  # fmt: skip
    return {"what": f"{who} {day}", "text": "", "files": ""}
