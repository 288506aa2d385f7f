"""The results of a run as every reader sees them: relations to ask, a manifest, descriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.facts import FactTable
from workbench.loading import CaseFiles
from workbench.pack import Pack
from workbench.privacy import NONE

if TYPE_CHECKING:
    import pandas as pd


# What a suite calls a part of a finding, and its column.
_PARTS = {"due": "due_on", "note": "note_code"}


@dataclass(frozen=True)
class Results:
    """Relations `work.*` of a run (fresh or opened), its manifest, and what its checks mean."""

    engine: Engine
    manifest: Mapping[str, Any]
    checks: Mapping[str, Any]

    def without_relations(self) -> Results:
        """The manifest and what the checks mean, without the engine: this may leave the process."""
        return replace(self, engine=cast(Engine, None))

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

    def place(self, table: str, columns: Sequence[str], language: str) -> str:
        """A table with some of its columns, as its labels say."""
        about = self.checks["labels"].get(table, {})
        title = str(about.get("title", {}).get(language, table))
        labels = [str(about.get("columns", {}).get(c, {}).get(language, c)) for c in columns]
        if not labels:
            return title
        return f"{title}（{'、'.join(labels)}）" if language == "zh" else (
            f"{title} ({', '.join(labels)})")  # fmt: skip

    def words(self, codes: str | None, language: str) -> str:
        """A cell of codes (`;` separated) in words."""
        if codes is None:
            return ""
        known = self.checks["words"]
        parts = [str(known.get(code, {}).get(language, code)) for code in codes.split(";")]
        return ("、" if language == "zh" else ", ").join(parts)

    @property
    def case_asset(self) -> str:
        """The asset whose subjects are the cases."""
        assets = self.checks["assets"].items()
        return next(str(asset) for asset, about in assets if about["table"] == "cases")

    def fact_class(self, asset: str, fact: str | None) -> str:
        """The data class of a fact (none, personal, commercial, secret)."""
        return str(self.checks["facts"].get(asset, {}).get(fact, NONE))

    def part_classes(self, check_id: str) -> dict[str, str]:
        """The classes of what a finding of this check shows: observed, expected, evidence, ...

        >>> results.part_classes("owner-told")   # doctest: +SKIP
        {'observed': 'personal'}
        """
        about = self.checks["checks"][check_id]
        parts = about["facts"].items()
        found = {_PARTS.get(part, part): self.fact_class(about["asset"], fact)
                 for part, fact in parts}  # fmt: skip
        return {part: data_class for part, data_class in found.items() if data_class != NONE}

    def clock_classes(self, clock: str) -> dict[str, str]:
        """The classes of a clock's days; how many are left says as much as the day due.

        >>> results.clock_classes("posting")   # doctest: +SKIP
        {'start_on': 'none', 'due_on': 'none', 'done_on': 'none', 'days_left': 'none'}
        """
        about = self.checks["clocks"][clock]
        classes = {day: self.fact_class(about["asset"], f) for day, f in about["facts"].items()}
        return {**classes, "days_left": classes["due_on"]}

    @property
    def unit_names(self) -> dict[str, str]:
        """What people call units, by id."""
        return self._names_of("unit")

    @property
    def organ_names(self) -> dict[str, str]:
        """What people call organs, by id; a unit may have the id of an organ."""
        return self._names_of("organ")

    @property
    def names(self) -> dict[str, str]:
        """Units and organs in one; of a unit and an organ with one id, the unit."""
        return {**self.organ_names, **self.unit_names}

    def _names_of(self, kind: str) -> dict[str, str]:
        return _named(self.engine, self.checks["assets"][self.case_asset][kind])


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


def topic_titles(described: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """The titles of the topics that have checks, in the order of the pack; without one, the id.

    >>> topic_titles({"checks": {"c": {"topic": "t"}}})
    {'t': {'en': 't'}}
    """
    named = {about["id"]: about["title"] for about in described.get("topics", ())}
    used = dict.fromkeys(about["topic"] for about in described["checks"].values())
    order = [*(topic for topic in named if topic in used), *(t for t in used if t not in named)]
    return {topic: named.get(topic) or {"en": topic} for topic in order}


def put_names(files: CaseFiles, pack: Pack) -> tuple[dict[str, str], dict[str, str]]:
    """Make the relation `names` (table, id, name); returns those of units and of organs, by id.

    Names come from the tables that the kernel columns of the cases point at, and only where
    they are of class none: names stand on every page, whoever reads it.
    """
    engine = files.engine
    engine.run('CREATE OR REPLACE TABLE work.names ("table" VARCHAR, id VARCHAR, name VARCHAR)',
               "names")  # fmt: skip
    asset = next(asset for asset in pack.assets.values() if asset.table == "cases")
    columns = pack.schema.tables[asset.table].columns
    unit, organ = (columns[c].references if c else None for c in (asset.unit, asset.organ))
    for target in dict.fromkeys(t for t in (unit, organ) if t):
        named = pack.schema.column(target[0], "name")
        if named is None or named.data_class != NONE:  # everyone reads the names
            continue
        engine.run(
            f"INSERT INTO work.names SELECT {sqltext.literal(target[0])}, "
            f"{sqltext.name(target[1])}, name FROM {sqltext.name(target[0])} "
            "WHERE name IS NOT NULL",
            "names",
        )
    return _named(engine, unit and unit[0]), _named(engine, organ and organ[0])


def organs_with_cases(cases: FactTable, names: Mapping[str, str]) -> list[str]:
    """What the organs that have cases are called, in the order of their ids."""
    rows = cases.engine.rows(
        f"SELECT DISTINCT organ_id FROM {cases.relation} WHERE organ_id IS NOT NULL ORDER BY 1",
        "organs",
    )
    return [names[str(organ)] for (organ,) in rows if str(organ) in names]


def _named(engine: Engine, table: str | None) -> dict[str, str]:
    query = f'SELECT id, name FROM work.names WHERE "table" = {sqltext.literal(table)}'
    return {str(i): str(n) for i, n in engine.rows(query, "names")}
