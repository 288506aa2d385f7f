"""A comparison as a small page for a notebook, zh / en."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.comparison.text import (
    IS,
    WAS,
    changed_rows,
    lead,
    note_text,
    rates,
    row_title,
    run_line,
    why,
)
from workbench.comparison.words import said
from workbench.display import Html, card, code, count, element, join, paragraph, table
from workbench.texts import Language

if TYPE_CHECKING:
    from workbench.comparison.compared import Comparison

_CHECKS, _UNITS = 8, 6
_COLUMNS = ("failed_before", "repaired", "still_failed", "newly_failed", "first_failed",
            "failed_new_subject")  # fmt: skip


def as_html(found: Comparison, language: Language) -> Html:
    """Which runs, what to know first, the totals with their rates, checks, units, the rest."""
    parts = [
        _runs(found, language),
        paragraph(lead(found, language)),
        *_notes(found, language),
        _totals(found, language),
        *_table(found, "check", _CHECKS, language),
        *_table(found, "unit", _UNITS, language),
        *_unlike(found, language),
        paragraph(join([said("list_next", language), code("compared.changes"), " · ",
                        code('compared.save("changes.csv")')]), "wb-next"),
    ]  # fmt: skip
    return card(said("title", language), parts, language)


def _runs(found: Comparison, language: Language) -> Html:
    sides = ((found.before, "before"), (found.after, "after"))
    pairs = [
        join([element("dt", said(key, language)), element("dd", run_line(side, language))])
        for side, key in sides
    ]
    return element("dl", join(pairs))


def _notes(found: Comparison, language: Language) -> list[Html]:
    """What must be read before the figures stands before them."""
    if not found.notes:
        return []
    lines = [element("div", note_text(note, language)) for note in found.notes]
    known = element("span", said("known", language), class_="wb-tag wb-amber")
    return [paragraph(known), element("div", join(lines))]


def _totals(found: Comparison, language: Language) -> Html:
    shares = rates(found, language)
    rows: list[list[object]] = []
    for heading, total, names, share in (
        ("was_failed", "failed_before", WAS, "repaired_rate"),
        ("is_failed", "failed_after", IS, "newly_rate"),
    ):
        head = element("b", said(heading, language, n=found.totals[total]))
        rows.append([head, "", element("b", f"{said(share, language)} {shares[share]}")])
        for name in names:
            n = found.totals[name]
            bad = "wb-failed" if n and name in ("newly_failed", "still_failed") else None
            shown = element("span", count(n), class_=bad or (None if n else "wb-grey"))
            meaning = element("small", said(f"{name}_is", language))
            rows.append([said(name, language), shown, meaning])
    heads = [said("change", language), said("number", language), ""]
    return table(heads, rows, numeric=(1,), language=language)


def _table(found: Comparison, by: str, most: int, language: Language) -> list[Html]:
    rows = changed_rows(found, by)
    if not rows:
        return []
    heads = [said(by, language), *(said(name, language) for name in _COLUMNS)]
    shown: list[list[object]] = [
        [row_title(row, by, language, found), *(_figure(int(row[name])) for name in _COLUMNS)]
        for row in rows[:most]
    ]
    lines = [
        paragraph(element("b", said(f"by_{by}", language))),
        table(heads, shown, numeric=range(1, len(heads)), language=language),
    ]
    if len(rows) > most:
        cut = said("more_page", language, n=most, of=len(rows))
        lines.append(paragraph(join([cut, " ", code(f"compared.{by}s")]), "wb-cut"))
    return lines


def _figure(n: int) -> object:
    """A count; none of them is grey, so that the others are seen."""
    return count(n) if n else element("span", count(n), class_="wb-grey")


def _unlike(found: Comparison, language: Language) -> list[Html]:
    if not found.unlike:
        return []
    lines = [
        element("div", join([element("b", found.title(one.check, language)), " ",
                             element("small", why(one, found, language))]))
        for one in found.unlike
    ]  # fmt: skip
    summary = element("summary", said("unlike", language, n=len(found.unlike)))
    return [element("details", join([summary, *lines]))]
