"""Writes the tables as CSV and the truth as Parquet, the same bytes for the same rows."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeAlias

from workbench.schema import Column, Schema, Table
from workbench.synthesis.days import DAY, Days
from workbench.synthesis.draft import Row

_Write: TypeAlias = Callable[[Any], str]
TRUTH = "truth.parquet"
_MANY = 4000
_TIMES = [f"T{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(DAY)]


class Writer:
    """The open CSV files of a folder; rows go out in the order they come."""

    def __init__(self, schema: Schema, left_out: Iterable[str], target: Path, days: Days) -> None:
        self.counts: dict[str, int] = {}
        # The files in which tokens may stand for running numbers.
        self.numbered = [
            target / f"{table.name}.csv"
            for table in schema.tables.values()
            if table.name not in left_out and _holds_texts(table)
        ]
        self._waiting: dict[str, list[list[Any]]] = {}
        self._files: dict[str, IO[str]] = {}
        self._formats: dict[str, tuple[list[str], list[tuple[int, _Write]]]] = {}
        for table in schema.tables.values():
            if table.name not in left_out:
                self._open(table, target, days)

    def _open(self, table: Table, target: Path, days: Days) -> None:
        path = target / f"{table.name}.csv"
        handle = path.open("w", encoding="utf-8", newline="")
        csv.writer(handle, lineterminator="\n").writerow(table.columns)
        self._files[table.name] = handle
        self._waiting[table.name] = []
        self.counts[table.name] = 0
        written = [_format(column, days) for column in table.columns.values()]
        formats = [(index, write) for index, write in enumerate(written) if write is not None]
        self._formats[table.name] = list(table.columns), formats

    def add(self, rows: Mapping[str, list[Row]]) -> None:
        """Take the rows of one case, or of the bureau."""
        for table, found in rows.items():
            names, formats = self._formats[table]
            waiting = self._waiting[table]
            for row in found:
                values = list(map(row.get, names))
                for index, write in formats:
                    value = values[index]
                    if value is not None:
                        values[index] = write(value)
                waiting.append(values)
            if len(waiting) > _MANY:
                self._write(table)

    def _write(self, table: str) -> None:
        csv.writer(self._files[table], lineterminator="\n").writerows(self._waiting[table])
        self.counts[table] += len(self._waiting[table])
        self._waiting[table] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for table, handle in self._files.items():
            if error is None:
                self._write(table)
            handle.close()


def _holds_texts(table: Table) -> bool:
    """Can a running number stand in the table?"""
    return any(column.type in ("text", "id") for column in table.columns.values())


def _format(column: Column, days: Days) -> _Write | None:
    """How a value of the column is written; None where it stands as it is."""
    if column.type == "date":
        return days.iso
    if column.type == "timestamp":
        return lambda moment: days.iso(moment // DAY) + _TIMES[moment % DAY]
    if column.type == "boolean":
        return lambda value: "true" if value else "false"
    if column.is_list:
        return lambda value: value if isinstance(value, str) else ";".join(map(str, value))
    return None


def write_truth(path: Path, truth: Iterable[tuple[str, str, str]]) -> None:
    """`truth.parquet`: the subjects that must fail each check; nothing else fails."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = sorted(set(truth))
    names = ("check_id", "asset", "subject_id")
    columns = [_strings([row[index] for row in rows]) for index in range(len(names))]
    pq.write_table(pa.table(columns, names=names), path, compression="zstd")


def _strings(values: list[str]) -> Any:
    """An Arrow column of texts; made from its buffers, as `pa.array` would import pandas."""
    import pyarrow as pa

    parts = [value.encode() for value in values]
    offsets = array("i", accumulate(map(len, parts), initial=0))
    buffers = pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(parts))
    return pa.StringArray.from_buffers(len(values), *buffers)
