"""Units by checks: where it fails. Counts with their denominator; too few are never coloured.

Where there are more checks than fit on a screen, those of a topic stand together in one row, which
can be opened. Which topics are open is a part of the address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.dashboards.data import ROWS, RunData
from workbench.dashboards.heat_cells import STEPS, Cells, Counts, decided
from workbench.dashboards.state import ALL, NO_UNIT, State, check_link
from workbench.dashboards.topics import topics_by_system
from workbench.dashboards.view import fill, unit_name, words_of
from workbench.display import Html, text_of
from workbench.reports.report_words import Words

_COLUMNS = 14
# pixels: few columns stay close together; topics say more than checks
_HEAD_WIDTH, _CELL_WIDTH = {"": 260, "turned": 388, "folded": 320}, 190


class _Map:
    """One heat map being made: its run, its filters, its counts."""

    def __init__(self, data: RunData, state: State):
        self.data, self.state, self.w = data, state, words_of(state.language)
        self.cells = Cells(data, state)
        self.everywhere = replace(state, unit=None)
        self.folded = data.known.topics
        self.systems = topics_by_system(data.results.checks)
        # What belongs to no unit stands last.
        units = {unit for _, unit in self.cells.counts}
        self.units = sorted(units, key=lambda u: (u == NO_UNIT, u))
        self.checks = [c for _, groups in self.systems for _, its in groups for c in its]
        self._view = state.link(page="check", at=0)

    def check_head(self, check: str) -> dict[str, Any]:
        """What stands for a check beside or above its cells."""
        about = self.data.checks[check]
        grave = about["grade"] == "veto"
        return {"text": self.cells.title(check), "title": about["clause"], "all": False,
                "href": check_link(self._view, check),
                "grade": about["grade"], "tag": self.w("veto") if grave else ""}  # fmt: skip

    def unit_head(self, unit: str | None) -> dict[str, Any]:
        """What stands for a unit: a click shows everything of this unit alone."""
        if unit:
            name = unit_name(self.data, unit, self.state.language)
            href = self.state.link(unit=unit, at=0)
        else:
            name = self.w("heat_all_units")
            href = self.everywhere.link(at=0) if self.state.unit else ""
        return {"text": name, "title": name, "href": href, "tag": "", "grade": "",
                "all": unit is None}  # fmt: skip

    def check_row(self, check: str, units: Sequence[str | None]) -> dict[str, Any]:
        """A check in each of these units."""
        return {**self.check_head(check), "cells": [self.cells.check(check, u) for u in units]}

    def topic_row(
        self, topic: str, checks: Sequence[str], units: Sequence[str | None]
    ) -> dict[str, Any]:
        """A topic in each of these units, how many of its checks failed, and the worst of them."""
        title = text_of(self.data.known.topics[topic], self.state.language)
        # Of all units together, as the first column: also while one unit is chosen.
        its = {check: self.cells.of(check, None) for check in checks}
        worst = self.cells.worst(checks, its)
        if worst:
            worst["href"] = check_link(self._view, worst["id"])
        return {
            "topic": topic, "text": title, "about": self._about(its), "worst": worst,
            "open": self.state.opens(topic), "href": self.state.toggle(topic, self.folded),
            "cells": [self.cells.topic(title, checks, unit) for unit in units],
        }  # fmt: skip

    def _about(self, its: Mapping[str, Counts]) -> str:
        """How many checks a topic has, and how many of them failed; never praise for nothing."""
        untested = sum(check in self.cells.untested for check in its)
        if untested == len(its):
            return self.w("topic_none_tested", n=len(its))
        if not any(map(decided, its.values())):
            return self.w("topic_none_decided", n=len(its))
        failing = sum(bool(counts["failed"]) for counts in its.values())
        about = self.w("topic_checks", n=len(its), failing=failing)
        return about + (self.w("topic_untested", n=untested) if untested else "")


def heat_map(data: RunData, state: State) -> Html:
    """The table of units by checks, a page of units at a time.

    Checks stand below one another, unless there are more units than fit side by side and few
    checks: then units do.
    """
    its = _Map(data, state)
    turned = len(its.units) > _COLUMNS >= len(its.checks)
    view = _by_unit(its) if turned else _by_check(its)
    shape = "turned" if turned else "folded" if its.folded else ""
    widest = _HEAD_WIDTH[shape] + _CELL_WIDTH * len(view["heads"])
    return fill("heat.html.j2", w=its.w, shape=shape, scale=_scale(), widest=widest,
                folds=_folds(its), **view)  # fmt: skip


def _by_check(its: _Map) -> dict[str, Any]:
    total = len(its.units)
    at = its.state.at if its.state.at * _COLUMNS < total else 0
    columns: list[str | None] = [None, *its.units[at * _COLUMNS : (at + 1) * _COLUMNS]]
    if total == 1 and its.state.unit is None:  # it is all units
        columns = [*its.units]
    others = its.w("others") if len(its.systems) > 1 else ""
    bodies = []
    for title, groups in its.systems:
        name = text_of(title, its.state.language) if title else others
        for place, (topic, checks) in enumerate(groups):
            folded = topic in its.folded
            shown = checks if not folded or its.state.opens(topic) else ()
            bodies.append({
                "title": "" if place else name,
                "topic": its.topic_row(topic, checks, columns) if folded else None,
                "rows": [its.check_row(check, columns) for check in shown],
            })  # fmt: skip
    heads = [its.unit_head(unit) for unit in columns]
    corner = its.w("unit_or_topic" if its.folded else "unit_or_check")
    return {"corner": corner, "heads": heads, "bodies": bodies,
            "pages": _pages(its.state, at, total, _COLUMNS, its.w)}  # fmt: skip


def _by_unit(its: _Map) -> dict[str, Any]:
    """Many units: a page of them at a time, all units together on top of each page."""
    state, total = its.state, len(its.units)
    at = state.at if state.at * ROWS < total else 0
    shown: list[str | None] = [None, *its.units[at * ROWS : (at + 1) * ROWS]]
    rows = [
        {**its.unit_head(unit), "cells": [its.cells.check(check, unit) for check in its.checks]}
        for unit in shown
    ]
    heads = [its.check_head(check) for check in its.checks]
    return {"corner": its.w("check_or_unit"), "heads": heads,
            "bodies": [{"title": "", "topic": None, "rows": rows}],
            "pages": _pages(state, at, total, ROWS, its.w)}  # fmt: skip


def _folds(its: _Map) -> dict[str, str]:
    """Where every topic is open, and where none is; nothing where none is folded."""
    if not its.folded:
        return {}
    opened = its.state.opened
    return {"open": its.state.link(opened=ALL) if opened != ALL else "",
            "fold": its.state.link(opened="") if opened else ""}  # fmt: skip


def _pages(state: State, at: int, total: int, rows: int, w: Words) -> dict[str, Any]:
    if total <= rows:
        return {"text": ""}
    end = min((at + 1) * rows, total)
    return {
        "text": w("units_shown", start=at * rows + 1, end=end, total=total),
        "previous": replace(state, at=at - 1).link() if at else "",
        "next": replace(state, at=at + 1).link() if end < total else "",
    }


def _scale() -> list[str]:
    """What the colours stand for: 0, then where each of them ends."""
    ends = [*STEPS[1:], 1.0]
    return ["0", *(f"{low:.0%}–{high:.0%}" for low, high in zip(STEPS, ends, strict=True))]
