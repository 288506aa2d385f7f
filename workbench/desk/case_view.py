"""A case on one screen: what is recorded of it at the left, what is said of it at the right."""

from __future__ import annotations

from workbench.desk.desk import Desk
from workbench.desk.forms import form
from workbench.desk.outcome import outcome_of
from workbench.desk.pages import View, fill
from workbench.desk.papers import papers_of
from workbench.desk.standing import TO_RATE, Standing, next_to_rate, standing_of
from workbench.display import Html
from workbench.review.acts import case_of
from workbench.review.state import CaseState


def case_view(desk: Desk) -> View:
    """The page of the case that the address names."""
    case = case_of(desk.its, desk.here.case or "")
    standing = standing_of(desk.viewer, case, desk.today)
    ids = [s.case.case_id for s in desk.standings]
    at = ids.index(case.case_id)
    near = {"previous": ids[at - 1] if at else "", "next": ids[at + 1] if ids[at + 1 :] else ""}
    links = {name: desk.here.to_case(other) if other else "" for name, other in near.items()}
    html = fill(
        "case_desk.html.j2", w=desk.w, case=case.case_id, back=desk.here.link(view="queue"),
        place=desk.w("place", at=at + 1, total=len(ids)), **links,
        unit=desk.names.unit(case.drawn.unit_id), kind=desk.kind(case),
        state=desk.w(f"standing_{standing.standing}"), standing=standing.standing,
        calibration=case.drawn.calibration,
        left=left_of(desk), right=right_of(desk, standing),
    )  # fmt: skip
    return View(html, case.case_id, wide=True)


def left_of(desk: Desk) -> Html:
    """What is recorded of the case: its facts, or its documents."""
    case = case_of(desk.its, desk.here.case or "")
    read = desk.read(case)
    run = desk.its.opened.origin.run_id
    panes = [{"href": desk.here.link(pane=name, doc=None, seen=None),
              "text": desk.w(f"pane_{name}"), "here": desk.here.pane == name}
             for name in ("facts", "files")]  # fmt: skip
    if read is None:
        body = fill("case_absent.html.j2", w=desk.w, run=run, proposals=_kept(desk, case),
                    here=desk.run is not None)  # fmt: skip
    elif desk.here.pane == "files":
        body = papers_of(desk, case)
    else:
        body = read.html
    return fill("case_left.html.j2", w=desk.w, panes=panes if read else [], body=body)


def _kept(desk: Desk, case: CaseState) -> list[dict[str, str]]:
    """What the round itself has kept of the checks that failed."""
    return [
        {"title": desk.names.check(p.check), "criterion": desk.names.criterion(p.criterion),
         "observed": p.observed or "—", "expected": p.expected or "—", "due_on": p.due_on or ""}
        for p in case.drawn.proposals if p.outcome == "failed"
    ]  # fmt: skip


def right_of(desk: Desk, standing: Standing) -> Html:
    """The form while it is the viewer's to rate; else what was rated, as far as they may see it."""
    case = standing.case
    if standing.standing in TO_RATE and not desk.its.closed:
        said = desk.review.draft(desk.its.round_id, case.case_id) or _before(standing)
        seat = case.seat_of(desk.viewer.id)
        head = fill("returned.html.j2", w=desk.w, reason=seat.returned if seat else "")
        return Html(head + form(desk, case, said, "rating"))
    return outcome_of(desk, standing)


def _before(standing: Standing) -> dict[str, object]:
    """A rating that was given back is begun from what it said."""
    from workbench.desk.forms import said_of
    from workbench.review import entries as e

    seat = standing.case.seats.get(standing.seat)
    if seat is None or not seat.ratings:
        return {}
    last = seat.ratings[-1].body
    assert isinstance(last, e.RatingSubmitted)
    return said_of(last)


def prepare_next(desk: Desk) -> None:
    """Make the left of the next case, which is most likely asked for next."""
    coming = next_to_rate(desk.standings, desk.here.case or "")
    if coming and desk.run and not desk.run.has(coming, desk.here.language):
        desk.run.read(coming, desk.here.language)
