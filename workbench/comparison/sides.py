"""The two runs of a comparison: where their tables are, which checks can be compared, and what a
reader must know before believing the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.reports.results import Results, ordered_checks

KERNEL = ("subject_id", "case_id", "organ_id", "unit_id", "kind")


@dataclass(frozen=True)
class Side:
    """One run: its results, and its folder if it was saved."""

    results: Results
    folder: Path | None = None

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the run was made of."""
        return self.results.manifest

    @property
    def seal(self) -> str | None:
        """The seal of a saved run."""
        return self.manifest.get("seal")

    @property
    def name(self) -> str:
        """The id of a saved run; what can be said of another."""
        fallback = f"{self.manifest['pack']['id']}-{self.manifest['as_of']}"
        return str(self.manifest.get("run_id", fallback))

    def relation(self, engine: Engine, side: str, table: str, columns: tuple[str, ...]) -> str:
        """A table of the run as the comparing engine reads it: its file, or a copy."""
        if self.folder is not None:
            return f"read_parquet({sqltext.literal(str(self.folder / f'{table}.parquet'))})"
        own, copy = table.replace("/", "_"), f"work.{side}_{table.replace('/', '_')}"
        chosen = ", ".join(sqltext.name(column) for column in columns)
        engine.put(copy, self.results.engine.arrow(f"SELECT {chosen} FROM work.{own}", copy))
        return copy


@dataclass(frozen=True)
class Note:
    """What must be known: a code of `comparison_words.yaml` with its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unlike:
    """A check that cannot be compared, why (a code), and what either run lacks for it."""

    check: str
    reason: str
    missing: tuple[str, ...] = ()


def matched_checks(before: Side, after: Side) -> tuple[dict[str, list[str]], list[Unlike]]:
    """Checks that both runs tested by the same rule, by asset, and those that are not so."""
    theirs, ours = before.results.checks["checks"], after.results.checks["checks"]
    alike: dict[str, list[str]] = {}
    unlike: list[Unlike] = []
    known = ordered_checks(after.results.checks)
    for check in [*known, *(c for c in ordered_checks(before.results.checks) if c not in ours)]:
        found = _unlike(check, before, after)
        if found:
            unlike.append(found)
        else:
            alike.setdefault(theirs[check]["asset"], []).append(check)
    return alike, unlike


def _unlike(check: str, before: Side, after: Side) -> Unlike | None:
    theirs, ours = before.results.checks["checks"], after.results.checks["checks"]
    if check not in theirs or check not in ours:
        return Unlike(check, "only_after" if check in ours else "only_before")
    if _rule(before, check) != _rule(after, check) or (
        theirs[check]["asset"] != ours[check]["asset"]
    ):
        return Unlike(check, "rule_changed")
    for side, reason in ((before, "untested_before"), (after, "untested_after")):
        if missing := side.manifest["untested"].get(check):
            return Unlike(check, reason, tuple(missing))
    return None


def _rule(side: Side, check: str) -> str | None:
    """The hash of what the check decides by; of older runs, that of the whole pack."""
    hashes = side.results.checks.get("rules", {}).get(check)
    return hashes["rule"] if hashes else None


def same_rule(before: Side, after: Side, check: str) -> bool:
    """Do both runs have the check, on the same asset and by the same rule?"""
    found = _unlike(check, before, after)
    return found is None or found.reason.startswith("untested")


def notes_of(before: Side, after: Side, alike: Mapping[str, list[str]]) -> Iterator[Note]:
    """How the two runs differ, beside the case files."""
    old, new = before.manifest, after.manifest
    if before.seal is not None and before.seal == after.seal:
        yield Note("same_run")
        return
    if old["as_of"] > new["as_of"]:
        yield Note("swapped", {"before": old["as_of"], "after": new["as_of"]})
    elif old["as_of"] < new["as_of"]:
        yield Note("as_of", {"before": old["as_of"], "after": new["as_of"]})
    if _span(old) != _span(new):
        yield Note(
            "period", {"before": "..".join(old["period"]), "after": "..".join(new["period"])}
        )
    if old["pack"]["id"] != new["pack"]["id"]:
        yield Note("other_pack", {"before": old["pack"]["id"], "after": new["pack"]["id"]})
    elif old["pack"]["digest"] != new["pack"]["digest"]:
        yield Note("pack", {"before": _version(old), "after": _version(new)})
    yield from _profiles(old, new)
    yield from _facts(before, after, alike)


def _span(manifest: Mapping[str, Any]) -> list[str]:
    """The audit period; one that ends on the as-of day says nothing that the day does not."""
    start, end = manifest["period"]
    return [start, "" if end == manifest["as_of"] else end]


def _version(manifest: Mapping[str, Any]) -> str:
    return f"{manifest['pack']['version']} ({manifest['pack']['digest'][:12]})"


def _profiles(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Note]:
    names = sorted({*old["profile"], *new["profile"]})
    changed = [name for name in names if old["profile"].get(name) != new["profile"].get(name)]
    if changed:
        yield Note("profile", {"names": ", ".join(changed), "n": len(changed)})


def _facts(before: Side, after: Side, alike: Mapping[str, list[str]]) -> Iterator[Note]:
    theirs, ours = (side.results.checks.get("rules", {}) for side in (before, after))
    checks = [check for checks in alike.values() for check in checks]
    changed = [c for c in checks if c in theirs and c in ours
               and theirs[c]["facts"] != ours[c]["facts"]]  # fmt: skip
    if changed:
        yield Note("facts", {"n": len(changed), "of": len(checks)})
    unknown = [check for check in checks if check not in theirs or check not in ours]
    if unknown and before.manifest["pack"]["digest"] != after.manifest["pack"]["digest"]:
        yield Note("rules_unknown", {"n": len(unknown)})
