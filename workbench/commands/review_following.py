"""`workbench review`: what follows from a result: rectification, accountability, outside views."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.commands.review_store import FILE, Desk, at_a_desk
from workbench.terms import InputError, UsageError

if TYPE_CHECKING:
    from workbench.review.state import Fault


@click.command()
@click.argument("case")
@click.option("--owner", required=True, help="Who puts it right.")
@click.option("--demand", required=True, help="What is demanded.")
@click.option("--owner-of", multiple=True, metavar="PROBLEM=WHO", help="Another owner of one.")
@click.option("--demand-of", multiple=True, metavar="PROBLEM=WHAT", help="Another demand of one.")
@click.option("--due", metavar="DAY", help="Default: by the round's rule.")
@at_a_desk()
def rectify(
    desk: Desk, case: str, owner: str, demand: str, owner_of: tuple[str, ...],
    demand_of: tuple[str, ...], due: str | None,
) -> None:  # fmt: skip
    """Demand that the problems of CASE are put right."""
    before = set(desk.round.faults)
    desk.review.rectify(
        desk.round_id, case, {"": owner} | _pairs(owner_of), {"": demand} | _pairs(demand_of), due,
    )  # fmt: skip
    opened = [fault for name, fault in desk.round.faults.items() if name not in before]
    desk.say("demanded", count=len(opened), due=opened[0].opened.due_on)
    for fault in opened:
        click.echo("  " + fault.fault_id)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    if wrong := [one for one in given if "=" not in one]:
        raise UsageError(f"'{wrong[0]}': expected PROBLEM=TEXT")
    return {name: text for name, _, text in (one.partition("=") for one in given)}


@click.command()
@click.argument("fault")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--text", required=True, help="How it was put right.")
@at_a_desk()
def prove(desk: Desk, fault: str, files: tuple[Path, ...], text: str) -> None:
    """Show that FAULT is put right; of FILES the name and the SHA-256 are kept."""
    hashes: dict[str, str] = {}
    for path in files:
        if not path.is_file():
            raise InputError(f"{path} is not there")
        if path.name in hashes:
            raise UsageError(f"two files are called {path.name}: rename one")
        with path.open("rb") as handle:
            hashes[path.name] = hashlib.file_digest(handle, "sha256").hexdigest()
    desk.review.prove(desk.round_id, fault, text, hashes)
    desk.say("proved", fault=fault, count=len(hashes))


@click.command("verify-fix")
@click.argument("fault")
@click.option("--accept/--return", "accepted", required=True, default=None)
@click.option("--reason", required=True, help="What was looked at.")
@at_a_desk()
def verify_fix(desk: Desk, fault: str, accepted: bool, reason: str) -> None:
    """Look at the proof of FAULT, which is somebody else's: accept it, or give it back."""
    desk.review.verify(desk.round_id, fault, accepted, reason)
    desk.say("accepted" if accepted else "returned", fault=fault)


@click.command()
@click.argument("fault")
@click.option("--to", required=True, help="Who is told.")
@click.option("--reason", required=True)
@at_a_desk()
def escalate(desk: Desk, fault: str, to: str, reason: str) -> None:
    """Tell somebody higher that FAULT is overdue."""
    desk.review.escalate(desk.round_id, fault, to, reason)
    desk.say("escalated", fault=fault, to=to)


# What a later run says of a fault -> what the record of it can say.
_RETESTED = {
    "repaired": "repaired",
    "still_failed": "still_failed",
    "cannot_tell": "undecided",
    "not_yet_due": "undecided",
}


@click.command()
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@at_a_desk()
def retest(desk: Desk, before: Path, after: Path) -> None:
    """Look at every rectified fault of a check again: BEFORE is the run of the round, AFTER a later
    one, as of a day after the rectification was demanded.
    """
    import workbench as wb

    its = desk.round
    faults = [fault for fault in its.faults.values() if fault.opened.check]
    if not faults:
        raise UsageError(desk.text("nothing_to_retest", round=desk.round_id))
    first, later = wb.open_run(before), wb.open_run(after)
    if first.manifest.get("run_id") != its.opened.origin.run_id:
        raise UsageError(desk.text("other_run", run=its.opened.origin.run_id, given=before))
    run_id, as_of = str(later.manifest["run_id"]), str(later.manifest["as_of"])
    after_it = [fault for fault in faults if fault.opened.opened_on < as_of]
    if not after_it:
        opened_on = min(fault.opened.opened_on for fault in faults)
        raise UsageError(desk.text("no_later_run", as_of=as_of, given=after, opened=opened_on))
    found = wb.retest(first, later, list(dict.fromkeys(map(_finding, after_it))))
    said = {(one.case_id, one.check_id): one for one in found}
    outcomes = {
        fault.fault_id: _RETESTED.get(said[_finding(fault)].verdict, "not_comparable")
        for fault in after_it
    }
    desk.review.retested(desk.round_id, run_id, as_of, outcomes)
    for one in found:
        click.echo(one.sentence(desk.language))
    if left := len(faults) - len(after_it):
        desk.say("not_retested", count=left, as_of=as_of)


def _finding(fault: Fault) -> tuple[str, str]:
    """The case and the check whose failure is put right; several faults may have the same."""
    return fault.opened.case_id, fault.opened.check


@click.command()
@click.argument("id", metavar="ID")
@click.option("--case", "case_id", required=True)
@click.option("--target", required=True, help="officer, organ, delegate")
@click.option("--target-id", required=True)
@click.option("--on", "heard_on", required=True, metavar="DAY")
@click.option("--pleas", required=True, help="What was said.")
@at_a_desk()
def hear(desk: Desk, id: str, **heard: str) -> None:
    """Record in accountability entry ID that a person was heard, before any measure."""
    desk.review.hear(desk.round_id, id, **heard)
    desk.say("heard", id=id)


@click.command()
@click.argument("id", metavar="ID")
@click.option("--measure", "measure", required=True, help="One that the target can have.")
@click.option("--on", "decided_on", required=True, metavar="DAY")
@click.option("--basis", required=True, help="Reasons and basis.")
@click.option("--appeal-told", "appeal_told_on", required=True, metavar="DAY")
@at_a_desk()
def measure(desk: Desk, id: str, **taken: str) -> None:
    """Record the measure of accountability entry ID."""
    desk.review.take_measure(desk.round_id, id, **taken)
    desk.say("measured", id=id)


@click.command("no-fault")
@click.argument("id", metavar="ID")
@click.option("--case", "case_id", required=True)
@click.option("--reason", required=True)
@click.option("--on", "decided_on", required=True, metavar="DAY")
@at_a_desk()
def no_fault(desk: Desk, id: str, **found: str) -> None:
    """Record that nobody was personally at fault."""
    desk.review.find_no_fault(desk.round_id, id, **found)
    desk.say("no_fault", id=id)


@click.command()
@click.argument("organ")
@click.option("--on", "held_on", required=True, metavar="DAY")
@click.option("--answers", type=int, required=True, help="Sheets that came back.")
@click.option("--satisfied", type=int, required=True)
@at_a_desk()
def survey(desk: Desk, organ: str, held_on: str, answers: int, satisfied: int) -> None:
    """Record outside views of ORGAN."""
    desk.review.survey(desk.round_id, organ, held_on, answers, satisfied)
    desk.say("surveyed", organ=organ, answers=answers, share=f"{satisfied / answers:.1%}")


COMMANDS = (rectify, prove, verify_fix, escalate, retest, hear, measure, no_fault, survey)
