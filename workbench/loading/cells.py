"""Cells: trimmed text -> typed values, and what could not be read.

Clean columns are cast as a whole. Only where that fails are the *distinct* values looked at one
by one, so that a column of a million dates costs as much as its few thousand days.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.repeats import as_words, is_repeated
from workbench.loading.values import Parsed, Parser

ARROW_TYPES: dict[str, Any] = {
    "id": pa.string(),
    "text": pa.string(),
    "code": pa.string(),
    "codes": pa.string(),
    "list": pa.string(),
    "ids": pa.string(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "integer": pa.int64(),
    "number": pa.decimal128(18, 2),
    "boolean": pa.bool_(),
}


# Arrow reads 0x10 as sixteen and 1e3 as a thousand; nobody writes money that way.
_ODD = {"integer": "x", "number": "e"}


@dataclass(frozen=True)
class TypedCells:
    """A typed column; `unreadable` marks cells that held something that is not of the type.

    `repairs` counts what was put right or noted: (reason_code, detail, how many).
    """

    values: Any
    unreadable: Any | None
    repairs: tuple[tuple[str, str, int], ...] = ()


def normalise(text: str) -> str:
    """One cell as the loader reads it: NFKC, trimmed.

    >>> normalise(" 2025 ")
    '2025'
    """
    return unicodedata.normalize("NFKC", text).strip().strip("\ufeff")


def type_cells(cells: Any, kind: str, parse: Parser | None, *, plain: bool = True) -> TypedCells:
    """Type a cleaned column. `plain` tries to cast it as a whole first."""
    target = ARROW_TYPES[kind]
    if parse is None:
        return TypedCells(cells, None)
    if not is_repeated(cells):
        if plain and (cast := _cast(cells, kind, target)) is not None:
            return TypedCells(cast, None)
        return _by_distinct(cells, as_words(cells), target, parse)
    encoded = as_words(cells)
    if plain and (cast := _cast(encoded.dictionary, kind, target)) is not None:
        return TypedCells(pa.chunked_array([cast.take(encoded.indices)]), None)
    return _by_distinct(cells, encoded, target, parse)


def _cast(cells: Any, kind: str, target: Any) -> Any | None:
    """The texts cast at once, or None if any of them needs a closer look."""
    if kind in ("code", "codes", "boolean"):
        return None
    if kind in _ODD and pc.any(pc.match_substring(cells, _ODD[kind], ignore_case=True)).as_py():
        return None
    if kind == "timestamp" and pc.any(pc.less(pc.binary_length(cells), 16)).as_py():
        return None  # a date without a time of day
    try:
        cast = pc.cast(cells, target)
    except pa.ArrowInvalid:
        return None
    return cast if _plausible(cast, kind) else None


def _plausible(cast: Any, kind: str) -> bool:
    if kind not in ("date", "timestamp"):
        return True
    ends = pc.min_max(cast).as_py()
    return ends["min"] is None or (ends["min"].year >= 1900 and ends["max"].year < 2200)


def _by_distinct(
    cells: Any, encoded: Any, target: Any, parse: Callable[[str], Parsed]
) -> TypedCells:
    words = encoded.dictionary.to_pylist()
    parsed = [parse(word) for word in words]
    values = pa.array([one.value for one in parsed], target)
    repairs = _repairs(words, parsed, encoded)
    if not values.null_count and target == pa.string():
        coded = pa.DictionaryArray.from_arrays(encoded.indices, values)
        return TypedCells(pa.chunked_array([coded]), None, repairs)
    laid = pa.chunked_array([values.take(encoded.indices)])
    unreadable = None
    if laid.null_count != encoded.indices.null_count:
        unreadable = pc.and_(pc.is_valid(cells), pc.is_null(laid))
    return TypedCells(laid, unreadable, repairs)


def _repairs(words: list[str], parsed: list[Parsed], encoded: Any) -> tuple[Any, ...]:
    if not any(one.repair for one in parsed):
        return ()
    counted = {row["values"]: row["counts"] for row in encoded.indices.value_counts().to_pylist()}
    found: dict[tuple[str, str], int] = {}
    for index, (word, one) in enumerate(zip(words, parsed, strict=True)):
        if one.repair:
            detail = word if one.shown is None else f"{word} -> {one.shown}" if one.shown else ""
            key = (one.repair, detail)
            found[key] = found.get(key, 0) + counted.get(index, 0)
    return tuple((reason, detail, count) for (reason, detail), count in sorted(found.items()))
