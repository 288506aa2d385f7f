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
    shown = {k: count(v) if isinstance(v, int) else v for k, v in values.items()}
    return _texts()[key][language].format(**shown)
