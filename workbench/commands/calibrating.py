"""The command that measures how well weak links are found: calibrate."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.commands.shared import progress
from workbench.terms import UsageError


@click.command()
@click.option("--to", "page", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="The document; its figures go into a .json beside it.")  # fmt: skip
@click.option("--processes", type=click.IntRange(1), default=2, show_default=True)
@click.option("--controls", "controls_only", is_flag=True,
              help="Search the real data and write the page; keep the made bureaux.")  # fmt: skip
def calibrate(page: Path, processes: int, controls_only: bool) -> None:
    """Measure how often planted weak links are found, and how often false ones: half an hour."""
    import json

    from workbench.calibration.controls import measure_controls
    from workbench.calibration.design import bureaux
    from workbench.calibration.report import requirements, settings, write
    from workbench.calibration.trials import try_all

    beside = page.with_suffix(".json")
    if controls_only and not beside.exists():
        raise UsageError(f"{beside} is not there: without --controls it is made")
    with progress() as tell:
        made = (json.loads(beside.read_text("utf-8"))["bureaux"] if controls_only
                else try_all(bureaux(), processes, tell))  # fmt: skip
        tell("controls")
        figures = {"settings": settings(), "controls": measure_controls(), "bureaux": made}
    text = json.dumps(figures, ensure_ascii=False, indent=None, separators=(", ", ": "))
    beside.write_text(text.replace('{"name"', '\n{"name"') + "\n", "utf-8", newline="\n")
    page.write_text(write(figures), "utf-8", newline="\n")
    missed = [row for row in requirements(figures) if not row["met"]]
    click.echo(f"{page}: {len(made)} kinds of bureaux, {len(missed)} requirements missed")
