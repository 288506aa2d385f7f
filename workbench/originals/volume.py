"""The originals of one case, or one of them, for a viewer with the right to see them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from workbench import sqltext
from workbench.engines.base import EngineError
from workbench.engines.duckdb import DuckDBEngine
from workbench.originals.beside import (
    Written,
    folder_beside,
    has_paths,
    remembered_folder,
    written_paths,
)
from workbench.originals.integrity import State, state_of
from workbench.originals.media import DOWNLOAD, HEAD, Media, media_of
from workbench.originals.paths import inside, parts_of
from workbench.privacy import Role, may_see
from workbench.terms import InputError

SEALED = "originals.parquet"
LARGE = 64 << 20  # bytes: larger files are compared when they are opened, not in a list
_NO_MEDIA = Media(DOWNLOAD, "save")


@dataclass(frozen=True)
class Original:
    """A row that may have a file, and what is there of it.

    `recorded` is the hash that it must have, `recorded_last` what the source last computed itself
    (where it differs, the source knew of the change); `found` the hash that it has.
    """

    table: str
    id: str
    title: Mapping[str, str] = field(default_factory=dict)
    number: str | None = None
    on: date | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    about: str | None = None
    first_page: int | None = None
    last_page: int | None = None
    recorded: str | None = None
    recorded_last: str | None = None
    state: State = State.not_named
    found: str | None = None
    size: int | None = None
    media: Media = _NO_MEDIA
    path: Path | None = field(default=None, repr=False)
    suffix: str = ""

    @property
    def ref(self) -> str:
        """How it is named in addresses and in evidence: `table/id`."""
        return f"{self.table}/{self.id}"

    @property
    def day(self) -> date | None:
        """The day of the record."""
        return self.on or (self.from_at.date() if self.from_at else None)


@dataclass(frozen=True)
class Volume:
    """The originals of one case in the order of the volume, and the required ones it has not.

    `missing` are titles (zh, en) of documents that the pack asks for. `known` is false for a run
    that was made before originals were recorded.
    """

    run_id: str
    case_id: str
    originals: tuple[Original, ...]
    missing: tuple[Mapping[str, str], ...] = ()
    known: bool = True

    def get(self, ref: str | None) -> Original | None:
        """The original of that reference."""
        return next((o for o in self.originals if o.ref == ref), None)


class Forbidden(InputError):
    """The viewer has no right to see originals."""


def open_volume(run: Path, case_id: str, role: Role, files: Path | None = None) -> Volume:
    """The originals of a case in a run folder.

    `files` is the folder of the files; by default the one that the run was made from, while it is
    there. Large files that nobody compared yet are `unchecked`. Raises `Forbidden` for a role that
    may see none, `InputError` for a run that cannot be read.

    >>> open_volume(Path("out/hrss-2026-06-30-0a"), "99-1", Role.supervisor)   # doctest: +SKIP
    """
    _may_enter(role)
    about = _described(run)
    missing = _missing(run, about, case_id, role)
    if not (run / SEALED).is_file():
        return Volume(run.name, case_id, (), missing, known=False)
    rows = _rows(run, f"case_id = {sqltext.literal(case_id)}")
    return Volume(run.name, case_id, tuple(_complete(run, rows, role, files, LARGE)), missing)


def open_original(
    run: Path, table: str, key: str, role: Role, files: Path | None = None,
    at_most: int | None = None,
) -> Original | None:  # fmt: skip
    """One original of a run, compared with its hash; None if there is no such row. One of more
    than `at_most` bytes (by default: of any size) that nobody compared yet is `unchecked`.

    Raises `Forbidden` for a role that may not see it, `InputError` as `open_volume`.
    """
    _may_enter(role)
    if not (run / SEALED).is_file():
        return None
    rows = _rows(run, f'"table" = {sqltext.literal(table)} AND id = {sqltext.literal(key)}')
    return next(iter(_complete(run, rows[:1], role, files, at_most)), None)


def _may_enter(role: Role) -> None:
    if not may_see(role, "personal"):
        raise Forbidden("originals are shown to those who review")


def _described(run: Path) -> Any:
    """What the run says of its tables and words."""
    path = run / "checks.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        raise InputError(f"{run.name}: checks.json cannot be read") from None


@lru_cache(maxsize=8)
def _read(path: Path, written: int) -> Any:
    return json.loads(path.read_text("utf-8"))


def _rows(run: Path, where: str) -> list[dict[str, Any]]:
    file = sqltext.literal(str((run / SEALED).resolve()))
    return _ask(run, f"SELECT * FROM read_parquet({file}, file_row_number = true) "
                     f"WHERE {where} ORDER BY file_row_number")  # fmt: skip


def _ask(run: Path, query: str) -> list[dict[str, Any]]:
    engine = DuckDBEngine()
    try:
        engine.lock(run)
        rows: list[dict[str, Any]] = engine.arrow(query, "originals").to_pylist()
        return rows
    except EngineError:
        raise InputError(f"{run.name}: the list of originals cannot be read") from None
    finally:
        engine.close()


def _missing(run: Path, about: Any, case_id: str, role: Role) -> tuple[Mapping[str, str], ...]:
    """The titles of the required documents that the case has not."""
    cases = [(n, a) for n, a in about.get("assets", {}).items() if a.get("table") == "cases"]
    asset, fact = (cases[0][0], cases[0][1].get("missing")) if cases else ("", None)
    if not fact or not may_see(role, about.get("facts", {}).get(asset, {}).get(fact, "none")):
        return ()
    facts = sqltext.literal(str((run / "facts" / f"{asset}.parquet").resolve()))
    rows = _ask(run, f"SELECT {sqltext.name(fact)} AS missing FROM read_parquet({facts}) "
                     f"WHERE case_id = {sqltext.literal(case_id)}")  # fmt: skip
    codes = str(rows[0]["missing"] or "").split(";") if rows else []
    return tuple(about["words"].get(code, {"zh": code}) for code in codes if code)


def _complete(
    run: Path, rows: list[dict[str, Any]], role: Role, files: Path | None, at_most: int | None
) -> list[Original]:
    labels, folder = _described(run).get("labels", {}), files or remembered_folder(run)
    memory = folder_beside(run) if has_paths(run) else None
    named = [(row["table"], row["id"]) for row in rows if row["named"]]
    paths = written_paths(run, named)
    found = []
    for row in rows:
        original = Original(
            row["table"], row["id"], _title(labels, row), row["number"], row["on"], row["from_at"],
            row["to_at"], row["about"], row["first_page"], row["last_page"],
            row["sha256"] or row["sha256_last"], row["sha256_last"],
        )  # fmt: skip
        written = paths.get((original.table, original.id)) if row["named"] else None
        if written and not may_see(role, written.data_class):
            continue  # of a class that this viewer does not see: not even that it is there
        found.append(_found(original, row["named"], written, folder, memory, at_most))
    return found


def _title(labels: Mapping[str, Any], row: Mapping[str, Any]) -> Mapping[str, str]:
    """What the row is called: its kind, or else its table."""
    about = labels.get(row["table"], {})
    title: Mapping[str, str] = about.get("kinds", {}).get(row["kind"]) or about.get("title") or {}
    return title


def _found(
    original: Original, named: bool, written: Written | None, folder: Path | None,
    memory: Path | None, at_most: int | None,
) -> Original:  # fmt: skip
    """The original with what is there of it."""
    if not named:
        return original
    if written is None or folder is None or not folder.is_dir():
        return replace(original, state=State.unplaced)
    parts = parts_of(written.file)
    if parts is None:
        return replace(original, state=State.unreadable)
    suffix = PurePosixPath(parts[-1]).suffix[:12]
    path = inside(folder, written.file)
    if path is None:
        gone = not folder.joinpath(*parts).exists()
        return replace(original, state=State.missing if gone else State.unreadable, suffix=suffix)
    state, digest = state_of(path, original.recorded, memory, at_most)
    if not state.there:
        return replace(original, state=state, suffix=suffix)
    with path.open("rb") as file:
        media = media_of(path.name, file.read(HEAD))
    return replace(original, state=state, found=digest, size=path.stat().st_size, media=media,
                   path=path, suffix=suffix)  # fmt: skip
