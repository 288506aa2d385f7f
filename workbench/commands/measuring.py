"""Commands for trying the workbench itself: synthesize, benchmark."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.commands.shared import progress
from workbench.terms import UsageError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--cases", type=click.IntRange(1), default=2000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--pack", default="hrss", help="A pack's id or folder.  [default: hrss]")
@click.option("--plant", type=click.Path(path_type=Path), help="Defects instead of the pack's.")
def synthesize(folder: Path, cases: int, seed: int, pack: str, plant: Path | None) -> None:
    """Write case files of an invented bureau with planted defects, and truth.parquet."""
    from workbench.pack import find_pack
    from workbench.shared_files import shared_folder
    from workbench.synthesis import synthesize as make

    if folder.is_dir() and any(folder.glob("*.csv")) and not (folder / "truth.parquet").exists():
        raise UsageError(f"{folder} holds case files that synthesize did not make: name another")
    report = make(find_pack(pack, shared_folder("expectations")), folder, cases, seed, plant)
    click.echo(f"{report.folder}: {sum(report.tables.values())} rows, "
               f"{sum(report.planted.values())} planted defects")  # fmt: skip


@click.command()
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here.")
@click.option("--cases", type=click.IntRange(100), default=100_000, show_default=True)
@click.option("--dashboards", is_flag=True, help="The dashboards instead, in a real browser.")
@click.option("--runs", type=click.Path(path_type=Path, exists=True),
              help="With --dashboards or --desk: on these.  [default: the sample]")  # fmt: skip
@click.option("--desk", is_flag=True, help="The review desk: how long save and next takes.")
@click.option("--sources", is_flag=True, help="The loading of a large CSV file and workbook.")
@click.option("--weak-links", is_flag=True, help="Those of 1,000 units, 100 checks, 60 months.")
def benchmark(
    target: Path | None, cases: int, dashboards: bool, runs: Path | None, desk: bool,
    sources: bool, weak_links: bool,
) -> None:  # fmt: skip
    """Measure our own figures on this machine: import, and a whole evaluation."""
    from workbench.benchmark.dashboards import measure_dashboards
    from workbench.benchmark.desk import measure_desk
    from workbench.benchmark.evaluation import measure
    from workbench.benchmark.sources import measure_sources
    from workbench.benchmark.weak_links import measure_weak_links

    if dashboards + sources + desk + weak_links > 1:
        raise UsageError("--dashboards, --desk, --sources and --weak-links: one at a time")
    if runs and not (dashboards or desk):
        raise UsageError("--runs goes with --dashboards or --desk; an evaluation makes its --cases")
    with progress() as tell:
        if sources:
            figures = measure_sources(tell)
        elif weak_links:
            figures = measure_weak_links(tell)
        elif desk:
            figures = measure_desk(runs, tell)
        else:
            figures = measure_dashboards(runs, tell) if dashboards else measure(cases, tell)
    for name, value in figures.items():
        click.echo(f"{name:28} {value}")
    if target:
        from workbench.artefacts import to_json

        target.write_text(to_json(figures), "utf-8")
