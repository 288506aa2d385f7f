"""The mapping: a bureau's own files and headers, and every fault of the file with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from workbench.loading import CaseFiles, load_case_files
from workbench.loading.mapping import Mapping, parse_mapping
from workbench.schema import Schema, parse_schema
from workbench.sources import read_source
from workbench.terms import Fault, InputError

SCHEMA = """
tables:
  units:
    title: {zh: 机构, en: Units}
    key: [unit_id]
    columns:
      unit_id: {type: id, label: {zh: 机构编号, en: Unit id}}
      name: {type: text, label: {zh: 机构名称, en: Unit}}
  cases:
    title: {zh: 案件, en: Cases}
    required: true
    key: [case_id]
    columns:
      case_id: {type: id, label: {zh: 案件编号, en: Case id}}
      unit_id: {type: id, label: {zh: 机构编号, en: Unit}, references: units.unit_id}
      kind:
        type: code
        label: {zh: 类别, en: Kind}
        codes: {penalty: {zh: 行政处罚, en: Penalty}, permit: {zh: 行政许可, en: Permit}}
      decided_on: {type: date, label: {zh: 决定日期, en: Decided on}}
      note: {type: text, label: {zh: 备注, en: Note}}
"""
MAPPING = """\
tables:
  cases:
    file: letters.csv
    columns:
      case_id: number
      decided_on: {from: dated, format: "%m/%d/%Y"}
      kind: {from: art, codes: {罚款案: penalty}}
      unit_id: {from: office, unify: offices.csv}
      note: {value: imported}
  units: {file: offices.csv, distinct: true, columns: {unit_id: id, name: office}}
"""
OFFICES = "variant,id,office\nTobacco,ctp,Tobacco\nTobacco VIA UPS,ctp,Tobacco\nDrugs,cder,Drugs\n"
LETTERS = """\
number,dated,art,office
1,03/17/2026,罚款案,Tobacco
2,13/17/2026,permit,Tobacco VIA UPS
3,2026-03-17,公文,Tobacco VIA UPS
4,03/18/2026,,Elsewhere
5,03/19/2026,罚款案,
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    path = tmp_path_factory.mktemp("pack") / "schema.yaml"
    path.write_text(SCHEMA, "utf-8")
    found, faults = parse_schema(read_source(path, "schema.yaml")[0])
    assert not faults
    return found


def load(
    path: Path, schema: Schema, mapping: str = MAPPING, name: str = "mapping.yaml"
) -> CaseFiles:
    (path / name).write_text(mapping, "utf-8")
    (path / "letters.csv").write_text(LETTERS, "utf-8")
    (path / "offices.csv").write_text(OFFICES, "utf-8")
    return load_case_files(path, schema, path / name if name != "mapping.yaml" else None)


def parse(path: Path, schema: Schema, text: str) -> tuple[Mapping, list[Fault]]:
    (path / "m.yaml").write_text(text, "utf-8")
    source, faults = read_source(path / "m.yaml", "m.yaml")
    assert not faults
    return parse_mapping(source, schema)


def test_a_mapping_beside_the_files_is_used(tmp_path: Path, schema: Schema) -> None:
    files = load(tmp_path, schema)
    rows = files.engine.rows("SELECT * FROM main.cases ORDER BY case_id", "test")
    assert rows == [
        ("1", "ctp", "penalty", dt.date(2026, 3, 17), "imported"),
        ("2", "ctp", "permit", None, "imported"),
        ("3", "ctp", None, None, "imported"),
        ("4", "Elsewhere", None, dt.date(2026, 3, 18), "imported"),
        ("5", None, "penalty", dt.date(2026, 3, 19), "imported"),
    ]
    units = files.engine.rows("SELECT * FROM main.units ORDER BY ALL", "test")
    assert units == [("cder", "Drugs"), ("ctp", "Tobacco")]
    assert {i.path for i in files.inputs} == {"mapping.yaml", "offices.csv", "letters.csv"}


def test_a_mapping_may_have_another_name(tmp_path: Path, schema: Schema) -> None:
    assert load(tmp_path, schema, name="ours.yaml").count("cases") == 5


