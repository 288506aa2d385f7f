"""What a bureau publishes at all is local: a profile narrows or widens it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from workbench.pack import read_pack
from workbench.pack.examples import Example
from workbench.terms import Outcome
from workbench.trials import try_examples

HRSS = Path(__file__).parents[2] / "expectations" / "hrss"
PROFILE = """
parameters:
  penalty_publication_scope: scope_major
  publish_warning_penalties: 0
  publish_summary_penalties: 0
  publish_refused_permits: 1
  publish_withdrawn_cases: 1
  disclosure_extra_elements: 1
  withholding_filed_with_justice: 1
  mask_person: 0
"""
PENALTY = {
    "kind": "penalty", "procedure": "ordinary", "clock": "labour", "result": "penalised",
    "penalty_kinds": "fine", "fine_yuan": 5000, "decided_on": "2025-06-03",
}  # fmt: skip


def example(check: str, expect: dict[str, str], **given: Any) -> Example:
    tables = {table: list(rows) for table, rows in given.items()}
    outcomes = {subject: Outcome[word] for subject, word in expect.items()}
    return Example("profile", None, check, check, date(2026, 6, 30), tables, outcomes)


def case(name: str, **columns: Any) -> dict[str, Any]:
    return {**PENALTY, "case_id": name, **columns}


_WHOLE = dict.fromkeys(
    ("has_organ", "has_object", "has_kind", "has_conclusion", "has_facts", "has_basis"), True
)


def test_a_profile_says_what_is_published(tmp_path: Path) -> None:
    profile = tmp_path / "bureau.yaml"
    profile.write_text(PROFILE, "utf-8")
    pack = read_pack(HRSS, profile)
    withheld = {
        "withheld": "full", "withhold_code": "minor", "withhold_reason": "当事人系未成年人",
        "approver_id": "甲", "approved_on": "2025-06-06",
    }  # fmt: skip
    examples = [
        example(
            "after-penalty-published-7wd",
            {"minor-fine": "not_applicable", "major-fine": "failed", "warning": "not_applicable",
             "summary": "not_applicable"},
            cases=[case("minor-fine"), case("major-fine", fine_yuan=20000),
                   case("warning", penalty_kinds="warning", fine_yuan=0, public_interest=True),
                   case("summary", procedure="summary", public_interest=True)],
        ),
        example(
            "after-permit-published-7wd",
            {"refused": "failed", "revoked": "not_applicable"},
            cases=[case("refused", kind="permit", result="refused"),
                   case("revoked", kind="permit", result="revoked")],
        ),
        example(
            "after-other-decision-published-20wd",
            {"dropped": "failed", "published": "passed"},
            cases=[case(name, result="withdrawn", decided_on=None, closed_on="2025-06-03")
                   for name in ("dropped", "published")],
            disclosures=[{"case_id": "published", "channel": "site", "published_on": "2025-06-20"}],
        ),
        example(
            "after-content-four-elements",
            {"whole": "passed", "four": "failed"},
            cases=[case("whole"), case("four")],
            disclosures=[
                {"case_id": "whole", "published_on": "2025-06-10", "document_no": "第1号",
                 "decided_on": "2025-06-03", **_WHOLE},
                {"case_id": "four", "published_on": "2025-06-10", **_WHOLE, "has_facts": False},
            ],
        ),
        example(
            "after-withholding-justified",
            {"filed": "passed", "filed-late": "failed", "unfiled": "failed"},
            cases=[case("filed"), case("filed-late"), case("unfiled")],
            disclosures=[
                {"case_id": "filed", **withheld, "filed_with_justice_on": "2025-06-12"},
                {"case_id": "filed-late", **withheld, "filed_with_justice_on": "2025-06-13"},
                {"case_id": "unfiled", **withheld},
            ],
        ),
        example(
            "after-redaction-done",
            {"named": "passed"},
            parties=[{"party_id": "个人", "kind": "person", "name": "张示例"}],
            cases=[case("named", party_id="个人")],
            disclosures=[{"case_id": "named", "published_on": "2025-06-10", "text": "罚张示例"}],
        ),
    ]  # fmt: skip
    assert list(try_examples(pack, examples)) == []
