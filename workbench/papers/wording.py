"""What papers say (`words.yaml`), Chinese and English, and how they write days and points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from workbench.papers.content import CellKind
from workbench.points import written
from workbench.sources import read_words
from workbench.texts import Language

_BOOK = Path(__file__).with_name("words.yaml")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_ENDS = tuple("。！？…；.!?;")


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return read_words(_BOOK)


@dataclass(frozen=True)
class Wording:
    """The words of one language.

    >>> Wording("zh")("recipient", name="示例市劳动保障监察支队")
    '示例市劳动保障监察支队：'
    """

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The text `key`; numbers among `values` are written without needless zeros."""
        shown = {k: written(v) if isinstance(v, float) else v for k, v in values.items()}
        return _texts()[key][self.language].format(**shown)

    def many(self, key: str, count: int, **values: object) -> str:
        """The text `key`, or `key_one` where there is one and the language tells them apart.

        >>> Wording("en").many("n_cases", 1), Wording("zh").many("n_cases", 1)
        ('1 case', '1件案卷')
        """
        one = f"{key}_one"
        return self(one if count == 1 and one in _texts() else key, n=count, **values)

    def listed(self, parts: Sequence[str]) -> str:
        """Several things in a row."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def joined(self, parts: Sequence[str]) -> str:
        """Clauses of one sentence."""
        return ("；" if self.language == "zh" else "; ").join(parts)

    def sentences(self, parts: Sequence[str]) -> str:
        """Whole sentences, one after the other."""
        return ("" if self.language == "zh" else " ").join(part for part in parts if part)

    def closed(self, text: str) -> str:
        """What somebody wrote, as a sentence of ours.

        >>> Wording("zh").closed("证据不足"), Wording("en").closed("No proof.")
        ('证据不足。', 'No proof.')
        """
        stripped = text.rstrip()
        return stripped + ("" if stripped.endswith(_ENDS) else self("full_stop"))

    def day(self, value: date | str) -> str:
        """A day in full.

        >>> Wording("zh").day("2026-06-30"), Wording("en").day(date(2026, 6, 30))
        ('2026年6月30日', '30 June 2026')
        """
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def cell(self, value: float | date, kind: CellKind) -> str:
        """A number or a day as a cell of a table writes it."""
        if isinstance(value, date):
            return self.day(value)
        return f"{100 * value:.1f}%" if kind == "share" else written(float(value))
