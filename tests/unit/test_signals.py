"""Tails, dispersion, discoveries, charts, limits: exact where exact, published where published."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.signals import charts, limits, links
from workbench.signals.discovery import q_values
from workbench.signals.dispersion import Dispersion, learn, log_chance
from workbench.signals.links import find_links
from workbench.signals.rates import shrink
from workbench.signals.tails import log_ways, upper_tail


def rising(x: Fraction, k: int) -> Fraction:
    """x (x + 1) ... (x + k - 1)."""
    product = Fraction(1)
    for step in range(k):
        product *= x + step
    return product


def exact_tail(failed: int, n: int, rate: Fraction, rho: Fraction) -> Fraction:
    """P(X >= failed) in whole numbers."""
    if rho == 0:
        return sum((comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(failed, n + 1)),
                   Fraction(0))  # fmt: skip
    a, b = rate * (1 - rho) / rho, (1 - rate) * (1 - rho) / rho
    return sum((comb(n, k) * rising(a, k) * rising(b, n - k) / rising(a + b, n)
                for k in range(failed, n + 1)), Fraction(0))  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    n=st.integers(0, 40),
    share=st.fractions(0, 1),
    rate=st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=100),
    rho=st.sampled_from([Fraction(0), Fraction(1, 1000), Fraction(1, 50), Fraction(1, 3)]),
)
def test_tails_are_exact(n: int, share: Fraction, rate: Fraction, rho: Fraction) -> None:
    failed = int(share * n)
    found = float(upper_tail(failed, n, float(rate), float(rho)))
    assert found == pytest.approx(float(exact_tail(failed, n, rate, rho)), rel=1e-9, abs=1e-300)


def test_far_tails_keep_their_digits() -> None:
    assert float(upper_tail(400, 1000, 0.1)) == pytest.approx(
        float(exact_tail(400, 1000, Fraction(1, 10), Fraction(0))), rel=1e-9
    )


def test_counts_and_rates_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="failed"):
        upper_tail(3, 2, 0.1)
    with pytest.raises(ValueError, match="rates"):
        upper_tail(1, 2, 1.1)


def test_q_values_are_those_of_the_definition() -> None:
    p = np.array([[0.01, np.nan], [0.04, 0.03]])
    expected = np.array([[0.03, np.nan], [0.04, 0.04]])
    np.testing.assert_allclose(q_values(p), expected)
    assert np.isnan(q_values([np.nan])).all()


def test_dispersion_is_learned_where_it_is_and_not_where_it_is_not() -> None:
    rng = np.random.default_rng(3)
    n = np.full((60, 40), 300)
    chance = rng.binomial(n, 0.1)
    spread = rng.binomial(n, rng.beta(0.1 * 99, 0.9 * 99, n.shape))  # rho = 0.01
    assert learn(chance, n).mean.mean() < 0.0008
    assert learn(spread, n).mean.mean() == pytest.approx(0.01, rel=0.2)


def test_one_really_bad_unit_is_no_overdispersion() -> None:
    rng = np.random.default_rng(4)
    n = np.full((40, 30), 300)
    failed = rng.binomial(n, 0.1)
    failed[5, :3] = 90
    found = find_links(failed, n)
    assert (found.q[5, :3] < 1e-4).all()
    assert found.dispersion.mean[:3].max() < 0.003


def test_cells_under_the_minimum_and_without_others_are_no_question() -> None:
    failed, n = np.array([[1, 3], [9, 0]]), np.array([[4, 5], [50, 0]])
    found = find_links(failed, n, minimum=5)
    assert np.isnan(found.p).tolist() == [[True, True], [False, True]]


def test_without_overdispersion_the_test_is_fishers() -> None:
    """Which keeps its level with any counts: five cases, or none failed elsewhere."""
    failed = np.array([[2, 40], [0, 35], [0, 50], [1, 44]])
    n = np.array([[5, 300], [90, 280], [60, 310], [45, 290]])
    none = Dispersion(np.zeros(1), np.ones((2, 1)), np.zeros(2), np.zeros(2))
    aim, tested = np.full(2, np.nan), np.ones(n.shape, dtype=bool)
    cells, back = links.distinct(failed.astype(float), n.astype(float), aim, tested)
    found = links.chances(cells, none)[back].reshape(n.shape)
    others, bad = n.sum(axis=0) - n, failed.sum(axis=0)
    expected = stats.hypergeom.sf(failed - 1, n + others, bad, n)
    np.testing.assert_allclose(found, np.broadcast_to(expected, n.shape), rtol=1e-9)


def test_each_distinct_question_has_the_answer_of_its_own() -> None:
    """Worked out once a distinct cell, in one pass; the same, cell by cell and value by value."""
    rng = np.random.default_rng(8)
    n = rng.integers(0, 40, (30, 12))
    failed = rng.binomial(n, rng.beta(1, 9, n.shape))
    target = np.where(np.arange(12) % 3 == 0, 0.08, np.nan)
    found = find_links(failed, n, 5, target)
    for unit, check in rng.permutation(np.argwhere(n >= 5))[:60]:
        others = np.delete(n[:, check], unit).astype(float)
        bad = np.delete(failed[:, check], unit).sum()
        near = (failed[:, check].sum() + 0.5) / (n[:, check].sum() + 1)
        p, spread = 0.0, found.dispersion.sigma**2 * near * (1 - near)
        for rho, weight in zip(spread, found.dispersion.weights[check], strict=True):
            worth = others.sum() ** 2 / (others + rho * others * (others - 1)).sum()
            share = bad / others.sum() * worth
            unsure, rate = 1 / (worth + 2), (share + 1) / (worth + 1)
            if not np.isnan(target[check]):
                unsure, rate, rho = 0.0, target[check], 0.0  # nature excuses nobody
            p += weight * float(upper_tail(failed[unit, check], n[unit, check], rate,
                                           rho + unsure - rho * unsure))  # fmt: skip
        assert found.p[unit, check] == pytest.approx(p, rel=2e-2)  # of no weight: left out


def test_a_target_is_the_measure_where_one_is_set() -> None:
    failed, n = np.full((20, 2), 30), np.full((20, 2), 100)
    found = find_links(failed, n, target=[np.nan, 0.1])
    assert (found.p[:, 0] > 0.3).all()
    assert (found.q[:, 1] < 0.01).all()
    assert (found.expected == [30, 10]).all()
    alone = find_links([[30, 3]], [[100, 5]], target=[0.1, np.nan])  # no other unit is needed
    assert np.isnan(alone.p).tolist() == [[False, True]]
    with pytest.raises(ValueError, match="targets"):
        find_links(failed, n, target=1.2)


def test_the_likelihood_is_that_of_scipy() -> None:
    rng = np.random.default_rng(9)
    n = rng.integers(0, 500, (50, 3)).astype(float)
    failed = rng.binomial(n.astype(int), 0.1).astype(float)
    rate = np.array([0.08, 0.1, 0.3])
    ways = log_ways(failed, n)
    for rho in (1e-4, 0.01, 0.3):
        size = (1 - rho) / rho
        found = log_chance(failed, n, ways, rate, np.full(3, rho))
        expected = stats.betabinom.logpmf(failed, n, rate * size, (1 - rate) * size)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    found = log_chance(failed, n, ways, rate, np.zeros(3))
    np.testing.assert_allclose(found, stats.binom.logpmf(failed, n, rate), rtol=1e-9, atol=1e-9)


def test_few_units_do_not_look_more_alike_than_they_are() -> None:
    """Two units lie nearer to their own mean than to the true one: without an adjustment their
    dispersion would come out at half of what it is."""
    rng = np.random.default_rng(10)
    n = np.full((2, 400), 300)
    failed = rng.binomial(n, rng.beta(0.1 * 49, 0.9 * 49, n.shape))  # rho = 0.02
    assert learn(failed, n).mean.mean() == pytest.approx(0.02, rel=0.25)


@pytest.mark.parametrize("units", [5, 10, 40])
def test_one_weak_unit_in_every_check_is_no_overdispersion(units: int) -> None:
    """Each check of a bureau has its weak unit, of few: the others are still alike."""
    rng = np.random.default_rng(11)
    n = np.full((units, 30), 200)
    weak = np.zeros(n.shape, dtype=bool)
    weak[rng.integers(0, units, 30), np.arange(30)] = True
    found = find_links(rng.binomial(n, np.where(weak, 0.4, 0.1)), n)
    assert (found.q <= 0.05)[weak].mean() > 0.9
    assert (found.q <= 0.05)[~weak].sum() <= 2
    assert found.dispersion.mean.mean() < 0.004
    assert (found.dispersion.stray > 1 / units / 2).all()


def test_rare_failures_are_found_in_a_small_bureau() -> None:
    """Natural spread is alike in log odds: what frequent failures allow is too much for rare ones.
    Twelve units, checks that fail 0.4 % to 10 %: 9 of 89 where the others have 0.4 % is no chance.
    """
    rng = np.random.default_rng(12)
    n = np.full((12, 60), 89)
    failed = rng.binomial(n, np.geomspace(0.004, 0.1, 60))
    failed[3, 0] = 9
    assert find_links(failed, n).q[3, 0] <= 0.05


def test_nothing_overflows_where_nothing_varies() -> None:
    n = np.full((40, 5), 100)
    failed = np.zeros_like(n)
    failed[:, 1], failed[0, 2], failed[1:, 3], failed[0, 4] = 100, 1, 100, 100
    found = find_links(failed, n)
    assert not np.isnan(found.p).any()
    assert not np.isnan(shrink(failed, n, found.dispersion).rate).any()
    assert np.argwhere(found.q <= 0.05).tolist() == [[0, 4]]


def test_a_unit_with_nearly_all_cases_does_not_set_the_rate_of_all() -> None:
    n = np.full((40, 1), 50)
    n[0] = 100_000
    failed = n // 10
    failed[0] = 30_000
    assert learn(failed, n).rate == pytest.approx(0.1, rel=1e-3)


def test_shrinking_takes_noise_and_leaves_faults() -> None:
    rng = np.random.default_rng(5)
    n = np.full((40, 20), 300)
    n[:, 0] = 6
    failed = rng.binomial(n, 0.1)
    failed[0, 0], failed[1, 1] = 3, 120
    found = shrink(failed, n, learn(failed, n))
    assert found.rate[0, 0] < 0.25  # three of six
    assert found.rate[1, 1] == pytest.approx(0.4, abs=0.01)
    assert found.unlike[1, 1] > 0.999
    expected = np.full(n.shape, 30.0)
    assert found.excess(n, expected)[1, 1] == pytest.approx(90, abs=2)
    assert (found.excess(n, expected) >= 0).all()


# Lucas and Saccucci (1990), Technometrics 32:1, as in Montgomery, Introduction to Statistical
# Quality Control, table "Average run lengths for several EWMA control schemes".
LUCAS = {
    (0.40, 3.054): {0.0: 500, 0.5: 71.2, 1.0: 14.3, 2.0: 3.5},
    (0.25, 2.998): {0.0: 500, 0.5: 48.2, 1.0: 11.1, 2.0: 3.6},
    (0.20, 2.962): {0.0: 500, 0.5: 41.8, 1.0: 10.5, 2.0: 3.7},
    (0.10, 2.814): {0.0: 500, 0.5: 31.3, 1.0: 10.3, 2.0: 4.4},
    (0.05, 2.615): {0.0: 500, 0.5: 28.8, 1.0: 11.4, 2.0: 5.2},
}


@pytest.mark.parametrize("scheme", LUCAS)
def test_run_lengths_of_ewma_charts_are_the_published_ones(scheme: tuple[float, float]) -> None:
    for shift, published in LUCAS[scheme].items():
        found = charts.run_length(shift, *scheme)
        assert found == pytest.approx(published, rel=0.02 if shift == 0 else 0.01, abs=0.06)


# Montgomery's frozen orange juice cans: thirty samples of fifty.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9,
        12, 7, 13, 9, 6]  # fmt: skip


def test_the_p_chart_is_montgomerys() -> None:
    chart = charts.p_chart(CANS, [50] * 30)
    assert chart.centre[0] == pytest.approx(0.2313, abs=5e-5)
    assert (chart.low[0], chart.high[0]) == pytest.approx((0.0524, 0.4102), abs=1e-4)
    assert [at + 1 for at in np.flatnonzero(chart.signal == 1)] == [15, 23]


def test_months_without_cases_signal_nothing() -> None:
    chart = charts.p_chart([0, 5], [0, 50], 0.1)
    assert np.isnan(chart.value[0])
    assert chart.signal.tolist() == [0, 0]
    assert charts.ewma_chart([0, 5], [0, 50], 0.1).signal.tolist() == [0, 0]


def test_an_even_bureau_has_no_overdispersion_and_its_funnel_narrows() -> None:
    rng = np.random.default_rng(6)
    n = rng.integers(50, 500, 200)
    calm = limits.winsorised(rng.binomial(n, 0.1), n, 0.1)
    wild = limits.winsorised(rng.binomial(n, rng.beta(2, 18, 200)), n, 0.1)
    assert calm.tau2 == 0
    assert wild.phi > 2
    assert wild.tau2 > 0
    narrow, wide = limits.funnel(0.1, 400, 0.0, 0.95), limits.funnel(0.1, 50, 0.0, 0.95)
    assert wide[0] < narrow[0] < 0.1 < narrow[1] < wide[1]
    assert limits.winsorised([3], [10], 0.1).tau2 == 0


# The thirteen trials of BCG vaccine (Colditz et al. 1994, JAMA 271:698): cases and others, treated
# and not. Viechtbauer (2010), J Stat Softw 36:3, analyses their log risk ratios.
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]  # fmt: skip


def test_the_variance_between_units_is_the_published_one() -> None:
    """Q = 152.23 and tau squared = 0.3088 by DerSimonian and Laird, as published for these data."""
    a, b, c, d = np.array(BCG, dtype=float).T
    effect = np.log(a / (a + b)) - np.log(c / (c + d))
    weight = 1 / (1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    mean = (weight * effect).sum() / weight.sum()
    squares = float((weight * (effect - mean) ** 2).sum())
    assert squares == pytest.approx(152.233, abs=5e-4)
    assert limits.between_units(squares, weight) == pytest.approx(0.3088, abs=5e-5)


# Boys among the first twelve children of 6,115 families in Saxony 1876-1885 (Geissler 1889), with
# the beta-binomial fitted by maximum likelihood (Lindsey and Altham 1998, J R Stat Soc C 47:149;
# Sokal and Rohlf, Biometry): alpha 34.096, beta 31.572, and the families it expects.
FAMILIES = [3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7]
EXPECTED = [2.3, 22.6, 104.8, 310.9, 655.7, 1036.2, 1257.9, 1182.1, 853.6, 461.9, 177.9, 43.8, 5.2]
ALPHA, BETA = 34.09558, 31.5715


def test_tails_are_those_of_the_families_of_saxony() -> None:
    k = np.arange(13)
    tail = upper_tail(k, 12, ALPHA / (ALPHA + BETA), 1 / (ALPHA + BETA + 1))
    found = 6115 * -np.diff(np.append(tail, 0.0))
    np.testing.assert_allclose(found, EXPECTED, atol=0.06)


def test_overdispersion_is_that_of_the_families_of_saxony() -> None:
    boys = np.repeat(np.arange(13), FAMILIES)[:, None]
    found = learn(boys, np.full_like(boys, 12))
    assert found.rate[0] == pytest.approx(ALPHA / (ALPHA + BETA), abs=5e-4)
    # The nearest values of sigma on the grid are a fifth off on either side.
    assert found.mean[0] == pytest.approx(1 / (ALPHA + BETA + 1), rel=0.2)
