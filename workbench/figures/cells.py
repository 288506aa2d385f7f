"""What figures ask of a run: the cells of unit x check, the months of a check, what things are
called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.terms import UsageError

if TYPE_CHECKING:  # reports stand above
    from workbench.reports.results import Results

Titles = Mapping[str, str]
MINIMUM = 5  # decided subjects, where the run does not say
LEVEL = 0.05  # of false discoveries, likewise
FEW = "too_few"


@dataclass(frozen=True)
class Cell:
    """One unit x check of the audit period, as the run tested it.

    `n` and `failed` are those of closed months, which the signals rest on; `all_n` and
    `all_failed` those of every month. `against` is the rate it is compared with.
    """

    check: str
    unit: str
    n: int
    failed: int
    all_n: int
    all_failed: int
    against: float | None
    excess: float | None
    p: float | None
    q: float | None
    flagged: bool
    few: bool

    @property
    def rate(self) -> float | None:
        """The share that failed in closed months; None where nothing is decided."""
        return self.failed / self.n if self.n else None


@dataclass(frozen=True)
class Month:
    """A month of a check: decided in it, failed of these, and limits that still run."""

    month: str
    n: int
    failed: int
    open: int

    @property
    def rate(self) -> float | None:
        """The share that failed; None where nothing is decided."""
        return self.failed / self.n if self.n else None


def cells(results: Results, check: str | None = None) -> list[Cell]:
    """Unit x check of the run, of one check or of all, in the order of checks and units."""
    known_check(results, check)
    its = "TRUE" if check is None else f"check_id = {sqltext.literal(check)}"
    rows = results.records(
        "SELECT check_id, unit_id, COALESCE(signal_n, n) AS n, "
        "COALESCE(signal_failed, failed) AS failed, n AS all_n, failed AS all_failed, against, "
        "excess, p, q, COALESCE(flagged, FALSE) AS flagged, state FROM work.weak_links "
        f"WHERE family = 'unit' AND {its} ORDER BY check_id, unit_id",
        "unit x check",
    )
    return [
        Cell(check=row.pop("check_id"), unit=row.pop("unit_id"), few=row.pop("state") == FEW, **row)
        for row in rows
    ]


def months(results: Results, check: str, unit: str | None, kind: str | None = None) -> list[Month]:
    """The months of a check, of one unit or of all, none left out between first and last."""
    known_check(results, check)
    where = [f"check_id = {sqltext.literal(check)}", "month IS NOT NULL"]
    where += [f"unit_id = {sqltext.literal(unit)}"] if unit else []
    where += [f"kind = {sqltext.literal(kind)}"] if kind else []
    rows = results.engine.rows(
        "SELECT month, CAST(SUM(passed + failed) AS BIGINT), CAST(SUM(failed) AS BIGINT), "
        f"CAST(SUM(not_yet_due) AS BIGINT) FROM work.tallies WHERE {' AND '.join(where)} "
        "GROUP BY 1 HAVING SUM(passed + failed + not_yet_due) > 0 ORDER BY 1",
        "months",
    )
    found = {str(row[0]): Month(str(row[0]), *map(int, row[1:])) for row in rows}
    if not found:
        return []
    every = _from_to(min(found), max(found))
    return [found.get(month, Month(month, 0, 0, 0)) for month in every]


def _from_to(first: str, last: str) -> Iterator[str]:
    """Every month from one to another."""
    year, month = map(int, first.split("-"))
    while f"{year:04d}-{month:02d}" <= last:
        yield f"{year:04d}-{month:02d}"
        year, month = year + month // 12, month % 12 + 1


def known_check(results: Results, check: str | None) -> None:
    """Refuse a check that the run does not have."""
    if check is not None and check not in results.checks["checks"]:
        raise UsageError(f"no check '{check}' in this run; run.checks lists them")


def titles(results: Results, check: str) -> Titles:
    """The title of a check, zh and en."""
    found: Titles = results.checks["checks"][check]["title"]
    return found


def clock_titles(results: Results, clock: str) -> Titles:
    """The title of a clock, zh and en; its id where the pack names it no more."""
    about = results.checks["clocks"].get(clock, {})
    return about.get("title") or {"zh": clock, "en": clock}


def kind_titles(results: Results, kind: str | None) -> Titles:
    """A kind of case in words; empty for all."""
    return {lang: results.words(kind, lang) for lang in ("zh", "en")} if kind else {}


def unit_name(names: Mapping[str, str], unit: str | None) -> str:
    """What people call a unit, or else its id."""
    return names.get(unit, unit) if unit else ""


def signals(results: Results) -> Mapping[str, Any]:
    """What the manifest says of the signals: level, minimum, run length."""
    found: Mapping[str, Any] = results.manifest.get("signals") or {}
    return {"level": LEVEL, "minimum": MINIMUM, **found}


def cutoff(level: float, found: list[Cell]) -> tuple[float | None, int]:
    """The p-value up to which cells are flagged at a false-discovery level, and how many were
    tested: level x flagged / tested (Benjamini and Hochberg 1995), for none that of a first one.

    >>> cutoff(0.05, [])
    (None, 0)
    """
    tested = [cell for cell in found if cell.p is not None and cell.q is not None]
    if not tested:
        return None, 0
    flagged = sum((cell.q or 0.0) <= level for cell in tested)
    return level * max(flagged, 1) / len(tested), len(tested)
