"""One number that says how far ratings agree, with its interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with its interval; None where it is not defined. `subjects` decided it."""

    value: float | None
    low: float | None
    high: float | None
    subjects: int


UNDEFINED = Coefficient(None, None, None, 0)
