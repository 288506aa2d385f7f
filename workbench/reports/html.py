"""report.html: one self-contained page, zh and en, that prints well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.privacy import Role
from workbench.reports import report_lists as lists
from workbench.reports import report_page as sections
from workbench.reports.report_data import ReportData, gather
from workbench.reports.report_links import bottlenecks, links
from workbench.reports.report_page import Page
from workbench.reports.report_units import units
from workbench.reports.report_words import LANGUAGES, Words
from workbench.reports.results import Results


def render_report(
    results: Results,
    data: ReportData | None = None,
    language: str | None = None,
    *,
    role: Role = Role.leadership,
) -> str:
    """The report of a run as one HTML document in both languages, without a script.

    The language of the pack is shown first, if no other is asked for; the other is in the same
    file, behind a switch. `data` are the numbers, where they were gathered already. The page gets
    passed on, so it shows what leadership may see, unless `role` says otherwise.
    """
    data = data or gather(results)
    manifest = results.manifest
    default = language or manifest["pack"]["language"]
    document: str = _template().render(
        pages=[_page(Page(results, data, Words(language), role)) for language in LANGUAGES],
        default=default if default in LANGUAGES else LANGUAGES[0],
        # On each printed sheet; a style sheet is no place for text that could hold a quote.
        stamp="".join(c for c in f"{manifest['as_of']} · {_short(manifest)}" if c.isalnum()
                      or c in "-· "),
    )  # fmt: skip
    return document


def _short(manifest: Any) -> str:
    return str(manifest["pack"]["digest"])[:12]


def _page(page: Page) -> dict[str, Any]:
    """All sections of one language."""
    return {
        "language": page.language,
        "words": page.words,
        "cover": sections.cover(page),
        "systems": sections.systems(page),
        "links": links(page),
        "bottlenecks": bottlenecks(page),
        "checks": sections.checks(page),
        "cases": lists.cases(page),
        "deadlines": lists.deadlines(page),
        "units": units(page),
        "gaps": lists.gaps(page),
        "unscored": lists.unscored(page),
        "reading": lists.reading(page),
    }


def _template() -> Any:
    """The template beside this file; every text in it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("report.html.j2")
