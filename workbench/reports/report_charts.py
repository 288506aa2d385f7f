"""The charts of the report as inline SVG: no script, no image, the same on paper.

Lightness alone tells the outcomes apart, so grey print and colour-blind readers lose nothing:
failed is dark, passed light, cannot tell hatched, not yet due an empty box. Colours stand in
the style sheet; a chart only names classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.display import Html, count, element, join
from workbench.reports.report_data import Month
from workbench.reports.report_words import share

BAR_ORDER = ("failed", "passed", "cannot_tell", "not_yet_due")
_BAR_WIDTH, _BAR_HEIGHT, _LEAST = 200.0, 14.0, 3.0
_WIDTH = 800


def _svg(width: float, height: float, label: str, parts: Sequence[object], kind: str) -> Html:
    return element(
        "svg",
        join([element("title", label), *parts]),
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=label,
        class_=kind,
    )


def _text(x: float, y: float, content: object, kind: str, **more: str) -> Html:
    return element("text", content, x=f"{x:.1f}", y=f"{y:.1f}", class_=kind, **more)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Html:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return element("line", **{k: f"{v:.1f}" for k, v in ends.items()}, class_=kind)


def _dot(x: float, y: float, radius: float, kind: str, label: str) -> Html:
    title = element("title", label)
    return element("circle", title, cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:g}", class_=kind)


def outcome_bar(counts: Mapping[str, int], words: Mapping[str, str]) -> Html:
    """One bar of all in scope; failed starts at the left, so bars compare down the column."""
    present = [name for name in BAR_ORDER if counts[name]]
    label = ", ".join(f"{words[name]} {count(counts[name])}" for name in present)
    at, parts = 0.0, []
    for name, width in zip(present, _widths([counts[name] for name in present]), strict=True):
        parts.append(_box(at, width, _BAR_HEIGHT, name))
        at += width + 1
    return _svg(_BAR_WIDTH, _BAR_HEIGHT, label, parts, "bar")


def _widths(counts: Sequence[int]) -> list[float]:
    """Widths that fill the bar but for a gap between two; the least can still be seen."""
    room = _BAR_WIDTH - (len(counts) - 1)
    widths = [max(_LEAST, n / sum(counts) * room) for n in counts]
    widths[widths.index(max(widths))] -= sum(widths) - room
    return widths


def _box(x: float, width: float, height: float, name: str) -> Html:
    """A segment; the ones drawn with an edge lie inside it, so that none is cut."""
    inset = 0.5 if name in ("not_yet_due", "cannot_tell") else 0.0
    return element("rect", x=f"{x + inset:.1f}", y=f"{inset:g}", width=f"{width - 2 * inset:.1f}",
                   height=f"{height - 2 * inset:g}", class_=f"bar-{name}")  # fmt: skip


def legend_key(name: str) -> Html:
    """The little box of an outcome in a legend."""
    box = _box(0, 18, 11, name)
    return element("svg", box, viewBox="0 0 18 11", class_="key", aria_hidden="true")


def month_trend(months: Sequence[Month], label: str, heads: Sequence[str]) -> Html:
    """Share passed by month: full dots where all limits have run out, hollow where not.

    Below it the decided and, if there are any, those of which nothing can be told; `heads`
    names these two rows and the months.
    """
    plot = _Trend.of(months)
    parts: list[object] = [
        _text(0, y, shortened(head, 6.6), "tick")
        for at, (y, head) in enumerate(zip(plot.rows, heads, strict=True))
        if plot.undecided or at != 1
    ]
    for tick in (plot.floor, (plot.floor + 1) / 2, 1.0):
        y = plot.y(tick)
        parts += [_line(plot.left, y, _WIDTH - 8, y, "grid"),
                  _text(plot.left - 6, y + 3.5, f"{tick:.0%}", "tick end")]  # fmt: skip
    for at, month in enumerate(months):
        parts += [*plot.figures(at, month), *plot.month_label(at, month)]
        if month.decided and not month.few:
            x = plot.x(at)
            parts.append(_line(x, plot.y(month.low), x, plot.y(month.high), "whisker"))
    parts += plot.path(months)
    parts += [plot.point(at, month) for at, month in enumerate(months) if month.decided]
    return _svg(_WIDTH, plot.height, label, parts, "trend")


@dataclass(frozen=True)
class _Trend:
    """Where things stand in a trend plot."""

    floor: float
    step: float
    undecided: bool
    wide: int
    left: float = 74.0
    top: float = 10.0
    bottom: float = 92.0

    @classmethod
    def of(cls, months: Sequence[Month]) -> _Trend:
        rates = [m.rate for m in months if m.rate is not None]
        floor = min(int(min(rates, default=0.9) * 10 + 1e-9) / 10, 0.9)
        widest = max((len(count(m.decided)) for m in months), default=1)
        step = (_WIDTH - cls.left - 8) / max(len(months), 1)
        return cls(floor, step, any(m.cannot_tell for m in months), 6 * widest + 3)

    @property
    def tall(self) -> float:
        """How high a row of figures is: they stand upright where there is no room."""
        return 14.0 if self.step >= self.wide else 26.0

    @property
    def rows(self) -> tuple[float, float, float]:
        """Where the decided, the undecided and the months are written."""
        decided = self.bottom + 2 + self.tall
        undecided = decided + (self.tall if self.undecided else 0)
        return decided, undecided, undecided + 15

    @property
    def height(self) -> float:
        return self.rows[2] + 16

    def x(self, at: int) -> float:
        return self.left + (at + 0.5) * self.step

    def y(self, value: float) -> float:
        inside = (max(value, self.floor) - self.floor) / (1 - self.floor)
        return self.bottom - inside * (self.bottom - self.top)

    def month_label(self, at: int, month: Month) -> list[object]:
        """The month's number, and the year where it begins."""
        x, year, number = self.x(at), month.month[:4], int(month.month[5:7])
        y = self.rows[2]
        found: list[object] = []
        if self.step >= 13 or number in (1, 4, 7, 10):
            found.append(_text(x, y, str(number), "tick middle"))
        if number == 1 or (at == 0 and number < 11):
            found.append(_text(x, y + 13, year, "tick year middle"))
        return found

    def figures(self, at: int, month: Month) -> list[object]:
        """How many were decided, and of how many nothing can be told."""
        x, (decided, undecided, _) = self.x(at), self.rows
        found: list[object] = [self._figure(x, decided, count(month.decided))]
        if self.undecided:
            found.append(self._figure(x, undecided, count(month.cannot_tell)))
        return found

    def _figure(self, x: float, y: float, text: str) -> Html:
        if self.tall < 20:
            return _text(x, y, text, "tick middle figure")
        return _text(x + 3, y, text, "tick figure", transform=f"rotate(-90 {x + 3:.1f} {y:.1f})")

    def path(self, months: Sequence[Month]) -> list[object]:
        """A line through neighbouring months that are settled and not too few."""
        found: list[object] = []
        for at in range(1, len(months)):
            pair = months[at - 1 : at + 1]
            ends = [m.rate for m in pair if m.rate is not None and not m.few and not m.open]
            if len(ends) == 2:
                found.append(_line(self.x(at - 1), self.y(ends[0]), self.x(at), self.y(ends[1]),
                                   "path"))  # fmt: skip
        return found

    def point(self, at: int, month: Month) -> Html:
        kind = "point few" if month.few else "point"
        size = 2.2 if month.few else min(3.8, self.step / 2.4)
        label = f"{month.month}: {share(month.rate)} ({month.passed}/{month.decided})"
        y = self.y(month.rate or 0.0)
        return _dot(self.x(at), y, size, f"{kind} hollow" if month.open else kind, label)


