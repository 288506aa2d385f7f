"""Slips that a reviewer once got past us: each stays mended."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import workbench
from workbench.pack import lint_pack
from workbench.run import Run

HRSS = Path(__file__).parents[2] / "expectations" / "hrss"
PENALTY = {"organ_id": "O1", "unit_id": "U1", "kind": "penalty", "procedure": "ordinary",
           "clock": "labour", "result": "penalised", "decided_on": "2025-06-03"}  # fmt: skip
Rows = Sequence[Mapping[str, Any]]


def evaluate(folder: Path, tables: Mapping[str, Rows], as_of: str = "2026-06-30") -> Run:
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows]
        (folder / f"{name}.csv").write_text("\n".join([",".join(columns), *lines]) + "\n", "utf-8")
    return workbench.evaluate(workbench.load(folder), as_of=as_of)


def outcome(run: Run, check: str, subject: str) -> int:
    return int(run.outcomes("cases").set_index("subject_id").loc[subject, check])


def test_a_unit_of_two_organs_without_a_table_of_units_stops_nothing(tmp_path: Path) -> None:
    cases = [{"case_id": "A", **PENALTY}, {"case_id": "B", **PENALTY, "organ_id": ""}]
    run = evaluate(tmp_path, {"cases": cases, "unit_years": [{"unit_id": "U1", "year": "2025"}]})
    assert {a: n for a, n in run.manifest["assets"].items() if n} == {
        "cases": 2, "unit_years": 2, "organ_years": 2}  # fmt: skip


def test_no_veto_for_a_duty_that_did_not_exist(tmp_path: Path) -> None:
    case = {"case_id": "A", **PENALTY, "decided_on": "2012-03-01", "complex": "true"}
    run = evaluate(
        tmp_path, {"cases": [case], "legal_reviews": [{"review_id": "r", "case_id": "A",
                                                       "concluded_on": ""}]}
    )  # fmt: skip
    assert outcome(run, "review-major-covered", "A") == 0


def test_a_corrected_decision_published_later_may_stay(tmp_path: Path) -> None:
    first = {
        "disclosure_id": "d1",
        "case_id": "A",
        "channel": "site",
        "withheld": "none",
        "published_on": "2025-06-06",
        "removed_on": "2025-06-17",
        "removal_explained": "true",
    }
    corrected = {**first, "disclosure_id": "d2", "published_on": "2025-06-20", "removed_on": "",
                 "removal_explained": ""}  # fmt: skip
    ruling = {"case_id": "A", "kind": "reconsideration", "result": "changed",
              "received_on": "2025-06-16", "effective_on": ""}  # fmt: skip
    tables = {"cases": [{"case_id": "A", **PENALTY}], "disclosures": [first, corrected],
              "rulings": [ruling]}  # fmt: skip
    assert outcome(evaluate(tmp_path, tables), "after-withdrawn-3wd", "A") == 1


def test_what_was_published_late_is_not_withheld_afterwards(tmp_path: Path) -> None:
    late = {"disclosure_id": "d1", "case_id": "A", "channel": "site", "published_on": "2025-08-01",
            "withheld": "full", "withhold_code": "privacy", "withhold_reason": "x",
            "approver_id": "p"}  # fmt: skip
    run = evaluate(tmp_path, {"cases": [{"case_id": "A", **PENALTY}], "disclosures": [late]})
    assert outcome(run, "after-penalty-published-7wd", "A") == 2


def test_gaps_name_the_column_that_the_organ_cannot_deliver(tmp_path: Path) -> None:
    tables = {
        "cases": [{"case_id": "A", **PENALTY}],
        "disclosures": [{"disclosure_id": "d1", "case_id": "A", "channel": "site",
                         "published_on": "", "withheld": "none"}],
        "coverage": [{"organ_id": "O1", "table": "disclosures", "column": c}
                     for c in ("disclosure_id", "case_id", "channel", "withheld")],
    }  # fmt: skip
    run = evaluate(tmp_path, tables)
    assert outcome(run, "after-penalty-published-7wd", "A") == 3
    gaps = run.gaps.query("check_id == 'after-penalty-published-7wd'")
    named = set(zip(gaps["table"], gaps["column"], strict=True))
    assert ("disclosures", "published_on") in named
    delivered = {("disclosures", "channel"), ("cases", "decided_on"), ("cases", "result")}
    assert not named & delivered


def test_the_default_as_of_is_no_end_of_a_validity(tmp_path: Path) -> None:
    exclusion = {"case_id": "A", "clock": "investigate", "from_on": "2025-04-01",
                 "to_on": "2030-12-31", "basis_code": "x"}  # fmt: skip
    (tmp_path / "a").mkdir()
    evaluate(tmp_path / "a", {"cases": [{"case_id": "A", **PENALTY}], "exclusions": [exclusion]})
    assert workbench.evaluate(workbench.load(tmp_path / "a")).manifest["as_of"] == "2025-06-03"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("facts/procedure.sql", "    c.filed_on AS case_filed_on,",
         "    c.filed_on AS case_filed_on,\n    c.decided_on - c.filed_on AS days_used,",
         "never counts days"),
        ("facts/procedure.sql", "    c.filed_on AS case_filed_on,",
         "    c.filed_on AS case_filed_on,\n    1 = 0 AS never_published,", "is given by"),
        ("facts/disclosure_after.sql", "        AND (l.to_on IS NULL OR l.to_on >= d.published_on)",
         "", "without its to_on"),
        ("clocks/procedure.yaml", "[principal, deputy]", "principal", "roles is a list"),
        ("clocks/procedure.yaml", "[principal, deputy]", "[principle]", "did you mean"),
        ("rubrics/penalty.yaml", "absent_item: drop", "absent_item: none", "absent_item is one of"),
        ("parameters.yaml", "value: 01-15", "value: 02-29", "no day of every year"),
        ("suites/procedure.json", '"name": "investigate_scope"', '"name": "stages_scope"',
         "without its scope"),
    ],
)  # fmt: skip
def test_lint_finds_it(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(HRSS, copy)
    text = (copy / file).read_text("utf-8")
    assert text.count(old) >= 1
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    faults = [str(fault) for fault in lint_pack(copy)[1]]
    assert any(says in fault and fault.startswith(file) for fault in faults), faults
