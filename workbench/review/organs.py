"""An organ's score (评议考核): what people rate of it is locked with what it was measured by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.review import entries as e
from workbench.review import parts
from workbench.review.acts import Act, needs_open, needs_role
from workbench.review.completeness import missing
from workbench.review.refusals import Refused
from workbench.review.state import RoundState
from workbench.rubrics import Rubric


def rate_organ(
    its: RoundState, actor: str, organ_id: str, rubric: Rubric, items: Mapping[str, parts.Item],
    inputs: Mapping[str, Any], score: parts.Score,
) -> list[Act]:  # fmt: skip
    """Lock an organ's score; only the lead, and only with every human criterion rated.

    A later one stands in its place, both stay on record.
    """
    needs_open(its)
    needs_role(its, actor, "lead")
    if lacking := lacking_items(rubric, organ_id, items):
        raise Refused(
            "incomplete", case=organ_id, count=len(lacking),
            what="；".join(one.text("zh") for one in lacking),
            what_en="; ".join(one.text("en") for one in lacking),
        )  # fmt: skip
    body = e.OrganRated(items=dict(items), inputs=dict(inputs), score=score)
    return [Act(body, organ_id)]


def lacking_items(rubric: Rubric, organ_id: str, items: Mapping[str, parts.Item]) -> list[Refused]:
    """What the human criteria of an organ still lack, in the order of the rubric."""
    nothing = e.CaseDrawn(organ_id=organ_id, unit_id="", kind="", rubric=rubric.id)
    measured = {c.id for c in rubric.criteria if c.measure != "manual"}
    return [one.what for one in missing(rubric, nothing, items, {}) if one.where not in measured]
