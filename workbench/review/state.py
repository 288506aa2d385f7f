"""Where rounds stand: what the entries of a store add up to, entry by entry.

`State.fold` is the only place that changes anything here, and it only takes in what the store has;
whether something may be said at all is asked in the rooms of the rules. Times are those of the
entries (UTC).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from workbench.review import entries as e
from workbench.review.parts import Part


class Stage(str, Enum):
    """How far a case has come in its round.

    `rating`: seats are still empty. `apart`: ratings differ by more than the limit or about a veto.
    `agreed`: a provisional result stands. `reply`: the unit may reply. `replied`: contested
    problems wait for their answer. `answered`: may become final. `final`: done.
    """

    rating = "rating"
    apart = "apart"
    agreed = "agreed"
    reply = "reply"
    replied = "replied"
    answered = "answered"
    final = "final"


class FaultStage(str, Enum):
    """How far a rectification has come; overdue is told from its day, not stored."""

    open = "open"
    proved = "proved"
    returned = "returned"
    verified = "verified"


@dataclass(frozen=True)
class Said:
    """One entry as it stands in a case's history: when, who, what."""

    seq: int
    at: str
    actor: str
    kind: str
    body: Part


@dataclass
class Seat:
    """One reviewer's place at a case. `ratings`: all that were locked here, the last one holds."""

    number: int
    reviewer_id: str
    ratings: list[Said] = field(default_factory=list)
    returned: str = ""  # why the last rating was given back; "" while it holds
    shown_at: str = ""

    @property
    def rating(self) -> e.RatingSubmitted | None:
        """The rating that holds, if one is locked."""
        if not self.ratings or self.returned:
            return None
        body = self.ratings[-1].body
        assert isinstance(body, e.RatingSubmitted)
        return body

    @property
    def locked_at(self) -> str:
        """When the rating that holds was locked."""
        return self.ratings[-1].at if self.rating else ""


@dataclass
class CaseState:
    """One case in a round: who rates it, what they said, what the unit said, what holds."""

    case_id: str
    drawn: e.CaseDrawn
    seats: dict[int, Seat] = field(default_factory=dict)
    adjudicated: Said | None = None
    feedback: Said | None = None
    extended: Said | None = None
    reply: Said | None = None
    answer: Said | None = None
    final: Said | None = None
    history: list[Said] = field(default_factory=list)

    @property
    def rated(self) -> list[Seat]:
        """The seats whose rating is locked, in order."""
        return [self.seats[n] for n in sorted(self.seats) if self.seats[n].rating]

    @property
    def reply_due_on(self) -> str:
        """Until when the unit may reply; "" while it was not told."""
        if self.extended:
            assert isinstance(self.extended.body, e.ReplyExtended)
            return self.extended.body.reply_due_on
        return self.feedback.body.reply_due_on if self.feedback else ""  # type: ignore[attr-defined]

    def seat_of(self, reviewer_id: str) -> Seat | None:
        """The seat that a reviewer holds here."""
        return next((s for s in self.seats.values() if s.reviewer_id == reviewer_id), None)


@dataclass
class Fault:
    """A rectification: the confirmed fault, what was demanded, what was shown, who looked."""

    fault_id: str
    opened: e.RectificationOpened
    round_id: str
    history: list[Said] = field(default_factory=list)

    def last(self, kind: type[Part]) -> Said | None:
        """The last thing of a kind that was said of it."""
        return next((s for s in reversed(self.history) if isinstance(s.body, kind)), None)

    @property
    def stage(self) -> FaultStage:
        """Where it stands: by the last of proof, verification and a retest that failed again."""
        for said in reversed(self.history):
            if isinstance(said.body, e.RectificationRetested):
                if said.body.outcome == "still_failed":
                    return FaultStage.returned
                continue
            if isinstance(said.body, e.RectificationProved):
                return FaultStage.proved
            if isinstance(said.body, e.RectificationVerified):
                return FaultStage.verified if said.body.accepted else FaultStage.returned
        return FaultStage.open

    def overdue(self, today: str) -> bool:
        """Is its working day over, and nobody has verified it?"""
        return self.stage is not FaultStage.verified and self.opened.due_on < today


@dataclass
class Accountability:
    """One entry of accountability: the hearing first, then the measure or none."""

    accountability_id: str
    heard: Said | None = None
    measure: Said | None = None
    no_fault: Said | None = None


