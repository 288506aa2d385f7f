"""Sizes and upper bounds against what auditors have printed.

Source of the figures: American Institute of Certified Public Accountants (AICPA), Audit Guide
"Audit Sampling", appendix A "Attributes Statistical Sampling Tables": A-1 and A-2 (sample sizes at
5 and 10 percent risk of overreliance), A-3 and A-4 (upper limits, rounded up to a tenth of a
percent).
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, comb

import pytest

from workbench.sampling import hypergeometric
from workbench.sampling.estimates import Stratum, estimate
from workbench.sampling.sizes import sample_size
from workbench.statistics import clopper_pearson
from workbench.terms import UsageError

# A-1 (5 percent risk): tolerable rate -> sizes for the expected rates, from the top.
EXPECTED = [0, "0.25", "0.5", "0.75", 1, "1.25", "1.5", "1.75", 2, "2.25", "2.5", "2.75", 3, "3.25",
            "3.5", "3.75", 4]  # fmt: skip
A1 = {
    2: [149, 236, 313, 386, 590, 1030],
    3: [99, 157, 157, 208, 257, 303, 392, 562, 846, 1466],
    4: [74, 117, 117, 117, 156, 156, 192, 227, 294, 390, 513, 722, 1098, 1936],
    5: [59, 93, 93, 93, 93, 124, 124, 153, 181, 208, 234, 286, 361, 458, 624, 877, 1348],
    6: [49, 78, 78, 78, 78, 78, 103, 103, 127, 127, 150, 173, 195, 238, 280, 341, 421],
    7: [42, 66, 66, 66, 66, 66, 66, 88, 88, 88, 109, 109, 129, 148, 167, 185, 221],
    10: [29, 46, 46, 46, 46, 46, 46, 46, 46, 61, 61, 61, 61, 61, 76, 76, 89],
    20: [14] + [22] * 16,
}
# A-2 (10 percent risk), zero and one to four percent expected.
A2 = {
    2: [114], 3: [76, 176], 4: [57, 96, 198], 5: [45, 77, 132, 258], 6: [38, 64, 88, 132, 274],
    8: [28, 48, 48, 65, 98], 10: [22, 38, 38, 52, 65], 20: [11, 18, 18, 18, 18],
}  # fmt: skip
# A-3 (5 percent risk): size -> upper limits in percent for 0, 1, 2, ... deviations.
A3 = {
    20: [14.0], 25: [11.3, 17.7], 30: [9.6, 14.9, 19.6], 40: [7.3, 11.4, 15.0, 18.3],
    50: [5.9, 9.2, 12.1, 14.8, 17.4, 19.9], 60: [4.9, 7.7, 10.2, 12.5, 14.7, 16.8, 18.8],
    80: [3.7, 5.8, 7.7, 9.5, 11.1, 12.7, 14.3, 15.9, 17.4, 18.9],
    100: [3.0, 4.7, 6.2, 7.6, 9.0, 10.3, 11.5, 12.8, 14.0, 15.2, 16.4],
    150: [2.0, 3.2, 4.2, 5.1, 6.0, 6.9, 7.8, 8.6, 9.5, 10.3, 11.1],
    200: [1.5, 2.4, 3.2, 3.9, 4.6, 5.2, 5.9, 6.5, 7.2, 7.8, 8.4],
    500: [0.6, 1.0, 1.3, 1.6, 1.9, 2.1, 2.4, 2.7, 2.9, 3.2, 3.4],
}  # fmt: skip
# A-4 (10 percent risk).
A4 = {
    20: [10.9, 18.1], 25: [8.8, 14.7, 20.0], 60: [3.8, 6.4, 8.7, 10.8, 12.9, 15.0, 16.9, 18.9],
    100: [2.3, 3.9, 5.3, 6.6, 7.9, 9.1, 10.3, 11.5, 12.7, 13.9, 15.0],
    200: [1.2, 2.0, 2.7, 3.4, 4.0, 4.6, 5.3, 5.9, 6.5, 7.1, 7.6],
    500: [0.5, 0.8, 1.1, 1.4, 1.6, 1.9, 2.1, 2.4, 2.6, 2.9, 3.1],
}  # fmt: skip


@pytest.mark.parametrize("tolerable", A1)
def test_sizes_at_five_percent_risk_are_those_printed(tolerable: int) -> None:
    sizes = [
        sample_size("0.95", Fraction(tolerable, 100), Fraction(str(e)) / 100)
        for e, _ in zip(EXPECTED, A1[tolerable], strict=False)
    ]
    assert sizes == A1[tolerable]


@pytest.mark.parametrize("tolerable", A2)
def test_sizes_at_ten_percent_risk_are_those_printed(tolerable: int) -> None:
    sizes = [
        sample_size("0.90", Fraction(tolerable, 100), Fraction(e, 100))
        for e in range(len(A2[tolerable]))
    ]
    assert sizes == A2[tolerable]


@pytest.mark.parametrize(("confidence", "table"), [(0.95, A3), (0.90, A4)])
def test_upper_limits_are_those_printed(confidence: float, table: dict[int, list[float]]) -> None:
    for n, printed in table.items():
        for found, limit in enumerate(printed):
            upper = clopper_pearson(found, n, 2 * confidence - 1)[1]
            assert ceil(upper * 1000) / 10 == limit, (n, found)


def test_in_a_large_population_the_estimate_gives_the_printed_limits() -> None:
    """The tables are for populations without end; of a million files hardly less."""
    for n, found, limit in [(60, 0, 4.9), (100, 2, 6.2), (200, 5, 5.2)]:
        told = estimate([Stratum(Fraction(n, 10**6), 10**6, n, found, n - found)])
        assert ceil(told.upper * 1000) / 10 == limit


@pytest.mark.parametrize("size", [1, 2, 30, 100, 500])
@pytest.mark.parametrize(("tolerable", "expected"), [("0.05", "0"), ("0.1", "0.02"), ("0.2", "0")])
def test_size_of_a_finite_population_is_the_smallest_that_shows_it(
    size: int, tolerable: str, expected: str
) -> None:
    """By whole numbers: the bound after the expected deviations is tolerable, and before it not."""
    found = sample_size("0.95", tolerable, expected, size)

    def shows(n: int) -> bool:
        deviations = -(-Fraction(expected) * n // 1)
        bad = int(Fraction(tolerable) * size) + 1
        ways = sum(comb(bad, x) * comb(size - bad, n - x) for x in range(int(deviations) + 1))
        return 20 * ways <= comb(size, n)

    assert found == next(n for n in range(1, size + 1) if shows(n) or n == size)
    assert found <= size
    if 1 < found < size:
        deviations = int(-(-Fraction(expected) * found // 1))
        assert hypergeometric.most(deviations, found, size, 0.95) / size <= float(tolerable)


def test_a_finite_population_needs_fewer_and_tends_to_the_table() -> None:
    sizes = [sample_size("0.95", "0.05", 0, n) for n in (50, 100, 500, 2000, 100_000)]
    assert sizes == sorted(sizes)
    assert sizes[-1] in (58, 59)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("0.95", "0.05", "0.05"), "not below the tolerable"),
        (("95", "0.05"), "did you mean 0.95?"),
        (("0.95", "5"), "did you mean 0.05?"),
        (("0.95", "five"), "no rate"),
        (("0.95", "0.05", "0.0499999"), "too near"),
    ],
)
def test_a_size_that_cannot_be_is_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("?", r"\?")):
        sample_size(*arguments)
