"""问题清单 of a unit: every problem of its cases once, and who must do what until when."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.papers.content import Block, Cell, Column, Fields, Paper, Table, Text
from workbench.papers.naming import Names
from workbench.papers.standing import Standing, cases_of, final, refusal, told
from workbench.papers.wording import Wording
from workbench.points import rounded
from workbench.review import parts
from workbench.review.state import CaseState, Fault, FaultStage, RoundState
from workbench.texts import Language


def problem_list(its: RoundState, unit_id: str, language: Language) -> Paper:
    """The problems of a unit's cases that it has been told of, final ones as they stand.

    Raises `UsageError` for a unit without cases, and before any feedback.
    """
    found = [final(case) or told(case) for case in cases_of(its, unit_id)]
    stands = [one for one in found if one]
    words = Wording(language)
    names = Names(its, words)
    if not stands:
        raise refusal("nothing_told", language, unit=names.unit(unit_id))
    blocks: list[Block] = [_fields(its, names, unit_id, stands, len(found))]
    if any(one.problems for one in stands):
        blocks.append(_table(its, names, stands))
    else:
        blocks.append(Text(words("pl_none", cases=words.many("n_cases", len(stands)))))
    clean = [one.case.case_id for one in stands if not one.problems]
    if clean and len(clean) < len(stands):
        blocks.append(Text(words("pl_clean", cases=words.listed(clean))))
    title = words("pl_title", title=its.opened.title)
    return Paper(language, title, blocks, landscape=True)


def _fields(
    its: RoundState, names: Names, unit_id: str, stands: list[Standing], cases: int
) -> Fields:
    w = names.words
    finals = sum(one.final for one in stands)
    state = "all_final" if finals == len(stands) else "some_final" if finals else "none_final"
    waiting = cases - len(stands)
    counts = [w.many("n_cases", len(stands)), w.many("n_problems", _count(stands))]
    counts += [w.many("n_waiting", waiting)] if waiting else []
    return Fields([
        (w("unit"), names.unit(unit_id)),
        (w("organ"), names.unit(its.opened.organ_id)),
        (w("content"), w.listed(counts)),
        (w("state"), w(state, n=finals, of=len(stands))),
    ])  # fmt: skip


def _count(stands: list[Standing]) -> int:
    return sum(len(one.problems) for one in stands)


def _table(its: RoundState, names: Names, stands: list[Standing]) -> Table:
    w = names.words
    rows = [[at, *row] for at, row in enumerate(_rows(its, names, stands), 1)]
    points = rounded(sum(p.points for one in stands for p in one.problems))
    columns = (
        Column(w("number"), 5, "count"), Column(w("case"), 11), Column(w("problem"), 20),
        Column(w("criterion"), 9), Column(w("clause"), 13), Column(w("deduction"), 5.5, "points"),
        Column(w("evidence"), 9.5), Column(w("who_what"), 20), Column(w("due"), 13.5, "centre"),
    )  # fmt: skip
    checks = [p.check for one in stands for p in one.problems if p.check]
    count = w.many("n_problems", len(rows))
    total: list[Cell] = ["", w("total"), count, "", "", points, "", "", ""]
    note = w.sentences([w("pl_note"), names.sources(checks)])
    return Table(w("pl_tab"), columns, rows, total=total, note=note)


def _rows(its: RoundState, names: Names, stands: list[Standing]) -> Iterator[list[Cell]]:
    for one in stands:
        for problem in one.problems:
            who, due = _demanded(its, names, one, problem)
            criterion = names.criterion(one.case, problem.criterion) or names.words("veto")
            yield [
                one.case.case_id, names.problem(problem, one.case), criterion,
                names.clause(problem.check), off(problem), names.evidence(problem.evidence),
                who, due,
            ]  # fmt: skip


def off(problem: parts.Problem) -> Cell:
    """The points a problem costs; a veto takes effect by the rubric and has none of its own."""
    return "—" if problem.veto else problem.points


def _demanded(
    its: RoundState, names: Names, one: Standing, problem: parts.Problem
) -> tuple[str, str]:
    """Who must do what, and until when; before the result is final: reply until when."""
    w = names.words
    fault = fault_of(its, one.case, problem)
    if fault is None:
        if one.final:
            return w("not_demanded"), "—"
        return w("to_reply"), w.day(one.case.reply_due_on)
    opened = fault.opened
    done = f"\n{w('verified')}" if fault.stage is FaultStage.verified else ""
    return (w("owner_demand", owner=names.person(opened.owner), demand=opened.demand),
            w.day(opened.due_on) + done)  # fmt: skip


def fault_of(its: RoundState, case: CaseState, problem: parts.Problem) -> Fault | None:
    """The rectification that was opened for a problem."""
    return next(
        (f for f in its.faults.values()
         if (f.opened.case_id, f.opened.problem) == (case.case_id, problem.id)), None
    )  # fmt: skip
