"""Paper of a review: 评查表, 问题清单, 反馈意见书, 整改通知书, 评查通报, as .docx and .xlsx.

Each is made from a `RoundState` alone. Layout of the Chinese .docx: GB/T 9704-2012
(`layout.yaml`); every word stands in `words.yaml`.
"""

from workbench.papers.files import (
    KINDS,
    circular,
    feedback_letter,
    problem_list,
    rating_sheet,
    rectification_notice,
)

__all__ = [
    "KINDS",
    "circular",
    "feedback_letter",
    "problem_list",
    "rating_sheet",
    "rectification_notice",
]
