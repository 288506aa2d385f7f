"""Unit by check: p-values against the rest of the bureau, with all that is not known about it.

The chance of a count is taken at the rate of the *other* units, as a beta-binomial over the
distribution of rho that `dispersion` has learned. That the other units' rate is itself only
estimated is a further variance of the rate, so it joins rho. Averaged over the grid, the tail is
the predictive one: what would be seen by chance in a unit like the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.discovery import q_values
from workbench.signals.dispersion import Dispersion, learn
from workbench.signals.tails import upper_tail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_UNLIKELY = 1e-3  # of the largest weight: values of rho below it change no p-value that matters


class Links(NamedTuple):
    """Arrays of units by checks. `expected`: failures at the rate of the others."""

    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    dispersion: Dispersion


def find_links(failed: ArrayLike, n: ArrayLike, minimum: int = 1) -> Links:
    """Test every cell with `minimum` or more decided subjects; p and q are NaN elsewhere.

    Where no other unit has a decided subject there is nothing to compare with: NaN, too.
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    found = learn(bad, of)
    rate, others = _rest(bad, of)
    tested = (of >= minimum) & (others > 0)
    p = np.where(tested, 0.0, np.nan)
    weights = np.where(found.weights >= _UNLIKELY * found.weights.max(axis=1, keepdims=True),
                       found.weights, 0.0)  # fmt: skip
    weights = weights / weights.sum(axis=1, keepdims=True)
    for step, rho in enumerate(found.grid):
        its = tested & (weights[:, step] > 0)
        if not its.any():
            continue
        spread = rho + _of_the_rate(of, rho)
        tail = upper_tail(bad[its], of[its], rate[its], np.minimum(spread[its], 0.999))
        p[its] += np.broadcast_to(weights[:, step], of.shape)[its] * tail
    p = np.minimum(p, 1.0)
    return Links(rate * of, p, q_values(p), found)


def _rest(
    failed: NDArray[np.float64], n: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The rate of all other units, drawn in so that none is exactly 0 or 1; and their n."""
    others = n.sum(axis=0) - n
    bad = failed.sum(axis=0) - failed
    return (bad + 0.5) / (others + 1), others


def _of_the_rate(n: NDArray[np.float64], rho: float) -> NDArray[np.float64]:
    """The variance of the other units' rate, in units of rate (1 - rate): it adds to rho."""
    import numpy as np

    total, squares = n.sum(axis=0), (n**2).sum(axis=0)
    others, their = total - n, squares - n**2
    spread = others + rho * (their - others)  # variance of a sum of correlated cases
    found: NDArray[np.float64] = np.divide(
        spread, others**2, out=np.zeros_like(n), where=others > 0
    )
    return found
