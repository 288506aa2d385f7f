"""Dated legal values with units: the law of the day of the act, never today's.

A pack's `parameters.yaml` says for each parameter its unit and its values, each with the days
on which it is in force, the clause, how sure we are, and (optional) for which records it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from workbench import sqltext
from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault, did_you_mean

# What a value counts. `wd` working days, `cd` calendar days, `month_day` a day of each year;
# `hours` run from moment to moment. `seconds` and `minutes` are plain numbers that no clock counts.
# `ratio` is a number that counts nothing; `date` a day of the calendar (YYYY-MM-DD).
UNITS = (
    "wd", "cd", "hours", "months", "years", "month_day",
    "yuan", "count", "share", "ratio", "minutes", "seconds", "code", "date",
)  # fmt: skip
_WHOLE = ("wd", "cd", "hours", "months", "years", "count")
CONFIDENCE = ("H", "M", "L")
_ENTRY_KEYS = {"label", "unit", "local", "values"}
_VALUE_KEYS = {
    "value", "column", "from_on", "to_on", "clause", "confidence", "verified", "source", "when",
}  # fmt: skip


@dataclass(frozen=True)
class DatedValue:
    """One value: in force from `from_on` to `to_on` (both included; None is open).

    `when` restricts it to records whose columns have these values. With `column` the number is
    not the law's: each record states its own there (a notice, the days that it grants).
    """

    value: Any
    from_on: date | None
    to_on: date | None
    clause: str
    confidence: str
    verified: bool
    when: Mapping[str, str | int]
    column: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a record that the value depends on."""
        return (*self.when, *filter(None, [self.column]))

    def in_force(self, day: date, record: Mapping[str, object]) -> bool:
        """Is the value in force on `day` for `record`?"""
        return (
            (self.from_on is None or self.from_on <= day)
            and (self.to_on is None or day <= self.to_on)
            and all(record.get(column) == wanted for column, wanted in self.when.items())
        )


@dataclass(frozen=True)
class Parameter:
    """A named legal value. The first value in force wins; none in force: no duty on that day."""

    name: str
    unit: str
    label: Mapping[str, str]
    local: bool
    values: tuple[DatedValue, ...]

    def on(self, day: date, record: Mapping[str, object] | None = None) -> Any:
        """The value in force on `day` (a number, a text or a day), or None."""
        for dated in self.values:
            if dated.in_force(day, record or {}):
                return (record or {}).get(dated.column) if dated.column else dated.value
        return None

    def sql(self, day: str, columns: str) -> str:
        """An SQL expression of the value on the day `day`; `columns` qualifies `when` columns."""
        branches = []
        for dated in self.values:
            tests = [f"{day} IS NOT NULL"]
            if dated.from_on:
                tests.append(f"{day} >= {sqltext.literal(dated.from_on)}")
            if dated.to_on:
                tests.append(f"{day} <= {sqltext.literal(dated.to_on)}")
            for column, wanted in dated.when.items():
                tests.append(f"{columns}.{sqltext.name(column)} = {sqltext.literal(wanted)}")
            stated = f"{columns}.{sqltext.name(dated.column)}" if dated.column else (
                sqltext.literal(dated.value))  # fmt: skip
            branches.append(f"WHEN {' AND '.join(tests)} THEN {stated}")
        return f"CASE {' '.join(branches)} END"


def parse_parameters(source: Source) -> tuple[dict[str, Parameter], list[Fault]]:
    """`parameters.yaml` -> parameters by name, with every fault of the file."""
    faults: list[Fault] = []
    entries = (source.content or {}).get("parameters")
    if not isinstance(entries, dict):
        return {}, [source.fault((), "no 'parameters' mapping")]
    parameters = {
        name: _parse_parameter(source, ("parameters", name), name, entry or {}, faults)
        for name, entry in entries.items()
    }
    return parameters, faults


def _parse_parameter(
    source: Source, place: Place, name: str, entry: dict[str, Any], faults: list[Fault]
) -> Parameter:
    faults.extend(unknown_entries(source, place, entry, _ENTRY_KEYS))
    unit = entry.get("unit")
    if unit not in UNITS:
        hint = did_you_mean(str(unit), UNITS)
        faults.append(source.fault(place, f"parameter '{name}' has no known unit: {unit!r}", hint))
    values = []
    for index, raw in enumerate(entry.get("values") or []):
        value = _parse_value(source, (*place, "values", index), str(unit), raw or {}, faults)
        if value is not None:
            values.append(value)
    if not entry.get("values"):
        faults.append(source.fault(place, f"parameter '{name}' has no value"))
    local = bool(entry.get("local", False))
    return Parameter(name, str(unit), entry.get("label") or {}, local, tuple(values))


