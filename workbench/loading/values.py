"""What a column of a type may look like in a bureau's export: which reader reads it.

A reader gets the distinct words of a column, trimmed and NFKC, and gives for each its value, or
none where it cannot be read. Dates stand in `dates`, numbers in `numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from workbench.loading.dates import CONVENTIONS, parse_date, read_dates, read_timestamps, with_form
from workbench.loading.numbers import read_integers, read_numbers
from workbench.loading.parsed import NOTHING, Parsed, Parser, Reader, each
from workbench.schema import Column

__all__ = ["UNREADABLE", "code_words", "parse_boolean", "parse_date", "reader_for"]

_YES = frozenset(("true", "t", "yes", "y", "1", "是"))
_NO = frozenset(("false", "f", "no", "n", "0", "否"))

UNREADABLE = {
    "date": "not_a_date",
    "timestamp": "not_a_timestamp",
    "integer": "not_an_integer",
    "number": "not_a_number",
    "boolean": "not_a_boolean",
    "code": "unknown_code",
    "codes": "unknown_code",
}


def reader_for(
    column: Column, form: str | None, codes: Mapping[str, str], timezone: str | None
) -> Reader | None:
    """The reader of a column's type; None for text. `form` is the `format` of a mapping: a form
    like `%m/%d/%Y`, or a convention that decides what the column leaves open."""
    if column.type in ("date", "timestamp"):
        return _of_dates(column.type, form, ZoneInfo(timezone) if timezone else None)
    if column.type == "integer":
        return read_integers(column.unit, form)
    if column.type == "number":
        return read_numbers(column.unit, form)
    if column.type == "boolean":
        return each(parse_boolean)
    return each(_codes(column, codes)) if column.type in ("code", "codes") else None


def _of_dates(kind: str, form: str | None, zone: ZoneInfo | None) -> Reader:
    if form and form not in CONVENTIONS:
        return each(with_form(form, kind, zone))
    return (read_dates if kind == "date" else read_timestamps)(zone, form)


def parse_boolean(text: str) -> Parsed:
    """true / false, yes / no, 1 / 0, 是 / 否."""
    word = text.casefold()
    return Parsed(True) if word in _YES else Parsed(False) if word in _NO else NOTHING


def _codes(column: Column, translation: Mapping[str, str]) -> Parser:
    words = code_words(column, translation)

    def one(text: str) -> Parsed:
        if text in column.codes and text not in translation:
            return Parsed(text)
        code = words.get(text.casefold())
        return NOTHING if code is None else Parsed(code, "code_from_label", code)

    def several(text: str) -> Parsed:
        found = [one(part.strip()) for part in re.split(r"[;、]", text) if part.strip()]
        if not found or any(part.value is None for part in found):
            return NOTHING
        value = ";".join(part.value for part in found)
        return Parsed(value, *(("code_from_label", value) if any(p.repair for p in found) else ()))

    return one if column.type == "code" else several


def code_words(column: Column, translation: Mapping[str, str]) -> Mapping[str, str]:
    """What stands for a code: a bureau's own words, the code in other case, a label that no two
    codes share."""
    labels: dict[str, set[str]] = {}
    for code, names in column.codes.items():
        for word in (code, *names.values(), *column.code_synonyms.get(code, ())):
            labels.setdefault(word.casefold(), set()).add(code)
    clear = {word: codes.pop() for word, codes in labels.items() if len(codes) == 1}
    return clear | {word.casefold(): code for word, code in translation.items()}
