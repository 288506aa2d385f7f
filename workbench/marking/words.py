"""How marks were worked out, in sentences with every number a reader needs to check them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbench.points import written
from workbench.sources import read_words

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Taken:
    """One defect: the checks that found it here, what it takes here, or where it is deducted."""

    checks: tuple[str, ...]
    points: float
    elsewhere: str = ""


@dataclass(frozen=True)
class Working:
    """The numbers of one mark."""

    maximum: float
    decided: float
    open: float
    attainable: float
    taken: tuple[Taken, ...]
    own: tuple[float, ...]
    points: float | None
    by_weight: bool


@cache
def _book() -> Mapping[str, Mapping[str, str]]:
    return read_words(Path(__file__).with_suffix(".yaml"))


def said(key: str, language: str, **values: object) -> str:
    """A phrase of the book; numbers are written as people write them."""
    numbers = {k: written(v) if isinstance(v, int | float) else v for k, v in values.items()}
    return _book()[key][language].format(**numbers)


def both(key: str, **values: object) -> dict[str, str]:
    """A phrase in both languages."""
    return {language: said(key, language, **values) for language in LANGUAGES}


def of_absent(rule: str, maximum: float) -> dict[str, str]:
    """What a criterion that does not apply counts."""
    return both(f"absent_{rule}", maximum=maximum)


def of_mark(work: Working) -> dict[str, str]:
    """The formula of one mark.

    >>> of_mark(Working(9, 5, 0, 9, (Taken(("late",), 3),), (), 6, True))["en"]
    '9 x 5 / (5 + 0) = 9 attainable; 9 - 3 (late) = 6'
    """
    return {language: _mark(work, language) for language in LANGUAGES}


def _mark(work: Working, language: str) -> str:
    said_parts = [_attainable(work, language)]
    if work.points is None:
        if any(not t.elsewhere for t in work.taken):
            said_parts.append(said("proposed", language, what=_proposals(work, language)))
        said_parts.append(said("not_rated", language))
    else:
        lost = _amounts(work, language)
        values = {"attainable": work.attainable, "lost": lost, "points": work.points}
        below = work.attainable < sum(t.points for t in work.taken) + sum(work.own)
        if lost:
            said_parts.append(said("floor" if below else "earned", language, **values))
        else:
            said_parts.append(said("whole", language, **values))
    return said("between", language).join([*said_parts, *_elsewhere(work, language)])


def _attainable(work: Working, language: str) -> str:
    if not work.by_weight:
        return said("maximum", language, maximum=work.maximum)
    if not work.decided + work.open:
        return said("nothing_decided", language, maximum=work.maximum)
    return said("attainable", language, maximum=work.maximum, decided=work.decided,
                open=work.open, attainable=work.attainable)  # fmt: skip


def _amounts(work: Working, language: str) -> str:
    """What is taken off, each with where it comes from."""
    found = [
        said("less_checks", language, points=t.points, checks=_listed(t.checks, language))
        for t in work.taken
        if not t.elsewhere
    ]
    found += [said("less_person", language, points=points) for points in work.own]
    return "".join(found)


def _proposals(work: Working, language: str) -> str:
    found = [
        said("proposal", language, points=t.points, checks=_listed(t.checks, language))
        for t in work.taken
        if not t.elsewhere
    ]
    return _listed(found, language)


def _elsewhere(work: Working, language: str) -> list[str]:
    return [
        said("elsewhere", language, checks=_listed(t.checks, language), criterion=t.elsewhere)
        for t in work.taken
        if t.elsewhere
    ]


def _listed(names: Sequence[str], language: str) -> str:
    return said("comma", language).join(names)
