"""Do reviewers agree? Chance-corrected coefficients of agreement, with intervals.

Ratings stand in an array of subjects x raters; NaN where a rater said nothing. All coefficients
are functions of sums over subjects, so each interval comes from the same place: how much the
coefficient would change with the weight of each subject (the infinitesimal jackknife).

Sources: Cohen 1960 and 1968; Conger 1980; Fleiss 1971; Brennan and Prediger 1981; Krippendorff,
Content Analysis (4th ed.), chapter 12; Gwet, Handbook of Inter-Rater Reliability (4th ed.),
chapters 2 to 5, also for the way gaps are treated: a subject with one rating says nothing about
agreement, and yet something about how often a rater gives which rating.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

from workbench.coefficient import UNDEFINED, Coefficient
from workbench.terms import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Weighting = Literal["plain", "linear", "quadratic"]
Scale = Literal["nominal", "ordinal", "interval", "ratio"]
_NOTHING = 1e-12  # a share that is one but for the last digits
_FEW = 30  # ratings whose pairs can be counted one by one
_STEP = 1e-6  # of a gradient, relative to what is changed


@dataclass(frozen=True)
class Ratings:
    """Ratings in the form that coefficients are made of.

    `values` are the ratings that could be given, in order; `counts[i, c]` says how many raters gave
    subject i the rating c, `places[i, r]` which rating rater r gave it (-1: none).
    """

    values: NDArray[Any]
    counts: NDArray[Any]
    places: NDArray[Any]

    @property
    def many(self) -> NDArray[Any]:
        """How many ratings each subject has."""
        return _across(self.counts)


def ratings(table: ArrayLike, values: ArrayLike | None = None) -> Ratings:
    """Subjects x raters (NaN: no rating) -> `Ratings`. Subjects that nobody rated are left out.

    `values`: all ratings that could be given; if not told, those that were. Raises `UsageError`
    for a table that is none, for words, and for a number without end.

    >>> ratings([[1, 1], [1, 2]]).counts.tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    import numpy as np

    try:
        given = np.asarray(table, dtype=float)
    except (TypeError, ValueError):
        raise UsageError("ratings are numbers, NaN for a gap; give words numbers first") from None
    if given.ndim != 2:
        raise UsageError("ratings are a table: a row a subject, a column a rater")
    if np.isinf(given).any():
        raise UsageError("ratings are numbers with an end: there is an infinite one")
    there = ~np.isnan(given)
    given, there = given[there.any(axis=1)], there[there.any(axis=1)]
    known = np.unique(given[there] if values is None else np.asarray(values, dtype=float))
    if not np.isin(given[there], known).all():
        raise UsageError("a rating is none of those that could be given")
    places = np.where(there, np.searchsorted(known, np.where(there, given, 0)), -1)
    counts = np.zeros((len(given), len(known)))
    row, column = np.nonzero(there)
    np.add.at(counts, (row, places[row, column]), 1)
    return Ratings(known, counts, places)


def percent(given: Ratings, weighting: Weighting = "plain", level: float = 0.95) -> Coefficient:
    """The share of pairs of ratings of one subject that agree (with weights: how nearly).

    >>> percent(ratings([[1, 1], [1, 2], [2, 2], [2, 2]])).value
    0.75
    """
    return _estimate(given, weighting, level, lambda agreed, _: agreed)


def cohen(given: Ratings, weighting: Weighting = "plain", level: float = 0.95) -> Coefficient:
    """Cohen's kappa of two raters; of more, Conger's, which weighs all their pairs alike.

    >>> round(cohen(ratings([[1, 1]] * 20 + [[1, 2]] * 5 + [[2, 1]] * 10 + [[2, 2]] * 15)).value, 3)
    0.4
    """
    import numpy as np

    weights = _weights(given.values, weighting)
    agreed, pairs = _agreed(given, weights)
    shares, chance, pull = _own_margins(given, weights)
    subjects = int(pairs.sum())
    if not subjects or len(shares) < 2 or chance > 1 - _NOTHING:
        return Coefficient(None, None, None, subjects)
    same = float(agreed.sum() / subjects)
    # How much one subject moves the agreement that is seen, and that of chance.
    seen = (agreed - same * pairs) / subjects
    moved = np.zeros(len(given.places))
    rated = np.flatnonzero((given.places >= 0).any(axis=0))
    for rater, place in enumerate(rated):
        by = given.places[:, place]
        own = pull[rater][np.maximum(by, 0)] - float(pull[rater] @ shares[rater])
        moved += np.where(by >= 0, own, 0) / int((by >= 0).sum())
    influence = seen / (1 - chance) - (1 - same) / (1 - chance) ** 2 * moved
    found = _around((same - chance) / (1 - chance), influence, level)
    return replace(found, subjects=subjects)


