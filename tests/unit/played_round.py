"""A whole round of the sample, played by API: a gap, a third rating, a veto, a reply, a survey."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from workbench.review import entries as e
from workbench.review import results
from workbench.review.acts import case_of
from workbench.review.rating_form import filled_in
from workbench.review.review import Review
from workbench.review.state import CaseState, RoundState
from workbench.review.store import ReviewStore
from workbench.rounds import open_round
from workbench.rubrics import Criterion
from workbench.run import Run

LEAD, ANN, BEN, EVE, JUDGE = "lead", "ann", "ben", "eve", "judge"
ROUND, DAY, AS_OF = "2026-A", date(2026, 7, 2), "2026-09-30"
EVIDENCE = ["documents/D1"]


class Day:
    """The day of everything in a test; set it forward."""

    def __init__(self, day: date = DAY) -> None:
        self.day = day

    def __call__(self) -> date:
        return self.day

    def now(self) -> datetime:
        """The same day in the evening, for the store."""
        return datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=UTC)


@contextmanager
def begun(folder: Path, run: Run, cases: list[str], **more: Any) -> Iterator[tuple[Review, Day]]:
    """An open round with its roster, seen by the lead."""
    day = Day()
    with ReviewStore.open(folder / "review.sqlite", clock=day.now) as store:
        review = Review(store, LEAD, day)
        told = {"title": "年度案卷评查", "organ_id": "99", "outside_view_weight": 0.2} | more
        open_round(review, run, ROUND, cases, **told)
        review.enrol(ROUND, *(
            e.ReviewerEnrolled(reviewer_id=name, name=name.title(), organ_id=f"o-{name}",
                               unit_id=f"u-{name}", roles=(role,))
            for name, role in ((ANN, "reviewer"), (BEN, "reviewer"), (EVE, "reviewer"),
                               (JUDGE, "adjudicator"))
        ))  # fmt: skip
        yield review, day


def some_cases(run: Run, kinds: tuple[str, ...] = ("penalty",), each: int = 2) -> list[str]:
    """Cases with a score and without a veto candidate, of each kind."""
    scores, facts = run.scores, run.facts().set_index("case_id")["kind"]
    plain = scores[scores.veto_candidates.isna()]
    kind = plain.case_id.map(facts)
    return [case for one in kinds for case in plain.case_id[kind == one][:each]]


def vetoed_case(run: Run) -> str:
    """A case with a veto candidate."""
    return str(run.scores[run.scores.veto_candidates.notna()].case_id.iloc[0])


def rate(review: Review, person: str, case_id: str, taken: float = 0, **more: Any) -> None:
    """Lock a rating: all proposals confirmed, points taken from the largest manual criterion."""
    its = review.round(ROUND)
    case = case_of(its, case_id)
    manual = largest(its, case)
    deduct = {manual.id: (taken, "证据链缺环", EVIDENCE)} if taken else {}
    veto = {p.check: ("confirmed", "确有其事") for p in case.drawn.proposals if p.veto}
    items, vetoes = filled_in(its, case, deduct, **({"vetoes": veto} | more))
    review.as_person(person).submit(ROUND, case_id, items, vetoes)


def agreed(review: Review, case_id: str, taken: float = 0, **more: Any) -> None:
    """Two ratings that agree."""
    for person in (ANN, BEN):
        review.assign_to(ROUND, case_id, person)
    for person in (ANN, BEN):
        rate(review, person, case_id, taken, **more)


def adjudicated(review: Review, case_id: str) -> None:
    """Two ratings apart, then an adjudicator."""
    apart(review, case_id)
    its = review.round(ROUND)
    case = case_of(its, case_id)
    items, vetoes = filled_in(its, case)
    review.as_person(JUDGE).adjudicate(ROUND, case_id, items, vetoes, "第一名评查员要求过高")


def third(review: Review, case_id: str) -> None:
    """Two ratings apart, then a third that agrees with one."""
    apart(review, case_id)
    review.assign_to(ROUND, case_id, EVE)
    rate(review, EVE, case_id)


def apart(review: Review, case_id: str) -> None:
    """Two ratings further apart than the limit."""
    for person in (ANN, BEN):
        review.assign_to(ROUND, case_id, person)
    case = review.round(ROUND).cases[case_id]
    rate(review, ANN, case_id, taken=largest(review.round(ROUND), case).maximum)
    rate(review, BEN, case_id)


def largest(its: RoundState, case: CaseState) -> Criterion:
    """The criterion of most points that a person rates."""
    rated = [c for c in results.rubric_of(its, case).criteria if c.mode != "auto"]
    return max(rated, key=lambda c: c.maximum)


def finish(review: Review, day: Day, publish: bool = True, survey: bool = True) -> RoundState:
    """Tell all units, let their time pass, make results final, publish, close."""
    its = review.round(ROUND)
    told = {case.drawn.unit_id for case in its.cases.values() if not case.drawn.calibration}
    for unit in sorted(told):
        review.send_feedback(ROUND, unit)
    day.day = date(2026, 8, 3)
    cases = [c.case_id for c in review.round(ROUND).cases.values() if not c.drawn.calibration]
    review.finalise(ROUND, cases)
    if survey:
        review.survey(ROUND, "99", "2026-07-20", 80, 76)
    if publish:
        for what in ("scheme", "process", "results"):
            review.publish(ROUND, what, "示例市政务公开栏")
    review.close_round(ROUND)
    return review.round(ROUND)
