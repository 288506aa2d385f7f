"""A source as a user names it -> its sheets, none of them read yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.loading import kinds
from workbench.loading.bounds import MAX_TABLES, too_large
from workbench.loading.database_sheets import Database, is_url
from workbench.loading.frame_sheets import FrameSheet
from workbench.loading.header_rows import Words
from workbench.loading.shaping.wrapped import Wrapped
from workbench.loading.sheets import RawTable, Sheet, Source
from workbench.terms import InputError, UsageError

MAPPING = "mapping.yaml"
OURS = ("truth.parquet",)  # what `synthesize` writes beside the tables


def open_source(given: Any, words: Words) -> Source:
    """Open a folder, a file, the URL of a database, a frame, or frames (or paths) by name.

    Raises `InputError` where there is nothing that can be read.
    """
    if isinstance(given, Mapping):
        return _open_named(given, words)
    if not isinstance(given, (str, Path)):
        return Source("a DataFrame", [FrameSheet("DataFrame", given)])
    if is_url(str(given)):
        database = Database(str(given))
        found = database.sheets()
        names = [sheet.name for sheet in found]
        return Source(database.label, found, present=names)
    path = Path(given)
    if path.is_dir():
        return _open_folder(path, words)
    if not path.is_file():
        raise InputError(_not_there(path))
    beside = path.with_name(f"{path.stem}.{MAPPING}")
    more = _opener(path.parent, words)
    sheets = open_file(path, path.name, words)
    return Source(str(path), sheets, path.parent, beside, [path.name], more=more)


def _open_named(given: Mapping[Any, Any], words: Words) -> Source:
    """Frames and paths by the name of their table."""
    sheets: list[Sheet] = []
    leave: list[Callable[[], None]] = []
    for name, one in given.items():
        if not isinstance(one, (str, Path)):
            sheets.append(FrameSheet(str(name), one))
            continue
        found = open_source(one, words)
        leave.append(found.close)
        if len(found.sheets) != 1:
            many = len(found.sheets)
            raise UsageError(f"{name}: {found.label} holds {many} tables; name a file of one")
        sheets.append(_Named(found.sheets[0], str(name)))
    return Source("DataFrames", sheets, present=[sheet.name for sheet in sheets], leave=leave)


class _Named(Wrapped):
    """A sheet under the name that it was given."""

    def __init__(self, inner: Sheet, stem: str):
        super().__init__(inner)
        self.stem = stem

    def names(self) -> tuple[str, ...]:
        return self.inside

    def needs(self, wanted: list[int]) -> list[int]:
        return wanted

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        return raw


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
    from workbench.loading.parquet_sheets import ParquetSheet

    return [ParquetSheet(path, name)]


def _open_json(path: Path, name: str, words: Words) -> list[Sheet]:
    from workbench.loading.json_sheets import JsonFile

    return JsonFile(path, name, words).sheets()


def _open_sqlite(path: Path, name: str, words: Words) -> list[Sheet]:
    from workbench.loading.database_sheets import Database

    return Database.of_file(path).sheets()


def _open_log(path: Path, name: str, words: Words) -> list[Sheet]:
    from workbench.loading.log_sheets import LogFile

    return [*LogFile(path, name).sheets()]


_Opener = Callable[[Path, str, Words], list[Sheet]]
_OPENERS: dict[str, _Opener] = {
    kinds.TEXT: _open_text,
    kinds.WORKBOOK: _open_workbook,
    kinds.PARQUET: _open_parquet,
    kinds.JSON: _open_json,
    kinds.SQLITE: _open_sqlite,
    kinds.XES: _open_log,
}


def _not_there(given: Path) -> str:
    near = given.parent
    while not near.is_dir():
        near = near.parent
    there = ", ".join(sorted(path.name for path in near.iterdir())[:12]) or "nothing"
    return f"{given}: there is no such folder or file; in {near} there is: {there}"
