"""The command line: the same verbs as the API. A user's mistake is a sentence, no traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from workbench.terms import UsageError, WorkbenchError


class _Sentences(click.Group):
    """Shows our errors as sentences and gives them their exit codes."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except WorkbenchError as error:
            click.echo(f"workbench: {error}", err=True)
            context.exit(error.exit_code)
        except BrokenPipeError:  # whoever reads has enough
            raise
        except OSError as error:
            click.echo(f"workbench: {error.filename or ''}: {error.strerror or error}", err=True)
            context.exit(1)


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="case-file-workbench")
def main() -> None:
    """Audit and evaluate the case files of administrative law enforcement (案卷评查工作台)."""


@main.command()
@click.argument("source")
@click.option("--pack", default="hrss", help="A pack's id or folder.  [default: hrss]")
@click.option("--profile", type=click.Path(path_type=Path), help="A bureau's local values.")
@click.option("--mapping", help="How its headers map to ours: a file, or a ready one's name.")
@click.option("--as-of", help="The day to look from (2026-06-30); default: the latest recorded.")
@click.option("--period", help="The audit period, FROM..TO.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of the summary.")
def evaluate(
    source: str,
    pack: str,
    profile: Path | None,
    mapping: str | None,
    as_of: str | None,
    period: str | None,
    out: Path,
    lang: str | None,
) -> None:
    """Check the case files in SOURCE, write a sealed run folder, print a summary."""
    from workbench import run as verbs

    bounds = verbs.as_period(period) if period else (None, None)
    with _progress() as tell:
        tell("load")
        loaded = verbs.load(source, pack, mapping, profile)
        result = verbs.evaluate(loaded, as_of, bounds, tell)
        tell("write")
        folder = result.save(out)
    language = lang or str(result.manifest["pack"]["language"])
    click.echo(result.summary(language))
    for warning in _warnings(result, as_of):
        click.echo(f"\nworkbench: {warning}", err=True)
    click.echo()
    for zh, en, what in (
        ("报告", "Report", str(folder / "report.html")),
        ("工作簿", "Workbook", str(folder / "evaluation.xlsx")),
        ("看板", "Dashboard", f"workbench serve {out}"),
    ):
        click.echo(f"{zh}：{what}" if language == "zh" else f"{en}: {what}")


@main.command()
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


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--pack", default="hrss", help="A pack's id or folder.  [default: hrss]")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the pack's language.")
def template(target: Path, pack: str, lang: Any) -> None:
    """Write an empty intake workbook to TARGET (.xlsx); filled in, it loads without a mapping."""
    from workbench import run as verbs

    if target.exists():
        raise UsageError(f"{target} is there already: name another file, or move it away")
    click.echo(str(verbs.template(target, pack, lang)))


@main.group()
def review() -> None:
    """The case-file evaluation: how far reviewers agree."""


@review.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="All coefficients, for other programs.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def agreement(table: Path, as_json: bool, lang: Any) -> None:
    """How far raters agree in TABLE, a CSV of subject, criterion, rater, value."""
    from workbench.review.agreement_table import agreement_of
    from workbench.review.agreement_text import as_text

    found = agreement_of(table)
    if as_json:
        import json

        content = {"criteria": [one.as_dict() for one in found]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(found, lang))


@main.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Path(path_type=Path), required=True,
              help="FILE.html or FILE.xlsx; what is there is replaced.")  # fmt: skip
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the pack's language.")
def report(run: Path, target: Path, lang: Any) -> None:
    """Write the report of RUN, a run folder or the newest below it, as a page or a workbook."""
    from workbench import run as verbs

    with _progress() as tell:
        tell("read")
        opened = verbs.open_run(run)
        tell("write")
        written = opened.report(target, lang)
    click.echo(str(written))


@main.command()
@click.argument("pack", default="hrss")
@click.option("--examples", is_flag=True, help="Evaluate every example of the pack as well.")
def lint(pack: str, examples: bool) -> None:
    """Find every fault of PACK in one go, with file and line; print each check as a sentence."""
    from workbench import run as verbs
    from workbench.pack import find_pack, read_pack
    from workbench.reports.sentences import check_sentences
    from workbench.shared_files import shared_folder

    faults = verbs.lint(pack, examples=examples)
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        click.echo(f"{len(faults)} fault{'s' if len(faults) > 1 else ''}", err=True)
        sys.exit(1)
    for sentence in check_sentences(read_pack(find_pack(pack, shared_folder("expectations")))):
        click.echo(sentence)


