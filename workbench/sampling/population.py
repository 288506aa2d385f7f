"""The cases that a draw is from, each with its unit, its stratum and its risk, and their hash.

The hash is SHA-256 over one line a case, in the order of the case ids: the JSON list
`[case_id, unit_id, [values it is stratified by], risk]` without spaces, UTF-8, lines joined by a
line feed. Two populations with one hash give the same draw for the same seed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from workbench import sqltext
from workbench.privacy import NONE
from workbench.sampling.conditions import Condition, condition_sql
from workbench.sampling.source import Columns, SampledRun
from workbench.terms import GX_SEVERITY, InputError, Outcome, UsageError

FAILED, GRADE = "failed", "grade"
# How much a failed check adds to the risk of its case, by its grade. Of nobody's law: whoever draws
# may give others, and the record says which were used.
GRADE_POINTS: Mapping[str, int] = {"veto": 10, "major": 5, "minor": 2, "advisory": 1}
_FINE = 1_000_000  # a risk with decimals is kept in millionths, so that all sums are whole numbers
ALL, NOTHING = "*", "—"
_SHOWN = 8


@dataclass(frozen=True)
class Subject:
    """One case that could be drawn. `risk` is a whole number above 0."""

    case_id: str
    unit_id: str | None
    organ_id: str | None
    values: tuple[str | None, ...]
    risk: int

    @property
    def stratum(self) -> str:
        """What its stratum is called."""
        return " / ".join(v if v is not None else NOTHING for v in self.values) or ALL


@dataclass(frozen=True)
class Population:
    """All cases that could be drawn, in the order of their ids; how many the filter left out."""

    subjects: tuple[Subject, ...]
    left_out: int

    @cached_property
    def strata(self) -> dict[str, int]:
        """How many cases each stratum has, by name."""
        return dict(sorted(Counter(one.stratum for one in self.subjects).items()))

    @cached_property
    def sha256(self) -> str:
        """The hash that the module describes."""
        lines = (
            json.dumps([s.case_id, s.unit_id, list(s.values), s.risk],
                       ensure_ascii=False, separators=(",", ":"))
            for s in self.subjects
        )  # fmt: skip
        return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def population(
    run: SampledRun,
    where: Iterable[Condition] = (),
    by: Iterable[str] = (),
    risk: str | None = None,
    grades: Mapping[str, int] | None = None,
) -> Population:
    """The cases of a run that fulfil all conditions.

    `by` names the columns to stratify by. `risk` is `failed` (1 + failed checks), `grade` (1 + the
    points of the failed checks by grade) or a column of numbers (1 + its value): one is added so
    that no case is without a chance. Raises `UsageError` where nothing is left.
    """
    columns = Columns(run)
    conditions = list(where)
    wheres = [condition_sql(one, columns) for one in conditions]
    chosen = " AND ".join(wheres) if wheres else "TRUE"
    strata = [f"CAST({columns.find(name).sql} AS VARCHAR)" for name in by]
    kernel = [
        f"CAST(f.{n} AS VARCHAR)"
        if n in columns.facts and run.fact_class(run.case_asset, n) == NONE
        else "NULL"
        for n in ("unit_id", "organ_id")
    ]
    risk_sql, scale = _risk(columns, risk, grades or GRADE_POINTS)
    rows = run.engine.rows(
        f"SELECT CAST(f.case_id AS VARCHAR), {', '.join([*kernel, *strata, risk_sql])} "
        f"FROM {columns.relation} WHERE {chosen} ORDER BY 1",
        "sample population",
    )
    whole = int(run.manifest["assets"][run.case_asset])
    if not rows:
        raise UsageError(_nobody(columns, conditions, whole))
    subjects = tuple(
        Subject(str(r[0]), r[1], r[2], tuple(r[3:-1]), _weight(r[-1], scale, risk)) for r in rows
    )
    if len({one.case_id for one in subjects}) < len(subjects):
        raise InputError("a case id stands twice in the facts of this run: it cannot be sampled")
    subjects = tuple(sorted(subjects, key=lambda one: one.case_id))
    return Population(subjects, whole - len(subjects))


def _risk(columns: Columns, risk: str | None, grades: Mapping[str, int]) -> tuple[str, int]:
    """The risk in SQL, without the one that is added, and how finely it is kept."""
    if risk is None:
        return "0", 1
    if risk in (FAILED, GRADE):
        known = columns.run.checks["checks"]
        if unknown := set(grades) - {grade.value for grade in GX_SEVERITY}:
            raise UsageError(f"no grade '{min(unknown)}'; grades are {', '.join(GRADE_POINTS)}")
        points = {
            c: grades.get(known[c]["grade"], 0) if risk == GRADE else 1 for c in columns.checks
        }
        if any(p < 0 for p in points.values()):
            raise UsageError("the points of a grade are 0 or more")
        parts = [
            f"CASE o.{sqltext.name(check)} WHEN {Outcome.failed.value} THEN {int(p)} ELSE 0 END"
            for check, p in points.items()
            if p
        ]
        return " + ".join(parts) or "0", 1
    column = columns.find(risk)
    if column.kind not in ("number", "boolean"):
        raise UsageError(f"'{risk}' is no risk: its values are no numbers")
    if column.kind == "boolean":
        return f"CAST({column.sql} AS INTEGER)", 1
    whole = "INT" in columns.facts[risk]
    return column.sql, 1 if whole else _FINE


def _weight(value: Any, scale: int, risk: str | None) -> int:
    """The risk of a case as a whole number; what is missing adds nothing."""
    if value is None:
        return scale
    try:
        found = round((1 + Decimal(str(value))) * scale)
    except (ValueError, ArithmeticError):
        found = 0
    if found < scale:
        raise UsageError(f"'{risk}' is no risk: {value} is below 0 or no number")
    return found


def _nobody(columns: Columns, conditions: list[Condition], whole: int) -> str:
    """Why no case is left, with the values there are."""
    if not conditions:
        return "this run has no cases: nothing can be drawn"
    told = f"none of {whole} cases fulfils {' and '.join(map(str, conditions))}"
    for one in conditions:
        column = columns.find(one.column)
        if one.operator == "=" and column.kind == "text":
            rows = columns.run.engine.rows(
                f"SELECT DISTINCT {column.sql} AS value FROM {columns.relation} ORDER BY 1",
                "sample values",
            )
            known = [str(row[0]) for row in rows if row[0] is not None]
            if not set(one.values) & set(known):
                more = ", ..." if len(known) > _SHOWN else ""
                return f"{told}; {one.column} is one of {', '.join(known[:_SHOWN])}{more}"
    return told
