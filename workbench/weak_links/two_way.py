"""Where two things come together: a unit in one kind of cases, a check in one month.

A cell is compared with what its row and its column make of it without it: the odds of its row
elsewhere times the odds of its column elsewhere, over the odds of all the rest; and with the rate
of its row elsewhere, if that is higher. So a unit that is weak in everything has no two-way link,
and neither has a kind of cases that all units find hard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.discovery import q_values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_WIDEST = 0.999  # of a correlation


class Sides(NamedTuple):
    """Failures and decided subjects of each cell's row and column elsewhere, and of the rest."""

    row: tuple[NDArray[np.float64], NDArray[np.float64]]
    column: tuple[NDArray[np.float64], NDArray[np.float64]]
    rest: tuple[NDArray[np.float64], NDArray[np.float64]]


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
    asked = (of >= minimum) & (sides.row[1] >= minimum) & (sides.column[1] >= minimum)
    asked &= (sides.rest[1] > 0) & (bad > 0)
    tested = (of >= minimum) & (sides.row[1] >= minimum) & (sides.column[1] >= minimum)
    against, unsure = _explained(sides, alike)
    spread = np.minimum(np.broadcast_to(np.asarray(rho, dtype=np.float64), of.shape) + unsure,
                        _WIDEST)  # fmt: skip
    p = np.where(tested, 1.0, np.nan)
    p[asked] = upper_tail(bad[asked], of[asked], against[asked], spread[asked])
    return TwoWay(against, p, q_values(p))


def _sides(failed: NDArray[np.float64], n: NDArray[np.float64]) -> Sides:
    def of(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        row = values.sum(axis=-1, keepdims=True) - values
        column = values.sum(axis=-2, keepdims=True) - values
        rest = values.sum(axis=(-1, -2), keepdims=True) - values - row - column
        return row, column, rest

    bad, its = of(failed), of(n)
    return Sides(*zip(bad, its, strict=True))


def _explained(sides: Sides, alike: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The rate that the parents explain, and how unsure it is (in units of rate (1 - rate))."""
    import numpy as np

    # Half a failure and half a success stand in each (Jeffreys): none of 80 is no rate of 0.
    rates = [(bad + 0.5) / (of + 1) for bad, of in sides]
    odds = [rate / (1 - rate) for rate in rates]
    joint = odds[0] * odds[1] / odds[2]
    both = joint / (1 + joint)
    # The variance of log odds is 1 / (n p (1 - p)); that of the rate is (p (1 - p)) squared of it.
    logs = [1 / ((of + 1) * rate * (1 - rate)) for rate, (_, of) in zip(rates, sides, strict=True)]
    spread = both * (1 - both) * (logs[0] + logs[1] + logs[2])
    choices = [(both, spread), (rates[0], 1 / (sides.row[1] + 1))]
    choices += [(rates[1], 1 / (sides.column[1] + 1))] if alike else []
    against, unsure = choices[0]
    for rate, its in choices[1:]:
        higher = rate > against
        against, unsure = np.where(higher, rate, against), np.where(higher, its, unsure)
    return against, unsure
