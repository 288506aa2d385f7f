"""What the reviewed unit does: it replies to each problem, and shows what it has put right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.done import Done, Given, lines, text


def _reply(desk: Desk, given: Given) -> Done:
    case = text(given, "case")
    items: dict[str, Any] = {}
    for name, value in given.items():
        kind, _, problem = name.partition(":")
        if kind == "position" and problem:
            items[problem] = {
                "position": value,
                "text": text(given, f"text:{problem}"),
                "evidence": lines(text(given, f"evidence:{problem}")),
            }
    desk.review.reply(desk.its.round_id, case, items)
    desk.review.store.drop_draft(desk.viewer.id, desk.its.round_id, case)
    return Done(desk.here.link(), desk.w("replied_done", case=case))


def _prove(desk: Desk, given: Given) -> Done:
    files = given.get("files", {})
    files = {str(k): str(v) for k, v in files.items()} if isinstance(files, dict) else {}
    desk.review.prove(desk.its.round_id, text(given, "fault"), text(given, "text"), files)
    return Done(desk.here.link(), desk.w("proved_done"))


VERBS: dict[str, Callable[[Desk, Given], Done | dict[str, Any]]] = {
    "reply": _reply,
    "prove": _prove,
}
