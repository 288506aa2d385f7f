"""Exact tails of counts of failures: binomial, and beta-binomial where units differ by nature.

Units differ for reasons that are nobody's fault (case mix, season). The beta-binomial lets the rate
of a unit vary around the common one: `rho` is the correlation of two cases of one unit, 0 where
units differ by chance alone (then it is the binomial). Its variance is that of the binomial times
1 + (n - 1) rho.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_NEGLIGIBLE = 1e-17  # of the sum so far: what follows changes no digit of it
_TINY_RHO = 1e-9


def upper_tail(
    failed: ArrayLike, n: ArrayLike, rate: ArrayLike, rho: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """The chance of `failed` or more failures of `n` at a rate, arrays of one shape or scalars.

    Each distinct combination is worked out once. A rate of 0 or 1 leaves no chance to anything
    else. Raises `ValueError` for counts or shares that cannot be.

    >>> [round(float(p), 6) for p in upper_tail([3, 0], [10, 10], 0.1)]
    [0.070191, 1.0]
    >>> round(float(upper_tail(3, 10, 0.1, 0.1)), 6)       # two cases of a unit go together
    0.126829
    """
    import numpy as np

    shaped = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (failed, n, rate, rho)))
    _check(*shaped)
    rows = np.stack([x.ravel() for x in shaped])
    order = np.lexsort(rows)
    ordered = rows[:, order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    found = np.empty(len(order))
    found[order] = tails(*ordered[:, new])[np.cumsum(new) - 1]
    return found.reshape(shaped[0].shape)


def _check(failed: NDArray[np.float64], n: NDArray[np.float64], rate: NDArray[np.float64],
           rho: NDArray[np.float64]) -> None:  # fmt: skip
    if not ((failed >= 0) & (failed <= n)).all():
        raise ValueError("expected 0 <= failed <= n everywhere")
    if not ((rate >= 0) & (rate <= 1) & (rho >= 0) & (rho < 1)).all():
        raise ValueError("expected rates from 0 to 1 and rho from 0 to below 1")


def tails(
    failed: NDArray[np.float64], n: NDArray[np.float64], rate: NDArray[np.float64],
    rho: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """As `upper_tail`, of flat arrays of one length that are known to be right and distinct."""
    import numpy as np
    from scipy.special import betainc  # P(X >= k) of a binomial; scipy.stats takes a second

    found = np.where(failed > 0, betainc(np.maximum(failed, 1), n - failed + 1, rate), 1.0)
    varies = (rho > _TINY_RHO) & (failed > 0) & (rate > 0) & (rate < 1)
    if varies.any():
        found[varies] = _beta_binomial(failed[varies], n[varies], rate[varies], rho[varies])
    return found


def _beta_binomial(
    failed: NDArray[np.float64], n: NDArray[np.float64], rate: NDArray[np.float64],
    rho: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """Sum the probabilities on the side on which they fall off: above the mean or below it."""
    import numpy as np

    size = (1 - rho) / rho
    a, b = rate * size, (1 - rate) * size
    above = failed > n * rate
    found = np.empty_like(rate)
    # Above the mean from `failed` on upwards; below it from `failed - 1` on downwards, which is
    # upwards in the passed cases.
    found[above] = _sum_up(failed[above], n[above], a[above], b[above])
    below = ~above
    passed = n[below] - failed[below] + 1
    found[below] = 1 - _sum_up(passed, n[below], b[below], a[below])
    return found


def _sum_up(
    first: NDArray[np.float64], n: NDArray[np.float64], a: NDArray[np.float64],
    b: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """P(X >= first) by the ratio of neighbouring probabilities."""
    import numpy as np

    total = np.zeros_like(a)
    active = np.flatnonzero(first <= n)
    k, m, one, two = first[active], n[active], a[active], b[active]
    term = np.exp(log_probability(k, m, one, two))
    sums = np.zeros_like(term)
    while active.size:
        sums += term
        going = (k < m) & (term > _NEGLIGIBLE * sums)
        total[active[~going]] = sums[~going]
        if not going.all():
            active, k, m, one, two = active[going], k[going], m[going], one[going], two[going]
            term, sums = term[going], sums[going]
        term *= (m - k) / (k + 1) * (one + k) / (two + m - k - 1)
        k = k + 1
    return np.minimum(total, 1.0)


def log_probability(
    k: NDArray[np.float64], n: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The logarithm of the beta-binomial probability of k of n; arrays that fit together."""
    from scipy.special import betaln

    return log_ways(k, n) + betaln(k + a, n - k + b) - betaln(a, b)  # type: ignore[no-any-return]


def log_ways(k: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logarithm of the number of ways in which k of n can be chosen."""
    import numpy as np
    from scipy.special import betaln

    return -betaln(n - k + 1, k + 1) - np.log(n + 1)
