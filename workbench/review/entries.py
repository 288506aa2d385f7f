"""What can be said in a review: one kind of entry for each step of a round, with its fields.

Bodies are plain data (`msgspec.Struct`), written to the store as JSON and read back checked: an
entry whose body does not fit its kind is refused, never guessed at. Days are ISO texts. What a
round rests on (rubrics, proposals) is written into it, so that a round can be read without the run
and the pack it came from. Source of the steps: S2 四 (评议考核), the double rating of practice.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from workbench.review.parts import (
    Clause,
    Decision,
    Item,
    Origin,
    Part,
    Problem,
    Proposal,
    ReplyItem,
    Ruling,
    Score,
)
from workbench.terms import InputError

Roles = Literal["lead", "reviewer", "adjudicator", "unit", "officer"]


class RoundOpened(Part, frozen=True, kw_only=True):
    """A round begins: what is evaluated, by which rubrics, under which published rules.

    `titles`: what checks are called, by id; `rules`: the hash of what decides each; `names`: what
    organs and units are called; `words`: what kinds of cases and tables of records are called;
    `clauses`: what each check rests on, and `sources` the documents that clauses call by a short
    name; `measures`: of each target the accountability measures with their clause; `days`: the
    days of the calendar that differ from Monday to Friday (True: working). Shares in `weights`
    are of 1.
    """

    title: str
    organ_id: str
    kind: Literal["daily", "yearly"]
    form: Literal["organisation", "self", "mutual"]
    origin: Origin
    rubrics: dict[str, dict[str, Any]]
    titles: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    rules: dict[str, str] = msgspec.field(default_factory=dict)
    gap_limit: float
    ratings_per_case: int
    other_organs_only: bool
    reply_days: int
    reply_unit: Literal["wd", "cd"] = "wd"
    rectification_days: int
    rectification_unit: Literal["wd", "cd"] = "wd"
    full: float
    opened_on: str
    scheme_published_on: str | None = None
    outside_view_weight: float | None = None
    weights: dict[str, float] = msgspec.field(default_factory=dict)
    names: dict[str, str] = msgspec.field(default_factory=dict)
    words: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    clauses: dict[str, Clause] = msgspec.field(default_factory=dict)
    sources: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    measures: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    days: dict[str, bool] = msgspec.field(default_factory=dict)
    sample: dict[str, Any] | None = None


class ReviewerEnrolled(Part, frozen=True, kw_only=True):
    """A person of the roster. `line`: the chain of command; `fields`: kinds of cases, () for all.

    `conflicts` are ids of cases, units or officers that this person must not judge.
    """

    reviewer_id: str
    name: str
    organ_id: str
    unit_id: str
    roles: tuple[Roles, ...] = ("reviewer",)
    line: str = ""
    fields: tuple[str, ...] = ()
    most: int | None = None
    conflicts: tuple[str, ...] = ()


class ReviewerRecused(Part, frozen=True, kw_only=True):
    """A reviewer withdraws, or is withdrawn, from a case, a unit or an officer's cases."""

    reviewer_id: str
    from_id: str
    reason: str


class CaseDrawn(Part, frozen=True, kw_only=True):
    """A case enters a round, with what the checks say of it.

    `handled_by`: ids of the people and units who handled it. A calibration case is rated by all
    reviewers and counts for nothing but their agreement.
    """

    organ_id: str
    unit_id: str
    kind: str
    rubric: str
    handled_by: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    calibration: bool = False


class CaseAssigned(Part, frozen=True, kw_only=True):
    """A seat (1, 2, then 3 when the two are apart) of a case gets its reviewer."""

    reviewer_id: str
    seat: int


class RatingSubmitted(Part, frozen=True, kw_only=True):
    """A rating is locked. A later one of the same seat stands in its place, both stay."""

    seat: int
    items: dict[str, Item]
    vetoes: dict[str, Decision] = msgspec.field(default_factory=dict)
    score: Score
    note: str = ""


class RatingReturned(Part, frozen=True, kw_only=True):
    """The lead gives a locked rating back to its reviewer, with the reason."""

    seat: int
    reason: str


class OthersShown(Part, frozen=True, kw_only=True):
    """A reviewer has been shown what the others of a case rated."""

    seat: int


class CaseAdjudicated(Part, frozen=True, kw_only=True):
    """Where ratings are apart: what holds, and why."""

    items: dict[str, Item]
    vetoes: dict[str, Decision] = msgspec.field(default_factory=dict)
    score: Score
    reason: str


class FeedbackSent(Part, frozen=True, kw_only=True):
    """The unit is told the provisional result and may reply until a day."""

    unit_id: str
    sent_on: str
    reply_due_on: str
    score: Score
    problems: tuple[Problem, ...]


class ReplySubmitted(Part, frozen=True, kw_only=True):
    """The unit replies, problem by problem (`items` by problem id)."""

    unit_id: str
    replied_on: str
    items: dict[str, ReplyItem]


