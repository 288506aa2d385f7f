"""A state of a run becomes a page: the frame around every view, and which view stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from workbench import display
from workbench.dashboards.case_view import case_view
from workbench.dashboards.check_view import check_view
from workbench.dashboards.data import RunData
from workbench.dashboards.deadlines_view import deadlines_view
from workbench.dashboards.overview import overview
from workbench.dashboards.state import FILTERS, State
from workbench.dashboards.view import fill, template, words_of
from workbench.display import Html, Language, count, text_of

_VIEWS = {
    "overview": overview,
    "check": check_view,
    "case": case_view,
    "deadlines": deadlines_view,
}
_UNFILTERED: dict[str, Any] = dict.fromkeys(FILTERS) | {"at": 0}


@dataclass(frozen=True)
class Place:
    """Where the page is shown: the server's address (empty in a notebook), and the other runs."""

    base: str = ""
    plotly: str = ""  # where the server hands out plotly.js
    runs: Sequence[tuple[str, str]] = ()  # run id, as-of day
    broken: Sequence[str] = ()


@dataclass(frozen=True)
class Page:
    """What goes to the browser: the HTML of a view (figures are in it), and its address."""

    html: Html
    here: str


def render(
    data: RunData, state: State, place: Place, *, first: bool = False, live: bool = True
) -> Page:
    """The whole page of one state. `first` brings the style sheet; not `live`: still inert."""
    view = _VIEWS[state.page](data, state)
    w = words_of(state.language)
    heading = text_of(data.manifest["pack"]["title"], state.language)
    title = w("page_title", page=view.title, run=heading)
    totals = data.totals(state)
    html = template("page.html.j2").render(
        w=w, id="wb-first" if first else "wb-page", style=style() if first else "", live=live,
        language=state.language, here=state.link(), title=title, heading=heading,
        body=view.html, figures=dict(view.figures), plotly=place.plotly, home=place.base,
        documents=_documents(data, place, w),
        other=_other_language(state), organs=_organs(data, state), run_line=_run_line(data, w),
        runs=_runs(data, state, place, w), nav=_nav(state, w, totals),
        notices=[w("broken_run", id=run) for run in place.broken], footer=_footer(data, w),
        **(_filters(data, state, w, totals) if view.filtered else {"filters": []}),
    )  # fmt: skip
    return Page(Html(html), state.link())


def empty_page(
    folder: Path, language: Language, place: Place, *, first: bool = False, live: bool = True
) -> Page:
    """The page where there is no run: what to do, and where was looked."""
    w, state = words_of(language), State(language=language)
    body = fill("empty.html.j2", w=w, folder=str(folder))
    title = w("only_broken_title" if place.broken else "no_runs_title")
    return _bare(state, body, place, title, first=first, live=live)


def failed_page(state: State, number: str) -> Page:
    """The page in place of a view that could not be computed."""
    w = words_of(state.language)
    body = fill("failed.html.j2", w=w, number=number, up=State(language=state.language).link())
    return _bare(state, body, Place(), w("product"))


def _bare(
    state: State, body: Html, place: Place, title: str, *, first: bool = False, live: bool = True
) -> Page:
    """The frame without a run."""
    w = words_of(state.language)
    html = template("page.html.j2").render(
        w=w, id="wb-first" if first else "wb-page", style=style() if first else "", live=live,
        language=state.language, here=state.link(), title=title, heading=title, body=body,
        figures={}, plotly=place.plotly, home=place.base, documents=[],
        other=_other_language(state), organs="", run_line="", runs=[], nav=[], filters=[],
        notices=[w("broken_run", id=run) for run in place.broken], footer="",
    )  # fmt: skip
    return Page(Html(html), state.link())


@cache
def style() -> Html:
    """The style sheet of every page: the house's, the case's, the dashboards' own."""
    from workbench.reports import case_page

    files = (
        Path(display.__file__).with_name("display.css"),
        Path(case_page.__file__).with_name("case_page.css"),
        Path(__file__).with_name("page.css"),
    )
    return Html("\n".join(file.read_text("utf-8") for file in files))


def _documents(data: RunData, place: Place, w: Any) -> list[dict[str, str]]:
    """Links to the files of the run; only a server of ours can hand them out."""
    if not place.base:
        return []
    there = {entry["path"] for entry in data.manifest["artefacts"]}
    return [
        {"href": f"{place.base}runs/{data.run_id}/{name}", "text": w(word)}
        for name, word in (("report.html", "open_report"), ("evaluation.xlsx", "open_workbook"))
        if name in there
    ]


