"""The review desk of lead, unit, owner and officer, without a browser: who sees and may do what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.reviewing import (
    ANN,
    BEN,
    EVE,
    JUDGE,
    LEAD,
    ROUND,
    UNIT,
    Clock,
    drawn,
    items,
    person,
    reviewing,
)
from tests.unit.test_desk_rating import CASE, desk, page, text
from workbench.review.review import Review
from workbench.review.state import Stage


@pytest.fixture
def round_(tmp_path: Path) -> Iterator[tuple[Review, Clock]]:
    """Two cases of one unit, agreed on by Ann and Ben; the handler is on the roster, too."""
    with reviewing(tmp_path, {"c1": drawn(), "c2": drawn()}) as (lead, clock):
        lead.enrol(ROUND, person("handler", unit_id="handling", organ_id="city",
                                 roles=("officer",)))  # fmt: skip
        for case in ("c1", "c2"):
            for who in (ANN, BEN):
                lead.assign_to(ROUND, case, who)
                lead.as_person(who).submit(ROUND, case, items(facts=4))
        yield lead, clock


def told(lead: Review) -> None:
    lead.send_feedback(ROUND, "handling", ["c1"])


def test_the_lead_sees_who_has_how_much_and_tells_the_unit(
    round_: tuple[Review, Clock], tmp_path: Path
) -> None:
    lead, _ = round_
    sun = desk(lead, LEAD, tmp_path)
    shown = text(page(sun, f"#round={ROUND}&view=lead"))
    assert "每卷 2 人评分" in shown
    assert "Ann 评查员 u1 2 2 0" in shown
    assert "反馈 2 件" in shown
    done = sun.do(f"#round={ROUND}&view=lead", "feedback", {"unit": "handling"})
    assert "反馈初步结果" in done["html"]
    assert lead.stage(ROUND, "c2") is Stage.reply
    again = sun.do(f"#round={ROUND}&view=lead", "feedback", {"unit": "handling"})
    assert "没有可以反馈的初步结果" in again["refused"]
    no = desk(lead, ANN, tmp_path).do(f"#round={ROUND}", "close", {})
    assert "评查组长" in no["refused"]  # roles by their names, not by their codes
    assert "wb-lead-title" not in page(desk(lead, ANN, tmp_path), f"#round={ROUND}&view=lead")


def test_the_unit_replies_item_by_item_and_keeps_its_draft(
    round_: tuple[Review, Clock], tmp_path: Path
) -> None:
    lead, _ = round_
    told(lead)
    unit = desk(lead, UNIT, tmp_path)
    html = page(unit)
    assert "c1" in html
    assert "c2" not in html  # it was not told of that
    assert "Ann" not in html
    fields = {"position:facts/1.1": "contested", "text:facts/1.1": "证据<b>已</b>在卷"}
    assert unit.keep("", {"case": "c1", "fields": fields}) == {"kept": "c1"}
    assert "证据&lt;b&gt;已&lt;/b&gt;在卷" in page(unit)
    no = unit.do("", "reply", {"case": "c1", **fields})
    assert "没有逐项答复" in no["refused"]
    assert "事实" in no["refused"] or "送达" in no["refused"]  # titles, not ids
    whole = {**fields, "position:facts/2.1": "accepted", "position:service/late": "accepted",
             "evidence:facts/1.1": "卷一第3页；卷一第4页"}  # fmt: skip
    assert "已提交" in unit.do("", "reply", {"case": "c1", **whole})["html"]
    reply = lead.round(ROUND).cases["c1"].reply
    assert reply
    assert reply.body.items["facts/1.1"].evidence == ("卷一第3页", "卷一第4页")  # type: ignore[attr-defined]
    assert lead.as_person(UNIT).draft(ROUND, "c1") is None
    stranger = desk(lead, ANN, tmp_path).keep("", {"case": "c9", "fields": fields})
    assert "没有“c9”" in stranger["refused"]


def test_contested_problems_are_answered_by_somebody_else(
    round_: tuple[Review, Clock], tmp_path: Path
) -> None:
    lead, _ = round_
    told(lead)
    keys = ("facts/1.1", "facts/2.1", "service/late")
    lead.as_person(UNIT).reply(ROUND, "c1", {
        key: {"position": "contested", "text": "已补正"} for key in keys
    })  # fmt: skip
    judge = desk(lead, JUDGE, tmp_path)
    assert page(judge, CASE + "c1").count('value="reduced"') == 3
    given = {f"decision:{key}": "kept" for key in keys} | {f"reason:{key}": "维持" for key in keys}
    given |= {"decision:facts/1.1": "reduced", "points:facts/1.1": "9"}
    assert "不成立" in judge.do(CASE + "c1", "answer", given)["refused"]
    given["points:facts/1.1"] = "1"
    assert "答复已经记录" in judge.do(CASE + "c1", "answer", given)["html"]
    sun = desk(lead, LEAD, tmp_path)
    assert "已最终确定" in sun.do(f"#round={ROUND}", "finalise", {"case": ["c1"]})["html"]
    officer = page(desk(lead, "handler", tmp_path))
    assert "c1" in officer
    assert "已补正" not in officer  # an officer sees the result, not how it came about
    assert "c2" not in officer


def test_a_rectification_is_proved_verified_and_escalated(
    round_: tuple[Review, Clock], tmp_path: Path
) -> None:
    lead, clock = round_
    told(lead)
    clock.go_to("2026-03-20")  # the time to reply is over
    lead.finalise(ROUND, ["c1"])
    sun, unit = desk(lead, LEAD, tmp_path), desk(lead, UNIT, tmp_path)
    given = {"case": "c1", "owner": UNIT, "demand": "补正"}
    assert "责任人" in sun.do(CASE + "c1", "rectify", {**given, "owner": ""})["refused"]
    assert "整改已开出" in sun.do(CASE + "c1", "rectify", given)["html"]
    where, fault = f"#round={ROUND}&view=rectify", "c1#service/late"
    clock.go_to("2026-06-01")
    assert "wb-f-overdue" in page(sun, where)
    no = sun.do(where, "escalate", {"fault": fault, "to": "", "reason": ""})
    assert "送达：逾期送达" in no["refused"]
    done = sun.do(where, "escalate", {"fault": fault, "to": "分管领导", "reason": "逾期"})
    assert "向分管领导督办" in done["html"]
    proof = {"fault": fault, "text": "已补正", "files": {"a.pdf": "ab" * 32}}
    assert "等待验收" in unit.do(where, "prove", proof)["html"]
    assert "以外的人验收" not in page(unit, where)
    eve = desk(lead, EVE, tmp_path)
    look = {"fault": fault, "accepted": "yes", "reason": ""}
    assert "核实了什么" in eve.do(where, "verify", look)["refused"]
    assert "已验收通过" in eve.do(where, "verify", {**look, "reason": "核对原件"})["html"]


def test_the_lead_gives_back_extends_publishes_and_closes(
    round_: tuple[Review, Clock], tmp_path: Path
) -> None:
    lead, _ = round_
    sun = desk(lead, LEAD, tmp_path)
    assert "理由" in sun.do(CASE + "c2", "give_back", {"seat": "1", "reason": ""})["refused"]
    assert "已退回" in sun.do(CASE + "c2", "give_back", {"seat": "1", "reason": "漏评"})["html"]
    assert "漏评" in page(desk(lead, ANN, tmp_path), CASE + "c2")
    told(lead)
    late = {"until": "2026-03-01", "reason": "材料在外"}
    assert "只能延长" in sun.do(CASE + "c1", "extend", late)["refused"]
    assert "2026-04-01" in sun.do(CASE + "c1", "extend", {**late, "until": "2026-04-01"})["html"]
    view = f"#round={ROUND}&view=lead&lang=en"
    step = {"what": "scheme", "on": "2026-03-02", "where": ""}
    assert "where" in sun.do(view, "publish", step)["refused"]
    assert "on record" in sun.do(view, "publish", {**step, "where": "site"})["html"]
    assert "cannot be closed" in sun.do(view, "close", {})["refused"]
