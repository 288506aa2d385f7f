"""A shipped pack with two clocks over rows added: one in working days, one in hours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

HRSS = Path(__file__).parents[2] / "expectations" / "hrss"

CLOCKS = """\
clocks:
  review_told:
    title: {zh: 审核在期限内审结, en: Each legal review concluded in time}
    rows: true
    population: asked
    start: submitted_on
    stop: concluded_on
    stop_known: conclusion_known
    limit: review_days
  capture_kept:
    title: {zh: 录像在期限内结束, en: Each recording ended in time}
    rows: true
    population: captured
    start: captured_at
    stop: end_at
    limit: capture_hours
"""
REVIEWS = """\
-- Each legal review of a case, from the day on which it was asked for.
WITH listed AS (
    SELECT r.case_id, 'legal_reviews' || '/' || r.review_id AS row_id,
           r.submitted_on IS NOT NULL AS asked, r.submitted_on, r.concluded_on
    FROM legal_reviews r
    UNION ALL
    -- Nobody knows whether there were reviews: one row of which nothing is known.
    SELECT v.subject_id, 'cases' || '/' || v.subject_id, CAST(NULL AS BOOLEAN),
           CAST(NULL AS DATE), CAST(NULL AS DATE)
    FROM case_coverage v
    WHERE NOT v.legal_reviews__submitted_on
)
SELECT
    l.case_id AS subject_id,
    l.row_id,
    l.asked,
    l.submitted_on,
    l.concluded_on,
    v.legal_reviews__concluded_on AS conclusion_known
FROM listed l
JOIN case_coverage v ON v.subject_id = l.case_id
"""
RECORDINGS = """\
SELECT
    r.case_id AS subject_id,
    'recordings' || '/' || r.recording_id AS row_id,
    r.captured_at IS NOT NULL AS captured,
    r.captured_at,
    r.end_at
FROM recordings r
"""
LAW = """\
  review_days: {unit: wd, values: [{value: 5, clause: x, confidence: H}]}
  capture_hours: {unit: hours, values: [{value: 24, clause: x, confidence: H}]}
"""
EXAMPLES = """\
as_of: 2025-06-30
defaults:
  cases: {kind: penalty, filed_on: 2025-03-03, decided_on: 2025-06-27}
  legal_reviews: {submitted_on: 2025-06-09, concluded_on: 2025-06-16}
examples:
  - {name: on the last lawful day, check: reviews-told, given: {cases: [{}], legal_reviews: [{}]},
     expect: passed, facts: {review_told_count: 0, review_told_due_on: 2025-06-16}}
  - {name: one of three is late, check: reviews-told, given: {cases: [{}], legal_reviews: [
     {}, {review_id: B, concluded_on: 2025-06-17}, {submitted_on: 2025-06-26, concluded_on: null}]},
     expect: failed, facts: {review_told_count: 1, review_told_elapsed: 6}}
  - {name: one runs, check: reviews-told, expect: not_yet_due, given: {cases: [{}], legal_reviews: [
     {}, {submitted_on: 2025-06-26, concluded_on: null}]}}
  - {name: a rest day after the last lawful day, check: reviews-told, expect: failed,
     given: {cases: [{}], legal_reviews: [{submitted_on: 2025-06-06, concluded_on: 2025-06-14}]}}
  - {name: none was asked for, check: reviews-told, given: {cases: [{}]}, expect: not_applicable}
  - {name: no table, check: reviews-told, given: {cases: [{}]}, expect: cannot_tell,
     not_delivered: [legal_reviews]}
  - {name: to the moment, check: captures-kept, expect: passed, given: {cases: [{}], recordings: [
     {captured_at: 2025-06-09 10:00:00, end_at: 2025-06-10 10:00:00}]},
     facts: {capture_kept_elapsed: 24}}
  - {name: a second late, check: captures-kept, expect: failed, given: {cases: [{}], recordings: [
     {captured_at: 2025-06-09 10:00:00, end_at: 2025-06-10 10:00:01},
     {captured_at: 2025-06-09 10:00:00, end_at: 2025-06-09 10:00:01}]},
     facts: {capture_kept_elapsed: 25, capture_kept_limit: 24, capture_kept_count: 1}}
"""


def _entry(check: str, clock: str) -> dict[str, Any]:
    scope = {"type": "comparison", "column": {"name": f"{clock}_scope"}, "operator": "==",
             "parameter": "due"}  # fmt: skip
    return {
        "type": "expect_column_pair_values_a_to_be_greater_than_b",
        "kwargs": {"column_A": f"{clock}_limit", "column_B": f"{clock}_elapsed", "or_equal": True,
                   "ignore_row_if": "either_value_is_missing", "row_condition": scope},
        "severity": "critical",
        "meta": {"check": check, "grade": "major", "clause": "x", "observed": f"{clock}_elapsed",
                 "expected": f"{clock}_limit", "due": f"{clock}_due_on",
                 "evidence": f"{clock}_evidence",
                 "points": {"each": 1, "most": 3, "count": f"{clock}_count"}},
    }  # fmt: skip


def with_row_clocks(folder: Path) -> Path:
    """A copy of the pack in `folder` with the clocks, their checks and examples added."""
    pack = folder / "hrss"
    shutil.copytree(HRSS, pack)
    (pack / "rows").mkdir(exist_ok=True)
    (pack / "rows" / "review_told.sql").write_text(REVIEWS, "utf-8")
    (pack / "rows" / "capture_kept.sql").write_text(RECORDINGS, "utf-8")
    (pack / "clocks" / "rows_topic.yaml").write_text(CLOCKS, "utf-8")
    (pack / "examples" / "rows_topic.yaml").write_text(EXAMPLES, "utf-8")
    entries = [_entry("reviews-told", "review_told"), _entry("captures-kept", "capture_kept")]
    suite = {"name": "rows_topic", "expectations": entries}
    (pack / "suites" / "rows_topic.json").write_text(json.dumps(suite, indent=1), "utf-8")
    law = pack / "parameters.yaml"
    law.write_text(law.read_text("utf-8").rstrip() + "\n" + LAW, "utf-8")
    texts = pack / "texts.yaml"
    title = "{title: {zh: 甲, en: A}, remedy: {zh: 乙, en: B}}"
    own = f"checks:\n  reviews-told: {title}\n  captures-kept: {title}\n"
    texts.write_text(texts.read_text("utf-8").replace("checks:\n", own, 1), "utf-8")
    return pack
