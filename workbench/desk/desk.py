"""What every view of the desk is made with: who looks, at which round, in which language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.desk.address import Here
from workbench.desk.names import Names
from workbench.desk.runs import OpenRun, Read, Runs
from workbench.desk.standing import Standing, Viewer, readable
from workbench.display import text_of
from workbench.reports.report_words import Words
from workbench.review.review import Review
from workbench.review.state import CaseState, RoundState


@dataclass(frozen=True)
class Desk:
    """One viewer in one round, at one address."""

    review: Review
    its: RoundState
    viewer: Viewer
    here: Here
    names: Names
    runs: Runs
    base: str = ""  # the address of our own server; "" in a notebook

    @property
    def w(self) -> Words:
        """The words of the viewer's language."""
        return self.names.w

    @property
    def today(self) -> str:
        """The day, ISO."""
        return self.review.today

    @cached_property
    def standings(self) -> Sequence[Standing]:
        """Every case that the viewer may open, where it stands for them."""
        return tuple(readable(self.viewer, self.today))

    @cached_property
    def run(self) -> OpenRun | None:
        """The run that the round was drawn from, if it is served here."""
        return self.runs.of(self.its.opened.origin.run_id)

    def read(self, case: CaseState) -> Read | None:
        """The case as the run has it; None where the run is not here or has no such case."""
        return self.run.read(case.case_id, self.here.language) if self.run else None

    def kind(self, case: CaseState) -> str:
        """The kind of a case in words, as the round has kept them."""
        kind = case.drawn.kind
        if kind in self.its.opened.words:
            return text_of(self.its.opened.words[kind], self.here.language)
        return self.names.rubric(case)
