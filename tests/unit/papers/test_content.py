"""What papers say: every problem once, sums that agree, titles and no ids, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import yaml

from tests.unit.papering import AGREED, APART, CLEAN, NAMES, RULES, VETOED, WAITING, WEST
from tests.unit.reviewing import ANN, BEN, ROUND, RUBRIC, items, reviewing
from workbench.papers.circular import circular
from workbench.papers.content import Fields, Heading, Paper, Table, Text
from workbench.papers.feedback_letter import feedback_letter
from workbench.papers.problem_list import problem_list
from workbench.papers.rating_sheet import rating_sheet
from workbench.papers.rectification_notice import rectification_notice
from workbench.papers.word_tables import shown
from workbench.papers.wording import Wording
from workbench.review.refusals import Refused
from workbench.review.state import RoundState
from workbench.rubrics import parse_rubric
from workbench.sources import Source
from workbench.terms import UsageError

LANGUAGES = ("zh", "en")
PEOPLE = ("Ann", "Ben", "Judge", "Owner", "owner", "ann", "ben", "judge", "handler")


def all_text(paper: Paper) -> str:
    """Everything that a paper says."""
    words, said = Wording(paper.language), [paper.title, paper.recipient, paper.organ]
    blocks = [*paper.blocks, *(b for a in paper.attachments for b in a.blocks)]
    for block in blocks:
        match block:
            case Heading() | Text():
                said.append(getattr(block, "lead", "") + block.text)
            case Fields():
                said += [part for pair in block.pairs for part in pair]
            case Table():
                said += [block.caption, block.note, *(column.head for column in block.columns)]
                for row in [*block.rows, *([block.total] if block.total else [])]:
                    pairs = zip(row, block.columns, strict=True)
                    said += [shown(value, column.kind, words) for value, column in pairs]
    return "\n".join(said)


def papers_of(its: RoundState, language: str) -> dict[str, Paper]:
    """Each paper once."""
    return {
        "sheet": rating_sheet(its, AGREED, language),  # type: ignore[arg-type]
        "apart": rating_sheet(its, APART, language),  # type: ignore[arg-type]
        "vetoed": rating_sheet(its, VETOED, language),  # type: ignore[arg-type]
        "list": problem_list(its, "handling", language),  # type: ignore[arg-type]
        "letter": feedback_letter(its, "handling", language),  # type: ignore[arg-type]
        "notice": rectification_notice(its, "handling", language),  # type: ignore[arg-type]
        "circular": circular(its, language, "2026-04-02"),  # type: ignore[arg-type]
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_id_stands_where_there_is_a_title(whole: RoundState, language: str) -> None:
    ids = ["grave", "handling", "city", "penalty", "excellent", "services/S1", "documents/D1"]
    if language == "zh":  # in English these are words as well
        ids += ["late", "proof", "service", "facts", "law", "small", "pass", "fail"]
    for name, paper in papers_of(whole, language).items():
        text = all_text(paper)
        found = [one for one in ids if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text)]
        assert found == [], (name, found)


def test_chinese_papers_are_chinese_and_english_ones_english(whole: RoundState) -> None:
    for paper in papers_of(whole, "zh").values():
        words = set(re.findall(r"[A-Za-z]{3,}", all_text(paper)))
        assert words <= {"Ann", "Ben", "Judge", "Owner", "lead", "ICC"}, words
    for paper in papers_of(whole, "en").values():
        heads = [c.head for table in paper.tables for c in table.columns]
        heads += [block.text for block in paper.blocks if isinstance(block, Heading)]
        assert not re.search(r"[\u4e00-\u9fff]", "".join(heads)), heads


def test_the_rating_sheet_adds_up(whole: RoundState) -> None:
    paper = rating_sheet(whole, AGREED, "zh")
    marks = paper.tables[0]
    assert [row[1] for row in marks.rows] == ["送达", "事实", "依据"]
    assert list(marks.total)[1:5] == ["合计", 100, 80, 71]
    assert sum(row[4] for row in marks.rows) == 71  # type: ignore[misc]
    final = whole.cases[AGREED].final
    assert final
    # 20 - 0.5 (reduced from 1.5) + 40 - 8.5 + 20 of 80: (87.5 + 90) / 2
    assert final.body.score.points == 88.75  # type: ignore[attr-defined]
    text = all_text(paper)
    assert "评查得分：88.75分；等次：合格。" in text
    assert "(87.5 + 90) / 2 = 88.75" in text
    assert "不符合“决定书七个工作日内送达”，扣0.5分。证据：送达记录 S1" in text
    assert "减为扣0.5分：补充的回证部分成立" in text
    assert "送达回证日期有误" in text, "why a proposal was overturned"
    assert [row[:2] for row in paper.tables[-1].rows] == [
        ["评查员1", "Ann"], ["评查员2", "Ben"], ["评查组长", "lead"]]  # fmt: skip


def test_a_sheet_of_an_adjudicated_case_says_so(whole: RoundState) -> None:
    text = all_text(rating_sheet(whole, APART, "zh"))
    assert "由Judge裁定。裁定理由：证据链缺少一环，不宜全部扣除。" in text
    assert text.count("（未作为结果依据）") == 2
    assert "评查得分：81.25分" in text
    assert "adjudicated" in all_text(rating_sheet(whole, APART, "en"))


def test_a_sheet_of_a_vetoed_case_shows_who_confirmed_it(whole: RoundState) -> None:
    paper = rating_sheet(whole, VETOED, "zh")
    table = next(t for t in paper.tables if t.tab == "否决项认定")
    assert table.rows == [["重大决定经法制审核", who, "确认", "卷内无法制审核意见书"]
                          for who in ("Ann", "Ben")]  # fmt: skip
    text = all_text(paper)
    assert "评查得分：0分；等次：不合格。" in text
    assert "否决项“重大决定经法制审核”已经人工确认" in text


def test_a_case_without_problems_has_a_sheet_too(whole: RoundState) -> None:
    paper = rating_sheet(whole, CLEAN, "zh")
    assert {row[5] for row in paper.tables[0].rows} == {"未扣分"}
    assert all_text(paper).count("评查得分：100分；等次：优秀。") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_has_every_problem_once_and_its_sum(whole: RoundState, language: str) -> None:
    paper = problem_list(whole, "handling", language)  # type: ignore[arg-type]
    finals = [whole.cases[c].final.body for c in (AGREED, APART, VETOED, CLEAN)]  # type: ignore[union-attr]
    problems = [p for body in finals for p in body.problems]  # type: ignore[attr-defined]
    table = paper.tables[0]
    assert len(table.rows) == len(problems) == 9
    assert table.total[5] == sum(p.points for p in problems)
    points = [row[5] for row in table.rows if row[5] != "—"]
    assert sum(points) == table.total[5]  # type: ignore[arg-type]
    assert CLEAN in all_text(paper).split(str(table.rows[-1][1]))[-1]
    assert table.rows[0][8] != table.rows[1][8], "one is verified"
    assert "S10" not in table.note
    assert "S1" in table.note
    assert "示人社发〔2019〕1号" in table.note


def test_direct_deductions_and_a_rubrics_own_vetoes_are_told_apart(tmp_path: Path) -> None:
    """A rubric of fixed and scaled points (as R2): the sum is that of the scaled criteria."""
    split = (
        "base: split\nsplit: {fixed: 50, scaled: 50, direct_most: 20}\n"
        "vetoes: [{id: v01, title: {zh: 超越职权, en: Beyond powers}, source: tests}]\n"
    )
    text = RUBRIC.replace("veto_effect", split + "veto_effect")
    text = text.replace("maximum: 40\n    mode: manual", "maximum: 60\n    mode: manual")
    text = text.replace("maximum: 20\n", "maximum: 20\n    direct: true\n")
    found, faults = parse_rubric(Source("small.yaml", yaml.safe_load(text), {}))
    assert not faults, faults
    vetoes = {"v01": {"decision": "confirmed", "reason": "越权办案"}}
    with reviewing(tmp_path, **{**RULES, "rubrics": {"small": msgspec.to_builtins(found)}}) as (
        lead, _,
    ):  # fmt: skip
        for name in (ANN, BEN):
            lead.assign_to(ROUND, "c1", name)
            lead.as_person(name).submit(ROUND, "c1", items(facts=4, law=2), vetoes)
        for language, total, veto in (
            ("zh", "合计（不含直接扣分项）", "超越职权：越权办案"),
            ("en", "Total without direct deductions", "Beyond powers: 越权办案"),
        ):
            sheet = rating_sheet(lead.round(ROUND), "c1", language)  # type: ignore[arg-type]
            assert list(sheet.tables[0].total)[1:5] == [total, 100, 80, 73]
            assert "v01" not in all_text(sheet)
            lead.send_feedback(ROUND, "handling") if language == "zh" else None
            rows = problem_list(lead.round(ROUND), "handling", language).tables[0].rows  # type: ignore[arg-type]
            assert [row[2] for row in rows if row[5] == "—"] == [veto]


def test_the_list_before_the_reply_asks_for_one(told: RoundState) -> None:
    table = problem_list(told, "handling", "zh").tables[0]
    assert {(row[7], row[8]) for row in table.rows} == {("请核实并逐项回复", "2026年3月17日")}
    assert "另有1件尚未反馈" in all_text(problem_list(told, "handling", "zh"))


def test_a_unit_without_problems_gets_a_list_that_says_so(whole: RoundState) -> None:
    only_clean = RoundState(whole.round_id, whole.opened, whole.opened_by, whole.opened_at,
                            cases={CLEAN: whole.cases[CLEAN]})  # fmt: skip
    paper = problem_list(only_clean, "handling", "zh")
    assert paper.tables == []
    assert "评查的1件案卷未发现问题。" in all_text(paper)
    letter = feedback_letter(only_clean, "handling", "zh")
    assert "未发现扣分问题。" in all_text(letter)
    assert letter.attachments == []


def test_the_letter_tells_what_was_told_whatever_came_of_it(
    told: RoundState, whole: RoundState
) -> None:
    before, after = (feedback_letter(its, "handling", "zh") for its in (told, whole))
    assert before == after
    text = all_text(after)
    assert after.recipient == NAMES["handling"]
    assert (after.organ, str(after.dated)) == (NAMES["city"], "2026-03-03")
    assert "请于2026年3月17日前（含当日）书面回复。" in text
    assert [row[3] for row in after.tables[0].rows] == [87.5, 81.25, 0, 100]
    assert len(after.tables[1].rows) == len(after.tables[2].rows) == 9
    assert not [name for name in PEOPLE if name in text], "reviewers are not named to the unit"


def test_the_letter_names_each_last_day_where_they_differ(tmp_path: Path) -> None:
    from tests.unit.papering import told_round

    with told_round(tmp_path) as (lead, _):
        lead.extend_reply(ROUND, APART, "2026-03-25", "材料在外地")
        text = all_text(feedback_letter(lead.round(ROUND), "handling", "zh"))
    assert f"2026年3月17日，{AGREED}、{VETOED}、{CLEAN}；2026年3月25日，{APART}" in text


def test_the_notice_says_what_who_until_when_and_what_proves_it(whole: RoundState) -> None:
    paper = rectification_notice(whole, "handling", "zh")
    rows = paper.tables[0].rows
    assert len(rows) == len(whole.faults) == 9
    assert {row[4] for row in rows} == {"Owner"}
    assert sum("验收" in str(row[5]) for row in rows) == 1
    text = all_text(paper)
    assert "你单位办理的3件案卷存在9个问题" in text
    assert "提交证明。" in text
    assert "（依据：S2 三(三)（条款待核对））" in text
    assert str(paper.dated) == "2026-03-20"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_circular_names_no_person_and_nothing_a_reviewer_wrote(
    whole: RoundState, language: str
) -> None:
    text = all_text(circular(whole, language, "2026-04-02"))  # type: ignore[arg-type]
    assert not [name for name in PEOPLE if re.search(rf"\b{name}\b", text)]
    for written in ("有缺环", "卷内无法制审核意见书", "补充的回证", "证据链缺少一环"):
        assert written not in text


def test_the_circular_adds_up(whole: RoundState) -> None:
    paper = circular(whole, "zh", "2026-04-02")
    by_unit, by_kind, common = paper.tables
    assert [list(row)[:6] for row in by_unit.rows] == [
        [NAMES["handling"], 4, 67.5, 1, 2, 1], [NAMES["west"], 1, 99, 1, 0, 0]]  # fmt: skip
    assert list(by_unit.total) == ["合计", 5, 73.8, 2, 2, 1, 10, 2.0]
    assert [row[0] for row in by_kind.rows] == ["行政处罚"]
    late = next(row for row in common.rows if row[1] == "不符合“决定书七个工作日内送达”")
    assert list(late)[3:] == [3, 0.6, 1, 6.5]
    text = all_text(paper)
    assert "另有1件案卷的结果尚未最终确定，未计入本通报。" in text
    assert "5件案卷由两名评查员评分，其中4件（80.0%）相差不超过5分" in text
    assert "其中确认5次、推翻1次" in text
    assert "已下达整改事项9项，验收1项" in text
    assert "机构对1个问题提出异议，经复核撤销或者减轻扣分1个" in text


def test_the_circular_says_how_cases_were_drawn(tmp_path: Path, whole: RoundState) -> None:
    from msgspec.structs import replace

    def with_sample(sample: object) -> str:
        opened = replace(whole.opened, sample=sample)
        its = RoundState(whole.round_id, opened, whole.opened_by, whole.opened_at,
                         cases=whole.cases, faults=whole.faults)  # fmt: skip
        return all_text(circular(its, "zh", "2026-04-02"))

    assert "未经随机抽取" in all_text(circular(whole, "zh", "2026-04-02"))
    record = {"plan": {"seed": "春分", "by": ["unit_id"], "risk": None},
              "population": {"cases": 2000}, "draw": [{}] * 6}  # fmt: skip
    drawn = with_sample(record)
    assert "采用分层随机抽样的方法，从2000件案卷中抽取6件" in drawn
    assert "“春分”" in drawn
    assert "抽取记录随本轮评查存档" in with_sample({"whatever": 1})


def test_what_cannot_be_written_is_told_in_a_sentence(whole: RoundState, told: RoundState) -> None:
    with pytest.raises(UsageError, match="没有机构“nobody”的案卷；有：handling（示例市东海区"):
        problem_list(whole, "nobody", "zh")
    with pytest.raises(UsageError, match="2份评分只提交了0份"):
        rating_sheet(whole, WAITING, "zh")
    with pytest.raises(UsageError, match="0 of 2 ratings"):
        rating_sheet(whole, WAITING, "en")
    with pytest.raises(Refused, match="没有“没有的案卷”"):
        rating_sheet(whole, "没有的案卷", "zh")
    with pytest.raises(UsageError, match="西山区劳动保障监察大队”没有下达过整改"):
        rectification_notice(whole, "west", "zh")
    with pytest.raises(UsageError, match="都没有最终结果"):
        circular(told, "zh", "2026-04-02")
    none_told = RoundState(told.round_id, told.opened, told.opened_by, told.opened_at,
                           cases={WAITING: told.cases[WAITING]})  # fmt: skip
    for paper in (problem_list, feedback_letter):
        with pytest.raises(UsageError, match="还没有收到反馈"):
            paper(none_told, "handling", "zh")


def test_every_word_is_there_in_both_languages_with_the_same_values() -> None:
    book = yaml.safe_load(
        (Path(__file__).parents[3] / "workbench/papers/words.yaml").read_text("utf-8")
    )
    odd = [
        key for key, its in book.items()
        if set(its) != set(LANGUAGES) or _values(its["zh"]) != _values(its["en"])
    ]  # fmt: skip
    assert odd == []


def _values(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)", text))


def test_another_units_case_stays_out(whole: RoundState) -> None:
    for paper in (problem_list, feedback_letter):
        assert WEST not in all_text(paper(whole, "handling", "zh"))
