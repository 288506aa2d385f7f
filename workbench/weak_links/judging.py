"""The counts of a bureau, judged: which cells chance does not explain, how sure, since when.

Four families of questions, each with a false-discovery rate of its own (Benjamini and Hochberg):
unit x check over the whole period; rates that rise; and what comes together (`two_way`), a unit in
one kind of cases and a check in one month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.signals.charts import ewma_charts
from workbench.signals.discovery import q_values
from workbench.signals.links import Cells, Links, chances, find_links
from workbench.signals.rates import shrink
from workbench.signals.series import onset, trend
from workbench.weak_links.counts import Counts
from workbench.weak_links.two_way import TwoWay, find_two_way

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_POWER = 0.8  # what "would be found" means


class Judged(NamedTuple):
    """Arrays of units by checks. `excess`: failures beyond the expected, after shrinking;
    `detectable`: the rate that would be found in four bureaux of five (NaN: none would be)."""

    against: NDArray[np.float64]
    expected: NDArray[np.float64]
    excess: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    detectable: NDArray[np.float64]
    rho: NDArray[np.float64]  # by check


def judge_units(counts: Counts, minimum: int, level: float,
                targets: NDArray[np.float64]) -> Judged:  # fmt: skip
    """Unit x check over the audit period, in closed months. `targets`: a rate by check, NaN where
    the rest of the bureau is what a unit is compared with.
    """
    import numpy as np

    failed, n = counts.closed_failed, counts.closed_n
    found = find_links(failed, n, minimum, targets)
    against = np.divide(found.expected, n, out=np.full_like(n, np.nan), where=n > 0)
    excess = shrink(failed, n, found.dispersion).excess(n, found.expected)
    asked = ~np.isnan(found.p)
    flagged = asked & (found.q <= level)
    return Judged(
        np.where(asked, against, np.nan), np.where(asked, found.expected, np.nan),
        np.where(asked, excess, np.nan), found.p, found.q, flagged,
        _detectable(counts, found, level, targets), found.dispersion.mean,
    )  # fmt: skip


def _detectable(counts: Counts, found: Links, level: float,
                targets: NDArray[np.float64]) -> NDArray[np.float64]:  # fmt: skip
    """The failure rate of a cell at which it would be flagged with a chance of 80 %.

    How many failures that takes is asked of the run's own test, once for each check and n, beside
    others as the check has them on the whole. Where not even a failure of every subject would be
    flagged, no rate is: NaN.
    """
    import numpy as np
    from scipy.special import betaincinv

    n, rate = counts.closed_n, np.full_like(counts.closed_n, np.nan)
    tested = ~np.isnan(found.p)
    if not tested.any():
        return rate
    check = np.broadcast_to(np.arange(n.shape[1]), n.shape)[tested]
    pairs, back = np.unique(np.stack([check, n[tested]]), axis=1, return_inverse=True)
    column, own = pairs[0].astype(np.int64), pairs[1]
    total, failed = n.sum(axis=0)[column], counts.closed_failed.sum(axis=0)[column]
    others = np.maximum(total - own, 0.0)
    bad = np.divide(failed * others, total, out=np.zeros_like(total), where=total > 0)
    squares = np.maximum((n**2).sum(axis=0)[column] - own**2, 0.0)
    cells = Cells(column, own, own, bad, others, squares, targets[column])
    needed = _fewest(cells, found, cut_off(found.p, found.q, level))
    possible = needed <= own
    reached = betaincinv(np.minimum(needed, own), np.maximum(own - needed, 0) + 1, _POWER)
    rate[tested] = np.where(possible, reached, np.nan)[back.ravel()]
    return rate


def _fewest(cells: Cells, found: Links, cut: float) -> NDArray[np.float64]:
    """The fewest failures of each cell that would be flagged, by halving; n + 1: none would."""
    import numpy as np

    low, high = np.zeros_like(cells.n), cells.n + 1  # too few, enough
    for _ in range(int(np.log2(cells.n.max(initial=1) + 1)) + 2):
        middle = np.floor((low + high) / 2)
        enough = (
            chances(cells._replace(failed=np.minimum(middle, cells.n)), found.dispersion) <= cut
        )
        going = high - low > 1
        high = np.where(going & enough, middle, high)
        low = np.where(going & ~enough, middle, low)
    return high


def cut_off(p: NDArray[np.float64], q: NDArray[np.float64], level: float) -> float:
    """The p-value at which one more cell of a family would be flagged (Benjamini and Hochberg): all
    that are flagged lie below it, and none of the others does.

    >>> import numpy as np
    >>> p = np.array([1e-9, 0.2, 0.6, np.nan, 0.9])
    >>> cut_off(p, q_values(p), 0.05)                          # the second of four
    0.025
    """
    import numpy as np

    asked = ~np.isnan(p)
    tested, flagged = int(asked.sum()), int((q[asked] <= level).sum())
    return level * min(flagged + 1, tested) / max(tested, 1)


class Rising(NamedTuple):
    """Cells (numbers as in `Counts.cell`) with a monthly series, and their trend."""

    cells: NDArray[np.int64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]


def judge_trends(counts: Counts, flagged: NDArray[np.bool_], minimum: int) -> Rising:
    """Of which cells, of those not flagged, the monthly rate rises; q over all that can be asked.

    What is flagged depends on totals alone, and the test of a trend is one given the totals, so
    its p-values are none the smaller for the choice.
    """
    import numpy as np

    cells = np.flatnonzero((counts.closed_n.ravel() >= minimum) & ~flagged.ravel())
    failed, n = counts.monthly(cells)
    found = trend(failed, n)
    return Rising(cells, found.p, q_values(found.p))


def judge_kinds(counts: Counts, rho: NDArray[np.float64], minimum: int) -> TwoWay:
    """Unit x kind of case in each check: arrays of checks by units by kinds."""
    checks, units, kinds = len(counts.checks), len(counts.units), len(counts.kinds)
    place = (counts.check * units + counts.unit) * kinds + counts.kind
    place[counts.kind < 0] = -1
    failed, n = counts.summed(place, checks * units * kinds)
    shape = (checks, units, kinds)
    return find_two_way(failed.reshape(shape), n.reshape(shape), rho[:, None, None], minimum)


def judge_months(counts: Counts, rho: NDArray[np.float64], minimum: int) -> TwoWay:
    """Check x month over all units: an array of checks by months."""
    checks, months = len(counts.checks), len(counts.months)
    place = counts.check * months + counts.month
    place[counts.month < 0] = -1
    failed, n = counts.summed(place, checks * months)
    shape = (checks, months)
    return find_two_way(failed.reshape(shape), n.reshape(shape), rho[:, None], minimum, alike=False)


class Course(NamedTuple):
    """Of some cells: the month (its place) since which they lie above what they are compared with,
    0 for all the time; and where their chart stands at the last month: 1 above their own level,
    -1 below, 0 within."""

    since: NDArray[np.int64]
    moves: NDArray[np.int64]
    last: NDArray[np.int64]  # the last closed month with decided subjects
    first: NDArray[np.int64]


def follow(counts: Counts, cells: NDArray[np.int64], against: NDArray[np.float64]) -> Course:
    """How some cells went on, month by month. The chart is the one that people see: an EWMA of
    mid-p scores around the cell's own rate (how units differ is nothing to it), with an in-control
    run length of at least `charts.run_length()`.
    """
    import numpy as np

    failed, n = counts.monthly(cells)
    if not failed.size:
        nothing = np.zeros(len(cells), dtype=np.int64)
        return Course(nothing, nothing, nothing, nothing)
    total = n.sum(axis=1, keepdims=True)
    own = np.divide(failed.sum(axis=1, keepdims=True), total, out=np.zeros_like(total),
                    where=total > 0)  # fmt: skip
    chart = ewma_charts(failed, n, np.clip(own[:, 0], 1e-6, 1 - 1e-6))
    last = n.shape[1] - 1 - (n[:, ::-1] > 0).argmax(axis=1)
    moves = chart.signal[np.arange(len(cells)), last].astype(np.int64)
    return Course(onset(failed, n, against), moves, last, (n > 0).argmax(axis=1))
