"""An organ's score (评议考核): what people rate of it is locked with what it was measured by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from workbench.marking import Mark, OrganInputs, Rated, organ_marks, result
from workbench.review import entries as e
from workbench.review import parts
from workbench.review.acts import Act, needs_open, needs_role
from workbench.review.completeness import missing
from workbench.review.reading import read_part
from workbench.review.refusals import Refused
from workbench.review.state import RoundState
from workbench.rubrics import Rubric
from workbench.terms import UsageError


def rate_organ(
    its: RoundState, actor: str, organ_id: str, rubric: Rubric, items: Mapping[str, parts.Item],
    inputs: Mapping[str, Any],
) -> list[Act]:  # fmt: skip
    """Lock an organ's score; only the lead, and only with every human criterion rated.

    The score is worked out here, from the rubric and what the organ was measured by (`OrganInputs`
    as plain values). A later one stands in its place, both stay on record. Raises `UsageError` for
    a rubric of cases, an unknown criterion, numbers that are none.
    """
    needs_open(its)
    needs_role(its, actor, "lead")
    _, score = organ_score_of(rubric, items, inputs)
    if lacking := lacking_items(rubric, organ_id, items):
        raise Refused(
            "incomplete", case=organ_id, count=len(lacking),
            what="；".join(one.text("zh") for one in lacking),
            what_en="; ".join(one.text("en") for one in lacking),
        )  # fmt: skip
    return [Act(e.OrganRated(items=dict(items), inputs=dict(inputs), score=score), organ_id)]


def organ_score_of(
    rubric: Rubric, items: Mapping[str, parts.Item], inputs: Mapping[str, Any]
) -> tuple[tuple[Mark, ...], parts.Score]:
    """The marks of an organ and its score; `items` are what people rated, whatever `inputs` say.

    Raises `UsageError` where the rubric is not of level organ, a criterion is not in it or is
    measured and not rated, or a number is not finite.
    """
    from dataclasses import replace

    _no_faults(rubric, items, inputs)
    rated = {
        name: Rated(item.applicable, tuple(d.points for d in item.deductions))
        for name, item in items.items()
    }
    measured = replace(read_part(inputs, OrganInputs), rated=rated)
    marks = organ_marks(rubric, measured)
    total = result(rubric, marks)
    return marks, parts.Score(
        points=total.points, band=total.band, decided_share=total.decided_share,
        formula=dict(total.formula),
        marks={m.criterion: {"maximum": m.maximum, "attainable": m.attainable, "points": m.points,
                             "takes_part": m.takes_part, "formula": dict(m.formula)}
               for m in marks},
    )  # fmt: skip


def _no_faults(rubric: Rubric, items: Mapping[str, parts.Item], inputs: Mapping[str, Any]) -> None:
    if rubric.level != "organ":
        raise UsageError(f"rubric '{rubric.id}' is for cases; an organ needs one of level organ")
    measures = {criterion.id: criterion.measure for criterion in rubric.criteria}
    if stray := sorted(set(items) - set(measures)):
        raise UsageError(f"rubric '{rubric.id}' has no criterion {', '.join(map(repr, stray))}")
    if given := sorted(name for name in items if measures[name] != "manual"):
        named = ", ".join(map(repr, given))
        raise UsageError(f"rubric '{rubric.id}' measures {named}; a person does not rate it")
    for name, item in items.items():
        if any(not isfinite(d.points) or d.points < 0 for d in item.deductions):
            raise UsageError(f"criterion '{name}': a deduction is a finite number of 0 or more")
    if not all(isfinite(number) for number in _numbers(inputs)):
        raise UsageError("an organ is measured by finite numbers; one of the inputs is none")


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _numbers(one)


def lacking_items(rubric: Rubric, organ_id: str, items: Mapping[str, parts.Item]) -> list[Refused]:
    """What the human criteria of an organ still lack, in the order of the rubric."""
    nothing = e.CaseDrawn(organ_id=organ_id, unit_id="", kind="", rubric=rubric.id)
    measured = {c.id for c in rubric.criteria if c.measure != "manual"}
    return [one.what for one in missing(rubric, nothing, items, {}) if one.where not in measured]
