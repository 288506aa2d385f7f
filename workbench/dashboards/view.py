"""What every view is made with: its templates, its words, the run's names and codes in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.dashboards.data import ROWS
from workbench.dashboards.state import NO_UNIT, State
from workbench.display import Html, Language, text_of
from workbench.reports.report_words import Words

if TYPE_CHECKING:
    from jinja2 import Template

    from workbench.dashboards.data import RunData
    from workbench.reports.report_data import Month

WORDS = Path(__file__).with_name("words.yaml")
BAR = ("failed", "passed", "cannot_tell", "not_yet_due")


@dataclass(frozen=True)
class View:
    """The middle of a page: HTML, a title, figures by the id of their place."""

    html: Html
    title: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    filtered: bool = True  # does the filter bar concern it?


def words_of(language: Language) -> Words:
    """The words of the dashboards and of the report."""
    return Words(language, WORDS)


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> Template:
    """A template; every text put into it is escaped."""
    found: Template = _environment().get_template(name)
    return found


def fill(name: str, **values: Any) -> Html:
    """A filled template, as HTML that is not escaped again."""
    return Html(template(name).render(**values))


def unit_name(data: RunData, unit: str | None, language: Language) -> str:
    """What people call a unit; its id where nobody says, and a word where there is none."""
    if not unit or unit == NO_UNIT:
        return words_of(language)("no_unit")
    return data.unit_names.get(unit, unit)


def quoted_documents(data: RunData, checks: Iterable[str], w: Words) -> str:
    """What the short names in the clauses of these checks stand for, "" if there are none; titles
    stay as they are."""
    colon, comma = ("：", "，") if w.language == "zh" else (": ", ", ")
    clauses = " ".join(str(data.checks[check]["clause"]) for check in checks)
    listed = [
        name + colon + comma.join(str(about[k]) for k in ("title", "number") if about.get(k))
        for name, about in data.results.checks["sources"].items()
        if re.search(rf"\b{re.escape(name)}\b", clauses)
    ]
    return str(w("sources_label", what=w("source_between").join(listed))) if listed else ""


def kind_name(data: RunData, kind: str | None, language: Language) -> str:
    """A kind of case in words."""
    return data.results.words(kind, language) or "—"


def check_title(data: RunData, check: str, language: Language) -> str:
    """The title of a check."""
    return text_of(data.checks[check]["title"], language)


def clock_title(data: RunData, clock: str, language: Language) -> str:
    """The title of a clock."""
    about = data.results.checks["clocks"].get(clock, {})
    return text_of(about.get("title"), language) if about else clock


def paging(state: State, total: int, w: Words) -> dict[str, Any]:
    """Which rows of how many are shown, and where the rows before and after are."""
    start = state.at * ROWS
    if total <= 0 or start >= total:
        return {"text": "", "many": False}
    end = min(start + ROWS, total)
    return {
        "text": w("rows_shown", start=start + 1, end=end, total=total),
        "many": total > ROWS,
        "previous": state.link(at=state.at - 1) if state.at else "",
        "next": state.link(at=state.at + 1) if end < total else "",
    }


def lowest(months: list[Month]) -> float:
    """Where the lowest dot or interval ends that a trend draws; 1 where there is none."""
    drawn = [m for m in months if m.rate is not None]
    return min((float(m.rate or 0) if m.few else m.low for m in drawn), default=1.0)


def trend(
    months: list[Month],
    state: State,
    check: str,
    w: Words,
    height: int,
    floor: float | None = None,
) -> dict[str, Any]:
    """The figure of a check's months; a click on a month leads to its cases.

    `floor`: a rate that the scale must reach down to, so that several figures share one.
    """
    from workbench.figures import trend_figure
    from workbench.reports.report_words import share

    points = []
    for month in months:
        hover = w("trend_hover", month=month.month, rate=share(month.rate), passed=month.passed,
                  decided=month.decided, low=share(month.low), high=share(month.high))  # fmt: skip
        if month.cannot_tell or month.open:
            hover += w("trend_hover_beside", cannot_tell=month.cannot_tell, open=month.open)
        hover += w("trend_open") if month.open else ""
        hover += w("trend_few") if month.few else ""
        outcome = "failed" if month.passed < month.decided else "passed"
        link = state.link(page="check", check=check, first=month.month, last=month.month,
                          outcome=outcome, at=0)  # fmt: skip
        points.append({
            "month": month.month, "rate": month.rate, "low": month.low, "high": month.high,
            "open": bool(month.open), "few": month.few, "hover": hover, "link": link,
        })  # fmt: skip
    return trend_figure(points, {"axis": w("rate_passed")}, height, floor)
