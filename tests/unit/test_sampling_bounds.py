"""Bounds hold: over every population and every sample there is, they miss no more than promised."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb
from typing import Any

import pandas as pd
import pytest

from tests.unit.duels import designs
from workbench.sampling import hypergeometric
from workbench.sampling.conclusion import conclude
from workbench.sampling.drawing import inclusion
from workbench.sampling.estimates import (
    BINOMIAL,
    EXACT,
    POOLED,
    TAILS,
    Estimate,
    Stratum,
    estimate,
)
from workbench.terms import UsageError

SLACK = 1e-9


def chance_of(found: int, sample: int, bad: int, size: int) -> Fraction:
    """P(so many of the sample deviate), by counting."""
    if found > bad or sample - found > size - bad:
        return Fraction(0)
    return Fraction(comb(bad, found) * comb(size - bad, sample - found), comb(size, sample))


@pytest.mark.parametrize(("size", "sample"), [(1, 1), (7, 3), (20, 5), (20, 20), (60, 13)])
def test_the_running_sum_is_the_hypergeometric_tail(size: int, sample: int) -> None:
    for found in range(sample + 1):
        exact = [
            float(sum(chance_of(x, sample, bad, size) for x in range(found + 1)))
            for bad in range(size + 1)
        ]
        assert hypergeometric.at_most(found, sample, size) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("confidence", [0.9, 0.95])
@pytest.mark.parametrize(("size", "sample"), [(8, 3), (25, 10), (60, 20)])
def test_simple_draws_hold(size: int, sample: int, confidence: float) -> None:
    told = [
        estimate([Stratum(Fraction(sample, size), size, sample, x, sample - x)], confidence)
        for x in range(sample + 1)
    ]
    assert {one.method for one in told} == {EXACT}
    for bad in range(size + 1):
        rate = bad / size
        chances = [chance_of(x, sample, bad, size) for x in range(sample + 1)]
        held(told, chances, rate, confidence)


def held(
    told: list[Estimate], chances: list[Fraction], rate: float, confidence: float
) -> tuple[float, float]:
    """Both bounds hold the true rate with the confidence promised; how often they do."""
    below = float(sum(p for one, p in zip(told, chances, strict=True) if rate <= one.upper + SLACK))
    inside = float(sum(
        p for one, p in zip(told, chances, strict=True)
        if one.low - SLACK <= rate <= one.high + SLACK
    ))  # fmt: skip
    assert below >= confidence - SLACK
    assert inside >= confidence - SLACK
    return below, inside


@pytest.mark.parametrize(
    ("sizes", "samples", "method"),
    [
        ((20, 20), (5, 5), POOLED),
        ((20, 12), (5, 3), POOLED),
        ((12, 8, 8), (3, 2, 2), POOLED),
        ((20, 10), (3, 5), TAILS),
        ((10, 6), (5, 6), TAILS),
        ((12, 8), (4, 0), TAILS),
    ],
)
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_stratified_draws_hold(
    sizes: tuple[int, ...], samples: tuple[int, ...], method: str, confidence: float
) -> None:
    """Every number of deviating cases in every stratum, every sample."""
    outcomes = list(product(*(range(n + 1) for n in samples)))
    told = [
        estimate(
            [Stratum(Fraction(n, size), size, n, x, n - x)
             for size, n, x in zip(sizes, samples, found, strict=True)],
            confidence,
        )
        for found in outcomes
    ]  # fmt: skip
    assert {one.method for one in told} == {method}
    for bad in product(*(range(0, size + 1, 2) for size in sizes)):
        chances = [
            product_of(
                chance_of(x, n, b, size)
                for x, n, b, size in zip(found, samples, bad, sizes, strict=True)
            )
            for found in outcomes
        ]
        held(told, chances, sum(bad) / sum(sizes), confidence)


def product_of(parts: object) -> Fraction:
    whole = Fraction(1)
    for part in parts:  # type: ignore[attr-defined]
        whole *= part
    return whole


@pytest.mark.parametrize("applies", [(12, 8), (5, 8), (1, 7)])
def test_where_a_question_applies_to_some_cases_the_bounds_hold(applies: tuple[int, int]) -> None:
    """Automatic checks: known for how many cases of a stratum they are decided."""
    sizes, samples = (16, 12), (4, 3)

    @cache
    def told(x: tuple[int, int], decided: tuple[int, int]) -> Estimate:
        return estimate(
            [Stratum(Fraction(n, size), of, n, f, d - f, n - d) for size, n, of, f, d in
             zip(sizes, samples, applies, x, decided, strict=True)],
            0.9, known=True,
        )  # fmt: skip

    for bad in product(*(range(of + 1) for of in applies)):
        below = inside = Fraction(0)
        rate = sum(bad) / sum(applies)
        for decided in product(*(range(n + 1) for n in samples)):
            for x in product(*(range(d + 1) for d in decided)):
                chance = product_of(
                    chance_of(d, n, of, size) * chance_of(f, d, b, of)
                    for size, n, of, b, f, d in
                    zip(sizes, samples, applies, bad, x, decided, strict=True)
                )  # fmt: skip
                if chance:
                    one = told(x, decided)
                    below += chance * (rate <= one.upper + SLACK)
                    inside += chance * (one.low - SLACK <= rate <= one.high + SLACK)
        assert float(below) >= 0.9 - SLACK
        assert float(inside) >= 0.9 - SLACK


def test_where_nobody_knows_how_many_it_applies_to_the_bounds_hold() -> None:
    """A criterion that reviewers find not applicable to some: 10 of 16 and 6 of 12 it is."""
    sizes, samples, applies = (16, 12), (5, 4), (10, 6)
    for one_stratum in (True, False):
        strata = 1 if one_stratum else 2
        for bad in product(*(range(of + 1) for of in applies[:strata])):
            rate = sum(bad) / sum(applies[:strata])
            below = inside = Fraction(0)
            for decided in product(*(range(n + 1) for n in samples[:strata])):
                for x in product(*(range(d + 1) for d in decided)):
                    rows = list(zip(sizes, samples, applies, bad, x, decided, strict=False))
                    chance = product_of(
                        chance_of(d, n, of, size) * chance_of(f, d, b, of)
                        for size, n, of, b, f, d in rows
                    )
                    if not chance:
                        continue
                    if all(d == n for _, n, _, _, _, d in rows):
                        continue  # then it speaks of all cases, not of those it applies to
                    told = unknown(tuple((s, n, f, d) for s, n, _, _, f, d in rows))
                    assert told.method in (BINOMIAL, POOLED, TAILS)
                    assert told.cases is None
                    below += chance * (rate <= told.upper + SLACK)
                    inside += chance * (told.low - SLACK <= rate <= told.high + SLACK)
            everything = Fraction(1) - product_of(
                chance_of(n, n, of, size)
                for size, n, of in zip(sizes, samples, applies[:strata], strict=False)
            )
            assert float(below) >= float(everything) - 0.1
            assert float(inside) >= float(everything) - 0.1


@cache
def unknown(rows: tuple[tuple[int, int, int, int], ...]) -> Estimate:
    return estimate(
        [Stratum(Fraction(n, size), size, n, f, d - f, n - d) for size, n, f, d in rows], 0.9
    )


@pytest.mark.parametrize(("risks", "count"), [
    ((1, 1, 2, 2, 3, 5, 8), 3), ((1, 1, 1, 1, 1, 20), 2), ((1, 4, 4, 4, 4, 4), 4),
])  # fmt: skip
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_draws_by_risk_hold(risks: tuple[int, ...], count: int, confidence: float) -> None:
    """Every population of so many cases, every outcome of the draw with its exact probability."""
    chances = inclusion({f"c{n}": r for n, r in enumerate(risks)}, count)
    drawn = list(designs(chances))
    for deviating in product((False, True), repeat=len(risks)):
        bad = {f"c{n}" for n, one in enumerate(deviating) if one}
        told = [by_risk(chances, chosen, bad, confidence) for chosen, _ in drawn]
        held(told, [p for _, p in drawn], len(bad) / len(risks), confidence)


def by_risk(
    chances: dict[str, Fraction], chosen: set[str], bad: set[str], confidence: float
) -> Estimate:
    groups = sorted(set(chances.values()))
    strata = []
    for p in groups:
        alike = {c for c, chance in chances.items() if chance == p}
        seen = alike & chosen
        strata.append(Stratum(p, len(alike), len(seen), len(seen & bad), len(seen - bad)))
    return estimate(strata, confidence, by_risk=True)


def test_what_is_not_reviewed_counts_against_us() -> None:
    whole = estimate([Stratum(Fraction(1, 20), 2000, 100, 2, 98)])
    part = estimate([Stratum(Fraction(1, 20), 2000, 100, 2, 90, missing=8)])
    all_bad = estimate([Stratum(Fraction(1, 20), 2000, 100, 10, 90)])
    assert part.upper == all_bad.upper > whole.upper
    assert part.low == whole.low
    assert part.missing == 8


def test_all_reviewed_is_known_for_sure() -> None:
    told = estimate([Stratum(Fraction(1), 40, 40, 3, 37), Stratum(Fraction(1), 10, 10, 0, 10)])
    assert (told.low, told.rate, told.high, told.upper) == (0.06, 0.06, 0.06, 0.06)


def test_strata_count_by_their_weights() -> None:
    """10 % of 900 and 50 % of 100 reviewed; the share of the reviewed would be 40 of 140."""
    strata = [Stratum(Fraction(1, 10), 900, 90, 0, 90), Stratum(Fraction(1, 2), 100, 50, 40, 10)]
    assert estimate(strata).rate == pytest.approx(0.08)


def test_a_stratum_that_gave_nothing_is_not_spoken_of() -> None:
    strata = [Stratum(Fraction(1, 10), 900, 90, 0, 90), Stratum(Fraction(0), 100, 0, 0, 0)]
    told = estimate(strata)
    assert told.unseen == 100
    assert told.rate == 0
    assert told.upper > 0.1


def test_nothing_reviewed_says_nothing() -> None:
    told = estimate([Stratum(Fraction(1, 10), 100, 10, 0, 0, undecided=10)])
    assert (told.rate, told.low, told.upper) == (None, 0.0, 1.0)


@pytest.mark.parametrize("confidence", [0.5, 1, 95])
def test_a_confidence_that_is_none_is_a_sentence(confidence: float) -> None:
    with pytest.raises(UsageError, match=r"between 0.5 and 1"):
        estimate([Stratum(Fraction(1, 10), 100, 10, 0, 10)], confidence)


def _drawn(cases: int) -> dict[str, Any]:
    return {
        "draw": [{"case_id": f"c{n}", "stratum": "", "inclusion": "1/10"} for n in range(cases)],
        "strata": [{"stratum": "", "inclusion": "1/10", "cases": cases * 10}],
        "population": {"cases": cases * 10},
    }


class _Plan:
    confidence, tolerable, risk = "0.95", None, None


def test_a_pandas_column_is_understood_and_an_odd_value_refused() -> None:
    ids = [f"c{n}" for n in range(60)]
    plain = conclude(_drawn(60), _Plan(), {c: n < 5 for n, c in enumerate(ids)})  # type: ignore[arg-type]
    column = pd.Series([n < 5 for n in range(60)], index=ids)
    for given in (column, column.astype("boolean"), column.astype(object), dict(column)):
        assert conclude(_drawn(60), _Plan(), given).estimate == plain.estimate  # type: ignore[arg-type]
    gaps = column.astype(object)
    gaps.iloc[57:] = [None, float("nan"), pd.NA]
    found = conclude(_drawn(60), _Plan(), gaps).estimate  # type: ignore[arg-type]
    assert (found.found, found.decided, found.undecided) == (5, 57, 3)
    for odd in (column.astype(int), column.astype(str), {"c0": "missing"}, {"c0": 1.0}):
        with pytest.raises(UsageError, match="neither true, false nor empty"):
            conclude(_drawn(60), _Plan(), odd)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="several outcomes"):
        conclude(_drawn(60), _Plan(), pd.Series([True, False], index=["c0", "c0"]))  # type: ignore[arg-type]
