"""The columns of `weak_links` and how rows become a table: the contract with every reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

FAMILIES = ("unit", "unit_kind", "step_month", "trend")
_TEXT, _REAL, _WHOLE, _YES = "string", "double", "int64", "bool"
# In this order in the file. `before` and others that only sentences need are no columns.
COLUMNS: Mapping[str, str] = {
    "asset": _TEXT, "check_id": _TEXT, "unit_id": _TEXT, "kind": _TEXT, "period": _TEXT,
    "family": _TEXT, "n": _WHOLE, "failed": _WHOLE, "rate": _REAL, "low": _REAL, "high": _REAL,
    "wilson_low": _REAL, "wilson_high": _REAL, "signal_n": _WHOLE, "signal_failed": _WHOLE,
    "against": _REAL, "expected": _REAL, "excess": _REAL, "p": _REAL, "q": _REAL,
    "flagged": _YES, "detectable": _REAL, "severity": _REAL, "priority": _REAL, "state": _TEXT,
    "since": _TEXT, "cases": _TEXT, "coverage": _REAL, "coverage_without": _REAL,
    "sentence_zh": _TEXT, "sentence_en": _TEXT, "action_zh": _TEXT, "action_en": _TEXT,
}  # fmt: skip
_DIGITS = 10  # more would differ between machines, and equal runs must have equal hashes


def table_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows (one mapping each; what is not named is null) as a table with all columns."""
    import pyarrow as pa

    columns = {}
    for name, kind in COLUMNS.items():
        values = [row.get(name) for row in rows]
        columns[name] = pa.array(_steady(values) if kind == _REAL else values, kind)
    return pa.table(columns)


def _steady(values: Iterable[float | None]) -> list[float | None]:
    """Reals with so many digits as are alike on every machine; few of them are distinct."""
    known: dict[float | None, float | None] = {None: None}
    found = []
    for value in values:
        if value not in known:
            known[value] = float(f"{value:.{_DIGITS}g}")
        found.append(known[value])
    return found
