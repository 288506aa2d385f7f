"""Earlier clean cases that a defect may refer to: a fine for the same act, an hour already taken.

Only cases without any defect are remembered, the latest of each unit; one that a defect has
referred to is forgotten, because it may fail a check now.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from workbench.synthesis.draft import Draft

_REMEMBERED = 60


@dataclass(frozen=True)
class Echo:
    """Which earlier case: of the same `unit` or `organ`, with a condition on it.

    `same`: values and days that both cases share. `apart`: people of the plan of whom nobody is
    in both.
    """

    of: str
    where: Callable[[Draft], bool]
    same: tuple[Callable[[Draft], object], ...]
    apart: tuple[str, ...] = ()

    def fits(self, earlier: Draft, draft: Draft) -> bool:
        """Can `draft` refer to this earlier case?"""
        if self.of == "unit" and earlier.plan["unit"] is not draft.plan["unit"]:
            return False
        if any(value(earlier) is None or value(earlier) != value(draft) for value in self.same):
            return False
        mine = [id(draft.plan.get(name)) for name in self.apart]
        if any(id(earlier.plan.get(name)) in mine for name in self.apart):
            return False
        return self.where(earlier)


class Echoes:
    """The memory of the bureau: clean cases by organ."""

    def __init__(self) -> None:
        self._cases: dict[str, dict[str, deque[Draft]]] = {}

    def remember(self, draft: Draft) -> None:
        """A case that stayed clean."""
        organ, unit = draft.plan["organ"]["organ_id"], draft.plan["unit"]["unit_id"]
        units = self._cases.setdefault(organ, {})
        units.setdefault(unit, deque(maxlen=_REMEMBERED)).append(draft)

    def forget(self, draft: Draft) -> None:
        """A case that a defect refers to."""
        units = self._cases[draft.plan["organ"]["organ_id"]]
        units[draft.plan["unit"]["unit_id"]].remove(draft)

    def find(self, echo: Echo, draft: Draft) -> Draft | None:
        """The latest case that fits."""
        for cases in self._cases.get(draft.plan["organ"]["organ_id"], {}).values():
            for earlier in reversed(cases):
                if echo.fits(earlier, draft):
                    return earlier
        return None
