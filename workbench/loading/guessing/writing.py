"""A proposal as `mapping.yaml`: what is sure is written, what is not is a question in a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from workbench.loading.guessing.blocks import Block, Entry, build
from workbench.loading.guessing.columns import ColumnGuess, Standing
from workbench.loading.guessing.proposal import SheetGuess, unsaid
from workbench.loading.guessing.saying import label_of_column, listed, said, title_of, why
from workbench.loading.guessing.vocabulary import Target
from workbench.schema import Schema

_BARE = re.compile(r"[A-Za-z_\u3400-\u9fff][A-Za-z0-9_\u3400-\u9fff]*(?: [A-Za-z0-9_]+)*")
_TAKEN = frozenset("y yes n no on off true false null none".split())  # by YAML, for something else
_WIDE = 46  # where comments begin


def scalar(text: str) -> str:
    """A text as YAML reads it back.

    >>> scalar("案号"), scalar("no"), scalar("罚款（万元）: 2025")
    ('案号', '"no"', '"罚款（万元）: 2025"')
    """
    plain = _BARE.fullmatch(text) and text.casefold() not in _TAKEN
    return text if plain else json.dumps(text, ensure_ascii=False)


def mapping_text(sheets: Iterable[SheetGuess], schema: Schema, language: str) -> str:
    """The whole file."""
    lines = [f"# {said('file', 'head', language)}", "tables:"]
    written: set[str] = set()
    for sheet in sheets:
        lines += _sheet(sheet, schema, language, written)
    if not written:
        lines[1] = "tables: {}"
    return "\n".join(lines) + "\n"


def _sheet(sheet: SheetGuess, schema: Schema, language: str, written: set[str]) -> Iterator[str]:
    table = sheet.table.table
    if table is None:
        key = "which_sheet" if sheet.table.candidates else "nothing"
        tables = listed(list(sheet.table.candidates), language)
        yield f"#? {said('file', key, language, name=_one_line(sheet.name), tables=tables)}"
        return
    if sheet.twin_of:
        names = {"name": _one_line(sheet.name), "other": _one_line(sheet.twin_of)}
        yield f"# {said('screen', 'twin', language, **names)}"
        return
    yield f"  # {said('file', 'sheet', language, name=_one_line(sheet.name), rows=sheet.rows)}"
    if sheet.key is None:
        yield from _without_key(sheet, table, schema, language)
        return
    built = build(sheet, schema)
    asked = [*sheet.of(Standing.ASKED), *built.asked]
    blocks = [b for b in built.blocks if b.table not in written or b.table == table]
    for block in blocks:  # of other tables, those that no sheet of its own holds
        written.add(block.table)
        yield from _block(block, schema, language, asked)
    there = {block.table for block in blocks}
    for guess in asked:
        for target in guess.targets:
            if target.table not in there:
                there.add(target.table)
                yield from _asked_block(sheet, guess, target, schema, language)


def _asked_block(
    sheet: SheetGuess, guess: ColumnGuess, target: Target, schema: Schema, language: str
) -> Iterator[str]:
    """A whole table that only a question speaks of, as a comment."""
    keys = (one for one in sheet.of(Standing.SURE) if one.header == sheet.key)
    supposed = replace(guess, standing=Standing.SURE, targets=(target,))
    built = build(replace(sheet, columns=(*keys, supposed)), schema)
    for block in built.blocks:
        if block.table == target.table:
            for line in _block(block, schema, language, []):
                yield f"  #? {line[2:]}"


def _without_key(sheet: SheetGuess, table: str, schema: Schema, language: str) -> Iterator[str]:
    key = ", ".join(schema.tables[table].key)
    keys = listed([_one_line(one) for one in sheet.keys], language)
    yield f"  #? {table}: {said('screen', 'no_key', language, key=key, keys=keys)}"
    for guess in sheet.columns:
        for target in guess.targets[:1]:
            yield f"  #?   {target.column}: {scalar(guess.header)}"


def _block(block: Block, schema: Schema, language: str, asked: list[ColumnGuess]) -> Iterator[str]:
    table = schema.tables[block.table]
    yield f"  {block.table}:  # {title_of(schema, block.table, language)}"
    yield f"    file: {scalar(block.sheet.file)}"
    if block.sheet.page:
        yield f"    sheet: {scalar(block.sheet.page)}"
    yield f"    by_name: false  # {said('file', 'by_name', language)}"
    if block.distinct:
        yield "    distinct: true"
    if block.filled:
        yield f"    where_filled: [{', '.join(map(scalar, block.filled))}]"
    if block.groups:
        yield from _unpivot(block)
    yield "    columns:"
    for entry in block.entries:
        yield from _entry(entry, schema, block.table, language)
    for guess in asked:
        yield from _question(guess, table.name, schema, language)
    if block.table == block.sheet.table.table:
        yield from _alike(block.sheet, schema, language)
    unused = [_one_line(g.header) for g in block.sheet.of(Standing.UNUSED)]
    if block.table == block.sheet.table.table and unused:
        yield f"    # {said('file', 'unused', language, headers=listed(unused, language))}"


def _unpivot(block: Block) -> Iterator[str]:
    yield "    unpivot:"
    yield f"      name: {block.name}"
    yield f"      labels: [{', '.join(map(scalar, block.kinds))}]"
    yield "      groups:"
    for column, headers in block.groups.items():
        cells = ", ".join("~" if header is None else scalar(header) for header in headers)
        yield f"        {column}: [{cells}]"


def _entry(entry: Entry, schema: Schema, table: str, language: str) -> Iterator[str]:
    guess = entry.guess
    more = [f"unit: {scalar(guess.unit)}"] if guess and guess.unit else []
    if entry.value is not None:
        given = f"{{value: {scalar(entry.value)}}}"
    elif entry.text is not None:
        given = f"{{text: {scalar(entry.text)}}}"
    elif more:
        given = f"{{from: {scalar(str(entry.header))}, {', '.join(more)}}}"
    else:
        given = scalar(str(entry.header))
    line = f"      {scalar(entry.column)}: {given}"
    if guess:
        line = f"{line:<{_WIDE}}  # {_one_line(why(guess, schema, language))}"
    yield line
    if guess and guess.unknown:
        yield from _codes(guess, entry, language)


def _codes(guess: ColumnGuess, entry: Entry, language: str) -> Iterator[str]:
    """Words that are no code: what they stand for is for the user to say."""
    words = ", ".join(f"{scalar(word[:40])}: ?" for word in guess.unknown[:12])
    question = said("file", "unknown_codes", language)
    header = scalar(guess.header)
    yield f"      #? {entry.column}: {{from: {header}, codes: {{{words}}}}}  # {question}"


def _question(guess: ColumnGuess, table: str, schema: Schema, language: str) -> Iterator[str]:
    """A header that is not sure: each meaning in a line of its own, in a comment."""
    reason = _one_line(why(guess, schema, language))
    for target in guess.targets:
        if target.table != table:
            continue
        given = scalar(guess.header)
        if guess.formats:
            given = f"{{from: {given}, format: {' | '.join(guess.formats)}}}"
        line = f"      #? {scalar(target.column)}: {given}"
        yield f"{line:<{_WIDE}}  # {reason}"


def _alike(sheet: SheetGuess, schema: Schema, language: str) -> Iterator[str]:
    """What no header says, as a line that holds for all rows once its mark is taken away."""
    for column in unsaid(sheet, schema):
        codes = [f"{code} {names.get('zh' if language == 'zh' else 'en', '')}".strip()
                 for code, names in column.codes.items()]  # fmt: skip
        line = f"      #? {column.name}: {{value: {next(iter(column.codes))}}}"
        label = label_of_column(column, language)
        why = said("file", "alike", language, label=label, codes=listed(codes, language))
        yield f"{line:<{_WIDE}}  # {_one_line(why)}"


def _one_line(text: str) -> str:
    """Headers come from files: a line break in one must not end a comment."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
