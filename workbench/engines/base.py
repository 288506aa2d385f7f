"""What every engine promises: to run named SQL steps and to hand back rows or Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from workbench.terms import WorkbenchError

if TYPE_CHECKING:
    import pyarrow as pa


T = TypeVar("T")


class EngineError(WorkbenchError):
    """A step failed inside the engine: says which step, what the engine said, and the SQL."""

    def __init__(self, engine: str, step: str, cause: Exception, sql: str):
        self.step, self.sql = step, sql
        shown = sql if len(sql) < 4000 else sql[:4000] + " ..."
        super().__init__(f"{engine}, step '{step}': {cause}\n{shown}")


class Engine(Protocol):
    """Runs SQL in named steps. SQL is ours or a pack's (lint has read it), never a case file's."""

    name: str
    stored: str  # where the case files are, as SQL names it: `catalog.schema`

    def run(self, sql: str, step: str) -> None:
        """Run one statement for its effect."""

    def rows(self, sql: str, step: str) -> list[tuple[Any, ...]]:
        """Run one query and fetch its rows."""

    def arrow(self, sql: str, step: str) -> pa.Table:
        """Run one query and fetch an Arrow table."""

    def batches(self, sql: str, step: str) -> pa.RecordBatchReader:
        """Run one query and hand its rows on in batches: a large answer never lies there whole."""

    def put(self, name: str, table: pa.Table) -> None:
        """Make `table` a stored table called `name` (schema-qualified or not)."""

    def put_in_step(self, relation: str, spine: str, key: str) -> None:
        """Bring the rows of a stored table into the order of `spine`, which has the same keys."""

    def in_step(self, relation: str, spine: str, key: str) -> bool:
        """Has `relation` the same `key` as `spine`, row by row?"""

    def abreast(self, spine: str, others: Sequence[str]) -> str:
        """What stands after FROM to read relations that are in step as one wide row each."""

    def side_by_side(self, tasks: Sequence[Callable[[Engine], T]]) -> list[T]:
        """What tasks give that do not read one another; each is handed the engine it works on."""
