"""What all figures share: colours, fonts, axes, how a text is broken, the table beside a figure.

The two colours that carry meaning are a blue and an orange that people with any of the usual forms
of colour blindness tell apart (a test simulates them), and neither ever stands alone: what is
orange also has another shape, a dashed line or a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workbench.display import text_width

INK, SOFT, HAIR, BLUE, GREY = "#1c2329", "#56626c", "#e9edf0", "#1d4e7e", "#9aa6b0"
WHISKER = "#c3ced7"
WARN = "#d55e00"  # the vermilion of Okabe and Ito (2008)
PALE = "#a9c1d6"  # of the blue: what is less sure or less extreme
WHITE = "#fff"
FONT = ('"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", '
        '"Segoe UI", "Helvetica Neue", Arial, sans-serif')  # fmt: skip
Figure = dict[str, Any]
_MOST_TICKS = 6  # in a figure of a third of the page
_HALF_A_YEAR = 8  # months: from here on not every month is named below the axis
_TITLE_COLUMNS = 84  # half-width letters of a line of a title, in a figure of 700 pixels
_EMPTY_HEIGHT = 120


class Table(NamedTuple):
    """The numbers of a figure: heads, and rows of plain values. `kinds` says how a column is
    written: `text`, `count`, `share` (0 to 1) or `number`."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    kinds: tuple[str, ...]


def layout(height: int, title: str = "", **more: Any) -> dict[str, Any]:
    """The layout of a figure of this height; `more` is added to it.

    >>> layout(300, "案卷")["title"]["text"]
    '案卷'
    """
    lines = broken(title, _TITLE_COLUMNS)
    return {
        "height": height,
        "autosize": True,
        "margin": {"l": 56, "r": 16, "t": 22 + 20 * lines.count("<br>") + (22 if title else 0),
                   "b": 44},
        "title": {"text": lines, "x": 0, "xref": "container", "xanchor": "left", "y": 1,
                  "yref": "container", "yanchor": "top", "pad": {"l": 8, "t": 8},
                  "font": {"family": FONT, "size": 15, "color": INK}},
        "paper_bgcolor": WHITE,  # a dark notebook would hide the text
        "plot_bgcolor": WHITE,
        "font": {"family": FONT, "size": 12, "color": SOFT},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": WHITE, "bordercolor": WHISKER, "align": "left",
                       "font": {"family": FONT, "size": 12.5, "color": INK}},
        **more,
    }  # fmt: skip


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis with a hairline grid; nothing is zoomed by mistake."""
    return {
        "title": {"text": title, "font": {"size": 12, "color": SOFT}, "standoff": 8},
        "gridcolor": HAIR, "linecolor": WHISKER, "tickcolor": WHISKER, "zeroline": False,
        "fixedrange": True, "automargin": False, "tickangle": 0, **more,
    }  # fmt: skip


def legend(**more: Any) -> dict[str, Any]:
    """A row of keys below the figure, which breaks where it has no room."""
    return {
        "showlegend": True,
        "legend": {"orientation": "h", "xref": "container", "x": 0.01, "xanchor": "left",
                   "yref": "container", "y": 0, "yanchor": "bottom",
                   "font": {"size": 12, "color": INK}, "itemclick": False,
                   "itemdoubleclick": False, **more},
    }  # fmt: skip


def lines(
    x: Sequence[Any], y: Sequence[Any], name: str, colour: str = GREY, dash: str = "solid",
    width: float = 1.4, **more: Any,
) -> Figure:  # fmt: skip
    """A line that says nothing under the pointer."""
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "name": name,
            "line": {"color": colour, "dash": dash, "width": width}, "hoverinfo": "skip",
            **more}  # fmt: skip


def marks(
    x: Sequence[Any], y: Sequence[Any], hover: Sequence[str], name: str, marker: Mapping[str, Any],
    **more: Any,
) -> Figure:  # fmt: skip
    """Dots, or other shapes, each with its lines under the pointer."""
    return {"type": "scatter", "mode": "markers", "x": list(x), "y": list(y), "name": name,
            "text": list(hover), "hovertemplate": "%{text}<extra></extra>", "cliponaxis": False,
            "marker": {"opacity": 1, **marker}, **more}  # fmt: skip


def note(text: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    """A text in the figure."""
    return {"text": text, "x": x, "y": y, "showarrow": False,
            "font": {"size": 11.5, "color": INK}, **more}  # fmt: skip


def empty(title: str, sentence: str) -> Figure:
    """A figure of nothing says so."""
    its = note(broken(sentence, _TITLE_COLUMNS), 0, 0.5, xref="paper", yref="paper",
               xanchor="left", align="left")  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    return {
        "data": [],
        "layout": layout(_EMPTY_HEIGHT + 20 * its["text"].count("<br>"), title,
                         xaxis=hidden, yaxis=hidden, annotations=[its]),
    }  # fmt: skip


def broken(text: str, columns: int) -> str:
    """A text in lines of at most so many half-width letters, for a figure: `<br>` between them.

    Chinese breaks anywhere but before a closing mark, other words at spaces. What plotly would
    read as markup is written out.

    >>> broken("案卷评查", 5), broken("two words", 6), broken("a<b", 9)
    ('案卷<br>评查', 'two<br>words', 'a&lt;b')
    """
    found, line = [], ""
    for piece in _pieces(text):
        if line.strip() and text_width(line + piece.rstrip()) > columns:
            found.append(line.rstrip())
            line = ""
        line += piece
    return "<br>".join(plain(part) for part in [*found, line.rstrip()])


def plain(text: str) -> str:
    """A text without what plotly reads as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pieces(text: str) -> list[str]:
    """What must stay together: a Chinese character with the mark that follows it, or a word."""
    found: list[str] = []
    for letter in text:
        wide = text_width(letter) == 2
        after_wide = bool(found) and text_width(found[-1][-1]) == 2
        closing = letter in "，。、；：）》”！？"
        if found and (closing or not (wide or after_wide or found[-1].endswith(" "))):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def shortened(text: str, columns: int) -> str:
    """A text cut in the middle to so many half-width letters: names often differ at their end only.

    >>> shortened("Division East IV", 11), shortened("示例市", 6)
    ('Divisi…t IV', '示例市')
    """
    if text_width(text) <= columns:
        return text
    head, tail = len(text), 0
    while head > 1 and text_width(text[:head]) + text_width(text[len(text) - tail :]) > columns - 1:
        head -= 1
        tail = head * 2 // 3
    return text[:head].rstrip() + "…" + text[len(text) - tail :]


def month_ticks(months: Sequence[str]) -> list[str]:
    """The months named below the axis: all of a few, else each January and July.

    >>> month_ticks(["2025-11", "2025-12"]), month_ticks([f"2025-{m:02d}" for m in range(1, 13)])
    (['2025-11', '2025-12'], ['2025-01', '2025-07'])
    """
    if len(months) < _HALF_A_YEAR:
        return list(months)
    wanted = ("01",) if len(months) > 4 * 12 else ("01", "07")
    named = [month for month in months if month[5:] in wanted]
    return named[:: -(-len(named) // _MOST_TICKS) or 1]
