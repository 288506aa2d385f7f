"""Loading: whatever a bureau exports -> `CaseFiles`, and a report of all that was refused.

    files = load_case_files(Path("sample_data/us_fda"), pack.schema)
    print(files.report.summary())

A single bad row never stops the loading and never takes a good one with it. Only a source that
cannot be used at all raises `InputError`, which then says what was looked for and what is there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.engines.duckdb import DuckDBEngine
from workbench.loading.case_files import UNKNOWN_CELLS, CaseFiles, InputFile
from workbench.loading.report import HeaderUse, LoadReport, Message, TableCount
from workbench.schema import Schema

__all__ = [
    "UNKNOWN_CELLS",
    "CaseFiles",
    "HeaderUse",
    "InputFile",
    "LoadReport",
    "Message",
    "TableCount",
    "load_case_files",
]


def load_case_files(
    source: Any,
    schema: Schema,
    mapping: Path | None = None,
    engine: DuckDBEngine | None = None,
    *,
    timezone: str | None = None,
    language: str = "en",
) -> CaseFiles:
    """Load the case files of `source` into the engine (a new one, unless given).

    `source` is a folder, a file, the URL of a database, a DataFrame, or a dictionary of frames or
    paths by table. A `mapping.yaml` in the folder is used where none is given. `timezone` is the
    pack's: times that carry an offset are turned into its local time. `language` is the pack's
    too: that of the report, if nobody asks for another.
    """
    from workbench.loading.folder import load_source

    return load_source(source, schema, mapping, engine or DuckDBEngine(), timezone, language)
