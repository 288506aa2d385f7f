"""A small schema for tests of loading: every type of column, and tables that hang on cases."""

from __future__ import annotations

from pathlib import Path

from workbench.schema import Schema, parse_schema
from workbench.sources import read_source

SCHEMA = """
tables:
  organs:
    title: {zh: 机关, en: Organs}
    key: [organ_id]
    columns:
      organ_id: {type: id, label: {zh: 机关编号, en: Organ id}}
  cases:
    title: {zh: 案件, en: Cases}
    required: true
    key: [case_id]
    columns:
      case_id: {type: id, label: {zh: 案件编号, en: Case id}}
      organ_id: {type: id, label: {zh: 机关编号, en: Organ}, references: organs.organ_id}
      kind:
        type: code
        label: {zh: 类别, en: Kind}
        codes: {penalty: {zh: 行政处罚, en: Penalty}, permit: {zh: 行政许可, en: Permit}}
      penalty_kinds:
        type: codes
        label: {zh: 处罚种类, en: Kinds of penalty}
        codes: {fine: {zh: 罚款, en: Fine}, warning: {zh: 警告, en: Warning}}
      decided_on: {type: date, label: {zh: 决定日期, en: Decided on}, synonyms: [处罚决定日期]}
      decided_at: {type: timestamp, label: {zh: 决定时间, en: Decided at}}
      fine_yuan: {type: number, label: {zh: 罚款金额, en: Amount}, unit: yuan}
      officers: {type: integer, label: {zh: 人数, en: Officers}}
      major: {type: boolean, label: {zh: 重大, en: Major}}
      owner_born_on: {type: date, label: {zh: 出生日期, en: Born on}, class: personal}
      note: {type: text, label: {zh: 备注, en: Note}}
  documents:
    title: {zh: 文书, en: Documents}
    key: [document_id]
    columns:
      document_id: {type: id, label: {zh: 文书编号, en: Document id}}
      case_id: {type: id, label: {zh: 案件编号, en: Case id}, references: cases.case_id}
      made_on: {type: date, label: {zh: 制作日期, en: Made on}}
      note: {type: text, label: {zh: 备注, en: Note}}
      sensitivity:
        type: code
        label: {zh: 密级, en: Sensitivity}
        codes: {state_secret: {zh: 国家秘密, en: State secret}, open: {zh: 公开, en: Open}}
  events:
    title: {zh: 活动, en: Events}
    key: [event_id]
    columns:
      event_id: {type: id, label: {zh: 活动编号, en: Event id}}
      case_id: {type: id, label: {zh: 案件编号, en: Case id}, references: cases.case_id}
  officers:
    title: {zh: 人员, en: Officers}
    key: [officer_id]
    columns:
      officer_id: {type: id, label: {zh: 人员编号, en: Officer id}}
  event_officers:
    title: {zh: 参加人员, en: Officers of an event}
    key: [event_id, officer_id]
    columns:
      event_id: {type: id, label: {zh: 活动编号, en: Event}, references: events.event_id}
      officer_id: {type: id, label: {zh: 人员编号, en: Officer}, references: officers.officer_id}
      on_duty: {type: boolean, label: {zh: 在岗, en: On duty}}
  certificates:
    title: {zh: 证件, en: Certificates}
    key: [certificate_no]
    columns:
      certificate_no: {type: id, label: {zh: 证件号, en: Number}}
      officer_id: {type: id, label: {zh: 人员编号, en: Officer}, references: officers.officer_id}
      valid_to_on: {type: date, label: {zh: 有效期至, en: Valid to}}
  organ_years:
    title: {zh: 年度, en: Years}
    key: [organ_id, year]
    columns:
      organ_id: {type: id, label: {zh: 机关编号, en: Organ}}
      year: {type: integer, label: {zh: 年度, en: Year}}
      reported_on: {type: date, label: {zh: 报送日期, en: Reported on}}
  hearings:
    title: {zh: 听证, en: Hearings}
    columns:
      case_id: {type: id, label: {zh: 案件编号, en: Case id}, references: cases.case_id}
      held_on: {type: date, label: {zh: 听证日期, en: Held on}}
"""


def schema_of_files(folder: Path) -> Schema:
    """The schema, read as a pack's is; `folder` holds its file meanwhile."""
    path = folder / "schema.yaml"
    path.write_text(SCHEMA, "utf-8")
    source, faults = read_source(path, "schema.yaml")
    found, more = parse_schema(source)
    assert not faults + more
    return found
