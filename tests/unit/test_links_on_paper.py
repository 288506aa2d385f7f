"""Weak links and bottlenecks on paper: the report, the workbook, the summary, notebook pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

import workbench as wb
from tests.unit.weak_link_world import CHECKS, UNITS, World, pack
from workbench.bottlenecks import bottleneck_sentences
from workbench.display import Language
from workbench.privacy import WITHHELD, Role
from workbench.reports import workbook_links
from workbench.reports import workbook_tables as tables
from workbench.reports.check_record import check_record
from workbench.reports.html import render_report
from workbench.reports.report_words import LANGUAGES, SECTIONS, Words
from workbench.reports.results import Results
from workbench.reports.run_page import run_html
from workbench.reports.terminal import as_text
from workbench.reports.workbook import write_workbook
from workbench.reports.workbook_sheets import HEAD_ROW
from workbench.weak_links import find_weak_links

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

WEAK, EVIL = UNITS[:3], "=1+1<b>x</b>"
NAMES = {unit: f"第{unit[1:]}大队" for unit in UNITS} | {UNITS[0]: EVIL}
Edit = Callable[[pd.DataFrame], pd.DataFrame]


def planted(folder: Path, world: World, edit: Edit = lambda frame: frame) -> Results:
    """The sample's run with the weak links of a made-up bureau, found and said as ever."""
    results, engine = wb.open_run(folder).results, world.engine()
    said = find_weak_links(engine, pack(), NAMES)
    frame = edit(engine.arrow("FROM work.weak_links", "world").to_pandas())
    results.engine.run("DROP VIEW work.weak_links", "world")
    results.engine.put("work.weak_links", pa.Table.from_pandas(frame, preserve_index=False))
    for family, its in frame[frame.flagged].groupby("family"):
        said["families"][family]["flagged"] = len(its)
    names = ", ".join(f"('units', '{unit}', '{name}')" for unit, name in NAMES.items())
    results.engine.run("CREATE TABLE work.kept AS FROM work.names", "world")
    results.engine.run("DROP VIEW work.names", "world")
    results.engine.run(
        f"CREATE TABLE work.names AS FROM work.kept UNION ALL VALUES {names}", "world"
    )
    return replace(results, manifest={**results.manifest, "signals": said})