@dataclass(frozen=True)
class ForestRow:
    """One unit of an interval plot."""

    name: str
    failed: int
    n: int
    low: float
    high: float
    cannot_tell: int


def forest(
    rows: Sequence[ForestRow], overall: float, label: str, heads: Sequence[str], together: str
) -> Html:
    """Failure rates with exact intervals: name, dot and line, then the same in figures."""
    plot = _Forest.of(rows)
    ticks = _TOPS[plot.top]
    foot = 30 + len(rows) * _ROW
    parts: list[object] = [
        _text(0, 12, heads[0], "head"),
        *(_text(x, 12, head, "head end") for x, head in zip(_RIGHT, heads[1:], strict=True)),
        _line(0, 20, _WIDTH, 20, "rule"),
    ]
    for part in range(ticks + 1):
        value = plot.top * part / ticks
        parts += [_line(plot.x(value), 20, plot.x(value), foot, "grid"),
                  _text(plot.x(value), foot + 13, _tick(value), "tick middle")]  # fmt: skip
    parts += [_line(plot.x(overall), 20, plot.x(overall), foot, "overall"),
              _text(plot.x(overall), foot + 27, f"{together} {share(overall)}",
                    "tick middle overall-label")]  # fmt: skip
    for at, row in enumerate(rows):
        parts += plot.row(32 + at * _ROW + _ROW / 2 - 6, row)
    return _svg(_WIDTH, foot + 32, label, parts, "forest")


