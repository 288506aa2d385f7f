"""Reading a pack's reference lists: CSV whose headers name each column's type (`limit:integer`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from workbench.pack.model import ListTable
from workbench.sources import read_rows
from workbench.terms import Fault

_TYPED: dict[str, Callable[[str], Any]] = {
    "text": str,
    "date": date.fromisoformat,
    "integer": int,
    "number": float,
    "boolean": lambda text: {"true": True, "false": False}[text],
}


def read_list(path: Path) -> tuple[ListTable, list[Fault]]:
    """A list and its faults; a cell that is not of its column's type is a fault and empty.

    >>> read_list(Path("expectations/hrss/lists/regions.csv"))   # doctest: +SKIP
    """
    columns: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    faults: list[Fault] = []
    for line, raw in read_rows(path):
        row: dict[str, Any] = {}
        for header, text in raw.items():
            column, _, kind = header.partition(":")
            columns[column] = kind or ("date" if column.endswith("_on") else "text")
            try:
                row[column] = _typed(text, columns[column])
            except ValueError:
                message = f"column '{column}': '{text}' is no {columns[column]}"
                faults.append(Fault(f"lists/{path.name}", line, message))
                row[column] = None
        rows.append(row)
        lines.append(line)
    if not rows:
        faults.append(Fault(f"lists/{path.name}", 1, "the list is empty"))
    return ListTable(path.stem, columns, tuple(rows), tuple(lines)), faults


def _typed(text: str, kind: str) -> Any:
    if text == "":
        return None
    try:
        return _TYPED[kind](text)
    except KeyError:
        raise ValueError(text) from None
