"""Who may see what outside the desk, and what a refusal is called on the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import workbench as wb
from tests.unit import reviewing as small
from tests.unit.reviewing import ANN, BEN, EVE, JUDGE, LEAD, ROUND, UNIT
from workbench.cli import main
from workbench.commands.review_names import named
from workbench.review import paper_forms, parts, rights
from workbench.review.refusals import Refused
from workbench.review.review import Review
from workbench.review.state import RoundState
from workbench.review.status import status_for
from workbench.rounds import export_rounds
from workbench.terms import InputError

HRSS = parts.Origin(run_id="r", as_of="2026-06-30", pack="hrss", pack_version="1", pack_digest="d")
VETO = {"id": "v03", "title": {"zh": "当事人名称不一致", "en": "Another party"}, "source": "tests"}


def may(its: RoundState, ask: Callable[..., None], *of: str) -> set[str]:
    """Who of the round may."""
    found = set()
    for who in (LEAD, ANN, BEN, EVE, JUDGE, UNIT, "stranger"):
        try:
            ask(its, who, *of)
        except Refused:
            continue
        found.add(who)
    return found


def rated(review: Review, *people: str, **more: float) -> None:
    for who in people:
        review.as_person(who).submit(ROUND, "c1", small.items(**more))


def test_whoever_still_rates_blind_sees_nothing_outside_the_desk(tmp_path: Path) -> None:
    with small.reviewing(tmp_path, origin=HRSS) as (lead, _):
        lead.enrol(ROUND, small.person(LEAD, unit_id="u9", organ_id="o9",
                                       roles=("lead", "reviewer")))  # fmt: skip
        lead.assign_to(ROUND, "c1", ANN)
        lead.assign_to(ROUND, "c1", LEAD)
        rated(lead, ANN, facts=10)
        assert may(lead.round(ROUND), rights.whole_round) == {JUDGE}
        assert may(lead.round(ROUND), rights.ratings_of, "c1") == {JUDGE}
        for who in (LEAD, ANN, BEN, UNIT, "stranger"):
            with pytest.raises(Refused):
                export_rounds(lead.as_person(who), tmp_path / "out", ROUND)
        assert not (tmp_path / "out").exists()
        with pytest.raises(Refused, match="独立评分没有结束"):
            export_rounds(lead, tmp_path / "out", ROUND)
        assert lead.result_rows(ROUND)["results"] == []
        rated(lead, LEAD, facts=10)
        assert may(lead.round(ROUND), rights.whole_round) == {LEAD, JUDGE}
        assert may(lead.round(ROUND), rights.ratings_of, "c1") == {LEAD, ANN, JUDGE}
        assert export_rounds(lead, tmp_path / "out", ROUND)["evaluation_ratings.csv"] == 2


def test_papers_and_forms_are_for_those_they_concern(tmp_path: Path) -> None:
    with small.reviewing(tmp_path) as (lead, _):
        lead.assign(ROUND)
        raters = {seat.reviewer_id for seat in lead.round(ROUND).cases["c1"].seats.values()}
        rated(lead, *raters)
        lead.send_feedback(ROUND, "handling")
        its = lead.round(ROUND)
        assert may(its, rights.told_to, "handling") == {LEAD, JUDGE, UNIT}
        assert may(its, rights.outcome) == {LEAD, JUDGE}
        assert may(its, rights.answering, "c1") == {LEAD, JUDGE}
        everybody = {LEAD, ANN, BEN, EVE, JUDGE, UNIT}
        assert may(its, rights.takes_part) == everybody
        own = status_for(its, UNIT, "2026-03-02")
        assert own["loads"] == []
        assert len(status_for(its, LEAD, "2026-03-02")["loads"]) == 2
        lead.as_person(UNIT).reply(ROUND, "c1", {"service/late": {"position": "accepted"}})
        lead.finalise(ROUND, ["c1"])
        lead.close_round(ROUND)
        its = lead.round(ROUND)
        assert may(its, rights.whole_round) == everybody - {UNIT}
        assert may(its, rights.outcome) == everybody


def call(store: Path, who: str, *arguments: object) -> tuple[int, str]:
    given = ["review", *map(str, arguments), "--store", str(store), "--as", who]
    result = CliRunner().invoke(main, given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_commands_ask_who_asks(tmp_path: Path) -> None:
    store = tmp_path / "review.sqlite"
    with small.reviewing(tmp_path, origin=HRSS) as (lead, _):
        lead.assign_to(ROUND, "c1", ANN)
        lead.assign_to(ROUND, "c1", BEN)
        rated(lead, ANN)
        lead.enrol(
            ROUND, small.person("other", unit_id="elsewhere", organ_id="city", roles=("unit",))
        )
    sheet = ("paper", "rating-sheet", ROUND, "--case", "c1", "--to", tmp_path / "s.docx")
    for who, arguments in (
        (BEN, ("export", tmp_path / "out")),
        (BEN, sheet),
        ("other", ("paper", "problem-list", ROUND, "--unit", "handling", "--to",
                   tmp_path / "l.docx")),
        (BEN, ("paper", "circular", ROUND, "--to", tmp_path / "c.docx")),
        ("other", ("form", "c1", "--for", "reply", "--to", tmp_path / "f.csv")),
        (BEN, ("form", "c1", "--for", "answer", "--to", tmp_path / "f.csv")),
        (BEN, ("results",)),
        ("stranger", ("status",)),
    ):  # fmt: skip
        code, said = call(store, who, *arguments)
        assert code == 2, (who, arguments, said)
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".docx", ".csv")] == []
    assert call(store, BEN, "status")[0] == 0


def test_a_paper_reads_the_store_that_all_others_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small.reviewing(tmp_path) as (lead, _):
        lead.assign(ROUND)
        rated(lead, *(seat.reviewer_id for seat in lead.round(ROUND).cases["c1"].seats.values()))
        lead.send_feedback(ROUND, "handling")
    monkeypatch.setenv("WORKBENCH_REVIEW", str(tmp_path / "review.sqlite"))
    monkeypatch.setenv("WORKBENCH_USER", UNIT)
    target = tmp_path / "list.docx"
    result = CliRunner().invoke(
        main, ["review", "paper", "problem-list", ROUND, "--unit", "handling", "--to", str(target)]
    )
    assert result.exit_code == 0, result.output
    assert target.is_file()


def test_a_refusal_calls_things_by_their_titles(tmp_path: Path) -> None:
    store = tmp_path / "review.sqlite"
    words = {"officer": {"zh": "执法人员", "en": "Officer"},
             "criticism": {"zh": "批评教育", "en": "Criticism"}}  # fmt: skip
    with small.reviewing(tmp_path, names={"handling": "执法一科"}, words=words) as (lead, _):
        lead.assign_to(ROUND, "c1", ANN)
        its = lead.round(ROUND)
        measure = Refused("measure_not_allowed", measure="fire", target="officer",
                          allowed="criticism, training")  # fmt: skip
        assert str(named(measure, its, "zh")) == (
            "对执法人员没有“fire”这一处理方式；有：批评教育（criticism）、training"
        )
    (tmp_path / "empty.json").write_text('{"items": {}}', "utf-8")
    code, said = call(store, ANN, "submit", "c1", tmp_path / "empty.json")
    assert code == 2
    assert "“送达”还没有评分；“事实”还没有评分" in said
    code, said = call(store, ANN, "submit", "c1", tmp_path / "empty.json", "--lang", "en")
    assert "'Facts' is not rated yet" in said
    assert "所需的身份（评查组长）" in call(store, ANN, "close")[1]
    assert "（现处：评分中）" in call(store, LEAD, "finalise", "c1")[1]
    assert "“执法一科”没有可以反馈的" in call(store, LEAD, "feedback", "handling")[1]


def test_nothing_is_done_on_a_day_to_come(tmp_path: Path) -> None:
    with small.reviewing(tmp_path):
        pass
    store, ahead = tmp_path / "review.sqlite", date.today() + timedelta(days=1)
    for day in (ahead, ahead.isoformat()):
        with pytest.raises(Refused, match="晚于今天"):
            wb.open_review(store, LEAD, today=day)
    code, said = call(store, LEAD, "status", "--today", ahead)
    assert (code, "不能以将来的日期办理" in said) == (2, True)
    wb.open_review(store, LEAD, today=date.today()).close()


def test_what_a_rating_names_is_there_or_refused(tmp_path: Path) -> None:
    rubric = small.rubric() | {"vetoes": [VETO]}
    with small.reviewing(tmp_path, rubrics={"small": rubric}) as (lead, _):
        lead.assign_to(ROUND, "c1", ANN)
        ann = lead.as_person(ANN)
        for slip, meant in (
            ({"deduct": {"fact": (30, "缺证据", ["documents/D1"])}}, "facts"),
            ({"absent": {"laws": "不涉及"}}, "law"),
            ({"overturn": {"lat": "有误"}}, "late"),
            ({"settle": {"prof": ("passed", "已核对")}}, "proof"),
            ({"vetoes": {"v3": ("confirmed", "不一致")}}, "v03"),
        ):  # fmt: skip
            with pytest.raises(Refused, match=f"是否指“{meant}”"):
                ann.filled_in(ROUND, "c1", **slip)
        items, vetoes = ann.filled_in(ROUND, "c1", vetoes={"v03": ("confirmed", "不一致")})
        assert ann.score(ROUND, "c1", items, vetoes).vetoed

        its, form = ann.round(ROUND), tmp_path / "form.csv"
        paper_forms.write_rating(form, its, "c1", "zh")
        assert "\n,v03,当事人名称不一致,,否决项，由评查员查看；未发现的不填," in (
            form.read_text("utf-8-sig").replace("\r", "")
        )
        head = "criterion,check,conclusion,points,reason,evidence\nfacts,,full,,,\n"
        form.write_text(head + ",v03,confirmed,,names differ,\n", "utf-8")
        assert paper_forms.read_rating(form, its, "c1")[1]["v03"].decision == "confirmed"
        form.write_text(head + ",v03,,,,\n", "utf-8")
        assert paper_forms.read_rating(form, its, "c1")[1] == {}
        form.write_text(head + "fact,,full,,,\nservice,lat,confirmed,,,\n", "utf-8")
        with pytest.raises(InputError, match=r"是否指“facts”？.*是否指“late”？"):
            paper_forms.read_rating(form, its, "c1")


def test_a_limit_that_no_calendar_reaches_says_nothing_of_working_days() -> None:
    said = Refused("calendar_ends", day="2026-12-01", days=60)
    assert "工作日" not in said.text("zh")
    assert "working" not in said.text("en")
