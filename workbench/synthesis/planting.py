"""Which case gets which defect: each theme has its chance, at most one defect falls on a case."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from workbench.synthesis.defects import Defect, Defects, Rerun
from workbench.synthesis.draft import Draft
from workbench.synthesis.moments import Unfit

# The least numbers are reached a little before the last case, or the rarest never would be.
_AHEAD = 1.5
Truth = list[tuple[str, str, str]]


def _again(clean: Draft) -> Rerun:
    """What has no path is made again by copying it."""
    return lambda assume, pace: clean.copy()


class Planter:
    """Chooses and plants defects, and keeps the truth.

    Each theme falls on a case with its own chance: the theme's rate times the unit's multiplier.
    Within a theme the defect that lags furthest behind its weight goes first. A defect that
    finds few cases would hardly be seen: of the cases that no theme fell on, a share is spare,
    and there a defect that lags behind the least number goes in, evenly over time.
    """

    def __init__(self, defects: Defects) -> None:
        self._defects = defects
        self._themes = {theme: defects.of(theme) for theme in defects.themes}
        self._planted = {defect.id: 0 for defect in defects.defects}
        self._tried = dict(self._planted)
        self.truth: Truth = []

    def falling(self, rng: Random, multipliers: Mapping[str, float]) -> tuple[str, ...]:
        """The themes that fall on a case; the first whose defect fits is planted."""
        return tuple(
            theme
            for theme, rate in self._defects.themes.items()
            if rng.random() < rate * multipliers.get(theme, 1.0)
        )

    def plant(
        self, themes: tuple[str, ...], clean: Draft, rerun: Rerun, progress: float, spare: float
    ) -> Draft:
        """The case with a defect; as it was where none falls on it, or none fits."""
        for theme in themes:
            lagging = sorted(self._themes[theme], key=lambda d: self._planted[d.id] / d.weight)
            changed = self._first_fit(lagging, clean, rerun)
            if changed is not None:
                return changed
        if themes or spare >= self._defects.spare:
            return clean
        return self._first_fit(self._rare(progress), clean, rerun) or clean

    def _rare(self, progress: float) -> list[Defect]:
        """The defects planted less often than they should by now, those that seldom fit first."""
        wanted = min(int(self._defects.least * progress * _AHEAD), self._defects.least)
        defects = [defect for theme in self._themes.values() for defect in theme]
        rare = [defect for defect in defects if self._planted[defect.id] < wanted]
        return sorted(rare, key=lambda d: (self._planted[d.id] + 1) / (self._tried[d.id] + 1))

    def _first_fit(self, defects: list[Defect], clean: Draft, rerun: Rerun) -> Draft | None:
        for defect in defects:
            changed = self.try_one(defect, clean, rerun)
            if changed is not None:
                return changed
        return None

    def try_one(self, defect: Defect, clean: Draft, rerun: Rerun) -> Draft | None:
        """The changed case, with its failing checks noted; None where the defect does not fit."""
        self._tried[defect.id] += 1
        mark = clean.serials.mark()
        try:
            changed = defect.plant(clean, rerun)
        except Unfit:
            changed = None
        if changed is None:
            clean.serials.back_to(mark)
            return None
        draft, checks = changed
        self._planted[defect.id] += 1
        subject = self._defects.subjects[defect.asset].format_map(clean.plan)
        self.truth.extend((check, defect.asset, subject) for check in checks)
        return draft

    def plant_counted(self, drafts: list[tuple[str, Draft]], rng: Random) -> None:
        """Plant the defects with a fixed count on different subjects, in place."""
        free = rng.sample(range(len(drafts)), len(drafts))
        for defect in self._defects.counted():
            for _ in range(defect.count):
                self._plant_on_one(defect, drafts, free)

    def _plant_on_one(
        self, defect: Defect, drafts: list[tuple[str, Draft]], free: list[int]
    ) -> None:
        """Plant a defect on the first free subject of its asset that it fits."""
        for index in free:
            table, clean = drafts[index]
            if table != defect.asset:
                continue
            changed = self.try_one(defect, clean, _again(clean))
            if changed is not None:
                drafts[index] = (table, changed)
                free.remove(index)
                return

    def kinds(self) -> dict[str, int]:
        """How often each defect was planted."""
        return dict(self._planted)

    def counts(self) -> dict[str, int]:
        """How many subjects fail each check."""
        found: dict[str, int] = {}
        for check, _, _ in sorted(self.truth):
            found[check] = found.get(check, 0) + 1
        return found
