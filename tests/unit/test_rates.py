"""Rates by any cut: counts add up, intervals are the published ones, slips are named."""

from __future__ import annotations

import pytest

from tests.unit.weak_link_world import CHECKS, World
from workbench.statistics import clopper_pearson, wilson, wilson_arrays
from workbench.terms import UsageError
from workbench.weak_links.rates import rates_of

LATE = CHECKS[0]


def test_rates_by_check_unit_and_quarter() -> None:
    engine = World().set(LATE, "U07", 4, months=["2025-04"], waiting=2).engine()
    frame = rates_of(engine, ("check_id", "unit_id"), "quarter", 5, 0.95)
    assert len(frame) == 4 * 20 * 6
    row = frame[(frame.check_id == LATE) & (frame.unit_id == "U07") & (frame.period == "2025-Q2")]
    row = row.iloc[0]
    assert (row.failed, row.n, row.not_yet_due, row.few) == (6, 30, 2, False)
    assert (row.low, row.high) == pytest.approx(clopper_pearson(6, 30))
    assert (row.wilson_low, row.wilson_high) == pytest.approx(wilson(6, 30))


def test_every_cut_adds_up_to_the_same_total() -> None:
    engine = World(kinds=("penalty", "permit")).set(LATE, None, 3).engine()
    total = rates_of(engine, (), None, 5, 0.95).iloc[0]
    for by, period in ((("kind",), "month"), (("unit_id",), "year"), (("asset", "organ_id"), None)):
        frame = rates_of(engine, by, period, 5, 0.95)
        assert (frame.failed.sum(), frame.n.sum()) == (total.failed, total.n)


def test_groups_under_the_minimum_are_few() -> None:
    frame = rates_of(World(n=1).engine(), ("check_id", "unit_id"), "month", 5, 0.95)
    assert frame.few.all()


def test_a_slip_is_named() -> None:
    engine = World().engine()
    with pytest.raises(UsageError, match="unit_id"):
        rates_of(engine, ("unit",), None, 5, 0.95)
    with pytest.raises(UsageError, match="quarter"):
        rates_of(engine, (), "weekly", 5, 0.95)


def test_many_wilson_intervals_are_the_single_ones() -> None:
    pairs = [(0, 0), (0, 7), (7, 7), (3, 11), (54, 100)]
    low, high = wilson_arrays([f for f, _ in pairs], [n for _, n in pairs])
    for at, (failed, n) in enumerate(pairs):
        assert (low[at], high[at]) == pytest.approx(wilson(failed, n), abs=1e-12)
