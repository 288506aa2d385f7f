"""Small HTML: what comes from a case file stays text, and figures say what they are of."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import display


class Tags(HTMLParser):
    """The tags and attribute names a browser would see, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [tag, *(name for name, _ in attrs)]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(), st.text(), st.text())
def test_no_text_becomes_a_tag_or_an_attribute(cell: str, header: str, caption: str) -> None:
    plain = Tags(display.table(["h"], [["c"]], caption="t")).seen
    assert Tags(display.table([header], [[cell]], caption=caption)).seen == plain


@given(st.text(st.characters(exclude_characters="\r\0")))
def test_the_text_is_shown_as_it_was(text: str) -> None:
    assert Tags(display.element("p", text)).text == text
    assert "<" not in display.escape(text)


def test_an_attribute_cannot_be_left() -> None:
    assert Tags(display.element("p", "", title='" onclick="x')).seen == ["p", "title"]


def test_html_of_ours_is_not_escaped_twice() -> None:
    link = display.element("a", "甲 & 乙", href="#c1")
    assert link in display.table(["case"], [[link]])
    assert display.join([link, "<"]) == link + "&lt;"
    assert display.escape("a")._repr_html_() == "a"


def test_a_table_that_was_cut_says_so() -> None:
    rows = [[i] for i in range(3)]
    assert "共 1,000 行，显示前 3 行" in display.table(["n"], rows, total=1000)
    assert "the first 3 of 1,000 rows" in display.table(["n"], rows, total=1000, language="en")
    assert "cut" not in display.table(["n"], rows, total=3)
    assert display.table(["n"], [], total=2).count("cut") == 1


def test_numbers_stand_to_the_right() -> None:
    html = display.table(["unit", "n"], [["A", 1]], numeric=[1])
    assert '<th scope="col" class="wb-number">n</th>' in html
    assert '<td>A</td><td class="wb-number">1</td>' in html


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_only_nothing_is_0_and_only_all_is_100_percent(part: int, more: int) -> None:
    of = part + more - 1
    if of:
        text = display.percent(part / of)
        assert (text == "0.0%") == (part == 0)
        assert (text == "100.0%") == (part == of)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0005, "0.1%"), (0.00049, "<0.1%"), (0.9995, ">99.9%"), (0.99949, "99.9%")],
)
def test_percent_at_the_edges(share: float, text: str) -> None:
    assert display.percent(share) == text


def test_what_is_not_there_is_a_dash() -> None:
    asked = [display.count(None), display.number(None), display.percent(None), display.day(None)]
    assert asked == [display.NOTHING] * 4
    assert display.rate(0, 0) == "— (0/0)"


def test_a_rate_names_its_denominator() -> None:
    assert display.rate(52, 54) == "96.3% (52/54)"
    assert display.rate(1200, 2400, 7, "en") == "50.0% (1,200/2,400), cannot tell 7"


def test_both_languages() -> None:
    assert display.day(date(2026, 12, 1), "zh") == "2026年12月1日"
    assert display.day(date(2026, 12, 1), "en") == "1 December 2026"
    assert display.text_of({"zh": "符合", "en": "passed"}, "en") == "passed"
    assert display.text_of(None) == display.NOTHING
