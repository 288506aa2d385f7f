"""The criteria of a rubric file: what they are worth, who decides them, and by what."""

from __future__ import annotations

from typing import Any

from workbench.points import Points, parse_points
from workbench.rubrics import model
from workbench.rubrics.entries import Entry

_KEYS = {
    "id", "title", "maximum", "mode", "checks", "anchors", "human", "hints", "source", "items",
    "direct", "measure",
}  # fmt: skip
_LISTED_KEYS = {"check", "points", "group"}


def read_criteria(head: Entry, level: str) -> tuple[model.Criterion, ...]:
    """The criteria of a rubric in file order; their faults go to the head's."""
    found: list[model.Criterion] = []
    for entry in head.each("criteria", "criterion"):
        criterion = _criterion(entry, level)
        if criterion.id in {c.id for c in found}:
            entry.fault("id", f"criterion '{criterion.id}' stands twice")
        found.append(criterion)
    return tuple(found)


def _criterion(entry: Entry, level: str) -> model.Criterion:
    entry.knows(_KEYS)
    measure = _measure(entry, level)
    mode = entry.one_of("mode", model.MODES, "manual" if measure == "manual" else "auto")
    clear = entry.raw.get("mode", mode) == mode and (level == "case" or "measure" in entry.raw)
    human = entry.text("human")
    criterion = model.Criterion(
        id=entry.text("id", needed=True),
        # A criterion of criteria.yaml brings its own words and its source.
        title=entry.words("title") if not human or "title" in entry.raw else {},
        maximum=entry.number("maximum"),
        mode=mode,
        listed=tuple(_listed(entry)),
        anchors=_anchors(entry, mode if clear else "auto", human),
        human=human,
        hints=entry.names("hints"),
        source=entry.text("source", needed=not human),
        items=tuple(_items(entry)),
        direct=bool(entry.raw.get("direct", False)),
        measure=measure,
    )
    if clear:  # else who decides it is unknown, and every further fault would be a guess
        _fits(entry, criterion)
    return criterion


def _fits(entry: Entry, criterion: model.Criterion) -> None:
    """What a criterion is made of agrees with who decides it."""
    by_checks = criterion.measure in ("", "checks")
    if criterion.mode != "manual" and by_checks and not entry.raw.get("checks"):
        entry.fault("checks", f"{entry.label} lists no checks")
    if criterion.listed and (criterion.mode == "manual" or not by_checks):
        entry.fault("checks", f"{entry.label} is not decided by checks: name them under 'hints'")
    if criterion.human and criterion.mode == "auto":
        entry.fault("human", f"{entry.label} is decided by checks: 'human' says nothing")
    if criterion.maximum <= 0 and "maximum" in entry.raw:
        entry.fault("maximum", f"{entry.label} has no points")
    total = sum(item.points for item in criterion.items)
    if criterion.items and abs(total - criterion.maximum) > 1e-9:
        most = f"{criterion.maximum:g}"
        entry.fault("items", f"{entry.label}: the items sum to {total:g}, not to {most}")


def _measure(entry: Entry, level: str) -> str:
    if level == "case":
        if "measure" in entry.raw:
            entry.fault("measure", f"{entry.label}: 'measure' belongs to the level 'organ'")
        return ""
    if "measure" not in entry.raw:
        entry.fault("measure", f"{entry.label} needs 'measure': {', '.join(model.MEASURES)}")
    return entry.one_of("measure", model.MEASURES, "manual")


def _listed(entry: Entry) -> list[model.Listed]:
    """Each check: its id, or a mapping with points and group that this rubric sets."""
    raw = entry.raw.get("checks") or []
    if not isinstance(raw, list):
        entry.fault("checks", f"{entry.label}: checks is a list")
        return []
    found = []
    for index, one in enumerate(raw):
        if isinstance(one, str):
            found.append(model.Listed(one))
        elif isinstance(one, dict):
            place = (*entry.place, "checks", index)
            found.append(_own(Entry(entry.source, place, one, entry.faults, entry.label)))
        else:
            entry.fault("checks", f"{entry.label}: a check is its id, or {{check, points, group}}")
    return found


def _own(entry: Entry) -> model.Listed:
    entry.knows(_LISTED_KEYS)
    group = entry.raw.get("group")
    check = entry.text("check", needed=True)
    return model.Listed(check, _points(entry), None if group is None else str(group))


def _points(entry: Entry) -> Points | None:
    try:
        return parse_points(entry.raw.get("points"))
    except (KeyError, TypeError, ValueError) as error:
        said = str(error) if type(error) is ValueError else "points is not whole"
        entry.fault("points", f"{entry.label}: {said}")
        return None


def _anchors(entry: Entry, mode: str, human: str) -> dict[str, dict[str, str]]:
    """What none, half and full of the points mean; `human` brings them along."""
    raw: Any = entry.raw.get("anchors")
    if raw is None and (human or mode == "auto"):
        return {}
    if not isinstance(raw, dict) or tuple(raw) != model.ANCHORS:
        entry.fault(
            "anchors", f"{entry.label} needs the anchors none, half and full, in this order"
        )
        raw = raw if isinstance(raw, dict) else {}
    return {name: entry.both(raw[name], f"anchor {name}") for name in raw if name in model.ANCHORS}


def _items(entry: Entry) -> list[model.Item]:
    found = []
    for item in entry.each("items", "item"):
        item.knows({"zh", "en", "points"})
        found.append(model.Item(item.both(item.raw, "title"), item.number("points")))
    return found
