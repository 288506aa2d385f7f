"""What a run was made of, as plain data: the manifest that everyone who opens the run can read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from typing import Any

from workbench.facts import FactTable, fact_classes
from workbench.findings import Findings
from workbench.loading import CaseFiles
from workbench.pack import Pack
from workbench.reports.results import organs_with_cases
from workbench.scoring import Scorecards


def describe_run(
    files: CaseFiles,
    pack: Pack,
    as_of: date,
    facts: Mapping[str, FactTable],
    found: Findings,
    cards: Scorecards,
    organ_names: Mapping[str, str],
    signals: Mapping[str, Any],
) -> dict[str, Any]:
    """The manifest of a run before it is sealed; `organ_names` are left out where organs are no
    one's business.

    >>> describe_run(...)["as_of"]   # doctest: +SKIP
    '2026-06-30'
    """
    cases = case_asset_of(pack)
    hidden = "organ_id" in fact_classes(pack)[cases]  # the manifest is read by everyone
    return {
        "as_of": as_of.isoformat(),
        "period": [str(d) for d in files.engine.rows(
            "SELECT period_from, period_to FROM work.run", "period")[0]],
        "pack": {"id": pack.id, "version": pack.version, "digest": pack.digest,
                 "title": dict(pack.title), "language": pack.language},
        "profile": dict(pack.profile),
        "inputs": [{"path": i.path, "table": i.table, "rows": i.rows, "sha256": i.sha256,
                    "bytes": i.bytes} for i in files.inputs],
        "assets": {name: table.rows for name, table in facts.items()},
        "case_asset": cases,
        "organs": organs_with_cases(facts[cases], {} if hidden else organ_names),
        "rows": {c.table: {"read": c.read, "used": c.used, "refused": c.refused}
                 for c in files.report.counts},
        "outside_period": files.count("cases") - facts[cases].rows,
        "untested": {check: list(missing) for check, missing in found.untested.items()},
        "unscored": dict(cards.unscored),
        "signals": dict(signals),
        "engine": files.engine.name,
        "version": version("case-file-workbench"),
    }  # fmt: skip


def case_asset_of(pack: Pack) -> str:
    """The asset whose subjects are the cases."""
    return next(asset.id for asset in pack.assets.values() if asset.table == "cases")
