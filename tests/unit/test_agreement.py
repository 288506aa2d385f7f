"""Agreement of reviewers: the figures of the literature, and what any coefficient must keep."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.agreement import (
    alpha_of_points,
    brennan_prediger,
    cohen,
    fleiss,
    gwet,
    krippendorff,
    percent,
    ratings,
)
from workbench.coefficient import Coefficient
from workbench.intraclass import intraclass
from workbench.terms import UsageError

_ = np.nan
# Krippendorff's example of four raters and twelve units, with gaps.
STANDARD = np.array([[1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
                     [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _]]).T  # fmt: skip  # noqa: E501
# Shrout & Fleiss 1979, table 2: six targets, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


ALPHAS = [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]


@pytest.mark.parametrize(("scale", "value"), ALPHAS)
def test_krippendorffs_own_example(scale: str, value: float) -> None:
    assert krippendorff(ratings(STANDARD), scale).value == pytest.approx(value, abs=5e-4)  # type: ignore[arg-type]


def test_gwets_coefficients_of_the_same_example() -> None:
    assert gwet(ratings(STANDARD)).value == pytest.approx(0.77544, abs=5e-6)
    assert fleiss(ratings(STANDARD)).value == pytest.approx(0.76117, abs=5e-6)
    assert brennan_prediger(ratings(STANDARD)).value == pytest.approx(0.77273, abs=5e-6)


def test_congers_kappa_with_gaps() -> None:
    """Gwet prints the table with the only rating of unit 12 from rater 3, where Krippendorff has
    rater 2. Of all coefficients only Conger's asks who rated, so only its value differs."""
    printed = STANDARD.copy()
    printed[11] = [_, _, 3, _]
    assert cohen(ratings(printed)).value == pytest.approx(0.76282, abs=5e-6)
    assert cohen(ratings(STANDARD)).value == pytest.approx(0.76207, abs=5e-6)
    for measure in (gwet, fleiss, krippendorff, brennan_prediger):
        assert measure(ratings(printed)) == measure(ratings(STANDARD))


