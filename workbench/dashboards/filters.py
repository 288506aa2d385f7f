"""The filter bar: what can be chosen in a run, what is chosen, and how many cases that leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.dashboards.data import RunData
from workbench.dashboards.state import FILTERS, NO_UNIT, State
from workbench.dashboards.view import unit_name
from workbench.reports.report_words import Words

_UNFILTERED: dict[str, Any] = dict.fromkeys(FILTERS) | {"at": 0}


def filter_bar(data: RunData, state: State, w: Words, totals: Mapping[str, int]) -> dict[str, Any]:
    """The filter bar: what can be chosen, what is, and how many cases that leaves."""
    known, words = data.known, data.results.words
    units = [u for u, organs in known.units.items() if not state.organ or state.organ in organs]
    units.sort(key=lambda unit: (unit == NO_UNIT, unit))
    months = list(known.months)
    given = (
        ("organ", w("organ"), w("everything"),
         [(o, data.organ_names.get(o, o)) for o in known.organs]),
        ("unit", w("unit_filter"), w("everything"),
         [(u, unit_name(data, u, state.language)) for u in units]),
        ("kind", w("kind_filter"), w("everything"),
         [(k, words(k, state.language)) for k in known.kinds]),
        ("first", w("first"), w("earliest"), [(m, m) for m in months]),
        ("last", w("last"), w("latest"), [(m, m) for m in months]),
    )  # fmt: skip
    cases, everything = totals["cases"], data.totals(State())["cases"]
    shown = w("shown_some", cases=cases, all=everything) if state.filtered else w(
        "shown_all", cases=everything)  # fmt: skip
    return {
        "filters": [_filter(state, *one, sure=one[0] not in known.gaps) for one in given],
        "presets": _presets(state, months, str(data.manifest["as_of"]), w),
        "shown": shown,
        "filtered": state.filtered,
        "clear": replace(state, **_UNFILTERED).link(),
        "unfiltered": replace(state, **_UNFILTERED).link(),
    }


def _filter(
    state: State,
    name: str,
    label: str,
    everything: str,
    values: Sequence[tuple[str, str]],
    sure: bool,
) -> dict[str, Any]:
    """One filter; where all cases have the same value, there is nothing to choose."""
    chosen = getattr(state, name)
    only = len(values) == 1 and name in ("organ", "kind") and sure
    options = [{"value": "", "text": everything, "chosen": chosen is None}] if not only else []
    options += [{"value": v, "text": t, "chosen": v == chosen} for v, t in values]
    return {"name": name, "label": label, "options": options}


def _presets(state: State, months: Sequence[str], as_of: str, w: Words) -> list[dict[str, Any]]:
    """Periods that people ask for: everything, the last twelve months, the latest years."""
    if not months:
        return []
    spans: list[tuple[str, str | None, str | None]] = [(w("whole_period"), None, None)]
    since = f"{int(as_of[:4]) - (as_of[5:7] != '12'):04d}-{int(as_of[5:7]) % 12 + 1:02d}"
    if since in months[1:]:  # the twelve months that end with the as-of day's
        spans.append((w("last_year"), since, months[-1]))
    for year in sorted({month[:4] for month in months}, reverse=True)[:3]:
        its = [month for month in months if month[:4] == year]
        spans.append((w("a_year", year=year), its[0], its[-1]))
    return [
        {"text": text, "href": state.link(first=a, last=b, at=0),
         "here": (state.first, state.last) == (a, b)}
        for text, a, b in spans
    ]  # fmt: skip