def _parse_value(
    source: Source, place: Place, unit: str, raw: dict[str, Any], faults: list[Fault]
) -> DatedValue | None:
    faults.extend(unknown_entries(source, place, raw, _VALUE_KEYS))
    column = raw.get("column")
    if column is not None and raw.get("value") is not None:
        faults.append(source.fault(place, "a dated value has a 'value' or a 'column', not both"))
        return None
    for needed in ("clause", "confidence") if column else ("value", "clause", "confidence"):
        if raw.get(needed) is None:
            faults.append(source.fault(place, f"a dated value needs '{needed}'"))
            return None
    if raw["confidence"] not in CONFIDENCE:
        faults.append(source.fault(place, f"confidence is one of {', '.join(CONFIDENCE)}"))
    if column is None and not _value_counts(source, place, raw["value"], unit, faults):
        return None
    for bound in ("from_on", "to_on"):
        if raw.get(bound) is not None and not isinstance(raw[bound], date):
            faults.append(source.fault(place, f"'{bound}' is not a date (YYYY-MM-DD)"))
            return None
    verified = bool(raw.get("verified", raw["confidence"] == "H"))
    wanted = (raw.get("when") or {}).items()  # codes; true and false and numbers as they are
    when = {str(k): v if isinstance(v, int) else str(v) for k, v in wanted}
    bounds = raw.get("from_on"), raw.get("to_on")
    clause, confidence = str(raw["clause"]), str(raw["confidence"])
    return DatedValue(raw.get("value"), *bounds, clause, confidence, verified, when, column)


def _value_counts(source: Source, place: Place, value: Any, unit: str, faults: list[Fault]) -> bool:
    """Can a value be a number (or a day) of this unit? Says what is wrong with it."""
    if not _fits(value, unit):
        faults.append(source.fault(place, f"value {value!r} does not fit unit '{unit}'"))
        return False
    if unit == "month_day" and not _is_month_day(str(value)):
        message = f"'{value}' is no day of every year"
        faults.append(source.fault(place, message, "write it as 01-15"))
        return False
    if unit in _WHOLE and (value != int(value) or value < 0):
        faults.append(source.fault(place, f"{value} {unit}: a whole number, not below 0"))
        return False
    return True


def _fits(value: object, unit: str) -> bool:
    """Is it a day for `date`, a text for `month_day` and `code`, a number for any other unit?

    >>> _fits(date(2004, 1, 1), "date"), _fits("2004-01", "date"), _fits(2004, "wd")
    (True, False, True)
    """
    if unit == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if unit in ("month_day", "code"):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_month_day(text: str) -> bool:
    try:
        date.fromisoformat(f"2001-{text}")  # a year without a 29 February
    except ValueError:
        return False
    return True


def apply_profile(
    parameters: Mapping[str, Parameter], source: Source
) -> tuple[dict[str, Parameter], dict[str, object], list[Fault]]:
    """Override local parameters with a bureau's profile.

    Returns the parameters, the overridden values by name (for the manifest), and the faults:
    an unknown name, or a value that is the law's and not a bureau's to change.
    """
    result, overridden, faults = dict(parameters), dict[str, object](), list[Fault]()
    entries = (source.content or {}).get("parameters") or {}
    for name, entry in entries.items():
        place: Place = ("parameters", name)
        known = parameters.get(name)
        if known is None:
            hint = did_you_mean(str(name), parameters)
            faults.append(source.fault(place, f"unknown parameter '{name}'", hint))
            continue
        if not known.local:
            faults.append(source.fault(place, f"'{name}' is set by law and cannot be overridden"))
            continue
        if isinstance(entry, int | float | str | date):  # short: a value, from now to ever
            entry = {"values": [{"value": entry, "clause": source.file, "confidence": "M"}]}
        whole = {"unit": known.unit, "label": dict(known.label), "local": True, **(entry or {})}
        if whole["unit"] != known.unit:
            faults.append(source.fault(place, f"'{name}' counts {known.unit}, not {whole['unit']}"))
            continue
        changed = _parse_parameter(source, place, name, whole, faults)
        result[name] = replace(known, values=changed.values)
        overridden[name] = [value.value for value in changed.values]
    return result, overridden, faults
