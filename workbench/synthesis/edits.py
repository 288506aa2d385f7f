"""The edits a defect is made of: set columns, drop rows, add a row.

An edit knows tables and columns, no law. It works on a copy of the case; where it does not fit
(no such row, a day to come) it raises `Unfit` and the copy is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.cells import Cell, Cells, compile_cells
from workbench.synthesis.draft import Draft, Row, Unfit
from workbench.synthesis.lookups import Pools
from workbench.synthesis.moments import day_of, moment_of
from workbench.synthesis.values import compile_value
from workbench.synthesis.when import all_of, any_of, compile_test, compile_when

Edit: TypeAlias = Callable[[Draft], None]
Fits: TypeAlias = Callable[[Draft], bool]
_WORDS = ("set", "drop", "add", "where", "which", "columns")
_WHICH = ("all", "first", "last", "any")


class Workshop:
    """Compiles edits and conditions on whole cases."""

    def __init__(self, book: Book, pools: Pools, names: frozenset[str]) -> None:
        self.book = book
        self.pools = pools
        self.planned = names
        self.columns: frozenset[str] = frozenset()
        self.names: frozenset[str] = frozenset()
        self.look_at("cases", ())

    def look_at(self, table: str, drawn: Iterable[str]) -> None:
        """Conditions and days are now those of this table's rows; `drawn` are known besides."""
        columns = self.book.schema.tables[table].columns if self.book.schema.has(table) else ()
        self.columns = frozenset(columns)
        self.book.root = table
        self.book.known_names = self.planned | frozenset(drawn)
        self.names = self.columns | self.book.known_names

    def edit(self, place: Place, spec: Any) -> Edit:
        """One edit; the word that names the table says what is done."""
        spec = self.book.mapping(place, spec)
        self.book.keys(place, spec, _WORDS)
        word = next((word for word in ("set", "drop", "add") if word in spec), None)
        if word is None or not self.book.table(place, spec[word]):
            self.book.fault(place, "an edit is one of set, drop, add, with a table")
            return lambda draft: None
        if word == "add":
            return _adding(spec["add"], self.cells(place, spec["add"], spec.get("columns")))
        rows = self.rows(place, spec[word], spec)
        if word == "drop":
            return _dropping(spec["drop"], rows, self.pointing_at(spec["drop"]))
        return _setting(rows, self.cells(place, spec["set"], spec.get("columns")))

    def cells(self, place: Place, table: str, spec: Any) -> Cells:
        return compile_cells(self.book, (*place, "columns"), table, spec, self.pools, self.value)

    def value(self, book: Book, place: Place, spec: Any) -> Cell:
        """A moment, a change of what stands there, or a draw."""
        return compile_value(book, place, spec, self.pools)

    def rows(self, place: Place, table: str, spec: Mapping[str, Any]) -> Callable[[Draft], Any]:
        """The rows of `table` that `where` and `which` select; `Unfit` if there are none."""
        columns = self.book.schema.tables[table].columns
        where = compile_when(self.book, (*place, "where"), spec.get("where"), columns)
        which = str(spec.get("which", "all"))
        self.book.known((*place, "which"), which, _WHICH, "choice")

        def select(draft: Draft) -> list[Row]:
            found = [row for row in draft.rows.get(table, ()) if where(row)]
            if not found:
                raise Unfit
            return found if which == "all" else [_chosen(draft, found, which)]

        return select

    def pointing_at(self, table: str) -> list[tuple[str, str, str]]:
        """The columns that point at rows of `table`: (table, column, column pointed at)."""
        return [
            (other.name, column.name, column.references[1])
            for other in self.book.schema.tables.values()
            for column in other.columns.values()
            if column.references and column.references[0] == table
        ]

    def condition(self, place: Place, spec: Any) -> Fits:
        """A condition: columns and plan of the subject, and `rows`, `past`, `ordered`, `any`."""
        spec = dict(self.book.mapping(place, spec))
        parts: list[Fits] = []
        for index, entry in enumerate(spec.pop("rows", None) or ()):
            parts.append(self.count((*place, "rows", index), entry))
        for index, entry in enumerate(spec.pop("past", None) or ()):
            parts.append(self.past((*place, "past", index), entry))
        for index, entry in enumerate(spec.pop("ordered", None) or ()):
            parts.append(self.ordered((*place, "ordered", index), entry))
        alternatives = spec.pop("any", None)
        if alternatives:
            parts.append(any_of([self.condition(place, entry) for entry in alternatives]))
        if spec:
            parts.append(self.values(place, spec))
        return all_of(parts)

    def values(self, place: Place, spec: Mapping[str, Any]) -> Fits:
        """What is recorded counts for columns, what is planned for other names."""
        when = compile_when(self.book, place, spec, self.names)
        recorded = self.columns

        def holds(draft: Draft) -> bool:
            return when(_View(draft, recorded))  # type: ignore[arg-type]

        return holds

    def count(self, place: Place, spec: Mapping[str, Any]) -> Fits:
        """`{in: table, where: ..., count: test}`; without `count`, at least one."""
        self.book.keys(place, spec, ("in", "where", "count"))
        if not self.book.table(place, spec.get("in")):
            return lambda draft: False
        table = spec["in"]
        columns = self.book.schema.tables[table].columns
        where = compile_when(self.book, (*place, "where"), spec.get("where"), columns)
        test = compile_test(self.book, place, spec.get("count", {"at_least": 1}))
        return lambda draft: test(sum(1 for row in draft.rows.get(table, ()) if where(row)))

    def past(self, place: Place, spec: Any) -> Fits:
        """The moment lies before the last day."""
        moment = moment_of(self.book, place, {**spec, "ahead": True})

        def over(draft: Draft) -> bool:
            try:
                return moment(draft) < draft.days.last
            except Unfit:
                return False

        return over

    def ordered(self, place: Place, spec: Any) -> Fits:
        """`[a, b]`: day a lies before day b, as `after` of a moment names days."""
        days = [day_of(self.book, place, str(name)) for name in spec]

        def holds(draft: Draft) -> bool:
            try:
                found = [day(draft) for day in days]
            except Unfit:
                return False
            return all(first < second for first, second in pairwise(found))

        return holds


