"""What was asked of a draw: how many, from which cases, in which way. All of it is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workbench.sampling import allocation as shares
from workbench.sampling.allocation import ALLOCATIONS
from workbench.sampling.chance import fresh_seed
from workbench.sampling.conditions import Condition, Where, conditions_of
from workbench.sampling.population import GRADE, GRADE_POINTS
from workbench.sampling.sizes import rate, sample_size
from workbench.terms import UsageError, did_you_mean

CROSSES = {"unit": "unit_id", "organ": "organ_id"}
CONFIDENCE = "0.95"


@dataclass(frozen=True)
class Plan:
    """A draw as it was asked for. Numbers with decimals are texts, so that none is rounded."""

    seed: str
    count: int | None = None
    percent: str | None = None
    tolerable: str | None = None
    expected: str = "0"
    confidence: str = CONFIDENCE
    take: tuple[tuple[str, int], ...] = ()
    minimum: int = 0
    by: tuple[str, ...] = ()
    allocation: str = "proportional"
    risk: str | None = None
    grades: tuple[tuple[str, int], ...] = ()
    where: tuple[Condition, ...] = ()
    cross: str | None = None
    reviewers: tuple[tuple[str, str], ...] = ()
    each: int = 1
    apart: bool = False

    @property
    def method(self) -> str:
        """The name of the method: simple, stratified or risk."""
        return "risk" if self.risk else "stratified" if self.by else "simple"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the record."""
        found = {k: list(v) if isinstance(v, tuple) else v for k, v in vars(self).items()}
        return found | {
            "take": dict(self.take),
            "grades": dict(self.grades),
            "reviewers": dict(self.reviewers),
            "where": [[c.column, c.operator, list(c.values)] for c in self.where],
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Plan:
        """The plan of a record; raises `KeyError`, `TypeError` or `ValueError` for no plan."""
        for names, kinds in _KINDS.items():
            for name in names.split():
                parts = given[name].values() if isinstance(given[name], dict) else [given[name]]
                if not all(type(part) in kinds for part in parts):
                    raise TypeError(f"plan: {name} cannot be {given[name]!r}")
        where = tuple(Condition(c, o, tuple(values)) for c, o, values in given["where"])
        texts = [*given["by"], *(t for c in where for t in (c.column, c.operator, *c.values))]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("plan: columns and their values are texts")
        pairs = {name: tuple(given[name].items()) for name in ("take", "grades", "reviewers")}
        found = cls(**{**given, **pairs, "by": tuple(given["by"]), "where": where})
        sound = found.cross in (None, *CROSSES) and found.allocation in ALLOCATIONS
        if not sound or found.each < 1 or found.minimum < 0 or (found.count or 1) < 1:
            raise ValueError("plan: an entry that cannot be")
        return found


_NONE = type(None)
# Of which types the entries of a recorded plan (or the values of its mappings) are.
_KINDS: Mapping[str, tuple[type, ...]] = {
    "seed expected confidence allocation reviewers": (str,),
    "percent tolerable risk cross": (str, _NONE),
    "minimum each take grades": (int,),
    "count": (int, _NONE),
    "apart": (bool,),
    "by where": (list,),
}


def plan(
    count: int | None = None,
    percent: object = None,
    *,
    tolerable: object = None,
    expected: object = 0,
    confidence: object = CONFIDENCE,
    take: Mapping[str, int] | None = None,
    minimum: int | None = None,
    by: str | Iterable[str] = (),
    allocation: str = "proportional",
    risk: str | None = None,
    grades: Mapping[str, int] | None = None,
    where: Where = (),
    seed: object = None,
    cross: str | None = None,
    reviewers: Mapping[str, str] | None = None,
    each: int = 1,
    apart: bool = False,
) -> Plan:
    """The plan from what a person gives; raises `UsageError` for what does not go together.

    - How many, one of: `count`; `percent` (10 for ten percent, rounded up); `tolerable` (a rate
      such as 0.05, with `expected` and `confidence`: as many as attribute sampling takes); `take`
      (so many of each stratum, by its name).
    - `where`: who is in the population: conditions (`"kind = penalty"`) or a mapping.
    - `by`: columns to stratify by; `allocation`: proportional, equal or each; `minimum` of each
      stratum (1, if there are strata and nothing else is said).
    - `risk`: failed, grade (with `grades`) or a column: chances in proportion to 1 + risk.
    - `seed`: the same seed draws the same cases; a new one if none is given.
    - `cross`: unit or organ: `each` reviewers a file from elsewhere, `apart` from each other's
      units; `reviewers` maps reviewers to units (the units themselves, if none are given).

    >>> plan(percent=10, by="unit_id", minimum=5, seed=7).method
    'stratified'
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    _one_size(count, percent, tolerable, take)
    _whole("a draw", count, 1)
    _whole("a minimum", minimum, 0)
    _whole("reviewers of each file", each, 1)
    if allocation not in ALLOCATIONS:
        hint = did_you_mean(allocation, ALLOCATIONS) or ", ".join(ALLOCATIONS)
        raise UsageError(f"no allocation '{allocation}'; {hint}")
    if (allocation != "proportional" or take) and not by:
        raise UsageError(
            "an allocation is over strata: say by which column, for example by unit_id"
        )
    if allocation == "each" and tolerable is not None:
        raise UsageError("a size from a tolerable rate is one for all strata, not for each")
    if cross is not None and cross not in CROSSES:
        raise UsageError(f"cross-review is between units or organs, not '{cross}'")
    if reviewers and not cross:
        cross = "unit"
    if each < 1 or ((each > 1 or apart) and not cross):
        raise UsageError("how many review a file goes with cross-review, and is 1 or more")
    if grades and risk != GRADE:
        raise UsageError("points of grades go with the risk 'grade'")
    chosen = str(seed).strip() if seed is not None else fresh_seed()
    if not chosen or "\x1f" in chosen:
        raise UsageError("an empty seed draws nothing: give a number or a word, or none at all")
    # With strata each gives at least one: a stratum without a case would have no estimate.
    least = minimum if minimum is not None else int(bool(by) and not take)
    return Plan(
        seed=chosen, count=count, percent=None if percent is None else str(percent),
        tolerable=None if tolerable is None else str(tolerable), expected=str(expected),
        confidence=str(confidence), take=tuple((take or {}).items()), minimum=least, by=by,
        allocation=allocation, risk=risk,
        grades=tuple({**GRADE_POINTS, **(grades or {})}.items()) if risk == GRADE else (),
        where=conditions_of(where), cross=cross, reviewers=tuple((reviewers or {}).items()),
        each=each, apart=apart,
    )  # fmt: skip


def _whole(what: str, given: object, least: int) -> None:
    if given is None or (isinstance(given, int) and given >= least and given is not True):
        return
    raise UsageError(f"{what} of {given!r}: expected a whole number, {least} or more")


def _one_size(*given: object) -> None:
    sizes = sum(one is not None and one != {} for one in given)
    if sizes != 1:
        raise UsageError(
            ("several sizes" if sizes else "no size") + " given: say one of a count, a percentage, "
            "a tolerable rate, or how many of each stratum"
        )


def counts(plan: Plan, strata: Mapping[str, int]) -> dict[str, int]:
    """How many cases each stratum gives; raises `UsageError` where there are not so many."""
    if plan.take:
        found = shares.as_told(strata, dict(plan.take))
        if not sum(found.values()):
            raise UsageError("no case is asked of any stratum: nothing would be drawn")
        return found
    share = shares.share(plan.percent) if plan.percent is not None else None
    if plan.allocation == "each":
        _refuse_too_many(plan.count, strata)
        return shares.each(strata, share, plan.count, plan.minimum)
    cases = sum(strata.values())
    least = sum(min(plan.minimum, size) for size in strata.values())
    if share is not None:  # at least so many percent, and at least so many of each
        total = max(shares.at_least(share, cases), least)
    elif plan.tolerable is not None:
        size = sample_size(plan.confidence, plan.tolerable, plan.expected, cases)
        total = max(size, least)
    else:
        total = plan.count or 0
        if total > cases:
            raise UsageError(f"{total} cases are asked for, and the population has {cases}")
        if total < least:
            raise UsageError(
                f"{total} cases are asked for, and {plan.minimum} or more of each of {len(strata)} "
                f"strata make {least}: ask for more, or give a smaller minimum (0: none)"
            )
    return shares.allocate(strata, total, plan.allocation, plan.minimum)


def _refuse_too_many(count: int | None, strata: Mapping[str, int]) -> None:
    if small := [name for name, size in strata.items() if count and size < count]:
        raise UsageError(
            f"{count} of each stratum are asked for; {len(small)} of {len(strata)} have fewer, the "
            f"first of them '{small[0]}' with {strata[small[0]]}"
        )


def rates(plan: Plan) -> tuple[Fraction, Fraction | None]:
    """Confidence and tolerable rate that the size came from, if it did."""
    tolerable = rate(plan.tolerable, "tolerable") if plan.tolerable is not None else None
    return rate(plan.confidence, "confidence"), tolerable
