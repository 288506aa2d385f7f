"""Who may see what: roles, classes of facts, and names that never reach the wrong reader."""

from __future__ import annotations

import re
import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import workbench
from workbench.facts import fact_classes
from workbench.pack import Pack, read_pack
from workbench.privacy import Role, mask, mask_row, may_see, strictest, visible_columns
from workbench.reports.case_page import case_html
from workbench.reports.case_record import case_record
from workbench.reports.html import render_report
from workbench.reports.report_data import gather
from workbench.reports.results import Results
from workbench.reports.terminal import as_text
from workbench.reports.workbook import write_workbook
from workbench.run import Run
from workbench.schema import CLASSES

ROOT = Path(__file__).parents[2]
FDA = ROOT / "expectations" / "us_fda"
LETTERS = ROOT / "sample_data" / "us_fda"

# Every way in which a value can stand in a fact, and every way in which it only decides one.
OWNER = """
WITH named AS (
    SELECT c.case_id, MAX(c.subject) AS who, COUNT(c.subject) AS told,
           STRING_AGG(c.case_id, ';' ORDER BY c.subject) AS ids
    FROM cases c
    GROUP BY c.case_id
), either AS (
    SELECT n.case_id, n.who AS name FROM named n
    UNION ALL
    SELECT d.case_id, d.letter_no FROM cases d
), one AS (
    SELECT e.case_id, MIN(e.name) AS name FROM either e GROUP BY e.case_id
)
SELECT
    c.case_id AS subject_id,
    n.who AS owner_plain,
    UPPER(COALESCE(n.who, '')) AS owner_upper,
    'cases' || '/' || n.who AS owner_joined,
    CASE WHEN c.letter_no IS NULL THEN c.letter_no ELSE n.who END AS owner_chosen,
    o.name AS owner_of_union,
    (SELECT MAX(x.subject) FROM cases x WHERE x.case_id = c.case_id) AS owner_inner,
    MAX(c.subject) OVER (PARTITION BY c.case_id) AS owner_window,
    c.posted_on AS owner_day,
    n.told AS owner_count,
    n.ids AS owner_ids,
    n.who IS NULL AS owner_missing,
    n.who = c.letter_no AND n.told > 0 AS owner_equal,
    SUM(CASE WHEN n.who IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY c.case_id) AS owner_flags,
    ROW_NUMBER() OVER (ORDER BY n.who) AS owner_place,
    EXISTS (SELECT 1 FROM cases y WHERE y.subject = n.who) AS owner_exists,
    (SELECT COUNT(*) FROM cases z WHERE z.subject = n.who) AS owner_same
FROM cases c
JOIN named n ON n.case_id = c.case_id
JOIN one o ON o.case_id = c.case_id
"""
CARRIES = {
    "owner_plain", "owner_upper", "owner_joined", "owner_chosen", "owner_of_union", "owner_inner",
    "owner_window",
}  # fmt: skip


def changed(folder: Path, *classes: tuple[str, str], facts: str = "") -> Path:
    """A copy of the FDA pack in which columns of `cases` have another class."""
    copy = folder / "pack"
    shutil.copytree(FDA, copy)
    path = copy / "schema.yaml"
    text = path.read_text("utf-8")
    for column, data_class in classes:
        at = text.index(f"      {column}: {{", text.index("\n  cases:"))
        text = text[:at] + text[at:].replace("{type", f"{{class: {data_class}, type", 1)
    path.write_text(text, "utf-8")
    (copy / "flow.yaml").unlink()  # its steps may not be of a class
    if facts:
        (copy / "facts" / "owner.sql").write_text(facts, "utf-8")
    return copy


def pack_of(folder: Path, *classes: tuple[str, str]) -> Pack:
    return read_pack(changed(folder, *classes, facts=OWNER))


def test_leadership_sees_no_person_and_nobody_a_secret() -> None:
    seen = {role: {c for c in CLASSES if may_see(role, c)} for role in Role}
    assert seen[Role.leadership] == {"none"}
    assert seen[Role.supervisor] == seen[Role.auditor] == {"none", "personal", "commercial"}
    assert not any(may_see(role, "no such class") for role in Role)


def test_visible_columns_are_those_of_the_schema() -> None:
    schema = read_pack(ROOT / "expectations" / "hrss").schema
    leadership = visible_columns(schema, Role.leadership)
    assert leadership.keys() == schema.tables.keys()
    for name, table in schema.tables.items():
        kept = tuple(c.name for c in table.all_columns.values() if c.data_class == "none")
        assert leadership[name] == kept
        assert visible_columns(schema, Role.auditor)[name] == tuple(table.all_columns)
    assert leadership["parties"] == ("party_id", "kind", "code_kind", "region_code", "code_valid")


