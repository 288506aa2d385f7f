"""Which table a sheet is: by its name, and by what its headers are words of."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.loading.guessing.columns import Sheetful
from workbench.loading.guessing.evidence import Fit
from workbench.loading.guessing.headers import header_words
from workbench.loading.guessing.vocabulary import Level, Vocabulary
from workbench.schema import Table

_WEIGHT = {Level.EXACT: 1.0, Level.LOOSE: 0.8, Level.INITIALS: 0.6}
_NAMED = 3.0  # the name of the sheet counts as so many headers that no other table has
_KEYED = 0.5
_CLEARLY = 1.25  # the best must be so much better than the next
_LEAST = 1.0  # and be told by as much as one header of its own


@dataclass(frozen=True)
class TableGuess:
    """The table that a sheet is, or those that it may be; how many headers are its words."""

    table: str | None
    candidates: tuple[str, ...]
    headers: int = 0
    named: bool = False


def guess_table(sheet: Sheetful, stem: str, vocabulary: Vocabulary) -> TableGuess:
    """The table of a sheet; none where no header says so or two tables are as likely."""
    scores: dict[str, float] = {}
    counts: dict[str, int] = {}
    for at, name in enumerate(sheet.names):
        found = vocabulary.matches(header_words(name)) if name else []
        found = [m for m in found if m.target.code is None]
        for table in {match.target.table for match in found}:
            of_table = [m for m in found if m.target.table == table]
            best = max(of_table, key=lambda m: m.level)
            column = vocabulary.schema.tables[table].columns[best.target.column]
            if sheet.profiles[at].fitting(column).fit is Fit.NO:
                continue
            tables = {match.target.table for match in found if match.level == best.level}
            scores[table] = scores.get(table, 0) + _WEIGHT[best.level] / len(tables) ** 0.5
            counts[table] = counts.get(table, 0) + 1
            key = vocabulary.schema.tables[table].key
            if key == (best.target.column,) and sheet.profiles[at].unique:
                scores[table] += _KEYED
    named = {t.name for t in vocabulary.schema.tables.values() if is_called(t, stem)}
    for table in named:
        scores[table] = scores.get(table, 0) + _NAMED
    return _chosen(scores, counts, named)


def _chosen(scores: dict[str, float], counts: dict[str, int], named: set[str]) -> TableGuess:
    order = sorted(scores, key=lambda table: (-scores[table], table))
    if not order or scores[order[0]] < _LEAST or not counts.get(order[0]):
        return TableGuess(None, ())
    best = order[0]
    if len(order) > 1 and scores[best] < _CLEARLY * scores[order[1]]:
        near = [t for t in order if scores[t] * _CLEARLY > scores[best]]
        return TableGuess(None, tuple(near[:4]))
    return TableGuess(best, (best,), counts[best], best in named)


def is_called(table: Table, stem: str) -> bool:
    """Is the sheet called as the table is: by its name, its title, a synonym?"""
    said = header_words(stem)
    words = (table.name, *table.title.values(), *table.synonyms)
    return any(said.loose == header_words(word).loose for word in words)
