"""Where our server hands out an original."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from workbench.originals.integrity import State
from workbench.originals.volume import Original

SEEN_LETTERS = 16  # of a hash, in the address that says that a warning about it was read


def original_address(
    base: str, run_id: str, original: Original, *, seen: bool = False, save: bool = False,
    language: str = "",
) -> str:  # fmt: skip
    """The address below `base` (`session.server_base()`). `seen`: the warning about an altered
    file was read; it holds for the content that the file has now.

    >>> original_address("/", "r-1", Original("t", "D/1"), save=True)
    '/originals/r-1/t/D%2F1?save=1'
    """
    asked = {}
    if seen and original.state is State.altered and original.found:
        asked["seen"] = original.found[:SEEN_LETTERS]
    if save:
        asked["save"] = "1"
    if language:
        asked["lang"] = language
    parts = "/".join(quote(part, safe="") for part in (run_id, original.table, original.id))
    return f"{base}originals/{parts}" + (f"?{urlencode(asked)}" if asked else "")
