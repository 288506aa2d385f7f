"""The actual course of cases: steps in columns by stage, lines from each to what followed it.

A line is as wide as many cases went that way; beside it stand how many and the median working days
between. What happened in an order that the rules of the pack forbid is dashed, in the warning
colour and marked. By default only the main lines are drawn, and the caption says how much that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.display import count, number, percent
from workbench.figures.cells import kind_titles
from workbench.figures.process_figure import drawn_process
from workbench.figures.process_parts import Line, ProcessData, Step, Violation
from workbench.figures.shared import Figure, Table, empty, plain
from workbench.figures.words import heads, said

if TYPE_CHECKING:
    from workbench.reports.results import Results

LEAST = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2)  # tried in turn until the map can be read
MOST_LINES = 28
MOST_VIOLATIONS = 8


def process_data(
    results: Results, kind: str | None = None, least: float | None = None
) -> ProcessData:
    """The map of all cases or of one kind; `least`: lines of at least this share of the cases."""
    where = "kind IS NULL" if kind is None else f"kind = {sqltext.literal(kind)}"
    rows = results.records(
        "SELECT from_step, to_step, cases, times, p50, p90, late_cases FROM work.flows "
        f"WHERE {where} ORDER BY cases DESC, from_step, to_step", "flows"
    )  # fmt: skip
    every = [Line(r["from_step"], r["to_step"], r["cases"], r["times"], r["p50"], r["p90"],
                  r["late_cases"] or 0) for r in rows]  # fmt: skip
    inner = [line for line in every if line.start and line.end]
    cases = sum(line.cases for line in every if not line.start)
    cases = cases or max((line.cases for line in inner), default=0)
    share, kept = _main(inner, cases, least)
    kept += _connecting(
        inner, kept, [e for e in every if e not in inner and e.cases >= share * cases]
    )
    broken = _violations(results, kind)
    total = sum(line.times for line in inner)
    flow = results.checks.get("flow") or {"stages": (), "steps": ()}
    return ProcessData(
        stages=tuple((s["id"], s["title"]) for s in flow["stages"]),
        steps=_steps(flow, every, kept, broken, share * cases), lines=tuple(kept),
        violations=tuple(broken), cases=cases, least=share,
        covered=sum(line.times for line in kept) / total if total else 0.0,
        kind=kind_titles(results, kind), days=str(flow.get("days", "wd")),
    )  # fmt: skip


def _main(inner: Sequence[Line], cases: int, least: float | None) -> tuple[float, list[Line]]:
    """The lines of at least a share of the cases; without one, the smallest that can be read."""
    for share in LEAST if least is None else (least,):
        kept = [line for line in inner if line.cases >= share * cases]
        if len(kept) <= MOST_LINES:
            break
    return share, kept


def _connecting(inner: Sequence[Line], kept: Sequence[Line], ends: Sequence[Line]) -> list[Line]:
    """The largest line into and out of each drawn step that would have none; `ends` are those with
    which many cases begin or end.
    """
    steps = {step for line in kept for step in (line.start, line.end)}
    entered = {line.end for line in (*kept, *ends)}
    left = {line.start for line in (*kept, *ends)}
    found = []
    for line in inner:  # the largest first
        if line in kept or line.start == line.end or not {line.start, line.end} <= steps:
            continue
        if line.end not in entered or line.start not in left:
            found.append(line)
            entered.add(line.end)
            left.add(line.start)
    return found


def _violations(results: Results, kind: str | None) -> list[Violation]:
    its = "kind IS NULL" if kind is None else f"kind = {sqltext.literal(kind)}"
    rows = results.engine.rows(
        'SELECT "rule", "before", "after", cases FROM work.order_violations '
        f"WHERE {its} AND unit_id IS NULL AND cases > 0 "
        f'ORDER BY cases DESC, "rule" LIMIT {MOST_VIOLATIONS}',
        "order violations",
    )
    rules = {
        rule["id"]: rule["title"] for rule in (results.checks.get("flow") or {}).get("order", ())
    }
    return [Violation(rule, rules.get(rule, {"zh": rule, "en": rule}), after, before, int(n))
            for rule, before, after, n in rows]  # fmt: skip


def _steps(
    flow: dict[str, Any], every: Sequence[Line], kept: Sequence[Line],
    broken: Sequence[Violation], least: float,
) -> tuple[Step, ...]:  # fmt: skip
    begins = {line.end: line.cases for line in every if not line.start}
    ends = {line.start: line.cases for line in every if not line.end}
    used = {step for line in kept for step in (line.start, line.end)}
    used |= {step for found in broken for step in (found.start, found.end)}
    used |= {step for marks in (begins, ends) for step, n in marks.items() if n >= least and step}
    steps = [Step(s["id"], s["title"], s["stage"], begins.get(s["id"], 0), ends.get(s["id"], 0))
             for s in flow["steps"] if s["id"] in used]  # fmt: skip
    unknown = sorted(used - {step.id for step in steps})
    return (*steps, *(Step(s, {"zh": s, "en": s}, "", begins.get(s, 0), ends.get(s, 0))
                      for s in unknown))  # fmt: skip


def process_figure(data: ProcessData, language: str = "zh") -> Figure:
    """The map."""
    title = " · ".join(p for p in (said("process", language), data.kind.get(language, "")) if p)
    if not data.steps:
        return empty(title, said("no_flows", language))
    names = {step.id: step.titles[language] for step in data.steps}
    texts, wrong = {}, {(found.start, found.end) for found in data.violations}
    for line in data.lines:
        if (line.start, line.end) in wrong:
            continue  # is drawn as what it is
        hover = said("flow_hover", language, start=plain(names[line.start]),
                     end=plain(names[line.end]), cases=line.cases, times=line.times,
                     p50=number(line.p50), p90=number(line.p90), late=line.late_cases,
                     unit=said(f"unit_{data.days}", language))  # fmt: skip
        days = said("label_days", language, days=number(line.p50, 0))
        texts[line.start, line.end, False] = (f"{count(line.cases)}<br>{days}", hover)
    for found in data.violations:
        hover = said("violation_hover", language, rule=plain(found.titles[language]),
                     first=plain(names[found.start]), then=plain(names[found.end]),
                     cases=found.cases)  # fmt: skip
        texts[found.start, found.end, True] = (f"⚠ {count(found.cases)}", hover)
    return drawn_process(data, texts, title, language, process_caption(data, language))


def process_caption(data: ProcessData, language: str = "zh") -> str:
    """How the map is read, and how much of everything it shows."""
    parts = [said("process_reads", language, least=percent(data.least, 0), cases=data.cases,
                  covered=percent(data.covered), lines=len(data.lines),
                  unit=said(f"in_{data.days}", language))]  # fmt: skip
    if data.violations:
        parts.append(said("process_broken", language, n=len(data.violations)))
    return ("" if language == "zh" else " ").join(parts)


def process_table(data: ProcessData, language: str = "zh") -> Table:
    """A row a line, and a row a rule of order that was not kept."""
    names = {step.id: step.titles[language] for step in data.steps}
    rows: list[tuple[Any, ...]] = [
        (names[line.start], names[line.end], line.cases, line.times, line.p50, line.p90,
         line.late_cases, "") for line in data.lines
    ]  # fmt: skip
    rows += [(names[v.start], names[v.end], v.cases, None, None, None, None,
              said("violates", language, rule=v.titles[language]))
             for v in data.violations]  # fmt: skip
    keys = "from_step to_step cases times p50_days p90_days late_cases what"
    kinds = ("text", "text", "count", "count", "number", "number", "count", "text")
    return Table(heads(keys, language), tuple(rows), kinds)
