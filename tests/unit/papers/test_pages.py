"""Papers turned into pages by LibreOffice: how many, what they say, how many lines they hold."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.papering import AGREED
from workbench import papers
from workbench.papers.content import Column, Paper, Table, Text
from workbench.papers.word import write_word
from workbench.review.state import RoundState

SECONDS = 240  # for a busy machine


def _writer() -> bool:
    """Is there a LibreOffice that opens documents? Calc alone does not."""
    office = shutil.which("soffice")
    program = Path(office).resolve().parent if office else Path()
    return any((program / name).exists() for name in ("libswlo.so", "swriter"))


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _writer(), reason="needs LibreOffice Writer (libreoffice-writer)"),
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)"),
]


@pytest.fixture(scope="module")
def pages(whole: RoundState, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The text of the pages of several papers, by name; one start of LibreOffice for all."""
    folder = tmp_path_factory.mktemp("pages")
    files = [
        papers.rating_sheet(whole, AGREED, folder / "sheet.docx"),
        papers.problem_list(whole, "handling", folder / "list.docx"),
        papers.feedback_letter(whole, "handling", folder / "letter.docx"),
        papers.rectification_notice(whole, "handling", folder / "notice.docx"),
        papers.circular(whole, folder / "circular.docx", on="2026-04-02", red_head=True),
        papers.circular(whole, folder / "english.docx", "en", on="2026-04-02"),
        write_word(many(), folder / "many.docx"),
        write_word(long(), folder / "long.docx"),
        write_word(plain(), folder / "plain.docx"),
    ]
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation={(folder / 'office').as_uri()}",
         "--convert-to", "pdf", "--outdir", str(folder), *map(str, files)],
        check=True, capture_output=True, timeout=SECONDS,
    )  # fmt: skip
    return {file.stem: _pages(file.with_suffix(".pdf")) for file in files}


def _pages(path: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True,
                          capture_output=True, timeout=SECONDS)  # fmt: skip
    return done.stdout.decode("utf-8").split("\f")[:-1]


def many() -> Paper:
    """Three hundred problems."""
    columns = [Column("序号", 1, "count"), Column("案卷", 2), Column("问题", 6),
               Column("扣分", 1, "points")]  # fmt: skip
    rows = [[n, f"示-{n:04}", "送达回证没有受送达人签名", 0.5] for n in range(1, 301)]
    return Paper("zh", "问题清单", [Table("t", columns, rows)])


def long() -> Paper:
    """A cell that no page holds."""
    words = "".join(f"第{n}句。" for n in range(1, 1501))
    return Paper("zh", "很长", [Table("t", [Column("甲", 1), Column("乙", 4)], [["a", words]])])


def plain() -> Paper:
    """Full pages of one paragraph."""
    return Paper("zh", "版心", [Text("版" * 28 * 60)])


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_papers_fill_the_pages_they_should(pages: dict[str, list[str]]) -> None:
    most = {"sheet": 3, "list": 2, "letter": 5, "notice": 4, "circular": 5, "english": 3}
    assert {
        name: len(pages[name]) for name in most if not 1 <= len(pages[name]) <= most[name]
    } == {}


def test_every_page_has_its_number_between_dashes(pages: dict[str, list[str]]) -> None:
    for name in ("sheet", "list", "letter", "notice", "circular"):
        for at, page in enumerate(pages[name], 1):
            assert squeezed(page).endswith(f"—{at}—"), (name, at)
    odd, even = (page.rstrip().splitlines()[-1] for page in pages["letter"][:2])
    assert len(odd) - len(odd.lstrip()) > 40, "odd pages: on the right"
    assert len(even) - len(even.lstrip()) < 20, "even pages: on the left"


def test_the_text_is_all_there(pages: dict[str, list[str]]) -> None:
    whole = {name: squeezed("".join(its)) for name, its in pages.items()}
    assert "评查得分：88.75分；等次：合格。" in whole["sheet"]
    assert "请于2026年3月17日前（含当日）书面回复。" in whole["letter"]
    assert "附件：问题回复表" in whole["letter"]
    assert "示例市人力资源和社会保障局文件" in whole["circular"]
    assert "六、下一步工作要求" in whole["circular"]
    assert "6.Whatisdemandednext" in whole["english"]


def test_nobody_signs_a_page_of_their_own(pages: dict[str, list[str]]) -> None:
    for name in ("letter", "notice", "circular"):
        signed = next(p for p in reversed(pages[name]) if "示例市人力资源和社会保障局\n" in p)
        before = squeezed(signed.split("示例市人力资源和社会保障局\n")[0])
        assert len(before) > 20, name


def test_a_long_list_repeats_its_head_on_every_page(pages: dict[str, list[str]]) -> None:
    assert 8 <= len(pages["many"]) <= 14
    for page in pages["many"]:
        assert page.split().count("序号") == 1
    rows = re.findall(r"示-(\d{4})", "".join(pages["many"]))
    assert rows == [f"{n:04}" for n in range(1, 301)]


def test_a_row_that_no_page_holds_goes_over_to_the_next(pages: dict[str, list[str]]) -> None:
    assert len(pages["long"]) > 2
    text = re.sub(r"—\d+—|甲乙|a|\f", "", squeezed("".join(pages["long"])))
    assert [s for s in (f"第{n}句。" for n in range(1, 1501)) if s not in text] == []


def test_a_page_holds_twenty_two_lines_of_twenty_eight_characters(
    pages: dict[str, list[str]],
) -> None:
    lines = [squeezed(line) for line in pages["plain"][1].splitlines()]
    body = [line for line in lines if line.startswith("版")]
    assert len(body) == 22
    assert {len(line) for line in body} == {28}
