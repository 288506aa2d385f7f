"""What an earlier run had flagged, for the states of links now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench.engines.base import Engine
from workbench.terms import UsageError
from workbench.weak_links.states import Earlier


def read_earlier(
    engine: Engine, manifest: Mapping[str, Any], name: str, pack: str, as_of: date
) -> Earlier:
    """The flagged unit x check cells of a run that is open in `engine`, with their rates, and which
    cells it could compare.

    Raises `UsageError` for a run of another pack, and for one of a day after `as_of`.

    >>> read_earlier(engine, run.manifest, "hrss-2026-03-31", "hrss", day)   # doctest: +SKIP
    """
    its, day = manifest["pack"]["id"], str(manifest["as_of"])
    if its != pack:
        raise UsageError(f"the earlier run {name} is one of the pack '{its}', not of '{pack}'")
    if day > as_of.isoformat():
        raise UsageError(f"the earlier run {name} is as of {day}, later than {as_of.isoformat()}")
    rows = engine.rows(
        "SELECT asset, check_id, unit_id, flagged, signal_failed / signal_n FROM work.weak_links "
        "WHERE family = 'unit' AND p IS NOT NULL",
        "earlier weak links",
    )
    asked = {(str(a), str(c), str(u)): (flagged, rate) for a, c, u, flagged, rate in rows}
    weak = {cell: float(rate) for cell, (flagged, rate) in asked.items() if flagged}
    return Earlier(name, weak, frozenset(asked))
