"""Which sheet is which table, which header is which column: decided before any row is read."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from workbench.loading.cells import normalise
from workbench.loading.mapping import ColumnMapping, Mapping, TableMapping
from workbench.loading.mapping_model import Join
from workbench.loading.reasons import nearest
from workbench.loading.report import HeaderUse, ReportBuilder
from workbench.loading.shaping import reshape
from workbench.loading.sheets import Sheet, Source
from workbench.schema import Schema, Table
from workbench.terms import Fault, InputError, did_you_mean

# Read too, though no table has it, where two organs share case ids.
ORGAN = "organ_id"
_SHEETS = (".xlsx", ".xls", ".ods", ".et")


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
    plans = []
    lists = {c.unify for given in mapping.tables.values() for c in given.columns.values()}
    for name, table in schema.tables.items():
        given = mapping.tables.get(name)
        sheet = _sheet_of(source, name, given)
        if sheet is not None:
            how = given or TableMapping(name, sheet.file)
            plans.append(_plan(table, sheet, how, source, mapping, sheet.file in lists))
    written = {name for name, given in mapping.tables.items() if given.rows}
    found = {plan.table.name for plan in plans} | written
    missing = [t for t in schema.tables.values() if t.required and t.name not in found]
    if missing:
        raise InputError(_missing_files(source, missing))
    _strangers(source, plans, schema, mapping, report)
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
    shaped, faults = reshape(sheet, given, source, mapping.file, ready=ready)
    found = (table, shaped, sheet.name, given, mapping.file, spellings, tuple(faults), ready)
    return TablePlan(*found)


def _sheet_of(source: Source, table: str, given: TableMapping | None) -> Sheet | None:
    if given is None:
        named = [sheet for sheet in source.sheets if sheet.stem.casefold() == table.casefold()]
        return min(named, key=lambda sheet: sheet.stem != table, default=None)
    if given.file is None:
        return None
    found = source.sheets_of(given.file, given.page)
    return found[0] if found else None


def _missing_files(source: Source, missing: list[Table]) -> str:
    lines = []
    present = source.present
    for table in missing:
        wanted = f"{table.name}.csv"
        slips = [name for name in present if name.casefold() == wanted.casefold()]
        sheets = [name for name in present if name.casefold().endswith(_SHEETS)]
        hint = f"did you mean '{slips[0]}'?" if slips else did_you_mean(wanted, present)
        if sheets:
            hint = f"'{sheets[0]}' is a workbook: save each sheet as CSV (UTF-8), one file a table"
        lines.append(f"{source.label}: no '{wanted}', and the pack requires this table")
        shown = ", ".join(sorted(present)[:12]) or "nothing"
        more = f" and {len(present) - 12} more" if len(present) > 12 else ""
        lines.append(f"  there is: {shown}{more}" + (f" ({hint})" if hint else ""))
    lines.append(f"  a mapping.yaml beside the files can give other names to '{missing[0].name}'")
    return "\n".join(lines)


def _strangers(
    source: Source,
    plans: list[TablePlan],
    schema: Schema,
    mapping: Mapping,
    report: ReportBuilder,
) -> None:
    known = {plan.name for plan in plans}
    known |= _joined(source, mapping)
    for table in mapping.tables.values():
        known |= {column.unify for column in table.columns.values() if column.unify}
    for name in (sheet.name for sheet in source.sheets):
        if name not in known:
            hint = nearest(name.casefold(), [f"{table}.csv" for table in schema.tables])
            report.say(name, "unknown_file", detail=hint)


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
    _by_name(plan, where, used, found, report)
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


def header_names(table: Table) -> dict[str, str]:
    """Every other word a header may use: synonyms and labels that no two columns share."""
    words: dict[str, set[str]] = {}
    for column in table.columns.values():
        for word in (column.name, *column.synonyms, *column.label.values()):
            words.setdefault(normalise(word).casefold(), set()).add(column.name)
    return {word: columns.pop() for word, columns in words.items() if len(columns) == 1}
