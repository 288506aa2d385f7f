"""Two runs side by side: what was repaired, what still fails, what fails now."""

from workbench.comparison.compared import Comparison, compare_runs
from workbench.comparison.retesting import Retest, retest
from workbench.comparison.sides import Side

__all__ = ["Comparison", "Retest", "Side", "compare_runs", "retest"]
