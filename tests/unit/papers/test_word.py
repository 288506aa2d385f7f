"""The .docx: numbers of GB/T 9704-2012 in the XML, fonts by both names, heads that repeat."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.unit.papering import AGREED
from workbench import papers
from workbench.papers.content import Column, Heading, Paper, Table, Text
from workbench.papers.layout import layout
from workbench.papers.word import write_word
from workbench.review.state import RoundState

MM = 36000  # English metric units


@pytest.fixture(scope="module")
def letter(whole: RoundState, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The feedback letter in Chinese, read back."""
    target = tmp_path_factory.mktemp("word") / "letter.docx"
    return Document(str(papers.feedback_letter(whole, "handling", target)))


def test_the_page_is_a4_with_the_type_area_of_the_standard(letter: Any) -> None:
    page = letter.sections[0]
    area = (page.page_width - page.left_margin - page.right_margin,
            page.page_height - page.top_margin - page.bottom_margin)  # fmt: skip
    lengths = (page.page_width, page.page_height, page.top_margin, page.left_margin, *area)
    assert [round(length / MM) for length in lengths] == [210, 297, 37, 28, 156, 225]


def test_a_turned_page_has_the_turned_type_area(whole: RoundState, tmp_path: Path) -> None:
    written = papers.problem_list(whole, "handling", tmp_path / "list.docx")
    page = Document(str(written)).sections[0]
    area = (page.page_width - page.left_margin - page.right_margin,
            page.page_height - page.top_margin - page.bottom_margin)  # fmt: skip
    assert [round(x / MM) for x in (page.page_width, page.page_height, *area)] == [
        297, 210, 225, 156]  # fmt: skip


@pytest.mark.parametrize(
    ("style", "font", "half_points", "line"),
    [("PaperTitle", "方正小标宋简体", 44, 720), ("PaperBody", "仿宋_GB2312", 32, 579),
     ("PaperHeading1", "黑体", 32, 579), ("PaperHeading2", "楷体_GB2312", 32, 579),
     ("PaperHeading3", "仿宋_GB2312", 32, 579), ("PaperPageNumber", "宋体", 28, 280)],
)  # fmt: skip
def test_fonts_sizes_and_fixed_lines(
    letter: Any, style: str, font: str, half_points: int, line: int
) -> None:
    found = next(s for s in letter.styles.element if s.get(qn("w:styleId")) == style)
    fonts = found.find(qn("w:rPr")).find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == font
    assert fonts.get(qn("w:ascii"))
    assert not [name for name in fonts.attrib if "heme" in name]
    assert int(found.find(qn("w:rPr")).find(qn("w:sz")).get(qn("w:val"))) == half_points
    spacing = found.find(qn("w:pPr")).find(qn("w:spacing"))
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == (str(line), "exact")


def test_twenty_two_lines_of_twenty_eight_characters_fit_the_type_area() -> None:
    its = layout("zh")
    body = its.styles["body"]
    assert 22 * body.line_pt <= its.area_height_mm / 25.4 * 72 < 23 * body.line_pt
    assert 28 * (body.size_pt + body.spacing_pt) <= its.area_width_mm / 25.4 * 72
    assert body.indent_chars == 2


def test_fonts_that_are_not_there_have_others_to_take_their_place(letter: Any) -> None:
    table = next(r.target_part.blob for r in letter.part.rels.values() if "fontTable" in r.reltype)
    text = table.decode("utf-8")
    for font, other in (("仿宋_GB2312", "仿宋,FangSong"), ("方正小标宋简体", "方正小标宋_GBK"),
                        ("楷体_GB2312", "楷体,KaiTi")):  # fmt: skip
        assert f'w:name="{font}"><w:altName w:val="{other}' in text
    assert "Noto Serif CJK SC" in text


def test_page_numbers_stand_outside_between_dashes(letter: Any) -> None:
    section = letter.sections[0]
    assert letter.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer._element.findall(qn("w:p"))
        properties = paragraph.find(qn("w:pPr"))
        assert properties.find(qn("w:jc")).get(qn("w:val")) == side
        assert properties.find(qn("w:ind")).get(qn(f"w:{side}Chars")) == "100"
        text = "".join(t.text for t in paragraph.iter(qn("w:t")))
        assert text == "— 1 —"
        assert " PAGE " in [t.text for t in paragraph.iter(qn("w:instrText"))]
    # 7 mm below the type area: the dash runs through the middle of its line.
    dash = section.footer_distance / MM + layout("zh").styles["page_number"].line_pt / 72 * 12.7
    assert section.bottom_margin / MM - dash == pytest.approx(7, abs=0.2)


