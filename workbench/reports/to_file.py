"""The report of a run as a file of the user's own: a page or a workbook."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from workbench.artefacts import MANIFEST
from workbench.display import Language
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
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}: make it first, or name another")
    if target.is_dir():
        raise UsageError(f"{target} is a folder: name a file in it")
    for folder in target.resolve().parents:
        if (folder / MANIFEST).is_file():
            raise UsageError(f"{folder} is a run folder, and a run never changes: "
                             "name a file outside it")  # fmt: skip
    # Beside the target and then moved there: a write that fails harms nothing that was there.
    passing = target.with_name(f".unfinished-{os.getpid()}-{target.name}")
    try:
        write(passing)
        passing.replace(target)
    finally:
        passing.unlink(missing_ok=True)
    return target


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
