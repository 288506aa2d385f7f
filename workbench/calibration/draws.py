"""Made bureaux: counts of failures with links planted in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from workbench.calibration.design import BASE_RATE, CHECKS, UNITS, Bureau

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HIGHEST = 0.99


class Drawn(NamedTuple):
    """Arrays of units by checks: failures, decided cases, and where a weak link was planted."""

    failed: NDArray[np.int64]
    n: NDArray[np.int64]
    planted: NDArray[np.bool_]


def draw(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """One bureau of this kind.

    >>> import numpy as np
    >>> from workbench.calibration.design import surface
    >>> drawn = draw(surface()[0], np.random.default_rng(1))
    >>> drawn.failed.shape, int(drawn.planted.sum())
    ((40, 60), 30)
    """
    return _SHAPES[bureau.shape](bureau, rng)


def _plant(bureau: Bureau, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.bool_]:
    import numpy as np

    planted = np.zeros(shape, dtype=bool)
    planted.ravel()[rng.choice(planted.size, bureau.planted, replace=False)] = True
    return planted


def _failures(
    rate: NDArray[np.float64], n: NDArray[np.int64], rho: float | NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:  # fmt: skip
    """Binomial counts where rho is 0, beta-binomial ones elsewhere."""
    import numpy as np

    spread = np.broadcast_to(rho, rate.shape)
    size = (1 - spread) / np.maximum(spread, 1e-12)
    own = np.where(spread > 0, rng.beta(rate * size, (1 - rate) * size), rate)
    return rng.binomial(n, own)


def _rated(
    bureau: Bureau, base: NDArray[np.float64], n: NDArray[np.int64],
    rho: float | NDArray[np.float64], rng: np.random.Generator,
) -> Drawn:  # fmt: skip
    import numpy as np

    planted = _plant(bureau, (n.shape[0], n.shape[1]), rng)
    rate = np.where(planted, np.minimum(base * bureau.ratio, _HIGHEST), base)
    return Drawn(_failures(rate, n, rho, rng), n, planted)


def _even(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """All units and checks alike."""
    import numpy as np

    n = np.full((UNITS, CHECKS), bureau.n)
    return _rated(bureau, np.full(n.shape, BASE_RATE), n, bureau.rho, rng)


def _small(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """Twelve units of unequal size, checks that fail 0.3 % to 10 %; `amount`: sigma of log odds.
    A planted link fails six times as often, and at least 15 %."""
    import numpy as np

    base = np.broadcast_to(np.exp(rng.uniform(np.log(0.003), np.log(0.1), CHECKS)), (12, CHECKS))
    cases = np.exp(rng.normal(np.log(bureau.n), 0.5, (12, 1))).round().clip(1).astype(np.int64)
    n = np.broadcast_to(cases, base.shape)
    planted = _plant(bureau, (12, CHECKS), rng)
    rate = np.where(planted, np.maximum(base * bureau.ratio, 0.15), base)
    return Drawn(_failures(rate, n, bureau.amount**2 * rate * (1 - rate), rng), n, planted)


def _unequal(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """Sizes of units log-normal around n with this sigma: from a handful to thousands."""
    import numpy as np

    cases = np.exp(rng.normal(np.log(bureau.n), bureau.amount, (UNITS, 1))).astype(np.int64)
    n = np.broadcast_to(np.maximum(cases, 1), (UNITS, CHECKS))
    return _rated(bureau, np.full(n.shape, BASE_RATE), n, bureau.rho, rng)


def _one_large(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """One unit has nearly all cases."""
    import numpy as np

    n = np.full((UNITS, CHECKS), bureau.n)
    n[0] = 10_000
    return _rated(bureau, np.full(n.shape, BASE_RATE), n, bureau.rho, rng)


def _together(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """The same cases fail whole blocks of `amount` checks: one number decides a case in all."""
    import numpy as np

    block = int(bureau.amount)
    n = np.full((UNITS, CHECKS), bureau.n)
    planted = _plant(bureau, (UNITS, CHECKS), rng)
    base = np.full((UNITS, CHECKS // block), BASE_RATE)
    if bureau.rho:
        size = (1 - bureau.rho) / bureau.rho
        base = rng.beta(base * size, (1 - base) * size)
    rate = np.repeat(base, block, axis=1) * np.where(planted, bureau.ratio, 1.0)
    cases = np.sort(rng.random((UNITS, CHECKS // block, bureau.n)), axis=2)
    failed = np.empty(n.shape, dtype=np.int64)
    for unit in range(UNITS):
        for check in range(CHECKS):
            failed[unit, check] = np.searchsorted(cases[unit, check // block], rate[unit, check])
    return Drawn(failed, n, planted)


def _unit_effect(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """Each unit is a little better or worse in all checks alike (normal log odds)."""
    import numpy as np

    odds = BASE_RATE / (1 - BASE_RATE) * np.exp(rng.normal(0, bureau.amount, (UNITS, 1)))
    n = np.full((UNITS, CHECKS), bureau.n)
    return _rated(bureau, np.broadcast_to(odds / (1 + odds), n.shape), n, 0.0, rng)


def _mixed_spread(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """One check in `amount` is overdispersed, the others are not."""
    import numpy as np

    n = np.full((UNITS, CHECKS), bureau.n)
    rho = np.where(np.arange(CHECKS) % int(bureau.amount) == 0, bureau.rho, 0.0)
    return _rated(bureau, np.full(n.shape, BASE_RATE), n, rho, rng)


def _mixed_rates(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """Checks of all rates (beta 0.5, 4), cells of 5 to 400 cases; `amount`: sigma of log odds."""
    import numpy as np

    base = np.broadcast_to(rng.beta(0.5, 4, CHECKS).clip(1e-6, _HIGHEST), (UNITS, CHECKS))
    spread = bureau.amount**2 * base * (1 - base)
    return _rated(bureau, base, rng.integers(5, 401, base.shape), spread, rng)


def _rate(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """A base rate of `amount`."""
    import numpy as np

    n = np.full((UNITS, CHECKS), bureau.n)
    return _rated(bureau, np.full(n.shape, bureau.amount), n, bureau.rho, rng)


def _few(bureau: Bureau, rng: np.random.Generator) -> Drawn:
    """Only `amount` units."""
    import numpy as np

    n = np.full((int(bureau.amount), CHECKS), bureau.n)
    return _rated(bureau, np.full(n.shape, BASE_RATE), n, bureau.rho, rng)


_SHAPES: dict[str, Callable[[Bureau, np.random.Generator], Drawn]] = {
    "even": _even, "small": _small, "unequal": _unequal, "one-large": _one_large,
    "together": _together, "unit-effect": _unit_effect, "mixed-spread": _mixed_spread,
    "mixed-rates": _mixed_rates, "rate": _rate, "few": _few,
}  # fmt: skip
