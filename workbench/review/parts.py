"""What the entries of a review are made of: proposals, rated items, scores, problems, answers.

Plain frozen data (`msgspec.Struct`): JSON in the store, checked when it is read.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Decisions = Literal["confirmed", "overturned"]
Settled = Literal["passed", "failed", "not_applicable"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What entries are made of; what is as by default is left out of the JSON."""


class Origin(Part, frozen=True, kw_only=True):
    """The sealed run and the pack a round was drawn from."""

    run_id: str
    as_of: str
    pack: str
    pack_version: str
    pack_digest: str


class Clause(Part, frozen=True, kw_only=True):
    """What a check rests on; `verified` False: the clause has not been read in the original."""

    text: str
    verified: bool = True


class Proposal(Part, frozen=True, kw_only=True):
    """What an automatic check says of a case on a criterion; a person confirms or overturns it.

    `outcome`: passed, failed, not_applicable, not_yet_due, cannot_tell, untested. `deduction` is
    what a failure takes, `largest` what is at stake. `veto`: the check is a veto candidate here.
    """

    check: str
    criterion: str = ""
    outcome: str
    largest: float = 0.0
    deduction: float = 0.0
    group: str = ""
    veto: bool = False
    observed: str | None = None
    expected: str | None = None
    due_on: str | None = None
    evidence: str | None = None

    @property
    def defect(self) -> tuple[str, str]:
        """What counts as one defect: its group, or the check itself."""
        return ("group", self.group) if self.group else ("check", self.check)


class Deduction(Part, frozen=True, kw_only=True):
    """Points that a person takes away, why, and the records that show it.

    `check`: the automatic finding that it is about, if any; it stays a person's own deduction.
    """

    points: float
    reason: str
    evidence: tuple[str, ...] = ()
    check: str = ""


class Decision(Part, frozen=True, kw_only=True):
    """A person's word on an automatic finding or a veto candidate."""

    decision: Decisions
    reason: str = ""


class Answer(Part, frozen=True, kw_only=True):
    """A person's word on what a check could not tell."""

    outcome: Settled
    reason: str


class Item(Part, frozen=True, kw_only=True):
    """One criterion as one person rated it. `anchor`: none, half, full, or points of one's own."""

    applicable: bool = True
    reason: str = ""
    anchor: Literal["none", "half", "full", "own", ""] = ""
    deductions: tuple[Deduction, ...] = ()
    proposals: dict[str, Decision] = msgspec.field(default_factory=dict)
    settled: dict[str, Answer] = msgspec.field(default_factory=dict)


class Score(Part, frozen=True, kw_only=True):
    """A worked-out score with the formula that gave it, in Chinese and English.

    `vetoed`: a confirmed veto decided it; `barred`: one keeps it out of the highest band.
    """

    points: float | None
    band: str | None
    vetoed: bool = False
    barred: bool = False
    decided_share: float = 1.0
    formula: dict[str, str] = msgspec.field(default_factory=dict)
    marks: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)


class Cap(Part, frozen=True, kw_only=True):
    """What a defect costs in one rating by a ruling, and in which criterion ("": wherever)."""

    points: float
    criterion: str = ""


class Problem(Part, frozen=True, kw_only=True):
    """One fault of a case as the unit is told of it.

    `id` is unique in the case. `check` is empty where only people saw it. `by` names the seats
    that found it; `veto` says that it is a confirmed veto. `points` are what its criterion lost to
    it (see `problems`), before the criterion's points become a score.
    """

    id: str
    criterion: str
    check: str = ""
    points: float
    text: str
    evidence: tuple[str, ...] = ()
    by: tuple[int, ...] = ()
    veto: bool = False


class ReplyItem(Part, frozen=True, kw_only=True):
    """What the unit says of one problem."""

    position: Literal["accepted", "contested"]
    text: str = ""
    evidence: tuple[str, ...] = ()


class Ruling(Part, frozen=True, kw_only=True):
    """The answer to one contested problem; `points`: what is deducted in the end."""

    decision: Literal["kept", "reduced", "withdrawn"]
    points: float
    reason: str
