"""How a mapping reshapes a sheet before its headers are read: join, split, unpivot, steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.loading.cells import normalise
from workbench.loading.mapping_columns import check_day_format, written
from workbench.loading.mapping_faults import (
    entries_of,
    header_of,
    headers_of,
    known_keys,
    local_name,
    required,
)
from workbench.loading.mapping_model import Join, Pick, Shape, Split, Steps, Unpivot
from workbench.sources import Place, Source
from workbench.terms import Fault

ANY = "*"  # in a step: an event of whatever kind


def parse_shapes(
    source: Source, place: Place, entry: dict[Any, Any], faults: list[Fault]
) -> tuple[Shape, ...]:
    """The shapes of one table, in the order in which they stand."""
    shapes: list[Shape] = []
    for key in entry:
        if key in SHAPES:
            several = entry[key] if isinstance(entry[key], list) else [entry[key]]
            for index, one in enumerate(several):
                where = (*place, key, index) if isinstance(entry[key], list) else (*place, key)
                found = entries_of(source, where, one, "entries", faults)
                shape = SHAPES[key](source, where, found, entry, faults)
                shapes += [shape] if shape else []
    return tuple(shapes)


def _join(
    source: Source, place: Place, entry: dict[Any, Any], table: dict[Any, Any], faults: list[Fault]
) -> Shape | None:
    known_keys(source, place, entry, ("file", "sheet", "by", "columns"), faults)
    required(source, place, entry, ("by",), faults)
    file, page = entry.get("file", table.get("file")), entry.get("sheet")
    if page is None and "file" not in entry:
        faults.append(source.fault(place, "'join' needs 'file' or 'sheet': what is joined"))
    local_name(source, (*place, "file"), file or "", faults)
    on, where = entry.get("by"), (*place, "by")
    if isinstance(on, dict):
        pairs = tuple((normalise(str(left)), header_of(source, (*where, left), right, faults))
                      for left, right in on.items())  # fmt: skip
    else:
        both = headers_of(source, where, on, faults) if on is not None else ()
        pairs = tuple((header, header) for header in both)
    columns = entry.get("columns")
    taken = headers_of(source, (*place, "columns"), columns, faults) if columns else ()
    name = None if page is None else str(page)
    return Join(str(file or ""), name, pairs, taken, source.line(place))


def _split(
    source: Source, place: Place, entry: dict[Any, Any], table: dict[Any, Any], faults: list[Fault]
) -> Shape | None:
    known_keys(source, place, entry, ("from", "by", "pattern", "into", "rows"), faults)
    required(source, place, entry, ("from",), faults)
    if (entry.get("by") is None) == (entry.get("pattern") is None):
        faults.append(source.fault(place, "'split' needs 'by' or 'pattern'"))
    header = header_of(source, (*place, "from"), entry.get("from", "?"), faults)
    rows, pattern = entry.get("rows"), entry.get("pattern")
    into = _into(source, place, entry, faults)
    by = entry.get("by")
    separators = tuple(normalise(str(one)) or " " for one in (by if isinstance(by, list) else [by]))
    return Split(
        header,
        into,
        () if by is None else separators,
        None if pattern is None else str(pattern),
        rows is not None,
        source.line(place),
    )


def _into(
    source: Source, place: Place, entry: dict[Any, Any], faults: list[Fault]
) -> tuple[str, ...]:
    """The new columns: those of `into`, the one of `rows`, the named groups of the pattern."""
    given = [key for key in ("into", "rows") if entry.get(key) is not None]
    pattern = entry.get("pattern")
    if pattern is not None:
        if given:
            message = f"'{given[0]}' goes with 'by'; the groups of a pattern name its columns"
            faults.append(source.fault((*place, given[0]), message))
        return _groups(source, (*place, "pattern"), str(pattern), faults)
    if len(given) != 1:
        message = "'split' needs 'into' (a column for each value) or 'rows' (a row for each)"
        faults.append(source.fault(place, message))
        return ()
    return headers_of(source, (*place, given[0]), entry[given[0]], faults)


def _groups(source: Source, place: Place, pattern: str, faults: list[Fault]) -> tuple[str, ...]:
    """The named groups of a pattern of RE2, which takes no longer for hostile cells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        found = pc.extract_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        hint = "write (?P<name>...) for each column"
        faults.append(source.fault(place, f"'{pattern}' is no pattern: {error}", hint))
        return ()
    return tuple(field.name for field in found.type)


