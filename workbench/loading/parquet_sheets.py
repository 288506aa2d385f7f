"""Parquet as sheets: one file, or a folder of them with values in the names of its folders."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.loading.bounds import (
    MAX_PARTS,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    check_bytes,
    too_large,
)
from workbench.loading.encoding import CHUNK, Scan
from workbench.loading.sheets import Header, RawTable
from workbench.loading.typed_sheets import header_of, text_table
from workbench.terms import InputError


class ParquetSheet:
    """One table. Rows are counted as they stand, over the files in the order of their names."""

    page = ""

    def __init__(self, path: Path, name: str):
        self.path = path
        self.name = self.file = name
        self.stem = Path(name).stem if name.casefold().endswith((".parquet", ".pq")) else name
        self.files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
        if len(self.files) > MAX_PARTS:
            raise too_large(name, "files", len(self.files), MAX_PARTS)
        self._check()

    def _check(self) -> None:
        import pyarrow.parquet as pq

        rows = unpacked = 0
        for path in self.files:
            check_bytes(self.name, path.stat().st_size)
            if not path.resolve().is_relative_to(self.path.resolve()):
                raise InputError(f"{self.name}: holds a link that leads out of the folder")
            try:
                found = pq.read_metadata(path)
                groups = [found.row_group(at) for at in range(found.num_row_groups)]
            except (pa.ArrowException, OSError, ValueError) as error:
                raise _damaged(self.name, error) from None
            rows += found.num_rows
            unpacked += sum(max(0, group.total_byte_size) for group in groups)
        if rows > MAX_ROWS:
            raise too_large(self.name, "rows", rows, MAX_ROWS)
        if unpacked > MAX_UNPACKED_BYTES:
            raise too_large(self.name, "bytes, unpacked,", unpacked, MAX_UNPACKED_BYTES)

    @cached_property
    def scan(self) -> Scan:
        """Hash and size of the file, or of all files with their places."""
        digest, size = hashlib.sha256(), 0
        for path in self.files:
            if path != self.path:
                digest.update(path.relative_to(self.path).as_posix().encode() + b"\0")
            with path.open("rb") as handle:
                while chunk := handle.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        return Scan(digest.hexdigest(), size, "binary", 0)

    def prepare(self) -> None:
        """Hash the files."""
        self.scan  # noqa: B018

    @cached_property
    def _data(self) -> Any:
        """The files as one; what says the same again and again stays short in memory."""
        import pyarrow.dataset as ds

        try:
            schema = ds.dataset(self.path, format="parquet", partitioning="hive").schema
            texts = {f.name for f in schema if pa.types.is_string(f.type)}
            form = ds.ParquetFileFormat(dictionary_columns=texts)
            return ds.dataset(self.path, format=form, partitioning="hive")
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _damaged(self.name, error) from None

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        """Each column with the top one that it is part of; what is nested gets `a.b` as name."""
        return [pair for field in self._data.schema for pair in _flat_names(field, field.name, 0)]

    def header(self) -> Header:
        """The names of the columns."""
        return header_of(self.name, [name for name, _ in self._names])

    def read(self, wanted: list[int]) -> RawTable:
        """All rows: the columns asked for."""
        return self._texts(wanted, self._table(wanted, None))

    def sample(self, rows: int) -> RawTable:
        """The first rows of all columns."""
        wanted = list(range(len(self._names)))
        return self._texts(wanted, self._table(wanted, rows))

    def _table(self, wanted: list[int], most: int | None) -> Any:
        tops = list(dict.fromkeys(self._names[place][1] for place in wanted))
        try:
            if most is None:
                found = self._data.to_table(columns=tops)
            else:
                found = self._data.head(most, columns=tops)
            found.validate(full=True)  # bytes that are no text, words that are in no list
            return _flat(found)
        except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
            raise _damaged(self.name, error) from None

    def _texts(self, wanted: list[int], table: Any) -> RawTable:
        names = [name for name, _ in self._names]
        columns = {place: table.column(names[place]) for place in wanted}
        return text_table(self.name, columns, 1, table.num_rows, names)


def _flat_names(field: Any, top: str, depth: int) -> list[tuple[str, str]]:
    if not pa.types.is_struct(field.type) or depth > 8:
        return [(field.name, top)]
    inner = [field.type.field(at) for at in range(field.type.num_fields)]
    return [
        (f"{field.name}.{name}", top)
        for one in inner
        for name, _ in _flat_names(one, top, depth + 1)
    ]


def _flat(table: Any) -> Any:
    for _ in range(9):
        if not any(pa.types.is_struct(field.type) for field in table.schema):
            break
        table = table.flatten()
    return table


def _damaged(name: str, error: BaseException) -> InputError:
    said = (str(error).splitlines() or ["no reason"])[0][:200]
    return InputError(f"{name}: is damaged, no whole Parquet file ({said})")
