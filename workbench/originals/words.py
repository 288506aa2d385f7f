"""What is said of an original, Chinese and English (`words.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from workbench.display import Language, day
from workbench.originals.volume import Original
from workbench.sources import read_words

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_SHOWN = 8  # letters of a hash at either end


@cache
def _book() -> dict[str, Any]:
    return read_words(Path(__file__).with_name("words.yaml"))


def said(key: str, language: str, **values: object) -> str:
    """A text of the room in `zh` or `en`.

    >>> said("state_altered", "zh"), said("state_missing", "en")
    ('文件已被改动', 'The file is missing')
    """
    text: str = _book()[key][language]
    return text.format(**values)


def short_hash(value: str | None) -> str:
    """A hash as people compare it: its beginning and its end.

    >>> short_hash("0123456789abcdef" * 4)
    '01234567…89abcdef'
    """
    return f"{value[:_SHOWN]}…{value[-_SHOWN:]}" if value else "—"


def evidence_lines(original: Original, language: Language) -> list[str]:
    """The sentences under a state: the two hashes and the day of the record, what to do."""
    state, lines = original.state.value, []
    if state == "altered":
        lines = [
            said("hash_recorded", language, hash=short_hash(original.recorded),
                 day=day(original.day, language)),
            said("hash_found", language, hash=short_hash(original.found)),
        ]  # fmt: skip
        if original.recorded_last and original.recorded_last == original.found:
            lines.append(said("known_to_source", language))
    elif original.media.contradicts:
        lines = [said("contradicts", language)]
    if f"about_{state}" in _book():
        lines.append(said(f"about_{state}", language))
    return lines
