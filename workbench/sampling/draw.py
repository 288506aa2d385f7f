"""A plan and a population -> the cases drawn, with their inclusion probabilities and reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from workbench.sampling.chance import ordered
from workbench.sampling.crossing import assign
from workbench.sampling.drawing import ORDER, by_risk, equal_chance, inclusion
from workbench.sampling.plan import CROSSES, Plan, counts
from workbench.sampling.population import Population, Subject
from workbench.terms import UsageError


@dataclass(frozen=True)
class Drawn:
    """One drawn case: its place in the order of review, its chance of being drawn, who reviews."""

    order: int
    subject: Subject
    inclusion: Fraction
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """The cases of one stratum that had the same chance: how many there are, how many are drawn."""

    stratum: str
    values: tuple[str | None, ...]
    inclusion: Fraction
    cases: int
    drawn: int


def draw(population: Population, plan: Plan) -> tuple[list[Drawn], list[Layer]]:
    """The drawn cases in the order of review, and what each stratum gave.

    Raises `UsageError` where the population has fewer cases than are asked for.
    """
    chances = chances_of(population, plan)
    chosen: set[str] = set()
    for subjects in _members(population).values():
        its = {s.case_id: chances[s.case_id] for s in subjects}
        count = sum(its.values(), Fraction(0))
        if plan.risk and count:
            chosen |= set(by_risk(its, plan.seed))
        else:
            chosen |= set(equal_chance(list(its), int(count), plan.seed))
    by_id = {s.case_id: s for s in population.subjects if s.case_id in chosen}
    order = ordered(plan.seed, ORDER, chosen)
    reviewers = _reviewers(population, plan, by_id)
    drawn = [
        Drawn(at, by_id[case], chances[case], reviewers.get(case, ()))
        for at, case in enumerate(order, 1)
    ]
    return drawn, _layers(_members(population), chances, chosen)


def chances_of(population: Population, plan: Plan) -> dict[str, Fraction]:
    """The inclusion probability of every case; within a stratum they add up to its count."""
    wanted = counts(plan, population.strata)
    chances: dict[str, Fraction] = {}
    for name, subjects in _members(population).items():
        if plan.risk:
            chances |= inclusion({s.case_id: s.risk for s in subjects}, wanted[name])
        else:
            one = Fraction(wanted[name], len(subjects))
            chances |= dict.fromkeys((s.case_id for s in subjects), one)
    return chances


def _members(population: Population) -> dict[str, list[Subject]]:
    members: dict[str, list[Subject]] = {name: [] for name in population.strata}
    for subject in population.subjects:
        members[subject.stratum].append(subject)
    return members


def _layers(
    members: Mapping[str, list[Subject]], chances: Mapping[str, Fraction], chosen: set[str]
) -> list[Layer]:
    found = []
    for name, subjects in members.items():
        alike: dict[Fraction, list[str]] = {}
        for s in subjects:
            alike.setdefault(chances[s.case_id], []).append(s.case_id)
        found += [
            Layer(name, subjects[0].values, chance, len(cases), sum(c in chosen for c in cases))
            for chance, cases in sorted(alike.items())
        ]
    return found


def _reviewers(
    population: Population, plan: Plan, drawn: Mapping[str, Subject]
) -> dict[str, tuple[str, ...]]:
    if not plan.cross:
        return {}
    column = CROSSES[plan.cross]
    roster = dict(plan.reviewers)
    if not roster:  # the units themselves review one another
        units = {getattr(s, column) for s in population.subjects} - {None}
        if len(units) < 2:
            raise UsageError(
                f"cross-review needs two {plan.cross}s or more; these cases are of {len(units)}"
            )
        roster = {unit: unit for unit in sorted(units)}
    files = {case: getattr(s, column) for case, s in drawn.items()}
    return assign(files, dict(sorted(roster.items())), plan.seed, plan.each, plan.apart)
