"""The cells of the heat map: a check in a unit, and the checks of a topic together.

Rates are failed / decided. What cannot be told stands beside them, and too few give no rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.dashboards.data import RunData
from workbench.dashboards.links_data import flagged_cells
from workbench.dashboards.state import State, check_link
from workbench.dashboards.view import check_title, unit_name, words_of
from workbench.display import count
from workbench.reports.report_words import share
from workbench.terms import Outcome
from workbench.weak_links import MINIMUM_DECIDED

# Lower ends of the colours; equal steps would leave nearly all cells of a bureau in the first.
STEPS = (0.0, 0.02, 0.05, 0.10, 0.20, 0.40)
Counts = Mapping[str, int]
_NONE: Counts = dict.fromkeys((outcome.name for outcome in Outcome), 0)


class Cells:
    """The counts of one run under some filters, cell by cell; the unit None is all of them."""

    def __init__(self, data: RunData, state: State):
        self.data, self.state, self.w = data, state, words_of(state.language)
        self.counts = data.by_unit(state)
        # All units together, also while one is chosen: a rate says more beside the bureau's own.
        self.totals = data.by_check(replace(state, unit=None))
        self.untested = data.manifest["untested"]
        # Weak links are of the whole period and all kinds; of a part of it they say nothing.
        part = replace(state, unit=None).filtered
        self.weak = set() if part else flagged_cells(data)
        self._columns: dict[str | None, tuple[str, str]] = {}

    def of(self, check: str, unit: str | None) -> Counts:
        """The five counts of a check in a unit."""
        found = self.totals.get(check) if unit is None else self.counts.get((check, unit))
        return found or _NONE

    def title(self, check: str) -> str:
        """What people call a check."""
        return check_title(self.data, check, self.state.language)

    def check(self, check: str, unit: str | None) -> dict[str, Any]:
        """One cell: rate, failed / decided, how many cannot be told, and where a click leads."""
        counts, (where, view) = self.of(check, unit), self._column(unit)
        if check in self.untested:
            return {"heat": "none", "rate": self.w("untested_cell"), "href": "", "weak": False,
                    "title": f"{where} {self.title(check)}", "all": unit is None}  # fmt: skip
        words = {"unit": where, "check": self.title(check), "decided": decided(counts), **counts}
        found = {**_shown(counts), "title": self.w("cell_title", **words), "all": unit is None,
                 "weak": False}  # fmt: skip
        if not in_scope(counts):
            return {**found, "href": ""}
        href = check_link(view, check, _outcome(counts))
        if (check, unit) in self.weak:
            found |= {"weak": True, "title": found["title"] + self.w("weak_cell")}
        return {**found, "check": check, "unit": unit or "", "href": href}

    def topic(self, title: str, checks: Sequence[str], unit: str | None) -> dict[str, Any]:
        """The checks of a topic added up, and which of them is the worst in this unit."""
        its = {check: self.of(check, unit) for check in checks if check not in self.untested}
        counts = {name: sum(one[name] for one in its.values()) for name in _NONE}
        words = {"unit": self._column(unit)[0], "topic": title, "n": len(its),
                 "decided": decided(counts), **counts}  # fmt: skip
        # One case under five checks is still one case: the sum alone is not enough for a rate.
        enough = any(decided(one) >= MINIMUM_DECIDED for one in its.values())
        found = {**_shown(counts, enough), "title": self.w("topic_cell_title", **words),
                 "worst": "", "all": unit is None}  # fmt: skip
        if not its:
            return {**found, "rate": self.w("untested_cell")}
        worst = self.worst(checks, its)
        if not worst:
            return found
        found["title"] += self.w("topic_cell_worst", **worst)
        return {**found, "worst": step_of(worst["failed"] / worst["decided"])}

    def worst(self, checks: Sequence[str], its: Mapping[str, Counts]) -> dict[str, Any]:
        """The check with the highest failure rate; {} where none failed among enough decided."""
        ranked = [
            (its[check]["failed"] / decided(its[check]), its[check]["failed"], check)
            for check in checks
            if check in its and its[check]["failed"] and decided(its[check]) >= MINIMUM_DECIDED
        ]
        if not ranked:
            return {}
        rate, failed, check = max(ranked)
        return {"id": check, "check": self.title(check), "rate": share(rate), "failed": failed,
                "decided": decided(its[check])}  # fmt: skip

    def _column(self, unit: str | None) -> tuple[str, str]:
        """What a unit is called, and how the addresses of its checks begin: once for all cells."""
        if unit not in self._columns:
            language = self.state.language
            where = unit_name(self.data, unit, language) if unit else self.w("heat_all_units")
            view = self.state.link(page="check", unit=unit, check=None, outcome="failed",
                                   subject=None, at=0)  # fmt: skip
            self._columns[unit] = where, view
        return self._columns[unit]


def decided(counts: Counts) -> int:
    """The denominator of every rate."""
    return counts["passed"] + counts["failed"]


def in_scope(counts: Counts) -> int:
    """Everything that the check asks something of, whether it can be told or not."""
    return decided(counts) + counts["cannot_tell"] + counts["not_yet_due"]


def step_of(rate: float) -> int:
    """The colour of a rate between 0 and 1: 0 for none failed, then 1 to 6.

    >>> step_of(0.0), step_of(0.001), step_of(0.05), step_of(1.0)
    (0, 1, 3, 6)
    """
    return sum(rate >= step for step in STEPS) if rate > 0 else 0


def _shown(counts: Counts, enough: bool = True) -> dict[str, Any]:
    """What is read in a cell, and its colour."""
    if not in_scope(counts):
        return {"heat": "none", "rate": "–"}
    of = decided(counts)
    few = of < MINIMUM_DECIDED or not enough
    return {
        "heat": "few" if few else step_of(counts["failed"] / of),
        "rate": "" if few else share(counts["failed"] / of),
        "fraction": f"{count(counts['failed'])}/{count(of)}",
        "unknown": count(counts["cannot_tell"]) if counts["cannot_tell"] else "",
    }


def _outcome(counts: Counts) -> str:
    """Which list a cell opens: the failures, or else what there is."""
    if counts["failed"] or (decided(counts) and not counts["cannot_tell"]):
        return "failed"
    return "cannot_tell" if counts["cannot_tell"] else "not_yet_due"
