"""How many cases to draw, so that few deviations let one conclude something.

Attribute sampling as auditors know it: the smallest n for which, if the sample shows the expected
rate of deviations (rounded up to whole cases), the exact upper bound of the deviation rate does not
exceed the tolerable rate at the stated confidence. Exact binomial; for a finite population exact
hypergeometric. Checked against the tables of the AICPA Audit Guide "Audit Sampling", appendix A
(tests/unit/test_sampling_tables.py).
"""

from __future__ import annotations

from fractions import Fraction

from workbench.sampling.allocation import at_least
from workbench.terms import UsageError

MOST = 1_000_000


def rate(value: object, what: str) -> Fraction:
    """A rate from 0 up to 1, exactly as it was written; raises `UsageError` for anything else.

    >>> rate(0.05, "tolerable")
    Fraction(1, 20)
    """
    try:
        found = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"{what}: '{value}' is no rate") from None
    if not 0 <= found < 1:
        hint = f" (did you mean {float(found / 100):g}?)" if 1 <= found < 100 else ""
        raise UsageError(f"{what}: {value} is no rate between 0 and 1{hint}")
    return found


def sample_size(
    confidence: object, tolerable: object, expected: object = 0, population: int | None = None
) -> int:
    """The sample size of an attribute sample; rates lie between 0 and 1.

    Raises `UsageError` where no sample can show it: the expected rate is not below the tolerable.

    >>> sample_size(0.95, 0.05), sample_size(0.95, 0.05, 0.01), sample_size(0.95, 0.05, 0, 500)
    (59, 93, 54)
    """
    sure, most = rate(confidence, "confidence"), rate(tolerable, "tolerable")
    shown = rate(expected, "expected")
    if not sure or not most:
        raise UsageError("confidence and tolerable rate are above 0")
    if shown >= most:
        raise UsageError(
            f"the expected rate {float(shown):.2%} is not below the tolerable {float(most):.2%}: "
            "no sample can show what is not expected to be so"
        )
    if population is not None:
        return _finite(float(1 - sure), most, shown, population)
    return _binomial(float(1 - sure), most, shown)


def _binomial(risk: float, most: Fraction, shown: Fraction) -> int:
    import numpy as np
    from scipy.special import betainc

    first, length = 1, 1024
    while first <= MOST:
        n = np.arange(first, first + length)
        found = -(-n * shown.numerator // shown.denominator)
        inside = found < n
        tail = np.ones(len(n))
        # P(found or fewer | n, p) = I(1 - p; n - found, found + 1)
        tail[inside] = betainc((n - found)[inside], (found + 1)[inside], 1 - float(most))
        if (tail <= risk).any():
            return int(n[np.argmax(tail <= risk)])
        first, length = first + length, length * 2
    raise UsageError(f"more than {MOST} cases would be needed: the expected rate lies too near")


def _finite(risk: float, most: Fraction, shown: Fraction, size: int) -> int:
    """The same for so many cases in all: one more than tolerable must be too unlikely."""
    import numpy as np
    from scipy.special import gammaln

    if size < 1:
        raise UsageError("a population of no cases needs no sample")
    bad = most.numerator * size // most.denominator + 1
    log_factorial = gammaln(np.arange(size + 2) + 1.0)

    def choose(n: int, k: int) -> float:
        return float(log_factorial[n] - log_factorial[k] - log_factorial[n - k])

    for n in range(1, size + 1):
        tail = 0.0
        for x in range(max(0, n - (size - bad)), min(at_least(shown, n), bad) + 1):
            tail += float(np.exp(choose(bad, x) + choose(size - bad, n - x) - choose(size, n)))
        if tail <= risk * (1 + 1e-12):
            return n
    return size
