"""The panel of originals as HTML: pure, escaped, in both languages, without a script."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from workbench.desk.files_panel import files_panel, first_shown, panel_style, summary
from workbench.desk.files_view import MOST_INLINE, inline_address, server_addresses
from workbench.desk.files_words import facts_of
from workbench.display import Language
from workbench.originals.integrity import State
from workbench.originals.media import Media
from workbench.originals.volume import Original, Volume
from workbench.sources import read_words

ROOM = Path(__file__).parents[2] / "workbench"
HASH, OTHER = "0123456789abcdef" * 4, "f" * 64
TITLE = {"zh": "决定书", "en": "Decision"}
PDF = Original("papers", "D1", TITLE, "示〔2026〕1号", date(2026, 3, 4), first_page=2, last_page=5,
               recorded=HASH, found=HASH, state=State.whole, size=2048,
               media=Media("application/pdf", "pdf"), suffix=".pdf")  # fmt: skip
ALTERED = replace(PDF, id="D2", found=OTHER, state=State.altered)
GONE = replace(PDF, id="D3", state=State.missing, found=None, size=None)
NONE = Original("papers", "D4", TITLE)
FILM = Original("films", "V1", {}, from_at=datetime(2026, 3, 4, 9, 30),
                to_at=datetime(2026, 3, 4, 10, 45), about="<b>现场</b>", state=State.no_hash,
                size=3 << 30, media=Media("video/mp4", "video"))  # fmt: skip
VOLUME = Volume("r-1", "c-1", (PDF, ALTERED, GONE, NONE, FILM), ({"zh": "备考表", "en": "Note"},))


def shown(ref: str | None, language: Language = "zh", **more: object) -> str:
    def link(to: str, seen: bool) -> str:
        return f"#file={to}" + ("&seen=1" if seen else "")

    address = server_addresses("/", "r-1", language)
    return files_panel(VOLUME, language, chosen=ref, link=link, address=address, **more)  # type: ignore[arg-type]


def test_the_list_says_what_is_there_and_what_is_not() -> None:
    page = shown("papers/D1")
    assert "共 5 项：现有文件 3，其中已被改动 1，缺失 1，未登记文件 1。" in page
    assert summary(VOLUME, "en") == (
        "5 records: files there 3, of them altered 1, missing 1, without a recorded file 1."
    )
    assert page.index("papers/D1") < page.index("papers/D2") < page.index("films/V1")
    assert "应当归档而卷内没有的文书" in page
    assert "备考表" in page
    assert page.count('aria-current="true"') == 1


def test_the_chosen_one_is_shown_in_the_element_of_its_kind() -> None:
    assert '<iframe src="/originals/r-1/papers/D1?lang=zh#navpanes=0' in shown("papers/D1")
    assert "第 2–5 页" in shown("papers/D1")
    film = shown("films/V1", "en")
    assert '<video src="/originals/r-1/films/V1?lang=en" controls' in film
    assert "Recorded 4 March 2026 09:30 to 10:45 (75 minutes on record)" in film
    assert "3 GB" in film


@pytest.mark.parametrize("ref", [None, "papers/none", "../../etc/passwd", "<script>"])
def test_what_is_not_in_the_volume_shows_the_first_that_is_there(ref: str | None) -> None:
    assert 'data-original="papers/D1"' in shown(ref).split("wb-original-shown")[1]
    assert first_shown(Volume("r", "c", (NONE, GONE))) is NONE


def test_an_altered_file_is_opened_only_after_its_warning() -> None:
    page = shown("papers/D2")
    assert "iframe" not in page
    assert 'href="#file=papers/D2&amp;seen=1"' in page
    assert "01234567…89abcdef（记录日期 2026年3月4日）" in page
    assert "ffffffff…ffffffff" in page
    opened = shown("papers/D2", seen=True)
    assert f"seen={OTHER[:16]}" in opened
    assert "正在查看的是已被改动的文件" in opened
    # What was seen of one file opens no other that is altered.
    assert "seen=" not in shown("papers/D1", seen=True).replace("&amp;seen=1", "")


def test_a_change_that_the_source_knew_of_is_told() -> None:
    known = replace(ALTERED, recorded_last=OTHER)
    page = files_panel(Volume("r", "c", (known,)), "en", chosen=None, link=lambda r, s: "#",
                       address=server_addresses("/", "r"))  # fmt: skip
    assert "The source itself last recorded the hash" in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_has_its_words(language: Language) -> None:
    for state in State:
        one = replace(PDF, state=state)
        page = files_panel(Volume("r", "c", (one,)), language, chosen=None,
                           link=lambda r, s: "#", address=lambda o, s: None)  # fmt: skip
        assert f'data-state="{state.value}"' in page
    assert ("原件" in page) == (language == "zh")


def test_case_text_is_only_text_and_there_is_no_script() -> None:
    hostile = replace(FILM, title={"zh": "<img onerror=x>"}, number='"><script>', id="a'\"<b>")
    page = files_panel(Volume("r", "<c>", (hostile,)), "zh", chosen=None,
                       link=lambda r, s: f"#{r}", address=server_addresses("/", "r"))  # fmt: skip
    assert not re.search(r"<script|<img|<b>现场|javascript:", page)
    assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', page))


def test_without_our_server_a_small_file_comes_along(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG")
    small = replace(PDF, path=path, size=4, media=Media("image/png", "image"))
    assert inline_address(small, False) == "data:image/png;base64,iVBORw=="
    assert inline_address(replace(small, size=MOST_INLINE + 1), False) is None
    assert inline_address(replace(small, path=tmp_path / "none"), False) is None
    page = files_panel(Volume("r", "c", (replace(FILM),)), "zh", chosen=None,
                       link=lambda r, s: "#", address=inline_address)  # fmt: skip
    assert "文件较大（3 GB），在 workbench serve 打开的页面里显示。" in page


def test_a_case_without_records_and_an_older_run_say_so() -> None:
    def panel(volume: Volume) -> str:
        return files_panel(volume, "en", chosen=None, link=lambda r, s: "#",
                           address=lambda o, s: None)  # fmt: skip

    assert "No document and no recording" in panel(Volume("r", "c", ()))
    assert "older version" in panel(Volume("r", "c", (), known=False))


def test_facts_leave_out_what_is_not_recorded() -> None:
    assert facts_of(NONE, "zh") == ["D4"]
    end = replace(FILM, to_at=None)
    assert facts_of(end, "en", short=True) == ["Recorded 4 March 2026 09:30 · <b>现场</b>"]


def test_every_word_stands_in_both_languages() -> None:
    for book in ("desk/files_words.yaml", "originals/words.yaml"):
        for key, texts in read_words(ROOM / book).items():
            assert set(texts) == {"zh", "en"}, key
            places = [set(re.findall(r"{(\w+)}", text)) for text in texts.values()]
            assert places[0] == places[1], key


def test_every_class_of_the_panel_is_styled() -> None:
    page = " ".join(shown(o.ref) for o in VOLUME.originals)
    used = {c for found in re.findall(r'class="([^"]+)"', page) for c in found.split()}
    mine = {c for c in used if c.startswith("wb-original")}
    assert mine
    assert {c for c in mine if f".{c}" not in panel_style()} == set()
