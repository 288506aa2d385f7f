"""What a cell, and a column as a whole, was read as: the small things that readers hand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# Of two conventions that exclude each other, the one that so many times more cells prove is that
# of the column, and what proves the other is a slip of the pen.
_CLEARLY = 20


@dataclass(frozen=True)
class Parsed:
    """What a cell says. `repair` names what was put right; `shown` is how the report shows it
    (None: only the text itself; empty: nothing of it). `why` names what keeps a cell from being
    read, where more is known than that it is not of the type."""

    value: Any
    repair: str | None = None
    shown: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Question:
    """What nothing in a column decides: a reason, and what a mapping may answer as `format`."""

    reason_code: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """The words of a column, each as it was read, and what must be asked once for all of them."""

    cells: list[Parsed]
    questions: tuple[Question, ...] = ()


Parser = Callable[[str], Parsed]
Reader = Callable[[list[str]], Judged]
NOTHING = Parsed(None)


def each(parse: Parser) -> Reader:
    """A reader that looks at every word by itself."""
    return lambda words: Judged([parse(word) for word in words])


def unread(why: str) -> Parsed:
    """A cell that cannot be read, and why."""
    return Parsed(None, why=why)


def decide(first: int, second: int) -> bool | None:
    """Which of two conventions is proven: True the first, False the second, None neither.

    >>> decide(3, 0), decide(0, 1), decide(2, 3), decide(1, 400)
    (True, False, None, False)
    """
    if first == second or min(first, second) * _CLEARLY > max(first, second):
        return None
    return first > second


def asked(cells: Iterable[Parsed], answers: dict[str, tuple[str, ...]]) -> tuple[Question, ...]:
    """The questions behind cells that could not be read: one for each reason that has answers."""
    reasons = {cell.why for cell in cells if cell.why in answers}
    return tuple(Question(why, answers[why]) for why in sorted(reasons) if why)
