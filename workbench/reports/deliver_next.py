"""What to deliver next: the few tables that would let most of the untested checks be tested.

A first export has five tables, and many checks lack something. What helps is not the long list of
all that is missing, but the next step, and what it opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STEPS = 5


@dataclass(frozen=True)
class Step:
    """Deliver these columns of one table (none: the table as such), and these checks can run.

    `checks` are those that nothing else keeps back once the steps before have been taken.
    """

    table: str
    columns: tuple[str, ...]
    checks: tuple[str, ...]


def deliver_next(untested: Mapping[str, Sequence[str]], steps: int = STEPS) -> list[Step]:
    """The next steps, each the one table that opens most checks after those before it.

    `untested` maps a check to what it lacks (`table` or `table.column`), as in a run's manifest.
    A step that opens nothing by itself is taken where others need it too.

    >>> deliver_next({"a": ["t.x"], "b": ["t.x", "t.y"], "c": ["u"]})[0]
    Step(table='t', columns=('x', 'y'), checks=('a', 'b'))
    """
    lacking = {check: set(needs) for check, needs in untested.items()}
    found: list[Step] = []
    while lacking and len(found) < steps:
        tables = sorted({_table(need) for needs in lacking.values() for need in needs})
        table = max(tables, key=lambda name: _gain(name, lacking))
        columns = {n.partition(".")[2] for needs in lacking.values() for n in needs
                   if _table(n) == table}  # fmt: skip
        lacking = {c: {n for n in needs if _table(n) != table} for c, needs in lacking.items()}
        opened = tuple(check for check, needs in lacking.items() if not needs)
        lacking = {check: needs for check, needs in lacking.items() if needs}
        found.append(Step(table, tuple(sorted(columns - {""})), opened))
    return [step for step in found if step.checks]


def _table(need: str) -> str:
    return need.partition(".")[0]


def _gain(table: str, lacking: Mapping[str, set[str]]) -> tuple[int, float]:
    """How many checks the table opens at once, and how much of the others it brings nearer."""
    touched = [{_table(need) for need in needs} for needs in lacking.values()]
    mine = [tables for tables in touched if table in tables]
    return sum(len(tables) == 1 for tables in mine), sum(1 / len(tables) for tables in mine)
