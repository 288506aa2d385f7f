"""Draws that work on what is drawn already: a row's value, a sum, a day later, a number between.

They are words of a draw like those of `draws.py`, which lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from string import Formatter
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book

Draw: TypeAlias = Callable[[Random, Mapping[str, Any]], Any]
Pools: TypeAlias = Mapping[str, Sequence[Any]]
Maker: TypeAlias = Callable[[Book, Place, Any, Pools, set[str]], Draw]


def pattern_of(book: Book, place: Place, text: Any, known: set[str]) -> str:
    """A text with `{name}` and `{row[column]}`; the names must be known."""
    for _, field, _, _ in Formatter().parse(str(text)):
        if field is not None:
            book.known(place, field.partition("[")[0], sorted(known), "value")
    return str(text)


def _look(
    place: Place, book: Book, name: Any, known: set[str]
) -> Callable[[Mapping[str, Any]], Any]:
    """A number, a value of the plan, or with a dot what a row of the plan holds."""
    if not isinstance(name, str):
        return lambda plan: name
    first, _, inner = name.partition(".")
    book.known(place, first, sorted(known), "value")
    if inner:
        return lambda plan: plan[first].get(inner)
    return lambda plan: plan[first]


def _get(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """What a row of the plan holds: `{get: item.basis}`."""
    look = _look(place, book, spec["get"], known)
    return lambda rng, plan: look(plan)


def _among(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """One of a list that a row of the plan holds: `{among: item.tiers}`."""
    look = _look(place, book, spec["among"], known)

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        found = look(plan)
        return found[int(rng.random() * len(found))] if found else None

    return draw


def _nth(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """One of a list by its number from 0: `{nth: [power.tiers, number]}`; none beyond its end."""
    look, number = (_look(place, book, name, known) for name in spec["nth"])

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        found, index = look(plan) or (), number(plan)
        return found[index] if index < len(found) else None

    return draw


def _between(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """A number between two of the plan: `{between: [tier.low, tier.high], step: 100}`.

    `evenly` names a group in which the numbers spread evenly, however few it has: left to
    chance, the numbers of a small group may lie close together, and one of them far off.
    """
    low, high = (_look(place, book, bound, known) for bound in spec["between"])
    step = spec.get("step", 1)
    evenly = pattern_of(book, place, spec["evenly"], known) if "evenly" in spec else None

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        first = low(plan)
        count = int((high(plan) - first) // step) + 1
        if evenly is None:
            return first + step * int(rng.random() * count)
        return first + step * int(plan["shared"].share(evenly.format_map(plan)) * count)

    return draw


def _product(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """The product of numbers and values of the plan, `plus` another."""
    factors = [_look(place, book, factor, known) for factor in spec["product"]]
    extra = _look(place, book, spec.get("plus", 0), known)

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        product: Any = 1
        for factor in factors:
            product *= factor(plan)
        product = round(product + extra(plan), 2)
        return int(product) if product == int(product) else product

    return draw


def _since(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """A day so many calendar days after one of the plan: `{since: opened_on, days: [-90, -1]}`."""
    look = _look(place, book, spec["since"], known)
    low, high = spec["days"]
    return lambda rng, plan: look(plan) + low + int(rng.random() * (high - low + 1))


def _year(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """The year of a day of the plan."""
    look = _look(place, book, spec["year_of"], known)
    return lambda rng, plan: date.fromordinal(look(plan)).year


def _gap(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """The calendar days from one day of the plan to another."""
    first, last = (_look(place, book, name, known) for name in spec["gap"])
    return lambda rng, plan: last(plan) - first(plan)


def _size(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """How many a group has."""
    pattern = pattern_of(book, place, spec["size"], known)
    return lambda rng, plan: len(pools.get(pattern.format_map(plan), ()))


def _dated(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """What is in force on a day, of pairs of day and value: `{dated: lead.numbers, at: day}`."""
    look = _look(place, book, spec["dated"], known)
    at = _look(place, book, spec.get("at", "day"), known)

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        day = at(plan)
        pairs = look(plan)
        return next((value for since, value in reversed(pairs) if since <= day), pairs[0][1])

    return draw


def _hex(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """So many hexadecimal digits: what a file's hash looks like."""
    digits = int(spec["hex"])
    return lambda rng, plan: f"{rng.getrandbits(4 * digits):0{digits}x}"


MAKERS: dict[str, Maker] = {
    "get": _get,
    "among": _among,
    "nth": _nth,
    "between": _between,
    "product": _product,
    "since": _since,
    "year_of": _year,
    "gap": _gap,
    "size": _size,
    "dated": _dated,
    "hex": _hex,
}
