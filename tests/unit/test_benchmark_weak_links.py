"""What the benchmark of weak links is run on is a bureau in which there is something to find."""

from __future__ import annotations

from pathlib import Path

from workbench.benchmark.weak_links import made_counts
from workbench.engines.duckdb import DuckDBEngine
from workbench.pack import read_pack
from workbench.weak_links import find_weak_links


def test_a_made_bureau_has_months_checks_and_weak_links() -> None:
    engine = DuckDBEngine()
    pack = read_pack(Path(__file__).parents[2] / "expectations" / "hrss")
    made_counts(engine, pack, units=12)
    ((rows, months, checks),) = engine.rows(
        "SELECT COUNT(*), COUNT(DISTINCT month), COUNT(DISTINCT check_id) FROM work.tallies", "test"
    )
    assert (rows, months, checks) == (12 * 60 * len(pack.checks), 60, len(pack.checks))
    said = find_weak_links(engine, pack, {})
    assert 5 <= said["families"]["unit"]["flagged"] <= 20  # of 1,200 cells one in a hundred