def _unpivot(
    source: Source, place: Place, entry: dict[Any, Any], table: dict[Any, Any], faults: list[Fault]
) -> Shape | None:
    known_keys(source, place, entry, ("columns", "value", "groups", "name", "labels"), faults)
    line = source.line(place)
    name = normalise(str(entry.get("name") or "name"))
    if ("columns" in entry) == ("groups" in entry):
        message = "'unpivot' needs 'columns' (one cell a row) or 'groups' (several cells a row)"
        faults.append(source.fault(place, message))
        return None
    if "groups" in entry:
        groups = _group_headers(source, (*place, "groups"), entry["groups"], faults)
        longest = max((len(one) for one in groups.values()), default=0)
        labels = [str(n + 1) for n in range(longest)]
        if isinstance(entry.get("labels"), list):
            labels = [written(one) for one in entry["labels"]]
        if any(len(one) != len(labels) for one in groups.values()):
            message = "each of the 'groups' needs as many headers as there are rows to make"
            faults.append(source.fault((*place, "groups"), message))
            return None
        return Unpivot(name, tuple(labels), groups, line)
    where, columns = (*place, "columns"), entry["columns"]
    if isinstance(columns, list):
        columns = {header: header for header in headers_of(source, where, columns, faults)}
    found = entries_of(source, where, columns, "headers: what each says, or a list", faults)
    value = normalise(str(entry.get("value") or "value"))
    headers = tuple(normalise(str(header)) for header in found)
    return Unpivot(name, tuple(written(one) for one in found.values()), {value: headers}, line)


def _group_headers(
    source: Source, place: Place, groups: Any, faults: list[Fault]
) -> dict[str, tuple[str, ...]]:
    found = entries_of(source, place, groups, "new columns, each with its headers", faults)
    return {
        normalise(str(name)): tuple(
            "" if header is None else header_of(source, (*place, name, index), header, faults)
            for index, header in enumerate(headers if isinstance(headers, list) else [headers])
        )
        for name, headers in found.items()
    }


def _steps(
    source: Source, place: Place, entry: dict[Any, Any], table: dict[Any, Any], faults: list[Fault]
) -> Shape | None:
    keys = ("case", "activity", "time", "format", "days", "values", "counts")
    known_keys(source, place, entry, keys, faults)
    required(source, place, entry, ("case", "activity", "time"), faults)
    case, activity, time = (
        header_of(source, (*place, key), entry.get(key, "?"), faults) for key in keys[:3]
    )
    if entry.get("format") is not None:
        check_day_format(source, (*place, "format"), entry["format"], faults)
    picks: list[Pick] = []
    for part in ("days", "values", "counts"):
        if part in entry:
            where = (*place, part)
            found = entries_of(source, where, entry[part], "new columns", faults)
            picks += [
                _pick(source, (*where, n), part, n, spec, faults) for n, spec in found.items()
            ]
    if not picks:
        faults.append(source.fault(place, "'steps' needs 'days', 'values' or 'counts'"))
    return Steps(case, activity, time, tuple(picks), entry.get("format"), source.line(place))


def _pick(
    source: Source, place: Place, part: str, name: Any, spec: Any, faults: list[Fault]
) -> Pick:
    title, line = normalise(str(name)), source.line(place)
    if part == "counts":
        return Pick(title, _activities(source, place, spec, faults), count=True, line=line)
    entry = spec if isinstance(spec, dict) else {"first": spec}
    known_keys(source, place, entry, ("first", "last", *(("from",) * (part == "values"))), faults)
    if ("first" in entry) == ("last" in entry):
        faults.append(source.fault(place, f"'{name}' needs 'first' or 'last': of which events"))
    last = "last" in entry
    which = "last" if last else "first"
    of = _activities(source, (*place, which), entry.get(which, ANY), faults)
    header = None
    if part == "values":
        header = header_of(source, (*place, "from"), entry.get("from"), faults)
    return Pick(title, of, last, header, line=line)


def _activities(source: Source, place: Place, spec: Any, faults: list[Fault]) -> tuple[str, ...]:
    """The kinds of events that are meant; none of them named: any."""
    found = headers_of(source, place, spec, faults)
    return () if ANY in found else found


Parse = Callable[[Source, Place, dict[Any, Any], dict[Any, Any], list[Fault]], Shape | None]
SHAPES: dict[str, Parse] = {"join": _join, "split": _split, "unpivot": _unpivot, "steps": _steps}
