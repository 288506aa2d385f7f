"""`rubrics/<name>.yaml` -> `Rubric`, with every fault of the file at once."""

from __future__ import annotations

from pathlib import PurePosixPath

from workbench.rubrics import model
from workbench.rubrics.entries import Entry
from workbench.rubrics.items import read_criteria
from workbench.sources import Source
from workbench.terms import Fault

_KEYS = {
    "id", "version", "title", "source", "ours", "level", "base", "full", "split", "veto_effect",
    "vetoes", "veto_checks", "absent_item", "bands", "criteria", "provisional_below", "rounding",
    "from_on", "to_on", "appraisals",
}  # fmt: skip
_SPLIT_KEYS = {"fixed", "scaled", "direct_most"}
_VETO_CHECKS = ("pack", "listed")


def parse_rubric(source: Source) -> tuple[model.Rubric | None, list[Fault]]:
    """`rubrics/<name>.yaml` -> `Rubric`, with every fault of the file; None where it has no core.

    >>> rubric, faults = parse_rubric(source)   # doctest: +SKIP
    """
    content = source.content if isinstance(source.content, dict) else {}
    faults: list[Fault] = []
    head = Entry(source, (), content, faults, "the rubric")
    head.knows(_KEYS)
    lacking = [n for n in ("id", "version", "title", "criteria", "bands") if not content.get(n)]
    faults.extend(source.fault((), f"a rubric needs '{name}'") for name in lacking)
    if lacking:
        return None, faults
    if str(content["id"]) != PurePosixPath(source.file).stem:
        head.fault("id", f"the id is '{content['id']}', the file is called otherwise")
    rubric = _rubric(head)
    _sums(head, rubric)
    return rubric, faults


def _rubric(head: Entry) -> model.Rubric:
    level = head.one_of("level", model.LEVELS, "case")
    base = head.one_of("base", model.BASES, "additive")
    # Where nothing is scaled, there is no denominator that an absent item could leave.
    absent = head.one_of(
        "absent_item", model.ABSENT_RULES, "full" if base == "deductive" else "drop"
    )
    if base == "deductive" and absent == "drop":
        head.fault("absent_item", "base deductive has no denominator: absent_item is full or zero")
    from_on, to_on = head.day("from_on"), head.day("to_on")
    if from_on and to_on and to_on < from_on:
        head.fault("to_on", f"to_on {to_on} lies before from_on {from_on}")
    return model.Rubric(
        id=str(head.raw["id"]),
        version=str(head.raw["version"]),
        title=head.words("title"),
        criteria=read_criteria(head, level),
        bands=_bands(head),
        source=head.text("source", needed=True),
        ours=head.words("ours") if "ours" in head.raw else {},
        level=level,
        base=base,
        full=head.number("full", 100.0),
        split=_split(head, base),
        veto_effect=head.one_of("veto_effect", model.VETO_EFFECTS, "zero"),
        vetoes=_vetoes(head),
        pack_vetoes=head.one_of("veto_checks", _VETO_CHECKS, "pack") == "pack",
        absent_item=absent,
        provisional_below=head.share("provisional_below", 0.0),
        rounding=head.whole("rounding", 2, most=2),
        from_on=from_on,
        to_on=to_on,
        appraisals=_appraisals(head, level),
    )


def _bands(head: Entry) -> tuple[model.Band, ...]:
    bands: list[model.Band] = []
    for entry in head.each("bands", "band"):
        entry.knows({"name", "title", "from"})
        band = model.Band(
            entry.text("name", needed=True), entry.words("title"), entry.number("from")
        )
        if bands and band.floor >= bands[-1].floor:
            entry.fault("from", "the bands stand from the highest down")
        if band.name in {b.name for b in bands}:
            entry.fault("name", f"band '{band.name}' stands twice")
        bands.append(band)
    if bands and bands[-1].floor != 0:
        head.fault("bands", f"the lowest band starts at {bands[-1].floor:g}, not at 0")
    return tuple(bands)


def _split(head: Entry, base: str) -> model.Split | None:
    if base != "split":
        if "split" in head.raw:
            head.fault("split", f"'split' says nothing where the base is {base}")
        return None
    entry = head.part("split")
    entry.knows(_SPLIT_KEYS)
    found = model.Split(*(entry.number(key) for key in ("fixed", "scaled", "direct_most")))
    if found.fixed + found.scaled != 100:
        head.fault("split", f"fixed and scaled sum to {found.fixed + found.scaled:g}, not to 100")
    return found


def _vetoes(head: Entry) -> tuple[model.Veto, ...]:
    vetoes: list[model.Veto] = []
    for entry in head.each("vetoes", "veto"):
        entry.knows({"id", "title", "checks", "effect", "source"})
        effect = entry.one_of("effect", model.VETO_EFFECTS, "") or None
        veto = model.Veto(
            entry.text("id", needed=True), entry.words("title"), entry.names("checks"), effect,
            entry.text("source"),
        )  # fmt: skip
        if veto.id in {v.id for v in vetoes}:
            entry.fault("id", f"veto '{veto.id}' stands twice")
        vetoes.append(veto)
    return tuple(vetoes)


def _appraisals(head: Entry, level: str) -> tuple[model.Appraisal, ...]:
    found = []
    for entry in head.each("appraisals", "appraisal"):
        entry.knows({"id", "title", "weight"})
        name = entry.text("id", needed=True)
        found.append(model.Appraisal(name, entry.words("title"), entry.share("weight")))
    if found and level != "organ":
        head.fault("appraisals", "appraisals are combined for an organ: level is 'organ'")
    if found and abs(sum(a.weight for a in found) - 1) > 1e-9:
        total = sum(a.weight for a in found)
        head.fault("appraisals", f"the weights sum to {total:g}, not to 1")
    return tuple(found)


def _sums(head: Entry, rubric: model.Rubric) -> None:
    """The maxima sum to what the rubric says is full; direct deductions are no part of it."""
    total = sum(c.maximum for c in rubric.criteria if not c.direct)
    if abs(total - rubric.full) > 1e-9:
        head.fault("criteria", f"the maxima sum to {total:g}, not to {rubric.full:g}")
    if rubric.base != "split":
        for index, criterion in enumerate(rubric.criteria):
            if criterion.direct:
                message = f"criterion '{criterion.id}' deducts directly: only base 'split' does"
                head.faults.append(head.source.fault(("criteria", index), message))
