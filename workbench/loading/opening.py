"""A source as a user names it -> its sheets, none of them read yet."""

from __future__ import annotations

from pathlib import Path

from workbench.loading.log_sheets import LogFile
from workbench.loading.sheets import Sheet, Source
from workbench.loading.text_sheets import TextSheet
from workbench.terms import InputError


def open_source(given: Path) -> Source:
    """Open a folder of files, one a table. Raises `InputError` where there is none."""
    if not given.is_dir():
        raise InputError(_no_folder(given))
    present = sorted(path for path in given.iterdir() if path.is_file())
    sheets = [sheet for path in present for sheet in _open_file(path, path.name)]
    names = [path.name for path in present]
    return Source(str(given), sheets, given, names, lambda name: _open_more(given, name))


def _open_more(folder: Path, name: str) -> list[Sheet]:
    """A file that a mapping names and that no name gives away as one of ours."""
    path = folder / name
    return (_open_file(path, name) or [TextSheet(path, name)]) if path.is_file() else []


def _open_file(path: Path, name: str) -> list[Sheet]:
    if name.casefold().endswith((".xes", ".xes.gz")):
        return [*LogFile(path, name).sheets()]
    return [TextSheet(path, name)] if path.suffix.casefold() == ".csv" else []


def _no_folder(folder: Path) -> str:
    if folder.is_file():
        return f"{folder}: is a file; case files are a folder with one CSV file a table"
    near = folder.parent
    while not near.is_dir():
        near = near.parent
    there = ", ".join(sorted(path.name for path in near.iterdir())[:12]) or "nothing"
    return f"{folder}: there is no such folder; in {near} there is: {there}"
