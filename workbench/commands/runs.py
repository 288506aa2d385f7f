"""Commands on a run that is there: report, compare, verify, serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from workbench.commands.shared import progress
from workbench.terms import UsageError


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Path(path_type=Path), required=True,
              help="FILE.html or FILE.xlsx; what is there is replaced.")  # fmt: skip
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the pack's language.")
def report(run: Path, target: Path, lang: Any) -> None:
    """Write the report of RUN, a run folder or the newest below it, as a page or a workbook."""
    from workbench import run as verbs

    with progress() as tell:
        tell("read")
        opened = verbs.open_run(run)
        tell("write")
        written = opened.report(target, lang)
    click.echo(str(written))


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Path(path_type=Path),
              help="Write every change to FILE.csv, or all tables to FILE.xlsx.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="All counts, for other programs.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the pack's language.")
def compare(before: Path, after: Path, target: Path | None, as_json: bool, lang: Any) -> None:
    """Say what was repaired, still fails and newly fails between two runs."""
    from workbench import run as verbs
    from workbench.artefacts import to_json

    with progress() as tell:
        tell("compare")
        compared = verbs.compare(before, after)
        if target:
            tell("write")
            compared.save(target, lang)
    if as_json:
        click.echo(to_json(compared.as_dict()), nl=False)
    else:
        click.echo(compared.text(lang))
    if target:
        click.echo(str(target), err=as_json)


@click.command()
@click.argument("what", metavar="RUN|STORE")
@click.option("--head", type=click.Path(path_type=Path),
              help="Exported heads of the store that were kept elsewhere.")  # fmt: skip
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Of what is said of a store.")
def verify(what: str, head: Path | None, lang: Any) -> None:
    """Say what was changed since it was written: in a run folder, or in a review store.

    A store is its file (review.sqlite), the folder of it, or the URL of a database.
    """
    from workbench.review.store.address import is_store

    if is_store(what):
        _verify_store(what, head, lang)
    elif head is not None:
        raise UsageError("--head goes with a review store; a run folder has its hashes in itself")
    else:
        _verify_run(Path(what))


def _verify_run(run: Path) -> None:
    from workbench.artefacts import broken_artefacts, read_manifest

    broken = broken_artefacts(run)
    for sentence in broken:
        click.echo(sentence, err=True)
    if broken:
        sys.exit(1)
    files = len(read_manifest(run)["artefacts"])
    click.echo(f"{run}: whole, {files} files agree with the manifest")


def _verify_store(where: str, head: Path | None, lang: Any) -> None:
    from workbench.review.store.saying import problem_lines, summary_lines
    from workbench.review.store.verifying import verify_store
    from workbench.texts import shown_language

    verdict = verify_store(where, head)
    language = shown_language("zh", lang)
    for sentence in problem_lines(verdict, language):
        click.echo(sentence, err=True)
    for sentence in summary_lines(verdict, language):
        click.echo(sentence)
    if not verdict.whole:
        sys.exit(1)


@click.command()
@click.argument("run", type=click.Path(path_type=Path), default=Path("out"))
@click.option("--port", type=click.IntRange(0, 65535), default=8866, show_default=True,
              help="If it is taken, the next free one; 0: any.")  # fmt: skip
@click.option("--token", envvar="WORKBENCH_TOKEN",
              help="Instead of a new one at each start. Other users of the machine can read it in "
              "the list of processes; give it as the variable WORKBENCH_TOKEN, and they cannot."
              )  # fmt: skip
@click.option("--review", "store", metavar="STORE",
              help="The store of the review desk, a file or a database URL.  [default: "
              "review.sqlite beside the runs]")  # fmt: skip
@click.option("--as", "viewer", metavar="NAME",
              help="Who sits at the review desk: whoever has the token.  [default: WORKBENCH_USER, "
              "the hub's or the system's user]")  # fmt: skip
@click.option("--trust-header", metavar="HEADER",
              help="Behind a proxy that logs people in: the header in which it names the person. "
              "Only where nobody can reach this server but through that proxy.")  # fmt: skip
@click.option("--files", type=click.Path(path_type=Path),
              help="The folder that the files of documents and recordings lie in.  [default: the "
              "source folder of each run, while it is there]")  # fmt: skip
@click.option("--role", type=click.Choice(["supervisor", "leadership"]), default="supervisor",
              show_default=True, help="Who comes in with the token; leadership sees figures only.",
              )  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--cold", is_flag=True, help="Keep no kernel ready: less memory, slower pages.")
def serve(
    run: Path, port: int, token: str | None, store: str | None, viewer: str | None,
    trust_header: str | None, files: Path | None, role: str, no_browser: bool, cold: bool,
) -> None:  # fmt: skip
    """Serve the home page and the dashboards of RUN: a run folder or a folder of runs [out]."""
    from workbench.dashboards.server import serve as start

    start(run, port=port, token=token, open_browser=not no_browser, preheat=not cold,
          review=store, viewer=viewer, trust_header=trust_header, role=role,
          files=files)  # fmt: skip