def _own_margins(given: Ratings, weights: NDArray[Any]) -> tuple[NDArray[Any], float, NDArray[Any]]:
    """How often each rater who rated gives each rating, what would agree by chance if all pairs of
    raters rated so without looking, and how that moves with each share."""
    import numpy as np

    kinds = len(given.values)
    tallies = [np.bincount(by[by >= 0], minlength=kinds) for by in given.places.T]
    made = np.array([tally / tally.sum() for tally in tallies if tally.sum()], dtype=float)
    made = made.reshape(len(made), kinds)
    of = max(len(made) * (len(made) - 1), 1)
    others = made.sum(axis=0) - made
    chance = float(((made @ weights) * others).sum()) / of
    return made, chance, 2 * (others @ weights) / of


def fleiss(given: Ratings, weighting: Weighting = "plain", level: float = 0.95) -> Coefficient:
    """Fleiss' kappa: any raters, who need not be the same for each subject."""
    weights = _weights(given.values, weighting)
    return _estimate(
        given,
        weighting,
        level,
        lambda a, p: _corrected(a, float(_shares(p) @ weights @ _shares(p))),
    )


def brennan_prediger(
    given: Ratings, weighting: Weighting = "plain", level: float = 0.95
) -> Coefficient:
    """Brennan and Prediger's coefficient: by chance, each rating that could be given is as likely.

    >>> brennan_prediger(ratings([[1, 1], [1, 2], [2, 2], [2, 2]])).value
    0.5
    """
    weights = _weights(given.values, weighting)
    chance = float(weights.mean()) if len(weights) else 1.0
    return _estimate(given, weighting, level, lambda agreed, _: _corrected(agreed, chance))


def gwet(given: Ratings, weighting: Weighting = "plain", level: float = 0.95) -> Coefficient:
    """Gwet's AC1 (plain) or AC2 (weighted): steady where nearly all ratings are the same."""
    weights = _weights(given.values, weighting)
    kinds = len(given.values)

    def corrected(agreed: float, sums: NDArray[Any]) -> float:
        shares = _shares(sums)
        if kinds < 2:
            return float("nan")
        chance = weights.sum() / (kinds * (kinds - 1)) * float((shares * (1 - shares)).sum())
        return _corrected(agreed, chance)

    return _estimate(given, weighting, level, corrected)


def krippendorff(given: Ratings, scale: Scale = "nominal", level: float = 0.95) -> Coefficient:
    """Krippendorff's alpha; subjects with one rating say nothing and are left out.

    Of the ratio scale there is none where a rating is below nought.

    >>> round(krippendorff(ratings([[1, 1], [1, 2], [2, 2], [2, 2]])).value, 4)
    0.5333
    """
    import numpy as np

    if scale == "interval":
        return alpha_of_points(np.append(given.values, np.nan)[given.places], level)
    counts = given.counts[given.many > 1]
    kinds, others = len(given.values), _across(counts)[:, None] - 1
    if scale == "ratio" and (given.values < 0).any():
        return Coefficient(None, None, None, len(counts))
    # Where distances follow from how often each rating was given, pairs are counted by rating.
    moves = scale == "ordinal" and kinds <= _FEW
    fixed = _distance(given.values, counts.sum(axis=0), scale)
    if moves:
        apart = np.einsum("ic,ik->ick", counts / others, counts).reshape(len(counts), kinds**2)
    else:
        apart = np.einsum("ic,ic->i", (counts / others) @ fixed, counts)[:, None]

    def alpha(sums: NDArray[Any]) -> float:
        margins, pairs = sums[:kinds], sums[kinds:]
        total = margins.sum()
        distance = _distance(given.values, margins, scale) if moves else fixed
        observed = float(pairs @ distance.ravel() if moves else pairs[0]) / total
        expected = float(margins @ distance @ margins) / (total * (total - 1))
        return 1 - observed / expected if expected > 0 else float("nan")

    return _interval(alpha, np.concatenate([counts, apart], axis=1), level)


