"""The round as its lead sees it: who has how much, what is apart, whose turn it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.pages import View, fill, points
from workbench.desk.standing import Standing
from workbench.review import entries as e
from workbench.review import results
from workbench.review.state import CaseState, Seat, Stage

STEPS = ("scheme", "process", "results")


def lead_view(desk: Desk) -> View:
    """The page of the round."""
    its = desk.its
    by_stage = {stage: [s for s in desk.standings if s.stage is stage] for stage in Stage}
    html = fill(
        "lead.html.j2", w=desk.w, title=its.opened.title, closed=its.closed is not None,
        stages=[{"text": desk.w(f"stage_{stage.value}"), "count": len(by_stage[stage]),
                 "stage": stage.value, "href": _queue(desk, by_stage[stage])} for stage in Stage],
        total=len(desk.standings),
        people=[_person(desk, p) for p in its.reviewers.values() if "reviewer" in p.roles],
        others=[{"name": desk.names.person(p.reviewer_id), "unit": desk.names.unit(p.unit_id),
                 "roles": desk.w.listed([desk.names.role(r) for r in p.roles])}
                for p in its.reviewers.values() if "reviewer" not in p.roles],
        unfilled=sum(s.standing == "to_assign" for s in desk.standings),
        apart=[_apart(desk, s.case) for s in by_stage[Stage.apart]],
        units=_units(desk), steps=[_step(desk, what) for what in STEPS], today=desk.today,
        rules=_rules(desk), may_close=not _left(desk),
    )  # fmt: skip
    return View(html, desk.w("nav_lead"))


def _queue(desk: Desk, its: list[Standing]) -> str:
    """To the queue with these cases, where they all stand alike there."""
    states = {s.standing for s in its}
    if len(states) != 1:
        return desk.here.link(view="queue", state=None, whose="all") if its else ""
    return desk.here.link(view="queue", state=states.pop(), whose="all")


def _person(desk: Desk, person: e.ReviewerEnrolled) -> dict[str, Any]:
    """A reviewer's seats: given, locked, open, since when the oldest open one waits."""
    seats = [(case, seat) for case in desk.its.cases.values()
             if (seat := case.seat_of(person.reviewer_id))]  # fmt: skip
    open_ = [(c, s) for c, s in seats if s.rating is None and not c.feedback]
    waits = max((_days_open(desk, c, s) for c, s in open_), default=0)
    apart = sum(results.stage(desk.its, c, desk.today) is Stage.apart for c, _ in seats)
    return {
        "name": desk.names.person(person.reviewer_id), "unit": desk.names.unit(person.unit_id),
        "roles": desk.w.listed([desk.names.role(r) for r in person.roles]),
        "given": len(seats), "locked": len(seats) - len(open_), "open": len(open_),
        "share": round(100 * (len(seats) - len(open_)) / len(seats)) if seats else 0,
        "returned": sum(bool(s.returned) for _, s in open_), "waits": waits, "apart": apart,
    }  # fmt: skip


def _days_open(desk: Desk, case: CaseState, seat: Seat) -> int:
    """Calendar days since the seat was given, or its rating given back."""
    since = next((said.at for said in reversed(case.history)
                  if isinstance(said.body, e.CaseAssigned | e.RatingReturned)
                  and said.body.seat == seat.number), desk.today)  # fmt: skip
    return max(0, (date.fromisoformat(desk.today) - date.fromisoformat(since[:10])).days)


def _apart(desk: Desk, case: CaseState) -> dict[str, Any]:
    totals = [seat.rating.score.points for seat in case.rated if seat.rating]
    return {
        "case": case.case_id,
        "href": desk.here.to_case(case.case_id),
        "unit": desk.names.unit(case.drawn.unit_id),
        "who": desk.w.listed([desk.names.person(s.reviewer_id) for s in case.rated]),
        "totals": " / ".join(points(total) for total in totals),
    }


def _units(desk: Desk) -> list[dict[str, Any]]:
    """Of each unit: how many cases stand where, and what can be done for all of them at once."""
    found: dict[str, list[Standing]] = {}
    for standing in desk.standings:
        if not standing.case.drawn.calibration:
            found.setdefault(standing.case.drawn.unit_id, []).append(standing)
    return [_unit(desk, unit, its) for unit, its in sorted(found.items())]


def _unit(desk: Desk, unit: str, its: list[Standing]) -> dict[str, Any]:
    ready = [s.case.case_id for s in its if s.stage is Stage.answered]
    totals = [
        score.points for s in its if (score := _score(desk, s.case)) and score.points is not None
    ]
    due = min((s.case.reply_due_on for s in its if s.stage is Stage.reply), default="")
    speaks = [desk.names.person(p.reviewer_id) for p in desk.its.reviewers.values()
              if "unit" in p.roles and p.unit_id == unit]  # fmt: skip
    return {
        "id": unit, "name": desk.names.unit(unit), "cases": len(its),
        "href": desk.here.link(view="queue", unit=unit, state=None, whose="all"),
        "agreed": sum(s.stage is Stage.agreed for s in its), "ready": ready,
        "reply": sum(s.stage is Stage.reply for s in its), "due": due,
        "replied": sum(s.stage is Stage.replied for s in its),
        "final": sum(s.stage is Stage.final for s in its),
        "mean": points(sum(totals) / len(totals)) if totals else "—", "rated": len(totals),
        "speaks": desk.w.listed(speaks),
    }  # fmt: skip


def _score(desk: Desk, case: CaseState) -> Any:
    """The result as it stands: final, told, provisional."""
    if case.final:
        return case.final.body.score  # type: ignore[attr-defined]
    if case.feedback:
        return case.feedback.body.score  # type: ignore[attr-defined]
    return results.provisional(desk.its, case)


def _step(desk: Desk, what: str) -> dict[str, str]:
    done = desk.its.published.get(what)
    on = done.on if done else desk.its.opened.scheme_published_on if what == "scheme" else None
    return {"what": what, "text": desk.w(f"publish_{what}"), "on": on or "",
            "where": done.where if done else ""}  # fmt: skip


def _rules(desk: Desk) -> str:
    """The rules of the round, as it was opened with them."""
    its = desk.its.opened
    units = {name: desk.w(f"days_{unit}") for name, unit in
             (("reply", its.reply_unit), ("rectification", its.rectification_unit))}  # fmt: skip
    return str(desk.w(
        "round_rules", ratings=its.ratings_per_case, gap=points(its.gap_limit),
        reply=its.reply_days,
        reply_unit=units["reply"], rectification=its.rectification_days,
        rectification_unit=units["rectification"], run=its.origin.run_id, as_of=its.origin.as_of,
    ))  # fmt: skip


def _left(desk: Desk) -> int:
    return sum(not s.case.final for s in desk.standings if not s.case.drawn.calibration)
