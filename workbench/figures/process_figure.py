"""How a process map is drawn: boxes, lines with their heads, labels."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import TYPE_CHECKING, Any

from workbench.display import count, text_width
from workbench.figures import process_layout
from workbench.figures.process_layout import Area, Box, Plan, Route
from workbench.figures.shared import (
    BLUE,
    INK,
    SOFT,
    WARN,
    WHITE,
    Figure,
    broken,
    layout,
    lines,
    marks,
    note,
    plain,
    shortened,
)

if TYPE_CHECKING:
    from workbench.figures.process_parts import ProcessData

Pair = tuple[str, str, bool]
_NARROW = 0.64  # pixels a unit where the page is 700 wide: labels are placed so that they fit there
_LETTER = 6.3  # pixels of a half-width letter of 11 px
_HEAD_LETTER = 7.0  # likewise of 12 px, bold
_THICK = 9.0
_FOOT = 18


def drawn_process(
    data: ProcessData, texts: Mapping[Pair, tuple[str, str]], title: str, language: str,
    caption: str,
) -> Figure:  # fmt: skip
    """The map; `texts` gives of each line its label and what is under the pointer."""
    plan = process_layout.plan(process_layout.columns(_stages(data)))
    places, tall = plan.boxes, plan.height
    found = process_layout.routes(places, texts)
    sizes = {pair: _size(texts[pair][0]) for pair in found}
    labels = process_layout.label_places(found, sizes, _areas(plan, data, language))
    hidden = {"visible": False, "fixedrange": True}
    most = max((line.cases for line in data.lines), default=1)
    wide = {(line.start, line.end, False): 1 + _THICK * sqrt(line.cases / most)
            for line in data.lines}  # fmt: skip
    drawn = [_line(pair, route, wide.get(pair, 2.2)) for pair, route in found.items()]
    heads = [_heads(found, wrong) for wrong in (False, True)]
    hover = marks([labels[p][0] for p in labels], [labels[p][1] for p in labels],
                  [texts[p][1] for p in labels], "",
                  {"size": 26, "color": WHITE, "opacity": 0})  # fmt: skip
    base = layout(int(tall) + _FOOT + 60, title)
    above = base["margin"]["t"]
    return {
        "data": [trace for trace in (*drawn, *heads, hover) if trace["x"]],
        "layout": {
            **base, "height": int(tall) + _FOOT + above,
            "margin": {"l": 8, "r": 8, "t": above, "b": _FOOT},
            "xaxis": {**hidden, "range": [0, process_layout.WIDTH]},
            "yaxis": {**hidden, "range": [tall, 0]},
            "shapes": [_box(box) for box in places.values()],
            "annotations": [*_heads_of_stages(plan, data, language),
                            *_labels(labels, texts), *_names(places, data, language),
                            *_ends(places, data), *_repeats(places, texts)],
            "meta": {"caption": caption},
        },
    }  # fmt: skip


def _stages(data: ProcessData) -> list[tuple[str, list[str]]]:
    """Stages that have steps, with these."""
    order = [stage for stage, _ in data.stages]
    used = sorted({s.stage for s in data.steps},
                  key=lambda s: order.index(s) if s in order else len(order))  # fmt: skip
    return [(stage, [s.id for s in data.steps if s.stage == stage]) for stage in used]


def _size(label: str) -> tuple[float, float]:
    """How wide (in units) and tall (in pixels) a label is."""
    rows = label.split("<br>")
    return max(map(text_width, rows)) * _LETTER / _NARROW + 8, 14.0 * len(rows) + 2


def _line(pair: Pair, route: Route, width: float) -> Figure:
    wrong = pair[2]
    return lines(route.x, route.y, "", WARN if wrong else BLUE, "dash" if wrong else "solid",
                 width, opacity=1.0 if wrong else 0.55, line_shape=None) | {
        "line": {"color": WARN if wrong else BLUE, "dash": "dash" if wrong else "solid",
                 "width": width}}  # fmt: skip


def _heads(found: Mapping[Pair, Route], wrong: bool) -> Figure:
    its = [route for pair, route in found.items() if pair[2] is wrong]
    return marks([r.x[-1] for r in its], [r.y[-1] for r in its], [], "",
                 {"symbol": "arrow", "size": 11, "angle": [r.angle for r in its],
                  "color": WARN if wrong else BLUE}, hoverinfo="skip",
                 hovertemplate=None)  # fmt: skip


def _box(box: Box) -> dict[str, Any]:
    return {"type": "rect", "x0": box.x - box.half, "x1": box.x + box.half,
            "y0": box.y - box.tall, "y1": box.y + box.tall, "fillcolor": WHITE,
            "line": {"color": SOFT, "width": 1.2}}  # fmt: skip


def _names(places: Mapping[str, Box], data: ProcessData, language: str) -> list[dict[str, Any]]:
    found = []
    for step in data.steps:
        box = places[step.id]
        columns = int(2 * box.half * _NARROW / _LETTER) - 1
        text = broken(shortened(step.titles[language], columns * 3 - 4), max(columns, 6))
        found.append(note(text, box.x, box.y, font={"size": 11, "color": INK}))
    return found


def _heads_of_stages(plan: Plan, data: ProcessData, language: str) -> list[dict[str, Any]]:
    return [note(f"<b>{plain(text)}</b>", *plan.heads[stage], xanchor="left", yanchor="bottom",
                 bgcolor="rgba(255,255,255,0.86)", borderpad=0, font={"size": 12, "color": SOFT})
            for stage, text in _stage_names(plan, data, language).items() if text]  # fmt: skip


def _stage_names(plan: Plan, data: ProcessData, language: str) -> dict[str, str]:
    """What stages are called, as long as a column is wide."""
    titles = {stage: title[language] for stage, title in data.stages}
    columns = {box.column for box in plan.boxes.values()}
    room = int(process_layout.WIDTH / max(len(columns), 1) * _NARROW / _HEAD_LETTER)
    return {stage: shortened(titles.get(stage, ""), room) for stage in plan.heads}


def _areas(plan: Plan, data: ProcessData, language: str) -> list[Area]:
    """What labels must not cover: boxes, and the heads of stages."""
    found = [box.area for box in plan.boxes.values()]
    for stage, text in _stage_names(plan, data, language).items():
        x, y = plan.heads[stage]
        wide = text_width(text) * _HEAD_LETTER / _NARROW
        found.append(Area(x, y - process_layout.HEAD, x + wide, y))
    return found


def _labels(
    labels: Mapping[Pair, tuple[float, float]], texts: Mapping[Pair, tuple[str, str]]
) -> list[dict[str, Any]]:
    return [note(texts[pair][0], x, y, bgcolor="rgba(255,255,255,0.86)", borderpad=0,
                 font={"size": 11, "color": INK}) for pair, (x, y) in labels.items()]  # fmt: skip


def _ends(places: Mapping[str, Box], data: ProcessData) -> list[dict[str, Any]]:
    """Above a box how many cases begin there, below it how many end: only where it is many."""
    found = []
    for step in data.steps:
        box = places[step.id]
        if step.begins >= data.least * data.cases and step.begins:
            found.append(note(f"● {count(step.begins)}", box.x - box.half, box.y - box.tall,
                              xanchor="left", yanchor="bottom",
                              font={"size": 11, "color": SOFT}))  # fmt: skip
        if step.ends >= data.least * data.cases and step.ends:
            found.append(note(f"{count(step.ends)} ◎", box.x + box.half, box.y + box.tall,
                              xanchor="right", yanchor="top",
                              font={"size": 11, "color": SOFT}))  # fmt: skip
    return found


def _repeats(
    places: Mapping[str, Box], texts: Mapping[Pair, tuple[str, str]]
) -> list[dict[str, Any]]:
    """A step that follows itself: a mark above the box's right corner."""
    return [note(f"↻ {plain(text.split('<br>')[0])}", places[start].x + places[start].half,
                 places[start].y - places[start].tall, xanchor="right", yanchor="bottom",
                 font={"size": 11, "color": SOFT}, hovertext=hover)
            for (start, end, _), (text, hover) in texts.items() if start == end]  # fmt: skip
