"""How long each step of a piece of work took; the progress is told on the way."""

from __future__ import annotations

import time
from collections.abc import Callable

Progress = Callable[[str], None]


class Stopwatch:
    """Times named steps and tells the progress.

    >>> seconds: dict[str, float] = {}
    >>> with Stopwatch(seconds, print)("checks"): pass
    checks
    >>> list(seconds)
    ['checks']
    """

    def __init__(self, seconds: dict[str, float], progress: Progress):
        self.seconds, self.progress, self.step, self.started = seconds, progress, "", 0.0

    def __call__(self, step: str) -> Stopwatch:
        self.step = step
        self.progress(step)
        return self

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self.seconds[self.step] = round(time.perf_counter() - self.started, 3)
