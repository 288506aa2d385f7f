"""One case, as far as a reader may see it: numbers, ids and codes, free of any language.

Every part is one small query on the relations of a run, fresh or read back from its folder. The
case id comes from outside: it stands in SQL as a quoted literal and nowhere else. What the role
may not see is taken out here, so that no page can show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workbench import sqltext
from workbench.pack.model import KERNEL
from workbench.privacy import Role, mask_row
from workbench.reports.finding_words import clock_of, limit_states
from workbench.reports.results import GRADES, Results
from workbench.terms import Outcome

UNTESTED = "untested"


@dataclass(frozen=True)
class Moment:
    """One recorded step: when, which column of which table, the row's id, what kind of row."""

    at: datetime
    table: str
    column: str
    id: str | None
    code: str | None


@dataclass(frozen=True)
class Deadline:
    """One statutory limit of the case. `state`: met, late, overdue, open or unknown.

    `withheld` names what the role may not see; those values are None.
    """

    clock: str
    start_on: date | None
    due_on: date | None
    done_on: date | None
    state: str
    days_left: int | None
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CaseFinding:
    """One failed check: observed against expected, the day it was due, the records that show it.

    `state` is what became of the limit that the check looks at; None where it looks at no limit.
    """

    check_id: str
    asset: str
    subject_id: str
    observed: str | None
    expected: str | None
    due_on: date | None
    evidence: str | None
    note_code: str | None
    veto_candidate: bool
    state: str | None = None
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Criterion:
    """Points of one item of the rubric, with the formula that gave them.

    `points` None: checks only propose deductions, a person has yet to rate it (`source` mixed).
    A `direct` one takes its deductions from the score itself.
    """

    criterion: str
    maximum: float
    attainable: float
    points: float | None
    why: str | None
    source: str = "auto"


@dataclass(frozen=True)
class Gap:
    """What keeps a check undecided: a column not delivered, or an empty value.

    Gaps are counted over all cases of the organ, so one of them need not be this case's own.
    """

    check_id: str
    table: str | None
    column: str | None
    reason: str


@dataclass(frozen=True)
class CaseRecord:
    """Everything a page shows of one case.

    `names` says what people call its `unit_id` and `organ_id`, where they may be seen;
    `particulars` are columns of the case that stand among its facts (name -> value); `outcomes`
    says for every check of the case its outcome, or `untested`; `score` is its row of `scores`,
    None where no rubric covers the kind.
    """

    case_id: str
    role: Role
    as_of: date
    organ_id: str | None
    unit_id: str | None
    kind: str | None
    period_on: date | None
    names: Mapping[str, str]
    particulars: Mapping[str, str]
    moments: tuple[Moment, ...]
    deadlines: tuple[Deadline, ...]
    findings: tuple[CaseFinding, ...]
    outcomes: Mapping[str, str]
    score: Mapping[str, Any] | None
    criteria: tuple[Criterion, ...] = ()
    gaps: tuple[Gap, ...] = ()
    withheld: frozenset[str] = field(default_factory=frozenset)


def case_record(results: Results, case_id: str, role: Role = Role.supervisor) -> CaseRecord | None:
    """The record of one case, with what this role may see of it; None where there is no such case.

    >>> record = case_record(run.results, "9903-2024-00002")   # doctest: +SKIP
    >>> record.unit_id, len(record.findings)                   # doctest: +SKIP
    ('9903-J', 1)
    """
    asset = results.case_asset
    case = sqltext.literal(case_id)
    found = results.records(
        f"FROM work.{sqltext.name('facts_' + asset)} WHERE case_id = {case}", "case"
    )
    if not found:
        return None
    classes = results.checks["facts"].get(asset, {})
    facts, withheld = mask_row(found[0], classes, role)
    outcomes = _outcomes(results, asset, case)
    return CaseRecord(
        case_id=case_id,
        role=role,
        as_of=date.fromisoformat(results.manifest["as_of"]),
        organ_id=facts["organ_id"],
        unit_id=facts["unit_id"],
        kind=facts["kind"],
        period_on=facts["period_on"],
        names=_names(results, facts),
        particulars=_particulars(results, facts),
        moments=tuple(_moments(results, case)),
        deadlines=tuple(_deadlines(results, case, role)),
        findings=tuple(_findings(results, case_id, role)),
        outcomes=outcomes,
        score=next(
            iter(results.records(f"FROM work.scores WHERE case_id = {case}", "case score")), None
        ),
        criteria=tuple(_criteria(results, case)),
        gaps=tuple(_gaps(results, found[0]["organ_id"], outcomes)),
        withheld=withheld & {*KERNEL, *results.checks["labels"]["cases"]["columns"]},
    )


