"""Organisation, self and mutual evaluation (组织考评, 自我考评, 互查互评), apart and combined.

Each form has rounds of its own. Their unit means are combined by the weights that a round states
(S2 四(二)); where a form with a weight has no result, there is no combined result, and it says so.
Appraisals of an organ are combined by the weights of its rubric (`marking.combine`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

from workbench.marking import words as say
from workbench.points import rounded
from workbench.review import entries as e
from workbench.review import parts
from workbench.review.state import RoundState, State
from workbench.sources import read_words

FORMS = ("organisation", "self", "mutual")
COLUMNS = {
    "unit_id": "text", "form": "text", "weight": "number", "rounds": "text", "cases": "integer",
    "mean": "number", "formula_zh": "text", "formula_en": "text",
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
        if together(stated, its):
            names[its.opened.form].append(its.round_id)
            for case in its.cases.values():
                final = case.final.body.score.points if case.final else None  # type: ignore[attr-defined]
                if final is not None and not case.drawn.calibration:
                    unit = points.setdefault(case.drawn.unit_id, {})
                    unit.setdefault(its.opened.form, []).append(final)
    for unit_id, by_form in sorted(points.items()):
        yield from _unit(unit_id, by_form, weights, names)


def together(stated: RoundState, its: RoundState) -> bool:
    """Do two rounds count together: of one organ, kind and year, and of no other weights?"""
    one, other = stated.opened, its.opened
    same = (one.organ_id, one.kind, one.origin.as_of[:4]) == (
        other.organ_id, other.kind, other.origin.as_of[:4],
    )  # fmt: skip
    return same and (not other.weights or other.weights == one.weights)


def organ_appraisals(
    state: State, round_id: str, organ_id: str
) -> dict[str, tuple[str, parts.Score]]:
    """By form, the round that an organ was last rated in and its score.

    Looks at the rounds that count together with the one given.
    """
    stated = state.rounds[round_id]
    found: dict[str, tuple[int, str, parts.Score]] = {}
    for its in state.rounds.values():
        said = its.organs.get(organ_id) if together(stated, its) else None
        if said is None:
            continue
        assert isinstance(said.body, e.OrganRated)
        form = its.opened.form
        if form not in found or found[form][0] < said.seq:
            found[form] = (said.seq, its.round_id, said.body.score)
    return {form: found[form][1:] for form in FORMS if form in found}


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
                "mean": means.get(form), "formula_zh": "", "formula_en": "",
            }  # fmt: skip
    order = [*FORMS, *sorted(set(weights) - set(FORMS))]
    weighed = [form for form in order if weights.get(form)]
    lacking = [form for form in weighed if form not in means]
    whole = sum(weights[form] for form in weighed)
    total = None
    if weighed and not lacking:
        total = rounded(sum(means[form] * weights[form] for form in weighed) / whole)
    terms = [(form, means[form], weights[form]) for form in weighed if form in means]
    formulas = {
        f"formula_{language}": _formula(language, terms, lacking, whole, total)
        for language in say.LANGUAGES
    }
    yield {
        "unit_id": unit_id, "form": COMBINED, "weight": sum(weights.values()), "rounds": "",
        "cases": sum(map(len, by_form.values())), "mean": total, **formulas,
    }  # fmt: skip


def _formula(
    language: str, terms: Sequence[tuple[str, float, float]], lacking: Sequence[str],
    whole: float, total: float | None,
) -> str:  # fmt: skip
    """How a combined result was worked out, as `marking.combine` words it, or what it lacks."""
    held = [
        say.said("appraised", language, who=form_title(form, language), points=points,
                 weight=weight)
        for form, points, weight in terms
    ]  # fmt: skip
    if total is not None:
        return say.said("combined", language, terms=" + ".join(held), whole=whole, score=total)
    names = say.said("comma", language).join(form_title(form, language) for form in lacking)
    why = _words()["lacking"][language].format(lacking=names)
    return say.said("between", language).join([" + ".join(held), why] if held else [why])


def form_title(form: str, language: str) -> str:
    """What a form of evaluation is called.

    >>> form_title("mutual", "zh")
    '互查互评'
    """
    return str(_words().get(form, {}).get(language, form))


@cache
def _words() -> dict[str, Any]:
    return dict(read_words(Path(__file__).with_name("round_combined_words.yaml")))
