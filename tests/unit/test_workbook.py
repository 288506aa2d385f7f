"""evaluation.xlsx: its numbers are those of the run, its texts stay texts, its heads say what."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

import workbench as wb
from workbench.artefacts import broken_artefacts
from workbench.cli import main
from workbench.display import Language
from workbench.privacy import WITHHELD, Role
from workbench.reports import workbook_lists as lists
from workbench.reports import workbook_tables as tables
from workbench.reports.report_words import LANGUAGES, Words
from workbench.reports.results import Results
from workbench.reports.workbook import write_workbook
from workbench.reports.workbook_cells import as_text, day_number
from workbench.reports.workbook_sheets import HEAD_ROW
from workbench.run import Run
from workbench.terms import UsageError
from workbench.weak_links import MINIMUM_DECIDED

# openpyxl does not know the data bars of Excel 2010, which begin at nothing and have one colour.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

ROOT = Path(__file__).parents[2]
HEAD = HEAD_ROW + 1  # openpyxl counts from 1
TABLES = ("checks", "links", "stages", "orders", "tallies", "units", "findings", "deadlines",
          "gaps", "load", "scores")  # fmt: skip
COUNTS = ("passed", "failed", "cannot_tell", "not_yet_due", "not_applicable")
HOSTILE = (
    '=HYPERLINK("http://x","y")', "@SUM(A1)", "-2+3", "+1", "\t=1+1", "\r=1", "<b>x</b>",
    "<r><t>x</t></r>", "http://example.org", "00123", "a\x00b\x1bc", "]]>&amp;", "{=1}",
    "_x0041_",
)  # fmt: skip


def words(language: Language) -> Words:
    return Words(language, tables.WORDS)


class Book:
    """A workbook read back: its tables as frames whose columns are the heads."""

    def __init__(self, path: Path, language: Language = "zh"):
        self.path, self.words = path, words(language)
        self.book = openpyxl.load_workbook(path)

    def sheet(self, key: str) -> Worksheet:
        return self.book[self.words(f"tab_{key}")]

    def frame(self, key: str) -> pd.DataFrame:
        rows = list(self.sheet(key).iter_rows(min_row=HEAD, values_only=True))
        return pd.DataFrame(rows[1:], columns=list(rows[0]), dtype=object)

    def column(self, key: str, head: str) -> list[Any]:
        return [None if pd.isna(v) else v for v in self.frame(key)[self.words(head)]]

    def notes(self, key: str) -> str:
        return str(self.sheet(key).cell(HEAD - 1, 1).value)

    def cells(self) -> Iterator[Any]:
        for sheet in self.book:
            for row in sheet.iter_rows():
                yield from (cell for cell in row if cell.value is not None)

    def xml(self) -> Iterator[str]:
        with zipfile.ZipFile(self.path) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8")


@pytest.fixture(scope="module")
def opened(sample_folder: Path) -> Run:
    return wb.open_run(sample_folder)


@pytest.fixture(scope="module")
def book(sample_folder: Path) -> Book:
    return Book(sample_folder / "evaluation.xlsx")


def test_the_run_folder_holds_it_sealed(sample_folder: Path, tmp_path: Path) -> None:
    assert broken_artefacts(sample_folder) == []
    copy = tmp_path / "copy"
    shutil.copytree(sample_folder, copy)
    changed = openpyxl.load_workbook(copy / "evaluation.xlsx")
    changed.active["A1"] = "another title"
    changed.save(copy / "evaluation.xlsx")
    assert broken_artefacts(copy) == ["evaluation.xlsx was changed"]
    (copy / "evaluation.xlsx").write_bytes(b"PK no archive")
    assert broken_artefacts(copy) == ["evaluation.xlsx was changed"]


def test_equal_runs_give_equal_bytes(
    sample_run: Run, sample_folder: Path, opened: Run, tmp_path: Path
) -> None:
    shipped = (sample_folder / "evaluation.xlsx").read_bytes()
    fresh = write_workbook(sample_run.results, tmp_path / "fresh.xlsx")
    assert fresh.read_bytes() == shipped
    assert opened.report(tmp_path / "opened.xlsx").read_bytes() == shipped


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_are_frozen_filtered_and_repeated(
    opened: Run, tmp_path: Path, language: Language
) -> None:
    book = Book(write_workbook(opened.results, tmp_path / "b.xlsx", language), language)
    names = [book.words(f"tab_{key}") for key in ("summary", *TABLES, "reading")]
    assert book.book.sheetnames == names
    for key in TABLES:
        sheet = book.sheet(key)
        assert sheet.freeze_panes == f"A{HEAD + 1}"
        last = get_column_letter(sheet.max_column)
        assert sheet.auto_filter.ref == f"A{HEAD}:{last}{sheet.max_row}"
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert all(5 < sheet.column_dimensions[get_column_letter(at)].width < 60
                   for at in range(1, sheet.max_column + 1))  # fmt: skip
        heads = [cell.value for cell in sheet[HEAD]]
        assert None not in heads
        assert len(set(heads)) == len(heads)


def test_every_rate_stands_between_its_denominator_and_the_undecided(book: Book) -> None:
    w = book.words
    for key, rate, left, right in (
        ("checks", "rate_failed", "decided", "cannot_tell"),
        ("links", "rate_failed", "decided", "cannot_tell"),
        ("tallies", "rate_failed", "decided", "cannot_tell"),
        ("units", "rate_failed", "decided", "cannot_tell"),
        ("gaps", "share", "gap_due", "gap_subjects"),
        ("scores", "decided_share", "maximum", "manual_points"),
    ):
        heads = list(book.frame(key).columns)
        at = heads.index(w(rate))
        assert (heads[at - 1], heads[at + 1]) == (w(left), w(right))
    systems = [[c.value for c in row] for row in book.sheet("summary").iter_rows()]
    head = next(row for row in systems if row[0] == w("system"))
    at = head.index(w("rate_passed"))
    assert (head[at - 1], head[at + 1]) == (w("decided"), w("cannot_tell"))


def test_counts_are_those_of_the_tallies(book: Book, sample_run: Run) -> None:
    w, expected = book.words, sample_run.tallies
    for key, ids in (("checks", ["check_id"]), ("units", ["check_id", "unit_id"])):
        frame = book.frame(key)
        sums = expected.groupby(ids)[list(COUNTS)].sum()
        sums = sums[sums[["passed", "failed", "cannot_tell", "not_yet_due"]].sum(axis=1) > 0]
        shown = frame[frame[w("passed")].notna()]
        assert len(shown) == len(sums)
        for name in COUNTS:
            by_check = shown.groupby(w("check_id"))[w(name)].sum()
            assert by_check.to_dict() == sums.groupby("check_id")[name].sum().to_dict()
    frame = book.frame("tallies")
    for name in COUNTS[:4]:
        assert frame[w(name)].sum() == expected[name].sum()
    decided = frame[w("passed")] + frame[w("failed")]
    assert (frame[w("decided")] == decided).all()
    rates = frame[w("rate_failed")]
    assert (rates.notna() == (decided > 0)).all()
    shares = (frame[w("failed")] / decided.where(decided > 0)).dropna()
    assert rates.dropna().tolist() == pytest.approx(shares.tolist())
    # Too many months: they are added up, and the sheet says where they stand.
    assert frame[w("month")].isna().all()
    assert "tallies.parquet" in book.notes("tallies")


def test_months_are_told_where_they_fit(tmp_path: Path) -> None:
    run = wb.evaluate(
        wb.load(ROOT / "sample_data" / "hrss"), "2026-06-30", "2026-05-01..2026-06-30"
    )
    book = Book(write_workbook(run.results, tmp_path / "b.xlsx", "en"), "en")
    frame = book.frame("tallies")
    months = {f"{month:%Y-%m}" for month in frame[book.words("month")].dropna()}
    its = run.tallies[run.tallies[list(COUNTS[:4])].sum(axis=1) > 0]
    assert months == set(its["month"].dropna())
    assert frame[book.words("failed")].sum() == run.tallies["failed"].sum()


def test_units_have_intervals_where_enough_is_decided(book: Book, sample_run: Run) -> None:
    w, frame = book.words, book.frame("units")
    names = sample_run.results.names
    cells = sample_run.weak_links.query("family == 'unit'")
    links = {(r.check_id, names[r.unit_id]): r for r in cells.itertuples()}
    few = 0
    for row in frame.to_dict("records"):
        link = links.get((row[w("check_id")], row[w("unit")]))
        decided = row[w("decided")]
        assert decided == (link.n if link else 0)
        if decided < MINIMUM_DECIDED:
            few += 1
            assert row[w("remark")] == w("too_few")
            assert all(pd.isna(row[w(name)]) for name in ("rate_failed", "low", "high"))
        else:
            shown = [row[w(name)] for name in ("failed", "rate_failed", "low", "high")]
            assert shown == pytest.approx([link.failed, link.rate, link.low, link.high])
    assert few
    assert len({k for k, r in links.items() if r.n >= MINIMUM_DECIDED}) == len(frame) - few


def test_findings_are_those_of_the_run(book: Book, sample_run: Run) -> None:
    w, frame, found = book.words, book.frame("findings"), sample_run.findings
    assert len(frame) == len(found)
    assert (
        frame.groupby(w("check_id")).size().to_dict() == found.groupby("check_id").size().to_dict()
    )
    shown = sorted(zip(frame[w("check_id")], frame[w("subject")], strict=True))
    subjects = found["case_id"].fillna(found["subject_id"])
    assert shown == sorted(zip(found["check_id"], subjects, strict=True))
    assert sum(v == w("true") for v in frame[w("veto_candidate")]) == found["veto_candidate"].sum()
    # Late and never done are told apart.
    waiting = sample_run.deadlines.query("state == 'overdue'")["subject_id"]
    timed = [c for c, about in sample_run.results.checks["checks"].items()
             if about["facts"].get("observed", "").endswith("_elapsed")]  # fmt: skip
    never = found[found["check_id"].isin(timed) & found["subject_id"].isin(waiting)]
    words = {"zh": "至今未办", "en": "not done yet"}[w.language]
    said = frame[w("observed")].astype(str).str.contains(words).sum()
    assert 0 < said <= len(never)
    grades = [w(g) for g in ("veto", "major", "minor", "advisory")]
    rest = frame[frame[w("veto_candidate")].isna()]
    places = [grades.index(g) for g in rest[w("grade")]]
    assert places == sorted(places)
    due = {v.date() for v in frame[w("due")].dropna()}
    assert due == set(found["due_on"].dropna())


def test_what_does_not_fit_is_counted(
    opened: Run, sample_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_FINDINGS", "MOST_DEADLINES", "MOST_SCORES"):
        monkeypatch.setattr(lists, name, 30)
    monkeypatch.setattr(tables, "MOST_TALLIES", 2000)
    book = Book(write_workbook(opened.results, tmp_path / "b.xlsx", "en"), "en")
    for key, file in (("findings", "findings"), ("deadlines", "deadlines"), ("scores", "scores")):
        total = len(getattr(sample_run, file))
        assert len(book.frame(key)) == 30
        note = f"The first 30 of {total:,} rows; the other {total - 30:,} are left out here"
        assert note in book.notes(key)
        assert f"{file}.parquet" in book.notes(key)
    # Too many months: they are added up, and nothing is lost.
    frame = book.frame("tallies")
    assert len(frame) < 2000
    assert frame[book.words("month")].isna().all()
    assert frame[book.words("failed")].sum() == sample_run.tallies["failed"].sum()
    assert "tallies.parquet" in book.notes("tallies")
    # The worst ones stay: overdue deadlines first, most points lost first.
    assert set(book.column("deadlines", "state")) == {book.words("overdue")}
    lost = sample_run.scores["auto_attainable"] - sample_run.scores["auto_points"]
    frame = book.frame("scores")
    shown = frame[book.words("attainable")] - frame[book.words("points")]
    assert max(shown) == pytest.approx(float(lost.dropna().max()))


def test_nothing_is_said_to_be_left_out_of_a_whole_table(book: Book) -> None:
    sign = book.words("left_out", total=0, shown=0, left=0, file="x").split("0")[1][:6]
    assert not any(sign in book.notes(key) for key in TABLES)


def test_scores_have_no_total_before_people_rated(book: Book, sample_run: Run) -> None:
    assert set(book.column("scores", "total")) == set(book.column("scores", "band")) == {None}
    assert len(book.frame("scores")) == len(sample_run.scores)
    spoken = [v for v in book.column("scores", "points_of") if v]
    assert all(re.fullmatch(r"[\d.]+ / [\d.]+", v) for v in spoken)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The sample with hostile texts as ids and as names of units."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "sample_data" / "hrss", folder, dirs_exist_ok=True)
    with (folder / "units.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row, text in zip(rows, HOSTILE, strict=False):
        row["name"] = text
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return wb.evaluate(wb.load(folder), as_of="2026-06-30")


def test_no_text_becomes_a_formula(hostile: Run, tmp_path: Path) -> None:
    results = hostile.results
    checks = {**results.checks["checks"]}
    for check, text in zip(checks, HOSTILE * 2, strict=False):
        checks[check] = {**checks[check], "title": {"zh": text, "en": text}, "clause": text,
                         "remedy": {"zh": text, "en": text}}  # fmt: skip
    manifest = {**results.manifest, "profile": {"=1+1": "@SUM(A1)"}}
    manifest["pack"] = {**manifest["pack"], "title": {"zh": "=1+1", "en": "=1+1 & <b>"}}
    manifest["inputs"] = [{**i, "path": "=cmd|' /C calc'!A0"} for i in manifest["inputs"]]
    evil = Results(results.engine, manifest, {**results.checks, "checks": checks})
    book = Book(write_workbook(evil, tmp_path / "b.xlsx"))
    assert not any(re.search(r"<f[ >/]", xml) for xml in book.xml())
    starts = [c for c in book.cells() if str(c.value).startswith(("=", "+", "-", "@", "\t"))]
    assert {"=1+1 · 案卷评查报告", "@SUM(A1)", "-2+3", "+1"} <= {str(c.value) for c in starts}
    texts = [c for c in starts if not isinstance(c.value, int | float)]
    assert {c.data_type for c in texts} == {"s"}
    assert all(c.style.quotePrefix if hasattr(c.style, "quotePrefix") else c.quotePrefix
               for c in texts)  # fmt: skip
    seen = {c.value for c in book.cells()}
    assert {"<b>x</b>", "<r><t>x</t></r> ", "http://example.org", "00123", "abc"} <= seen
    assert not any(c.hyperlink and c.hyperlink.target for c in book.cells())


def test_heads_are_texts_too(opened: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Words.__call__

    def evil(self: Words, key: str, **values: object) -> str:
        return "=1+1 & <" if key in ("check", "note_checks") else real(self, key, **values)

    monkeypatch.setattr(Words, "__call__", evil)
    book = Book(write_workbook(opened.results, tmp_path / "b.xlsx"))
    head, note = book.sheet("checks").cell(HEAD, 1), book.sheet("checks").cell(HEAD - 1, 1)
    assert [(c.value, c.data_type, c.quotePrefix) for c in (head, note)] == [
        ("=1+1 & <", "s", True)
    ] * 2
    assert not any(re.search(r"<f[ >/]", xml) for xml in book.xml())


@pytest.mark.parametrize(
    "text", ["a\x00b", "x\x0by", "\ud800z", "\uffff", "甲" * 40_000, "𠀀" * 40_000]
)
def test_a_text_fits_a_cell(text: str) -> None:
    cut = as_text(text)
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\uffff]", cut)


def test_days_count_as_excel_counts_them() -> None:
    from openpyxl.utils.datetime import from_excel

    for day in (date(1900, 3, 1), date(2000, 2, 29), date(2026, 6, 30), date(9999, 12, 31)):
        assert from_excel(day_number(day)).date() == day
    assert day_number(date(1900, 1, 1)) == 1
    assert day_number(date(206, 6, 3)) is None


def test_leadership_reads_no_personal_value(opened: Run, tmp_path: Path) -> None:
    results, check = opened.results, str(opened.findings["check_id"].iloc[0])
    about = results.checks["checks"][check]
    fact = about["facts"]["observed"]
    facts = {**results.checks["facts"], about["asset"]: {fact: "personal"}}
    personal = Results(results.engine, results.manifest, {**results.checks, "facts": facts})
    for role, withheld in ((Role.leadership, True), (Role.supervisor, False)):
        book = Book(write_workbook(personal, tmp_path / f"{role.value}.xlsx", role=role))
        frame = book.frame("findings")
        its = frame[frame[book.words("check_id")] == check][book.words("observed")]
        assert len(its)
        assert (its == WITHHELD["zh"]).all() == withheld


def test_leadership_reads_no_personal_day(opened: Run, tmp_path: Path) -> None:
    results, clock = opened.results, str(opened.deadlines["clock"].iloc[0])
    about = results.checks["clocks"][clock]
    facts = {about["asset"]: {about["facts"]["done_on"]: "personal"}}
    personal = Results(results.engine, results.manifest, {**results.checks, "facts": facts})
    book = Book(write_workbook(personal, tmp_path / "b.xlsx"))
    frame, w = book.frame("deadlines"), book.words
    its = frame[frame[w("clock")] == about["title"]["zh"]]
    done = opened.deadlines.query("clock == @clock")["done_on"].notna().sum()
    assert (its[w("done_on")] == WITHHELD["zh"]).sum() == done > 0
    assert its[w("due")].map(lambda v: isinstance(v, datetime)).all()


def test_both_languages_are_complete() -> None:
    texts = yaml.safe_load(tables.WORDS.read_text("utf-8"))
    for key, text in texts.items():
        assert set(text) == set(LANGUAGES), key
        fields = [re.findall(r"{(\w+)}", text[x]) for x in LANGUAGES]
        assert sorted(fields[0]) == sorted(fields[1]), key
        assert not re.search("[\u4e00-\u9fff]", text["en"]), key
    code = "".join(p.read_text("utf-8") for p in tables.WORDS.parent.glob("workbook*.py"))
    spoken = {k for k in texts if not k.startswith(("tab_", "title_", "about_"))}
    assert {k for k in spoken if f'"{k}"' not in code} == set()


def test_english_has_english_heads(opened: Run, tmp_path: Path) -> None:
    book = Book(write_workbook(opened.results, tmp_path / "b.xlsx", "en"), "en")
    for key in TABLES:
        told = [str(c.value) for c in book.sheet(key)[HEAD]] + [book.notes(key)]
        assert not any(re.search("[\u4e00-\u9fff]", text) for text in told)


def test_another_pack(tmp_path: Path) -> None:
    source = ROOT / "sample_data" / "us_fda"
    run = wb.evaluate(wb.load(source, pack=ROOT / "expectations" / "us_fda"))
    folder = run.save(tmp_path / "out")
    book = Book(folder / "evaluation.xlsx", "en")
    assert broken_artefacts(folder) == []
    assert len(book.frame("findings")) == len(run.findings)
    assert len(book.frame("checks")) == len(run.results.checks["checks"])


def test_a_run_without_any_case(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("case_id,organ_id,unit_id,kind\n", "utf-8")
    run = wb.evaluate(wb.load(tmp_path), as_of="2026-06-30")
    book = Book(write_workbook(run.results, tmp_path / "b.xlsx"))
    assert len(book.frame("findings")) == 0
    assert book.sheet("findings").auto_filter.ref.startswith(f"A{HEAD}:")
    assert book.words("no_findings") in book.notes("findings")
    assert set(book.column("gaps", "gap")) == {book.words("gap_untested")}


def call(*arguments: object) -> Any:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert "Traceback" not in result.output
    return result


def test_the_command_writes_either_kind(sample_folder: Path, tmp_path: Path) -> None:
    for name, start in (("a.xlsx", b"PK"), ("a.html", b"<!doctype html>")):
        target = tmp_path / name
        target.write_text("what was there before")
        result = call("report", sample_folder.parent, "--to", target, "--lang", "en")
        assert (result.exit_code, result.output.strip()) == (0, str(target))
        assert target.read_bytes().lstrip().startswith(start)
    assert "Findings" in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "a.xlsx"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.docx", "Word"), ("a.pdf", "FILE.html or FILE.xlsx"), ("none/a.xlsx", "no folder")],
)
def test_what_cannot_be_written_is_a_sentence(
    sample_folder: Path, tmp_path: Path, name: str, words: str
) -> None:
    result = call("report", sample_folder, "--to", tmp_path / name)
    assert result.exit_code == 2
    assert words in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_run_folder_is_never_written_into(sample_folder: Path, opened: Run) -> None:
    with pytest.raises(UsageError, match="a run never changes"):
        opened.report(sample_folder / "evaluation.xlsx", "en")
    with pytest.raises(UsageError, match="a run never changes"):
        opened.report(sample_folder / "facts" / "new.html")
    assert broken_artefacts(sample_folder) == []
