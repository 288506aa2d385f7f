"""The tables of a case file, as a pack's `schema.yaml` writes them down.

Pure: parses and answers questions about tables and columns; reads no data. What the loader makes
of a column (`format`, `scan`) is declared in `derived`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.attachment import Attachment, parse_attachment
from workbench.derived import (
    DAY_PART,
    Format,
    ListRows,
    Scan,
    parse_format,
    parse_scan,
)
from workbench.sources import Place, Source, unknown_entries
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
# Ids get prefixes (of the organ, of the example), and then they are no numbers any more.
_NO_ID = "a key or a reference has no 'format': keep the number in a column of its own"
CLASSES = ("none", "personal", "commercial", "secret")
_TABLE_KEYS = {"title", "key", "required", "columns", "complete", "synonyms", "attachment"}
_COLUMN_KEYS = {
    "type", "label", "codes", "unit", "class", "references", "synonyms", "note", "format", "scan",
}  # fmt: skip
_DERIVED_WORDS = {
    "valid": {"zh": "{}：号码有效", "en": "{}: a valid number"},
    "hits": {"zh": "{}：命中处数", "en": "{}: number of hits"},
    "found": {"zh": "{}：命中类别", "en": "{}: kinds of hits"},
}


@dataclass(frozen=True)
class Column:
    """One column: its type, labels, codes, whom it may be shown to, what it points at.

    `format` and `scan` say which columns the loader makes of it; `made_of` names, for a column
    that was made so, the delivered ones that decide it.
    """

    name: str
    type: str
    label: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unit: str | None = None
    data_class: str = "none"
    references: tuple[str, str] | None = None
    synonyms: tuple[str, ...] = ()
    format: Format | None = None
    scan: Scan | None = None
    made_of: tuple[str, ...] = ()
    code_synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
    """One table: title, key columns (may be empty), columns in order, required or not.

    `columns` are those that a source delivers; `derived` those that the loader makes of them;
    `attachment` says where the files of its rows are named.
    """

    name: str
    title: Mapping[str, str]
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    required: bool = False
    derived: Mapping[str, Column] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    attachment: Attachment | None = None

    @property
    def all_columns(self) -> Mapping[str, Column]:
        """Every column that the table has once it is loaded."""
        return {**self.columns, **self.derived}

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
        """The column, delivered or derived, or None."""
        found = self.tables.get(table)
        return found.all_columns.get(column) if found else None

    def made_of(self, table: str, column: str) -> tuple[str, ...]:
        """The delivered columns that decide a column: itself, unless it is derived."""
        found = self.column(table, column)
        return (found.made_of if found else ()) or (column,)

    def has(self, name: str) -> bool:
        """Is `table` or `table.column` in the schema?"""
        table, _, column = name.partition(".")
        if not column:
            return table in self.tables
        return self.column(table, column) is not None


def parse_schema(
    source: Source, lists: Mapping[str, ListRows] | None = None
) -> tuple[Schema, list[Fault]]:
    """`schema.yaml` -> `Schema`, with every fault of the file.

    `lists` are the rows of the pack's lists, by name, for columns with `scan`. Without them such
    columns are declared, but nobody knows what to look for: they stay null.
    """
    faults: list[Fault] = []
    tables: dict[str, Table] = {}
    content = source.content if isinstance(source.content, dict) else {}
    entries = content.get("tables")
    if not isinstance(entries, dict):
        return Schema({}), [source.fault((), "no 'tables' mapping")]
    for name, entry in entries.items():
        entry = entry if isinstance(entry, dict) else {}
        tables[name] = _parse_table(source, name, entry, lists, faults)
    schema = Schema(tables)
    _check_references(source, schema, faults)
    return schema, faults


def _parse_table(
    source: Source,
    name: str,
    entry: dict[str, Any],
    lists: Mapping[str, ListRows] | None,
    faults: list[Fault],
) -> Table:
    place = ("tables", name)
    faults.extend(unknown_entries(source, place, entry, _TABLE_KEYS))
    columns: dict[str, Column] = {}
    for column, spec in (entry.get("columns") or {}).items():
        where = (*place, "columns", column)
        columns[column] = _parse_column(source, where, column, spec, lists, faults)
    key = tuple(entry.get("key") or ())
    for part in key:
        if part not in columns:
            faults.append(source.fault((*place, "key"), f"key column '{part}' is not a column"))
    if not columns:
        faults.append(source.fault(place, f"table '{name}' has no columns"))
    derived = _derive(source, (*place, "columns"), columns, faults)
    for column in key:
        if column in columns and columns[column].format:
            faults.append(source.fault((*place, "columns", column, "format"), _NO_ID))
    title, required = entry.get("title") or {}, bool(entry.get("required"))
    synonyms, attached = tuple(entry.get("synonyms") or ()), None
    if "attachment" in entry:
        spot = (*place, "attachment")
        attached = parse_attachment(source, spot, entry["attachment"], columns, faults)
        if len(key) != 1:
            faults.append(source.fault(spot, "a table with attachments has a key of one column"))
    return Table(name, title, key, columns, required, derived, synonyms, attached)


def _parse_column(
    source: Source,
    place: Place,
    name: str,
    spec: Any,
    lists: Mapping[str, ListRows] | None,
    faults: list[Fault],
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
    codes, more = _codes(spec.get("codes") or {})
    target = spec.get("references")
    form, scan = spec.get("format"), spec.get("scan")
    if form is not None and kind not in ("text", "id"):
        faults.append(source.fault((*place, "format"), f"a {kind} has no 'format': text and id do"))
    if form is not None and target:
        faults.append(source.fault((*place, "format"), _NO_ID))
    if scan is not None and kind != "text":
        faults.append(source.fault((*place, "scan"), f"a {kind} has no 'scan': text does"))
    return Column(
        name=name,
        type=kind,
        label=label,
        codes=codes,
        unit=spec.get("unit"),
        data_class=data_class,
        references=tuple(target.split(".", 1)) if target and "." in target else None,
        synonyms=tuple(spec.get("synonyms") or ()),
        format=None if form is None else parse_format(source, (*place, "format"), form, faults),
        scan=None if scan is None else parse_scan(source, (*place, "scan"), scan, lists, faults),
        code_synonyms=more,
    )


def _codes(
    written: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, dict[str, str]], dict[str, tuple[str, ...]]]:
    """The labels of each code by language, and apart from them the other words for it."""
    labels = {
        code: {language: word for language, word in words.items() if language != "synonyms"}
        for code, words in written.items()
    }
    more = {code: tuple(words.get("synonyms") or ()) for code, words in written.items()}
    return labels, {code: words for code, words in more.items() if words}


def _derive(
    source: Source, place: Place, columns: Mapping[str, Column], faults: list[Fault]
) -> dict[str, Column]:
    """The columns that the loader makes of those of a table."""
    derived: dict[str, Column] = {}
    for column in columns.values():
        if column.format and column.format.by is not None:
            _check_by(source, (*place, column.name, "format"), column.format, columns, faults)
        for made in (*_of_format(column), *_of_scan(column)):
            if made.name in columns or made.name in derived:
                message = f"'{column.name}' makes a column '{made.name}', which is there already"
                faults.append(source.fault((*place, column.name), message))
            derived[made.name] = made
    return derived


def _check_by(
    source: Source,
    place: Place,
    form: Format,
    columns: Mapping[str, Column],
    faults: list[Fault],
) -> None:
    """`by` is a column of the same table with codes, and each form belongs to one of them."""
    by = columns.get(str(form.by))
    if by is None or by.type != "code":
        hint = did_you_mean(str(form.by), [c.name for c in columns.values() if c.type == "code"])
        message = f"by: '{form.by}' is no column of type code of this table"
        faults.append(source.fault((*place, "by"), message, hint))
        return
    for code in form.forms:
        if code not in by.codes:
            hint = did_you_mean(code, by.codes)
            faults.append(source.fault((*place, code), f"'{code}' is no code of '{by.name}'", hint))


def _of_format(column: Column) -> Iterator[Column]:
    """Whether the number is valid is of class none; a part of it is of the number's own class."""
    if column.format is None:
        return
    yield _made(column, "valid", "boolean", _DERIVED_WORDS["valid"])
    for part in column.format.parts:
        kind = "date" if part.endswith(DAY_PART) else "text"
        words = {"zh": f"{{}}：{part}", "en": f"{{}}: {part}"}
        yield _made(column, part, kind, words, data_class=column.data_class)


def _of_scan(column: Column) -> Iterator[Column]:
    """How much was found and of which kinds: never the text itself, so of class none."""
    if column.scan is None:
        return
    yield _made(column, "hits", "integer", _DERIVED_WORDS["hits"])
    codes = {pattern.code: column.scan.labels[pattern.code] for pattern in column.scan.patterns}
    yield _made(column, "found", "codes", _DERIVED_WORDS["found"], codes=codes)


def _made(column: Column, suffix: str, kind: str, words: Mapping[str, str], **more: Any) -> Column:
    by = column.format.by if column.format and suffix not in ("hits", "found") else None
    return Column(
        name=f"{column.name}_{suffix}",
        type=kind,
        label={lang: word.format(column.label.get(lang, "")) for lang, word in words.items()},
        made_of=(column.name, *([by] if by else [])),
        **more,
    )


def _check_references(source: Source, schema: Schema, faults: list[Fault]) -> None:
    for table in schema.tables.values():
        for column in table.columns.values():
            if column.references is None:
                continue
            place = ("tables", table.name, "columns", column.name)
            target = schema.column(*column.references)
            if target is None or target.made_of:
                name = ".".join(column.references)
                faults.append(source.fault(place, f"references '{name}', which does not exist"))