class ReplyExtended(Part, frozen=True, kw_only=True):
    """The lead gives the unit more time to reply, with the reason."""

    reply_due_on: str
    reason: str


class ReplyAnswered(Part, frozen=True, kw_only=True):
    """Each contested problem is answered."""

    items: dict[str, Ruling]


class ResultFinal(Part, frozen=True, kw_only=True):
    """The result of a case is final; nothing of it changes after this."""

    score: Score
    problems: tuple[Problem, ...]
    final_on: str


class RectificationOpened(Part, frozen=True, kw_only=True):
    """A confirmed fault has to be put right: by whom, until which working day, how."""

    case_id: str
    problem: str
    check: str = ""
    unit_id: str
    owner: str
    demand: str
    opened_on: str
    due_on: str


class RectificationProved(Part, frozen=True, kw_only=True):
    """The owner says that it is done and shows how; files are named with their SHA-256."""

    text: str
    files: dict[str, str] = msgspec.field(default_factory=dict)
    proved_on: str


class RectificationVerified(Part, frozen=True, kw_only=True):
    """Another person has looked: accepted, or given back with a reason."""

    accepted: bool
    reason: str
    verified_on: str


class RectificationEscalated(Part, frozen=True, kw_only=True):
    """Overdue: told to somebody higher."""

    to: str
    reason: str
    escalated_on: str


class RectificationRetested(Part, frozen=True, kw_only=True):
    """A later run has looked at the same check of the same case again."""

    run_id: str
    as_of: str
    outcome: Literal["repaired", "still_failed", "undecided", "not_comparable"]


class PersonHeard(Part, frozen=True, kw_only=True):
    """Before a measure: who was heard, when, what was said (S2 五: 处理前要充分听取)."""

    case_id: str
    target: str
    target_id: str
    heard_on: str
    pleas: str


class MeasureRecorded(Part, frozen=True, kw_only=True):
    """A measure against a target: from the pack's list for it, and after the hearing."""

    measure: str
    clause: str
    decided_on: str
    basis: str
    appeal_told_on: str


class NoFaultRecorded(Part, frozen=True, kw_only=True):
    """The written conclusion that nobody was personally at fault."""

    case_id: str
    reason: str
    decided_on: str


class SurveyRecorded(Part, frozen=True, kw_only=True):
    """Outside views (群众评议): sheets that came back, and those that were satisfied."""

    organ_id: str
    held_on: str
    answers: int
    satisfied: int


class OrganRated(Part, frozen=True, kw_only=True):
    """The organ-level criteria that people judge, and the organ's score (评议考核表)."""

    items: dict[str, Item]
    inputs: dict[str, Any] = msgspec.field(default_factory=dict)
    score: Score


class RoundPublished(Part, frozen=True, kw_only=True):
    """The scheme, the process or the results are disclosed to those concerned."""

    what: Literal["scheme", "process", "results"]
    on: str
    where: str


class RoundClosed(Part, frozen=True, kw_only=True):
    """The round ends; every case has its final result."""

    on: str


KINDS: dict[str, type[Part]] = {
    "round_opened": RoundOpened,
    "reviewer_enrolled": ReviewerEnrolled,
    "reviewer_recused": ReviewerRecused,
    "case_drawn": CaseDrawn,
    "case_assigned": CaseAssigned,
    "rating_submitted": RatingSubmitted,
    "rating_returned": RatingReturned,
    "others_shown": OthersShown,
    "case_adjudicated": CaseAdjudicated,
    "feedback_sent": FeedbackSent,
    "reply_submitted": ReplySubmitted,
    "reply_extended": ReplyExtended,
    "reply_answered": ReplyAnswered,
    "result_final": ResultFinal,
    "rectification_opened": RectificationOpened,
    "rectification_proved": RectificationProved,
    "rectification_verified": RectificationVerified,
    "rectification_escalated": RectificationEscalated,
    "rectification_retested": RectificationRetested,
    "person_heard": PersonHeard,
    "measure_recorded": MeasureRecorded,
    "no_fault_recorded": NoFaultRecorded,
    "survey_recorded": SurveyRecorded,
    "organ_rated": OrganRated,
    "round_published": RoundPublished,
    "round_closed": RoundClosed,
}
NAMES = {body: kind for kind, body in KINDS.items()}


def to_body(part: Part) -> dict[str, Any]:
    """A part as JSON data.

    >>> to_body(RoundClosed(on="2026-06-30"))
    {'on': '2026-06-30'}
    """
    found: dict[str, Any] = msgspec.to_builtins(part)
    return found


def read_body(kind: str, body: Any, where: str = "") -> Part:
    """JSON data as the part of its kind; raises `InputError` where it does not fit.

    >>> read_body("round_closed", {"on": "2026-06-30"})
    RoundClosed(on='2026-06-30')
    """
    if kind not in KINDS:
        raise InputError(f"{where}: entries of kind '{kind}' are not known to this version")
    try:
        found: Part = msgspec.convert(body, KINDS[kind])
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: a '{kind}' that cannot be read: {error}") from None
    return found
