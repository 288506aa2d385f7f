"""The queue: the viewer's cases with where they stand, filters, and how far the round has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.pages import View, fill, points
from workbench.desk.standing import MINE_TO_DO, STANDINGS, Standing, counted
from workbench.review.state import Stage

# What a round goes through, as the bar of its progress shows it.
PROGRESS = tuple(stage.value for stage in Stage)


def queue_view(desk: Desk) -> View:
    """The page that a day at the desk begins with."""
    whose = whose_of(desk)
    mine = [s for s in desk.standings if whose == "all" or _mine(desk, s)]
    shown = [s for s in mine if _matches(desk, s)]
    listed = sorted(shown, key=lambda s: STANDINGS.index(s.standing))
    first = next((s for s in listed if s.to_do), None)
    html = fill(
        "queue.html.j2", w=desk.w,
        tabs=_tabs(desk, mine), filters=_filters(desk, mine), whose=_whose(desk, whose),
        rows=[_row(desk, s) for s in listed],
        next=desk.here.to_case(first.case.case_id) if first else "",
        next_case=first.case.case_id if first else "",
        done=_done(desk), progress=_progress(desk), filtered=_filtered(desk),
        clear=desk.here.link(state=None, unit=None, kind=None),
        unchosen=desk.here.link(unit=None, kind=None),
    )  # fmt: skip
    return View(html, desk.w("nav_queue"))


def whose_of(desk: Desk) -> str:
    """A lead or an adjudicator without seats begins with all cases."""
    if not desk.viewer.is_a("lead", "adjudicator"):
        return "mine"
    has_seats = any(s.seat for s in desk.standings)
    return desk.here.whose if has_seats else "all"


def _mine(desk: Desk, standing: Standing) -> bool:
    return bool(standing.seat) or standing.to_do


def _matches(desk: Desk, standing: Standing) -> bool:
    here, drawn = desk.here, standing.case.drawn
    if here.state == "to_do" and not standing.to_do:
        return False
    if here.state not in (None, "to_do") and standing.standing != here.state:
        return False
    return here.unit in (None, drawn.unit_id) and here.kind in (None, drawn.kind)


def _tabs(desk: Desk, its: Sequence[Standing]) -> list[dict[str, Any]]:
    """States that there are, each with how many cases stand there."""
    here = replace(desk.here, state=None)
    places = [s for s in its if _matches(replace_here(desk, here), s)]
    counts = counted(places)
    to_do = sum(counts[name] for name in MINE_TO_DO)
    tabs = [("all", None, len(places)), ("to_do", "to_do", to_do)]
    tabs += [(name, name, counts[name]) for name in STANDINGS if counts[name]]
    return [
        {"href": here.link(state=state), "text": desk.w(f"standing_{name}"), "count": str(n),
         "count_number": n, "here": desk.here.state == state}
        for name, state, n in tabs
    ]  # fmt: skip


def replace_here(desk: Desk, here: Any) -> Desk:
    """The same desk at another address."""
    return replace(desk, here=here)


def _filters(desk: Desk, its: Sequence[Standing]) -> list[dict[str, Any]]:
    """Choices among the units and kinds of these cases; none where there is nothing to choose."""
    cases = [s.case for s in its]
    units = {c.drawn.unit_id: desk.names.unit(c.drawn.unit_id) for c in cases}
    kinds = {c.drawn.kind: desk.kind(c) for c in cases}
    found = []
    for name, values in (("unit", units), ("kind", kinds)):
        if len(values) < 2 and not getattr(desk.here, name):
            continue
        options = [{"value": "", "text": desk.w(f"all_{name}s"), "chosen": False}]
        options += [{"value": value, "text": text, "chosen": value == getattr(desk.here, name)}
                    for value, text in sorted(values.items(), key=lambda one: one[1])]  # fmt: skip
        found.append({"name": name, "label": desk.w(f"filter_{name}"), "options": options})
    return found


def _filtered(desk: Desk) -> bool:
    return bool(desk.here.state or desk.here.unit or desk.here.kind)


def _whose(desk: Desk, whose: str) -> list[dict[str, Any]]:
    """Only mine, or all: for those who have both."""
    both = desk.viewer.is_a("lead", "adjudicator") and any(s.seat for s in desk.standings)
    if not both:
        return []
    return [{"href": desk.here.link(whose=name, state=None), "text": desk.w(f"whose_{name}"),
             "here": whose == name} for name in ("mine", "all")]  # fmt: skip


def _row(desk: Desk, standing: Standing) -> dict[str, Any]:
    case = standing.case
    failed = [p for p in case.drawn.proposals if p.criterion and p.outcome == "failed"]
    own = case.seat_of(desk.viewer.id)
    return {
        "href": desk.here.to_case(case.case_id),
        "case": case.case_id,
        "kind": desk.kind(case),
        "unit": desk.names.unit(case.drawn.unit_id),
        "standing": standing.standing,
        "state": desk.w(f"standing_{standing.standing}"),
        "beside": _beside(desk, standing),
        "to_do": standing.to_do,
        "proposals": len(failed),
        "vetoes": len({p.check for p in case.drawn.proposals if p.veto}),
        "own": points(own.rating.score.points) if own and own.rating else "",
        "calibration": case.drawn.calibration,
    }


def _beside(desk: Desk, standing: Standing) -> str:
    """One detail that the state alone does not say."""
    case = standing.case
    if standing.standing in ("locked", "rating", "to_assign"):
        wanted = max(len(case.seats), desk.its.opened.ratings_per_case)
        return str(desk.w("rated_of", done=len(case.rated), seats=wanted))
    if standing.standing == "told":
        return str(desk.w("reply_until", due=case.reply_due_on))
    return ""


def _done(desk: Desk) -> dict[str, Any]:
    """How far the viewer's own ratings have come."""
    seats = [s.case.seats[s.seat] for s in desk.standings if s.seat]
    locked = sum(seat.rating is not None for seat in seats)
    return {"total": len(seats), "locked": locked,
            "share": round(100 * locked / len(seats)) if seats else 0}  # fmt: skip


def _progress(desk: Desk) -> list[dict[str, Any]]:
    """For the lead: how many cases of the round stand at each stage."""
    if not desk.viewer.is_a("lead", "adjudicator"):
        return []
    stages = [s.stage.value for s in desk.standings]
    return [{"stage": stage, "text": desk.w(f"stage_{stage}"), "count": stages.count(stage)}
            for stage in PROGRESS if stage in stages]  # fmt: skip
