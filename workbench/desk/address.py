"""Where the viewer of the desk is: round, view, case, filters; comes from the browser.

An address travels behind `#`, as on the leadership dashboard; what does not exist is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import quote_plus

from workbench.display import Language

VIEWS = ("queue", "case", "lead", "unit", "rectify", "results")
WHOSE = ("mine", "all")
PANES = ("facts", "files")
_SHORT = {"language": "lang"}
_ALWAYS = ("round", "language")


@dataclass(frozen=True)
class Here:
    """One view of one round. `None` is no choice.

    `state`, `unit`, `kind` and `whose` filter lists; `pane` and `doc` say what the left of a case
    shows; `seen`: the warning about an altered original was read; `person` opens a part of the
    lead's page.
    """

    round: str = ""
    language: Language = "zh"
    view: str = "queue"
    case: str | None = None
    state: str | None = None
    unit: str | None = None
    kind: str | None = None
    whose: str = "mine"
    pane: str = "facts"
    doc: str | None = None
    seen: str | None = None
    basis: str | None = None  # whose rating an adjudication starts from

    def link(self, **changes: object) -> str:
        """The address of this view with some things changed.

        >>> Here(round="2026-01", unit="U 1").link(view="case", case="c1")
        '#round=2026-01&lang=zh&view=case&case=c1&unit=U+1'
        """
        its = {**vars(self), **changes}
        if its["view"] != "case":
            its |= {"case": None, "pane": "facts", "doc": None, "seen": None, "basis": None}
        given = [
            f"{_SHORT.get(name, name)}={quote_plus(str(value), safe=',*/')}"
            for name, value in its.items()
            if value not in (None, "") and (name in _ALWAYS or value != _PLAIN[name])
        ]
        return "#" + "&".join(given)

    def to_case(self, case: str) -> str:
        """The address of another case, filters kept, the left pane as it is."""
        return self.link(view="case", case=case, doc=None, seen=None, basis=None)


_PLAIN: dict[str, Any] = {f.name: f.default for f in fields(Here)}


@dataclass(frozen=True)
class Known:
    """What there is to choose from for this viewer in this round."""

    views: Collection[str]
    cases: Collection[str]
    states: Collection[str]
    units: Collection[str]
    kinds: Collection[str]
    whose: Collection[str] = WHOSE


def read_here(parts: Mapping[str, str], round_id: str, language: Language, known: Known) -> Here:
    """An address of which every part exists. Never raises: an address is anyone's text."""

    def one_of(name: str, allowed: Collection[str]) -> str | None:
        value = parts.get(name)
        return value if value in allowed else None

    view = one_of("view", known.views) or next(iter(known.views))
    case = one_of("case", known.cases)
    if view == "case" and case is None:
        view = next(iter(known.views))
    here = Here(
        round=round_id, language=language, view=view,
        state=one_of("state", known.states), unit=one_of("unit", known.units),
        kind=one_of("kind", known.kinds), whose=one_of("whose", known.whose) or "mine",
    )  # fmt: skip
    if view != "case":
        return here
    return replace(
        here, case=case, pane=one_of("pane", PANES) or "facts", doc=parts.get("doc"),
        seen=one_of("seen", ("1",)), basis=one_of("basis", ("1", "2", "3", "4", "5")),
    )  # fmt: skip
