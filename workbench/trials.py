"""A pack's examples, batched: those that can share an export become one set of case files.

Every id of an example gets the example's own prefix, so that no example sees the records of
another. Ids that an example leaves out are filled in where only one thing can be meant. What one
example does not deliver is missing for all of its batch, so the checks of the others must not
read it.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbench.facts import build_facts
from workbench.findings import judge
from workbench.loading import CaseFiles, load_case_files
from workbench.pack import Pack
from workbench.pack.examples import Example
from workbench.schema import Column, Table
from workbench.suites import Check
from workbench.terms import Fault, Outcome

Row = dict[str, Any]
Tables = dict[str, list[Row]]

# Subjects that exist without a row have the years since the first recorded day of a case.
_FIRST_YEAR = date(2018, 1, 1)


@dataclass(frozen=True, eq=False)
class Batch:
    """The examples of a pack that share an as-of day and what the source does not deliver."""

    pack: Pack
    as_of: date
    not_delivered: tuple[str, ...]
    examples: tuple[Example, ...]

    def prefix(self, example: Example) -> str:
        """What stands before every id of the example."""
        return f"{self.examples.index(example):03d}:"

    def tables(self) -> Tables:
        """The records of all examples, ids filled in and prefixed."""
        tables: Tables = {name: [] for name in self.pack.schema.tables}
        for example in self.examples:
            for name, rows in with_ids(self.pack, example.given).items():
                table = self.pack.schema.tables[name]
                tables[name] += [_prefixed(table, row, self.prefix(example)) for row in rows]
        if any(asset.every for asset in self.pack.assets.values()):
            tables["cases"].append(self._first_case())
        return tables

    def write(self, folder: Path) -> None:
        """The records as a folder of CSV files; a table that nothing happened in is empty."""
        for name, rows in self.tables().items():
            if name not in self.not_delivered:
                columns = self.pack.schema.tables[name].columns
                delivered = [c for c in columns if f"{name}.{c}" not in self.not_delivered]
                _write(folder / f"{name}.csv", delivered, rows)

    def subjects(self, example: Example) -> dict[str, str]:
        """Each subject of `example.expect` -> its id in the batch."""
        prefix = self.prefix(example)
        return {subject: prefix + (subject or self._only(example)) for subject in example.expect}

    def _only(self, example: Example) -> str:
        """The one subject of an example that names none."""
        asset = self.pack.assets[self.pack.checks[example.check].asset]
        rows = with_ids(self.pack, example.given).get(asset.table, [])
        assert len(rows) == 1, f"{example.name}: says of which of {len(rows)} subjects it speaks"
        return "-".join(str(rows[0][column]) for column in asset.key)

    def _first_case(self) -> Row:
        asset = next(a for a in self.pack.assets.values() if a.table == "cases")
        return {**dict.fromkeys(asset.key, "first"), asset.day[-1]: _FIRST_YEAR}


def make_batches(pack: Pack, examples: Iterable[Example]) -> list[Batch]:
    """All examples of a pack in few batches: each evaluation takes about a second."""
    reads = {check.id: _reads(pack, check) for check in pack.checks.values()}
    batches: list[_Open] = []
    for example in sorted(examples, key=lambda e: (e.as_of, len(e.not_delivered) > 0)):
        read, missing = reads[example.check], {*example.not_delivered}
        for batch in batches:
            if batch.takes(example.as_of, read, missing):
                break
        else:
            batch = _Open(example.as_of)
            batches.append(batch)
        batch.add(example, read, missing)
    return [b.closed(pack) for b in batches]


@dataclass
class _Open:
    """A batch in the making: what is missing for all of it, and what a member needs delivered."""

    as_of: date
    members: list[Example] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)

    def takes(self, as_of: date, read: Set[str], missing: Set[str]) -> bool:
        """Is what one of them misses beyond its own nothing to the check of the other?"""
        apart = not missing & self.needed and not (self.missing - missing) & read
        return as_of == self.as_of and apart

    def add(self, example: Example, read: Set[str], missing: Set[str]) -> None:
        """Take it in; only what `takes` holds for."""
        self.members.append(example)
        self.missing |= missing
        self.needed |= read - missing

    def closed(self, pack: Pack) -> Batch:
        """The batch with the part of the pack that its checks need."""
        mine = pack.narrowed({example.check for example in self.members})
        return Batch(mine, self.as_of, tuple(sorted(self.missing)), tuple(self.members))


def _reads(pack: Pack, check: Check) -> frozenset[str]:
    """Tables and columns that stand on the lineage of a check."""
    columns = pack.reads_of(check)
    return frozenset(columns) | {name.partition(".")[0] for name in columns}


def with_ids(pack: Pack, given: Mapping[str, list[Row]]) -> Tables:
    """The records with the ids that were left out.

    A row without an id of its own gets one; a row that does not say which case (or which other
    row that is part of its key) it belongs to belongs to the only one there is. An id written as
    null stays null.
    """
    tables: Tables = {}
    for name, rows in given.items():
        own = _own_id(pack.schema.tables[name])
        tables[name] = [
            {own: f"{name}-{number}", **row} if own else dict(row)
            for number, row in enumerate(rows, 1)
        ]
    only = {
        own: rows[0][own]
        for name, rows in tables.items()
        if len(rows) == 1 and (own := _own_id(pack.schema.tables[name]))
    }
    for name, rows in tables.items():
        for row in rows:
            for column, target in _pointers(pack.schema.tables[name]):
                if target in only:
                    row.setdefault(column, only[target])
    return tables


def _own_id(table: Table) -> str | None:
    """The column that identifies a row of the table by itself."""
    if len(table.key) != 1 or table.columns[table.key[0]].type != "id":
        return None
    return table.key[0]


def _pointers(table: Table) -> Iterator[tuple[str, str]]:
    """(column, id it points at) of each reference that says where a row belongs."""
    for column in table.columns.values():
        if column.references and column.name in (*table.key, table.case_column):
            yield column.name, column.references[1]


def _prefixed(table: Table, row: Row, prefix: str) -> Row:
    return {
        column: _prefixed_cell(table.columns[column], value, prefix)
        for column, value in row.items()
    }


def _prefixed_cell(column: Column, value: Any, prefix: str) -> Any:
    """Ids are prefixed, one by one; a number that has a format of its own is no id."""
    if value is None or column.type not in ("id", "ids") or column.format is not None:
        return value
    return ";".join(prefix + part.strip() for part in str(value).split(";"))


def _write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value)


def try_examples(pack: Pack, examples: Iterable[Example]) -> Iterator[Fault]:
    """Evaluate every example; a fault for each that does not give the outcome it promises."""
    for batch in make_batches(pack, examples):
        with tempfile.TemporaryDirectory() as folder:
            batch.write(Path(folder))
            files = load_case_files(Path(folder), pack.schema, timezone=pack.timezone)
            yield from _judged(batch, files.apart())


def _judged(batch: Batch, files: CaseFiles) -> Iterator[Fault]:
    found = judge(files, batch.pack, build_facts(files, batch.pack, batch.as_of))
    tested = {check.id for checks in found.tested.values() for check in checks}
    for example in batch.examples:
        if example.check not in tested:
            yield Fault(example.file, example.line, f"'{example.name}': the check is untested")
            continue
        asset = batch.pack.checks[example.check].asset
        rows = files.engine.rows(
            f'SELECT subject_id, "{example.check}" FROM work.outcomes_{asset}', "examples"
        )
        given = {subject: Outcome(code) for subject, code in rows}
        for subject, known in batch.subjects(example).items():
            wanted, gives = example.expect[subject], given.get(known)
            if gives is not wanted:
                what = gives.name if gives is not None else "no outcome"
                message = f"'{example.name}': {example.check} is {what}, not {wanted.name}"
                yield Fault(example.file, example.line, message)
