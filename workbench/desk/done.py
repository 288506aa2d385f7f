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


def lines(given: str) -> list[str]:
    """What was listed, a thing a line or with semicolons between.

    >>> lines("documents/D1; 现场照片\\n第3页")
    ['documents/D1', '现场照片', '第3页']
    """
    parts = given.replace("；", ";").replace("\n", ";").split(";")
    return [part.strip() for part in parts if part.strip()]


def listed(given: Given, name: str) -> list[str]:
    """Several texts of one name: the ticked ones of a list.

    >>> listed({"case": "a"}, "case"), listed({"case": ["a", "b"]}, "case"), listed({}, "case")
    (['a'], ['a', 'b'], [])
    """
    value = given.get(name, [])
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, str) and one]
