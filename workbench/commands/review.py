"""Commands of the case-file evaluation: `workbench review ...`, a module a group of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workbench.commands import review_following, review_rating, review_results, review_rounds
from workbench.commands.papers import paper


@click.group()
def review() -> None:
    """The case-file evaluation: rounds, ratings, replies, rectification; how far people agree."""


for _command in (
    *review_rounds.COMMANDS, *review_rating.COMMANDS, *review_following.COMMANDS,
    *review_results.COMMANDS, paper,
):  # fmt: skip
    review.add_command(_command)


@review.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="All coefficients, for other programs.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def agreement(table: Path, as_json: bool, lang: Any) -> None:
    """How far raters agree in TABLE, a CSV of subject, criterion, rater, value."""
    from workbench.review.agreement_table import agreement_of
    from workbench.review.agreement_text import as_json as plain
    from workbench.review.agreement_text import as_text

    found = agreement_of(table)
    if as_json:
        import json

        click.echo(json.dumps(plain(found), ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(found, lang))