class _View:
    """What a condition sees: columns as recorded, other names as the row knows or planned."""

    def __init__(self, draft: Draft, columns: frozenset[str]) -> None:
        self._record = draft.record
        self._plan = draft.plan
        self._columns = columns

    def get(self, name: str) -> Any:
        if name in self._columns or name in self._record:
            return self._record.get(name)
        return self._plan.get(name)


def _chosen(draft: Draft, rows: list[Row], which: str) -> Row:
    if which == "any":
        return rows[int(draft.rng.random() * len(rows))]
    return rows[0 if which == "first" else -1]


def _adding(table: str, cells: Cells) -> Edit:
    def edit(draft: Draft) -> None:
        cells.into(draft, draft.start_row(table))
        _number_pages(draft, table)

    return edit


def _number_pages(draft: Draft, table: str) -> None:
    """Papers came or went: the volume is bound anew."""
    paging = draft.shared.paging
    if paging and table == paging.papers:
        paging.number(draft.rows)


def _setting(rows: Callable[[Draft], list[Row]], cells: Cells) -> Edit:
    def edit(draft: Draft) -> None:
        for row in rows(draft):
            cells.into(draft, row)

    return edit


def _dropping(
    table: str, rows: Callable[[Draft], list[Row]], pointing: list[tuple[str, str, str]]
) -> Edit:
    """Drop rows; what pointed at them points at nothing."""

    def edit(draft: Draft) -> None:
        gone = rows(draft)
        draft.rows[table] = [row for row in draft.rows[table] if not any(row is g for g in gone)]
        for other, column, target in pointing:
            values = [row[target] for row in gone if target in row]
            for row in draft.rows.get(other, ()):
                if row.get(column) in values:
                    row[column] = None
        _number_pages(draft, table)

    return edit
