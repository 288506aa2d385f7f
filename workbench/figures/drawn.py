"""A figure of a run by its name, as a notebook shows it: the figure, its caption, its table."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import display
from workbench.display import Html, element, join
from workbench.figures.shared import Figure, Table
from workbench.figures.words import said
from workbench.terms import UsageError
from workbench.texts import shown_language

if TYPE_CHECKING:
    import pandas as pd

    from workbench.reports.results import Results

# What a figure is called -> the module that holds its `*_data`, `*_figure`, `*_table`.
FIGURES = {"funnel": "funnel", "heat": "heat", "control": "control", "trend": "months",
           "stages": "stages", "process": "process", "pareto": "pareto"}  # fmt: skip
PLOTLY = "application/vnd.plotly.v1+json"
_ROWS = 200  # of the table that stands below a figure; `.table` has them all


@dataclass(frozen=True)
class Drawn:
    """A figure of a run: `data` are its numbers, `figure` is for plotly, `table` a frame of the
    same numbers. `save` writes a page that needs no network.

    >>> run.figure("funnel", check="archive-in-time").table        # doctest: +SKIP
    """

    name: str
    data: Any
    figure: Figure
    caption: str
    rows: Table
    language: display.Language

    @property
    def title(self) -> str:
        """What stands above the figure, in one line."""
        return _unmarked(self.figure["layout"]["title"]["text"], self.language)

    @property
    def table(self) -> pd.DataFrame:
        """The numbers of the figure, a row each; shares lie between 0 and 1."""
        import pandas as pd

        return pd.DataFrame(list(self.rows.rows), columns=list(self.rows.heads))

    def save(self, to: str | Path) -> Path:
        """Write the figure with caption and table as one HTML page that works without a network.

        Raises `UsageError` unless the file ends in .html and its folder is there.
        """
        path = Path(to)
        if path.suffix != ".html":
            raise UsageError(f"'{path.name}': a figure is saved as a page, name.html")
        if not path.parent.is_dir():
            raise UsageError(f"there is no folder {path.parent} to save {path.name} in")
        path.write_text(self.page(), "utf-8")
        return path

    def page(self) -> str:
        """The page that `save` writes."""
        import plotly.io

        drawn = plotly.io.to_html(self.figure, include_plotlyjs=True, full_html=False,
                                  config={"displayModeBar": False, "responsive": True})  # fmt: skip
        head = join([Html('<meta charset="utf-8">'), element("title", self.title)])
        body = element("body", join([Html(drawn), self._repr_html_()]))
        return "<!doctype html>" + element("html", join([element("head", head), body]),
                                           lang=self.language)  # fmt: skip

    def table_html(self) -> Html:
        """The first rows of the table, for a page."""
        rows = [[written(value, kind) for value, kind in zip(row, self.rows.kinds, strict=True)]
                for row in self.rows.rows[:_ROWS]]  # fmt: skip
        right = [at for at, kind in enumerate(self.rows.kinds) if kind != "text"]
        return display.table(self.rows.heads, rows, numeric=right, total=len(self.rows.rows),
                             language=self.language)  # fmt: skip

    def _repr_html_(self) -> Html:
        """Caption and table: what the figure says to those who cannot see it."""
        summary = element("summary", said("as_table", self.language))
        folded = element("details", join([summary, self.table_html()]))
        parts = [display.paragraph(self.caption), folded if self.rows.rows else Html()]
        return display.card(self.title, parts, self.language)

    def _ipython_display_(self) -> None:
        """Show the figure, then its caption with the table folded away."""
        from IPython.display import publish_display_data as publish

        publish({PLOTLY: self.figure, "text/plain": self.title})  # type: ignore[no-untyped-call]
        page = {"text/html": str(self._repr_html_()), "text/plain": self.caption}
        publish(page)  # type: ignore[no-untyped-call]


def draw(results: Results, name: str, language: str | None = None, **asked: Any) -> Drawn:
    """Draw a figure of a run; what may be asked is what its `*_data` takes (check, unit, ...).

    Raises `UsageError` for a figure or a question that there is not.
    """
    if name not in FIGURES:
        raise UsageError(f"no figure '{name}'; there are {', '.join(FIGURES)}")
    its = _made(name)
    known = inspect.signature(its("data")).parameters
    needed = [p for p, about in known.items()
              if about.default is about.empty and p not in ("results", *asked)]  # fmt: skip
    if (strange := sorted(set(asked) - set(known))) or needed:
        wrong = f"no '{strange[0]}' here" if strange else f"'{needed[0]}' is missing"
        raise UsageError(f"figure '{name}': {wrong}; it takes {', '.join([*known][1:])}")
    data = its("data")(results, **asked)
    chosen = shown_language(results.manifest["pack"]["language"], language)
    return Drawn(name, data, its("figure")(data, chosen), its("caption")(data, chosen),
                 its("table")(data, chosen), chosen)  # fmt: skip


def _made(name: str) -> Callable[[str], Any]:
    module = import_module(f"workbench.figures.{FIGURES[name]}")
    return lambda part: getattr(module, f"{name}_{part}")


def written(value: Any, kind: str) -> object:
    """A value of a table as people read it.

    >>> written(0.943, "share"), written(1200, "count"), written(2.5, "number")
    ('94.3%', '1,200', '2.5')
    """
    if value is None or kind == "text":
        return value if value not in (None, "") else "—"
    if kind == "share":
        return display.percent(value)
    return display.count(value) if kind == "count" else display.number(value, 3 if value < 1 else 1)


def _unmarked(text: str, language: str) -> str:
    for mark, sign in (("<br>", "" if language == "zh" else " "), ("&lt;", "<"), ("&gt;", ">"),
                       ("&amp;", "&")):  # fmt: skip
        text = text.replace(mark, sign)
    return text
