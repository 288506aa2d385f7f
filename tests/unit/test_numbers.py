"""Numbers and amounts as people write them; what only a guess could read stays unread."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.loading.numbers import read_integers, read_numbers

FINANCIAL = "零壹贰叁肆伍陆柒捌玖"


def in_words(number: int) -> str:
    """A whole number in the numerals of bookkeepers, section by section of four figures."""
    parts, gap = [], False
    for power, unit in ((8, "亿"), (4, "万"), (0, "")):
        section = number // 10**power % 10_000
        if section:
            parts.append(("零" if parts and (gap or section < 1000) else "") + _section(section))
            parts.append(unit)
        gap = section == 0
    return "".join(parts) or "零"


def _section(section: int) -> str:
    words, zero = "", False
    for power, unit in ((3, "仟"), (2, "佰"), (1, "拾"), (0, "")):
        figure = section // 10**power % 10
        if figure:
            words += ("零" if zero and words else "") + FINANCIAL[figure] + unit
        zero = figure == 0
    return words


def grouped(value: Decimal, mark: str, between: str) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", mark).replace("_", between)


STYLES: dict[str, Callable[[Decimal], str]] = {
    "plain": str,
    "thousands": lambda v: grouped(v, ".", ","),
    "spaces and comma": lambda v: grouped(v, ",", " "),
    "points and comma": lambda v: grouped(v, ",", "."),
    "apostrophes": lambda v: grouped(v, ".", "'"),
    "currency": lambda v: "¥" + grouped(v, ".", ","),
    "yuan": lambda v: f"{v}元",
    "in ten thousands": lambda v: f"{v / 10_000}万元",
    "words": lambda v: f"人民币{in_words(int(v))}元整" if v == int(v) else str(v),
}
AMOUNTS = st.decimals(0, 10**9, places=2)


@pytest.mark.parametrize("style", STYLES)
@given(value=AMOUNTS)
def test_every_style_gives_the_amount_back(style: str, value: Decimal) -> None:
    assert read_numbers("yuan")([STYLES[style](value)]).cells[0].value == value


@given(st.integers(1, 10**12))
def test_numerals_give_the_number_back(number: int) -> None:
    if number < 10**12:
        assert read_integers()([in_words(number)]).cells[0].value == number


@given(value=AMOUNTS.filter(lambda v: v >= 1))
def test_brackets_and_signs_are_negative(value: Decimal) -> None:
    shown = grouped(value, ".", ",")
    cells = read_numbers("yuan")([f"({shown})", f"-{shown}", f"¥-{shown}", f"{shown}-"]).cells
    assert [cell.value for cell in cells] == [-value] * 4


def read(*words: str, unit: str | None = None, form: str | None = None) -> list[str]:
    cells = read_numbers(unit, form)(list(words)).cells
    return [str(cell.value) if cell.value is not None else cell.why or "unread" for cell in cells]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["1,234", "12.50"], ["1234.00", "12.50"]),
        (["1,234", "12,50"], ["1.23", "12.50"]),
        (["1.234", "12,50"], ["1234.00", "12.50"]),
        (["1,234"], ["1234.00"]),  # an amount has two decimals, not three
        (["12.345"], ["12.35"]),
        (["1.200", "500"], ["decimal_mark", "500.00"]),
        (["1.200", "1200.000"], ["1.20", "1200.00"]),
        (["12 000,50", "1.5万元"], ["12000.50", "15000.00"]),
        (["壹万贰仟元整", "三万五千"], ["12000.00", "35000.00"]),
        (["一万零五", "十二元五角六分"], ["10005.00", "12.56"]),
        (["三万五", "3万5", "1e3", "0x10", "1,2000", "12,34,567", "万", "-", ""], ["unread"] * 9),
        (["3万5000", "1亿2000万"], ["35000.00", "120000000.00"]),
    ],
)  # fmt: skip
def test_a_column_decides(words: list[str], values: list[str]) -> None:
    assert read(*words) == values


def test_the_mapping_may_say_which_mark() -> None:
    assert read("1.200", "1.234", form="1.234,56") == ["1200.00", "1234.00"]
    assert read("1.200", form="1,234.56") == ["1.20"]
    asked = read_numbers()(["1.200"]).questions
    assert [(q.reason_code, q.answers) for q in asked] == [
        ("decimal_mark", ('"1,234.56"', '"1.234,56"'))
    ]


def test_currencies_are_not_mixed() -> None:
    assert read("$5", "10円", "¥7", "8元", "9", unit="yuan") == [
        "other_currency", "other_currency", "7.00", "8.00", "9.00",
    ]  # fmt: skip
    assert read("$5", "€7", "9") == ["several_currencies", "several_currencies", "9.00"]
    assert read("$5", "$7") == ["5.00", "7.00"]


def test_whole_numbers() -> None:
    words = ["3.0", "3.7", "1,200", "二十一", "9223372036854775807", "9223372036854775808"]
    found = [cell.value for cell in read_integers()(words).cells]
    assert found == [3, None, 1200, 21, 2**63 - 1, None]
