"""Values that stand in a cell as a mapping: a moment, a draw, or a change of what stands there.

{after: decided_on, wd: 8}                a moment          {spread: [1, 9, 1]}   a draw
{own: start_at, minutes: [-40, -10]}      the cell's row: its own moment, earlier or later
{own: fine_yuan, times: 2, plus: 100}     an amount changed
{own: text, append: "，电话{mobile}"}     a text with something behind it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.cells import Cell
from workbench.synthesis.days import DAY
from workbench.synthesis.draft import Draft, Row, Unfit
from workbench.synthesis.draws import compile_draw
from workbench.synthesis.lookups import Pools
from workbench.synthesis.moments import compile_moment, spread_of

_WORDS = ("own", "minutes", "hours", "cd", "wd", "times", "plus", "append", "text")


def compile_value(book: Book, place: Place, spec: Mapping[str, Any], pools: Pools) -> Cell:
    """A mapping in a cell -> the cell."""
    if "after" in spec:
        return compile_moment(book, place, spec)
    if "own" in spec:
        return _own(book, place, spec)
    known = set(book.known_names or ())
    draw = compile_draw(book, place, spec, pools, known)
    return lambda draft, row: draw(draft.rng, draft.plan)


def _own(book: Book, place: Place, spec: Mapping[str, Any]) -> Cell:
    book.keys(place, spec, _WORDS)
    words = [word for word in _WORDS[1:] if word in spec]
    changes = [_change(book, place, word, spec[word]) for word in words]
    column = spec["own"]

    def cell(draft: Draft, row: Row) -> Any:
        value = row.get(column)
        if value is None:
            raise Unfit
        for change in changes:
            value = change(draft, value)
        return value

    return cell


def _change(book: Book, place: Place, word: str, spec: Any) -> Any:
    if word in ("append", "text"):
        pattern = str(spec) if word == "text" else "{own}" + str(spec)
        return lambda draft, value: pattern.format_map({**draft.plan, "own": value})
    if word == "times":
        low, high = spec if isinstance(spec, list) else (spec, spec)
        return lambda draft, value: round(value * (low + (high - low) * draft.rng.random()), 2)
    amount = spread_of(spec)
    if word in ("wd", "cd"):
        return lambda draft, value: _moved(draft, value, amount(draft), word)
    unit = 60 if word == "hours" else 1
    return lambda draft, value: value + unit * amount(draft)


def _moved(draft: Draft, value: int, count: int, unit: str) -> int:
    """A day or a moment, moved by days."""
    if value < DAY * DAY:
        return draft.days.after(value, count, unit)
    day, minute = divmod(value, DAY)
    return draft.days.after(day, count, unit) * DAY + minute
