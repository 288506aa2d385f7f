"""The command `workbench sample`: draw, draw again, conclude."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.terms import UsageError

if TYPE_CHECKING:
    from workbench.run import Run
    from workbench.texts import Language

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("run", type=_FILE)
@click.option("--count", type=int, help="Draw so many cases.")
@click.option("--percent", help="Draw at least so many percent.")
@click.option("--tolerable", help="Attribute sampling: the tolerable rate of deviations, percent.")
@click.option("--expected", default="0", show_default=True, help="The expected rate, percent.")
@click.option("--confidence", default="95", show_default=True, help="Percent.")
@click.option("--take", multiple=True, metavar="STRATUM=N", help="So many of this stratum.")
@click.option("--by", multiple=True, metavar="COLUMN", help="Stratify: unit_id, kind, any fact.")
@click.option("--allocation", default="proportional", show_default=True,
              help="proportional, equal, or each: the size is asked of each stratum.")  # fmt: skip
@click.option("--minimum", type=int, help="At least so many of each stratum.  [default: 1]")
@click.option("--risk", metavar="failed|grade|COLUMN", help="Chances in proportion to 1 + this.")
@click.option("--grades", metavar="veto=10,major=5,...", help="Points of the risk 'grade'.")
@click.option("--where", multiple=True, metavar="CONDITION",
              help="Only these cases: 'kind = penalty', 'period_on >= 2025-07-01'.")  # fmt: skip
@click.option("--seed", help="The same seed draws the same cases.  [default: a new one]")
@click.option("--cross", type=click.Choice(["unit", "organ"]), help="Who reviews whose files.")
@click.option("--reviewers", type=_FILE, help="With --cross: a CSV of reviewer, unit.")
@click.option("--each", type=int, default=1, show_default=True, help="Reviewers of each file.")
@click.option("--apart", is_flag=True, help="The reviewers of a file are of different units.")
@click.option("--to", "folder", type=_FILE, default=Path("sample"), show_default=True,
              help="Where sample.json and sample.csv go.")  # fmt: skip
@click.option("--again", type=_FILE, metavar="RECORD", help="Draw again and say what differs.")
@click.option("--outcomes", type=_FILE,
              help="With --again: a CSV of case_id, outcome[, criterion]; concludes.")  # fmt: skip
@click.option("--against", is_flag=True, help="Automatic rates: population beside sample.")
@click.option("--size", is_flag=True, help="Only say how many cases --tolerable takes.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: the pack's language.")
def sample(run: Path, lang: Any, **given: Any) -> None:
    """Draw a review sample from RUN, a run folder or the newest below it; or check one."""
    from workbench import run as verbs
    from workbench.texts import shown_language

    opened = verbs.open_run(run)
    language = shown_language(str(opened.manifest["pack"]["language"]), lang)
    if given["outcomes"] and not given["again"]:
        raise UsageError("--outcomes goes with --again RECORD: of which draw are they?")
    if given["size"] and (given["again"] or not given["tolerable"]):
        raise UsageError("--size goes with --tolerable: it says how many cases that takes")
    if given["again"]:
        _again(opened, given, language)
    elif given["size"]:
        _size(opened, given, language)
    else:
        _draw(opened, run, given, language)


def _draw(run: Run, place: Path, given: Mapping[str, Any], language: Language) -> None:
    from workbench.sampling.sample import RECORD, TABLE
    from workbench.sampling.tables import read_reviewers, words

    drawn = run.sample(
        given["count"], given["percent"], tolerable=_share(given["tolerable"], "tolerable"),
        expected=_share(given["expected"], "expected"),
        confidence=_share(given["confidence"], "confidence"),
        take=_pairs(given["take"], "--take"), minimum=given["minimum"], by=given["by"],
        allocation=given["allocation"], risk=given["risk"],
        grades=_pairs((given["grades"] or "").split(","), "--grades"), where=given["where"],
        seed=given["seed"], cross=given["cross"] or ("unit" if given["reviewers"] else None),
        reviewers=read_reviewers(given["reviewers"]) if given["reviewers"] else None,
        each=given["each"], apart=given["apart"],
    )  # fmt: skip
    folder = drawn.save(given["folder"])
    click.echo(drawn.text(language))
    if given["against"]:
        click.echo(drawn.against_population(_confidence(given)).text(language) + "\n")
    told = words()["draw"]["wrote"][language]
    click.echo(told.format(record=folder / RECORD, table=folder / TABLE, run=place))


def _again(run: Run, given: Mapping[str, Any], language: Language) -> None:
    from workbench.sampling.tables import ANY, read_outcomes

    asked = [n for n in ("count", "percent", "take", "by", "where", "seed", "risk") if given[n]]
    if asked:
        raise UsageError(f"--again draws what the record says: without --{', --'.join(asked)}")
    found = run.sample_again(given["again"])
    click.echo(found.text(language))
    if not found.whole or found.sample is None:
        sys.exit(1)
    if given["outcomes"]:
        tolerable = _share(given["tolerable"], "tolerable")
        sure = _share(given["confidence"], "confidence")
        for criterion, outcomes in read_outcomes(given["outcomes"]).items():
            concluded = found.sample.conclude(outcomes, tolerable, sure)
            before = "" if criterion == ANY else f"{criterion}{'：' if language == 'zh' else ': '}"
            click.echo(before + concluded.sentence(language))
    if given["against"]:
        click.echo(found.sample.against_population(_confidence(given)).text(language))


def _size(run: Run, given: Mapping[str, Any], language: Language) -> None:
    from workbench.sampling.conditions import conditions_of
    from workbench.sampling.population import population
    from workbench.sampling.saying import size_text

    cases = population(run.results, conditions_of(given["where"])).subjects
    sure, most, expected = (
        _share(given[name], name) for name in ("confidence", "tolerable", "expected")
    )
    click.echo(size_text(sure, most, expected, len(cases), language))


def _confidence(given: Mapping[str, Any]) -> float:
    return float(_share(given["confidence"], "confidence") or 0)


def _share(percent: str | None, name: str) -> str | None:
    """A percentage of the command line as the rate that everything inside goes by, exactly."""
    from decimal import Decimal, InvalidOperation

    if percent is None:
        return None
    try:
        return str(Decimal(percent.strip().removesuffix("%")) / 100)
    except InvalidOperation:
        raise UsageError(f"--{name} '{percent}' is no percentage: write 5 for 5 %") from None


def _pairs(given: tuple[str, ...] | list[str], option: str) -> dict[str, int]:
    found = {}
    for text in given:
        if not text:
            continue
        name, equals, number = text.rpartition("=")
        if not equals or not number.strip().isdecimal():
            raise UsageError(f"{option} takes NAME=NUMBER, not '{text}'")
        found[name.strip()] = int(number)
    return found
