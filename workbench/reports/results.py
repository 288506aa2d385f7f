"""The results of a run as every reader sees them: relations to ask, a manifest, descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.loading import CaseFiles
from workbench.pack import Pack

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results:
    """Relations `work.*` of a run (fresh or opened), its manifest, and what its checks mean."""

    engine: Engine
    manifest: Mapping[str, Any]
    checks: Mapping[str, Any]

    def frame(self, relation: str) -> pd.DataFrame:
        """A relation as a pandas frame."""
        frame: pd.DataFrame = self.engine.arrow(f"FROM {relation}", relation).to_pandas()
        return frame

    def records(self, query: str, step: str) -> list[dict[str, Any]]:
        """A small query as records."""
        rows: list[dict[str, Any]] = self.engine.arrow(query, step).to_pylist()
        return rows

    def title(self, check_id: str, language: str) -> str:
        """The title of a check."""
        return str(self.checks["checks"][check_id]["title"][language])

    def words(self, codes: str | None, language: str) -> str:
        """A cell of codes (`;` separated) in words."""
        if codes is None:
            return ""
        known = self.checks["words"]
        parts = [str(known.get(code, {}).get(language, code)) for code in codes.split(";")]
        return ("、" if language == "zh" else ", ").join(parts)

    @property
    def names(self) -> dict[str, str]:
        """What people call units and organs, by id."""
        return {r["id"]: r["name"] for r in self.records("FROM work.names", "names")}


GRADES = ("veto", "major", "minor", "advisory")


def ordered_checks(described: Mapping[str, Any]) -> list[str]:
    """Check ids as people read them: the systems' headlines first, then the graver ones.

    `described` is what `describe_checks` gives. The order rests on it alone, so a run read back
    from its folder shows its checks in the same order.
    """
    headlines = {system["headline"] for system in described["systems"]}
    place = {
        check: (check not in headlines, GRADES.index(about["grade"]), check)
        for check, about in described["checks"].items()
    }
    return sorted(place, key=lambda check: place[check])


def grouped_checks(described: Mapping[str, Any]) -> list[tuple[Mapping[str, str], list[str]]]:
    """Checks by system (its title, its checks in reading order); those of no system last, under {}.

    Systems without a check are left out.
    """
    left = dict.fromkeys(ordered_checks(described))
    groups: list[tuple[Mapping[str, str], list[str]]] = []
    for system in described["systems"]:
        its = [c for c in left if described["checks"][c]["topic"] in system["topics"]]
        for check in its:
            del left[check]
        if its:
            groups.append((system["title"], its))
    return [*groups, ({}, list(left))] if left else groups


def put_names(files: CaseFiles, pack: Pack) -> dict[str, str]:
    """Make the relation `names` (table, id, name) of units and organs; returns it by id.

    Names come from the tables that the kernel columns of the cases point at.
    """
    engine = files.engine
    engine.run('CREATE OR REPLACE TABLE work.names ("table" VARCHAR, id VARCHAR, name VARCHAR)',
               "names")  # fmt: skip
    for asset in pack.assets.values():
        table = pack.schema.tables[asset.table]
        for column in (asset.unit, asset.organ):
            target = table.columns[column].references if column else None
            if asset.table != "cases" or target is None:
                continue
            if pack.schema.column(target[0], "name") is None:
                continue
            engine.run(
                f"INSERT INTO work.names SELECT {sqltext.literal(target[0])}, "
                f"{sqltext.name(target[1])}, name FROM {sqltext.name(target[0])} "
                "WHERE name IS NOT NULL",
                "names",
            )
    return {str(i): str(n) for i, n in engine.rows("SELECT id, name FROM work.names", "names")}
