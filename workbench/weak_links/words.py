"""The words of weak links (`words.yaml`), Chinese and English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workbench.display import count
from workbench.sources import read_words
from workbench.texts import Language


@cache
def _texts() -> dict[str, dict[str, str]]:
    return dict(read_words(Path(__file__).with_name("words.yaml")))


def said(key: str, language: Language, **values: object) -> str:
    """The text `key` in a language; whole numbers get their thousands marked.

    >>> said("worsening", "zh")
    '恶化'
    """
    for name, value in values.items():
        if type(value) is int:  # few are, and there are many sentences
            values[name] = count(value)
    return _texts()[key][language].format(**values)
