"""Many questions at once: q-values by Benjamini and Hochberg (1995).

Of the cells flagged at q <= 0.05 at most one in twenty is expected to be false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def q_values(p: ArrayLike) -> NDArray[np.float64]:
    """The q-value of each p-value, of any shape; NaN is no question asked and stays NaN.

    The example of the paper (15 p-values, four of them found at 0.05):

    >>> p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
    ...      .6528, .7590, 1.0]
    >>> int((q_values(p) <= 0.05).sum())
    4
    """
    import numpy as np

    found = np.asarray(p, dtype=np.float64)
    flat = found.ravel()
    asked = np.flatnonzero(~np.isnan(flat))
    order = asked[np.argsort(flat[asked], kind="stable")]
    q = np.full(flat.shape, np.nan)
    scaled = flat[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q.reshape(found.shape)
