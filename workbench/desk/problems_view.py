"""The problems of a case as the unit was told of them: points, evidence, reply, answer."""

from __future__ import annotations

from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.pages import fill, points
from workbench.display import Html, text_of
from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.state import CaseState


def problems_table(desk: Desk, case: CaseState, *, only_left: bool = False) -> Html:
    """All problems of a case with what was said of each; "" while the unit was not told.

    `only_left`: what stands in the final result, and nothing of how it came about.
    """
    rows = problem_rows(desk, case)
    if case.feedback is None:
        return Html()
    if only_left:
        rows = [row for row in rows if row["stands"]]
    return fill("problems.html.j2", w=desk.w, rows=rows, final=case.final is not None,
                replied=case.reply is not None and not only_left,
                answered=case.answer is not None and not only_left)  # fmt: skip


def problem_rows(desk: Desk, case: CaseState) -> list[dict[str, Any]]:
    """Each problem with the reply and the answer to it."""
    if case.feedback is None:
        return []
    told = case.feedback.body
    assert isinstance(told, e.FeedbackSent)
    replies = case.reply.body.items if case.reply else {}  # type: ignore[attr-defined]
    rulings = case.answer.body.items if case.answer else {}  # type: ignore[attr-defined]
    left = {p.id: p for p in case.final.body.problems} if case.final else None  # type: ignore[attr-defined]
    return [_row(desk, p, replies.get(p.id), rulings.get(p.id), left) for p in told.problems]


def _row(
    desk: Desk, problem: parts.Problem, reply: parts.ReplyItem | None, ruling: parts.Ruling | None,
    left: dict[str, parts.Problem] | None,
) -> dict[str, Any]:  # fmt: skip
    w = desk.w
    final = left.get(problem.id) if left is not None else None
    return {
        "id": problem.id,
        "title": desk.names.problem(problem.id),
        "text": reason_of(problem),
        "points": points(problem.points),
        "veto": problem.veto,
        "evidence": w.listed([records(desk, ref) for ref in problem.evidence if ref]),
        "contested": reply is not None and reply.position == "contested",
        "reply": _reply(w, reply),
        "ruling": _ruling(w, ruling),
        "stands": final is not None,
        "left": "" if left is None else points(final.points) if final else w("withdrawn"),
    }


def reason_of(problem: parts.Problem) -> str:
    """What a person wrote; of a check the title stands already."""
    return problem.text.partition("：")[2] if problem.check else problem.text


def records(desk: Desk, ref: str) -> str:
    """A record that shows a problem: what it is called and its number."""
    table, slash, key = ref.partition("/")
    called = desk.its.opened.words.get(table)
    return f"{text_of(called, desk.here.language)} {key}" if slash and called else ref


def _reply(w: Any, reply: parts.ReplyItem | None) -> dict[str, str] | None:
    if reply is None:
        return None
    return {
        "tag": w(reply.position),
        "text": reply.text,
        "evidence": w.listed(list(reply.evidence)),
    }


def _ruling(w: Any, ruling: parts.Ruling | None) -> dict[str, str] | None:
    if ruling is None:
        return None
    tag = w(f"ruling_{ruling.decision}", points=points(ruling.points))
    return {"tag": tag, "text": ruling.reason}


def result_of(desk: Desk, case: CaseState) -> dict[str, Any] | None:
    """The result as far as the unit is told: the final one, else the provisional one."""
    said = case.final or case.feedback
    if said is None:
        return None
    score = said.body.score  # type: ignore[attr-defined]
    rubric = results.rubric_of(desk.its, case)
    return {
        "points": score.points,
        "band": desk.names.band(rubric, score.band),
        "formula": score.formula.get(desk.here.language, ""),
        "final": case.final is not None,
        "vetoed": score.vetoed,
    }
