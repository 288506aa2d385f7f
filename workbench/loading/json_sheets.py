"""JSON and JSON lines as sheets: a list of records, one record, or a list of them a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.loading.bounds import MAX_WHOLE_BYTES, check_bytes
from workbench.loading.documents import FlatTable, Flattener, Number
from workbench.loading.encoding import Scan, scan_file
from workbench.loading.header_rows import Words
from workbench.loading.legacy_text import TITLES
from workbench.loading.mending import BadRow
from workbench.loading.sheets import Header, Note, RawTable, Sheet
from workbench.loading.typed_sheets import header_of
from workbench.terms import InputError

_SPACE = re.compile(r"[ \t\r\n]*")
_LINES = (".jsonl", ".ndjson")


class _KeyTwice(ValueError):
    """A record says two things under one name: nobody knows which is meant."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _KeyTwice("a name stands twice in one record")
    return found


_DECODER = json.JSONDecoder(
    parse_float=Number,
    parse_int=Number,
    parse_constant=lambda word: None,  # NaN is no value
    object_pairs_hook=_object,
)


class JsonFile:
    """One file, laid flat when the first of its sheets is asked for."""

    def __init__(self, path: Path, name: str, words: Words):
        self.path, self.name, self.words = path, name, words
        self.lines = name.casefold().endswith(_LINES)
        check_bytes(name, path.stat().st_size, MAX_WHOLE_BYTES)

    @cached_property
    def scan(self) -> Scan:
        """Hash, size and encoding."""
        return scan_file(self.path)

    @cached_property
    def flat(self) -> Flattener:
        """All records, in tables. Raises `InputError` for a document that is damaged."""
        flat = Flattener(self.name, self.words)
        try:
            self._read(flat)
        except RecursionError:
            raise InputError(f"{self.name}: is nested far too deep; it is not read") from None
        except (ValueError, MemoryError) as error:
            said = str(error).splitlines()[0][:200]
            raise InputError(f"{self.name}: is no whole JSON document ({said})") from None
        return flat

    def _read(self, flat: Flattener) -> None:
        if self.lines:
            self._read_lines(flat)
            return
        text = self._text()
        start = _skip(text, 0)
        if text[start : start + 1] == "[":
            for number, record in enumerate(_elements(text, start), 1):
                flat.record("", self._called, record, number)
        elif text[start : start + 1] == "{":
            record, end = _DECODER.raw_decode(text, start)
            if _skip(text, end) < len(text):  # one record after the other
                self._read_lines(flat)
            else:
                self._one(flat, record)
        elif text.strip():
            raise InputError(f"{self.name}: is no JSON of records")

    @property
    def _called(self) -> str:
        return Path(self.name).stem

    def _text(self) -> str:
        errors = "replace" if self.scan.damaged else "strict"
        data = self.path.read_bytes()
        return data.decode(self.scan.encoding, errors=errors).removeprefix("\ufeff")

    def _read_lines(self, flat: Flattener) -> None:
        errors = "replace" if self.scan.damaged else "strict"
        with self.path.open(encoding=self.scan.encoding, errors=errors, newline="\n") as handle:
            for number, line in enumerate(handle, 1):
                words = line.strip().removeprefix("\ufeff")
                if words:
                    self._line(flat, words, number)

    def _line(self, flat: Flattener, words: str, number: int) -> None:
        """One record a line; a line that is none takes no other with it."""
        try:
            record = _DECODER.decode(words)
        except RecursionError:
            bad = BadRow(number, "too_deep", "", ())
        except _KeyTwice:
            bad = BadRow(number, "key_twice", "", ())
        except ValueError:
            bad = BadRow(number, "not_json", "", ())
        else:
            flat.record("", self._called, record, number)
            return
        flat.table("").bad.append(bad)

    def _one(self, flat: Flattener, record: dict[str, Any]) -> None:
        """One record alone, or lists of records under the names of their tables."""
        lists = {k: v for k, v in record.items() if isinstance(v, list) and _of_records(v)}
        plain = [key for key in record if key not in lists and not isinstance(record[key], dict)]
        if not lists or any(self.words.knows(key) for key in plain):
            flat.record("", self._called, record, 1)
            return
        # The only list goes by the name of the file, unless its own name says what it is.
        alone = len(lists) == 1 and self.words.table_of(next(iter(lists))) is None
        for name, records in lists.items():
            for number, one in enumerate(records, 1):
                flat.record("" if alone else name, self._called if alone else name, one, number)

    def sheets(self) -> list[Sheet]:
        """A sheet for each table of the document."""
        return [JsonSheet(self, table) for table in self.flat.tables] or [JsonSheet(self, "")]


def _of_records(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _elements(text: str, start: int) -> Iterator[Any]:
    """The elements of the list that begins at `start`, one at a time."""
    at = _skip(text, start + 1)
    if text[at : at + 1] == "]":
        _end(text, at + 1)
        return
    while True:
        element, at = _DECODER.raw_decode(text, at)
        yield element
        at = _skip(text, at)
        mark = text[at : at + 1]
        if mark == "]":
            _end(text, at + 1)
            return
        if mark != ",":
            raise json.JSONDecodeError("Expecting ',' or ']'", text, at)
        at = _skip(text, at + 1)


def _end(text: str, at: int) -> None:
    if _skip(text, at) < len(text):
        raise json.JSONDecodeError("Extra data", text, at)


class JsonSheet:
    """The records of one table of a document."""

    def __init__(self, of: JsonFile, table: str):
        self.of, self.file, self.page = of, of.name, table
        self.name = f"{of.name}[{table}]" if table else of.name
        self.stem = table or Path(of.name).stem

    @property
    def scan(self) -> Scan:
        """Hash and size of the file."""
        return self.of.scan

    def prepare(self) -> None:
        """Nothing: the file was read when it was opened."""

    @property
    def _flat(self) -> FlatTable:
        return self.of.flat.table(self.page)

    def header(self) -> Header:
        """The names of all fields that some record has."""
        notes, scan = [], self.scan
        if scan.encoding != "utf-8":
            notes.append(Note("encoding", TITLES[scan.encoding]))
        if scan.rival:
            notes.append(Note("encoding_doubtful", scan.rival))
        if self.of.flat.left_out and not self.page:
            notes.append(Note("list_left_out", count=self.of.flat.left_out))
        return header_of(self.name, self._flat.columns, notes)

    def read(self, wanted: list[int]) -> RawTable:
        """All records: the fields asked for."""
        flat, names = self._flat, list(self._flat.columns)
        columns = {place: flat.column(names[place]) for place in wanted if place < len(names)}
        return RawTable(columns, pa.array(flat.numbers, pa.int64()), list(flat.bad))

    def sample(self, rows: int) -> RawTable:
        """The first records."""
        raw = self.read(list(range(len(self._flat.columns))))
        columns = {place: column.slice(0, rows) for place, column in raw.columns.items()}
        return RawTable(columns, raw.rows.slice(0, rows))
