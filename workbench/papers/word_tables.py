"""Tables of a .docx: fixed widths, the head repeated on every page, rows kept whole.

Written as XML in one go: a list of three hundred problems takes no longer than it must.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from workbench.display import text_width
from workbench.papers.content import Cell, CellKind, Fields, Table
from workbench.papers.layout import Layout
from workbench.papers.word_xml import mm_twips, style_id, twips
from workbench.papers.wording import Wording
from workbench.reports.workbook_cells import printable

_ALIGN: dict[CellKind, str] = {
    "text": "left", "points": "center", "count": "center", "share": "center", "day": "center",
    "centre": "center",
}  # fmt: skip
_PADDING_PT = 3.5
_PADDING_ABOVE_PT = 1.5
_SPLIT_SHARE = 0.4  # of a page: a row that is higher may go over to the next
_BY_HAND_PT = 34.0
_KEPT_WHOLE = 6  # a table of no more rows stays on one page
_FIELD_SHARES = (0.16, 0.36, 0.16, 0.32)


def table_xml(table: Table, layout: Layout, words: Wording, width_mm: float) -> str:
    """A table as wide as the type area."""
    total = sum(column.width for column in table.columns)
    widths = [mm_twips(width_mm * column.width / total) for column in table.columns]
    kinds: list[CellKind] = [column.kind for column in table.columns]
    rows = [_row([c.head for c in table.columns], ["centre"] * len(widths), widths, layout,
                 words, "table_head", head=True)]  # fmt: skip
    short = len(table.rows) <= _KEPT_WHOLE
    for at, row in enumerate(table.rows):
        last = at == len(table.rows) - 1
        keep = ((short or at == 0) and not last) or (last and bool(table.total))
        rows.append(_row(row, kinds, widths, layout, words, "table", by_hand=table.by_hand,
                         keep=keep))  # fmt: skip
    if table.total:
        rows.append(_row(table.total, kinds, widths, layout, words, "table_head"))
    return _table(widths, "".join(rows), _borders(layout))


def fields_xml(fields: Fields, layout: Layout, width_mm: float) -> str:
    """Label and value, two in a line, in a grid without shading; a lone last one goes across."""
    widths = [mm_twips(width_mm * share) for share in _FIELD_SHARES]
    rows = []
    for at in range(0, len(fields.pairs), 2):
        cells: list[tuple[str, str, int]] = []
        for label, value in fields.pairs[at : at + 2]:
            cells += [(label, "table_head", len(cells)), (value, "table", len(cells) + 1)]
        alone = len(cells) == 2
        rows.append("<w:tr><w:trPr><w:cantSplit/></w:trPr>" + "".join(
            _cell(text, "left", sum(widths[place:]) if alone and place == 1 else widths[place],
                  layout, style, span=3 if alone and place == 1 else 1)
            for text, style, place in cells) + "</w:tr>")  # fmt: skip
    return _table(widths, "".join(rows), _borders(layout))


def shown(value: Cell, kind: CellKind, words: Wording) -> str:
    """A cell as the paper writes it: points without needless zeros, days in full, % for shares."""
    if value is None:
        return ""
    if isinstance(value, str):
        return printable(value)
    return words.cell(value, kind)


def _table(widths: Sequence[int], rows: str, borders: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    pad, above = twips(_PADDING_PT), twips(_PADDING_ABOVE_PT)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'{borders}<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:top w:w="{above}" w:type="dxa"/><w:left w:w="{pad}" w:type="dxa"/>'
        f'<w:bottom w:w="{above}" w:type="dxa"/><w:right w:w="{pad}" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _borders(layout: Layout) -> str:
    eighths = round(layout.table_line_pt * 8)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return "<w:tblBorders>" + "".join(
        f'<w:{side} w:val="single" w:sz="{eighths}" w:space="0" w:color="000000"/>'
        for side in sides) + "</w:tblBorders>"  # fmt: skip


def _row(
    values: Sequence[Cell], kinds: Sequence[CellKind], widths: Sequence[int], layout: Layout,
    words: Wording, style: str, *, head: bool = False, by_hand: bool = False, keep: bool = False,
) -> str:  # fmt: skip
    texts = [shown(value, kind, words) for value, kind in zip(values, kinds, strict=True)]
    properties = "" if _too_high(texts, widths, layout) else "<w:cantSplit/>"
    if by_hand and not head:
        properties += f'<w:trHeight w:val="{twips(_BY_HAND_PT)}" w:hRule="atLeast"/>'
    if head:
        properties += "<w:tblHeader/>"
    cells = "".join(
        _cell(text, _ALIGN[kind], width, layout, style, shaded=head, keep=head or keep)
        for text, kind, width in zip(texts, kinds, widths, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"


def _too_high(texts: Sequence[str], widths: Sequence[int], layout: Layout) -> bool:
    """Would this row, kept whole, leave most of a page empty?"""
    style = layout.styles["table"]
    lines = max(
        sum(math.ceil(max(1, text_width(part)) * style.size_pt / 2 / (width / 20 - 2 * _PADDING_PT))
            for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )  # fmt: skip
    return lines * style.line_pt > _SPLIT_SHARE * layout.area_height_mm / 25.4 * 72


def _cell(
    text: str, align: str, width: int, layout: Layout, style: str, *,
    shaded: bool = False, span: int = 1, keep: bool = False,
) -> str:  # fmt: skip
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{layout.shade}"/>' if shaded else ""
    across = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties = f'<w:pStyle w:val="{style_id(style)}"/>{"<w:keepNext/>" if keep else ""}'
    paragraphs = "".join(
        f'<w:p><w:pPr>{properties}<w:jc w:val="{align}"/></w:pPr>'
        f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">'
        f"{escape(part)}</w:t></w:r></w:p>"
        for part in text.replace("\t", " ").replace("\r", "").split("\n")
    )
    return (f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{across}{shade}'
            f'<w:vAlign w:val="center"/></w:tcPr>{paragraphs}</w:tc>')  # fmt: skip
