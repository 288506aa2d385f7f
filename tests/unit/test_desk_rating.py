"""The review desk without a browser: the queue, the form, drafts, what others may not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.reviewing import ANN, BEN, EVE, JUDGE, LEAD, ROUND, drawn, items, reviewing
from workbench.desk.session import DeskSession
from workbench.desk.widget import notebook_script
from workbench.review import entries as e
from workbench.review.review import Review
from workbench.sources import read_words

ROOM = Path(__file__).parents[2] / "workbench" / "desk"
CASES = {"c1": drawn(), "c<2>": drawn(), "c3": drawn(unit_id="other")}
CASE = f"#round={ROUND}&view=case&case="


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Review]:
    """Three cases given to Ann and Ben."""
    with reviewing(tmp_path, CASES) as (review, _):
        for case in CASES:
            for person in (ANN, BEN):
                review.assign_to(ROUND, case, person)
        yield review


def desk(lead: Review, viewer: str, folder: Path) -> DeskSession:
    """Somebody else at a desk of their own, on the same store; no run is served."""
    where = str(lead.store.label)
    return DeskSession(folder, where, viewer, today=lambda: lead._today())


def page(session: DeskSession, address: str = "") -> str:
    return str(session.page(address).html)


def text(html: str) -> str:
    """What a person reads of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_queue_lists_my_cases_and_leads_to_the_next(lead: Review, tmp_path: Path) -> None:
    ann = desk(lead, ANN, tmp_path)
    html = page(ann)
    assert "已提交 0 / 3 件" in text(html)
    assert html.count("wb-s-to_rate") == 3
    assert "c&lt;2&gt;" in html
    assert "c<2>" not in html
    lead.as_person(ANN).save_draft(ROUND, "c1", {"note": "看到第三页"})
    lead.as_person(ANN).submit(ROUND, "c3", items())
    html = page(ann)
    assert 'id="wb-next"' in html
    assert html.index("wb-s-draft") < html.index("wb-s-to_rate") < html.index("wb-s-locked")
    assert "c3" not in page(ann, f"#round={ROUND}&state=to_rate")
    assert "没有符合条件的案卷" in page(ann, f"#round={ROUND}&state=final")


def test_who_has_no_part_in_a_round_sees_none_of_it(lead: Review, tmp_path: Path) -> None:
    html = page(desk(lead, "stranger", tmp_path), CASE + "c1")
    assert "没有“stranger”参加的评查轮次" in html
    assert "c1" not in html
    assert "年度评查" not in html
    eve = page(desk(lead, EVE, tmp_path), CASE + "c1")  # a reviewer, but not of this case
    assert "data-criterion" not in eve
    assert "开启一轮评查" in page(DeskSession(tmp_path, tmp_path / "none.sqlite", ANN))


def test_the_form_asks_for_every_answer_and_shows_the_total(lead: Review, tmp_path: Path) -> None:
    html = page(desk(lead, ANN, tmp_path), CASE + "c1")
    assert re.findall(r'data-criterion="(\w+)"', html) == ["service", "facts", "law"]
    assert "逾期送达" in html
    assert "有缺环" in html
    assert "这里没有这个批次" in html  # the facts cannot be shown, what the round has kept is
    assert "还差 3 项" in text(html)


def test_a_draft_is_kept_and_answers_what_changed(lead: Review, tmp_path: Path) -> None:
    ann = desk(lead, ANN, tmp_path)
    found = ann.keep(CASE + "c1", {"items": items(facts=10), "note": "初看"})
    assert "已经评完" in found["running"]
    assert found["points"] == {"service": "17 / 20", "facts": "30 / 40", "law": "20 / 20"}
    html = page(ann, CASE + "c1")
    assert "初看" in html
    assert 'data-ref="documents/D1"' in html
    assert "wb-s-draft" in page(ann)
    kept = lead.as_person(ANN).draft(ROUND, "c1")
    assert kept
    odd = ann.keep(CASE + "c1", {"items": {"facts": {"anchor": "most"}}})
    assert "无法识别" in odd["refused"]
    assert lead.as_person(ANN).draft(ROUND, "c1") == kept
    assert ann.keep(CASE + "c1", {"items": ["x"]})["refused"]


def test_a_rating_is_locked_and_the_next_case_comes(lead: Review, tmp_path: Path) -> None:
    ann = desk(lead, ANN, tmp_path)
    said = {"items": items(), "then": "next", "kind": "rating"}
    assert "goto" in ann.do(CASE + "c1", "confirm", {**said, "items": {}})
    asked = ann.do(CASE + "c1", "confirm", said)
    assert "96.25" in asked["confirm"]
    assert "锁定" in asked["confirm"]
    done = ann.do(CASE + "c1", "submit", said)
    assert "案卷 c1 的评分已提交" in done["html"]
    assert 'data-case="c&lt;2&gt;"' in done["html"]
    again = ann.do(CASE + "c1", "submit", said)
    assert "已于" in again["refused"]  # locked: and nothing of the page goes
    assert ann.do(CASE + "c1", "burn", said)["refused"]
    assert "没有分给" in desk(lead, JUDGE, tmp_path).do(CASE + "c1", "submit", said)["refused"]


