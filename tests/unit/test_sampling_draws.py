"""Draws: reproducible, with the stated probabilities; allocation and cross-review keep faith."""

from __future__ import annotations

import hashlib
from collections import Counter
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.duels import designs
from workbench.sampling.allocation import allocate, as_told, at_least, each, share
from workbench.sampling.chance import number, ordered
from workbench.sampling.crossing import assign
from workbench.sampling.drawing import by_risk, equal_chance, inclusion
from workbench.terms import UsageError

CASES = [f"A{n}" for n in range(40)]
STRATA = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 60), min_size=1)


def test_a_number_can_be_checked_with_any_sha256() -> None:
    text = "workbench-sample/1\x1f2026\x1forder\x1f99-2025-00012"
    assert number("2026", "order", "99-2025-00012") == int(
        hashlib.sha256(text.encode()).hexdigest(), 16
    )


def test_the_draw_of_a_seed_never_changes() -> None:
    """What is drawn here was drawn in every earlier version of this method."""
    assert equal_chance(CASES, 6, "2026") == ordered("2026", "order", CASES)[:6]
    risks = {case: 1 + at % 5 for at, case in enumerate(CASES)}
    assert equal_chance(CASES, 6, "2026") == FROZEN_EQUAL
    assert by_risk(inclusion(risks, 6), "2026") == FROZEN_RISK


FROZEN_EQUAL = ["A15", "A4", "A36", "A16", "A11", "A1"]
FROZEN_RISK = ["A38", "A24", "A23", "A33", "A29", "A8"]


@given(st.permutations(CASES), st.integers(0, 40), st.integers())
def test_the_order_of_the_rows_does_not_matter(rows: list[str], count: int, seed: int) -> None:
    assert equal_chance(rows, count, str(seed)) == equal_chance(CASES, count, str(seed))
    risks = {case: 1 + int(case[1:]) % 7 for case in rows}
    sorted_risks = {case: risks[case] for case in CASES}
    assert by_risk(inclusion(risks, count), str(seed)) == by_risk(
        inclusion(sorted_risks, count), str(seed)
    )


def test_a_larger_draw_holds_the_smaller_one() -> None:
    assert equal_chance(CASES, 12, "s")[:5] == equal_chance(CASES, 5, "s")


def test_equal_chance_is_equal() -> None:
    """4,000 seeds: each of 40 cases about 500 times, each pair of the first two about 52 times."""
    drawn = [set(equal_chance(CASES, 5, str(seed))) for seed in range(4000)]
    times = Counter(case for one in drawn for case in one)
    expected = 4000 * 5 / 40
    chi_square = sum((times[c] - expected) ** 2 / (expected * (1 - 5 / 40)) for c in CASES)
    assert 12 < chi_square < 80  # 39 degrees of freedom: one in a hundred thousand at either end
    pairs = sum({"A0", "A1"} <= one for one in drawn)
    assert 20 < pairs < 90


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("risks", [(1, 1, 1, 1, 1, 1), (1, 2, 3, 4, 5, 6), (1, 1, 1, 1, 1, 40)])
def test_inclusion_probabilities_are_exactly_those_recorded(
    risks: tuple[int, ...], count: int
) -> None:
    """By all outcomes of all duels, in three orders; the number drawn is always exact."""
    chances = inclusion({f"c{n}": r for n, r in enumerate(risks)}, count)
    assert sum(chances.values()) == count
    for seed in ("1", "2", "3"):
        found: Counter[str] = Counter()
        whole = Fraction(0)
        for chosen, chance in designs(chances, seed):
            assert len(chosen) == count
            whole += chance
            for case in chosen:
                found[case] += chance  # type: ignore[assignment]
        assert whole == 1
        assert dict(found) == {case: p for case, p in chances.items() if p}


def test_cases_drawn_by_risk_are_negatively_correlated() -> None:
    """What the bounds rest on, for every set of cases: all in, and all out (Srinivasan 2001)."""
    chances = inclusion({f"c{n}": r for n, r in enumerate((1, 2, 3, 4, 6))}, 2)
    outcomes = list(designs(chances))
    for size in range(1, 32):
        some = {case for at, case in enumerate(sorted(chances)) if size >> at & 1}
        inside, outside = Fraction(1), Fraction(1)
        for case in some:
            inside, outside = inside * chances[case], outside * (1 - chances[case])
        assert sum(p for chosen, p in outcomes if some <= chosen) <= inside
        assert sum(p for chosen, p in outcomes if not some & chosen) <= outside


