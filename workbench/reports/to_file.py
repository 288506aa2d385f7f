"""The report of a run as a file of the user's own: a page or a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.display import Language
from workbench.own_files import own_file, put
from workbench.reports.html import render_report
from workbench.reports.results import Results
from workbench.reports.workbook import write_workbook
from workbench.terms import UsageError


def write_report(results: Results, target: Path, language: Language | None = None) -> Path:
    """Write `target` (`.html`, `.xlsx`), replacing what is there in one step.

    A page holds both languages and shows `language` first; a workbook is in that one alone.
    Raises `UsageError` for another kind of file, and for a place inside a run folder.
    """
    write = _writer(results, target, language)
    own_file(target)
    return put(target, write)


def _writer(results: Results, target: Path, language: Language | None) -> Callable[[Path], object]:
    kind = target.suffix.lower()
    if kind == ".html":
        page = render_report(results, language=language)
        return lambda path: path.write_text(page, "utf-8")
    if kind == ".xlsx":
        return lambda path: write_workbook(results, path, language)
    if kind == ".docx":
        raise UsageError(f"{target}: a Word report cannot be written yet; "
                         "name a file that ends in .html or .xlsx")  # fmt: skip
    raise UsageError(f"{target}: a report is FILE.html or FILE.xlsx")
