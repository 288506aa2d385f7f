"""Rubrics (评查标准): how the points of a case or an organ are spread, deducted and named."""

from workbench.rubrics.model import (
    ABSENT_RULES,
    ANCHORS,
    BASES,
    LEVELS,
    MEASURES,
    MODES,
    VETO_EFFECTS,
    Appraisal,
    Band,
    Criterion,
    Item,
    Listed,
    Rubric,
    Split,
    Veto,
)
from workbench.rubrics.reading import parse_rubric

__all__ = [
    "ABSENT_RULES", "ANCHORS", "BASES", "LEVELS", "MEASURES", "MODES", "VETO_EFFECTS", "Appraisal",
    "Band", "Criterion", "Item", "Listed", "Rubric", "Split", "Veto", "parse_rubric",
]  # fmt: skip
