"""An event log, a row an event, turned into one row a case."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.loading.mapping_model import Pick, Steps
from workbench.loading.mending import BadRow
from workbench.loading.repeats import as_words
from workbench.loading.shaping.wrapped import Wrapped, cells, chunked
from workbench.loading.sheets import Note, RawTable, Sheet
from workbench.loading.values import reader_for
from workbench.schema import Column

_TIME = Column("time", "timestamp", {})


class ByCase(Wrapped):
    """One row a case, in the order in which the cases first stand in the log.

    Its row number is that of the first event of the case. Events without a case or without a kind
    are refused. Where an event that is asked for has no readable time, its cell says what stood
    there instead, so that the day of the case is unknown and not "did not happen".
    """

    keeps = False

    def __init__(self, inner: Sheet, steps: Steps):
        super().__init__(inner)
        self.steps = steps

    def names(self) -> tuple[str, ...]:
        """The case's own header, and the new columns."""
        return (self.steps.case, *(pick.name for pick in self.steps.picks))

    def needs(self, wanted: list[int]) -> list[int]:
        """The case, the kind, the time, and the columns whose cells are asked for."""
        headers = {self.steps.case, self.steps.activity, self.steps.time}
        headers |= {pick.header for pick in self.steps.picks if pick.header}
        return sorted(self.at(header) for header in headers)

    def lay(self, raw: RawTable, wanted: list[int]) -> RawTable:
        """The cases, and the events that could not be used."""
        events = _Events(raw, self)
        columns = {0: events.cases}
        for at, pick in enumerate(self.steps.picks, 1):
            if at in wanted:
                columns[at] = chunked(events.picked(pick))
        rows = events.rows.take(events.first_rows)
        notes = (*raw.notes, *events.notes(self.steps.picks))
        made = {at: chunked(columns[at]) for at in wanted}
        return RawTable(made, rows, [*raw.bad, *events.bad], notes)


class _Events:
    """The events that have a case and a kind, in the order of their cases and times."""

    def __init__(self, raw: RawTable, sheet: ByCase):
        steps = sheet.steps
        case, kind = (cells(raw, sheet.at(h)) for h in (steps.case, steps.activity))
        usable = pc.and_(pc.is_valid(case), pc.is_valid(kind))
        self.bad = _refused(raw, case, kind, usable)
        self.sheet, self.raw, self.usable = sheet, raw, usable
        self.rows = _whole(raw.rows).filter(usable)
        coded = as_words(case.filter(usable))
        self.cases, self.case_of = coded.dictionary, _numbers(coded.indices)
        kinds = as_words(kind.filter(usable))
        self.kinds, self.kind_of = kinds.dictionary.to_pylist(), _numbers(kinds.indices)
        self.times = cells(raw, sheet.at(steps.time)).filter(usable)
        self.moments = _moments(self.times, steps.format)
        # Events of one time stay in the order of the file: lexsort keeps what is equal in place.
        self.order = np.lexsort((self.moments, self.case_of))

    @cached_property
    def first_rows(self) -> Any:
        """The first event of each case in the file."""
        return pa.array(np.unique(self.case_of, return_index=True)[1])

    def picked(self, pick: Pick) -> Any:
        """The new column, one cell a case."""
        asked = self.asked(pick)
        if pick.count:
            counts = np.bincount(self.case_of[asked], minlength=len(self.cases))
            return pc.cast(pa.array(counts), pa.string())
        values = self._values(pick)
        chosen = asked & pc.is_valid(values).to_numpy(zero_copy_only=False)
        ordered = self.order[chosen[self.order]]
        if pick.last:
            ordered = ordered[::-1]
        found, first = np.unique(self.case_of[ordered], return_index=True)
        places = np.full(len(self.cases), -1, np.int64)
        places[found] = ordered[first]
        return values.take(pa.array(places, mask=places < 0))

    def asked(self, pick: Pick) -> Any:
        """Which events are of the kinds of the pick."""
        if not pick.activities:
            return np.ones(len(self.case_of), bool)
        wanted = np.array([kind in pick.activities for kind in self.kinds], bool)
        return wanted[self.kind_of] if len(wanted) else np.zeros(0, bool)

    def _values(self, pick: Pick) -> Any:
        if pick.header:
            return cells(self.raw, self.sheet.at(pick.header)).filter(self.usable)
        if not self.times.null_count:
            return self.times
        kinds = pa.array(self.kinds, pa.string()).take(pa.array(self.kind_of))
        return pc.coalesce(self.times, kinds)

    def notes(self, picks: tuple[Pick, ...]) -> list[Note]:
        """How many events made how many cases; kinds that no day is made of; kinds never seen."""
        named = {kind for pick in picks for kind in pick.activities}
        found = [Note("steps", f"{len(self.case_of)} -> {len(self.cases)}")]
        counts = np.bincount(self.kind_of, minlength=len(self.kinds))
        if all(pick.activities for pick in picks):
            found += [
                Note("step_not_used", kind, count=int(count))
                for kind, count in zip(self.kinds, counts, strict=True)
                if kind not in named
            ]
        return found + [Note("step_never", kind) for kind in sorted(named - {*self.kinds})]


def _moments(times: Any, form: str | None) -> Any:
    """Microseconds of each event; what cannot be read stands after all others."""
    read = reader_for(_TIME, form, {}, "UTC")
    assert read is not None
    words = as_words(times)
    found = [cell.value for cell in read(words.dictionary.to_pylist()).cells]
    late = np.iinfo(np.int64).max
    stamps = pc.cast(pa.array(found, pa.timestamp("us")), pa.int64())
    laid = pc.fill_null(stamps.take(words.indices), late)
    return laid.to_numpy(zero_copy_only=False)


def _refused(raw: RawTable, case: Any, kind: Any, usable: Any) -> list[BadRow]:
    gone = pc.invert(usable)
    rows = zip(
        _whole(raw.rows).filter(gone).to_pylist(),
        case.filter(gone).to_pylist(),
        kind.filter(gone).to_pylist(),
        strict=True,
    )
    found = ((row, of, what) for row, of, what in rows if of or what)
    return [
        BadRow(row, "event_without_kind" if of else "event_without_case", "", (of,) if of else ())
        for row, of, what in found
    ]


def _numbers(indices: Any) -> Any:
    return indices.to_numpy(zero_copy_only=False)


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
