"""Do reviewers agree? Chance-corrected coefficients of agreement, with intervals.

Ratings stand in an array of subjects x raters; NaN where a rater said nothing. All coefficients
are functions of sums over subjects, so each interval comes from the same place: how much the
coefficient would change with the weight of each subject (the infinitesimal jackknife).

Sources: Cohen 1960 and 1968; Conger 1980; Fleiss 1971; Krippendorff, Content Analysis (4th ed.),
chapter 12; Gwet, Handbook of Inter-Rater Reliability (4th ed.), chapters 2 to 5, also for the way
gaps are treated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

from workbench.coefficient import Coefficient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Weighting = Literal["plain", "linear", "quadratic"]
Scale = Literal["nominal", "ordinal", "interval", "ratio"]
_FEW = 30  # ratings whose pairs can be counted one by one
_STEP = 1e-6  # of a gradient, relative to what is changed


@dataclass(frozen=True)
class Ratings:
    """Ratings in the form that coefficients are made of.

    `values` are the different ratings in order, `counts[i, c]` how many raters gave subject i the
    rating c, `by_rater[i, r, c]` is 1 where it was rater r.
    """

    values: NDArray[Any]
    counts: NDArray[Any]
    by_rater: NDArray[Any]


def ratings(table: ArrayLike) -> Ratings:
    """Subjects x raters (NaN: no rating) -> `Ratings`. Subjects that nobody rated are left out.

    >>> ratings([[1, 1], [1, 2]]).counts.tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    import numpy as np

    given = np.asarray(table, dtype=float)
    if given.ndim != 2:
        raise ValueError("ratings are a table of subjects by raters")
    given = given[~np.isnan(given).all(axis=1)]
    values = np.unique(given[~np.isnan(given)])
    by_rater = (given[:, :, None] == values[None, None, :]).astype(float)
    return Ratings(values, by_rater.sum(axis=1), by_rater)


def percent(given: Ratings, weighting: Weighting = "plain", level: float = 0.95) -> Coefficient:
    """The share of pairs of ratings of one subject that agree (with weights: how nearly).

    >>> percent(ratings([[1, 1], [1, 2], [2, 2], [2, 2]])).value
    0.75
    """
    return _estimate(given, weighting, level, lambda agreed, _: agreed)


def cohen(given: Ratings, weighting: Weighting = "plain", level: float = 0.95) -> Coefficient:
    """Cohen's kappa of two raters; of more, Conger's, which is its average over their pairs.

    >>> round(cohen(ratings([[1, 1]] * 20 + [[1, 2]] * 5 + [[2, 1]] * 10 + [[2, 2]] * 15)).value, 3)
    0.4
    """
    import numpy as np

    weights, raters = _weights(given.values, weighting), given.by_rater.shape[1]

    def corrected(agreed: float, sums: NDArray[Any]) -> float:
        table = sums.reshape(raters, len(given.values))
        shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1e-300)
        mean = shares.mean(axis=0)
        spread = (shares.T @ shares - raters * np.outer(mean, mean)) / max(raters - 1, 1)
        return _corrected(agreed, float((weights * (np.outer(mean, mean) - spread / raters)).sum()))

    flat = given.by_rater.reshape(len(given.by_rater), raters * len(given.values))
    return _estimate(given, weighting, level, corrected, flat)


def fleiss(given: Ratings, weighting: Weighting = "plain", level: float = 0.95) -> Coefficient:
    """Fleiss' kappa: any raters, who need not be the same for each subject."""
    weights = _weights(given.values, weighting)
    return _estimate(
        given,
        weighting,
        level,
        lambda a, p: _corrected(a, float(_shares(p) @ weights @ _shares(p))),
    )


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

    >>> round(krippendorff(ratings([[1, 1], [1, 2], [2, 2], [2, 2]])).value, 4)
    0.5333
    """
    import numpy as np

    counts = given.counts[given.counts.sum(axis=1) > 1]
    kinds, others = len(given.values), counts.sum(axis=1)[:, None] - 1
    # Where distances follow from how often each rating was given, pairs are counted by rating.
    moves = scale == "ordinal" and kinds <= _FEW
    fixed = _distance(given.values, counts.sum(axis=0), scale)
    if moves:
        apart = np.einsum("ic,ik->ick", counts / others, counts).reshape(len(counts), kinds**2)
    else:
        apart = np.einsum("ic,ck,ik->i", counts / others, fixed, counts)[:, None]

    def alpha(sums: NDArray[Any]) -> float:
        margins, pairs = sums[:kinds], sums[kinds:]
        total = margins.sum()
        distance = _distance(given.values, margins, scale) if moves else fixed
        observed = float(pairs @ distance.ravel() if moves else pairs[0]) / total
        expected = float(margins @ distance @ margins) / (total * (total - 1))
        return 1 - observed / expected if expected > 0 else float("nan")

    return _interval(alpha, np.concatenate([counts, apart], axis=1), level)


def _shares(sums: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = sums / sums.sum()
    return found


def _corrected(agreed: float, chance: float) -> float:
    """Agreement beyond chance; not defined where chance alone explains everything."""
    return (agreed - chance) / (1 - chance) if chance < 1 - 1e-12 else float("nan")


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
    if scale == "interval":
        return np.asarray((first - second) ** 2)
    if scale == "ratio":
        both = first + second
        return np.asarray(
            np.where(both == 0, 0, (first - second) / np.where(both == 0, 1, both)) ** 2
        )
    place = np.cumsum(margins) - margins / 2  # the middle of all that are equal, in order
    return np.asarray((place[:, None] - place[None, :]) ** 2)


def _estimate(
    given: Ratings,
    weighting: Weighting,
    level: float,
    coefficient: Callable[[float, NDArray[Any]], float],
    margins: NDArray[Any] | None = None,
) -> Coefficient:
    """A coefficient of the pairs that agree, and of how often each rating was given."""
    import numpy as np

    counts, weights = given.counts, _weights(given.values, weighting)
    many = counts.sum(axis=1)
    pairs = many > 1
    near = np.einsum("ic,ck,ik->i", counts, weights, counts) - many
    agreed = np.where(pairs, near / np.where(pairs, many * (many - 1), 1), 0)
    rest = counts / many[:, None] if margins is None else margins
    parts = np.column_stack([agreed, pairs, rest])
    found = _interval(
        lambda sums: coefficient(sums[0] / sums[1], sums[2:]) if sums[1] else float("nan"),
        parts,
        level,
    )
    return Coefficient(found.value, found.low, found.high, int(pairs.sum()))


def _interval(
    function: Callable[[NDArray[Any]], float], parts: NDArray[Any], level: float
) -> Coefficient:
    """A function of sums over subjects (rows of `parts`), with its interval."""
    import numpy as np

    size = len(parts)
    value = function(parts.sum(axis=0)) if size else float("nan")
    if np.isnan(value):
        return Coefficient(None, None, None, size)
    value = float(value)
    influence = parts @ _gradient(function, parts.sum(axis=0))
    if size < 2:
        return Coefficient(value, None, None, size)
    error = float(np.sqrt((influence**2).sum() * size / (size - 1)))
    wide = NormalDist().inv_cdf(0.5 + level / 2) * error
    return Coefficient(value, min(value, max(-1.0, value - wide)), min(1.0, value + wide), size)


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
