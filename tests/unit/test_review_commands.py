"""`workbench review` as its users meet it: a whole round in a shell, faults in sentences."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import workbench as wb
from tests.unit import played_round as play
from workbench.cli import main
from workbench.dashboards.data import RunData
from workbench.dashboards.measured import measured_row
from workbench.review.review import Review
from workbench.run import Run, open_run

ROOT = Path(__file__).parents[2]
ROSTER = """人员编号,姓名,机关编号,机构编号,身份,回避
ann,安,o1,u1,评查员,
ben,本,o2,u2,reviewer,
eve,伊,o3,u3,评查员,
judge,裁,o4,u4,裁定人,
unit,单位,{organ},{unit},被评查机构,
"""


@pytest.fixture(scope="module")
def run_folder(sample_folder: Path) -> Path:
    return sample_folder


def call(store: Path, *arguments: object, person: str = "lead", code: int = 0) -> Result:
    given = [str(a) for a in arguments]
    result = CliRunner().invoke(
        main, ["review", *given, "--store", str(store), "--as", person, "--today", "2026-07-02"]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def a_case(run_folder: Path) -> tuple[str, str, str]:
    """A case without a veto candidate that has a failed check, its organ and its unit."""
    run = open_run(run_folder)
    failed = set(run.findings.case_id)
    for case in play.some_cases(run, each=50):
        if case in failed:
            facts = run.facts().set_index("case_id").loc[case]
            return case, str(facts.organ_id), str(facts.unit_id)
    raise AssertionError("the sample has no such case")


def filled(path: Path, taken: str = "") -> Path:
    """A form filled in: all proposals confirmed, everything else in full."""
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    head = rows[0]
    conclusion, points = head.index("结论"), head.index("扣分")
    for row in rows[1:]:
        if row[head.index("检查编号")]:
            row[conclusion] = "确认" if "建议扣" in row[head.index("自动检查")] else ""
        elif row[0] == "facts_evidence" and taken:
            row[conclusion], row[points] = "自定", taken
            row[head.index("理由")], row[head.index("依据")] = "证据链有缺环", "D1；D2"
        elif row[0] in ("filing_source", "party_jurisdiction", "facts_evidence", "law",
                        "discretion", "notice_pleas"):  # fmt: skip
            row[conclusion] = "满分"
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return path


@pytest.fixture(scope="module")
def later_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same records, looked at again in autumn."""
    later = wb.evaluate(wb.load(ROOT / "sample_data" / "hrss"), as_of="2026-09-30")
    return later.save(tmp_path_factory.mktemp("later"))


def test_a_round_in_a_shell(
    tmp_path: Path, run_folder: Path, later_folder: Path, a_case: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    store, (case, organ, unit) = tmp_path / "review.sqlite", a_case
    said = call(store, "open", run_folder, "2026-A", "--organ", organ, "--cases", case,
                "--outside-weight", "0.2").output  # fmt: skip
    assert "轮次“2026-A”已开始：1件案卷，每卷2名评查员，分差上限5分" in said
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER.format(organ=organ, unit=unit), "utf-8")
    assert "登记了5人" in call(store, "enrol", roster).output
    call(store, "assign", case, "ann")
    call(store, "assign", case, "ben")

    form = tmp_path / "ann.csv"
    call(store, "form", case, "--to", form, person="ann")
    empty = call(store, "submit", case, form, person="ann", code=2).output
    assert "的评分还差" in empty
    call(store, "submit", case, filled(form, "12"), person="ann")
    other = tmp_path / "ben.csv"
    call(store, "form", case, "--to", other, person="ben")
    assert "已锁定" in call(store, "submit", case, filled(other), person="ben").output
    found = json.loads(call(store, "status", "--json").output)
    assert found[0]["stages"] == {"apart": 1}

    call(store, "adjudicate", case, filled(other), "--reason", "证据链完整", person="judge")
    call(store, "feedback", unit)
    reply = tmp_path / "reply.csv"
    call(store, "form", case, "--for", "reply", "--to", reply, person="unit")
    text = reply.read_text("utf-8-sig")
    assert "问题编号" in text
    call(store, "reply", case, "--accept-all", person="unit")
    assert "1件案卷的结果最终确定" in call(store, "finalise").output
    call(store, "rectify", case, "--owner", "科长", "--demand", "补正")
    fault = next(iter(Review.open(store, "lead").round("2026-A").faults))
    proof = tmp_path / "proof.txt"
    proof.write_text("补正", "utf-8")
    call(store, "prove", fault, proof, "--text", "已补正", person="unit")
    call(store, "verify-fix", fault, "--accept", "--reason", "核对一致", person="eve")
    refused = call(store, "retest", run_folder, run_folder, code=2).output
    assert "不晚于整改开出之日2026-07-02" in refused
    call(store, "retest", run_folder, later_folder)
    retested = wb.open_review(store, "lead").results("2026-A")["rectifications"].retested
    assert retested.tolist() == ["still_failed"] * len(retested)
    call(store, "survey", organ, "--on", "2026-07-01", "--answers", 40, "--satisfied", 38)
    for what in ("scheme", "process", "results"):
        call(store, "publish", what, "--where", "公开栏")
    call(store, "close")

    assert "1件，平均" in call(store, "results", "--to", tmp_path / "out").output
    (folder,) = (tmp_path / "out" / "rounds").iterdir()
    verified = CliRunner().invoke(main, ["verify", str(folder)])
    assert verified.exit_code == 0, verified.output
    assert "evaluations.csv  1" in call(store, "export", tmp_path / "export").output
    precision = json.loads(call(store, "precision", "--json").output)
    assert precision
    assert all(row["confirmed"] == 1 and row["too_few"] for row in precision)
    assert "数量太少" in call(store, "precision").output
    check = precision[0]["check_id"]
    run, review = open_run(run_folder), wb.open_review(store, "lead")
    assert "确认 1，推翻 0：数量太少" in run.check(check, review).html("zh")
    assert "准确率" not in run.check(check).html("zh")
    row = run.measured_checks(review).set_index("check_id").loc[check]
    assert (row.confirmed, row.overturned, row.too_few) == (1, 0, True)
    monkeypatch.setenv("WORKBENCH_REVIEW", str(store))
    data = RunData.open(run_folder)
    found = measured_row(data, check, "en")
    data.close()
    assert found
    assert found[1].startswith("1 confirmed, 0 overturned: too few")
    assert "closed on" in call(store, "status", "--lang", "en").output


