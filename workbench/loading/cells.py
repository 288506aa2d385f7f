"""Cells: trimmed text -> typed values, and what could not be read.

Clean columns are cast as a whole. Only where that fails are the *distinct* values looked at one
by one, so that a column of a million dates costs as much as its few thousand days.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.parsed import Parsed, Question, Reader
from workbench.loading.repeats import as_words, is_repeated

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


# Arrow reads 0x10 as sixteen and 1e3 as a thousand; nobody writes money that way. And 1.500 may be
# fifteen hundred: its column has to be looked at.
_ODD = {"integer": "[xX]", "number": r"[eE]|^[+-]?[1-9]\d{0,2}\.\d\d0$"}


@dataclass(frozen=True)
class TypedCells:
    """A typed column; `unreadable` marks cells that held something that is not of the type.

    `why` says of each of these why, where more is known. `repairs` counts what was put right or
    noted: (reason_code, detail, how many). `questions` are those that the column leaves open.
    """

    values: Any
    unreadable: Any | None
    repairs: tuple[tuple[str, str, int], ...] = ()
    why: Any | None = None
    questions: tuple[Question, ...] = ()


def normalise(text: str) -> str:
    """One cell as the loader reads it: NFKC, trimmed.

    >>> normalise(" 2025 ")
    '2025'
    """
    return unicodedata.normalize("NFKC", text).strip().strip("\ufeff")


def type_cells(
    cells: Any, kind: str, read: Reader | None, *, plain: bool = True, timezone: str | None = None
) -> TypedCells:
    """Type a cleaned column. `plain` tries to cast it as a whole first; times that carry an offset
    become those of the `timezone`."""
    target = ARROW_TYPES[kind]
    if read is None:
        return TypedCells(cells, None)
    repeated = is_repeated(cells)
    encoded = as_words(cells) if repeated else None
    words = cells if encoded is None else encoded.dictionary
    cast = _cast(words, kind, target) if plain else None
    repairs: tuple[tuple[str, str, int], ...] = ()
    if cast is None and plain and kind == "timestamp" and timezone:
        cast = _localised(words, timezone)
        repairs = (("offset_converted", "", len(cells) - cells.null_count),)
    if cast is None:
        return _by_distinct(cells, as_words(cells) if encoded is None else encoded, target, read)
    laid = cast if encoded is None else pa.chunked_array([cast.take(encoded.indices)])
    return TypedCells(laid, None, repairs if laid.null_count < len(laid) else ())


def _localised(words: Any, timezone: str) -> Any | None:
    """Times that all carry an offset, cast at once into local time; else None."""
    try:
        moments = pc.cast(words, pa.timestamp("us", "UTC"))
        local = pc.local_timestamp(pc.cast(moments, pa.timestamp("us", timezone)))
    except pa.ArrowInvalid:
        return None
    return local if _plausible(local, "timestamp") else None


def _cast(cells: Any, kind: str, target: Any) -> Any | None:
    """The texts cast at once, or None if any of them needs a closer look."""
    if kind in ("code", "codes", "boolean"):
        return None
    if kind in _ODD and pc.any(pc.match_substring_regex(cells, _ODD[kind])).as_py():
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


def _by_distinct(cells: Any, encoded: Any, target: Any, read: Reader) -> TypedCells:
    words = encoded.dictionary.to_pylist()
    judged = read(words)
    values = pa.array([one.value for one in judged.cells], target)
    repairs = _repairs(words, judged.cells, encoded)
    if not values.null_count and target == pa.string():
        coded = pa.DictionaryArray.from_arrays(encoded.indices, values)
        return TypedCells(pa.chunked_array([coded]), None, repairs)
    laid = pa.chunked_array([values.take(encoded.indices)])
    unreadable = why = None
    if laid.null_count != encoded.indices.null_count:
        unreadable = pc.and_(pc.is_valid(cells), pc.is_null(laid))
        reasons = pa.array([one.why for one in judged.cells], pa.string())
        why = pc.filter(pa.chunked_array([reasons.take(encoded.indices)]), unreadable)
    return TypedCells(laid, unreadable, repairs, why, judged.questions)


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
