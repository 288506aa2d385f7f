"""Where each fact of an asset stands: in tables of a topic or a clock, all in step with subjects.

A wide table of all facts would be written only to be read again. The topics and clocks stay as
they were made, row n of each about the same subject, and are read side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.pack.model import KERNEL

KEY = "subject_id"


@dataclass
class Columns:
    """The facts of one asset by the table that holds them; `spine` has its subjects, in order.

    >>> columns = Columns(engine, "work.subjects_of_cases")     # doctest: +SKIP
    >>> columns.add("work.topic_levy_of_cases", {"levy_paid": "levy_paid"})  # doctest: +SKIP
    >>> columns.select(["levy_paid"])                           # doctest: +SKIP
    """

    engine: Engine
    spine: str
    _places: dict[str, tuple[str, str]] = field(default_factory=dict)

    def put_in_step(self, relation: str, on: Engine | None = None) -> None:
        """Bring a table with one row per subject into the order of the subjects."""
        engine = on or self.engine
        if not engine.in_step(relation, self.spine, KEY):
            engine.put_in_step(relation, self.spine, KEY)

    def add(self, relation: str, facts: Mapping[str, str]) -> None:
        """Take in facts, and the columns that hold them, from a table in step with the spine.

        A fact that stands somewhere already stays there.
        """
        wide = self._too_wide(relation)
        for fact, column in facts.items():
            if fact not in KERNEL:
                value = f"{relation}.{sqltext.name(column)}"
                value = f"CAST({value} AS BIGINT)" if column in wide else value
                self._places.setdefault(fact, (relation, value))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def select(self, facts: Iterable[str] | None = None) -> str:
        """One row per subject: the kernel columns and `facts` (all, unless given)."""
        wanted = list(dict.fromkeys(self._places if facts is None else facts))
        found = [(fact, *self._places[fact]) for fact in wanted if fact not in KERNEL]
        listed = [f"{self.spine}.{name}" for name in KERNEL]
        listed += [f"{value} AS {sqltext.name(fact)}" for fact, _, value in found]
        others = list(dict.fromkeys(relation for _, relation, _ in found))
        return f"SELECT {', '.join(listed)} FROM {self.engine.abreast(self.spine, others)}"

    def _too_wide(self, relation: str) -> set[str]:
        """Columns of types that Parquet does not keep: sums become 64-bit integers."""
        found = self.engine.rows(f"DESCRIBE {relation}", relation)
        return {str(row[0]) for row in found if row[1] in ("HUGEINT", "INTEGER")}
