"""What a mapping says, once it has been read: tables, columns, and how sheets are reshaped."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class ColumnMapping:
    """Where one column comes from: a header of the sheet, or one value for every row.

    `header` may name a column that is `made` of others, as `made_of_columns` calls it.
    """

    column: str
    header: str | None = None
    value: str | None = None
    format: str | None = None
    codes: MappingOf[str, str] = field(default_factory=dict)
    unify: str | None = None
    line: int | None = None
    made: Made | None = None


@dataclass(frozen=True)
class Made:
    """A column made of others: the first filled one of `headers`, or `text` with cells put into
    it; numbers multiplied by `factor` (`unit` is what it was called)."""

    name: str
    headers: tuple[str, ...]
    text: str | None = None
    factor: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class Join:
    """Columns of another sheet, laid beside the rows that have the same key."""

    file: str
    page: str | None
    on: tuple[tuple[str, str], ...]
    columns: tuple[str, ...] = ()
    line: int | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that it needs."""
        return tuple(left for left, _ in self.on)


@dataclass(frozen=True)
class Split:
    """One cell with several values: into the columns `into`, or (`rows`) into a row for each."""

    header: str
    into: tuple[str, ...]
    by: tuple[str, ...] = ()
    pattern: str | None = None
    rows: bool = False
    line: int | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that it needs."""
        return (self.header,)


@dataclass(frozen=True)
class Unpivot:
    """Columns that repeat, turned into rows: `groups` is new column -> its headers, one a row;
    `name` is the new column that holds what `labels` say of each place. An empty header: none."""

    name: str
    labels: tuple[str, ...]
    groups: MappingOf[str, tuple[str, ...]]
    line: int | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that it needs."""
        return tuple(one for headers in self.groups.values() for one in headers if one)


@dataclass(frozen=True)
class Pick:
    """One new column of a case: of its first or last event of some kinds the time, or the cell
    under `header`; or how many there are (`count`)."""

    name: str
    activities: tuple[str, ...] = ()
    last: bool = False
    header: str | None = None
    count: bool = False
    line: int | None = None


@dataclass(frozen=True)
class Steps:
    """An event log, one row an event, turned into one row a case."""

    case: str
    activity: str
    time: str
    picks: tuple[Pick, ...]
    format: str | None = None
    line: int | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that it needs."""
        picked = tuple(pick.header for pick in self.picks if pick.header)
        return (self.case, self.activity, self.time, *picked)


Shape = Join | Split | Unpivot | Steps


@dataclass(frozen=True)
class TableMapping:
    """Where one table comes from: a sheet, or rows written into the mapping.

    `distinct` keeps rows that say the same only once (a table made from a list of spellings).
    `shapes` reshape the sheet, in their order; rows in which no header of `filled` has anything
    are no rows of this table. `page` is the sheet of a workbook. `by_name`: headers that are not
    mentioned are matched by name.
    """

    table: str
    file: str | None
    columns: MappingOf[str, ColumnMapping] = field(default_factory=dict)
    distinct: bool = False
    rows: tuple[MappingOf[str, str], ...] = ()
    line: int | None = None
    page: str | None = None
    shapes: tuple[Shape, ...] = ()
    filled: tuple[str, ...] = ()
    by_name: bool = True

    @property
    def mentioned(self) -> frozenset[str]:
        """Every header of the sheet that is used in some way."""
        found: set[str | None] = set(self.filled)
        for column in self.columns.values():
            found |= set(column.made.headers) if column.made else {column.header}
        for shape in self.shapes:
            found |= set(shape.headers)
        return frozenset(one for one in found if one)


@dataclass(frozen=True)
class Layout:
    """What a ready mapping is for: the sheet that has a header of each group in `needs`.

    Headers of the layout that a sheet does not have are not delivered, and no fault.
    """

    title: MappingOf[str, str]
    needs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Mapping:
    """The tables of a pack, as far as the mapping speaks of them. `file` names the mapping."""

    tables: MappingOf[str, TableMapping] = field(default_factory=dict)
    file: str = "mapping.yaml"
    layout: Layout | None = None


@dataclass(frozen=True)
class Spellings:
    """A list of spellings: variant -> the id it stands for; `listed` are the ids' own names."""

    ids: MappingOf[str, str]
    listed: frozenset[str]