def test_a_masked_value_says_so_and_an_empty_one_hides_nothing() -> None:
    assert mask("王某", "personal", Role.leadership, "zh") == "〔不显示〕"
    assert mask(None, "personal", Role.leadership, "zh") is None
    assert mask("王某", "secret", Role.auditor, "en") == "[withheld]"
    row = {"a": 1, "b": None, "c": "王某"}
    shown, taken = mask_row(row, {"b": "personal", "c": "personal"}, Role.leadership)
    assert (shown, taken) == ({"a": 1, "b": None, "c": None}, {"c"})
    assert mask_row(row, {"c": "personal"}, Role.supervisor) == (row, frozenset())
    assert strictest(["none", "secret", "personal"]) == "secret"


def test_a_fact_has_the_class_of_what_it_carries(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, ("subject", "personal"))
    assert fact_classes(pack)["cases"] == dict.fromkeys(CARRIES, "personal")


def test_a_classed_day_reaches_what_is_counted_from_it(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, ("decided_on", "commercial"))
    found = fact_classes(pack)["cases"]
    # The subject's day, the fact, the stop (which may be the start), the due day, the days between.
    assert found == dict.fromkeys(
        ("period_on", "letter_on", "public_on", "posting_due_on", "posting_elapsed"), "commercial"
    )


