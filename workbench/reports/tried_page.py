"""A check that was tried, as a small page for a notebook, zh / en."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.display import (
    Html,
    card,
    code,
    element,
    join,
    number,
    paragraph,
    percent,
    table,
    text_of,
)
from workbench.reports.check_page import BOOK, definitions
from workbench.reports.finding_words import code_words
from workbench.reports.report_words import Words
from workbench.texts import Language

if TYPE_CHECKING:
    from workbench.tried import Tried

ROWS_SHOWN = 5


def tried_html(tried: Tried, language: Language) -> Html:
    """Counts with their denominator, who answered, and the first that failed."""
    w = Words(language, BOOK)
    asset = text_of(tried.results.checks["assets"][tried.asset]["title"], language)
    parts = [
        paragraph(code(tried.text)),
        definitions([(w("check_counts"), _answer(tried, w)), (w("tried_by"), _by(tried, w))]),
        paragraph(_scope(tried, w), "wb-soft"),
        *_failing(tried, w),
        paragraph(w("tried_keep"), "wb-soft"),
    ]
    return card(w("tried"), parts, language, w("asset_line", asset=asset))


def _answer(tried: Tried, w: Words) -> Html:
    if tried.counts is None:
        said = w("tried_holds" if tried.success else "tried_fails")
        value = tried.observed
        shown = number(value, 4) if isinstance(value, float) else value
        return join([element("b", said), f"{w('tried_value')} {shown}"], " · ")
    counts = dict(tried.counts)
    line = w("tried_counts", **counts)
    if counts["outside"]:
        line += w("tried_outside", n=counts["outside"])
    if not tried.decided:
        return join([element("b", w("check_none")), element("small", line)], " ")
    rate = w("tried_rate", rate=percent(tried.rate), failed=counts["failed"],
             decided=tried.decided)  # fmt: skip
    return join([element("b", rate), element("small", line)], " ")


def _by(tried: Tried, w: Words) -> str:
    if not tried.by_gx:
        return w("tried_here")
    return w("tried_gx_why", why=tried.why) if tried.why else w("tried_gx")


def _scope(tried: Tried, w: Words) -> str:
    return w("tried_scope", code=tried.scope_condition) if tried.scope else ""


def _failing(tried: Tried, w: Words) -> list[Html]:
    """The first that failed, with the facts looked at."""
    frame = tried.failing
    if not len(frame):
        return []
    shown = frame.head(ROWS_SHOWN)
    names = tried.results.unit_names
    same = "case_id" if tried.asset == tried.results.case_asset else ""  # as subject_id
    columns = [c for c in shown.columns if c != same]
    rows = [
        [_cell(tried, c, row[c], names, w) for c in columns] for row in shown.to_dict("records")
    ]
    key = "tried_failing" if len(shown) < len(frame) else "tried_failing_all"
    lead = w(key, shown=len(shown), total=len(frame))
    return [paragraph(lead), table([_head(c, w) for c in columns], rows),
            paragraph(join([w("tried_frame"), code(".failing")]), "wb-next")]  # fmt: skip


def _head(column: str, w: Words) -> object:
    known = {"subject_id": "subject", "unit_id": "unit", "kind": "kind"}
    return w(known[column]) if column in known else code(column)


def _cell(tried: Tried, column: str, value: Any, names: dict[str, str], w: Words) -> object:
    if value is None or value != value:  # not a number is nothing
        return None
    if column == "unit_id":
        return names.get(value, value)
    if isinstance(value, float):
        return f"{value:g}"
    return code_words(tried.results, str(value), w.language) if column == "kind" else value
