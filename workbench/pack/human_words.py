"""Criteria of rubrics take their words from `criteria.yaml`, where both are of one pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workbench.criteria import HumanCriterion
from workbench.rubrics import Criterion, Rubric


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
