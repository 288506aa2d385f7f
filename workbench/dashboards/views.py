"""A state of a run becomes a page: the frame around every view, and which view stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from workbench import display
from workbench.dashboards.bottlenecks_view import bottlenecks_view
from workbench.dashboards.case_view import case_view
from workbench.dashboards.cases_view import cases_view
from workbench.dashboards.check_view import check_view
from workbench.dashboards.data import RunData
from workbench.dashboards.deadlines_view import deadlines_view
from workbench.dashboards.filters import filter_bar
from workbench.dashboards.overview import overview
from workbench.dashboards.state import State
from workbench.dashboards.view import fill, template, words_of
from workbench.dashboards.weak_view import weak_view
from workbench.display import Html, Language, count, text_of
from workbench.reports.report_words import Words

_VIEWS = {
    "overview": overview,
    "cases": cases_view,
    "check": check_view,
    "case": case_view,
    "deadlines": deadlines_view,
    "weak": weak_view,
    "bottlenecks": bottlenecks_view,
}


@dataclass(frozen=True)
class ListedRun:
    """A run as the viewer may choose it."""

    id: str
    as_of: date
    title: Mapping[str, str]
    organs: Sequence[str]
    cases: int


def listed_run(name: str, manifest: Mapping[str, Any]) -> ListedRun:
    """What the list of runs says of one."""
    return ListedRun(
        id=name,
        as_of=date.fromisoformat(manifest["as_of"]),
        title=manifest["pack"]["title"],
        organs=manifest.get("organs", ()),
        cases=manifest["assets"][manifest["case_asset"]],
    )


@dataclass(frozen=True)
class Place:
    """Where the page is shown: the server's address (empty in a notebook), and the other runs."""

    base: str = ""
    plotly: str = ""  # where the server hands out plotly.js
    runs: Sequence[ListedRun] = ()
    broken: Sequence[str] = ()
    ignored: Sequence[str] = ()  # what the address named and the run does not have
    unknown_run: str = ""  # the run that the address named, if it is not there


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
        runs=_runs(data, state, place, w),
        nav=_nav(data, state, w, totals),
        notices=_notices(place, w, data.run_id), loaded=_loaded(data, place, w),
        find=State(data.run_id, state.language, "case").link(), footer=_footer(data, w),
        **(filter_bar(data, state, w, totals) if view.filtered else {"filters": []}),
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


def failed_page(state: State, number: str, address: str) -> Page:
    """The page in place of a view that could not be computed; its address stays."""
    w = words_of(state.language)
    body = fill("failed.html.j2", w=w, number=number, up=State(language=state.language).link())
    return _bare(state, body, Place(), w("product"), here=address)


def _bare(
    state: State,
    body: Html,
    place: Place,
    title: str,
    *,
    here: str = "",
    first: bool = False,
    live: bool = True,
) -> Page:
    """The frame without a run."""
    w, here = words_of(state.language), here or state.link()
    html = template("page.html.j2").render(
        w=w, id="wb-first" if first else "wb-page", style=style() if first else "", live=live,
        language=state.language, here=here, title=title, heading=title, body=body,
        figures={}, plotly=place.plotly, home=place.base, documents=[],
        other=_other_language(state), organs="", run_line="", runs=[], nav=[], filters=[],
        notices=_notices(place, w), loaded=None, find="", footer="",
    )  # fmt: skip
    return Page(Html(html), here)


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


def _notices(place: Place, w: Words, shown: str = "") -> list[str]:
    notices = [w("broken_run", id=run) for run in place.broken]
    if place.unknown_run and shown:
        notices.insert(0, w("unknown_run", id=place.unknown_run, shown=shown))
    if place.ignored:
        notices.insert(0, w("ignored", what=w.listed(list(place.ignored))))
    return notices


def _loaded(data: RunData, place: Place, w: Words) -> dict[str, str] | None:
    """One line on what did not come in or could not be tested; nothing where all is well."""
    rows = data.manifest["rows"].values()
    refused, untested = sum(r["refused"] for r in rows), len(data.manifest["untested"])
    if not (refused or data.unreadable or untested):
        return None
    text = w("loaded_here", read=sum(r["read"] for r in rows), refused=refused,
             unreadable=data.unreadable, untested=untested, checks=len(data.checks))  # fmt: skip
    report = next((d["href"] for d in _documents(data, place, w)), "")
    return {"text": text, "href": f"{report}#gaps" if report else "", "link": w("open_report")}


def _documents(data: RunData, place: Place, w: Words) -> list[dict[str, str]]:
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
    names = [data.organ_names.get(organ, organ) for organ in shown]
    if len(names) > 1:  # the bureau itself; the filter names the others
        names = names[:1]
    return "".join(names)


def _run_line(data: RunData, w: Words) -> str:
    start, end = (w.day(date.fromisoformat(day)) for day in data.manifest["period"])
    as_of = w.day(date.fromisoformat(data.manifest["as_of"]))
    return str(w("run_line", as_of=as_of, start=start, end=end))


def _runs(data: RunData, state: State, place: Place, w: Words) -> list[dict[str, Any]]:
    fresh = State(language=state.language)
    return [
        {"href": fresh.link(run=run.id), "here": run.id == data.run_id,
         "text": w("run_option", title=text_of(run.title, w.language), day=run.as_of.isoformat(),
                   who=run.organs[0] if run.organs else "", cases=run.cases, id=run.id[-10:])}
        for run in place.runs
    ]  # fmt: skip


def _nav(data: RunData, state: State, w: Words, totals: Mapping[str, int]) -> list[dict[str, Any]]:
    has_clocks = bool(data.results.checks["clocks"])
    weak = data.manifest["signals"]["families"]["unit"]["flagged"]
    calm = replace(state, check=None, subject=None, outcome="failed", due="soon", at=0)
    urgent = totals["soon"] + totals["overdue"]
    return [
        {"href": calm.link(page="overview"), "text": w("overview"),
         "here": state.page == "overview", "count": ""},
        {"href": calm.link(page="weak"), "text": w("weak_nav"),
         "here": state.page == "weak", "count": count(weak) if weak else ""},
        *([{"href": calm.link(page="bottlenecks"), "text": w("bottlenecks_nav"),
            "here": state.page == "bottlenecks", "count": ""}] if has_clocks else []),
        {"href": calm.link(page="cases"), "text": w("cases_nav"),
         "here": state.page == "cases", "count": ""},
        *([{"href": calm.link(page="deadlines"), "text": w("deadlines_nav"),
            "here": state.page == "deadlines", "count": count(urgent) if urgent else ""}]
          if has_clocks else []),
    ]  # fmt: skip


def _footer(data: RunData, w: Words) -> str:
    pack = data.manifest["pack"]
    return str(w("footer", run=data.run_id, pack=pack["id"], version=pack["version"],
                 digest=str(pack["digest"])[:12], engine=data.manifest["engine"]))  # fmt: skip
