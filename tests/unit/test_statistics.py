"""Intervals: published values, the exact definition, and how often they hold the truth."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from workbench.statistics import clopper_pearson, clopper_pearson_arrays, wilson


def tail(n: int, share: float, failed: range) -> float:
    return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in failed)


# The first four: Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 5 (exact).
# The fifth: the example of R's help page of binom.test.
@pytest.mark.parametrize(
    ("failed", "n", "level", "low", "high"),
    [
        (81, 263, 0.95, 0.2527, 0.3676),
        (15, 148, 0.95, 0.0578, 0.1617),
        (0, 20, 0.95, 0.0, 0.1684),
        (1, 29, 0.95, 0.0009, 0.1776),
        (682, 925, 0.95, 0.7077, 0.7654),
    ],
)
def test_published_exact_values(failed: int, n: int, level: float, low: float, high: float) -> None:
    assert clopper_pearson(failed, n, level) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize("n", [1, 2, 7, 30])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_ends_are_where_the_tails_are_half_of_the_rest(n: int, level: float) -> None:
    """The definition itself: at each end the tail beyond has (1 - level) / 2."""
    for failed in range(n + 1):
        low, high = clopper_pearson(failed, n, level)
        if failed:
            assert tail(n, low, range(failed, n + 1)) == pytest.approx((1 - level) / 2)
        if failed < n:
            assert tail(n, high, range(failed + 1)) == pytest.approx((1 - level) / 2)


def test_the_exact_interval_always_holds_the_truth_often_enough() -> None:
    n = 25
    ends = [clopper_pearson(failed, n) for failed in range(n + 1)]
    for share in np.linspace(0.01, 0.99, 99):
        held = [k for k, (low, high) in enumerate(ends) if low <= share <= high]
        assert sum(tail(n, share, range(k, k + 1)) for k in held) >= 0.95


def test_arrays_equal_one_by_one() -> None:
    n = np.repeat(np.arange(12), 12)
    failed = np.minimum(np.tile(np.arange(12), 12), n)
    low, high = clopper_pearson_arrays(failed, n, 0.9)
    single = [clopper_pearson(int(k), int(m), 0.9) for k, m in zip(failed, n, strict=True)]
    assert list(zip(low, high, strict=True)) == single
    assert not np.isnan(low).any()
    assert not np.isnan(high).any()


# Newcombe, Statistics in Medicine 17 (1998) 857, table I: method 3 (score) of the same shares.
@pytest.mark.parametrize(
    ("failed", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_score_values(failed: int, n: int, low: float, high: float) -> None:
    assert wilson(failed, n) == pytest.approx((low, high), abs=5.1e-5)


def test_of_nothing_nothing_is_known() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(7, 7)[1] == 1.0


@pytest.mark.parametrize(("failed", "n", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 95)])
def test_impossible_counts_are_refused(failed: int, n: int, level: float) -> None:
    for interval in (clopper_pearson, wilson):
        with pytest.raises(ValueError, match="expected"):
            interval(failed, n, level)
    with pytest.raises(ValueError, match="expected"):
        clopper_pearson_arrays([failed], [n], level)
