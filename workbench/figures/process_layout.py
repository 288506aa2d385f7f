"""Where the boxes, lines and labels of a process map stand: geometry alone.

Lengths are those of a plot 1000 units wide; heights are pixels. Lines end at right angles to a
box, so that arrow heads fit at every width of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH = 1000.0
TOP = 46.0  # below the heads of the columns
BOX_HEIGHT, PITCH = 44.0, 96.0
_BOX_SHARE = 0.62  # of the width of a column
_POINTS = 24
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)  # where a label may stand


class Box(NamedTuple):
    """A step: middle, half width and half height."""

    x: float
    y: float
    half: float
    tall: float = BOX_HEIGHT / 2


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


def boxes(columns: Sequence[Sequence[str]]) -> dict[str, Box]:
    """The boxes of steps, a column a stage, in the order given; short columns stand in the middle.

    >>> boxes([["a", "b"]])["b"].y > boxes([["a", "b"]])["a"].y
    True
    """
    if not columns:
        return {}
    wide, rows = WIDTH / len(columns), max(map(len, columns))
    found = {}
    for at, steps in enumerate(columns):
        first = TOP + PITCH * (rows - len(steps)) / 2 + PITCH / 2
        for row, step in enumerate(steps):
            found[step] = Box(wide * (at + 0.5), first + PITCH * row, wide * _BOX_SHARE / 2)
    return found


def height(columns: Sequence[Sequence[str]]) -> float:
    """How tall the map is."""
    return TOP + PITCH * max(map(len, columns), default=0)


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
    return {pair: _route(points[pair, 0], points[pair, 1], sides[pair]) for pair in wanted}


def _sides(start: Box, end: Box) -> tuple[str, str]:
    """On which sides a line leaves and arrives."""
    if abs(start.x - end.x) > 1:
        return ("right", "left") if end.x > start.x else ("left", "right")
    if 0 < end.y - start.y < PITCH * 1.5:
        return "bottom", "top"
    return ("left", "left") if end.y > start.y else ("right", "right")


def _at(box: Box, side: str, part: float) -> tuple[float, float]:
    if side in ("top", "bottom"):
        return box.x + part * box.half, box.y + (box.tall if side == "bottom" else -box.tall)
    return box.x + (box.half if side == "right" else -box.half), box.y + part * 2 * box.tall * 0.9


def _route(start: tuple[float, float], end: tuple[float, float], sides: tuple[str, str]) -> Route:
    (x0, y0), (x1, y1) = start, end
    if sides[0] == "bottom":
        middle = (y0 + y1) / 2
        curve = ((x0, y0), (x0, middle), (x1, middle), (x1, y1))
        return _curved(curve, 180.0)
    if sides[0] == sides[1]:  # around the boxes between
        out = (-1 if sides[0] == "left" else 1) * (24 + abs(y1 - y0) * 0.1)
        return _curved(((x0, y0), (x0 + out, y0), (x1 + out, y1), (x1, y1)),
                       90.0 if sides[0] == "left" else -90.0)  # fmt: skip
    reach = (x1 - x0) / 2
    return _curved(((x0, y0), (x0 + reach, y0), (x1 - reach, y1), (x1, y1)),
                   90.0 if x1 > x0 else -90.0)  # fmt: skip


def _curved(corners: Sequence[tuple[float, float]], angle: float) -> Route:
    """A cubic Bezier curve as points."""
    found = [_bezier(corners, at / _POINTS) for at in range(_POINTS + 1)]
    return Route(tuple(x for x, _ in found), tuple(y for _, y in found), angle)


def _bezier(corners: Sequence[tuple[float, float]], t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (sum(w * x for w, (x, _) in zip(weights, corners, strict=True)),
            sum(w * y for w, (_, y) in zip(weights, corners, strict=True)))  # fmt: skip


def label_places(
    found: Mapping[tuple[str, str, bool], Route],
    sizes: Mapping[tuple[str, str, bool], tuple[float, float]],
    places: Iterable[Box],
) -> dict[tuple[str, str, bool], tuple[float, float]]:
    """Where on its line each label stands so that it covers boxes and other labels least."""
    taken = [Area(b.x - b.half, b.y - b.tall, b.x + b.half, b.y + b.tall) for b in places]
    result = {}
    for pair, route in found.items():
        wide, tall = sizes[pair]
        best: tuple[float, float, float] | None = None
        for rank, along in enumerate(_ALONG):
            at = round(along * _POINTS)
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
