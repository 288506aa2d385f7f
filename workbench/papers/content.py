"""What a paper says, whatever file it becomes: a title, a recipient, paragraphs and tables.

The rooms above put a round into this form; `word` and `book` make files of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workbench.texts import Language

Cell = str | int | float | date | None
CellKind = Literal["text", "points", "count", "share", "day", "centre"]


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` is its share of the table, in whatever unit the others have."""

    head: str
    width: float
    kind: CellKind = "text"


@dataclass(frozen=True)
class Heading:
    """A heading; the file numbers it by its level, 1 to 4."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph. `lead` opens it like a heading of the second level, in the same line."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Fields:
    """What a form says above its tables: label and value, two in a line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A table. `tab` is its sheet in a workbook; `note` stands below it.

    `blank_rows` of them are to be written in by hand and are taller; `total` closes the table.
    """

    tab: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    note: str = ""
    total: Sequence[Cell] = ()
    by_hand: bool = False


Block = Heading | Text | Fields | Table


@dataclass(frozen=True)
class Attachment:
    """What is fastened to a paper, on a page of its own."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Paper:
    """One paper in one language. `organ` signs it on the day `dated`; "" for a form.

    `number`: the place of the document's number, left for the office to fill in; "" for a form.
    """

    language: Language
    title: str
    blocks: Sequence[Block]
    recipient: str = ""
    number: str = ""
    organ: str = ""
    dated: date | None = None
    attachments: Sequence[Attachment] = ()
    landscape: bool = False

    @property
    def tables(self) -> list[Table]:
        """All tables, those of the attachments last."""
        blocks = [*self.blocks, *(b for a in self.attachments for b in a.blocks)]
        return [block for block in blocks if isinstance(block, Table)]
