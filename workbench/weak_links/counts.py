"""The counts that signals are worked out from: units by checks, and month by month.

Everything is read from `tallies` once. A month of a unit in which a limit of the check still runs
(`not_yet_due`) is open: what will be decided there is not what is decided already, so it stays out
of every signal, though its counts are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.engines.base import Engine

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class Counts(NamedTuple):
    """Arrays of units by checks, and long arrays of what lies in one closed month of one kind.

    `n` and `failed`: decided subjects and failures of the period; `closed_n`, `closed_failed`:
    those of closed months. `unit`, `check`, `kind`, `month` of the long arrays are places in the
    lists of these names (-1: none recorded).
    """

    units: list[str]
    checks: list[tuple[str, str]]  # asset and check id
    kinds: list[str]
    months: list[str]
    n: NDArray[np.float64]
    failed: NDArray[np.float64]
    closed_n: NDArray[np.float64]
    closed_failed: NDArray[np.float64]
    unit: NDArray[np.int64]
    check: NDArray[np.int64]
    kind: NDArray[np.int64]
    month: NDArray[np.int64]
    long_n: NDArray[np.float64]
    long_failed: NDArray[np.float64]

    @property
    def cell(self) -> NDArray[np.int64]:
        """The unit x check cell of each long row, as one number."""
        found: NDArray[np.int64] = self.unit * len(self.checks) + self.check
        return found

    def summed(self, places: NDArray[np.int64], size: int) -> tuple[
        NDArray[np.float64], NDArray[np.float64]
    ]:  # fmt: skip
        """Failures and decided subjects of the long rows, added up by place (below 0: left out)."""
        kept = places >= 0
        at = places[kept]
        return _added(at, self.long_failed[kept], size), _added(at, self.long_n[kept], size)

    def monthly(self, cells: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Failures and decided subjects of some cells (numbers as in `cell`), month by month."""
        import numpy as np

        rows = np.full(len(self.units) * len(self.checks), -1)
        rows[cells] = np.arange(len(cells))
        months = len(self.months)
        its = rows[self.cell]
        places = np.where((its >= 0) & (self.month >= 0), its * months + self.month, -1)
        failed, n = self.summed(places, len(cells) * months)
        shape = (len(cells), months)
        return failed.reshape(shape), n.reshape(shape)


def read_counts(engine: Engine) -> Counts:
    """Read `work.tallies`; what belongs to no unit is no unit's weak link."""
    import numpy as np

    rows = engine.arrow(
        # Rows are added up below: grouping millions of them by their texts would take longer.
        "SELECT unit_id, asset || '/' || check_id AS test, kind, month, "
        "CAST(passed + failed AS DOUBLE) AS n, CAST(failed AS DOUBLE) AS failed, "
        "CAST(not_yet_due AS DOUBLE) AS waiting FROM work.tallies "
        "WHERE unit_id IS NOT NULL AND passed + failed + not_yet_due > 0",
        "unit counts",
    )
    unit, units = _places(rows["unit_id"])
    check, tests = _places(rows["test"])
    kind, kinds = _places(rows["kind"])
    month, months = _places(rows["month"])
    n, failed, waiting = (rows[name].to_numpy() for name in ("n", "failed", "waiting"))
    shape, cell = (len(units), len(tests)), unit * len(tests) + check
    cells = len(units) * len(tests)
    place = cell * (len(months) + 1) + month + 1
    waits = np.bincount(place, waiting, cells * (len(months) + 1))
    closed = waits[place] == 0
    kept = np.flatnonzero(closed & (n > 0))

    def grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return _added(cell, values, cells).reshape(shape)

    return Counts(
        units, [_test(test) for test in tests], kinds, months,
        grid(n), grid(failed), grid(n * closed), grid(failed * closed),
        unit[kept], check[kept], kind[kept], month[kept], n[kept], failed[kept],
    )  # fmt: skip


def _added(
    places: NDArray[np.int64], values: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    import numpy as np

    return np.bincount(places, values, size).astype(np.float64)


def _test(both: str) -> tuple[str, str]:
    asset, _, check = both.partition("/")
    return asset, check


def _places(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str]]:
    """Each value as its place among the sorted values (-1: null), and these."""
    import numpy as np

    coded = column.combine_chunks().dictionary_encode()
    values = [str(value) for value in coded.dictionary.to_pylist()]
    order = sorted(range(len(values)), key=values.__getitem__)
    moved = np.empty(len(values) + 1, dtype=np.int64)
    moved[order] = np.arange(len(values))
    moved[-1] = -1
    places = coded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return moved[places], [values[at] for at in order]
