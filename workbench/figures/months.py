"""The share that passed a check, month by month, of one unit or of all, with its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.display import percent
from workbench.figures.cells import Titles, kind_titles, months, signals, titles, unit_name
from workbench.figures.shared import Figure, Table, empty, layout
from workbench.figures.trend import trend_figure as points_figure
from workbench.figures.words import heads, said
from workbench.statistics import clopper_pearson_arrays

if TYPE_CHECKING:
    from workbench.reports.results import Results

_HEIGHT = 260


@dataclass(frozen=True)
class Passed:
    """A month: how many of the decided passed, the exact 95 % interval, limits that still run."""

    month: str
    passed: int
    n: int
    low: float
    high: float
    open: int
    few: bool

    @property
    def rate(self) -> float | None:
        """The share that passed; None where nothing is decided."""
        return self.passed / self.n if self.n else None


@dataclass(frozen=True)
class TrendData:
    """The months of one check; `unit` is a name, empty for all units."""

    titles: Titles
    unit: str
    kind: Titles
    months: tuple[Passed, ...]


def trend_data(
    results: Results, check: str, unit: str | None = None, kind: str | None = None
) -> TrendData:
    """The months of a check in the run, none left out between the first and the last."""
    its = months(results, check, unit, kind)
    least = signals(results)["minimum"]
    passed = [m.n - m.failed for m in its]
    low, high = clopper_pearson_arrays(passed, [m.n for m in its])
    return TrendData(
        titles(results, check), unit_name(results.unit_names, unit), kind_titles(results, kind),
        tuple(Passed(m.month, ok, m.n, float(a), float(b), m.open, m.n < least)
              for m, ok, a, b in zip(its, passed, low, high, strict=True)),
    )  # fmt: skip


def trend_figure(data: TrendData, language: str = "zh") -> Figure:
    """Dots with their intervals; rings for months whose limits still run."""
    parts = (data.titles[language], data.unit, data.kind.get(language, ""))
    title = " · ".join(part for part in parts if part)
    if not any(month.n for month in data.months):
        return empty(title, said("none_decided", language))
    points = [
        {"month": m.month, "rate": m.rate, "low": m.low, "high": m.high, "open": bool(m.open),
         "few": m.few, "hover": _hover(m, language), "link": None}
        for m in data.months
    ]  # fmt: skip
    figure = points_figure(points, {"axis": said("rate_passed", language)}, _HEIGHT)
    own = layout(_HEIGHT, title)
    kept = {name: own[name] for name in ("title", "paper_bgcolor", "plot_bgcolor", "autosize")}
    margin = {"l": 60, "r": 16, "t": own["margin"]["t"] + 4, "b": 28}
    its: dict[str, Any] = figure["layout"]
    meta = {**its["meta"], "caption": trend_caption(data, language)}
    axis = {**its["yaxis"], "title": {"text": said("rate_passed", language)}}
    return {**figure, "layout": {**its, **kept, "margin": margin, "meta": meta, "yaxis": axis}}


def _hover(month: Passed, language: str) -> str:
    text = said("trend_hover", language, month=month.month, rate=percent(month.rate),
                passed=month.passed, n=month.n, low=percent(month.low),
                high=percent(month.high))  # fmt: skip
    return text + ("<br>" + said("still_open", language, open=month.open) if month.open else "")


def trend_caption(data: TrendData, language: str = "zh") -> str:
    """How the trend is read."""
    return said("trend_reads", language)


def trend_table(data: TrendData, language: str = "zh") -> Table:
    """A row a month."""
    rows = [(m.month, m.passed, m.n, m.rate, m.low if m.n else None, m.high if m.n else None,
             m.open) for m in data.months]  # fmt: skip
    return Table(heads("month passed n_decided rate_passed low_95 high_95 open", language),
                 tuple(rows), ("text", "count", "count", "share", "share", "share",
                               "count"))  # fmt: skip
