"""Points: what a failed check takes away, and how points are rounded and written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Points are kept to the cent. The grain keeps 2.675, stored a hair below, from falling to 2.67.
CENTS = 2
GRAIN = 1e-7


@dataclass(frozen=True)
class Points:
    """What a failed check deducts, in points of the rubric.

    Either `amount`; or `amount` for each unit of the fact `count`, at most `most`; or `amount`,
    and `other` where the boolean fact `when` holds.

    >>> Points(3, when="never_published", other=5).largest
    5
    """

    amount: float
    count: str | None = None
    most: float | None = None
    when: str | None = None
    other: float | None = None

    @property
    def largest(self) -> float:
        """The most that can be deducted: the weight of the check in its criterion."""
        return max(self.amount if self.count is None else (self.most or 0), self.other or 0)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that say how much a failure weighs."""
        return tuple(fact for fact in (self.count, self.when) if fact)

    def taken(self, facts: Mapping[str, Any]) -> float:
        """What a failure takes from a case with these facts; an unknown count takes nothing.

        >>> Points(1, count="missing", most=3).taken({"missing": 7})
        3
        """
        if self.count:
            return min(self.amount * (facts.get(self.count) or 0), self.most or 0)
        if self.when and facts.get(self.when):
            return self.other or 0
        return self.amount


def parse_points(points: Any) -> Points | None:
    """`points` of a suite entry or of a rubric -> `Points`; raises ValueError with what is known.

    >>> parse_points({"each": 1, "most": 3, "count": "content_missing"}).largest
    3.0
    """
    if points is None:
        return None
    if isinstance(points, int | float) and not isinstance(points, bool):
        return Points(float(points))
    if isinstance(points, dict) and {"each", "most", "count"} == set(points):
        return Points(float(points["each"]), count=points["count"], most=float(points["most"]))
    if isinstance(points, dict) and {"failed", "when"} == set(points):
        when = points["when"]
        return Points(float(points["failed"]), when=when["fact"], other=float(when["points"]))
    raise ValueError("points is a number, {each, most, count} or {failed, when: {fact, points}}")


def rounded(value: float, decimals: int = CENTS) -> float:
    """Half up, as people round marks and as the SQL of the scores does.

    >>> rounded(2.675), rounded(59.995), rounded(89.5, 0)
    (2.68, 60.0, 90.0)
    """
    scale = 10.0**decimals
    return math.floor(value * scale + 0.5 + GRAIN) / scale


def written(value: float) -> str:
    """Points as people write them: no needless zeros.

    >>> written(9.0), written(6.75), written(100 / 3)
    ('9', '6.75', '33.33')
    """
    return f"{rounded(value):.2f}".rstrip("0").rstrip(".")
