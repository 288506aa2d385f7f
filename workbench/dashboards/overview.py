"""The first view: how many, how far each system is kept, where it fails, what is due soon."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.dashboards.data import RunData
from workbench.dashboards.deadlines_view import due_rows
from workbench.dashboards.heat import heat_map
from workbench.dashboards.links_data import reported
from workbench.dashboards.state import State
from workbench.dashboards.view import (
    BAR,
    View,
    check_title,
    fill,
    lowest,
    trend,
    unit_name,
    words_of,
)
from workbench.display import Html, count, element, join, text_of
from workbench.reports.report_words import Words, share
from workbench.statistics import clopper_pearson_arrays
from workbench.weak_links import MINIMUM_DECIDED

_SOON = 8
_FIRST = 5


def overview(data: RunData, state: State) -> View:
    """Counts, systems with their trend, units by checks, the next deadlines."""
    w = words_of(state.language)
    totals, counts = data.totals(state), data.by_check(state)
    nothing = not totals["cases"] and not counts
    systems, figures = _systems(data, state, counts, w)
    html = fill(
        "overview.html.j2", w=w, few=MINIMUM_DECIDED,
        nothing=w("shown_none" if state.filtered else "run_empty") if nothing else "",
        has_clocks=bool(data.results.checks["clocks"]),
        figures=[] if nothing else _figures(data, state, totals, w),
        systems=systems, folded=data.known.topics,
        heat=Html() if nothing else heat_map(data, state),
        first=None if nothing else first_look(data, state, w),
        soon=_soon(data, state, totals, w),
    )  # fmt: skip
    return View(html, w("overview"), {} if nothing else figures)


def _figures(data: RunData, state: State, totals: dict[str, int], w: Words) -> list[dict[str, Any]]:
    affected = share(totals["affected"] / totals["cases"] if totals["cases"] else None)
    overdue = replace(state, page="deadlines", due="overdue", at=0).link()
    soon = replace(state, page="deadlines", due="soon", at=0).link()
    cases = replace(state, page="cases", at=0).link()
    others = totals["findings"] - totals["of_cases"]
    beside = w("n_findings_here", cases=totals["affected"], share=affected)
    beside += w("of_other", n=others) if others else ""
    given = (
        ("cases", w("n_cases"), totals["cases"], w("n_cases_here", decided=totals["decided"]), ""),
        ("findings", w("n_findings"), totals["findings"], beside, cases),
        ("vetoes", w("n_veto"), totals["vetoes"], w("n_veto_sub"), cases),
        ("overdue", w("n_overdue"), totals["overdue"], w("n_overdue_here"), overdue),
        ("soon", w("n_soon"), totals["soon"], w("n_soon_sub", open=totals["open"]), soon),
    )  # fmt: skip
    return [
        {"name": name, "label": label, "value": count(value), "beside": beside, "href": href,
         "alarm": name == "overdue" and value > 0}
        for name, label, value, beside, href in given
        if data.results.checks["clocks"] or name not in ("overdue", "soon")
    ]  # fmt: skip


def _systems(
    data: RunData, state: State, counts: dict[str, dict[str, int]], w: Words
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    systems, figures = [], {}
    given = data.results.checks["systems"]
    its = data.months(state, *(s["headline"] for s in given))
    trends = dict(zip((s["id"] for s in given), its, strict=True))
    # One scale for all of them: charts side by side are compared.
    floor = lowest([month for months in trends.values() for month in months])
    for system in given:
        check, place = system["headline"], f"wb-trend-{system['id']}"
        months = trends[system["id"]]
        empty = not any(month.decided for month in months)
        if not empty:
            figures[place] = trend(months, state, check, w, 190, floor)
        title = text_of(system["title"], state.language)
        systems.append({
            "id": system["id"],
            "title": title,
            "of": w("of_headline", check=check_title(data, check, state.language)),
            "href": state.link(page="check", check=check, at=0),
            "figure": place,
            "label": w("trend_label", title=title),
            "empty": w("trend_none_here") if empty else "",
            **rate_of(data, check, counts.get(check), w),
        })  # fmt: skip
    return systems, figures


def rate_of(data: RunData, check: str, counts: dict[str, int] | None, w: Words) -> dict[str, Any]:
    """The share that passed with its denominator, and beside it what is not decided."""
    if check in data.manifest["untested"]:
        return {"rate": w("untested"), "fraction": "", "bar": Html(), "beside": ""}
    its = {name: (counts or {}).get(name, 0) for name in BAR}
    decided = its["passed"] + its["failed"]
    due = decided + its["cannot_tell"]
    beside = [w("undecided_line", cannot_tell=its["cannot_tell"],
                share=share(its["cannot_tell"] / due if due else None))]  # fmt: skip
    beside.append(w("open_line", n=its["not_yet_due"]))
    return {
        "rate": share(its["passed"] / decided) if decided else "—",
        "fraction": w("passed_of", passed=its["passed"], decided=decided) if decided else w(
            "nothing_decided"),
        "bar": outcome_bar(its, w),
        "beside": ("；" if w.language == "zh" else "; ").join(beside),
    }  # fmt: skip


def outcome_bar(counts: dict[str, int], w: Words) -> Html:
    """All in scope as one bar: failed, passed, cannot tell, not yet due."""
    present = [name for name in BAR if counts[name]]
    label = w.listed([f"{w(name)} {count(counts[name])}" for name in present])
    parts = [
        element("i", class_=f"wb-part-{name}", style=f"flex-grow: {counts[name]}")
        for name in present
    ]
    return element("div", join(parts), class_="wb-stack", role="img", aria_label=label, title=label)


def first_look(data: RunData, state: State, w: Words) -> dict[str, Any] | None:
    """The weak links of the run (of the chosen unit); without one, where rates are surely high."""
    weak = reported(data, "unit", state.unit)
    if weak:
        title, note, more = w("weak_nav"), w("weak_first_note"), w("weak_all", n=len(weak))
        items = [_weak(data, state, row, w) for row in weak[:_FIRST]]
    else:
        title, note, more = w("first_here"), w("first_here_note"), w("weak_method")
        items = _surely_high(data, state, w)
    if not items:
        return None
    href = state.link(page="weak", at=0)
    return {"title": title, "note": note, "items": items, "more": more, "href": href}


def _weak(data: RunData, state: State, row: dict[str, Any], w: Words) -> dict[str, str]:
    check, unit = row["check_id"], row["unit_id"]
    bare = replace(state, organ=None, kind=None, first=None, last=None, at=0)
    return {
        "check": check_title(data, check, state.language),
        "unit": unit_name(data, unit, state.language),
        "rate": share(row["signal_failed"] / row["signal_n"]),
        "fraction": w("first_item", failed=row["signal_failed"], decided=row["signal_n"]),
        "interval": w("weak_item", against=share(row["against"]), state=w(f"state_{row['state']}")),
        "href": bare.link(page="check", check=check, unit=unit),
    }


def _surely_high(data: RunData, state: State, w: Words) -> list[dict[str, str]]:
    """The cells of the heat map whose failure rate is surely high, the surest first.

    Left out: too few decided, none failed, or more that cannot be told than decided.
    """
    cells = [
        (check, unit, n["failed"], n["passed"] + n["failed"])
        for (check, unit), n in data.by_unit(state).items()
        if n["failed"] and n["passed"] + n["failed"] >= max(MINIMUM_DECIDED, n["cannot_tell"])
    ]
    if not cells:
        return []
    lows, highs = clopper_pearson_arrays([c[2] for c in cells], [c[3] for c in cells])
    ends = list(zip(lows.tolist(), highs.tolist(), strict=True))
    ranked = sorted(zip(ends, cells, strict=True), key=lambda e: (-e[0][0], e[1][:2]))
    return [
        {
            "check": check_title(data, check, state.language),
            "unit": unit_name(data, unit, state.language),
            "rate": share(failed / decided),
            "fraction": w("first_item", failed=failed, decided=decided),
            "interval": f"{share(low)} – {share(high)}",
            "href": state.link(page="check", check=check, unit=unit, at=0),
        }
        for (low, high), (check, unit, failed, decided) in ranked[:_FIRST]
    ]


def _soon(data: RunData, state: State, totals: dict[str, int], w: Words) -> dict[str, Any]:
    its = replace(state, due="soon", at=0)
    rows = data.deadlines(its, _SOON)
    more = w("see_all", n=totals["soon"]) if totals["soon"] > len(rows) else ""
    return {
        "rows": due_rows(data, state, rows, w),
        "heads": [w("due"), w("clock"), w("subject"), w("kind_filter"), w("unit"), w("remaining")],
        "more": more,
        "href": replace(its, page="deadlines").link(),
    }
