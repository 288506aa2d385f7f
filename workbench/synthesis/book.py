"""A file of the synthesis room while it is read: names are checked, faults are gathered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workbench.schema import Column, Schema, parse_schema
from workbench.sources import Place, Source, read_source
from workbench.synthesis.days import as_day
from workbench.terms import Fault, PackError, did_you_mean


@dataclass(frozen=True)
class Crew:
    """Who goes to an event: the plan's `wanted`, else others of `pool`, planned as `names`."""

    wanted: tuple[str, ...]
    names: tuple[str, ...]
    pool: str
    pools: Mapping[str, Sequence[Any]]


class Book:
    """One file with its schema. Reading goes on after a fault, so that all of them are told."""

    def __init__(self, source: Source, schema: Schema, faults: list[Fault]) -> None:
        self.source = source
        self.schema = schema
        self.faults = faults
        # The values and steps that expressions may name; None where they are not known.
        self.known_names: frozenset[str] | None = None
        self.known_steps: frozenset[str] | None = None
        # What `=number` and `=slot` refer to while a path is read.
        self.numbers: Mapping[str, str] = {}
        self.crew: Crew | None = None
        # The table whose columns a day may be counted from by their mere name.
        self.root = "cases"

    def fault(self, place: Place, message: str, hint: str = "") -> None:
        """Note a fault at `place`."""
        self.faults.append(self.source.fault(place, message, hint))

    def mapping(self, place: Place, value: Any) -> Mapping[str, Any]:
        """`value` if it is a mapping, else a fault and an empty one."""
        if isinstance(value, dict):
            return value
        if value is not None:
            self.fault(place, f"expected a mapping, found {value!r}")
        return {}

    def known(self, place: Place, name: str, words: Iterable[str], what: str) -> bool:
        """Is `name` one of `words`? If not, a fault with the nearest one."""
        words = list(words)
        if name in words:
            return True
        self.fault(place, f"unknown {what} '{name}'", did_you_mean(str(name), words))
        return False

    def keys(self, place: Place, entry: Mapping[str, Any], words: Iterable[str]) -> None:
        """Every key of `entry` must be one of `words`."""
        words = list(words)
        for key in entry:
            self.known((*place, key), str(key), words, "entry")

    def needs(self, place: Place, entry: Mapping[str, Any], words: Iterable[str]) -> None:
        """Without these entries nothing can be read on: raises `PackError`."""
        missing = [word for word in words if word not in entry]
        if missing:
            self.fault(place, f"missing: {', '.join(missing)}")
            raise PackError(self.source.file, self.faults)

    def name(self, place: Place, name: str) -> None:
        """A value of the plan must be known, where it can be told."""
        if self.known_names is not None:
            self.known(place, name, sorted(self.known_names), "value")

    def step(self, place: Place, name: str) -> None:
        """A step must be known, where it can be told."""
        if self.known_steps is not None:
            self.known(place, name, sorted(self.known_steps), "step")

    def table(self, place: Place, name: Any) -> bool:
        """Is it a table of the schema?"""
        return self.known(place, str(name), self.schema.tables, "table")

    def column(self, place: Place, table: str, name: str) -> Column | None:
        """The column of the schema, or None and a fault."""
        if table not in self.schema.tables:
            return None
        columns = self.schema.tables[table].columns
        self.known(place, name, columns, f"column of {table}")
        return columns.get(name)

    def literal(self, place: Place, column: Column | None, value: Any) -> Any:
        """A value that a person wrote for a column; codes must be codes of the column."""
        if isinstance(value, date):
            return as_day(value)
        if column is not None and column.codes:
            for code in value if isinstance(value, list) else [value]:
                if code is not None:
                    self.known(place, str(code), column.codes, f"code of {column.name}")
        return tuple(value) if isinstance(value, list) else value


def read_schema(pack_dir: Path) -> Schema:
    """The tables of the pack; all faults at once."""
    source, faults = read_source(pack_dir / "schema.yaml", "schema.yaml")
    schema, more = parse_schema(source) if source.content else (Schema({}), [])
    if faults or more:
        raise PackError(pack_dir, [*faults, *more])
    return schema


def open_book(path: Path, name: str, schema: Schema, faults: list[Fault]) -> Book:
    """Read one YAML file; a file that cannot be read is a fault and an empty book."""
    source, found = read_source(path, name)
    faults.extend(found)
    if not isinstance(source.content, dict):
        if not found:
            faults.append(Fault(name, 1, "expected a mapping at the top"))
        source = Source(name, {}, source.places)
    return Book(source, schema, faults)


def open_books(folder: Path, name: str, schema: Schema, faults: list[Fault]) -> list[Book]:
    """`<name>.yaml` and every file of `<name>/`, in the order of their names."""
    paths = sorted((folder / name).glob("*.yaml"))
    main = folder / f"{name}.yaml"
    if main.exists() or not paths:
        paths.insert(0, main)
    return [open_book(path, str(path.relative_to(folder.parent)), schema, faults) for path in paths]
