"""Judged cells as rows of `weak_links`; what people read is added afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.signals.tails import upper_tail
from workbench.weak_links.counts import Counts
from workbench.weak_links.judging import Judged, Rising, follow
from workbench.weak_links.states import SUSPICIOUS, WORSENING, Earlier, Standing, state_of
from workbench.weak_links.two_way import TwoWay

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Rows = list[dict[str, Any]]


def unit_rows(
    counts: Counts, judged: Judged, period: str, minimum: int, earlier: Earlier | None
) -> Rows:
    """One row for each unit x check with a decided subject."""
    import numpy as np

    units, checks = np.nonzero(counts.n)
    columns = {
        "n": counts.n, "failed": counts.failed, "signal_n": counts.closed_n,
        "signal_failed": counts.closed_failed, **judged._asdict(),
    }  # fmt: skip
    columns["rho"] = np.broadcast_to(judged.rho, counts.n.shape)
    values = {name: _plain(array[units, checks]) for name, array in columns.items()}
    courses = _courses(counts, judged)
    rows = []
    for at, (unit, check) in enumerate(zip(units.tolist(), checks.tolist(), strict=True)):
        row = {name: its[at] for name, its in values.items()}
        asset, check_id = counts.checks[check]
        row |= {"family": "unit", "asset": asset, "check_id": check_id, "period": period,
                "unit_id": counts.units[unit], "kind": None, "since": None}  # fmt: skip
        _stand(row, courses.get((unit, check)), counts, minimum, earlier)
        rows.append(row)
    return rows


def _courses(counts: Counts, judged: Judged) -> dict[tuple[int, int], tuple[int, ...]]:
    """Since when, how it moves, its first and last month: of each flagged cell."""
    import numpy as np

    units, checks = np.nonzero(judged.flagged)
    cells = units * len(counts.checks) + checks
    against = judged.against[units, checks]
    course = follow(counts, cells, against)
    found = np.stack([course.since, course.first, course.last, course.moves], axis=1).tolist()
    return {place: tuple(its) for place, its in
            zip(zip(units.tolist(), checks.tolist(), strict=True), found, strict=True)}  # fmt: skip


def _stand(row: dict[str, Any], course: tuple[int, ...] | None, counts: Counts, minimum: int,
           earlier: Earlier | None) -> None:  # fmt: skip
    """The state of a cell, against the earlier run or its own earlier months."""
    key = (row["asset"], row["check_id"], row["unit_id"])
    before = earlier.rates.get(key) if earlier else None
    since, first, last, moves = course or (0, 0, 0, 0)
    rate = row["signal_failed"] / row["signal_n"] if row["signal_n"] else 0.0
    now = Standing(
        bool(row["flagged"]), row["p"] is not None,
        row["p"] if row["p"] is not None else 1.0, rate, since, first, last, moves,
        few=row["signal_n"] < minimum, fell=before is not None and _fell(row, before),
        rose=before is not None and _rose(row, before),
    )  # fmt: skip
    row["before"] = before
    row["state"] = state_of(now, before, earlier is not None and earlier.compared(key))
    if row["flagged"] and since > first:
        row["since"] = counts.months[since]


def _fell(row: dict[str, Any], before: float) -> bool:
    """Would so few failures hardly be seen by chance, were the rate still that of before?"""
    failed, n = row["signal_failed"], row["signal_n"]
    return failed < n and 1 - float(upper_tail(failed + 1, n, before)) <= SUSPICIOUS


def _rose(row: dict[str, Any], before: float) -> bool:
    """Would so many failures hardly be seen by chance, were the rate still that of before?"""
    failed, n = row["signal_failed"], row["signal_n"]
    return bool(n) and float(upper_tail(failed, n, before)) <= SUSPICIOUS


def kind_rows(counts: Counts, found: TwoWay, period: str, level: float) -> Rows:
    """The unit x kind links that are reported."""
    rows = []
    for check, unit, kind in _reported(found, level):
        rows.append({
            **_both(counts, found, (check, unit, kind)), "family": "unit_kind",
            "unit_id": counts.units[unit], "kind": counts.kinds[kind], "period": period,
            **_counted(counts, (counts.check == check) & (counts.unit == unit)
                       & (counts.kind == kind)),
        })  # fmt: skip
    return [_expecting(row) for row in rows]


def month_rows(counts: Counts, found: TwoWay, level: float) -> Rows:
    """The check x month links that are reported."""
    rows = []
    for check, month in _reported(found, level):
        rows.append({
            **_both(counts, found, (check, month)), "family": "step_month", "unit_id": None,
            "kind": None, "period": counts.months[month],
            **_counted(counts, (counts.check == check) & (counts.month == month)),
        })  # fmt: skip
    return [_expecting(row) for row in rows]


def trend_rows(counts: Counts, judged: Judged, rising: Rising, period: str, level: float) -> Rows:
    """Cells whose rate rises, of those that are not flagged: early warnings."""
    import numpy as np

    rows = []
    asked = ~np.isnan(rising.p)
    for at in np.flatnonzero(asked & (np.nan_to_num(rising.q, nan=1.0) <= level)).tolist():
        unit, check = divmod(int(rising.cells[at]), len(counts.checks))
        asset, check_id = counts.checks[check]
        rows.append({
            "asset": asset, "check_id": check_id, "unit_id": counts.units[unit], "kind": None,
            "period": period, "family": "trend", "p": float(rising.p[at]),
            "q": float(rising.q[at]), "flagged": True, "state": WORSENING,
            "against": _one(judged.against[unit, check]),
            "expected": _one(judged.expected[unit, check]), "excess": None,
            "n": counts.n[unit, check], "failed": counts.failed[unit, check],
            "signal_n": counts.closed_n[unit, check],
            "signal_failed": counts.closed_failed[unit, check],
        })  # fmt: skip
    return rows


def _reported(found: TwoWay, level: float) -> list[list[int]]:
    import numpy as np

    return np.argwhere(np.nan_to_num(found.q, nan=1.0) <= level).tolist()


def _both(counts: Counts, found: TwoWay, place: tuple[int, ...]) -> dict[str, Any]:
    asset, check_id = counts.checks[place[0]]
    return {"asset": asset, "check_id": check_id, "flagged": True,
            "against": float(found.against[place]), "p": float(found.p[place]),
            "q": float(found.q[place])}  # fmt: skip


def _counted(counts: Counts, its: NDArray[np.bool_]) -> dict[str, Any]:
    n, failed = int(counts.long_n[its].sum()), int(counts.long_failed[its].sum())
    return {"n": n, "failed": failed, "signal_n": n, "signal_failed": failed}


def _expecting(row: dict[str, Any]) -> dict[str, Any]:
    expected = row["against"] * row["n"]
    return {**row, "expected": expected, "excess": max(0.0, row["failed"] - expected)}


def _plain(values: NDArray[Any]) -> list[Any]:
    """As Python's own numbers; NaN is None, whole counts are whole."""
    return [None if v != v else v for v in values.tolist()]


def _one(value: float) -> float | None:
    return None if value != value else float(value)
