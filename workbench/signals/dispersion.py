"""How far units differ by nature: the overdispersion of each check, learned from all checks.

Every unit has rates a little of its own. A test that takes chance for the only cause of difference
flags them all, once they have enough cases. Here the spread of a check is not one number but a
distribution over a grid: what its own units say, and what the other checks make likely (empirical
Bayes, after Robbins; the mixing distribution is that of Kiefer and Wolfowitz, by EM). Checks of
all rates share it, so it is one of sigma, the standard deviation of log odds, which is alike for
rare and frequent failures; the correlation within units (`rho`) of a check follows from its rate p
as sigma squared times p (1 - p).

A unit that is really worse must not pass for overdispersion, nor lift the rate that the others are
measured by: each count may come from anywhere (a contaminated model). How many do is learned like
sigma, so that a bureau in which one unit in ten is weak is told from one in which all differ a
little.

The figures draw the limits of FunnelPlotR and Spiegelhalter (2005) instead: `winsorised`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.tails import log_ways

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

STRAYS = (0.001, 0.02, 0.05, 0.15)  # shares of cells that may come from anywhere
_FITTED = 0.02  # the share at which the common rate is fitted
_FITS = 2  # of rate and strays in turn, at each sigma from where the one before left off
_STEPS = 12
# What still passes for nature: at a sigma of 0.6 the odds of a unit two sigma up are 3.3 times the
# middle ones (at a rate of 10 %: rho = 0.032). No statistics can tell wider spread from many weak
# links; a supervisor wants to see it, so it is reported. What that costs is in docs/calibration.md.
LARGEST = 0.6
_SMALLEST = 0.03
_ROUNDS = 60
_PRIOR_CHECKS = 1.0  # what the flat prior over the grid weighs, in checks


class Dispersion(NamedTuple):
    """Values of sigma, and for each check (row) the weight of each of them (rows sum to 1); the
    rate of most of its units, and the share of its cells that is likely to come from anywhere."""

    sigma: NDArray[np.float64]
    weights: NDArray[np.float64]
    rate: NDArray[np.float64]
    stray: NDArray[np.float64]

    @property
    def mean(self) -> NDArray[np.float64]:
        """The expected rho of each check, at its rate."""
        found: NDArray[np.float64] = self.weights @ self.sigma**2 * self.rate * (1 - self.rate)
        return found


class _Fit(NamedTuple):
    """What one sigma makes of each check: the rate, and the log-likelihood by share of strays; how
    likely each cell is none."""

    rate: NDArray[np.float64]
    likely: NDArray[np.float64]
    kept: NDArray[np.float64]


def learn(failed: ArrayLike, n: ArrayLike) -> Dispersion:
    """The dispersion of each check from a table of units (rows) by checks (columns); n may be 0.

    >>> import numpy as np
    >>> even = learn(np.full((30, 4), 10), np.full((30, 4), 100))
    >>> bool((even.mean < 0.001).all())
    True
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    ways = log_ways(bad, of)
    sigmas = np.array([0.0, *np.geomspace(_SMALLEST, LARGEST, _STEPS)])
    fits = [_fit(bad, of, ways, 0.0, np.ones_like(of))]
    for sigma in sigmas:
        fits.append(_fit(bad, of, ways, float(sigma), fits[-1].kept))
    rate = np.stack([fit.rate for fit in fits[1:]], axis=1)
    likely = np.stack([fit.likely for fit in fits[1:]], axis=1)
    flat = likely.reshape(len(likely), len(sigmas) * len(STRAYS))  # check by (sigma, strays)
    joint = _weigh(flat).reshape(likely.shape)
    weights = joint.sum(axis=2)
    return Dispersion(sigmas, weights, (weights * rate).sum(axis=1), joint.sum(axis=1) @ STRAYS)


def _weigh(log_likelihood: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each check (row) makes of each value, with a prior that all checks have in common."""
    import numpy as np

    likely = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    checks, values = likely.shape
    prior = np.full(values, 1 / values)
    weights: NDArray[np.float64] = likely / likely.sum(axis=1, keepdims=True)
    for _ in range(_ROUNDS):
        weights = likely * prior
        weights /= weights.sum(axis=1, keepdims=True)
        prior = (weights.sum(axis=0) + _PRIOR_CHECKS / values) / (checks + _PRIOR_CHECKS)
    return weights


def _fit(
    failed: NDArray[np.float64], n: NDArray[np.float64], ways: NDArray[np.float64], sigma: float,
    kept: NDArray[np.float64],
) -> _Fit:  # fmt: skip
    """The rate of most units of each check at one sigma, and how likely the counts then are.

    The rate is fitted to the same counts, so they lie closer to it than to the true one, and few
    units would look more alike than they are. The adjustment of Cox and Reid (1987), half the
    logarithm of what the counts tell of the rate, takes that back.
    """
    import numpy as np

    total = failed.sum(axis=0)
    varies = (total > 0) & (total < n.sum(axis=0))
    rho = np.zeros(n.shape[1])
    for _ in range(_FITS):
        told = _told(n, rho)
        least = 0.5 / (told.sum(axis=0) + 1)  # no rate is quite 0 or 1
        rate = np.clip(_weighted_rate(failed, n, told * kept), least, 1 - least)
        rho = sigma**2 * rate * (1 - rate)
        chance = np.exp(log_chance(failed, n, ways, rate, rho))
        kept = (1 - _FITTED) * chance / ((1 - _FITTED) * chance + _FITTED / (n + 1))
    mixed = [np.log((1 - s) * chance + s / (n + 1)).sum(axis=0) for s in STRAYS]
    adjusted = np.stack(mixed, axis=1) - np.log(np.maximum(told.sum(axis=0), 1.0))[:, None] / 2
    return _Fit(rate, np.where(varies[:, None], adjusted, 0.0), kept)


def log_chance(
    failed: NDArray[np.float64], n: NDArray[np.float64], ways: NDArray[np.float64],
    mean: NDArray[np.float64], rho: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """As `tails.log_probability`, quicker where rho is none too small (all 0, or none): `ways` and
    what depends on the check alone are worked out once."""
    import numpy as np
    from scipy.special import gammaln

    if not rho.any():
        return ways + failed * np.log(mean) + (n - failed) * np.log1p(-mean)
    size = (1 - rho) / rho
    a, b = mean * size, (1 - mean) * size
    of_check = gammaln(a) + gammaln(b) - gammaln(size)
    return ways - gammaln(n + size) + gammaln(failed + a) + gammaln(n - failed + b) - of_check


def _weighted_rate(
    failed: NDArray[np.float64], n: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The rate of each check (column), each unit weighed by what it tells; 0 where none does."""
    import numpy as np

    share = np.divide(failed, n, out=np.zeros_like(n), where=n > 0)
    of = weight.sum(axis=0)
    rate: NDArray[np.float64] = np.divide(
        (share * weight).sum(axis=0), of, out=np.zeros_like(of), where=of > 0
    )
    return rate


def _told(n: NDArray[np.float64], rho: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many independent cases the n correlated ones of a unit are worth."""
    return n / (1 + (n - 1).clip(0) * rho)
