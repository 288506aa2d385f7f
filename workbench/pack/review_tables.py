"""Where a pack's records keep what a review holds: which table takes which part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.schema import Schema
from workbench.sources import Source, unknown_entries
from workbench.terms import Fault

# What can be written out of a round: itself, its files, who rated them, what was deducted, ...
PARTS = ("rounds", "files", "ratings", "deductions", "items", "views", "measures")
_INDICATORS = {"always", "with_views"}


@dataclass(frozen=True)
class ReviewTables:
    """`tables`: part of a round -> table of the schema. `indicators`: what a round looks at, by
    when it does (`always`, `with_views`: outside views have a weight)."""

    tables: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def parse_review(head: Source, schema: Schema) -> tuple[ReviewTables, list[Fault]]:
    """`review_tables` of `pack.yaml`, with its faults; without it nothing can be exported."""
    entry = head.content.get("review_tables") or {}
    faults = list(unknown_entries(head, ("review_tables",), entry, {"tables", "indicators"}))
    tables = entry.get("tables") or {}
    faults += unknown_entries(head, ("review_tables", "tables"), tables, set(PARTS))
    faults += _strangers(head, tables, schema)
    indicators = entry.get("indicators") or {}
    faults += unknown_entries(head, ("review_tables", "indicators"), indicators, _INDICATORS)
    return ReviewTables(
        {str(part): str(table) for part, table in tables.items()},
        {str(when): tuple(map(str, codes)) for when, codes in indicators.items()},
    ), faults


def _strangers(head: Source, tables: Mapping[str, Any], schema: Schema) -> Iterator[Fault]:
    for part, table in tables.items():
        if table not in schema.tables:
            message = f"the schema has no table '{table}'"
            yield head.fault(("review_tables", "tables", part), message)
