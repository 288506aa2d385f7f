"""Weak links of a run as the pages ask for them: the reported ones in their order."""

from __future__ import annotations

from workbench import sqltext
from workbench.dashboards.data import Records, RunData


def reported(data: RunData, family: str, unit: str | None = None) -> Records:
    """The flagged links of a family, those that cost most first; of one unit, if asked."""
    where = f"flagged AND family = {sqltext.literal(family)}"
    where += f" AND unit_id = {sqltext.literal(unit)}" if unit else ""
    return data.results.records(
        f"SELECT * FROM work.weak_links WHERE {where} "
        "ORDER BY priority DESC NULLS LAST, p, check_id, unit_id, kind, period",
        "weak links",
    )


def changed(data: RunData) -> Records:
    """Links of the earlier run that are no longer flagged: resolved, improving, or unsure."""
    return data.results.records(
        "SELECT * FROM work.weak_links WHERE family = 'unit' AND NOT flagged "
        "AND state IS NOT NULL AND state <> 'too_few' ORDER BY state DESC, check_id, unit_id",
        "former weak links",
    )


def flagged_cells(data: RunData) -> set[tuple[str, str]]:
    """(check, unit) of each flagged link."""
    return {(row["check_id"], row["unit_id"]) for row in reported(data, "unit")}
