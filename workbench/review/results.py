"""From ratings to a result: what each rating gives, what two agree on, what is told to the unit.

A rating is worked out by `workbench.marking` from the rubric that the round has kept. The ratings
that a round asks for of a case (two, or more) agree when no two of their totals, to the cent, are
further apart than the round's limit and all say the same of every veto candidate; the agreed
result is the mean of all of them. Where they do not agree, none of them makes the result alone: a
further rating settles it if as many ratings as are asked for now agree (of several such groups the
one whose ratings are nearest), else an adjudicator does (domain paper 11.7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from workbench.marking import Part, Rated, marks, result, settle
from workbench.points import written
from workbench.review import cents, parts
from workbench.review import entries as e
from workbench.review.refusals import Refused
from workbench.review.state import CaseState, RoundState, Seat, Stage
from workbench.rubrics import Rubric

Caps = Mapping[tuple[str, str], parts.Cap]
# More than any criterion can hold; beyond it sums of points are no numbers any more.
_MOST_POINTS = 1e9


def rubric_of(its: RoundState, case: CaseState) -> Rubric:
    """The rubric of a case as the round has kept it."""
    name = case.drawn.rubric
    if name not in its.rubrics:
        import msgspec

        its.rubrics[name] = msgspec.convert(its.opened.rubrics[name], Rubric)
    found: Rubric = its.rubrics[name]
    return found


def parts_of(
    drawn: e.CaseDrawn, items: Mapping[str, parts.Item], caps: Caps | None = None
) -> dict[str, tuple[Part, ...]]:
    """The checks of each criterion with what the person decided put in their place.

    `caps`: what a ruling lets a defect cost, in its criterion and nowhere else.
    """
    found: dict[str, list[Part]] = {}
    for one in drawn.proposals:
        if one.criterion:
            part = Part(one.check, one.outcome, one.largest, one.deduction, one.group)
            found.setdefault(one.criterion, []).append(part)
    return {
        c: tuple(_capped(c, part, caps or {}) for part in settle(its, _decided(items.get(c))))
        for c, its in found.items()
    }


def _capped(criterion: str, part: Part, caps: Caps) -> Part:
    cap = caps.get(("group", part.group) if part.group else ("check", part.check))
    if cap is None or part.outcome != "failed":
        return part
    if cap.criterion not in ("", criterion):
        return replace(part, outcome="passed", deduction=0.0)
    return replace(part, deduction=cap.points)


def _decided(item: parts.Item | None) -> dict[str, str]:
    if item is None:
        return {}
    said = {check: "overturned" for check, d in item.proposals.items()
            if d.decision == "overturned"}  # fmt: skip
    return said | {check: answer.outcome for check, answer in item.settled.items()}


def score(
    rubric: Rubric,
    drawn: e.CaseDrawn,
    items: Mapping[str, parts.Item],
    vetoes: Mapping[str, parts.Decision],
    caps: Caps | None = None,
) -> parts.Score:
    """What a rating gives: points, band, formula, and the mark of each criterion.

    Raises `Refused` for a deduction that is no number.
    """
    rated = {c: Rated(i.applicable, _taken(c, i)) for c, i in items.items()}
    found = marks(rubric, parts_of(drawn, items, caps), rated)
    total = result(rubric, found, [v for v, d in vetoes.items() if d.decision == "confirmed"])
    return parts.Score(
        points=total.points,
        band=total.band,
        vetoed=total.vetoed,
        barred=total.excellent_barred,
        decided_share=total.decided_share,
        formula=dict(total.formula),
        marks={
            m.criterion: {
                "maximum": m.maximum,
                "attainable": m.attainable,
                "points": m.points,
                "takes_part": m.takes_part,
                "formula": dict(m.formula),
            }
            for m in found
        },
    )


def _taken(criterion: str, item: parts.Item) -> tuple[float, ...]:
    """A person's own deductions; one that was withdrawn takes nothing."""
    for deduction in item.deductions:
        if not abs(deduction.points) <= _MOST_POINTS:  # nor is NaN
            raise Refused("no_points", criterion=criterion, points=deduction.points)
    return tuple(d.points for d in item.deductions if d.points)


def apart(one: e.RatingSubmitted, other: e.RatingSubmitted) -> float:
    """By how many points two ratings differ, to the cent; infinite where they differ on a veto."""
    points = (one.score.points, other.score.points)
    if _confirmed(one) != _confirmed(other) or (None in points and points != (None, None)):
        return float("inf")
    return cents.points(abs(cents.cents(points[0] or 0) - cents.cents(points[1] or 0)))


