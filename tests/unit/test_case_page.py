"""One case: its record is that of the run, its page says all of it in two languages, escaped."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import workbench
from workbench.display import Language
from workbench.reports import case_chart
from workbench.reports.case_chart import Bar, Step, staircase, width_of
from workbench.reports.case_page import case_html, case_style
from workbench.reports.case_record import Deadline, Gap, Moment, case_record
from workbench.reports.case_steps import Course
from workbench.reports.finding_words import CASE_WORDS, clock_of, observed_words
from workbench.reports.report_words import REPORT_WORDS, Words
from workbench.run import Run
from workbench.terms import Outcome, UsageError

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "hrss"
LANGUAGES: tuple[Language, ...] = ("zh", "en")
EVIL = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def letters() -> Run:
    """The FDA letters."""
    source = ROOT / "sample_data" / "us_fda"
    files = workbench.load(source, pack="us_fda", mapping=source / "mapping.yaml")
    return workbench.evaluate(files)


def text(html: str) -> str:
    """What a person reads."""
    html = re.sub(r"<(style|title)>.*?</\1>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def some_cases(run: Run) -> Iterator[str]:
    """Cases of every kind of trouble, and one without."""
    limits, findings = run.deadlines, run.findings
    for state in ("met", "late", "overdue", "open"):
        yield from limits[limits.state == state].case_id.dropna().head(2)
    for check in findings.check_id.unique():
        yield from findings[findings.check_id == check].case_id.dropna().head(1)
    clean = run.facts()[~run.facts().case_id.isin(findings.case_id)]
    yield from clean.case_id.head(2)


def test_the_record_is_that_of_the_run(sample_run: Run) -> None:
    outcomes = sample_run.outcomes().set_index("subject_id")
    scores = sample_run.scores.set_index("case_id")
    cases = pd.read_csv(SAMPLE / "cases.csv", dtype=str).set_index("case_id")
    units = pd.read_csv(SAMPLE / "units.csv", dtype=str).set_index("unit_id").name
    for case in some_cases(sample_run):
        record = case_record(sample_run.results, case)
        assert record is not None
        row = cases.loc[case]
        assert (record.unit_id, record.organ_id, record.kind) == (
            row.unit_id, row.organ_id, row.kind)  # fmt: skip
        assert record.names["unit_id"] == units[row.unit_id]
        assert record.particulars["case_no"] == row.case_no
        own = {m.column: m.at.date() for m in record.moments if m.table == "cases"}
        for column in ("filed_on", "closed_on", "archived_on"):
            expected = row[column]
            after = isinstance(expected, str) and expected > "2026-06-30"
            if isinstance(expected, str) and not after:
                assert own[column] == date.fromisoformat(expected)
            else:
                assert column not in own
        codes = {c: Outcome[o].value for c, o in record.outcomes.items() if o != "untested"}
        assert codes == {c: outcomes.loc[case, c] for c in codes}
        failed = sample_run.findings.query("case_id == @case")
        assert sorted(f.check_id for f in record.findings) == sorted(failed.check_id)
        assert {d.clock for d in record.deadlines} == set(
            sample_run.deadlines.query("case_id == @case").clock)  # fmt: skip
        if record.score is None:
            assert case not in scores.index
        elif record.score["auto_points"] is not None:
            assert float(record.score["auto_points"]) == float(scores.loc[case, "auto_points"])
            decided = [c for c in record.criteria if c.source == "auto"]
            assert sum(c.points or 0 for c in decided) == pytest.approx(
                float(record.score["auto_points"])
            )
            # What a person rates has no points yet, only proposals.
            assert all(c.points is None for c in record.criteria if c.source == "mixed")


def test_fresh_and_opened_runs_give_the_same_page(sample_run: Run, sample_folder: Path) -> None:
    opened = workbench.open_run(sample_folder)
    for case in list(some_cases(sample_run))[::4]:
        fresh = sample_run.case(case)
        assert fresh.record == opened.case(case).record
        for language in LANGUAGES:
            assert fresh.html(language) == opened.case(case).html(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_record_holds(sample_run: Run, language: Language) -> None:
    checks = sample_run.results.checks["checks"]
    for case in some_cases(sample_run):
        record = case_record(sample_run.results, case)
        assert record is not None
        page = case_html(sample_run.results, record, language)
        ElementTree.fromstring(page)  # every element is closed
        read = text(page)
        assert case in read
        for check, outcome in record.outcomes.items():
            assert checks[check]["title"][language] in read
            assert Words(language)(outcome) in read
        for finding in record.findings:
            assert checks[finding.check_id]["remedy"][language] in read
        for moment in record.moments:
            assert moment.at.date().isoformat() in read
        for limit in record.deadlines:
            for day in (limit.start_on, limit.due_on, limit.done_on):
                assert day is None or day.isoformat() in read
        if record.score is not None and record.score["auto_points"] is not None:
            points = f"{float(record.score['auto_points']):g}"
            assert f"{points} / {float(record.score['auto_attainable']):g}" in read
        if language == "en":  # a pack's clause is quoted in the pack's language
            assert not re.search("[一-鿿]", re.sub(r"<dd>.*?</dd>|<td>.*?</td>", "", page))
        assert "None" not in read
        assert "NaT" not in read


def test_days_of_a_limit_are_counted_and_worded(sample_run: Run) -> None:
    record = case_record(sample_run.results, next(some_cases(sample_run)))
    assert record is not None
    record = replace(record, as_of=date(2026, 6, 30))
    clock = next(c for c, a in sample_run.results.checks["clocks"].items() if a["mode"] == "within")

    def said(state: str, due: str | None, done: str | None, language: Language = "en") -> str:
        days = [date.fromisoformat(day) if day else None for day in (due, done)]
        limit = Deadline(clock, date(2026, 1, 1), days[0], days[1], state, None)
        return Course(sample_run.results, record, Words(language, CASE_WORDS)).became(limit)

    assert said("met", "2026-03-10", "2026-03-08") == "in time, 2 calendar days to spare"
    assert said("met", "2026-03-10", "2026-03-10") == "in time, on the last day"
    assert said("late", "2026-03-10", "2026-03-11") == "done 1 calendar day late"
    assert said("late", "2026-03-10", "2026-04-11", "zh") == "逾期 32 个自然日办结"
    assert said("overdue", "2026-06-01", None) == "overdue by 29 calendar days"
    assert said("overdue", "2026-06-01", None, "zh") == "逾期 29 个自然日未办"
    assert said("open", "2026-07-01", None) == "not yet due, 1 calendar day left"
    assert said("open", "2026-06-30", None, "zh") == "今日到期"
    assert said("unknown", None, None) == "cannot tell"


def test_a_waiting_time_is_kept_or_cut_short(sample_run: Run) -> None:
    case = sample_run.case(next(some_cases(sample_run)))
    described = dict(case.results.checks)
    name = next(iter(described["clocks"]))
    described["clocks"] = {name: described["clocks"][name] | {"mode": "not_before"}}
    results = replace(case.results, checks=described)
    course = Course(results, case.record, Words("en", CASE_WORDS))
    waited = Deadline(name, date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 12), "met", None)
    early = replace(waited, done_on=date(2026, 1, 8), state="late")
    assert course.became(waited) == "the wait was kept"
    assert course.became(early) == "done 3 calendar days too early"
    assert course.bar(early).too_early


def test_text_of_case_files_is_never_a_tag(tmp_path: Path) -> None:
    for table in SAMPLE.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    cases = pd.read_csv(tmp_path / "cases.csv", dtype=str)
    cases.loc[0, "case_no"] = cases.loc[0, "procedure"] = EVIL
    cases.to_csv(tmp_path / "cases.csv", index=False)
    units = pd.read_csv(tmp_path / "units.csv", dtype=str)
    units["name"] = EVIL
    units.to_csv(tmp_path / "units.csv", index=False)
    documents = pd.read_csv(tmp_path / "documents.csv", dtype=str)
    documents["document_id"] = documents.document_id + EVIL
    documents.to_csv(tmp_path / "documents.csv", index=False)
    run = workbench.evaluate(workbench.load(tmp_path), as_of="2026-06-30")
    case = run.case(cases.case_id[0])
    hostile = Moment(datetime(2024, 4, 9, 9, 30), EVIL, EVIL, EVIL, EVIL)
    finding = next(iter(run.case(str(run.findings.case_id.dropna().iloc[0])).record.findings))
    finding = replace(finding, observed=EVIL, expected=EVIL, evidence=f"{EVIL}/{EVIL};a/b")
    record = replace(
        case.record, case_id=EVIL, unit_id=EVIL, organ_id=EVIL, kind=EVIL, findings=(finding,),
        moments=(*case.record.moments, hostile), particulars={"case_no": EVIL},
    )  # fmt: skip
    for language in LANGUAGES:
        for page in (case.html(language), case_html(run.results, record, language)):
            assert "<script" not in page
            assert "&lt;script&gt;" in page
            assert " on" not in "".join(re.findall(r"<[^>]+>", str(page))).replace(" on ", "")


def test_another_pack_has_its_own_words(letters: Run) -> None:
    case = str(letters.findings.query("check_id == 'posted-within-30cd'").case_id.iloc[0])
    row = letters.deadlines.query("case_id == @case").iloc[0]
    over = (row.done_on - row.due_on).days
    english, chinese = (text(letters.case(case).html(language)) for language in ("en", "zh"))
    assert "Case file · Warning letter" in english
    assert f"done {over} calendar day{'s' if over > 1 else ''} late" in english
    assert f"逾期 {over} 个自然日办结" in chinese
    assert "No score" in english
    assert "不评分" in chinese
    assert "Posted within 30 days" in english


def test_every_word_has_both_languages_and_is_used() -> None:
    words = yaml.safe_load(CASE_WORDS.read_text("utf-8"))
    shared = yaml.safe_load(REPORT_WORDS.read_text("utf-8"))
    for key, said in words.items():
        assert set(said) == set(LANGUAGES), key
        blanks = [{f for _, f, _, _ in string.Formatter().parse(said[each]) if f} for each in said]
        assert blanks[0] == blanks[1], key
    room = ROOT / "workbench" / "reports"
    files = [*room.glob("case*.py"), room / "finding_words.py"]
    code = "".join(p.read_text("utf-8") for p in files)
    asked = set(re.findall(r'"([a-z_]+)"', code))
    assert set(words) - asked == set()
    called = set(re.findall(r'\bw\("([a-z_]+)"', code))
    assert called - words.keys() - shared.keys() == set()


def test_every_rule_is_of_the_page_and_every_colour_of_the_house() -> None:
    css = re.sub(r"/\*.*?\*/", "", case_style(), flags=re.S)
    selectors = [s.strip() for block in re.findall(r"([^{}]+)\{", css) for s in block.split(",")]
    assert all(s.startswith((".wb ", "@media")) for s in selectors if s)
    assert re.findall(r"#[0-9a-f]{3,6}\b|rgba?\(", css) == []
    assert "url(" not in css


def test_an_unknown_case_names_its_neighbour(sample_run: Run) -> None:
    case = str(sample_run.facts().case_id.iloc[5])
    with pytest.raises(UsageError, match=f"did you mean '{case}'"):
        sample_run.case(f"{case}x")
    with pytest.raises(UsageError, match="no case 'nothing like it'"):
        sample_run.case("nothing like it")


def test_a_case_shows_itself(sample_run: Run) -> None:
    found = sample_run.findings
    case = sample_run.case(str(found[found.veto_candidate].case_id.iloc[0]))
    assert re.fullmatch(r"Case\([\w-]+: .+, \d+ findings, automatic points [\d.]+ / \d+\)",
                        repr(case))  # fmt: skip
    assert len(case.findings) == len(case.record.findings) > 0
    assert case.findings.veto_candidate.iloc[0]
    assert list(case.timeline["at"]) == sorted(case.timeline["at"])
    assert set(case.deadlines.state) <= {"met", "late", "overdue", "open", "unknown"}
    shown = case._repr_html_()
    assert shown.startswith('<div class="wb" lang="zh"><style>')
    assert "--wb-ink" in shown


@given(st.lists(st.tuples(st.integers(0, 400), st.text("日期ab", min_size=1, max_size=12)),
                min_size=1, max_size=14))  # fmt: skip
def test_labels_and_stems_never_cross(steps: list[tuple[int, str]]) -> None:
    steps = sorted(steps)
    places, widths = [float(x) for x, _ in steps], [width_of(label) for _, label in steps]
    lanes = staircase(places, widths)
    for a in range(len(steps)):
        for b in range(a + 1, len(steps)):
            if places[b] < places[a] + widths[a]:  # b's stem rises below a's label, or its label
                assert lanes[a] > lanes[b]


def test_a_bar_is_as_long_as_its_days() -> None:
    start, due, done = date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21)
    bar = Bar("limit", start, due, done, done, "late", "late")
    svg = case_chart.case_chart([Step(start, "filed")], [], [bar], "label")
    boxes = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*class="([\w-]+)"', svg)
    (x1, w1, kind1), (x2, w2, kind2) = boxes
    assert (kind1, kind2) == ("wb-case-limit", "wb-case-overrun")
    assert float(w1) == pytest.approx(float(w2), abs=0.2)
    assert float(x1) + float(w1) == pytest.approx(float(x2), abs=0.2)
    assert case_chart.case_chart([], [], [], "label") == ""


def test_a_case_of_which_nothing_is_dated_says_so(sample_run: Run) -> None:
    record = case_record(sample_run.results, next(some_cases(sample_run)))
    assert record is not None
    bare = replace(record, moments=(), deadlines=(), findings=(), score=None, criteria=())
    for language, sentences in (
        ("zh", ("没有记载日期", "没有期限在计算", "没有发现问题", "不评分")),
        ("en", ("No dated step", "No limit runs", "No findings", "No score")),
    ):
        read = text(case_html(sample_run.results, bare, language))  # type: ignore[arg-type]
        assert all(sentence in read for sentence in sentences)


def test_time_that_still_runs_is_not_time_taken(sample_run: Run) -> None:
    results, check = sample_run.results, "after-penalty-published-7wd"
    assert clock_of(results, check) == "penalty_disclosure"
    assert clock_of(results, "archive-required-docs") is None
    states = sample_run.deadlines.query("clock == 'penalty_disclosure'").set_index("subject_id")
    found = sample_run.findings.query("check_id == @check").set_index("subject_id")
    seen = set()
    for state in ("overdue", "late"):
        case = next(s for s in found.index if states.state[s] == state)
        record = case_record(results, case)
        assert record is not None
        finding = next(f for f in record.findings if f.check_id == check)
        assert finding.state == state
        zh, en = (text(case_html(results, record, language)) for language in LANGUAGES)
        over = state == "overdue"
        assert (f"用时 {finding.observed} 个工作日，至今未办" in zh) == over
        assert (f"{finding.observed} working days, not done yet" in en) == over
        seen.add(over)
        stateless = {"check_id": check, "observed": "9", "expected": "7"}
        assert observed_words(results, stateless, "zh") == "用时 9 个工作日"
    assert seen == {True, False}


RUBRIC_WORDS = {
    "zh": ("评查标准：行政处罚（处理）案卷评分表（1.0 版），等次：优秀（90 分及以上）",
           "待评（满分 8）", "（同一缺陷已在“程序与资格”扣分）"),
    "en": ("Rubric: Rubric for penalty and treatment files, version 1.0; bands: Excellent (from",
           "to be rated, of 8",
           '(the same defect is deducted under "Procedure and officers")'),
}  # fmt: skip


@pytest.mark.parametrize(("language", "words"), RUBRIC_WORDS.items())
def test_the_rubric_its_bands_and_what_people_rate_are_named(
    sample_run: Run, language: Language, words: tuple[str, ...]
) -> None:
    cards = sample_run.scorecards
    case = str(cards[cards.source == "mixed"].case_id.iloc[0])
    record = case_record(sample_run.results, case)
    assert record is not None
    under = "max(0, 9 x 5 / (5 + 0) - 0) = 9: during-certificate-shown (under procedure)"
    rows = [replace(c, why=under) if c.criterion == "disclosure" else c for c in record.criteria]
    assert any(row.why == under for row in rows)
    record = replace(record, criteria=tuple(rows))
    read = text(case_html(sample_run.results, record, language))
    for said in words:
        assert said in read


def test_short_names_ids_and_maxima_are_explained(sample_run: Run) -> None:
    results = sample_run.results
    cards = results.frame("work.scorecards")
    case = str(cards[cards.why.str.contains("archive-required-docs")].case_id.iloc[0])
    record = case_record(results, case)
    assert record is not None
    assert record.score is not None
    whole = results.checks["rubrics"][record.score["rubric"]]["auto_maximum"]
    for language in LANGUAGES:
        page = case_html(results, record, language)
        assert "archive-required-docs" not in page
        title = results.checks["checks"]["archive-required-docs"]["title"][language]
        assert re.search(rf"{title} -\d", text(page))
        source = results.checks["sources"]["S1"]
        assert f"{source['title']}{'，' if language == 'zh' else ', '}{source['number']}" in page
        short = replace(record, score={**record.score, "auto_maximum": whole - 8})
        left_out = {"zh": "8 分的评分项不适用于本案", "en": "do not apply to this case (8 points)"}
        assert left_out[language] in text(case_html(results, short, language))
        even = replace(record, score={**record.score, "auto_maximum": whole})
        assert left_out[language][2:12] not in text(case_html(results, even, language))


def test_a_step_says_its_kind_first(sample_run: Run) -> None:
    moments = (Moment(datetime(2026, 6, 1), "documents", "made_on", "1", "filing_form"),
               Moment(datetime(2026, 6, 1, 9, 49), "recordings", "captured_at", "2", None),
               Moment(datetime(2026, 6, 2), "hearings", "held_on", "3", None))  # fmt: skip
    record = case_record(sample_run.results, next(some_cases(sample_run)))
    assert record is not None
    record = replace(record, moments=moments)
    zh, en = (text(case_html(sample_run.results, record, language)) for language in LANGUAGES)
    for said in (
        "立案审批表 （文书，制作日期）",
        "音像记录 09:49 （采集时间）",
        "听证 （听证日期）",
    ):
        assert said in zh
    for said in ("Filing form (Documents, made on)", "Recordings 09:49 (captured at)",
                 "Hearings (held on)"):  # fmt: skip
        assert said in en


def test_a_gap_is_that_of_the_organ(sample_run: Run) -> None:
    record = case_record(sample_run.results, next(some_cases(sample_run)))
    assert record is not None
    check = next(iter(record.outcomes))
    gap = Gap(check, "cases", "filed_on", "not_delivered")
    record = replace(record, outcomes={check: "cannot_tell"}, gaps=(gap,))
    zh, en = (text(case_html(sample_run.results, record, language)) for language in LANGUAGES)
    assert "本批次中该机关的数据缺口：案件·立案日期" in zh
    assert "gaps of this bureau in the run: Cases · Filed on" in en
