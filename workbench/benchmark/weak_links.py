"""How long the weak links of a large bureau take: 1,000 units, 100 checks, 60 months."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.benchmark.evaluation import python_prints

if TYPE_CHECKING:
    from workbench.engines.base import Engine
    from workbench.pack import Pack

UNITS, MONTHS = 1000, 60
_CASES = 5  # decided in a unit, check and month, on average
_RATE, _WORSE, _WEAK = 0.1, 2.5, 0.01
# Searched in a fresh process, so that its memory and its imports are its own.
_SEARCH = """
import resource, sys, time
from workbench.benchmark.weak_links import made_counts
from workbench.engines.duckdb import DuckDBEngine
from workbench.pack import find_pack, read_pack
from workbench.shared_files import shared_folder
from workbench.weak_links import find_weak_links
engine = DuckDBEngine()
pack = read_pack(find_pack("hrss", shared_folder("expectations")))
made_counts(engine, pack, int(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF)
started = time.perf_counter()
found = find_weak_links(engine, pack, {})
seconds = time.perf_counter() - started
after = resource.getrusage(resource.RUSAGE_SELF)
spent = sum(getattr(after, n) - getattr(before, n) for n in ("ru_utime", "ru_stime"))
print(seconds, spent, after.ru_maxrss / 1024 / 1024, found["families"]["unit"]["flagged"])
"""


def measure_weak_links(progress: Callable[[str], None] = lambda step: None) -> dict[str, Any]:
    """Seconds (by the clock, and of all cores together) and GB of one search, all families; and
    how many links it flagged, as a sign that it did search. The memory is that of the process
    from its start, the counts included."""
    progress("weak links")
    seconds, spent, peak, flagged = _printed().split()
    return {
        "units": UNITS, "months": MONTHS, "weak_links_s": round(float(seconds), 2),
        "weak_links_cpu_s": round(float(spent), 2), "peak_gb": round(float(peak), 2),
        "flagged": int(flagged),
    }  # fmt: skip


def _printed() -> str:
    """The last line: a database at work for long draws a bar before it."""
    return python_prints(_SEARCH, str(UNITS)).strip().splitlines()[-1]


def made_counts(engine: Engine, pack: Pack, units: int, seed: int = 1) -> None:
    """The relations that a search reads, of a made bureau: a month of every unit and check of the
    pack; one cell in a hundred fails two and a half times as often."""
    import numpy as np
    import pyarrow as pa

    checks = list(pack.checks)
    rng = np.random.default_rng(seed)
    rate = np.where(rng.random((units, len(checks), 1)) < _WEAK, _RATE * _WORSE, _RATE)
    n = rng.poisson(_CASES, (units, len(checks), MONTHS))
    failed = rng.binomial(n, rate)
    unit, check, month = (at.ravel() for at in np.indices(n.shape))
    names = [f"U{at:04d}" for at in range(units)]
    months = [f"{2021 + at // 12}-{at % 12 + 1:02d}" for at in range(MONTHS)]

    def named(places: Any, values: list[str]) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), values).cast(
            pa.string()
        )

    engine.run("CREATE SCHEMA IF NOT EXISTS work", "a made bureau")
    zero = pa.array(np.zeros(n.size, dtype=np.int64))
    ones = np.zeros(n.size, dtype=np.int32)
    engine.put("work.tallies", pa.table({
        "asset": named(ones, ["cases"]), "check_id": named(check, checks),
        "organ_id": named(ones, ["O1"]), "unit_id": named(unit, names),
        "kind": named(ones, ["any"]), "month": named(month, months), "not_applicable": zero,
        "passed": pa.array((n - failed).ravel()), "failed": pa.array(failed.ravel()),
        "cannot_tell": zero, "not_yet_due": zero,
    }))  # fmt: skip
    engine.run(
        "CREATE TABLE work.run AS SELECT DATE '2021-01-01' AS period_from, "
        "DATE '2025-12-31' AS period_to", "a made bureau")  # fmt: skip
    engine.run(
        "CREATE TABLE work.outcomes_cases AS SELECT check_id || unit_id || month || nth AS "
        "subject_id, check_id, unit_id, kind, month FROM work.tallies, "
        "UNNEST(RANGE(CAST(failed AS BIGINT))) AS t(nth)", "a made bureau")  # fmt: skip
    engine.run(
        "CREATE TABLE work.findings AS SELECT 'cases' AS asset, check_id, subject_id, "
        "subject_id AS case_id, FALSE AS veto_candidate, 1 AS defects FROM work.outcomes_cases",
        "a made bureau")  # fmt: skip
