"""Intraclass correlations of whole scores: do reviewers give a case the same points?

Two-way random effects, absolute agreement: the raters are a sample, and one who is always milder
counts as disagreement. Source: Shrout & Fleiss 1979, McGraw & Wong 1996 (intervals).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.coefficient import UNDEFINED, Coefficient
from workbench.terms import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_NOTHING = 1e-12  # of a whole: what is left where nothing should be


@dataclass(frozen=True)
class _Squares:
    """Mean squares of a table of `n` subjects by `k` raters: of rows, of columns, of the rest."""

    n: int
    k: int
    rows: float
    columns: float
    rest: float


def intraclass(table: ArrayLike, level: float = 0.95) -> tuple[Coefficient, Coefficient]:
    """ICC(2,1), of one rater, and ICC(2,k), of the mean of all; rows with a gap are left out.

    >>> single, mean = intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
    ...                            [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(single.value, 2), round(mean.value, 2)
    (0.29, 0.62)
    """
    import numpy as np

    given = np.asarray(table, dtype=float)
    if given.ndim != 2:
        raise UsageError("points are a table: a row a subject, a column a rater")
    given = given[~np.isnan(given).any(axis=1)]
    if given.shape[0] < 2 or given.shape[1] < 2 or np.ptp(given) == 0:
        return UNDEFINED, UNDEFINED
    squares = _squares(given)
    n, k = squares.n, squares.k
    whole = squares.rows + (k - 1) * squares.rest + k * (squares.columns - squares.rest) / n
    if whole <= _NOTHING * max(squares.rows, squares.columns, squares.rest):
        return UNDEFINED, UNDEFINED  # nothing tells the subjects apart, nor the raters
    single = (squares.rows - squares.rest) / whole
    low, high = _bounds(squares, single, level)
    mean = _of_mean(single, k)
    return (
        Coefficient(single, low, high, n),
        Coefficient(mean, _of_mean(low, k), _of_mean(high, k), n) if mean is not None
        else UNDEFINED,
    )  # fmt: skip


def _of_mean(single: float | None, k: int) -> float | None:
    """What the mean of k raters is worth, by Spearman and Brown; of -1 / (k - 1) it is nothing."""
    if single is None or 1 + single * (k - 1) <= _NOTHING:
        return None
    return single * k / (1 + single * (k - 1))


def _squares(given: ArrayLike) -> _Squares:
    import numpy as np

    table = np.asarray(given)
    n, k = table.shape
    grand, by_row, by_column = table.mean(), table.mean(axis=1), table.mean(axis=0)
    rows = k * float(((by_row - grand) ** 2).sum())
    columns = n * float(((by_column - grand) ** 2).sum())
    odd = table - by_row[:, None] - by_column[None, :] + grand
    rest = float((odd**2).sum())
    least = _NOTHING * float(((table - grand) ** 2).sum())  # less is the last digits of numbers
    rows, columns, rest = (part if part > least else 0.0 for part in (rows, columns, rest))
    return _Squares(n, k, rows / (n - 1), columns / (k - 1), rest / ((n - 1) * (k - 1)))


def _bounds(squares: _Squares, single: float, level: float) -> tuple[float | None, float | None]:
    """McGraw and Wong's interval of ICC(2,1), by Satterthwaite's degrees of freedom; none where
    no subject differs from another and no rater from himself."""
    from scipy.special import fdtri  # scipy.stats would take a second to import

    n, k = squares.n, squares.k
    if squares.rest == 0 and squares.columns == 0:
        return single, single
    a = k * single / (n * (1 - single))
    b = 1 + k * single * (n - 1) / (n * (1 - single))
    spread = (a * squares.columns) ** 2 / (k - 1) + (b * squares.rest) ** 2 / ((n - 1) * (k - 1))
    if spread == 0:
        return None, None
    freedom = (a * squares.columns + b * squares.rest) ** 2 / spread
    tail = 1 - (1 - level) / 2
    below, above = float(fdtri(n - 1, freedom, tail)), float(fdtri(freedom, n - 1, tail))
    noise = k * squares.columns + (k * n - k - n) * squares.rest
    low = n * (squares.rows - below * squares.rest) / (below * noise + n * squares.rows)
    high = n * (above * squares.rows - squares.rest) / (noise + n * above * squares.rows)
    return low, high
