"""Failure rates month by month: a p-chart and an EWMA chart, with how often they cry wolf.

The p-chart (Shewhart) has limits for each month's number of cases; the EWMA of the months'
scores finds small lasting shifts sooner (Roberts 1959). How long a chart runs without cause is its
in-control run length; it is worked out here by the Markov chain of Brook and Evans (1972) and
stated beside the chart.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.series import scores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

SIGMAS = 3.0
LAMBDA = 0.2
WIDTH = 2.859  # of the EWMA's limits at LAMBDA: an in-control run length of about 370
_STATES = 201


class Chart(NamedTuple):
    """One value a month with its limits; `signal`: 1 above, -1 below, 0 within."""

    value: NDArray[np.float64]
    centre: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    signal: NDArray[np.int8]

    def row(self, at: int) -> Chart:
        """The chart of one of many series."""
        return Chart(*(part[at] for part in self))


def p_chart(failed: ArrayLike, n: ArrayLike, centre: float | None = None) -> Chart:
    """The p-chart of months; `centre` is the rate over all of them unless one is given.

    Months without decided subjects are NaN and signal nothing.

    >>> p_chart([2, 2, 12], [50, 50, 50], 0.05).signal.tolist()
    [0, 0, 1]
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    mean = bad.sum() / of.sum() if centre is None and of.sum() else (centre or 0.0)
    value = np.divide(bad, of, out=np.full_like(bad, np.nan), where=of > 0)
    half = SIGMAS * np.sqrt(mean * (1 - mean) / np.where(of > 0, of, np.nan))
    low, high = np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0)
    return Chart(value, np.full_like(value, mean), low, high, _signal(value, low, high))


def ewma_chart(
    failed: ArrayLike, n: ArrayLike, centre: float, weight: float = LAMBDA, width: float = WIDTH
) -> Chart:
    """The EWMA of monthly counts as normal scores (mid-p, `series.scores`), so that few cases at a
    low rate cry wolf no more often than many; a month without cases leaves it where it was.

    >>> ewma_chart([5] * 4 + [9] * 8, [100] * 12, 0.05).signal.tolist().index(1) > 4
    True
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    return ewma_charts(bad[None, :], of[None, :], [centre], weight, width).row(0)


def ewma_charts(
    failed: ArrayLike, n: ArrayLike, centre: ArrayLike, weight: float = LAMBDA, width: float = WIDTH
) -> Chart:
    """`ewma_chart` of many series at once: a row a series, a column a month; `centre` by series.

    >>> ewma_charts([[5] * 4 + [9] * 8], [[100] * 12], [0.05]).signal[:, -1].tolist()
    [1]
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    z = scores(bad, of, np.asarray(centre, dtype=np.float64)[:, None])
    value, last = np.empty_like(z), np.zeros(len(z))
    for month in range(z.shape[1]):
        seen = of[:, month] > 0
        last = np.where(seen, weight * z[:, month] + (1 - weight) * last, last)
        value[:, month] = last
    steps = np.cumsum(of > 0, axis=1)
    half = width * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * steps)))
    signal = np.where(of > 0, _signal(value, -half, half), 0).astype(np.int8)
    return Chart(value, np.zeros_like(value), -half, half, signal)


def _signal(
    value: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.int8]:
    import numpy as np

    return ((value > high).astype(np.int8) - (value < low).astype(np.int8)).astype(np.int8)


def run_length(shift: float = 0.0, weight: float = LAMBDA, width: float = WIDTH) -> float:
    """The average number of months until an EWMA chart signals, at a shift of so many standard
    errors (0: without cause). Both sides; asymptotic limits.

    >>> round(run_length())                                    # Lucas and Saccucci (1990): 370
    370
    """
    import numpy as np

    half = width * sqrt(weight / (2 - weight))
    step = 2 * half / _STATES
    middle = -half + step * (np.arange(_STATES) + 0.5)
    normal = NormalDist(shift)
    edges = (np.append(middle - step / 2, half)[None, :] - (1 - weight) * middle[:, None]) / weight
    reached = np.vectorize(normal.cdf)(edges)
    moves = np.diff(reached, axis=1)
    lengths = np.linalg.solve(np.eye(_STATES) - moves, np.ones(_STATES))
    return float(lengths[_STATES // 2])
