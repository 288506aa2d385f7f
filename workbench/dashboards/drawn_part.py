"""A figure of a run on a page: its place, its caption, its table folded away."""

from __future__ import annotations

from typing import Any, NamedTuple

from workbench.dashboards.data import RunData
from workbench.dashboards.state import State
from workbench.dashboards.view import words_of
from workbench.display import Html, element, join
from workbench.figures.drawn import draw


class Part(NamedTuple):
    """HTML with a place for the figure, and the figure by the id of its place."""

    html: Html
    figures: dict[str, Any]


def drawn_part(data: RunData, state: State, name: str, place: str, **asked: Any) -> Part:
    """One figure of the run, as `workbench.figures.drawn.draw` makes it.

    >>> drawn_part(data, state, "pareto", "wb-pareto").figures.keys()   # doctest: +SKIP
    dict_keys(['wb-pareto'])
    """
    w = words_of(state.language)
    drawn = draw(data.results, name, state.language, **asked)
    height = int(drawn.figure["layout"]["height"])
    box = element("div", "", class_="wb-figure", id=place, role="img", aria_label=drawn.title,
                  style=f"height:{height}px")  # fmt: skip
    rows = element("div", drawn.table_html(), class_="wb-wide")
    table = element("details", join([element("summary", w("figure_table")), rows]),
                    class_="wb-numbers")  # fmt: skip
    caption = element("p", drawn.caption, class_="wb-note")
    parts = [box, caption, table if drawn.rows.rows else Html()]
    return Part(element("div", join(parts), class_="wb-drawn"), {place: drawn.figure})
