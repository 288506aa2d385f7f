"""Criteria that only a person can judge: what is asked, with anchors for none, half and full.

A pack's `criteria.yaml` keeps what its sources demand and no record can decide. Rubrics draw on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault

LEVELS = ("case", "organ")
ANCHORS = ("none", "half", "full")
LANGUAGES = ("zh", "en")
_KEYS = {"id", "number", "level", "seed", "title", "why", "anchors", "hints"}


@dataclass(frozen=True)
class HumanCriterion:
    """One demand that a reviewer rates; `hints` are the checks to look at first.

    >>> pack.criteria["facts-and-evidence"].anchors["full"]["en"]   # doctest: +SKIP
    'Clear facts, sure evidence, an unbroken chain'
    """

    id: str
    number: str
    level: str
    seed: str
    title: Mapping[str, str]
    why: Mapping[str, str]
    anchors: Mapping[str, Mapping[str, str]]
    hints: tuple[str, ...]


def parse_criteria(source: Source) -> tuple[dict[str, HumanCriterion], list[Fault]]:
    """`criteria.yaml` -> criteria by id, with every fault of the file."""
    content = source.content if isinstance(source.content, dict) else {}
    faults = list(unknown_entries(source, (), content, {"criteria"}))
    found: dict[str, HumanCriterion] = {}
    for index, raw in enumerate(content.get("criteria") or []):
        place: Place = ("criteria", index)
        criterion = _parse(source, place, raw or {}, faults)
        if criterion.id in found:
            faults.append(source.fault(place, f"criterion '{criterion.id}' stands twice"))
        found[criterion.id] = criterion
    return found, faults


def _parse(
    source: Source, place: Place, raw: dict[str, Any], faults: list[Fault]
) -> HumanCriterion:
    faults.extend(unknown_entries(source, place, raw, _KEYS))
    name = str(raw.get("id"))
    missing = [key for key in ("id", "level", "seed", "title", "anchors") if not raw.get(key)]
    if missing:
        faults.append(source.fault(place, f"criterion '{name}' needs {', '.join(missing)}"))
    if raw.get("level") not in LEVELS:
        faults.append(source.fault(place, f"level is one of {', '.join(LEVELS)}"))
    anchors = raw.get("anchors") or {}
    if tuple(anchors) != ANCHORS:
        message = f"criterion '{name}' needs the anchors {', '.join(ANCHORS)}, in this order"
        faults.append(source.fault(place, message))
    for part, text in (("title", raw.get("title") or {}), *anchors.items()):
        for language in LANGUAGES:
            if not text.get(language):
                faults.append(source.fault(place, f"'{name}' has no {part} in {language}"))
    return HumanCriterion(
        id=name,
        number=str(raw.get("number") or ""),
        level=str(raw.get("level")),
        seed=str(raw.get("seed") or ""),
        title=raw.get("title") or {},
        why=raw.get("why") or {},
        anchors=anchors,
        hints=tuple(raw.get("hints") or ()),
    )
