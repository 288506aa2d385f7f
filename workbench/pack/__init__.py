"""One folder of data -> `Pack`: what must hold in one domain. All faults in one message."""

from workbench.pack.model import Asset, Every, ListTable, Pack, System
from workbench.pack.reading import find_pack, lint_pack, read_pack

__all__ = ["Asset", "Every", "ListTable", "Pack", "System", "find_pack", "lint_pack", "read_pack"]
