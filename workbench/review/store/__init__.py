"""The review store: entries that are only ever added, each chained to the one before by its hash.

It knows nothing of rounds or ratings. What is kept, how a hash is made and what the chain can and
cannot prove: docs/review_store.md.
"""

from workbench.review.store.entry import Entry, Head
from workbench.review.store.store import ReviewStore
from workbench.review.store.writing import Writing

__all__ = ["Entry", "Head", "ReviewStore", "Writing"]
