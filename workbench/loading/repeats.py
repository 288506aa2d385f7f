"""Columns that say few things often: a list of their distinct words, and for each row which one.

Such a column is read, cleaned and typed by its words: a million days cost what a few thousand do,
and take a fraction of the memory. Which columns repeat is told by the first rows of a file. Where
those mislead, reading takes longer; it never gives anything else.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

REPEATED = pa.dictionary(pa.int32(), pa.string())
# Up to so many distinct words a row, a list of words costs less than the texts themselves.
_FEW = 0.2
_TOO_MANY = 0.5


def repeating(sample: Any) -> frozenset[str]:
    """The string columns of some rows that say the same again and again.

    >>> sorted(repeating(pa.table({"kind": ["fine"] * 9, "no": list("123456789")})))
    ['kind']
    """
    names = sample.column_names if sample.num_rows else ()
    few = _FEW * sample.num_rows
    return frozenset(name for name in names if len(pc.unique(sample[name])) <= few)


def is_repeated(column: Any) -> bool:
    """Is the column held as words and places?

    >>> is_repeated(pa.array(["a", "a"])), is_repeated(pa.array(["a", "a"]).dictionary_encode())
    (False, True)
    """
    return bool(pa.types.is_dictionary(column.type))


def plain(column: Any) -> Any:
    """The column as texts, one a row, however it is held.

    >>> plain(pa.chunked_array([["a", "a"]]).dictionary_encode()).type
    DataType(string)
    """
    return pc.cast(column, column.type.value_type) if is_repeated(column) else column


def as_words(column: Any) -> Any:
    """The column as one array of places in one list of words.

    >>> as_words(pa.chunked_array([["a", "b"], ["b", None]])).indices.to_pylist()
    [0, 1, 1, None]
    """
    encoded = column if is_repeated(column) else column.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # what combine_chunks makes of no chunks
        encoded = pa.array([], REPEATED)
    return encoded


def if_few(column: Any) -> Any:
    """A repeated column as it is, or as texts if it turned out to say something new all the time.

    >>> if_few(pa.chunked_array([["a", "b"]]).dictionary_encode()).type
    DataType(string)
    """
    words = sum(len(chunk.dictionary) for chunk in column.chunks)
    return plain(column) if words > _TOO_MANY * len(column) else column


def never_repeats(column: Any) -> bool:
    """Is every cell longer than the one before, or as long and greater? Then none stands twice.

    Quick, and no search: cells that are all different but in no order are not told.

    >>> never_repeats(pa.array(["C9", "C10", "C11"])), never_repeats(pa.array(["C9", "C9"]))
    (True, False)
    """
    before, after = column.slice(0, len(column) - 1), column.slice(1)
    greater = pc.less(before, after)
    if pa.types.is_string(column.type):
        short, long = pc.binary_length(before), pc.binary_length(after)
        greater = pc.or_(pc.less(short, long), pc.and_(pc.equal(short, long), greater))
    return bool(pc.all(greater).as_py())
