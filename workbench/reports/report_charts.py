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
_BAR_WIDTH, _BAR_HEIGHT = 200.0, 14.0
_WIDTH = 720


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
    total = sum(counts[name] for name in BAR_ORDER)
    present = [name for name in BAR_ORDER if counts[name]]
    label = join([f"{words[name]} {count(counts[name])}" for name in present], ", ")
    at, parts = 0.0, []
    for name in present:
        width = max(2.0, counts[name] / total * (_BAR_WIDTH - 2.0 * len(present)))
        inset = 0.5 if name == "not_yet_due" else 0.0
        parts.append(
            element(
                "rect",
                x=f"{at + inset:.1f}",
                y=f"{inset:g}",
                width=f"{max(1.0, width - 1 - 2 * inset):.1f}",
                height=f"{_BAR_HEIGHT - 2 * inset:g}",
                class_=f"bar-{name}",
            )
        )
        at += width
    return _svg(_BAR_WIDTH, _BAR_HEIGHT, str(label), parts, "bar")


def legend_key(name: str) -> Html:
    """The little box of an outcome in a legend."""
    inset = 0.5 if name == "not_yet_due" else 0.0
    box = element("rect", x=f"{inset:g}", y=f"{inset:g}", width=f"{18 - 2 * inset:g}",
                  height=f"{11 - 2 * inset:g}", class_=f"bar-{name}")  # fmt: skip
    return element("svg", box, viewBox="0 0 18 11", class_="key", aria_hidden="true")


def month_trend(months: Sequence[Month], label: str) -> Html:
    """Share passed by month: full dots where all limits have run out, hollow where not."""
    plot = _Trend.of(months)
    parts: list[object] = []
    for tick in (plot.floor, (plot.floor + 1) / 2, 1.0):
        y = plot.y(tick)
        parts += [_line(plot.left, y, _WIDTH - 8, y, "grid"),
                  _text(plot.left - 6, y + 3.5, f"{tick:.0%}", "tick end")]  # fmt: skip
    for at, month in enumerate(months):
        parts += plot.month_label(at, month)
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
    left: float = 44.0
    top: float = 10.0
    bottom: float = 100.0
    height: float = 150.0

    @classmethod
    def of(cls, months: Sequence[Month]) -> _Trend:
        rates = [m.rate for m in months if m.rate is not None]
        floor = min(int(min(rates, default=0.9) * 10 + 1e-9) / 10, 0.9)
        return cls(floor, (_WIDTH - 52) / max(len(months), 1))

    def x(self, at: int) -> float:
        return self.left + (at + 0.5) * self.step

    def y(self, value: float) -> float:
        inside = (max(value, self.floor) - self.floor) / (1 - self.floor)
        return self.bottom - inside * (self.bottom - self.top)

    def month_label(self, at: int, month: Month) -> list[object]:
        """How many were decided, the month's number, and the year where it begins."""
        x, year, number = self.x(at), month.month[:4], int(month.month[5:7])
        figure = count(month.decided)
        if self.step >= 6 * len(figure) + 3:
            found: list[object] = [_text(x, 117, figure, "tick middle figure")]
        else:
            turn = f"rotate(-90 {x + 3:.1f} 121)"
            found = [_text(x + 3, 121, figure, "tick figure", transform=turn)]
        if self.step >= 13 or number in (1, 4, 7, 10):
            found.append(_text(x, 133, str(number), "tick middle"))
        if number == 1 or (at == 0 and number < 11):
            found.append(_text(x - (3 if number > 9 else 0), 146, year, "tick year middle"))
        return found

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


def forest(
    rows: Sequence[ForestRow], overall: float, label: str, heads: Sequence[str], together: str
) -> Html:
    """Failure rates with exact intervals: name, dot and line, then the same in figures."""
    plot = _Forest(next(t for t in _TOPS if t >= max(row.high for row in rows) - 1e-9))
    foot = 30 + len(rows) * _ROW
    parts: list[object] = [
        _text(0, 12, heads[0], "head"),
        *(_text(x, 12, head, "head end") for x, head in zip(_RIGHT, heads[1:], strict=True)),
        _line(0, 20, _WIDTH, 20, "rule"),
    ]
    for part in range(5):
        value = plot.top * part / 4
        parts += [_line(plot.x(value), 20, plot.x(value), foot, "grid"),
                  _text(plot.x(value), foot + 13, _tick(value), "tick middle")]  # fmt: skip
    parts += [_line(plot.x(overall), 20, plot.x(overall), foot, "overall"),
              _text(plot.x(overall), foot + 27, f"{together} {share(overall)}",
                    "tick middle overall-label")]  # fmt: skip
    for at, row in enumerate(rows):
        parts += plot.row(32 + at * _ROW + _ROW / 2 - 6, row)
    return _svg(_WIDTH, foot + 32, label, parts, "forest")


_ROW = 20
_TOPS = (0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8, 1.0)
_PLOT = (222.0, 482.0)
_RIGHT = (566.0, 622.0, 720.0)


@dataclass(frozen=True)
class _Forest:
    """The scale of an interval plot, from 0 to `top`."""

    top: float

    def x(self, value: float) -> float:
        return _PLOT[0] + value / self.top * (_PLOT[1] - _PLOT[0])

    def row(self, y: float, row: ForestRow) -> list[object]:
        rate, base = row.failed / row.n, y + 4
        figures = (f"{count(row.failed)} / {count(row.n)}", share(rate),
                   f"{share(row.low)} – {share(row.high)}")  # fmt: skip
        short = shortened(row.name, 17.0)
        name = element("tspan", join([element("title", row.name), short]))
        return [
            _text(0, base, name, "name"),
            _line(self.x(row.low), y, self.x(row.high), y, "interval"),
            *(_line(self.x(end), y - 3.5, self.x(end), y + 3.5, "interval")
              for end in (row.low, row.high)),
            _dot(self.x(rate), y, 4, "estimate", f"{row.name}: {', '.join(figures)}"),
            *(_text(x, base, text, "figure end") for x, text in zip(_RIGHT, figures, strict=True)),
        ]  # fmt: skip


def _tick(value: float) -> str:
    return f"{value * 100:g}%"


def shortened(text: str, ems: float) -> str:
    """`text`, cut to so many widths of a Chinese character.

    >>> shortened("abcdef", 2.5), shortened("示例市", 3)
    ('abc…', '示例市')
    """
    width = 0.0
    for at, letter in enumerate(text):
        width += 1.0 if ord(letter) > 0x2E7F else 0.55
        if width > ems + 0.01:
            return text[: max(at - 1, 1)] + "…"
    return text
