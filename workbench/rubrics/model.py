"""What a rubric is once read: criteria with their maxima, bands, vetoes and rules.

Which numbers hold is data of a pack (`rubrics/<name>.yaml`, docs/rubrics.md); what they do to a
case is worked out in `marking` and, for an organ, in `marking_organ`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workbench.points import Points

MODES = ("auto", "manual", "mixed")
BASES = ("additive", "deductive", "split")
VETO_EFFECTS = ("zero", "fail", "cap_not_excellent", "none")  # the strongest first
ABSENT_RULES = ("drop", "full", "zero")
LEVELS = ("case", "organ")
MEASURES = ("checks", "file_scores", "decisions_upheld", "outside_views", "manual")
ANCHORS = ("none", "half", "full")
Words = Mapping[str, str]


@dataclass(frozen=True)
class Listed:
    """A check of a criterion; `points` and `group` where the rubric sets its own."""

    check: str
    points: Points | None = None
    group: str | None = None


@dataclass(frozen=True)
class Item:
    """What a reviewer looks at within a criterion, and the points that stand on it."""

    title: Words
    points: float


@dataclass(frozen=True)
class Criterion:
    """One item of a rubric (评查项目).

    `mode`: checks decide it (auto), a person rates it (manual), or a person rates it and sees what
    the checks propose (mixed). `anchors`: what none, half and full of the points mean, zh and en.
    `human`: the criterion of `criteria.yaml` that it takes its words from. `direct`: its deductions
    are taken from the score itself and it has no part in the denominator (base `split`).
    `measure`: where the points of an organ come from.
    """

    id: str
    title: Words
    maximum: float
    mode: str
    listed: tuple[Listed, ...] = ()
    anchors: Mapping[str, Words] = field(default_factory=dict)
    human: str = ""
    hints: tuple[str, ...] = ()
    source: str = ""
    items: tuple[Item, ...] = ()
    direct: bool = False
    measure: str = ""

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that decide it, or propose deductions."""
        return tuple(listed.check for listed in self.listed)


@dataclass(frozen=True)
class Band:
    """A band of scores (等次): `floor` and more points, up to the next band."""

    name: str
    title: Words
    floor: float


@dataclass(frozen=True)
class Veto:
    """A problem that decides a case once a person confirms it (否决项).

    `checks` find candidates; without any, it is a question to the reviewer. `effect` None: that
    of the rubric.
    """

    id: str
    title: Words
    checks: tuple[str, ...] = ()
    effect: str | None = None
    source: str = ""


@dataclass(frozen=True)
class Split:
    """Base `split`: `fixed` points for lawful work, `scaled` ones by the criteria, and what direct
    deductions may take at most (R2: 50, 50 and 20)."""

    fixed: float
    scaled: float
    direct_most: float


@dataclass(frozen=True)
class Appraisal:
    """Who appraises an organ, and the weight of that in the whole (组织考评, 自我考评, ...)."""

    id: str
    title: Words
    weight: float


@dataclass(frozen=True)
class Rubric:
    """Criteria, bands, and the effect of vetoes and of absent items.

    >>> pack.rubrics["penalty"].band_of(90).title["zh"]   # doctest: +SKIP
    '优秀'
    """

    id: str
    version: str
    title: Words
    criteria: tuple[Criterion, ...]
    bands: tuple[Band, ...]
    source: str = ""
    ours: Words = field(default_factory=dict)
    level: str = "case"
    base: str = "additive"
    full: float = 100.0
    split: Split | None = None
    veto_effect: str = "zero"
    vetoes: tuple[Veto, ...] = ()
    pack_vetoes: bool = True
    absent_item: str = "drop"
    provisional_below: float = 0.0
    rounding: int = 2
    from_on: date | None = None
    to_on: date | None = None
    appraisals: tuple[Appraisal, ...] = ()

    @property
    def automatic(self) -> tuple[Criterion, ...]:
        """The criteria that checks decide."""
        return tuple(c for c in self.criteria if c.mode == "auto")

    @property
    def with_checks(self) -> tuple[Criterion, ...]:
        """The criteria that checks decide or propose deductions for."""
        return tuple(c for c in self.criteria if c.listed)

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks of all criteria, in their order."""
        return tuple(check for c in self.criteria for check in c.checks)

    def criterion(self, name: str) -> Criterion:
        """A criterion by id; KeyError where there is none."""
        return next(iter(c for c in self.criteria if c.id == name), None) or _missing(name)

    def maximum(self, *modes: str) -> float:
        """Sum of the maxima of the criteria of these modes; direct deductions are no points."""
        return sum(c.maximum for c in self.criteria if c.mode in modes and not c.direct)

    def band_of(self, points: float) -> Band:
        """The band of a score: its floor belongs to it."""
        return next((b for b in self.bands if points >= b.floor), self.bands[-1])

    def band(self, name: str | None) -> Band | None:
        """A band by name."""
        return next((b for b in self.bands if b.name == name), None)

    def in_force(self, day: date) -> bool:
        """Whether the rubric holds on a day; both ends belong to it."""
        return (self.from_on or day) <= day <= (self.to_on or day)

    def effect_of(self, vetoes: Iterable[str]) -> str:
        """The strongest effect of confirmed vetoes, named by id or by check; `none` without any."""
        found = {self._effect(name) for name in vetoes}
        return next((effect for effect in VETO_EFFECTS if effect in found), "none")

    def _effect(self, name: str) -> str:
        for veto in self.vetoes:
            if name == veto.id or name in veto.checks:
                return veto.effect or self.veto_effect
        return self.veto_effect

    def may_veto(self, check: str, of_pack: bool) -> bool:
        """Whether a failed check is a candidate: listed here, or as a veto of the pack."""
        listed = any(check in veto.checks for veto in self.vetoes)
        return listed or (of_pack and self.pack_vetoes)


def _missing(name: str) -> Criterion:
    raise KeyError(name)
