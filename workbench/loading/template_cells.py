"""Single cells of the intake workbook: how they look, what may stand in them, what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workbench.schema import Column, Schema

_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
_DAY = datetime(2025, 3, 7, 14, 30)
_FORMS = {"date": "yyyy-mm-dd", "timestamp": "yyyy-mm-dd hh:mm", "integer": "0", "number": "0.00"}


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Any):
        head = {"bold": True, "bottom": 1, "valign": "vcenter"}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.label = book.add_format({**head, "bg_color": "#E8EEF4"})
        self.required = book.add_format({**head, "bg_color": "#2F5A7E", "font_color": "#FFFFFF"})
        self.mark = book.add_format({**head, "font_color": "#808080"})
        self.name = book.add_format({"font_color": "#808080", "italic": True, "font_size": 9})
        grey = {"font_color": "#808080", "italic": True}
        self.example = book.add_format(grey)
        self._columns = {k: book.add_format({"num_format": form}) for k, form in _FORMS.items()}
        self._examples = {
            k: book.add_format({**grey, "num_format": form}) for k, form in _FORMS.items()
        }
        # Everything else is text, so that 007 stays what it is.
        self._text = book.add_format({"num_format": "@"})

    def of_type(self, kind: str) -> Any:
        """How the cells of a column are shown."""
        return self._columns.get(kind, self._text)

    def write(self, page: Any, row: int, at: int, value: Any, kind: str) -> None:
        """One cell of the example."""
        style = self._examples.get(kind, self.example)
        if isinstance(value, datetime):
            page.write_datetime(row, at, value, style)
        elif isinstance(value, (int, float)):
            page.write_number(row, at, value, style)
        else:
            page.write_string(row, at, str(value), style)


def example(column: Column, words: Mapping[str, Any], language: str) -> Any:
    """What could stand in a column."""
    if column.type in ("date", "timestamp"):
        return _DAY.replace(hour=0, minute=0) if column.type == "date" else _DAY
    if column.type in ("integer", "number"):
        return 1
    if column.type == "boolean":
        return words["yes"][language]
    if column.type == "codes":
        return next(iter(column.codes))
    return f"{words['example_text'][language]}-001"


def column_note(
    column: Column, required: bool, schema: Schema, words: Mapping[str, Any], language: str
) -> str:
    """What belongs in a column: its other name, its type, its unit, whom it may be shown to."""
    other = column.label.get("en" if language == "zh" else "zh") or column.name
    codes = ", ".join(f"{code} {labels.get(language, '')}" for code, labels in column.codes.items())
    lines = [other, words["types"][column.type][language].format(codes=codes)]
    if required:
        lines.append(words["required"][language])
    if column.unit:
        lines.append(words["unit"][language].format(unit=column.unit))
    if column.references:
        target = schema.tables[column.references[0]].title.get(language) or column.references[0]
        lines.append(words["points_at"][language].format(title=target))
    if column.data_class != "none":
        lines.append(words["class"][column.data_class][language])
    return "\n".join(lines)


def restrict(
    page: Any,
    at: int,
    rows: int,
    column: Column,
    source: str,
    words: Mapping[str, Any],
    language: str,
) -> None:
    """What may stand in a column: a list for codes; days and numbers give a warning only, since
    they may also be written as people write them."""
    rule: dict[str, Any] | None = None
    if source:
        rule = {"validate": "list", "source": source}
    elif column.type == "boolean":
        answers = [words["yes"][language], words["no"][language]]
        rule = {"validate": "list", "source": answers}
    elif column.type in ("date", "timestamp"):
        rule = {"validate": "date", "criteria": "between", "minimum": _FIRST, "maximum": _LAST}
    elif column.type in ("integer", "number"):
        kind = "integer" if column.type == "integer" else "decimal"
        rule = {"validate": kind, "criteria": "between", "minimum": -1e15, "maximum": 1e15}
    if rule is None:
        return
    what = words["types"][column.type][language]
    listed = rule["validate"] == "list"
    message = words["choose"] if listed else words["not_so"]
    rule |= {
        "error_type": "stop" if listed else "warning",
        "error_message": message[language].format(what=what)[:255],
    }
    page.data_validation(2, at, rows + 1, at, rule)
