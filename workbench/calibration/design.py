"""What is tried: the bureaux, how many of each, and what must come out.

A made bureau is a grid of units by checks. Its weak links are planted: so many cells, drawn anew in
each replication, fail at the base rate times a ratio, exactly. Overdispersion `rho` is that of a
beta-binomial around the rate of each cell (planted or not). All draws come from one seed and the
name of the bureau, so bureaux can be tried in any order and in several processes.
"""

from __future__ import annotations

from typing import NamedTuple

UNITS, CHECKS, PLANTED = 40, 60, 30
BASE_RATE = 0.1
LEVEL = 0.05  # nominal share of false links among those flagged
MINIMUM = 5  # decided cases below which a cell is no question
SEED = 20260701

# A bureau is tried at least so often; then, 200 by 200, until the share of false links is known to
# half a percentage point (standard error), at most `MOST` times. The rule does not look at the
# share itself, so it favours no result.
LEAST, MOST = 200, 2000
STANDARD_ERROR = 0.005
NULL_REPLICATIONS = 1000

RATIOS = (1.5, 2.0, 2.5, 3.0, 4.0)
CASES = (50, 100, 200, 500)
RHOS = (0.0, 0.003, 0.01, 0.03)
NULL_CASES = (5, 20, 50, 200, 500)
NULL_RHOS = (0.0, 0.003, 0.01)

FOUND = 0.95  # the share of planted links that is to be found
MOST_FALSE = 0.06
MOST_NULL = 0.065
UNDETECTABLE = 0.2  # where fewer are found, the report says "not detectable"


class Bureau(NamedTuple):
    """One kind of made bureau.

    `shape` says how it is drawn (`draws.py`): "even" (all cells alike) or one of the hard ones.
    `amount` is what that shape needs: a number of units, a sigma, a block of checks.
    """

    name: str
    shape: str
    ratio: float
    n: int
    rho: float
    planted: int
    amount: float = 0.0


class Wanted(NamedTuple):
    """A bureau of the surface in which at least `FOUND` of the planted links must be found."""

    ratio: float
    n: int
    rho: float


WANTED = (
    Wanted(2.0, 400, 0.0), Wanted(2.5, 200, 0.0), Wanted(3.0, 200, 0.003),
    Wanted(2.5, 500, 0.003), Wanted(4.0, 200, 0.01),
)  # fmt: skip


def surface() -> list[Bureau]:
    """Rate ratio x cases x overdispersion, and 400 cases at twice the rate.

    >>> len(surface())
    84
    """
    cells = [(ratio, n, rho) for rho in RHOS for ratio in RATIOS for n in CASES]
    cells += [(2.0, 400, rho) for rho in RHOS]
    return [
        Bureau(f"surface/{rho:g}/{ratio:g}/{n}", "even", ratio, n, rho, PLANTED)
        for ratio, n, rho in cells
    ]


def nulls() -> list[Bureau]:
    """Bureaux in which nothing is planted: whatever is flagged is false."""
    return [
        Bureau(f"null/{rho:g}/{n}", "even", 1.0, n, rho, 0) for rho in NULL_RHOS for n in NULL_CASES
    ]


def hard() -> list[Bureau]:
    """Bureaux that break what the method takes for granted, or strain it."""
    return [
        *(Bureau(f"small/{s:g}", "small", 6.0, 80, 0.0, 8, s) for s in (0.0, 0.2, 0.33, 0.58)),
        *(Bureau(f"wide/{rho:g}", "even", 1.0, 200, rho, 0) for rho in (0.05, 0.1)),
        *(Bureau(f"wide-planted/{rho:g}", "even", 4.0, 500, rho, PLANTED) for rho in (0.05, 0.1)),
        *(Bureau(f"unequal/{rho:g}", "unequal", 3.0, 60, rho, PLANTED, 1.5) for rho in (0, 0.01)),
        *(Bureau(f"one-large/{rho:g}", "one-large", 1.0, 30, rho, 0) for rho in (0, 0.01)),
        *(Bureau(f"together/{rho:g}", "together", 3.0, 200, rho, PLANTED, 10) for rho in (0, 0.01)),
        *(Bureau(f"together-null/{rho:g}", "together", 1.0, 200, rho, 0, 30) for rho in (0, 0.01)),
        Bureau("unit-effect", "unit-effect", 1.0, 200, 0.0, 0, 0.3),
        Bureau("mixed-spread", "mixed-spread", 3.0, 300, 0.03, PLANTED, 4),
        Bureau("mixed-rates", "mixed-rates", 1.0, 200, 0.0, 0, 0.33),
        Bureau("rare", "rate", 1.0, 100, 0.0, 0, 0.001),
        Bureau("nearly-all", "rate", 1.0, 100, 0.0, 0, 0.99),
        *(Bureau(f"few/{u}/{rho:g}", "few", 1.0, 200, rho, 0, u)
          for u in (2, 3, 5) for rho in (0.0, 0.01, 0.03)),
        Bureau("few-planted/5", "few", 4.0, 200, 0.0, 12, 5),
        Bureau("few-planted/10", "few", 3.0, 200, 0.0, 60, 10),
        Bureau("many-weak/0", "even", 3.0, 200, 0.0, 300),
        Bureau("many-weak/0.01", "even", 4.0, 500, 0.01, 300),
        Bureau("very-many-weak", "even", 3.0, 200, 0.003, 480),
    ]  # fmt: skip


def bureaux() -> list[Bureau]:
    """Everything that is tried."""
    return [*surface(), *nulls(), *hard()]


def replications(bureau: Bureau) -> tuple[int, int]:
    """At least and at most so many."""
    null = bureau.name.startswith("null/")
    return (NULL_REPLICATIONS, NULL_REPLICATIONS) if null else (LEAST, MOST)
