"""Is a rating whole: every criterion answered, every deduction with its reason and its evidence?

Asked before a rating is locked (S2 四(三); check eval-deductions-evidenced-and-sum-to-100). All
that is missing is named at once, so that a form can lead from one unanswered item to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from workbench.review import entries as e
from workbench.review import parts
from workbench.review.refusals import Refused
from workbench.rubrics import Criterion, Rubric

# What an anchor leaves of a criterion's maximum.
SHARES = {"none": 0.0, "half": 0.5, "full": 1.0}
_CENT = 0.005


@dataclass(frozen=True)
class Missing:
    """What keeps a rating from being locked: where (criterion or veto), and the sentence."""

    where: str
    what: Refused


def missing(
    rubric: Rubric,
    drawn: e.CaseDrawn,
    items: Mapping[str, parts.Item],
    vetoes: Mapping[str, parts.Decision],
) -> list[Missing]:
    """All that a rating still lacks, in the order of the rubric; [] where it may be locked."""
    known = {c.id for c in rubric.criteria}
    found = [Missing(name, Refused("unknown_criterion", criterion=name))
             for name in items if name not in known]  # fmt: skip
    found += _of_vetoes(rubric, drawn, items, vetoes)
    for criterion in rubric.criteria:
        proposals = [p for p in drawn.proposals if p.criterion == criterion.id]
        gaps = _of_criterion(criterion, proposals, items.get(criterion.id))
        found += [Missing(criterion.id, gap) for gap in gaps]
    return found


def veto_candidates(drawn: e.CaseDrawn) -> list[str]:
    """The veto candidates of a case, once each."""
    return list(dict.fromkeys(p.check for p in drawn.proposals if p.veto))


def veto_questions(rubric: Rubric) -> list[str]:
    """The vetoes that no check finds: only a person who sees one names it."""
    return [veto.id for veto in rubric.vetoes if not veto.checks]


def _of_vetoes(
    rubric: Rubric, drawn: e.CaseDrawn, items: Mapping[str, parts.Item],
    vetoes: Mapping[str, parts.Decision],
) -> Iterator[Missing]:  # fmt: skip
    candidates = veto_candidates(drawn)
    known = {*candidates, *veto_questions(rubric)}
    for veto in vetoes:
        if veto not in known:
            yield Missing(veto, Refused("unknown_veto", check=veto))
    overturned = {check for item in items.values() for check, said in item.proposals.items()
                  if said.decision == "overturned"}  # fmt: skip
    for veto in [*candidates, *(v for v in vetoes if v in known and v not in candidates)]:
        decision = vetoes.get(veto)
        if decision is None or not decision.reason.strip():
            yield Missing(veto, Refused("veto_open", check=veto))
        elif decision.decision == "confirmed" and veto in overturned:
            yield Missing(veto, Refused("veto_contradicts", check=veto))


def _of_criterion(
    criterion: Criterion, proposals: list[parts.Proposal], item: parts.Item | None
) -> Iterator[Refused]:
    name = {"criterion": criterion.id}
    if item is None:
        if criterion.mode != "auto" or any(p.outcome == "failed" for p in proposals):
            yield Refused("not_rated", **name)
        return
    if not item.applicable:
        if not item.reason.strip():
            yield Refused("why_not_applicable", **name)
        yield from _left_open(criterion, proposals, item)
        return
    for one in proposals:
        said = item.proposals.get(one.check)
        if one.outcome == "failed" and said is None:
            yield Refused("proposal_open", check=one.check, **name)
        elif said and said.decision == "overturned" and not said.reason.strip():
            yield Refused("why_overturned", check=one.check, **name)
    for check, answer in item.settled.items():
        if not answer.reason.strip():
            yield Refused("why_settled", check=check, **name)
    yield from _of_deductions(criterion, item)


def _left_open(
    criterion: Criterion, proposals: list[parts.Proposal], item: parts.Item
) -> Iterator[Refused]:
    """What checks decide does not vanish with the criterion: each failure is overturned first."""
    for one in proposals if criterion.mode == "auto" else ():
        said = item.proposals.get(one.check)
        if one.outcome == "failed" and not (said and said.decision == "overturned"):
            yield Refused("proposal_open", criterion=criterion.id, check=one.check)


def _of_deductions(criterion: Criterion, item: parts.Item) -> Iterator[Refused]:
    name = {"criterion": criterion.id}
    for deduction in item.deductions:
        if not 0 < deduction.points < inf:
            yield Refused("no_points", points=deduction.points, **name)
        if not deduction.reason.strip():
            yield Refused("why_deducted", points=deduction.points, **name)
        if not any(one.strip() for one in deduction.evidence):
            yield Refused("no_evidence", points=deduction.points, **name)
    taken = sum(d.points for d in item.deductions)
    if taken > criterion.maximum + _CENT:
        yield Refused("too_much", taken=taken, maximum=criterion.maximum, **name)
    if criterion.mode == "manual" and not item.anchor:
        yield Refused("not_rated", **name)
    if criterion.mode == "manual" and item.anchor in SHARES:
        due = criterion.maximum * (1 - SHARES[item.anchor])
        if abs(taken - due) > _CENT:
            yield Refused("anchor_differs", anchor=item.anchor, due=due, taken=taken, **name)
