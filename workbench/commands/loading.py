"""Commands on case files: evaluate, inspect, template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from workbench.commands.shared import progress
from workbench.terms import UsageError


@click.command()
@click.argument("source")
@click.option("--pack", default="hrss", help="A pack's id or folder.  [default: hrss]")
@click.option("--profile", type=click.Path(path_type=Path), help="A bureau's local values.")
@click.option("--mapping", help="How its headers map to ours: a file, or a ready one's name.")
@click.option("--as-of", help="The day to look from (2026-06-30); default: the latest recorded.")
@click.option("--period", help="The audit period, FROM..TO.")
@click.option("--earlier", help="An earlier run's folder: which weak links are new, which lasting.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the summary.")
def evaluate(
    source: str,
    pack: str,
    profile: Path | None,
    mapping: str | None,
    as_of: str | None,
    period: str | None,
    earlier: str | None,
    out: Path,
    lang: str | None,
) -> None:
    """Check the case files in SOURCE, write a sealed run folder, print a summary."""
    from workbench import run as verbs
    from workbench.asked_days import as_period

    bounds = as_period(period) if period else (None, None)
    with progress() as tell:
        tell("load")
        loaded = verbs.load(source, pack, mapping, profile)
        result = verbs.evaluate(loaded, as_of, bounds, tell, earlier)
        tell("write")
        folder = result.save(out)
    language = lang or str(result.manifest["pack"]["language"])
    click.echo(result.summary(language))
    for warning in (*_warnings(result, as_of), *_later_days(loaded, result)):
        click.echo(f"\nworkbench: {warning}", err=True)
    click.echo()
    for zh, en, what in (
        ("报告", "Report", str(folder / "report.html")),
        ("工作簿", "Workbook", str(folder / "evaluation.xlsx")),
        ("看板", "Dashboard", f"workbench serve {out}"),
    ):
        click.echo(f"{zh}：{what}" if language == "zh" else f"{en}: {what}")


@click.command()
@click.argument("source")
@click.option("--pack", default="hrss", help="A pack's id or folder.  [default: hrss]")
@click.option("--mapping", help="Try this mapping (a file or the name of a ready one) instead.")
@click.option("--write", "target", type=click.Path(path_type=Path),
              help="Write the proposed mapping here; what is there stays.")  # fmt: skip
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the pack's language.")
def inspect(source: str, pack: str, mapping: str | None, target: Path | None, lang: Any) -> None:
    """Say what SOURCE would be loaded as, what must be asked, what would be refused."""
    from workbench import run as verbs
    from workbench.loading.guessing.saying import said
    from workbench.texts import shown_language

    if target and mapping:
        raise UsageError("--write writes a guess, and with --mapping nothing is guessed: give one")
    if target and target.exists():
        raise UsageError(f"{target} is there already: name another file, or move it away")
    found = verbs.inspect(source, pack, mapping)
    language = shown_language(found.language, lang)
    click.echo(found.text(language))
    click.echo()
    if target and found.steered:
        raise UsageError(
            f"{found.source} has a mapping already, {found.steered}: nothing was guessed"
        )
    if target:
        target.write_text(found.mapping(language), "utf-8")
        click.echo(said("screen", "written", language, path=target, source=found.source))
    elif not found.steered:
        click.echo(said("screen", "next", language, source=found.source))


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--pack", default="hrss", help="A pack's id or folder.  [default: hrss]")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the pack's language.")
def template(target: Path, pack: str, lang: Any) -> None:
    """Write an empty intake workbook to TARGET (.xlsx); filled in, it loads without a mapping."""
    from workbench import run as verbs

    if target.exists():
        raise UsageError(f"{target} is there already: name another file, or move it away")
    click.echo(str(verbs.template(target, pack, lang)))


# Dates a little behind the as-of day are plans (a hearing, a limit); many days are another export.
_LATE_DAYS = 31


def _later_days(loaded: Any, result: Any) -> Iterator[str]:
    """An as-of day before the end of the records: what came later is judged as if it were known."""
    from workbench.facts import latest_day

    latest, day = latest_day(loaded.files, loaded.pack), result.manifest["as_of"]
    if (latest - date.fromisoformat(day)).days > _LATE_DAYS:
        yield (f"the records go on to {latest}, after the as-of day {day}: what was entered later "
               "counts as known, so late months may look odd. Use an export of that day, or bound "
               "the cases with --period")  # fmt: skip


def _warnings(result: Any, as_of: str | None) -> Iterator[str]:
    """What is lawful to ask for and yet probably a slip."""
    manifest = result.manifest
    if not manifest["assets"][manifest["case_asset"]]:
        yield "no case was evaluated: is this the right folder, and the right --period?"
    if manifest["untested"] and len(manifest["untested"]) == len(result.results.checks["checks"]):
        yield "no check could be tested: is this the right --pack and the right folder?"
    if as_of is None and date.fromisoformat(manifest["as_of"]) > date.today():
        yield (f"the latest recorded day, {manifest['as_of']}, lies in the future and is what the "
               "limits are counted to: a slip in a date? Give the day with --as-of")  # fmt: skip
