"""What has become of a weak link: new, worsening, lasting, improving, resolved.

Against an earlier run where one is given; else against the earlier months of the same run.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import TypeAlias

Key: TypeAlias = tuple[str, str, str]

TOO_FEW = "too_few"
NEW, WORSENING, LASTING = "new", "worsening", "lasting"
IMPROVING, RESOLVED = "improving", "resolved"
STATES = (NEW, WORSENING, LASTING, IMPROVING, RESOLVED, TOO_FEW)
RECENT_MONTHS = 6  # a link that began in the last six months, after six without it, is new
SUSPICIOUS = 0.05  # a single p-value: above it a former link may count as resolved


@dataclass(frozen=True)
class Earlier:
    """What an earlier run said: its id, and (asset, check, unit) -> the rate of each flagged cell.

    `asked`: all cells that it could compare (None: every one). What it could not is not new for
    being found now.

    >>> Earlier("hrss-2026-03-31-0a1b2c3d4e", {("cases", "closing", "U1"): 0.4}).run
    'hrss-2026-03-31-0a1b2c3d4e'
    """

    run: str
    rates: Mapping[Key, float]
    asked: Set[Key] | None = None

    def compared(self, cell: Key) -> bool:
        """Could it judge this cell?"""
        return self.asked is None or cell in self.asked


@dataclass(frozen=True)
class Standing:
    """One cell as it stands now. `since`, `first`, `last`: places of months; `moves`: the chart;
    `few`: under the minimum; `fell`, `rose`: surely below or above its rate in the earlier run, by
    more than chance."""

    flagged: bool
    asked: bool
    p: float
    rate: float
    since: int = 0
    first: int = 0
    last: int = 0
    moves: int = 0
    few: bool = False
    fell: bool = True
    rose: bool = False


def state_of(now: Standing, before: float | None, compared: bool) -> str | None:
    """The state of one cell; `before` is its rate where the earlier run flagged it, `compared`
    says whether an earlier run could judge it. None: nothing to report.

    >>> state_of(Standing(True, True, 0.0001, 0.5), None, compared=True)
    'new'
    >>> state_of(Standing(False, True, 0.4, 0.1), 0.5, compared=True)
    'resolved'
    """
    if not now.asked:
        return TOO_FEW if now.few else None
    if not now.flagged:
        return _of_a_former(now, before)
    if compared:
        return NEW if before is None else _against(now)
    began_late = now.since > now.last - RECENT_MONTHS
    quiet_before = now.since - now.first >= RECENT_MONTHS
    return NEW if began_late and quiet_before else _moving(now)


def _against(now: Standing) -> str:
    """Flagged in both runs: by its rate then, or else by how its own months went on."""
    if now.rose or now.fell:
        return WORSENING if now.rose else IMPROVING
    return _moving(now)


def _moving(now: Standing) -> str:
    return {1: WORSENING, -1: IMPROVING}.get(now.moves, LASTING)


def _of_a_former(now: Standing, before: float | None) -> str | None:
    """Not flagged now. A former link is resolved when its rate surely fell and nothing is left to
    suspect; a lower rate with some doubt left is an improvement, no lower rate is none."""
    if before is None:
        return None
    if now.rate >= before:
        return LASTING
    return RESOLVED if now.fell and now.p > SUSPICIOUS else IMPROVING
