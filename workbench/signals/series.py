"""Many monthly series at once: does a rate rise, since when does it lie above another, and where
does it stand at the end.

`failed` and `n` have one row a series and one column a month; a month with n = 0 says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

LEAST_FAILED = 5  # below it, and in fewer months, a slope is nobody's finding
LEAST_MONTHS = 6
_EVIDENCE = 3.0  # log-likelihood that a late beginning must gain over "all the time"


class Trend(NamedTuple):
    """One value a series: the standardised slope (positive: rising) and its one-sided p-value,
    NaN where there is too little to ask."""

    z: NDArray[np.float64]
    p: NDArray[np.float64]


def trend(failed: ArrayLike, n: ArrayLike) -> Trend:
    """Does the share rise with the months? The test of Cochran and Armitage (1954, 1955).

    The variance is that of drawing the failures from the cases at hand (hypergeometric); where
    months scatter around the slope more than chance explains, it is multiplied by what the slope
    leaves of Pearson's chi-squared over its degrees of freedom; the tail is Student's. The p-value
    is that of a rise.

    >>> import numpy as np
    >>> found = trend([[1, 2, 4, 6, 8, 12]], np.full((1, 6), 40))
    >>> bool(found.p[0] < 0.01)
    True
    """
    import numpy as np
    from scipy.special import stdtr

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    month = np.arange(of.shape[1], dtype=np.float64)
    total, wrong, months = of.sum(axis=1), bad.sum(axis=1), (of > 0).sum(axis=1)
    asked = (np.minimum(wrong, total - wrong) >= LEAST_FAILED) & (months >= LEAST_MONTHS)
    every = np.where(asked, total, 1.0)
    mean, square = of @ month / every, of @ month**2 / every
    share = np.where(asked, wrong / every, 0.5)
    variance = total * share * (1 - share) * every / np.maximum(every - 1, 1) * (square - mean**2)
    asked &= variance > 0
    z = np.full(len(of), np.nan)
    z[asked] = (bad @ month - wrong * mean)[asked] / np.sqrt(variance[asked])
    left = (_chi_squared(bad, of, share) - z**2) / np.maximum(months - 2, 1)
    z = z / np.sqrt(np.maximum(1.0, left))
    return Trend(z, np.where(asked, stdtr(np.maximum(months - 2, 1), -z), np.nan))


def _chi_squared(
    failed: NDArray[np.float64], n: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Pearson's chi-squared of the months of each series around their common share."""
    import numpy as np

    spread = n * (share * (1 - share))[:, None]
    off = (failed - n * share[:, None]) ** 2
    squares: NDArray[np.float64] = np.divide(
        off, spread, out=np.zeros_like(off), where=spread > 0
    ).sum(axis=1)
    return squares


def onset(failed: ArrayLike, n: ArrayLike, usual: ArrayLike) -> NDArray[np.int64]:
    """The month (its column) since which a series most likely lies above its usual rate; 0 where
    a later beginning explains the counts no better than one before the first month.

    The change point of greatest likelihood (Hinkley 1970): the usual rate before it, one higher
    rate from it on. -1 where the series is not above the usual rate at all.

    >>> onset([[2, 1, 2, 2, 9, 8, 10]], [[20] * 7], [0.1]).tolist()
    [4]
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    rate = np.clip(np.asarray(usual, dtype=np.float64), 1e-6, 1 - 1e-6)[:, None]
    after_bad = np.cumsum(bad[:, ::-1], axis=1)[:, ::-1]
    after = np.cumsum(of[:, ::-1], axis=1)[:, ::-1]
    raised = np.divide(after_bad, after, out=np.zeros_like(after), where=after > 0)
    above = (raised > rate) & (of > 0)
    top = np.clip(raised, 1e-9, 1 - 1e-9)
    gain = after_bad * np.log(top / rate) + (after - after_bad) * np.log((1 - top) / (1 - rate))
    gain = np.where(above, gain, -np.inf)
    best = gain.argmax(axis=1)
    first = (of > 0).argmax(axis=1)
    reached, from_first = gain.max(axis=1), gain[np.arange(len(gain)), first]
    found = np.where(reached > from_first + _EVIDENCE, best, 0)
    return np.where(np.isfinite(reached), found, -1)


def scores(
    failed: ArrayLike, n: ArrayLike, rate: ArrayLike, rho: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """How unusual each count is at a rate, as a standard normal score; 0 where n is 0.

    By the mid-p value (Lancaster 1961): few cases are far from normal, and a score by mean and
    variance would make a single failure at a low rate look like a signal.

    >>> [round(float(z), 2) for z in scores([0, 1, 5], [10, 10, 10], 0.1)]
    [-0.94, 0.11, 3.12]
    """
    import numpy as np
    from scipy.special import ndtri

    from workbench.signals.tails import upper_tail

    shaped = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (failed, n, rate, rho)))
    bad, of, at, spread = shaped
    reached = upper_tail(bad, of, at, spread)
    beyond = np.where(bad < of, upper_tail(np.minimum(bad + 1, of), of, at, spread), 0.0)
    middle = np.clip((reached + beyond) / 2, 1e-16, 1 - 1e-16)
    return np.where(of > 0, -ndtri(middle), 0.0)
