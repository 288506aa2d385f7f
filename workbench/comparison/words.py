"""The words of a comparison (`comparison_words.yaml`), Chinese and English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workbench.display import count
from workbench.sources import read_words
from workbench.texts import Language

BOOK = Path(__file__).with_name("comparison_words.yaml")


@cache
def _texts() -> dict[str, dict[str, str]]:
    return dict(read_words(BOOK))


def said(key: str, language: Language, **values: object) -> str:
    """The text `key` in a language; whole numbers get their thousands marked.

    >>> said("repaired", "zh")
    '已改正'
    """
    shown = {k: count(v) if isinstance(v, int) else v for k, v in values.items()}
    return _texts()[key][language].format(**shown)
