"""One check (of all units, or of one): what it demands, its trend, and its cases by outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.dashboards.data import ROWS, Records, RunData
from workbench.dashboards.links_data import reported
from workbench.dashboards.measured import measured_row
from workbench.dashboards.overview import rate_of
from workbench.dashboards.state import OUTCOMES, State
from workbench.dashboards.view import (
    View,
    check_title,
    fill,
    kind_name,
    paging,
    quoted_documents,
    trend,
    unit_name,
    words_of,
)
from workbench.display import count, text_of
from workbench.privacy import WITHHELD
from workbench.reports.finding_words import clock_of, expected_words, observed_words
from workbench.reports.report_words import Words, share
from workbench.weak_links import MINIMUM_DECIDED

_SHOWN = {"unit_id": "unit", "period_on": "day"}  # columns of a row -> what they are called here


def check_view(data: RunData, state: State) -> View:
    """What a check demands and found, month by month, and the subjects of each outcome."""
    w, check = words_of(state.language), str(state.check)
    about, title = data.checks[check], check_title(data, check, state.language)
    counts = data.by_check(state).get(check, {})
    total = counts.get(state.outcome, 0)
    if state.at and state.at * ROWS >= total:
        state = replace(state, at=0)
    (months,) = data.months(state, check)
    drawn = any(month.decided for month in months)
    topic = about["topic"] if about["topic"] in data.known.topics else ""
    up = replace(state, page="overview", check=None, outcome="failed", at=0, opened=topic)
    html = fill(
        "check.html.j2", w=w, few=MINIMUM_DECIDED, back=up.link(),
        kicker=_kicker(data, state, w),
        check={"title": title, "grade": about["grade"], "grade_word": w(about["grade"]),
               "unverified": "" if about["verified"] else w("unverified")},
        weak=_weak(data, state),
        about=_about(data, state, w), **_rate(data, state, counts, w),
        still_open=_still_open(data, state, counts, w), sources=quoted_documents(data, [check], w),
        untested=_untested(data, check, w),
        trend_label=w("trend_label", title=title),
        trend_empty="" if drawn else w("trend_none_here"),
        list_title=w("cases_title") if about["asset"] == data.case_asset else w("subjects_title"),
        tabs=[{"text": w(name), "count": count(counts.get(name, 0)),
               "count_number": counts.get(name, 0), "here": name == state.outcome,
               "href": state.link(outcome=name, at=0)} for name in OUTCOMES],
        failed=state.outcome == "failed",
        has_due=about["due"],
        heads=_heads(data, state, w),
        rows=_rows(data, state, data.subjects(state), w) if total else [],
        pages=paging(state, total, w),
    )  # fmt: skip
    figures = {"wb-trend": trend(months, state, check, w, 220)} if drawn else {}
    return View(html, title, figures)


def _weak(data: RunData, state: State) -> list[dict[str, str]]:
    """The weak links of this check (in the chosen unit), in words, with their charts."""
    rows = [row for row in reported(data, "unit", state.unit) if row["check_id"] == state.check]
    return [
        {"sentence": row[f"sentence_{state.language}"],
         "href": state.link(page="weak", unit=row["unit_id"], at=0)}
        for row in rows
    ]  # fmt: skip


def _kicker(data: RunData, state: State, w: Words) -> str:
    if not state.unit:
        return w("check_head")
    return w("in_unit", unit=unit_name(data, state.unit, state.language))


def _still_open(data: RunData, state: State, counts: dict[str, int], w: Words) -> str:
    """Late and never done are different faults: how many of either."""
    if not counts.get("failed") or clock_of(data.results, str(state.check)) is None:
        return ""
    waiting = data.still_open(state)
    return w("open_and_late", failed=counts["failed"], open=waiting,
             late=counts["failed"] - waiting)  # fmt: skip


def _about(data: RunData, state: State, w: Words) -> list[tuple[str, str, str]]:
    about = data.checks[str(state.check)]
    duty = about["duty"]
    # What must hold is written in the pack's own language; the title says it in both.
    rule = about["rule"] if state.language == data.language else ""
    given = (
        (w("rule_label"), rule, ""),
        (w("clause_label"), about["clause"], ""),
        (w("remedy_label"), text_of(about["remedy"], state.language), ""),
        (w("duty_label"), text_of(duty, state.language) if duty else "", duty.get("source", "")),
    )
    found = [(term, text, sub) for term, text, sub in given if text]
    people = measured_row(data, str(state.check), state.language)
    return [*found, people] if people else found


def _rate(data: RunData, state: State, counts: dict[str, int], w: Words) -> dict[str, Any]:
    """Of one check people ask how much failed; the bar and what stands beside it are as before."""
    found = rate_of(data, str(state.check), counts, w)
    decided = counts.get("passed", 0) + counts.get("failed", 0)
    if decided:
        found["rate"] = share(counts["failed"] / decided)
        found["fraction"] = w("failed_of_decided", failed=counts["failed"], decided=decided)
        found["fraction"] += w("passed_beside", rate=share(counts["passed"] / decided))
    return found


def _untested(data: RunData, check: str, w: Words) -> str:
    missing = data.manifest["untested"].get(check)
    if not missing:
        return ""
    labels, parts = data.results.checks["labels"], []
    for need in missing:
        table, _, column = need.partition(".")
        about = labels.get(table, {})
        name = text_of(about.get("title"), w.language) if about else table
        label = about.get("columns", {}).get(column)
        parts.append(f"{name}·{text_of(label, w.language)}" if label else name)
    return w("untested_check", what=w.listed(parts))


def _heads(data: RunData, state: State, w: Words) -> list[str]:
    is_case = data.checks[str(state.check)]["asset"] == data.case_asset
    heads = [w("case_head" if is_case else "subject_head"), w("unit"), w("kind_filter"),
             w("day_head")]  # fmt: skip
    if state.outcome != "failed":
        return heads
    due = [w("due")] if data.checks[str(state.check)]["due"] else []
    return [*heads, w("observed"), w("expected"), *due]


def _rows(data: RunData, state: State, rows: Records, w: Words) -> list[dict[str, Any]]:
    shown = []
    for row in rows:
        its = {
            "subject": row["case_id"] or row["subject_id"],
            "href": state.link(page="case", subject=row["case_id"]) if row["case_id"] else "",
            "unit": unit_name(data, row["unit_id"], state.language),
            "kind": kind_name(data, row["kind"], state.language),
            "day": row["period_on"].isoformat() if row["period_on"] else "—",
            "veto": "",
        }
        if state.outcome == "failed":
            finding = {**row, "check_id": state.check}
            its |= {
                "observed": observed_words(data.results, finding, state.language),
                "expected": expected_words(data.results, finding, state.language),
                "due_on": row["due_on"].isoformat() if row["due_on"] else "—",
                "veto": w("veto_short") if row["veto_candidate"] else "",
            }
        its |= {_SHOWN.get(part, part): WITHHELD[w.language] for part in row["withheld"]}
        shown.append(its)
    return shown
