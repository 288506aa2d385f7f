"""A second verifier, written from docs/review_store.md alone with the standard library.

It says only whether a history is whole.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any


def whole(rows: list[dict[str, Any]], store_id: str, heads: list[dict[str, Any]]) -> bool:
    """Is each row in its place, is none missing, and do the exported heads agree?"""
    previous = sha256({"format": "review-store/1", "store_id": store_id})
    at = ""
    for number, row in enumerate(sorted(rows, key=lambda r: r["seq"]), 1):
        content = {name: value for name, value in row.items() if name != "hash"}
        try:
            content["body"] = json.loads(row["body"])
        except ValueError:
            return False
        if (row["seq"], row["previous"], row["store_id"]) != (number, previous, store_id):
            return False
        # the text that is stored is the canonical one
        if sha256(content) != row["hash"] or canonical(content["body"]) != row["body"]:
            return False
        if row["at"] < at:
            return False
        previous, at = row["hash"], row["at"]
    hashes = {row["seq"]: row["hash"] for row in rows}
    return all(
        head["store_id"] == store_id and hashes.get(head["seq"]) == head["hash"] for head in heads
    )


def sha256(content: Any) -> str:
    """Of the canonical JSON."""
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()


def canonical(value: Any) -> str:
    """RFC 8785."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """As ECMAScript writes it (Number::toString): the shortest digits that give the same double."""
    if value == 0:
        return "0"
    if value < 0:
        return "-" + number(-value)
    _, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    assert isinstance(exponent, int)
    point = len(text) + exponent
    if len(text) <= point <= 21:
        return text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{text}"
    fraction = f".{text[1:]}" if text[1:] else ""
    return f"{text[0]}{fraction}e{'+' if point > 0 else '-'}{abs(point - 1)}"
