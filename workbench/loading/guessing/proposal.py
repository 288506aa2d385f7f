"""What a source is taken for: each sheet a table, each header a column, and what must be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.loading.guessing.columns import (
    ColumnGuess,
    Evidence,
    Sheetful,
    Standing,
    guess_columns,
)
from workbench.loading.guessing.evidence import SAMPLE, Profile, profile
from workbench.loading.guessing.tables import TableGuess, guess_table
from workbench.loading.guessing.vocabulary import Target, Vocabulary
from workbench.loading.intake import without_examples
from workbench.loading.sheets import Sheet
from workbench.schema import Column, Schema, Table


@dataclass(frozen=True)
class SheetGuess:
    """One sheet: the table it is, or may be; a guess for each header; what tells its rows apart.

    `key` is the header that rows are told apart by; `keys` those that could be, if none is sure.
    """

    name: str
    file: str
    page: str
    rows: int
    table: TableGuess
    columns: tuple[ColumnGuess, ...] = ()
    key: str | None = None
    keys: tuple[str, ...] = ()
    twin_of: str | None = None  # another sheet is this table already

    @property
    def usable(self) -> bool:
        """Can rows of it be loaded as they are proposed?"""
        return bool(self.table.table and self.key is not None and self.twin_of is None)

    def of(self, standing: Standing) -> list[ColumnGuess]:
        """The headers of one standing."""
        return [guess for guess in self.columns if guess.standing is standing]


def propose(sheets: Iterable[Sheet], schema: Schema) -> tuple[SheetGuess, ...]:
    """A guess for each sheet, in the order of the source; reads the first rows of each."""
    vocabulary = Vocabulary(schema)
    found = [guess_sheet(sheet, vocabulary) for sheet in sheets]
    best: dict[str, SheetGuess] = {}
    for guess in found:
        table = guess.table.table
        if table and guess.usable:
            rival = best.get(table)
            if rival is None or _rank(guess) > _rank(rival):
                best[table] = guess
    return tuple(
        replace(guess, twin_of=best[guess.table.table].name)
        if guess.table.table in best and best[guess.table.table] is not guess
        else guess
        for guess in found
    )


def _rank(guess: SheetGuess) -> tuple[bool, int]:
    return guess.table.named, len(guess.of(Standing.SURE))


def unsaid(sheet: SheetGuess, schema: Schema) -> list[Column]:
    """Columns of codes that no header of a list of cases gives: a list of one sort of cases never
    says what all its rows have alike."""
    if not sheet.usable or sheet.table.table != "cases":
        return []
    given = {target.column for guess in sheet.columns if guess.standing is not Standing.UNUSED
             for target in guess.targets if target.table == sheet.table.table}  # fmt: skip
    columns = schema.tables["cases"].columns.values()
    return [c for c in columns if c.type == "code" and c.codes and c.name not in given]


def guess_sheet(sheet: Sheet, vocabulary: Vocabulary) -> SheetGuess:
    """One sheet by its headers and its first rows."""
    sheet = without_examples(sheet)
    names = sheet.header().names
    raw = sheet.sample(SAMPLE)
    profiles = {
        at: profile(raw, at) if at in raw.columns else Profile(len(raw.rows), {})
        for at in range(len(names))
    }
    known = Sheetful(names, profiles)
    table = guess_table(known, sheet.page or sheet.stem, vocabulary)
    empty = SheetGuess(sheet.name, sheet.file, sheet.page, len(raw.rows), table)
    if table.table is None:
        unused = (ColumnGuess(n, at, Standing.UNUSED) for at, n in enumerate(names) if n)
        return replace(empty, columns=tuple(unused))
    chosen = vocabulary.schema.tables[table.table]
    columns = guess_columns(known, chosen, vocabulary)
    return _with_key(replace(empty, columns=columns), chosen, known, vocabulary.schema)


def _with_key(guess: SheetGuess, table: Table, sheet: Sheetful, schema: Schema) -> SheetGuess:
    """What tells the rows apart; the number of a case does where it has no other id."""
    given = {t.column: g.header for g in guess.of(Standing.SURE) for t in g.targets}
    columns = _with_case(guess.columns, table, schema)
    guess = replace(guess, columns=columns)
    given |= {t.column: g.header for g in guess.of(Standing.SURE) for t in g.targets
              if t.table == table.name}  # fmt: skip
    needed = [*table.key, *([table.case_column] if table.case_column else [])]
    missing = [name for name in needed if name not in given]
    if not missing:
        return replace(guess, key=given[needed[0]] if needed else "")
    if table.name == "cases" and missing == ["case_id"]:
        return _numbered(guess, table, sheet)
    return replace(guess, keys=_unique(guess, sheet))


def _with_case(
    columns: tuple[ColumnGuess, ...], table: Table, schema: Schema
) -> tuple[ColumnGuess, ...]:
    """A header that names the number of a case says in other tables of which case a row is."""
    case = table.case_column
    sure = {t.column for g in columns if g.standing is Standing.SURE for t in g.targets}
    if case is None or case in sure or "cases" not in schema.tables:
        return columns
    from workbench.loading.guessing.headers import header_words

    words = {
        header_words(word).loose
        for column in schema.tables["cases"].columns.values()
        if column.name == "case_id" or column.name.endswith("_no")
        for word in (column.name, *column.label.values(), *column.synonyms)
    }
    named = [g for g in columns if header_words(g.header).loose in words]
    if len(named) != 1:
        return columns
    target = Target(table.name, case)
    one = named[0]
    kept = one.targets if one.standing is Standing.SURE else ()
    why = (Evidence("names_case"),)
    new = replace(one, standing=Standing.SURE, targets=(*kept, target), evidence=why)
    return tuple(new if guess is one else guess for guess in columns)


def _numbered(guess: SheetGuess, table: Table, sheet: Sheetful) -> SheetGuess:
    """The number of a case as its id, if no two rows have the same."""
    for one in guess.of(Standing.SURE):
        target = one.targets[0]
        numbered = target.table == table.name and target.column.endswith("_no")
        if numbered and sheet.profiles[one.position].unique:
            targets = (Target(table.name, "case_id"), *one.targets)
            filled = sheet.profiles[one.position].filled
            why = (*one.evidence, Evidence("as_id", {"filled": filled}))
            new = replace(one, targets=targets, evidence=why)
            columns = tuple(new if c is one else c for c in guess.columns)
            return replace(guess, columns=columns, key=one.header)
    return replace(guess, keys=_unique(guess, sheet))


def _unique(guess: SheetGuess, sheet: Sheetful) -> tuple[str, ...]:
    """Headers of which no two cells are alike, and which are no days."""
    found = [
        one.header
        for one in guess.columns
        if sheet.profiles[one.position].unique and sheet.profiles[one.position].days < 1
    ]
    return tuple(found[:4])
