"""整改通知书 of a unit: what must be put right, by whom, until which day, and what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workbench.papers.content import Block, Cell, Column, Heading, Paper, Table, Text
from workbench.papers.naming import Names
from workbench.papers.standing import cases_of, final, refusal
from workbench.papers.wording import Wording
from workbench.review import entries as e
from workbench.review.state import Fault, FaultStage, RoundState
from workbench.texts import Language


def rectification_notice(its: RoundState, unit_id: str, language: Language) -> Paper:
    """The rectifications demanded of a unit; one that was verified since says so.

    Dated on the day the last one was opened. Raises `UsageError` where none was.
    """
    cases_of(its, unit_id)  # a unit that is not there is named as such
    words = Wording(language)
    names = Names(its, words)
    faults = [f for f in its.faults.values() if f.opened.unit_id == unit_id]
    faults.sort(key=lambda f: f.opened.case_id)
    if not faults:
        raise refusal("nothing_to_rectify", language, unit=names.unit(unit_id))
    title, cases = its.opened.title, len({f.opened.case_id for f in faults})
    intro = words("rn_intro", title=title, cases=words.many("n_cases", cases),
                  problems=words.many("n_problems", len(faults)))  # fmt: skip
    blocks: list[Block] = [
        Text(intro), Heading(words("rn_what")), _table(its, names, faults),
        Heading(words("rn_how")), *_demands(words, faults),
    ]  # fmt: skip
    return Paper(
        language, words("rn_title", title=title), blocks, recipient=names.unit(unit_id),
        number=words("blank_number"), organ=names.unit(its.opened.organ_id),
        dated=max(date.fromisoformat(f.opened.opened_on) for f in faults),
    )  # fmt: skip


def _table(its: RoundState, names: Names, faults: Sequence[Fault]) -> Table:
    w = names.words
    rows = [[at, *_row(its, names, fault)] for at, fault in enumerate(faults, 1)]
    columns = (
        Column(w("number"), 7, "count"), Column(w("case"), 17), Column(w("problem"), 26),
        Column(w("demand"), 23), Column(w("owner"), 10, "centre"), Column(w("due"), 20, "centre"),
    )  # fmt: skip
    checks = [f.opened.check for f in faults if f.opened.check]
    return Table(w("rn_what"), columns, rows, note=names.sources(checks))


def _row(its: RoundState, names: Names, fault: Fault) -> list[Cell]:
    opened, w = fault.opened, names.words
    due = w.day(opened.due_on)
    verified = fault.last(e.RectificationVerified)
    if fault.stage is FaultStage.verified and verified:
        assert isinstance(verified.body, e.RectificationVerified)
        due += "\n" + w("verified_on", day=w.day(verified.body.verified_on))
    return [opened.case_id, _what(its, names, fault), opened.demand,
            names.person(opened.owner), due]  # fmt: skip


def _what(its: RoundState, names: Names, fault: Fault) -> str:
    """The problem in words, with its clause."""
    opened = fault.opened
    case = its.cases[opened.case_id]
    stands = final(case)
    problem = next((p for p in stands.problems if p.id == opened.problem), None) if stands else None
    text = names.problem(problem, case) if problem else names.check(opened.check)
    clause = names.clause(opened.check)
    return f"{text}\n{names.words('by_clause', clause=clause)}" if clause else text


def _demands(w: Wording, faults: Sequence[Fault]) -> list[Block]:
    days = sorted({f.opened.due_on for f in faults})
    if len(days) == 1:
        until = w("rn_until_one", day=w.day(days[0]))
    else:
        until = w("rn_until_many", first=w.day(days[0]), last=w.day(days[-1]))
    rest = ("rn_proof", "rn_verify", "rn_overdue")
    return [Text(until, w("rn_until")), *(Text(w(f"{key}_text"), w(key)) for key in rest)]
