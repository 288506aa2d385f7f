"""What the lead and the adjudicator do with a round: give out, give back, tell, answer, end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.done import Done, Given, listed, text


def _here(desk: Desk, said: str) -> Done:
    return Done(desk.here.link(), said)


def _assign(desk: Desk, given: Given) -> Done:
    left = desk.review.assign(desk.its.round_id)
    if not left:
        return _here(desk, desk.w("assigned_all"))
    why = desk.names.refused(left[0])
    return _here(desk, desk.w("assigned_not_all", n=len(left), why=why))


def _assign_to(desk: Desk, given: Given) -> Done:
    who = text(given, "person")
    desk.review.assign_to(desk.its.round_id, desk.here.case or "", who)
    return _here(desk, desk.w("assigned_to", who=desk.names.person(who)))


def _give_back(desk: Desk, given: Given) -> Done:
    seat = text(given, "seat")
    number = int(seat) if seat.isascii() and seat.isdigit() and len(seat) < 4 else 0
    desk.review.give_back(desk.its.round_id, desk.here.case or "", number, text(given, "reason"))
    return _here(desk, desk.w("given_back"))


def _feedback(desk: Desk, given: Given) -> Done:
    unit = text(given, "unit")
    desk.review.send_feedback(desk.its.round_id, unit)
    return _here(desk, desk.w("told_done", unit=desk.names.unit(unit)))


def _extend(desk: Desk, given: Given) -> Done:
    until = text(given, "until")
    desk.review.extend_reply(desk.its.round_id, desk.here.case or "", until, text(given, "reason"))
    return _here(desk, desk.w("extended_done", until=until))


def _answer(desk: Desk, given: Given) -> Done:
    case, items = desk.here.case or "", {}
    for name, value in given.items():
        kind, _, problem = name.partition(":")
        if kind == "decision" and problem:
            items[problem] = {"decision": value, "points": _points(desk, problem, value, given),
                              "reason": text(given, f"reason:{problem}")}  # fmt: skip
    desk.review.answer(desk.its.round_id, case, items)
    desk.review.store.drop_draft(desk.viewer.id, desk.its.round_id, case)
    return _here(desk, desk.w("answered_done"))


def _points(desk: Desk, problem: str, decision: Any, given: Given) -> float:
    """What is deducted in the end: all of it, what was typed, nothing."""
    if decision == "reduced":
        try:
            return float(text(given, f"points:{problem}") or 0)
        except ValueError:
            return 0.0
    if decision == "withdrawn":
        return 0.0
    told = desk.its.cases[desk.here.case or ""].feedback
    its = told.body.problems if told else ()  # type: ignore[attr-defined]
    return next((float(p.points) for p in its if p.id == problem), 0.0)


def _finalise(desk: Desk, given: Given) -> Done:
    cases = listed(given, "case")
    desk.review.finalise(desk.its.round_id, cases)
    return _here(desk, desk.w("finalised_done", n=len(cases)))


def _rectify(desk: Desk, given: Given) -> Done:
    owner, demand = text(given, "owner"), text(given, "demand")
    desk.review.rectify(desk.its.round_id, text(given, "case"), {"": owner}, {"": demand},
                        text(given, "due") or None)  # fmt: skip
    return Done(desk.here.link(view="rectify"), desk.w("demanded_done"))


def _verify(desk: Desk, given: Given) -> Done:
    accepted = text(given, "accepted") == "yes"
    desk.review.verify(desk.its.round_id, text(given, "fault"), accepted, text(given, "reason"))
    return _here(desk, desk.w("verified_done" if accepted else "refused_done"))


def _escalate(desk: Desk, given: Given) -> Done:
    desk.review.escalate(desk.its.round_id, text(given, "fault"), text(given, "to"),
                         text(given, "reason"))  # fmt: skip
    return _here(desk, desk.w("escalated_done"))


def _publish(desk: Desk, given: Given) -> Done:
    desk.review.publish(desk.its.round_id, text(given, "what"), text(given, "where"),
                        text(given, "on"))  # fmt: skip
    return _here(desk, desk.w("published_done"))


def _close(desk: Desk, given: Given) -> Done:
    desk.review.close_round(desk.its.round_id)
    return _here(desk, desk.w("closed_done"))


VERBS: dict[str, Callable[[Desk, Given], Done | dict[str, Any]]] = {
    "assign": _assign,
    "assign_to": _assign_to,
    "give_back": _give_back,
    "feedback": _feedback,
    "extend": _extend,
    "answer": _answer,
    "finalise": _finalise,
    "rectify": _rectify,
    "verify": _verify,
    "escalate": _escalate,
    "publish": _publish,
    "close": _close,
}
