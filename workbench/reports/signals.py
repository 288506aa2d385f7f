"""The signals of a run as its papers need them: what was compared, what was found, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench import sqltext
from workbench.privacy import Role, mask
from workbench.reports.results import Results
from workbench.weak_links.columns import FAMILIES

FIRST_LINKS = 10
Records = list[dict[str, Any]]
# The best first; all that follows keeps equal runs in one order.
LINK_ORDER = "priority DESC NULLS LAST, q, check_id, unit_id, kind, period"


@dataclass(frozen=True)
class Signals:
    """What a run compared and found.

    `families` are the counts of the manifest (tested, flagged, too_few) by family; empty for a run
    of a version that compared nothing. `flagged` are the first rows of each family by priority,
    `before` all that an earlier run listed and this one does not.
    """

    level: float = 0.0
    families: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    flagged: Mapping[str, Records] = field(default_factory=dict)
    before: Records = field(default_factory=list)

    def count(self, name: str, family: str = FAMILIES[0]) -> int:
        """How many cells of a family were `tested`, `flagged`, or `too_few`."""
        return int(self.families.get(family, {}).get(name, 0))


def signals_of(results: Results, first: int = FIRST_LINKS) -> Signals:
    """The signals of a run with the first links of each family.

    >>> signals_of(run.results).count("flagged")   # doctest: +SKIP
    2
    """
    said = results.manifest.get("signals") or {}
    if not said:
        return Signals()
    unit = sqltext.literal(FAMILIES[0])
    before = f"family = {unit} AND NOT flagged AND state IN ('improving', 'resolved', 'lasting')"
    return Signals(
        level=said["level"],
        families=said["families"],
        flagged={f: flagged_links(results, f, first) for f in FAMILIES},
        before=_links(results, before, None) if said.get("earlier") else [],
    )


def flagged_links(
    results: Results, family: str | None = None, first: int | None = None, check: str | None = None
) -> Records:
    """Flagged rows of `weak_links`, the first by priority; of one family and check, if given."""
    if not results.manifest.get("signals"):
        return []
    which = "flagged"
    for column, value in (("family", family), ("check_id", check)):
        which += f" AND {column} = {sqltext.literal(value)}" if value else ""
    rows = _links(results, which, first)
    return sorted(rows, key=lambda row: FAMILIES.index(row["family"]))


def _links(results: Results, which: str, first: int | None) -> Records:
    limit = "" if first is None else f" LIMIT {int(first)}"
    return results.records(
        f"FROM work.weak_links WHERE {which} ORDER BY {LINK_ORDER}{limit}", "weak links"
    )


def link_text(
    results: Results, row: Mapping[str, Any], what: str, language: str, role: Role
) -> str:
    """The `sentence` or `action` of a link; what stands in its place if the role may not see some
    of it ("" if there is none)."""
    text = row[f"{what}_{language}"]
    for asset, fact in _told(results, row, what):
        text = mask(text, results.fact_class(asset, fact), role, language)
    return str(text or "")


def _told(results: Results, row: Mapping[str, Any], what: str) -> Iterator[tuple[str, str]]:
    """The columns of which a text tells, each with its asset."""
    asset = row["asset"]
    if what == "action":
        if row["cases"]:
            yield asset, "case_id"
            yield results.case_asset, "case_id"
        return
    for column in ("unit_id", "kind"):
        if row[column]:
            yield asset, column
    if row["since"] or row["family"] in ("step_month", "trend"):
        yield asset, "period_on"
