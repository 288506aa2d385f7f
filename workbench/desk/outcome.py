"""What was said of a case, as far as the viewer may see it: one's own rating, then those of others
side by side, the adjudication, the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.forms import form, said_of
from workbench.desk.lead_steps import answer_form, lead_steps
from workbench.desk.pages import fill, points
from workbench.desk.problems_view import problems_table, result_of
from workbench.desk.standing import Standing
from workbench.display import Html, text_of
from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.rating import visible
from workbench.review.state import CaseState, Seat


@dataclass(frozen=True)
class Column:
    """One rating beside others: whose it is, and what it says."""

    name: str
    about: str
    rating: e.RatingSubmitted | e.CaseAdjudicated
    seat: int


def outcome_of(desk: Desk, standing: Standing) -> Html:
    """The right of a case that the viewer does not rate now."""
    case = standing.case
    seen = columns(desk, case)
    if len(seen) > 1:
        desk.review.show_others(desk.its.round_id, case.case_id)  # on record before it is shown
    blind = case.seat_of(desk.viewer.id) is not None and len(seen) < 2 and not case.feedback
    parts_: list[Html] = [
        fill(
            "outcome.html.j2", w=desk.w, waiting=_waiting(desk, standing),
            blind=blind and standing.standing == "locked",
            table=compare(desk, case, seen) if seen else "",
            gap=_gap(desk, case, seen), notes=_notes(desk, case),
            result=result_of(desk, case), within=bool(results.agreeing(desk.its, case)),
        )
    ]  # fmt: skip
    if standing.standing == "to_adjudicate" and not desk.its.closed:
        parts_.append(_adjudication(desk, case))
    parts_ += [answer_form(desk, standing), problems_table(desk, case), lead_steps(desk, standing)]
    return Html("".join(parts_))


def columns(desk: Desk, case: CaseState) -> list[Column]:
    """The ratings that the viewer may see; an adjudication stands last."""
    found = [
        Column(desk.names.person(seat.reviewer_id), desk.w("seat", n=seat.number), seat.rating,
               seat.number)
        for seat in visible(desk.its, desk.viewer.id, case) if seat.rating
    ]  # fmt: skip
    if case.adjudicated and desk.viewer.may_read(case) and (found or not _rates(desk, case)):
        body = case.adjudicated.body
        assert isinstance(body, e.CaseAdjudicated)
        who = desk.names.person(case.adjudicated.actor)
        found.append(Column(who, desk.w("role_adjudicator"), body, 0))
    return found


def _rates(desk: Desk, case: CaseState) -> Seat | None:
    return case.seat_of(desk.viewer.id)


def _waiting(desk: Desk, standing: Standing) -> str:
    """One sentence on what the case waits for."""
    case = standing.case
    return str(desk.w(
        f"waits_{standing.standing}", done=len(case.rated),
        seats=max(len(case.seats), desk.its.opened.ratings_per_case),
        due=case.reply_due_on or "—", limit=points(desk.its.opened.gap_limit),
    ))  # fmt: skip


def _gap(desk: Desk, case: CaseState, seen: Sequence[Column]) -> str:
    """By how much the two totals differ, and what that means."""
    ratings = [c.rating for c in seen if isinstance(c.rating, e.RatingSubmitted)]
    if len(ratings) < 2 or case.drawn.calibration:
        return ""
    if results.agreeing(desk.its, case):
        totals = [r.score.points for r in ratings if r.score.points is not None]
        return str(desk.w("gap_within", gap=points(abs(totals[0] - totals[1])),
                          limit=points(desk.its.opened.gap_limit)))  # fmt: skip
    gap = results.apart(ratings[0], ratings[1])
    if gap == float("inf"):
        return str(desk.w("gap_veto"))
    return str(desk.w("gap_beyond", gap=points(gap), limit=points(desk.its.opened.gap_limit)))


def _notes(desk: Desk, case: CaseState) -> list[dict[str, str]]:
    """Reasons that stand on record: a return, an adjudication."""
    found = []
    own = case.seat_of(desk.viewer.id)
    if own and own.returned:
        found.append({"title": desk.w("returned_why"), "text": own.returned})
    if case.adjudicated and columns(desk, case):
        body = case.adjudicated.body
        assert isinstance(body, e.CaseAdjudicated)
        found.append({"title": desk.w("adjudication_reason"), "text": body.reason})
    return found


def compare(desk: Desk, case: CaseState, seen: Sequence[Column]) -> Html:
    """Ratings side by side, criterion by criterion, differences marked."""
    rubric = results.rubric_of(desk.its, case)
    rows = []
    for criterion in rubric.criteria:
        cells = [_cell(desk, case, c.rating, criterion.id) for c in seen]
        marks = {cell["points"] for cell in cells}
        rows.append({"title": text_of(criterion.title, desk.here.language), "id": criterion.id,
                     "maximum": criterion.maximum, "cells": cells,
                     "differs": len(cells) > 1 and len(marks) > 1})  # fmt: skip
    vetoes = sorted({v for c in seen for v in c.rating.vetoes})
    return fill(
        "compare.html.j2", w=desk.w, rows=rows,
        heads=[{"name": c.name, "about": c.about, "points": c.rating.score.points,
                "band": desk.names.band(rubric, c.rating.score.band),
                "formula": c.rating.score.formula.get(desk.here.language, "")} for c in seen],
        vetoes=[{"title": desk.names.check(v), "cells": [_veto(desk, c, v) for c in seen],
                 "differs": len({_decision(c, v) for c in seen}) > 1} for v in vetoes],
        notes=[getattr(c.rating, "note", "") for c in seen],
    )  # fmt: skip


def _cell(
    desk: Desk, case: CaseState, rating: e.RatingSubmitted | e.CaseAdjudicated, criterion: str
) -> dict[str, Any]:
    """What one rating says of one criterion: its points and every reason."""
    mark = rating.score.marks.get(criterion, {})
    item = rating.items.get(criterion)
    takes = mark.get("takes_part", True)
    return {"points": points(mark.get("points")) if takes else desk.w("left_out"),
            "lines": _lines(desk, item) if item else []}  # fmt: skip


def _lines(desk: Desk, item: parts.Item) -> list[dict[str, str]]:
    w, found = desk.w, []
    if not item.applicable:
        found.append({"tag": w("left_out"), "text": item.reason})
    for check, said in item.proposals.items():
        tag = w("confirmed" if said.decision == "confirmed" else "overturned")
        found.append({"tag": tag, "text": _both(desk.names.check(check), said.reason, w)})
    for check, answer in item.settled.items():
        found.append({"tag": w(answer.outcome),
                      "text": _both(desk.names.check(check), answer.reason, w)})  # fmt: skip
    for one in item.deductions:
        found.append(
            {
                "tag": f"−{points(one.points)}",
                "text": one.reason,
                "evidence": w.listed([ref.partition("/")[2] or ref for ref in one.evidence]),
            }
        )
    return found


def _both(title: str, reason: str, w: Any) -> str:
    return f"{title}{w('title_between')}{reason}" if reason else title


def _decision(column: Column, veto: str) -> str:
    said = column.rating.vetoes.get(veto)
    return said.decision if said else ""


def _veto(desk: Desk, column: Column, veto: str) -> dict[str, str]:
    said = column.rating.vetoes.get(veto)
    if said is None:
        return {"tag": "—", "text": ""}
    return {"tag": desk.w(said.decision), "text": said.reason}


def _adjudication(desk: Desk, case: CaseState) -> Html:
    """The form of the adjudicator, begun from one of the ratings or from what was kept."""
    wanted = int(desk.here.basis or 0)
    seats = case.rated
    chosen = next((s for s in seats if s.number == wanted), None)
    draft = None if chosen else desk.review.draft(desk.its.round_id, case.case_id)
    start = chosen or seats[0]
    assert start.rating
    said = draft or {**said_of(start.rating), "note": ""}
    begun = [{"href": desk.here.link(basis=str(s.number)),
              "text": desk.w("begin_from", who=desk.names.person(s.reviewer_id)),
              "here": s is start and not draft} for s in seats]  # fmt: skip
    head = fill("begun.html.j2", w=desk.w, begun=begun, draft=bool(draft))
    return Html(head + form(desk, case, said, "adjudication"))
