"""The default engine: DuckDB in this process, out of core when memory runs short.

No extension is ever installed or loaded by itself: the workbench runs without a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.engines.base import EngineError

if TYPE_CHECKING:
    import pyarrow as pa


class DuckDBEngine:
    """One DuckDB connection; all SQL of the package runs through `_execute`.

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

    def put(self, name: str, table: pa.Table) -> None:
        """Make `table` a stored table called `name`."""
        self.connection.register("_incoming", table)
        try:
            self._execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _incoming", name)
        finally:
            self.connection.unregister("_incoming")

    def close(self) -> None:
        """Close the connection; what was only in memory is gone."""
        self.connection.close()
