"""What loading hands on: the case files as typed tables, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.display import Html
from workbench.engines.duckdb import DuckDBEngine
from workbench.loading.page import files_html
from workbench.schema import Schema
from workbench.texts import shown_language

if TYPE_CHECKING:
    from workbench.loading.report import LoadReport

UNKNOWN_CELLS = "unknown_cells"


@dataclass(frozen=True)
class InputFile:
    """One file that went in: where it lay (relative to the source), its table, hash and size.

    `table` is empty for files that steer the loading (a mapping, a list of spellings).
    """

    path: str
    table: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class CaseFiles:
    """All records of the cases of one source, as tables of the engine.

    Every table of the schema is there, typed. `delivered` says which tables and columns the
    source really has: a table that is missing there was not delivered, which is not the same as
    an empty one (nothing happened). `main.unknown_cells(table_name, column_name, case_id, row_key)`
    names, per case, cells and rows (no column) that were recorded but could not be read: unknown,
    never "did not happen". Rows of tables that hang on no case stand there by their key too
    (`row_key`, key columns joined by `-`), without a case.
    """

    engine: DuckDBEngine
    schema: Schema
    source: str
    inputs: tuple[InputFile, ...]
    delivered: Mapping[str, frozenset[str]]
    report: LoadReport

    def apart(self) -> CaseFiles:
        """The same files in a session of their own: what is made of them touches nobody else's."""
        return replace(self, engine=self.engine.session())

    def __repr__(self) -> str:
        return f"CaseFiles({self.source}, {len(self.delivered)} tables, {self.report!r})"

    def html(self, language: str | None = None) -> Html:
        """What was loaded, as a small page: tables, rows, what was not delivered."""
        return files_html(self, shown_language(self.report.language, language))

    def _repr_html_(self) -> str:
        return self.html()

    def has(self, table: str, column: str | None = None) -> bool:
        """Was the table (or the column of it) delivered?

        A derived column counts as delivered where all are that it is made of.
        """
        columns = self.delivered.get(table)
        if columns is None or column is None:
            return columns is not None
        return columns.issuperset(self.schema.made_of(table, column))

    def count(self, table: str) -> int:
        """How many rows of the table are used."""
        found = self.engine.rows(f'SELECT count(*) FROM main."{table}"', f"count {table}")
        return int(found[0][0])