@main.command()
@click.argument("pack", default="hrss")
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("docs/checks"),
              show_default=True, help="Where the pages go.")  # fmt: skip
def catalogue(pack: str, folder: Path) -> None:
    """Write the check catalogue of PACK in both languages: rules, clauses, examples, remedies."""
    from workbench.pack import find_pack, read_pack
    from workbench.reports.catalogue import write_catalogue
    from workbench.shared_files import shared_folder

    found = read_pack(find_pack(pack, shared_folder("expectations")))
    for page in write_catalogue(found, folder):
        click.echo(page)


@main.command()
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


@main.command()
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here.")
@click.option("--cases", type=click.IntRange(100), default=100_000, show_default=True)
@click.option("--dashboards", is_flag=True, help="The dashboards instead, in a real browser.")
@click.option("--runs", type=click.Path(path_type=Path, exists=True),
              help="With --dashboards: on these runs.  [default: the sample]")  # fmt: skip
@click.option("--sources", is_flag=True, help="The loading of a large CSV file and workbook.")
def benchmark(
    target: Path | None, cases: int, dashboards: bool, runs: Path | None, sources: bool
) -> None:
    """Measure our own figures on this machine: import, and a whole evaluation."""
    from workbench.benchmark.dashboards import measure_dashboards
    from workbench.benchmark.evaluation import measure
    from workbench.benchmark.sources import measure_sources

    if dashboards and sources:
        raise UsageError("--dashboards and --sources: one at a time")
    if runs and not dashboards:
        raise UsageError("--runs goes with --dashboards; an evaluation makes its own --cases")
    with _progress() as tell:
        if sources:
            figures = measure_sources(tell)
        else:
            figures = measure_dashboards(runs, tell) if dashboards else measure(cases, tell)
    for name, value in figures.items():
        click.echo(f"{name:28} {value}")
    if target:
        from workbench.artefacts import to_json

        target.write_text(to_json(figures), "utf-8")


@main.command()
@click.argument("run", type=click.Path(path_type=Path))
def verify(run: Path) -> None:
    """Recompute every content hash of a run folder and say what does not agree."""
    from workbench.artefacts import broken_artefacts, read_manifest

    broken = broken_artefacts(run)
    for sentence in broken:
        click.echo(sentence, err=True)
    if broken:
        sys.exit(1)
    files = len(read_manifest(run)["artefacts"])
    click.echo(f"{run}: whole, {files} files agree with the manifest")


@main.command()
@click.argument("run", type=click.Path(path_type=Path), default=Path("out"))
@click.option("--port", type=click.IntRange(0, 65535), default=8866, show_default=True,
              help="If it is taken, the next free one; 0: any.")  # fmt: skip
@click.option("--token", envvar="WORKBENCH_TOKEN",
              help="Instead of a new one at each start. Other users of the machine can read it in "
              "the list of processes; give it as the variable WORKBENCH_TOKEN, and they cannot."
              )  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--cold", is_flag=True, help="Keep no kernel ready: less memory, slower pages.")
def serve(run: Path, port: int, token: str | None, no_browser: bool, cold: bool) -> None:
    """Serve the home page and the dashboards of RUN: a run folder or a folder of runs [out]."""
    from workbench.dashboards.server import serve as start

    start(run, port=port, token=token, open_browser=not no_browser, preheat=not cold)


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


class _progress:
    """A bar in a terminal, silent in a pipe."""

    def __enter__(self) -> Any:
        from tqdm import tqdm

        self.bar = tqdm(total=None, bar_format="{desc} {elapsed}", leave=False, disable=None)
        return self.tell

    def tell(self, step: str) -> None:
        self.bar.set_description_str(step)
        self.bar.refresh()

    def __exit__(self, *error: object) -> None:
        self.bar.close()


if __name__ == "__main__":
    main()
