"""The evidence of a guess in words, zh / en."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from workbench.loading.guessing.columns import ColumnGuess, Evidence
from workbench.loading.guessing.proposal import SheetGuess, unsaid
from workbench.loading.guessing.vocabulary import Target
from workbench.schema import Column, Schema
from workbench.sources import read_words


@cache
def _words() -> Mapping[str, Any]:
    return read_words(Path(__file__).with_name("inspect_words.yaml"))


def said(part: str, key: str, language: str, /, **values: object) -> str:
    """A sentence of the words of inspection.

    >>> said("screen", "unused", "en", headers="备注")
    '  not used: 备注'
    """
    words: str = _words()[part][key]["zh" if language == "zh" else "en"]
    return words.format(**values)


def why(guess: ColumnGuess, schema: Schema, language: str) -> str:
    """All the evidence of a guess."""
    between = "；" if language == "zh" else "; "
    return between.join(_sentence(one, schema, language) for one in guess.evidence)


def _sentence(evidence: Evidence, schema: Schema, language: str) -> str:
    values = dict(evidence.values)
    if "type" in values:
        values["type"] = said("types", str(values["type"]), language)
    if "table" in values:
        values["table"] = title_of(schema, str(values["table"]), language)
    return said("evidence", evidence.code, language, **values)


def title_of(schema: Schema, table: str, language: str) -> str:
    """What people call a table."""
    return str(schema.tables[table].title.get("zh" if language == "zh" else "en") or table)


def label_of(schema: Schema, target: Target, language: str) -> str:
    """A column as people call it, and its name: 立案日期 cases.filed_on."""
    column = schema.tables[target.table].columns[target.column]
    return f"{label_of_column(column, language)} {target}"


def label_of_column(column: Column, language: str) -> str:
    """What people call a column."""
    return str(column.label.get("zh" if language == "zh" else "en") or column.name)


def unsaid_sentence(sheet: SheetGuess, schema: Schema, language: str) -> str:
    """What no header of a sheet says, in a sentence; empty where nothing is missing."""
    labels = [label_of_column(column, language) for column in unsaid(sheet, schema)]
    return said("screen", "unsaid", language, labels=listed(labels, language)) if labels else ""


def listed(names: list[str], language: str) -> str:
    """Names one after the other."""
    return ("、" if language == "zh" else ", ").join(names)


def heading(sheet: SheetGuess, schema: Schema, language: str) -> str:
    """Which table a sheet is, in a sentence."""
    table, name = sheet.table.table, sheet.name
    if sheet.twin_of:
        return said("screen", "twin", language, name=name, other=sheet.twin_of)
    if table:
        title = title_of(schema, table, language)
        return said("screen", "is_table", language, name=name, title=title, table=table)
    tables = [f"{title_of(schema, one, language)} {one}" for one in sheet.table.candidates]
    key = "which_table" if tables else "no_table"
    return said("screen", key, language, name=name, tables=listed(tables, language))
