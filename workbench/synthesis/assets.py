"""Subjects that are no cases: a draft of one organ, officer, item, year, party, round.

Such a draft holds the subject's own row, every row of the world that names it by the same key
columns, and every row that points at one of these: an organ's list versions and their entries, an
officer's certificates, a round's evaluations with their ratings. A defect edits a copy; what it
changed is then carried into the world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from workbench.schema import Schema
from workbench.sources import read_source
from workbench.synthesis.bureau import Bureau, Ground, World
from workbench.synthesis.days import as_day
from workbench.synthesis.draft import Draft, Row
from workbench.terms import Fault

_Index: TypeAlias = dict[tuple[Any, ...], list[Row]]


@dataclass(frozen=True)
class Asset:
    """What the pack calls an asset: its table and key columns."""

    name: str
    table: str
    key: tuple[str, ...]

    def subject(self, row: Row) -> str:
        """The subject's id, as truth.parquet names it."""
        return "-".join(str(row.get(part)) for part in self.key)


def read_assets(pack_dir: Path, schema: Schema, faults: list[Fault]) -> dict[str, Asset]:
    """The assets of `pack.yaml`, by name; every table with a key can stand for itself."""
    found = {t.name: Asset(t.name, t.name, t.key) for t in schema.tables.values() if t.key}
    source, more = read_source(pack_dir / "pack.yaml", "pack.yaml")
    faults.extend(more)
    for name, spec in ((source.content or {}).get("assets") or {}).items():
        found[name] = Asset(name, spec["table"], tuple(spec["key"]))
    return found


class Subjects:
    """The subjects of all assets but the cases, as drafts over the world."""

    def __init__(self, bureau: Bureau, ground: Ground, world: World, schema: Schema) -> None:
        self._ground = ground
        self._world = world
        self._tables = schema.tables
        self._organs = {o["organ_id"]: o for o in bureau.organs}
        self._units = {u["unit_id"]: u for u in bureau.units}
        self._indexes: dict[tuple[str, tuple[str, ...]], _Index] = {}
        self._pointing: dict[str, list[tuple[str, str, str]]] = {}
        for table in schema.tables.values():
            for column in table.columns.values():
                if column.references:
                    target, pointed = column.references
                    entry = (table.name, column.name, pointed)
                    self._pointing.setdefault(target, []).append(entry)

    def of(self, asset: Asset) -> list[Row]:
        """The subjects' own rows."""
        return list(self._world.get(asset.table, ()))

    def draft(self, asset: Asset, root: Row) -> Draft:
        """The draft of one subject."""
        draft = self._ground.draft(self._plan(root))
        draft.root = asset.table
        draft.rows = {asset.table: [root]}
        key = tuple(root.get(part) for part in asset.key)
        for table, columns in self._hanging(asset):
            rows = self._index(table, columns).get(key)
            if rows:
                draft.rows[table] = list(rows)
        self._follow(draft.rows)
        return draft

    def _follow(self, rows: dict[str, list[Row]]) -> None:
        """Add what points at the rows, and at those again."""
        found = list(rows)
        for table in found:  # grows while it is read
            for other, column, target in self._pointing.get(table, ()):
                if other in rows or other not in self._world:
                    continue
                index = self._index(other, (column,))
                keys = [(row.get(target),) for row in rows[table]]
                more = [row for key in keys for row in index.get(key, ())]
                if more:
                    rows[other] = more
                    found.append(other)

    def _plan(self, root: Row) -> Row:
        """What expressions may name: `row`, and organ, unit and year where the row has them."""
        plan: Row = {"row": root}
        unit = self._units.get(root.get("unit_id"))
        organ = self._organs.get(root.get("organ_id") or (unit or {}).get("organ_id"))
        year = root.get("year")
        plan.update(unit=unit, organ=organ, year=year)
        if year is not None:
            plan["year_end"] = as_day(f"{year}-12-31")
        return plan

    def _hanging(self, asset: Asset) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Tables of the world that have all the asset's key columns."""
        for table in self._world:
            columns = self._tables[table].columns
            if table != asset.table and all(part in columns for part in asset.key):
                yield table, asset.key

    def _index(self, table: str, columns: tuple[str, ...]) -> _Index:
        if (table, columns) not in self._indexes:
            index: _Index = {}
            for row in self._world[table]:
                index.setdefault(tuple(row.get(part) for part in columns), []).append(row)
            self._indexes[table, columns] = index
        return self._indexes[table, columns]

    def carry(self, changed: Draft) -> None:
        """Take what was changed into the world: rows changed, dropped and added."""
        kept: set[int] = set()
        for table, rows in changed.rows.items():
            for row in rows:
                origin = changed.origins.get(id(row))
                if origin is None:
                    self._world.setdefault(table, []).append(row)
                    self._forget(table)
                else:
                    old = origin[1]
                    kept.add(id(old))
                    old.clear()
                    old.update(row)
        gone = {id(old) for _, old in changed.origins.values()} - kept
        if gone:
            for table, rows in self._world.items():
                left = [row for row in rows if id(row) not in gone]
                if len(left) < len(rows):
                    self._world[table] = left
                    self._forget(table)

    def _forget(self, table: str) -> None:
        for key in [key for key in self._indexes if key[0] == table]:
            del self._indexes[key]


def touched(changed: Draft) -> set[tuple[int, str]]:
    """The cells of the world that an edit changed, as (row, column); a dropped row as a whole."""
    cells: set[tuple[int, str]] = set()
    left = {id(row) for rows in changed.rows.values() for row in rows}
    for new, old in changed.origins.values():
        if id(new) not in left:
            cells.update((id(old), column) for column in ("", *old))
        else:
            cells.update((id(old), name) for name in new if new[name] != old.get(name))
    return cells


def mapping_of(draft: Draft) -> Mapping[str, Any]:
    """What the name of a subject may use: the plan, `it`, `echo`, the last row of each table."""
    view: Row = {table: rows[-1] for table, rows in draft.rows.items() if rows}
    view.update(draft.plan)
    view["it"] = draft.it
    if draft.echo is not None:
        view["echo"] = {**draft.echo.plan, **draft.echo.record}
    return view