_ROW = 20
# Where an axis may end, and into how many parts it is divided.
_TOPS = {0.04: 4, 0.08: 4, 0.12: 4, 0.16: 4, 0.2: 4, 0.25: 5, 0.3: 3, 0.4: 4, 0.5: 5, 0.6: 3,
         0.8: 4, 1.0: 5}  # fmt: skip
_LABELS = (150.0, 300.0)  # the names' column: the narrowest, the widest
_PLOT_END = 496.0
_EM = 11.5
_RIGHT = (584.0, 640.0, 734.0, 800.0)


@dataclass(frozen=True)
class _Forest:
    """The scale of an interval plot, from 0 to `top`, beside names as wide as `labels`."""

    top: float
    labels: float

    @classmethod
    def of(cls, rows: Sequence[ForestRow]) -> _Forest:
        highest = max(row.high for row in rows) - 1e-9
        widest = max(_ems(row.name) for row in rows) * _EM
        labels = min(max(widest, _LABELS[0]), _LABELS[1])
        return cls(next(top for top in _TOPS if top >= highest), labels)

    def x(self, value: float) -> float:
        start = self.labels + 16
        return start + value / self.top * (_PLOT_END - start)

    def row(self, y: float, row: ForestRow) -> list[object]:
        rate, base = row.failed / row.n, y + 4
        figures = (f"{count(row.failed)} / {count(row.n)}", share(rate),
                   f"{share(row.low)} – {share(row.high)}", count(row.cannot_tell))  # fmt: skip
        short = shortened(row.name, self.labels / _EM)
        name = element("tspan", join([element("title", row.name), short]))
        return [
            _text(0, base, name, "name"),
            _line(self.x(row.low), y, self.x(row.high), y, "interval"),
            *(_line(self.x(end), y - 3.5, self.x(end), y + 3.5, "interval")
              for end in (row.low, row.high)),
            _dot(self.x(rate), y, 4, "estimate", f"{row.name}: {', '.join(figures[:3])}"),
            *(_text(x, base, text, "figure end") for x, text in zip(_RIGHT, figures, strict=True)),
        ]  # fmt: skip


def _tick(value: float) -> str:
    return f"{value * 100:g}%"


def _ems(text: str) -> float:
    return sum(1.0 if ord(letter) > 0x2E7F else 0.54 for letter in text)


def shortened(text: str, ems: float) -> str:
    """`text`, cut in the middle to so many widths of a Chinese character: names often differ
    at their end only.

    >>> shortened("Division East IV", 6), shortened("示例市", 3)
    ('Divisi…t IV', '示例市')
    """
    if _ems(text) <= ems + 0.01:
        return text
    head, tail = len(text), 0
    while head > 1 and _ems(text[:head]) + _ems(text[len(text) - tail :]) + 0.6 > ems:
        head -= 1
        tail = head * 2 // 3
    return text[:head].rstrip() + "…" + text[len(text) - tail :]
