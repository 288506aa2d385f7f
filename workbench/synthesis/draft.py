"""One case while it is being made: what is planned, what is recorded so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from workbench.synthesis.days import Days
from workbench.synthesis.shared import Row, Shared

__all__ = ["CASES", "Draft", "Row", "Serials", "Unfit"]
CASES = "cases"


class Unfit(Exception):
    """An edit cannot be made to this case: no such row, no such day, or a day to come."""


class Serials:
    """Running numbers by name. A case that is made a second time takes the same numbers again."""

    def __init__(self, formats: Mapping[str, str]) -> None:
        self._formats = formats
        self._next: dict[str, int] = {}

    def next(self, name: str) -> int:
        """The next number of `name`, from 1."""
        number = self._next[name] = self._next.get(name, 0) + 1
        return number

    def identifier(self, table: str) -> str:
        """The next identifier of a table."""
        return self._formats[table].format(self.next(table))

    def mark(self) -> dict[str, int]:
        """Where the numbers stand."""
        return dict(self._next)

    def back_to(self, mark: dict[str, int]) -> None:
        """Go back to a mark."""
        self._next = dict(mark)


@dataclass(slots=True, eq=False)
class Draft:
    """A case in the making.

    `plan` holds what was drawn for the case, also what is not recorded yet; `on` the day of each
    step, also of steps after the last day; `rows` what is recorded, by table. `it` is the row or
    word that an expression calls `it`; `echo` the earlier case that a defect refers to. `root` is
    the table whose first row the draft is about.
    """

    rng: Random
    days: Days
    serials: Serials
    links: Mapping[str, tuple[str | None, str | None]]
    plan: Row
    shared: Shared
    rows: dict[str, list[Row]] = field(default_factory=dict)
    on: dict[str, int] = field(default_factory=dict)
    day: int = 0
    it: Any = None
    echo: Draft | None = None
    assumed: Mapping[str, Any] = field(default_factory=dict)
    claims: list[Any] = field(default_factory=list)
    root: str = CASES
    origins: dict[int, tuple[Row, Row]] = field(default_factory=dict)

    @property
    def record(self) -> Row:
        """The case's own row."""
        return self.rows[self.root][0]

    def start_row(self, table: str) -> Row:
        """A new row of `table`: its own identifier and the case it hangs on."""
        key, case_column = self.links[table]
        row: Row = {}
        if key:
            row[key] = self.serials.identifier(table)
        if case_column and case_column in self.plan:
            row[case_column] = self.plan[case_column]
        self.rows.setdefault(table, []).append(row)
        return row

    def copy(self) -> Draft:
        """A copy whose rows can be edited without touching this one's.

        `origins` of the copy knows, for each row, the copy and the row it was copied from.
        """
        rows = {table: [dict(row) for row in rows] for table, rows in self.rows.items()}
        copied = zip(
            (row for found in rows.values() for row in found),
            (row for found in self.rows.values() for row in found),
            strict=True,
        )
        origins = {id(new): (new, old) for new, old in copied}
        return replace(self, plan=dict(self.plan), rows=rows, origins=origins)
