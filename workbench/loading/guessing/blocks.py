"""A sheet as it was guessed -> the tables of a mapping: its own, and those laid into its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workbench.loading.guessing.columns import ColumnGuess, Standing
from workbench.loading.guessing.proposal import SheetGuess
from workbench.loading.guessing.vocabulary import Target
from workbench.schema import Schema, Table


@dataclass(frozen=True)
class Entry:
    """One column of a block: a header, several cells in a text, or a value; and the guess."""

    column: str
    header: str | None = None
    text: str | None = None
    value: str | None = None
    guess: ColumnGuess | None = None


@dataclass
class Block:
    """One table of a mapping. `groups`: columns that repeat, by kind, for `unpivot`."""

    table: str
    sheet: SheetGuess
    entries: list[Entry] = field(default_factory=list)
    distinct: bool = False
    filled: tuple[str, ...] = ()
    groups: dict[str, list[str | None]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    name: str = "kind"


@dataclass
class Built:
    """The blocks of a sheet, and sure headers that no block can hold and so must be asked."""

    blocks: list[Block]
    asked: list[ColumnGuess]


def build(sheet: SheetGuess, schema: Schema) -> Built:
    """The blocks of one sheet that can be loaded."""
    assert sheet.table.table is not None
    table = schema.tables[sheet.table.table]
    own = Block(table.name, sheet)
    beside: dict[str, list[tuple[Target, ColumnGuess]]] = {}
    for guess in sheet.of(Standing.SURE):
        for target in guess.targets:
            if target.table == table.name:
                own.entries.append(Entry(target.column, guess.header, guess=guess))
            else:
                beside.setdefault(target.table, []).append((target, guess))
    built = Built([own], [])
    for name, held in beside.items():
        other = schema.tables[name]
        if other.case_column:
            _child(built, sheet, other, held)
        else:
            _parent(built, own, table, other, held)
    return built


def _child(
    built: Built, sheet: SheetGuess, table: Table, held: list[tuple[Target, ColumnGuess]]
) -> None:
    """What hangs on a case: a row for each case in which one of its headers is filled."""
    kinds = tuple(dict.fromkeys(target.code for target, _ in held if target.code))
    plain = [(target, guess) for target, guess in held if not target.code]
    if kinds and plain:
        built.asked += [guess for _, guess in plain]
        held = [(target, guess) for target, guess in held if target.code]
    block = Block(table.name, sheet)
    block.filled = tuple(guess.header for _, guess in held)
    made = f"{{{sheet.key}}}"
    if len(kinds) > 1:
        block.filled = ()
        block.kinds, block.groups = kinds, dict(_groups(held, kinds))
        made += f"-{{{block.name}}}"
    for column in table.key:
        one = len(kinds) < 2
        block.entries.append(Entry(column, sheet.key if one else None, None if one else made))
    if table.case_column not in table.key:
        block.entries.append(Entry(str(table.case_column), sheet.key))
    if len(kinds) == 1:
        block.entries.append(Entry("kind", value=kinds[0]))
    elif kinds:
        block.entries.append(Entry("kind", block.name))
        for column in block.groups:
            guess = next(g for t, g in held if t.column == column)
            block.entries.append(Entry(column, column, guess=guess))
    if len(kinds) < 2:
        block.entries += [Entry(t.column, g.header, guess=g) for t, g in held]
    built.blocks.append(block)


def _groups(
    held: list[tuple[Target, ColumnGuess]], kinds: tuple[str, ...]
) -> Iterator[tuple[str, list[str | None]]]:
    where = {(target.column, target.code): guess.header for target, guess in held}
    for column in dict.fromkeys(target.column for target, _ in held):
        yield column, [where.get((column, kind)) for kind in kinds]


def _parent(
    built: Built,
    own: Block,
    table: Table,
    other: Table,
    held: list[tuple[Target, ColumnGuess]],
) -> None:
    """What a case names: by its own id if there is one, by its name, or one for each case.

    A name or a number that is personal is never made an id: ids are shown to everybody.
    """
    links = [c.name for c in table.columns.values() if c.references == (other.name, other.key[0])]
    given = {entry.column: entry for entry in own.entries}
    block = Block(other.name, own.sheet)
    entries = [Entry(target.column, guess.header, guess=guess) for target, guess in held]
    link = links[0] if links else None
    if link is None or len(other.key) != 1:
        built.asked += [guess for _, guess in held]
        return
    if link in given:
        key, block.distinct = given[link].header, True
    else:
        open_names = [g for t, g in held if t.column == "name" and
                      other.columns["name"].data_class == "none"]  # fmt: skip
        key = open_names[0].header if open_names else own.sheet.key
        block.distinct = bool(open_names)
        own.entries.append(Entry(link, key))
    block.filled = tuple(guess.header for _, guess in held)
    block.entries = [Entry(other.key[0], key), *entries]
    built.blocks.append(block)