def test_the_estimate_by_risk_is_unbiased() -> None:
    """Horvitz-Thompson over all outcomes gives the number that deviate, whichever do."""
    chances = inclusion({f"c{n}": r for n, r in enumerate((1, 2, 3, 4, 6))}, 3)
    outcomes = list(designs(chances))
    for deviating in product((0, 1), repeat=5):
        bad = {f"c{n}" for n, one in enumerate(deviating) if one}
        expected = sum(
            (
                p * sum((1 / chances[c] for c in chosen & bad), Fraction(0))
                for chosen, p in outcomes
            ),
            Fraction(0),
        )
        assert expected == len(bad)


@given(STRATA, st.sampled_from(["proportional", "equal"]), st.integers(0, 8), st.data())
def test_allocation_keeps_sum_minima_and_limits(
    strata: dict[str, int], kind: str, minimum: int, data: st.DataObject
) -> None:
    least = sum(min(minimum, size) for size in strata.values())
    total = data.draw(st.integers(least, sum(strata.values())))
    found = allocate(strata, total, kind, minimum)
    assert list(found) == list(strata)
    assert sum(found.values()) == total
    assert all(min(minimum, strata[n]) <= found[n] <= strata[n] for n in strata)
    assert found == {
        n: allocate(dict(reversed(strata.items())), total, kind, minimum)[n] for n in strata
    }


@given(STRATA, st.data())
def test_proportional_is_within_one_of_the_proportion(
    strata: dict[str, int], data: st.DataObject
) -> None:
    cases = sum(strata.values())
    total = data.draw(st.integers(0, cases))
    for name, count in allocate(strata, total, "proportional").items():
        assert abs(count - Fraction(total * strata[name], cases)) < 1


@given(STRATA, st.integers(1, 100), st.integers(0, 8))
def test_each_gives_every_stratum_its_percentage_and_its_minimum(
    strata: dict[str, int], percent: int, minimum: int
) -> None:
    for name, count in each(strata, share(percent), None, minimum).items():
        assert count == min(strata[name], max(minimum, -(-percent * strata[name] // 100)))


def test_ten_percent_of_seventy_is_seven() -> None:
    """In binary fractions it would be a little more, and rounding up would draw an eighth."""
    assert at_least(share("10"), 70) == 7
    assert at_least(share(10), 71) == 8


def test_counts_by_stratum_name_what_is_empty() -> None:
    assert as_told({"a": 3, "b": 2}, {"b": 2}) == {"a": 0, "b": 2}
    with pytest.raises(UsageError, match=r"'aa' is empty.*did you mean 'a'"):
        as_told({"a": 3}, {"aa": 1})
    with pytest.raises(UsageError, match="has 3 cases; 4 cannot"):
        as_told({"a": 3}, {"a": 4})


UNITS = st.sampled_from(["u1", "u2", "u3", "u4"])


@given(
    st.lists(UNITS, max_size=40), st.lists(UNITS, min_size=3, max_size=9), st.integers(1, 2),
    st.booleans(), st.integers(),
)  # fmt: skip
def test_nobody_reviews_the_own_unit_and_loads_are_even(
    units: list[str], of: list[str], each_file: int, apart: bool, seed: int
) -> None:
    files = {f"A{n}": unit for n, unit in enumerate(units)}
    reviewers = {f"r{n}": unit for n, unit in enumerate(of)}
    able = [{unit for unit in of if unit != own} if apart else [u for u in of if u != own]
            for own in units]  # fmt: skip
    if any(len(others) < each_file for others in able):
        with pytest.raises(UsageError, match="from elsewhere"):
            assign(files, reviewers, str(seed), each_file, apart)
        return
    found = assign(files, reviewers, str(seed), each_file, apart)
    assert found.keys() == files.keys()
    for file, who in found.items():
        assert len(set(who)) == each_file
        assert all(reviewers[r] != files[file] for r in who)
        assert not apart or len({reviewers[r] for r in who}) == each_file
    if each_file == 1 and files:
        assert max(loads(found, reviewers)) == least_possible(files, reviewers)


def loads(found: dict[str, tuple[str, ...]], reviewers: dict[str, str]) -> list[int]:
    given_to = Counter(r for who in found.values() for r in who)
    return [given_to[r] for r in reviewers]


def least_possible(files: dict[str, str], reviewers: dict[str, str]) -> int:
    """Hall: a unit's files among those of other units, and all files among all."""
    of_unit, here = Counter(files.values()), Counter(reviewers.values())
    needed = [-(-n // (len(reviewers) - here[unit])) for unit, n in of_unit.items()]
    return max(-(-len(files) // len(reviewers)), *needed)


def test_even_where_the_units_are_even() -> None:
    files = {f"A{n}": f"u{n % 3}" for n in range(60)}
    found = assign(files, {"x": "u0", "y": "u1", "z": "u2"}, "7")
    assert loads(found, {"x": "", "y": "", "z": ""}) == [20, 20, 20]
    assert found == assign(dict(reversed(files.items())), {"z": "u2", "y": "u1", "x": "u0"}, "7")
