"""Conditions written as data: `{kind: penalty, fine_yuan: {at_least: 20000}}`.

All entries of a mapping must hold. Missing values satisfy nothing but `{set: false}` and
`{lacks: [...]}`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.days import as_day

When: TypeAlias = Callable[[Mapping[str, Any]], bool]
_Test: TypeAlias = Callable[[Any], bool]
_WORDS = ("at_least", "below", "has", "lacks", "set", "not")


def always(values: Mapping[str, Any]) -> bool:
    """The condition of an entry that states none."""
    return True


def all_of(parts: Iterable[Callable[[Any], bool]]) -> Callable[[Any], bool]:
    """All parts hold; without parts, always."""
    parts = tuple(parts)
    if not parts:
        return always
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:  # the usual case, asked millions of times
        left, right = parts
        return lambda subject: left(subject) and right(subject)
    return lambda subject: all(part(subject) for part in parts)


def any_of(parts: Iterable[Callable[[Any], bool]]) -> Callable[[Any], bool]:
    """At least one part holds."""
    parts = tuple(parts)
    return lambda subject: any(part(subject) for part in parts)


def compile_when(book: Book, place: Place, spec: Any, names: Collection[str]) -> When:
    """A mapping of names and tests -> a condition; `any` takes a list of mappings."""
    parts: list[When] = []
    for name, test in book.mapping(place, spec).items():
        here = (*place, name)
        if name == "any":
            parts.append(any_of(compile_when(book, here, entry, names) for entry in test or ()))
        elif book.known(here, name, sorted(names), "name"):
            parts.append(_named(name, compile_test(book, here, test)))
    return all_of(parts)


def _named(name: str, test: _Test) -> When:
    return lambda values: test(values.get(name))


def compile_test(book: Book, place: Place, spec: Any) -> _Test:
    """A value, a list of values, or a mapping of comparisons."""
    if isinstance(spec, dict):
        book.keys(place, spec, _WORDS)
        return all_of(_comparison(book, place, word, spec[word]) for word in spec)
    if isinstance(spec, list):
        return lambda value: value in spec
    return lambda value: bool(value == spec)


def _comparison(book: Book, place: Place, word: str, bound: Any) -> _Test:
    if word == "set":
        return lambda value: (value is not None) == bound
    if word == "has":
        wanted = frozenset(bound)
        return lambda value: value is not None and not wanted.isdisjoint(value)
    if word == "lacks":
        without = frozenset(bound)
        return lambda value: value is None or without.isdisjoint(value)
    if word == "not":
        unwanted = bound if isinstance(bound, list) else [bound]
        return lambda value: value is not None and value not in unwanted
    limit = bound if isinstance(bound, int | float) else as_day(bound)
    if word == "below":
        return lambda value: value is not None and value < limit
    return lambda value: value is not None and value >= limit
