"""One person at the desk: the page for an address, and what is done there.

Who the person is comes from the server or the environment (`identity`), never from the browser.
All that comes from the browser is anyone's text: addresses name things that exist, or the first
view; what is done goes through `Review`, which checks and may refuse it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from workbench.dashboards.session import viewer_role
from workbench.dashboards.state import parse
from workbench.dashboards.views import Page
from workbench.desk import frame
from workbench.desk.address import Known, read_here
from workbench.desk.case_view import case_view, prepare_next
from workbench.desk.desk import Desk
from workbench.desk.doing import do
from workbench.desk.done import Done
from workbench.desk.drafting import keep
from workbench.desk.lead_view import lead_view
from workbench.desk.names import Names, words_of
from workbench.desk.pages import View
from workbench.desk.queue_view import queue_view
from workbench.desk.rectify_view import rectify_view
from workbench.desk.results_view import results_view
from workbench.desk.runs import Runs
from workbench.desk.standing import STANDINGS, Viewer
from workbench.desk.unit_view import unit_view
from workbench.display import Language
from workbench.review.refusals import Refused
from workbench.review.review import Review
from workbench.review.state import RoundState
from workbench.terms import InputError, UsageError, WorkbenchError

_VIEWS: dict[str, Callable[[Desk], View]] = {
    "queue": queue_view,
    "case": case_view,
    "lead": lead_view,
    "unit": unit_view,
    "rectify": rectify_view,
    "results": results_view,
}


class DeskSession:
    """A store of reviews and a folder of runs, as one person sees them.

    `base` is the address of the server that shows the page; empty in a notebook.
    """

    def __init__(
        self, runs: Path, store: str | Path, viewer: str, base: str = "",
        today: Callable[[], date] = date.today,
    ) -> None:  # fmt: skip
        self.base, self.viewer, self.where = base, viewer, store
        self._runs, self._today = Runs(runs, viewer_role()), today
        self._review: Review | None = None

    def page(self, address: str, *, first: bool = False, live: bool = True) -> Page:
        """The page for an address; never raises for anything that the address says."""
        parts = parse(address)
        desk = self._desk(parts)
        if desk is None:
            return self._bare(parts, first=first, live=live)
        return self._drawn(desk, "", first=first, live=live)

    def do(self, address: str, verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Do something and answer with the page that follows; or with why it is refused."""
        desk = self._desk(parse(address))
        if desk is None:
            return {"html": str(self._bare(parse(address)).html)}
        try:
            done = do(desk, verb, given)
        except Refused as error:
            return {"refused": desk.names.refused(error)}
        except (UsageError, InputError) as error:
            return {"refused": str(error)}
        if not isinstance(done, Done):
            return done
        after = self._desk(parse(done.address))
        if after is None:
            return {"html": str(self._bare(parse(done.address)).html)}
        return {"html": str(self._drawn(after, done.said).html)}

    def keep(self, address: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a draft; answers with what has changed by it."""
        desk = self._desk(parse(address))
        if desk is None:
            return {"refused": ""}
        try:
            return keep(desk, said)
        except Refused as error:
            return {"refused": desk.names.refused(error)}
        except (UsageError, InputError) as error:
            return {"refused": str(error)}

    def left(self, address: str) -> dict[str, Any]:
        """The left of a case alone, so that the form beside it stays as it is."""
        from workbench.desk.case_view import left_of

        desk = self._desk(parse(address))
        if desk is None or desk.here.view != "case":
            return {"html": str(self.page(address).html)}
        return {"pane": str(left_of(desk)), "here": desk.here.link()}

    def prepare(self, address: str) -> None:
        """While the person reads: make what they will most likely ask for next."""
        desk = self._desk(parse(address))
        if desk is not None and desk.here.view == "case":
            prepare_next(desk)

    def trouble(self, address: str, number: str) -> str:
        """The sentence in place of an answer that could not be worked out."""
        return words_of(_language(parse(address)))("trouble", number=number)

    def failure(self, address: str, number: str) -> Page:
        """The page in place of a view that could not be computed; says a number, no traceback."""
        return frame.failed(_language(parse(address)), number, address)

    # ------------------------------------------------------------------ inside

    def _drawn(self, desk: Desk, said: str, *, first: bool = False, live: bool = True) -> Page:
        view = _VIEWS[desk.here.view](desk)
        return frame.page(desk, view, self._rounds(), said, first=first, live=live)

    def _bare(self, parts: Mapping[str, str], *, first: bool = False, live: bool = True) -> Page:
        """There is no store, no round, or none that is this person's."""
        there = self._opened() is not None
        return frame.nothing(_language(parts), self.viewer, self.base,
                             "no_round_yours" if there and self._opened_rounds() else "no_rounds",
                             first=first, live=live)  # fmt: skip

    def _opened(self) -> Review | None:
        """The review; None while there is no store yet, which is looked for again each time."""
        if self._review is None:
            try:
                self._review = Review.open(self.where, self.viewer, create=False,
                                           today=self._today, export_each=True)  # fmt: skip
            except WorkbenchError:
                return None
        return self._review

    def _opened_rounds(self) -> bool:
        return bool(self._review and self._review.state.rounds)

    def _rounds(self) -> list[RoundState]:
        """The rounds in which the viewer has a part, the newest first."""
        review = self._opened()
        if review is None:
            return []
        mine = [its for its in review.state.rounds.values() if Viewer(self.viewer, its).views()]
        return sorted(mine, key=lambda its: (its.closed is None, its.opened_at), reverse=True)

    def _desk(self, parts: Mapping[str, str]) -> Desk | None:
        rounds = {its.round_id: its for its in self._rounds()}
        if not rounds:
            return None
        assert self._review
        its = rounds.get(parts.get("round", "")) or self._of_run(parts, rounds)
        drafted = self._review.store.drafted(self.viewer, its.round_id)
        viewer = Viewer(self.viewer, its, frozenset(drafted))
        language = _language(parts)
        here = read_here(parts, its.round_id, language, _known(viewer))
        return Desk(self._review, its, viewer, here, Names(its, language), self._runs, self.base)

    def _of_run(self, parts: Mapping[str, str], rounds: Mapping[str, RoundState]) -> RoundState:
        """The newest round; of a run that the address names (the home page's), the newest of it."""
        its = list(rounds.values())
        return next((r for r in its if r.opened.origin.run_id == parts.get("run")), its[0])


def _known(viewer: Viewer) -> Known:
    cases = viewer.its.cases.values()
    return Known(
        views=viewer.views(),
        cases=[c.case_id for c in cases if viewer.may_read(c)],
        states=[*STANDINGS, "to_do"],
        units=sorted({c.drawn.unit_id for c in cases}),
        kinds=sorted({c.drawn.kind for c in cases}),
    )


def _language(parts: Mapping[str, str]) -> Language:
    return "en" if parts.get("lang") == "en" else "zh"
