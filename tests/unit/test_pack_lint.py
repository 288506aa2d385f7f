"""Lint finds every fault of a pack, with file and line, all of them in one go.

Faults are planted by text in copies of a shipped pack. Those that do not get in each other's way
stand together in one copy; a fault that hides others has a copy of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from workbench.pack import lint_pack, read_pack
from workbench.terms import Fault, PackError

EXPECTATIONS = Path(__file__).parents[2] / "expectations"
PACKS = sorted(path.parent for path in EXPECTATIONS.glob("*/pack.yaml"))
HRSS = EXPECTATIONS / "hrss"

TOGETHER = "together"


@dataclass(frozen=True)
class Planted:
    """One slip: in `file`, `old` becomes `new`; what lint must say of it, and where.

    `at` is a text on the line that lint must name; without it the fault is of the whole file.
    Faults of the same `copy` stand in one copy of the pack. Without `old` nothing is changed: the
    fault follows from another one.
    """

    id: str
    file: str
    old: str
    new: str
    says: str
    at: str | None
    copy: str = TOGETHER


def entry(name: str, kind: str, kwargs: str, meta: str = '"grade": "minor", "clause": "x"') -> str:
    """One more expectation at the top of a suite, on a line of its own."""
    body = f'"type": "{kind}", "kwargs": {{{kwargs}}}, "severity": "warning"'
    return f'"expectations": [\n{{{body}, "meta": {{"check": "{name}", {meta}}}}},\n'


TOP = '"expectations": [\n'
BETWEEN, IN_SET = "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
DUE = '"row_condition": "major_review_scope == \'due\'"'
AV, AUTHORITY = "suites/recording_av.json", "suites/authority.json"
TEXT, PROCEDURE = "suites/recording_text.json", "suites/procedure.json"
REVIEW, DISCLOSURE = "suites/legal_review.json", "suites/disclosure_after.json"
AV_EXAMPLES = "examples/recording_av.yaml"
PENALTY_ENTRY = '{\n      "id": "ae2a5be8'
OTHER_ENTRY = '{\n      "id": "923afe49'
WITHDRAWN_ENTRY = '{\n      "id": "17568365'

PLANTED = [
    # ---------------------------------------------------------------------------------- suites
    Planted("unknown fact", DISCLOSURE,
            '"column_B": "penalty_disclosure_elapsed"', '"column_B": "penalty_disclosure_elapsd"',
            "column 'penalty_disclosure_elapsd' is no fact", PENALTY_ENTRY),
    Planted("wrong severity", AV, '"severity": "warning"', '"severity": "medium"',
            "grade minor is severity 'warning', not 'medium'", '{\n      "id": "008d3818'),
    Planted("mostly", AV, '"max_value": 0,', '"max_value": 0, "mostly": 0.9,',
            "'mostly' is never set", '{\n      "id": "008d3818'),
    Planted("unknown entry of meta", AV, '"duty": "recording_office"',
            '"duty": "recording_office",\n        "owner": "x"', "unknown entry 'owner'",
            '"owner": "x"'),
    Planted("unknown duty", AUTHORITY, '"duty": "personnel_office"', '"duty": "personel_office"',
            "no such duty 'personel_office'", '{\n      "id": "7579c74b'),
    Planted("needs what its facts never read", TEXT, '"cases.closed_on"\n',
            '"cases.closed_on", "payments_made.paid_on"\n',
            "needs 'payments_made.paid_on', which no table",
            '{\n      "id": "1852ea15'),
    Planted("needs what no table has", AUTHORITY, '"certificates.valid_to_on"\n',
            '"certificates.valid_to_on", "rulings.result"\n',
            "needs 'rulings.result', which its facts never read", '{\n      "id": "7579c74b'),
    Planted("veto on what is no fact", AUTHORITY, '"when": "certified_officers_too_few"',
            '"when": "officers_too_few"', "column 'officers_too_few' is no fact",
            '{\n      "id": "7579c74b'),
    Planted("points by what is no fact", DISCLOSURE, '"points": 5,\n        "evidence"',
            '"points": {"each": 1, "most": 5, "count": "late_days"},\n        "evidence"',
            "column 'late_days' is no fact", WITHDRAWN_ENTRY),
    Planted("a check that stands twice", DISCLOSURE,
            '"check": "after-other-decision-published-20wd"', '"check": "av-metadata-five"',
            "check id 'av-metadata-five' stands 2 times", OTHER_ENTRY, copy="check twice"),
    Planted("a check that is called as a fact", DISCLOSURE,
            '"check": "after-other-decision-published-20wd"',
            '"check": "penalty_disclosure_elapsed"',
            "check id 'penalty_disclosure_elapsed' is the name of a fact", OTHER_ENTRY,
            copy="check as fact"),
    Planted("a row condition without a scope", PROCEDURE, '"operator": "=="',
            '"operator": "!="', "its row_condition names no scope fact (== 'due')",
            '{\n      "id": "f9a57557', copy="no scope"),
    # Entries that lint refuses, so that they never become checks.
    Planted("a pair without ignore_row_if", REVIEW, TOP,
            entry("odd-pair", PAIR, '"column_A": "decided_on", "column_B": "last_new_fact_on"'),
            "odd-pair: a pair states ignore_row_if 'either_value_is_missing'", '"odd-pair"'),
    Planted("an expectation that is not compiled", REVIEW, TOP,
            entry("odd-type", "expect_column_values_to_be_betwen", '"column": "major"'),
            "odd-type: expectation type 'expect_column_values_to_be_betwen' is not compiled did "
            "you mean 'expect_column_values_to_be_between'?", '"odd-type"'),
    Planted("between without a bound", REVIEW, TOP, entry("odd-between", BETWEEN, '"column": "x"'),
            "odd-between: between needs min_value or max_value", '"odd-between"'),
    Planted("between texts", REVIEW, TOP,
            entry("odd-dates", BETWEEN, '"column": "decided_on", "min_value": "2025-01-01"'),
            "odd-dates: between takes numbers", '"odd-dates"'),
    Planted("an empty set", REVIEW, TOP,
            entry("odd-set", IN_SET, '"column": "major", "value_set": []'),
            "odd-set: value_set is empty", '"odd-set"'),
    Planted("a missing argument", REVIEW, TOP, entry("odd-argument", IN_SET, '"column": "major"'),
            f"odd-argument: {IN_SET} needs the argument 'value_set'", '"odd-argument"'),
    Planted("a row condition as text", REVIEW, TOP,
            entry("odd-row", BETWEEN, f'"column": "x", "min_value": 1, {DUE}'),
            "odd-row: row_condition is structured", '"odd-row"'),
    Planted("an unknown grade", REVIEW, TOP,
            entry("odd-grade", BETWEEN, '"column": "x"', '"grade": "high", "clause": "x"'),
            "odd-grade: unknown grade 'high'", '"odd-grade"'),
    Planted("a check without a clause", REVIEW, TOP,
            entry("odd-clause", BETWEEN, '"column": "x"', '"grade": "minor"'),
            "odd-clause: meta.clause is missing", '"odd-clause"'),
    Planted("points that are none", REVIEW, TOP,
            entry("odd-points", BETWEEN, '"column": "x", "min_value": 1',
                  '"grade": "minor", "clause": "x", "points": {"each": 1}'),
            "odd-points: points is a number", '"odd-points"'),
    # ------------------------------------------------------------------------------- facts SQL
    Planted("a number in facts SQL", "facts/recording_av.sql", "THEN 1 END AS place_fault",
            "THEN 2 END AS place_fault", "number 2: only 0 and 1 stand in facts SQL",
            "THEN 2 END"),
    Planted("an unknown column", "facts/recording_av.sql", "WHEN r.object IS NOT NULL",
            "WHEN r.objekt IS NOT NULL", "'recordings' has no column 'objekt'", "r.objekt"),
    Planted("an unknown table", "facts/disclosure_after.sql", "    FROM rulings r\n",
            "    FROM ruling_list r\n", "unknown table 'ruling_list'", "ruling_list"),
    Planted("a function that is not portable", "facts/procedure.sql",
            "    c.filed_on AS case_filed_on,", "    LAST_DAY(c.filed_on) AS case_filed_on,",
            "'LAST_DAY' is not on the list of portable functions", "LAST_DAY"),
    Planted("a text that is no code", "facts/legal_review.sql", "WHERE d.kind = 'notice' AND (",
            "WHERE d.kind = 'notise' AND (", "'notise' is no code of the pack", "'notise'"),
    Planted("a cast that is not portable", "facts/authority.sql",
            "CAST(e.start_at AS DATE) AS act_on", "CAST(e.start_at AS TIME) AS act_on",
            "cast to TIME is not portable", "AS TIME"),
    Planted("a column of nobody", "facts/recording_text.sql", "WHERE d.made_on IS NULL",
            "WHERE made_on IS NULL", "say whose column 'made_on' is", "WHERE made_on IS NULL"),
    Planted("a statement that is no SELECT", "facts/procedure.sql", "-- The days of a case",
            "DELETE FROM cases; -- The days of a case", "one SELECT a file, not ",
            "DELETE FROM", copy="two statements"),
    Planted("SQL that cannot be read", "facts/procedure.sql", "CROSS JOIN run\n",
            "CROSS JOIN (run\n", "Expecting )", "SELECT\n    b.subject_id", copy="syntax of SQL"),
    Planted("facts without a subject", "facts/disclosure_after.unit_years.sql",
            "    s.subject_id,\n", "", "no column 'subject_id'", "-- The yearly",
            copy="no subject"),
    # ------------------------------------------------------------------------ clocks, parameters
    Planted("a clock of no fact", "clocks/procedure.yaml", "start: case_filed_on",
            "start: case_file_on", "clock 'investigate': 'case_file_on' is no fact",
            "  investigate:"),
    Planted("a clock without its limit", "clocks/disclosure_after.yaml",
            "    limit: annual_report_day\n", "    limit: annual_report_date\n",
            "no parameter 'annual_report_date'", "  annual_report:", copy="no limit"),
    Planted("an unknown entry of a clock", "clocks/disclosure_after.yaml",
            "    limit: withdrawal_limit\n", "    limit: withdrawal_limit\n    rol: false\n",
            "unknown entry 'rol'", "    rol: false"),
    Planted("an unknown mode", "clocks/disclosure_after.yaml",
            "    limit: other_disclosure_limit\n",
            "    limit: other_disclosure_limit\n    mode: until\n",
            "mode is one of within, not_before, on_date", "  other_disclosure:"),
    Planted("a day of the year that counts within", "clocks/disclosure_after.yaml",
            "    mode: on_date\n", "", "mode within does not go with unit month_day",
            "  annual_report:", copy="mode and unit"),
    Planted("an extension without whose approval counts", "clocks/procedure.yaml",
            "code: investigate, roles: [principal, deputy], ", "code: investigate, ",
            "extension needs code, most, roles, table", "    extension:", copy="no roles"),
    Planted("an unknown unit", "parameters.yaml", "    unit: yuan\n", "    unit: rmb\n",
            "parameter 'major_fine' has no known unit: 'rmb'", "  major_fine:"),
    Planted("a parameter nobody uses", "parameters.yaml", "parameters:\n",
            "parameters:\n  no_limit: {unit: wd, values: [{value: 5, clause: x, confidence: H}]}\n",
            "parameter 'no_limit' is used nowhere", "  no_limit:"),
    Planted("a value without its clause", "parameters.yaml",
            "- {value: 20, from_on: 2019-05-14, clause:",
            "- {value: 20, from_on: 2019-05-14, claus:", "a dated value needs 'clause'",
            "- {value: 20,", copy="no clause"),
    Planted("a value with a date that is none", "parameters.yaml", "to_on: 2021-07-14",
            "to_on: 2021-07", "'to_on' is not a date (YYYY-MM-DD)", "to_on: 2021-07,"),
    Planted("a day that is none", "parameters/integrity.yaml", "- {value: 2004-01-01,",
            "- {value: 2004-01,", "value '2004-01' does not fit unit 'date'", "- {value: 2004-01,"),
    Planted("a number in place of a day", "parameters/integrity.yaml", "- {value: 2004-01-01,",
            "- {value: 2004,", "value 2004 does not fit unit 'date'", "- {value: 2004,",
            copy="a number in place of a day"),
    Planted("a confidence that is none", "parameters.yaml", "可以延长30个工作日, confidence: H}",
            "可以延长30个工作日, confidence: sure}", "confidence is one of H, M, L",
            "confidence: sure"),
    Planted("a value for records that cannot be told", "parameters.yaml", "when: {clock: labour}",
            "when: {clok: labour}", "'clok' is no column", "  major_fine:"),
    # --------------------------------------------------------------------------- schema and lists
    Planted("an unknown type", "schema.yaml", "sector: {type: text,", "sector: {type: string,",
            "unknown type 'string'", "sector: {"),
    Planted("a code without codes", "schema.yaml", "field: {type: text,", "field: {type: code,",
            "column 'field' of type code lists no codes", "field: {type: code"),
    Planted("a reference to nowhere", "schema.yaml", "references: parties.party_id",
            "references: parties.id", "references 'parties.id', which does not exist",
            "references: parties.id"),
    Planted("a key that is no column", "schema.yaml", "key: [recording_id]", "key: [record_id]",
            "key column 'record_id' is not a column", "key: [record_id]", copy="no key"),
    Planted("a column without a label", "schema.yaml", "{zh: 层级, en: \"Level\"}", "{zh: 层级}",
            "column 'level' has no en label", "      level:"),
    Planted("an unknown class", "schema.yaml", 'en: "Address"}, class: personal',
            'en: "Address"}, class: privat', "unknown class 'privat'", "class: privat,"),
    Planted("a hash that is no column", "schema.yaml", "sha256: [sha256],", "sha256: [sha265],",
            "attachment: 'sha265' is no column of this table", "sha256: [sha265],"),
    Planted("a day that is a text", "schema.yaml", "day: made_on,", "day: document_no,",
            "attachment: 'document_no' is a text; expected date or timestamp", "sha256: [sha265],"),
    Planted("a place that would go with every run", "schema.yaml", "about: object}",
            "about: place}", "attachment: 'place' is personal, and would go with every run",
            "about: place}"),
    Planted("a file that anyone may see", "schema.yaml",
            'file: {type: text, label: {zh: 文件路径, en: "File"}, class: personal}',
            'file: {type: text, label: {zh: 文件路径, en: "File"}}',
            "attachment: 'file' has no class", "attachment: {file: file", copy="open files"),
    Planted("an attachment without a file", "schema.yaml",
            "attachment: {file: file, sha256: [sha256],",
            "attachment: {files: file, sha256: [sha256],", "an attachment needs 'file'",
            "attachment: {files: file", copy="no file"),
    Planted("a fact that lists nothing", "pack.yaml", "missing: required_documents_missing",
            "missing: required_document_missing", "missing: 'required_document_missing' is no fact",
            "missing: required_document_missing"),
    Planted("a list with a bad date", "lists/adverse_rulings.csv", "void,0,2019-05-14",
            "void,0,2019-5-14", "column 'from_on': '2019-5-14' is no date", "void,0,2019-5-14"),
    Planted("a list with a bad number", "lists/required_documents.csv",
            "plea,plea_record,plea_record,1", "plea,plea_record,plea_record,one",
            "column 'weight': 'one' is no integer", "plea_record,one"),
    Planted("an empty list", "lists/disclosure_channels.csv", "site,2019-05-14,,S1 三(一)3.1\n", "",
            "the list is empty", "# Channels on which"),
    Planted("a calendar with a bad day", "calendar.csv", "2026-10-10,true", "2026-10-10,maybe",
            "working is 'maybe'", "2026-10-10,maybe", copy="calendar"),
    # ------------------------------------------------------------------------- texts and rubrics
    Planted("a check without texts", "texts/recording_av.yaml", "  av-covers-event:\n",
            "  av-cover-event:\n", "no texts for the check 'av-covers-event'", "checks:\n"),
    Planted("texts for no check", "texts/recording_av.yaml", "", "", "no check 'av-cover-event'",
            "  av-cover-event:"),
    Planted("a remedy in one language only", "texts.yaml",
            ", en: Obtain the documents or add an explanation.", "",
            "archive-required-docs has no remedy in en", "  archive-required-docs:"),
    Planted("a rubric that does not sum to 100", "rubrics/penalty.yaml", "maximum: 13",
            "maximum: 18", "the maxima sum to 105, not to 100", "criteria:"),
    Planted("a rubric with an unknown check", "rubrics/penalty.yaml",
            "- archive-required-docs\n", "- archive-required-doc\n",
            "no check 'archive-required-doc'", "- archive-required-doc\n"),
    Planted("a check under two criteria", "rubrics/penalty.yaml",
            "- archive-retention-set\n", "- after-withdrawn-3wd\n      - archive-retention-set\n",
            "'after-withdrawn-3wd' stands under two criteria",
            "- after-withdrawn-3wd\n      - archive-retention-set"),
    Planted("anchors that are missing", "rubrics/penalty.yaml",
            "      half: {zh: 案源或者依据记载不完整, en: Source or ground is recorded in part}\n",
            "",
            "criterion 'filing_source' needs the anchors none, half and full",
            "    anchors:\n      none: {zh: 没有立案依据"),
    Planted("an unknown effect of a veto", "rubrics/penalty.yaml", "veto_effect: zero",
            "veto_effect: nought", "veto_effect is one of zero, fail, cap_not_excellent, none",
            "veto_effect:"),
    Planted("a band without an English name", "rubrics/permit.yaml", "{zh: 合格, en: Pass}",
            "{zh: 合格}", "band 'pass' has no title in en", "  - {name: pass"),
    Planted("a case rubric with a check of organs", "rubrics/permit.yaml",
            "checks: [permit-supplement-5wd, ",
            "checks: [permit-supplement-5wd, review-staffing-5pct, ",
            "'review-staffing-5pct' looks at organ_years, not at a case",
            "    checks: [permit-supplement-5wd"),
    Planted("a veto on a clause that is not verified", "rubrics/inspection.yaml",
            "checks: [authority-matter-listed, authority-territory-level, authority-delegate-in-s",
            "checks: [inspect-frequency-cap, authority-territory-level, authority-delegate-in-s",
            "'inspect-frequency-cap': its clause is not verified", "checks: [inspect-frequency"),
    Planted("a human criterion that is not there", "rubrics/inspection.yaml",
            "human: uniform-and-badge", "human: uniform-and-badges",
            "criteria.yaml has no criterion 'uniform-and-badges'", "    human: uniform"),
    Planted("items that do not sum", "rubrics/coercion.yaml", "en: Facts and need, points: 7",
            "en: Facts and need, points: 6", "the items sum to 19, not to 20", "    items:"),
    Planted("an unknown mode", "rubrics/levy.yaml", "mode: manual", "mode: by hand",
            "mode is one of auto, manual, mixed", "    mode: by hand"),
    Planted("halves that are none", "rubrics/penalty_r2.yaml", "fixed: 50", "fixed: 40",
            "fixed and scaled sum to 90, not to 100", "split: {"),
    Planted("points on a fact that is not there", "rubrics/penalty_r2.yaml",
            "count: decision_missing_count", "count: decisions_missing",
            "no fact 'decisions_missing'", "{check: text-decision-elements"),
    Planted("weights that do not sum to 1", "rubrics/organ.yaml", "weight: 0.6", "weight: 0.7",
            "the weights sum to 1.1, not to 1", "appraisals:"),
    Planted("a criterion of an organ without a measure", "rubrics/organ.yaml",
            "    measure: outside_views\n", "", "criterion 'outside_views' needs 'measure'",
            "  - id: outside_views"),
    # ---------------------------------------------------------------------------------- pack.yaml
    Planted("an unknown entry of the pack", "pack.yaml", "language: zh", "language: zh\nlicence: x",
            "unknown entry 'licence'", "licence: x"),
    Planted("an asset on a column that is not there", "pack.yaml", "day: [decided_on, closed_on,",
            "day: [desided_on, closed_on,", "'cases' has no column 'desided_on'", "  cases:"),
    Planted("a headline that is no check", "pack.yaml", "headline: review-major-covered",
            "headline: review-major-cover", "no check 'review-major-cover'",
            "  legal_review:\n    title"),
    Planted("a topic without a suite", "pack.yaml", "[recording_text, recording_av, archive]",
            "[recording_text, recording_av, archives]",
            "no suite of the topic 'archives'", "  recording:\n"),
    Planted("a rubric that is not there", "pack.yaml", "  penalty: penalty", "  penalty: penalties",
            "no rubric 'penalties'", "  penalty: penalties"),
    # ----------------------------------------------------------------------------------- examples
    Planted("an example of no check", AV_EXAMPLES, "没有写证明对象，不符合\n    check: av-",
            "没有写证明对象，不符合\n    check: avi-", "no check 'avi-metadata-five'",
            "  - name: 没有写证明对象，不符合"),
    Planted("an example with an unknown column", AV_EXAMPLES, "[{place: null, recorder_id: null}",
            "[{place: null, recoder_id: null}", "'recordings' has no column 'recoder_id'",
            "  - name: 两段录像一共缺三项"),
    Planted("an example with an unknown table", "examples/authority.yaml",
            "documents: [{kind: transcript,", "document: [{kind: transcript,",
            "no table 'document'", "  - name: 笔录上没有写证件号"),
    Planted("an example with an unknown outcome", AV_EXAMPLES,
            "object: null}, {}]\n    expect: failed", "object: null}, {}]\n    expect: fail",
            "outcomes are not_applicable, passed, failed", "  - name: 两段录像一共缺三项"),
    Planted("an unknown entry of an example", "examples/procedure.yaml", "    row: 8\n",
            "    rwo: 8\n", "unknown entry 'rwo'", "rwo: 8"),
    Planted("a check without an example that fails", AV_EXAMPLES, ": failed", ": passed",
            "no example in which 'av-metadata-five' is failed", None, copy="no example"),
    # ------------------------------------------------------------------- files that cannot be read
    Planted("a syntax error of YAML", "texts.yaml", "en: Yearly report sent in time}",
            "en: Yearly report sent in time", "did not find expected ',' or '}'",
            '    rule: {en: By 15 January', copy="syntax of YAML"),
    Planted("a key that stands twice", "pack.yaml", "timezone: Asia/Shanghai",
            "timezone: Asia/Shanghai\nlanguage: en", "'language' stands twice", "language: en"),
    Planted("a syntax error of JSON", AV, '"name": "recording_av",', '"name": "recording_av"',
            "did not find expected ',' or '}'", '"id": "0f64bc91', copy="syntax of JSON"),
    Planted("a suite without expectations", AV, '"expectations": [', '"expectation": [',
            "a suite needs 'name' and a list 'expectations'", "{\n", copy="no expectations"),
]  # fmt: skip


@dataclass(frozen=True)
class Copy:
    """A copy of the pack with its faults planted, and what lint says of it."""

    folder: Path
    faults: list[Fault]

    def line(self, planted: Planted) -> int | None:
        """The line on which lint must find the fault."""
        if planted.at is None:
            return None
        text = (self.folder / planted.file).read_text("utf-8")
        assert planted.at in text
        return text[: text.index(planted.at)].count("\n") + 1


@pytest.fixture(scope="module")
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Copy]:
    """Makes each copy when it is first asked for."""

    @cache
    def make(name: str) -> Copy:
        folder = tmp_path_factory.mktemp("pack") / "hrss"
        shutil.copytree(HRSS, folder)
        plant(folder, [planted for planted in PLANTED if planted.copy == name])
        pack, faults = lint_pack(folder)
        assert pack is None
        return Copy(folder, faults)

    return make


def plant(folder: Path, slips: Iterable[Planted]) -> None:
    for planted in slips:
        path = folder / planted.file
        text = path.read_text("utf-8")
        assert planted.old in text, f"{planted.id}: the pack has changed, plant it elsewhere"
        times = -1 if planted.copy == "no example" else 1
        path.write_text(text.replace(planted.old, planted.new, times), "utf-8")


def tells(fault: Fault, planted: Planted) -> bool:
    return planted.says in fault.message and fault.file.endswith(planted.file)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_a_shipped_pack_has_no_fault(path: Path) -> None:
    pack, faults = lint_pack(path)
    assert [str(fault) for fault in faults] == []
    assert pack is not None
    assert pack.id == path.name


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.id)
def test_a_fault_is_found_with_file_and_line(
    planted: Planted, copy_of: Callable[[str], Copy]
) -> None:
    copy = copy_of(planted.copy)
    lines = [fault.line for fault in copy.faults if tells(fault, planted)]
    assert lines == [copy.line(planted)], "\n".join(map(str, copy.faults))


def test_many_faults_are_all_found_in_one_go_and_nothing_else(
    copy_of: Callable[[str], Copy],
) -> None:
    together = [planted for planted in PLANTED if planted.copy == TOGETHER]
    faults = copy_of(TOGETHER).faults
    assert len(together) > 50
    assert [str(f) for f in faults if not any(tells(f, planted) for planted in together)] == []
    assert len(faults) == len(together)
    assert faults == sorted(faults, key=lambda fault: (fault.file, fault.line or 0))


def test_reading_a_faulty_pack_says_every_fault_in_one_message(
    copy_of: Callable[[str], Copy],
) -> None:
    copy = copy_of(TOGETHER)
    with pytest.raises(PackError) as error:
        read_pack(copy.folder)
    faults = [fault for fault in copy.faults if not fault.file.startswith("examples/")]
    assert error.value.faults == faults
    assert all(str(fault) in str(error.value) for fault in faults)
    assert str(error.value).startswith(f"pack {copy.folder}: {len(faults)} faults\n")


@pytest.mark.parametrize("file", ["schema.yaml", "parameters.yaml", "texts.yaml", "pack.yaml"])
def test_a_missing_file_is_named(file: str, tmp_path: Path) -> None:
    shutil.copytree(HRSS, tmp_path / "hrss")
    (tmp_path / "hrss" / file).unlink()
    # Beside it the files of the topics would be enough.
    shutil.rmtree(tmp_path / "hrss" / Path(file).stem, ignore_errors=True)
    pack, faults = lint_pack(tmp_path / "hrss")
    assert pack is None
    assert Fault(file, None, "the file is missing") in faults


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    shutil.copytree(HRSS, tmp_path / "hrss")
    (tmp_path / "hrss" / "duties.yaml").write_bytes(b"\xff\xfe\x00")
    faults = lint_pack(tmp_path / "hrss")[1]
    assert [f for f in faults if f.file == "duties.yaml" and "cannot be read" in f.message]


PROFILE = """\
parameters:
  major_fine: {values: [{value: 30000, clause: our catalogue, confidence: H}]}
  major_fines: {values: [{value: 30000, clause: x, confidence: H}]}
  penalty_disclosure_limit: {values: [{value: 10, clause: x, confidence: H}]}
  annual_report_day: {unit: wd, values: [{value: 10, clause: x, confidence: H}]}
