"""Small pieces of HTML and of text that a person reads, in Chinese and in English.

Whatever comes from a case file is data: every text is escaped here, so no caller has to
remember it. A piece of `Html` is trusted, because only this room's functions make one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from html import escape as _escape
from pathlib import Path

from workbench.texts import Language as Language

NOTHING = "—"
_EMPTY = ("br", "img", "input")  # elements that hold nothing and have no end


class Html(str):
    """A text that is HTML already and is not escaped again."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)

    def __html__(self) -> str:  # how jinja asks whether a text is HTML already
        return str(self)


def escape(value: object) -> Html:
    """`value` as HTML text: escaped, with a dash for nothing. HTML of ours stays as it is.

    >>> escape("<b>甲 & 乙</b>"), escape(None), escape(escape("&"))
    ('&lt;b&gt;甲 &amp; 乙&lt;/b&gt;', '—', '&amp;')
    """
    if isinstance(value, Html):
        return value
    return Html(NOTHING if value is None else _escape(str(value), quote=True))


def element(tag: str, content: object = "", **attributes: str | None) -> Html:
    """One element with escaped content and attributes; `class_` stands for `class`.

    >>> element("td", 'a "quote"', class_="number", title=None)
    '<td class="number">a &quot;quote&quot;</td>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_escape(value, quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _EMPTY:
        return Html(f"<{tag}{given}>")
    return Html(f"<{tag}{given}>{escape(content)}</{tag}>")


def join(parts: Iterable[object], between: str = "") -> Html:
    """Pieces side by side, each escaped.

    >>> join(["a<b", element("i", "c")], ", ")
    'a&lt;b, <i>c</i>'
    """
    return Html(_escape(between).join(escape(part) for part in parts))


def table(
    headers: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    caption: object = None,
    numeric: Sequence[int] = (),
    total: int | None = None,
    language: Language = "zh",
) -> Html:
    """A table with every cell escaped; `numeric` columns are set to the right.

    A table that was cut says so: `total` is the number of rows there are.

    >>> table(["案卷"], [["<1>"]]).count("<1>")
    0
    """
    right = dict.fromkeys(numeric, "wb-number")
    head = join(
        element("th", text, scope="col", class_=right.get(at)) for at, text in enumerate(headers)
    )
    body = [
        element("tr", join(element("td", c, class_=right.get(at)) for at, c in enumerate(row)))
        for row in rows
    ]
    parts = [
        element("caption", caption) if caption is not None else Html(),
        element("thead", element("tr", head)),
        element("tbody", join(body)),
    ]
    shown = element("table", join(parts), class_="wb-table")
    if total is None or total <= len(body):
        return shown
    return join([shown, element("p", _cut(len(body), total, language), class_="wb-cut")])


def _cut(shown: int, total: int, language: Language) -> str:
    numbers = count(shown), count(total)
    if language == "zh":
        return "共 {1} 行，显示前 {0} 行".format(*numbers)
    return "the first {} of {} rows".format(*numbers)


def code(text: object) -> Html:
    """Something to type: a name, a call, an id.

    >>> code("run.findings")
    '<code>run.findings</code>'
    """
    return element("code", text)


def paragraph(content: object, kind: str | None = None) -> Html:
    """A line of text; nothing to say gives nothing."""
    return element("p", content, class_=kind) if content else Html()


def card(
    title: object, parts: Iterable[object], language: Language = "zh", beside: object = ""
) -> Html:
    """What an object shows of itself in a notebook: a heading, `beside` it in grey, and `parts`.

    Brings its style along and its own white ground, so that it looks the same in light and dark
    notebooks and disturbs nothing around it.
    """
    head = join([element("b", title), element("span", beside) if beside else Html()], " ")
    body = [Html(f"<style>{style()}</style>"), element("header", head), *parts]
    return element("div", join(body), class_="wb wb-card", lang=language)


@cache
def style() -> str:
    """The rules of everything that stands inside an element of class `wb`."""
    return Path(__file__).with_name("display.css").read_text("utf-8")


@lru_cache(maxsize=100_000)
def text_width(text: str) -> int:
    """Columns that a text takes; Chinese characters take two.

    >>> text_width("案卷 A1")
    7
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def count(value: int | None) -> str:
    """A whole number with thousands marked.

    >>> count(1234567), count(None)
    ('1,234,567', '—')
    """
    return NOTHING if value is None else f"{value:,}"


def number(value: float | None, digits: int = 1) -> str:
    """A number with so many digits; what is a whole number needs none.

    >>> number(41.5), number(45.0), number(None)
    ('41.5', '45', '—')
    """
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float | None, digits: int = 1) -> str:
    """A share between 0 and 1; only nothing is 0% and only all is 100%.

    >>> percent(52 / 54), percent(9999 / 10000), percent(1), percent(1 / 10000)
    ('96.3%', '>99.9%', '100.0%', '<0.1%')
    """
    if share is None:
        return NOTHING
    least = 10.0 ** -(digits + 2)
    if 0 < share < least / 2:
        return f"<{least:.{digits}%}"
    if 1 - least / 2 <= share < 1:
        return f">{1 - least:.{digits}%}"
    return f"{share:.{digits}%}"


def rate(part: int, of: int, cannot_tell: int = 0, language: Language = "zh") -> str:
    """A rate with its denominator, and beside it how many could not be decided.

    >>> rate(52, 54)
    '96.3% (52/54)'
    >>> rate(0, 0, 3), rate(1, 2, 3, "en")
    ('— (0/0)，无法判断 3', '50.0% (1/2), cannot tell 3')
    """
    text = f"{percent(part / of if of else None)} ({count(part)}/{count(of)})"
    if not cannot_tell:
        return text
    beside = "，无法判断 " if language == "zh" else ", cannot tell "
    return text + beside + count(cannot_tell)


def day(value: date | None, language: Language = "zh") -> str:
    """A day, or a moment to the minute.

    >>> from datetime import date, datetime
    >>> day(date(2026, 6, 3)), day(date(2026, 6, 3), "en"), day(datetime(2026, 6, 3, 9, 5))
    ('2026年6月3日', '3 June 2026', '2026年6月3日 09:05')
    """
    if value is None:
        return NOTHING
    if language == "zh":
        text = f"{value.year}年{value.month}月{value.day}日"
    else:
        text = f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{text} {value:%H:%M}" if isinstance(value, datetime) else text


def text_of(texts: Mapping[str, str] | None, language: Language = "zh") -> str:
    """The text in this language, or else in any other.

    >>> text_of({"zh": "符合"}, "en"), text_of({})
    ('符合', '—')
    """
    texts = texts or {}
    return texts.get(language) or next(iter(texts.values()), NOTHING)


# Not of the locale: the same report must read the same on any machine.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
