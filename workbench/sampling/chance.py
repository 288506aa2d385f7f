"""Chance that anyone can repeat: every random number is a SHA-256 of what it is for.

A draw must come out the same in ten years, on any machine and in any language. So no library's
random generator is asked: the number of a case is SHA-256 over the UTF-8 bytes of

    workbench-sample/1 <US> seed <US> purpose <US> what it is for

(<US> is the character 31), read as an integer of 256 bits. A reader can check one line of a draw
with `sha256sum`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

METHOD = "workbench-sample/1"
BITS = 256
_SEPARATOR = "\x1f"


def number(seed: str, purpose: str, what: str) -> int:
    """A number from 0 to 2**256 - 1.

    >>> number("7", "order", "A1") % 1000
    170
    """
    text = _SEPARATOR.join((METHOD, seed, purpose, what))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big")


def ordered(seed: str, purpose: str, ids: Iterable[str]) -> list[str]:
    """`ids` in the order of their numbers, whatever order they came in.

    >>> ordered("7", "order", ["A1", "A2", "A3"]) == ordered("7", "order", ["A3", "A1", "A2"])
    True
    """
    return sorted(ids, key=lambda one: (number(seed, purpose, one), one))


def happens(seed: str, purpose: str, what: str, part: int, of: int) -> bool:
    """An event of probability part / of, decided without rounding.

    >>> happens("7", "duel", "1", 1, 1), happens("7", "duel", "1", 0, 1)
    (True, False)
    """
    return number(seed, purpose, what) * of < part << BITS


def fresh_seed() -> str:
    """A seed that nobody chose.

    >>> len(fresh_seed()) > 10
    True
    """
    return str(secrets.randbits(64) | 1 << 63)
