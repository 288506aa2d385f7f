"""The default engine: DuckDB in this process, out of core when memory runs short.

No extension is ever installed or loaded by itself: the workbench runs without a network.
"""

from __future__ import annotations

import itertools
import os
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from workbench import sqltext
from workbench.engines.base import Engine, EngineError
from workbench.engines.lanes import in_lanes

if TYPE_CHECKING:
    import pyarrow as pa


T = TypeVar("T")

_SESSIONS = itertools.count(1)
_BATCH = 122_880  # rows: what DuckDB itself would put into one group of a Parquet file
_MOST_WORKERS = 4  # each task has its own memory


class DuckDBEngine:
    """One DuckDB connection; all SQL of the package runs through `_execute`.

    Case files are stored once; every evaluation of them works in a `session` of its own, so that
    runs of the same files never touch one another.

    >>> DuckDBEngine().rows("SELECT 1 + 1", "doc")
    [(2,)]
    """

    name = "duckdb"

    def __init__(
        self,
        database: Path | str = ":memory:",
        *,
        spill_to: Path | str | None = None,
        read_only: bool = False,
    ):
        import duckdb

        config: dict[str, Any] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "true",
        }
        if spill_to is not None:
            config["temp_directory"] = str(spill_to)
        self._error = duckdb.Error
        self.connection = duckdb.connect(str(database), read_only=read_only, config=config)
        # Where the case files are stored, as SQL names it from any session.
        found = self.connection.execute("SELECT current_catalog()").fetchall()
        self.stored = f"{found[0][0]}.main"
        self._path: tuple[str, ...] = ()

    def session(self) -> DuckDBEngine:
        """A room of its own beside the stored tables: schema `work`, own search path.

        It goes with the engine that is returned.
        """
        twin = object.__new__(DuckDBEngine)
        twin._error = self._error
        twin.connection = self.connection.cursor()
        room = f"room_{next(_SESSIONS)}"
        twin.stored = self.stored
        twin._path = (f"{room}.work", self.stored)
        twin.run(f"ATTACH ':memory:' AS {room}", "session")
        twin.run(f"CREATE SCHEMA {room}.work", "session")
        twin._look_in()
        weakref.finalize(twin, _leave, twin.connection, self.connection.cursor(), room)
        return twin

    def side_by_side(self, tasks: Sequence[Callable[[Engine], T]]) -> list[T]:
        """What tasks give that do not read one another, in their order.

        Small relations keep one core busy: the others work on the next task meanwhile, each
        through a door of its own to the same session.

        >>> DuckDBEngine().session().side_by_side([lambda e: e.rows("SELECT 1", "doc")] * 2)
        [[(1,)], [(1,)]]
        """
        doors = [self._door() for _ in range(min(os.cpu_count() or 1, _MOST_WORKERS, len(tasks)))]
        try:
            return in_lanes(doors, tasks, lambda door: door.connection.interrupt())
        finally:
            for door in doors:
                door.connection.close()

    def _door(self) -> DuckDBEngine:
        """The same session through a connection of its own."""
        twin = object.__new__(DuckDBEngine)
        twin._error, twin.stored = self._error, self.stored
        twin._path = self._path
        twin.connection = self.connection.cursor()
        twin._look_in()
        return twin

    def _look_in(self) -> None:
        """Look names up in `work` of the session first, then among the case files."""
        self.run(f"SET search_path = '{','.join(self._path)}'", "search path")

    def _execute(self, sql: str, step: str, parameters: Any = None) -> Any:
        try:
            return self.connection.execute(sql, parameters)
        except self._error as error:
            raise EngineError(self.name, step, error, sql) from error

    def run(self, sql: str, step: str) -> None:
        """Run one statement for its effect."""
        self._execute(sql, step)

    def rows(self, sql: str, step: str) -> list[tuple[Any, ...]]:
        """Run one query and fetch its rows."""
        fetched: list[tuple[Any, ...]] = self._execute(sql, step).fetchall()
        return fetched

    def arrow(self, sql: str, step: str) -> pa.Table:
        """Run one query and fetch an Arrow table."""
        try:
            return self.connection.sql(sql).to_arrow_table()
        except self._error as error:
            raise EngineError(self.name, step, error, sql) from error

    def batches(self, sql: str, step: str) -> pa.RecordBatchReader:
        """Run one query and hand its rows on in batches; the next query of this door ends it."""
        import pyarrow as pa

        try:
            found = self.connection.sql(sql).to_arrow_reader(_BATCH)
        except self._error as error:
            raise EngineError(self.name, step, error, sql) from error

        def rows() -> Iterator[pa.RecordBatch]:
            try:
                yield from found
            except (pa.ArrowException, OSError) as error:  # what Arrow makes of a fault on the way
                raise EngineError(self.name, step, error, sql) from error

        return pa.RecordBatchReader.from_batches(found.schema, rows())

    def put(self, name: str, table: pa.Table) -> None:
        """Make `table` a stored table called `name`."""
        self.connection.register("_incoming", table)
        try:
            self._execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _incoming", name)
        finally:
            self.connection.unregister("_incoming")

    def in_step(self, relation: str, spine: str, key: str) -> bool:
        """Has `relation` the same `key` as `spine`, row by row?"""
        query = (
            f"SELECT COUNT(*) FROM (SELECT {key} AS due FROM {spine}) POSITIONAL JOIN "
            f"(SELECT {key} AS found FROM {relation}) WHERE found IS DISTINCT FROM due"
        )
        return not self.rows(query, f"order of {relation}")[0][0]

    def put_in_step(self, relation: str, spine: str, key: str) -> None:
        """Bring the rows of a stored table into the order of `spine`, which has the same keys."""
        self.run(
            f"CREATE OR REPLACE TABLE {relation} AS SELECT t.* FROM {spine} s "
            f"JOIN {relation} t ON t.{key} = s.{key} ORDER BY s.rowid",
            f"order of {relation}",
        )

    def abreast(self, spine: str, others: Sequence[str]) -> str:
        """What stands after FROM to read relations that are in step as one wide row each.

        Nothing is looked up and nothing copied: row n stands beside row n.

        >>> DuckDBEngine().abreast("work.subjects", ["work.base"])
        'work.subjects POSITIONAL JOIN work.base'
        """
        return " POSITIONAL JOIN ".join([spine, *others])

    def lock(self, *folders: Path) -> None:
        """From now on read these folders and nothing else; no setting can be changed back."""
        allowed = ", ".join(sqltext.literal(str(folder.resolve())) for folder in folders)
        self.run(f"SET allowed_directories = [{allowed}]", "lock")
        self.run("SET enable_external_access = false", "lock")
        self.run("SET lock_configuration = true", "lock")

    def close(self) -> None:
        """Close the connection; what was only in memory is gone."""
        self.connection.close()


def _leave(session: Any, keeper: Any, room: str) -> None:
    """Give back the memory of a session that nobody holds any more."""
    import duckdb

    session.close()
    try:
        keeper.execute(f"DETACH {room}")
    except duckdb.Error:  # the whole engine went first
        return
    finally:
        keeper.close()
