"""Which sheet is which table, which header is which column: decided before any row is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

from workbench.loading.cells import normalise
from workbench.loading.header_rows import Words
from workbench.loading.intake import is_beside, is_untouched, without_examples
from workbench.loading.mapping import ColumnMapping, Mapping, TableMapping
from workbench.loading.mapping_model import Join
from workbench.loading.reasons import nearest
from workbench.loading.report import HeaderUse, ReportBuilder
from workbench.loading.shaping import reshape
from workbench.loading.shaping.stacking import as_one
from workbench.loading.sheets import Sheet, Source
from workbench.schema import Schema, Table
from workbench.terms import Fault, InputError, did_you_mean

# Read too, though no table has it, where two organs share case ids.
ORGAN = "organ_id"
LOOKED_AT = 20  # sheets whose header is looked at where no name tells which one is the table


@dataclass(frozen=True)
class ColumnPlan:
    """One column: its position in the file, or the value it has in every row."""

    column: str
    position: int | None
    mapping: ColumnMapping


@dataclass(frozen=True)
class TablePlan:
    """One table and the sheet it comes from (None: its rows stand in the mapping)."""

    table: Table
    sheet: Sheet | None
    name: str
    mapping: TableMapping
    steering: str = "mapping.yaml"  # the file that the mapping stands in
    spellings: bool = False  # the file is a list of spellings as well: it has columns of its own
    faults: tuple[Fault, ...] = ()  # of how the mapping reshapes the sheet
    ready: bool = False  # the mapping is a ready one: its headers may be absent
    # Of a table whose headers are not matched by name: those that some table uses. None: the
    # headers of this sheet were told of already.
    mentioned: frozenset[str] | None = None


@dataclass
class HeaderPlan:
    """How the header of a file is understood; `organ` is a column that only tells organs apart."""

    columns: dict[str, ColumnPlan] = field(default_factory=dict)
    organ: int | None = None
    missing: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)

    @property
    def positions(self) -> list[int]:
        """The positions to read, in order."""
        found = {plan.position for plan in self.columns.values()} | {self.organ}
        return sorted(position for position in found if position is not None)


def plan_tables(
    source: Source, schema: Schema, mapping: Mapping, report: ReportBuilder
) -> list[TablePlan]:
    """The sheets of the source by table; sheets that are no table are named in the report.

    Raises `InputError` where a table that the pack requires has no sheet.
    """
    lists = {c.unify for given in mapping.tables.values() for c in given.columns.values()}
    untouched: list[Sheet] = []
    chosen = _by_mapping(source, mapping) | _by_called(source, schema, mapping, report)
    for name in [n for n in chosen if not schema.tables[n].required and is_untouched(chosen[n])]:
        report.say(chosen[name].name, "not_filled_in", table=name)
        untouched.append(chosen.pop(name))
    missing = [
        t for t in schema.tables.values()
        if t.required and t.name not in chosen and not _written(mapping, t)
    ]  # fmt: skip
    for table in missing:
        if (sheet := _by_columns(source, table, list(chosen.values()))) is not None:
            chosen[table.name] = sheet
            report.say(sheet.name, "told_by_columns", table=table.name, detail=table.name)
    missing = [table for table in missing if table.name not in chosen]
    if missing:
        raise InputError(_missing_files(source, missing))
    _strangers(source, chosen, untouched, schema, mapping, report)
    plans = []
    for name, table in schema.tables.items():
        if (sheet := chosen.get(name)) is not None:
            how = mapping.tables.get(name) or TableMapping(name, sheet.file)
            plans.append(_plan(table, sheet, how, source, mapping, sheet.file in lists))
    # The cases first: the others hang on them.
    return sorted(plans, key=lambda plan: plan.table.name != "cases")


def _plan(
    table: Table,
    sheet: Sheet,
    given: TableMapping,
    source: Source,
    mapping: Mapping,
    spellings: bool,
) -> TablePlan:
    """The plan of a table, its sheet reshaped as the mapping says."""
    ready = mapping.layout is not None
    shaped, faults = reshape(without_examples(sheet), given, source, mapping.file, ready=ready)
    told = _mentioned(sheet, given, source, mapping)
    found = (table, shaped, sheet.name, given, mapping.file, spellings, tuple(faults), ready, told)
    return TablePlan(*found)


def _written(mapping: Mapping, table: Table) -> bool:
    given = mapping.tables.get(table.name)
    return bool(given and given.rows)


def _by_mapping(source: Source, mapping: Mapping) -> dict[str, Sheet]:
    """The sheets that the mapping names, or that have the headers it is for."""
    given = {name: _given_sheet(source, one, mapping) for name, one in mapping.tables.items()}
    return {name: sheet for name, sheet in given.items() if sheet is not None}


def _given_sheet(source: Source, given: TableMapping, mapping: Mapping) -> Sheet | None:
    if given.file is not None:
        return as_one(source, given.file, given.page)
    if mapping.layout is not None and not given.rows:
        found = source.with_headers(mapping.layout.needs)
    else:
        found = []
    return found[0] if found else None


def _mentioned(
    sheet: Sheet, given: TableMapping, source: Source, mapping: Mapping
) -> frozenset[str] | None:
    """What all tables of a sheet use of it, for the first of them; None for the others."""
    same = [t for t in mapping.tables.values() if _given_sheet(source, t, mapping) is sheet]
    if not same or same[0] is not given:
        return None
    return frozenset(name for table in same for name in table.mentioned)


def _by_called(
    source: Source, schema: Schema, mapping: Mapping, report: ReportBuilder
) -> dict[str, Sheet]:
    """The sheets that are called like a table: by its name, or by one of its titles."""
    called = sheets_by_table(source.sheets, schema)
    chosen = {}
    for name, sheets in called.items():
        if name not in mapping.tables:
            chosen[name] = sheets[0]
            for other in sheets[1:]:
                report.say(other.name, "second_sheet", table=name, detail=sheets[0].name)
    return chosen


def sheets_by_table(sheets: Iterable[Sheet], schema: Schema) -> dict[str, list[Sheet]]:
    """The sheets that are called like a table; under each, first the one called just like it."""
    titles: dict[str, set[str]] = {}
    for table in schema.tables.values():
        for word in (table.name, *table.title.values()):
            titles.setdefault(normalise(word).casefold(), set()).add(table.name)
    found: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        word = normalise(sheet.stem).casefold()
        tables = {word} if word in schema.tables else titles.get(word, set())
        if len(tables) == 1:
            found.setdefault(next(iter(tables)), []).append(sheet)
    for name, called in found.items():
        called.sort(key=lambda sheet: normalise(sheet.stem) != name)
    return found


def _by_columns(source: Source, table: Table, taken: list[Sheet]) -> Sheet | None:
    """The one sheet, whatever it is called, whose header has what the table cannot do without."""
    free = [sheet for sheet in source.sheets if not any(sheet is one for one in taken)]
    if len(free) > LOOKED_AT:
        return None
    names, fitting = header_names(table), []
    for sheet in free:
        header = {name.casefold() for name in sheet.header().names}
        columns = {word if word in table.columns else names.get(word) for word in header}
        if columns.issuperset(table.key) and len(columns - {None}) > len(table.key):
            fitting.append(sheet)
    return fitting[0] if len(fitting) == 1 else None


def _missing_files(source: Source, missing: list[Table]) -> str:
    lines = []
    present = source.present
    for table in missing:
        wanted = f"{table.name}.csv"
        hint = did_you_mean(wanted, present)
        lines.append(f"{source.label}: no '{wanted}', and the pack requires this table")
        there = [sheet.name for sheet in source.sheets if sheet.page] or sorted(present)
        shown = ", ".join(there[:12]) or "nothing"
        more = f" and {len(there) - 12} more" if len(there) > 12 else ""
        lines.append(f"  there is: {shown}{more}" + (f" ({hint})" if hint else ""))
    titles = " or ".join(f"'{word}'" for word in (missing[0].name, *missing[0].title.values()))
    lines.append(f"  a file or a sheet called {titles} of any kind will do")
    lines.append(f"  'workbench inspect {source.label}' says what could be '{missing[0].name}' and")
    lines.append("  writes a mapping.yaml that gives files, sheets and headers their names here")
    lines += [f"  {sentence}" for sentence in source.unusable.values()]
    return "\n".join(lines)


def _strangers(
    source: Source,
    chosen: MappingOf[str, Sheet],
    untouched: list[Sheet],
    schema: Schema,
    mapping: Mapping,
    report: ReportBuilder,
) -> None:
    """Name what is not used: files nobody can read, sheets that are no table."""
    for name, sentence in source.unusable.items():
        report.say(name, "unusable_file", detail=sentence.removeprefix(f"{name}: "))
    known = {sheet.name for sheet in chosen.values()}
    known |= {one.name for sheet in chosen.values() for one in getattr(sheet, "sheets", ())}
    known |= _joined(source, mapping)
    known |= {sheet.name for sheet in source.sheets if is_beside(sheet.page)}
    known |= {sheet.name for sheet in untouched}
    for table in mapping.tables.values():
        known |= {column.unify for column in table.columns.values() if column.unify}
    called = sheets_by_table(source.sheets, schema)
    known |= {s.name for name, sheets in called.items() if name in chosen for s in sheets}
    for sheet in source.sheets:
        if sheet.name not in known:
            hint = nearest(sheet.stem.casefold(), list(schema.tables))
            end = "" if sheet.page or not hint else PurePath(sheet.file).suffix
            report.say(sheet.name, "unknown_file", detail=hint + end)


def _say_unused(plan: TablePlan, names: tuple[str, ...], report: ReportBuilder) -> None:
    """The headers of a sheet that no table uses, once."""
    if plan.mentioned is None or plan.mapping.shapes:
        return
    made = {column.header for column in plan.mapping.columns.values() if column.made}
    for name in dict.fromkeys(names):
        if name and name not in plan.mentioned and name not in made:
            report.say(plan.name, "unknown_column", table=plan.table.name, column=name)


def _joined(source: Source, mapping: Mapping) -> set[str]:
    """The sheets of which a mapping takes columns."""
    joins = [s for t in mapping.tables.values() for s in t.shapes if isinstance(s, Join)]
    return {sheet.name for join in joins for sheet in source.sheets_of(join.file, join.page)[:1]}


def plan_header(plan: TablePlan, names: tuple[str, ...], report: ReportBuilder) -> HeaderPlan:
    """Lay the table over a header: by mapping, by name, by synonym, by label."""
    table, found = plan.table, HeaderPlan(faults=list(plan.faults))
    where: dict[str, int] = {}
    for position, name in enumerate(names):
        if name and name in where:
            report.say(plan.name, "duplicate_header", table=table.name, column=name)
        where.setdefault(name, position)
    used: set[int] = set()
    for column in plan.mapping.columns.values():
        at = where.get(column.header) if column.header is not None else None
        if column.header is not None and at is None:
            if plan.ready:
                continue
            message = f"no column '{column.header}' in {plan.name}"
            hint = did_you_mean(column.header, names)
            found.faults.append(Fault(plan.steering, column.line, message, hint))
            continue
        used |= {at} if at is not None else set()
        found.columns[column.column] = ColumnPlan(column.column, at, column)
    if plan.mapping.by_name:
        _by_name(plan, where, used, found, report)
    else:
        _say_unused(plan, names, report)
    report.headers += _uses(plan, names, found)
    needed = [*table.key, *([table.case_column] if table.case_column else [])]
    found.missing = tuple(dict.fromkeys(name for name in needed if name not in found.columns))
    return found


def _uses(plan: TablePlan, names: tuple[str, ...], found: HeaderPlan) -> Iterator[HeaderUse]:
    for position, name in enumerate(names):
        columns = [c.column for c in found.columns.values() if c.position == position]
        for column in columns or (None,):
            yield HeaderUse(plan.name, name, plan.table.name, column)


def _by_name(
    plan: TablePlan,
    where: MappingOf[str, int],
    used: set[int],
    found: HeaderPlan,
    report: ReportBuilder,
) -> None:
    table = plan.table
    names = header_names(table)
    # A column's own name goes before its synonyms and labels.
    for name, position in sorted(where.items(), key=lambda item: item[0] not in table.columns):
        if position in used or not name:
            continue
        column = name if name in table.columns else names.get(name.casefold())
        if column is None and name == ORGAN and table.case_column:
            found.organ = position
        elif column is None and plan.spellings:
            continue
        elif column is None:
            hint = nearest(name, [c for c in table.columns if c not in found.columns])
            report.say(plan.name, "unknown_column", table=table.name, column=name, detail=hint)
        elif column in found.columns:
            report.say(plan.name, "duplicate_header", table=table.name, column=name)
        else:
            found.columns[column] = ColumnPlan(column, position, ColumnMapping(column, name))


def words_of(schema: Schema) -> Words:
    """What the schema knows of headers and of the names of tables, before a source is opened."""
    words = Words()
    for table in schema.tables.values():
        names = header_names(table)
        words.headers |= {name.casefold() for name in table.columns} | names.keys()
        keys = {*table.key, *(word for word, column in names.items() if column in table.key)}
        for called in (table.name, *table.title.values()):
            words.keys.setdefault(normalise(called).casefold(), frozenset(keys))
    return words


def headers_of(mapping: Mapping) -> set[str]:
    """All words of a mapping that may be headers, in small letters."""
    found: set[str] = set()
    for given in mapping.tables.values():
        columns = [asdict(column) for column in given.columns.values()]
        shapes = [asdict(shape) for shape in given.shapes]
        named = [(column["header"], column["made"]) for column in columns]
        found |= {word.casefold() for word in _texts([named, shapes, given.filled])}
    return found


def _texts(value: Any) -> Iterator[str]:
    """Every text in something nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def header_names(table: Table) -> dict[str, str]:
    """Every other word a header may use: synonyms and labels that no two columns share."""
    words: dict[str, set[str]] = {}
    for column in table.columns.values():
        for word in (column.name, *column.synonyms, *column.label.values()):
            words.setdefault(normalise(word).casefold(), set()).add(column.name)
    return {word: columns.pop() for word, columns in words.items() if len(columns) == 1}
