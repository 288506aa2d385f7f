"""Names and values as SQL text: the one place where anything is quoted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def name(identifier: str) -> str:
    """A quoted identifier.

    >>> name('after-penalty-published-7wd')
    '"after-penalty-published-7wd"'
    """
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value as an SQL literal; dates and booleans typed, text quoted.

    >>> literal("it's"), literal(date(2026, 6, 30)), literal(None)
    ("'it''s'", "DATE '2026-06-30'", 'NULL')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()[:10]}'"
    return "'" + str(value).replace("'", "''") + "'"


def joined(parts: Iterable[str], separator: str = ",\n       ") -> str:
    """Parts of a list, one a line."""
    return separator.join(parts)
