"""Canonical JSON (RFC 8785): one spelling for one content, so that a hash of it means something.

What has no single spelling in JSON is refused with a sentence that names the place, never the
value: a number that is none, a whole number that a double cannot hold, a key that is no text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

from workbench.terms import UsageError

# What a double holds exactly, and so every reader of JSON (RFC 7493).
LARGEST = 2**53 - 1
DEEPEST = 100


def canonical(content: Any, what: str = "body") -> str:
    """The canonical JSON of plain content. Raises `UsageError` for what is no JSON.

    >>> canonical({"b": 2.0, "a": ["一", None, True]})
    '{"a":["一",null,true],"b":2}'
    """
    import rfc8785

    return rfc8785.dumps(_plain(content, what, 0)).decode("utf-8")


def parsed(text: str) -> Any:
    """The content of canonical JSON; raises `ValueError` where it is none.

    A double beyond 2^53 is spelt without a point, and comes back as the double it was.

    >>> parsed(canonical({"a": 1e20}))
    {'a': 1e+20}
    """
    return (_EXACT if _LONG.search(text) else _QUICK).decode(text)


def quoted(text: str) -> str:
    """A text as canonical JSON: the standard library spells it as RFC 8785 does.

    >>> quoted('a "b"')
    '"a \\\\"b\\\\""'
    """
    return encode_basestring(text)


def _number(digits: str) -> int | float:
    number = int(digits) if len(digits) < 20 else None
    if number is not None and -LARGEST <= number <= LARGEST:
        return number
    return float(digits)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


# Most bodies have no number with that many digits, and need not be asked of each.
_LONG = re.compile("[0-9]{16}")
_QUICK = json.JSONDecoder(parse_constant=_no_number)
_EXACT = json.JSONDecoder(parse_int=_number, parse_constant=_no_number)


def _plain(value: Any, place: str, depth: int) -> Any:
    """The same content in dicts, lists, texts and numbers of Python's own, all checked."""
    if depth > DEEPEST:
        raise UsageError(f"{place[:80]}...: nested more than {DEEPEST} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, (int, float)):
        return _finite(value, place)
    if isinstance(value, (list, tuple)):
        return [_plain(one, f"{place}[{n}]", depth + 1) for n, one in enumerate(value)]
    if isinstance(value, Mapping):
        return {
            _key(key, place): _plain(one, f"{place}.{key}", depth + 1) for key, one in value.items()
        }
    raise UsageError(
        f"{place}: {type(value).__name__} is no type of JSON; write a day or a decimal as text"
    )


def _text(value: str, place: str) -> str:
    text = str.__str__(value)  # the text of a (str, Enum), too
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError(
            f"{place}: half of a character (a lone surrogate) is no text; read from a file in the "
            "wrong encoding, or cut in the middle?"
        ) from None
    return text


def _finite(value: int | float, place: str) -> int | float:
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise UsageError(
                f"{place}: a whole number beyond 2^53 - 1 is not the same to every reader of "
                "JSON; write it as text"
            )
        return int(value)
    if not math.isfinite(value):
        raise UsageError(f"{place}: JSON knows no infinity and no NaN; null says there is none")
    return float(value)


def _key(key: Any, place: str) -> str:
    if not isinstance(key, str):
        raise UsageError(f"{place}: the keys of JSON are texts, and one is {type(key).__name__}")
    return _text(key, f"a key in {place}")
