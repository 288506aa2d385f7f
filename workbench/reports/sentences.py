"""Each check as one sentence, for `workbench lint`: what it looks at, when it passes, why."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.engines.sql import node_sql
from workbench.pack.crosschecks import boolean_share
from workbench.pack.model import Pack
from workbench.suites import Check


def check_sentences(pack: Pack) -> Iterator[str]:
    """One sentence per check, then the share of checks on booleans."""
    for check in pack.checks.values():
        yield _sentence(pack, check)
    share = f"{boolean_share(pack):.0%}"
    yield f"{len(pack.checks)} checks, {share} of them on a boolean; no faults."


def _sentence(pack: Pack, check: Check) -> str:
    rule = check.entry.get("description") or pack.text(check.id, "title", pack.language)
    scope = f" where {node_sql(check.row_condition)}" if check.row_condition else ""
    mark = "" if check.verified else ", clause not verified (条款待核对)"
    return (
        f"{check.id} ({check.effective_grade.value}{mark}): {rule}; on {check.asset}{scope} "
        f"passes iff {node_sql(check.predicate)} [{check.clause}]"
    ).replace('"', "")
