"""Limits for figures: funnel plots with overdispersion, and the false-discovery line.

Spiegelhalter (2005), Stat Med 24:1185: rates on the arcsine scale, z-scores winsorised, an additive
between-unit variance (tau squared) by DerSimonian and Laird; as R's FunnelPlotR does for
proportions. Jones, Ohlssen and Spiegelhalter (2008), J Clin Epidemiol 61:232: the line at which a
unit is found at a false-discovery rate.
"""

from __future__ import annotations

from math import asin, sin, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

WINSORISED = 0.1  # of the z-scores at each end


class Overdispersion(NamedTuple):
    """`phi`: mean squared winsorised z-score; `tau2`: variance between units on the arcsine scale,
    0 where phi says that chance is enough."""

    phi: float
    tau2: float


def z_scores(failed: ArrayLike, n: ArrayLike, target: float) -> NDArray[np.float64]:
    """How many standard errors a rate lies off the target, on the arcsine scale (variance 1 / 4n).

    >>> [round(float(z), 3) for z in z_scores([10, 20], [100, 100], 0.1)]
    [0.0, 2.838]
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    return (np.arcsin(np.sqrt(bad / of)) - asin(sqrt(target))) * 2 * np.sqrt(of)


def winsorised(
    failed: ArrayLike, n: ArrayLike, target: float, share: float = WINSORISED
) -> Overdispersion:
    """Overdispersion of units around a target: phi over all, tau squared where it exceeds chance.

    Units without decided subjects say nothing. Of fewer than two units nothing is known: no
    overdispersion.
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    bad, of = bad[of > 0], of[of > 0]
    if len(of) < 2:
        return Overdispersion(1.0, 0.0)
    z = z_scores(bad, of, target)
    low, high = np.quantile(z, [share, 1 - share])
    z = np.clip(z, low, high)
    count, weight = len(z), 4 * of  # one over the variance of each
    phi = float((z**2).sum() / count)
    return Overdispersion(phi, between_units(count * phi, weight))


def between_units(squares: float, weights: ArrayLike) -> float:
    """The variance between units (DerSimonian and Laird 1986) from the sum of squared z-scores and
    one over the variance of each unit; 0 where the sum is no more than chance makes it.

    >>> between_units(3.0, [1.0, 1.0, 1.0]), between_units(1.0, [1.0, 1.0, 1.0])
    (0.5, 0.0)
    """
    import numpy as np

    weight = np.asarray(weights, dtype=np.float64)
    spread = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((squares - (len(weight) - 1)) / spread))


def funnel(target: float, n: int, tau2: float, level: float) -> tuple[float, float]:
    """The limits of a funnel at n cases: where a rate is expected with this confidence.

    >>> [round(end, 4) for end in funnel(0.1, 100, 0.0, 0.95)]
    [0.0492, 0.1661]
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    half = z * sqrt(1 / (4 * n) + tau2)
    centre = asin(sqrt(target))
    return sin(max(centre - half, 0.0)) ** 2, sin(min(centre + half, asin(1.0))) ** 2
