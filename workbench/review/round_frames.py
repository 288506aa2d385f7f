"""The results of a round as pandas frames, for those who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.review import round_combined, round_results
from workbench.review.acts import needs_role
from workbench.review.refusals import Refused
from workbench.review.state import RoundState, State

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {"text": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}
COLUMNS = {**round_results.COLUMNS, "combined": round_combined.COLUMNS}


def rows(state: State, round_id: str, actor: str, today: str) -> dict[str, list[dict[str, Any]]]:
    """All tables of a round as rows; lead and adjudicator see it any time, reviewers once closed.

    Raises `Refused` for others.
    """
    its = state.rounds.get(round_id)
    if its is None:
        raise Refused("round_unknown", round=round_id, known=", ".join(state.rounds) or "—")
    roles = ("lead", "adjudicator", "reviewer") if its.closed else ("lead", "adjudicator")
    needs_role(its, actor, *roles)
    tables = round_results.tables_of(its, actor, today)
    return tables | {"combined": list(round_combined.combined(state, round_id))}


def frames(state: State, round_id: str, actor: str, today: str) -> dict[str, pd.DataFrame]:
    """The same as frames, empty ones with their columns."""
    return {name: _frame(name, its) for name, its in rows(state, round_id, actor, today).items()}


def own_frames(its: RoundState, actor: str, person: str, today: str) -> dict[str, pd.DataFrame]:
    """What became of the cases that a person handled: `results` and `problems`, once told.

    Everybody sees their own; the lead sees anybody's. Raises `Refused` for others.
    """
    if actor != person:
        needs_role(its, actor, "lead")
    own = {c.case_id for c in its.cases.values() if person in c.drawn.handled_by and c.feedback}
    tables = round_results.tables_of(its, its.opened_by, today)
    return {
        name: _frame(name, [row for row in tables[name] if row["case_id"] in own])
        for name in ("results", "problems")
    }


def _frame(name: str, its: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    columns = COLUMNS[name]
    data = {column: [row[column] for row in its] for column in columns}
    return pd.DataFrame({
        column: pd.Series(values, dtype=_TYPES[columns[column]]) for column, values in data.items()
    })  # fmt: skip
