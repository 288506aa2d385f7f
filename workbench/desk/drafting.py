"""Drafts: what is typed is kept with every change; the answer says what has changed by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.forms import running
from workbench.desk.pages import fill
from workbench.review.acts import case_of
from workbench.review.refusals import Refused

LONGEST = 200_000  # characters of a draft: forty criteria with a page each
_PARTS = ("items", "vetoes", "note", "reason", "from")


def keep(desk: Desk, said: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a draft of the case that the address names; returns the pieces of the page to renew.

    Raises `Refused` where it cannot be read, or where nothing can be rated any more.
    """
    if "fields" in said:
        return _keep_fields(desk, said)
    case = case_of(desk.its, desk.here.case or "")
    if not desk.viewer.may_read(case):
        raise Refused("not_assigned", person=desk.viewer.id, case=case.case_id)
    seat = case.seat_of(desk.viewer.id)
    if seat and seat.rating:  # a change that comes after the lock; the draft is gone with it
        raise Refused("locked", case=case.case_id, at=seat.locked_at[:16].replace("T", " "))
    draft = sound(said)
    pieces = running(desk, case, draft)  # reads the answers: what is no rating is not kept
    desk.review.save_draft(desk.its.round_id, case.case_id, draft)
    return {"running": str(fill("running.html.j2", w=desk.w, **pieces)),
            "points": pieces["points"]}  # fmt: skip


def _keep_fields(desk: Desk, said: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what was typed of a reply, or of the answer to one: names and texts."""
    case = case_of(desk.its, str(said.get("case", "")))
    own_unit = bool(desk.viewer.unit_id) and desk.viewer.unit_id == case.drawn.unit_id
    if not own_unit and not desk.viewer.may_read(case):
        raise Refused("not_assigned", person=desk.viewer.id, case=case.case_id)
    fields = said["fields"]
    if not isinstance(fields, dict) or len(str(fields)) > LONGEST:
        raise Refused("items_unreadable", why="fields")
    texts = {str(name): text for name, text in fields.items() if isinstance(text, str) and text}
    desk.review.save_draft(desk.its.round_id, case.case_id, {"fields": texts})
    return {"kept": case.case_id}


def sound(said: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a draft, as JSON; raises `Refused` for what is none, or far too long."""
    draft = {name: said[name] for name in _PARTS if said.get(name)}
    for name in ("items", "vetoes"):
        if not isinstance(draft.get(name, {}), dict):
            raise Refused("items_unreadable", why=name)
    for name in ("note", "reason", "from"):
        if not isinstance(draft.get(name, ""), str):
            raise Refused("items_unreadable", why=name)
    if len(str(draft)) > LONGEST:
        raise Refused("items_unreadable", why=f"> {LONGEST}")
    return draft
