"""Numbers and amounts as people write them; which mark stands before the decimals, and which
between thousands, is decided by the column as a whole.

`1,234` has two readings; `12,50` and `1,234.5` have one, and prove it for the others. Figures that
only a guess could read stay unread, and the column is asked about once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from workbench.loading.amounts import currencies_of, spoken_amount, without_currency
from workbench.loading.parsed import NOTHING, Judged, Parsed, Reader, asked, decide, unread

# What a mapping may write as `format` of a number; is the point its decimal mark?
CONVENTIONS = {"1,234.56": True, "1.234,56": False}
_ANSWERS = {
    "decimal_mark": tuple(f'"{word}"' for word in CONVENTIONS),
    "several_currencies": (),
}
_FIGURES = re.compile(r"\d+", re.ASCII)
_ZEROED = re.compile(r"[1-9]\d{0,2}\.\d\d0", re.ASCII)
_SEPARATED = re.compile(r"\d[,.' ]\d{3}(?!\d)", re.ASCII)
_POINT = re.compile(r"[1-9]\d{0,2}(?:([,' ])\d{3})(?:\1\d{3})*(?:\.\d+)?|\d+\.?\d*|\.\d+", re.ASCII)
_COMMA = re.compile(
    r"[1-9]\d{0,2}(?:([.' ])\d{3})(?:\1\d{3})*(?:,\d{1,3})?|\d+(?:,\d{1,3})?", re.ASCII
)
_CENT = Decimal("0.01")
_LARGEST = 10**16


@dataclass(frozen=True)
class _Figures:
    """One word: its readings with a decimal point and with a decimal comma (equal: it is sure)."""

    point: Decimal | None
    comma: Decimal | None
    currency: frozenset[str] | None = None
    zeroed: bool = False  # one point before three figures, the last of them a zero
    spoken: bool = False  # a currency, a unit such as 万, or numerals

    @property
    def sure(self) -> bool:
        return self.point == self.comma


def read_numbers(unit: str | None = None, form: str | None = None) -> Reader:
    """A reader of amounts with two decimals, in the currency that `unit` names (if it does).

    >>> [cell.value for cell in read_numbers()(["12,50", "1.234", "3万"]).cells]
    [Decimal('12.50'), Decimal('1234.00'), Decimal('30000.00')]
    """
    return _reader(unit, form, whole=False)


def read_integers(unit: str | None = None, form: str | None = None) -> Reader:
    """A reader of whole numbers; `3.0` is one, `3.7` is none."""
    return _reader(unit, form, whole=True)


def _reader(unit: str | None, form: str | None, *, whole: bool) -> Reader:
    given = CONVENTIONS.get(form or "")

    def read(words: list[str]) -> Judged:
        figures = [_figures(word) for word in words]
        point = _point(figures) if given is None else given
        clash = _clashing(figures, unit)
        # No machine writes 1.200 for 1.2: it is twelve hundred, or all have three decimals.
        doubtful = point is None and any(one.zeroed and not one.sure for one in figures)
        wanted = currencies_of(unit)
        cells = []
        for word, one in zip(words, figures, strict=True):
            why = _other_money(one, wanted, clash)
            exact = unread(why) if why else _exact(one, point, doubtful)
            if isinstance(exact, Parsed):
                cells.append(exact)
            else:
                cells.append(_whole(word, one, exact) if whole else _amount(word, one, exact))
        return Judged(cells, asked(cells, _ANSWERS))

    return read


def _point(figures: Iterable[_Figures]) -> bool | None:
    """Is the point the decimal mark of the column? None: nothing proves it."""
    unsure = [one for one in figures if not one.sure]
    first = sum(one.comma is None for one in unsure)
    return decide(first, sum(one.point is None for one in unsure))


def _clashing(figures: Iterable[_Figures], unit: str | None) -> bool:
    """Do the cells name currencies that are not the same one, and no unit says which is meant?"""
    if currencies_of(unit):
        return False
    named = [one.currency for one in figures if one.currency]
    return bool(named) and not frozenset.intersection(*named)


def _other_money(one: _Figures, wanted: frozenset[str], clash: bool) -> str | None:
    """Why the currency of a cell keeps it from being read, if it does."""
    if not one.currency:
        return None
    if clash:
        return "several_currencies"
    return "other_currency" if wanted and not one.currency & wanted else None


def _exact(one: _Figures, point: bool | None, doubtful: bool) -> Decimal | Parsed:
    if one.point is None and one.comma is None:
        return NOTHING
    if point is None and one.point is not None and one.comma is not None:
        if doubtful and not one.sure:
            return unread("decimal_mark")
        # Two decimals are what an amount has: three figures behind a comma are a thousand's.
        return one.point
    found = one.point if point or (point is None and one.comma is None) else one.comma
    return unread("other_mark") if found is None else found


def _amount(word: str, one: _Figures, exact: Decimal) -> Parsed:
    if abs(exact) >= _LARGEST:
        return NOTHING
    value = exact.quantize(_CENT, ROUND_HALF_UP)
    repair = "rounded" if value != exact else _repair(word, one)
    return Parsed(value, repair, str(value) if repair else None)


def _whole(word: str, one: _Figures, exact: Decimal) -> Parsed:
    if exact != exact.to_integral_value() or not -(2**63) <= exact < 2**63:
        return NOTHING
    repair = _repair(word, one)
    return Parsed(int(exact), repair, str(int(exact)) if repair else None)


def _repair(word: str, one: _Figures) -> str | None:
    if one.spoken:
        return "amount_read"
    if one.point is None and "," in word:
        return "decimal_comma"
    return "thousands_separator" if _SEPARATED.search(word) else None


def _figures(word: str) -> _Figures:
    """The readings of one word: figures as they stand, or behind a currency, or in words."""
    bare, negative = _without_sign(word)
    point, comma = _readings(bare)
    currency, spoken = None, False
    if point is None and comma is None:
        bare, currency = without_currency(bare)
        if not negative:
            bare, negative = _without_sign(bare)
        point, comma = _readings(bare)
        spoken = currency is not None
    if point is None and comma is None:
        point = comma = spoken_amount(bare)
        spoken = True
    if negative:
        point, comma = _minus(point), _minus(comma)
    return _Figures(point, comma, currency, bool(_ZEROED.fullmatch(bare)), spoken)


def _readings(text: str) -> tuple[Decimal | None, Decimal | None]:
    """With a decimal point, and with a decimal comma."""
    if _FIGURES.fullmatch(text):
        return (found := Decimal(text)), found
    return _reading(text, _POINT, ","), _reading(text, _COMMA, ".")


def negative_in_brackets(word: str) -> bool:
    """(1,200) is what bookkeepers write for -1,200."""
    return word.startswith("(") and word.endswith(")")


def _without_sign(word: str) -> tuple[str, bool]:
    if negative_in_brackets(word):
        return word[1:-1].strip(), True
    if word[:1] in "-−△▲" and word:
        return word[1:].strip(), True
    if word[-1:] == "-":
        return word[:-1].strip(), True
    return word.removeprefix("+").strip(), False


def _minus(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def _reading(text: str, pattern: re.Pattern[str], between: str) -> Decimal | None:
    if not pattern.fullmatch(text):
        return None
    plain = text.replace(between, "").replace(" ", "").replace("'", "")
    return Decimal(plain.replace(",", "."))
