"""The points of one case, from what its checks say and what a person concluded: no I/O.

An automatic criterion: D = largest deductions of its checks that passed or failed, U = of those
that cannot tell or are untested; attainable = maximum x D / (D + U); earned = attainable less the
largest deduction of each defect group, never below 0. The same defect is deducted once in a case:
by its largest deduction, in the first criterion, in the order of the rubric, whose attainable
points can hold it (where none can, in the one with the most). What a person rates is attainable in
full, and so is what is only deducted from (base `deductive`, criteria that deduct directly): there
an undecided check takes nothing. Checks that do not apply leave the denominator. `scoring` does
the same in SQL for all cases at once; tests keep the two equal. Fine amounts never enter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.marking import words as say
from workbench.points import rounded
from workbench.rubrics import Criterion, Rubric
from workbench.terms import UsageError

DECIDED = ("passed", "failed")
OPEN = ("cannot_tell", "untested")
OUTCOMES = (*DECIDED, *OPEN, "not_applicable", "not_yet_due")
SETTLED = {
    "overturned": "passed",
    "passed": "passed",
    "failed": "failed",
    "not_applicable": "not_applicable",
}


@dataclass(frozen=True)
class Part:
    """One check of a criterion on one case.

    `largest`: the points at stake; `deduction`: what a failure takes here, 0 unless it failed;
    `group`: its defect group, "" where it stands alone.
    """

    check: str
    outcome: str
    largest: float
    deduction: float
    group: str = ""


@dataclass(frozen=True)
class Rated:
    """What a person concluded on one criterion: does it apply, and their own deductions."""

    applicable: bool = True
    deductions: tuple[float, ...] = ()


@dataclass(frozen=True)
class Mark:
    """Points of one criterion; `points` None: a person has yet to rate it.

    `decided`: the points of the maximum that its checks could decide.
    """

    criterion: str
    maximum: float
    attainable: float
    points: float | None
    takes_part: bool
    formula: Mapping[str, str]
    decided: float = 0.0


def settle(parts: Sequence[Part], decisions: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts after a person decided: check -> overturned, passed, failed or not_applicable.

    A proposal that was overturned counts as passed; what could not be told is what the person
    found. A failure that the person found takes the largest deduction of the check.

    >>> settle([Part("a", "failed", 3, 3)], {"a": "overturned"})[0].outcome
    'passed'
    """
    for check, decision in decisions.items():
        if decision not in SETTLED:
            known = ", ".join(SETTLED)
            raise UsageError(f"check '{check}' is decided as {decision!r}: one of {known}")
    return tuple(_settled(part, decisions.get(part.check)) for part in parts)


def _settled(part: Part, decision: str | None) -> Part:
    if decision is None:
        return part
    outcome = SETTLED[decision]
    if outcome != "failed":
        return replace(part, outcome=outcome, deduction=0.0)
    return part if part.outcome == "failed" else replace(
        part, outcome=outcome, deduction=part.largest
    )  # fmt: skip


def marks(
    rubric: Rubric,
    parts: Mapping[str, Sequence[Part]],
    rated: Mapping[str, Rated] | None = None,
) -> tuple[Mark, ...]:
    """The marks of one case, one for each criterion in the order of the rubric.

    `parts` are the checks of each criterion after `settle`; `rated` what a person concluded.

    >>> marks(rubric, {"disclosure": [Part("late", "failed", 5, 3)]})[0].points   # doctest: +SKIP
    6.0
    """
    known = {c.id for c in rubric.criteria}
    if stray := sorted({*parts, *(rated or {})} - known):
        raise UsageError(f"rubric '{rubric.id}' has no criterion {', '.join(map(repr, stray))}")
    drafts = [
        _Draft(rubric, c, tuple(parts.get(c.id, ())), (rated or {}).get(c.id))
        for c in rubric.criteria
    ]
    taken = _deductions(drafts)
    return tuple(_mark(draft, taken[draft.criterion.id]) for draft in drafts)


