"""One number that says how far ratings agree, with its interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with its interval and standard error; None where it is not defined.

    `subjects` decided it. `error` is None, too, where the interval does not come from one.
    """

    value: float | None
    low: float | None
    high: float | None
    subjects: int
    error: float | None = None


UNDEFINED = Coefficient(None, None, None, 0)
