"""Rates and intervals of any cut of the tallies: check, unit, kind, organ, by period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.engines.base import Engine
from workbench.terms import UsageError, did_you_mean
from workbench.weak_links.intervals import intervals

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("asset", "check_id", "organ_id", "unit_id", "kind")
PERIODS = {
    "month": "month",
    "quarter": "SUBSTR(month, 1, 4) || '-Q' || "
               "CAST((CAST(SUBSTR(month, 6, 2) AS INTEGER) + 2) // 3 AS VARCHAR)",
    "year": "SUBSTR(month, 1, 4)",
}  # fmt: skip


def rates_of(
    engine: Engine, by: Sequence[str], period: str | None, minimum: int, level: float
) -> pd.DataFrame:
    """One row for each group that has a decided subject: `by` columns, `period` (if asked), n,
    failed, rate (0 to 1), low, high (exact), wilson_low, wilson_high, few (fewer than `minimum`
    decided: no rate to compare), cannot_tell, not_yet_due (above 0: the period is still open).

    Each distinct (failed, n) is worked out once. Raises `UsageError` for a column or period that
    tallies do not have.

    >>> run.rates(by=("check_id", "unit_id"), period="quarter")   # doctest: +SKIP
    """
    columns = _columns(by, period)
    listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    frame: pd.DataFrame = engine.arrow(
        f"SELECT {listed}{', ' if listed else ''}CAST(SUM(passed + failed) AS BIGINT) AS n, "
        "CAST(SUM(failed) AS BIGINT) AS failed, CAST(SUM(cannot_tell) AS BIGINT) AS cannot_tell, "
        "CAST(SUM(not_yet_due) AS BIGINT) AS not_yet_due FROM work.tallies "
        f"{'GROUP BY ALL ' if listed else ''}HAVING SUM(passed + failed) > 0 ORDER BY ALL",
        "rates",
    ).to_pandas()
    frame.insert(len(columns) + 2, "rate", frame["failed"] / frame["n"])
    ends = intervals(frame["failed"].to_numpy(), frame["n"].to_numpy(), level)
    for at, (name, end) in enumerate(ends.items()):
        frame.insert(len(columns) + 3 + at, name, end)
    frame.insert(len(columns) + 7, "few", frame["n"] < minimum)
    return frame


def _columns(by: Sequence[str], period: str | None) -> dict[str, str]:
    for name in by:
        if name not in GROUPS:
            hint = did_you_mean(name, list(GROUPS))
            raise UsageError(
                f"no rates by '{name}': choose of {', '.join(GROUPS)}. {hint}".rstrip()
            )
    if period is not None and period not in PERIODS:
        raise UsageError(f"no period '{period}': choose of {', '.join(PERIODS)}, or none")
    return {name: name for name in by} | ({"period": PERIODS[period]} if period else {})
