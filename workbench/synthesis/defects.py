"""The defects of `defects.yaml` and `defects/<topic>.yaml`: what they fall on, change, and fail.

A defect takes a clean case and changes it by data: some are edits of the finished case, some
send it down its path again at another pace or with other draws, some refer to an earlier case.
Others are counted: they fall on so many subjects of another asset. What fails is what the file
says; nothing here works it out. A defect that fails nothing is a lawful oddity: the last lawful
day, a lawful exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from workbench.sources import Place
from workbench.synthesis.assets import Asset, mapping_of
from workbench.synthesis.book import Book
from workbench.synthesis.cells import Cell, compile_cell
from workbench.synthesis.draft import CASES, Draft, Row, Unfit
from workbench.synthesis.draws import Draws, compile_draws
from workbench.synthesis.echoes import Echo, Echoes
from workbench.synthesis.edits import Edit, Fits, Workshop
from workbench.synthesis.lookups import Pools
from workbench.synthesis.moments import day_of, moment_of
from workbench.terms import did_you_mean

Pace: TypeAlias = Mapping[str, Callable[[Draft], int | None]]
Truth: TypeAlias = tuple[str, str, str]
_ONCE = ("subjects", "least", "spare", "scale")
_KEYS = (
    "id", "theme", "weight", "count", "asset", "where", "echo", "draw", "assume", "pace", "pick",
    "edits", "provided", "fails",
)  # fmt: skip


class Rerun(Protocol):
    """Sends a case down its path again."""

    def __call__(self, assume: Mapping[str, Any], pace: Pace, echo: Draft | None) -> Draft:
        """The case with these draws and days."""


@dataclass(frozen=True)
class Failing:
    """One check that fails: on the subject itself, or on another that is named."""

    check: str
    when: Fits | None
    of: str
    asset: Asset
    pattern: str | None

    def truth(self, draft: Draft) -> Iterator[Truth]:
        """The subjects that fail."""
        if self.when is not None and not self.when(draft):
            return
        if self.of in ("self", "both"):
            yield self.check, self.asset.name, self._subject(draft)
        if self.of in ("echo", "both") and draft.echo is not None:
            yield self.check, self.asset.name, self._subject(draft.echo)

    def _subject(self, draft: Draft) -> str:
        if self.pattern:
            return self.pattern.format_map(mapping_of(draft))
        # A subject that is no case may have been dropped: its plan still knows its row.
        return self.asset.subject(draft.plan.get("row") or draft.record)


@dataclass(frozen=True)
class Defect:
    """One way in which a case (or another subject) can be wrong, or oddly right."""

    id: str
    asset: Asset
    theme: str
    weight: float
    count: int
    where: Fits
    echo: Echo | None
    draws: Draws
    assume: Mapping[str, Any]
    pace: Pace
    pick: Callable[[Draft], list[Row]] | None
    edits: tuple[Edit, ...]
    provided: Fits
    fails: tuple[Failing, ...]

    def plant(
        self, clean: Draft, rerun: Rerun | None, echoes: Echoes | None
    ) -> tuple[Draft, list[Truth]] | None:
        """The changed case and what fails; None where the defect does not fall.

        Raises `Unfit` where an edit finds nothing to change.
        """
        if not self.where(clean):
            return None
        echo = echoes.find(self.echo, clean) if self.echo and echoes else None
        if self.echo and echo is None:
            return None
        draft = self._again(clean, rerun, echo)
        self.draws.into(draft.rng, draft.plan, {})
        if self.pick:
            draft.it = self.pick(draft)[0]
        for edit in self.edits:
            edit(draft)
        if not self.provided(draft):
            return None
        return draft, [truth for failing in self.fails for truth in failing.truth(draft)]

    def _again(self, clean: Draft, rerun: Rerun | None, echo: Draft | None) -> Draft:
        if rerun is not None and (self.pace or self.assume):
            clean.echo = echo
            assume = {k: v(clean, {}) if callable(v) else v for k, v in self.assume.items()}
            clean.echo = None
            return rerun(assume, self.pace, echo)
        draft = clean.copy()
        draft.echo = echo
        return draft

    @property
    def checks(self) -> frozenset[str]:
        """All checks that it may fail."""
        return frozenset(failing.check for failing in self.fails)


@dataclass(frozen=True)
class Defects:
    """All defects and the rate of each theme.

    Of every defect `least` are wanted, and a share `spare` of the clean cases is there for that.
    `scale` multiplies all rates: the more themes there are, the fewer cases stay clean.
    """

    themes: Mapping[str, float]
    defects: tuple[Defect, ...]
    least: int
    spare: float
    scale: float

    def of(self, theme: str) -> list[Defect]:
        """The defects of a theme on cases, in the order of the files."""
        return [d for d in self.defects if d.theme == theme and not d.count]

    def counted(self) -> Iterator[Defect]:
        """The defects that are planted a fixed number of times, on other assets than cases."""
        return (defect for defect in self.defects if defect.count)


@dataclass(frozen=True)
class Known:
    """What defects may name: values and steps of the paths, assets, what rows know."""

    names: frozenset[str]
    steps: frozenset[str]
    assets: Mapping[str, Asset]
    knows: Callable[[str], Sequence[str]]


def parse_defects(books: Sequence[Book], pools: Pools, known: Known) -> Defects:
    """The files of defects -> `Defects`; faults are noted in the books.

    A defect that names something unknown would never fall on a case, in silence: it is a fault.
    """
    themes: dict[str, float] = {}
    once: dict[str, Any] = {}
    for book in books:
        content = book.source.content
        book.keys((), content, (*_ONCE, "themes", "defects"))
        for name, rate in book.mapping(("themes",), content.get("themes")).items():
            if themes.setdefault(str(name), float(rate)) != float(rate):
                book.fault(("themes", name), f"theme '{name}' has another rate in another file")
        for name in _ONCE:
            if name in content and once.setdefault(name, content[name]) is not content[name]:
                book.fault((name,), f"'{name}' stands in another file too")
    seen: list[str] = []
    defects: list[Defect] = []
    for book in books:
        book.known_steps = known.steps
        reader = _Reader(book, pools, known, once.get("subjects") or {})
        for index, spec in enumerate(book.source.content.get("defects") or ()):
            place = ("defects", index)
            spec = book.mapping(place, spec)
            _check_names(book, place, spec, seen, themes)
            defects.append(reader.defect(place, spec))
    return Defects(
        themes,
        tuple(defects),
        least=int(once.get("least", 0)),
        spare=float(once.get("spare", 0)),
        scale=float(once.get("scale", 1)),
    )


def _check_names(
    book: Book, place: Place, spec: Mapping[str, Any], seen: list[str], themes: Mapping[str, float]
) -> None:
    book.keys(place, spec, _KEYS)
    if spec.get("id") in seen:
        book.fault(place, f"defect '{spec['id']}' stands twice")
    seen.append(str(spec.get("id")))
    if spec.get("theme") not in themes:
        hint = did_you_mean(str(spec.get("theme")), themes)
        book.fault(place, f"unknown theme '{spec.get('theme')}'", hint)
    if (spec.get("asset", CASES) != CASES) != bool(spec.get("count")):
        book.fault(place, "'count' belongs to a defect on another asset than cases")


class _Reader:
    """Reads the defects of one file."""

    def __init__(self, book: Book, pools: Pools, known: Known, subjects: Mapping[str, str]) -> None:
        self.book = book
        self.pools = pools
        self.known = known
        self.subjects = subjects
        self.workshop = Workshop(book, pools, known.names | {"year_end", "row", "shared"})

    def defect(self, place: Place, spec: Mapping[str, Any]) -> Defect:
        book, workshop = self.book, self.workshop
        asset = self.asset(place, str(spec.get("asset", CASES)))
        drawn = set(self.known.names)
        draws = compile_draws(book, (*place, "draw"), spec.get("draw"), self.pools, drawn)
        workshop.look_at(asset.table, [*self.known.knows(asset.table), *(spec.get("draw") or ())])
        for name in spec.get("assume") or ():
            book.known((*place, "assume"), name, sorted(workshop.planned), "value")
        pick = spec.get("pick")
        edits = enumerate(spec.get("edits") or ())
        return Defect(
            id=str(spec.get("id")),
            asset=asset,
            theme=str(spec.get("theme")),
            weight=float(spec.get("weight", 1)),
            count=int(spec.get("count", 0)),
            where=workshop.condition((*place, "where"), spec.get("where")),
            echo=self.echo((*place, "echo"), spec.get("echo")),
            draws=draws,
            assume=dict(self.assume((*place, "assume"), spec.get("assume") or {})),
            pace=dict(self.pace((*place, "pace"), spec.get("pace"))),
            pick=workshop.rows((*place, "pick"), pick["in"], {"which": "any", **pick})
            if pick
            else None,
            edits=tuple(workshop.edit((*place, "edits", n), edit) for n, edit in edits),
            provided=workshop.condition((*place, "provided"), spec.get("provided")),
            fails=tuple(self.fails((*place, "fails"), spec.get("fails"), asset)),
        )

    def asset(self, place: Place, name: str) -> Asset:
        if self.book.known(place, name, self.known.assets, "asset"):
            return self.known.assets[name]
        return Asset(name, CASES, ("case_id",))

    def assume(self, place: Place, spec: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Fixed values; `=echo.party` is worked out when the earlier case is known."""
        for name, value in spec.items():
            if isinstance(value, str) and value.startswith("="):
                cell: Cell = compile_cell(self.book, (*place, name), value[1:], self.pools)
                yield name, cell
            else:
                yield name, tuple(value) if isinstance(value, list) else value

    def pace(self, place: Place, spec: Any) -> Iterator[tuple[str, Callable[[Draft], int | None]]]:
        """`step: moment`, or `step: never`."""
        for name, entry in self.book.mapping(place, spec).items():
            self.book.step((*place, name), name)
            if entry == "never":
                yield name, lambda draft: None
            else:
                yield name, moment_of(self.book, (*place, name), {**entry, "ahead": True})

    def echo(self, place: Place, spec: Any) -> Echo | None:
        """`{of: unit, where: condition, same: [name, ...], apart: [name, ...]}`."""
        if spec is None:
            return None
        self.book.keys(place, spec, ("of", "where", "same", "apart"))
        of = str(spec.get("of", "unit"))
        self.book.known((*place, "of"), of, ("unit", "organ"), "circle")
        same = tuple(self.same((*place, "same"), str(name)) for name in spec.get("same") or ())
        for name in spec.get("apart") or ():
            self.book.name((*place, "apart"), name)
        where = self.workshop.condition((*place, "where"), spec.get("where"))
        return Echo(of, where, same, tuple(spec.get("apart") or ()))

    def same(self, place: Place, name: str) -> Callable[[Draft], object]:
        """A day or column, or a value of the plan."""
        book = self.book
        if "." in name or name in self.workshop.columns or name in self.known.steps:
            found = book.schema.column(*(name if "." in name else f"cases.{name}").split(".", 1))
            if found is None or found.type in ("date", "timestamp"):
                return _quiet(day_of(book, place, name))
            table, column = (name if "." in name else f"cases.{name}").split(".", 1)
            return lambda draft: (draft.rows.get(table) or [{}])[-1].get(column)
        book.name(place, name)
        return lambda draft: draft.plan.get(name)

    def fails(self, place: Place, spec: Any, asset: Asset) -> Iterator[Failing]:
        """`check`, or `{check: ..., when: condition, of: echo, asset: ..., subject: ...}`."""
        for index, entry in enumerate(spec or ()):
            here = (*place, index)
            entry = entry if isinstance(entry, dict) else {"check": entry}
            self.book.keys(here, entry, ("check", "when", "of", "asset", "subject"))
            of = str(entry.get("of", "self"))
            self.book.known(here, of, ("self", "echo", "both"), "word")
            other = self.asset(here, entry["asset"]) if "asset" in entry else asset
            when = self.workshop.condition(here, entry["when"]) if "when" in entry else None
            pattern = entry.get("subject")
            if pattern is None and other.name == asset.name:
                pattern = self.subjects.get(asset.name) if asset.name != CASES else None
            if pattern is None and other.name != asset.name:
                self.book.fault(here, "a check on another asset needs 'subject'")
            yield Failing(str(entry.get("check")), when, of, other, pattern)


def _quiet(day: Callable[[Draft], int]) -> Callable[[Draft], object]:
    def value(draft: Draft) -> object:
        try:
            return day(draft)
        except Unfit:
            return None

    return value
