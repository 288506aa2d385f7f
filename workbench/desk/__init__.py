"""The review desk 评查台: where supervisors read a case with its originals and rate it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def open_desk(
    runs: str | Path | None = None, store: str | Path | None = None, viewer: str | None = None
) -> Any:
    """The desk of one person on a folder of runs and a store of reviews.

    Default: what is served, else `out` and its `review.sqlite`. `viewer` is who works here, in a
    notebook of one's own; a server of ours names the viewer itself, and then that holds.

    >>> open_desk("out", "out/review.sqlite")   # doctest: +SKIP
    """
    from workbench.desk.opening import opened

    return opened(runs, store, viewer)
