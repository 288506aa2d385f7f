"""The parts of a .docx that python-docx has no verb for: fonts, styles, fields, borders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from workbench.papers.layout import Font, Layout, Style

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_ALIGN = {"left": "left", "right": "right", "center": "center", "both": "both"}


def twips(points: float) -> int:
    """Points in twentieths, as the format counts.

    >>> twips(28.95)
    579
    """
    return round(points * 20)


def mm_twips(millimetres: float) -> int:
    """Millimetres in twentieths of a point.

    >>> mm_twips(37)
    2098
    """
    return round(millimetres / 25.4 * 1440)


def parsed(xml: str) -> Any:
    """One element from its XML, whose prefix `w` need not be declared."""
    from docx.oxml import parse_xml

    return parse_xml(f"<w:body {_W}>{xml}</w:body>")[0]


def fonts_xml(font: Font) -> str:
    """The fonts of a run or a style: Latin and Chinese both named.

    The hint sends what both have (quotation marks, dashes) to the Chinese font.
    """
    latin, chinese = quoteattr(font.latin), quoteattr(font.east_asia)
    return (f'<w:rFonts w:hint="eastAsia" w:ascii={latin} w:hAnsi={latin} '
            f"w:eastAsia={chinese} w:cs={latin}/>")  # fmt: skip


def run_properties(style: Style) -> str:
    """How the letters of a style look."""
    half = round(style.size_pt * 2)
    bold = "<w:b/><w:bCs/>" if style.bold else '<w:b w:val="0"/>'
    spacing = f'<w:spacing w:val="{twips(style.spacing_pt)}"/>' if style.spacing_pt else ""
    return (f'{fonts_xml(style.font)}{bold}<w:color w:val="{style.colour}"/>{spacing}'
            f'<w:kern w:val="0"/><w:sz w:val="{half}"/><w:szCs w:val="{half}"/>')  # fmt: skip


def paragraph_properties(style: Style, outline: int = 0) -> str:
    """How the paragraphs of a style stand; `outline` 1 to 4 puts them into the outline."""
    advance = style.size_pt + style.spacing_pt
    first = twips(style.indent_chars * advance)
    indent = (f'<w:ind w:firstLineChars="{round(style.indent_chars * 100)}" w:firstLine="{first}"/>'
              if style.indent_chars else "")  # fmt: skip
    level = f'<w:outlineLvl w:val="{outline - 1}"/>' if outline else ""
    keep = "<w:keepNext/>" if outline else ""
    # Between Chinese and digits a space is put by itself; a narrow cell has no room for it.
    tight = "" if style.spread else '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    before, after = twips(style.before_pt), twips(style.after_pt)
    return (
        f'{keep}{tight}<w:spacing w:before="{before}" w:after="{after}" '
        f'w:line="{twips(style.line_pt)}" w:lineRule="exact"/>{indent}'
        f'<w:jc w:val="{_ALIGN[style.align]}"/>{level}'
    )


def style_xml(name: str, style: Style, outline: int = 0) -> str:
    """A paragraph style of the document."""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{style_id(name)}">'
        f'<w:name w:val="{style_name(name)}"/><w:qFormat/>'
        f"<w:pPr>{paragraph_properties(style, outline)}</w:pPr>"
        f"<w:rPr>{run_properties(style)}</w:rPr></w:style>"
    )


def style_id(name: str) -> str:
    """What the file calls a style."""
    return "Paper" + name.replace("_", " ").title().replace(" ", "")


def style_name(name: str) -> str:
    """What a person sees in the list of styles."""
    return "Paper " + name.replace("_", " ")


def font_table(fonts: Iterable[Font]) -> bytes:
    """The font table: every font by name, with those to take where it is not there."""
    entries = {font.east_asia: _font(font) for font in fonts}
    entries |= {font.latin: _latin(font) for font in fonts if font.latin not in entries}
    body = "".join(entries.values())
    return (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {_W}>{body}'
            "</w:fonts>").encode()  # fmt: skip


def _font(font: Font) -> str:
    others = quoteattr(",".join(font.others))
    return (f"<w:font w:name={quoteattr(font.east_asia)}><w:altName w:val={others}/>"
            f'<w:charset w:val="86"/><w:family w:val="{font.family}"/>'
            '<w:pitch w:val="variable"/></w:font>')  # fmt: skip


def _latin(font: Font) -> str:
    return (f"<w:font w:name={quoteattr(font.latin)}>"
            f'<w:charset w:val="00"/><w:family w:val="{font.family}"/>'
            '<w:pitch w:val="variable"/></w:font>')  # fmt: skip


def page_number_runs(layout: Layout) -> str:
    """The number of the page between its dashes."""
    about = layout.page_number

    def run(inner: str) -> str:
        properties = run_properties(layout.styles["page_number"])
        return f"<w:r><w:rPr>{properties}</w:rPr>{inner}</w:r>"

    def text(value: str) -> str:
        return run(f'<w:t xml:space="preserve">{escape(value)}</w:t>') if value else ""

    return (
        text(about["before"])
        + run('<w:fldChar w:fldCharType="begin"/>')
        + run('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + run('<w:fldChar w:fldCharType="separate"/>')
        + run("<w:t>1</w:t>")
        + run('<w:fldChar w:fldCharType="end"/>')
        + text(about["after"])
    )


def footer_paragraph(layout: Layout, odd: bool) -> str:
    """The foot of odd or of even pages: the number outside, a character from the edge."""
    style = layout.styles["page_number"]
    side = style.align if style.align == "center" else "right" if odd else "left"
    inset = twips(layout.page_number["outside_chars"] * style.size_pt)
    hundredths = round(layout.page_number["outside_chars"] * 100)
    indent = (f'<w:ind w:{side}Chars="{hundredths}" w:{side}="{inset}"/>'
              if inset and side != "center" else "")  # fmt: skip
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style_id("page_number")}"/>{indent}'
        f'<w:jc w:val="{side}"/></w:pPr>{page_number_runs(layout)}</w:p>'
    )
