"""Points as whole cents, so that sums, means and shares of them are exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from workbench.points import CENTS, GRAIN, rounded

_CENT: int = 100


def cents(points: float) -> int:
    """Points in cents, half up.

    >>> cents(59.995), cents(3)
    (6000, 300)
    """
    return math.floor(points * _CENT + 0.5 + GRAIN)


def points(whole: int) -> float:
    """Cents as points.

    >>> points(150)
    1.5
    """
    return whole / _CENT


def mean(values: Sequence[float], decimals: int = CENTS) -> float:
    """The mean of points, summed exactly and rounded half up; of at least one.

    >>> mean([59.98, 60.01]), mean([91.25, 95])
    (60.0, 93.13)
    """
    total = sum((Decimal(str(value)) for value in values), Decimal(0))
    return rounded(float(total / len(values)), decimals)


def spread(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole cents that add up to `total`, each its share but for less than a cent.

    `shares` add up to `total` but for roundings; what is left over goes to the largest remainders.

    >>> spread(100, [Fraction(100, 3)] * 3)
    [34, 33, 33]
    """
    found = [math.floor(share) for share in shares]
    order = sorted(range(len(shares)), key=lambda at: (found[at] - shares[at], at))
    for at in order[: max(0, total - sum(found))]:
        found[at] += 1
    return found
