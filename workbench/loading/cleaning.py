"""Whole columns cleaned: NFKC, trimmed, empty cells null.

Each piece of a column is looked at first, as one stretch of bytes: most have nothing to clean, and
what looks takes a hundredth of what cleans.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.repeats import as_words, if_few, is_repeated

# NFKC may change a text in which anything else stands than ASCII, Chinese characters, and the
# Chinese marks that have no other form. None of these is a space either, but for those of ASCII.
MAY_CHANGE = (
    r"[^\x00-\x7F\x{3400}-\x{9FFF}\x{3001}\x{3002}\x{3008}-\x{3011}\x{3014}\x{3015}"
    r"\x{2013}\x{2014}\x{2018}\x{2019}\x{201C}\x{201D}\x{00B7}]"
)
_SPACE, _DELETE = 0x20, 0x7F  # every white space of ASCII is up to the one, all of it to the other


def clean(column: Any) -> Any:
    """A whole column trimmed and NFKC; empty cells become null.

    >>> clean(pa.chunked_array([[" a", "２", " "]])).to_pylist()
    ['a', '2', None]
    """
    if is_repeated(column):
        column = if_few(column)
    if is_repeated(column):
        return _clean_words(as_words(column))
    cleaned = pa.chunked_array([_clean(chunk) for chunk in column.chunks], pa.string())
    # In one piece, or a few of 2 GB: the engine puts small ones together once more.
    return pa.Table.from_arrays([cleaned], [""]).combine_chunks().column(0)


def _clean_words(column: Any) -> Any:
    words = _clean(column.dictionary)
    if words is column.dictionary:
        return pa.chunked_array([column])
    if words.null_count:  # a word of nothing but spaces: its cells are empty
        return pa.chunked_array([as_words(words.take(column.indices))])
    return pa.chunked_array([pa.DictionaryArray.from_arrays(column.indices, words)])


def _clean(texts: Any) -> Any:
    """One array of texts; the same one if there is nothing to clean."""
    stretch = _stretch(texts)
    if not stretch.size:
        return texts if texts.null_count == len(texts) else pa.nulls(len(texts), pa.string())
    signs = np.frombuffer(stretch, np.uint8)
    changed = signs.max() > _DELETE and _stands_in(stretch, MAY_CHANGE)
    if changed:
        texts = pc.utf8_normalize(texts, form="NFKC")
    if changed or signs.min() <= _SPACE:
        texts = pc.utf8_trim_whitespace(texts)
    empty = pc.equal(pc.binary_length(texts), 0)
    return (
        pc.if_else(empty, pa.scalar(None, pa.string()), texts) if pc.any(empty).as_py() else texts
    )


def _stretch(texts: Any) -> Any:
    """The bytes of all texts of an array, one after the other."""
    ends, data = texts.buffers()[1:]
    if ends is None or data is None or not len(texts):
        return pa.py_buffer(b"")
    bounds = np.frombuffer(ends, np.int32, len(texts) + 1, texts.offset * 4)
    return data.slice(int(bounds[0]), int(bounds[-1] - bounds[0]))


def _stands_in(stretch: Any, pattern: str) -> bool:
    """Does a pattern of one sign match anywhere? All bytes as one text, outside Python's lock."""
    whole = pa.py_buffer(np.array([0, stretch.size], np.int32))
    text = pa.StringArray.from_buffers(1, whole, stretch)
    return bool(pc.match_substring_regex(text, pattern)[0].as_py())
