"""JSON as parts of entries: checked as it comes in, refused in a sentence where it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.review import parts
from workbench.review.refusals import Refused


def read_rating(
    items: Mapping[str, Any], vetoes: Mapping[str, Any]
) -> tuple[dict[str, parts.Item], dict[str, parts.Decision]]:
    """Items and vetoes of a rating."""
    return read_parts(items, parts.Item), read_parts(vetoes, parts.Decision)


def read_parts(its: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Values by name as parts of a kind."""
    return {str(key): read_part(value, kind) for key, value in its.items()}


def read_part(value: Any, kind: type[Any]) -> Any:
    """A value as a part of its kind; raises `Refused` where it does not fit."""
    import msgspec

    if isinstance(value, kind):
        return value
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Refused("items_unreadable", why=str(error)) from None
