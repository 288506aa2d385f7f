"""A table of the report as plain data: heads, rows of cells, what to say if it is empty or cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Cell = str | dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Texts only; the template escapes and sets them. `numeric` columns stand to the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: Sequence[int] = ()
    kind: str = ""
    empty: str = ""
    cut: str = ""


def cell(text: str, sub: str = "", anchor: str = "", mono: bool = False, tag: str = "") -> Cell:
    """A cell with a second line, a mark, or a place that links lead to."""
    return {"text": text, "sub": sub, "anchor": anchor, "mono": mono, "tag": tag}
