"""How many cases each stratum gives: in proportion, equally, or each for itself.

Shares are worked out in fractions, so that 10 % of 70 is 7 on every machine, and "at least"
rounds up. What is left over goes to the largest remainders (ties: the larger stratum, then the
order of the names).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from workbench.terms import UsageError, did_you_mean

Strata = Mapping[str, int]
ALLOCATIONS = ("proportional", "equal", "each")


def share(percent: object) -> Fraction:
    """Percent as a share, exactly; raises `UsageError` unless it is above 0 and at most 100.

    >>> share(10), share("12.5")
    (Fraction(1, 10), Fraction(1, 8))
    """
    try:
        found = Fraction(str(percent)) / 100
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"'{percent}' is no percentage: write 10 for ten percent") from None
    if not 0 < found <= 1:
        raise UsageError(f"{percent} percent cannot be drawn: expected above 0 and at most 100")
    return found


def at_least(part: Fraction, of: int) -> int:
    """The smallest whole number that is at least this part.

    >>> at_least(Fraction(1, 10), 70), at_least(Fraction(1, 10), 71)
    (7, 8)
    """
    return -(-part.numerator * of // part.denominator)


def allocate(strata: Strata, total: int, kind: str, minimum: int = 0) -> dict[str, int]:
    """`total` cases over strata, none less than `minimum` (or all it has), none more than it has.

    The caller has seen to it that `total` lies between the sum of the minima and of the strata.

    >>> allocate({"a": 70, "b": 20, "c": 10}, 10, "proportional")
    {'a': 7, 'b': 2, 'c': 1}
    >>> allocate({"a": 70, "b": 20, "c": 10}, 10, "proportional", minimum=3)
    {'a': 4, 'b': 3, 'c': 3}
    >>> allocate({"a": 70, "b": 20, "c": 1}, 9, "equal")
    {'a': 4, 'b': 4, 'c': 1}
    """
    weights = dict.fromkeys(strata, 1) if kind == "equal" else dict(strata)
    least = {name: min(minimum, size) for name, size in strata.items()}
    settled: dict[str, int] = {}
    while True:
        open_ = {name: weights[name] for name in strata if name not in settled}
        left = total - sum(settled.values())
        whole = sum(open_.values())
        exact = {name: Fraction(left * w, whole) for name, w in open_.items()} if whole else {}
        low = {name: least[name] for name, e in exact.items() if e < least[name]}
        high = {name: strata[name] for name, e in exact.items() if e > strata[name]}
        # One side at a time: the one that is farther off decides, so that no minimum is given
        # to a stratum that a cap elsewhere would have lifted over it.
        lacking = sum(least[name] - exact[name] for name in low)
        over = sum(exact[name] - strata[name] for name in high)
        if not low and not high:
            settled |= _rounded(exact, strata, left)
            return {name: settled[name] for name in strata}
        settled |= low if lacking >= over else high


def _rounded(exact: Mapping[str, Fraction], strata: Strata, total: int) -> dict[str, int]:
    found = {name: int(e) for name, e in exact.items()}
    remainders = sorted(exact, key=lambda name: (found[name] - exact[name], -strata[name], name))
    for name in remainders[: total - sum(found.values())]:
        found[name] += 1
    return found


def each(strata: Strata, part: Fraction | None, count: int | None, minimum: int) -> dict[str, int]:
    """Every stratum for itself: a part of it or a count, at least `minimum`, at most all of it.

    >>> each({"a": 70, "b": 20, "c": 3}, Fraction(1, 10), None, 5)
    {'a': 7, 'b': 5, 'c': 3}
    """
    asked = {n: at_least(part, size) if part else count or 0 for n, size in strata.items()}
    return {n: min(size, max(asked[n], minimum)) for n, size in strata.items()}


def as_told(strata: Strata, take: Mapping[str, int]) -> dict[str, int]:
    """The counts that somebody gave by name of the stratum.

    Raises `UsageError` for a name that has no cases and for more cases than there are.
    """
    for name, count in take.items():
        if name not in strata:
            hint = did_you_mean(name, strata) or f"there are: {', '.join(list(strata)[:12])}"
            raise UsageError(
                f"stratum '{name}' is empty, no case of the population is in it; {hint}"
            )
        if count < 0 or count > strata[name]:
            raise UsageError(f"stratum '{name}' has {strata[name]} cases; {count} cannot be drawn")
    return {name: take.get(name, 0) for name in strata}
