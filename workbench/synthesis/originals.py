"""Files beside the published sample: which rows of it name one (`synthesis/originals.csv`).

Files cannot be drawn from a seed. They are made once and kept; a row names the number of cases and
the seed that it belongs to, and other bureaus that are made stay without files.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.schema import Schema
from workbench.sources import read_rows
from workbench.synthesis.draft import Row
from workbench.terms import Fault, PackError

FILE = "originals.csv"


class Attacher:
    """Writes path and hash into the rows that have a file; an empty hash leaves what is there."""

    def __init__(self, folder: Path, schema: Schema, cases: int, seed: int) -> None:
        self.folder, self.schema = folder, schema
        self._waiting: dict[str, dict[str, dict[str, str]]] = {}
        self._lines: dict[tuple[str, str], int] = {}
        path = folder / FILE
        for line, row in read_rows(path) if path.is_file() else ():
            if (row["cases"], row["seed"]) != (str(cases), str(seed)):
                continue
            table = schema.tables.get(row["table"])
            if table is None or table.attachment is None:
                raise self._fault(line, f"'{row['table']}' is no table with attachments")
            self._waiting.setdefault(row["table"], {})[row["id"]] = row
            self._lines[row["table"], row["id"]] = line

    def attach(self, rows: Mapping[str, list[Row]]) -> None:
        """Write into the rows of one case."""
        for name, waiting in self._waiting.items():
            table = self.schema.tables[name]
            assert table.attachment
            for row in rows.get(name, ()):
                found = waiting.pop(str(row.get(table.key[0])), None)
                if found is None:
                    continue
                row[table.attachment.file] = found["file"]
                if found["sha256"]:
                    row.update(dict.fromkeys(table.attachment.sha256, found["sha256"]))

    def finish(self) -> None:
        """Raises PackError if a row that has a file was never made."""
        for name, waiting in self._waiting.items():
            for key in waiting:
                raise self._fault(self._lines[name, key], f"no row '{key}' of '{name}' was made")

    def _fault(self, line: int, message: str) -> PackError:
        return PackError(self.folder.parent, [Fault(f"synthesis/{FILE}", line, message)])
