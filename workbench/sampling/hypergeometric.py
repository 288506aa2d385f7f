"""Exact statements about a finite population from a sample without replacement.

Of `size` cases `sample` were drawn with equal chance and `found` of them deviate. What may the
number of deviating cases in all be? Everything rests on one identity,

    P(found or fewer | d deviate) - P(found or fewer | d + 1 deviate)
        = C(d, found) C(size - d - 1, sample - found - 1) / C(size, sample)

so that one running sum gives the probability for every d at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def at_most(found: int, sample: int, size: int) -> NDArray[np.float64]:
    """P(`found` or fewer in the sample | d deviate), for d = 0 .. size.

    >>> [round(float(p), 4) for p in at_most(0, 2, 4)]
    [1.0, 0.5, 0.1667, 0.0, 0.0]
    """
    import numpy as np
    from scipy.special import gammaln

    if found >= sample:
        return np.ones(size + 1)
    d = np.arange(size, dtype=np.float64)

    def log_choose(n: NDArray[np.float64], k: int) -> NDArray[np.float64]:
        inside = n >= k
        n = np.where(inside, n, k)
        value = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return np.asarray(np.where(inside, value, -np.inf))

    whole = float(log_choose(np.array([float(size)]), sample)[0])
    steps = np.exp(log_choose(d, found) + log_choose(size - d - 1, sample - found - 1) - whole)
    # From the small end, so that small tails keep their digits.
    tail = np.concatenate([np.cumsum(steps[::-1])[::-1], [0.0]])
    return np.asarray(np.minimum(tail, 1.0))


def most(found: int, sample: int, size: int, confidence: float) -> int:
    """The upper bound: at most so many of `size` deviate, with at least this confidence.

    >>> most(0, 59, 10_000, 0.95), most(0, 59, 100, 0.95), most(3, 10, 10, 0.95)
    (493, 3, 3)
    """
    import numpy as np

    possible = np.flatnonzero(at_most(found, sample, size) > 1 - confidence)
    return int(min(possible[-1], size - (sample - found)))


def fewest(found: int, sample: int, size: int, confidence: float) -> int:
    """The lower bound: at least so many of `size` deviate, with at least this confidence.

    >>> fewest(2, 10, 100, 0.95), fewest(0, 10, 100, 0.95)
    (5, 0)
    """
    return size - most(sample - found, sample, size, confidence)
