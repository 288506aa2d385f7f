"""Rubrics: how 100 points are spread over criteria, and what a veto or an absent item does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault

MODES = ("auto", "manual", "mixed")
VETO_EFFECTS = ("zero", "fail", "cap_not_excellent", "none")
ABSENT_RULES = ("drop", "full", "zero")
_RUBRIC_KEYS = {
    "id", "version", "title", "kind", "base", "veto_effect", "absent_item", "bands", "source",
    "criteria", "provisional_below",
}  # fmt: skip
_CRITERION_KEYS = {"id", "title", "maximum", "mode", "checks", "anchors", "hints", "source"}


@dataclass(frozen=True)
class Criterion:
    """One item of a rubric; an automatic one lists the checks that decide its points."""

    id: str
    title: Mapping[str, str]
    maximum: float
    mode: str
    checks: tuple[str, ...]
    anchors: Mapping[str, Any]


@dataclass(frozen=True)
class Rubric:
    """Criteria whose maxima sum to 100, bands, and the effect of a confirmed veto."""

    id: str
    version: str
    title: Mapping[str, str]
    criteria: tuple[Criterion, ...]
    veto_effect: str
    absent_item: str
    bands: tuple[tuple[str, float], ...]
    provisional_below: float

    @property
    def automatic(self) -> tuple[Criterion, ...]:
        """The criteria that checks decide."""
        return tuple(c for c in self.criteria if c.mode == "auto")

    def maximum(self, mode: str) -> float:
        """Sum of the maxima of the criteria of one mode."""
        return sum(c.maximum for c in self.criteria if c.mode == mode)


def parse_rubric(source: Source) -> tuple[Rubric | None, list[Fault]]:
    """`rubrics/<name>.yaml` -> `Rubric`, with every fault of the file."""
    content = source.content if isinstance(source.content, dict) else {}
    faults = list(unknown_entries(source, (), content, _RUBRIC_KEYS))
    for needed in ("id", "version", "title", "criteria", "bands"):
        if not content.get(needed):
            faults.append(source.fault((), f"a rubric needs '{needed}'"))
            return None, faults
    for key, known in (("veto_effect", VETO_EFFECTS), ("absent_item", ABSENT_RULES)):
        if content.get(key, known[0]) not in known:
            faults.append(source.fault((key,), f"{key} is one of {', '.join(known)}"))
    for key, built in (("absent_item", "drop"), ("base", "additive")):
        if content.get(key, built) != built:
            faults.append(source.fault((key,), f"{key} other than '{built}' is not built yet"))
    criteria = tuple(
        _parse_criterion(source, ("criteria", index), raw, faults)
        for index, raw in enumerate(content["criteria"])
    )
    total = sum(c.maximum for c in criteria)
    if abs(total - 100) > 1e-9:
        faults.append(source.fault(("criteria",), f"the maxima sum to {total:g}, not to 100"))
    rubric = Rubric(
        id=content["id"],
        version=str(content["version"]),
        title=content["title"],
        criteria=criteria,
        veto_effect=content.get("veto_effect", "zero"),
        absent_item=content.get("absent_item", "drop"),
        bands=tuple((band["name"], float(band["from"])) for band in content["bands"]),
        provisional_below=float(content.get("provisional_below", 0)),
    )
    return rubric, faults


def _parse_criterion(
    source: Source, place: Place, raw: dict[str, Any], faults: list[Fault]
) -> Criterion:
    faults.extend(unknown_entries(source, place, raw, _CRITERION_KEYS))
    mode = raw.get("mode", "auto")
    if mode not in MODES:
        faults.append(source.fault(place, f"mode is one of {', '.join(MODES)}"))
    if mode == "mixed":
        faults.append(source.fault(place, "mode mixed is not built yet: write two criteria"))
    if mode != "manual" and not raw.get("checks"):
        faults.append(source.fault(place, f"criterion '{raw.get('id')}' lists no checks"))
    if mode == "manual" and set(raw.get("anchors") or {}) != {"none", "half", "full"}:
        faults.append(source.fault(place, f"criterion '{raw.get('id')}' needs the anchors none, "
                                          "half and full"))  # fmt: skip
    return Criterion(
        id=str(raw.get("id")),
        title=raw.get("title") or {},
        maximum=float(raw.get("maximum", 0)),
        mode=mode,
        checks=tuple(raw.get("checks") or ()),
        anchors=raw.get("anchors") or {},
    )
