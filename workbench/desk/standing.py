"""Where a case stands for the one who looks: what is theirs to do, and what it waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workbench.review import results
from workbench.review.state import CaseState, RoundState, Seat, Stage

# In the order in which a person works through them; the first ones are theirs to do.
STANDINGS = (
    "returned", "draft", "to_rate", "to_adjudicate", "to_answer", "to_assign", "to_tell",
    "to_finalise", "locked", "rating", "apart", "agreed", "told", "replied", "answered", "final",
)  # fmt: skip
MINE_TO_DO = frozenset(STANDINGS[:8])
TO_RATE = frozenset({"returned", "draft", "to_rate"})


@dataclass(frozen=True)
class Standing:
    """One case as one viewer sees it. `seat`: the number of their seat; 0 where they have none."""

    case: CaseState
    stage: Stage
    standing: str
    seat: int

    @property
    def to_do(self) -> bool:
        """Is it this viewer's turn?"""
        return self.standing in MINE_TO_DO


@dataclass(frozen=True)
class Viewer:
    """Who looks at a round, and as what."""

    id: str
    its: RoundState
    drafted: Collection[str] = ()

    def is_a(self, *roles: str) -> bool:
        """Has the viewer one of these roles in the round?"""
        return self.its.has_role(self.id, *roles)

    @property
    def name(self) -> str:
        """What people call the viewer; the id where the roster has no name."""
        person = self.its.reviewers.get(self.id)
        return person.name if person else self.id

    @property
    def roles(self) -> tuple[str, ...]:
        """All roles of the viewer here."""
        enrolled = self.its.reviewers.get(self.id)
        given = enrolled.roles if enrolled else ()
        lead = ("lead",) if self.is_a("lead") and "lead" not in given else ()
        return (*lead, *given)

    @property
    def unit_id(self) -> str:
        """The unit that the viewer speaks for; "" for none."""
        person = self.its.reviewers.get(self.id)
        return person.unit_id if person and "unit" in person.roles else ""

    def may_read(self, case: CaseState) -> bool:
        """May the viewer open the case itself, with its documents and findings?"""
        return case.seat_of(self.id) is not None or self.is_a("lead", "adjudicator")

    def views(self) -> list[str]:
        """The views that this viewer has, the one to begin with first."""
        reads = self.is_a("lead", "adjudicator", "reviewer")
        found = ["queue", "case"] if reads else []
        if self.is_a("lead"):
            found.append("lead")
        if self.unit_id:
            found.append("unit")
        if reads or self.unit_id or self.owns_fault():
            found.append("rectify")
        if self.is_a("officer"):
            found.append("results")
        return found

    def owns_fault(self) -> bool:
        """Is a rectification in this viewer's name?"""
        return any(fault.opened.owner == self.id for fault in self.its.faults.values())


def standing_of(viewer: Viewer, case: CaseState, today: str) -> Standing:
    """Where a case stands for a viewer."""
    stage = results.stage(viewer.its, case, today)
    seat = case.seat_of(viewer.id)
    found = _of_seat(viewer, case, seat, stage) if seat else _of_others(viewer, case, stage)
    return Standing(case, stage, found, seat.number if seat else 0)


def _of_seat(viewer: Viewer, case: CaseState, seat: Seat, stage: Stage) -> str:
    if stage in (Stage.reply, Stage.replied, Stage.answered, Stage.final):
        return _after_telling(viewer, case, stage)
    if seat.rating is None:
        if case.case_id in viewer.drafted:
            return "draft" if not seat.returned else "returned"
        return "returned" if seat.returned else "to_rate"
    if stage is Stage.rating:
        return "locked"
    return _waiting(viewer, case, stage)


def _of_others(viewer: Viewer, case: CaseState, stage: Stage) -> str:
    if stage is Stage.rating:
        full = len(case.seats) >= viewer.its.opened.ratings_per_case
        return "to_assign" if viewer.is_a("lead") and not full else "rating"
    if stage in (Stage.apart, Stage.agreed):
        return _waiting(viewer, case, stage)
    return _after_telling(viewer, case, stage)


def _waiting(viewer: Viewer, case: CaseState, stage: Stage) -> str:
    """Two are apart, or agree: whose turn is it?"""
    if stage is Stage.apart:
        may = viewer.is_a("adjudicator") and not case.seat_of(viewer.id)
        return "to_adjudicate" if may else "apart"
    return "to_tell" if viewer.is_a("lead") else "agreed"


def _after_telling(viewer: Viewer, case: CaseState, stage: Stage) -> str:
    if stage is Stage.replied:
        may = viewer.is_a("lead", "adjudicator") and not case.seat_of(viewer.id)
        return "to_answer" if may else "replied"
    if stage is Stage.answered:
        return "to_finalise" if viewer.is_a("lead") else "answered"
    return "told" if stage is Stage.reply else "final"


def readable(viewer: Viewer, today: str) -> Iterator[Standing]:
    """Every case that the viewer may open, in the order of the round."""
    for case in viewer.its.cases.values():
        if viewer.may_read(case):
            yield standing_of(viewer, case, today)


def next_to_rate(its: Collection[Standing], after: str) -> str | None:
    """The next case to rate behind one in the list, going round to its start; None if all are."""
    ids = [s.case.case_id for s in its]
    at = ids.index(after) + 1 if after in ids else 0
    ordered = [*list(its)[at:], *list(its)[:at]]
    return next((s.case.case_id for s in ordered
                 if s.standing in TO_RATE and s.case.case_id != after), None)  # fmt: skip


def counted(its: Collection[Standing]) -> Counter[str]:
    """How many cases stand where."""
    return Counter(s.standing for s in its)