def test_heads_repeat_and_rows_stay_whole(letter: Any) -> None:
    for table in letter.tables:
        first, *others = table._tbl.findall(qn("w:tr"))
        assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        for row in [first, *others]:
            assert row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None


def test_headings_are_numbered_as_official_documents_do(letter: Any) -> None:
    text = [p.text for p in letter.paragraphs]
    assert [t for t in text if t.startswith(("一、", "二、", "三、"))] == [
        "一、初步评查结果", "二、发现的问题", "三、回复要求"]  # fmt: skip
    assert [t[:3] for t in text if t.startswith("（")] == ["（一）", "（二）", "（三）", "（四）"]
    assert "〔　　　　〕　　　号" in text, "the number of the document is left to the office"
    assert text[text.index("附件：问题回复表") + 1 :][:2] == [
        "示例市人力资源和社会保障局", "2026年3月3日"]  # fmt: skip


def test_a_red_head_only_where_it_is_asked_for(whole: RoundState, tmp_path: Path) -> None:
    def xml(**more: Any) -> str:
        path = papers.circular(whole, tmp_path / "c.docx", on="2026-04-02", **more)
        return zipfile.ZipFile(path).read("word/document.xml").decode("utf-8")

    assert "FF0000" not in xml()
    red = xml(red_head=True)
    assert "示例市人力资源和社会保障局文件" in red
    assert red.count("FF0000") == 2, "the name and the line below it"


def test_equal_papers_are_equal_files(whole: RoundState, tmp_path: Path) -> None:
    for suffix in ("docx", "xlsx"):
        one, other = (
            papers.rating_sheet(whole, AGREED, tmp_path / f"{n}.{suffix}").read_bytes()
            for n in "ab"
        )
        assert one == other


def test_nothing_that_is_written_breaks_the_file(tmp_path: Path) -> None:
    nasty = "<w:p>&amp; ]]> \x00\x0b\ud800 “引号”——… 😀 𠮷\t=1+1\r\n第二行"
    long = "很长的理由。" * 3000
    table = Table("t", [Column(nasty, 1), Column("b", 9)], [[nasty, long], [1.5, date(2026, 1, 2)]])
    paper = Paper("zh", nasty, [Heading(nasty), Text(nasty, nasty), Text(long), table],
                  recipient=nasty, organ=nasty, number=nasty)  # fmt: skip
    found = Document(str(write_word(paper, tmp_path / "n.docx", red_head=True)))
    cells = [cell.text for row in found.tables[0].rows for cell in row.cells]
    assert cells[0] == "<w:p>&amp; ]]>  “引号”——… 😀 𠮷 =1+1\n第二行"
    assert cells[3] == long
    assert cells[5] == "2026年1月2日"
    row = found.tables[0]._tbl.findall(qn("w:tr"))[1]
    assert row.find(qn("w:trPr")).find(qn("w:cantSplit")) is None, "higher than a page"


def test_three_hundred_problems_are_three_hundred_rows(tmp_path: Path) -> None:
    rows = [[n, "示-2026-001", "存在问题" * 10, 0.5] for n in range(1, 301)]
    columns = [Column("序号", 1, "count"), Column("案卷", 2), Column("问题", 5),
               Column("扣分", 1, "points")]  # fmt: skip
    paper = Paper("zh", "问题清单", [Table("t", columns, rows)])
    found = Document(str(write_word(paper, tmp_path / "many.docx")))
    assert len(found.tables[0]._tbl.findall(qn("w:tr"))) == 301


def test_another_kind_of_file_or_place_is_refused_before_any_work(
    whole: RoundState, tmp_path: Path
) -> None:
    from workbench.terms import UsageError

    for target, sentence in (
        (tmp_path / "p.pdf", "只能写成 .docx 或者 .xlsx"),
        (tmp_path / "no" / "p.docx", "没有文件夹"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=sentence):
            papers.problem_list(whole, "handling", target)
    folder = tmp_path / "folder.docx"
    folder.mkdir()
    with pytest.raises(UsageError, match="是文件夹"):
        papers.problem_list(whole, "handling", folder)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.docx"]
