"""Intervals around a failure rate: how sure a share of few cases can be.

A rate of 1 in 2 and one of 50 in 100 are both 50 %; the interval says what a reader may
conclude. scipy is loaded when first asked, never at import.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def clopper_pearson(failed: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share: `failed` of `n` at confidence `level`.

    Never too narrow: it holds the true share with at least the confidence asked for. Of
    nothing (`n` = 0) nothing is known: 0 to 1.

    >>> low, high = clopper_pearson(0, 10)
    >>> low, round(high, 4)
    (0.0, 0.3085)
    """
    _check(failed, n, level)
    low, high = clopper_pearson_arrays([failed], [n], level)
    return float(low[0]), float(high[0])


def clopper_pearson_arrays(
    failed: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`clopper_pearson` for many shares at once: the low ends and the high ends.

    >>> low, high = clopper_pearson_arrays([0, 5], [0, 5])
    >>> [round(float(end), 4) for end in low], [float(end) for end in high]
    ([0.0, 0.4782], [1.0, 1.0])
    """
    import numpy as np
    from scipy.special import betaincinv  # scipy.stats would take a second to import

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if not np.all((bad >= 0) & (bad <= of)):
        raise ValueError("expected 0 <= failed <= n everywhere")
    tail = (1 - _checked_level(level)) / 2
    # The quantile is not defined at the two ends, where the answer is 0 or 1 anyway.
    low = np.where(bad > 0, betaincinv(np.maximum(bad, 1), of - bad + 1, tail), 0.0)
    high = np.where(bad < of, betaincinv(bad + 1, np.maximum(of - bad, 1), 1 - tail), 1.0)
    return low, high


def wilson(failed: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a share: narrower than the exact one, right on average.

    For drawing many shares beside each other; what is decided is decided by the exact one.

    >>> [round(end, 4) for end in wilson(54, 100)]
    [0.4426, 0.6344]
    """
    _check(failed, n, level)
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = failed / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / weight
    half = z / weight * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the two ends the formula gives exactly 0 or 1, but for the last binary digit.
    return (centre - half if failed else 0.0), (centre + half if failed < n else 1.0)


def wilson_arrays(
    failed: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`wilson` for many shares at once: the low ends and the high ends.

    >>> low, high = wilson_arrays([54, 0], [100, 0])
    >>> [round(float(end), 4) for end in low], [round(float(end), 4) for end in high]
    ([0.4426, 0.0], [0.6344, 1.0])
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if not np.all((bad >= 0) & (bad <= of)):
        raise ValueError("expected 0 <= failed <= n everywhere")
    z = NormalDist().inv_cdf((1 + _checked_level(level)) / 2)
    many = np.maximum(of, 1.0)
    share, weight = bad / many, 1 + z * z / many
    centre = (share + z * z / (2 * many)) / weight
    half = z / weight * np.sqrt(share * (1 - share) / many + z * z / (4 * many * many))
    low, high = np.where(bad > 0, centre - half, 0.0), np.where(bad < of, centre + half, 1.0)
    return np.where(of > 0, low, 0.0), np.where(of > 0, high, 1.0)


def _check(failed: int, n: int, level: float) -> None:
    if not 0 <= failed <= n:
        raise ValueError(f"{failed} failed of {n}: expected 0 <= failed <= n")
    _checked_level(level)


def _checked_level(level: Any) -> float:
    if not 0 < level < 1:
        raise ValueError(f"confidence {level}: expected a number between 0 and 1")
    return float(level)
