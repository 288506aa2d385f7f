"""The words of the report (`report_words.yaml`), Chinese and English, and how it writes figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from workbench import display
from workbench.display import Language, count
from workbench.sources import read_words

LANGUAGES: tuple[Language, ...] = ("zh", "en")
SECTIONS = ("systems", "links", "bottlenecks", "checks", "cases", "deadlines", "units", "gaps",
            "unscored", "reading")  # fmt: skip
_NUMERALS = "一二三四五六七八九十"


REPORT_WORDS = Path(__file__).with_name("report_words.yaml")
LINK_WORDS = Path(__file__).with_name("report_links_words.yaml")


@cache
def _texts(*books: Path) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for book in (REPORT_WORDS, LINK_WORDS, *books):
        texts |= read_words(book)
    return texts


@dataclass(frozen=True)
class Words:
    """The words of one language: the report's, and those of a room's own `book` before them.

    >>> Words("en")("cut", shown=10, total="1,200")
    'The first 10 of 1,200 rows.'
    """

    language: Language
    book: Path = REPORT_WORDS

    def __call__(self, key: str, **values: object) -> str:
        """The text `key`; whole numbers among `values` get their thousands marked."""
        shown = {k: count(v) if isinstance(v, int) else v for k, v in values.items()}
        return _texts(self.book)[key][self.language].format(**shown)

    def heading(self, section: str) -> str:
        """A section's number and title, as documents of the language number them."""
        at = SECTIONS.index(section)
        number = f"{_NUMERALS[at]}、" if self.language == "zh" else f"{at + 1}. "
        return number + self(section)

    def listed(self, parts: list[str]) -> str:
        """Several things in a row."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def day(self, value: date | None) -> str:
        """A day as running text writes it."""
        return display.day(value, self.language)


def share(part: float | None, digits: int = 1) -> str:
    """A share between 0 and 1 in per cent.

    >>> share(0.943), share(None), share(0.9999)
    ('94.3%', '—', '>99.9%')
    """
    return display.percent(part, digits)
