"""Days as a person gives them: one day, or a period FROM..TO."""

from __future__ import annotations

from datetime import date, datetime

from workbench.terms import UsageError


def as_period(text: str) -> tuple[str | None, str | None]:
    """FROM..TO as two days; either may be left out."""
    first, dots, last = text.partition("..")
    if not dots:
        raise UsageError("a period is FROM..TO, for example 2025-01-01..2025-12-31")
    return (first or None, last or None)


def as_date(value: str | date) -> date:
    """A day from `YYYY-MM-DD`; says so when it is none."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"'{value}' is no day: write it as 2026-06-30") from None
