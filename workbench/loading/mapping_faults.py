"""What every part of a mapping is checked for: entries nobody knows, names that lead outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from workbench.loading.cells import normalise
from workbench.sources import Place, Source
from workbench.terms import Fault, did_you_mean


def known_keys(
    source: Source, place: Place, entry: dict[Any, Any], known: Iterable[str], faults: list[Fault]
) -> None:
    """A fault for each entry that nobody reads."""
    for key in entry:
        if key not in known:
            hint = did_you_mean(str(key), known)
            faults.append(source.fault((*place, key), f"unknown entry '{key}'", hint))


def local_name(source: Source, place: Place, name: Any, faults: list[Fault]) -> None:
    """A file beside the mapping: no absolute path, no way out of the folder."""
    path = PurePosixPath(str(name))
    if not isinstance(name, str) or path.is_absolute() or ".." in path.parts or "\\" in name:
        faults.append(source.fault(place, f"'{name}' is no file name inside the source folder"))


def header_of(source: Source, place: Place, value: Any, faults: list[Fault]) -> str:
    """One header as the mapping writes it; numbers are headers too."""
    if value is None or isinstance(value, (dict, list)) or not str(value).strip():
        faults.append(source.fault(place, f"'{place[-1]}' needs the name of a header"))
        return ""
    if isinstance(value, bool):  # YAML's yes, no, on, off
        message = f"'{place[-1]}' is a header that YAML takes for {str(value).lower()}"
        faults.append(source.fault(place, message, "put it in quotes"))
    return normalise(str(value))


def headers_of(source: Source, place: Place, value: Any, faults: list[Fault]) -> tuple[str, ...]:
    """One header or a list of them."""
    if not isinstance(value, list):
        return (header_of(source, place, value, faults),)
    if not value:
        faults.append(source.fault(place, f"'{place[-1]}' needs the name of a header"))
    return tuple(header_of(source, (*place, i), one, faults) for i, one in enumerate(value))


def entries_of(
    source: Source, place: Place, value: Any, what: str, faults: list[Fault]
) -> dict[Any, Any]:
    """A mapping that must be one."""
    if isinstance(value, dict) and value:
        return value
    faults.append(source.fault(place, f"'{place[-1]}' needs {what}"))
    return {}


def required(
    source: Source, place: Place, entry: dict[Any, Any], keys: Sequence[str], faults: list[Fault]
) -> None:
    """A fault for each entry that must be there and is not."""
    for key in keys:
        if entry.get(key) is None:
            faults.append(source.fault(place, f"'{place[-1]}' needs '{key}'"))