# Fleiss 1971, table 1: how many of six psychiatrists gave each of 30 patients each diagnosis
# (depression, personality disorder, schizophrenia, neurosis, other).
FLEISS = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006
10050 11040 03300 10050 02031 00501 30012 51000 02040 10203
00006 01050 02013 20040 10041 05010 40002 02040 10500 00006""".split()


def _rated(counts: list[str]) -> list[list[int]]:
    return [[kind for kind, n in enumerate(row) for _ in range(int(n))] for row in counts]


def test_the_table_of_fleiss_1971() -> None:
    assert fleiss(ratings(_rated(FLEISS))).value == pytest.approx(0.430, abs=5e-4)
    first = ratings(_rated(FLEISS[:15]))
    assert fleiss(first).value == pytest.approx(0.4139265, abs=5e-8)
    assert gwet(first).value == pytest.approx(0.4448007, abs=5e-8)
    assert krippendorff(first).value == pytest.approx(0.4204384, abs=5e-8)
    assert brennan_prediger(first).value == pytest.approx(0.4388889, abs=5e-8)


PUBLISHED = [
    (cohen, 0.7964094, 0.05891072), (fleiss, 0.7962397, 0.05905473), (gwet, 0.8493305, 0.04321747),
    (brennan_prediger, 0.835, 0.04693346), (percent, 0.89, 0.03128898),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "value", "error"), PUBLISHED)
def test_two_abstractors_of_pregnancies(
    measure: Callable[..., Coefficient], value: float, error: float
) -> None:
    """Gwet's Handbook, ectopic pregnancies: values and standard errors. The error of two raters is
    printed with n under the fraction where ours has n - 1."""
    cells = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    found = measure(
        ratings([[i, j] for i in range(3) for j in range(3) for _ in range(cells[i][j])])
    )
    assert found.value == pytest.approx(value, abs=5e-8)
    assert found.error * 0.99**0.5 == pytest.approx(error, abs=2e-8)  # type: ignore[operator]


def test_cohens_kappa_and_its_standard_error() -> None:
    """The variance of Fleiss, Cohen and Everitt 1969, written out for two readers."""
    cells = np.array([[20, 5], [10, 15]]) / 50
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    chance, kappa = float(rows @ columns), 0.4
    same = sum(cells[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(2))
    off = sum(cells[i, 1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in range(2))
    variance = same + (1 - kappa) ** 2 * off - (kappa - chance * (1 - kappa)) ** 2
    error = (variance / 50) ** 0.5 / (1 - chance)
    table = [[1, 1]] * 20 + [[1, 2]] * 5 + [[2, 1]] * 10 + [[2, 2]] * 15
    found = cohen(ratings(table))
    assert found.value == pytest.approx(kappa)
    assert (found.high - found.value) / 1.96 == pytest.approx(error, rel=0.02)  # type: ignore[operator]
    assert percent(ratings(table)).value == pytest.approx(0.7)


def test_many_points_are_as_exact_as_few() -> None:
    """Whole scores have many values: the alpha of few values must not change with the way."""
    random = np.random.default_rng(3)
    truth = random.integers(0, 90, 2_000)
    table = np.column_stack([truth + random.integers(0, 8, 2_000) for _rater in range(2)])
    several = krippendorff(ratings(table), "interval")
    both = table.astype(float).ravel()
    expected = 1 - float(((table[:, 0] - table[:, 1]) ** 2).mean()) / (2 * both.var(ddof=1))
    assert several.value == pytest.approx(expected, abs=1e-9)
    assert krippendorff(ratings(table), "ordinal").value == pytest.approx(expected, abs=0.05)


def test_points_need_not_be_counted_to_be_compared() -> None:
    random = np.random.default_rng(5)
    table = random.normal(80, 9, (40, 3)).round(1)
    table[random.random((40, 3)) < 0.2] = _
    by_hand = [abs(a - b) ** 2 for row in table for a, b in _both(row)]
    weights = [1 / (len(_there(row)) - 1) for row in table for _pair in _both(row)]
    kept = np.concatenate([_there(row) for row in table if len(_there(row)) > 1])
    expected = 1 - np.dot(by_hand, weights) / len(kept) / (2 * kept.var(ddof=1))
    assert alpha_of_points(table).value == pytest.approx(expected, abs=1e-12)
    assert krippendorff(ratings(table), "interval") == alpha_of_points(table)


def _there(row: np.ndarray) -> np.ndarray:
    return row[~np.isnan(row)]


def _both(row: np.ndarray) -> list[tuple[float, float]]:
    return list(permutations(_there(row), 2))


def test_intraclass_correlations_of_shrout_and_fleiss() -> None:
    single, mean = intraclass(JUDGES)
    assert (single.value, mean.value) == (
        pytest.approx(0.29, abs=5e-3),
        pytest.approx(0.62, abs=5e-3),
    )
    assert (single.low, single.high) == (
        pytest.approx(0.019, abs=5e-4),
        pytest.approx(0.761, abs=5e-4),
    )


def test_intraclass_correlations_of_eight_wines() -> None:
    """Four judges of eight wines, an example of textbooks: 0.728 (0.43 to 0.93), of the mean of all
    four judges 0.914 (0.75 to 0.98)."""
    judges = ["11366789", "23845579", "03135679", "12436298"]
    single, mean = intraclass(np.array([[int(n) for n in judge] for judge in judges]).T)
    assert (single.value, mean.value) == (
        pytest.approx(0.728, abs=5e-4),
        pytest.approx(0.914, abs=5e-4),
    )
    assert [round(end, 2) for end in (single.low, single.high)] == [0.43, 0.93]  # type: ignore[arg-type]
    assert [round(end, 2) for end in (mean.low, mean.high)] == [0.75, 0.98]  # type: ignore[arg-type]


TABLES = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, _]), min_size=raters, max_size=raters),
        min_size=2, max_size=12,
    )
)  # fmt: skip


@given(TABLES)
def test_the_order_of_subjects_and_raters_says_nothing(table: list[list[float]]) -> None:
    turned = np.array(table)[::-1, ::-1]
    for measure in (percent, cohen, fleiss, gwet, brennan_prediger, krippendorff):
        one, other = measure(ratings(table)), measure(ratings(turned))
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert one.value == pytest.approx(other.value, abs=1e-9)
            assert one.value <= 1 + 1e-9
            if one.low is not None:
                assert one.low - 1e-9 <= one.value <= one.high + 1e-9  # type: ignore[operator]


@given(st.lists(st.integers(1, 5), min_size=2, max_size=20))
def test_full_agreement_is_one_or_not_defined(values: list[int]) -> None:
    table = ratings([[value, value] for value in values])
    for measure in (cohen, fleiss, gwet, brennan_prediger, krippendorff):
        found = measure(table)
        assert found.value is None if len(set(values)) == 1 else found.value == pytest.approx(1)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Two raters who agree by a known chance: 95 of 100 intervals of AC1 hold its true value."""
    random = np.random.default_rng(7)
    held = 0
    for _try in range(300):
        truth = random.integers(0, 2, 200)
        rated = [np.where(random.random(200) < 0.9, truth, 1 - truth) for _rater in range(2)]
        found = gwet(ratings(np.column_stack(rated)))
        held += found.low <= 2 * 0.82 - 1 <= found.high  # type: ignore[operator]
    assert 0.91 <= held / 300 <= 0.985


