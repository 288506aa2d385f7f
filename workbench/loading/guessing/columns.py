"""Which column each header of a sheet is: sure, to be asked, or nothing of the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from workbench.loading.guessing.evidence import Fit, Fitting, Profile
from workbench.loading.guessing.headers import HeaderWords, header_words, is_generic
from workbench.loading.guessing.vocabulary import Level, Match, Target, Vocabulary
from workbench.loading.units import factor_of
from workbench.schema import Column, Schema, Table

ENOUGH_LETTERS = 4  # fewer first letters are those of too many words
_PLAIN = ("id", "text", "list", "ids")
_NEAR = 0.5  # of a word that is part of another
_ASKED = 4  # so many meanings are asked about at most


class Standing(str, Enum):
    """What is to become of a header."""

    SURE = "sure"
    ASKED = "asked"
    UNUSED = "unused"


@dataclass(frozen=True)
class Evidence:
    """Why: a word of `evidence_words.yaml`, and what is put into its sentence."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnGuess:
    """What one header is taken for. `targets`: all that it is, or all that it may be if asked."""

    header: str
    position: int
    standing: Standing
    targets: tuple[Target, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unit: str | None = None
    formats: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    level: Level | None = None

    def asked(self, code: str, **values: object) -> ColumnGuess:
        """The same, as a question, with the reason."""
        why = (*self.evidence, Evidence(code, values))
        return replace(self, standing=Standing.ASKED, evidence=why)


@dataclass(frozen=True)
class Sheetful:
    """What is known of a sheet: its headers, and the first cells of each."""

    names: tuple[str, ...]
    profiles: Mapping[int, Profile]


def linked(schema: Schema, table: Table) -> set[str]:
    """The tables that a sheet of one row a case may hold as well: what hangs on a case, and what a
    case names. A sheet of anything else holds that alone."""
    if table.name != "cases":
        return set()
    children = {t.name for t in schema.tables.values() if t.case_column and len(t.key) < 2}
    parents = {c.references[0] for c in table.columns.values() if c.references}
    return children | parents


def guess_columns(sheet: Sheetful, table: Table, vocabulary: Vocabulary) -> tuple[ColumnGuess, ...]:
    """One guess a header, in the order of the sheet."""
    return _Guesser(sheet, table, vocabulary).all()


@dataclass
class _Guesser:
    sheet: Sheetful
    table: Table
    vocabulary: Vocabulary

    def all(self) -> tuple[ColumnGuess, ...]:
        """First each header by itself, then what the others say of it."""
        guesses = [self._one(at, name) for at, name in enumerate(self.sheet.names) if name]
        guesses = _told_by_neighbours(guesses)
        guesses = _each_once(guesses)
        return tuple(self._with_cells(guess) for guess in guesses)

    def _one(self, position: int, name: str) -> ColumnGuess:
        words = header_words(name)
        found = self._candidates(words)
        guess = ColumnGuess(name, position, Standing.UNUSED, unit=words.unit)
        if not found:
            return guess
        level = found[0].level
        best = [match for match in found if match.level == level]
        own = [match for match in best if match.target.table == self.table.name] or best
        if level == Level.PART:
            return self._part(guess, best)
        fitting = [m for m in own if self._fit(position, m.target).fit is not Fit.NO] or own
        fitting = self._days_or_times(position, fitting)
        guess = replace(
            guess,
            targets=tuple(match.target for match in fitting[:_ASKED]),
            evidence=(Evidence(level.name.lower(), {"word": fitting[0].word}),),
            standing=Standing.SURE,
            level=level,
        )
        if len(fitting) > 1:
            return guess.asked("several")
        return self._judged(guess, words)

    def _candidates(self, words: HeaderWords) -> list[Match]:
        whole = [m for m in self.vocabulary.matches(words) if self._is_near(m.target)]
        return whole or [m for m in self.vocabulary.parts(words) if self._is_near(m.target)]

    def _is_near(self, target: Target) -> bool:
        if target.table == self.table.name:
            return True
        near = linked(self.vocabulary.schema, self.table)
        return target.table in near and self._is_own(target)

    def _is_own(self, target: Target) -> bool:
        """In a sheet of another table, keys and references of this one are not what is meant."""
        table = self.vocabulary.schema.tables[target.table]
        return target.column not in table.key and not self._column(target).references

    def _column(self, target: Target) -> Column:
        return self.vocabulary.schema.tables[target.table].columns[target.column]

    def _fit(self, position: int, target: Target) -> Fitting:
        return self.sheet.profiles[position].fitting(self._column(target))

    def _part(self, guess: ColumnGuess, best: list[Match]) -> ColumnGuess:
        """A header that only holds a word, or is held by one: asked, if the cells allow it."""
        near = [
            match
            for match in best
            if match.share >= _NEAR and self._fit(guess.position, match.target).fit is not Fit.NO
        ]
        if not near:
            return guess
        found = replace(guess, targets=tuple(m.target for m in near[:_ASKED]), level=Level.PART)
        return found.asked("part", word=near[0].word)

    def _days_or_times(self, position: int, found: list[Match]) -> list[Match]:
        """A point in time of which only the day is told is the day, where there is a column."""
        profile = self.sheet.profiles[position]
        if not profile.filled:  # then only the header can tell
            return found
        chosen: dict[Target, Match] = {}
        for match in found:
            target, columns = (
                match.target,
                self.vocabulary.schema.tables[match.target.table].columns,
            )
            stem, dot, end = target.column.rpartition("_")
            twin = stem + dot + {"at": "on", "on": "at"}.get(end, end)
            day = not profile.times_of_day
            both = match.word == target.column and twin in self.sheet.names  # each has its own
            if twin != target.column and twin in columns and not both and day == (end == "at"):
                target = replace(target, column=twin)
            chosen.setdefault(target, replace(match, target=target))
        return list(chosen.values())

    def _judged(self, guess: ColumnGuess, words: HeaderWords) -> ColumnGuess:
        """Sure, unless the cells, the unit or the shortness of the word speak against it."""
        target = guess.targets[0]
        column, fitting = self._column(target), self._fit(guess.position, target)
        if fitting.fit is Fit.NO:
            return guess.asked("cells_against", read=fitting.read, filled=fitting.filled)
        if fitting.questions:
            formats = tuple(a for question in fitting.questions for a in question.answers)
            return replace(guess, formats=formats).asked("format_open")
        if words.unit and column.unit and factor_of(words.unit, column.unit) is None:
            return guess.asked("other_unit", unit=words.unit)
        if target.code:  # a table with rows of one kind alone would say that there are no others
            return guess.asked("one_kind", table=target.table)
        if self._small_amounts(guess, words, column):
            return guess.asked("small_amounts", unit=column.unit)
        if guess.level == Level.INITIALS and not self._letters_tell(words, column, fitting):
            return guess.asked("few_letters")
        elsewhere = target.table != self.table.name
        said = header_words(str(guess.evidence[0].values["word"])).plain
        if guess.level != Level.INITIALS:
            said = words.plain
        if elsewhere and (column.type == "id" or (is_generic(said) and not words.group)):
            return guess.asked("generic")
        unsupported = fitting.fit is Fit.OPEN and column.type not in _PLAIN and fitting.filled
        if guess.level == Level.LOOSE and (unsupported or is_generic(words.plain)):
            return guess.asked("cells_open", read=fitting.read, filled=fitting.filled)
        return guess

    def _letters_tell(self, words: HeaderWords, column: Column, fitting: Fitting) -> bool:
        size = len(words.letters)
        if column.type == "boolean":
            return size > ENOUGH_LETTERS
        if column.type in _PLAIN and fitting.fit is not Fit.YES:
            return size > ENOUGH_LETTERS
        return size >= ENOUGH_LETTERS and fitting.fit is Fit.YES

    def _small_amounts(self, guess: ColumnGuess, words: HeaderWords, column: Column) -> bool:
        """Amounts that look as if they were counted in more than the unit of the column."""
        small = self.sheet.profiles[guess.position].small_fractions
        return bool(column.unit and column.type == "number" and not words.unit and small)

    def _with_cells(self, guess: ColumnGuess) -> ColumnGuess:
        """What the cells say, beside what the header says."""
        if not guess.targets:
            return replace(guess, unit=None)
        column, fitting = (
            self._column(guess.targets[0]),
            self._fit(guess.position, guess.targets[0]),
        )
        evidence = guess.evidence
        if not fitting.filled:
            evidence += (Evidence("empty"),)
        elif column.type not in _PLAIN:
            values = {"read": fitting.read, "filled": fitting.filled, "type": column.type}
            evidence += (Evidence("cells", values),)
        elif fitting.fit is Fit.YES:
            code = "valid_numbers" if column.format else "all_different"
            evidence += (Evidence(code, {"filled": fitting.filled}),)
        unit = self._unit(guess.unit, column)
        if unit:
            evidence += (Evidence("unit", {"unit": unit}),)
        unknown = fitting.unknown if column.data_class == "none" else ()
        return replace(guess, evidence=evidence, unit=unit, unknown=unknown)

    def _unit(self, unit: str | None, column: Column) -> str | None:
        """A unit that numbers must be converted from."""
        factor = factor_of(unit, column.unit) if unit and column.unit else None
        return unit if factor is not None and factor != 1 else None


def _told_by_neighbours(guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """Of several tables that a header may belong to, the one that other headers surely name."""
    sure = {t.table for g in guesses if g.standing is Standing.SURE for t in g.targets}
    found = []
    for guess in guesses:
        beside = tuple(t for t in guess.targets if t.table in sure)
        several = guess.evidence and guess.evidence[-1].code == "several"
        if several and len(beside) == 1 and (guess.level or 0) >= Level.INITIALS:
            why = (*guess.evidence[:-1], Evidence("beside", {"table": beside[0].table}))
            guess = replace(guess, standing=Standing.SURE, targets=beside, evidence=why)
        found.append(guess)
    return found


def _each_once(guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """One column has one header: the nearest. Of two that are as near, both are asked."""
    found = list(guesses)
    sure = [g for g in guesses if g.standing is Standing.SURE]
    for target in {g.targets[0] for g in sure}:
        rivals = sorted((g for g in sure if g.targets[0] == target), key=lambda g: -(g.level or 0))
        if len(rivals) < 2:
            continue
        clear = rivals[0].level != rivals[1].level
        for rival in rivals[1:] if clear else rivals:
            other = rivals[0] if rival is not rivals[0] else rivals[1]
            found[found.index(rival)] = rival.asked("taken", header=other.header)
    return found