def test_a_roster_is_taken_whole_or_not_at_all(
    tmp_path: Path, run_folder: Path, a_case: tuple[str, str, str]
) -> None:
    store, (case, organ, _) = tmp_path / "review.sqlite", a_case
    call(store, "open", run_folder, "2026-A", "--organ", organ, "--cases", case)
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "reviewer_id,name,organ_id,unit_id,roles,most\n"
        "ann,安,o1,u1,reviewer,10\n"
        "ben,,o1,u2,boss,ten\n"
        "ann,安,o1,u1,,\n", "utf-8",
    )  # fmt: skip
    said = call(store, "enrol", roster, code=1).output
    for words in ("4处错误", "第3行 “姓名”没有填写", "boss", "第3行 件数上限“ten”不是整数",
                  "第4行 “ann”出现两次"):  # fmt: skip
        assert words in said, words
    assert Review.open(store, "lead").round("2026-A").reviewers == {}


def test_a_mistake_ends_in_a_sentence_of_the_language_asked_for(
    tmp_path: Path, run_folder: Path, a_case: tuple[str, str, str]
) -> None:
    store, (case, organ, _) = tmp_path / "review.sqlite", a_case
    assert "there is no such review store" in call(store, "status", code=1).output
    call(store, "open", run_folder, "2026-A", "--organ", organ, "--cases", case)
    english = call(store, "assign", "nobody", "ann", "--lang", "en", code=2).output
    assert "case 'nobody' is none of the 1 cases of round '2026-A'" in english
    assert "没有“nobody”" in call(store, "assign", "nobody", "ann", code=2).output
    assert "没有轮次“x”" in call(store, "status", "--round", "x", code=2).output


def test_a_form_says_every_fault_with_its_line(
    tmp_path: Path, run_folder: Path, a_case: tuple[str, str, str]
) -> None:
    store, (case, organ, _) = tmp_path / "review.sqlite", a_case
    call(store, "open", run_folder, "2026-A", "--organ", organ, "--cases", case)
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER.format(organ=organ, unit="u9"), "utf-8")
    call(store, "enrol", roster)
    call(store, "assign", case, "ann")
    form = tmp_path / "form.csv"
    form.write_text(
        "criterion,check,conclusion,points,reason,evidence\n"
        "law,,perfect,,,\n"
        "beauty,,full,,,\n"
        "law,,own,-3,x,D1\n", "utf-8",
    )  # fmt: skip
    said = call(store, "submit", case, form, person="ann", code=1).output
    for words in (
        "3处错误",
        "第2行",
        "perfect",
        "第3行 评查标准中没有项目“beauty”",
        "第4行 扣分“-3”",
    ):
        assert words in said, words


def test_an_officer_sees_what_became_of_their_own_case(tmp_path: Path, sample_folder: Path) -> None:
    run: Run = open_run(sample_folder)
    case = play.some_cases(run, each=1)
    with play.begun(tmp_path, run, case) as (review, day):
        play.agreed(review, case[0], taken=2)
        officer = review.round(play.ROUND).cases[case[0]].drawn.handled_by[0]
        assert len(review.as_person(officer).own_results(play.ROUND)["results"]) == 0
        review.send_feedback(play.ROUND, review.round(play.ROUND).cases[case[0]].drawn.unit_id)
        own = review.as_person(officer).own_results(play.ROUND)
        assert list(own["results"].case_id) == case
        assert len(review.as_person("somebody").own_results(play.ROUND)["results"]) == 0
        with pytest.raises(Exception, match="没有这一步所需的身份"):
            review.as_person("somebody").own_results(play.ROUND, officer)
    assert day.day == date(2026, 7, 2)
