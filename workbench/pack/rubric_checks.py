"""Rubrics against the rest of their pack: checks, facts, human criteria, kinds of cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.pack.model import Pack
from workbench.rubrics import Criterion, Listed, Rubric
from workbench.sources import Place, Source
from workbench.terms import Fault, did_you_mean


def check_rubrics(pack: Pack, sources: Mapping[str, Source]) -> list[Fault]:
    """Every fault between the rubrics and the other files of a pack."""
    faults: list[Fault] = []
    for name, rubric in pack.rubrics.items():
        file = f"rubrics/{name}.yaml"
        source = sources.get(file) or Source(file, {})
        faults += _checks(pack, rubric, source)
        faults += _people(pack, rubric, source)
        faults += _vetoes(pack, rubric, source)
    faults += _kinds(pack, sources.get("pack.yaml") or Source("pack.yaml", {}))
    return faults


def _checks(pack: Pack, rubric: Rubric, source: Source) -> Iterator[Fault]:
    """Each check is there, looks at the right asset, states points, and stands once."""
    seen: set[str] = set()
    for index, criterion in enumerate(rubric.criteria):
        for place, listed in enumerate(criterion.listed):
            where: Place = ("criteria", index, "checks", place)
            yield from _listed(pack, rubric, source, where, listed)
            if listed.check in seen:
                yield source.fault(where, f"'{listed.check}' stands under two criteria")
            seen.add(listed.check)


def _listed(
    pack: Pack, rubric: Rubric, source: Source, where: Place, listed: Listed
) -> Iterator[Fault]:
    check = pack.checks.get(listed.check)
    if check is None:
        hint = did_you_mean(listed.check, pack.checks)
        yield source.fault(where, f"no check '{listed.check}'", hint)
        return
    of_cases = pack.assets[check.asset].table == "cases"
    if rubric.level == "case" and not of_cases:
        message = f"'{check.id}' looks at {check.asset}, not at a case: it belongs to an organ"
        yield source.fault(where, message)
    elif rubric.level == "case" and not (listed.points or check.points):
        yield source.fault(where, f"'{check.id}' states no points")
    for fact in listed.points.facts if listed.points else ():
        if fact not in pack.fact_names(check.asset):
            hint = did_you_mean(fact, pack.fact_names(check.asset))
            yield source.fault(where, f"'{check.id}': no fact '{fact}'", hint)


def _people(pack: Pack, rubric: Rubric, source: Source) -> Iterator[Fault]:
    """What reviewers are asked: the criterion of criteria.yaml, and the checks to look at."""
    for index, criterion in enumerate(rubric.criteria):
        where: Place = ("criteria", index)
        yield from _human(pack, rubric, source, where, criterion)
        for check in criterion.hints:
            if check not in pack.checks:
                hint = did_you_mean(check, pack.checks)
                yield source.fault((*where, "hints"), f"no check '{check}'", hint)


def _human(
    pack: Pack, rubric: Rubric, source: Source, where: Place, criterion: Criterion
) -> Iterator[Fault]:
    if not criterion.human:
        return
    human = pack.criteria.get(criterion.human)
    if human is None:
        hint = did_you_mean(criterion.human, pack.criteria)
        message = f"criteria.yaml has no criterion '{criterion.human}'"
        yield source.fault((*where, "human"), message, hint)
    elif human.level != rubric.level:
        message = f"'{criterion.human}' is of the level {human.level}, this rubric {rubric.level}"
        yield source.fault((*where, "human"), message)


def _vetoes(pack: Pack, rubric: Rubric, source: Source) -> Iterator[Fault]:
    """Checks of vetoes are there and their clause is verified: what is not is never a veto."""
    for index, veto in enumerate(rubric.vetoes):
        where: Place = ("vetoes", index)
        for name in veto.checks:
            check = pack.checks.get(name)
            if check is None:
                hint = did_you_mean(name, pack.checks)
                yield source.fault((*where, "checks"), f"no check '{name}'", hint)
            elif not check.verified:
                message = f"'{name}': its clause is not verified, so it is no veto"
                yield source.fault((*where, "checks"), message)


def _kinds(pack: Pack, head: Source) -> Iterator[Fault]:
    """Each kind of case has a rubric of the level case."""
    for kind, name in ((kind, name) for kind, names in pack.rubric_for.items() for name in names):
        rubric = pack.rubrics.get(name)
        if rubric is None:
            hint = did_you_mean(name, pack.rubrics)
            yield head.fault(("rubric_for", kind), f"no rubric '{name}'", hint)
        elif rubric.level != "case":
            yield head.fault(("rubric_for", kind), f"rubric '{name}' is for an organ, not a case")
