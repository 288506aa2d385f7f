"""Amounts in words: 1.2万元, 壹万贰仟元整, ¥12,000; numerals and units as a convention of writing.

What people say short (三万五 for 35,000, 3万5) has two readings and is not read.
"""

from __future__ import annotations

import re
from decimal import Decimal

# Sign or word -> the currencies it may stand for.
CURRENCIES = {
    word: frozenset(names.split())
    for words, names in (
        ("¥ Ұ", "CNY JPY"),
        ("元 圆 圓", "CNY TWD HKD"),
        ("人民币 人民幣 rmb cny cn¥ 块", "CNY"),
        ("円 日元 日圓 jpy jp¥ yen", "JPY"),
        ("$", "USD HKD TWD"),
        ("us$ usd 美元 美金", "USD"),
        ("hk$ hkd 港元 港币 港幣", "HKD"),
        ("nt$ twd 新台币 新臺幣 新台幣", "TWD"),
        ("€ eur euro 欧元 歐元", "EUR"),
        ("£ gbp 英镑 英鎊", "GBP"),
    )
    for word in words.split()
}
_UNITS = {"yuan": "CNY", "rmb": "CNY", "dollar": "USD", "euro": "EUR", "yen": "JPY", "pound": "GBP"}
_SIGN = "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))
_BEFORE = re.compile(rf"(?:{_SIGN})\s*", re.IGNORECASE)
_AFTER = re.compile(rf"\s*({_SIGN})(?:整|正)?", re.IGNORECASE)

_SIGNS = {
    sign: value
    for value, signs in enumerate(
        ("零〇○", "一壹", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
_SMALL = {"十": 1, "拾": 1, "百": 2, "佰": 2, "千": 3, "仟": 3}
_LARGE = {"万": 4, "萬": 4, "亿": 8, "億": 8}
_ENGLISH = {"thousand": 3, "million": 6, "billion": 9}
_COINS = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "分": Decimal("0.01")}
_TOKEN = re.compile(
    rf"\s*(?:(?P<figures>\d[\d,]*(?:\.\d+)?)|(?P<sign>[{''.join(_SIGNS)}])"
    rf"|(?P<small>[{''.join(_SMALL)}])|(?P<large>[{''.join(_LARGE)}])|(?P<coin>[角毛分])"
    rf"|(?P<yuan>[元圆圓块])|(?P<english>{'|'.join(_ENGLISH)}))\s*",
    re.ASCII | re.IGNORECASE,
)
_GROUPED = re.compile(r"\d+(?:\.\d+)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)


def currencies_of(unit: str | None) -> frozenset[str]:
    """The currencies that a column's unit may mean; none where it is no currency.

    >>> sorted(currencies_of("yuan")), sorted(currencies_of("days"))
    (['CNY'], [])
    """
    word = (unit or "").casefold()
    return frozenset({_UNITS[word]}) if word in _UNITS else CURRENCIES.get(word, frozenset())


def without_currency(text: str) -> tuple[str, frozenset[str] | None]:
    """An amount without the signs of its currency, and which it may be; None: it names none.

    >>> without_currency("¥12,000.00")[0], without_currency("3.5万元")[0]
    ('12,000.00', '3.5万')
    """
    found: frozenset[str] | None = None
    while match := _BEFORE.match(text):
        found = _both(found, CURRENCIES[match[0].strip().casefold()])
        text = text[match.end() :]
    match = re.search(_AFTER.pattern + "$", text, re.IGNORECASE)
    if match:
        found = _both(found, CURRENCIES[match[1].casefold()])
        text = text[: match.start()]
    return text.strip(), found


def _both(found: frozenset[str] | None, more: frozenset[str]) -> frozenset[str]:
    return more if found is None else found & more


def spoken_amount(text: str) -> Decimal | None:
    """An amount with units or numerals; None where it is none, or has two readings.

    >>> spoken_amount("1亿2000万"), spoken_amount("壹万贰仟零伍"), spoken_amount("三万五")
    (Decimal('120000000'), Decimal('12005'), None)
    """
    text = re.sub("[整正]$", "", text)
    tokens, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            return None
        tokens.append((match.lastgroup, match[match.lastgroup].casefold()))
        place = match.end()
    if not tokens:
        return None
    if len(tokens) > 1 and all(kind == "sign" for kind, _ in tokens):
        return Decimal("".join(str(_SIGNS[word]) for _, word in tokens))
    return _Sum().of(tokens)


class _Sum:
    """Adds up the tokens of an amount, from the left; a step out of order ends it."""

    def __init__(self) -> None:
        self.total = Decimal(0)  # whole units before the currency
        self.section = Decimal(0)  # below the next 万 or 亿
        self.figure: Decimal | None = None
        self.figures = 0  # how many figures `figure` has; 0: a numeral
        self.small, self.large = 9, 99  # the last multiplier of either kind
        self.last = 0  # the exponent of the multiplier just before; 0: none
        self.zero = False
        self.coins: Decimal | None = None
        self.coin = Decimal(1)

    def of(self, tokens: list[tuple[str, str]]) -> Decimal | None:
        for kind, word in tokens:
            if not getattr(self, "_" + kind)(word):
                return None
        if self.coins is not None:
            return self.coins if self.figure is None else None
        return self._whole()

    def _figures(self, word: str) -> bool:
        if self.figure is not None or not _GROUPED.fullmatch(word):
            return False
        self.figure = Decimal(word.replace(",", ""))
        self.figures = len(word.replace(",", "").partition(".")[0])
        return True

    def _sign(self, word: str) -> bool:
        value = _SIGNS[word]
        if self.figure is not None:
            return False
        if value == 0:
            self.zero = True
            return True
        self.figure, self.figures = Decimal(value), 0
        return True

    def _small(self, word: str) -> bool:
        power = _SMALL[word]
        if power >= self.small or (self.figure is None and power > 1):
            return False
        self.section += (Decimal(1) if self.figure is None else self.figure) * 10**power
        self.figure, self.small, self.last, self.zero = None, power, power, False
        return True

    def _large(self, word: str) -> bool:
        power = _LARGE[word]
        if self.figure is None and not self.section and not (self.total and power > self.large):
            return False
        section = self.section + (self.figure or 0)
        if power > self.large:  # 一万亿
            self.total = (self.total + section) * 10**power
        elif power == self.large:
            return False
        else:
            self.total += section * 10**power
        self.section, self.figure, self.zero = Decimal(0), None, False
        self.small, self.large, self.last = 9, power, power
        return True

    def _english(self, word: str) -> bool:
        if self.figure is None or self.last:
            return False
        self.total, self.figure = self.figure * 10 ** _ENGLISH[word], None
        return True

    def _yuan(self, word: str) -> bool:
        whole = self._whole()
        if whole is None or self.coins is not None:
            return False
        self.coins, self.figure, self.zero = whole, None, False
        return True

    def _coin(self, word: str) -> bool:
        size = _COINS[word]
        if self.figure is None or size >= self.coin:
            return False
        self.coins = (self.coins or Decimal(0)) + self.figure * size
        self.figure, self.coin = None, size
        return True

    def _whole(self) -> Decimal | None:
        """What was added up, unless it ends in a figure that may stand for more than itself."""
        if self.figure is not None and self.last and self._said_short():
            return None
        return self.total + self.section + (self.figure or 0)

    def _said_short(self) -> bool:
        if self.figures:
            return self.figures < self.last
        return self.last > 1 and not self.zero