"""


def test_a_profile_is_read_with_the_pack_and_its_faults_are_found(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(PROFILE, "utf-8")
    faults = lint_pack(HRSS, profile)[1]
    assert [(fault.file, fault.line, fault.message) for fault in faults] == [
        (str(profile), 3, "unknown parameter 'major_fines'"),
        (str(profile), 4, "'penalty_disclosure_limit' is set by law and cannot be overridden"),
        (str(profile), 5, "'annual_report_day' counts month_day, not wd"),
    ]


def test_a_sound_profile_is_no_fault(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("".join(PROFILE.splitlines(keepends=True)[:2]), "utf-8")
    pack, faults = lint_pack(HRSS, profile)
    assert faults == []
    assert pack is not None
    assert pack.profile == {"major_fine": [30000]}


OWN_DAYS = """\
calendar:
  - {day: 2025-07-14, working: false, source: 示例市防汛停工通知（合成）}
  - {day: 2025-07-19, working: true, source: 示例市防汛停工通知（合成）}
"""


def test_a_profile_names_rest_days_of_its_own(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(OWN_DAYS, "utf-8")
    pack, faults = lint_pack(HRSS, profile)
    assert faults == []
    assert pack is not None
    assert pack.calendar is not None
    assert pack.profile == {"calendar.2025-07-14": "rest", "calendar.2025-07-19": "working"}
    # Friday and three working days: Tuesday to Thursday; a week later Saturday counts, too.
    assert pack.calendar.after(date(2025, 7, 11), 3) == date(2025, 7, 17)
    assert pack.calendar.after(date(2025, 7, 11), 5) == date(2025, 7, 19)
    plain = lint_pack(HRSS)[0]
    assert plain is not None
    assert plain.calendar is not None
    assert plain.calendar.after(date(2025, 7, 11), 3) == date(2025, 7, 16)


def test_the_faults_of_a_bureaus_own_days_are_named(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(
        "calendar:\n"
        "  - {day: 2040-07-14, working: false, source: x}\n"
        "  - {day: 2025-07-14, working: false}\n"
        "  - {day: 2025-07-15, working: no such, source: x}\n"
        "  - {day: someday, working: false, source: x}\n",
        "utf-8",
    )
    faults = lint_pack(HRSS, profile)[1]
    assert sorted((fault.line, fault.message) for fault in faults) == [
        (2, "2040-07-14 lies outside the calendar"),
        (3, "2025-07-14 needs a 'source': the notice that says so"),
        (4, "'working' is true or false"),
        (5, "'someday' is no day"),
    ]