def test_many_raters_who_share_few_subjects() -> None:
    """Forty reviewers, two a case: kappa is that of all their pairs, whoever met whom."""
    random = np.random.default_rng(11)
    table = np.full((400, 40), np.nan)
    for row in table:
        truth = random.integers(0, 3)
        for rater in random.choice(40, 2, replace=False):
            row[rater] = truth if random.random() < 0.8 else random.integers(0, 3)
    counts = ratings(table)
    found = cohen(counts)
    assert found.value == pytest.approx(fleiss(counts).value, abs=0.02)  # all rate alike
    assert found.low < found.value < found.high  # type: ignore[operator]


@pytest.mark.parametrize(
    "table",
    [
        [["甲", "乙"]],
        [1, 2, 3],
        [[1, float("inf")]],
    ],
)
def test_what_is_no_table_of_ratings_is_told(table: list[object]) -> None:
    with pytest.raises(UsageError, match="ratings are"):
        ratings(table)  # type: ignore[arg-type]


def test_ratings_that_could_be_given_and_were_not() -> None:
    """Chance is smaller where more could have been said."""
    table = [[1, 1], [1, 2], [2, 2], [2, 2]]
    assert brennan_prediger(ratings(table, [1, 2, 3, 4])).value == pytest.approx(2 / 3)
    assert fleiss(ratings(table, [1, 2, 3])) == fleiss(ratings(table))
    with pytest.raises(UsageError, match="none of those"):
        ratings(table, [1, 3])


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ([[5, 5], [5, 5], [5, 5]], None),  # constant
        ([[1, 2], [1, 2], [1, 2]], 0.0),  # only the raters differ
        ([[1, 2], [2, 1]], None),  # nothing but noise, and too little of it
        ([[1, 1], [2, 2], [3, 3]], 1.0),
        ([[1, 2]], None),
        ([[1, _], [_, 2], [3, _]], None),  # nobody rated all
    ],
)
def test_intraclass_correlations_of_odd_tables(
    table: list[list[float]], value: float | None
) -> None:
    single, mean = intraclass(table)
    assert single.value == (None if value is None else pytest.approx(value))
    assert mean.value is None or value is not None


def test_a_large_level_does_not_hide_that_raters_agree() -> None:
    """Points around a billion: what differs is still seen."""
    single, _mean = intraclass(np.array(JUDGES) + 1e9)
    assert single.value == pytest.approx(intraclass(JUDGES)[0].value, abs=1e-6)
