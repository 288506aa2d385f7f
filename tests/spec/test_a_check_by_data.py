"""An auditor adds a check without a line of Python: a fact, a suite entry, texts, examples."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import workbench
from workbench.run import lint
from workbench.terms import Outcome

ROOT = Path(__file__).parents[2]
FACT = """
-- How often a complex case was discussed.
WITH counted AS (
    SELECT d.case_id, COUNT(d.held_on) AS held
    FROM discussions d CROSS JOIN run
    WHERE d.held_on <= run.as_of
    GROUP BY d.case_id
)
SELECT b.subject_id,
       CASE WHEN b.decided AND k.complex THEN 'due'
            WHEN NOT b.decided OR NOT k.complex THEN 'not_applicable'
            WHEN k.complex IS NULL AND v.cases__complex THEN 'not_applicable'
            ELSE 'due' END AS own_discussions_scope,
       CASE WHEN v.discussions__held_on THEN COALESCE(c.held, 0) END AS own_discussions_held
FROM base b
JOIN cases k ON k.case_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
"""
SUITE = {
    "name": "own",
    "expectations": [
        {
            "type": "expect_column_values_to_be_between",
            "kwargs": {
                "column": "own_discussions_held",
                "min_value": 1,
                "row_condition": {
                    "type": "comparison",
                    "column": {"name": "own_discussions_scope"},
                    "operator": "==",
                    "parameter": "due",
                },
            },
            "description": "疑难复杂案件经过集体讨论",
            "severity": "warning",
            "meta": {
                "check": "own-complex-discussed",
                "grade": "minor",
                "verified": True,
                "points": 1,
                "observed": "own_discussions_held",
                "needs": ["discussions.held_on"],
                "clause": "本机关案件审理规则第三条",
            },
        }
    ],
    "meta": {"pack": "hrss"},
}
TEXTS = """
checks:
  own-complex-discussed:
    title: {zh: 疑难案件经过讨论, en: Complex cases were discussed}
    remedy: {zh: 补充讨论。, en: Discuss it.}
"""
EXAMPLES = """
as_of: 2026-06-30
defaults:
  cases: {kind: penalty, filed_on: 2025-03-03, decided_on: 2025-04-28, complex: true}
examples:
  - {name: 讨论过, check: own-complex-discussed, given: {cases: [{}], discussions: [{held_on: 2025-04-20}]}, expect: passed}
  - {name: 没有讨论, check: own-complex-discussed, given: {cases: [{}], discussions: []}, expect: failed}
  - {name: 不复杂, check: own-complex-discussed, given: {cases: [{complex: false}]}, expect: not_applicable}
"""  # noqa: E501


def with_a_check(folder: Path) -> Path:
    pack = folder / "hrss"
    shutil.copytree(ROOT / "expectations" / "hrss", pack)
    (pack / "texts").mkdir(exist_ok=True)
    for name, text in (
        ("facts/own.sql", FACT),
        ("suites/own.json", json.dumps(SUITE, ensure_ascii=False)),
        ("texts/own.yaml", TEXTS),
        ("examples/own.yaml", EXAMPLES),
    ):
        (pack / name).write_text(text, "utf-8")
    return pack


def test_a_check_is_added_by_data_alone(tmp_path: Path) -> None:
    pack = with_a_check(tmp_path)
    for other in (pack / "examples").glob("*.yaml"):  # the others are tried elsewhere
        if other.name != "own.yaml":
            other.write_text("examples: []\n", "utf-8")
    faults = [fault for fault in lint(str(pack), examples=True) if "no example" not in str(fault)]
    assert faults == []
    run = workbench.evaluate(workbench.load(ROOT / "sample_data" / "hrss", pack=str(pack)))
    complex_and_decided = run.facts("cases").own_discussions_scope == "due"
    outcomes = run.outcomes("cases")["own-complex-discussed"]
    assert set(outcomes[complex_and_decided]) <= {Outcome.passed.value, Outcome.failed.value}
    assert set(outcomes[~complex_and_decided]) == {Outcome.not_applicable.value}
    assert complex_and_decided.any()
    assert run.check("own-complex-discussed").about["title"]["zh"] == "疑难案件经过讨论"
