"""The comparison of two runs: counts by check and unit, the list of changes, and how to show it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.comparison.changes import CHANGES, NEWLY, REPAIRED, STILL, state_name
from workbench.comparison.counting import put_pairs, sums
from workbench.comparison.sides import Note, Side, Unlike, matched_checks, notes_of
from workbench.display import Html, Language
from workbench.engines.duckdb import DuckDBEngine
from workbench.reports.check_record import all_counts
from workbench.texts import shown_language

if TYPE_CHECKING:
    import pandas as pd

BESIDE = ("failed_before", "decided_before", "failed_after", "decided_after", "stayed_passed")


@dataclass(frozen=True)
class Comparison:
    """What became, in the later of two runs, of every check on every subject.

    Counted are the checks that both runs tested by the same rule; `not_comparable` names the
    others. `totals`, `checks`, `units`, `by_check_and_unit` and `by_asset` count; `changes` lists
    every subject and check that failed in either run; `notes` say what to know before believing a
    difference.

    `repaired_rate` is repaired / (repaired + still_failed), `newly_failed_rate` is
    newly_failed / (newly_failed + stayed_passed): of subjects that both runs have and could decide.

    >>> compared = wb.compare("out/run-of-march", "out/run-of-june")   # doctest: +SKIP
    >>> compared.checks.sort_values("newly_failed")                    # doctest: +SKIP
    """

    before: Side
    after: Side
    alike: Mapping[str, Sequence[str]]
    unlike: tuple[Unlike, ...]
    notes: tuple[Note, ...]
    subjects: Mapping[str, tuple[int, int, int, int]]
    engine: DuckDBEngine = field(repr=False)

    @cached_property
    def totals(self) -> dict[str, int]:
        """The counts of all comparable checks together: an outcome of a subject counts once a
        check."""
        (row,) = self.engine.arrow(sums(()), "totals").to_pylist()
        return {name: int(row[name]) for name in (*CHANGES, *BESIDE)}

    @property
    def checks(self) -> pd.DataFrame:
        """A row a comparable check, in reading order: title, grade, counts, rates."""
        frame = self._counts(("check_id",))
        about = self.after.results.checks["checks"]
        order = [check for checks in self.alike.values() for check in checks]
        frame = frame.set_index("check_id").reindex(order, fill_value=0).reset_index()
        frame.insert(1, "title", [about[c]["title"][self.language] for c in frame["check_id"]])
        frame.insert(2, "grade", [about[c]["grade"] for c in frame["check_id"]])
        return _with_rates(frame)

    @property
    def units(self) -> pd.DataFrame:
        """A row a unit, in the order of ids: all comparable checks together."""
        return _with_rates(self._named(self._counts(("unit_id",))))

    @property
    def by_check_and_unit(self) -> pd.DataFrame:
        """A row a check and unit of which a subject failed in either run, or could be decided."""
        return _with_rates(self._named(self._counts(("check_id", "unit_id"))))

    @property
    def by_asset(self) -> pd.DataFrame:
        """How many subjects both runs have, and how many only one of them has."""
        import pandas as pd

        rows = [(asset, *found[:3]) for asset, found in self.subjects.items()]
        return pd.DataFrame(rows, columns=["asset", "both", "only_before", "only_after"])

    @property
    def not_comparable(self) -> pd.DataFrame:
        """A row a check that cannot be compared: why, and what failed in each run (None: not
        there, or untested)."""
        import pandas as pd

        counts = [all_counts(side.results) for side in (self.before, self.after)]
        rows = []
        for one in self.unlike:
            failed = [
                None if side.manifest["untested"].get(one.check) else its.get(one.check, {}).get(
                    "failed")
                for side, its in zip((self.before, self.after), counts, strict=True)
            ]  # fmt: skip
            rows.append((one.check, self.title(one.check, self.language), one.reason,
                         ";".join(one.missing), *failed))  # fmt: skip
        columns = ["check_id", "title", "reason", "missing", "failed_before", "failed_after"]
        return pd.DataFrame(rows, columns=columns).astype(
            {"failed_before": "Int64", "failed_after": "Int64"}
        )

    @property
    def changes(self) -> pd.DataFrame:
        """Every subject and check that failed in either run, with both outcomes by name."""
        frame: pd.DataFrame = self.engine.arrow(self.listing(), "changes").to_pandas()
        return frame

    def listing(self, limit: int | None = None) -> str:
        """The query behind `changes`: what failed anew first."""
        order = " ".join(f"WHEN {sqltext.literal(c)} THEN {n}" for n, c in enumerate(
            (NEWLY, "first_failed", "failed_new_subject", STILL, "now_undecided", "gone",
             "no_longer_applies", REPAIRED)))  # fmt: skip
        names = " ".join(f"WHEN {code} THEN {sqltext.literal(state_name(code))}"
                         for code in range(6))  # fmt: skip
        cut = f" LIMIT {limit}" if limit is not None else ""
        return (
            "SELECT change, check_id, asset, subject_id, case_id, organ_id, unit_id, kind, "
            f"CASE before {names} END AS outcome_before, CASE after {names} END AS outcome_after "
            f"FROM work.changes ORDER BY CASE change {order} END, check_id, subject_id, organ_id"
            f"{cut}"
        )

    @property
    def language(self) -> Language:
        """The language to show it in, if no other is asked for."""
        return shown_language(self.after.manifest["pack"]["language"])

    def title(self, check: str, language: str) -> str:
        """The title of a check of either run."""
        known = self.after if check in self.after.results.checks["checks"] else self.before
        return known.results.title(check, language)

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """What people call the units of either run."""
        return {**self.before.results.unit_names, **self.after.results.unit_names}

    def text(self, language: Language | None = None) -> str:
        """The comparison for a terminal."""
        from workbench.comparison.text import as_text

        return as_text(self, language or self.language)

    def html(self, language: Language | None = None) -> Html:
        """The comparison as a small page."""
        from workbench.comparison.page import as_html

        return as_html(self, language or self.language)

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{n} {name}" for name, n in self.totals.items() if name in CHANGES and n
        )
        said = counts or "nothing failed in either"
        return f"Comparison({self.before.name} -> {self.after.name}: {said})"

    def as_dict(self) -> dict[str, Any]:
        """Everything but the list, as plain values for other programs."""
        from workbench.comparison.text import as_dict

        return as_dict(self)

    def save(self, to: str | Path, language: Language | None = None) -> Path:
        """Write the list (`.csv`), or the whole comparison (`.xlsx`), for a spreadsheet: no cell
        is a formula, and no value stands there that leadership may not see."""
        from workbench.comparison.files import write_comparison

        return write_comparison(self, Path(to), language or self.language)

    def records(self, query: str) -> list[dict[str, Any]]:
        """A small query as records."""
        rows: list[dict[str, Any]] = self.engine.arrow(query, "compare").to_pylist()
        return rows

    def _counts(self, groups: tuple[str, ...]) -> pd.DataFrame:
        chosen = ", ".join(f"{name} NULLS LAST" for name in groups)
        query = f"FROM ({sums(groups)}) ORDER BY {chosen}"
        frame: pd.DataFrame = self.engine.arrow(query, "counts").to_pandas()
        return frame

    def _named(self, frame: pd.DataFrame) -> pd.DataFrame:
        at = int(frame.columns.get_loc("unit_id")) + 1  # type: ignore[arg-type]
        frame.insert(at, "unit", [self.unit_names.get(unit) for unit in frame["unit_id"]])
        return frame


def _with_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Rates beside what they are of; none where nothing was decided."""
    for name, rest in ((REPAIRED, STILL), (NEWLY, "stayed_passed")):
        of = frame[name] + frame[rest]
        frame[f"{name}_rate"] = (frame[name] / of.where(of > 0)).astype("float64")
    return frame


def compare_runs(before: Side, after: Side) -> Comparison:
    """Compare two runs, check by check and subject by subject; neither is changed."""
    room = tempfile.mkdtemp(prefix="workbench-compare-")  # for what does not fit into memory
    engine = DuckDBEngine(spill_to=room)
    weakref.finalize(engine, shutil.rmtree, room, ignore_errors=True)
    engine.run("CREATE SCHEMA work", "compare")
    alike, unlike = matched_checks(before, after)
    subjects = put_pairs(engine, before, after, alike)
    notes = [*notes_of(before, after, alike), *_of_subjects(subjects, alike)]
    return Comparison(before, after, alike, tuple(unlike), tuple(notes), subjects, engine)


def _of_subjects(
    subjects: Mapping[str, tuple[int, int, int, int]], alike: Mapping[str, Sequence[str]]
) -> list[Note]:
    notes = []
    if not alike:
        notes.append(Note("no_check"))
    both, gone, added, moved = (sum(found[at] for found in subjects.values()) for at in range(4))
    if alike and not both and (gone or added):
        notes.append(Note("no_subject", {"before": gone, "after": added}))
    if moved:
        notes.append(Note("moved", {"n": moved}))
    return notes
