"""A small round for tests: one rubric of three criteria, five people, cases of two units."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from workbench.review import entries as e
from workbench.review import parts
from workbench.review.review import Review
from workbench.rubrics import parse_rubric
from workbench.sources import Source

ROUND = "2026-01"
RUBRIC = """
id: small
version: "1"
title: {zh: 小标准, en: Small}
source: tests
veto_effect: zero
absent_item: drop
bands:
  - {name: excellent, from: 90, title: {zh: 优秀, en: Excellent}}
  - {name: pass, from: 60, title: {zh: 合格, en: Pass}}
  - {name: fail, from: 0, title: {zh: 不合格, en: Fail}}
criteria:
  - id: service
    title: {zh: 送达, en: Service}
    maximum: 40
    mode: auto
    checks: [late, proof]
    source: tests
  - id: facts
    title: {zh: 事实, en: Facts}
    maximum: 40
    mode: manual
    source: tests
    anchors: &anchors
      none: {zh: 不清, en: Unclear}
      half: {zh: 有缺环, en: A gap}
      full: {zh: 清楚, en: Clear}
  - id: law
    title: {zh: 依据, en: Law}
    maximum: 20
    mode: manual
    source: tests
    anchors: *anchors
"""
LEAD, ANN, BEN, EVE, JUDGE, UNIT = "lead", "ann", "ben", "eve", "judge", "unit-a"
PEOPLE = {
    ANN: {"unit_id": "u1", "organ_id": "o1"},
    BEN: {"unit_id": "u2", "organ_id": "o2"},
    EVE: {"unit_id": "u3", "organ_id": "o3"},
    JUDGE: {"unit_id": "u4", "organ_id": "o4", "roles": ("adjudicator",)},
    UNIT: {"unit_id": "handling", "organ_id": "city", "roles": ("unit",)},
}


def rubric() -> dict[str, Any]:
    """The small rubric as a round keeps it."""
    found, faults = parse_rubric(Source("small.yaml", yaml.safe_load(RUBRIC), {}))
    assert not faults, faults
    content: dict[str, Any] = msgspec.to_builtins(found)
    return content


def opened(**changes: Any) -> e.RoundOpened:
    """The rules of the small round: two ratings, five points apart, ten working days to reply."""
    rules: dict[str, Any] = {
        "title": "年度评查", "organ_id": "city", "kind": "yearly", "form": "organisation",
        "origin": parts.Origin(run_id="r", as_of="2026-06-30", pack="p", pack_version="1",
                               pack_digest="d"),
        "rubrics": {"small": rubric()}, "titles": {"late": {"zh": "逾期送达", "en": "Late"}},
        "gap_limit": 5.0, "ratings_per_case": 2, "other_organs_only": True, "reply_days": 10,
        "rectification_days": 20, "full": 100.0, "opened_on": "2026-03-02",
        "measures": {"officer": {"criticism": "S2 五", "training": "S2 五"}},
        "days": {"2026-01-01": False, "2026-04-06": False, "2026-05-01": False},
    }  # fmt: skip
    return e.RoundOpened(**(rules | changes))


def drawn(**changes: Any) -> e.CaseDrawn:
    """A case that served late (3 of 5 points at stake) and whose proof cannot be told."""
    its: dict[str, Any] = {
        "organ_id": "city", "unit_id": "handling", "kind": "penalty", "rubric": "small",
        "handled_by": ("handler", "handling"),
        "proposals": (
            parts.Proposal(check="late", criterion="service", outcome="failed", largest=5.0,
                           deduction=3.0, evidence="services/S1"),
            parts.Proposal(check="proof", criterion="service", outcome="cannot_tell", largest=5.0),
        ),
    }  # fmt: skip
    return e.CaseDrawn(**(its | changes))


class Clock:
    """The day of a test; set it forward."""

    def __init__(self, day: str = "2026-03-02") -> None:
        self.day = date.fromisoformat(day)

    def __call__(self) -> date:
        return self.day

    def go_to(self, day: str) -> None:
        """Another day."""
        self.day = date.fromisoformat(day)


@contextmanager
def reviewing(
    folder: Path, cases: dict[str, e.CaseDrawn] | None = None, **rules: Any
) -> Iterator[tuple[Review, Clock]]:
    """An open round with its roster, seen by the lead."""
    clock = Clock()
    with Review.open(folder / "review.sqlite", LEAD, today=clock) as lead:
        lead.open_round(ROUND, opened(**rules), cases or {"c1": drawn()})
        lead.enrol(ROUND, *(person(name, **its) for name, its in PEOPLE.items()))
        yield lead, clock


def person(name: str, **its: Any) -> e.ReviewerEnrolled:
    """One of the roster."""
    return e.ReviewerEnrolled(reviewer_id=name, name=name.title(), **its)


def items(facts: float = 0, law: float = 0, late: str = "confirmed", **more: Any) -> dict[str, Any]:
    """A whole rating as JSON: points taken from facts and law, the word on the late service."""

    def manual(taken: float) -> dict[str, Any]:
        deductions = [{"points": taken, "reason": "有缺环", "evidence": ["documents/D1"]}]
        return {"anchor": "own", "deductions": deductions} if taken else {"anchor": "full"}

    reason = {} if late == "confirmed" else {"reason": "送达回证日期有误"}
    service = {"proposals": {"late": {"decision": late, **reason}}}
    return {"service": service | more, "facts": manual(facts), "law": manual(law)}
