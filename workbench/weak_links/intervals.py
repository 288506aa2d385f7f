"""Exact and Wilson intervals of many counts; each distinct pair is worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.statistics import clopper_pearson_arrays, wilson_arrays

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

ENDS = ("low", "high", "wilson_low", "wilson_high")


def intervals(failed: ArrayLike, n: ArrayLike, level: float) -> dict[str, NDArray[np.float64]]:
    """The ends of both intervals at confidence `level`, by name: `low` and `high` are exact
    (Clopper and Pearson), the others Wilson's. Rates lie between 0 and 1.

    >>> [round(float(end[0]), 3) for end in intervals([1, 1], [10, 10], 0.95).values()]
    [0.003, 0.445, 0.018, 0.404]
    """
    import numpy as np

    both = np.stack([np.asarray(failed, dtype=np.int64), np.asarray(n, dtype=np.int64)])
    base = int(both[1].max(initial=0)) + 1  # one whole number a pair sorts faster than two
    keys, back = np.unique(both[1] * base + both[0], return_inverse=True)
    of, bad = np.divmod(keys, base)
    ends = (*clopper_pearson_arrays(bad, of, level), *wilson_arrays(bad, of, level))
    return {name: end[back] for name, end in zip(ENDS, ends, strict=True)}