def test_what_was_unified_is_counted_by_spelling(tmp_path: Path, schema: Schema) -> None:
    report = load(tmp_path, schema).report
    spoken = [
        (row["action"], row["reason_code"], row["detail"], row["count"])
        for row in report.rows.to_pylist()
        if row["column"] == "unit_id" and row["row"] is None
    ]
    assert spoken == [
        ("note", "known_spelling", "Tobacco -> ctp", 1),
        ("note", "no_such_reference", "units.unit_id", 1),
        ("note", "not_unified", "Elsewhere", 1),
        ("repaired", "unified", "Tobacco VIA UPS -> ctp", 2),
    ]


def test_distinct_rows_are_no_refusals(tmp_path: Path, schema: Schema) -> None:
    count = load(tmp_path, schema).report.count("units")
    assert count is not None
    assert (count.read, count.used, count.refused) == (2, 2, 0)


def test_a_date_in_another_format_is_unreadable(tmp_path: Path, schema: Schema) -> None:
    rows = load(tmp_path, schema).report.rows.to_pylist()
    found = [(r["row"], r["column"]) for r in rows if r["action"] == "unreadable"]
    assert found == [(3, "decided_on"), (4, "decided_on"), (4, "kind")]


def test_all_faults_at_once_with_their_lines(tmp_path: Path, schema: Schema) -> None:
    text = """\
table: x
tables:
  case: {file: a.csv}
  units: {rows: [{unit_id: u1, nam: x}], file: b.csv}
  cases:
    file: ../secret.csv
    columns:
      desided_on: dated
      decided_on: {from: dated, format: "%H:%M"}
      case_id: {frm: number}
      kind: {from: art, codes: {罚款案: penelty}}
      note: {from: a, value: b, format: "%Y"}
      unit_id: {from: art, codes: {a: b}}
"""
    _, faults = parse(tmp_path, schema, text)
    assert sorted((fault.line, fault.message) for fault in faults) == [
        (1, "unknown entry 'table'"),
        (3, "'case' is no table of the pack"),
        (4, "'nam' is no column of 'units'"),
        (4, "table 'units' needs 'file' or 'rows', not both"),
        (6, "'../secret.csv' is no file name inside the source folder"),
        (8, "'desided_on' is no column of 'cases'"),
        (9, "'%H:%M' does not say year, month and day"),
        (10, "column 'case_id' needs 'from' or 'value'"),
        (10, "unknown entry 'frm'"),
        (11, "'penelty' is no code of 'kind'"),
        (12, "'format' is for dates, times and numbers; 'note' is a text"),
        (12, "column 'note' needs 'from' or 'value'"),
        (13, "'unit_id' has no codes"),
    ]
    hints = {fault.hint for fault in faults if fault.line in (3, 8, 10, 11)}
    assert "did you mean 'decided_on'?" in hints


def test_files_and_headers_that_are_not_there_are_faults(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(InputError, match=r"line 2: no file 'leters.csv' \(did you mean 'letters"):
        load(tmp_path, schema, MAPPING.replace("letters.csv", "leters.csv"))
    with pytest.raises(InputError, match=r"line 6: no column 'datd' in letters.csv"):
        load(tmp_path, schema, MAPPING.replace("from: dated", "from: datd"))


def test_a_list_of_spellings_must_be_clear(tmp_path: Path, schema: Schema) -> None:
    (tmp_path / "offices.csv").write_text("variant,id\na,1\n")
    text = MAPPING.replace("unify: offices.csv", "unify: spellings.csv")
    (tmp_path / "spellings.csv").write_text("variant,id\nA,1\nA,2\n,3\n")
    with pytest.raises(InputError, match=r"(?s)line 3: 'A' already.*line 4: needs a variant"):
        load(tmp_path, schema, text)


def test_rows_written_into_the_mapping(tmp_path: Path, schema: Schema) -> None:
    old = "units: {file: offices.csv, distinct: true, columns: {unit_id: id, name: office}}"
    files = load(tmp_path, schema, MAPPING.replace(old, "units: {rows: [{unit_id: 7, name: 局}]}"))
    assert files.engine.rows("SELECT * FROM main.units", "test") == [("7", "局")]
    assert files.delivered["units"] == {"unit_id", "name"}


def test_a_mapping_that_is_no_yaml(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(InputError, match=r"mapping\.yaml, line 3"):
        load(tmp_path, schema, "tables:\n  cases: [\n")
    with pytest.raises(InputError, match="no 'tables' mapping"):
        load(tmp_path, schema, "- a\n")
