"""The picture of a case: its steps above a time axis, each statutory limit as a bar below.

Inline SVG without a script. A bar runs from the day a limit began to the day it was due; what ran
over is drawn on in red, up to the day it was done or the as-of day. Labels of steps stand in a
staircase, so that no label and no stem crosses another. Colours stand in the style sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workbench.display import Html, element, join

WIDTH = 960.0
_MOST_SIDE, _LEAST_SIDE = 290.0, 24.0  # names of the limits stand left, what became of them right
_LANE, _ROW, _BAR = 17.0, 28.0, 11.0
_GAP = 12.0
_WIDE, _NARROW = 12.2, 6.7  # width of a full and of a half-width character at 12 px


@dataclass(frozen=True)
class Step:
    """A labelled step of the case, or the as-of day (`now`)."""

    day: date
    label: str
    now: bool = False

    @property
    def width(self) -> float:
        """How wide its label is set, with its day."""
        return width_of(f"{self.label} {self.day.isoformat()}") + 8


@dataclass(frozen=True)
class Bar:
    """One limit: its days, how it stands, and in words what became of it.

    `until` is where the bar ends: the day it was done, or the as-of day while it is not.
    """

    name: str
    start: date | None
    due: date | None
    done: date | None
    until: date
    state: str
    text: str
    too_early: bool = False


@dataclass(frozen=True)
class Axis:
    """Days along a line between two places.

    >>> axis = Axis(date(2024, 1, 1), date(2024, 1, 11), 200, 700)
    >>> axis.x(date(2024, 1, 1)), axis.x(date(2024, 1, 6)), axis.x(date(2025, 1, 1))
    (200.0, 450.0, 700.0)
    """

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """Where a day lies; what is outside lies at the nearer end."""
        days = max((self.last - self.first).days, 1)
        at = min(max((day - self.first).days, 0), days)
        return self.left + at / days * (self.right - self.left)

    def ticks(self) -> list[tuple[date, str]]:
        """Round days with their labels, about six."""
        days = (self.last - self.first).days
        if days <= 75:
            step = 7 if days <= 49 else 14
            found = [self.first + timedelta(n) for n in range(0, days + 1, step)]
            return [(day, f"{day:%m-%d}") for day in found]
        months = [*_months(self.first, self.last)]
        every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 1200) if len(months) / n <= 8)
        months = [m for m in months if (m.year * 12 + m.month - 1) % every == 0]
        return [(m, f"{m:%Y-%m}" if every < 12 else f"{m.year}") for m in months]


def _months(first: date, last: date) -> Iterator[date]:
    day = first if first.day == 1 else _next_month(first)
    while day <= last:
        yield day
        day = _next_month(day)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def width_of(text: str) -> float:
    """About how wide a text is set.

    >>> width_of("立案") > width_of("ab")
    True
    """
    return sum(_WIDE if ord(c) > 0x2E7F else _NARROW for c in text)


def staircase(places: Sequence[float], widths: Sequence[float]) -> list[int]:
    """The lane of each label, the lowest being 0; places from left to right.

    A label starts at its stem, so an earlier one goes above all later ones that it reaches.

    >>> staircase([0, 10, 200], [50, 50, 50])
    [1, 0, 0]
    """
    lanes: list[int] = []
    for at in range(len(places) - 1, -1, -1):
        end = places[at] + widths[at] + _GAP
        reached = [lane for x, lane in zip(places[at + 1 :], lanes, strict=True) if x < end]
        lanes.insert(0, 1 + max(reached, default=-1))
    return lanes


def case_chart(
    steps: Sequence[Step], others: Sequence[date], bars: Sequence[Bar], label: str
) -> Html:
    """The picture, with `label` for a screen reader; empty where there is no day to draw."""
    days = [step.day for step in steps] + list(others)
    days += [day for bar in bars for day in (bar.start, bar.due, bar.until) if day]
    if not days:
        return Html()
    axis = _axis(min(days), max(days), steps, bars)
    stairs = _Steps.of(axis, steps)
    ground = stairs.height + 8
    bottom = ground + 26 + _ROW * len(bars)
    parts: list[object] = [element("title", label)]
    parts += _grid(axis, ground, bottom)
    parts += [_dot(axis.x(day), ground, 2, "other") for day in sorted(set(others))]
    parts += stairs.drawn(ground, bottom)
    for at, bar in enumerate(bars):
        parts += _bar(axis, bar, ground + 26 + _ROW * at)
    return element("svg", join(parts), viewBox=f"0 0 {WIDTH:g} {bottom + 6:g}", role="img",
                   aria_label=label, class_="wb-case-chart")  # fmt: skip


def _axis(first: date, last: date, steps: Sequence[Step], bars: Sequence[Bar]) -> Axis:
    """Room for the words at both sides, and for the label of the last step."""
    names = max((width_of(bar.name) for bar in bars), default=0)
    texts = [width_of(bar.text) * 1.06 for bar in bars]  # some are set in bold
    texts += [step.width - 8 for step in steps if step.day == last]
    left, right = (min(_MOST_SIDE, side + _LEAST_SIDE)
                   for side in (names, max(texts, default=0)))  # fmt: skip
    return Axis(first, last, left, WIDTH - right)


@dataclass(frozen=True)
class _Steps:
    """Steps with their places; those of one day share a stem."""

    steps: list[Step]
    places: list[float]
    lanes: list[int]

    @classmethod
    def of(cls, axis: Axis, steps: Sequence[Step]) -> _Steps:
        by_day: dict[tuple[date, bool], list[str]] = {}
        for step in sorted(steps, key=lambda s: (s.day, s.now)):
            by_day.setdefault((step.day, step.now), []).append(step.label)
        shared = [Step(day, " / ".join(dict.fromkeys(names)), now)
                  for (day, now), names in by_day.items()]  # fmt: skip
        places = [axis.x(step.day) for step in shared]
        return cls(shared, places, staircase(places, [step.width for step in shared]))

    @property
    def height(self) -> float:
        return 10 + _LANE * (max(self.lanes, default=-1) + 1)

    def drawn(self, ground: float, bottom: float) -> Iterator[Html]:
        for step, x, lane in zip(self.steps, self.places, self.lanes, strict=True):
            y = ground - 10 - _LANE * lane
            yield _line(x, bottom if step.now else ground, x, y - 9, "now" if step.now else "stem")
            label = join(
                [
                    element("tspan", step.label, class_="wb-case-name"),
                    element("tspan", step.day.isoformat(), class_="wb-case-day"),
                ],
                " ",
            )
            yield _text(x + 5, y, label, "now-label" if step.now else "label")
            if not step.now:
                yield _dot(x, ground, 4, "step")


def _grid(axis: Axis, ground: float, bottom: float) -> Iterator[Html]:
    yield _line(axis.left, ground, axis.right, ground, "axis")
    end = 0.0
    for day, label in axis.ticks():
        x, half = axis.x(day), width_of(label) / 2
        yield _line(x, ground, x, bottom, "tick")
        if x - half > end:  # a label that has no room is left out
            yield _text(x, ground + 14, label, "date", "middle")
            end = x + half + 8


def _bar(axis: Axis, bar: Bar, top: float) -> Iterator[Html]:
    middle = top + _ROW / 2
    name = shortened(bar.name, axis.left - 14)
    whole = element("title", bar.name) if name != bar.name else Html()
    yield _text(axis.left - 12, middle + 4, join([whole, name]), "name", "end")
    yield _text(axis.right + 12, middle + 4, bar.text, f"state-{bar.state}")
    if bar.start is None:
        return
    y, start = middle - _BAR / 2, axis.x(bar.start)
    if bar.due is None:
        yield _box(start, axis.x(bar.until), y, "unknown")
        return
    due = axis.x(bar.due)
    yield _box(start, due, y, {"open": "open", "unknown": "unknown"}.get(bar.state, "limit"))
    if bar.state == "open":
        yield _box(start, min(axis.x(bar.until), due), y, "spent")
    if bar.state in ("late", "overdue"):
        ends = (axis.x(bar.until), due) if bar.too_early else (due, axis.x(bar.until))
        yield _box(*ends, y, "overrun")
    yield _line(due, y - 4, due, y + _BAR + 4, "due")
    if bar.done:
        yield _dot(axis.x(bar.done), middle, 4.5, "done-late" if bar.state == "late" else "done")


def shortened(text: str, room: float) -> str:
    """A text cut to the room there is.

    >>> shortened("Labour-inspection investigation", 80)
    'Labour-ins…'
    """
    if width_of(text) <= room:
        return text
    while text and width_of(text) + _NARROW > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _box(x1: float, x2: float, y: float, kind: str) -> Html:
    return element("rect", x=f"{x1:.1f}", y=f"{y:.1f}", width=f"{max(x2 - x1, 1.5):.1f}",
                   height=f"{_BAR:g}", class_=f"wb-case-{kind}")  # fmt: skip


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Html:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return element("line", **{k: f"{v:.1f}" for k, v in ends.items()}, class_=f"wb-case-{kind}")


def _text(x: float, y: float, content: object, kind: str = "label", anchor: str = "start") -> Html:
    return element("text", content, x=f"{x:.1f}", y=f"{y:.1f}", class_=f"wb-case-{kind}",
                   text_anchor=None if anchor == "start" else anchor)  # fmt: skip


def _dot(x: float, y: float, radius: float, kind: str) -> Html:
    return element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:g}",
                   class_=f"wb-case-{kind}")  # fmt: skip
