"""Derived columns: what the loader makes of a typed column, before the rows are stored.

Numbers are judged one distinct value at a time. Texts are searched by DuckDB (RE2: the time grows
with the length of a text and no worse, whoever wrote it); Python judges the few matches.

**Which matches stand.** RE2 cannot look at what stands around a match, so patterns cannot say "and
no more digits". The rule is the house's instead, for all patterns: a match that begins or ends with
a digit does not count if the run of digits goes on there. Then its module must accept it. Where
matches that passed so far overlap, the longest stands; of two of one length that of the pattern
that is listed first. `from_on` and `to_on` of a list are not looked at: a text has no day of its
own, and facts SQL joins the codes found with the list on the subject's day.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench import sqltext
from workbench.derived import DAY_PART, Form, Format, Pattern, accepts
from workbench.engines.duckdb import DuckDBEngine
from workbench.loading.cells import ARROW_TYPES
from workbench.loading.repeats import as_words, plain
from workbench.loading.values import parse_date
from workbench.schema import Column, Table

_TEXTS = "_texts"
_AT, _TEXT = "_at", "_text"
_AT_A_TIME = 10_000  # texts that are in Python's memory together
_DIGITS = frozenset("0123456789")

Judge = Callable[[str], bool]


def with_derived(engine: DuckDBEngine, table: Table, data: Any) -> Any:
    """The rows of a table with the columns that its `format` and `scan` declare.

    `data` is an Arrow table with typed columns, in any order; what is made of a column that is
    not among them is left out. Rows stay as they are and where they are.

    >>> with_derived(engine, schema.tables["parties"], rows).column_names   # doctest: +SKIP
    ['_row', 'party_id', 'code', 'code_valid', 'code_region']
    """
    for column in table.columns.values():
        if column.name not in data.column_names:
            continue
        made: dict[str, Any] = {}
        if column.format:
            made |= _formatted(column.name, column.format, data)
        if column.scan and column.scan.patterns:
            made |= _scanned(engine, column, column.scan.patterns, plain(data[column.name]))
        for name, values in made.items():
            data = data.append_column(name, values)
    return data


# -- format


def _formatted(name: str, form: Format, data: Any) -> dict[str, Any]:
    """`<column>_valid`, and one column a part; rows of no form have none of them."""
    cells, size = plain(data[name]), data.num_rows
    kinds = plain(data[form.by]) if form.by in data.column_names else None
    made = {f"{name}_valid": pa.nulls(size, pa.bool_())}
    made |= {f"{name}_{part}": pa.nulls(size, _part_type(part)) for part in form.parts}
    for code, one in form.forms.items():
        if form.by is not None and kinds is None:
            continue  # nobody says which form a row has
        mine = cells
        if kinds is not None:
            mine = pc.if_else(pc.equal(kinds, code), cells, pa.scalar(None, pa.string()))
        for suffix, values in _of_form(one, mine).items():
            made[f"{name}_{suffix}"] = pc.coalesce(values, made[f"{name}_{suffix}"])
    return made


def _of_form(form: Form, cells: Any) -> dict[str, Any]:
    words, indices = _distinct(cells)
    judge = accepts(form.module)
    fits = [form.length is None or len(word) == form.length for word in words]
    valid = [fit and judge(word) for word, fit in zip(words, fits, strict=True)]
    made = {"valid": pa.array(valid, pa.bool_()).take(indices)}
    for part, (first, last) in form.parts.items():
        # Where the length differs, nobody knows what stands at which place.
        read = [
            _part(part, w, first, last) if f else None for w, f in zip(words, fits, strict=True)
        ]
        made[part] = pa.array(read, _part_type(part)).take(indices)
    return made


def _part(name: str, word: str, first: int, last: int) -> Any:
    text = word[first - 1 : last] if len(word) >= last else None
    if text is None or not name.endswith(DAY_PART):
        return text
    return parse_date(text).value if _DIGITS.issuperset(text) else None


def _part_type(part: str) -> Any:
    return ARROW_TYPES["date" if part.endswith(DAY_PART) else "text"]


def _distinct(cells: Any) -> tuple[list[str], Any]:
    """The distinct values of a column, and for each row which one it has."""
    encoded = as_words(cells)
    return encoded.dictionary.to_pylist(), encoded.indices


# -- scan


def _scanned(
    engine: DuckDBEngine, column: Column, patterns: tuple[Pattern, ...], texts: Any
) -> dict[str, Any]:
    """`<column>_hits` and `<column>_found`; a text in which nothing stands has no hits."""
    rows, hits, found = [], [], []
    judges = [_judge(pattern) for pattern in patterns]
    for at, text, *matches in _candidates(engine, column.name, patterns, texts):
        standing = _standing(text, matches, judges)
        if standing:
            rows.append(at)
            hits.append(len(standing))
            codes = dict.fromkeys(patterns[place].code for place in sorted(standing))
            found.append(";".join(codes))
    places = pc.index_in(
        pa.array(range(len(texts)), pa.int64()), value_set=pa.array(rows, pa.int64())
    )
    none = pc.if_else(pc.is_valid(texts), pa.scalar(0, pa.int64()), pa.scalar(None, pa.int64()))
    return {
        f"{column.name}_hits": pc.coalesce(pa.array(hits, pa.int64()).take(places), none),
        f"{column.name}_found": pa.array(found, pa.string()).take(places),
    }


def _candidates(
    engine: DuckDBEngine, name: str, patterns: tuple[Pattern, ...], texts: Any
) -> Iterator[tuple[Any, ...]]:
    """(place, text, matches of each pattern) of the texts that any pattern matches."""
    names = [f"m{number}" for number in range(len(patterns))]
    matches = ", ".join(
        f"regexp_extract_all({_TEXT}, {sqltext.literal(p.pattern)}) AS {n}"
        for p, n in zip(patterns, names, strict=True)
    )
    some = " OR ".join(f"len({n}) > 0" for n in names)
    rows = pa.table({_AT: pa.array(range(len(texts)), pa.int64()), _TEXT: texts})
    engine.connection.register(_TEXTS, rows)
    try:
        sql = f"SELECT * FROM (SELECT {_AT}, {_TEXT}, {matches} FROM {_TEXTS}) WHERE {some}"
        result = engine.arrow(sql, f"scan of {name}")
    finally:
        engine.connection.unregister(_TEXTS)
    for batch in result.to_batches(max_chunksize=_AT_A_TIME):
        yield from zip(*(batch[n].to_pylist() for n in (_AT, _TEXT, *names)), strict=True)


def _judge(pattern: Pattern) -> Judge:
    """Is a match long enough, and does its module accept it? Each distinct match is asked once."""
    known: dict[str, bool] = {}
    accepted = accepts(pattern.module) if pattern.module else None

    def judge(match: str) -> bool:
        if match not in known:
            long_enough = len(match) >= pattern.min_length
            known[match] = long_enough and (accepted is None or accepted(match))
        return known[match]

    return judge


def _standing(text: str, matches: list[list[str]], judges: list[Judge]) -> list[int]:
    """For each match that stands, the place of its pattern in the list."""
    spans = []
    for place, judge in enumerate(judges):
        end = 0
        for match in matches[place]:
            # A pattern says nothing of what is around, so the next place where the match stands
            # is where the engine found it: any earlier one would have matched as well.
            start = text.index(match, end)
            end = start + len(match)
            if _whole(text, start, end) and judge(match):
                spans.append((start - end, place, start, end))
    kept: list[tuple[int, int]] = []  # apart from each other, in the order of the text
    places = []
    for _, place, start, end in sorted(spans):
        at = bisect(kept, (start, end))
        if (at == 0 or kept[at - 1][1] <= start) and (at == len(kept) or end <= kept[at][0]):
            kept.insert(at, (start, end))
            places.append(place)
    return places


def _whole(text: str, start: int, end: int) -> bool:
    """Does a match take up whole runs of digits?"""
    before = start > 0 and text[start] in _DIGITS and text[start - 1] in _DIGITS
    after = end < len(text) and text[end - 1] in _DIGITS and text[end] in _DIGITS
    return not before and not after
