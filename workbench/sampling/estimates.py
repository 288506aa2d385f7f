"""From what the drawn cases showed to the rate of deviations of all, with bounds that hold.

- Equal chance, one stratum: the share of the drawn; bounds exact hypergeometric, or exact binomial
  where it is not known how many cases the question applies to.
- Strata of nearly one sampling fraction: strata by their weights; bounds exact binomial with the
  smallest (or largest) sampling fraction. They are never too narrow: the number found is a sum of
  independent events (Vatutin and Mikhailov 1982), of which the binomial is the widest (Hoeffding
  1956).
- Other strata: strata by their weights; bounds of `tails`.
- By risk: Horvitz-Thompson; bounds of `tails`.

Which of them applies follows from the design alone, never from what was found. A case drawn and not
reviewed counts as deviating in the upper bound and as not deviating in the lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from workbench.sampling import hypergeometric, tails
from workbench.sampling.tails import Group
from workbench.statistics import clopper_pearson
from workbench.terms import UsageError

EXACT, BINOMIAL, POOLED, TAILS = "hypergeometric", "binomial", "pooled", "tails"
# Beyond these the pooled bound would give away more than `tails` does: fractions too different, or
# so large that what was reviewed is a good part of all.
_STRETCH, _PART = Fraction(115, 100), Fraction(3, 10)
_LEAST_CONFIDENCE, _POOLED_CONFIDENCE = 0.5, 0.8


@dataclass(frozen=True)
class Stratum:
    """What is known of the cases of one inclusion probability, and what the drawn ones showed.

    `cases` in all, `drawn` of them; `undecided` are those to which the question does not apply or
    which cannot be told, `missing` those not reviewed.
    """

    inclusion: Fraction
    cases: int
    drawn: int
    found: int
    passed: int
    undecided: int = 0
    missing: int = 0

    @property
    def decided(self) -> int:
        """Cases that were reviewed and to which the question applies."""
        return self.found + self.passed


@dataclass(frozen=True)
class Estimate:
    """The rate of deviations of all cases: estimate, and bounds at `confidence`.

    `low` and `high` are the two ends of an interval, `upper` the one-sided bound. `cases` is the
    denominator where it is known. `unseen`: cases of strata of which none was drawn; the estimate
    does not speak of them, the bounds do.
    """

    rate: float | None
    low: float
    high: float
    upper: float
    confidence: float
    method: str
    found: int
    decided: int
    undecided: int
    missing: int
    drawn: int
    cases: int | None
    unseen: int


def estimate(
    strata: Sequence[Stratum], confidence: float = 0.95, known: bool = False, by_risk: bool = False
) -> Estimate:
    """The rate of all from the strata of a sample.

    `known`: `cases` counts only those to which the question applies (so it is for automatic
    checks); otherwise, where the sample has undecided cases, how many there are is estimated too.

    >>> found = estimate([Stratum(Fraction(60, 2000), 2000, 60, 0, 60)])
    >>> found.method, round(found.upper, 4)
    ('hypergeometric', 0.0475)
    """
    if not _LEAST_CONFIDENCE < confidence < 1:
        raise UsageError(f"confidence {confidence}: expected a number between 0.5 and 1")
    whole = known or not any(s.undecided for s in strata)
    risk, method = 1 - confidence, _method(strata, confidence, whole, by_risk)
    high, low = _Side(strata, True, known), _Side(strata, False, known)
    return Estimate(
        rate=_rate(strata, whole and by_risk and not any(s.missing for s in strata)),
        upper=high.bound(method, risk, whole),
        high=high.bound(method, risk / 2, whole),
        low=low.bound(method, risk / 2, whole),
        confidence=confidence, method=method,
        found=sum(s.found for s in strata), decided=sum(s.decided for s in strata),
        undecided=sum(s.undecided for s in strata), missing=sum(s.missing for s in strata),
        drawn=sum(s.drawn for s in strata), cases=sum(s.cases for s in strata) if whole else None,
        unseen=sum(s.cases for s in strata if not s.inclusion),
    )  # fmt: skip


def _method(strata: Sequence[Stratum], confidence: float, whole: bool, by_risk: bool) -> str:
    if by_risk:
        return TAILS
    if len(strata) == 1:
        return EXACT if whole else BINOMIAL
    chances = [s.inclusion for s in strata]
    cases = sum(s.cases for s in strata)
    average = sum((s.inclusion * s.cases for s in strata), Fraction(0)) / cases if cases else 0
    alike = average <= _STRETCH * min(chances, default=Fraction(0)) and max(chances) <= _PART
    return POOLED if alike and cases and confidence >= _POOLED_CONFIDENCE else TAILS


def _rate(strata: Sequence[Stratum], of_all: bool) -> float | None:
    """Each case counts 1 / its inclusion probability; over all cases, or over the decided ones."""
    seen = [s for s in strata if s.decided]
    if not seen:
        return None
    found = sum((s.found / s.inclusion for s in seen), Fraction(0))
    if of_all:
        return float(found / sum(s.cases for s in strata))
    return float(found / sum((s.decided / s.inclusion for s in seen), Fraction(0)))


@dataclass(frozen=True)
class _Side:
    """One side of an interval: not reviewed counts against it."""

    strata: Sequence[Stratum]
    upper: bool
    known: bool

    def found(self, s: Stratum) -> int:
        return s.found + (s.missing if self.upper else 0)

    def passed(self, s: Stratum) -> int:
        return s.passed + (0 if self.upper else s.missing)

    def bound(self, method: str, risk: float, whole: bool) -> float:
        cases = sum(s.cases for s in self.strata)
        found = sum(self.found(s) for s in self.strata)
        decided = found + sum(self.passed(s) for s in self.strata)
        if not decided:
            return 1.0 if self.upper else 0.0
        if method == BINOMIAL:
            return clopper_pearson(found, decided, 1 - 2 * risk)[1 if self.upper else 0]
        if method == EXACT:
            limit = hypergeometric.most if self.upper else hypergeometric.fewest
            return limit(found, decided, cases, 1 - risk) / cases
        if whole:
            return self._count(method, self._deviating(), risk) / cases
        # The number of deviations over the number of cases the question applies to, each bounded.
        applies = [
            Group(s.inclusion, s.cases, s.decided + s.missing, s.undecided) for s in self.strata
        ]
        other = _Side(self.strata, not self.upper, self.known)
        of = other._count(method, applies, risk / 2)
        part = self._count(method, self._deviating(), risk / 2)
        return min(1.0, part / of) if of else float(self.upper)

    def _deviating(self) -> list[Group]:
        """Where the question does not apply nothing deviates."""
        return [
            Group(s.inclusion, s.cases, self.found(s),
                  self.passed(s) + (0 if self.known else s.undecided))
            for s in self.strata
        ]  # fmt: skip

    def _count(self, method: str, groups: Sequence[Group], risk: float) -> int:
        """At most (or at least) so many of all cases are as those found."""
        if method == TAILS:
            return (tails.highest if self.upper else tails.lowest)(groups, risk)
        limit = tails.highest_alike if self.upper else tails.lowest_alike
        # Of all drawn cases, if the question applies to all; else of those it applies to.
        everywhere = not self.known and not any(s.undecided for s in self.strata)
        return limit(groups, risk, sum(s.drawn for s in self.strata) if everywhere else None)
