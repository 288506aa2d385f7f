"""Where the excess failures lie: the largest first, with their cumulative share.

The excess is the run's: failures above what the others' rate would give, shrunken for chance, so
that small cells with a bad month do not stand on top. Cells with too few decided are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.display import number, percent
from workbench.figures.cells import Cell, cells, titles, unit_name
from workbench.figures.heat import two_lines
from workbench.figures.shared import (
    BLUE,
    INK,
    WHITE,
    Figure,
    Table,
    axis,
    broken,
    empty,
    layout,
    legend,
    marks,
    plain,
    shortened,
)
from workbench.figures.words import heads, said
from workbench.terms import UsageError

if TYPE_CHECKING:
    from workbench.reports.results import Results

MOST = 15
_ENOUGH = 0.99  # of all excess: what lies beyond is next to nothing
BY = ("link", "check", "unit")
_COLUMNS = 40
_LEFT, _ROW = 262, 36


@dataclass(frozen=True)
class Part:
    """A bar: its excess failures, and the share of all of it and those before it."""

    unit: str  # its name; empty for a check
    check: dict[str, str]  # its titles; empty for a unit
    excess: float
    failed: int
    n: int
    cumulative: float
    flagged: bool


@dataclass(frozen=True)
class ParetoData:
    """The largest parts, how many there are, and the excess of all of them."""

    by: str
    parts: tuple[Part, ...]
    count: int
    total: float


def pareto_data(results: Results, by: str = "link", most: int = MOST) -> ParetoData:
    """Excess failures by link (unit x check), by check or by unit."""
    if by not in BY:
        raise UsageError(f"by={by!r}: choose one of {', '.join(BY)}")
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells(results):
        if cell.excess and not cell.few:
            key = (cell.unit if by != "check" else "", cell.check if by != "unit" else "")
            groups.setdefault(key, []).append(cell)
    sums = {key: sum(cell.excess or 0.0 for cell in its) for key, its in groups.items()}
    total, names = sum(sums.values()), results.unit_names
    parts, reached = [], 0.0
    for key in sorted(sums, key=lambda key: (-sums[key], key))[:most]:
        if reached >= _ENOUGH * total:
            break
        reached += sums[key]
        unit, check = key
        parts.append(Part(
            unit_name(names, unit), dict(titles(results, check)) if check else {}, sums[key],
            sum(c.failed for c in groups[key]), sum(c.n for c in groups[key]), reached / total,
            any(c.flagged for c in groups[key]),
        ))  # fmt: skip
    return ParetoData(by, tuple(parts), len(sums), total)


def pareto_figure(data: ParetoData, language: str = "zh") -> Figure:
    """Bars, the largest on top; the cumulative share as a line on the upper axis."""
    title = said(f"pareto_{data.by}", language)
    if not data.parts:
        return empty(title, said("no_excess", language))
    y = list(range(len(data.parts)))
    hover = [_hover(part, language) for part in data.parts]
    drawn = [_bars(data, y, hover, flagged, language) for flagged in (True, False)]
    drawn.append(marks(
        [part.cumulative for part in data.parts], y, hover, said("cumulative", language),
        {"size": 7, "color": WHITE, "line": {"color": INK, "width": 1.4}},
        mode="lines+markers", xaxis="x2", line={"color": INK, "width": 1.2, "dash": "dot"},
    ))  # fmt: skip
    most = data.parts[0].excess
    return {
        "data": [trace for trace in drawn if trace["y"]],
        "layout": layout(
            _ROW * len(y) + 190, title, bargap=0.32, barmode="overlay",
            xaxis=axis(said("excess", language), range=[0, most * 1.06], nticks=6),
            xaxis2=axis(said("cumulative", language), range=[0, 1.06], tickformat=".0%",
                        showgrid=False, tickvals=[0, 0.25, 0.5, 0.75, 1], overlaying="x",
                        side="top"),
            yaxis=axis(tickvals=y, ticktext=[_label(part, language) for part in data.parts],
                       range=[len(y) - 0.5, -0.5], showgrid=False,
                       tickfont={"size": 11.5, "color": INK}),
            meta={"caption": pareto_caption(data, language)}, **legend(),
        ) | {"margin": {"l": _LEFT, "r": 24, "t": 96, "b": 94}},
    }  # fmt: skip


def _bars(data: ParetoData, y: list[int], hover: list[str], flagged: bool, language: str) -> Figure:
    its = [at for at in y if data.parts[at].flagged is flagged]
    marker = {"color": BLUE} if flagged else {
        "color": WHITE, "line": {"color": BLUE, "width": 1},
        "pattern": {"shape": "/", "fgcolor": BLUE, "bgcolor": WHITE, "size": 6, "solidity": 0.25},
    }  # fmt: skip
    return {
        "type": "bar", "orientation": "h", "marker": marker, "y": its,
        "x": [data.parts[at].excess for at in its],
        "text": [number(data.parts[at].excess) for at in its], "textposition": "none",
        "customdata": [hover[at] for at in its], "hovertemplate": "%{customdata}<extra></extra>",
        "name": said("flagged_bar" if flagged else "not_flagged", language),
    }  # fmt: skip


def _label(part: Part, language: str) -> str:
    check = part.check.get(language, "")
    if not part.unit:
        return two_lines(check, _COLUMNS)
    unit = plain(shortened(part.unit, _COLUMNS))
    return f"{unit}<br>{plain(shortened(check, _COLUMNS))}" if check else unit


def _hover(part: Part, language: str) -> str:
    what = [plain(part.unit), broken(part.check.get(language, ""), 60)]
    return said("pareto_hover", language, what="<br>".join(w for w in what if w),
                excess=number(part.excess), failed=part.failed, n=part.n,
                cumulative=percent(part.cumulative))  # fmt: skip


def pareto_caption(data: ParetoData, language: str = "zh") -> str:
    """What the bars are, and how much of all of it they hold."""
    if not data.parts:
        return said("no_excess", language)
    return said("pareto_reads", language, shown=len(data.parts), count=data.count,
                share=percent(data.parts[-1].cumulative), total=number(data.total))  # fmt: skip


def pareto_table(data: ParetoData, language: str = "zh") -> Table:
    """The bars as rows."""
    rows = [(part.unit, part.check.get(language, ""), part.excess, part.failed, part.n,
             part.cumulative, said("flagged_bar" if part.flagged else "not_flagged", language))
            for part in data.parts]  # fmt: skip
    return Table(heads("unit check excess failed n_decided cumulative what", language),
                 tuple(rows),
                 ("text", "text", "number", "count", "count", "share", "text"))  # fmt: skip
