"""The funnel of a check: each unit's failure rate against how many were decided.

Limits at 95 % and 99.8 % widened by the overdispersion between units (Spiegelhalter 2005), and the
line above which a unit counts as a discovery in this run (after Jones, Ohlssen and Spiegelhalter
2008): the rate at which its q-value would reach the level. Which units are flagged is what the run
says; the limits are for the eye.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.display import number, percent
from workbench.figures import funnel_line
from workbench.figures.cells import (
    Cell,
    Titles,
    cells,
    cutoff,
    known_check,
    signals,
    titles,
    unit_name,
)
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
    note,
    plain,
    shortened,
)
from workbench.figures.words import heads, said
from workbench.signals.limits import funnel, winsorised

if TYPE_CHECKING:
    from workbench.reports.results import Results

LEVELS = (0.95, 0.998)
_STEPS = 60
_NAMED = 10  # flagged units whose names stand in the figure; the others' stand under the pointer
_HEIGHT = 460
_STRETCH = 2.5  # the axis is drawn out to the line of discovery by so much at most


@dataclass(frozen=True)
class Unit:
    """One dot; `rate` is failed / n, of all checks together adjusted for which applied."""

    unit: str
    name: str
    n: int
    failed: int
    rate: float
    p: float | None
    q: float | None
    flagged: bool
    few: bool


@dataclass(frozen=True)
class FunnelData:
    """Dots, the rate they are compared with, limits (n, then low and high of each level) and the
    line of discoveries (n, rate). `titles` is empty for all checks together."""

    titles: Titles
    units: tuple[Unit, ...]
    basis: str  # what `target` is: "target", "rest" (the units not flagged) or "all_units"
    target: float
    phi: float
    tau2: float
    limits: tuple[tuple[int, float, float, float, float], ...]
    discovery: tuple[tuple[int, float], ...]
    cutoff: float | None
    tested: int
    level: float
    minimum: int
    running: int  # decided subjects of months whose limits still run; they are not drawn


def funnel_data(results: Results, check: str | None = None) -> FunnelData:
    """The funnel of a check of the run; without one, of all checks together."""
    known_check(results, check)
    about = signals(results)
    everything = cells(results)
    found = [cell for cell in everything if check is None or cell.check == check]
    names = results.unit_names
    units = _of_check(found, names) if check else _of_all(found, names, about["minimum"])
    basis, target = _target(found if check else [], units)
    sure = [u for u in units if not u.few] or units
    spread = winsorised([u.rate * u.n for u in sure], [u.n for u in sure], target)
    steps = funnel_line.steps([u.n for u in units], _STEPS)
    cut, tested = cutoff(about["level"], everything)
    line: list[tuple[int, float]] = []
    if check and cut is not None and any(cell.p is not None for cell in found):
        enough = funnel_line.steps([u.n for u in units], _STEPS, about["minimum"])
        line = funnel_line.discovery_line(everything, check, cut, enough)
    return FunnelData(
        titles=titles(results, check) if check else {},
        units=tuple(sorted(units, key=lambda u: (not u.flagged, -u.rate, u.unit))),
        basis=basis, target=target, phi=spread.phi, tau2=spread.tau2,
        limits=tuple((m, *funnel(target, m, spread.tau2, LEVELS[0]),
                      *funnel(target, m, spread.tau2, LEVELS[1])) for m in steps),
        discovery=tuple(line), cutoff=cut, tested=tested, level=about["level"],
        minimum=about["minimum"], running=sum(cell.all_n - cell.n for cell in found),
    )  # fmt: skip


def _target(found: list[Cell], units: list[Unit]) -> tuple[str, float]:
    """The target of the check; or else the rate of the units that are not flagged: a bad unit must
    not make itself look usual."""
    if (target := funnel_line.target_of(found)) is not None:
        return "target", target
    usual = [u for u in units if not u.flagged] or units
    n = sum(u.n for u in usual)
    basis = "rest" if len(usual) < len(units) else "all_units"
    return basis, sum(u.rate * u.n for u in usual) / n if n else 0.0


def _of_check(found: list[Cell], names: Titles) -> list[Unit]:
    return [
        Unit(c.unit, unit_name(names, c.unit), c.n, c.failed, c.failed / c.n, c.p, c.q, c.flagged,
             c.few)
        for c in found if c.n
    ]  # fmt: skip


def _of_all(found: list[Cell], names: Titles, minimum: int) -> list[Unit]:
    """Units over all checks: observed over expected failures at the checks' own rates, times the
    rate of all, so that a unit is not worse only because harder checks apply to it."""
    total: dict[str, list[int]] = {}
    for cell in found:
        its = total.setdefault(cell.check, [0, 0])
        its[0], its[1] = its[0] + cell.n, its[1] + cell.failed
    every = sum(n for n, _ in total.values())
    overall = sum(failed for _, failed in total.values()) / every if every else 0.0
    units, by_unit = [], dict[str, list[Cell]]()
    for cell in found:
        by_unit.setdefault(cell.unit, []).append(cell)
    for unit in sorted(by_unit):
        its_cells = [cell for cell in by_unit[unit] if cell.n]
        n, failed = sum(c.n for c in its_cells), sum(c.failed for c in its_cells)
        expected = sum(c.n * total[c.check][1] / total[c.check][0] for c in its_cells)
        if n:
            rate = min(overall * failed / expected, 1.0) if expected else 0.0
            units.append(Unit(unit, unit_name(names, unit), n, failed, rate, None, None,
                              any(c.flagged for c in its_cells), n < minimum))  # fmt: skip
    return units


def funnel_figure(data: FunnelData, language: str = "zh") -> Figure:
    """The funnel: dots, diamonds with names for flagged units, small rings for too few."""
    title = _title(data, language)
    if not data.units:
        return empty(title, said("none_decided", language))
    top = _top(data)
    n = [limit[0] for limit in data.limits]
    drawn = [
        lines(
            n, [data.target] * len(n), said(data.basis, language, rate=percent(data.target)), INK
        ),
        *_limit_lines(data, n, language),
    ]
    if any(rate <= top for _, rate in data.discovery):
        drawn.append(lines([m for m, _ in data.discovery], [rate for _, rate in data.discovery],
                           said("discovery_line", language), WARN, "dashdot", 1.8))  # fmt: skip
    flagged = [u for u in data.units if u.flagged]
    drawn += [
        _dots([u for u in data.units if u.few and not u.flagged], data, language, top, "few"),
        _dots(
            [u for u in data.units if not u.few and not u.flagged], data, language, top, "unit_dot"
        ),
        _dots(flagged, data, language, top, "flagged_unit"),
    ]
    return {
        "data": [trace for trace in drawn if trace["x"]],
        "layout": layout(
            _HEIGHT, title,
            xaxis=axis(said("n_decided", language), range=[0, max(n) * 1.02], tickformat=",d"),
            yaxis=axis(said("adjusted_rate" if not data.titles else "rate_failed", language),
                       tickformat=".0%" if top > 0.06 else ".1%", range=[-top * 0.02, top]),
            annotations=[*_names(flagged[:_NAMED], top, max(n))],
            meta={"caption": funnel_caption(data, language)}, **legend(),
        ) | {"margin": {"l": 60, "r": 20, "t": 48 + 20 * title.count("<br>"), "b": 112}},
    }  # fmt: skip


def _title(data: FunnelData, language: str) -> str:
    check = data.titles.get(language) or said("all_checks", language)
    return said("funnel_of", language, check=check)


def _top(data: FunnelData) -> float:
    """Where the axis of rates ends: above every sure dot, the limits of a middling unit and, if
    that leaves the dots apart, its line of discovery."""
    middle = _middle(data)
    near = min(data.limits, key=lambda limit: abs(limit[0] - middle))
    rates = [u.rate for u in data.units if not u.few or u.flagged]
    top = max([*rates, near[4], data.target * 1.5, 0.01])
    line = _line_at(data, middle)
    if line is not None and line < _STRETCH * top:
        top = max(top, line)
    return min(1.04, 1.12 * top)


def _middle(data: FunnelData) -> int:
    """The n of a middling unit."""
    sure = sorted(u.n for u in data.units if not u.few) or sorted(u.n for u in data.units)
    return sure[len(sure) // 2]


def _line_at(data: FunnelData, n: int) -> float | None:
    """The rate of discovery near n; None where not even a failure of all would be one."""
    its = [point for point in data.discovery if point[0] <= n]
    return its[-1][1] if its else None


def _limit_lines(data: FunnelData, n: list[int], language: str) -> list[Figure]:
    found = []
    for at, (level, dash) in enumerate(zip(LEVELS, ("dash", "solid"), strict=True)):
        name = said("limits", language, level=f"{level:.1%}".replace(".0%", "%"))
        for side in (1 + 2 * at, 2 + 2 * at):
            found.append(lines(n, [limit[side] for limit in data.limits], name, GREY, dash, 1.3,
                               legendgroup=name, showlegend=side % 2 == 0))  # fmt: skip
    return found


def _dots(units: list[Unit], data: FunnelData, language: str, top: float, kind: str) -> Figure:
    ring = {"size": 7, "color": WHITE, "line": {"color": GREY, "width": 1.4}}
    full = {"size": 9, "color": BLUE, "line": {"color": WHITE, "width": 0.8}}
    found = {"size": 13, "color": WARN, "symbol": "diamond", "line": {"color": INK, "width": 1.2}}
    marker = dict({"few": ring, "unit_dot": full, "flagged_unit": found}[kind])
    if kind == "few":  # beyond the axis: at its end, as an arrow upwards
        marker["symbol"] = ["triangle-up" if u.rate > top else "circle" for u in units]
    hover = [_hover(u, language) for u in units]
    return marks([u.n for u in units], [min(u.rate, top) for u in units], hover,
                 said(kind, language, minimum=data.minimum), marker)  # fmt: skip


def _hover(unit: Unit, language: str) -> str:
    text = said("funnel_hover", language, unit=plain(unit.name), rate=percent(unit.rate),
                failed=unit.failed, n=unit.n)  # fmt: skip
    if unit.q is not None:
        text += "<br>" + said("q_is", language, q=plain(_small(unit.q)))
    return text + ("<br>" + said("flagged_unit", language) if unit.flagged else "")


def _small(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _names(units: list[Unit], top: float, widest: int) -> list[dict[str, object]]:
    """Names of flagged units beside their diamonds, each on the side where there is room."""
    found: list[dict[str, object]] = []
    taken: list[tuple[float, float]] = []
    for unit in sorted(units, key=lambda u: -u.rate):
        y = unit.rate
        while any(abs(y - other) < top * 0.045 and abs(unit.n - x) < widest * 0.45
                  for x, other in taken):  # fmt: skip
            y -= top * 0.045
        taken.append((unit.n, y))
        left = unit.n > widest * 0.55
        found.append(note(plain(shortened(unit.name, 30)), unit.n, max(y, 0.0),
                          bgcolor="rgba(255,255,255,0.8)",
                          xanchor="right" if left else "left", xshift=-10 if left else 10,
                          yanchor="middle"))  # fmt: skip
    return found


def funnel_caption(data: FunnelData, language: str = "zh") -> str:
    """How the funnel is read, and what it rests on."""
    parts = [said("funnel_reads", language, phi=number(data.phi, 2))]
    if not data.titles:
        parts.append(said("funnel_all", language))
    elif data.units and data.cutoff is not None:
        parts.append(said("funnel_discovery", language, level=percent(data.level, 0),
                          p=f"{data.cutoff:.2g}", tested=data.tested))  # fmt: skip
        n = _middle(data)
        line = _line_at(data, n)
        parts.append(said("line_none" if line is None else "line_at", language, n=n,
                          rate=percent(line)))  # fmt: skip
    if data.running:
        parts.append(said("running_left_out", language, n=data.running))
    named = sum(u.flagged for u in data.units)
    if named > _NAMED:
        parts.append(said("names_cut", language, shown=_NAMED, total=named))
    return ("" if language == "zh" else " ").join(parts)


def funnel_table(data: FunnelData, language: str = "zh") -> Table:
    """The units with their counts, rates, limits at their n and q-values."""
    rows = []
    for u in data.units:
        low, high = funnel(data.target, u.n, data.tau2, LEVELS[1])
        rows.append((u.name, u.failed, u.n, u.rate, low, high, u.q,
                     said(_state(u), language, minimum=data.minimum)))  # fmt: skip
    return Table(
        heads("unit failed n_decided rate_failed low_998 high_998 q what", language),
        tuple(rows), ("text", "count", "count", "share", "share", "share", "number", "text"),
    )  # fmt: skip


def _state(unit: Unit) -> str:
    if unit.flagged:
        return "flagged_unit"
    return "few" if unit.few else "not_flagged"
