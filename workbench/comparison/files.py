"""A comparison as a file of the user's own: the list as CSV, or everything as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.comparison.changes import CHANGES
from workbench.comparison.sides import KERNEL
from workbench.comparison.text import lead, note_text, row_title, run_line, why
from workbench.comparison.words import said
from workbench.own_files import own_file, put
from workbench.privacy import WITHHELD, Role, may_see
from workbench.reports.workbook_cells import INK, Styles
from workbench.reports.workbook_sheets import Column, Sheet, put_sheet
from workbench.spreadsheets import write_csv
from workbench.terms import UsageError
from workbench.texts import Language

if TYPE_CHECKING:
    from workbench.comparison.compared import Comparison

MOST_LISTED = 100_000  # rows of the list in a workbook; a CSV file holds them all
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}
_HEADS = ("change", "check_id", "check", "subject", "case", "organ", "unit", "kind",
          "outcome_before", "outcome_after")  # fmt: skip
_COUNTS = ("failed_before", "decided_before", "failed_after", "decided_after")


def write_comparison(found: Comparison, target: Path, language: Language) -> Path:
    """Write `target` (`.csv`, `.xlsx`), replacing what is there in one step.

    The file gets passed on, so an id that leadership may not see is withheld. Raises `UsageError`
    for another kind of file, and for a place inside a run folder.
    """
    kinds = {".csv": _write_csv, ".xlsx": _write_workbook}
    write = kinds.get(target.suffix.lower())
    if write is None:
        raise UsageError(f"{target}: a comparison is FILE.csv or FILE.xlsx")
    own_file(target)
    return put(target, lambda passing: write(found, passing, language))


def _write_csv(found: Comparison, path: Path, language: Language) -> None:
    write_csv(path, _heads(language), _changes(found, language))


def _heads(language: Language) -> list[str]:
    return [said(head, language) for head in _HEADS]


def _changes(
    found: Comparison, language: Language, limit: int | None = None
) -> Iterator[list[Any]]:
    """The rows of the list in words, batch by batch, without what leadership may not see."""
    hidden = _hidden(found)
    for batch in found.engine.batches(found.listing(limit), "changes"):
        for row in batch.to_pylist():
            for name in hidden.get(row["asset"], ()):
                row[name] = WITHHELD[language] if row[name] is not None else None
            unit = row["unit_id"]
            yield [
                said(row["change"], language),
                row["check_id"],
                found.title(row["check_id"], language),
                row["subject_id"],
                row["case_id"],
                row["organ_id"],
                found.unit_names.get(unit, unit),
                found.after.results.words(row["kind"], language) or None,
                said(row["outcome_before"], language),
                said(row["outcome_after"], language),
            ]


def _hidden(found: Comparison) -> dict[str, list[str]]:
    """By asset the columns that leadership may not see, in either run."""
    return {
        asset: [
            name
            for name in KERNEL
            if not all(
                may_see(Role.leadership, side.results.fact_class(asset, name))
                for side in (found.before, found.after)
            )
        ]
        for asset in found.alike
    }


def _write_workbook(found: Comparison, path: Path, language: Language) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "default_format_properties": {
        "font_name": _FONTS[language], "font_size": 10, "font_color": INK}})  # fmt: skip
    styles = Styles(book)
    foot = f"{found.before.name} → {found.after.name}"
    for content in _sheets(found, language):
        sheet = book.add_worksheet(content.tab)
        sheet.hide_gridlines(2)
        put_sheet(book, sheet, content, styles, foot)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:  # it hides what the system said
        raise error.args[0] from None


def _sheets(found: Comparison, language: Language) -> Iterator[Sheet]:
    yield _totals(found, language)
    yield _counts(found, "checks", found.checks, [("check_id", "id"), ("check", "wrapped")],
                  ("check_id", "title"), language)  # fmt: skip
    units = found.units
    units["unit"] = [
        row_title(row, "unit", language, found) for row in units.to_dict("records")
    ]  # fmt: skip
    yield _counts(found, "units", units, [("unit", "text")], ("unit",), language)
    yield _unlike(found, language)
    rows = list(_changes(found, language, MOST_LISTED))
    total = sum(found.totals[name] for name in CHANGES)
    cut = [said("left_out", language, total=total, shown=len(rows))] if total > len(rows) else []
    kinds = ["text", "id", "wrapped", "id", "id", *["text"] * 5]
    columns = [Column(*pair) for pair in zip(_heads(language), kinds, strict=True)]
    yield _sheet("changes", columns, rows, language, *cut)


def _sheet(
    key: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], language: Language,
    *notes: str,
) -> Sheet:  # fmt: skip
    tab = said(f"tab_{key}", language)
    title = f"{said('title', language)} · {tab}"
    return Sheet(key, tab, title, columns, rows, notes)


def _totals(found: Comparison, language: Language) -> Sheet:
    notes = [
        f"{said(key, language)}: {run_line(side, language)}"
        for side, key in ((found.before, "before"), (found.after, "after"))
    ]
    notes += [lead(found, language), *(note_text(note, language) for note in found.notes)]
    columns = [Column(said("change", language)), Column(said("number", language), "count"),
               Column(said("meaning", language), "wrapped")]  # fmt: skip
    rows = [[said(name, language), found.totals[name], said(f"{name}_is", language)]
            for name in CHANGES]  # fmt: skip
    rows.append([said("stayed_passed", language), found.totals["stayed_passed"], None])
    return _sheet("totals", columns, rows, language, *notes)


def _counts(
    found: Comparison,
    key: str,
    frame: Any,
    heads: Sequence[tuple[str, str]],
    names: Sequence[str],
    language: Language,
) -> Sheet:
    columns = [
        *(Column(said(head, language), kind) for head, kind in heads),
        *(Column(said(name, language), "count") for name in _COUNTS),
        *(Column(said(name, language), "count", "failed" if name == "newly_failed" else "")
          for name in CHANGES),
        Column(said("repaired_rate", language), "passed_rate", "passed_bar"),
        Column(said("newly_rate", language), "failed_rate", "failed_bar"),
    ]  # fmt: skip
    rows = [
        [*(row[name] for name in names), *(int(row[name]) for name in (*_COUNTS, *CHANGES)),
         *(None if row[rate] != row[rate] else float(row[rate])
           for rate in ("repaired_rate", "newly_failed_rate"))]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return _sheet(key, columns, rows, language)


def _unlike(found: Comparison, language: Language) -> Sheet:
    columns = [Column(said("check_id", language), "id"), Column(said("check", language), "wrapped"),
               Column(said("reason", language), "wrapped")]  # fmt: skip
    rows = [[one.check, found.title(one.check, language), why(one, found, language)]
            for one in found.unlike]  # fmt: skip
    return _sheet("unlike", columns, rows, language)
