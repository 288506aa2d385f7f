"""A run and its folder: every artefact written and sealed, and read again."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workbench import artefacts, bottlenecks, sqltext, timelines
from workbench.engines.base import Engine
from workbench.engines.duckdb import DuckDBEngine
from workbench.findings import Findings
from workbench.gx_bridge import MOST_IDS, validation_document
from workbench.originals.beside import remember
from workbench.originals.listing import located_originals, sealed_originals
from workbench.pack import Pack
from workbench.reports.html import render_report
from workbench.reports.report_data import gather
from workbench.reports.results import Results
from workbench.reports.workbook import write_workbook
from workbench.terms import InputError, Outcome

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("findings", "gaps", "tallies", "deadlines", "scorecards", "scores", "weak_links",
           "names", "load_report", "timelines", *bottlenecks.RELATIONS)  # fmt: skip
# What tells the rows of a table apart, so that equal runs are equal row by row.
_ORDERS = {
    "findings": "asset, check_id, subject_id",
    "gaps": 'check_id, organ_id, "table", "column"',
    "tallies": "asset, check_id, organ_id, unit_id, kind, month",
    "deadlines": "state, clock, subject_id",  # what still runs lies together
    "scorecards": "case_id, criterion",
    "scores": "case_id",
    "weak_links": "ALL",
    "names": '"table", id',
    "load_report": "ALL",
    **bottlenecks.ORDERS,
}


def stored_frame(results: Results, table: str) -> pd.DataFrame:
    """A table of a run as a frame; raises `InputError` where the run is older than the table."""
    listed = results.manifest.get("artefacts")
    if listed is not None and f"{table}.parquet" not in {a["path"] for a in listed}:
        raise InputError(f"this run was made before runs had '{table}': evaluate again")
    return results.frame(f"work.{table}")


def save_run(
    out: Path,
    pack: Pack,
    source: str,
    results: Results,
    found: Findings,
    seconds: dict[str, float],
) -> Path:
    """Write the sealed run folder below `out`; an equal run that is there stays as it is."""
    started = time.perf_counter()
    with artefacts.new_folder(out) as folder:
        writer = artefacts.RunWriter(folder)

        def tables(engine: Engine) -> None:
            _write_tables(writer, engine, results.manifest["assets"], found)
            writer.table("originals.parquet", sealed_originals(engine, pack))

        def pages(engine: Engine) -> None:
            _write_pages(writer, replace(results, engine=engine))

        def documents(engine: Engine) -> None:
            _write_documents(writer, replace(results, engine=engine), pack, found)

        results.engine.side_by_side([pages, tables, documents])  # the longest first
        seconds["artefacts"] = round(time.perf_counter() - started, 3)
        made = {"at": datetime.now().astimezone().isoformat(timespec="seconds"),
                "source": source, "seconds": seconds,
                "python": platform.python_version()}  # fmt: skip
        stem = f"{pack.id}-{results.manifest['as_of']}"
        sealed = artefacts.seal(writer, out, stem, results.manifest, made)
    remember(sealed, source, located_originals(results.engine, pack))
    return sealed


def _write_tables(
    writer: artefacts.RunWriter, engine: Engine, assets: Iterable[str], found: Findings
) -> None:
    """Every table that a reader of the run may ask, each in its own order."""

    def store(path: str, query: str, order: str) -> None:
        writer.table(path, engine.batches(f"SELECT * FROM ({query}) ORDER BY {order}", path))

    for asset in assets:
        # Facts stand in the order of their subjects, and those in the order of their ids.
        path = f"facts/{asset}.parquet"
        writer.table(path, engine.batches(f"FROM work.facts_{asset}", path))
        codes = ", ".join(["subject_id", *(sqltext.name(c.id) for c in found.tested[asset])])
        store(f"outcomes/{asset}.parquet", f"SELECT {codes} FROM work.outcomes_{asset}",
              "subject_id")  # fmt: skip
    for table, order in _ORDERS.items():
        store(f"{table}.parquet", f"FROM work.{table}", order)
    writer.table("timelines.parquet", timelines.sorted_timelines(engine))


def _write_pages(writer: artefacts.RunWriter, results: Results) -> None:
    """What people read as it is."""
    data = gather(results)
    writer.document("report.html", render_report(results, data))
    writer.file("evaluation.xlsx", lambda path: write_workbook(results, path, data=data))


def _write_documents(
    writer: artefacts.RunWriter, results: Results, pack: Pack, found: Findings
) -> None:
    """What other programs read: the checks, and what GX would have said of each suite."""
    writer.json("checks.json", results.checks)
    counts = {asset: _counts(results, asset, found) for asset in found.tested}
    for suite in pack.suites:
        document = validation_document(suite, *counts[suite.asset], {})
        writer.json(f"validation/{suite.name}.json", document)


def _counts(
    results: Results, asset: str, found: Findings
) -> tuple[dict[str, dict[str, int]], dict[str, list[str]]]:
    names = [outcome.name for outcome in Outcome]
    sums = ", ".join(f"SUM({name})" for name in names)
    rows = results.engine.rows(
        f"SELECT check_id, {sums} FROM work.tallies WHERE asset = {sqltext.literal(asset)} "
        "GROUP BY 1",
        "counts",
    )
    counts = {row[0]: dict(zip(names, map(int, row[1:]), strict=True)) for row in rows}
    failing: dict[str, list[str]] = {check.id: [] for check in found.tested[asset]}
    for check, subject in results.engine.rows(
        "SELECT check_id, subject_id FROM (SELECT check_id, subject_id, ROW_NUMBER() OVER "
        "(PARTITION BY check_id ORDER BY subject_id) AS place FROM work.findings "
        f"WHERE asset = {sqltext.literal(asset)}) WHERE place <= {MOST_IDS} ORDER BY 1, 2",
        "failing ids",
    ):
        failing[check].append(subject)
    for check in found.tested[asset]:  # an asset without subjects has no tallies
        counts.setdefault(check.id, dict.fromkeys(names, 0))
    return counts, failing


def open_results(path: Path) -> tuple[Results, Path]:
    """The results of a run folder, or of the newest run below a folder, and where it is."""
    if not (path / artefacts.MANIFEST).is_file():
        runs = [p.parent for p in path.glob(f"*/{artefacts.MANIFEST}")]
        if not runs:
            raise InputError(f"no run in {path}: make one with 'workbench evaluate'")
        path = max(runs, key=lambda p: artefacts.read_manifest(p)["made"]["at"])
    manifest = artefacts.read_manifest(path)
    if manifest.get("layout") != artefacts.LAYOUT:
        raise InputError(f"{path} was written by an older version of the workbench: evaluate again")
    engine = DuckDBEngine()
    engine.run("CREATE SCHEMA work", "open run")
    for entry in manifest["artefacts"]:
        if entry["path"].endswith(".parquet"):
            name = entry["path"].removesuffix(".parquet").replace("/", "_")
            file = sqltext.literal(str(path / entry["path"]))
            engine.run(f"CREATE VIEW work.{sqltext.name(name)} AS FROM read_parquet({file})",
                       "open run")  # fmt: skip
    checks = artefacts.read_json(path / "checks.json")
    return Results(engine, manifest, checks), path
