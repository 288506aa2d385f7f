"""Units of amounts as headers and mappings name them: 万元, 分, k RMB. The words are data."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from workbench.loading.cells import normalise
from workbench.sources import read_words


@cache
def _words() -> Mapping[str, Any]:
    return read_words(Path(__file__).with_name("units.yaml"))


def factor_of(word: str, unit: str) -> Decimal | None:
    """By what a number in `word` is multiplied to be one in `unit`; None if it is no such unit.

    >>> factor_of("万元", "yuan"), factor_of("分", "yuan"), factor_of("RMB 10k", "yuan")
    (Decimal('10000'), Decimal('0.01'), Decimal('10000'))
    >>> factor_of("USD", "yuan")
    """
    text = _plain(word)
    multiples = _words()["multiples"]
    if text in multiples:
        return Decimal(multiples[text])
    for name, size in sorted(_words()["units"].get(unit, {}).items(), key=lambda i: -len(i[0])):
        if name in text:
            rest = " ".join(text.replace(name, " ", 1).split())
            if not rest:
                return Decimal(size)
            if rest in multiples:
                return Decimal(multiples[rest]) * Decimal(size)
    return None


def unit_named(word: str) -> str | None:
    """The unit that a word is of, whichever: `yuan` for 万元; None where it is no unit of money.

    >>> unit_named("美元"), unit_named("千元"), unit_named("天")
    ('usd', 'yuan', None)
    """
    found = [unit for unit in _words()["units"] if factor_of(word, unit) is not None]
    return found[0] if found and _plain(word) not in _words()["multiples"] else None


def _plain(word: str) -> str:
    return " ".join(normalise(str(word)).casefold().replace("单位", " ").replace(":", " ").split())
