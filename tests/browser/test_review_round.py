"""A whole round in the browser: blind ratings, a gap, adjudication, a reply, a rectification.

Every person sits in a browser of their own; what must not be seen is looked for on their pages and
in all that the server sent them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.review_desk import (
    CASES,
    CHEN,
    HEADER,
    LI,
    ROUND,
    SUN,
    WANG,
    ZHAO,
    ZHOU,
    Person,
    make_round,
    people,
)
from workbench.benchmark.browser import Served, served, serving
from workbench.review.review import Review
from workbench.review.state import FaultStage, Stage

FIRST, SECOND, THIRD = CASES
MOST_KEYS = 40
SECRET = "卷三第十二页的签收日期被改写"


@pytest.fixture
def store(runs: Path, tmp_path: Path) -> Path:
    """A round on three cases of the sample run."""
    made = tmp_path / "review.sqlite"
    make_round(next(runs.glob("hrss-*")), made)
    return made


@pytest.fixture
def desk_server(runs: Path, store: Path) -> Iterator[Served]:
    """`workbench serve` with that store, behind a proxy that names people."""
    with served(serving(runs, "--review", str(store), "--trust-header", HEADER)) as started:
        yield started


def rated(person: Person, case: str, *anchors: str) -> None:
    """Rate a case with the keyboard and lock it: findings confirmed, full marks but for `anchors`.

    An anchor below full gets the first document of the case as its evidence; a veto is confirmed
    with the words that are proposed.
    """
    person.case(case)
    for anchor in (*anchors, *["3"] * 30):
        item = person.page.evaluate(CURRENT)
        while item in ("proposal", "veto"):
            person.press("y")
            if item == "veto":
                person.press("Escape", "j")
            item = person.page.evaluate(CURRENT)
        if item is None:
            break
        person.press(anchor)
        if anchor != "3":
            person.press("e", "1", "Enter")
    lock(person)


CURRENT = """() => {
  const item = document.querySelector(".wb-item.wb-current");
  const open = [...item.querySelectorAll(".wb-proposal")].some((p) => !p.querySelector(":checked"));
  if (open) return item.dataset.veto ? "veto" : "proposal";
  const anchors = item.querySelector(".wb-anchors");
  return anchors && !anchors.querySelector(":checked") ? "anchor" : null;
}"""


def lock(person: Person) -> None:
    person.act(lambda: person.press("Control+Enter"))
    assert person.page.locator("#wb-confirm[open]").count() == 1, person.text("#wb-refused")
    person.act(lambda: person.press("Enter"))


def test_a_round_from_two_blind_ratings_to_a_verified_rectification(
    browser: Any, desk_server: Served, store: Path
) -> None:
    with people(browser, desk_server, WANG, LI) as (wang, li):
        wang.open(f"#round={ROUND}&lang=zh")
        li.open(f"#round={ROUND}&lang=zh")
        assert "王敏" in wang.text(".wb-who")
        assert "已提交 0 / 3 件" in wang.text()
        blind(wang, li)
        for case in (SECOND, THIRD):
            rated(wang, case)
            rated(li, case)
        assert "都评完了" in wang.text()
        compared(wang)
    with people(browser, desk_server, CHEN, SUN, ZHOU, ZHAO) as (chen, sun, zhou, zhao):
        adjudicated(chen)
        told(sun)
        replied(zhou)
        answered_and_final(chen, sun)
        rectified(sun, zhou, zhao)
    whole(store)


def blind(wang: Person, li: Person) -> None:
    """Wang rates the first case low, with a reason of her own; Li sees none of it."""
    wang.case(FIRST)
    wang.page.fill("#wb-note", SECRET)
    wang.press("Escape")
    rated(wang, FIRST, "1", "2")
    li.go()
    for state in ({}, {"state": "to_rate"}):
        li.go(**state)
        assert SECRET not in li.text()
    rated(li, FIRST)
    li.go(view="case", case=SECOND)
    assert "法律适用" in li.received  # it is read as text, indeed
    assert SECRET not in li.received
    assert "王敏" not in li.received


def compared(wang: Person) -> None:
    """After both are locked they stand side by side, and that they were shown is on record."""
    wang.case(FIRST)
    table = wang.text(".wb-compare")
    assert "王敏" in table
    assert "李强" in table
    assert "分，超过上限" in wang.text(".wb-gap")
    assert wang.page.locator(".wb-differs").count() >= 2


def adjudicated(chen: Person) -> None:
    """Chen begins from Li's rating; without reasons it is refused, and nothing typed is lost."""
    chen.open(f"#round={ROUND}&lang=zh")
    assert "待裁定" in chen.text(".wb-cases-table")
    chen.go(view="case", case=FIRST, basis="1")
    assert SECRET in chen.text(".wb-compare")
    chen.go(view="case", case=FIRST, basis="2")
    chen.act(lambda: chen.press("Control+Enter"))
    assert "裁定要写明理由" in chen.text("#wb-refused")
    chen.page.fill("#wb-reason", "第一份评分没有采信补正材料")
    lock(chen)
    assert "裁定已经记录" in chen.text()


