"""Bureaux are drawn and searched, again and again; what was found is counted."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

from workbench.calibration.design import (
    LEVEL,
    MINIMUM,
    SEED,
    STANDARD_ERROR,
    Bureau,
    replications,
)
from workbench.calibration.draws import draw
from workbench.signals.links import find_links
from workbench.statistics import clopper_pearson_arrays

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Z = 1.959964
FIRST = 3  # replications whose counts are kept, so that a test can draw them again


def try_bureau(bureau: Bureau, least: int | None = None, most: int | None = None) -> dict[str, Any]:
    """Try a bureau as often as the design asks, or `least` to `most` times.

    `power`: share of the planted links that was found; `false`: the share of false links among
    those flagged, mean over replications (0 where nothing was flagged); `any`: share of the
    replications that flagged something false. Each with the ends of its 95 % interval.
    """
    import numpy as np

    asked = replications(bureau)
    least, most = least or asked[0], most or asked[1]
    counts = np.empty((0, 2), dtype=np.int64)
    while len(counts) < least or (len(counts) < most and _unsure(counts)):
        more = [replicate(bureau, len(counts) + k) for k in range(min(least, most))]
        counts = np.concatenate([counts, np.array(more)])
    return {
        "name": bureau.name, "ratio": bureau.ratio, "n": bureau.n, "rho": bureau.rho,
        "replications": len(counts), "first": counts[:FIRST].tolist(),
        "power": _power(counts[:, 0], bureau.planted) if bureau.planted else None,
        "false": _false(counts), "any": _share(int((counts[:, 1] > 0).sum()), len(counts)),
    }  # fmt: skip


def replicate(bureau: Bureau, number: int) -> tuple[int, int]:
    """Links found and false links of one replication; the same on every machine."""
    import numpy as np

    seeds = np.random.SeedSequence(SEED, spawn_key=(zlib.crc32(bureau.name.encode()), number))
    drawn = draw(bureau, np.random.default_rng(seeds))
    flagged = find_links(drawn.failed, drawn.n, MINIMUM).q <= LEVEL
    return int((flagged & drawn.planted).sum()), int((flagged & ~drawn.planted).sum())


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of each replication the share of false links among those flagged."""
    import numpy as np

    shares: NDArray[np.float64] = counts[:, 1] / np.maximum(counts.sum(axis=1), 1)
    return shares


def _unsure(counts: NDArray[np.int64]) -> bool:
    return bool(_shares(counts).std(ddof=1) / sqrt(len(counts)) > STANDARD_ERROR)


def _false(counts: NDArray[np.int64]) -> list[float]:
    """The mean and its interval (normal; where it is 0, the exact bound for none of so many)."""
    shares = _shares(counts)
    mean = float(shares.mean())
    half = _Z * float(shares.std(ddof=1)) / sqrt(len(shares))
    none = 1 - 0.025 ** (1 / len(shares))
    return _rounded(mean, max(mean - half, 0.0), max(mean + half, none))


def _power(found: NDArray[np.int64], planted: int) -> list[float]:
    """The share found, and Wilson's interval; links of one bureau are found together, so they
    count for as many independent ones as their variance says."""
    share = float(found.mean()) / planted
    chance = share * (1 - share) * planted
    design = max(float(found.var(ddof=1)) / chance, 1.0) if chance else 1.0
    of = planted * len(found) / design
    centre = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z / (1 + _Z**2 / of) * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return _rounded(share, max(centre - half, 0.0), min(centre + half, 1.0))


def _share(count: int, of: int) -> list[float]:
    low, high = clopper_pearson_arrays([count], [of])
    return _rounded(count / of, float(low[0]), float(high[0]))


def _rounded(*values: float) -> list[float]:
    return [round(value, 4) for value in values]


def try_all(
    bureaux: Sequence[Bureau], processes: int, progress: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Try every bureau, in several processes; the order of the answers is that of the questions."""
    from multiprocessing import get_context

    found = []
    with get_context("spawn").Pool(processes) as pool:
        for done in pool.imap(try_bureau, bureaux):
            progress(str(done["name"]))
            found.append(done)
    return found