@dataclass
class RoundState:
    """One round with its roster, its cases and what follows from them."""

    round_id: str
    opened: e.RoundOpened
    opened_by: str
    opened_at: str
    reviewers: dict[str, e.ReviewerEnrolled] = field(default_factory=dict)
    recusals: list[Said] = field(default_factory=list)
    cases: dict[str, CaseState] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    accountability: dict[str, Accountability] = field(default_factory=dict)
    surveys: list[Said] = field(default_factory=list)
    organs: dict[str, Said] = field(default_factory=dict)
    published: dict[str, e.RoundPublished] = field(default_factory=dict)
    closed: Said | None = None
    rubrics: dict[str, Any] = field(default_factory=dict)  # as read from `opened`, once

    def has_role(self, person: str, *roles: str) -> bool:
        """Has this person one of these roles here? Who opened the round leads it."""
        if "lead" in roles and person == self.opened_by:
            return True
        enrolled = self.reviewers.get(person)
        return bool(enrolled and set(enrolled.roles) & set(roles))


class State:
    """All rounds of a store, up to entry `seq`."""

    def __init__(self) -> None:
        self.rounds: dict[str, RoundState] = {}
        self.seq = 0

    def fold(self, entry: Any) -> None:
        """Take in the next entry of the store; raises `InputError` where its body does not fit."""
        body = e.read_body(entry.kind, entry.body, f"entry {entry.seq}")
        said = Said(entry.seq, entry.at, entry.actor, entry.kind, body)
        if isinstance(body, e.RoundOpened):
            self.rounds[entry.round_id] = RoundState(entry.round_id, body, entry.actor, entry.at)
        else:
            _fold(self.rounds[entry.round_id], entry.subject, said)
        self.seq = entry.seq

    def faults(self) -> Iterator[Fault]:
        """The rectifications of all rounds."""
        for one in self.rounds.values():
            yield from one.faults.values()


def _fold(its: RoundState, subject: str, said: Said) -> None:
    if subject in its.cases and _of_case(its.cases[subject], said):
        its.cases[subject].history.append(said)
        return
    match said.body:
        case e.ReviewerEnrolled() as body:
            its.reviewers[body.reviewer_id] = body
        case e.ReviewerRecused():
            its.recusals.append(said)
        case e.CaseDrawn() as body:
            its.cases[subject] = CaseState(subject, body, history=[said])
        case e.RectificationOpened() as body:
            its.faults[subject] = Fault(subject, body, its.round_id, [said])
        case e.SurveyRecorded():
            its.surveys.append(said)
        case e.OrganRated():
            its.organs[subject] = said
        case e.RoundPublished() as body:
            its.published[body.what] = body
        case e.RoundClosed():
            its.closed = said
        case e.PersonHeard() | e.MeasureRecorded() | e.NoFaultRecorded():
            _of_accountability(its, subject, said)
        case _ if subject in its.faults:
            its.faults[subject].history.append(said)


def _of_case(case: CaseState, said: Said) -> bool:
    """Take in what was said of a case; False where it is about something else."""
    match said.body:
        case e.CaseAssigned() as body:
            case.seats[body.seat] = Seat(body.seat, body.reviewer_id)
        case e.RatingSubmitted() as body:
            seat = case.seats[body.seat]
            seat.ratings.append(said)
            seat.returned = ""
        case e.RatingReturned() as body:
            case.seats[body.seat].returned = body.reason
            case.adjudicated = None
        case e.OthersShown() as body:
            case.seats[body.seat].shown_at = case.seats[body.seat].shown_at or said.at
        case e.CaseAdjudicated():
            case.adjudicated = said
        case e.FeedbackSent():
            case.feedback = said
        case e.ReplySubmitted():
            case.reply = said
        case e.ReplyExtended():
            case.extended = said
        case e.ReplyAnswered():
            case.answer = said
        case e.ResultFinal():
            case.final = said
        case _:
            return False
    return True


def _of_accountability(its: RoundState, subject: str, said: Said) -> None:
    entry = its.accountability.setdefault(subject, Accountability(subject))
    match said.body:
        case e.PersonHeard():
            entry.heard = said
        case e.MeasureRecorded():
            entry.measure = said
        case e.NoFaultRecorded():
            entry.no_fault = said
