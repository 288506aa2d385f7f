"""Rates drawn in towards the common one, for ranking: few cases move nobody to the top.

A unit is either like the others (its rate from the beta distribution that `dispersion` learned) or
it is not (its rate from anywhere). Its shrunken rate is the mean of both, weighed by how likely
each is after its cases are seen. So noise of small units goes, and a real fault keeps its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.dispersion import Dispersion
from workbench.signals.tails import log_probability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_LEAST_RHO = 1e-9


class Shrunken(NamedTuple):
    """Arrays of units by checks: the shrunken rate, and the chance that a unit is unlike others."""

    rate: NDArray[np.float64]
    unlike: NDArray[np.float64]

    def excess(self, n: ArrayLike, expected: ArrayLike) -> NDArray[np.float64]:
        """Failures beyond the expected, after shrinking; never below 0."""
        import numpy as np

        found = self.rate * np.asarray(n, dtype=np.float64) - np.asarray(expected)
        above: NDArray[np.float64] = np.maximum(found, 0.0)
        return above


def shrink(failed: ArrayLike, n: ArrayLike, dispersion: Dispersion) -> Shrunken:
    """Shrink every cell; a cell without cases has the rate of its check.

    >>> import numpy as np
    >>> from workbench.signals.dispersion import learn
    >>> bad, of = np.array([[10], [9], [11], [2]]), np.array([[100], [100], [100], [4]])
    >>> bool(shrink(bad, of, learn(bad, of)).rate[3, 0] < 0.35)     # 2 of 4 says little
    True
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    rho = np.maximum(dispersion.mean, _LEAST_RHO)
    mean = np.clip(dispersion.rate, 1e-6, 1 - 1e-6)
    size = (1 - rho) / rho
    like = (bad + mean * size) / (of + size)
    anywhere = (bad + 1) / (of + 2)
    chance = np.exp(log_probability(bad, of, mean * size, (1 - mean) * size))
    stray = np.broadcast_to(dispersion.stray, of.shape)
    astray = stray / (of + 1)
    unlike = np.where(of > 0, astray / (astray + (1 - stray) * chance), stray)
    worse = np.where(anywhere > mean, unlike, 0.0)  # what is better by far is no weak link
    rate = np.where(of > 0, (1 - worse) * like + worse * anywhere, mean)
    return Shrunken(rate, unlike)
