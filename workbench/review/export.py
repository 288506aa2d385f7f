"""`workbench review export`: rounds as the tables of the pack, so that its checks judge them.

CSV files as the intake wants them, one a table (`pack.yaml`: `review_tables`). The same checks that
judge paper rounds then judge ours: two independent ratings, deductions that add up, openness.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from workbench.pack import Pack
from workbench.review.export_rows import COLUMNS, Row, Setting, rows_of
from workbench.review.state import RoundState
from workbench.spreadsheets import write_csv
from workbench.terms import UsageError


@dataclass(frozen=True)
class Exported:
    """What was written: rows by file."""

    folder: Path
    rows: dict[str, int]


def tables_of(pack: Pack, rounds: Iterable[RoundState]) -> dict[str, list[Row]]:
    """The rows of rounds by table of the pack; every table it names, empty ones too.

    Raises `UsageError` where the pack names no tables for a review.
    """
    tables = pack.review_tables.tables
    if not tables:
        raise UsageError(f"pack '{pack.id}' says not which tables take a review (review_tables)")
    setting = Setting(ZoneInfo(pack.timezone), pack.language, pack.review_tables.indicators)
    found: dict[str, list[Row]] = {table: [] for table in tables.values()}
    for its in rounds:
        for part, row in rows_of(its, setting):
            rows = found[tables[part]] if part in tables else []
            if part != "items" or row not in rows:  # rounds may share a rubric
                rows.append(row)
    return found


def export(pack: Pack, rounds: Sequence[RoundState], to: Path) -> Exported:
    """Write rounds as CSV files of the pack's tables into a folder; never over what is there.

    Raises `UsageError` where a file of that name is there already.

    >>> export(pack, [review.round("2026-01")], Path("out/rounds")).rows   # doctest: +SKIP
    {'evaluations.csv': 12, ...}
    """
    tables = tables_of(pack, rounds)
    taken = [table for table in tables if (to / f"{table}.csv").exists()]
    if taken:
        raise UsageError(
            f"{to / taken[0]}.csv is there already, with {len(taken)} of {len(tables)} files of an "
            "export: name another folder"
        )
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=to) as passing:
        for table, rows in tables.items():
            columns = _columns(pack, table)
            cells = ([_cell(row.get(column)) for column in columns] for row in rows)
            write_csv(Path(passing) / f"{table}.csv", columns, cells)
        for table in tables:
            (Path(passing) / f"{table}.csv").rename(to / f"{table}.csv")
    return Exported(to, {f"{table}.csv": len(rows) for table, rows in tables.items()})


def _columns(pack: Pack, table: str) -> list[str]:
    """The columns of the pack's table that we can fill; a pack may know fewer than we do."""
    known = pack.schema.tables[table].columns
    filled = {c for part, its in pack.review_tables.tables.items() if its == table
              for c in COLUMNS[part]}  # fmt: skip
    return [column for column in known if column in filled]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
