"""Values that had a type where they come from, as plain text: ISO days, plain decimals, true/false.

They are typed again by the one way of judging cells. A column of points in time that all lie at
midnight is a column of days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.repeats import REPEATED

_LONGEST = 60  # digits of a number; beyond, it is left as it was written


def text_of_value(value: Any) -> str | None:
    """One value as plain text; None where there is nothing.

    >>> text_of_value(5.0), text_of_value(True), text_of_value(date(2025, 3, 7))
    ('5', 'true', '2025-03-07')
    >>> text_of_value(float("nan")) is None, text_of_value(1e21)
    (True, '1000000000000000000000')
    """
    if isinstance(value, str):
        return value or None
    if value is None or value != value:  # NaN and NaT are no value
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return text_of_float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain_number(str(value))
    if isinstance(value, timedelta):
        return _hours(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return ";".join(text for text in map(text_of_value, value) if text) or None
    return str(value)


def text_of_float(value: float) -> str | None:
    """A float without an exponent and without `.0`; the shortest that means the same."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return plain_number(repr(value))


def plain_number(text: str) -> str:
    """A number without its exponent, where it has one.

    >>> plain_number("1.5e3"), plain_number("1e-7"), plain_number("1e999999")
    ('1500', '0.0000001', '1e999999')
    """
    if "e" not in text and "E" not in text:
        return text
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST:
        return text
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _hours(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def text_array(texts: list[str | None]) -> Any:
    """Texts as an Arrow array; halves of characters, which JSON can write, become marks."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array([text and whole_text(text) for text in texts], pa.string())


def whole_text(text: str) -> str:
    """A text without halves of characters.

    >>> whole_text("a\\ud800")
    'a?'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def text_column(column: Any) -> Any | None:
    """A typed Arrow column as a chunked array of texts; None for what no text can say (bytes)."""
    kind = column.type
    if kind == REPEATED:  # words and places: as `repeats` holds them
        return column
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_null(kind):
        texts: Any = pa.nulls(len(column), pa.string())
    elif _is_text(kind):
        texts = column
    elif pa.types.is_floating(kind):
        texts = _numbers(column.cast(pa.float64()))
    elif pa.types.is_decimal(kind):
        texts = _without_exponents(pc.cast(column, pa.string()))
    elif pa.types.is_timestamp(kind):
        texts = _moments(column)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        texts = pa.array([text_of_value(value) for value in column.to_pylist()], pa.string())
    elif _has_no_text(kind):
        return None
    else:
        texts = column
    texts = pc.cast(texts, pa.string())
    return texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _has_no_text(kind: Any) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_nested(kind)
        or not _castable(kind)
    )


def _castable(kind: Any) -> bool:
    try:
        pc.cast(pa.nulls(0, kind), pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _numbers(column: Any) -> Any:
    known = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    return _without_exponents(pc.cast(known, pa.string()))


def _without_exponents(texts: Any) -> Any:
    if not pc.any(pc.match_substring(texts, "e", ignore_case=True)).as_py():
        return texts
    return pa.array([text and plain_number(text) for text in texts.to_pylist()], pa.string())


def _moments(column: Any) -> Any:
    """Points in time; days where none has a time of day."""
    if column.type.tz is not None:
        return pc.strftime(pc.cast(column, pa.timestamp("us", "UTC")), "%Y-%m-%d %H:%M:%SZ")
    column = pc.cast(column, pa.timestamp("us"), safe=False)  # nobody writes nanoseconds
    whole = pc.equal(column, pc.floor_temporal(column, unit="day"))
    return pc.cast(column, pa.date32()) if pc.all(whole).as_py() else pc.cast(column, pa.string())
