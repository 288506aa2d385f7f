"""Tables and views of a database as sheets, by a URL as SQLAlchemy writes them.

    postgresql://reader:secret@host/bureau?schema=public
    sqlite:///export.sqlite

One connection, one read-only transaction: all tables are of the same moment, nothing is written.
The password stays in the connection; no name, no report and no error holds it.
"""

from __future__ import annotations

import re
import threading
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.loading.bounds import MAX_ROWS, MAX_TABLES, too_large
from workbench.loading.encoding import Scan
from workbench.loading.plain_text import text_array, text_of_value
from workbench.loading.sheets import Header, RawTable, Sheet
from workbench.loading.typed_sheets import header_of, scan_of, text_table
from workbench.terms import InputError, UsageError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BATCH = 20_000
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_KINDS = ("postgresql+psycopg", "sqlite")


def is_url(given: str) -> bool:
    """Does this name a database?

    >>> is_url("postgresql://host/bureau"), is_url("sample_data/hrss")
    (True, False)
    """
    return bool(_URL.match(given))


class Database:
    """One database, connected when the first of its tables is asked for."""

    def __init__(self, url: str):
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import SQLAlchemyError

        try:
            found = make_url(url)
        except (SQLAlchemyError, ValueError):
            raise UsageError(
                "the address of the database cannot be understood; one looks like "
                "postgresql://user@host/name or sqlite:///file.sqlite"
            ) from None
        driver = _DRIVERS.get(found.drivername, found.drivername)
        if driver not in _KINDS:
            raise UsageError(
                f"'{found.drivername}' is no database that is read; those are postgresql and sqlite"
            )
        schema = found.query.get("schema")
        self.schema = schema if isinstance(schema, str) else None
        self._secrets = [text for text in (found.password, url) if text]
        self._url = found.set(drivername=driver).difference_update_query(["schema"])
        bare = found.set(query={}, password="***" if found.password else None)
        self.label = bare.render_as_string(hide_password=True)
        self._lock = threading.Lock()

    @classmethod
    def of_file(cls, path: Path) -> Database:
        """An SQLite file."""
        found = cls("sqlite://")
        found._url = found._url.set(database=str(path))
        found.label = path.name
        return found

    @cached_property
    def _connection(self) -> Any:
        from sqlalchemy import NullPool, create_engine, text
        from sqlalchemy.exc import SQLAlchemyError

        try:
            if self._url.drivername == "sqlite":
                engine = create_engine("sqlite://", creator=self._sqlite, poolclass=NullPool)
                return engine.connect()
            engine = create_engine(self._url, poolclass=NullPool, hide_parameters=True)
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            connection = engine.connect().execution_options(**options)
            connection.execute(text("SET TRANSACTION READ ONLY"))
            return connection
        except (SQLAlchemyError, OSError, ValueError, TypeError) as error:
            raise self._failed(error) from None

    def _sqlite(self) -> Any:
        """A connection that cannot write, whatever it is told."""
        import sqlite3

        path = Path(self._url.database or "").resolve()
        if not path.is_file():
            raise InputError(f"{self.label}: there is no such file")
        uri = f"{path.as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.text_factory = _decoded
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 64 << 20)
        return connection

    def _failed(self, error: BaseException) -> BaseException:
        """What went wrong as a sentence, without the password."""
        if isinstance(error, (InputError, UsageError)):
            return error
        cause = getattr(error, "orig", None) or error
        said = " ".join(str(cause).split())[:300]
        for secret in self._secrets:
            said = said.replace(secret, "***")
        return InputError(f"{self.label}: the database cannot be read ({said})")

    def close(self) -> None:
        """End the transaction and the connection."""
        if "_connection" in self.__dict__:
            self._connection.close()
            del self.__dict__["_connection"]

    def sheets(self) -> list[Sheet]:
        """Its tables, then its views. Raises `InputError` where it cannot be reached."""
        from sqlalchemy import inspect
        from sqlalchemy.exc import SQLAlchemyError

        try:
            found = inspect(self._connection)
            schema = self.schema or found.default_schema_name
            names = sorted(found.get_table_names(schema=self.schema))
            names += sorted(found.get_view_names(schema=self.schema))
        except (SQLAlchemyError, OSError, ValueError) as error:
            self.close()
            raise self._failed(error) from None
        if len(names) > MAX_TABLES:
            self.close()
            raise too_large(self.label, "tables", len(names), MAX_TABLES)
        if not names:
            self.close()
            where = f" in the schema '{schema}'" if schema else ""
            raise InputError(f"{self.label}: there is no table{where}")
        return [TableSheet(self, name, schema) for name in names]

    def columns(self, table: str) -> tuple[list[str], list[str]]:
        """The columns of a table, and those of its primary key."""
        from sqlalchemy import inspect
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._lock:
                found = inspect(self._connection)
                names = [str(one["name"]) for one in found.get_columns(table, self.schema)]
                key = found.get_pk_constraint(table, self.schema).get("constrained_columns") or []
        except (SQLAlchemyError, OSError, ValueError) as error:
            raise self._failed(error) from None
        return names, [str(name) for name in key]

    def rows(self, table: str, columns: list[str], key: list[str], most: int | None) -> Any:
        """The rows of a table in batches, each a list of columns of plain texts."""
        from sqlalchemy import column, select
        from sqlalchemy import table as named
        from sqlalchemy.exc import SQLAlchemyError

        of = named(table, *(column(name) for name in {*columns, *key}), schema=self.schema)
        query = select(*(of.c[name] for name in columns)).order_by(*(of.c[name] for name in key))
        try:
            with self._lock:
                streamed = self._connection.execution_options(stream_results=True)
                found = streamed.execute(query if most is None else query.limit(most))
                for batch in found.partitions(_BATCH):
                    yield list(zip(*batch, strict=True))
        except (SQLAlchemyError, OSError, ValueError, OverflowError) as error:
            raise self._failed(error) from None


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