def with_others(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with an early warning and a month that stands out."""
    row = frame[frame.flagged].iloc[0]
    warned = row.copy()
    warned[["family", "state", "sentence_zh", "sentence_en"]] = [
        "trend", None, "逐月上升的一处。", "One that rises."]  # fmt: skip
    month = row.copy()
    month[["family", "state", "unit_id", "period", "sentence_zh", "sentence_en"]] = [
        "step_month", None, None, "2025-09", "集中在这个月。", "One month."]  # fmt: skip
    return pd.concat([frame, pd.DataFrame([warned, month])], ignore_index=True)


@pytest.fixture(scope="module")
def weak(sample_folder: Path) -> Results:
    """12 weak links in three units, an early warning, a month."""
    world = World()
    for check in CHECKS:
        for unit in WEAK:
            world.set(check, unit, 7)
    return planted(sample_folder, world, with_others)


@pytest.fixture(scope="module")
def calm(sample_folder: Path) -> Results:
    """All units alike."""
    return planted(sample_folder, World())


def flagged(results: Results, family: str = "unit") -> list[dict[str, Any]]:
    return results.records(
        f"FROM work.weak_links WHERE flagged AND family = '{family}' "
        "ORDER BY priority DESC, q, check_id, unit_id", "test")  # fmt: skip


def text_of(html: str, language: str, section: str) -> str:
    """What a reader sees of one section."""
    part = html[html.index(f'<section id="{language}-{section}">') :]
    part = re.sub(r"<[^>]+>", " ", part[: part.index("</section>")])
    for code, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&amp;", "&")):
        part = part.replace(code, sign)
    return " ".join(part.split())


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_names_the_first_ten_by_priority(weak: Results, language: Language) -> None:
    text, found = text_of(render_report(weak), language, "links"), flagged(weak)
    assert len(found) == 12
    places = [text.index(plain(row[f"sentence_{language}"])) for row in found[:10]]
    assert places == sorted(places)
    assert all(plain(row[f"action_{language}"]) in text for row in found[:10])
    assert all(plain(row[f"sentence_{language}"]) not in text for row in found[10:])
    assert "weak_links.parquet" in text
    tested = weak.manifest["signals"]["families"]["unit"]["tested"]
    numbers = {
        "zh": f"共比较 {tested} 处“单位 × 检查项”，列出 12 处；另有 0 处数量太少",
        "en": f"{tested} cells of unit and check were compared, 12 are listed; 0 more",
    }
    assert numbers[language] in text
    for family in ("trend", "step_month"):
        (row,) = flagged(weak, family)
        assert text.index(Words(language)(f"found_{family}")) < text.index(
            row[f"sentence_{language}"])  # fmt: skip


def test_signals_stand_near_the_top_and_counts_make_no_claim(weak: Results) -> None:
    assert SECTIONS[:3] == ("systems", "links", "bottlenecks")
    html = render_report(weak)
    assert EVIL not in html  # names stay text
    assert "哪些差异超出偶然波动，见“薄弱环节”" in text_of(html, "zh", "units")
    assert "显著性" not in html
    assert "significance" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_found_is_no_proof_of_absence(calm: Results, language: Language) -> None:
    text = text_of(render_report(calm), language, "links")
    tested = calm.manifest["signals"]["families"]["unit"]["tested"]
    assert plain(Words(language)("links_none", tested=tested, few=0)) in text
    assert {"zh": "这不证明各单位没有差别", "en": "no proof that the units are alike"}[
        language
    ] in text
    told = as_text(calm, language)
    assert {"zh": "未发现不符合率超出偶然波动的单位", "en": "No unit fails more often"}[
        language
    ] in told
    assert {"zh": "不符合率较高的单位", "en": "Units with high failure rates"}[language] not in told


def test_what_an_earlier_run_listed_is_told_apart(calm: Results) -> None:
    row = calm.records("FROM work.weak_links WHERE family = 'unit' LIMIT 1", "test")[0]
    cell = f"check_id = '{row['check_id']}' AND unit_id = '{row['unit_id']}'"
    before = f"UPDATE work.weak_links SET state = 'resolved' WHERE {cell}"
    calm.engine.run(before, "test")
    said = {**calm.manifest["signals"], "earlier": "an earlier run"}
    later = replace(calm, manifest={**calm.manifest, "signals": said})
    text = text_of(render_report(later), "en", "links")
    at = text.index("Weak links of the earlier run, not listed in this one")
    assert plain(row["sentence_en"]) in text[at:]
    assert "resolved" in text[at:]
    assert "not listed in this one" not in text_of(render_report(calm), "en", "links")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_that_compared_nothing_says_so(weak: Results, language: Language) -> None:
    old = replace(weak, manifest={k: v for k, v in weak.manifest.items() if k != "signals"})
    html = render_report(old)
    assert text_of(html, language, "links").endswith(Words(language)("links_old"))
    told = as_text(old, language)
    assert {"zh": "没有作比较", "en": "nothing was compared"}[language] in told
    assert flagged(weak)[0][f"sentence_{language}"] not in told
    assert flagged(weak)[0][f"sentence_{language}"] not in run_html(old, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_where_the_days_went(weak: Results, language: Language) -> None:
    text = text_of(render_report(weak), language, "bottlenecks")
    said = bottleneck_sentences(weak, language)
    assert said
    places = [text.index(plain(one.sentence)) for one in said]
    assert places == sorted(places)
    assert all(plain(one.action) in text for one in said)
    turned = weak.records("FROM work.order_violations WHERE kind IS NULL AND unit_id IS NULL "
                          "AND cases > 0", "test")  # fmt: skip
    rules = {rule["id"]: rule["title"][language] for rule in weak.checks["flow"]["order"]}
    assert turned
    for row in turned:
        where = text.index(rules[row["rule"]])
        assert f"{row['cases']} / {row['n']:,}" in text[where : where + 300]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_begins_with_what_was_found(weak: Results, language: Language) -> None:
    told, found = as_text(weak, language), flagged(weak)
    shown = [f"  {row[f'sentence_{language}']}" in told.split("\n") for row in found]
    assert shown == [True] * 5 + [False] * 7
    assert {"zh": "……另有 7 项", "en": "... and 7 more"}[language] in told
    assert {"zh": "逐月上升的一处。", "en": "One that rises."}[language] in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_notebook_pages_name_a_link_with_its_sentence(weak: Results, language: Language) -> None:
    first = flagged(weak)[0]
    sentence = first[f"sentence_{language}"].replace("<", "&lt;").replace(">", "&gt;")
    html = run_html(weak, language)
    assert sentence in html
    record = check_record(weak, first["check_id"])
    assert (
        next(row["unit_id"] for row in record.links if row["family"] == "unit") == first["unit_id"]
    )
    assert {row["check_id"] for row in record.links} == {first["check_id"]}
    assert sentence in record.html(language)
    assert EVIL not in html + record.html(language)


class Book:
    """A workbook read back."""

    def __init__(self, path: Path, language: Language):
        self.book, self.words = openpyxl.load_workbook(path), Words(language, tables.WORDS)

    def frame(self, key: str) -> pd.DataFrame:
        sheet = self.book[self.words(f"tab_{key}")]
        rows = list(sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True))
        return pd.DataFrame(rows[1:], columns=list(rows[0]), dtype=object)


def test_the_workbook_lists_what_was_found_and_then_by_check_and_unit(
    weak: Results, tmp_path: Path
) -> None:
    book = Book(write_workbook(weak, tmp_path / "b.xlsx", "zh"), "zh")
    w, frame, found = book.words, book.frame("links"), flagged(weak)
    assert frame[w("flagged")].notna().tolist() == [True] * 14 + [False] * (len(frame) - 14)
    assert frame[w("sentence")][:12].tolist() == [row["sentence_zh"] for row in found]
    assert frame[w("do")][:12].tolist() == [row["action_zh"] for row in found]
    for name, head in (("failed", "failed"), ("n", "decided"), ("rate", "rate_failed"),
                       ("low", "low"), ("high", "high"), ("against", "against"),
                       ("expected", "expected_failed"), ("excess", "excess"), ("p", "p"),
                       ("q", "q")):  # fmt: skip
        shown = [float(v) for v in frame[w(head)][:12]]
        assert shown == pytest.approx([row[name] for row in found]), name
    assert frame[w("family")][12:14].tolist() == [w("family_step_month"), w("family_trend")]
    rest = frame[14:]
    assert len(rest) == len(CHECKS) * len(UNITS) - 12
    units = [list(its[w("unit")]) for _, its in rest.groupby(w("check_id"))]
    names = [NAMES[unit] for unit in UNITS if unit not in WEAK]
    assert units == [names] * len(CHECKS)
    # A text that looks like a formula stays a text, also when it is edited.
    sheet = book.book[w("tab_links")]
    told = [c for row in sheet.iter_rows() for c in row if str(c.value).startswith("=1+1")]
    assert len(told) >= 8
    assert all((c.data_type, c.quotePrefix) == ("s", True) for c in told)


def test_the_workbook_is_bounded_and_says_so(
    weak: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_LINKS", "MOST_STAGES"):
        monkeypatch.setattr(workbook_links, name, 20)
    book = Book(write_workbook(weak, tmp_path / "b.xlsx", "en"), "en")
    for key, file in (("links", "weak_links"), ("stages", "stage_times")):
        assert len(book.frame(key)) == 20
        note = str(book.book[book.words(f"tab_{key}")].cell(HEAD_ROW, 1).value)
        assert "The first 20 of" in note
        assert f"{file}.parquet" in note
    assert book.frame("links")[book.words("flagged")].notna().sum() == 14


def test_the_workbook_has_the_times_and_the_order_of_the_run(weak: Results, tmp_path: Path) -> None:
    book = Book(write_workbook(weak, tmp_path / "b.xlsx", "en"), "en")
    w, frame = book.words, book.frame("stages")
    times = weak.frame("work.stage_times")
    assert len(frame) == len(times)
    every = frame[(frame[w("kind")] == w("every")) & (frame[w("unit")] == w("every"))]
    total = times[times.kind.isna() & times.unit_id.isna()].set_index("clock")
    assert len(every) == len(total)
    assert list(every.index) == list(range(len(every)))  # all together first
    titles = {weak.checks["clocks"][c]["title"]["en"]: row for c, row in total.iterrows()}
    for row in every.to_dict("records"):
        its = titles[row[w("clock")]]
        assert (row[w("stopped")], row[w("late_all")], row[w("at_risk")]) == (
            its.n, its.late, its.at_risk)  # fmt: skip
    orders, turned = book.frame("orders"), weak.frame("work.order_violations")
    assert orders[w("turned")].sum() == turned["cases"].sum() > 0


def test_what_leadership_may_not_see_is_in_no_sentence(weak: Results, tmp_path: Path) -> None:
    facts = {"cases": {"unit_id": "personal", "case_id": "personal", "period_on": "personal"}}
    hidden = replace(weak, checks={**weak.checks, "facts": facts})
    told = [render_report(hidden), as_text(hidden, "zh"), as_text(hidden, "en")]
    book = openpyxl.load_workbook(write_workbook(hidden, tmp_path / "b.xlsx", "zh"))
    told += [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row]
    text = "\n".join(told)
    names = [NAMES[unit] for unit in UNITS[1:]]  # those of the sample have units of other assets
    assert [name for name in names if name in text] == []
    cases = {case for row in flagged(weak) for case in row["cases"].split(";")}
    assert [case for case in cases if case in text] == []
    assert WITHHELD["zh"] in text_of(told[0], "zh", "links")
    open_to = as_text(hidden, "zh", Role.supervisor)
    assert flagged(weak)[0]["sentence_zh"] in open_to
