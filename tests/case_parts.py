"""What checks say of single cases, as the parts that `marking` counts, read from a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.marking import Part
from workbench.pack import Pack
from workbench.pack.rubric_files import weight_of
from workbench.points import Points
from workbench.rubrics import Listed, Rubric
from workbench.terms import Outcome

Parts = Mapping[str, tuple[Part, ...]]


def propose(engine: Engine, pack: Pack, rubric: Rubric, cases: Sequence[str]) -> dict[str, Parts]:
    """Case -> criterion -> its parts, for the criteria that checks decide or propose for.

    `engine` is that of a run's results. A check without an outcome there is untested.
    """
    rows = _rows(engine, pack, rubric, cases)
    return {
        case: {
            criterion.id: tuple(part_of(pack, one, rows[case]) for one in criterion.listed)
            for criterion in rubric.criteria
            if criterion.listed
        }
        for case in cases
    }


def part_of(pack: Pack, listed: Listed, row: Mapping[str, Any]) -> Part:
    """A check of a criterion on one case: `row` holds outcome codes by check, and facts by name.

    A check that the row does not name is untested.
    """
    check = pack.checks[listed.check]
    points, group = weight_of(check, listed)
    code = row.get(check.id)
    outcome = "untested" if code is None else Outcome(code).name
    taken = points.taken(row) if outcome == Outcome.failed.name else 0.0
    return Part(check.id, outcome, points.largest, float(taken), group)


def _rows(
    engine: Engine, pack: Pack, rubric: Rubric, cases: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Outcomes and weighing facts of the cases, by column name; those not there are left out."""
    asset = next(a.id for a in pack.assets.values() if a.table == "cases")
    facts = [
        fact
        for criterion in rubric.criteria
        for listed in criterion.listed
        for fact in (listed.points or pack.checks[listed.check].points or Points(0)).facts
    ]
    outcomes = _columns(engine, f"outcomes_{asset}", rubric.checks)
    known = _columns(engine, f"facts_{asset}", facts)
    shown = [f"o.{sqltext.name(name)}" for name in outcomes]
    shown += [f"f.{sqltext.name(name)}" for name in known]
    wanted = ", ".join(sqltext.literal(case) for case in cases) or "NULL"
    rows = engine.rows(
        f"SELECT {', '.join(['f.case_id', *shown])} FROM work.facts_{asset} f "
        f"JOIN work.outcomes_{asset} o ON o.subject_id = f.subject_id "
        f"WHERE f.case_id IN ({wanted})",
        "proposals",
    )
    return {row[0]: dict(zip([*outcomes, *known], row[1:], strict=True)) for row in rows}


def _columns(engine: Engine, relation: str, names: Sequence[str]) -> list[str]:
    """Which of these columns a relation has, each once."""
    found = {row[0] for row in engine.rows(f"DESCRIBE work.{relation}", relation)}
    return [name for name in dict.fromkeys(names) if name in found]
