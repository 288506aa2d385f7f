"""A bureau made of counts alone: tallies, findings and outcomes as in a run, no case files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from workbench.engines.duckdb import DuckDBEngine
from workbench.pack import Pack, read_pack
from workbench.weak_links import Earlier, find_weak_links

CHECKS = ("after-penalty-published-7wd", "text-stage-coverage", "review-major-covered",
          "text-interview-elements")  # fmt: skip
UNITS = tuple(f"U{number:02d}" for number in range(1, 21))
MONTHS = tuple(f"{2025 + at // 12}-{at % 12 + 1:02d}" for at in range(18))


@cache
def pack() -> Pack:
    """The shipped pack; its words are what people read."""
    return read_pack(Path(__file__).parents[2] / "expectations" / "hrss")


@dataclass
class World:
    """20 units, 4 checks, 18 months, one kind: `n` decided in each cell, `failed` of them failed.

    `cells` overrides (check, unit, kind, month): (failed, n, not yet due).
    """

    n: int = 10
    failed: int = 1
    kinds: tuple[str, ...] = ("penalty",)
    months: tuple[str, ...] = MONTHS
    cells: dict[tuple[str, str | None, str, str | None], tuple[int, int, int]] = field(
        default_factory=dict
    )

    def set(self, check: str, unit: str | None, failed: int, *, n: int | None = None,
            kinds: Iterable[str] | None = None, months: Iterable[str | None] | None = None,
            waiting: int = 0) -> World:  # fmt: skip
        """The same counts in all these months and kinds of one check in one unit."""
        for kind in kinds or self.kinds:
            for month in self.months if months is None else months:
                self.cells[check, unit, kind, month] = (failed, self.n if n is None else n, waiting)
        return self

    def rows(self) -> list[tuple[Any, ...]]:
        """check, unit, kind, month, failed, n, not yet due."""
        usual = {(c, u, k, m): (self.failed, self.n, 0) for c in CHECKS for u in UNITS
                 for k in self.kinds for m in self.months}  # fmt: skip
        return [(*key, *value) for key, value in {**usual, **self.cells}.items()]

    def engine(self, shuffled: int | None = None) -> DuckDBEngine:
        """The relations of a run with these counts; each failure is a case of its own."""
        frame = pd.DataFrame(self.rows(), columns=["check_id", "unit_id", "kind", "month", "failed",
                                                   "n", "not_yet_due"])  # fmt: skip
        if shuffled is not None:
            frame = frame.sample(frac=1.0, random_state=shuffled)
        frame["asset"], frame["organ_id"] = "cases", "O1"
        frame["passed"] = frame["n"] - frame["failed"]
        frame["not_applicable"], frame["cannot_tell"] = 0, 0
        engine = DuckDBEngine()
        engine.run("CREATE SCHEMA IF NOT EXISTS work", "world")
        engine.put("work.tallies", pa.Table.from_pandas(frame, preserve_index=False))
        engine.run(
            "CREATE TABLE work.run AS SELECT DATE '2025-01-01' AS period_from, "
            "DATE '2026-06-30' AS period_to", "world")  # fmt: skip
        engine.run(
            "CREATE TABLE work.outcomes_cases AS SELECT check_id || unit_id || kind || month || "
            "LPAD(CAST(nth AS VARCHAR), 3, '0') AS subject_id, check_id, unit_id, kind, month "
            "FROM work.tallies, UNNEST(RANGE(CAST(failed AS BIGINT))) AS t(nth)",
            "world")  # fmt: skip
        engine.run(
            "CREATE TABLE work.findings AS SELECT 'cases' AS asset, check_id, subject_id, "
            "subject_id AS case_id, FALSE AS veto_candidate, 1 AS defects "
            "FROM work.outcomes_cases", "world")  # fmt: skip
        return engine

    def links(
        self, earlier: Earlier | None = None, its: Pack | None = None, shuffled: int | None = None
    ) -> pd.DataFrame:
        """`weak_links` of this world."""
        return self.found(earlier, its, shuffled)[0]

    def found(
        self, earlier: Earlier | None = None, its: Pack | None = None, shuffled: int | None = None
    ) -> tuple[pd.DataFrame, Mapping[str, Any]]:
        """`weak_links`, and what the manifest says of it."""
        engine = self.engine(shuffled)
        names = {unit: f"第{unit[1:]}大队" for unit in UNITS}
        said = find_weak_links(engine, its or pack(), names, earlier)
        return engine.arrow("FROM work.weak_links", "world").to_pandas(), said


def one(frame: pd.DataFrame, check: str, unit: str, family: str = "unit") -> Any:
    """The row of one cell."""
    its = frame[(frame.check_id == check) & (frame.unit_id == unit) & (frame.family == family)]
    assert len(its) == 1
    return its.iloc[0]
