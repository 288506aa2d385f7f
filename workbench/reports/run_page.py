"""A run as a small page for a notebook, zh / en: where it stands and where to look next."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from workbench.display import (
    NOTHING,
    Html,
    card,
    code,
    count,
    element,
    join,
    paragraph,
    percent,
    table,
    text_of,
)
from workbench.reports.check_page import BOOK, definitions, link_lines
from workbench.reports.check_record import all_counts
from workbench.reports.report_charts import BAR_ORDER, outcome_bar
from workbench.reports.report_words import Words
from workbench.reports.results import GRADES, Results
from workbench.reports.signals import Signals
from workbench.reports.summary import Summary, summarise
from workbench.texts import Language

SYSTEMS_SHOWN = 6
CHECKS_SHOWN = 4
LINKS_SHOWN = 3


def run_html(results: Results, language: Language, saved: bool = False) -> Html:
    """Systems, weak links, findings by grade, what is due, what is untested, what to ask next."""
    w, summary, counts = Words(language, BOOK), summarise(results), all_counts(results)
    grades = findings_by_grade(results)
    start, end = (w.day(date.fromisoformat(day)) for day in summary.period)
    beside = w("run_beside", as_of=w.day(summary.as_of), start=start, end=end)
    parts = [
        paragraph(_lead(results, summary, w)),
        _systems(results, summary, counts, w),
        definitions([
            *links_fact(results, summary.signals, w),
            (w("by_grade"), _grades(grades, w)),
            (w("deadlines"), w("deadlines_line", soon=summary.due_soon_count,
                               overdue=summary.overdue_count)),
            (w("cannot_tell_label"), w("undecided_line", n=sum(c["cannot_tell"]
                                                         for c in counts.values()))),
            (w("untested_label"), _untested(summary, counts, w)),
        ]),
        paragraph(w("next"), "wb-next"),
        definitions(_next(summary, counts, w, saved)),
    ]  # fmt: skip
    return card(text_of(summary.title, language), parts, language, beside)


def findings_by_grade(results: Results) -> dict[str, int]:
    """How many findings of each grade; `veto` are the candidates, which a person has to confirm.

    A finding of a veto check that bars nothing is a major one.
    """
    rows = results.records(
        "SELECT check_id, veto_candidate, COUNT(*) AS n FROM work.findings GROUP BY 1, 2",
        "findings by grade",
    )
    found = dict.fromkeys(GRADES, 0)
    for row in rows:
        grade = results.checks["checks"][row["check_id"]]["grade"]
        if row["veto_candidate"]:
            grade = "veto"
        elif grade == "veto":
            grade = "major"
        found[grade] += row["n"]
    return found


def links_fact(results: Results, signals: Signals, w: Words) -> list[tuple[str, object]]:
    """The first weak links with their sentences; nothing where nothing was compared."""
    if not (tested := signals.count("tested")):
        return []
    said = w("links_line", tested=tested, flagged=signals.count("flagged"))
    shown = signals.flagged["unit"][:LINKS_SHOWN]
    return [(w("links"), join(element("div", line) for line in (
        element("b", said) if shown else said, *link_lines(results, shown, w))))]  # fmt: skip


def _lead(results: Results, summary: Summary, w: Words) -> str:
    found = results.records(
        "SELECT COUNT(*) AS findings, COUNT(DISTINCT case_id) AS affected FROM work.findings",
        "findings",
    )[0]
    outside = w("run_outside", n=summary.outside) if summary.outside else ""
    return w("run_lead", cases=summary.cases, **found) + outside


def _systems(
    results: Results, summary: Summary, counts: dict[str, dict[str, int]], w: Words
) -> Html:
    """One row a system, by the check that stands for it; without systems the worst checks."""
    if summary.systems:
        rows = [
            _rate_row(results, system.check, counts, w, text_of(system.title, w.language))
            for system in summary.systems[:SYSTEMS_SHOWN]
        ]
        heads, total = [w("system")], len(summary.systems)
    else:
        worst = _most_failed(counts)[:CHECKS_SHOWN]
        rows = [_rate_row(results, check, counts, w) for check in worst]
        heads, total = [w("check")], 0
    heads += [w("rate_passed"), w("passed_of"), "", w("cannot_tell"), w("not_yet_due")]
    first = len(heads) - 5
    shown = table(heads, rows, numeric=(first, first + 1, first + 3, first + 4),
                  total=total, language=w.language)  # fmt: skip
    return shown if summary.systems else join([paragraph(w("few_checks"), "wb-soft"), shown])


def _rate_row(
    results: Results, check: str, counts: dict[str, dict[str, int]], w: Words, system: str = ""
) -> list[object]:
    its = counts[check]
    decided = its["passed"] + its["failed"]
    title = text_of(results.checks["checks"][check]["title"], w.language)
    by = element("small", w("system_of", check=title), class_="wb-under")
    row: list[object] = [join([element("b", system), by])] if system else [title]
    if check in results.manifest["untested"]:
        return [*row, w("untested"), NOTHING, "", NOTHING, NOTHING]
    in_scope = any(its[name] for name in BAR_ORDER)
    return [
        *row,
        element("b", percent(its["passed"] / decided if decided else None)),
        f"{count(its['passed'])} / {count(decided)}",
        outcome_bar(its, {name: w(name) for name in BAR_ORDER}) if in_scope else "",
        *(_figure(its[name]) for name in ("cannot_tell", "not_yet_due")),
    ]


def _figure(n: int) -> object:
    """A count; none of them is grey, so that the others are seen."""
    return count(n) if n else element("span", count(n), class_="wb-grey")


def _most_failed(counts: dict[str, dict[str, int]]) -> list[str]:
    """Checks with failures, the most first."""
    failed = [check for check in counts if counts[check]["failed"]]
    return sorted(failed, key=lambda check: (-counts[check]["failed"], check))


def _grades(grades: dict[str, int], w: Words) -> Html:
    said = [
        element("span", w("grade_of", grade=w("veto_candidate" if g == "veto" else g), n=n),
                class_="wb-tag wb-failed" if g == "veto" else "wb-tag")
        for g, n in grades.items() if n
    ]  # fmt: skip
    return join(said) if said else Html(w("no_findings"))


def _untested(summary: Summary, counts: dict[str, Any], w: Words) -> str:
    if not summary.untested:
        return w("all_tested", checks=len(counts))
    return w("untested_line", checks=len(counts), untested=len(summary.untested))


def _next(
    summary: Summary, counts: dict[str, dict[str, int]], w: Words, saved: bool
) -> list[tuple[str, object]]:
    """What to type next, with ids of this run in it."""
    calls = [("run.findings", w("next_findings"))]
    if summary.worst_cases:
        worst_case = json.dumps(summary.worst_cases[0]["case_id"], ensure_ascii=False)
        calls.append((f"run.case({worst_case})", w("next_case")))
    if worst := _most_failed(counts):
        calls.append((f'run.check("{worst[0]}")', w("next_check")))
    if summary.signals.count("flagged"):
        calls.append(('run.weak_links.query("flagged")', w("next_links")))
    calls.append(("run.checks", w("next_checks")))
    if not saved:
        calls.append(('run.save("out")', w("next_save")))
    return [(text, code(call)) for call, text in calls]
