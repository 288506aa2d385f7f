"""The share that passed, month by month, with exact intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.figures.shared import (
    BLUE,
    FONT,
    GREY,
    HAIR,
    INK,
    SOFT,
    WHISKER,
    Figure,
    month_ticks,
)


def trend_figure(
    points: Sequence[Mapping[str, Any]],
    texts: Mapping[str, str],
    height: int = 190,
    floor: float | None = None,
) -> Figure:
    """The share that passed, month by month, each with its exact interval.

    `points`: `month` (`YYYY-MM`), `rate` (0 to 1, None where nothing is decided), `low`, `high`,
    `open` (limits of the month still run: a hollow dot, outside the line), `few` (too few decided:
    small and grey), `hover` (lines under the pointer), `link` (where a click leads, may be None).
    `texts`: `axis`, the title of the vertical axis for those who cannot see it. `floor`: a rate
    that the axis must reach down to (default: the lowest of these points).

    >>> trend_figure([], {"axis": "share passed"})["data"]
    []
    """
    shown = [point for point in points if point["rate"] is not None]
    if not shown:
        return {"data": [], "layout": _layout(points, texts, height, floor)}
    sure = [point for point in shown if not point["few"]]  # an interval of five says nothing
    settled = [point for point in sure if not point["open"]]
    return {
        "data": [_whiskers(sure), _line(settled), _dots(shown)],
        "layout": _layout(points, texts, height, floor),
    }


def _whiskers(points: Sequence[Mapping[str, Any]]) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for point in points for x in (point["month"], point["month"], None)],
        "y": [y for point in points for y in (point["low"], point["high"], None)],
        "line": {"color": WHISKER, "width": 1.4},
        "hoverinfo": "skip",
    }


def _line(points: Sequence[Mapping[str, Any]]) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [point["month"] for point in points],
        "y": [point["rate"] for point in points],
        "line": {"color": BLUE, "width": 1.6},
        "hoverinfo": "skip",
    }


def _dots(points: Sequence[Mapping[str, Any]]) -> Figure:
    colours = [GREY if point["few"] else BLUE for point in points]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [point["month"] for point in points],
        "y": [point["rate"] for point in points],
        "text": [point["hover"] for point in points],
        "customdata": [point["link"] for point in points],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
        "marker": {
            "opacity": 1,
            "size": [5.5 if point["few"] else 8 for point in points],
            "color": [
                "#fff" if point["open"] else c for point, c in zip(points, colours, strict=True)
            ],
            "line": {"color": colours, "width": 1.6},
        },
    }


def _layout(
    points: Sequence[Mapping[str, Any]],
    texts: Mapping[str, str],
    height: int,
    floor: float | None,
) -> dict[str, Any]:
    months = [point["month"] for point in points]
    return {
        "height": height,
        "margin": {"l": 44, "r": 10, "t": 10, "b": 24},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 11.5, "color": SOFT},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#fff", "bordercolor": "#c3ced7", "align": "left",
                       "font": {"family": FONT, "size": 12.5, "color": INK}},
        "xaxis": {"type": "category", "categoryorder": "array", "categoryarray": months,
                  "tickvals": month_ticks(months), "showgrid": False, "linecolor": "#c3ced7",
                  "ticks": "outside", "tickcolor": "#c3ced7", "tickangle": 0, "fixedrange": True,
                  "range": [-0.6, max(len(months), 1) - 0.4]},
        "yaxis": {"tickformat": ".0%", "range": _bounds(points, floor), "gridcolor": HAIR,
                  "zeroline": False, "fixedrange": True, "nticks": 4,
                  "title": {"text": ""}},
        "meta": {"axis": texts["axis"]},
    }  # fmt: skip


def _bounds(points: Sequence[Mapping[str, Any]], floor: float | None) -> list[float]:
    """From the tenth below all dots and intervals to 100 %: small changes stay visible."""
    rates = [p["rate"] if p["few"] else p["low"] for p in points if p["rate"] is not None]
    lowest = min([*rates, *([] if floor is None else [floor])], default=0.0)
    low = max(0.0, int(lowest * 10 - 0.5) / 10) if lowest > 0.05 else 0.0
    return [low, 1.0 + 0.03 * (1.0 - low)]
