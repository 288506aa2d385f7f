"""What is left to chance, written as data: one draw gives one named value.

A draw sees the values drawn before it. Everything random of the room comes from the one
generator it is handed, in the order of the file.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib import import_module
from itertools import accumulate
from random import Random
from typing import Any

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.days import as_day
from workbench.synthesis.lookups import MAKERS, Draw, Maker, Pools, pattern_of
from workbench.synthesis.when import When, compile_when

_MODIFIERS = (
    "when", "but", "places", "add", "free", "most", "step", "days", "plus", "at", "evenly",
)  # fmt: skip


class Draws:
    """Named draws in order; `into` carries them out on the values of one case or person."""

    def __init__(self, steps: list[tuple[str, Draw]]) -> None:
        self._steps = steps

    def into(self, rng: Random, plan: dict[str, Any], assumed: Mapping[str, Any]) -> None:
        """Draw every value; what is `assumed` is not left to chance."""
        for name, draw in self._steps:
            plan[name] = assumed[name] if name in assumed else draw(rng, plan)


def compile_draws(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draws:
    """A mapping of names and draws; each name becomes known to those behind it."""
    steps: list[tuple[str, Draw]] = []
    for name, entry in book.mapping(place, spec).items():
        steps.append((name, compile_draw(book, (*place, name), entry, pools, known)))
        known.add(name)
    return Draws(steps)


def compile_draw(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """One draw. A plain value or list stands for itself; `when` false gives nothing."""
    if not isinstance(spec, dict):
        value = book.literal(place, None, spec)
        return lambda rng, plan: value
    words = [word for word in spec if word not in _MODIFIERS]
    if len(words) != 1 or words[0] not in _MAKERS:
        expected = ", ".join(_MAKERS)
        book.fault(place, f"a draw is one of {expected}; found {', '.join(words) or 'none'}")
        return lambda rng, plan: None
    draw = _MAKERS[words[0]](book, place, spec, pools, known)
    if "when" not in spec:
        return draw
    condition = compile_when(book, (*place, "when"), spec["when"], known)
    otherwise = False if words[0] in ("chance", "if") else None
    return lambda rng, plan: draw(rng, plan) if condition(plan) else otherwise


def _pick(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    entries = spec["pick"]
    if not entries or not all(isinstance(e, list) and len(e) == 2 for e in entries):
        book.fault(place, "'pick' takes a list of [weight, value]")
        return lambda rng, plan: None
    choose = weighted([entry[0] for entry in entries])
    values = [book.literal(place, None, entry[1]) for entry in entries]
    return lambda rng, plan: values[choose(rng)]


def weighted(weights: Sequence[float]) -> Callable[[Random], int]:
    """Choose an index with the given weights, by one random number."""
    bounds = list(accumulate(weights))
    total, last = bounds[-1], len(bounds) - 1
    return lambda rng: min(bisect(bounds, rng.random() * total), last)


def _chance(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    share = float(spec["chance"])
    return lambda rng, plan: rng.random() < share


def _spread(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    low, high, step = spec["spread"]
    count = int((high - low) // step) + 1
    return lambda rng, plan: low + step * int(rng.random() * count)


def _one(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    if not book.known(place, spec["one"], pools, "pool"):
        return lambda rng, plan: None
    pool = pools[spec["one"]]
    return lambda rng, plan: pool[int(rng.random() * len(pool))]


def _member(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """Somebody of the group with this name, other than those drawn under `but`.

    `free`: patterns of keys; each member can be drawn `most` times (once) for each key. So a
    party is fined once for an item, or inspected once in a year.
    """
    pattern, but = pattern_of(book, place, spec["member"], known), spec.get("but", [])
    keys = [pattern_of(book, place, text, known) for text in spec.get("free", ())]
    most = int(spec.get("most", 1))

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        pool = pools[pattern.format_map(plan)]
        taken = [plan[name] for name in but]
        start, count = int(rng.random() * len(pool)), len(pool)
        texts = [key.format_map(plan) for key in keys]
        for index in range(start, start + count):
            one = pool[index % count]
            if any(one is t for t in taken):
                continue
            if not texts or plan["shared"].take([(text, id(one)) for text in texts], most):
                return one
        return pool[start]

    return draw


def _if(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    condition: When = compile_when(book, (*place, "if"), spec["if"], known)
    return lambda rng, plan: condition(plan)


def _first(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """The first entry whose `when` holds; a plain value holds always."""
    entries: list[tuple[When | None, Draw]] = []
    for index, entry in enumerate(spec["first"]):
        here = (*place, "first", index)
        when = entry.get("when") if isinstance(entry, dict) else None
        condition = compile_when(book, here, when, known) if when else None
        entries.append((condition, compile_draw(book, here, entry, pools, known)))

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        for condition, inner in entries:
            if condition is None or condition(plan):
                return inner(rng, plan)
        return None

    return draw


def _value(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    value = book.literal(place, None, spec["value"])
    return lambda rng, plan: value


def _same(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """The value of an earlier draw, plus `add` days or numbers."""
    name, extra = spec["same"], spec.get("add", 0)
    book.known(place, name, known, "value")
    return lambda rng, plan: plan[name] + extra if extra else plan[name]


def _text(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    pattern = pattern_of(book, place, spec["text"], known)
    return lambda rng, plan: pattern.format_map(plan)


def _chars(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    alphabet, length = str(spec["chars"]), int(spec.get("places", 1))
    count = len(alphabet)
    return lambda rng, plan: "".join([alphabet[int(rng.random() * count)] for _ in range(length)])


def _date(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    first, last = (as_day(value) for value in spec["date"])
    return lambda rng, plan: first + int(rng.random() * (last - first + 1))


def _compact(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """An earlier day written as eight digits."""
    name = spec["compact"]
    return lambda rng, plan: date.fromordinal(plan[name]).strftime("%Y%m%d")


def _checked(book: Book, place: Place, spec: Any, pools: Pools, known: set[str]) -> Draw:
    """A number with its check character, by the python-stdnum module that `checked` names."""
    module, pattern = spec["checked"]
    pattern_of(book, place, pattern, known)
    check = import_module(f"stdnum.{module}").calc_check_digit

    def draw(rng: Random, plan: Mapping[str, Any]) -> Any:
        number = pattern.format_map(plan)
        return f"{number}{check(number)}"

    return draw


_MAKERS: dict[str, Maker] = {
    **MAKERS,
    "pick": _pick,
    "chance": _chance,
    "spread": _spread,
    "one": _one,
    "member": _member,
    "if": _if,
    "first": _first,
    "value": _value,
    "same": _same,
    "text": _text,
    "chars": _chars,
    "date": _date,
    "compact": _compact,
    "checked": _checked,
}
