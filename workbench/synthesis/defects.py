"""The defects of `defects.yaml`: which cases they fall on, what they change, what then fails.

A defect takes a clean case and changes it by data: some are edits of the finished case, some
send it down its path again at another pace. What fails is what the file says; nothing here
works it out. A defect that fails nothing is a lawful oddity: the last lawful day, a lawful
exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.sources import Place
from workbench.synthesis.book import Book
from workbench.synthesis.draft import CASES, Draft, Row
from workbench.synthesis.draws import Pools
from workbench.synthesis.edits import Edit, Fits, Workshop
from workbench.synthesis.moments import moment_of
from workbench.terms import did_you_mean

Rerun = Callable[[Mapping[str, Any], Mapping[str, Callable[[Draft], int | None]]], Draft]
Failing = tuple[str, Fits | None]
_KEYS = (
    "id", "theme", "weight", "count", "asset", "where", "assume", "pace", "pick", "edits",
    "provided", "fails",
)  # fmt: skip


@dataclass(frozen=True)
class Defect:
    """One way in which a case can be wrong (or oddly right)."""

    id: str
    asset: str
    theme: str
    weight: float
    count: int
    where: Fits
    assume: Mapping[str, Any]
    pace: Mapping[str, Callable[[Draft], int | None]]
    pick: Callable[[Draft], list[Row]] | None
    edits: tuple[Edit, ...]
    provided: Fits
    fails: tuple[Failing, ...]

    def plant(self, clean: Draft, rerun: Rerun) -> tuple[Draft, list[str]] | None:
        """The changed case and the checks it fails; None where the defect does not fall.

        Raises `Unfit` where an edit finds nothing to change.
        """
        if not self.where(clean):
            return None
        again = bool(self.pace or self.assume)
        draft = rerun(self.assume, self.pace) if again else clean.copy()
        if self.pick:
            draft.it = self.pick(draft)[0]
        for edit in self.edits:
            edit(draft)
        if not self.provided(draft):
            return None
        return draft, [check for check, when in self.fails if when is None or when(draft)]


@dataclass(frozen=True)
class Defects:
    """All defects, the rate of each theme, and what a subject is called.

    Of every defect `least` are wanted, and a share `spare` of the clean cases is there for that.
    """

    themes: Mapping[str, float]
    defects: tuple[Defect, ...]
    subjects: Mapping[str, str]
    least: int
    spare: float

    def of(self, theme: str) -> list[Defect]:
        """The defects of a theme, in the order of the file."""
        return [d for d in self.defects if d.theme == theme and d.asset == CASES]

    def counted(self) -> Iterator[Defect]:
        """The defects that are planted a fixed number of times, on other assets than cases."""
        return (defect for defect in self.defects if defect.asset != CASES)


def parse_defects(
    book: Book, pools: Pools, names: frozenset[str], steps: frozenset[str]
) -> Defects:
    """`defects.yaml` -> `Defects`; faults are noted in the book.

    `names` and `steps` are those of the paths. A defect that names something else would never
    fall on a case, in silence: it is a fault.
    """
    content = book.source.content
    book.known_names, book.known_steps = names | {"year_end"}, steps
    book.keys((), content, ("subjects", "least", "spare", "themes", "defects"))
    workshop = Workshop(book, pools, names)
    themes = {str(k): float(v) for k, v in (content.get("themes") or {}).items()}
    seen: list[str] = []
    defects: list[Defect] = []
    for index, spec in enumerate(content.get("defects") or ()):
        place = ("defects", index)
        spec = book.mapping(place, spec)
        book.keys(place, spec, _KEYS)
        if spec.get("id") in seen:
            book.fault(place, f"defect '{spec['id']}' stands twice")
        seen.append(str(spec.get("id")))
        if spec.get("theme") not in themes:
            hint = did_you_mean(str(spec.get("theme")), themes)
            book.fault(place, f"unknown theme '{spec.get('theme')}'", hint)
        defects.append(_defect(workshop, place, spec))
    least, spare = int(content.get("least", 0)), float(content.get("spare", 0))
    return Defects(themes, tuple(defects), content.get("subjects") or {}, least, spare)


def _defect(workshop: Workshop, place: Place, spec: Mapping[str, Any]) -> Defect:
    edits = enumerate(spec.get("edits") or ())
    for name in spec.get("assume") or ():
        workshop.book.known((*place, "assume"), name, sorted(workshop.planned), "value")
    pick = spec.get("pick")
    return Defect(
        id=str(spec.get("id")),
        asset=str(spec.get("asset", CASES)),
        theme=str(spec.get("theme")),
        weight=float(spec.get("weight", 1)),
        count=int(spec.get("count", 0)),
        where=workshop.condition((*place, "where"), spec.get("where")),
        assume=spec.get("assume") or {},
        pace=dict(_pace(workshop.book, (*place, "pace"), spec.get("pace"))),
        pick=workshop.rows((*place, "pick"), pick["in"], {"which": "any", **pick})
        if pick
        else None,
        edits=tuple(workshop.edit((*place, "edits", n), edit) for n, edit in edits),
        provided=workshop.condition((*place, "provided"), spec.get("provided")),
        fails=tuple(_fails(workshop, (*place, "fails"), spec.get("fails"))),
    )


def _pace(
    book: Book, place: Place, spec: Any
) -> Iterator[tuple[str, Callable[[Draft], int | None]]]:
    """`step: moment`, or `step: never`."""
    for name, entry in book.mapping(place, spec).items():
        book.step((*place, name), name)
        if entry == "never":
            yield name, lambda draft: None
        else:
            yield name, moment_of(book, (*place, name), {**entry, "ahead": True})


def _fails(workshop: Workshop, place: Place, spec: Any) -> Iterator[Failing]:
    """`check`, or `{check: ..., when: condition}`."""
    for index, entry in enumerate(spec or ()):
        if isinstance(entry, dict):
            here = (*place, index)
            workshop.book.keys(here, entry, ("check", "when"))
            yield str(entry["check"]), workshop.condition(here, entry.get("when"))
        else:
            yield str(entry), None
