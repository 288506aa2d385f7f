"""Where a unit fails a check more often than chance explains: how sure, since when, what to do."""

from workbench.weak_links.finding import LEVEL, MINIMUM_DECIDED, SIGNAL_LEVEL, find_weak_links
from workbench.weak_links.states import TOO_FEW, Earlier

__all__ = ["LEVEL", "MINIMUM_DECIDED", "SIGNAL_LEVEL", "TOO_FEW", "Earlier", "find_weak_links"]