def like_case_ids(results: Results, case_id: str, most: int = 200) -> list[str]:
    """Case ids near this one, for a hint: those that it begins, ends or is part of come first."""
    asset, case = results.case_asset, sqltext.literal(case_id)
    rows = results.engine.rows(
        f"SELECT case_id FROM work.{sqltext.name('facts_' + asset)} WHERE case_id IS NOT NULL "
        f"ORDER BY JARO_WINKLER_SIMILARITY(case_id, {case}) DESC, case_id LIMIT {most}",
        "case ids",
    )
    return [str(row[0]) for row in rows]


def _names(results: Results, facts: Mapping[str, Any]) -> dict[str, str]:
    """What people call the unit and the organ, by kernel column: both may have one id."""
    known = {"unit_id": results.unit_names, "organ_id": results.organ_names}
    return {column: names[facts[column]] for column, names in known.items()
            if facts[column] in names}  # fmt: skip


def _particulars(results: Results, facts: Mapping[str, Any]) -> dict[str, str]:
    """Texts and codes of the case itself; its days stand in the timeline."""
    columns = results.checks["labels"]["cases"]["columns"]
    return {
        name: value
        for name, value in facts.items()
        if name in columns and name not in KERNEL and isinstance(value, str)
    }


def _moments(results: Results, case: str) -> Iterable[Moment]:
    rows = results.records(
        'SELECT "at", "table", "column", id, code FROM work.timelines '
        f"WHERE case_id = {case} ORDER BY ALL",
        "case timeline",
    )
    return (Moment(**row) for row in rows)


def _deadlines(results: Results, case: str, role: Role) -> Iterable[Deadline]:
    """Limits in the order in which they began to run."""
    rows = results.records(
        "SELECT clock, start_on, due_on, done_on, state, days_left FROM work.deadlines "
        f"WHERE case_id = {case} ORDER BY start_on, due_on, clock",
        "case deadlines",
    )
    for row in rows:
        shown, withheld = mask_row(row, results.clock_classes(row["clock"]), role)
        yield Deadline(**shown, withheld=withheld)


def _findings(results: Results, case_id: str, role: Role) -> list[CaseFinding]:
    """What failed, the most serious first."""
    rows = results.records(
        "SELECT check_id, asset, subject_id, observed, expected, due_on, evidence, note_code, "
        "veto_candidate FROM work.findings "
        f"WHERE case_id = {sqltext.literal(case_id)} ORDER BY ALL",
        "case findings",
    )
    found, states = [], limit_states(results, [case_id])
    for row in rows:
        shown, withheld = mask_row(row, results.part_classes(row["check_id"]), role)
        state = states.get((clock_of(results, row["check_id"]), row["subject_id"]))
        found.append(CaseFinding(**shown, state=state, withheld=withheld))
    checks = results.checks["checks"]
    return sorted(
        found,
        key=lambda f: (not f.veto_candidate, GRADES.index(checks[f.check_id]["grade"])),
    )


def _outcomes(results: Results, asset: str, case: str) -> dict[str, str]:
    """Every check of the case asset with its outcome, or that the source cannot answer it."""
    rows = results.records(
        f"FROM work.{sqltext.name('outcomes_' + asset)} WHERE subject_id = "
        f"(SELECT subject_id FROM work.{sqltext.name('facts_' + asset)} WHERE case_id = {case})",
        "case outcomes",
    )
    codes = rows[0] if rows else {}
    return {
        check: Outcome(codes[check]).name if check in codes else UNTESTED
        for check, about in results.checks["checks"].items()
        if about["asset"] == asset
    }


def _criteria(results: Results, case: str) -> Iterable[Criterion]:
    rows = results.records(
        "SELECT criterion, maximum, attainable, points, why, source FROM work.scorecards "
        f"WHERE case_id = {case} ORDER BY criterion",
        "case scorecard",
    )
    for row in rows:
        points = None if row["points"] is None else float(row["points"])
        worth = {name: float(row[name]) for name in ("maximum", "attainable")}
        yield Criterion(
            row["criterion"], points=points, why=row["why"], source=row["source"], **worth
        )


def _gaps(results: Results, organ: str | None, outcomes: Mapping[str, str]) -> Iterable[Gap]:
    """Why what cannot be told of this case cannot: what its organ lacks, check by check."""
    open_checks = [c for c, outcome in outcomes.items() if outcome == Outcome.cannot_tell.name]
    if not open_checks:
        return []
    wanted = ", ".join(sqltext.literal(check) for check in open_checks)
    rows = results.records(
        'SELECT DISTINCT check_id, "table", "column", reason FROM work.gaps '
        f"WHERE organ_id IS NOT DISTINCT FROM {sqltext.literal(organ)} "
        f"AND check_id IN ({wanted}) ORDER BY ALL",
        "case gaps",
    )
    return [Gap(**row) for row in rows]
