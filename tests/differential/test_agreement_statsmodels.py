"""Kappas against statsmodels, on generated ratings: equal to the ninth digit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa, to_table

from workbench.agreement import Weighting, brennan_prediger, cohen, fleiss, ratings

WEIGHTS = {"plain": None, "linear": "linear", "quadratic": "quadratic"}


def _tables(raters: st.SearchStrategy[int]) -> st.SearchStrategy[np.ndarray]:
    """Complete tables in which at least two ratings occur."""
    made = raters.flatmap(
        lambda many: st.lists(
            st.lists(st.integers(0, 4), min_size=many, max_size=many), min_size=2, max_size=60
        )
    )
    return made.map(np.array).filter(lambda table: len(np.unique(table)) > 1)


@pytest.mark.parametrize("weighting", ["plain", "linear", "quadratic"])
@given(table=_tables(st.just(2)))
@settings(max_examples=150, deadline=None)
def test_cohens_kappa_and_its_error(weighting: Weighting, table: np.ndarray) -> None:
    cells, _bins = to_table(table, bins=np.arange(-0.5, 5))
    with np.errstate(divide="ignore", invalid="ignore"):  # where a kappa is sure or not defined
        theirs = cohens_kappa(cells, wt=WEIGHTS[weighting])
    ours = cohen(ratings(table, range(5)), weighting)
    if ours.value is None:
        assert np.isnan(theirs.kappa)
        return
    assert ours.value == pytest.approx(float(theirs.kappa), abs=1e-9)
    # statsmodels has the variance of Fleiss, Cohen and Everitt 1969, with n where ours has n - 1.
    size = len(table)
    with_n = ours.error * ((size - 1) / size) ** 0.5  # type: ignore[operator]
    assert with_n**2 == pytest.approx(float(theirs.var_kappa), abs=1e-9)


@given(table=_tables(st.integers(2, 7)))
@settings(max_examples=150, deadline=None)
def test_fleiss_kappa_and_that_of_randolph(table: np.ndarray) -> None:
    counts, _categories = aggregate_raters(table)
    ours = ratings(table)
    assert ours.counts.tolist() == counts.tolist()
    assert fleiss(ours).value == pytest.approx(float(fleiss_kappa(counts, "fleiss")), abs=1e-9)
    randolph = float(fleiss_kappa(counts, "randolph"))
    assert brennan_prediger(ours).value == pytest.approx(randolph, abs=1e-9)


@given(table=_tables(st.integers(3, 6)))
@settings(max_examples=60, deadline=None)
def test_congers_kappa_is_that_of_all_pairs_of_raters(table: np.ndarray) -> None:
    """What agrees and what would by chance, each averaged over the pairs that statsmodels has."""
    seen, chance = [], []
    for one in range(table.shape[1]):
        for other in range(one):
            cells, _bins = to_table(table[:, [one, other]], bins=np.arange(-0.5, 5))
            shares = cells / cells.sum()
            seen.append(np.trace(shares))
            chance.append(shares.sum(axis=0) @ shares.sum(axis=1))
    expected = (np.mean(seen) - np.mean(chance)) / (1 - np.mean(chance))
    assert cohen(ratings(table)).value == pytest.approx(float(expected), abs=1e-9)