def test_a_refusal_speaks_the_viewers_language_and_knows_titles(
    lead: Review, tmp_path: Path
) -> None:
    ann = desk(lead, ANN, tmp_path)
    given = {"items": items(late="overturned")}
    given["items"]["service"]["proposals"]["late"]["reason"] = ""
    address = CASE + "c1&lang=en"
    shown = ann.keep(address, given)["running"]
    assert "say why 'Late' of 'Service' is overturned" in shown.replace("&#39;", "'")


def test_nobody_sees_the_others_rating_before_all_are_locked(lead: Review, tmp_path: Path) -> None:
    secret = items(facts=13.25)
    secret["facts"]["deductions"][0]["reason"] = "只有安看到的缺环"
    ann, ben = desk(lead, ANN, tmp_path), desk(lead, BEN, tmp_path)
    ann.keep(CASE + "c1", {"items": secret})
    lead.as_person(ANN).submit(ROUND, "c1", secret)
    for address in ("", CASE + "c1", CASE + "c1&pane=files", f"#round={ROUND}&whose=all"):
        for hidden in ("13.25", "只有安看到的缺环", "26.75"):
            assert hidden not in page(ben, address)
    assert "其他评查员的评分，要等全部提交以后才能看到" in page(ann, CASE + "c1")
    lead.as_person(BEN).submit(ROUND, "c1", items())
    shown = page(ben, CASE + "c1")
    assert "只有安看到的缺环" in shown
    assert "wb-differs" in shown
    history = lead.round(ROUND).cases["c1"].history
    assert [type(said.body) for said in history][-1] is e.OthersShown
    page(ben, CASE + "c1")
    assert len(lead.round(ROUND).cases["c1"].history) == len(history)


def test_an_adjudicator_begins_from_either_rating(lead: Review, tmp_path: Path) -> None:
    lead.as_person(ANN).submit(ROUND, "c1", items(facts=20))
    lead.as_person(BEN).submit(ROUND, "c1", items())
    judge = desk(lead, JUDGE, tmp_path)
    first = page(judge, CASE + "c1")
    assert "超过上限 5 分" in first
    assert 'value="20"' in first
    assert 'value="20"' not in page(judge, CASE + "c1&basis=2")
    said = {"items": items(facts=4), "kind": "adjudication"}
    assert "裁定要写明理由" in judge.do(CASE + "c1", "confirm", said)["refused"]
    done = judge.do(CASE + "c1", "adjudicate", {**said, "reason": "证据链缺一环"})
    assert "裁定已经记录" in done["html"]
    assert "证据链缺一环" in done["html"]
    assert "证据链缺一环" not in page(desk(lead, EVE, tmp_path), CASE + "c1")


def test_a_rating_given_back_begins_from_what_it_said(lead: Review, tmp_path: Path) -> None:
    lead.as_person(ANN).submit(ROUND, "c1", items(facts=10))
    lead.give_back(ROUND, "c1", 1, "第二项依据不符")
    html = page(desk(lead, ANN, tmp_path), CASE + "c1")
    assert "第二项依据不符" in html
    assert 'value="10"' in html


def test_odd_addresses_end_in_a_page(lead: Review, tmp_path: Path) -> None:
    ann = desk(lead, ANN, tmp_path)
    for odd in ("%%%", "#view=lead", "#view=case", CASE + "nobody", "#round=x&lang=fr&unit=?"):
        assert "wb-desk" in page(ann, odd)


def test_every_word_is_there_in_both_languages() -> None:
    words = read_words(ROOM / "words.yaml")
    assert [key for key, texts in words.items() if set(texts) != {"zh", "en"}] == []
    assert {type(text) for texts in words.values() for text in texts.values()} == {str}
    shared = [ROOM.parent / "reports" / "report_words.yaml", ROOM / "files_words.yaml"]
    known = set(words).union(*(read_words(book) for book in shared))
    used = set()
    for file in (*ROOM.glob("*.py"), *(ROOM / "templates").glob("*.j2")):
        used |= set(
            re.findall(r"""\b(?:desk\.)?w\(\s*['"](\w+)['"][,)]""", file.read_text("utf-8"))
        )
    assert used - known == set()


def test_a_notebook_gets_the_scripts_as_one_module() -> None:
    script = notebook_script()
    assert "import {" not in script
    assert script.count("export default") == 1
    for name in ("class Page", "class Keys", "class Form", "class Desk"):
        assert script.count(name) == 1
    assert LEAD
