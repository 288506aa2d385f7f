"""A rating as it is filled in: what there is to conclude on, and a whole rating from few words.

`slots` lists all that a reviewer must or may conclude on in one case, in the order of the rubric;
`filled_in` makes the items of a rating from what differs from the proposals (notebooks, tests).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.review import parts, results
from workbench.review.completeness import SHARES, veto_questions
from workbench.review.refusals import Refused, near
from workbench.review.state import CaseState, RoundState
from workbench.rubrics import Criterion, Veto

Taken = tuple[float, str, Sequence[str]]
_UNDECIDED = ("cannot_tell", "untested")


@dataclass(frozen=True)
class Slot:
    """One thing to conclude on: a criterion, a failed check, a veto candidate, an open check, or a
    veto that no check looks for (`question`).
    """

    kind: Literal["criterion", "proposal", "veto", "undecided", "question"]
    criterion: Criterion | None
    proposal: parts.Proposal | None = None
    veto: Veto | None = None

    @property
    def check(self) -> str:
        """What is decided on, beside the criterion itself: a check, or the veto of a question."""
        if self.veto:
            return self.veto.id
        return self.proposal.check if self.proposal else ""


def slots(its: RoundState, case: CaseState) -> Iterator[Slot]:
    """All that can be concluded on a case: criteria with their checks, then the vetoes: candidates,
    and those that only a person can find.
    """
    drawn, rubric = case.drawn, results.rubric_of(its, case)
    for criterion in rubric.criteria:
        yield Slot("criterion", criterion)
        for one in drawn.proposals:
            if one.criterion == criterion.id and one.outcome == "failed":
                yield Slot("proposal", criterion, one)
            elif one.criterion == criterion.id and one.outcome in _UNDECIDED:
                yield Slot("undecided", criterion, one)
    seen = set()
    for one in drawn.proposals:
        if one.veto and one.check not in seen:
            seen.add(one.check)
            yield Slot("veto", None, one)
    asked = set(veto_questions(rubric)) - seen
    for veto in rubric.vetoes:
        if veto.id in asked:
            yield Slot("question", None, veto=veto)


def filled_in(
    its: RoundState,
    case: CaseState,
    deduct: Mapping[str, Taken | Sequence[Taken]] | None = None,
    overturn: Mapping[str, str] | None = None,
    vetoes: Mapping[str, tuple[str, str]] | None = None,
    absent: Mapping[str, str] | None = None,
    settle: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[dict[str, parts.Item], dict[str, parts.Decision]]:
    """A whole rating: every proposal confirmed, every other criterion in full, but for what is said.

    `deduct`: criterion -> (points, reason, evidence) or several; `overturn`: check -> reason;
    `vetoes`: check, or veto without one -> (confirmed or overturned, reason), never taken for
    granted; `absent`: criterion -> why it does not apply; `settle`: check that could not tell ->
    (passed, failed or not_applicable, reason). Raises `Refused` for a name that is none of these.

    >>> items, vetoes = filled_in(its, case, {"facts": (4, "缺证据", ["documents/D1"])})  # doctest: +SKIP
    """  # noqa: E501
    deduct, overturn, absent = deduct or {}, overturn or {}, absent or {}
    listed = list(slots(its, case))
    _known("no_such_criterion", "criterion", (*deduct, *absent), _names(listed, "criterion"))
    _known("no_such_proposal", "check", overturn, _names(listed, "proposal"))
    _known("no_such_open", "check", settle or (), _names(listed, "undecided"))
    _known("no_such_veto", "check", vetoes or (), _names(listed, "veto", "question"))
    items: dict[str, Any] = {}
    decided: dict[str, parts.Decision] = {}
    for slot in listed:
        one, name = slot.proposal, slot.criterion.id if slot.criterion else ""
        if slot.kind == "criterion" and slot.criterion:
            items[name] = _criterion(slot.criterion, deduct.get(name), absent.get(name))
        elif slot.kind == "proposal" and one:
            items[name]["proposals"][one.check] = _decision(overturn.get(one.check))
        elif slot.kind == "undecided" and one and one.check in (settle or {}):
            outcome, reason = (settle or {})[one.check]
            items[name]["settled"][one.check] = parts.Answer(outcome=outcome, reason=reason)  # type: ignore[arg-type]
        elif slot.kind in ("veto", "question") and slot.check in (vetoes or {}):
            decision, reason = (vetoes or {})[slot.check]
            decided[slot.check] = parts.Decision(decision=decision, reason=reason)  # type: ignore[arg-type]
    return {name: parts.Item(**item) for name, item in items.items()}, decided


def _names(listed: Iterable[Slot], *kinds: str) -> list[str]:
    return [
        slot.criterion.id if slot.kind == "criterion" and slot.criterion else slot.check
        for slot in listed if slot.kind in kinds
    ]  # fmt: skip


def _known(code: str, kind: str, given: Iterable[str], known: Sequence[str]) -> None:
    """Raises `Refused` where a name that was given is not there."""
    for name in given:
        if name not in known:
            raise Refused(code, **{kind: name}, **near(name, known))


def _criterion(criterion: Criterion, taken: Any, absent: str | None) -> dict[str, Any]:
    if absent is not None:
        return {"applicable": False, "reason": absent, "proposals": {}, "settled": {}}
    several = [taken] if taken and isinstance(taken[0], int | float) else (taken or [])
    deductions = tuple(
        parts.Deduction(points=float(points), reason=reason, evidence=tuple(evidence))
        for points, reason, evidence in several
    )
    anchor = anchor_of(criterion, sum(d.points for d in deductions))
    return {"anchor": anchor, "deductions": deductions, "proposals": {}, "settled": {}}


def anchor_of(criterion: Criterion, taken: float) -> str:
    """The anchor that a deduction comes to: full, half, none of the points, or one's own number."""
    if criterion.mode == "auto":
        return ""
    for anchor, share in SHARES.items():
        if abs(taken - criterion.maximum * (1 - share)) < 1e-9:
            return anchor
    return "own"


def _decision(overturned: str | None) -> parts.Decision:
    if overturned is None:
        return parts.Decision(decision="confirmed")
    return parts.Decision(decision="overturned", reason=overturned)
