"""What can be done with one case besides rating it: for the lead, and for who answers a reply."""

from __future__ import annotations

from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.pages import fill
from workbench.desk.problems_view import problem_rows
from workbench.desk.standing import Standing
from workbench.display import Html
from workbench.review.independence import barred, clash
from workbench.review.refusals import Refused
from workbench.review.state import CaseState, Stage


def answer_form(desk: Desk, standing: Standing) -> Html:
    """Each contested problem with the form of its answer; "" unless it is the viewer's turn."""
    if standing.standing != "to_answer" or desk.its.closed:
        return Html()
    draft = desk.review.draft(desk.its.round_id, standing.case.case_id) or {}
    fields = draft.get("fields", {})
    rows = [row | {name: str(fields.get(f"{name}:{row['id']}", ""))
                   for name in ("decision", "reason")}
            | {"less": str(fields.get(f"points:{row['id']}", ""))}
            for row in problem_rows(desk, standing.case) if row["contested"]]  # fmt: skip
    return fill("answer.html.j2", w=desk.w, case=standing.case.case_id, rows=rows)


def lead_steps(desk: Desk, standing: Standing) -> Html:
    """The lead's steps with this case; "" where there are none."""
    case = standing.case
    if not desk.viewer.is_a("lead"):
        return Html()
    open_ = desk.its.closed is None
    html = fill(
        "lead_steps.html.j2", w=desk.w, case=case.case_id,
        returns=_returns(desk, case) if open_ else [],
        people=_people(desk, standing) if open_ else [],
        extend=case.reply_due_on if _may_extend(case) and open_ else "",
        finalise=standing.stage is Stage.answered and open_,
        rectify=_rectify(desk, case), owners=_owners(desk, case),
    )  # fmt: skip
    return Html(html.strip())


def _returns(desk: Desk, case: CaseState) -> list[dict[str, Any]]:
    """Locked ratings that can be given back."""
    if case.feedback or case.final:
        return []
    return [{"seat": s.number, "name": desk.names.person(s.reviewer_id)} for s in case.rated]


def _people(desk: Desk, standing: Standing) -> list[dict[str, str]]:
    """Who may take the next seat; those who may not are shown with the reason."""
    case = standing.case
    short = len(case.seats) < desk.its.opened.ratings_per_case
    if not (short or standing.stage is Stage.apart) or case.feedback:
        return []
    found = []
    for person in desk.its.reviewers.values():
        if "reviewer" not in person.roles:
            continue
        no: Refused | None = barred(desk.its, case, person) or clash(desk.its, case, person)
        found.append({"id": person.reviewer_id, "name": person.name,
                      "no": desk.names.refused(no) if no else ""})  # fmt: skip
    return sorted(found, key=lambda one: bool(one["no"]))


def _may_extend(case: CaseState) -> bool:
    return bool(case.feedback and not case.reply and not case.final)


def _rectify(desk: Desk, case: CaseState) -> list[dict[str, Any]]:
    """Problems of the final result that have no rectification yet."""
    if case.final is None:
        return []
    left = case.final.body.problems  # type: ignore[attr-defined]
    return [{"id": p.id, "title": desk.names.problem(p.id)} for p in left
            if f"{case.case_id}#{p.id}" not in desk.its.faults]  # fmt: skip


def _owners(desk: Desk, case: CaseState) -> list[dict[str, str]]:
    """People of the roster who speak for the unit: the likeliest owners."""
    return [{"id": p.reviewer_id, "name": p.name} for p in desk.its.reviewers.values()
            if p.unit_id == case.drawn.unit_id]  # fmt: skip
