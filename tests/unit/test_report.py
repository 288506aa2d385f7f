"""The report: one file in two languages, its numbers those of the run, nothing of it a tag."""

from __future__ import annotations

import csv
import re
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

import workbench as wb
from workbench.reports import report_charts as charts
from workbench.reports.html import render_report
from workbench.reports.report_data import Month
from workbench.reports.report_words import LANGUAGES, LINK_WORDS, REPORT_WORDS, SECTIONS
from workbench.reports.results import Results
from workbench.reports.summary import summarise
from workbench.run import Run
from workbench.synthesis import synthesize

ROOT = Path(__file__).parents[2]
REPORTS = ROOT / "workbench" / "reports"
VOID = {"meta", "input", "br", "hr"}
EVIL = "<script>alert(1)</script>"


class Document(HTMLParser):
    """What a browser would see: balanced tags, ids, attributes, and tables as rows of texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[tuple[str, str, list[list[str]]]] = []
        self.language = ""
        self.texts = {"zh": "", "en": "", "": ""}
        self.feed(html)
        self.close()
        assert self.open == []

    @property
    def ids(self) -> list[str]:
        return [str(a["id"]) for _, a in self.tags if "id" in a]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "main":
            self.language = str(given["lang"])[:2]
        elif tag == "table":
            self.tables.append((self.language, str(given.get("class", "")), []))
        elif tag == "tr":
            self.tables[-1][2].append([])
        elif tag in ("td", "th"):
            self.tables[-1][2][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "main":
            self.language = ""

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.texts[self.language] += data
        if self.open and ("td" in self.open or "th" in self.open):
            self.tables[-1][2][-1][-1] += data

    def rows(self, language: str, kind: str) -> list[list[str]]:
        """All rows of the tables of one kind, white space made plain."""
        return [
            [" ".join(cell.split()) for cell in row]
            for lang, classes, rows in self.tables
            if lang == language and kind in classes.split()
            for row in rows
        ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("cases")
    synthesize(ROOT / "expectations" / "hrss", target, 200, 5)
    return target


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return wb.evaluate(wb.load(folder), as_of="2026-06-30")


@pytest.fixture(scope="module")
def html(run: Run) -> str:
    return render_report(run.results)


@pytest.fixture(scope="module")
def page(html: str) -> Document:
    return Document(html)


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Two cases of a unit with a hostile name; everything else was never delivered."""
    target = tmp_path_factory.mktemp("poor")
    tables = {
        "organs": [{"organ_id": "99", "name": f"局{EVIL}"}],
        "units": [{"unit_id": "99-J", "organ_id": "99", "name": EVIL}],
        "cases": [
            {"case_id": f"1{EVIL}", "organ_id": "99", "unit_id": "99-J", "kind": "penalty",
             "procedure": "ordinary", "clock": "labour", "filed_on": "2025-01-06",
             "investigated_on": "2025-12-01", "decided_on": "2025-12-02", "result": "penalised"},
            {"case_id": "2", "organ_id": "99", "unit_id": "99-J", "kind": "penalty",
             "procedure": "ordinary", "clock": "labour", "filed_on": f"kein Tag {EVIL}",
             "investigated_on": "", "decided_on": "2025-12-02", "result": "penalised"},
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return wb.evaluate(wb.load(target), as_of="2026-06-30")


def test_it_is_one_file_that_asks_for_nothing(html: str, page: Document) -> None:
    assert "http://" not in html
    assert "https://" not in html
    assert {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object"} == set()
    assert set(re.findall(r"url\([^)]*\)", html)) == {"url(#hatch)"}
    assert "@import" not in html
    handlers = [name for _, given in page.tags for name in given if name.startswith("on")]
    assert handlers == []


def test_both_languages_are_whole_and_the_packs_is_shown(page: Document) -> None:
    assert len(page.ids) == len(set(page.ids))
    for language in LANGUAGES:
        assert {f"{language}-{section}" for section in (*SECTIONS, "cover")} <= set(page.ids)
    switches = {str(a["id"]): "checked" in a for tag, a in page.tags if tag == "input"}
    assert switches == {"show-zh": True, "show-en": False}
    targets = {str(a["href"]) for tag, a in page.tags if tag == "a"}
    assert {target.removeprefix("#") for target in targets} <= set(page.ids)
    kinds = [[kind for lang, kind, _ in page.tables if lang == each] for each in LANGUAGES]
    assert kinds[0] == kinds[1]


def test_every_text_has_both_languages_and_the_same_blanks() -> None:
    books = [yaml.safe_load(path.read_text("utf-8")) for path in (REPORT_WORDS, LINK_WORDS)]
    assert set(books[0]) & set(books[1]) == set()
    for key, text in {**books[0], **books[1]}.items():
        assert set(text) == set(LANGUAGES), key
        blanks = [{f for _, f, _, _ in string.Formatter().parse(text[each]) if f} for each in text]
        # Chinese counts with a measure word that English does not need.
        assert blanks[0] - {"noun"} == blanks[1] - {"noun"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_counts_are_those_of_the_run(run: Run, page: Document, language: str) -> None:
    counts = run.tallies.groupby("check_id").sum(numeric_only=True)
    shown = {row[0]: row[2:] for row in page.rows(language, "checks") if len(row) == 7}
    assert len(shown) == len(counts) + 1  # and the heads
    for check, row in counts.iterrows():
        title = run.results.title(str(check), language)
        cells = next(cells for text, cells in shown.items() if text.startswith(title + " "))
        decided = int(row.passed + row.failed)
        rate = f"{row.failed / decided:.1%}" if decided else "—"
        assert cells == [f"{row.failed:,.0f} / {decided:,}", rate, f"{row.cannot_tell:,.0f}",
                         f"{row.not_yet_due:,.0f}", f"{row.not_applicable:,.0f}"]  # fmt: skip


def test_rates_of_the_systems_stand_with_their_denominators(run: Run, page: Document) -> None:
    counts = run.tallies.groupby("check_id").sum(numeric_only=True)
    for system in run.results.checks["systems"]:
        row = counts.loc[system["headline"]]
        decided = int(row.passed + row.failed)
        text = f"{row.passed / decided:.1%}符合率 {row.passed:.0f} / {decided}"
        assert text in "".join(page.texts["zh"].split("\n"))


def test_figures_and_deadlines_are_those_of_the_run(run: Run, page: Document) -> None:
    findings, deadlines = run.findings, run.deadlines
    assert f"问题{len(findings):,}涉及案件" in page.texts["zh"].replace("\n", "")
    overdue = deadlines[deadlines.state == "overdue"]
    assert f"Overdue: {len(overdue):,}" in page.texts["en"]
    soon = deadlines[(deadlines.state == "open") & deadlines.days_left.between(0, 7)]
    assert f"七日内到期：{len(soon)} 项" in page.texts["zh"]


def test_units_with_few_decided_are_never_ranked(run: Run, page: Document) -> None:
    links = run.weak_links
    assert (links.n < 5).any()
    assert all(link["n"] >= 5 for link in summarise(run.results).worst_links)
    circles = sum(tag == "circle" and a.get("class") == "estimate" for tag, a in page.tags)
    drawn = links[links.n >= 5].groupby("check_id").failed.agg(["sum", "size"])
    assert 0 < circles <= 2 * drawn[drawn["sum"] > 0]["size"].sum()
    assert "which differences chance does not explain" in page.texts["en"]


def test_no_person_is_named(folder: Path, html: str) -> None:
    wanted = {"parties": ("name", "address", "legal_representative"), "officers": ("name",)}
    for table, columns in wanted.items():
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
            values = {row.get(c) or "" for row in csv.DictReader(handle) for c in columns}
        assert len(values) > 1
        assert [value for value in values if len(value) > 1 and value in html] == []


def test_an_opened_run_gives_the_same_report(run: Run, html: str, tmp_path: Path) -> None:
    opened = wb.open_run(run.save(tmp_path))
    assert opened.folder is not None
    assert (opened.folder / "report.html").read_text("utf-8") == html
    assert render_report(opened.results) == html


def test_whatever_the_records_hold_stays_text(poor: Run) -> None:
    html = render_report(poor.results)
    assert EVIL not in html
    page = Document(html)
    assert "script" not in {tag for tag, _ in page.tags}
    for language in LANGUAGES:
        assert EVIL in page.texts[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_untested_check_says_what_is_missing(poor: Run, language: str) -> None:
    untested = poor.manifest["untested"]
    assert untested
    page = Document(render_report(poor.results))
    labels = poor.results.checks["labels"]
    rows = {row[0]: row[1] for row in page.rows(language, "stack") if len(row) == 2}
    for check, needs in untested.items():
        missing = rows[poor.results.title(check, language)]
        for table, _, column in (need.partition(".") for need in needs):
            about = labels[table]
            assert (about["columns"][column] if column else about["title"])[language] in missing


def test_what_is_not_there_is_said_in_a_sentence(poor: Run, page: Document) -> None:
    results = poor.results
    checks = {**results.checks, "systems": [], "rubrics": {}}
    relations = ("findings", "deadlines", "tallies", "gaps", "weak_links", "load_report")
    for name in relations:
        results.engine.run(f"CREATE OR REPLACE TABLE work.kept_{name} AS FROM work.{name}", "keep")
        results.engine.run(f"DELETE FROM work.{name}", "empty")
    try:
        empty = Document(render_report(Results(results.engine, results.manifest, checks)))
    finally:
        for name in relations:
            results.engine.run(f"INSERT INTO work.{name} FROM work.kept_{name}", "restore")
    absent = ("没有划分制度", "没有任何对象有结论", "没有案件存在问题", "没有期限在计算",
              "没有单位有足够的结论", "任何案件都不评分")  # fmt: skip
    for sentence in (*absent, "凡已到期的都有结论", "每一行都按原样读入"):
        assert sentence in empty.texts["zh"]
    assert [sentence for sentence in absent if sentence in page.texts["zh"]] == []
    assert all(len(rows) > 1 for _, _, rows in empty.tables)


def test_another_pack_in_its_own_language() -> None:
    source = ROOT / "sample_data" / "us_fda"
    files = wb.load(source, pack=ROOT / "expectations" / "us_fda", mapping=source / "mapping.yaml")
    run = wb.evaluate(files)
    page = Document(render_report(run.results))
    switches = {str(a["id"]): "checked" in a for tag, a in page.tags if tag == "input"}
    assert switches == {"show-zh": False, "show-en": True}
    counts = run.tallies.groupby("check_id")[["failed", "passed"]].sum()
    for check, row in counts.iterrows():
        cells = next(r for r in page.rows("en", "checks")
                     if r[0].startswith(run.results.title(str(check), "en") + " "))  # fmt: skip
        assert cells[2] == f"{row.failed:,} / {row.failed + row.passed:,}"
    assert "This pack has no rubric" in page.texts["en"]


def test_it_knows_no_law_and_no_country() -> None:
    ours = "".join(path.read_text("utf-8") for path in REPORTS.glob("*report*"))
    for pack in ("hrss", "us_fda"):
        folder = ROOT / "expectations" / pack
        about = yaml.safe_load((folder / "pack.yaml").read_text("utf-8"))
        checks = yaml.safe_load((folder / "texts.yaml").read_text("utf-8"))["checks"]
        entries = [about, *about["systems"].values(), *checks.values()]
        titles = [text for entry in entries for text in entry["title"].values()]
        assert len(titles) > 8
        assert [title for title in titles if title in ours] == []


def test_a_month_with_open_limits_is_hollow_and_out_of_the_line() -> None:
    months = [
        Month("2025-11", 9, 10, 0, 0, 0.55, 1.0),
        Month("2025-12", 10, 10, 0, 0, 0.69, 1.0),
        Month("2026-01", 5, 5, 0, 3, 0.47, 1.0),
        Month("2026-02", 1, 2, 1, 0, 0.01, 0.99),
    ]
    tags = Document(charts.month_trend(months, "trend", ("decided", "cannot tell", "month"))).tags
    kinds = [given["class"] for tag, given in tags if tag == "circle"]
    assert kinds == ["point", "point", "point hollow", "point few"]
    assert sum(given.get("class") == "path" for _, given in tags) == 1
    assert sum(given.get("class") == "whisker" for _, given in tags) == 3


@pytest.mark.parametrize("counts", [(1, 0, 0, 0), (1, 99_999, 1, 1), (30, 500, 0, 3)])
def test_a_bar_shows_every_outcome_and_is_full(counts: tuple[int, ...]) -> None:
    given = dict(zip(charts.BAR_ORDER, counts, strict=True))
    tags = Document(charts.outcome_bar(given, dict.fromkeys(given, "word"))).tags
    boxes = [a for tag, a in tags if tag == "rect"]
    assert [str(a["class"]) for a in boxes] == [f"bar-{n}" for n in given if given[n]]
    widths = [float(str(a["width"])) for a in boxes]
    assert min(widths) >= 2
    assert float(str(boxes[-1]["x"])) + widths[-1] == pytest.approx(200, abs=0.6)


def test_names_in_charts_stay_text() -> None:
    row = charts.ForestRow(EVIL, 1, 10, 0.0, 0.45, 2)
    drawn = Document(charts.forest([row], 0.1, EVIL, ["a", "b", "c", "d", EVIL], "all"))
    assert {"script", "b"} & {tag for tag, _ in drawn.tags} == set()
    assert EVIL in drawn.texts[""]
