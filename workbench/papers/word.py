"""A paper as a .docx in the layout of `layout.yaml` (zh: GB/T 9704-2012)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from workbench.display import text_width
from workbench.papers.content import Block, Fields, Heading, Paper, Table, Text
from workbench.papers.layout import Layout, layout
from workbench.papers.word_tables import fields_xml, table_xml
from workbench.papers.word_xml import (
    font_table,
    footer_paragraph,
    parsed,
    run_properties,
    style_id,
    style_xml,
    twips,
)
from workbench.papers.wording import Wording
from workbench.reports.workbook_cells import printable

_HEADINGS = {"heading1": 1, "heading2": 2, "heading3": 3, "heading4": 4}
_COMPATIBLE = 15  # Word 2013 and later: no layout of older versions is imitated
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def write_word(paper: Paper, path: Path, *, red_head: bool = False) -> Path:
    """Write a paper to `path`; equal papers give equal files. `OSError` where it cannot."""
    path.write_bytes(_File(paper, red_head).content())
    return path


class _File:
    """One .docx in the making."""

    def __init__(self, paper: Paper, red_head: bool) -> None:
        from docx import Document

        self.paper, self.red_head = paper, red_head
        self.layout: Layout = layout(paper.language)
        self.words = Wording(paper.language)
        self.document: Any = Document()
        self.numbers = [0, 0, 0, 0]
        self._prepare()

    def content(self) -> bytes:
        """The file; the entries of the archive bear no time of their own."""
        self._head()
        self._blocks(self.paper.blocks)
        self._foot()
        for at, attachment in enumerate(self.paper.attachments, 1):
            self.numbers = [0, 0, 0, 0]
            self._add("attachment", self._attachment_mark(at), "<w:pageBreakBefore/>")
            self._add("attachment_title", attachment.title)
            self._blocks(attachment.blocks)
        made = io.BytesIO()
        self.document.save(made)
        return _timeless(made.getvalue())

    # ------------------------------------------------------------------ page, styles, fonts

    def _prepare(self) -> None:
        body = self.document.element.body
        for element in list(body):
            if not element.tag.endswith("}sectPr"):
                body.remove(element)
        self._styles()
        self._section()
        self._fonts()
        properties = self.document.core_properties
        day = self.paper.dated or date(1980, 1, 1)
        properties.title, properties.author = printable(self.paper.title)[:250], ""
        properties.comments, properties.language = "", self.words("locale")
        properties.created = properties.modified = datetime(day.year, day.month, day.day)
        properties.last_modified_by = ""

    def _styles(self) -> None:
        styles = self.document.styles.element
        for found in styles.xpath("w:docDefaults/w:rPrDefault/w:rPr"):
            found.getparent().replace(found, parsed(
                f"<w:rPr>{run_properties(self.layout.styles['body'])}"
                f'<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'))  # fmt: skip
        for name, style in self.layout.styles.items():
            styles.append(parsed(style_xml(name, style, _HEADINGS.get(name, 0))))

    def _section(self) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm

        its, section = self.layout, self.document.sections[0]
        pages = (its.width_mm, its.height_mm)
        margins = (its.top_mm, its.right_mm, its.bottom_mm, its.left_mm)
        if self.paper.landscape:  # the same sheet turned: its left edge is on top
            section.orientation = WD_ORIENT.LANDSCAPE
            pages, margins = pages[::-1], (margins[3], margins[0], margins[1], margins[2])
        section.page_width, section.page_height = (Mm(length) for length in pages)
        section.top_margin, section.right_margin = Mm(margins[0]), Mm(margins[1])
        section.bottom_margin, section.left_margin = Mm(margins[2]), Mm(margins[3])
        section.footer_distance = Mm(its.footer_mm - its.bottom_mm + margins[2])
        section.header_distance, section.gutter = Mm(min(15, margins[0])), Mm(0)
        self.width_mm = its.area_height_mm if self.paper.landscape else its.area_width_mm
        self.document.settings.odd_and_even_pages_header_footer = True
        for footer, odd in ((section.footer, True), (section.even_page_footer, False)):
            footer.is_linked_to_previous = False
            for old in footer.paragraphs:
                old._p.getparent().remove(old._p)
            footer._element.append(parsed(footer_paragraph(its, odd)))
        self._grid(section._sectPr)
        self._modern()

    def _grid(self, section: Any) -> None:
        """As many lines on a page as the layout says."""
        for old in section.xpath("w:docGrid"):
            section.remove(old)
        pitch = twips(self.layout.styles["body"].line_pt)
        section.append(parsed(f'<w:docGrid w:type="default" w:linePitch="{pitch}"/>'))

    def _modern(self) -> None:
        settings = self.document.settings.element
        for old in settings.xpath("w:compat/w:compatSetting[@w:name='compatibilityMode']"):
            old.getparent().remove(old)
        compat = settings.xpath("w:compat")
        if compat:
            compat[0].append(parsed(
                '<w:compatSetting w:name="compatibilityMode" '
                f'w:uri="http://schemas.microsoft.com/office/word" w:val="{_COMPATIBLE}"/>'
            ))  # fmt: skip

    def _fonts(self) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE

        fonts = [style.font for style in self.layout.styles.values()]
        for relation in self.document.part.rels.values():
            if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
                relation.target_part._blob = font_table(fonts)

    # ------------------------------------------------------------------ what it says

    def _head(self) -> None:
        paper = self.paper
        if self.red_head and paper.organ:
            self._append(self._red_head(self.words("red_head", organ=paper.organ)))
            if paper.number:
                self._add("number", paper.number)
            self._append(self._red_line())
        self._add("title", paper.title)
        if paper.number and not self.red_head:
            self._add("number", paper.number)
        if paper.recipient:
            before = twips(self.layout.styles["recipient"].line_pt) if paper.number else 0
            spacing = f'<w:spacing w:before="{before}"/>' if before and not self.red_head else ""
            self._add("recipient", self.words("recipient", name=paper.recipient), spacing)

    def _red_head(self, text: str) -> str:
        """The organ's name in one line, as large as the style says or as fits."""
        style = self.layout.styles["red_head"]
        room = self.width_mm / 25.4 * 72 / max(1, text_width(text)) * 2
        style = replace(style, size_pt=round(min(style.size_pt, room) * 2 - 0.5) / 2)
        return _paragraph("red_head", _run(text, run_properties(style)))

    def _red_line(self) -> str:
        eighths = round(self.layout.red_line_pt * 8)
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{style_id("note")}"/><w:pBdr><w:bottom w:val="single" '
            f'w:sz="{eighths}" w:space="1" w:color="FF0000"/></w:pBdr></w:pPr></w:p>'
        )

    def _blocks(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if isinstance(block, Heading):
                self._add(f"heading{block.level}", self._numbered(block.level, block.text))
            elif isinstance(block, Text):
                self._text(block)
            elif isinstance(block, Fields):
                self._append(fields_xml(block, self.layout, self.width_mm))
                self._add("note", "")
            else:
                self._table(block)

    def _numbered(self, level: int, text: str) -> str:
        self.numbers[level - 1] += 1
        self.numbers[level:] = [0] * (4 - level)
        return self.layout.numbered(level, self.numbers[level - 1], text)

    def _text(self, block: Text) -> None:
        lead = ""
        if block.lead:
            style = self.layout.styles["heading2"]
            lead = _run(self._numbered(2, block.lead), run_properties(style))
        self._append(_paragraph("body", lead + _run(block.text)))

    def _table(self, table: Table) -> None:
        if table.caption:
            self._add("caption", table.caption, "<w:keepNext/>")
        self._append(table_xml(table, self.layout, self.words, self.width_mm))
        self._add("note", table.note)

    def _foot(self) -> None:
        """The list of attachments, who signs, the day: never alone on a page."""
        names = [a.title for a in self.paper.attachments]
        if names or self.paper.organ:
            self._keep_last()
        keep = "<w:keepNext/><w:keepLines/>"
        line = f'<w:spacing w:before="{twips(self.layout.styles["body"].line_pt)}"/>'
        if len(names) == 1:
            self._add("body", self.words("attachment_one", name=names[0]), keep + line)
        for at, name in enumerate(names if len(names) > 1 else [], 1):
            key = "attachment_first" if at == 1 else "attachment_more"
            self._add("body", self.words(key, at=at, name=name), keep + (line if at == 1 else ""))
        if not self.paper.organ:
            return
        dated = self.words.day(self.paper.dated) if self.paper.dated else self.words("no_date")
        right = self.layout.date_right_chars * self.layout.styles["date"].size_pt
        if not right:
            self._add("organ", self.paper.organ, keep)
            self._add("date", dated)
            return
        self._add("organ", self.paper.organ, keep + _right(self._centred(dated, right)))
        self._add("date", dated, _right(right))

    def _centred(self, dated: str, right: float) -> float:
        """How far from the right the organ's name ends, to stand centred above the date."""
        half = self.layout.styles["date"].size_pt / 2
        wider = (text_width(dated) - text_width(self.paper.organ)) * half
        return max(0.0, right + wider / 2)

    def _keep_last(self) -> None:
        """The last paragraph before the signature stays with it."""
        last = self.document.element.body.xpath("w:p[last()]")
        if last:
            properties = last[0].get_or_add_pPr()
            properties.insert(1, parsed("<w:keepNext/>"))

    def _attachment_mark(self, at: int) -> str:
        one = len(self.paper.attachments) == 1
        return self.words("attachment_mark") if one else self.words("attachment_mark_n", at=at)

    def _add(self, style: str, text: str, properties: str = "") -> None:
        self._append(_paragraph(style, _run(text) if text else "", properties))

    def _append(self, xml: str) -> None:
        body = self.document.element.body
        body.insert(len(body) - 1, parsed(xml))


def _paragraph(style: str, runs: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style_id(style)}"/>{properties}</w:pPr>{runs}</w:p>'


def _run(text: str, properties: str = '<w:rFonts w:hint="eastAsia"/>') -> str:
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(part)}</w:t>'
        for part in printable(text).replace("\r", "").split("\n")
    )
    return f"<w:r><w:rPr>{properties}</w:rPr>{lines}</w:r>"


def _right(points: float) -> str:
    return f'<w:ind w:right="{twips(points)}"/>'


def _timeless(archive: bytes) -> bytes:
    """The same archive with one time for all of its entries."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as taken,
    ):
        for name in given.namelist():
            taken.writestr(zipfile.ZipInfo(name, _EARLIEST), given.read(name),
                           zipfile.ZIP_DEFLATED)  # fmt: skip
    return made.getvalue()
