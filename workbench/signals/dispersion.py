"""How far units differ by nature: the overdispersion of each check, learned from all checks.

Every unit has rates a little of its own. A test that takes chance for the only cause of difference
flags them all, once they have enough cases. Here the correlation within units (`rho`) of a check is
not one number but a distribution over a grid: what its own units say, and what the other checks
make likely (empirical Bayes, after Robbins; the mixing distribution is that of Kiefer and
Wolfowitz, by EM). A unit that is really worse must not pass for overdispersion: each count comes
with a small probability from anywhere (a contaminated model), so that single cells count little.

The figures draw the limits of FunnelPlotR and Spiegelhalter (2005) instead: `winsorised`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.tails import log_ways

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

STRAY = 0.05  # the share of cells that may come from anywhere
_STEPS = 24
_SMALLEST, _LARGEST = 1e-4, 0.3
_ROUNDS = 60
_PRIOR_CELLS = 1.0  # what the flat prior over the grid weighs, in checks


class Dispersion(NamedTuple):
    """Values of rho, and for each check the weight of each of them (rows sum to 1)."""

    grid: NDArray[np.float64]
    weights: NDArray[np.float64]

    @property
    def mean(self) -> NDArray[np.float64]:
        """The expected rho of each check."""
        return self.weights @ self.grid


def learn(failed: ArrayLike, n: ArrayLike) -> Dispersion:
    """The dispersion of each check from a table of units (rows) by checks (columns); n may be 0.

    >>> import numpy as np
    >>> even = learn(np.full((30, 4), 10), np.full((30, 4), 100))
    >>> bool((even.mean < 0.001).all())
    True
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    grid = np.concatenate([[0.0], np.geomspace(_SMALLEST, _LARGEST, _STEPS)])
    ways = log_ways(bad, of)
    likely = np.stack([_log_likelihood(bad, of, ways, rho) for rho in grid], axis=1)
    likely = np.exp(likely - likely.max(axis=1, keepdims=True))
    prior = np.full(len(grid), 1 / len(grid))
    for _ in range(_ROUNDS):
        weights = likely * prior
        weights /= weights.sum(axis=1, keepdims=True)
        prior = (weights.sum(axis=0) + _PRIOR_CELLS / len(grid)) / (len(weights) + _PRIOR_CELLS)
    return Dispersion(grid, weights)


def _log_likelihood(
    failed: NDArray[np.float64], n: NDArray[np.float64], ways: NDArray[np.float64], rho: float
) -> NDArray[np.float64]:
    """How likely the counts of each check are at one rho, a stray share apart.

    The common rate is fitted to the same counts, so they lie closer to it than to the true one,
    and few units would look more alike than they are. The adjustment of Cox and Reid (1987), half
    the logarithm of what the counts tell of the rate, takes that back.
    """
    import numpy as np

    rate, known = typical_rate(failed, n, rho), _told(n, rho).sum(axis=0)
    varies = (rate > 0) & (rate < 1)
    mean = np.where(varies, rate, 0.5)
    chance = np.exp(log_chance(failed, n, ways, mean, rho))
    mixed = np.log((1 - STRAY) * chance + STRAY / (n + 1))
    adjusted = mixed.sum(axis=0) - np.log(np.maximum(known, 1.0)) / 2
    return np.where(varies, adjusted, 0.0)


def log_chance(
    failed: NDArray[np.float64], n: NDArray[np.float64], ways: NDArray[np.float64],
    mean: NDArray[np.float64], rho: float,
) -> NDArray[np.float64]:  # fmt: skip
    """As `tails.log_probability`, quicker where rho is none too small: `ways` and what depends on
    the check alone are worked out once."""
    import numpy as np
    from scipy.special import gammaln

    if rho == 0:
        return ways + failed * np.log(mean) + (n - failed) * np.log1p(-mean)
    size = (1 - rho) / rho
    a, b = mean * size, (1 - mean) * size
    of_check = gammaln(a) + gammaln(b) - gammaln(size)
    return ways - gammaln(n + size) + gammaln(failed + a) + gammaln(n - failed + b) - of_check


def typical_rate(
    failed: ArrayLike, n: ArrayLike, rho: float | NDArray[np.float64] = 0.0
) -> NDArray[np.float64]:
    """The rate of each check over all units (columns), each unit weighed by what it tells.

    At a rho of 0 every case counts the same; the larger rho, the more every unit does.

    >>> import numpy as np
    >>> bad, of = [[10], [9000]], [[100], [10000]]
    >>> [round(float(typical_rate(bad, of, rho)[0]), 3) for rho in (0, 0.1)]
    [0.892, 0.517]
    """
    import numpy as np

    cases = np.asarray(n, dtype=np.float64)
    told = _told(cases, rho)
    of = told.sum(axis=0)
    share = np.divide(failed, cases, out=np.zeros_like(cases), where=cases > 0)
    rate: NDArray[np.float64] = np.divide(
        (share * told).sum(axis=0), of, out=np.zeros_like(of), where=of > 0
    )
    return rate


def _told(n: NDArray[np.float64], rho: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """How many independent cases the n correlated ones of a unit are worth."""
    return n / (1 + (n - 1).clip(0) * rho)
