"""Where two things come together: a unit in one kind of cases, a check in one month.

A cell is compared with what its row and its column make of it without it: the odds of its column in
the other rows, times the odds ratio of its row to the other rows in the other columns; and with the
rate of its row elsewhere, if that is higher. So a unit that is weak in everything has no two-way
link, and neither has a kind of cases that all units find hard. The odds ratio is that of Mantel and
Haenszel (1959), column by column, so a row of other columns' cases than the rest is no exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.discovery import q_values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_WIDEST = 0.999  # of a correlation
_SUSPICIOUS = 0.05  # by the quick test; above it no cell is looked at more closely, or reported
_NODES = 21  # of the quadrature over the unsure log odds: good to far beyond four sigma


class Sides(NamedTuple):
    """Failures and decided subjects of each cell's row and column elsewhere, and of the rest."""

    row: tuple[NDArray[np.float64], NDArray[np.float64]]
    column: tuple[NDArray[np.float64], NDArray[np.float64]]
    rest: tuple[NDArray[np.float64], NDArray[np.float64]]


class LogOdds(NamedTuple):
    """The log odds of failing that row and column explain, and how unsure they are."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]


class TwoWay(NamedTuple):
    """Arrays shaped as the counts: the rate that the parents explain, p and q (NaN: not asked)."""

    against: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]


def find_two_way(
    failed: ArrayLike, n: ArrayLike, rho: ArrayLike, minimum: int, alike: bool = True
) -> TwoWay:
    """Test every cell of tables [..., rows, columns]; q over all of them, one family.

    `rho` is the overdispersion of each cell (it must fit the counts' shape). Cells with fewer than
    `minimum` decided subjects, or with so few in row or column elsewhere, are not asked. `alike`:
    the columns mean the same in each row, so the column's own rate is a parent, too.

    >>> import numpy as np
    >>> n = np.full((6, 3), 200)
    >>> failed = np.full((6, 3), 20); failed[2, 1] = 60
    >>> np.argwhere(find_two_way(failed, n, 0.0, 5).q <= 0.05).tolist()
    [[2, 1]]
    """
    import numpy as np

    from workbench.signals.tails import upper_tail

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    sides = _sides(bad, of)
    tested = (of >= minimum) & (sides.row[1] >= minimum) & (sides.column[1] >= minimum)
    asked = tested & (sides.rest[1] > 0) & (bad > 0)
    joint = _joint(bad, of)
    against, unsure = _explained(sides, joint, alike)
    own = np.broadcast_to(np.asarray(rho, dtype=np.float64), of.shape)
    spread = np.minimum(own + unsure, _WIDEST)
    p = np.where(tested, 1.0, np.nan)
    p[asked] = upper_tail(bad[asked], of[asked], against[asked], spread[asked])
    close = asked & (np.nan_to_num(p, nan=1.0) <= _SUSPICIOUS)
    p[close] = np.maximum(p[close], _by_log_odds(
        bad[close], of[close], joint.mean[close], joint.variance[close], own[close]))  # fmt: skip
    return TwoWay(against, p, q_values(p))


def _by_log_odds(
    failed: NDArray[np.float64], n: NDArray[np.float64], mean: NDArray[np.float64],
    variance: NDArray[np.float64], rho: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """The tail, averaged over normal log odds: where few failures say what the parents are, the
    rate they explain is skewed, and far above it is likelier than a beta distribution has it."""
    import numpy as np
    from scipy.special import expit

    from workbench.signals.tails import upper_tail

    places, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    rate = expit(mean[:, None] + np.sqrt(variance)[:, None] * places)
    found = upper_tail(failed[:, None], n[:, None], rate, np.minimum(rho, _WIDEST)[:, None])
    tail: NDArray[np.float64] = np.minimum(found @ weights / weights.sum(), 1.0)
    return tail


def _sides(failed: NDArray[np.float64], n: NDArray[np.float64]) -> Sides:
    def of(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        row = values.sum(axis=-1, keepdims=True) - values
        column = values.sum(axis=-2, keepdims=True) - values
        rest = values.sum(axis=(-1, -2), keepdims=True) - values - row - column
        return row, column, rest

    bad, its = of(failed), of(n)
    return Sides(*zip(bad, its, strict=True))


def _joint(failed: NDArray[np.float64], n: NDArray[np.float64]) -> LogOdds:
    """The log odds of each cell's column in the other rows, plus the log odds ratio of its row to
    the other rows in the other columns: that of Mantel and Haenszel with the variance of Robins,
    Breslow and Greenland (1986). Half a failure and half a success stand in each count."""
    import numpy as np

    others_bad = failed.sum(axis=-2, keepdims=True) - failed
    others = n.sum(axis=-2, keepdims=True) - n
    bad, good = failed + 0.5, n - failed + 0.5
    their_bad, their_good = others_bad + 0.5, others - others_bad + 0.5
    both = np.where((n > 0) & (others > 0), n + others, np.inf)  # else the column says nothing

    def elsewhere(values: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = values.sum(axis=-1, keepdims=True) - values
        return np.maximum(found, 0.0)

    up, down = bad * their_good / both, good * their_bad / both
    more, less = (bad + their_good) / both, (good + their_bad) / both
    above, below = elsewhere(up), elsewhere(down)
    known = (above > 0) & (below > 0)
    top, low = np.where(known, above, 1.0), np.where(known, below, 1.0)
    unsure = elsewhere(more * up) / top**2 + elsewhere(less * down) / low**2
    unsure += (elsewhere(more * down) + elsewhere(less * up)) / (top * low)
    mean = np.log(top / low * their_bad / their_good)
    return LogOdds(mean, unsure / 2 + 1 / their_bad + 1 / their_good)


def _explained(
    sides: Sides, joint: LogOdds, alike: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The rate that the parents explain, and how unsure it is (in units of rate (1 - rate))."""
    import numpy as np
    from scipy.special import expit

    both = expit(joint.mean)
    # The variance of the rate is that of the log odds times (p (1 - p)) squared.
    against, unsure = both, both * (1 - both) * joint.variance
    for bad, of in (sides.row, sides.column) if alike else (sides.row,):
        # Half a failure and half a success stand in each (Jeffreys): none of 80 is no rate of 0.
        rate, its = (bad + 0.5) / (of + 1), 1 / (of + 1)
        higher = rate > against
        against, unsure = np.where(higher, rate, against), np.where(higher, its, unsure)
    return against, unsure
