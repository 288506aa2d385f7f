"""Case files scored by hand on every rubric that is shipped; the arithmetic stands beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.case_parts import part_of
from workbench.marking import Mark, Rated, Result, marks, result, settle
from workbench.pack import Pack
from workbench.pack.reading import read_pack
from workbench.terms import Outcome

CASE_RUBRICS = ("penalty", "permit", "inspection", "coercion", "levy", "penalty_r2")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(Path(__file__).parents[2] / "expectations" / "hrss")


@dataclass(frozen=True)
class Scored:
    """A case after marking."""

    marks: Mapping[str, Mark]
    result: Result

    def points(self, *criteria: str) -> list[float | None]:
        return [self.marks[name].points for name in criteria]


def mark(
    pack: Pack,
    name: str,
    rated: Mapping[str, Rated] | None = None,
    vetoes: Sequence[str] = (),
    decided: Mapping[str, str] | None = None,
    **row: Any,
) -> Scored:
    """A case in which every check passed but those of `row` (with `_` for `-`), fully rated."""
    rubric = pack.rubrics[name]
    said = {key.replace("_", "-"): value for key, value in row.items()} | row
    codes = {check: said.get(check, Outcome.passed) for check in rubric.checks}
    parts = {
        c.id: settle([part_of(pack, one, {**row, **codes}) for one in c.listed], decided or {})
        for c in rubric.criteria
    }
    full = {c.id: Rated() for c in rubric.criteria if c.mode != "auto"}
    found = marks(rubric, parts, full | dict(rated or {}))
    return Scored({m.criterion: m for m in found}, result(rubric, found, vetoes))


FAILED, UNKNOWN, ABSENT = Outcome.failed, Outcome.cannot_tell, Outcome.not_applicable


@pytest.mark.parametrize("name", CASE_RUBRICS)
def test_a_file_without_a_defect_is_excellent(pack: Pack, name: str) -> None:
    found = mark(pack, name).result
    assert (found.points, found.band, found.provisional) == (100, "excellent", False)


@pytest.mark.parametrize("name", CASE_RUBRICS)
def test_every_rubric_says_what_is_its_own_and_what_is_not(pack: Pack, name: str) -> None:
    rubric = pack.rubrics[name]
    assert rubric.source
    assert set(rubric.ours) == {"zh", "en"}
    for criterion in rubric.criteria:
        assert criterion.source, criterion.id
        assert criterion.mode == "auto" or set(criterion.anchors) == {"none", "half", "full"}


def test_the_penalty_file_splits_45_and_55(pack: Pack) -> None:
    rubric = pack.rubrics["penalty"]
    assert (rubric.maximum("auto"), rubric.maximum("manual", "mixed")) == (45, 55)


# --------------------------------------------------------------------------------------- penalties
PENALTY = {
    "authority_officer_certified": FAILED, "during_certificate_shown": FAILED,
    "proc_service_7wd": FAILED, "proc_service_proof": FAILED,
    "after_penalty_published_7wd": FAILED, "discretion_tier_and_reason": FAILED,
    "av_mandatory_full": UNKNOWN,
}  # fmt: skip
PEOPLE = {
    "facts_evidence": Rated(deductions=(2.5, 1.5)),
    "law": Rated(deductions=(2,)),
    "discretion": Rated(deductions=(1,)),
}


def test_a_penalty_file_by_hand(pack: Pack) -> None:
    found = mark(pack, "penalty", PEOPLE, **PENALTY)
    # procedure 13: officers 5 (certified 5, shown 2: one defect, the largest) and service 5 (two
    # checks of one defect): 13 - 5 - 5 = 3. disclosure 9: late publication 3; the certificate is
    # deducted under procedure already: 9 - 3 = 6.
    assert found.points("procedure", "disclosure") == [3, 6]
    assert "deducted under procedure" in found.marks["disclosure"].formula["en"]
    # recording 10: of the weights 9 + 5 + 2 + 10 + 1 + 2 + 5 + 2 + 1 + 1 + 3 = 41, 5 are open:
    # 10 x 36 / 41 = 8.78 attainable, nothing lost.
    assert (found.marks["recording"].attainable, found.marks["recording"].points) == (8.78, 8.78)
    # discretion 8 - 3 (no reasons, proposed) - 1 (the reviewer's own) = 4
    assert found.points("facts_evidence", "law", "discretion") == [16, 8, 4]
    # earned 5 + 5 + 3 + 16 + 7 + 8 + 4 + 8 + 8.78 + 6 + 5 = 75.78
    # attainable 100 - 10 + 8.78 = 98.78; 100 x 75.78 / 98.78 = 76.716
    assert (found.result.points, found.result.band) == (76.72, "pass")
    # decided of the automatic 45: (45 - 10 + 8.78) / 45
    assert found.result.decided_share == pytest.approx(43.78 / 45)
    assert "100 × 得分 75.78 ÷ 可得 98.78 = 76.72 分；等次：合格" in found.result.formula["zh"]


def test_what_reviewers_overturn_is_not_deducted(pack: Pack) -> None:
    decided = {"after-penalty-published-7wd": "overturned", "av-mandatory-full": "passed"}
    found = mark(pack, "penalty", PEOPLE, decided=decided, **PENALTY)
    # recording 10 and disclosure 9: 75.78 + 1.22 + 3 = 80 of 100
    assert found.points("recording", "disclosure") == [10, 9]
    assert found.result.points == 80


def test_a_summary_penalty_without_legal_review(pack: Pack) -> None:
    review = {check.replace("-", "_"): ABSENT
              for check in pack.rubrics["penalty"].criterion("legal_review").checks}  # fmt: skip
    found = mark(pack, "penalty", {"law": Rated(deductions=(4.6,))}, **review)
    assert not found.marks["legal_review"].takes_part
    # 100 x (92 - 4.6) / 92 = 95
    assert found.result.points == 95


def test_a_veto_of_a_penalty_file(pack: Pack) -> None:
    missing = {"review_major_covered": FAILED}
    # Not confirmed it only deducts: legal review 8 - 10 -> 0, so 92 of 100.
    assert mark(pack, "penalty", **missing).result.points == 92
    found = mark(pack, "penalty", vetoes=["review-major-covered"], **missing).result
    assert (found.points, found.band, found.vetoed) == (0, "fail", True)
    # Overturned: nothing.
    decided = {"review-major-covered": "overturned"}
    assert mark(pack, "penalty", decided=decided, **missing).result.points == 100
    # A question to the reviewer has the same effect.
    assert mark(pack, "penalty", vetoes=["wrong_party"]).result.points == 0


@pytest.mark.parametrize(
    ("lost", "band"), [(10, "excellent"), (10.5, "pass"), (40, "pass"), (40.01, "fail")]
)
def test_bands_of_the_penalty_file(pack: Pack, lost: float, band: str) -> None:
    parts = (20, 10, 8, 5, 5, 7)
    names = ("facts_evidence", "law", "discretion", "filing_source", "party_jurisdiction",
             "notice_pleas")  # fmt: skip
    rated = {}
    for name, most in zip(names, parts, strict=True):
        rated[name] = Rated(deductions=(min(lost, most),))
        lost -= min(lost, most)
    assert mark(pack, "penalty", rated).result.band == band


# ------------------------------------------------------------------------------------------ others
def test_a_permit_file_by_hand(pack: Pack) -> None:
    review = {check.replace("-", "_"): ABSENT
              for check in pack.rubrics["permit"].criterion("legal_review").checks}  # fmt: skip
    found = mark(
        pack, "permit",
        {"application": Rated(deductions=(3,)), "decision": Rated(deductions=(2,))},
        permit_decide_20wd=FAILED, permit_deliver_10wd=FAILED, **review,
    )  # fmt: skip
    # time limits 12 - 5 (decided late) - 3 (delivered late) = 4
    assert found.points("time_limits", "application", "decision") == [4, 7, 13]
    # 7 + 4 + 8 + 20 + 10 + 13 + 5 + 9 + 6 = 82 of 100 - 5 (no legal review) = 95: 86.32
    assert (found.result.points, found.result.band) == (86.32, "pass")
    assert mark(pack, "permit", vetoes=["beyond_powers"]).result.points == 0


def test_an_inspection_file_by_hand(pack: Pack) -> None:
    found = mark(
        pack, "inspection",
        {"content_record": Rated(deductions=(4, 2)), "handling": Rated(applicable=False)},
        inspect_approved_and_notified=FAILED, inspect_frequency_cap=ABSENT,
        di_required_fields_known=FAILED, required_fields_missing_count=4,
    )  # fmt: skip
    # approval 10 - 3 = 7; archive 7 - 4 x 0.5 = 5; record 20 - 6 = 14; nothing was found to handle
    assert found.points("approval_frequency", "archive", "content_record") == [7, 5, 14]
    # 100 - 3 - 2 - 6 - 15 = 74 of 85 = 87.06
    assert (found.result.points, found.result.band) == (87.06, "pass")
    # A veto makes an inspection file fail; its points stay.
    failed = mark(pack, "inspection", vetoes=["profit_or_favour"]).result
    assert (failed.points, failed.band, failed.vetoed) == (100, "fail", True)


def test_a_coercion_file_by_hand(pack: Pack) -> None:
    over = {"coercion_30d_limit": FAILED, "coercion_approval_and_record": FAILED,
            "coercion_unapproved": True, "authority_officer_certified": FAILED,
            "during_certificate_shown": FAILED}  # fmt: skip
    found = mark(pack, "coercion", {"decision": Rated(deductions=(3,))}, **over)
    # approval 10 - 10 (no approval at all); extension 11 - 10; transcript 13 - 5 (one defect)
    assert found.points("approval", "extension", "transcript", "decision") == [0, 1, 8, 17]
    # 0 + 5 + 17 + 8 + 10 + 1 + 11 + 5 + 5 + 5 + 5 = 72
    assert (found.result.points, found.result.band) == (72, "pass")
    assert mark(pack, "coercion", vetoes=["over_time"], **over).result.points == 0


def test_a_levy_file_by_hand(pack: Pack) -> None:
    found = mark(pack, "levy", {"base_amount": Rated(deductions=(5,))}, levy_order_chain=FAILED,
                 after_other_decision_published_20wd=FAILED, never_published=True)  # fmt: skip
    # order chain 15 - 5 = 10; disclosure 8 - 4 (never published) = 4; base 25 - 5 = 20
    assert found.points("order_chain", "disclosure", "base_amount") == [10, 4, 20]
    assert (found.result.points, found.result.band) == (86, "pass")


# ----------------------------------------------------------------------------------- 50 + 50 (R2)
R2_CASE = {
    "proc_complaint_accept_5wd": FAILED,
    "text_decision_elements": FAILED, "decision_missing_count": 2,
    "proc_penalty_decide_90d": FAILED, "proc_decide_15wd": FAILED,
    "di_uscc_valid": FAILED, "di_id_and_region_valid": FAILED, "proc_service_proof": FAILED,
    "during_certificate_shown": FAILED,
}  # fmt: skip
R2_RATED = {
    **dict.fromkeys(("test_report", "hearing_notice", "hearing_transcript", "demand",
                     "court_application"), Rated(applicable=False)),
    "site_transcript": Rated(deductions=(1,)), "questioning": Rated(deductions=(2,)),
    "other_evidence": Rated(deductions=(1,)), "investigation_report": Rated(deductions=(1,)),
    "prior_notice": Rated(deductions=(1,)), "decision": Rated(deductions=(1,)),
    "documents": Rated(deductions=(0.5,)), "transcripts": Rated(deductions=(1,)),
}  # fmt: skip


def test_the_50_and_50_formula_by_hand(pack: Pack) -> None:
    found = mark(pack, "penalty_r2", R2_RATED, **R2_CASE)
    # decision 15 - 2 (two elements) - 1 (late, one defect though two checks see it) - 1 = 11
    assert found.points("filing_form", "decision") == [1.5, 11]
    # basic elements: documents 1 (party, once) + 2 (service) + 0.5 = 3.5, transcripts 1.5 + 1
    assert found.points("documents", "transcripts") == [6.5, 7.5]
    # Five items are not needed here: 100 - 5 - 4 - 8 - 2 - 5 = 76 take part.
    # got 1.5 + 9 + 8 + 7 + 7 + 10 + 9 + 11 + 3 = 65.5
    # 50 + 50 x 65.5 / 76 - 6 = 50 + 43.0921 - 6 = 87.0921
    assert (found.result.points, found.result.band) == (87.09, "pass")
    assert found.result.formula["en"].startswith(
        "50 for lawfulness + 50 x 65.5 earned / 76 attainable - 6 for basic elements = 87.09"
    )


def test_basic_elements_take_twenty_at_most_and_a_missing_document_its_points(pack: Pack) -> None:
    rated = {"documents": Rated(deductions=(10,)), "transcripts": Rated(deductions=(12,)),
             "hearing_transcript": Rated(deductions=(8,))}  # fmt: skip
    found = mark(pack, "penalty_r2", rated)
    # 50 + 50 x 92 / 100 - 20 = 76
    assert found.result.points == 76


def test_any_major_problem_sets_the_r2_score_to_zero(pack: Pack) -> None:
    rubric = pack.rubrics["penalty_r2"]
    assert len(rubric.vetoes) == 25
    for veto in rubric.vetoes:
        assert mark(pack, "penalty_r2", vetoes=[veto.id, *veto.checks]).result.points == 0
    # Only what its list names is a candidate.
    assert rubric.may_veto("review-repeated-after-new-facts", of_pack=False)
    assert not rubric.may_veto("proc-summary-limits", of_pack=True)
