"""Points of a review: means and gaps to the cent, what problems cost, what rulings leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit import reviewing as small
from workbench.review import cents, parts, results, rulings
from workbench.review import entries as e
from workbench.review.problems import Basis, costs_of, problems
from workbench.review.refusals import Refused
from workbench.review.review import Review
from workbench.review.state import CaseState, RoundState, Stage
from workbench.rubrics import Rubric, parse_rubric
from workbench.sources import Source

ROUND = small.ROUND


def rubric(**changes: Any) -> Rubric:
    found, faults = parse_rubric(Source("small.yaml", yaml.safe_load(small.RUBRIC) | changes, {}))
    assert not faults, faults
    assert found
    return found


def rating(points: float | None) -> e.RatingSubmitted:
    score = parts.Score(points=points, band="")
    return e.RatingSubmitted(seat=1, items={}, score=score)


@pytest.mark.parametrize(
    ("points", "total", "band"),
    [
        ((59.98, 60.01), 60.0, "pass"),
        ((91.25, 95), 93.13, "excellent"),
        ((89.99, 90.0), 90.0, "excellent"),
        ((90.01, 89.98, 90.0), 90.0, "excellent"),
    ],
)
def test_a_mean_is_rounded_half_up(points: tuple[float, ...], total: float, band: str) -> None:
    found = results.mean(rubric(), [parts.Score(points=p, band="") for p in points])
    assert found
    assert (found.points, found.band) == (total, band)


def test_a_mean_is_rounded_as_the_rubric_says() -> None:
    scores = [parts.Score(points=p, band="") for p in (89, 90)]
    found = results.mean(rubric(rounding=0), scores)
    assert found
    assert (found.points, found.band) == (90, "excellent")


@given(st.integers(500, 10000))
def test_five_points_apart_is_within_five(high: int) -> None:
    assert results.apart(rating(high / 100), rating((high - 500) / 100)) == 5.0
    assert results.apart(rating((high - 500) / 100), rating((high + 1) / 100)) == 5.01


GROUPED = tuple(
    parts.Proposal(check=check, criterion="service", outcome="failed", largest=points,
                   deduction=points, group="g")
    for check, points in (("late", 5.0), ("proof", 4.0))
)  # fmt: skip


def confirmed(*checks: str) -> dict[str, Any]:
    rated = small.items()
    return rated | {"service": {"proposals": {c: {"decision": "confirmed"} for c in checks}}}


def ruled(lead: Review, case: str, rulings_: dict[str, dict[str, Any]]) -> e.ResultFinal:
    """Told, contested where ruled on, answered, final."""
    lead.send_feedback(ROUND, "handling", [case])
    told = lead.round(ROUND).cases[case].feedback.body.problems  # type: ignore[union-attr, attr-defined]
    lead.as_person(small.UNIT).reply(ROUND, case, {
        p.id: {"position": "contested" if p.id in rulings_ else "accepted", "text": "x"}
        for p in told
    })  # fmt: skip
    answers = {key: {"points": 0.0, "reason": "r"} | its for key, its in rulings_.items()}
    lead.as_person(small.JUDGE).answer(ROUND, case, answers)
    lead.finalise(ROUND, [case])
    return lead.round(ROUND).cases[case].final.body  # type: ignore[union-attr, return-value]


def both(lead: Review, case: str, rated: dict[str, Any]) -> None:
    for name in (small.ANN, small.BEN):
        lead.assign_to(ROUND, case, name)
        lead.as_person(name).submit(ROUND, case, rated)


@pytest.mark.parametrize(
    ("ruling", "late", "proof", "score"),
    [
        # 40 of 40 attainable: 100 x (100 - 5) / 100 was told
        ({"decision": "reduced", "points": 3.0}, 3.0, 0.0, 97.0),
        ({"decision": "withdrawn"}, None, 4.0, 96.0),
        ({"decision": "kept"}, 5.0, 0.0, 95.0),
    ],
)
def test_a_ruling_is_about_the_whole_defect(
    tmp_path: Path, ruling: dict[str, Any], late: float | None, proof: float, score: float
) -> None:
    with small.reviewing(tmp_path, {"c1": small.drawn(proposals=GROUPED)}) as (lead, _):
        both(lead, "c1", confirmed("late", "proof"))
        final = ruled(lead, "c1", {"service/late": ruling})
    costs = {p.id: p.points for p in final.problems}
    wanted = {"service/late": late, "service/proof": proof}
    assert costs == {key: points for key, points in wanted.items() if points is not None}
    assert final.score.points == score


def test_what_is_left_keeps_the_number_it_was_told_by(tmp_path: Path) -> None:
    rated = small.items(facts=2)
    second = {"points": 3, "reason": "另一缺环", "evidence": ["documents/D2"]}
    rated["facts"]["deductions"].append(second)
    with small.reviewing(tmp_path) as (lead, _):
        both(lead, "c1", rated)
        final = ruled(lead, "c1", {"facts/1.1": {"decision": "withdrawn"}})
    points = {p.id: p.points for p in final.problems if p.criterion == "facts"}
    assert points == {"facts/1.2": 1.5, "facts/2.1": 1.0, "facts/2.2": 1.5}


def test_a_deduction_about_a_check_that_is_none_is_the_reviewers_own(tmp_path: Path) -> None:
    rated = small.items(facts=5)
    rated["facts"]["deductions"][0]["check"] = "nonsense"
    with small.reviewing(tmp_path) as (lead, _):
        both(lead, "c1", rated)
        ids = ("facts/1.1", "facts/2.1")
        final = ruled(lead, "c1", {key: {"decision": "withdrawn"} for key in ids})
    assert [(p.id, p.check) for p in final.problems] == [("service/late", "late")]


def test_problems_cost_no_more_than_the_criterion_had(tmp_path: Path) -> None:
    much = tuple(msgspec.structs.replace(p, largest=30.0, deduction=30.0, group="")
                 for p in GROUPED)  # fmt: skip
    with small.reviewing(tmp_path, {"c1": small.drawn(proposals=much)}) as (lead, _):
        both(lead, "c1", confirmed("late", "proof"))
        lead.send_feedback(ROUND, "handling")
        told = lead.round(ROUND).cases["c1"].feedback.body.problems  # type: ignore[union-attr, attr-defined]
    assert [p.points for p in told] == [30, 10]


@pytest.mark.parametrize("points", [float("nan"), float("inf"), float("-inf"), 1e308])
def test_points_that_are_no_number_are_refused_with_a_sentence(points: float) -> None:
    item = parts.Item(deductions=(parts.Deduction(points=points, reason="r"),))
    with pytest.raises(Refused, match="facts"):
        results.score(rubric(), small.drawn(), {"facts": item}, {})


def three(lead: Review, *facts: float) -> None:
    for name, taken in zip((small.ANN, small.BEN, small.EVE, "zoe"), facts, strict=False):
        lead.assign_to(ROUND, "c1", name)
        lead.as_person(name).submit(ROUND, "c1", small.items(facts=taken))


def test_three_ratings_make_the_result_together_or_not_at_all(tmp_path: Path) -> None:
    with small.reviewing(tmp_path, ratings_per_case=3) as (lead, _):
        lead.enrol(ROUND, small.person("zoe", unit_id="u9", organ_id="o9"))
        three(lead, 0, 2, 30)
        assert lead.stage(ROUND, "c1") is Stage.apart  # no one's rating is left out
        lead.assign_to(ROUND, "c1", "zoe")
        lead.as_person("zoe").submit(ROUND, "c1", small.items(facts=4))
        its = lead.round(ROUND)
        held = results.agreeing(its, its.cases["c1"])
        assert [seat.reviewer_id for seat in held] == [small.ANN, small.BEN, "zoe"]


def test_three_that_agree_make_the_mean_of_all(tmp_path: Path) -> None:
    with small.reviewing(tmp_path, ratings_per_case=3) as (lead, _):
        three(lead, 0, 2, 4)  # 96.25, 93.75, 91.25: 5.00 apart
        its = lead.round(ROUND)
        score = results.provisional(its, its.cases["c1"])
    assert score
    assert (score.points, score.formula["zh"][:3]) == (93.75, "3名评")


# ------------------------------------------------------- properties over generated cases

POINTS = st.integers(1, 4000).map(lambda c: c / 100)
HYBRID = yaml.safe_load(small.RUBRIC)
HYBRID["criteria"][1] |= {"mode": "mixed", "checks": ["late", "proof", "own"]}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rubric, e.CaseDrawn, tuple[Basis, ...]]:
    """A rubric, a case with defects across two criteria, and one to three ratings of it."""
    its = rubric(criteria=HYBRID["criteria"], rounding=draw(st.sampled_from([0, 1, 2])))
    found = []
    for criterion, checks in (("service", ("late", "proof")), ("facts", ("late", "proof", "own"))):
        for check in checks:
            largest = draw(POINTS)
            outcome = draw(st.sampled_from(["failed", "failed", "passed", "cannot_tell"]))
            found.append(parts.Proposal(
                check=check, criterion=criterion, outcome=outcome, largest=largest,
                deduction=largest if outcome == "failed" else 0.0,
                group=draw(st.sampled_from(["", "g"])),
            ))  # fmt: skip
    case = small.drawn(proposals=tuple(found))
    sets = tuple(draw(ratings(case, seat)) for seat in range(1, draw(st.integers(1, 3)) + 1))
    return its, case, sets


@st.composite
def ratings(draw: st.DrawFn, case: e.CaseDrawn, seat: int) -> Basis:
    found = {}
    for criterion in ("service", "facts", "law"):
        said, settled = {}, {}
        for one in case.proposals:
            if one.criterion == criterion and one.outcome == "failed":
                decision = draw(st.sampled_from(["confirmed", "confirmed", "overturned"]))
                said[one.check] = parts.Decision(decision=decision)
            elif one.criterion == criterion and draw(st.booleans()):
                outcome = draw(st.sampled_from(["failed", "passed", "not_applicable"]))
                settled[one.check] = parts.Answer(outcome=outcome, reason="r")
        own = draw(st.lists(POINTS, max_size=2)) if criterion != "service" else []
        found[criterion] = parts.Item(
            applicable=draw(st.sampled_from([True, True, True, False])),
            deductions=tuple(parts.Deduction(points=p, reason="r", evidence=("d",)) for p in own),
            proposals=said, settled=settled,
        )  # fmt: skip
    return Basis(seat, found, {})


def state(its: Rubric, case: e.CaseDrawn) -> tuple[RoundState, CaseState]:
    round_ = RoundState(ROUND, small.opened(), small.LEAD, "")
    round_.rubrics["small"] = its
    return round_, CaseState("c1", case)


def total(its: Rubric, case: e.CaseDrawn, sets: tuple[Basis, ...]) -> parts.Score:
    found = results.mean(its, [results.score(its, case, s.items, s.vetoes, s.caps) for s in sets])
    assert found
    return found


def assert_adds_up(its: Rubric, case: e.CaseDrawn, sets: tuple[Basis, ...]) -> None:
    score, listed = total(its, case, sets), problems(*state(its, case), {}, sets)
    for criterion, mark in score.marks.items():
        lost = cents.cents(mark["attainable"]) - cents.cents(mark["points"])
        costs = sum(cents.cents(p.points) for p in listed if p.criterion == criterion)
        assert costs == (lost if mark["takes_part"] else 0), criterion


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_problems_of_a_criterion_add_up_to_its_loss(
    made: tuple[Rubric, e.CaseDrawn, tuple[Basis, ...]],
) -> None:
    assert_adds_up(*made)


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_no_ruling_lowers_a_score(
    made: tuple[Rubric, e.CaseDrawn, tuple[Basis, ...]], data: st.DataObject
) -> None:
    its, case, sets = made
    told = problems(*state(its, case), {}, sets)
    given_ = {}
    for one in told:
        known = ["kept", "withdrawn", *(["reduced"] if one.points > 0.01 else [])]
        decision = data.draw(st.sampled_from(known))
        most = max(1, cents.cents(one.points) - 1)
        points = data.draw(st.integers(1, most)) / 100 if decision == "reduced" else 0.0
        given_[one.id] = parts.Ruling(decision=decision, points=points, reason="r")
    after = rulings.apply(its, case, sets, given_)
    before, left = total(its, case, sets), total(its, case, after)
    assert (left.points is None) == (before.points is None)
    assert (left.points or 0) >= (before.points or 0)
    assert_adds_up(its, case, after)
    gone = {key for key, ruling in given_.items() if ruling.decision == "withdrawn"}
    assert {p.id for p in problems(*state(its, case), {}, after)} == {p.id for p in told} - gone


@settings(max_examples=60, deadline=None)
@given(cases())
def test_withdrawing_all_is_as_if_nobody_had_deducted(
    made: tuple[Rubric, e.CaseDrawn, tuple[Basis, ...]],
) -> None:
    its, case, sets = made
    told = problems(*state(its, case), {}, sets)
    withdrawn = parts.Ruling(decision="withdrawn", points=0, reason="r")
    after = rulings.apply(its, case, sets, {p.id: withdrawn for p in told})
    assert problems(*state(its, case), {}, after) == ()
    for basis in after:
        costs = costs_of(its, case, basis)
        assert all(costs.lost(criterion) == 0 for criterion in costs.marks)


def test_what_takes_the_place_of_a_withdrawn_finding_costs_no_more_than_it_did() -> None:
    """Facts had nothing left to lose, so `late` cost nothing; `proof` would cost 4 in service."""

    def found(check: str, criterion: str, outcome: str, points: float) -> parts.Proposal:
        return parts.Proposal(check=check, criterion=criterion, outcome=outcome, largest=points,
                              deduction=points if outcome == "failed" else 0.0,
                              group="" if check == "open" else "g")  # fmt: skip

    case = small.drawn(proposals=(
        found("proof", "service", "failed", 4), found("open", "service", "cannot_tell", 32),
        found("late", "facts", "failed", 5),
    ))  # fmt: skip
    yes = parts.Decision(decision="confirmed")
    own = parts.Deduction(points=40, reason="r", evidence=("d",))
    rated = {
        "service": parts.Item(proposals={"proof": yes}),  # 4 of 36: 4.44 attainable, no 5
        "facts": parts.Item(proposals={"late": yes}, deductions=(own,)),
        "law": parts.Item(),
    }
    its, sets = rubric(criteria=HYBRID["criteria"]), (Basis(1, rated, {}),)
    withdrawn = parts.Ruling(decision="withdrawn", points=0, reason="r")
    after = rulings.apply(its, case, sets, {"facts/late": withdrawn})
    assert total(its, case, after).points == total(its, case, sets).points
    left = {p.id: p.points for p in problems(*state(its, case), {}, after)}
    assert left == {"service/proof": 0, "facts/1.1": 40}
