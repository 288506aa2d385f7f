"""A source as a user names it -> its sheets, none of them read yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.loading import kinds
from workbench.loading.bounds import MAX_TABLES, too_large
from workbench.loading.header_rows import Words
from workbench.loading.sheets import Sheet, Source
from workbench.terms import InputError

MAPPING = "mapping.yaml"
OURS = ("truth.parquet",)  # what `synthesize` writes beside the tables


def open_source(given: Path, words: Words) -> Source:
    """Open a folder of files, or one file. Raises `InputError` where there is none."""
    if given.is_dir():
        return _open_folder(given, words)
    if not given.is_file():
        raise InputError(_not_there(given))
    beside = given.with_name(f"{given.stem}.{MAPPING}")
    sheets = open_file(given, given.name, words)
    return Source(
        str(given), sheets, given.parent, beside, [given.name], more=_opener(given.parent, words)
    )


def _open_folder(folder: Path, words: Words) -> Source:
    entries = sorted(folder.iterdir())
    source = Source(
        str(folder), [], folder, folder / MAPPING, [path.name for path in entries if path.is_file()]
    )
    source.more = _opener(folder, words)
    for path in entries:
        name = path.name
        if name in OURS or name.startswith((".", "~$")):  # a lock that a spreadsheet left behind
            continue
        try:
            source.sheets += _open_entry(path, name, words)
        except InputError as error:
            source.unusable[name] = str(error)
    if len(source.sheets) > MAX_TABLES:
        raise too_large(str(folder), "sheets", len(source.sheets), MAX_TABLES)
    return source


def _open_entry(path: Path, name: str, words: Words) -> list[Sheet]:
    if path.is_dir():
        return _open_parquet(path, name, words) if _is_partitioned(path) else []
    if kinds.by_name(name) is None:
        if name.casefold().endswith(kinds.REFUSED):
            kinds.refuse_harmful(name, b"")
        return []
    return open_file(path, name, words)


def _is_partitioned(folder: Path) -> bool:
    """Parquet files in a folder of their own, or in folders such as `year=2025` in it."""
    inside = [*folder.glob("*.parquet"), *folder.glob("*=*/**/*.parquet")]
    return bool(inside)


def _opener(folder: Path, words: Words) -> Callable[[str], list[Sheet]]:
    def more(name: str) -> list[Sheet]:
        path = folder / name
        return open_file(path, name, words) if path.is_file() else []

    return more


def open_file(path: Path, name: str, words: Words) -> list[Sheet]:
    """The sheets of one file. Raises `InputError` for one that cannot be used at all."""
    if kinds.by_name(name) is None and not path.suffix:
        return _open_text(path, name, words)
    return _OPENERS[kinds.kind_of(path, name)](path, name, words)


def _open_text(path: Path, name: str, words: Words) -> list[Sheet]:
    from workbench.loading.text_sheets import TextSheet

    return [TextSheet(path, name, words)]


def _open_workbook(path: Path, name: str, words: Words) -> list[Sheet]:
    from workbench.loading.workbook_sheets import Workbook

    return Workbook(path, name, words).sheets()


def _open_parquet(path: Path, name: str, words: Words) -> list[Sheet]:
    raise InputError(f"{name}: Parquet is not read yet")


def _open_log(path: Path, name: str, words: Words) -> list[Sheet]:
    from workbench.loading.log_sheets import LogFile

    return [*LogFile(path, name).sheets()]


_Opener = Callable[[Path, str, Words], list[Sheet]]
_OPENERS: dict[str, _Opener] = {
    kinds.TEXT: _open_text,
    kinds.WORKBOOK: _open_workbook,
    kinds.PARQUET: _open_parquet,
    kinds.XES: _open_log,
}


def _not_there(given: Path) -> str:
    near = given.parent
    while not near.is_dir():
        near = near.parent
    there = ", ".join(sorted(path.name for path in near.iterdir())[:12]) or "nothing"
    return f"{given}: there is no such folder or file; in {near} there is: {there}"
