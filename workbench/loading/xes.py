"""An event log in XES -> its traces and events as columns of words, read in one stream.

The parser is expat, which reads no file but the one it is given. A document type, and with it
every entity, ends the reading, and so does what is larger or deeper than a log is.
"""

from __future__ import annotations

import gzip
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast
from xml.parsers import expat

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.bounds import (
    MAX_CELL_BYTES,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_FILE_BYTES,
    MAX_ROWS,
    MAX_ZIP_RATIO,
)
from workbench.terms import InputError

NAME = "concept:name"
CASE = "case:concept:name"  # at an event: the name of its trace
BLOCK = 1 << 20
FREE_UNPACKED = 64 << 20  # a log packs well: to a sixtieth of itself, and a short one to less
_VALUES = frozenset(("string", "date", "int", "float", "boolean", "id"))
_NESTED = frozenset((*_VALUES, "list", "container", "values"))


class Column:
    """The words of one attribute, and for each row which one it is; -1: it has none."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.places = array("i")

    def put(self, row: int, word: str) -> None:
        """Set the word of a row; rows before it that were not set have none."""
        places = self.places
        missing = row - len(places)
        if missing > 0:
            places.extend([-1] * missing)
        elif missing < 0:  # the same key once more in one event: the first one stays
            return
        places.append(self.words.setdefault(word, len(self.words)))

    def arrow(self, size: int) -> Any:
        """The column as words and places, one for each of `size` rows."""
        places = self.places + array("i", [-1] * (size - len(self.places)))
        indices = pa.Array.from_buffers(pa.int32(), size, [None, pa.py_buffer(places)])
        known = pc.if_else(pc.less(indices, 0), None, indices)
        return pa.DictionaryArray.from_arrays(known, pa.array(list(self.words), pa.string()))


@dataclass
class Rows:
    """The rows of one kind, traces or events: a column for each key, in the order they came."""

    columns: dict[str, Column] = field(default_factory=dict)
    size: int = 0

    def put(self, key: str, word: str) -> None:
        """An attribute of the row that is being read."""
        column = self.columns.get(key)
        if column is None:
            if len(self.columns) >= MAX_COLUMNS:
                raise _TooMuch(f"more than {MAX_COLUMNS:,} kinds of attributes")
            column = self.columns[key] = Column()
        column.put(self.size, word)


@dataclass
class Log:
    """What a log holds. `case_of` is the trace of each event; `nested` counts attributes that
    hang on other attributes, or are lists: they are no cells and are not read."""

    traces: Rows = field(default_factory=Rows)
    events: Rows = field(default_factory=Rows)
    case_of: array[int] = field(default_factory=lambda: array("i"))
    nested: int = 0
    loose: int = 0  # events that stand in no trace


class _TooMuch(Exception):
    """A limit is passed; the text says which."""


def read_log(path: Path, name: str) -> Log:
    """Read a whole log, packed or not. Raises `InputError` where it is no XES, damaged, or larger
    than `bounds` allows; it then says how far it was sound."""
    reader = _Reader()
    try:
        with _open(path) as handle:
            for block in _blocks(handle, path.stat().st_size):
                reader.parser.Parse(block, False)
        reader.parser.Parse(b"", True)
    except _TooMuch as limit:
        raise InputError(f"{name}: {limit}; such a log is not read") from None
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(_damaged(name, reader, f"the packed file is damaged ({error})")) from None
    except LookupError:
        raise InputError(f"{name}: names an encoding that nobody knows") from None
    except expat.ExpatError as error:
        what = f"no sound XML in line {error.lineno}: {expat.ErrorString(error.code)}"
        raise InputError(_damaged(name, reader, what)) from None
    if not reader.is_log:
        raise InputError(f"{name}: XML, but no event log: its first element is no <log>")
    return reader.log


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as handle:
        packed = handle.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb") if packed else path.open("rb"))


def _blocks(handle: BinaryIO, size: int) -> Iterator[bytes]:
    total = 0
    while block := handle.read(BLOCK):
        total += len(block)
        if total > min(MAX_FILE_BYTES, max(FREE_UNPACKED, size * MAX_ZIP_RATIO)):
            raise _TooMuch(f"holds more than {total:,} bytes")
        yield block


def _damaged(name: str, reader: _Reader, what: str) -> str:
    sound = f"{reader.log.traces.size:,} traces and {reader.log.events.size:,} events before it"
    return f"{name}: {what}; {sound} were sound. Export or copy the log once more"


class _Reader:
    """Turns the elements of a log into rows, as they come."""

    def __init__(self) -> None:
        self.log = Log()
        self.is_log = False
        self.depth = 0
        self.skipping = 0  # the depth of an element whose inside is not read; 0: none
        self.event_depth = self.trace_depth = 0
        self.prefix = ""  # of the names of all elements, where the log writes one
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _refuse("a document type")
        self.parser.EntityDeclHandler = _refuse("an entity")
        self.parser.ExternalEntityRefHandler = _refuse("a reference to another file")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self.depth = depth = self.depth + 1
        if depth > MAX_DEPTH:
            raise _TooMuch(f"more than {MAX_DEPTH} elements in one another")
        if self.prefix:
            tag = tag.removeprefix(self.prefix)
        if self.skipping:
            self.log.nested += tag in _NESTED and bool(self.event_depth or self.trace_depth)
        elif tag in _VALUES and (self.trace_depth or self.event_depth):
            self._value(given)
        elif tag == "event":
            self.event_depth = depth
        elif tag == "trace":
            self.trace_depth = depth
        elif depth == 1:
            before, colon, name = tag.rpartition(":")
            self.is_log, self.prefix = name == "log", before + colon
            if not self.is_log:
                raise _TooMuch(f"its first element is <{tag[:40]}> and no <log>")
        else:  # globals, extensions, classifiers, attributes of the log; lists
            self.log.nested += tag in _NESTED and bool(self.event_depth or self.trace_depth)
            self.skipping = depth

    def _value(self, given: dict[str, str]) -> None:
        key, word = given.get("key"), given.get("value")
        self.skipping = self.depth  # what hangs on an attribute is no cell
        if not key or word is None:
            return
        if len(word) > MAX_CELL_BYTES:
            raise _TooMuch(f"a value of {len(word):,} characters")
        (self.log.events if self.event_depth else self.log.traces).put(key, word)

    def _end(self, tag: str) -> None:
        depth, self.depth = self.depth, self.depth - 1
        if depth == self.skipping:
            self.skipping = 0
        elif depth == self.event_depth:
            self.event_depth = 0
            self._end_event()
        elif depth == self.trace_depth:
            self.log.traces.size += 1
            self.trace_depth = 0

    def _end_event(self) -> None:
        self.log.events.size += 1
        if self.log.events.size > MAX_ROWS:
            raise _TooMuch(f"more than {MAX_ROWS:,} events")
        self.log.loose += not self.trace_depth
        self.log.case_of.append(self.log.traces.size if self.trace_depth else -1)


def _refuse(what: str) -> Callable[..., int]:
    def refuse(*_: Any) -> int:
        raise _TooMuch(f"holds {what}, which a log has no need of and which may be a trap")

    return refuse
