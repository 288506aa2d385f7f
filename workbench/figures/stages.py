"""Where the time goes: of each statutory limit how much is used, and how often it is not enough.

A clock is one line: the bar reaches from the first to the third quartile of the time used, the
thin line from the tenth to the ninetieth percentile, all as shares of the limit. Clocks that set a
least time (not before) have no share to use up and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.display import count, number, percent
from workbench.figures.cells import Titles, clock_titles, kind_titles, signals, unit_name
from workbench.figures.heat import two_lines
from workbench.figures.shared import (
    BLUE,
    GREY,
    INK,
    PALE,
    SOFT,
    WARN,
    WHITE,
    Figure,
    Table,
    axis,
    broken,
    empty,
    layout,
    legend,
    lines,
    marks,
    note,
)
from workbench.figures.words import heads, said

if TYPE_CHECKING:
    from workbench.reports.results import Results

MOST = 24
_COLUMNS, _LEFT, _RIGHT, _ROW = 34, 222, 116, 34
_ENDS = (1.25, 1.5, 2.0)  # of the axis; what is beyond twice the limit ends in an arrow
_COLUMNS_READ = ("n running p10 p25 p50 p75 p90 most limit_p50 share_p50 share_p90 late "
                 "at_risk").split()  # fmt: skip
_SAME = 0.005  # a difference in shares below it is rounding


@dataclass(frozen=True)
class Stage:
    """One clock: `n` stopped and `running` ones, days used at percentiles, and their shares of the
    limit at the same percentiles (1 is all of it).

    `shares` holds those at 10, 25, 50, 75 and 90 per cent; where limits differ from case to case
    only the middle and the ninetieth are known as shares, and the others are None.
    """

    clock: str
    titles: Titles
    days: str
    n: int
    running: int
    quantiles: tuple[float, ...]
    most: float
    limit: float | None
    shares: tuple[float | None, ...]
    late: int
    at_risk: int
    few: bool


@dataclass(frozen=True)
class StagesData:
    """Clocks, those that use most of their limit first; `count` is how many there are."""

    stages: tuple[Stage, ...]
    count: int
    kind: Titles
    unit: str
    minimum: int


def stages_data(
    results: Results, kind: str | None = None, unit: str | None = None, most: int = MOST
) -> StagesData:
    """The times of the run by clock; of one kind of case or one unit, if asked."""
    rows = results.records(
        f"SELECT clock, days, {', '.join(_COLUMNS_READ)} FROM work.stage_times "
        f"WHERE {_is('kind', kind)} AND {_is('unit_id', unit)} AND n + running > 0",
        "stage times",
    )
    modes = {name: about.get("mode") for name, about in results.checks["clocks"].items()}
    least = signals(results)["minimum"]
    found = [_stage(results, row, least) for row in rows if modes.get(row["clock"]) != "not_before"]
    found.sort(key=lambda s: (s.few, -(s.shares[4] or 0.0), s.clock))
    return StagesData(tuple(found[:most]), len(found), kind_titles(results, kind),
                      unit_name(results.unit_names, unit), least)  # fmt: skip


def _is(column: str, value: str | None) -> str:
    return f"{column} IS NULL" if value is None else f"{column} = {sqltext.literal(value)}"


def _stage(results: Results, row: dict[str, Any], least: int) -> Stage:
    days = tuple(float(row[name] or 0) for name in ("p10", "p25", "p50", "p75", "p90"))
    limit, middle, high = row["limit_p50"], row["share_p50"], row["share_p90"]
    shares: tuple[float | None, ...] = (None, None, middle, None, high)
    if limit and row["n"]:
        of_limit = [day / limit for day in days]
        if abs(of_limit[2] - (middle or 0)) <= _SAME and abs(of_limit[4] - (high or 0)) <= _SAME:
            shares = tuple(of_limit)  # one limit for all: every percentile is a share
    return Stage(
        clock=row["clock"], titles=clock_titles(results, row["clock"]), days=row["days"],
        n=row["n"], running=row["running"] or 0, quantiles=days, most=float(row["most"] or 0),
        limit=limit, shares=shares, late=row["late"] or 0, at_risk=row["at_risk"] or 0,
        few=row["n"] < least,
    )  # fmt: skip


def stages_figure(data: StagesData, language: str = "zh") -> Figure:
    """A line a clock, the limit at 100 %; late and at-risk counts stand at the right."""
    parts = (said("stages", language), data.kind.get(language, ""), data.unit)
    title = " · ".join(part for part in parts if part)
    if not data.stages:
        return empty(title, said("no_stages", language))
    y = list(range(len(data.stages)))
    drawn = [
        _reach(data, 0, 4, PALE, 4, said("p10_90", language)),
        _reach(data, 2, 4, PALE, 4, "", vary=True),
        _reach(data, 1, 3, BLUE, 13, said("p25_75", language)),
        *_dots(data, language),
    ]
    return {
        "data": [trace for trace in drawn if trace["x"]],
        "layout": layout(
            _ROW * len(y) + 198, title,
            xaxis=axis(said("share_of_limit", language), range=[0, _end(data) + 0.03], nticks=6,
                       tickformat=".0%"),
            yaxis=axis(tickvals=y, range=[len(y) - 0.5, -0.5], showgrid=False,
                       ticktext=[two_lines(s.titles[language], _COLUMNS) for s in data.stages],
                       tickfont={"size": 11.5, "color": INK}),
            shapes=[{"type": "line", "x0": 1, "x1": 1, "y0": 0, "y1": 1, "yref": "paper",
                     "line": {"color": INK, "width": 1.6}}],
            annotations=_beside(data, language),
            meta={"caption": stages_caption(data, language)}, **legend(),
        ) | {"margin": {"l": _LEFT, "r": _RIGHT, "t": 74, "b": 124}},
    }  # fmt: skip


def _end(data: StagesData) -> float:
    """Where the axis ends: as far as the ninetieth percentiles reach."""
    most = max((s.shares[4] or 0.0 for s in data.stages if not s.few), default=0.0)
    return next((end for end in _ENDS if most < end), _ENDS[-1])


def _reach(
    data: StagesData, first: int, last: int, colour: str, width: float, name: str,
    vary: bool = False,
) -> Figure:  # fmt: skip
    """Lines between two percentiles, of clocks with one limit or of those whose limits `vary`."""
    x: list[float | None] = []
    y: list[int | None] = []
    end = _end(data)
    for at, stage in enumerate(data.stages):
        ends = stage.shares[first], stage.shares[last]
        if ends[0] is None or ends[1] is None or stage.few or (stage.shares[0] is None) != vary:
            continue
        x += [min(ends[0], end), min(ends[1], end), None]
        y += [at, at, None]
    return lines(x, y, name, colour, width=width, showlegend=not vary)


def _dots(data: StagesData, language: str) -> list[Figure]:
    """The middle, and the ninetieth percentile: beyond the limit it is a diamond, and an arrow
    where the axis ends."""
    end = _end(data)
    known = [(at, s) for at, s in enumerate(data.stages) if s.shares[2] is not None]
    sure = [(at, s) for at, s in known if not s.few]
    few = [(at, s) for at, s in known if s.few]
    late = [(at, s) for at, s in sure if (s.shares[4] or 0) > 1]
    groups = (
        ("median", sure, 2, {"symbol": "line-ns", "size": 17,
                             "line": {"color": INK, "width": 3}}),
        ("p90_late", late, 4, {"symbol": ["triangle-right" if (s.shares[4] or 0) > end else
                                          "diamond" for _, s in late],
                               "size": 11, "color": WARN, "line": {"color": INK, "width": 1}}),
        ("few_stopped", few, 2, {"size": 7, "color": WHITE, "line": {"color": GREY, "width": 1.4}}),
    )  # fmt: skip
    return [
        marks([min(s.shares[part] or 0, end) for _, s in its], [at for at, _ in its],
              [_hover(s, language) for _, s in its], said(name, language, minimum=data.minimum),
              marker)
        for name, its, part, marker in groups
    ]  # fmt: skip


def _hover(stage: Stage, language: str) -> str:
    low, _, middle, _, high = stage.quantiles
    return said("stage_hover", language, clock=broken(stage.titles[language], 60), n=stage.n,
                middle=number(middle), high=number(high), low=number(low),
                limit=number(stage.limit), unit=said(f"unit_{stage.days}", language),
                share=percent(stage.shares[2], 0), share90=percent(stage.shares[4], 0),
                late=stage.late, running=stage.running, at_risk=stage.at_risk)  # fmt: skip


def _beside(data: StagesData, language: str) -> list[dict[str, Any]]:
    """The counts at the right, in two columns under their heads, and the name of the limit."""
    found = []
    for shift, key, name in ((54, "late", "late"), (108, "at_risk", "at_risk")):
        place = {"xref": "paper", "xanchor": "right", "xshift": shift}
        found.append(note(said(key, language), 1, 1, yref="paper", yanchor="bottom", yshift=4,
                          **place) | {"font": {"size": 11.5, "color": SOFT}})  # fmt: skip
        found += [note(count(getattr(s, name)), 1, at, yanchor="middle", **place)
                  for at, s in enumerate(data.stages)]  # fmt: skip
    found.append(note(said("limit", language), 1, 1, yref="paper", yanchor="bottom", yshift=4))
    return found


def stages_caption(data: StagesData, language: str = "zh") -> str:
    """How the lines are read."""
    parts = [said("stages_read", language)]
    if any(s.shares[0] is None and not s.few for s in data.stages):
        parts.append(said("stages_vary", language))
    if data.count > len(data.stages):
        parts.append(said("stages_cut", language, shown=len(data.stages), total=data.count))
    return ("" if language == "zh" else " ").join(parts)


def stages_table(data: StagesData, language: str = "zh") -> Table:
    """A row a clock."""
    rows = [(s.titles[language], s.n, s.running, said(f"in_{s.days}", language), *s.quantiles,
             s.most, s.limit, s.shares[2], s.shares[4], s.late, s.at_risk)
            for s in data.stages]  # fmt: skip
    keys = ("clock stopped running unit_of p10 p25 p50 p75 p90 most limit share_p50 share_p90 "
            "late at_risk")  # fmt: skip
    kinds = ("text", "count", "count", "text", *["number"] * 7, "share", "share", "count", "count")
    return Table(heads(keys, language), tuple(rows), kinds)
