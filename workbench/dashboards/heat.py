"""Units by checks: where it fails. Counts with their denominator; too few are never coloured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbench.dashboards.data import ROWS, RunData
from workbench.dashboards.state import NO_UNIT, State
from workbench.dashboards.view import check_title, fill, unit_name, words_of
from workbench.display import Html, count, text_of
from workbench.reports.report_words import Words, share
from workbench.reports.results import grouped_checks
from workbench.terms import Outcome
from workbench.weak_links import MINIMUM_DECIDED

# Lower ends of the colours; equal steps would leave nearly all cells of a bureau in the first.
STEPS = (0.0, 0.02, 0.05, 0.10, 0.20, 0.40)
_COLUMNS = 14
_HEAD_WIDTH, _CELL_WIDTH = {False: 260, True: 388}, 190  # pixels: few columns stay close together
Counts = Mapping[str, int]
_NONE: Counts = dict.fromkeys((outcome.name for outcome in Outcome), 0)


class _Map:
    """One heat map being made: its run, its filters, its counts."""

    def __init__(self, data: RunData, state: State):
        self.data, self.state, self.w = data, state, words_of(state.language)
        self.cells = data.by_unit(state)
        # All units together, also while one is chosen: a rate says more beside the bureau's own.
        self.everywhere = replace(state, unit=None)
        self.totals = data.by_check(self.everywhere)
        # What belongs to no unit stands last.
        self.units = sorted({unit for _, unit in self.cells}, key=lambda u: (u == NO_UNIT, u))
        self.checks = [check for _, its in self.groups() for check in its]

    def groups(self) -> list[tuple[str, list[str]]]:
        """Checks by system."""
        given = grouped_checks(self.data.results.checks)
        others = self.w("others") if len(given) > 1 else ""
        return [(text_of(t, self.state.language) if t else others, its) for t, its in given]

    def cell(self, check: str, unit: str | None) -> dict[str, Any]:
        """One cell: rate, failed / decided, how many cannot be told, and where a click leads."""
        found_here = self.totals.get(check) if unit is None else self.cells.get((check, unit))
        counts = found_here or _NONE
        title = check_title(self.data, check, self.state.language)
        where = (
            unit_name(self.data, unit, self.state.language) if unit else self.w("heat_all_units")
        )
        if check in self.data.manifest["untested"]:
            word = self.w("untested_cell")
            return {"heat": "none", "rate": word, "href": "", "title": f"{where} {title}",
                    "all": unit is None}  # fmt: skip
        decided = counts["passed"] + counts["failed"]
        in_scope = decided + counts["cannot_tell"] + counts["not_yet_due"]
        words = {"unit": where, "check": title, "decided": decided, **counts}
        found = {"title": self.w("cell_title", **words), "all": unit is None}
        if not in_scope:
            return {**found, "heat": "none", "rate": "–", "href": ""}
        few = decided < MINIMUM_DECIDED
        outcome = "failed" if counts["failed"] or not counts["cannot_tell"] else "cannot_tell"
        if not decided and not counts["cannot_tell"]:
            outcome = "not_yet_due"
        return {
            **found,
            "heat": "few" if few else step_of(counts["failed"] / decided),
            "rate": "" if few else share(counts["failed"] / decided),
            "fraction": f"{count(counts['failed'])}/{count(decided)}",
            "unknown": count(counts["cannot_tell"]) if counts["cannot_tell"] else "",
            "check": check,
            "unit": unit or "",
            "href": self.state.link(page="check", check=check, unit=unit, outcome=outcome, at=0),
        }

    def check_head(self, check: str) -> dict[str, Any]:
        """What stands for a check beside or above its cells."""
        about = self.data.checks[check]
        title = check_title(self.data, check, self.state.language)
        grave = about["grade"] == "veto"
        return {"text": title, "title": about["clause"], "all": False,
                "href": self.state.link(page="check", check=check, at=0),
                "grade": about["grade"], "tag": self.w("veto") if grave else ""}  # fmt: skip

    def unit_head(self, unit: str) -> dict[str, Any]:
        """What stands for a unit: a click shows everything of this unit alone."""
        name = unit_name(self.data, unit, self.state.language)
        link = self.state.link(unit=unit, at=0)
        return {"text": name, "title": name, "href": link, "tag": "", "grade": "", "all": False}

    def everyone(self) -> dict[str, Any]:
        """The head of all units together."""
        text = self.w("heat_all_units")
        href = self.everywhere.link(at=0) if self.state.unit else ""
        return {"text": text, "title": text, "href": href, "tag": "", "grade": "", "all": True}


def heat_map(data: RunData, state: State) -> Html:
    """The table of units by checks, a page of units at a time.

    Checks stand below one another, unless there are more units than fit side by side and few
    checks: then units do.
    """
    its = _Map(data, state)
    turned = len(its.units) > _COLUMNS >= len(its.checks)
    view = _by_unit(its) if turned else _by_check(its)
    widest = _HEAD_WIDTH[turned] + _CELL_WIDTH * len(view["heads"])
    return fill("heat.html.j2", w=its.w, turned=turned, scale=_scale(), widest=widest, **view)


def step_of(rate: float) -> int:
    """The colour of a rate between 0 and 1: 0 for none failed, then 1 to 6.

    >>> step_of(0.0), step_of(0.001), step_of(0.05), step_of(1.0)
    (0, 1, 3, 6)
    """
    return sum(rate >= step for step in STEPS) if rate > 0 else 0


def _by_check(its: _Map) -> dict[str, Any]:
    total = len(its.units)
    at = its.state.at if its.state.at * _COLUMNS < total else 0
    columns: list[str | None] = [None, *its.units[at * _COLUMNS : (at + 1) * _COLUMNS]]
    if total == 1 and its.state.unit is None:  # it is all units
        columns = [*its.units]
    groups = [
        {
            "title": title,
            "rows": [
                {**its.check_head(check), "cells": [its.cell(check, unit) for unit in columns]}
                for check in checks
            ],
        }
        for title, checks in its.groups()
    ]
    heads = [its.unit_head(unit) if unit else its.everyone() for unit in columns]
    return {"corner": its.w("unit_or_check"), "heads": heads, "groups": groups,
            "pages": _pages(its.state, at, total, _COLUMNS, its.w)}  # fmt: skip


def _by_unit(its: _Map) -> dict[str, Any]:
    """Many units: a page of them at a time, all units together on top of each page."""
    state, total = its.state, len(its.units)
    at = state.at if state.at * ROWS < total else 0
    shown: list[str | None] = [None, *its.units[at * ROWS : (at + 1) * ROWS]]
    rows = [
        {
            **(its.unit_head(unit) if unit else its.everyone()),
            "cells": [its.cell(check, unit) for check in its.checks],
        }
        for unit in shown
    ]
    heads = [its.check_head(check) for check in its.checks]
    groups = [{"title": "", "rows": rows}]
    return {"corner": its.w("check_or_unit"), "heads": heads, "groups": groups,
            "pages": _pages(state, at, total, ROWS, its.w)}  # fmt: skip


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