def _confirmed(rating: e.RatingSubmitted) -> set[str]:
    return {veto for veto, d in rating.vetoes.items() if d.decision == "confirmed"}


def agreeing(its: RoundState, case: CaseState) -> tuple[Seat, ...]:
    """The seats whose ratings make the result; () while none do.

    As many as the round asks for of a case, all within the limit of each other. With no more
    ratings than that, it is all of them or none; with a further one, the group that is nearest.
    """
    wanted = its.opened.ratings_per_case
    if case.drawn.calibration or len(case.rated) < wanted:
        return ()
    groups = combinations(case.rated, wanted)
    near = min(groups, key=lambda group: (_distance(group), [s.number for s in group]))
    return near if _distance(near) <= its.opened.gap_limit else ()


def _distance(group: Sequence[Seat]) -> float:
    """How far apart the two of a group are that are furthest apart."""
    ratings = [seat.rating for seat in group if seat.rating]
    return max((apart(*pair) for pair in combinations(ratings, 2)), default=0.0)


def provisional(its: RoundState, case: CaseState) -> parts.Score | None:
    """The result as it stands before the unit replies; None while there is none."""
    if case.adjudicated:
        body = case.adjudicated.body
        assert isinstance(body, e.CaseAdjudicated)
        return body.score
    return mean(rubric_of(its, case), [s.rating.score for s in agreeing(its, case) if s.rating])


def mean(rubric: Rubric, scores: Sequence[parts.Score]) -> parts.Score | None:
    """The mean of scores, criterion by criterion, with its formula; None of none."""
    if not scores:
        return None
    if len(scores) == 1:
        return scores[0]
    points = [s.points for s in scores if s.points is not None]
    total = cents.mean(points, rubric.rounding) if points else None
    numbers = " + ".join(written(p) for p in points)
    text = f"({numbers}) / {len(points)} = {written(total)}" if total is not None else ""
    people = "两" if len(scores) == 2 else str(len(scores))
    vetoed = all(s.vetoed for s in scores)
    return parts.Score(
        points=total,
        band=_band(rubric, total, scores),
        vetoed=vetoed,
        barred=any(s.barred for s in scores),
        decided_share=sum(s.decided_share for s in scores) / len(scores),
        formula={"zh": f"{people}名评查员的平均分 {text}", "en": f"mean of the ratings: {text}"},
        marks={name: mean_mark([s.marks[name] for s in scores]) for name in scores[0].marks},
    )


def _band(rubric: Rubric, total: float | None, scores: Sequence[parts.Score]) -> str | None:
    """The band of a mean: of ratings that say the same of every veto."""
    if total is None or scores[0].vetoed:
        return scores[0].band
    band = rubric.band_of(total)
    if scores[0].barred and band is rubric.bands[0] and len(rubric.bands) > 1:
        band = rubric.bands[1]
    return band.name


def mean_mark(its: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """A criterion's mean over the ratings in which it takes part."""
    part = [m for m in its if m["takes_part"]] or list(its)

    def of(name: str) -> float:
        return cents.mean([float(str(m[name] or 0)) for m in part])

    return {
        "maximum": part[0]["maximum"],
        "attainable": of("attainable"),
        "points": of("points"),
        "takes_part": any(m["takes_part"] for m in its),
        "formula": {},
    }


def stage(its: RoundState, case: CaseState, today: str) -> Stage:
    """How far a case has come; the reply window ends after its last day."""
    if case.final:
        return Stage.final
    if case.feedback:
        return _stage_of_reply(case, today)
    if provisional(its, case):
        return Stage.agreed
    enough = len(case.rated) >= its.opened.ratings_per_case
    waiting = any(not s.rating for s in case.seats.values())
    return Stage.apart if enough and not waiting and not case.drawn.calibration else Stage.rating


def _stage_of_reply(case: CaseState, today: str) -> Stage:
    if case.answer:
        return Stage.answered
    if case.reply is None:
        return Stage.reply if today <= case.reply_due_on else Stage.answered
    said = case.reply.body
    assert isinstance(said, e.ReplySubmitted)
    contested = any(item.position == "contested" for item in said.items.values())
    return Stage.replied if contested else Stage.answered