def alpha_of_points(table: ArrayLike, level: float = 0.95) -> Coefficient:
    """Krippendorff's alpha of the interval scale, of subjects x raters (NaN: no rating).

    The same as `krippendorff(ratings(table), "interval")`, however many different points there are.

    >>> round(alpha_of_points([[1, 2], [3, 3], [5, 4]]).value, 4)
    0.8333
    """
    import numpy as np

    given = np.asarray(table, dtype=float)
    there = ~np.isnan(given)
    given, there = given[there.sum(axis=1) > 1], there[there.sum(axis=1) > 1]
    if not len(given):
        return UNDEFINED
    points = np.where(there, given - given[there].mean(), 0)
    if np.ptp(given[there]) == 0:
        return Coefficient(None, None, None, len(given))
    many, total, square = there.sum(axis=1), points.sum(axis=1), (points**2).sum(axis=1)
    apart = (many * square - total**2) / (many - 1)

    def alpha(sums: NDArray[Any]) -> float:
        apart, many, total, square = sums
        return float(1 - apart / many / ((many * square - total**2) / (many * (many - 1))))

    return _interval(alpha, np.column_stack([apart, many, total, square]), level)


def _across(table: NDArray[Any]) -> NDArray[Any]:
    """The sums of the rows: of long and narrow tables much faster than `sum(axis=1)`."""
    import numpy as np

    found: NDArray[Any] = table @ np.ones(table.shape[1])
    return found


def _shares(sums: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = sums / sums.sum()
    return found


def _corrected(agreed: float, chance: float) -> float:
    """Agreement beyond chance; not defined where chance alone explains everything."""
    return (agreed - chance) / (1 - chance) if chance < 1 - _NOTHING else float("nan")


def _weights(values: NDArray[Any], weighting: Weighting) -> NDArray[Any]:
    """How nearly two ratings agree: 1 the same, 0 as far apart as can be."""
    import numpy as np

    if weighting == "plain" or len(values) < 2:
        return np.eye(len(values))
    apart = np.abs(values[:, None] - values[None, :]) / (values.max() - values.min())
    return np.asarray(1 - (apart if weighting == "linear" else apart**2))


def _distance(values: NDArray[Any], margins: NDArray[Any], scale: Scale) -> NDArray[Any]:
    """Krippendorff's squared differences between two ratings."""
    import numpy as np

    first, second = values[:, None], values[None, :]
    if scale == "nominal":
        return np.asarray(first != second, dtype=float)
    if scale == "ratio":
        both = first + second
        return np.asarray(
            np.where(both == 0, 0, (first - second) / np.where(both == 0, 1, both)) ** 2
        )
    place = np.cumsum(margins) - margins / 2  # the middle of all that are equal, in order
    return np.asarray((place[:, None] - place[None, :]) ** 2)


def _agreed(given: Ratings, weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Of each subject the share of its pairs of ratings that agree, and whether it has a pair."""
    import numpy as np

    counts, many = given.counts, given.many
    pairs = many > 1
    near = np.einsum("ic,ic->i", counts @ weights, counts) - many
    return np.where(pairs, near / np.where(pairs, many * (many - 1), 1), 0), pairs


def _estimate(
    given: Ratings,
    weighting: Weighting,
    level: float,
    coefficient: Callable[[float, NDArray[Any]], float],
) -> Coefficient:
    """A coefficient of the pairs that agree, and of how often each rating was given."""
    import numpy as np

    agreed, pairs = _agreed(given, _weights(given.values, weighting))
    parts = np.column_stack([agreed, pairs, given.counts / given.many[:, None]])
    found = _interval(
        lambda sums: coefficient(sums[0] / sums[1], sums[2:]) if sums[1] else float("nan"),
        parts,
        level,
    )
    return replace(found, subjects=int(pairs.sum()))


def _interval(
    function: Callable[[NDArray[Any]], float], parts: NDArray[Any], level: float
) -> Coefficient:
    """A function of sums over subjects (rows of `parts`), with its interval."""
    import numpy as np

    size, sums = len(parts), np.ones(len(parts)) @ parts
    value = function(sums) if size else float("nan")
    if np.isnan(value):
        return Coefficient(None, None, None, size)
    return _around(float(value), parts @ _gradient(function, sums), level)


def _around(value: float, influence: NDArray[Any], level: float) -> Coefficient:
    """A value with its interval, from how much each subject moves it."""
    import numpy as np

    size = len(influence)
    if size < 2:
        return Coefficient(value, None, None, size)
    error = float(np.sqrt((influence**2).sum() * size / (size - 1)))
    wide = NormalDist().inv_cdf(0.5 + level / 2) * error
    low, high = min(value, max(-1.0, value - wide)), min(1.0, value + wide)
    return Coefficient(value, low, high, size, error)


def _gradient(function: Callable[[NDArray[Any]], float], at: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    steps = _STEP * np.maximum(np.abs(at), 1)
    found = np.zeros(len(at))
    for place, step in enumerate(steps):
        if at[place] == 0 and (at >= 0).all():  # nothing was counted here, for any subject
            continue
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        found[place] = (function(up) - function(down)) / (2 * step)
    return found
