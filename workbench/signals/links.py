"""Unit by check: p-values against the rest of the bureau, with all that is not known about it.

The chance of a count is that of a beta-binomial at the rate of the *other* units, averaged over the
distribution of rho that `dispersion` has learned. The others' rate is itself only estimated: it is
drawn from the beta distribution of `failed + 1` and `passed` of theirs. Where units differ by
chance alone, the p-value is then exactly that of Fisher's test of the unit against the others (on
the kinship: Altham 1969), which keeps its level however few cases there are. Where they differ by
nature, correlated cases are worth fewer independent ones, and those are counted.

Against a target there is no such doubt, and that units differ by nature excuses nobody: the chance
is the binomial one at the target itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.discovery import q_values
from workbench.signals.dispersion import Dispersion, learn
from workbench.signals.tails import tails

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_UNLIKELY = 1e-3  # of the largest weight: values of rho below it change no p-value that matters


class Links(NamedTuple):
    """Arrays of units by checks. `expected`: failures at the rate of the others, or the target."""

    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    dispersion: Dispersion


class Cells(NamedTuple):
    """The distinct questions, one entry each: check (column), its counts, those of the others and
    the sum of the squares of the others' n; `target` is NaN where the others are the measure."""

    check: NDArray[np.int64]
    failed: NDArray[np.float64]
    n: NDArray[np.float64]
    bad: NDArray[np.float64]
    others: NDArray[np.float64]
    squares: NDArray[np.float64]
    target: NDArray[np.float64]


def find_links(
    failed: ArrayLike, n: ArrayLike, minimum: int = 1, target: ArrayLike | None = None
) -> Links:
    """Test every cell with `minimum` or more decided subjects; p and q are NaN elsewhere.

    `target`: a rate for each check, or NaN where it is compared with the rest of the bureau (so all
    are unless it is given). Where no other unit has a decided subject and no target is set there is
    nothing to compare with: NaN, too. Raises `ValueError` for a target that is no rate.

    >>> import numpy as np
    >>> bad, of = np.full((40, 2), 3), np.full((40, 2), 30)
    >>> bad[7, 0] = 14                                     # of 30, where the others have 3
    >>> found = find_links(bad, of, target=[np.nan, 0.2])  # the second check against a target
    >>> np.argwhere(found.q <= 0.05).tolist()
    [[7, 0]]
    >>> float(found.expected[7, 1])
    6.0
    """
    import numpy as np

    bad, of = np.asarray(failed, dtype=np.float64), np.asarray(n, dtype=np.float64)
    aim = _targets(target, of.shape[1])
    rate = np.where(np.isnan(aim), _rest(bad, of), aim)
    found = learn(bad, of)
    tested = (of >= minimum) & (of > 0) & ~np.isnan(rate)
    p = np.full(of.shape, np.nan)
    cells, back = distinct(bad, of, aim, tested)
    p[tested] = chances(cells, found)[back]
    return Links(rate * of, p, q_values(p), found)


def _targets(target: ArrayLike | None, checks: int) -> NDArray[np.float64]:
    import numpy as np

    aim = np.full(checks, np.nan)
    if target is not None:
        aim = np.array(np.broadcast_to(np.asarray(target, dtype=np.float64), (checks,)))
    if ((aim < 0) | (aim > 1)).any():
        raise ValueError("expected targets from 0 to 1, or NaN for none")
    return aim


def _rest(failed: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rate of all other units, of each cell; NaN where they have no decided subject."""
    import numpy as np

    others = n.sum(axis=0) - n
    bad = failed.sum(axis=0) - failed
    rate: NDArray[np.float64] = np.divide(
        bad, others, out=np.full_like(n, np.nan), where=others > 0
    )
    return rate


def distinct(
    failed: NDArray[np.float64], n: NDArray[np.float64], aim: NDArray[np.float64],
    tested: NDArray[np.bool_],
) -> tuple[Cells, NDArray[np.int64]]:  # fmt: skip
    """Each distinct question once, and where each tested cell finds its answer.

    Within a check the counts of the others follow from those of the unit.
    """
    import numpy as np

    check = np.broadcast_to(np.arange(n.shape[1]), n.shape)[tested]
    base = int(n.max(initial=0)) + 1
    key = (check * base + n[tested].astype(np.int64)) * base + failed[tested].astype(np.int64)
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    column, mine, own = check[first], failed[tested][first], n[tested][first]
    bad = failed.sum(axis=0)[column] - mine
    others, squares = n.sum(axis=0)[column] - own, (n**2).sum(axis=0)[column] - own**2
    return Cells(column, mine, own, bad, others, squares, aim[column]), back


def chances(cells: Cells, found: Dispersion) -> NDArray[np.float64]:
    """The tail of each cell, averaged over the values of rho that its check makes likely."""
    import numpy as np

    likely = found.weights >= _UNLIKELY * found.weights.max(axis=1, keepdims=True)
    weights = np.where(likely, found.weights, 0.0)
    weights = weights / weights.sum(axis=1, keepdims=True)
    at, step = np.nonzero(likely[cells.check])
    rate, spread = _predicted(cells, at, found.sigma[step])
    tail = tails(cells.failed[at], cells.n[at], rate, spread) * weights[cells.check[at], step]
    return np.minimum(np.bincount(at, tail, len(cells.n)), 1.0)


def _predicted(
    cells: Cells, at: NDArray[np.int64], sigma: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rate and rho of the beta-binomial in which a unit like the others would fall, cell `at` by
    value of sigma.

    The others' cases are worth `worth` independent ones; their rate has the beta distribution of
    `failed + 1` and `passed` of these. Variances of two beta distributions, one around the other,
    add up as below (law of total variance).
    """
    import numpy as np

    free, others = np.isnan(cells.target[at]), np.maximum(cells.others[at], 1.0)
    against = np.where(free, cells.bad[at] / others, cells.target[at])
    # Of two units the better one's rate is too low to say how far both may lie apart.
    all_bad, everyone = cells.bad + cells.failed, cells.others + cells.n
    near = ((all_bad + 0.5) / (everyone + 1))[at]
    rho = np.where(free, sigma**2 * near * (1 - near), 0.0)
    worth = others**2 / (others + rho * (cells.squares - cells.others).clip(0)[at])
    rate = np.where(free, (against * worth + 1) / (worth + 1), against)
    unsure = np.where(free, 1 / (worth + 2), 0.0)
    return rate, rho + unsure - rho * unsure
