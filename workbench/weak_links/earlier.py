"""What an earlier run had flagged, for the states of links now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engines.base import Engine
from workbench.terms import UsageError
from workbench.weak_links.states import Earlier


def read_earlier(engine: Engine, manifest: Mapping[str, Any], name: str, pack: str) -> Earlier:
    """The flagged unit x check cells of a run that is open in `engine`, with their rates.

    Raises `UsageError` for a run of another pack.

    >>> read_earlier(run.results.engine, run.manifest, "hrss-2026-03-31", "hrss")   # doctest: +SKIP
    """
    its = manifest["pack"]["id"]
    if its != pack:
        raise UsageError(f"the earlier run {name} is one of the pack '{its}', not of '{pack}'")
    rows = engine.rows(
        "SELECT asset, check_id, unit_id, signal_failed / signal_n FROM work.weak_links "
        "WHERE family = 'unit' AND flagged",
        "earlier weak links",
    )
    return Earlier(name, {(str(a), str(c), str(u)): float(rate) for a, c, u, rate in rows})
