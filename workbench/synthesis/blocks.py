"""Blocks of rows that hang on no case, written as data: people, lists, yearly figures, rounds.

per        organs, units, or once (the default): one turn for each
years      [2024, 2025]: one turn for each, which knows `year` and `year_end`
count      so many turns: a number, or what the organ or unit holds under that name
per_case   so many for each case, by the owner's share; at least `count`
each       one turn for each of a list or of a pool; `as` names it (`one`)
draw       values left to chance       when    only if it holds
rows       the rows of a turn, in order: {in: table, when: ..., column: value, ...}
knows      what the first row knows besides its columns: for draws and conditions
group      the pool (or pools) that the first row enters
then       blocks inside: they know the values and rows of this one
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, TypeAlias

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.cells import Cells, compile_cells
from workbench.synthesis.days import as_day
from workbench.synthesis.draft import Draft, Row
from workbench.synthesis.draws import Draws, compile_draws
from workbench.synthesis.values import compile_value
from workbench.synthesis.when import When, compile_when

Pools: TypeAlias = dict[str, Sequence[Any]]
# What is asked of the bureau: its organs or units, and how many of a sort an owner has.
Owners: TypeAlias = Callable[[str], Iterator[Row]]
_KEYS = (
    "per", "years", "count", "per_case", "each", "as", "draw", "when", "rows", "knows", "group",
    "then",
)  # fmt: skip
_KNOWN = {"once": (), "organs": ("organ",), "units": ("organ", "unit")}


@dataclass(frozen=True)
class Block:
    """One block; `per` and `years` only at the top."""

    per: str
    years: tuple[int, ...]
    count: int | str | None
    per_case: float
    each: str | Sequence[Any] | None
    name: str
    draws: Draws
    when: When
    rows: tuple[tuple[str, When, Cells], ...]
    knows: Cells
    groups: tuple[str, ...]
    then: tuple[Block, ...]

    def size(self, owner: Row, share: float, cases: int) -> int:
        """How many turns an owner with this share of the cases gets."""
        if self.count is None and not self.per_case:
            return 1
        least = owner[self.count] if isinstance(self.count, str) else self.count or 0
        return max(int(least), ceil(cases * self.per_case * share))

    def grow(self, draft: Draft, pools: Pools, turns: int = 1) -> None:
        """All turns on this draft: rows are added to it, members to the pools."""
        outer = draft.plan
        for one in self._entries(outer, pools):
            for _ in range(turns):
                draft.plan = {**outer, self.name: one}
                self._turn(draft, pools)
        draft.plan = outer

    def _entries(self, plan: Row, pools: Pools) -> Sequence[Any]:
        if self.each is None:
            return (None,)
        if isinstance(self.each, str):
            return tuple(pools.get(self.each.format_map(plan), ()))
        return self.each

    def _turn(self, draft: Draft, pools: Pools) -> None:
        self.draws.into(draft.rng, draft.plan, {})
        if not self.when(draft.plan):
            return
        first: Row | None = None
        for table, condition, cells in self.rows:
            if condition(draft.plan):
                row = draft.start_row(table)
                cells.into(draft, row)
                first = row if first is None else first
        if first is not None:
            self.knows.into(draft, first)
            for group in self.groups:
                pools.setdefault(group.format_map(draft.plan), []).append(first)  # type: ignore[attr-defined]
        for block in self.then:
            block.grow(draft, pools)


def parse_blocks(book: Book, place: Place, specs: Any, pools: Pools) -> tuple[Block, ...]:
    """A list of blocks; faults are noted in the book."""
    found = tuple(
        _block(book, (*place, index), spec, pools, None) for index, spec in enumerate(specs or ())
    )
    book.known_names = None
    return found


def _block(book: Book, place: Place, spec: Any, pools: Pools, outer: set[str] | None) -> Block:
    spec = book.mapping(place, spec)
    book.keys(place, spec, _KEYS)
    per, name = str(spec.get("per", "once")), str(spec.get("as", "one"))
    book.known((*place, "per"), per, _KNOWN, "owner")
    known = set(outer or ()) | set(_KNOWN.get(per, ())) | {name, "shared"}
    if "years" in spec:
        known |= {"year", "year_end"}
    each = spec.get("each")
    draws = compile_draws(book, (*place, "draw"), spec.get("draw"), pools, known)
    book.known_names = frozenset(known)
    groups = spec.get("group", ())
    groups = (groups,) if isinstance(groups, str) else tuple(groups)
    for group in groups:
        if "{" not in group:
            pools.setdefault(group, [])
    rows = tuple(_rows(book, (*place, "rows"), spec.get("rows"), pools, known))
    knows = _cells(book, (*place, "knows"), "", spec.get("knows"), pools)
    inner = tuple(
        _block(book, (*place, "then", index), entry, pools, known)
        for index, entry in enumerate(spec.get("then") or ())
    )
    return Block(
        per=per,
        years=tuple(spec.get("years") or ()),
        count=spec.get("count"),
        per_case=float(spec.get("per_case", 0)),
        each=tuple(map(plain, each)) if isinstance(each, list) else each,
        name=name,
        draws=draws,
        when=compile_when(book, (*place, "when"), spec.get("when"), known),
        rows=rows,
        knows=knows,
        groups=groups,
        then=inner,
    )


def plain(value: Any) -> Any:
    """A literal entry of `each` or of a pool; its days become numbers."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(map(plain, value))
    return as_day(value) if hasattr(value, "isoformat") else value


def _rows(
    book: Book, place: Place, specs: Any, pools: Pools, known: set[str]
) -> Iterator[tuple[str, When, Cells]]:
    for index, spec in enumerate(specs or ()):
        here = (*place, index)
        spec = book.mapping(here, spec)
        columns = {name: spec[name] for name in spec if name not in ("in", "when")}
        if book.table(here, spec.get("in")):
            condition = compile_when(book, here, spec.get("when"), known)
            yield spec["in"], condition, _cells(book, here, spec["in"], columns, pools)


def _cells(book: Book, place: Place, table: str, spec: Any, pools: Pools) -> Cells:
    def value(book: Book, place: Place, spec: Mapping[str, Any]) -> Any:
        return compile_value(book, place, spec, pools)

    return compile_cells(book, place, table, spec, pools, value)