def test_shipped_packs_carry_no_personal_value_into_facts() -> None:
    for name in ("hrss", "us_fda"):
        found = fact_classes(read_pack(ROOT / "expectations" / name))
        assert all(classes == {} for classes in found.values()), name


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The letters, their numbers taken for personal values and their dates for commercial ones."""
    folder = tmp_path_factory.mktemp("planted")
    pack = changed(folder, ("letter_no", "personal"), ("decided_on", "commercial"))
    run = workbench.evaluate(workbench.load(LETTERS, pack=pack, mapping=LETTERS / "mapping.yaml"))
    return workbench.open_run(run.save(folder / "out"))


def test_leadership_never_reads_what_is_personal(planted: Run) -> None:
    both = planted.findings.query("check_id == 'letter-number-unique'")
    letters = pd.read_csv(LETTERS / "warning_letters.csv", dtype=str).set_index("case_id")
    case = str(both.case_id.iloc[0])
    number, day = letters.letter_number[case], pd.to_datetime(letters.letter_date[case])
    for role in Role:
        record = case_record(planted.results, case, role)
        assert record is not None
        pages = [case_html(planted.results, record, language) for language in ("zh", "en")]
        hidden = role is Role.leadership
        for page, word in zip(pages, ("〔不显示〕", "[withheld]"), strict=True):
            assert (number in page) is not hidden
            assert (f"{day:%Y-%m-%d}" in page) is not hidden
            assert (word in page) is hidden
        finding = next(f for f in record.findings if f.check_id == "letter-number-unique")
        assert finding.observed == (None if hidden else number)
        assert finding.withheld == ({"observed"} if hidden else set())
        assert str(finding.evidence).startswith("cases/")
        assert (number in repr(record)) is not hidden


def test_leadership_sees_what_became_of_a_limit_but_not_its_days(planted: Run) -> None:
    case = str(planted.deadlines.query("state == 'late'").case_id.iloc[0])
    record = case_record(planted.results, case, Role.leadership)
    assert record is not None
    limit = record.deadlines[0]
    assert (limit.state, limit.start_on, limit.due_on, limit.done_on) == ("late", None, None, None)
    assert limit.withheld >= {"start_on", "due_on"}
    assert record.period_on is None
    # A day of a class is in no timeline at all, whoever asks.
    assert set(planted.timelines["column"]) == {"posted_on"}


def test_names_are_taken_only_where_everyone_may_read_them(tmp_path: Path) -> None:
    pack = changed(tmp_path)
    path = pack / "schema.yaml"
    text = path.read_text("utf-8")
    at = text.index("name: {type", text.index("\n  units:"))
    path.write_text(text[:at] + text[at:].replace("{type", "{class: personal, type", 1), "utf-8")
    run = workbench.evaluate(workbench.load(LETTERS, pack=pack, mapping=LETTERS / "mapping.yaml"))
    assert set(run.names.table) == {"organs"}


def papers(results: Results, folder: Path, role: Role) -> str:
    """Report, workbook (its days as days) and summary as one text, in both languages."""
    data = gather(results)
    told = [render_report(results, data, role=role)]
    for language in ("zh", "en"):
        told.append(as_text(results, language, role))
    if role is Role.leadership:  # of which openpyxl makes slow work
        path = write_workbook(results, folder / "b.xlsx", "en", data=data)
        with warnings.catch_warnings():  # of openpyxl, about the bars in cells
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path)
        told += [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True)
                 for cell in row if cell is not None]  # fmt: skip
    return "\n".join(told)


def classed(results: Results, facts: Mapping[str, Mapping[str, str]]) -> Results:
    """The same run, its facts taken for those of another class."""
    return Results(results.engine, results.manifest, {**results.checks, "facts": facts})


def pick(values: Any) -> set[str]:
    return {str(value) for value in values if value is not None and value == value}


def test_no_paper_for_leadership_holds_a_classed_column(sample_run: Run, tmp_path: Path) -> None:
    kernel = ("subject_id", "case_id", "unit_id", "organ_id", "kind", "period_on")
    checks, assets = sample_run.results.checks, sample_run.manifest["assets"]
    shown = [(about["asset"], fact) for about in checks["checks"].values()
             for fact in about["facts"].values()]  # fmt: skip
    shown += [(about["asset"], fact) for about in checks["clocks"].values()
              for fact in about["facts"].values()]  # fmt: skip
    classes = {"subject_id": "secret", "unit_id": "commercial", "period_on": "commercial"}
    facts = {asset: {f: classes.get(f, "personal")
                     for f in (*kernel, *(f for a, f in shown if a == asset))}
             for asset in assets}  # fmt: skip
    results = classed(sample_run.results, facts)
    text = papers(results, tmp_path, Role.leadership)
    values = pick(
        [*results.unit_names, *results.unit_names.values(), *results.organ_names.values()]
    )
    for asset in assets:
        frame = sample_run.facts(asset)
        values |= pick(frame.subject_id) | pick(frame.case_id)
    values = {value for value in values if len(value) > 4}  # "99" stands in many a number
    assert len(values) > 2000
    assert sorted(value for value in values if value in text) == []
    days = pick(str(day)[:10] for name in ("start_on", "due_on", "done_on")
                for day in sample_run.deadlines[name].dropna())  # fmt: skip
    days |= pick(str(day)[:10] for day in sample_run.findings.due_on.dropna())
    assert len(days) > 200
    days.discard(str(sample_run.manifest["as_of"]))
    assert sorted(day for day in days if day in text) == []
    kinds = {results.words(str(kind), "en") for kind in sample_run.facts().kind.dropna().unique()}
    assert kinds & set(text.split("\n")) == set()  # cells of the workbook
    assert "[withheld]" in text
    assert "〔不显示〕" in text
    open_to = papers(results, tmp_path, Role.auditor)
    assert any(name in open_to for name in results.unit_names.values())


def test_the_report_of_a_pack_with_classed_columns(planted: Run, tmp_path: Path) -> None:
    letters = pd.read_csv(LETTERS / "warning_letters.csv", dtype=str)
    assert planted.folder is not None
    text = papers(planted.results, tmp_path, Role.leadership)
    numbers = set(letters.letter_number.dropna()) - set(letters.case_id)
    assert len(numbers) > 2000
    for paper in (text, (planted.folder / "report.html").read_text("utf-8")):
        assert sorted(numbers & set(re.findall(r"[\w-]+", paper))) == []
    days = pick(pd.to_datetime(planted.deadlines.due_on).dt.strftime("%Y-%m-%d"))
    assert days - {planted.manifest["as_of"]}
    assert [d for d in days - {planted.manifest["as_of"]} if d in text] == []
    seen = papers(planted.results, tmp_path, Role.supervisor)
    assert numbers & set(re.findall(r"[\w-]+", seen))


def test_a_day_has_the_class_of_its_clocks_own_asset(sample_run: Run) -> None:
    clock, about = next(
        (name, about) for name, about in sample_run.results.checks["clocks"].items()
        if (sample_run.deadlines.clock == name).any()
    )  # fmt: skip
    day = about["facts"]["start_on"]
    own = classed(sample_run.results, {"cases": {day: "personal"}})
    assert own.clock_classes(clock)["start_on"] == "personal"
    clocks = {**own.checks["clocks"], clock: {**about, "asset": "unit_years"}}
    other = Results(own.engine, own.manifest, {**own.checks, "clocks": clocks})
    assert set(other.clock_classes(clock).values()) == {"none"}
    case = str(sample_run.deadlines.query("clock == @clock").case_id.dropna().iloc[0])
    for results, hidden in ((own, True), (other, False)):
        record = case_record(results, case, Role.leadership)
        assert record is not None
        limit = next(d for d in record.deadlines if d.clock == clock)
        assert ("start_on" in limit.withheld) is hidden


def test_a_unit_and_an_organ_of_one_id_keep_their_names(tmp_path: Path) -> None:
    tables = {
        "organs": "organ_id,name\n7,The agency\n",
        "units": "unit_id,organ_id,name\n7,7,The office\n",
        "cases": "case_id,organ_id,unit_id,kind,decided_on,posted_on\n"
        "1,7,7,warning_letter,2026-01-05,2026-03-05\n",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    run = workbench.evaluate(workbench.load(tmp_path, pack=FDA), as_of="2026-03-17")
    opened = workbench.open_run(run.save(tmp_path / "out"))
    for results in (run.results, opened.results):
        assert (results.unit_names, results.organ_names) == (
            {"7": "The office"}, {"7": "The agency"})  # fmt: skip
        record = case_record(results, "1")
        assert record is not None
        assert record.names == {"unit_id": "The office", "organ_id": "The agency"}
        assert gather(results).organs == ["The agency"]
        assert "The office" in as_text(results, "en")
        assert run.check("posted-within-30cd").by_unit.unit.tolist() == ["The office"]
