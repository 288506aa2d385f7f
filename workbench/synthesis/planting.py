"""Which case gets which defect: each theme has its chance, at most one defect falls on a case.

Other subjects are few: there several counted defects may fall on one, if they share no check and
no cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from workbench.synthesis.assets import Subjects, touched
from workbench.synthesis.defects import Defect, Defects, Rerun, Truth
from workbench.synthesis.draft import Draft, Row, Unfit
from workbench.synthesis.echoes import Echoes

# The least numbers are reached a little before the last case, or the rarest never would be.
_AHEAD = 1.5
# What has failed to fit so often is tried on every so many-th case only.
_PATIENCE, _PAUSE = 1000, 8


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
        self._wanting = [d for found in self._themes.values() for d in found]
        self._planted = {defect.id: 0 for defect in defects.defects}
        self._tried = dict(self._planted)
        self._turn = 0
        self.echoes = Echoes()
        self.truth: list[Truth] = []

    def falling(self, rng: Random, multipliers: Mapping[str, float]) -> tuple[str, ...]:
        """The themes that fall on a case; the first whose defect fits is planted."""
        return tuple(
            theme
            for theme, rate in self._defects.themes.items()
            if rng.random() < rate * self._defects.scale * multipliers.get(theme, 1.0)
        )

    def plant(
        self, themes: tuple[str, ...], clean: Draft, rerun: Rerun, progress: float, spare: float
    ) -> Draft:
        """The case with a defect; as it was where none falls on it, or none fits."""
        changed = self._planted_on(themes, clean, rerun, progress, spare)
        if changed is None:
            self.echoes.remember(clean)
        return changed or clean

    def _planted_on(
        self, themes: tuple[str, ...], clean: Draft, rerun: Rerun, progress: float, spare: float
    ) -> Draft | None:
        for theme in themes:
            lagging = sorted(self._themes[theme], key=lambda d: self._planted[d.id] / d.weight)
            changed = self._first_fit(lagging, clean, rerun)
            if changed is not None:
                return changed
        if themes or spare >= self._defects.spare:
            return None
        return self._first_fit(self._rare(progress), clean, rerun)

    def _rare(self, progress: float) -> list[Defect]:
        """The defects planted less often than they should by now, those that seldom fit first."""
        wanted = min(int(self._defects.least * progress * _AHEAD), self._defects.least)
        least = self._defects.least
        self._wanting = [d for d in self._wanting if self._planted[d.id] < least]
        self._turn += 1
        rare = [d for d in self._wanting if self._planted[d.id] < wanted and self._may_try(d)]
        return sorted(rare, key=lambda d: (self._planted[d.id] + 1) / (self._tried[d.id] + 1))

    def _may_try(self, defect: Defect) -> bool:
        tried = self._tried[defect.id]
        return tried < _PATIENCE * (self._planted[defect.id] + 1) or self._turn % _PAUSE == 0

    def _first_fit(self, defects: list[Defect], clean: Draft, rerun: Rerun) -> Draft | None:
        for defect in defects:
            changed = self.try_one(defect, clean, rerun)
            if changed is not None:
                return changed
        return None

    def try_one(self, defect: Defect, clean: Draft, rerun: Rerun | None) -> Draft | None:
        """The changed case, with its failing checks noted; None where the defect does not fit."""
        self._tried[defect.id] += 1
        mark = clean.serials.mark()
        try:
            changed = defect.plant(clean, rerun, self.echoes)
        except Unfit:
            changed = None
        if changed is None:
            clean.serials.back_to(mark)
            if rerun is not None:
                clean.shared.restore(clean.claims)
            return None
        draft, truth = changed
        self._planted[defect.id] += 1
        self.truth.extend(truth)
        if draft.echo is not None:
            self.echoes.forget(draft.echo)
        return draft

    def plant_counted(self, subjects: Subjects, rng: Random) -> None:
        """Plant the defects with a fixed count on subjects that are no cases."""
        orders: dict[str, list[_Subject]] = {}
        for defect in self._defects.counted():
            if defect.asset.name not in orders:
                roots = subjects.of(defect.asset)
                chosen = rng.sample(range(len(roots)), len(roots))
                orders[defect.asset.name] = [_Subject(roots[index]) for index in chosen]
            for _ in range(defect.count):
                self._plant_on_one(defect, subjects, orders[defect.asset.name])

    def _plant_on_one(self, defect: Defect, subjects: Subjects, order: list[_Subject]) -> None:
        """Plant a defect on the subject it fits that has the fewest others."""
        for subject in sorted(order, key=lambda subject: subject.defects):
            if subject.closed or not subject.failing.isdisjoint(defect.checks):
                continue
            clean = subjects.draft(defect.asset, subject.root)
            planted, count = len(self.truth), self._planted[defect.id]
            changed = self.try_one(defect, clean, None)
            if changed is None:
                continue
            cells = touched(changed)
            if subject.defects and not cells.isdisjoint(subject.touched):
                del self.truth[planted:]
                self._planted[defect.id] = count
                continue
            dropped = not changed.rows[defect.asset.table]
            subject.take(defect, cells, dropped)
            subjects.carry(changed)
            return

    def kinds(self) -> dict[str, int]:
        """How often each defect was planted."""
        return dict(self._planted)

    def counts(self) -> dict[str, int]:
        """How many subjects fail each check."""
        found: dict[str, int] = {}
        for check, _, _ in sorted(set(self.truth)):
            found[check] = found.get(check, 0) + 1
        return found


@dataclass
class _Subject:
    """A subject and what has been done to it."""

    root: Row
    defects: int = 0
    closed: bool = False
    failing: set[str] = field(default_factory=set)
    touched: set[tuple[int, str]] = field(default_factory=set)

    def take(self, defect: Defect, cells: set[tuple[int, str]], dropped: bool) -> None:
        self.defects += 1
        self.closed = dropped
        self.failing |= defect.checks
        self.touched |= cells
