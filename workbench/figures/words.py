"""The words of the figures (`words.yaml`), Chinese and English."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from workbench.display import count
from workbench.sources import read_words

BOOK = Path(__file__).with_name("words.yaml")


@cache
def _book() -> dict[str, Any]:
    return read_words(BOOK)


def said(key: str, language: str, **values: object) -> str:
    """A text of the figures in `zh` or `en`; whole numbers get their thousands marked.

    >>> said("few", "zh", minimum=5), said("rate_failed", "en")
    ('有结论的不足 5 项', 'Failure rate')
    """
    text: str = _book()[key][language]
    shown = {k: count(v) if isinstance(v, int) else v for k, v in values.items()}
    return text.format(**shown)


def heads(keys: str, language: str) -> tuple[str, ...]:
    """Several short texts, the keys with spaces between.

    >>> heads("unit failed", "en")
    ('Unit', 'Failed')
    """
    return tuple(said(key, language) for key in keys.split())