def told(sun: Person) -> None:
    """The lead tells the unit, for all of its cases at once."""
    sun.open(f"#round={ROUND}&lang=zh&view=lead")
    assert "每卷 2 人评分" in sun.text()
    sun.click("form[data-do=feedback]:has(input[value='9902-J']) button")
    assert "反馈初步结果" in sun.text("#wb-said")


def replied(zhou: Person) -> None:
    """The unit accepts all but one problem; a contest without reasons is refused in place."""
    zhou.open(f"#round={ROUND}&lang=zh")
    assert zhou.page.locator(".wb-told").count() == 2
    for at in range(2):
        form = zhou.page.locator("form[data-do=reply]").first
        boxes = form.locator("input[value=accepted]")
        for one in boxes.all():
            one.check()
        if at == 0:
            form.locator("input[value=contested]").first.check()
            zhou.act(form.locator("button.wb-main-button").click)
            assert "要写明理由" in form.locator(".wb-refused").inner_text()
            form.locator("textarea:visible").first.fill("审核意见已归入副卷")
        zhou.act(form.locator("button.wb-main-button").click)
    assert "已回复，等待答复" in zhou.text()


def answered_and_final(chen: Person, sun: Person) -> None:
    """What is contested is reduced by the adjudicator; then the lead makes both results final."""
    chen.go(state="to_answer")
    chen.click(".wb-cases-table tbody a")
    form = chen.page.locator("form[data-do=answer]")
    form.locator("input[value=withdrawn]").check()
    form.locator("textarea").fill("副卷中确有审核意见")
    chen.act(form.locator("button.wb-main-button").click)
    assert "答复已经记录" in chen.text("#wb-said")
    sun.go(view="lead")
    sun.go(view="queue")
    sun.go(view="lead")
    sun.click("form[data-do=finalise]:has(input[value='9902-2025-00210']) button")
    assert "2 件案卷的结果已最终确定" in sun.text("#wb-said")


def rectified(sun: Person, zhou: Person, zhao: Person) -> None:
    """A rectification is demanded, proved by the unit, verified by somebody else."""
    sun.case(SECOND)
    form = sun.page.locator("form[data-do=rectify]")
    form.locator("textarea").fill("补齐文书并组织学习")
    sun.act(form.locator("button").click)
    faults = sun.page.locator(".wb-fault").count()
    assert faults >= 1
    zhou.go(view="rectify")
    assert zhou.page.locator("form[data-do=verify]").count() == 0
    for _ in range(faults):
        proof = zhou.page.locator("form[data-do=prove]").first
        proof.locator("textarea").fill("已补齐")
        proof.locator("input[type=file]").set_input_files(
            {"name": "补正.txt", "mimeType": "text/plain", "buffer": "补正".encode()}
        )
        zhou.act(proof.locator("button.wb-main-button").click)
    zhao.open(f"#round={ROUND}&lang=zh&view=rectify")
    assert "SHA-256" in zhao.text(".wb-fault")
    for _ in range(faults):
        look = zhao.page.locator("form[data-do=verify]").first
        look.locator("textarea").fill("核对原件一致")
        zhao.act(look.locator("button[value=yes]").click)
    assert "已验收" in zhao.text(".wb-stages")


def whole(store: Path) -> None:
    """What the store says of it, and that the store is whole."""
    with Review.open(store, SUN) as lead:
        its = lead.round(ROUND)
        assert [lead.stage(ROUND, case) for case in CASES] == [
            Stage.final, Stage.final, Stage.agreed,
        ]  # fmt: skip
        assert its.cases[FIRST].adjudicated
        assert its.cases[FIRST].seats[1].shown_at
        assert {fault.stage for fault in its.faults.values()} == {FaultStage.verified}
        by = {said.actor for fault in its.faults.values() for said in fault.history}
        assert by == {SUN, ZHOU, ZHAO}
    command = [sys.executable, "-m", "workbench.cli", "verify", str(store)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_a_case_is_rated_in_forty_keys(browser: Any, desk_server: Served, store: Path) -> None:
    with people(browser, desk_server, WANG) as (wang,):
        wang.open(f"#round={ROUND}&lang=zh")
        wang.act(lambda: wang.page.click("#wb-next"))
        case = wang.page.get_attribute("#wb-form", "data-case")
        wang.pressed = 0
        rated(wang, str(case), "3", "2")
        assert wang.pressed <= MOST_KEYS, wang.pressed
        print(f"{wang.pressed} keys")
        assert wang.page.get_attribute("#wb-form", "data-case") != case
    with Review.open(store, WANG) as review:
        assert len(review.round(ROUND).cases[str(case)].rated) == 1


def test_a_name_in_the_browsers_message_is_never_believed(
    browser: Any, desk_server: Served, store: Path
) -> None:
    with people(browser, desk_server, ZHOU) as (zhou,):
        zhou.open(f"#round={ROUND}&lang=zh&viewer=sun&actor=sun&WORKBENCH_VIEWER=sun")
        assert "周科" in zhou.text(".wb-who")
        assert FIRST not in zhou.text()
        zhou.go(view="lead", viewer="sun")
        assert zhou.page.locator(".wb-lead").count() == 0
        answer = zhou.page.request.get(zhou.server.address + "voila/render/review_desk.ipynb",
                                       headers={HEADER: ""})  # fmt: skip
        assert answer.status == 403
