"""A run and its folder: every artefact written and sealed, and read again."""

from __future__ import annotations

import platform
import time
from datetime import datetime
from pathlib import Path

from workbench import artefacts, sqltext, timelines
from workbench.engines.duckdb import DuckDBEngine
from workbench.findings import Findings
from workbench.gx_bridge import MOST_IDS, validation_document
from workbench.pack import Pack
from workbench.reports.html import render_report
from workbench.reports.report_data import gather
from workbench.reports.results import Results
from workbench.reports.workbook import write_workbook
from workbench.terms import InputError, Outcome

TABLES = ("findings", "gaps", "tallies", "deadlines", "scorecards", "scores", "weak_links",
           "names", "load_report", "timelines")  # fmt: skip
_ORDERS = {
    "findings": "asset, check_id, subject_id",
    "gaps": 'check_id, organ_id, "table", "column"',
    "tallies": "asset, check_id, organ_id, unit_id, kind, month",
    "deadlines": "clock, subject_id",
    "scorecards": "case_id, criterion",
    "scores": "case_id",
    "weak_links": "asset, check_id, unit_id",
    "names": '"table", id',
    "timelines": timelines.ORDER,
    "load_report": 'file, "row", "column", reason_code, detail',
}


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
        writer = artefacts.RunWriter(folder, results.engine)
        for asset in results.manifest["assets"]:
            writer.table(f"facts/{asset}.parquet", f"FROM work.facts_{asset}", "subject_id")
            codes = ", ".join(["subject_id", *(sqltext.name(c.id) for c in found.tested[asset])])
            writer.table(f"outcomes/{asset}.parquet",
                         f"SELECT {codes} FROM work.outcomes_{asset}", "subject_id")  # fmt: skip
        for table in TABLES:
            writer.table(f"{table}.parquet", f"FROM work.{table}", _ORDERS[table])
        writer.json("checks.json", results.checks)
        for suite in pack.suites:
            document = validation_document(suite, *_counts(results, suite.asset, found), {})
            writer.json(f"validation/{suite.name}.json", document)
        data = gather(results)
        writer.document("report.html", render_report(results, data))
        writer.file("evaluation.xlsx", lambda path: write_workbook(results, path, data=data))
        seconds["artefacts"] = round(time.perf_counter() - started, 3)
        made = {"at": datetime.now().astimezone().isoformat(timespec="seconds"),
                "source": source, "seconds": seconds,
                "python": platform.python_version()}  # fmt: skip
        stem = f"{pack.id}-{results.manifest['as_of']}"
        return artefacts.seal(writer, out, stem, results.manifest, made)


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
