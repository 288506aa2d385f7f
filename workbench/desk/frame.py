"""The frame around every view of the desk: which round, who looks, where one can go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.dashboards.views import Page
from workbench.desk.address import Here
from workbench.desk.desk import Desk
from workbench.desk.names import words_of
from workbench.desk.pages import View, fill, style
from workbench.display import Html, Language
from workbench.review.state import FaultStage, RoundState

_NAV = ("queue", "lead", "unit", "rectify", "results")


def page(
    desk: Desk, view: View, rounds: Sequence[RoundState], said: str = "", *, first: bool = False,
    live: bool = True,
) -> Page:  # fmt: skip
    """The whole page of one view."""
    here, w, its = desk.here, desk.w, desk.its
    other = "en" if here.language == "zh" else "zh"
    html = _frame(
        here, view, home=desk.base, first=first, live=live, said=said,
        title=w("page_title", page=view.title, run=its.opened.title),
        heading=its.opened.title,
        other={"href": here.link(language=other), "language": other},
        rounds=[{"href": Here(r.round_id, here.language).link(), "text": _called(r, w),
                 "here": r.round_id == its.round_id} for r in rounds],
        who=desk.viewer.name, roles=w.listed([desk.names.role(r) for r in desk.viewer.roles]),
        nav=[{"href": here.link(view=name, state=None), "text": w(f"nav_{name}"),
              "here": here.view == name or (here.view == "case" and name == "queue"),
              "count": _count(desk, name)}
             for name in _NAV if name in desk.viewer.views()],
        closed=w("round_closed_on", day=its.closed.at[:10]) if its.closed else "",
    )  # fmt: skip
    return Page(html, here.link())


def _called(its: RoundState, w: Any) -> str:
    closed = f"（{w('closed')}）" if w.language == "zh" else f" ({w('closed')})"
    return its.opened.title + (closed if its.closed else "")


def _count(desk: Desk, name: str) -> int:
    """How much of a view is the viewer's turn."""
    if name == "queue":
        return sum(s.to_do for s in desk.standings)
    if name == "unit":
        its = [c for c in desk.its.cases.values() if c.drawn.unit_id == desk.viewer.unit_id]
        return sum(bool(c.feedback and not c.reply and not c.final
                        and desk.today <= c.reply_due_on) for c in its)  # fmt: skip
    if name == "rectify":
        faults = desk.its.faults.values()
        mine = [f for f in faults if desk.viewer.unit_id == f.opened.unit_id
                or f.opened.owner == desk.viewer.id]  # fmt: skip
        return sum(f.stage in (FaultStage.open, FaultStage.returned) for f in mine)
    return 0


def nothing(
    language: Language, viewer: str, base: str, why: str, *, first: bool = False, live: bool = True
) -> Page:
    """The page where there is no round to show: why, and what to do."""
    w = words_of(language)
    here = Here(language=language)
    body = fill("nothing.html.j2", w=w, why=w(why, viewer=viewer), how=w(f"{why}_how"))
    return Page(_plain(here, body, base, viewer, first=first, live=live), here.link())


def failed(language: Language, number: str, address: str) -> Page:
    """The page in place of a view that could not be computed; its address stays."""
    w, here = words_of(language), Here(language=language)
    body = fill("failed.html.j2", w=w, number=number, up=here.link())
    return Page(_plain(here, body, "", ""), address)


def _plain(
    here: Here, body: Html, base: str, who: str, *, first: bool = False, live: bool = True
) -> Html:
    w = words_of(here.language)
    other = "en" if here.language == "zh" else "zh"
    return _frame(
        here, View(body, w("desk")), home=base, first=first, live=live, said="", title=w("desk"),
        heading=w("desk"), other={"href": here.link(language=other), "language": other},
        rounds=[], who=who, roles="", nav=[], closed="",
    )  # fmt: skip


def _frame(here: Here, view: View, *, first: bool, live: bool, **parts: Any) -> Html:
    return fill(
        "desk.html.j2", w=words_of(here.language), id="wb-first" if first else "wb-page",
        style=style() if first else "", live=live, language=here.language, here=here.link(),
        body=view.html, wide=view.wide, **parts,
    )  # fmt: skip
