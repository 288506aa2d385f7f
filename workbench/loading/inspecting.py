"""`workbench inspect`: what a source would be loaded as, said before anything is.

    found = inspect_source(Path("ledger.xlsx"), pack.schema)
    print(found.text("en"))
    Path("mapping.yaml").write_text(found.mapping("en"))

Headers and the first rows are looked at; what is sure becomes a mapping, what is not a question.
The mapping is then tried, so that what would be refused is known.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.display import Html
from workbench.loading.guessing.columns import Standing
from workbench.loading.guessing.proposal import SheetGuess, propose
from workbench.loading.guessing.saying import heading, label_of, listed, said, unsaid_sentence, why
from workbench.loading.guessing.writing import mapping_text
from workbench.loading.intake import is_beside
from workbench.loading.opening import open_source
from workbench.loading.planning import words_of
from workbench.loading.ready import ReadyMapping, ready_for
from workbench.loading.report import LoadReport
from workbench.schema import Schema
from workbench.terms import InputError
from workbench.texts import shown_language


@dataclass(frozen=True)
class Inspection:
    """What a source is taken for, the mapping that says so, and what loading it would give.

    `sheets` holds a guess for each sheet, `ready` the ready mappings whose layout it has,
    `report` what a trial gave (None where it failed: then `failure` says why).
    """

    source: str
    schema: Schema
    sheets: tuple[SheetGuess, ...]
    ready: tuple[ReadyMapping, ...] = ()
    steered: str | None = None  # the mapping that the source is loaded by, if it has one
    report: LoadReport | None = None
    failure: str = ""
    language: str = "en"

    @property
    def questions(self) -> int:
        """How many things must be asked."""
        asked = sum(len(sheet.of(Standing.ASKED)) for sheet in self.sheets)
        codes = sum(bool(g.unknown) for sheet in self.sheets for g in sheet.of(Standing.SURE))
        tables = sum(not s.usable and bool(s.table.candidates or s.keys) for s in self.sheets)
        return asked + codes + tables

    def mapping(self, language: str | None = None) -> str:
        """The proposal as a `mapping.yaml` to be read and edited: a ready one where one fits."""
        if self.ready:
            return self.ready[0].path.read_text("utf-8")
        return mapping_text(self.sheets, self.schema, shown_language(self.language, language))

    def text(self, language: str | None = None) -> str:
        """What `workbench inspect` prints."""
        return "\n".join(_lines(self, shown_language(self.language, language)))

    def __repr__(self) -> str:
        return f"Inspection({self.source}, {len(self.sheets)} sheets, {self.questions} questions)"

    def html(self, language: str | None = None) -> Html:
        """The same as a small page."""
        from workbench.loading.inspect_page import inspection_html

        return inspection_html(self, shown_language(self.language, language))

    def _repr_html_(self) -> str:
        return self.html()


def inspect_source(
    source: Any,
    schema: Schema,
    *,
    mapping: Path | None = None,
    ready: tuple[ReadyMapping, ...] = (),
    timezone: str | None = None,
    language: str = "en",
) -> Inspection:
    """Look at a source and try what would be loaded. Raises `InputError` where there is none.

    With a `mapping` (given, or beside the files) nothing is guessed: the trial says how it fits.
    """
    words = words_of(schema)
    words.headers |= {name.casefold() for one in ready for group in one.needs for name in group}
    opened = open_source(source, words)
    beside = opened.mapping
    steering = mapping or (beside if beside and beside.is_file() else None)
    meant = [sheet for sheet in opened.sheets if not is_beside(sheet.page)]
    sheets = () if steering else propose(meant, schema)
    fitting = () if steering else tuple(ready_for(opened, ready))
    found = Inspection(
        opened.label,
        schema,
        sheets,
        fitting,
        steering.name if steering else None,
        language=language,
    )
    return _tried(found, source, steering or (fitting[0].path if fitting else None), timezone)


def _tried(
    found: Inspection, source: Any, steering: Path | None, timezone: str | None
) -> Inspection:
    """The inspection with what a trial of the mapping gave."""
    from dataclasses import replace

    from workbench.loading import load_case_files

    with tempfile.TemporaryDirectory() as folder:
        path = steering
        if path is None and any(sheet.usable for sheet in found.sheets):
            path = Path(folder) / "mapping.yaml"
            path.write_text(found.mapping(), "utf-8")
        try:
            files = load_case_files(
                source, found.schema, path, timezone=timezone, language=found.language
            )
        except InputError as error:
            return replace(found, failure=str(error))
    return replace(found, report=files.report)


def _lines(found: Inspection, language: str) -> Iterator[str]:
    key = "one_title" if len(found.sheets) == 1 else "title"
    if found.steered:
        yield f"{found.source}: {said('screen', 'by_mapping', language, mapping=found.steered)}"
    else:
        yield said("screen", key, language, source=found.source, sheets=len(found.sheets))
    for ready in found.ready:
        title = ready.title.get(language) or ready.name
        yield said("screen", "ready", language, title=title, name=ready.name)
    for sheet in found.sheets:
        yield ""
        fitting = [one for one in found.ready if one.fits(g.header for g in sheet.columns)]
        if fitting:
            yield from _ready_lines(sheet, fitting[0], language)
        else:
            yield from sheet_lines(sheet, found.schema, language)
    yield ""
    if found.failure:
        yield said("screen", "would_fail", language)
        yield found.failure
    elif found.report is not None:
        yield said("screen", "would_load", language)
        yield found.report.summary(language)
        yield from _refusals(found.report, language)


def _ready_lines(sheet: SheetGuess, ready: ReadyMapping, language: str) -> Iterator[str]:
    """What a ready mapping makes of a sheet of its layout."""
    yield sheet.name
    headers = [guess.header for guess in sheet.columns]
    for header in headers:
        if uses := ready.uses(header):
            yield f"  {header} -> {listed(uses, language)}"
    unused = [header for header in headers if not ready.uses(header)]
    if unused:
        yield said("screen", "unused", language, headers=listed(unused, language))


def _refusals(report: LoadReport, language: str) -> Iterator[str]:
    from workbench.loading import reasons

    for table, action, reason, count in report.by_reason():
        if action != reasons.NOTE:
            what = reasons.ACTIONS[action]["zh" if language == "zh" else "en"]
            yield f"  {table}: {what} {count}, {reasons.short(reason, language)}"


def sheet_lines(sheet: SheetGuess, schema: Schema, language: str) -> Iterator[str]:
    """One sheet: its table, its columns with their evidence, its questions."""
    yield heading(sheet, schema, language)
    for guess in sheet.of(Standing.SURE):
        targets = listed([label_of(schema, target, language) for target in guess.targets], language)
        evidence = why(guess, schema, language)
        yield said("screen", "sure", language, header=guess.header, target=targets, why=evidence)
        if guess.unknown:
            words = listed(list(guess.unknown[:12]), language)
            yield said("screen", "codes", language, header=guess.header, words=words)
    if sheet.table.table and sheet.key is None:
        key = ", ".join(schema.tables[sheet.table.table].key)
        keys = listed(list(sheet.keys), language) or "-"
        yield "  ? " + said("screen", "no_key", language, key=key, keys=keys)
    for guess in sheet.of(Standing.ASKED):
        targets = listed([label_of(schema, target, language) for target in guess.targets], language)
        evidence = why(guess, schema, language)
        yield said("screen", "asked", language, header=guess.header, targets=targets, why=evidence)
    if missing := unsaid_sentence(sheet, schema, language):
        yield f"  ？{missing}" if language == "zh" else f"  ? {missing}"
    unused = [guess.header for guess in sheet.of(Standing.UNUSED)]
    if unused:
        yield said("screen", "unused", language, headers=listed(unused, language))
    if sheet.table.table:
        counts = {one.value: len(sheet.of(one)) for one in Standing}
        yield "  " + said("screen", "counts", language, **counts)
