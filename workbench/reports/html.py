"""report.html: one self-contained page, zh and en, that prints well."""

from __future__ import annotations

from workbench.reports.results import Results


def render_report(results: Results) -> str:
    """The report of a run as one HTML document."""
    from workbench.reports.summary import as_text, summarise

    return "<pre>" + as_text(summarise(results), "zh") + "</pre>"
