"""The unit is told, replies item by item, is answered; then the result is final.

The person concerned is heard before the result stands (S2 四(三), 五; domain paper 11.10).
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.review import entries as e
from workbench.review import parts, results, rulings
from workbench.review.acts import (
    Act,
    case_of,
    last_day,
    needs_open,
    needs_role,
    not_before,
)
from workbench.review.independence import barred
from workbench.review.problems import problems
from workbench.review.refusals import Refused
from workbench.review.state import CaseState, RoundState, Stage


def send_feedback(
    its: RoundState, actor: str, unit_id: str, today: str, case_ids: list[str] | None = None
) -> list[Act]:
    """Tell a unit the provisional results of its cases (or of those named); starts the window.

    Cases without a provisional result stay behind; raises `Refused` where none has one.
    """
    needs_open(its)
    needs_role(its, actor, "lead")
    acts = []
    for case in its.cases.values():
        wanted = case.drawn.unit_id == unit_id and (case_ids is None or case.case_id in case_ids)
        ready = wanted and not case.feedback and not _unsettled(its, case)
        score = results.provisional(its, case) if ready else None
        if score is None:
            continue
        body = e.FeedbackSent(
            unit_id=unit_id, sent_on=today, score=score,
            reply_due_on=last_day(its.opened, today, its.opened.reply_days, its.opened.reply_unit),
            problems=problems(its, case, check_titles(its)),
        )  # fmt: skip
        acts.append(Act(body, case.case_id))
    if not acts:
        raise Refused("nothing_to_tell", unit=unit_id)
    return acts


def _unsettled(its: RoundState, case: CaseState) -> bool:
    """Is a seat still to be rated, or does a rating come from somebody recused since?"""
    return any(
        not seat.rating or barred(its, case, its.reviewers[seat.reviewer_id])
        for seat in case.seats.values()
    )


def check_titles(its: RoundState, language: str = "zh") -> dict[str, str]:
    """What checks are called, as the round has kept it."""
    return {check: title.get(language, check) for check, title in its.opened.titles.items()}


def told(case: CaseState) -> e.FeedbackSent:
    """What the unit was told; raises `Refused` where it was not yet."""
    if case.feedback is None:
        raise Refused("not_told", case=case.case_id)
    body = case.feedback.body
    assert isinstance(body, e.FeedbackSent)
    return body


def reply(
    its: RoundState, actor: str, case_id: str, items: Mapping[str, parts.ReplyItem], today: str
) -> list[Act]:
    """Reply to every problem of a case: accepted, or contested with words and evidence.

    Only the unit's own people, once, within the window (which the lead may extend).
    """
    needs_open(its)
    case = case_of(its, case_id)
    sent = told(case)
    speaks_for_unit(its, actor, sent.unit_id)
    if case.final:
        raise Refused("final_already", case=case_id)
    if case.reply:
        raise Refused("replied_already", case=case_id)
    not_before(sent.sent_on, today, "before_told")
    if today > case.reply_due_on:
        raise Refused("reply_late", case=case_id, due=case.reply_due_on, today=today)
    _answers_all(sent, items)
    body = e.ReplySubmitted(unit_id=sent.unit_id, replied_on=today, items=dict(items))
    return [Act(body, case_id)]


def speaks_for_unit(its: RoundState, actor: str, unit_id: str) -> None:
    """Raises `Refused` unless the actor is enrolled for this unit."""
    person = its.reviewers.get(actor)
    if person is None or "unit" not in person.roles or person.unit_id != unit_id:
        raise Refused("not_of_unit", person=actor, unit=its.opened.names.get(unit_id, unit_id))
    if its.has_role(actor, "lead", "reviewer", "adjudicator"):
        raise Refused("both_sides", person=actor)


def _answers_all(sent: e.FeedbackSent, items: Mapping[str, parts.ReplyItem]) -> None:
    listed = {p.id for p in sent.problems}
    if stray := sorted(set(items) - listed):
        raise Refused("problem_unknown", problem=stray[0], count=len(listed))
    if silent := [p.id for p in sent.problems if p.id not in items]:
        raise Refused("problem_unanswered", problem=silent[0], count=len(silent))
    for key, item in items.items():
        if item.position == "contested" and not item.text.strip():
            raise Refused("why_contested", problem=key)


def contested(case: CaseState) -> list[str]:
    """The ids of the problems that the unit contests."""
    if case.reply is None:
        return []
    body = case.reply.body
    assert isinstance(body, e.ReplySubmitted)
    return [key for key, item in body.items.items() if item.position == "contested"]


def answer(
    its: RoundState, actor: str, case_id: str, items: Mapping[str, parts.Ruling]
) -> list[Act]:
    """Answer every contested problem: kept, reduced or withdrawn, each with its reason.

    Lead or adjudicator, but none of the case's reviewers: nobody answers for their own rating.
    """
    needs_open(its)
    needs_role(its, actor, "adjudicator", "lead")
    case = case_of(its, case_id)
    if case.seat_of(actor) or (case.reply and case.reply.actor == actor):
        raise Refused("answers_own", case=case_id)
    person = its.reviewers.get(actor)
    if person and {person.unit_id, actor} & {case.drawn.unit_id, *case.drawn.handled_by}:
        raise Refused("answers_own", case=case_id)
    if case.answer:
        raise Refused("answered_already", case=case_id)
    if case.final:
        raise Refused("final_already", case=case_id)
    asked = contested(case)
    if not asked:
        raise Refused("nothing_contested", case=case_id)
    if set(items) != set(asked):
        silent = sorted(set(asked) - set(items)) or sorted(set(items) - set(asked))
        raise Refused("problem_unanswered", problem=silent[0], count=len(silent))
    points = {p.id: p.points for p in told(case).problems}
    for key, ruling in items.items():
        _sound(key, ruling, points[key])
    return [Act(e.ReplyAnswered(items=dict(items)), case_id)]


def _sound(key: str, ruling: parts.Ruling, points: float) -> None:
    if not ruling.reason.strip():
        raise Refused("why_ruled", problem=key)
    if ruling.decision == "reduced" and not 0 < ruling.points < points:
        raise Refused("not_reduced", problem=key, points=ruling.points, most=points)


def finalise(its: RoundState, actor: str, case_ids: list[str], today: str) -> list[Act]:
    """Make results final: the unit has replied and was answered, or its time is over."""
    needs_open(its)
    needs_role(its, actor, "lead")
    acts = []
    for case_id in case_ids:
        case = case_of(its, case_id)
        where = results.stage(its, case, today)
        if where is Stage.final:
            raise Refused("final_already", case=case_id)
        if where is not Stage.answered:
            raise Refused("not_answered", case=case_id, stage=where.value)
        score, left = rulings.final(its, case, check_titles(its))
        assert score is not None
        acts.append(Act(e.ResultFinal(score=score, problems=left, final_on=today), case_id))
    return acts


def extend(its: RoundState, actor: str, case_id: str, until: str, reason: str) -> list[Act]:
    """Give a unit more time to reply; only longer, never shorter."""
    needs_open(its)
    needs_role(its, actor, "lead")
    case = case_of(its, case_id)
    told(case)
    if case.reply or case.final:
        raise Refused("replied_already", case=case_id)
    not_before(case.reply_due_on, until, "window_shorter")
    if not reason.strip():
        raise Refused("why_extended")
    return [Act(e.ReplyExtended(reply_due_on=until, reason=reason), case_id)]
