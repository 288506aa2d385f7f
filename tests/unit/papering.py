"""A round with everything that papers tell of: an adjudication, a veto, a reply, rectifications."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.unit.reviewing import ANN, BEN, JUDGE, LEAD, ROUND, UNIT, drawn, items, person, reviewing
from workbench.review import parts
from workbench.review.review import Review
from workbench.review.state import RoundState

NAMES = {"city": "示例市人力资源和社会保障局", "handling": "示例市东海区劳动保障监察大队",
         "west": "示例市西山区劳动保障监察大队"}  # fmt: skip
RULES: dict[str, Any] = {
    "title": "2026年度行政执法案卷评查",
    "titles": {
        "late": {"zh": "决定书七个工作日内送达", "en": "Decision served within 7 working days"},
        "proof": {"zh": "送达有凭证", "en": "Service is proved"},
        "grave": {"zh": "重大决定经法制审核", "en": "Major decision went through legal review"},
    },
    "names": NAMES,
    "words": {
        "penalty": {"zh": "行政处罚", "en": "Penalty"},
        "services": {"zh": "送达记录", "en": "Services"},
        "documents": {"zh": "文书", "en": "Documents"},
    },
    "clauses": {
        "late": parts.Clause(text="行政处罚法第六十一条；S1 三(一)3.1"),
        "grave": parts.Clause(text="S2 三(三)", verified=False),
    },
    "sources": {
        "S1": {"title": "三项制度实施方案", "number": "示人社发〔2019〕1号"},
        "S2": {"title": "执法责任制指导意见", "number": ""},
        "S10": {"title": "不相干的文件", "number": ""},
    },
}
AGREED, APART, VETOED, CLEAN, WAITING, WEST = (
    "示-2026-001", "示-2026-002", "示-2026-003", "示-2026-004", "示-2026-005", "示-2026-101"
)  # fmt: skip


def graver() -> Any:
    """A case with a veto candidate."""
    veto = parts.Proposal(check="grave", outcome="failed", veto=True)
    return drawn(proposals=(*drawn().proposals, veto))


def sound(**changes: Any) -> Any:
    """A case in which every check passed."""
    return drawn(**{"proposals": (
        parts.Proposal(check="late", criterion="service", outcome="passed", largest=5.0),
    )} | changes)  # fmt: skip


CASES = {
    AGREED: drawn(), APART: drawn(), VETOED: graver(), CLEAN: sound(), WAITING: drawn(),
    WEST: sound(unit_id="west"),
}  # fmt: skip


def rate(lead: Review, case: str, first: Any, second: Any, vetoes: Any = None) -> None:
    """Give a case to both reviewers and lock their ratings."""
    for name, rated in ((ANN, first), (BEN, second)):
        lead.assign_to(ROUND, case, name)
        lead.as_person(name).submit(ROUND, case, rated, vetoes)


@contextmanager
def told_round(folder: Path, **more: Any) -> Iterator[tuple[Review, Any]]:
    """A round whose units have been told the results of all cases but one."""
    with reviewing(folder, CASES, **(RULES | more)) as (lead, clock):
        lead.enrol(
            ROUND,
            person("unit-w", unit_id="west", organ_id="city", roles=("unit",)),
            person("owner", unit_id="handling", organ_id="city", roles=("officer",)),
        )
        no_late = {"service": {}}
        rate(lead, AGREED, items(facts=9), items(facts=8, late="overturned"))
        rate(lead, APART, items(facts=20), items())
        found = {"grave": {"decision": "confirmed", "reason": "卷内无法制审核意见书"}}
        rate(lead, VETOED, items(law=4), items(law=2), found)
        rate(lead, CLEAN, items() | no_late, items() | no_late)
        rate(lead, WEST, items() | no_late, items(law=2) | no_late)
        lead.assign_to(ROUND, WAITING, ANN)
        judge = lead.as_person(JUDGE)
        judge.adjudicate(ROUND, APART, items(facts=12), reason="证据链缺少一环，不宜全部扣除")
        clock.go_to("2026-03-03")
        lead.send_feedback(ROUND, "handling")
        lead.send_feedback(ROUND, "west")
        yield lead, clock


@contextmanager
def whole_round(folder: Path, **more: Any) -> Iterator[tuple[Review, Any]]:
    """The same round, replied, answered, final, with rectifications, one of them verified."""
    with told_round(folder, **more) as (lead, clock):
        clock.go_to("2026-03-09")
        unit, judge = lead.as_person(UNIT), lead.as_person(JUDGE)
        for case in (AGREED, APART, VETOED, CLEAN):
            told = lead.round(ROUND).cases[case].feedback.body.problems  # type: ignore[union-attr]
            said: dict[str, Any] = {p.id: {"position": "accepted"} for p in told}
            if case == AGREED:
                said["service/late"] = {"position": "contested", "text": "回证日期系笔误",
                                        "evidence": ["documents/D9"]}  # fmt: skip
            unit.reply(ROUND, case, said)
        judge.answer(ROUND, AGREED, {"service/late": {
            "decision": "reduced", "points": 0.5, "reason": "补充的回证部分成立"}})  # fmt: skip
        clock.go_to("2026-03-20")
        lead.finalise(ROUND, [AGREED, APART, VETOED, CLEAN, WEST])
        for case in (AGREED, APART, VETOED):
            lead.rectify(ROUND, case, {"": "owner"}, {"": "补正送达回证并完善送达登记"})
        fault = next(f for f in lead.round(ROUND).faults if f.startswith(AGREED))
        unit.prove(ROUND, fault, "已补正", {"回证.pdf": "0" * 64})
        clock.go_to("2026-04-01")
        lead.verify(ROUND, fault, True, "核对原件无误")
        yield lead, clock


def the_round(lead: Review) -> RoundState:
    """The round as it stands."""
    return lead.round(ROUND)


__all__ = ["LEAD", "the_round", "told_round", "whole_round"]
