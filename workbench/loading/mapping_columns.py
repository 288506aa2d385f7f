"""The columns of a mapping: `from`, `text`, `value`, and what is done with their cells."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from workbench.loading import dates, numbers
from workbench.loading.cells import normalise
from workbench.loading.mapping_faults import headers_of, known_keys, local_name
from workbench.loading.mapping_model import ColumnMapping, Made
from workbench.loading.units import factor_of
from workbench.schema import Column, Table
from workbench.sources import Place, Source
from workbench.terms import Fault, did_you_mean

KEYS = ("from", "value", "text", "format", "codes", "unify", "unit", "scale")
ROW = "#"  # in `text`: the number of the row in the file
_PLACES = re.compile(r"\{([^{}]+)\}")


def parse_columns(
    source: Source, place: Place, table: Table, specs: Any, faults: list[Fault]
) -> dict[str, ColumnMapping]:
    """`columns` of one table."""
    columns: dict[str, ColumnMapping] = {}
    specs = specs or {}
    if not isinstance(specs, dict):
        faults.append(source.fault(place, "'columns' is no mapping"))
        specs = {}
    for name, spec in specs.items():
        where = (*place, name)
        if name not in table.columns:
            hint = did_you_mean(str(name), table.columns)
            message = f"'{name}' is no column of '{table.name}'"
            faults.append(source.fault(where, message, hint))
            continue
        columns[name] = _column(source, where, table.columns[name], spec, faults)
    return columns


def _column(
    source: Source, place: Place, column: Column, spec: Any, faults: list[Fault]
) -> ColumnMapping:
    entry = spec if isinstance(spec, dict) else {"from": spec}
    known_keys(source, place, entry, KEYS, faults)
    if sum(entry.get(key) is not None for key in ("from", "value", "text")) != 1:
        message = f"column '{column.name}' needs 'from' or 'value'"
        faults.append(source.fault(place, message + " or 'text'" * ("text" in entry)))
    codes = _codes(source, place, column, entry.get("codes"), faults)
    _check_format(source, place, column, entry.get("format"), faults)
    value, unify = entry.get("value"), entry.get("unify")
    if unify is not None:
        _check_unify(source, place, column, unify, faults)
    mapping = ColumnMapping(
        column.name,
        None,
        None if value is None else written(value),
        entry.get("format"),
        codes,
        None if unify is None else str(unify),
        source.line(place),
    )
    return _with_header(source, place, column, entry, mapping, faults)


def _with_header(
    source: Source,
    place: Place,
    column: Column,
    entry: dict[Any, Any],
    mapping: ColumnMapping,
    faults: list[Fault],
) -> ColumnMapping:
    """The header that the column has: one of the sheet, or a name for what is made of several."""
    factor, unit = _factor(source, place, column, entry, faults)
    times = "" if factor is None else f" × {factor.normalize():f}"
    if entry.get("text") is not None:
        text = str(entry["text"])
        headers = _headers_in(source, (*place, "text"), text, faults)
        return replace(mapping, header=text, made=Made(text, headers, text))
    if entry.get("from") is None:
        return mapping
    headers = headers_of(source, (*place, "from"), entry["from"], faults)
    if len(headers) == 1 and factor is None:
        return replace(mapping, header=headers[0])
    name = " | ".join(headers) + times
    return replace(mapping, header=name, made=Made(name, headers, None, factor, unit))


def _headers_in(source: Source, place: Place, text: str, faults: list[Fault]) -> tuple[str, ...]:
    found = tuple(normalise(one) for one in _PLACES.findall(text))
    if not found:
        message = f"'{text}' puts no cell into the text"
        faults.append(source.fault(place, message, 'write "{header}" for the cell under a header'))
    return tuple(one for one in found if one != ROW)


def _factor(
    source: Source, place: Place, column: Column, entry: dict[Any, Any], faults: list[Fault]
) -> tuple[Decimal | None, str]:
    unit, scale = entry.get("unit"), entry.get("scale")
    if unit is None and scale is None:
        return None, ""
    where = (*place, "unit" if unit is not None else "scale")
    if unit is not None and scale is not None:
        faults.append(source.fault(where, "'unit' and 'scale' say the same: give one of them"))
    if column.type not in ("number", "integer") or entry.get("from") is None:
        message = f"'{where[-1]}' is for numbers that come 'from' a header"
        faults.append(source.fault(where, message))
        return None, ""
    if unit is None:
        return _scale(source, where, scale, faults), str(scale)
    factor = factor_of(str(unit), column.unit or "")
    if factor is None:
        message = f"no way is known from '{unit}' to {column.unit or 'a number without a unit'}"
        faults.append(source.fault(where, message, "'scale' says by what to multiply"))
    return factor, str(unit)


def _scale(source: Source, place: Place, scale: Any, faults: list[Fault]) -> Decimal | None:
    try:
        factor = Decimal(str(scale))
    except InvalidOperation:
        factor = Decimal(0)
    if factor.is_finite() and factor > 0 and not isinstance(scale, bool):
        return factor
    faults.append(source.fault(place, f"'{scale}' is no number to multiply by", "like 10000"))
    return None


def _codes(
    source: Source, place: Place, column: Column, codes: Any, faults: list[Fault]
) -> dict[str, str]:
    codes = codes or {}
    if not isinstance(codes, dict):
        faults.append(source.fault((*place, "codes"), "'codes' is no mapping"))
        return {}
    if codes and not column.codes:
        faults.append(source.fault((*place, "codes"), f"'{column.name}' has no codes"))
        return {}
    for word, code in codes.items():
        if code not in column.codes:
            hint = did_you_mean(str(code), column.codes)
            message = f"'{code}' is no code of '{column.name}'"
            faults.append(source.fault((*place, "codes", word), message, hint))
    return {normalise(written(word)): str(code) for word, code in codes.items()}


def _check_unify(
    source: Source, place: Place, column: Column, unify: Any, faults: list[Fault]
) -> None:
    local_name(source, (*place, "unify"), unify, faults)
    if column.type not in ("id", "text"):
        faults.append(source.fault((*place, "unify"), f"cannot unify a {column.type}"))


def _check_format(
    source: Source, place: Place, column: Column, form: Any, faults: list[Fault]
) -> None:
    if form is None:
        return
    where = (*place, "format")
    if column.type in ("number", "integer"):
        if form not in numbers.CONVENTIONS:
            known = " or ".join(f'"{word}"' for word in numbers.CONVENTIONS)
            faults.append(source.fault(where, f"'{form}' is no way to write numbers", known))
    elif column.type not in ("date", "timestamp"):
        message = f"'format' is for dates, times and numbers; '{column.name}' is a {column.type}"
        faults.append(source.fault(where, message))
    elif form not in dates.CONVENTIONS:
        check_day_format(source, where, form, faults)


def check_day_format(source: Source, place: Place, form: Any, faults: list[Fault]) -> None:
    """A format that does not say year, month and day says no day."""
    day = datetime(2026, 11, 27, 13, 45, 10)
    try:
        read = datetime.strptime(day.strftime(str(form)), str(form))
    except ValueError:
        read = None
    if read is None or read.date() != day.date():
        message = f"'{form}' does not say year, month and day"
        known = ", ".join(dates.CONVENTIONS)
        faults.append(source.fault(place, message, f"like %m/%d/%Y, or one of {known}"))


def written(value: Any) -> str:
    """A value of YAML as it would stand in a cell."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
