"""Units by checks as a heat map: where it fails, in numbers and in shades; flagged cells framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.display import percent
from workbench.figures.cells import Cell, Titles, cells, signals, titles, unit_name
from workbench.figures.shared import (
    GREY,
    INK,
    WARN,
    Figure,
    Table,
    axis,
    broken,
    empty,
    layout,
    plain,
    shortened,
)
from workbench.figures.words import heads, said

if TYPE_CHECKING:
    from workbench.reports.results import Results

MOST_CHECKS, MOST_UNITS = 20, 30
STEPS = (0.0, 0.02, 0.05, 0.10, 0.20, 0.40)  # a rate above a step has the next shade
SHADES = ("#ffffff", "#e3ecf4", "#c3d7e8", "#93b7d4", "#4a82b1", "#2f6ba0", "#143f6d")
_LABEL_COLUMNS, _UNIT_COLUMNS = 36, 26
_LEFT, _ROW = 236, 34


@dataclass(frozen=True)
class HeatData:
    """Rows of cells, a row a check and a column a unit; None where nothing is decided."""

    checks: tuple[Titles, ...]
    units: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]
    all_checks: int
    all_units: int
    minimum: int


def heat_data(
    results: Results, checks: Sequence[str] = (), most: int = MOST_CHECKS, units: int = MOST_UNITS
) -> HeatData:
    """The checks and units with the most excess failures, or the checks asked for.

    Checks with flagged cells stand first; the units in the order of their ids.
    """
    its = [cell for check in checks for cell in cells(results, check)] or cells(results)
    its = [cell for cell in its if cell.n]
    rows = list(checks) or _worst(its, "check")
    columns = _worst(its, "unit")
    found = {(cell.check, cell.unit): cell for cell in its}
    shown, across = rows[:most], sorted(columns[:units])
    names = results.unit_names
    return HeatData(
        checks=tuple(titles(results, check) for check in shown),
        units=tuple(unit_name(names, unit) for unit in across),
        cells=tuple(tuple(found.get((check, unit)) for unit in across) for check in shown),
        all_checks=len(rows), all_units=len(columns), minimum=signals(results)["minimum"],
    )  # fmt: skip


def _worst(found: Sequence[Cell], by: str) -> list[str]:
    """Checks or units, those with flagged cells first, then by excess failures."""
    total: dict[str, list[float]] = {}
    for cell in found:
        its = total.setdefault(getattr(cell, by), [0.0, 0.0, 0.0])
        its[0] += cell.flagged
        its[1] += cell.excess or 0.0
        its[2] += cell.failed
    return sorted(total, key=lambda name: (*(-x for x in total[name]), name))


def shade(rate: float) -> int:
    """Which shade a rate has.

    >>> shade(0.0), shade(0.01), shade(0.5)
    (0, 1, 6)
    """
    return sum(rate > step for step in STEPS)


def heat_figure(data: HeatData, language: str = "zh") -> Figure:
    """The map: per cent failed in each cell, framed where flagged, a dot where too few."""
    title = said("heat", language)
    if not data.units:
        return empty(title, said("none_decided", language))
    across = range(len(data.units))
    z = [[None if c is None or c.few else shade(c.rate or 0) for c in row] for row in data.cells]
    top = len(data.checks)
    trace = {
        "type": "heatmap", "z": z, "x": list(across), "y": list(range(top)),
        "zmin": 0, "zmax": len(SHADES) - 1, "showscale": False, "xgap": 1, "ygap": 1,
        "colorscale": _scale(),
        "text": [[_text(c) for c in row] for row in data.cells],
        "texttemplate": "%{text}", "textfont": {"size": 11.5},
        "customdata": [
            [_hover(cell, check[language], unit, language)
             for unit, cell in zip(data.units, row, strict=True)]
            for check, row in zip(data.checks, data.cells, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>", "hoverongaps": False,
    }  # fmt: skip
    return {
        "data": [trace],
        "layout": layout(
            _ROW * top + 206, title,
            xaxis=axis(side="top", tickvals=list(across), tickangle=-60, showgrid=False,
                       ticktext=[plain(shortened(u, _UNIT_COLUMNS)) for u in data.units],
                       range=[-0.5, len(data.units) - 0.5], tickfont={"size": 11.5, "color": INK}),
            yaxis=axis(tickvals=list(range(top)), showgrid=False, range=[top - 0.5, -0.5],
                       ticktext=[two_lines(check[language], _LABEL_COLUMNS)
                                 for check in data.checks],
                       tickfont={"size": 11.5, "color": INK}),
            shapes=_frames(data), annotations=_few(data),
            meta={"caption": heat_caption(data, language)},
        ) | {"margin": {"l": _LEFT, "r": 66, "t": 192, "b": 14}},
    }  # fmt: skip


def two_lines(text: str, columns: int) -> str:
    """A label in one line or two; what does not fit into two is cut in its middle.

    >>> two_lines("one two three", 8)
    'one two<br>three'
    """
    lines = broken(text, columns)
    return lines if lines.count("<br>") < 2 else broken(shortened(text, columns * 2 - 6), columns)


def _scale() -> list[list[object]]:
    """The shades as a colour scale that has no colours between them."""
    n = len(SHADES)
    return [[(at + 0.5 * end) / (n - 0.5), colour] for at, colour in enumerate(SHADES)
            for end in (0, 1)] if n < 2 else [
        [min(max((at + side) / (n - 1), 0.0), 1.0), colour]
        for at, colour in enumerate(SHADES) for side in (-0.5, 0.5)]  # fmt: skip


def _text(cell: Cell | None) -> str:
    """Per cent without the sign: a cell is narrow."""
    if cell is None or cell.rate is None or cell.few:
        return ""
    text = percent(cell.rate, 0).removesuffix("%").replace("<", "&lt;").replace(">", "&gt;")
    return f"<b>{text}</b>" if cell.flagged else text


def _hover(cell: Cell | None, check: str, unit: str, language: str) -> str:
    if cell is None:
        return ""
    text = said("heat_hover", language, check=broken(check, 60), unit=plain(unit),
                rate=percent(cell.rate), failed=cell.failed, n=cell.n)  # fmt: skip
    state = "flagged_cell" if cell.flagged else ""
    return text + ("<br>" + said(state, language) if state else "")


def _frames(data: HeatData) -> list[dict[str, object]]:
    return [
        {"type": "rect", "x0": x - 0.46, "x1": x + 0.46, "y0": y - 0.44, "y1": y + 0.44,
         "line": {"color": WARN, "width": 2.4}, "fillcolor": "rgba(0,0,0,0)"}
        for y, row in enumerate(data.cells) for x, cell in enumerate(row) if cell and cell.flagged
    ]  # fmt: skip


def _few(data: HeatData) -> list[dict[str, object]]:
    """A dot for too few: no rate is read off it."""
    return [
        {"x": x, "y": y, "text": "·" if cell else "–", "showarrow": False,
         "font": {"size": 15 if cell else 11, "color": INK if cell else GREY},
         "hovertext": ""}
        for y, row in enumerate(data.cells) for x, cell in enumerate(row) if not cell or cell.few
    ]  # fmt: skip


def heat_caption(data: HeatData, language: str = "zh") -> str:
    """How the map is read, and what of it is shown."""
    parts = [said("heat_reads", language, minimum=data.minimum)]
    if len(data.checks) < data.all_checks or len(data.units) < data.all_units:
        parts.append(said("heat_cut", language, checks=len(data.checks), of=data.all_checks,
                          units=len(data.units), of_units=data.all_units))  # fmt: skip
    return ("" if language == "zh" else " ").join(parts)


def heat_table(data: HeatData, language: str = "zh") -> Table:
    """A row a cell: check, unit, counts, rate, q, and how it stands."""
    rows = []
    for check, row in zip(data.checks, data.cells, strict=True):
        for unit, cell in zip(data.units, row, strict=True):
            if cell is not None:
                rows.append((check[language], unit, cell.failed, cell.n, cell.rate, cell.q,
                             cell_state(cell, data.minimum, language)))  # fmt: skip
    return Table(heads("check unit failed n_decided rate_failed q what", language), tuple(rows),
                 ("text", "text", "count", "count", "share", "number", "text"))  # fmt: skip


def cell_state(cell: Cell, minimum: int, language: str) -> str:
    """Whether a cell is flagged, too few to tell, or neither."""
    state = "flagged_cell" if cell.flagged else "few" if cell.few else "not_flagged"
    return said(state, language, minimum=minimum)
