"""Marking: points from a rubric, for one case or one organ. Pure: no records, no files of cases."""

from workbench.marking.case import Mark, Part, Rated, marks, settle
from workbench.marking.organ import Combined, OrganInputs, Share, Subjects, combine, organ_marks
from workbench.marking.result import Result, decided_share, result

__all__ = [
    "Combined", "Mark", "OrganInputs", "Part", "Rated", "Result", "Share", "Subjects", "combine",
    "decided_share", "marks", "organ_marks", "result", "settle",
]  # fmt: skip
