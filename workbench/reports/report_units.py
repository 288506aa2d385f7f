"""Units beside each other: failure rates with exact intervals, and no claim beyond them."""

from __future__ import annotations

from typing import Any

from workbench.display import count
from workbench.reports import report_charts as charts
from workbench.reports.report_data import PANEL_UNITS, PANELS, Records
from workbench.reports.report_page import Page, View
from workbench.reports.report_tables import Table
from workbench.reports.report_words import share
from workbench.weak_links import LEVEL, MINIMUM_DECIDED

_FEW_UNITS = 12


def units(page: Page) -> View:
    """Where to look first, an interval plot per check, and what is too few to compare."""
    w, data = page.words, page.data
    panels = [check for check, rows in data.units.items() if any(r["failed"] for r in rows)]
    panels.sort(key=page.ordered.index)
    drawn = _most_telling(page, panels)
    cells = sum(len(rows) for rows in data.units.values())
    cut = ""
    if len(drawn) < len(panels):
        cut = w("panels_cut", shown=len(drawn), total=len(panels), file="weak_links.parquet")
    return {
        "claim": w("units_claim"),
        "lead": w("units_lead", n=cells, chance=round(cells * (1 - LEVEL))) if cells else "",
        "empty": "" if cells else w("units_none"),
        "first_title": w("first_look"),
        "first_note": w("first_look_note"),
        "first": _first(page),
        "panels_title": w("by_unit"),
        "panels_note": w("by_unit_note"),
        "panels": [_panel(page, check) for check in drawn],
        "panels_cut": cut,
        "few_title": w("too_few"),
        "few_note": w("too_few_note", few=MINIMUM_DECIDED),
        "few": _too_few(page),
    }


def _most_telling(page: Page, panels: list[str]) -> list[str]:
    """The headline checks, and then those with the most failures."""
    headlines = {system.check for system in page.summary.systems}

    def weight(check: str) -> tuple[bool, int]:
        counts = page.counts(check)
        return check not in headlines, -(counts["failed"] if counts else 0)

    chosen = set(sorted(panels, key=weight)[:PANELS])
    return [check for check in panels if check in chosen]


def _first(page: Page) -> Table:
    w = page.words
    rows = [
        [page.unit(page.asset(r["check_id"]), r["unit_id"]), page.title(r["check_id"]),
         f"{count(r['failed'])} / {count(r['n'])}", share(r["rate"]), _interval(r),
         count(r["cannot_tell"])]
        for r in page.summary.worst_links
    ]  # fmt: skip
    heads = [w("unit"), w("check"), w("failed_of"), w("rate_failed"), w("interval"),
             w("cannot_tell")]  # fmt: skip
    return Table(heads, rows, numeric=(2, 3, 4, 5), empty=w("checks_none"))


def _interval(row: dict[str, Any]) -> str:
    return f"{share(row['low'])} – {share(row['high'])}"


def _panel(page: Page, check: str) -> View:
    w, rows = page.words, page.data.units[check]
    together = [*rows, *page.data.too_few.get(check, [])]
    overall = sum(r["failed"] for r in together) / sum(r["n"] for r in together)
    shown = _largest(rows)
    cut = w("forest_cut", shown=len(shown), total=len(rows)) if len(shown) < len(rows) else ""
    drawn = [
        charts.ForestRow(
            page.unit(page.asset(r["check_id"]), r["unit_id"]),
            r["failed"],
            r["n"],
            r["low"],
            r["high"],
            r["cannot_tell"],
        )
        for r in shown
    ]
    heads = (w("unit"), w("failed_of"), w("rate_failed"), w("interval"), w("cannot_tell"))
    return {
        "title": page.title(check),
        "chart": charts.forest(drawn, overall, page.title(check), heads, w("together")),
        "cut": cut,
    }


def _largest(rows: Records) -> Records:
    chosen = sorted(rows, key=lambda r: (-r["n"], r["unit_id"]))[:PANEL_UNITS]
    return sorted(chosen, key=lambda r: str(r["unit_id"]))


def _too_few(page: Page) -> Table:
    w = page.words
    rows = []
    for check in (c for c in page.ordered if c in page.data.too_few):
        its = page.data.too_few[check]
        failed = [r for r in its if r["failed"]]
        names = [
            f"{page.unit(page.asset(check), r['unit_id'])} {r['failed']}/{r['n']}"
            for r in failed[:_FEW_UNITS]
        ]
        if len(failed) > _FEW_UNITS:
            names.append(w("and_more", n=len(failed) - _FEW_UNITS))
        if len(failed) < len(its):
            names.append(w("none_failed", n=len(its) - len(failed)))
        rows.append([page.title(check), ("；" if page.language == "zh" else "; ").join(names)])
    return Table([w("check"), w("unit")], rows, kind="few", empty=w("too_few_none"))
