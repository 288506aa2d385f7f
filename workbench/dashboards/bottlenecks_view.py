"""Bottlenecks: where the working days went, what ran late, what will soon, which steps turned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.bottlenecks import Bottleneck, bottleneck_sentences
from workbench.dashboards.data import Records, RunData
from workbench.dashboards.drawn_part import drawn_part
from workbench.dashboards.state import State
from workbench.dashboards.view import (
    View,
    clock_title,
    fill,
    kind_name,
    quoted_documents,
    unit_name,
    words_of,
)
from workbench.display import text_of
from workbench.privacy import WITHHELD, mask_row, may_see
from workbench.reports.report_words import Words

_ROWS = 20
_SHOWN = ("case_id", "kind", "unit_id")  # of a case at risk


def bottlenecks_view(data: RunData, state: State) -> View:
    """Of one kind of cases, if chosen; of all units together, save where a unit is chosen."""
    w = words_of(state.language)
    asked = {"kind": state.kind} if state.kind else {}
    of_unit = {**asked, "unit": state.unit} if state.unit else asked
    stages = drawn_part(data, state, "stages", "wb-stages", **of_unit)
    process = drawn_part(data, state, "process", "wb-process", **asked)
    bare = replace(state, first=None, last=None, at=0)
    found = bottleneck_sentences(data.results, state.language)
    html = fill(
        "bottlenecks.html.j2", w=w,
        first=[_first(data, bare, item) for item in found],
        sources=quoted_documents(data, {i.check_id for i in found if i.check_id}, w),
        share=f"{data.results.checks['flow']['at_risk']:.0%}",
        kinds=_kinds(data, state, w), stages=stages.html, process=process.html,
        risk=_at_risk(data, state, w), turned=_turned(data, state, w),
    )  # fmt: skip
    return View(html, w("bottlenecks_nav"), {**stages.figures, **process.figures}, filtered=False)


def _first(data: RunData, bare: State, item: Bottleneck) -> dict[str, Any]:
    """One of the limits missed most, with the failed cases of its check, all and of one unit."""
    place = {"page": "check", "check": item.check_id, "outcome": "failed"}
    return {
        "title": clock_title(data, item.clock, bare.language), "sentence": item.sentence,
        "action": item.action, "href": bare.link(**place) if item.check_id else "",
        "of_unit": bare.link(**place, unit=item.unit_id) if item.unit_id else "",
        "unit": unit_name(data, item.unit_id, bare.language) if item.unit_id else "",
    }  # fmt: skip


def _kinds(data: RunData, state: State, w: Words) -> list[dict[str, Any]]:
    """The kinds of cases that can be looked at by themselves."""
    kinds = data.results.records(
        "SELECT kind, MAX(cases) AS cases FROM work.flows WHERE kind IS NOT NULL "
        "GROUP BY kind ORDER BY cases DESC, kind", "kinds of flows"
    )  # fmt: skip
    chosen = [{"text": w("everything"), "href": state.link(kind=None), "here": not state.kind}]
    return chosen + [
        {"text": kind_name(data, row["kind"], state.language),
         "href": state.link(kind=row["kind"]), "here": state.kind == row["kind"]}
        for row in kinds
    ]  # fmt: skip


def _at_risk(data: RunData, state: State, w: Words) -> dict[str, Any]:
    rows = data.results.records(
        "SELECT *, COUNT(*) OVER () AS every FROM work.at_risk "
        f"ORDER BY days_left, share_used DESC, case_id, clock LIMIT {_ROWS}", "at risk"
    )  # fmt: skip
    return {
        "heads": [w("due"), w("clock"), w("subject"), w("kind_filter"), w("unit"),
                  w("share_used")],
        "rows": [_risk(data, state, row) for row in rows],
        "more": w("risk_more", n=rows[0]["every"], shown=len(rows))
        if rows and rows[0]["every"] > len(rows) else "",
    }  # fmt: skip


def _risk(data: RunData, state: State, row: dict[str, Any]) -> dict[str, Any]:
    asset, used = data.results.checks["clocks"][row["clock"]]["asset"], row["share_used"]
    classes = {name: data.results.fact_class(asset, name) for name in _SHOWN}
    row, _ = mask_row(row, classes, data.role)
    case = row["case_id"]
    return {
        "due_on": row["due_on"].isoformat(),
        "clock": clock_title(data, row["clock"], state.language),
        "subject": case or WITHHELD[state.language],
        "href": state.link(page="case", subject=case) if case else "",
        "kind": kind_name(data, row["kind"], state.language),
        "unit": unit_name(data, row["unit_id"], state.language), "state": "open",
        "left": "—" if used is None else f"{used:.0%}",
    }  # fmt: skip


def _turned(data: RunData, state: State, w: Words) -> dict[str, Any]:
    """Rules of order that were not kept, in how many cases, and some of them."""
    rows: Records = data.results.records(
        "SELECT rule, cases, examples "
        "FROM work.order_violations WHERE kind IS NULL AND unit_id IS NULL AND cases > 0 "
        "ORDER BY cases DESC, rule", "turned steps"
    )  # fmt: skip
    rules = {rule["id"]: rule for rule in data.results.checks["flow"]["order"]}
    told = may_see(data.role, data.results.fact_class(data.results.case_asset, "case_id"))
    return {
        "heads": [w("rule_head"), w("clause_label"), w("cases_head"), w("examples_head")],
        "rows": [
            {"rule": text_of(rules[row["rule"]]["title"], state.language),
             "clause": rules[row["rule"]]["clause"], "cases": int(row["cases"]),
             "examples": [{"case": case, "href": state.link(page="case", subject=case)}
                          for case in str(row["examples"] or "").split(";")[:5] if case and told]}
            for row in rows
        ],
    }  # fmt: skip
