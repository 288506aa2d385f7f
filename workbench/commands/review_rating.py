"""`workbench review`: ratings and what follows from them up to the final result, from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workbench.commands.review_store import FILE, Desk, at_a_desk, is_json, new_file, read_json
from workbench.terms import InputError, UsageError


@click.command()
@click.argument("case")
@click.option("--to", "target", type=FILE, required=True, help="FILE.csv; never written over.")
@click.option("--for", "kind", type=click.Choice(["rating", "reply", "answer"]), default="rating",
              show_default=True)  # fmt: skip
@at_a_desk()
def form(desk: Desk, case: str, target: Path, kind: str) -> None:
    """Write the form of CASE, to be filled in away from the screen and given to submit, reply or
    answer.
    """
    from workbench.review import paper_forms, rights
    from workbench.review.acts import case_of
    from workbench.review.rating import own_seat

    its = desk.round
    if target.suffix.casefold() != ".csv":
        raise UsageError(f"{target}: forms are CSV files")
    actor = desk.review.actor
    if kind == "reply":
        rights.told_to(its, actor, case_of(its, case).drawn.unit_id)
    elif kind == "answer":
        rights.answering(its, actor, case)
    elif not its.has_role(actor, "lead", "adjudicator"):
        own_seat(its, actor, case_of(its, case))
    write = {"rating": paper_forms.write_rating, "reply": paper_forms.write_reply,
             "answer": paper_forms.write_answer}[kind]  # fmt: skip
    click.echo(str(write(new_file(target), its, case, desk.language)))


@click.command()
@click.argument("case")
@click.argument("file", type=FILE)
@click.option("--note", default="", help="What else the reviewer says of the case.")
@at_a_desk()
def submit(desk: Desk, case: str, file: Path, note: str) -> None:
    """Lock a rating of CASE from FILE: a form (CSV), or JSON with items and vetoes."""
    items, vetoes = _rating(desk, case, file)
    desk.review.submit(desk.round_id, case, items, vetoes, note)
    seat = desk.round.cases[case].seat_of(desk.review.actor)
    assert seat
    assert seat.rating
    desk.say("submitted", case=case, formula=seat.rating.score.formula.get(desk.language, ""))


def _rating(desk: Desk, case: str, file: Path) -> tuple[Any, Any]:
    from workbench.review.paper_forms import read_rating

    if not is_json(file):
        return read_rating(_there(file), desk.round, case)
    content = read_json(file)
    if not isinstance(content, dict) or "items" not in content:
        raise InputError(f"{file}: expected {{'items': {{...}}, 'vetoes': {{...}}}}")
    return content["items"], content.get("vetoes") or {}


def _there(path: Path) -> Path:
    if not path.is_file():
        raise InputError(f"{path} is not there")
    return path


@click.command("give-back")
@click.argument("case")
@click.argument("seat", type=int)
@click.option("--reason", required=True)
@at_a_desk()
def give_back(desk: Desk, case: str, seat: int, reason: str) -> None:
    """Give the locked rating of a seat of CASE back to its reviewer."""
    desk.review.give_back(desk.round_id, case, seat, reason)
    desk.say("given_back", case=case, seat=seat)


@click.command()
@click.argument("case")
@click.argument("file", type=FILE)
@click.option("--reason", required=True)
@at_a_desk()
def adjudicate(desk: Desk, case: str, file: Path, reason: str) -> None:
    """Settle CASE, whose ratings are apart, by the rating in FILE."""
    items, vetoes = _rating(desk, case, file)
    desk.review.adjudicate(desk.round_id, case, items, vetoes, reason)
    settled = desk.round.cases[case].adjudicated
    assert settled
    desk.say("adjudicated", case=case,
             formula=settled.body.score.formula.get(desk.language, ""))  # type: ignore[attr-defined]  # fmt: skip


@click.command()
@click.argument("unit")
@click.argument("cases", nargs=-1)
@at_a_desk()
def feedback(desk: Desk, unit: str, cases: tuple[str, ...]) -> None:
    """Tell UNIT the provisional results of its cases (or of CASES)."""
    before = {c.case_id for c in desk.round.cases.values() if c.feedback}
    desk.review.send_feedback(desk.round_id, unit, list(cases) or None)
    told = [c for c in desk.round.cases.values() if c.feedback and c.case_id not in before]
    desk.say("told", unit=unit, count=len(told), due=told[0].reply_due_on)


@click.command()
@click.argument("case")
@click.option("--until", required=True, metavar="DAY")
@click.option("--reason", required=True)
@at_a_desk()
def extend(desk: Desk, case: str, until: str, reason: str) -> None:
    """Give the unit of CASE more time to reply."""
    desk.review.extend_reply(desk.round_id, case, until, reason)
    desk.say("extended", case=case, until=until)


@click.command()
@click.argument("case")
@click.argument("file", type=FILE, required=False)
@click.option("--accept-all", is_flag=True, help="The unit accepts every problem.")
@at_a_desk()
def reply(desk: Desk, case: str, file: Path | None, accept_all: bool) -> None:
    """Reply to the problems of CASE from FILE (a form, or JSON by problem)."""
    from workbench.review.acts import case_of
    from workbench.review.paper_forms import read_reply
    from workbench.review.replying import told

    if bool(file) == accept_all:
        raise UsageError(desk.text("reply_how"))
    if file is None:
        listed = told(case_of(desk.round, case)).problems
        items: Any = {problem.id: {"position": "accepted"} for problem in listed}
    else:
        items = read_json(file) if is_json(file) else read_reply(_there(file), desk.round, case)
    desk.review.reply(desk.round_id, case, items)
    desk.say("replied", case=case, count=len(items))


@click.command()
@click.argument("case")
@click.argument("file", type=FILE)
@at_a_desk()
def answer(desk: Desk, case: str, file: Path) -> None:
    """Answer the contested problems of CASE from FILE (a form, or JSON by problem)."""
    from workbench.review.paper_forms import read_answer

    items = read_json(file) if is_json(file) else read_answer(_there(file), desk.round, case)
    desk.review.answer(desk.round_id, case, items)
    desk.say("answered", case=case, count=len(items))


@click.command()
@click.argument("cases", nargs=-1)
@at_a_desk()
def finalise(desk: Desk, cases: tuple[str, ...]) -> None:
    """Make the results of CASES final; without any, of all that may be."""
    from workbench.review.results import stage
    from workbench.review.state import Stage

    its, today = desk.round, desk.review.today
    ready = [c.case_id for c in its.cases.values() if stage(its, c, today) is Stage.answered]
    chosen = list(cases) or ready
    if chosen:
        desk.review.finalise(desk.round_id, chosen)
    desk.say("final", count=len(chosen))


COMMANDS = (form, submit, give_back, adjudicate, feedback, extend, reply, answer, finalise)
