"""What the viewer of originals says of one of them, and its words (`files_words.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from workbench.display import Language, count, day, number, text_of
from workbench.originals.volume import Original
from workbench.sources import read_words

_UNITS = ("B", "KB", "MB", "GB", "TB")


@cache
def _book() -> dict[str, Any]:
    return read_words(Path(__file__).with_name("files_words.yaml"))


def w(key: str, language: Language, **values: object) -> str:
    """A text of the viewer; whole numbers get their thousands marked."""
    shown = {k: count(v) if isinstance(v, int) else v for k, v in values.items()}
    text: str = _book()[key][language]
    return text.format(**shown)


def size_of(size: int) -> str:
    """A size as people read it.

    >>> size_of(512), size_of(195_157), size_of(2_147_483_648)
    ('512 B', '190.6 KB', '2 GB')
    """
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{number(value)} {_UNITS[unit]}"


def title_of(original: Original, language: Language) -> str:
    """What it is; without a title, its reference."""
    return text_of(original.title, language) if original.title else original.ref


def facts_of(original: Original, language: Language, *, short: bool = False) -> list[str]:
    """What else is on record: number, day, pages; of a recording its times and its object."""
    parts = [original.number or "", day(original.on, language) if original.on else ""]
    parts += [_pages(original, language), _times(original, language)]
    if short:
        parts.append(original.about or "")
        return [" · ".join(part for part in parts if part)]
    lines = [" · ".join([*(part for part in parts if part), original.id])]
    if original.about:
        lines.append(w("about", language, about=original.about))
    return lines


def _pages(original: Original, language: Language) -> str:
    first, last = original.first_page, original.last_page
    if first is None:
        return ""
    if last is None or last == first:
        return w("page", language, first=first)
    return w("pages", language, first=first, last=last)


def _times(original: Original, language: Language) -> str:
    start, end = original.from_at, original.to_at
    if start is None:
        return ""
    if end is None:
        return w("recorded_at", language, start=day(start, language))
    # An end on the same day needs only its hour.
    until = f"{end:%H:%M}" if end.date() == start.date() else day(end, language)
    text = w("recorded_from", language, start=day(start, language), end=until)
    minutes = round((end - start).total_seconds() / 60)
    return text + (w("minutes", language, minutes=minutes) if minutes > 0 else "")
