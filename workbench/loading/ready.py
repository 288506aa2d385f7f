"""Ready mappings: layouts that many bureaus export alike, kept as data beside a pack.

`<pack>/mappings/<name>.yaml` is a mapping with a `layout`; it is chosen by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbench.loading.mapping import TableMapping, parse_mapping
from workbench.loading.sheets import Source
from workbench.schema import Schema
from workbench.sources import read_source
from workbench.terms import Fault, PackError, UsageError, did_you_mean

FOLDER = "mappings"


@dataclass(frozen=True)
class ReadyMapping:
    """One of them: its name, its file, what people call the layout, the headers that tell it."""

    name: str
    path: Path
    title: Mapping[str, str]
    needs: tuple[tuple[str, ...], ...]
    tables: Mapping[str, TableMapping] = field(default_factory=dict)

    def fits(self, headers: Iterable[str]) -> bool:
        """Does a sheet with these headers have the layout?"""
        known = set(headers)
        return bool(self.needs) and all(known & set(group) for group in self.needs)

    def uses(self, header: str) -> list[str]:
        """What a header is, as `table.column`; nothing where the mapping does not use it."""
        return [
            f"{table.table}.{column.column}"
            for table in self.tables.values()
            for column in table.columns.values()
            if header in (column.made.headers if column.made else (column.header,))
        ]


def read_ready(pack: Path, schema: Schema) -> tuple[tuple[ReadyMapping, ...], list[Fault]]:
    """All ready mappings of a pack, and every fault in them."""
    found, faults = [], []
    for path in sorted((pack / FOLDER).glob("*.yaml")):
        source, wrong = read_source(path, f"{FOLDER}/{path.name}")
        if not wrong:
            mapping, wrong = parse_mapping(source, schema)
            if mapping.layout is not None:
                title, needs = mapping.layout.title, mapping.layout.needs
                found.append(ReadyMapping(path.stem, path, title, needs, mapping.tables))
        faults += wrong
    return tuple(found), faults


def all_ready(pack: Path, schema: Schema) -> tuple[ReadyMapping, ...]:
    """All of them. Raises `PackError` where one has a fault."""
    found, faults = read_ready(pack, schema)
    if faults:
        raise PackError(pack, faults)
    return found


def ready_for(source: Source, ready: tuple[ReadyMapping, ...]) -> Iterator[ReadyMapping]:
    """Those whose layout a sheet of the source has."""
    for one in ready:
        if one.needs and source.with_headers(one.needs):
            yield one


def find_mapping(given: str | Path | None, pack: Path) -> Path | None:
    """A mapping by its path, or a ready one by its name. Raises `UsageError` for neither."""
    if given is None:
        return None
    path = Path(given)
    if path.is_file():
        return path
    named = pack / FOLDER / f"{path.name}.yaml"
    if len(path.parts) == 1 and named.is_file():
        return named
    names = [one.stem for one in sorted((pack / FOLDER).glob("*.yaml"))]
    hint = did_you_mean(str(given), names)
    there = f"; ready mappings: {', '.join(names)}" if names else ""
    raise UsageError(f"there is no mapping '{given}'{there}" + (f" ({hint})" if hint else ""))
