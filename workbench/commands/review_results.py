"""`workbench review`: what came of it: exports, results, measured checks, an organ's score."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.commands.review_store import FILE, Desk, at_a_desk, printed, read_json
from workbench.points import written
from workbench.terms import InputError

if TYPE_CHECKING:
    from workbench.rubrics import Rubric

_SHARES = ("precision", "low", "high")


@click.command()
@click.argument("folder", type=FILE)
@click.option("--all", "every", is_flag=True, help="All rounds of the store.")
@at_a_desk()
def export(desk: Desk, folder: Path, every: bool) -> None:
    """Write a round into FOLDER as the tables of the pack (CSV), so that checks can judge it."""
    from workbench.rounds import export_rounds

    names = list(desk.review.state.rounds) if every else [desk.round_id]
    done = export_rounds(desk.review, folder, *names)
    desk.say("exported", folder=folder, rounds=len(names))
    for name, rows in done.items():
        click.echo(f"  {name}  {rows:,}")


@click.command()
@click.option("--to", "out", type=FILE, help="Write the sealed folder rounds/<id>/ here.")
@click.option("--json", "as_json", is_flag=True, help="All tables, for other programs.")
@click.option("--officer", help="Only what became of the cases that this person handled.")
@at_a_desk()
def results(desk: Desk, out: Path | None, as_json: bool, officer: str | None) -> None:
    """The results of a round: of each unit, of each form of evaluation; sealed with --to."""
    if officer:
        frames = desk.review.own_results(desk.round_id, officer)
        for frame in frames.values():
            click.echo(frame.to_csv(index=False).rstrip())
        return
    tables = desk.review.result_rows(desk.round_id)
    if as_json:
        printed(tables)
        return
    for row in tables["units"]:
        if not row["kind"]:
            desk.say("unit_mean", unit=_name(desk, row["unit_id"]), cases=row["cases"],
                     mean=f"{row['mean']:g}", lowest=f"{row['lowest']:g}")  # fmt: skip
    for row in tables["combined"]:
        if row["form"] == "combined":
            desk.say(
                "combined",
                unit=_name(desk, row["unit_id"]),
                formula=row[f"formula_{desk.language}"],
            )
    if not tables["units"]:
        desk.say("no_result")
    if out:
        from workbench.round_folder import save_round

        click.echo(str(save_round(desk.review, desk.round_id, out)))


def _name(desk: Desk, unit_id: str) -> str:
    return desk.round.opened.names.get(unit_id, unit_id)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
@at_a_desk(of_round=False)
def precision(desk: Desk, as_json: bool) -> None:
    """How often each automatic check was right, over all rounds of the store."""
    from workbench.review.precision import measured

    found = sorted(measured(desk.review.state).values(),
                   key=lambda one: (-one.counts["overturned"], one.check_id))  # fmt: skip
    if as_json:
        printed([one.row() for one in found])
        return
    if not found:
        desk.say("no_decision")
    for one in found:
        row = one.row()
        shares = {n: f"{row[n]:.1%}" for n in _SHARES if row[n] is not None}
        key = "undecided" if not one.decided else "few" if one.few else "measured_check"
        desk.say(key, **(row | shares | {"check": one.check_id, "rule": one.rule[:8]}))
        if one.settled:
            desk.say("settled", **{n: one.settled[n] for n in ("passed", "failed")},
                     none=one.settled["not_applicable"])  # fmt: skip


@click.command("organ-score")
@click.argument("organ")
@click.argument("run", type=FILE)
@click.option("--items", type=FILE, help="JSON: what a person concluded, by criterion; is locked.")
@at_a_desk()
def organ_score(desk: Desk, organ: str, run: Path, items: Path | None) -> None:
    """What ORGAN comes to by RUN and the round, each criterion with its formula; with --items it is
    locked. Then what it was rated in each form of appraisal, and all of them combined.
    """
    import workbench as wb
    from workbench import organ_scores

    opened = wb.open_run(run)
    if items is None:
        found = organ_scores.organ_score(desk.review, opened, desk.round_id, organ)
    else:
        given = read_json(items)
        if not isinstance(given, dict):
            raise InputError(f"{items}: expected {{'criterion': {{'anchor': 'full'}}, ...}}")
        found = organ_scores.rate_organ(desk.review, opened, desk.round_id, organ, given)
    titles = {c.id: c.title.get(desk.language, c.id) for c in found.rubric.criteria}
    for mark in found.marks:
        formula = _with_titles(desk, mark.formula[desk.language])
        click.echo(f"{titles[mark.criterion]}  {formula}")
    click.echo(found.score.formula[desk.language])
    _appraisals(desk, organ, found.rubric)


def _with_titles(desk: Desk, formula: str) -> str:
    """A formula with the titles of checks in the place of their ids."""
    from workbench.review.replying import check_titles

    titles = check_titles(desk.round, desk.language)
    return re.sub(r"[\w-]+", lambda found: titles.get(found.group(), found.group()), formula)


def _appraisals(desk: Desk, organ: str, rubric: Rubric) -> None:
    """The locked score of each form that the rubric weighs, and the combined one."""
    from workbench.marking import combine
    from workbench.review.round_combined import organ_appraisals

    held = organ_appraisals(desk.review.state, desk.round_id, organ)
    for one in rubric.appraisals:
        who = one.title[desk.language]
        if one.id in held:
            in_round, score = held[one.id]
            desk.say("appraised", who=who, round=in_round, points=_points(score.points))
        else:
            desk.say("not_appraised", who=who)
    weighed = {one.id for one in rubric.appraisals}
    points = {form: score.points for form, (_, score) in held.items() if form in weighed}
    if weighed:
        found = combine(rubric, points)
        desk.say("organ_combined", organ=organ, formula=found.formula[desk.language])


def _points(points: float | None) -> str:
    return "—" if points is None else written(points)


COMMANDS = (export, results, precision, organ_score)
