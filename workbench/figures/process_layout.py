"""Where the boxes, lines and labels of a process map stand: geometry alone.

Lengths are those of a plot 1000 units wide; heights are pixels. Lines end at right angles to a
box, so that arrow heads fit at every width of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

WIDTH = 1000.0
MOST_COLUMNS = 5  # more leave no room for names on a page 700 wide
HEAD = 18.0  # of a stage
ABOVE = 18.0  # room between a head, or what ends above, and a box
BOX_HEIGHT, PITCH = 48.0, 102.0
_BOX_SHARE = 0.62  # of the width of a column
_POINTS = 24
_PASSING = 22.0  # how far above or below a column's boxes a line passes them
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)  # where a label may stand


_Curve: TypeAlias = Sequence[tuple[float, float]]


class Box(NamedTuple):
    """A step: middle, half width, its column and row, half height."""

    x: float
    y: float
    half: float
    column: int = 0
    row: int = 0
    tall: float = BOX_HEIGHT / 2

    @property
    def area(self) -> Area:
        """What it covers."""
        return Area(self.x - self.half, self.y - self.tall, self.x + self.half, self.y + self.tall)


class Area(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Area) -> float:
        """The area that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0.0) * max(tall, 0.0)


@dataclass(frozen=True)
class Route:
    """A line: its points, and the direction of its head in degrees (0 is up, 90 to the right)."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    angle: float


def columns(
    stages: Sequence[tuple[str, Sequence[str]]], most: int = MOST_COLUMNS
) -> list[list[tuple[str, Sequence[str]]]]:
    """Stages with their steps, laid into so many columns at most, as even as their order allows.

    >>> columns([("a", "12"), ("b", "3"), ("c", "45")], 2)
    [[('a', '12'), ('b', '3')], [('c', '45')]]
    """
    tallest = sum(len(steps) for _, steps in stages)
    for room in range(1, tallest + 1):
        found: list[list[tuple[str, Sequence[str]]]] = []
        left = 0
        for stage in stages:
            if not found or len(stage[1]) > left:
                found.append([])
                left = room
            found[-1].append(stage)
            left -= len(stage[1])
        if len(found) <= most and all(sum(len(s) for _, s in c) <= room for c in found):
            return found
    return []


@dataclass(frozen=True)
class Plan:
    """Where everything stands: boxes by step, heads of stages (left end and foot), the height."""

    boxes: dict[str, Box]
    heads: dict[str, tuple[float, float]]
    height: float


def plan(found: Sequence[Sequence[tuple[str, Sequence[str]]]]) -> Plan:
    """The places of columns of stages, from the top down.

    >>> plan([[("a", ["x", "y"])]]).boxes["y"].row
    1
    """
    boxes: dict[str, Box] = {}
    heads: dict[str, tuple[float, float]] = {}
    deepest, wide = 0.0, WIDTH / max(len(found), 1)
    for at, stages in enumerate(found):
        y, row, middle = 0.0, 0, wide * (at + 0.5)
        for stage, steps in stages:
            heads[stage] = middle - wide * _BOX_SHARE / 2, y + HEAD
            y += HEAD
            for step in steps:
                boxes[step] = Box(
                    middle, y + ABOVE + BOX_HEIGHT / 2, wide * _BOX_SHARE / 2, at, row
                )
                y, row = y + PITCH, row + 1
        deepest = max(deepest, y)
    return Plan(boxes, heads, deepest)


def routes(
    places: Mapping[str, Box], pairs: Iterable[tuple[str, str, bool]]
) -> dict[tuple[str, str, bool], Route]:
    """The line of each pair of different steps (the flag tells two of one pair apart).

    Ends on one side of a box lie side by side, in the order of where they come from.
    """
    wanted = [pair for pair in pairs if pair[0] != pair[1]]
    sides = {pair: _sides(places[pair[0]], places[pair[1]]) for pair in wanted}
    ends: dict[tuple[str, str], list[tuple[float, tuple[str, str, bool], int]]] = {}
    for pair in wanted:
        for end, (step, far) in enumerate((pair[:2], (pair[1], pair[0]))):
            other = places[far]
            side = sides[pair][end]
            key = other.x if side in ("top", "bottom") else other.y
            ends.setdefault((step, side), []).append((key, pair, end))
    points: dict[tuple[tuple[str, str, bool], int], tuple[float, float]] = {}
    for (step, side), its in ends.items():
        for at, (_, pair, end) in enumerate(sorted(its)):
            part = (at + 1) / (len(its) + 1) - 0.5
            points[pair, end] = _at(places[step], side, part)
    gaps = _gaps(places.values())
    return {pair: _route(points[pair, 0], points[pair, 1], sides[pair],
                         _between(places[pair[0]], places[pair[1]], gaps))
            for pair in wanted}  # fmt: skip


def _gaps(places: Iterable[Box]) -> dict[int, tuple[float, float, list[float]]]:
    """Of each column its left and right end, and the heights at which a line passes its boxes."""
    columns: dict[int, list[Box]] = {}
    for box in places:
        columns.setdefault(box.column, []).append(box)
    found = {}
    for column, its in columns.items():
        its.sort(key=lambda box: box.y)
        above, below = its[0].area.top - _PASSING, its[-1].area.bottom + _PASSING
        middles = [(a.area.bottom + b.area.top) / 2 for a, b in pairwise(its)]
        found[column] = its[0].area.left, its[0].area.right, [above, *middles, below]
    return found


def _between(
    start: Box, end: Box, gaps: Mapping[int, tuple[float, float, list[float]]]
) -> list[tuple[float, float, float]]:
    """For the columns between two boxes: where a line comes in, where it goes out, at what height.

    It passes between boxes, as near to the straight way as it can: a line behind a box would seem
    to end there.
    """
    step = 1 if end.column > start.column else -1
    found = []
    for column in range(start.column + step, end.column, step):
        left, right, heights = gaps[column]
        part = (column - start.column) / (end.column - start.column)
        straight = start.y + part * (end.y - start.y)
        height = min(heights, key=lambda y: abs(y - straight))
        found.append((left, right, height) if step > 0 else (right, left, height))
    return found


def _sides(start: Box, end: Box) -> tuple[str, str]:
    """On which sides a line leaves and arrives."""
    if start.column != end.column:
        return ("right", "left") if end.column > start.column else ("left", "right")
    if end.row == start.row + 1:
        return "bottom", "top"
    return ("left", "left") if end.row > start.row else ("right", "right")


def _at(box: Box, side: str, part: float) -> tuple[float, float]:
    if side in ("top", "bottom"):
        return box.x + part * box.half, box.y + (box.tall if side == "bottom" else -box.tall)
    return box.x + (box.half if side == "right" else -box.half), box.y + part * 2 * box.tall * 0.9


def _route(
    start: tuple[float, float], end: tuple[float, float], sides: tuple[str, str],
    between: Sequence[tuple[float, float, float]],
) -> Route:  # fmt: skip
    (x0, y0), (x1, y1) = start, end
    if sides[0] == "bottom":
        middle = (y0 + y1) / 2
        return _route_of([((x0, y0), (x0, middle), (x1, middle), (x1, y1))], 180.0)
    if sides[0] == sides[1]:  # around the boxes between
        out = (-1 if sides[0] == "left" else 1) * (24 + abs(y1 - y0) * 0.1)
        return _route_of([((x0, y0), (x0 + out, y0), (x1 + out, y1), (x1, y1))],
                         90.0 if sides[0] == "left" else -90.0)  # fmt: skip
    curves, at = [], start
    for first, last, height in between:
        curves += [_level(at, (first, height)), _level((first, height), (last, height))]
        at = last, height
    return _route_of([*curves, _level(at, end)], 90.0 if x1 > x0 else -90.0)


def _level(start: tuple[float, float], end: tuple[float, float]) -> _Curve:
    """A curve that begins and ends level."""
    reach = (end[0] - start[0]) / 2
    return start, (start[0] + reach, start[1]), (end[0] - reach, end[1]), end


def _route_of(curves: Sequence[_Curve], angle: float) -> Route:
    """Cubic Bezier curves, one behind the other, as points."""
    each = max(_POINTS // len(curves), 6)
    found = [_bezier(curve, at / each) for curve in curves for at in range(each + 1)]
    return Route(tuple(x for x, _ in found), tuple(y for _, y in found), angle)


def _bezier(corners: _Curve, t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (sum(w * x for w, (x, _) in zip(weights, corners, strict=True)),
            sum(w * y for w, (_, y) in zip(weights, corners, strict=True)))  # fmt: skip


def label_places(
    found: Mapping[tuple[str, str, bool], Route],
    sizes: Mapping[tuple[str, str, bool], tuple[float, float]],
    areas: Iterable[Area],
) -> dict[tuple[str, str, bool], tuple[float, float]]:
    """Where on its line each label stands so that it covers these areas and other labels least."""
    taken = list(areas)
    result = {}
    for pair, route in found.items():
        wide, tall = sizes[pair]
        best: tuple[float, float, float] | None = None
        for rank, along in enumerate(_ALONG):
            at = round(along * (len(route.x) - 1))
            x, y = route.x[at], route.y[at]
            area = Area(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
            covered = sum(area.overlap(other) for other in taken) + rank * 1e-6
            if best is None or covered < best[0]:
                best = covered, x, y
        assert best is not None
        _, x, y = best
        taken.append(Area(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2))
        result[pair] = x, y
    return result
