"""One input after the other is loaded; what comes out of each is a verdict."""

from __future__ import annotations

import random
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.mutating import mutated
from tests.fuzz.seeds import seeds
from tests.unit.loading_schema import schema_of_files
from workbench.engines.duckdb import DuckDBEngine
from workbench.loading import load_case_files
from workbench.schema import Schema
from workbench.terms import WorkbenchError

LOADED, REFUSED, FAILED = "loaded", "refused", "failed"


@dataclass
class Judge:
    """Loads inputs by number: the same number is the same input on every machine."""

    seed: int = 0
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="wb-fuzz-")))

    def __post_init__(self) -> None:
        self.files = seeds()
        self.names = sorted(self.files)
        self.engine = DuckDBEngine()
        self.schema = _small(schema_of_files(self.folder))

    def input(self, number: int) -> tuple[str, bytes]:
        """The name and the bytes of an input. Each kind has its turn."""
        draw = random.Random(f"{self.seed}/{number}")
        name = self.names[number % len(self.names)]
        others = [self.files[other] for other in self.names]
        return name, mutated(name, self.files[name], others, draw)

    def judge(self, number: int) -> tuple[str, str, str]:
        """What became of an input: (kind, verdict, what was said)."""
        name, data = self.input(number)
        kind = name.partition(".")[2]
        path = self.folder / f"{'cases' if kind != 'xes' else 'log'}.{kind}"
        path.write_bytes(data)
        try:
            return kind, *self.load(path)
        finally:
            path.unlink()

    def load(self, path: Path) -> tuple[str, str]:
        """Load a source; everything but a sentence of ours is a failure."""
        try:
            found = load_case_files(path, self.schema, engine=self.engine)
            repr(found), found.report.summary(), [*found.report.sentences("zh")]
            for count in found.report.counts:
                assert count.read == count.used + count.refused, count
                assert count.used == found.count(count.table), count
        except WorkbenchError as error:
            return REFUSED, str(error)
        except BaseException:
            return FAILED, traceback.format_exc()
        return LOADED, ""


def _small(schema: Schema) -> Schema:
    """Fewer tables: loading takes less time."""
    kept = ("cases", "documents", "events")
    return Schema({name: schema.tables[name] for name in kept})
