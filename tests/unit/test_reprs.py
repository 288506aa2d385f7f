"""What objects show of themselves: the numbers of the tables, two languages, nothing unescaped."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from scipy.stats import binomtest

import workbench as wb
from workbench import display, texts
from workbench.display import count, percent
from workbench.loading import LoadReport
from workbench.loading.page import REASONS_SHOWN, TABLES_SHOWN
from workbench.reports.check_page import UNITS_SHOWN
from workbench.reports.check_record import CheckRecord
from workbench.reports.results import Results
from workbench.reports.run_page import findings_by_grade
from workbench.run import LoadedFiles, Run
from workbench.terms import UsageError

ROOT = Path(__file__).parents[2]
LANGUAGES = ("zh", "en")
ATTACK = "<script>alert(1)</script>"
CHINESE = re.compile("[\u4e00-\u9fff]")
MOST_LINES = 60  # of text, in one object, with the tables that are folded away


class Seen(HTMLParser):
    """Tags and text of a fragment, without its style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.style = False

    def handle_data(self, data: str) -> None:
        if not self.style and data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(self.texts)


@pytest.fixture(autouse=True)
def no_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody has asked for a language before a test, nor after it."""
    monkeypatch.delenv(texts.VARIABLE, raising=False)
    yield
    wb.language(None)


@pytest.fixture(scope="module")
def sample() -> LoadedFiles:
    return wb.load(ROOT / "sample_data" / "hrss")


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> LoadedFiles:
    """Case files with everything that can be wrong, in a folder with a hostile name."""
    folder = tmp_path_factory.mktemp("dirty") / "<i>files"
    folder.mkdir()
    (folder / "cases.csv").write_text(
        f"case_id,kind,decided_on,{ATTACK}\n"
        "1,penalty,2026-01-05,x\n1,penalty,2026-01-05,x\n,penalty,2026-01-05,x\n"
        "2,permit,2026-13-40,x\n3,王某某的电话,2026-02-01,x\n4,penalty,2026-02-03,x\n",
        "utf-8",
    )
    (folder / "services.csv").write_text("service_id,case_id\n", "utf-8")
    (folder / "documents.csv").write_text("document_id,case_id\n1,none-of-ours\n", "utf-8")
    return wb.load(folder)


def everything(sample: LoadedFiles, run: Run) -> list[Any]:
    entry = {"type": "expect_column_values_to_be_between",
             "kwargs": {"column": "penalty_disclosure_elapsed", "max_value": 5}}  # fmt: skip
    checks = [run.check(check) for check in run.checks["check_id"]]
    return [sample, sample.files, sample.report, run, *checks, run.try_check(entry)]


# --------------------------------------------------------------------------------- all of them


def test_each_is_a_small_card_in_two_languages(sample: LoadedFiles, sample_run: Run) -> None:
    for thing in everything(sample, sample_run):
        for language in LANGUAGES:
            html = thing.html(language)
            assert html.startswith(f'<div class="wb wb-card" lang="{language}">'), thing
            seen = Seen(html)
            assert len([t for t in seen.tags if t in ("tr", "p", "dt", "header")]) <= MOST_LINES
            assert len(html) < 30_000
            assert "{" not in seen.text  # a word whose place was not filled
            assert "None" not in seen.text
            assert not re.search(r"\bnan\b", seen.text)
        assert len(repr(thing)) < 200
        assert "\n" not in repr(thing)


def test_words_are_complete_and_english_is_english(sample: LoadedFiles, sample_run: Run) -> None:
    book = yaml.safe_load(
        (ROOT / "workbench" / "reports" / "notebook_words.yaml").read_text("utf-8")
    )
    for key, words in book.items():
        assert set(words) == set(LANGUAGES), key
        assert CHINESE.search(words["zh"]) or key == "grade_of", key
        assert not CHINESE.search(words["en"]), key
        assert (
            re.findall(r"{(\w+)}", words["zh"]).sort() == re.findall(r"{(\w+)}", words["en"]).sort()
        ), key
    english = Seen(sample.html("en") + sample.report.html("en")).text
    assert not CHINESE.search(english)


def test_the_words_are_used(sample_run: Run) -> None:
    """No word of the book is left over."""
    book = yaml.safe_load(
        (ROOT / "workbench" / "reports" / "notebook_words.yaml").read_text("utf-8")
    )
    code = "".join(p.read_text("utf-8") for p in (ROOT / "workbench" / "reports").glob("*_page.py"))
    assert [key for key in book if not re.search(f"[\"']{key}[\"']", code)] == []


def test_styles_stay_inside_the_card() -> None:
    rules = re.sub(r"/\*.*?\*/", "", display.style(), flags=re.S)
    selectors = [s.strip() for block in rules.split("}") for s in block.split("{")[0].split(",")]
    assert all(s.startswith((".wb", "@")) for s in selectors if s)
    assert "</" not in rules


# --------------------------------------------------------------------------------- the language


def test_language_of_pack_then_system_then_choice(
    sample: LoadedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'lang="zh"' in sample._repr_html_()
    monkeypatch.setenv(texts.VARIABLE, "en")
    assert 'lang="en"' in sample._repr_html_()
    assert 'lang="en"' in sample.report._repr_html_()
    wb.language("zh")
    assert 'lang="zh"' in sample._repr_html_()
    assert 'lang="en"' in sample.html("en")
    wb.language(None)
    assert 'lang="en"' in sample._repr_html_()


def test_other_languages_are_refused(sample: LoadedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    for asking in (lambda: wb.language("fr"), lambda: sample.html("ZH")):
        with pytest.raises(UsageError, match="'zh' or 'en'"):
            asking()
    monkeypatch.setenv(texts.VARIABLE, "de")
    with pytest.raises(UsageError, match="WORKBENCH_LANG='de'"):
        sample._repr_html_()


def test_a_notebook_shows_the_sentence_of_a_mistake(sample_run: Run) -> None:
    with pytest.raises(UsageError) as caught:
        sample_run.check("after-penalty-published")
    assert caught.value._render_traceback_() == [
        "workbench: no check 'after-penalty-published'; did you mean 'after-penalty-published-7wd'?"
    ]


# --------------------------------------------------------------------------------- loading


def test_case_files_count_every_table(sample: LoadedFiles) -> None:
    seen = Seen(sample.html("en"))
    folder = ROOT / "sample_data" / "hrss"
    read = {t: pd.read_csv(folder / f"{t}.csv", dtype=str) for t in sample.files.delivered}
    filled = {table: rows for table, rows in read.items() if len(rows)}
    for table, rows in filled.items():
        at = seen.texts.index(table)
        assert seen.texts[at + 1 : at + 5] == [count(len(rows)), count(len(rows)), "0", "0"]
    more = len(filled) - TABLES_SHOWN
    assert f"{more} more tables" in seen.text


def test_what_is_not_delivered_is_told_from_what_is_empty(dirty: LoadedFiles) -> None:
    seen = Seen(dirty.html("en"))
    lines = {line.split(":")[0].split(" (")[0]: line for line in seen.texts if ": " in line}
    titles = {name: table.title["en"] for name, table in dirty.pack.schema.tables.items()}
    assert lines["Delivered and empty"] == f"Delivered and empty: {titles['services']}"
    assert lines["Delivered, and no row of it can be used"].endswith(titles["documents"])
    assert "more" in lines["Not delivered"]
    assert titles["services"] not in lines["Not delivered"].split(": ")[1].split(", ")


def test_the_load_report_says_reasons_and_places_and_no_value(dirty: LoadedFiles) -> None:
    report = dirty.report
    assert sum(c.refused for c in report.counts) == report.refused > 0
    for language in LANGUAGES:
        text = Seen(report.html(language)).text
        for value in ("2026-13-40", "王某某", "none-of-ours", "alert(1)</"):
            assert value not in text.replace(ATTACK, "")
        assert "cases.csv" in text
    english = Seen(report.html("en"))
    totals = {k: sum(getattr(c, k) for c in report.counts) for k in ("read", "used", "refused")}
    equation = "{read} rows read = {used} used + {refused} refused".format(**totals)
    assert equation in english.text
    rows = report.rows.to_pandas()
    bad_day = rows[rows["reason_code"] == "not_a_date"].iloc[0]
    at = english.texts.index("no date")
    assert english.texts[at + 1 : at + 3] == [
        "1",
        f"cases.csv, row {bad_day['row']:.0f}, decided_on",
    ]


def test_long_reports_are_cut_and_say_so(dirty: LoadedFiles) -> None:
    table = dirty.report.rows
    many = pd.concat(
        [table.to_pandas().assign(column=f"column_{n}") for n in range(50)], ignore_index=True
    )
    import pyarrow as pa

    rows = pa.Table.from_pandas(many, table.schema, preserve_index=False)
    report = LoadReport(dirty.report.counts, rows)
    seen = Seen(report.html("en"))
    reasons = len(many.groupby(["table_name", "action", "reason_code", "column"], dropna=False))
    assert seen.tags.count("tr") == REASONS_SHOWN + 1
    assert f"the first {REASONS_SHOWN} of {reasons} rows" in seen.text


# --------------------------------------------------------------------------------- a run


def test_a_run_shows_its_rates_with_their_denominators(sample_run: Run) -> None:
    seen, tallies = Seen(sample_run.html("en")), sample_run.tallies
    sums = tallies.groupby("check_id")[["passed", "failed", "not_yet_due"]].sum()
    for system in sample_run.results.checks["systems"]:
        its = sums.loc[system["headline"]]
        decided = its["passed"] + its["failed"]
        at = seen.texts.index(system["title"]["en"])
        shown = [percent(its["passed"] / decided), f"{count(its['passed'])} / {count(decided)}"]
        assert seen.texts[at + 2 : at + 4] == shown


def test_findings_by_grade_add_up(sample_run: Run) -> None:
    findings, grades = sample_run.findings, findings_by_grade(sample_run.results)
    assert sum(grades.values()) == len(findings)
    assert grades["veto"] == findings["veto_candidate"].sum()
    seen = Seen(sample_run.html("en")).text
    assert f"veto candidate: {grades['veto']} major: {grades['major']}" in seen
    deadlines = sample_run.deadlines
    soon = deadlines[(deadlines["state"] == "open") & deadlines["days_left"].between(0, 7)]
    overdue = (deadlines["state"] == "overdue").sum()
    assert f"{len(soon)} due within 7 days · {overdue} overdue" in seen


def test_an_opened_run_shows_the_same_and_is_saved(sample_run: Run, sample_folder: Path) -> None:
    opened = wb.open_run(sample_folder)
    save = 'run.save("out")'
    assert save in Seen(sample_run.html("en")).text
    assert save not in Seen(opened.html("en")).text
    ours, theirs = (Seen(run.html("zh")).texts for run in (sample_run, opened))
    assert theirs == [t for t in ours if t not in (save, "存盘：封存的结果、报告")]
    pd.testing.assert_frame_equal(opened.checks, sample_run.checks)
    pd.testing.assert_frame_equal(opened.worst_cases, sample_run.worst_cases)


def test_what_it_suggests_works(sample_run: Run) -> None:
    calls = [t for t in Seen(sample_run.html("zh")).texts if t.startswith("run.")]
    assert len(calls) == 6
    for call in calls[:-1]:
        assert eval(call, {"run": sample_run}) is not None


def test_a_pack_without_systems_shows_the_checks_that_failed_most(sample_run: Run) -> None:
    described = {**sample_run.results.checks, "systems": []}
    run = Run(replace(sample_run.results, checks=described))
    seen = Seen(run.html("en"))
    most = sample_run.findings["check_id"].value_counts().idxmax()
    assert "This pack names no systems" in seen.text
    assert described["checks"][most]["title"]["en"] in seen.texts


# --------------------------------------------------------------------------------- a check


def test_checks_lists_all_of_them(sample_run: Run) -> None:
    frame = sample_run.checks.set_index("check_id")
    assert set(frame.index) == set(sample_run.results.checks["checks"])
    failed = sample_run.findings["check_id"].value_counts()
    assert frame["failed"].to_dict() == failed.reindex(frame.index, fill_value=0).to_dict()
    assert ((frame["failed"] + frame["passed"]) == frame["decided"]).all()
    assert (frame["rate"] - frame["failed"] / frame["decided"]).abs().max() < 1e-12
    wb.language("en")
    assert not any(CHINESE.search(title) for title in sample_run.checks["title"])


def test_a_check_by_unit_and_by_month_adds_up(sample_run: Run) -> None:
    facts, outcomes = sample_run.facts(), sample_run.outcomes()
    for record in map(sample_run.check, outcomes.columns[1:]):
        codes = outcomes.set_index("subject_id")[record.id]
        assert record.counts["failed"] == (codes == 2).sum() == len(record.findings)
        by_unit = record.by_unit.set_index("unit_id")
        units = facts.set_index("subject_id")["unit_id"]
        expected = codes.eq(2).groupby(units).sum()
        assert by_unit["failed"].to_dict() == expected.to_dict()
        assert record.by_month["failed"].sum() == record.counts["failed"]
        assert (by_unit["unit"] != by_unit.index).all()
        for row in by_unit[by_unit["decided"] > 0].itertuples():
            exact = binomtest(row.failed, row.decided).proportion_ci(0.95, "exact")
            assert (row.low, row.high) == pytest.approx((exact.low, exact.high))


def test_a_check_shows_its_units_without_a_ranking(sample_run: Run) -> None:
    record = sample_run.check("after-penalty-published-7wd")
    seen = Seen(record.html("en"))
    worst = record.by_unit.sort_values("failed").iloc[-1]
    at = seen.texts.index(worst["unit"])
    interval = f"{percent(worst['low'])} – {percent(worst['high'])}"
    figures = [f"{worst['failed']} / {worst['decided']}", percent(worst["rate"]), interval]
    assert seen.texts[at + 1 : at + 4] == figures
    failing = (record.by_unit["failed"] > 0).sum()
    assert f"{UNITS_SHOWN} of {failing} units" in seen.text
    assert "no ranking" in seen.text
    few = sample_run.check("after-withdrawn-3wd").html("en")
    assert "too few" in few


def test_what_is_not_verified_says_so(sample_run: Run) -> None:
    frame = sample_run.checks
    for row in frame.itertuples():
        assert ("条款待核对" in sample_run.check(row.check_id).html("zh")) is not row.verified


def test_an_untested_check_says_what_is_missing(sample_run: Run) -> None:
    manifest = {**sample_run.manifest, "untested": {"av-metadata-five": ["recordings"]}}
    run = Run(replace(sample_run.results, manifest=manifest))
    record = run.check("av-metadata-five")
    title = sample_run.results.checks["labels"]["recordings"]["title"]
    for language in LANGUAGES:
        assert title[language] in Seen(record.html(language)).text
    assert "untested" in repr(record)
    assert not run.checks.set_index("check_id").loc[record.id, "tested"]


def test_a_check_of_the_pack_reads_as_a_sentence(sample: LoadedFiles) -> None:
    text = repr(sample.pack.checks["after-annual-report-jan15"])
    assert text.startswith("Check(after-annual-report-jan15, advisory, clause not verified")


# --------------------------------------------------------------------------------- hostile texts


def hostile(run: Run) -> Run:
    """The same run, where every text that can come from outside attacks."""
    results = run.results
    described = copy.deepcopy(dict(results.checks))
    for about in described["checks"].values():
        about.update(title=dict.fromkeys(LANGUAGES, ATTACK), rule=ATTACK, clause=ATTACK,
                     remedy=dict.fromkeys(LANGUAGES, ATTACK),
                     duty=dict.fromkeys(LANGUAGES, ATTACK))  # fmt: skip
    for system in described["systems"]:
        system["title"] = dict.fromkeys(LANGUAGES, ATTACK)
    manifest = copy.deepcopy(dict(results.manifest))
    manifest["pack"]["title"] = dict.fromkeys(LANGUAGES, ATTACK)
    return Run(HostileNames(results.engine, manifest, described))


class HostileNames(Results):
    """Units are called by an attack."""

    @property
    def names(self) -> dict[str, str]:
        return dict.fromkeys(super().names, ATTACK)


def test_nothing_from_outside_becomes_a_tag(sample_run: Run, dirty: LoadedFiles) -> None:
    run = hostile(sample_run)
    entry = {"type": "expect_column_values_to_be_in_set",
             "kwargs": {"column": "kind", "value_set": [ATTACK]}}  # fmt: skip
    things = [run, run.check("after-penalty-published-7wd"), run.try_check(entry), dirty,
              dirty.report]  # fmt: skip
    for thing in things:
        for language in LANGUAGES:
            seen = Seen(thing.html(language))
            assert "script" not in seen.tags
            assert "i" not in seen.tags
            assert ATTACK in seen.text or "<i>" in seen.text


def test_a_hostile_case_id_is_shown_as_text(tmp_path: Path) -> None:
    tables = {
        "cases": [["case_id", "organ_id", "unit_id", "kind", "procedure", "decided_on",
                   "closed_on", "archived_on"],
                  [ATTACK, "o1", "u1", "penalty", "ordinary", "2026-01-05", "2026-02-05",
                   "2026-03-05"]],
        "units": [["unit_id", "organ_id", "name"], ["u1", "o1", ATTACK]],
        "documents": [["document_id", "case_id", "kind"]],
    }  # fmt: skip
    for name, rows in tables.items():
        pd.DataFrame(rows[1:], columns=rows[0]).to_csv(tmp_path / f"{name}.csv", index=False)
    run = wb.evaluate(wb.load(tmp_path), as_of="2026-06-30")
    assert list(run.worst_cases["case_id"]) == [ATTACK]
    things: list[Run | CheckRecord] = [run, run.check(run.findings["check_id"].iloc[0])]
    for thing in things:
        seen = Seen(thing.html("zh"))
        assert "script" not in seen.tags
        assert ATTACK in seen.text
