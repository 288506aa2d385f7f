"""What a pack's facts SQL may speak of: relations with their columns, and codes."""

from __future__ import annotations

from typing import Any

from workbench.fact_sql import ENGINE_RELATIONS
from workbench.pack.model import Asset, ListTable
from workbench.schema import Schema
from workbench.terms import Scope


def relations_of(
    schema: Schema, lists: dict[str, ListTable], assets: dict[str, Asset], parameters: list[str]
) -> dict[str, set[str]]:
    """Every relation facts SQL may read, with its columns."""
    relations: dict[str, set[str]] = {name: set() for name in ENGINE_RELATIONS}
    coverage = {"subject_id"}
    for table in schema.tables.values():
        relations[table.name] = set(table.all_columns)
        coverage |= {f"{table.name}__{column}" for column in table.all_columns}
        for column in table.all_columns.values():
            if column.is_list:
                key = {*table.key, *filter(None, [table.case_column])}
                relations[f"{table.name}__{column.name}"] = {*key, "code"}
    for listed in lists.values():
        relations[f"lists.{listed.name}"] = set(listed.columns)
    keys = {part for asset in assets.values() for part in asset.key}
    relations["subjects"] = {"subject_id", "case_id", "organ_id", "unit_id", "kind", "period_on"}
    relations["subjects"] |= keys
    relations["case_parameters"] = {"subject_id", *parameters}
    relations["case_coverage"] = coverage
    relations["run"] = {"as_of", "period_from", "period_to"}
    return relations


def codes_of(schema: Schema, lists: dict[str, ListTable], texts: dict[str, Any]) -> set[str]:
    """Every text that may stand in facts SQL: codes, cells of lists, words of the house."""
    codes = {scope.value for scope in Scope} | set(schema.tables) | set(texts.get("words") or {})
    for table in schema.tables.values():
        for column in table.all_columns.values():
            codes |= set(column.codes)
    for listed in lists.values():
        for row in listed.rows:
            codes |= {value for value in row.values() if isinstance(value, str)}
    return codes
