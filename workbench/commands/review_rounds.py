"""`workbench review`: a round is opened, its roster enrolled, its cases given out, it is closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workbench.commands.review_store import FILE, Desk, at_a_desk, open_desk, printed, read_json
from workbench.terms import InputError, UsageError


@click.command("open")
@click.argument("run", type=FILE)
@click.argument("round_id", metavar="ROUND")
@click.option("--organ", "organ_id", required=True, help="The organ that runs the round.")
@click.option("--title", help="Default: the round's id.")
@click.option("--sample", type=FILE, help="sample.json of `workbench sample`.")
@click.option("--cases", multiple=True, metavar="ID|FILE", help="Cases, or a file of one a line.")
@click.option("--calibration", multiple=True, metavar="ID|FILE",
              help="Cases that every reviewer rates; they count for agreement only.")  # fmt: skip
@click.option("--kind", type=click.Choice(["daily", "yearly"]), default="yearly",
              show_default=True)  # fmt: skip
@click.option("--form", type=click.Choice(["organisation", "self", "mutual"]),
              default="organisation", show_default=True)  # fmt: skip
@click.option("--scheme-published", metavar="DAY", help="When the scheme was disclosed.")
@click.option("--outside-weight", type=float,
              help="Of outside views, 0 to 1; recorded, exported, in no score.")  # fmt: skip
@click.option("--weight", multiple=True, metavar="FORM=SHARE",
              help="organisation=0.6 self=0.2 mutual=0.2: how the three are combined.")  # fmt: skip
@click.option("--rule", multiple=True, metavar="NAME=VALUE",
              help="A rule of your own: gap_limit=3, reply_days=5, ...")  # fmt: skip
@click.option("--store", default="review.sqlite", show_default=True, envvar="WORKBENCH_REVIEW")
@click.option("--as", "person", help="Who you are; whoever opens a round leads it.")
@click.option("--today", metavar="DAY", help="When it was done, if it was on paper.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: zh.")
def open_(
    run: Path, round_id: str, organ_id: str, title: str | None, sample: Path | None,
    cases: tuple[str, ...], calibration: tuple[str, ...], scheme_published: str | None,
    outside_weight: float | None, weight: tuple[str, ...], rule: tuple[str, ...], store: str,
    person: str | None, lang: str | None, today: str | None, **kinds: Any,
) -> None:  # fmt: skip
    """Open a round on cases of RUN; --sample or --cases says which."""
    from workbench import run as verbs
    from workbench.rounds import open_round

    drawn = read_json(sample) if sample else None
    wanted = [*_drawn(sample, drawn), *(case for one in cases for case in _named(one))]
    opened = verbs.open_run(run)
    with open_desk(store, person, lang, today, round_id, create=True) as desk:
        its = open_round(
            desk.review, opened, round_id, wanted, title=title or round_id, organ_id=organ_id,
            calibration=[case for one in calibration for case in _named(one)], sample=drawn,
            scheme_published_on=scheme_published, outside_view_weight=outside_weight,
            weights=_numbers(weight), rules=_numbers(rule), **kinds,
        )  # fmt: skip
        desk.say("opened", round=round_id, cases=len(its.cases), gap=its.opened.gap_limit,
                 ratings=its.opened.ratings_per_case, reply=its.opened.reply_days)  # fmt: skip


def _drawn(path: Path | None, record: Any) -> list[str]:
    if record is None:
        return []
    try:
        return [str(one["case_id"]) for one in record["draw"]]
    except (KeyError, TypeError):
        raise InputError(f"{path} is no record of a draw: no 'draw' with case ids") from None


def _named(given: str) -> list[str]:
    """A case id, or those of a file (one a line; a CSV: its first column, or `case_id`)."""
    path = Path(given)
    if not path.is_file():
        return [given]
    lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    heads = lines[0].split(",") if lines else []
    at = heads.index("case_id") if "case_id" in heads else 0
    rows = lines[1:] if "case_id" in heads else lines
    return [row.split(",")[at].strip().strip('"') for row in rows]


def _numbers(given: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for one in given:
        name, _, value = one.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise UsageError(f"'{one}': expected NAME=NUMBER") from None
    return found


@click.command()
@click.argument("roster", type=FILE)
@at_a_desk()
def enrol(desk: Desk, roster: Path) -> None:
    """Enrol the people of ROSTER, a CSV; all of them, or every fault with its line.

    Columns: reviewer_id, name, organ_id, unit_id; roles (reviewer, lead, adjudicator, unit,
    officer), line, fields, most, conflicts.
    """
    from workbench.review.roster import read_roster

    people = read_roster(roster)
    desk.review.enrol(desk.round_id, *people)
    desk.say("enrolled", count=len(people), round=desk.round_id)


@click.command()
@click.argument("reviewer")
@click.argument("from_id", metavar="CASE|UNIT|OFFICER")
@click.option("--reason", required=True)
@at_a_desk()
def recuse(desk: Desk, reviewer: str, from_id: str, reason: str) -> None:
    """Keep REVIEWER away from a case, a unit or an officer's cases."""
    desk.review.recuse(desk.round_id, reviewer, from_id, reason)
    desk.say("recused", person=reviewer, what=from_id)


@click.command()
@click.argument("case", required=False)
@click.argument("reviewer", required=False)
@at_a_desk()
def assign(desk: Desk, case: str | None, reviewer: str | None) -> None:
    """Fill every empty seat; or give the next seat of CASE (a third, where two are apart) away."""
    if case and reviewer:
        desk.review.assign_to(desk.round_id, case, reviewer)
        desk.say("assigned_one", case=case, person=reviewer)
        return
    if case:
        raise UsageError(desk.text("assign_whom", case=case))
    before = _seats(desk)
    left = desk.review.assign(desk.round_id)
    desk.say("assigned", count=_seats(desk) - before, left=len(left))
    for why in left:
        click.echo(f"  {desk.called(why)}")
    if left:
        raise SystemExit(1)


def _seats(desk: Desk) -> int:
    return sum(len(case.seats) for case in desk.round.cases.values())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
@at_a_desk()
def status(desk: Desk, as_json: bool) -> None:
    """Where the rounds one takes part in stand: stages, loads, what is overdue."""
    from workbench.review.rights import takes_part
    from workbench.review.status import as_text, status_for

    actor, rounds = desk.review.actor, list(desk.review.state.rounds.values())
    own = [its for its in rounds if its.has_role(actor, "lead") or actor in its.reviewers]
    if rounds and not own:
        takes_part(rounds[-1], actor)
    asked = [desk.round] if desk.asked else own
    found = [status_for(its, actor, desk.review.today) for its in asked]
    if as_json:
        printed(found)
    elif not found:
        desk.say("no_round")
    else:
        click.echo("\n\n".join(as_text(one, desk.language) for one in found))


@click.command()
@click.argument("what", type=click.Choice(["scheme", "process", "results"]))
@click.option("--where", required=True, help="Where it was disclosed.")
@click.option("--on", "on", default="", metavar="DAY", help="Default: today.")
@at_a_desk()
def publish(desk: Desk, what: str, where: str, on: str) -> None:
    """Record that the scheme, the process or the results were disclosed."""
    desk.review.publish(desk.round_id, what, where, on)
    desk.say("published", where=where, on=on or desk.review.today, what=desk.text(what))


@click.command()
@at_a_desk()
def close(desk: Desk) -> None:
    """Close a round whose cases all have their final results."""
    desk.review.close_round(desk.round_id)
    desk.say("closed", round=desk.round_id)


COMMANDS = (open_, enrol, recuse, assign, status, publish, close)
