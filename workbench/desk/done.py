"""What doing something at the desk gives: where to go then; and how its form is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """It is done: where to go, and what to say there."""

    address: str
    said: str = ""


def text(given: Given, name: str) -> str:
    """A text of a form; "" for anything else.

    >>> text({"reason": " late "}, "reason"), text({"reason": 3}, "reason")
    ('late', '')
    """
    value = given.get(name, "")
    return value.strip() if isinstance(value, str) else ""
