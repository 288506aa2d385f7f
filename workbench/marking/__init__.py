"""Marking: points from a rubric, for one case or one organ. Pure: no records, no files of cases."""

from workbench.marking.case import Mark, Part, Rated, marks, settle
from workbench.marking.result import Result, decided_share, result

__all__ = ["Mark", "Part", "Rated", "Result", "decided_share", "marks", "result", "settle"]