def _other_language(state: State) -> dict[str, str]:
    other = "en" if state.language == "zh" else "zh"
    return {"href": state.link(language=other), "language": other}


def _organs(data: RunData, state: State) -> str:
    shown = [state.organ] if state.organ else sorted(data.known.organs)
    names = [data.names.get(organ, organ) for organ in shown]
    if len(names) > 1:  # the bureau itself; the filter names the others
        names = names[:1]
    return "".join(names)


def _run_line(data: RunData, w: Any) -> str:
    start, end = (w.day(date.fromisoformat(day)) for day in data.manifest["period"])
    as_of = w.day(date.fromisoformat(data.manifest["as_of"]))
    return str(w("run_line", as_of=as_of, start=start, end=end))


def _runs(data: RunData, state: State, place: Place, w: Any) -> list[dict[str, Any]]:
    fresh = State(language=state.language)
    return [
        {"href": fresh.link(run=run), "here": run == data.run_id,
         "text": w("run_option", id=run, day=w.day(date.fromisoformat(day)))}
        for run, day in place.runs
    ]  # fmt: skip


def _nav(state: State, w: Any, totals: Mapping[str, int]) -> list[dict[str, Any]]:
    calm = replace(state, check=None, subject=None, outcome="failed", due="soon", at=0)
    urgent = totals["soon"] + totals["overdue"]
    return [
        {"href": calm.link(page="overview"), "text": w("overview"),
         "here": state.page == "overview", "count": ""},
        {"href": calm.link(page="deadlines"), "text": w("deadlines_nav"),
         "here": state.page == "deadlines", "count": count(urgent) if urgent else ""},
    ]  # fmt: skip


def _filters(data: RunData, state: State, w: Any, totals: Mapping[str, int]) -> dict[str, Any]:
    """The filter bar: what can be chosen, what is, and how many cases that leaves."""
    known, names, words = data.known, data.names, data.results.words
    units = [u for u, organ in known.units.items() if not state.organ or organ == state.organ]
    months = list(known.months)
    given = (
        ("organ", w("organ"), w("everything"), [(o, names.get(o, o)) for o in known.organs]),
        ("unit", w("unit_filter"), w("everything"), [(u, names.get(u, u)) for u in units]),
        ("kind", w("kind_filter"), w("everything"),
         [(k, words(k, state.language)) for k in known.kinds]),
        ("first", w("first"), w("earliest"), [(m, m) for m in months]),
        ("last", w("last"), w("latest"), [(m, m) for m in months]),
    )  # fmt: skip
    cases, everything = totals["cases"], data.totals(State())["cases"]
    shown = w("shown_some", cases=cases, all=everything) if state.filtered else w(
        "shown_all", cases=everything)  # fmt: skip
    return {
        "filters": [_filter(state, *one) for one in given],
        "presets": _presets(state, months, str(data.manifest["as_of"]), w),
        "shown": shown,
        "filtered": state.filtered,
        "clear": replace(state, **_UNFILTERED).link(),
        "unfiltered": replace(state, **_UNFILTERED).link(),
    }


def _filter(
    state: State, name: str, label: str, everything: str, values: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    chosen = getattr(state, name)
    only = len(values) == 1 and name in ("organ", "kind")
    options = [{"value": "", "text": everything, "chosen": chosen is None}] if not only else []
    options += [{"value": v, "text": t, "chosen": v == chosen} for v, t in values]
    return {"name": name, "label": label, "options": options}


def _presets(state: State, months: Sequence[str], as_of: str, w: Any) -> list[dict[str, Any]]:
    """Periods that people ask for: everything, the last twelve months, the latest years."""
    if not months:
        return []
    spans: list[tuple[str, str | None, str | None]] = [(w("whole_period"), None, None)]
    past = [month for month in months if month <= as_of[:7]]  # a subject's day may lie ahead
    if len(past) > 12:
        spans.append((w("last_year"), past[-12], past[-1] if past != months else None))
    for year in sorted({month[:4] for month in months}, reverse=True)[:3]:
        its = [month for month in months if month[:4] == year]
        spans.append((w("a_year", year=year), its[0], its[-1]))
    return [
        {"text": text, "href": state.link(first=a, last=b, at=0),
         "here": (state.first, state.last) == (a, b)}
        for text, a, b in spans
    ]  # fmt: skip


def _footer(data: RunData, w: Any) -> str:
    pack = data.manifest["pack"]
    return str(w("footer", run=data.run_id, pack=pack["id"], version=pack["version"],
                 digest=str(pack["digest"])[:12], engine=data.manifest["engine"]))  # fmt: skip
