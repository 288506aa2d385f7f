"""plotly.js as it comes with plotly: the server hands it out, or in a notebook the kernel."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def plotly_script(packed: bool = False) -> bytes:
    """plotly.min.js as bytes; finds the package without importing it (that takes a second)."""
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
    content = path.read_bytes()
    return gzip.compress(content, 6) if packed else content
