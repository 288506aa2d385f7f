"""The verbs of a review on one store: each reads where things stand, decides, writes or refuses.

Reading, deciding and writing happen under the store's lock, so that what was decided on is what
still stands when it is written. What may be said is decided in the rooms beside this one
(`opening`, `rating`, `replying`, `rectifying`, `accounting`); here is nothing but the way in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from workbench.review import accounting, opening, parts, rating, rectifying, replying, results
from workbench.review import entries as e
from workbench.review.acts import Act, case_of
from workbench.review.completeness import Missing, missing
from workbench.review.identity import identity
from workbench.review.reading import read_part, read_parts, read_rating
from workbench.review.refusals import Refused
from workbench.review.state import RoundState, Stage, State
from workbench.review.store import ReviewStore
from workbench.terms import WorkbenchError

if TYPE_CHECKING:
    import pandas as pd

Decide = Callable[[RoundState], list[Act]]


class Review:
    """A store of reviews, seen by one person on one day.

    >>> review = Review.open("review.sqlite", actor="li")       # doctest: +SKIP
    >>> review.submit("2026-01", "99-2025-000412", items)       # doctest: +SKIP
    """

    def __init__(
        self, store: ReviewStore, actor: str, today: Callable[[], date] = date.today,
        export_each: bool = False,
    ) -> None:  # fmt: skip
        self.store, self.actor, self._today = store, actor, today
        self._export_each = export_each
        self._state = State()

    @classmethod
    def open(
        cls,
        where: str | Path = "review.sqlite",
        actor: str | None = None,
        *,
        create: bool = True,
        today: Callable[[], date] = date.today,
        export_each: bool = False,
    ) -> Review:
        """Open a store (a SQLite file or a database URL) as a person (default: `identity()`).

        The head is exported when the review is closed; with `export_each` after every step, for
        those whose end nobody announces (the kernel of a page that somebody leaves).
        """
        store = ReviewStore.open(where, create=create)
        return cls(store, actor or identity(), today, export_each)

    def as_person(self, actor: str) -> Review:
        """The same store, seen by another person."""
        return Review(self.store, actor, self._today, self._export_each)

    def close(self) -> None:
        """Export the head if anything was written, and let go of the store."""
        self.store.close()

    def __enter__(self) -> Review:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    @property
    def today(self) -> str:
        """The day of every decision, ISO."""
        return self._today().isoformat()

    # ------------------------------------------------------------------ where things stand

    @property
    def state(self) -> State:
        """All rounds, up to the newest entry of the store."""
        self._catch_up(self.store.entries(after=self._state.seq))
        return self._state

    def round(self, round_id: str) -> RoundState:
        """One round; raises `Refused` where there is none of that id."""
        return _round(self.state, round_id)

    def stage(self, round_id: str, case_id: str) -> Stage:
        """How far a case has come."""
        its = self.round(round_id)
        return results.stage(its, case_of(its, case_id), self.today)

    def _catch_up(self, entries: Iterable[Any]) -> None:
        for entry in entries:
            self._state.fold(entry)

    def _act(self, round_id: str, decide: Decide, drop_draft: str = "") -> None:
        """Decide on what stands now and write it, all or nothing."""
        with self.store.writing() as writing:
            self._catch_up(writing.entries(after=self._state.seq))
            for act in decide(_round(self._state, round_id)):
                self._append(writing, round_id, act)
            if drop_draft:
                writing.drop_draft(self.actor, round_id, drop_draft)
        self._written()

    def _written(self) -> None:
        """What was written is read back; it stands, even where its head cannot be exported now."""
        self._catch_up(self.store.entries(after=self._state.seq))
        if self._export_each:
            with suppress(WorkbenchError):  # said when the store is closed, and by verify
                self.store.export_head()

    def _append(self, writing: Any, round_id: str, act: Act) -> None:
        e.read_body(e.NAMES[type(act.body)], e.to_body(act.body), "this step")  # or it would stay
        writing.append(e.NAMES[type(act.body)], self.actor, e.to_body(act.body),
                       round_id=round_id, subject=act.subject)  # fmt: skip

    # ------------------------------------------------------------------ the round

    def open_round(
        self, round_id: str, opened: e.RoundOpened, cases: dict[str, e.CaseDrawn]
    ) -> RoundState:
        """Open a round on cases that were drawn (`workbench.rounds.open_round` makes them)."""
        with self.store.writing() as writing:
            self._catch_up(writing.entries(after=self._state.seq))
            for act in opening.open_round(self._state, round_id, opened, cases):
                self._append(writing, round_id, act)
        self._written()
        return self.round(round_id)

    def enrol(self, round_id: str, *people: Any) -> None:
        """Put people (`entries.ReviewerEnrolled`, or their JSON) on the roster, all or none."""
        read = [read_part(person, e.ReviewerEnrolled) for person in people]
        self._act(round_id, lambda its: [
            act for person in read for act in opening.enrol(its, self.actor, person)
        ])  # fmt: skip

    def recuse(self, round_id: str, reviewer_id: str, from_id: str, reason: str) -> None:
        """Keep a reviewer away from a case, a unit or an officer's cases."""
        self._act(round_id, lambda its: opening.recuse(
            its, self.actor, reviewer_id, from_id, reason))  # fmt: skip

    def assign(self, round_id: str) -> list[Refused]:
        """Fill every empty seat; returns what could not be filled, with the reasons."""
        unfilled: list[Refused] = []

        def decide(its: RoundState) -> list[Act]:
            acts, left = opening.assign_all(its, self.actor)
            unfilled.extend(left)
            return acts

        self._act(round_id, decide)
        return unfilled

    def assign_to(self, round_id: str, case_id: str, reviewer_id: str) -> None:
        """Give the next seat of a case (the third, where two are apart) to somebody."""
        self._act(round_id, lambda its: opening.assign(its, self.actor, case_id, reviewer_id))

    def publish(self, round_id: str, what: str, where: str, on: str = "") -> None:
        """Record that scheme, process or results were disclosed."""
        day = on or self.today
        self._act(round_id, lambda its: opening.publish(its, self.actor, what, day, where))

    def close_round(self, round_id: str) -> None:
        """Close a round whose cases all have their final results."""
        self._act(round_id, lambda its: opening.close(its, self.actor, self.today))

    # ------------------------------------------------------------------ ratings

    def save_draft(self, round_id: str, case_id: str, draft: Mapping[str, Any]) -> None:
        """Keep what is rated so far; nobody else sees it, and it is no part of the record."""
        self.store.put_draft(self.actor, round_id, case_id, dict(draft))

    def draft(self, round_id: str, case_id: str) -> dict[str, Any] | None:
        """What was kept of a rating that is not submitted yet."""
        return self.store.draft(self.actor, round_id, case_id)

    def missing(
        self,
        round_id: str,
        case_id: str,
        items: Mapping[str, Any],
        vetoes: Mapping[str, Any] | None = None,
    ) -> list[Missing]:
        """What a rating still lacks, in the order of the rubric."""
        its = self.round(round_id)
        case = case_of(its, case_id)
        rubric = results.rubric_of(its, case)
        return missing(rubric, case.drawn, *read_rating(items, vetoes or {}))

    def score(
        self,
        round_id: str,
        case_id: str,
        items: Mapping[str, Any],
        vetoes: Mapping[str, Any] | None = None,
    ) -> parts.Score:
        """The running total of a rating, whole or not."""
        its = self.round(round_id)
        case = case_of(its, case_id)
        read = read_rating(items, vetoes or {})
        return results.score(results.rubric_of(its, case), case.drawn, *read)

    def filled_in(
        self, round_id: str, case_id: str, **said: Any
    ) -> tuple[dict[str, parts.Item], dict[str, parts.Decision]]:
        """Items and vetoes of a whole rating from what differs from the proposals: deduct,
        overturn, vetoes, absent, settle (`rating_form.filled_in`).
        """
        from workbench.review.rating_form import filled_in

        its = self.round(round_id)
        return filled_in(its, case_of(its, case_id), **said)

    def submit(
        self,
        round_id: str,
        case_id: str,
        items: Mapping[str, Any],
        vetoes: Mapping[str, Any] | None = None,
        note: str = "",
    ) -> None:
        """Lock a rating: items and vetoes as `entries.Item` and `entries.Decision`, or JSON."""
        read = read_rating(items, vetoes or {})
        self._act(round_id, lambda its: rating.submit(its, self.actor, case_id, *read, note),
                  drop_draft=case_id)  # fmt: skip

    def give_back(self, round_id: str, case_id: str, seat: int, reason: str) -> None:
        """Give a locked rating back to its reviewer."""
        self._act(round_id, lambda its: rating.give_back(its, self.actor, case_id, seat, reason))

    def show_others(self, round_id: str, case_id: str) -> None:
        """Record that this person has been shown the other ratings of a case."""
        if rating.show_others(self.round(round_id), self.actor, case_id):
            self._act(round_id, lambda its: rating.show_others(its, self.actor, case_id))

    def adjudicate(
        self,
        round_id: str,
        case_id: str,
        items: Mapping[str, Any],
        vetoes: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> None:
        """Settle a case whose ratings are apart."""
        read = read_rating(items, vetoes or {})
        self._act(round_id, lambda its: rating.adjudicate(
            its, self.actor, case_id, *read, reason), drop_draft=case_id)  # fmt: skip

    # ------------------------------------------------------------------ the reply, the result

    def send_feedback(self, round_id: str, unit_id: str, case_ids: list[str] | None = None) -> None:
        """Tell a unit the provisional results of its cases; its time to reply begins."""
        self._act(round_id, lambda its: replying.send_feedback(
            its, self.actor, unit_id, self.today, case_ids))  # fmt: skip

    def extend_reply(self, round_id: str, case_id: str, until: str, reason: str) -> None:
        """Give a unit more time to reply."""
        self._act(round_id, lambda its: replying.extend(its, self.actor, case_id, until, reason))

    def reply(self, round_id: str, case_id: str, items: Mapping[str, Any]) -> None:
        """Reply to every problem of a case (`entries.ReplyItem`, or its JSON, by problem id)."""
        read = read_parts(items, parts.ReplyItem)
        self._act(round_id, lambda its: replying.reply(
            its, self.actor, case_id, read, self.today))  # fmt: skip

    def answer(self, round_id: str, case_id: str, items: Mapping[str, Any]) -> None:
        """Answer every contested problem (`entries.Ruling`, or its JSON, by problem id)."""
        read = read_parts(items, parts.Ruling)
        self._act(round_id, lambda its: replying.answer(its, self.actor, case_id, read))

    def finalise(self, round_id: str, case_ids: Sequence[str]) -> None:
        """Make results final."""
        self._act(round_id, lambda its: replying.finalise(
            its, self.actor, list(case_ids), self.today))  # fmt: skip

    # ------------------------------------------------------------------ what follows

    def rectify(
        self,
        round_id: str,
        case_id: str,
        owners: Mapping[str, str],
        demands: Mapping[str, str],
        due_on: str | None = None,
    ) -> None:
        """Demand that the problems of a final result are put right ("" names all others)."""
        self._act(round_id, lambda its: rectifying.demand(
            its, self.actor, case_id, self.today, owners, demands, due_on))  # fmt: skip

    def prove(
        self, round_id: str, fault_id: str, text: str, files: Mapping[str, str] | None = None
    ) -> None:
        """Show that a fault is put right; `files`: name -> SHA-256."""
        self._act(round_id, lambda its: rectifying.prove(
            its, self.actor, fault_id, text, files or {}, self.today))  # fmt: skip

    def verify(self, round_id: str, fault_id: str, accepted: bool, reason: str) -> None:
        """Look at a proof of somebody else's: accept it, or give it back."""
        self._act(round_id, lambda its: rectifying.verify(
            its, self.actor, fault_id, accepted, reason, self.today))  # fmt: skip

    def escalate(self, round_id: str, fault_id: str, to: str, reason: str) -> None:
        """Tell somebody higher that a rectification is overdue."""
        self._act(round_id, lambda its: rectifying.escalate(
            its, self.actor, fault_id, to, reason, self.today))  # fmt: skip

    def retested(self, round_id: str, run_id: str, as_of: str, outcomes: Mapping[str, str]) -> None:
        """Record what a later run says of rectified faults."""
        self._act(round_id, lambda its: rectifying.retested(
            its, self.actor, run_id, as_of, outcomes))  # fmt: skip

    def hear(self, round_id: str, accountability_id: str, **heard: str) -> None:
        """Record a hearing: case_id, target, target_id, heard_on, pleas."""
        body = read_part(heard, e.PersonHeard)
        self._act(round_id, lambda its: accounting.hear(
            its, self.actor, accountability_id, body, self.today))  # fmt: skip

    def take_measure(self, round_id: str, accountability_id: str, **taken: str) -> None:
        """Record a measure: measure, decided_on, basis, appeal_told_on."""
        self._act(round_id, lambda its: accounting.measure(
            its, self.actor, accountability_id, **taken, today=self.today))  # fmt: skip

    def find_no_fault(self, round_id: str, accountability_id: str, **found: str) -> None:
        """Record that nobody was personally at fault: case_id, reason, decided_on."""
        self._act(round_id, lambda its: accounting.no_fault(
            its, self.actor, accountability_id, **found))  # fmt: skip

    def survey(
        self, round_id: str, organ_id: str, held_on: str, answers: int, satisfied: int
    ) -> None:
        """Record outside views of an organ."""
        self._act(round_id, lambda its: accounting.survey(
            its, self.actor, organ_id, held_on, answers, satisfied))  # fmt: skip

    def rate_organ(
        self, round_id: str, organ_id: str, rubric: Any, items: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Work an organ's score out and lock it (`workbench.organ_scores` brings the inputs)."""
        from workbench.review.organs import rate_organ

        read = read_parts(items, parts.Item)
        self._act(round_id, lambda its: rate_organ(
            its, self.actor, organ_id, rubric, read, inputs))  # fmt: skip

    # ------------------------------------------------------------------ what came of it

    def result_rows(self, round_id: str) -> dict[str, list[dict[str, Any]]]:
        """The tables of `results` as plain rows."""
        from workbench.review.round_frames import rows

        return rows(self.state, round_id, self.actor, self.today)

    def results(self, round_id: str) -> dict[str, pd.DataFrame]:
        """ratings, marks, results, problems, rectifications, agreement, reviewers, units, bands,
        combined: for lead and adjudicator at any time, for reviewers once the round is closed.
        """
        from workbench.review.round_frames import frames

        return frames(self.state, round_id, self.actor, self.today)

    def own_results(self, round_id: str, person: str = "") -> dict[str, pd.DataFrame]:
        """What became of the cases that an officer handled, once the unit was told."""
        from workbench.review.round_frames import own_frames

        return own_frames(self.round(round_id), self.actor, person or self.actor, self.today)

    def precision(self) -> pd.DataFrame:
        """How often each automatic check was right, by what people confirmed and overturned."""
        from workbench.review.precision import precision_frame

        return precision_frame(self.state)


def _round(state: State, round_id: str) -> RoundState:
    if round_id not in state.rounds:
        known = ", ".join(state.rounds) or "—"
        raise Refused("round_unknown", round=round_id, known=known)
    return state.rounds[round_id]
