"""Organisation, self and mutual evaluation (组织考评, 自我考评, 互查互评), apart and combined.

Each form has rounds of its own. Their unit means are combined by the weights that a round states
(S2 四(二)); where a form with a weight has no result, there is no combined result, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean
from typing import Any

from workbench.points import rounded, written
from workbench.review.state import RoundState, State

FORMS = ("organisation", "self", "mutual")
COLUMNS = {
    "unit_id": "text", "form": "text", "weight": "number", "rounds": "text", "cases": "integer",
    "mean": "number", "formula": "text",
}  # fmt: skip
COMBINED = "combined"


def combined(state: State, round_id: str) -> Iterator[dict[str, Any]]:
    """Of each unit a row a form, then the combined one, by the weights of a round.

    Rounds count together when they were drawn from runs of the same day of the same organ's round.
    """
    stated = state.rounds[round_id]
    weights = stated.opened.weights
    if not weights:
        return
    points: dict[str, dict[str, list[float]]] = {}
    names: dict[str, list[str]] = {form: [] for form in FORMS}
    for its in state.rounds.values():
        if _together(stated, its):
            names[its.opened.form].append(its.round_id)
            for case in its.cases.values():
                final = case.final.body.score.points if case.final else None  # type: ignore[attr-defined]
                if final is not None and not case.drawn.calibration:
                    unit = points.setdefault(case.drawn.unit_id, {})
                    unit.setdefault(its.opened.form, []).append(final)
    for unit_id, by_form in sorted(points.items()):
        yield from _unit(unit_id, by_form, weights, names)


def _together(stated: RoundState, its: RoundState) -> bool:
    one, other = stated.opened, its.opened
    same = (one.organ_id, one.kind, one.origin.as_of[:4]) == (
        other.organ_id, other.kind, other.origin.as_of[:4],
    )  # fmt: skip
    return same and (not other.weights or other.weights == one.weights)


def _unit(
    unit_id: str, by_form: dict[str, list[float]], weights: dict[str, float],
    names: dict[str, list[str]],
) -> Iterator[dict[str, Any]]:  # fmt: skip
    means = {form: rounded(mean(given)) for form, given in by_form.items()}
    for form in FORMS:
        if form in weights or form in means:
            yield {
                "unit_id": unit_id, "form": form, "weight": weights.get(form, 0.0),
                "rounds": ";".join(names[form]), "cases": len(by_form.get(form, ())),
                "mean": means.get(form), "formula": "",
            }  # fmt: skip
    order = [*FORMS, *sorted(set(weights) - set(FORMS))]
    weighed = [form for form in order if weights.get(form)]
    lacking = [form for form in weighed if form not in means]
    parts = [f"{written(means[f])} x {weights[f]:g}" for f in weighed if f in means]
    total = None if lacking else rounded(sum(means[f] * weights[f] for f in weighed))
    formula = " + ".join(parts) + (f" = {written(total)}" if total is not None else "")
    if lacking:
        formula = f"{formula} + ? ({', '.join(lacking)})"
    yield {
        "unit_id": unit_id, "form": COMBINED, "weight": sum(weights.values()), "rounds": "",
        "cases": sum(map(len, by_form.values())), "mean": total, "formula": formula,
    }  # fmt: skip
