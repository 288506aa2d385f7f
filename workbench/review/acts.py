"""What a decision comes to: the entries to write, in order, all of them or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workbench.review.entries import RoundOpened
from workbench.review.parts import Part
from workbench.review.refusals import Refused
from workbench.review.state import CaseState, Fault, RoundState
from workbench.workdays import Calendar

_ISO = len("2026-06-30")


@dataclass(frozen=True)
class Act:
    """One entry to be written: its body, and the case, fault or organ it is about."""

    body: Part
    subject: str = ""


def needs_role(its: RoundState, actor: str, *roles: str) -> None:
    """Raises `Refused` unless the actor has one of the roles in this round."""
    if not its.has_role(actor, *roles):
        raise Refused("no_role", person=actor, roles=" / ".join(roles), round=its.round_id)


def needs_open(its: RoundState) -> None:
    """Raises `Refused` where the round is closed: nothing of it changes any more."""
    if its.closed:
        raise Refused("round_closed", round=its.round_id, at=its.closed.at[:10])


def case_of(its: RoundState, case_id: str) -> CaseState:
    """A case of the round; raises `Refused` where it was not drawn."""
    if case_id not in its.cases:
        raise Refused("case_unknown", case=case_id, round=its.round_id, count=len(its.cases))
    return its.cases[case_id]


def fault_of(its: RoundState, fault_id: str) -> Fault:
    """A rectification of the round; raises `Refused` where there is none of that id."""
    if fault_id not in its.faults:
        raise Refused("fault_unknown", fault=fault_id, round=its.round_id, count=len(its.faults))
    return its.faults[fault_id]


def last_day(opened: RoundOpened, start: str, days: int, unit: Literal["wd", "cd"]) -> str:
    """The last day of a limit from a day on, a working day by the round's own calendar.

    Raises `Refused` where that depends on a year whose holidays are not known.
    """
    first = as_day(start)
    known = {date.fromisoformat(day): works for day, works in opened.days.items()}
    found = Calendar.of(known).after(first, days, unit) if known else None
    if found is None:
        raise Refused("calendar_ends", day=start, days=days)
    return found.isoformat()


def is_working(opened: RoundOpened, day: str) -> bool | None:
    """Is it a working day by the round's own calendar? None where that is not known."""
    known = {date.fromisoformat(one): works for one, works in opened.days.items()}
    return Calendar.of(known).is_working(as_day(day)) if known else None


def as_day(text: str) -> date:
    """A day from YYYY-MM-DD; raises `Refused` where it is none."""
    try:
        if len(text) != _ISO:  # 20260630 would be read, and stands wrong beside 2026-06-30
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("no_day", text=text) from None


def not_before(first: str, then: str, code: str) -> None:
    """Raises `Refused(code)` where the second day lies before the first."""
    if as_day(then) < as_day(first):
        raise Refused(code, first=first, then=then)
