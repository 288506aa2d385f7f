"""An inspection as a small page for a notebook, zh / en."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.display import Html, Language, card, code, element, join, paragraph, table
from workbench.loading.guessing.columns import ColumnGuess, Standing
from workbench.loading.guessing.saying import heading, label_of, said, unsaid_sentence, why

if TYPE_CHECKING:
    from workbench.loading.guessing.proposal import SheetGuess
    from workbench.loading.inspecting import Inspection


def inspection_html(found: Inspection, language: Language) -> Html:
    """Each sheet with its columns and questions, what would be loaded, and the mapping."""
    parts: list[Html] = []
    for ready in found.ready:
        title = ready.title.get(language) or ready.name
        parts.append(paragraph(said("screen", "ready", language, title=title, name=ready.name)))
    for sheet in found.sheets:
        parts += _sheet(found, sheet, language)
    parts.append(paragraph(_trial(found, language)))
    if found.sheets:
        text = element("pre", found.mapping(language))
        parts.append(
            element("details", join([element("summary", said("html", "mapping", language)), text]))
        )
    return card(said("html", "title", language), parts, language, code(found.source))


def _sheet(found: Inspection, sheet: SheetGuess, language: Language) -> list[Html]:
    parts = [paragraph(element("b", heading(sheet, found.schema, language)))]
    order = (Standing.ASKED, Standing.SURE, Standing.UNUSED)
    rows = [_row(found, g, language) for standing in order for g in sheet.of(standing)]
    if rows and sheet.table.table:
        heads = [said("html", key, language) for key in ("header", "target", "why")]
        parts.append(table(heads, rows, language=language))
    if missing := unsaid_sentence(sheet, found.schema, language):
        mark = element("b", said("html", "ask", language), class_="wb-failed")
        parts.append(paragraph(join([mark, missing], " ")))
    return parts


def _row(found: Inspection, guess: ColumnGuess, language: Language) -> list[object]:
    targets = join([label_of(found.schema, t, language) for t in guess.targets], " / ")
    if guess.standing is Standing.UNUSED:
        targets = element("span", said("html", "unused", language), class_="wb-grey")
    if guess.standing is Standing.ASKED:
        mark = element("b", said("html", "ask", language), class_="wb-failed")
        targets = join([mark, targets], " ")
    return [guess.header, targets, why(guess, found.schema, language)]


def _trial(found: Inspection, language: Language) -> str:
    if found.report is None:
        return f"{said('screen', 'would_fail', language)} {found.failure}"
    kinds = ("read", "used", "refused")
    sums = {kind: sum(getattr(c, kind) for c in found.report.counts) for kind in kinds}
    return said("html", "load", language, **sums)
