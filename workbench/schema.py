"""The tables of a case file, as a pack's `schema.yaml` writes them down.

Pure: parses and answers questions about tables and columns; reads no data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.sources import Source, unknown_entries
from workbench.terms import Fault, did_you_mean

# Type of a column -> type of the engine. Spark takes the same names.
SQL_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "code": "VARCHAR",
    "codes": "VARCHAR",
    "list": "VARCHAR",
    "ids": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "integer": "BIGINT",
    "number": "DECIMAL(18, 2)",
    "boolean": "BOOLEAN",
}
# Types of cells that hold several values, `;` between them: codes, free words, ids.
SPREAD_TYPES = ("codes", "list", "ids")
CLASSES = ("none", "personal", "commercial", "secret")
_TABLE_KEYS = {"title", "key", "required", "columns", "complete"}
_COLUMN_KEYS = {"type", "label", "codes", "unit", "class", "references", "synonyms", "note"}


@dataclass(frozen=True)
class Column:
    """One column: its type, labels, codes, whom it may be shown to, what it points at."""

    name: str
    type: str
    label: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unit: str | None = None
    data_class: str = "none"
    references: tuple[str, str] | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """Does a cell hold several values? They are a relation of their own for facts SQL."""
        return self.type in SPREAD_TYPES

    @property
    def sql_type(self) -> str:
        """The engine's type of the column."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One table: title, key columns (may be empty), columns in order, required or not."""

    name: str
    title: Mapping[str, str]
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    required: bool = False

    @property
    def case_column(self) -> str | None:
        """The column that points at `cases`, if the table hangs on a case."""
        for column in self.columns.values():
            if column.references and column.references[0] == "cases":
                return column.name
        return None

    @property
    def kind_column(self) -> Column | None:
        """The column that says what a row is: `kind`, or else the first of type code."""
        codes = [c for c in self.columns.values() if c.type == "code"]
        return next((c for c in codes if c.name == "kind"), codes[0] if codes else None)


@dataclass(frozen=True)
class Schema:
    """All tables of a pack.

    >>> schema.tables["cases"].columns["decided_on"].sql_type   # doctest: +SKIP
    'DATE'
    """

    tables: Mapping[str, Table]

    def column(self, table: str, column: str) -> Column | None:
        """The column, or None."""
        found = self.tables.get(table)
        return found.columns.get(column) if found else None

    def has(self, name: str) -> bool:
        """Is `table` or `table.column` in the schema?"""
        table, _, column = name.partition(".")
        if not column:
            return table in self.tables
        return self.column(table, column) is not None


def parse_schema(source: Source) -> tuple[Schema, list[Fault]]:
    """`schema.yaml` -> `Schema`, with every fault of the file."""
    faults: list[Fault] = []
    tables: dict[str, Table] = {}
    content = source.content if isinstance(source.content, dict) else {}
    entries = content.get("tables")
    if not isinstance(entries, dict):
        return Schema({}), [source.fault((), "no 'tables' mapping")]
    for name, entry in entries.items():
        tables[name] = _parse_table(source, name, entry if isinstance(entry, dict) else {}, faults)
    schema = Schema(tables)
    _check_references(source, schema, faults)
    return schema, faults


def _parse_table(source: Source, name: str, entry: dict[str, Any], faults: list[Fault]) -> Table:
    place = ("tables", name)
    faults.extend(unknown_entries(source, place, entry, _TABLE_KEYS))
    columns: dict[str, Column] = {}
    for column, spec in (entry.get("columns") or {}).items():
        columns[column] = _parse_column(source, (*place, "columns", column), column, spec, faults)
    key = tuple(entry.get("key") or ())
    for part in key:
        if part not in columns:
            faults.append(source.fault((*place, "key"), f"key column '{part}' is not a column"))
    if not columns:
        faults.append(source.fault(place, f"table '{name}' has no columns"))
    return Table(name, entry.get("title") or {}, key, columns, bool(entry.get("required")))


def _parse_column(
    source: Source, place: tuple[str | int, ...], name: str, spec: Any, faults: list[Fault]
) -> Column:
    if not isinstance(spec, dict):
        faults.append(source.fault(place, f"column '{name}' needs a mapping with 'type'"))
        spec = {}
    faults.extend(unknown_entries(source, place, spec, _COLUMN_KEYS))
    kind = spec.get("type", "text")
    if kind not in SQL_TYPES:
        hint = did_you_mean(str(kind), SQL_TYPES)
        faults.append(source.fault(place, f"unknown type '{kind}'", hint))
        kind = "text"
    if kind in ("code", "codes") and not spec.get("codes"):
        faults.append(source.fault(place, f"column '{name}' of type {kind} lists no codes"))
    data_class = spec.get("class", "none")
    if data_class not in CLASSES:
        faults.append(source.fault(place, f"unknown class '{data_class}'"))
    label = spec.get("label") or {}
    for language in ("zh", "en"):
        if language not in label:
            faults.append(source.fault(place, f"column '{name}' has no {language} label"))
    target = spec.get("references")
    return Column(
        name=name,
        type=kind,
        label=label,
        codes=spec.get("codes") or {},
        unit=spec.get("unit"),
        data_class=data_class,
        references=tuple(target.split(".", 1)) if target and "." in target else None,
        synonyms=tuple(spec.get("synonyms") or ()),
    )


def _check_references(source: Source, schema: Schema, faults: list[Fault]) -> None:
    for table in schema.tables.values():
        for column in table.columns.values():
            if column.references and schema.column(*column.references) is None:
                place = ("tables", table.name, "columns", column.name)
                target = ".".join(column.references)
                faults.append(source.fault(place, f"references '{target}', which does not exist"))
