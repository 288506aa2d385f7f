"""Texts that a spreadsheet would compute, and CSV files in which it computes none."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def looks_like_formula(text: str) -> bool:
    """Would a spreadsheet compute this text if somebody typed it?

    >>> [looks_like_formula(t) for t in ("=1+1", "-2+3", "@SUM", "\\tx", "2+3", "")]
    [True, True, True, True, False, False]
    """
    return text.startswith(_FORMULA_STARTS)


def neutral(value: object) -> str:
    """A cell of a CSV file: a text that would be computed gets an apostrophe before it.

    >>> neutral("=1+1"), neutral("甲"), neutral(-3), neutral(None)
    ("'=1+1", '甲', '-3', '')
    """
    if value is None:
        return ""
    text = str(value)
    return "'" + text if isinstance(value, str) and looks_like_formula(text) else text


def as_recorded(text: str) -> str:
    """What stood in a cell before `neutral` wrote it.

    >>> as_recorded("'=1+1"), as_recorded("'甲")
    ('=1+1', "'甲")
    """
    inner = text.removeprefix("'")
    return inner if inner != text and looks_like_formula(inner) else text


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table that Excel opens as UTF-8 and in which no cell is a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([neutral(name) for name in header])
        writer.writerows([neutral(cell) for cell in row] for row in rows)