class TableSheet:
    """One table or view. Its rows are counted in the order of its primary key."""

    def __init__(self, of: Database, table: str, schema: str | None):
        self.of, self.table = of, table
        self.name = self.file = f"{schema}.{table}" if schema and schema != "main" else table
        self.stem, self.page = table, ""
        self._scan = Scan("", 0, "utf-8", 0)

    @property
    def scan(self) -> Scan:
        """Hash and size of the columns that were read."""
        return self._scan

    def close(self) -> None:
        """Close the database, which its other tables share."""
        self.of.close()

    def prepare(self) -> None:
        """Nothing: one connection reads one table at a time."""

    @cached_property
    def _columns(self) -> tuple[list[str], list[str]]:
        return self.of.columns(self.table)

    def header(self) -> Header:
        """The names of the columns."""
        return header_of(self.name, self._columns[0])

    def read(self, wanted: list[int]) -> RawTable:
        """All rows: the columns asked for."""
        raw = self._read(wanted, None)
        self._scan = scan_of(raw, self._columns[0])
        return raw

    def sample(self, rows: int) -> RawTable:
        """The first rows of all columns."""
        return self._read(list(range(len(self._columns[0]))), rows)

    def _read(self, wanted: list[int], most: int | None) -> RawTable:
        names, key = self._columns
        chunks: dict[int, list[Any]] = {place: [] for place in wanted}
        size = 0
        for batch in self.of.rows(self.table, [names[place] for place in wanted], key, most):
            size += len(batch[0])
            if size > MAX_ROWS:
                raise too_large(self.name, "rows", size, MAX_ROWS)
            for place, values in zip(wanted, batch, strict=True):
                chunks[place].append(text_array([_text(value) for value in values]))
        columns = {p: pa.chunked_array(found, pa.string()) for p, found in chunks.items()}
        return text_table(self.name, columns, 1, size, names)


def _text(value: Any) -> str | None:
    """A value as text; bytes say nothing that a table could hold."""
    if isinstance(value, (bytes, memoryview)):
        return None
    return text_of_value(value)
