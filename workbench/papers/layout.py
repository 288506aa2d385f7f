"""The numbers of `layout.yaml` as objects: page, type area, styles, fonts.

Source of the Chinese layout: GB/T 9704-2012, clause by clause in the YAML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workbench.sources import read_words
from workbench.texts import Language

_BOOK = Path(__file__).with_name("layout.yaml")
_CHINESE = "一二三四五六七八九十"


@dataclass(frozen=True)
class Font:
    """A font by its name, for Chinese and for Latin letters, and what else will do."""

    east_asia: str
    latin: str
    others: tuple[str, ...]
    family: str


@dataclass(frozen=True)
class Style:
    """How a kind of paragraph looks; lengths in points, indents in characters of its own size."""

    font: Font
    size_pt: float
    line_pt: float
    align: str = "left"
    indent_chars: float = 0
    before_pt: float = 0
    after_pt: float = 0
    spacing_pt: float = 0
    bold: bool = False
    colour: str = "000000"
    spread: bool = True


@dataclass(frozen=True)
class Layout:
    """The layout of a language; margins follow from page, top and left margin and type area."""

    language: Language
    width_mm: float
    height_mm: float
    top_mm: float
    left_mm: float
    area_width_mm: float
    area_height_mm: float
    footer_mm: float
    styles: Mapping[str, Style]
    page_number: Mapping[str, Any]
    numbering: Sequence[str]
    date_right_chars: float
    red_line_pt: float
    table_line_pt: float
    shade: str

    @property
    def right_mm(self) -> float:
        """What is left beside the type area."""
        return self.width_mm - self.left_mm - self.area_width_mm

    @property
    def bottom_mm(self) -> float:
        """What is left below the type area."""
        return self.height_mm - self.top_mm - self.area_height_mm

    def numbered(self, level: int, at: int, text: str) -> str:
        """A heading with its number.

        >>> layout("zh").numbered(2, 3, "送达"), layout("en").numbered(1, 3, "Service")
        ('（三）送达', '3. Service')
        """
        letter = chr(ord("a") + (at - 1) % 26)
        form = self.numbering[level - 1]
        return form.format(chinese=chinese(at), arabic=at, letter=letter) + text


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese.

    >>> chinese(3), chinese(10), chinese(12), chinese(21)
    ('三', '十', '十二', '二十一')
    """
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else _CHINESE[tens - 1] + "十"
    return head + (_CHINESE[ones - 1] if ones else "")


@cache
def layout(language: Language) -> Layout:
    """The layout of a language."""
    book = read_words(_BOOK)
    fonts = {name: Font(f["east_asia"], f["latin"], tuple(f["others"]), f["family"])
             for name, f in book["fonts"].items()}  # fmt: skip
    its = book[language]
    styles = {name: Style(**{**s, "font": fonts[s["font"]]}) for name, s in its["styles"].items()}
    return Layout(
        language=language,
        width_mm=its["page"]["width_mm"], height_mm=its["page"]["height_mm"],
        top_mm=its["margins"]["top_mm"], left_mm=its["margins"]["left_mm"],
        area_width_mm=its["type_area"]["width_mm"], area_height_mm=its["type_area"]["height_mm"],
        footer_mm=its["footer_mm"],
        styles=styles, page_number=its["page_number"], numbering=its["numbering"],
        date_right_chars=its["date_right_chars"], red_line_pt=its["red_line_pt"],
        table_line_pt=its["table_line_pt"], shade=its["shade"],
    )  # fmt: skip
