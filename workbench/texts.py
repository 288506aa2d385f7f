"""In which language people read: the one they asked for, or else that of the pack.

wb.language("en")                  # for the rest of this session
WORKBENCH_LANG=en jupyter lab      # for every session started so
run.html("en")                     # this once
"""

from __future__ import annotations

import os
from typing import Literal, TypeAlias

from workbench.terms import UsageError

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
VARIABLE = "WORKBENCH_LANG"
# Of this process: a notebook is one reader. (A context variable would be forgotten between cells.)
_chosen: Language | None = None


def language(choice: str | None) -> None:
    """Show everything in `zh` or `en` from now on; None: each thing in the language of its pack."""
    global _chosen
    _chosen = None if choice is None else known_language(choice)


def shown_language(of_pack: str, asked: str | None = None) -> Language:
    """The language to show something in: asked for now, chosen before, of the system, of the pack.

    >>> shown_language("zh", "en")
    'en'
    """
    if asked is not None:
        return known_language(asked)
    if _chosen is not None:
        return _chosen
    if of_system := os.environ.get(VARIABLE):
        return known_language(of_system, f"{VARIABLE}=")
    return of_pack if of_pack in LANGUAGES else LANGUAGES[0]


def known_language(choice: str, source: str = "") -> Language:
    """`choice`, if it is a language people can read here."""
    if choice not in LANGUAGES:
        raise UsageError(f"{source}{choice!r} is no language here: choose 'zh' or 'en'")
    return choice
