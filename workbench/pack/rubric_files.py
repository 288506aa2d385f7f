"""Rubrics within their pack: words of human criteria, what checks weigh, which kind has which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbench.criteria import HumanCriterion
from workbench.points import Points
from workbench.rubrics import Criterion, Listed, Rubric
from workbench.suites import Check


def rubrics_in_words(
    rubrics: Mapping[str, Rubric], criteria: Mapping[str, HumanCriterion]
) -> dict[str, Rubric]:
    """The rubrics with the titles, anchors and hints of the human criteria they refer to.

    What a rubric says itself wins. A reference to no criterion stays as it is: the cross-checks
    of the pack name it.
    """
    return {
        name: replace(rubric, criteria=tuple(_in_words(c, criteria) for c in rubric.criteria))
        for name, rubric in rubrics.items()
    }


def _in_words(criterion: Criterion, criteria: Mapping[str, HumanCriterion]) -> Criterion:
    human = criteria.get(criterion.human)
    if human is None:
        return criterion
    return replace(
        criterion,
        title=criterion.title or human.title,
        anchors=criterion.anchors or human.anchors,
        hints=criterion.hints or human.hints,
        source=criterion.source or human.seed,
    )


def weight_of(check: Check, listed: Listed) -> tuple[Points, str]:
    """Points and defect group of a check in a rubric that lists it, which may set its own.

    The group is "" where the check stands alone.
    """
    group = check.defect_group if listed.group is None else listed.group
    return listed.points or check.points or Points(0), group or ""


def rubric_names(entries: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Kind -> its rubrics: one name, or several of which the first in force on a day holds."""
    return {
        str(kind): tuple(map(str, names)) if isinstance(names, list) else (str(names),)
        for kind, names in entries.items()
    }
