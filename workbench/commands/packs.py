"""Commands on a pack: lint, catalogue."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
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


@click.command()
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
