"""Where the days went: limits used up, steps that took them, the way cases really go, and back.

`put_bottlenecks` makes the relations of a run; `bottleneck_sentences` says the first of them.
Nothing here judges a case: that is what checks do.
"""

from workbench.bottlenecks.put import ORDERS, RELATIONS, put_bottlenecks
from workbench.bottlenecks.sentences import Bottleneck, bottleneck_sentences, has_bottlenecks

__all__ = [
    "ORDERS",
    "RELATIONS",
    "Bottleneck",
    "bottleneck_sentences",
    "has_bottlenecks",
    "put_bottlenecks",
]
