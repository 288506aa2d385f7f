"""Weak links: what is weak, how sure, since when, what to do; of the whole audit period."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbench.dashboards.data import Records, RunData
from workbench.dashboards.drawn_part import Part, drawn_part
from workbench.dashboards.links_data import changed, reported
from workbench.dashboards.state import State
from workbench.dashboards.view import (
    View,
    check_title,
    fill,
    kind_name,
    quoted_documents,
    unit_name,
    words_of,
)
from workbench.display import Html, element, join
from workbench.reports.report_words import Words

_SHOWN = 20  # links on a page; what comes after them is in the workbook
_OTHERS = ("unit_kind", "step_month", "trend")


def weak_view(data: RunData, state: State) -> View:
    """The flagged links with what to do, the chart of one of them, and the other families.

    `state.check` and `state.unit` choose whose charts are drawn; without a choice, the first.
    """
    w = words_of(state.language)
    links = reported(data, "unit")
    chosen = _chosen(links, state)
    figures = _figures(data, state, chosen, links)
    families = data.manifest["signals"]["families"]
    others = {family: reported(data, family) for family in _OTHERS}
    shown = [row for rows in (links, *others.values()) for row in rows[:_SHOWN]]
    html = fill(
        "weak.html.j2", w=w, counts=_counts(data, families, w),
        links=[_link(data, state, row, w, row is chosen) for row in links[:_SHOWN]],
        more=w("weak_more", n=len(links) - _SHOWN) if len(links) > _SHOWN else "",
        others=[{"title": w(f"weak_{family}"), "note": w(f"weak_{family}_note"),
                 "links": [_link(data, state, row, w, False) for row in rows[:_SHOWN]]}
                for family, rows in others.items() if rows],
        former=[_link(data, state, row, w, False) for row in changed(data)[:_SHOWN]],
        earlier=data.manifest["signals"]["earlier"] or "",
        parts=[(name, part.html) for name, part in figures.items()],
        charts_of=_charts_of(data, state, chosen, w),
        sources=quoted_documents(data, {row["check_id"] for row in shown}, w),
    )  # fmt: skip
    drawn = {place: figure for part in figures.values() for place, figure in part.figures.items()}
    return View(html, w("weak_nav"), drawn, filtered=False)


def _chosen(links: Records, state: State) -> Mapping[str, Any] | None:
    """The link whose charts are drawn: the one asked for, or the first."""
    for row in links:
        if row["check_id"] == state.check and state.unit in (None, row["unit_id"]):
            return row
    return links[0] if links else None


def _counts(data: RunData, families: Mapping[str, Any], w: Words) -> str:
    its, signals = families["unit"], data.manifest["signals"]
    return str(w("weak_counts", tested=its["tested"], flagged=its["flagged"],
                 few=its["too_few"], minimum=signals["minimum"],
                 level=f"{signals['level']:.0%}"))  # fmt: skip


def _link(
    data: RunData, state: State, row: Mapping[str, Any], w: Words, drawn: bool
) -> dict[str, Any]:
    check, unit, language = row["check_id"], row["unit_id"], state.language
    where = {"unit": unit, "kind": row["kind"]} if unit else {}
    if row["family"] == "step_month":
        where = {"first": row["period"], "last": row["period"]}
    bare = replace(state, organ=None, unit=None, kind=None, first=None, last=None, at=0,
                   outcome="failed")  # fmt: skip
    about = data.checks[check]
    return {
        "title": check_title(data, check, language),
        "where": _where(data, row, state),
        "href": bare.link(page="check", check=check, **where),
        "grade": about["grade"], "grade_word": w(about["grade"]),
        "state": row["state"] or "",
        "state_word": w(f"state_{row['state']}") if row["state"] else "",
        "sentence": row[f"sentence_{language}"],
        "action": _with_links(row, bare, language),
        "chart": bare.link(page="weak", check=check, unit=unit)
        if row["family"] == "unit" and row["flagged"] and not drawn else "",
        "drawn": drawn,
    }  # fmt: skip


def _where(data: RunData, row: Mapping[str, Any], state: State) -> str:
    if row["family"] == "step_month":
        return str(row["period"])
    name = unit_name(data, row["unit_id"], state.language)
    return f"{name} · {kind_name(data, row['kind'], state.language)}" if row["kind"] else name


def _with_links(row: Mapping[str, Any], bare: State, language: str) -> Html:
    """What to do, its cases as links."""
    text = row[f"action_{language}"]
    if not text:
        return Html()
    cases = set(row["cases"].split(";")) if row["cases"] else set()
    if not cases:
        return join([text])
    parts = re.split(
        "(" + "|".join(map(re.escape, sorted(cases, key=len, reverse=True))) + ")", text
    )
    return join([
        element("a", part, href=bare.link(page="case", subject=part), class_="wb-mono")
        if part in cases else part for part in parts
    ])  # fmt: skip


def _figures(
    data: RunData, state: State, chosen: Mapping[str, Any] | None, links: Records
) -> dict[str, Part]:
    found = {}
    if chosen is not None:
        check, unit = chosen["check_id"], chosen["unit_id"]
        found["funnel"] = drawn_part(data, state, "funnel", "wb-funnel", check=check)
        found["control"] = drawn_part(data, state, "control", "wb-control", check=check, unit=unit)
    else:
        found["funnel"] = drawn_part(data, state, "funnel", "wb-funnel")
    found["pareto"] = drawn_part(data, state, "pareto", "wb-pareto")
    return found


def _charts_of(data: RunData, state: State, chosen: Mapping[str, Any] | None, w: Words) -> str:
    if chosen is None:
        return w("weak_charts_all")
    return w("weak_charts_of", unit=unit_name(data, chosen["unit_id"], state.language),
             check=check_title(data, chosen["check_id"], state.language))  # fmt: skip
