"""Which cases: by equal chance within each stratum, or in proportion to a stated risk.

**Equal chance.** The cases of a stratum are put into the order of their random numbers
(`chance.ordered`), and the first n are drawn. So a larger draw with the same seed holds the smaller
one, and the inclusion probability is n / N.

**In proportion to risk.** Ordered pivotal sampling (Deville and Tillé, "Unequal probability
sampling without replacement through a splitting method", Biometrika 85, 1998). A case gets the
inclusion probability n x risk / sum of risks; cases for which this reaches 1 are taken for sure,
and the rest is shared out anew. Then the cases, in the order of their random numbers, meet in
duels that move probability from one to the other until each has 0 or 1. The number of cases is
exactly n, every inclusion probability is exactly the one recorded (all arithmetic is in whole
numbers), and cases are negatively correlated (Srinivasan, "Distributions on level-sets", FOCS
2001), on which the bounds in `tails` rest. Systematic selection would give the same probabilities,
but many pairs of cases could never be drawn together, and no interval would hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from workbench.sampling.chance import happens, ordered

ORDER, DUEL = "order", "duel"


def equal_chance(ids: Sequence[str], count: int, seed: str) -> list[str]:
    """`count` of `ids`, each with the same chance, in the order in which they were drawn.

    >>> few = equal_chance(["A1", "A2", "A3", "A4"], 2, "7")
    >>> equal_chance(["A4", "A3", "A2", "A1"], 3, "7")[:2] == few
    True
    """
    return ordered(seed, ORDER, ids)[:count]


def inclusion(risks: Mapping[str, int], count: int) -> dict[str, Fraction]:
    """The inclusion probability of each case, in proportion to risks above 0, none above 1.

    >>> {case: str(p) for case, p in inclusion({"a": 1, "b": 1, "c": 8}, 2).items()}
    {'a': '1/2', 'b': '1/2', 'c': '1'}
    """
    sure = set[str]()
    left, total = count, sum(risks.values())
    for case in sorted(risks, key=lambda c: (-risks[c], c)):
        if left <= 0 or risks[case] * left < total:
            break
        sure.add(case)
        left, total = left - 1, total - risks[case]
    return {
        case: Fraction(1) if case in sure else Fraction(left * risk, total)
        for case, risk in risks.items()
    }


def by_risk(chances: Mapping[str, Fraction], seed: str, purpose: str = DUEL) -> list[str]:
    """The cases drawn with these inclusion probabilities (their sum is a whole number).

    Those taken for sure come first, the others in the order of their random numbers.

    >>> from collections import Counter
    >>> chances = inclusion({"a": 1, "b": 2, "c": 3}, 2)
    >>> drawn = Counter(c for seed in range(600) for c in by_risk(chances, str(seed)))
    >>> [round(drawn[c] / 600, 1) for c in "abc"]
    [0.3, 0.7, 1.0]
    """
    order = ordered(seed, ORDER, chances)
    chosen = {case for case in order if chances[case] == 1}
    # All probabilities are whole numbers of 1 / whole.
    whole = lcm(*{chance.denominator for chance in chances.values()})
    standing, has = "", 0
    for case in order:
        part = 0 if case in chosen else int(chances[case] * whole)
        if not part:
            continue
        if not has:
            standing, has = case, part
            continue
        both = has + part
        if both <= whole:  # one of them is out, the other goes on with the sum
            if not happens(seed, purpose, case, has, both):
                standing = case
            has = both
        else:  # one of them is drawn, the other goes on with the rest
            if happens(seed, purpose, case, whole - part, 2 * whole - both):
                chosen.add(standing)
                standing = case
            else:
                chosen.add(case)
            has = both - whole
        if has == whole:
            chosen.add(standing)
            has = 0
    sure = [case for case in order if chances[case] == 1]
    return [*sure, *(case for case in order if case in chosen and chances[case] < 1)]
