"""The runs below a folder: what the home page lists, and when that list has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import artefacts, sqltext
from workbench.terms import InputError, WorkbenchError

if TYPE_CHECKING:
    from workbench.reports.summary import SystemRate

# Without these a run cannot be shown; the last one runs of older versions do not have.
_PARTS = ("checks.json", "tallies.parquet", "timelines.parquet")


@dataclass(frozen=True)
class RunEntry:
    """One run folder: its name, its manifest; or why it cannot be read (a key of our words)."""

    name: str
    folder: Path
    manifest: dict[str, Any]
    fault: str = ""
    file: str = artefacts.MANIFEST

    @property
    def made_at(self) -> datetime | None:
        """When it was made; None of a broken run."""
        return None if self.fault else _moment(self.manifest["made"]["at"])

    @property
    def findings(self) -> int | None:
        """How many findings it holds, as its manifest counts them."""
        rows: dict[str, int | None] = {a["path"]: a["rows"] for a in self.manifest["artefacts"]}
        return rows.get("findings.parquet")

    @property
    def organs(self) -> tuple[str, ...]:
        """What the organs that have cases are called; none where an older version made it."""
        return tuple(self.manifest.get("organs", ()))

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows of all tables were read, and how many of them were refused."""
        tables = self.manifest.get("rows", {}).values()
        return sum(t["read"] for t in tables), sum(t["refused"] for t in tables)


def find_runs(root: Path) -> list[RunEntry]:
    """Every run in `root` (a run folder or a folder of runs), newest first, broken ones last."""
    entries = [_entry(folder) for folder in _folders(root)]
    # Equal moments: by name, so that the order is the same at each call.
    entries.sort(key=lambda e: e.name)
    return sorted(entries, key=lambda e: e.made_at.timestamp() if e.made_at else 0, reverse=True)


def find_run(root: Path, name: str) -> RunEntry | None:
    """The run of that name; compared with what is there, so a name never becomes a path."""
    return next((_entry(folder) for folder in _folders(root) if folder.name == name), None)


def stamp(root: Path) -> str:
    """A text that changes when a run comes, goes or is made again; cheap enough to ask often."""
    seen = []
    for folder in _folders(root):
        try:
            seen.append(f"{folder.name}:{(folder / artefacts.MANIFEST).stat().st_mtime_ns}")
        except OSError:
            seen.append(folder.name)
    return hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()[:16]


def system_rates(entry: RunEntry) -> tuple[SystemRate, ...]:
    """How far each system of the run is kept. A run never changes, so it is counted once.

    Raises InputError where the files cannot be read.
    """
    written = (entry.folder / artefacts.MANIFEST).stat().st_mtime_ns
    return _rates(entry.folder, written, tuple(entry.manifest["untested"]))


@lru_cache(maxsize=200)
def _rates(folder: Path, written: int, untested: tuple[str, ...]) -> tuple[SystemRate, ...]:
    from workbench.engines.duckdb import DuckDBEngine

    engine = DuckDBEngine()
    names = ("passed", "failed", "cannot_tell", "not_yet_due")
    sums = ", ".join(f"CAST(SUM({n}) AS BIGINT)" for n in names)
    file = sqltext.literal(str(folder / "tallies.parquet"))
    try:
        engine.lock(folder)
        systems = artefacts.read_json(folder / "checks.json")["systems"]
        heads = ", ".join(sqltext.literal(s["headline"]) for s in systems) or "NULL"
        rows = engine.rows(
            f"SELECT check_id, {sums} FROM read_parquet({file}) WHERE check_id IN ({heads}) "
            "GROUP BY 1",
            "system rates",
        )
        counts = {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
        return tuple(_system(s, counts.get(s["headline"], {}), untested) for s in systems)
    except (WorkbenchError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{folder}: {error}") from None
    finally:
        engine.close()


def _system(
    system: dict[str, Any], counts: dict[str, int], untested: tuple[str, ...]
) -> SystemRate:
    from workbench.reports.summary import SystemRate  # pyarrow comes with it

    check = system["headline"]
    return SystemRate(
        id=system["id"],
        title=dict(system["title"]),
        check=check,
        passed=counts.get("passed", 0),
        failed=counts.get("failed", 0),
        cannot_tell=counts.get("cannot_tell", 0),
        not_yet_due=counts.get("not_yet_due", 0),
        untested=check in untested,
    )


def _folders(root: Path) -> Iterator[Path]:
    if (root / artefacts.MANIFEST).is_file():
        yield root.resolve()  # "." has no name
        return
    if not root.is_dir():
        return
    for folder in root.iterdir():
        # A folder without a manifest that holds parts of a run is a broken one, and is named.
        parts = (artefacts.MANIFEST, *_PARTS)
        if not folder.name.startswith(".") and any((folder / part).is_file() for part in parts):
            yield folder


def _entry(folder: Path) -> RunEntry:
    try:
        manifest = artefacts.read_manifest(folder)
    except InputError:
        fault = "unreadable" if (folder / artefacts.MANIFEST).is_file() else "missing"
        return RunEntry(folder.name, folder, {}, fault)
    if manifest.get("layout") != artefacts.LAYOUT:
        return RunEntry(folder.name, folder, {}, "older")
    missing = [part for part in _PARTS if not (folder / part).is_file()]
    if missing:
        return RunEntry(folder.name, folder, {}, "missing", missing[0])
    try:
        entry = RunEntry(folder.name, folder, manifest)
        _check(entry)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return RunEntry(folder.name, folder, {}, "incomplete")
    return entry


def _check(entry: RunEntry) -> None:
    """Touch what the home page shows, so that a broken manifest is found here."""
    manifest = entry.manifest
    pack, period = manifest["pack"], manifest["period"]
    _moment(manifest["made"]["at"])
    for text in (manifest["as_of"], period[0], period[1]):
        date.fromisoformat(text)
    if not all(isinstance(t, str) for t in (*pack["title"].values(), pack["language"], pack["id"])):
        raise TypeError
    if not isinstance(manifest["assets"][manifest["case_asset"]], int):
        raise TypeError
    if not all(isinstance(name, str) for name in (*entry.organs, *manifest["untested"])):
        raise TypeError
    if not all(isinstance(number, int) for number in entry.rows):
        raise TypeError
    for artefact in manifest["artefacts"]:
        artefact["path"], artefact["rows"]


def _moment(text: str) -> datetime:
    """A moment with its offset, so that all of them can be compared."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.astimezone()
