"""The line of discoveries in a funnel: at each n the rate at which a unit would be flagged.

The run tests each unit against its others, as a beta-binomial averaged over what is known of the
overdispersion. One line can have one rate and one rho only: the rate of the units that are not
flagged, and the rho with which the line and the run's flags agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log
from typing import TYPE_CHECKING

from workbench.figures.cells import Cell
from workbench.signals.tails import upper_tail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NONE = 1e-300  # a p-value below it is as good as this
_TELLING = 0.5  # p-values above it say nothing about the tail
_RHOS = 80


def steps(n: Sequence[int], count: int) -> list[int]:
    """About so many values of n, close together where funnels are steep.

    >>> steps([100], 4), steps([], 4)
    ([1, 5, 23, 110], [])
    """
    if not n:
        return []
    end = max(n) * 1.1
    return sorted({ceil(end ** (at / (count - 1)) - 1e-9) for at in range(count)})


def effective_rho(found: Sequence[Cell], rate: float, cut: float, known: float) -> float:
    """The rho at which the tails at one common rate flag the same units as the run, and of those
    rhos the one whose tails come closest to the run's p-values (as logarithms); `known` where no
    unit says anything.
    """
    import numpy as np

    rows = [(c.failed, c.n, c.p, c.flagged) for c in found
            if c.p is not None and c.n and (c.p < _TELLING or c.flagged)]  # fmt: skip
    if not rows or not 0 < rate < 1:
        return known
    failed, n, p, flagged = np.array(rows, dtype=np.float64).T
    rhos = np.concatenate([[0.0], np.geomspace(1e-5, 0.3, _RHOS)])
    tails = upper_tail(failed[:, None], n[:, None], rate, rhos[None, :])
    off = np.log(np.maximum(tails, _NONE)) - np.log(np.maximum(p, _NONE))[:, None]
    wrong = ((tails <= cut) != (flagged > 0)[:, None]).sum(axis=0)
    return float(rhos[np.lexsort((np.abs(off).mean(axis=0), wrong))[0]])


def discovery(n: Sequence[int], rate: float, rho: float, p: float) -> list[tuple[int, float]]:
    """At each n the rate whose tail is `p`; n at which even all failed would not do are left out.

    Between whole numbers of failures the logarithm of the tail is joined by a line: a unit lies on
    or above the line exactly if its tail is at most p.

    >>> discovery([1, 10], 0.1, 0.0, 0.05)[0][0]
    10
    """
    import numpy as np

    if not 0 < rate < 1 or not 0 < p < 1 or not n:
        return []
    of = np.asarray(n, dtype=np.float64)
    possible = upper_tail(of, of, rate, rho) <= p
    of = of[possible]
    low, high = np.zeros_like(of), of.copy()  # the tail of low is above p, that of high is not
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        found = upper_tail(middle, of, rate, rho) <= p
        high, low = np.where(found, middle, high), np.where(found, low, middle)
    above, below = _log(upper_tail(low, of, rate, rho)), _log(upper_tail(high, of, rate, rho))
    part = (above - log(p)) / np.where(above > below, above - below, 1.0)
    at = (low + np.clip(part, 0, 1)) / of
    return [(int(m), float(r)) for m, r in zip(of, at, strict=True)]


def _log(p: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    found: NDArray[np.float64] = np.log(np.maximum(p, _NONE))
    return found
