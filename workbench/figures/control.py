"""Failure rates month by month with their limits: a p-chart, and below it an EWMA chart.

Months whose limits still run are not judged: they are rings beside the lines. Signals have another
shape, not only another colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.display import number, percent
from workbench.figures.cells import Month, Titles, kind_titles, months, signals, titles, unit_name
from workbench.figures.shared import (
    BLUE,
    GREY,
    INK,
    WARN,
    WHITE,
    Figure,
    Table,
    axis,
    empty,
    layout,
    legend,
    lines,
    marks,
    month_ticks,
    note,
)
from workbench.figures.words import heads, said
from workbench.signals.charts import ewma_chart, p_chart, run_length

if TYPE_CHECKING:
    from workbench.reports.results import Results

_HEIGHT = 520
_UPPER, _LOWER = [0.42, 1.0], [0.0, 0.28]  # parts of the height
_SHAPES = {1: ("triangle-up", WARN, 12), -1: ("triangle-down", WHITE, 11), 0: ("circle", BLUE, 7)}
_NAMES = {1: "signal_above", -1: "signal_below", 0: "month_within"}


@dataclass(frozen=True)
class Point:
    """A month of closed limits: its rate with the p-chart's limits, and the EWMA with its own.

    `signal` and `ewma_signal`: 1 above the limits, -1 below, 0 within.
    """

    month: str
    n: int
    failed: int
    rate: float
    low: float
    high: float
    signal: int
    ewma: float
    ewma_limit: float
    ewma_signal: int


@dataclass(frozen=True)
class ControlData:
    """The chart of one check, of a unit or of all; `open` are the months that are not judged.

    `centre` is the unit's own rate, so the limits say when it changes; `against` is the rate that
    the run compares the unit with (None where it compares nothing).
    """

    titles: Titles
    unit: str
    kind: Titles
    months: tuple[str, ...]
    points: tuple[Point, ...]
    open: tuple[Month, ...]
    centre: float
    run_length: float
    against: float | None = None


def control_data(
    results: Results, check: str, unit: str | None = None, kind: str | None = None,
    centre: float | None = None,
) -> ControlData:  # fmt: skip
    """The months of a check; `centre` is the rate over all closed months unless one is given."""
    every = months(results, check, unit, kind)
    closed = [m for m in every if not m.open and m.n]
    n, failed = [m.n for m in closed], [m.failed for m in closed]
    middle = centre if centre is not None else (sum(failed) / sum(n) if n else 0.0)
    length = signals(results).get("run_length") or run_length()
    return ControlData(
        titles=titles(results, check), unit=unit_name(results.unit_names, unit),
        kind=kind_titles(results, kind), months=tuple(m.month for m in every),
        points=_points(closed, failed, n, middle), centre=middle, run_length=float(length),
        open=tuple(m for m in every if m.open and m.n),
        against=_against(results, check, unit) if unit and not kind else None,
    )  # fmt: skip


def _against(results: Results, check: str, unit: str) -> float | None:
    rows = results.engine.rows(
        "SELECT against FROM work.weak_links WHERE family = 'unit' "
        f"AND check_id = {sqltext.literal(check)} AND unit_id = {sqltext.literal(unit)}",
        "what a unit is compared with",
    )
    return float(rows[0][0]) if rows and rows[0][0] is not None else None


def _points(
    closed: Sequence[Month], failed: list[int], n: list[int], centre: float
) -> tuple[Point, ...]:
    if not closed:
        return ()
    upper = p_chart(failed, n, centre)
    if not 0 < centre < 1:  # nothing varies: no month can differ from the others
        zero = [0.0] * len(n)
        rows = zip(closed, upper.low, upper.high, upper.signal, zero, zero, zero, strict=True)
    else:
        lower = ewma_chart(failed, n, centre)
        rows = zip(closed, upper.low, upper.high, upper.signal, lower.value, lower.high,
                   lower.signal, strict=True)  # fmt: skip
    return tuple(
        Point(m.month, m.n, m.failed, m.failed / m.n, float(low), float(high), int(signal),
              float(value), float(limit), int(below))
        for m, low, high, signal, value, limit, below in rows
    )  # fmt: skip


def control_figure(data: ControlData, language: str = "zh") -> Figure:
    """Both charts over the same months."""
    title = _title(data, language)
    if not data.points and not data.open:
        return empty(title, said("none_decided", language))
    x = [p.month for p in data.points]
    name = said("limits_3s", language)
    drawn = [
        lines(x, [p.low for p in data.points], name, GREY, "dash", 1.2, legendgroup=name,
              showlegend=False, line_shape="hvh"),
        lines(x, [p.high for p in data.points], name, GREY, "dash", 1.2, legendgroup=name,
              line_shape="hvh"),
        lines(x, [data.centre] * len(x), said("centre", language, rate=percent(data.centre)), INK,
              width=1),
        *([lines(x, [data.against] * len(x),
                 said("against", language, rate=percent(data.against)), WARN, "dashdot", 1.4)]
          if data.against is not None else []),
        lines(x, [p.rate for p in data.points], "", BLUE, width=1.4, showlegend=False),
        *_shapes(data, "rate", "signal", language),
        _rings(data, language),
        lines(x, [-p.ewma_limit for p in data.points], "", GREY, "dash", 1.2, showlegend=False,
              line_shape="hvh", yaxis="y2"),
        lines(x, [p.ewma_limit for p in data.points], "", GREY, "dash", 1.2, showlegend=False,
              line_shape="hvh", yaxis="y2"),
        lines(x, [p.ewma for p in data.points], "", BLUE, width=1.4, showlegend=False, yaxis="y2"),
        *_shapes(data, "ewma", "ewma_signal", language),
    ]  # fmt: skip
    return {"data": [_with_shape(trace) for trace in drawn if trace["x"]],
            "layout": _layout(data, title, language)}  # fmt: skip


def _with_shape(trace: Figure) -> Figure:
    shape = trace.pop("line_shape", None)
    return trace if shape is None else {**trace, "line": {**trace["line"], "shape": shape}}


def _title(data: ControlData, language: str) -> str:
    parts = [data.titles[language], data.unit, data.kind.get(language, "")]
    return (" · ").join(part for part in parts if part)


def _shapes(data: ControlData, value: str, signal: str, language: str) -> list[Figure]:
    """A trace for each kind of mark, so that each stands in the key under its name."""
    found = []
    for kind, (symbol, colour, size) in _SHAPES.items():
        its = [p for p in data.points if getattr(p, signal) == kind]
        rim = {"color": INK if kind else WHITE, "width": 1.3 if kind else 0.8}
        marker = {"symbol": symbol, "color": colour, "size": size, "line": rim}
        name = said(_NAMES[kind], language)
        upper = value == "rate"
        found.append(marks(
            [p.month for p in its], [getattr(p, value) for p in its],
            [_hover(p, upper, language) for p in its], name, marker,
            yaxis="y" if upper else "y2", legendgroup=name,
            showlegend=upper or not any(p.signal == kind for p in data.points),
        ))  # fmt: skip
    return found


def _rings(data: ControlData, language: str) -> Figure:
    hover = [said("open_hover", language, month=m.month, rate=percent(m.rate), failed=m.failed,
                  n=m.n, open=m.open) for m in data.open]  # fmt: skip
    return marks([m.month for m in data.open], [m.rate for m in data.open], hover,
                 said("month_open", language),
                 {"size": 8, "color": WHITE, "line": {"color": BLUE, "width": 1.5}})  # fmt: skip


def _hover(point: Point, upper: bool, language: str) -> str:
    if upper:
        return said("control_hover", language, month=point.month, rate=percent(point.rate),
                    failed=point.failed, n=point.n, low=percent(point.low),
                    high=percent(point.high))  # fmt: skip
    return said("ewma_hover", language, month=point.month, value=number(point.ewma, 2),
                limit=number(point.ewma_limit, 2))  # fmt: skip


def _layout(data: ControlData, title: str, language: str) -> dict[str, Any]:
    shown = [*(p.rate for p in data.points), *(m.rate or 0 for m in data.open), 0.02]
    middling = sorted(p.high for p in data.points)[len(data.points) // 2] if data.points else 0
    top = min(1.04, 1.1 * max(*shown, middling))
    reach = 1.15 * max([abs(p.ewma) for p in data.points]
                       + [p.ewma_limit for p in data.points], default=1) or 1  # fmt: skip
    heading = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
               "xshift": -48}  # fmt: skip
    found = layout(
        _HEIGHT, title,
        xaxis=axis(type="category", categoryorder="array", categoryarray=list(data.months),
                   tickvals=month_ticks(data.months), showgrid=False, ticks="outside",
                   tickangle=0, anchor="y2", range=[-0.6, max(len(data.months), 1) - 0.4]),
        yaxis=axis(domain=_UPPER, range=[-top * 0.03, top], nticks=5,
                   tickformat=".0%" if top > 0.06 else ".1%"),
        yaxis2=axis(domain=_LOWER, range=[-reach, reach], nticks=5, zeroline=True,
                    zerolinecolor=INK, zerolinewidth=1),
        annotations=[note(said("p_chart", language), 0, _UPPER[1] + 0.015, **heading),
                     note(said("ewma_chart", language), 0, _LOWER[1] + 0.015, **heading)],
        meta={"caption": control_caption(data, language)}, **legend(),
    )  # fmt: skip
    more = 20 * found["title"]["text"].count("<br>")
    return {**found, "margin": {"l": 56, "r": 16, "t": 66 + more, "b": 92}}


def control_caption(data: ControlData, language: str = "zh") -> str:
    """How the charts are read, how often they signal without cause, what is not judged."""
    parts = [said("control_reads", language, months=round(data.run_length))]
    if data.against is not None and data.points:
        parts.append(said("control_against", language, own=percent(data.centre),
                          rate=percent(data.against)))  # fmt: skip
    signals_found = sum(1 for p in data.points if p.signal > 0 or p.ewma_signal > 0)
    if data.points:
        parts.append(said("control_found" if signals_found else "control_calm", language,
                          n=signals_found))  # fmt: skip
    if data.open:
        parts.append(said("control_open", language, n=len(data.open)))
    return ("" if language == "zh" else " ").join(parts)


def control_table(data: ControlData, language: str = "zh") -> Table:
    """A row a month; those not judged have no limits."""
    judged = {p.month: p for p in data.points}
    rest = {m.month: m for m in data.open}
    rows: list[tuple[Any, ...]] = []
    for month in data.months:
        if point := judged.get(month):
            kind = point.signal or point.ewma_signal
            rows.append((month, point.failed, point.n, point.rate, point.low, point.high,
                         point.ewma, point.ewma_limit, said(_NAMES[kind], language)))  # fmt: skip
        elif ring := rest.get(month):
            rows.append((month, ring.failed, ring.n, ring.rate, None, None, None, None,
                         said("month_open", language)))  # fmt: skip
    return Table(
        heads("month failed n_decided rate_failed low_3s high_3s ewma ewma_limit what", language),
        tuple(rows), ("text", "count", "count", "share", "share", "share", "number", "number",
                      "text"),
    )  # fmt: skip