@dataclass(frozen=True)
class _Draft:
    """A criterion of one case before its deductions are placed."""

    rubric: Rubric
    criterion: Criterion
    parts: tuple[Part, ...]
    rated: Rated | None

    @property
    def decided(self) -> float:
        return sum(p.largest for p in self.parts if p.outcome in DECIDED)

    @property
    def open(self) -> float:
        return sum(p.largest for p in self.parts if p.outcome in OPEN)

    @property
    def by_person(self) -> bool:
        """Whether a person looked, so that all of its points can be attained."""
        return self.criterion.mode != "auto" and self.rated is not None

    @property
    def applies(self) -> bool:
        """False: by the person's word, or because no check of an automatic criterion applies."""
        if self.rated is not None and not self.rated.applicable:
            return False
        return self.criterion.mode != "auto" or self.decided + self.open > 0

    @property
    def absent(self) -> bool:
        """What does not apply is absent; what is not yet due is merely open."""
        by_word = self.rated is not None and not self.rated.applicable
        all_absent = all(p.outcome == "not_applicable" for p in self.parts)
        return by_word or (bool(self.parts) and all_absent)

    @property
    def by_weight(self) -> bool:
        """Whether only what checks decided can be attained."""
        of_checks = self.criterion.mode != "manual" and not self.by_person
        return of_checks and self.rubric.base != "deductive" and not self.criterion.direct

    @property
    def decided_points(self) -> float:
        """The part of the maximum that its checks decided."""
        weight = self.decided + self.open
        return rounded(self.criterion.maximum * self.decided / weight) if weight else 0.0

    @property
    def attainable(self) -> float:
        if not self.applies:
            return 0.0
        return self.decided_points if self.by_weight else self.criterion.maximum

    @property
    def failed(self) -> tuple[Part, ...]:
        """The failures that take points here."""
        return tuple(p for p in self.parts if p.outcome == "failed") if self.applies else ()


def _deductions(drafts: Sequence[_Draft]) -> dict[str, list[say.Taken]]:
    """Criterion -> what its defects take there, and which are deducted elsewhere."""
    homes: dict[str, list[say.Taken]] = {draft.criterion.id: [] for draft in drafts}
    for group in dict.fromkeys(_group(p) for d in drafts for p in d.failed):
        holders = [d for d in drafts if any(_group(p) == group for p in d.failed)]
        failed = [p for d in holders for p in d.failed if _group(p) == group]
        amount = max(p.deduction for p in failed)
        home = next((d for d in holders if d.attainable >= amount), None)
        home = home or max(holders, key=lambda d: d.attainable)
        checks = tuple(p.check for p in failed)
        for holder in holders:
            if holder is home:
                taken = say.Taken(checks, amount)
            else:
                own = tuple(p.check for p in holder.failed if _group(p) == group)
                taken = say.Taken(own, 0.0, home.criterion.id)
            homes[holder.criterion.id].append(taken)
    return homes


def _group(part: Part) -> tuple[str, str]:
    """What counts as one defect: its group, or the check itself."""
    return ("group", part.group) if part.group else ("check", part.check)


def _mark(draft: _Draft, taken: Sequence[say.Taken]) -> Mark:
    criterion = draft.criterion
    if not draft.applies:
        return _absent(draft)
    own = draft.rated.deductions if draft.rated else ()
    if any(points < 0 for points in own):
        raise UsageError(f"criterion '{criterion.id}': a deduction is a number of 0 or more")
    points: float | None = None
    if criterion.mode == "auto" or draft.rated is not None:
        lost = sum(t.points for t in taken) + sum(own)
        points = rounded(max(0.0, draft.attainable - lost))
    work = say.Working(
        criterion.maximum, draft.decided, draft.open, draft.attainable, tuple(taken), own, points,
        by_weight=draft.by_weight,
    )  # fmt: skip
    return Mark(
        criterion.id, criterion.maximum, draft.attainable, points, True, say.of_mark(work),
        draft.decided_points,
    )  # fmt: skip


def _absent(draft: _Draft) -> Mark:
    """A criterion that does not apply: it leaves, or counts in full or with nothing."""
    criterion, rule = draft.criterion, draft.rubric.absent_item
    if not draft.absent or criterion.direct:
        rule = "drop"
    formula = say.of_absent(rule, criterion.maximum)
    if rule == "drop":
        return Mark(criterion.id, criterion.maximum, 0.0, 0.0, False, formula)
    points, whole = criterion.maximum if rule == "full" else 0.0, criterion.maximum
    return Mark(criterion.id, whole, whole, points, True, formula, whole)
