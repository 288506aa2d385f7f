"""A paper of a round as a file: made, written beside its place, moved there in one step."""

from __future__ import annotations

from pathlib import Path

from workbench.own_files import outside_runs, put
from workbench.papers.book import write_book
from workbench.papers.circular import circular as circular_paper
from workbench.papers.content import Paper
from workbench.papers.feedback_letter import feedback_letter as feedback_paper
from workbench.papers.problem_list import problem_list as problems_paper
from workbench.papers.rating_sheet import rating_sheet as sheet_paper
from workbench.papers.rectification_notice import rectification_notice as notice_paper
from workbench.papers.standing import refusal
from workbench.papers.word import write_word
from workbench.review.state import RoundState
from workbench.texts import shown_language

KINDS = ("rating_sheet", "problem_list", "feedback_letter", "rectification_notice", "circular")
_SUFFIXES = (".docx", ".xlsx")


def rating_sheet(
    its: RoundState, case_id: str, to: str | Path, language: str | None = None
) -> Path:
    """案卷评查表: write the rating sheet of a case as FILE.docx or FILE.xlsx.

    Raises `UsageError` for a case that is not in the round or has no result yet, and for another
    kind of file.

    >>> rating_sheet(review.round("2026-01"), "99-2025-000412", "sheet.docx")   # doctest: +SKIP
    """
    _suffix(to, language)
    return _write(sheet_paper(its, case_id, shown_language("zh", language)), to)


def problem_list(
    its: RoundState, unit_id: str, to: str | Path, language: str | None = None
) -> Path:
    """问题清单: write the list of a unit's problems, as far as it was told of them.

    Raises `UsageError` for a unit without cases, and before any feedback.
    """
    _suffix(to, language)
    return _write(problems_paper(its, unit_id, shown_language("zh", language)), to)


def feedback_letter(
    its: RoundState, unit_id: str, to: str | Path, language: str | None = None,
    *, red_head: bool = False,
) -> Path:  # fmt: skip
    """反馈意见书: write the letter that tells a unit its provisional results and asks for a reply.

    `red_head` puts the organ's name in red above (版头); by default paper with a printed head is
    expected. Raises `UsageError` for a unit without cases, and before any feedback.
    """
    _suffix(to, language)
    return _write(feedback_paper(its, unit_id, shown_language("zh", language)), to, red_head)


def rectification_notice(
    its: RoundState, unit_id: str, to: str | Path, language: str | None = None,
    *, red_head: bool = False,
) -> Path:  # fmt: skip
    """整改通知书: write what a unit must put right, by whom, until when, with which proof.

    Raises `UsageError` for a unit without cases, and where nothing was demanded of it.
    """
    _suffix(to, language)
    return _write(notice_paper(its, unit_id, shown_language("zh", language)), to, red_head)


def circular(
    its: RoundState, to: str | Path, language: str | None = None,
    *, on: str, red_head: bool = False,
) -> Path:  # fmt: skip
    """评查通报: write the circular of a round as of the day `on` (ISO). It names no person.

    Raises `UsageError` while no result is final.
    """
    _suffix(to, language)
    return _write(circular_paper(its, shown_language("zh", language), on), to, red_head)


def _suffix(to: str | Path, language: str | None) -> str:
    """Asked first: a wrong name is told before any work."""
    suffix = Path(to).suffix.lower()
    if suffix not in _SUFFIXES:
        raise refusal("wrong_suffix", shown_language("zh", language), file=to)
    return suffix


def _write(paper: Paper, to: str | Path, red_head: bool = False) -> Path:
    target = Path(to)
    if not target.parent.is_dir():
        raise refusal("no_folder", paper.language, folder=target.parent)
    if target.is_dir():
        raise refusal("is_folder", paper.language, folder=target)
    outside_runs(target)
    if target.suffix.lower() == ".xlsx":
        return put(target, lambda passing: write_book(paper, passing))
    return put(target, lambda passing: write_word(paper, passing, red_head=red_head))
