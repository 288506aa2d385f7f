"""Nested documents (JSON) laid flat: a table for the records, and one for each list in them.

    {"case_id": "C1", "party": {"name": "A"}, "documents": [{"document_id": "D1"}]}

is a row of `cases` with the columns `case_id` and `party.name`, and a row of `documents` with
`document_id` and, from the record around it, `case_id`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from workbench.loading.bounds import MAX_COLUMNS, MAX_DEPTH, MAX_ROWS, MAX_TABLES, too_large
from workbench.loading.cells import normalise
from workbench.loading.header_rows import Words
from workbench.loading.mending import BadRow
from workbench.loading.plain_text import plain_number, text_array, whole_text

_BATCH = 20_000
_ID_ENDS = ("id", "_no", "编号", "号", "番号")


class TooDeep(Exception):
    """A record is nested deeper than anybody would write it."""


@dataclass
class FlatTable:
    """Rows gathered in batches; a column that comes late is empty in the rows before it."""

    name: str
    columns: dict[str, None] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    _waiting: list[dict[str, str]] = field(default_factory=list)
    _batches: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def add(self, row: dict[str, str], number: int | None) -> None:
        """One more row; `number` is where it stands, else they are counted."""
        self.columns.update(dict.fromkeys(row))
        self.numbers.append(len(self.numbers) + 1 if number is None else number)
        self._waiting.append(row)
        if len(self._waiting) == _BATCH:
            self._lay()

    def _lay(self) -> None:
        if len(self.columns) > MAX_COLUMNS:
            raise too_large(self.name, "columns", len(self.columns), MAX_COLUMNS)
        if len(self.numbers) > MAX_ROWS:
            raise too_large(self.name, "rows", len(self.numbers), MAX_ROWS)
        rows, self._waiting = self._waiting, []
        columns = {name: text_array([row.get(name) for row in rows]) for name in self.columns}
        self._batches.append((len(rows), columns))

    def column(self, name: str) -> Any:
        """One column of all rows."""
        if self._waiting:
            self._lay()
        empty = pa.string()
        parts = [found.get(name, pa.nulls(size, empty)) for size, found in self._batches]
        return pa.chunked_array(parts, empty)


@dataclass
class Flattener:
    """Lays records flat, one after the other."""

    file: str
    words: Words
    tables: dict[str, FlatTable] = field(default_factory=dict)
    left_out: int = 0  # elements of lists that are neither records nor among plain values

    def table(self, name: str) -> FlatTable:
        """The table of that name, made when first asked for."""
        name = whole_text(name)
        if name not in self.tables and len(self.tables) >= MAX_TABLES:
            raise too_large(self.file, "lists of records", len(self.tables) + 1, MAX_TABLES)
        called = f"{self.file}[{name}]" if name else self.file
        return self.tables.setdefault(name, FlatTable(called))

    def record(self, table: str, called: str, record: Any, number: int) -> None:
        """One record of `table`; `called` is what tells which table of the pack it is."""
        home = self.table(table)
        if not isinstance(record, dict):
            home.bad.append(BadRow(number, "no_record", "", ()))
            return
        try:
            self._check_depth(record)
        except TooDeep:
            home.bad.append(BadRow(number, "too_deep", str(MAX_DEPTH), ()))
            return
        self._take(table, called, record, {}, number)

    def _check_depth(self, record: Any) -> None:
        level = [record]
        for _ in range(MAX_DEPTH):
            level = [
                part for one in level for part in _parts(one) if isinstance(part, (dict, list))
            ]
            if not level:
                return
        raise TooDeep

    def _take(
        self, table: str, called: str, record: Mapping[str, Any], above: dict[str, str],
        number: int | None,
    ) -> None:  # fmt: skip
        row: dict[str, str] = {}
        lists: list[tuple[str, list[Any]]] = []
        self._lay(record, "", row, lists)
        # A record with only plain fields of its own has no need of anything else.
        keys = above | self._keys(called, row) if lists else above
        self.table(table).add({**above, **row}, number)
        for name, elements in lists:
            for element in elements:
                if isinstance(element, dict):
                    self._take(name, name, element, keys, None)
                elif element is not None:
                    self.left_out += 1

    def _lay(
        self, record: Mapping[str, Any], prefix: str, row: dict[str, str],
        lists: list[tuple[str, list[Any]]],
    ) -> None:  # fmt: skip
        for key, value in record.items():
            name = prefix + key
            if isinstance(value, dict):
                self._lay(value, f"{name}.", row, lists)
            elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
                lists.append((key, value))
            elif (text := _text(value)) is not None:
                known = prefix and self.words.knows(key) and key not in row
                row[key if known else name] = text

    def _keys(self, called: str, row: Mapping[str, str]) -> dict[str, str]:
        """The fields by which rows below know the record they stand in."""
        if (table := self.words.table_of(called)) is not None:
            known = self.words.keys[table]
            found = {
                name: text for name, text in row.items() if normalise(name).casefold() in known
            }
            if found:
                return found
        named = [name for name in row if name.casefold().endswith(_ID_ENDS)]
        name = next(iter(named or row), None)
        if name is None:
            return {}
        # An `id` alone says nothing in another table.
        own = f"{called}_id" if name.casefold() == "id" and called else name
        return {own: row[name]}


def _parts(value: Any) -> Iterator[Any]:
    yield from value.values() if isinstance(value, dict) else value


def _text(value: Any) -> str | None:
    """A plain value as text; numbers come as they were written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return plain_number(value)
    if isinstance(value, list):
        texts = [text for text in map(_text, value) if text]
        return ";".join(texts) or None
    return value if isinstance(value, str) and value else None


class Number(str):
    """A number as the document writes it: nothing of it is lost."""
