"""Bounds on a number of deviating cases that hold wherever inclusion probabilities are known.

Write T for the Horvitz-Thompson total of the deviations seen: each counts 1 / its inclusion
probability p_i. Cases of one stratum are negatively correlated, both in a draw without replacement
and in one by risk, and strata are independent; so for every l > 0 (Hoeffding 1963; Panconesi and
Srinivasan 1997)

    P(T <= t) <= exp(l t)  prod over the deviating i of (1 - p_i + p_i exp(-l / p_i))
    P(T >= t) <= exp(-l t) prod over the deviating i of (1 - p_i + p_i exp( l / p_i))

A number of deviations is possible as long as the deviating cases can be placed, against us, so that
no l makes what was seen less probable than the risk. What was reviewed stays as it was seen; the
others are placed where they are hardest to see: with the smallest probability first. No normal
approximation, nothing estimated, a little wider than an exact bound would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEPS = 400


@dataclass(frozen=True)
class Group:
    """Cases of one inclusion probability: how many there are, and what the drawn ones showed."""

    inclusion: Fraction
    cases: int
    found: int
    passed: int

    @property
    def unseen(self) -> int:
        """Cases of which nothing is known."""
        return self.cases - self.found - self.passed


def highest(groups: Sequence[Group], risk: float) -> int:
    """At most so many cases deviate in all; wrong with probability `risk` at most.

    >>> highest([Group(Fraction(1, 10), 1000, 2, 98)], 0.05)
    73
    >>> highest([Group(Fraction(1), 5, 2, 3)], 0.05)  # all were reviewed
    2
    """
    import numpy as np

    seen = sum(g.found for g in groups)
    hidden = [g for g in _by_chance(groups) if g.unseen]
    if not hidden:
        return seen
    steps, total = _lambdas(groups), _total(groups)
    budget = np.log(risk) - steps * total - _of_found(groups, steps, -1)
    room = np.array([g.unseen for g in hidden], dtype=float)
    costs = np.array([_log_factor(g.inclusion, steps, -1) for g in hidden])  # groups x steps
    # The more cases, the lower the sum; the last number at which no step is below the budget.
    return seen + int(_filled(costs, room, budget).min())


def lowest(groups: Sequence[Group], risk: float) -> int:
    """At least so many cases deviate in all; wrong with probability `risk` at most.

    >>> lowest([Group(Fraction(1, 10), 1000, 5, 95)], 0.05)
    16
    """
    import numpy as np

    seen = sum(g.found for g in groups)
    hidden = [g for g in _by_chance(groups) if g.unseen and g.inclusion]
    if not hidden or not seen:
        return seen
    steps, total = _lambdas(groups), _total(groups)
    budget = np.log(risk) + steps * total - _of_found(groups, steps, 1)
    room = np.array([g.unseen for g in hidden], dtype=float)
    gains = np.array([_log_factor(g.inclusion, steps, 1) for g in hidden])
    needed = _reached(gains, room, budget)
    return seen + int(min(needed.max(), room.sum()))


def highest_alike(groups: Sequence[Group], risk: float, drawn: int | None = None) -> int:
    """As `highest`, where all probabilities are nearly the same: an exact binomial bound.

    The trials are the deviating cases; or, if their number is given, the drawn cases, which is
    narrower where many deviate.

    >>> strata = [Group(Fraction(1, 10), 600, 1, 59), Group(Fraction(1, 10), 400, 1, 39)]
    >>> highest_alike(strata, 0.05), highest_alike(strata, 0.05, drawn=100)
    (60, 61)
    """
    found = sum(g.found for g in groups)
    chance = float(min(g.inclusion for g in groups))
    low, high = found, found + sum(g.unseen for g in groups)
    while low < high:  # one more case makes "so few found" less probable
        middle = (low + high + 1) // 2
        if _at_most(found, middle, chance, drawn) > risk:
            low = middle
        else:
            high = middle - 1
    return low


def lowest_alike(groups: Sequence[Group], risk: float, drawn: int | None = None) -> int:
    """As `lowest`, where all probabilities are nearly the same: an exact binomial bound.

    >>> strata = [Group(Fraction(1, 10), 600, 3, 57), Group(Fraction(1, 10), 400, 2, 38)]
    >>> lowest_alike(strata, 0.05), lowest_alike(strata, 0.05, drawn=100)
    (21, 20)
    """
    found = sum(g.found for g in groups)
    chance = float(max(g.inclusion for g in groups))
    low, high = found, found + sum(g.unseen for g in groups)
    while low < high:
        middle = (low + high) // 2
        if 1 - _at_most(found - 1, middle, chance, drawn) > risk:
            high = middle
        else:
            low = middle + 1
    return low


def _at_most(found: int, cases: int, chance: float, drawn: int | None) -> float:
    if drawn is None:
        return _binomial_at_most(found, cases, chance)
    return _binomial_at_most(found, drawn, min(1.0, cases * chance / drawn))


def _binomial_at_most(found: int, trials: int, chance: float) -> float:
    from scipy.special import betainc

    if found < 0:
        return 0.0
    return 1.0 if found >= trials else float(betainc(trials - found, found + 1, 1 - chance))


def _filled(costs: NDArray[np.float64], room: NDArray[np.float64], budget: NDArray[np.float64]
            ) -> NDArray[np.float64]:  # fmt: skip
    """How many cases fit, group by group, until the sum of (negative) costs is below the budget."""
    import numpy as np

    count = np.zeros(len(budget))
    left = np.asarray(budget, dtype=float).copy()
    going = left <= 0
    for cost, places in zip(costs, room, strict=True):
        fits = np.full(len(left), places)
        paid = cost < 0
        fits[paid] = np.minimum(places, np.floor(left[paid] / cost[paid] + 1e-9))
        count += np.where(going, fits, 0)
        left = left - fits * cost
        going &= fits >= places
    return count


def _reached(gains: NDArray[np.float64], room: NDArray[np.float64], budget: NDArray[np.float64]
             ) -> NDArray[np.float64]:  # fmt: skip
    """How many cases it takes until the sum of gains reaches the budget."""
    import numpy as np

    count = np.zeros(len(budget))
    left = np.asarray(budget, dtype=float).copy()
    for gain, places in zip(gains, room, strict=True):
        needed = np.minimum(places, np.ceil(np.maximum(left, 0) / gain - 1e-9))
        count += needed
        left = left - needed * gain
    return count


def _by_chance(groups: Sequence[Group]) -> list[Group]:
    return sorted(groups, key=lambda g: g.inclusion)


def _total(groups: Sequence[Group]) -> float:
    return float(sum((g.found / g.inclusion for g in groups if g.found), Fraction(0)))


def _lambdas(groups: Sequence[Group]) -> NDArray[np.float64]:
    import numpy as np

    chances = [float(g.inclusion) for g in groups if g.inclusion] or [1.0]
    return np.geomspace(min(chances) * 1e-3, max(chances) * 300, _STEPS)


def _of_found(groups: Sequence[Group], steps: NDArray[np.float64], sign: int
              ) -> NDArray[np.float64]:  # fmt: skip
    import numpy as np

    whole = np.zeros(len(steps))
    for g in groups:
        if g.found:
            whole = whole + g.found * _log_factor(g.inclusion, steps, sign)
    return whole


def _log_factor(chance: Fraction, steps: NDArray[np.float64], sign: int) -> NDArray[np.float64]:
    """ln(1 - p + p exp(sign l / p)); a case that cannot be drawn shows nothing."""
    import numpy as np

    p = float(chance)
    if p == 0:
        return np.zeros(len(steps))
    rest = np.log1p(-p) if p < 1 else -np.inf
    return np.asarray(np.logaddexp(rest, np.log(p) + sign * steps / p))
