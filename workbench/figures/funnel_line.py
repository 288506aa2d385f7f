"""The line of discoveries in a funnel: at each n the rate from which a unit would be flagged.

It is the run's own test, asked about units that are not there: the overdispersion is learned again
from all cells of the run, and a unit of n decided is compared with the others of its check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, log
from typing import TYPE_CHECKING, TypeAlias

from workbench.figures.cells import Cell
from workbench.signals.dispersion import Dispersion, learn
from workbench.signals.links import Cells, chances

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Tail: TypeAlias = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

_NONE = 1e-300  # a p-value below it is as good as this


def steps(n: Sequence[int], count: int, least: int = 1) -> list[int]:
    """About so many values of n from `least` on, close together where funnels are steep.

    >>> steps([100], 4), steps([], 4), steps([100], 4, 20)
    ([1, 5, 23, 110], [], [20, 36, 63, 110])
    """
    end = max(n, default=0) * 1.1
    if end < least:
        return []
    return sorted({ceil(least * (end / least) ** (at / (count - 1)) - 1e-9) for at in range(count)})


def target_of(its: Sequence[Cell]) -> float | None:
    """The target of a check; None where each unit is compared with the others."""
    against = {cell.against for cell in its if cell.against is not None}
    if len(against) != 1:
        return None
    n, failed = sum(c.n for c in its), sum(c.failed for c in its)
    (rate,) = against
    rests = [(failed - c.failed) / (n - c.n) for c in its if n > c.n]
    return rate if any(abs(rest - rate) > 1e-9 for rest in rests) else None


def discovery_line(
    everything: Sequence[Cell], check: str, p: float, n: Sequence[int]
) -> list[tuple[int, float]]:
    """At each n the rate whose p-value is `p` in the run's test of a check.

    A unit's others are nearly those of any other unit, but not quite: the line takes either all
    units or those that are not flagged, whichever puts the flagged ones above it and no other.
    """
    its = [cell for cell in everything if cell.check == check and cell.n]
    spread, column = _learned(everything, check)
    lines: list[tuple[int, int, list[tuple[int, float]]]] = []
    for others in ([cell for cell in its if not cell.flagged], its):
        if others:
            tail = _tail(others, spread, column, target_of(its))
            lines.append((_wrong(its, tail, p), len(lines), discovery(n, tail, p)))
    return min(lines)[2] if lines else []


def _learned(everything: Sequence[Cell], check: str) -> tuple[Dispersion, int]:
    """The overdispersion of all checks, and which column is this one's."""
    import numpy as np

    units = {unit: at for at, unit in enumerate(sorted({cell.unit for cell in everything}))}
    checks = {name: at for at, name in enumerate(sorted({cell.check for cell in everything}))}
    failed, n = np.zeros((2, len(units), len(checks)))
    for cell in everything:
        place = units[cell.unit], checks[cell.check]
        failed[place], n[place] = cell.failed, cell.n
    return learn(failed, n), checks[check]


def _tail(others: Sequence[Cell], spread: Dispersion, column: int, target: float | None) -> Tail:
    """The p-value of a unit beside these others, for arrays of failures and of n."""
    import numpy as np

    bad, total = sum(c.failed for c in others), sum(c.n for c in others)
    squares = sum(c.n**2 for c in others)

    def tail(failed: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
        def every(value: float) -> NDArray[np.float64]:
            return np.full(len(n), float(value))

        aim = every(np.nan if target is None else target)
        its = Cells(np.full(len(n), column), failed, n, every(bad), every(total), every(squares),
                    aim)  # fmt: skip
        return chances(its, spread)

    return tail


def _wrong(its: Sequence[Cell], tail: Tail, p: float) -> int:
    """How many units lie on the side of the line where the run does not see them."""
    import numpy as np

    tested = [cell for cell in its if cell.p is not None]
    if not tested:
        return 0
    failed, n = np.array([(c.failed, c.n) for c in tested], dtype=np.float64).T
    flagged = np.array([c.flagged for c in tested])
    return int(((tail(failed, n) <= p) != flagged).sum())


def discovery(n: Sequence[int], tail: Tail, p: float) -> list[tuple[int, float]]:
    """At each n the rate whose tail is `p`; n at which even all failed would not do are left out.

    Between whole numbers of failures the logarithm of the tail is joined by a line: a unit lies on
    or above the line exactly if its tail is at most p.
    """
    import numpy as np

    of = np.asarray(n, dtype=np.float64)
    if not len(of) or not 0 < p < 1:
        return []
    of = of[tail(of, of) <= p]
    low, high = np.zeros_like(of), of.copy()  # the tail of low is above p, that of high is not
    while (high - low > 1).any():
        middle = np.where(high - low > 1, np.floor((low + high) / 2), high)
        found = tail(middle, of) <= p
        high, low = np.where(found, middle, high), np.where(found, low, middle)
    above, below = _log(tail(low, of)), _log(tail(high, of))
    part = (above - log(p)) / np.where(above > below, above - below, 1.0)
    at = (low + np.clip(part, 0, 1)) / of
    return [(int(m), float(r)) for m, r in zip(of, at, strict=True)]


def _log(p: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    found: NDArray[np.float64] = np.log(np.maximum(p, _NONE))
    return found
