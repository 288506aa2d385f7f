"""The counted sheets of evaluation.xlsx: checks, tallies, units, gaps. Every rate stands between
its denominator (left) and what cannot be told (right)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from workbench.display import text_of
from workbench.reports.report_page import Page
from workbench.reports.results import grouped_checks
from workbench.reports.workbook_sheets import Column, Sheet
from workbench.weak_links import MINIMUM_DECIDED

WORDS = Path(__file__).with_name("workbook_words.yaml")
MOST_TALLIES = 10_000
COUNTS = ("passed", "failed", "cannot_tell", "not_yet_due", "not_applicable")
_SUMS = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in COUNTS)
_IN_SCOPE = "SUM(passed + failed + cannot_tell + not_yet_due) > 0"
Row = list[Any]


def sheet_of(
    page: Page, key: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], *notes: str
) -> Sheet:
    """A sheet with the names that the words give it; empty notes fall away."""
    w = page.words
    return Sheet(key, w(f"tab_{key}"), w(f"title_{key}"), columns, rows, [n for n in notes if n])


def left_out(page: Page, shown: int, total: int, file: str) -> str:
    """What a sheet that was cut says; empty where it holds everything."""
    if total <= shown:
        return ""
    return page.words("left_out", shown=shown, total=total, left=total - shown, file=file)


def counts_columns(page: Page, rate: str = "rate_failed") -> list[Column]:
    """Heads of the five counts, the denominator left of the rate, cannot tell right of it."""
    w = page.words
    return [
        Column(w("passed"), "count"),
        Column(w("failed"), "count", "failed"),
        Column(w("decided"), "count"),
        Column(w(rate), "failed_rate", "failed_bar"),
        Column(w("cannot_tell"), "count", "undecided"),
        Column(w("not_yet_due"), "count"),
        Column(w("not_applicable"), "count"),
    ]


def counts_cells(counts: Mapping[str, int], least: int = 1) -> Row:
    """The cells of `counts_columns`; no rate where fewer than `least` are decided."""
    decided = counts["passed"] + counts["failed"]
    rate = counts["failed"] / decided if decided >= least else None
    return [counts["passed"], counts["failed"], decided, rate, counts["cannot_tell"],
            counts["not_yet_due"], counts["not_applicable"]]  # fmt: skip


def checks(page: Page) -> Sheet:
    """Every check with its five counts, its clause, its remedy; untested ones say what lacks."""
    w = page.words
    heads = [
        Column(w("check")),
        Column(w("system")),
        Column(w("grade"), words={w("veto"): "alarm"}),
        *counts_columns(page),
        Column(w("remark"), "wrapped"),
        Column(w("clause"), "wrapped"),
        Column(w("verified"), words={w("unverified"): "undecided"}),
        Column(w("remedy"), "wrapped"),
        Column(w("duty"), "wrapped"),
        Column(w("check_id"), "id"),
    ]
    rows = []
    groups = {c: title for title, its in grouped_checks(page.results.checks) for c in its}
    for check in page.ordered:
        about, counts = page.checks[check], page.counts(check)
        title = groups.get(check)
        rows.append([
            page.title(check), text_of(title, page.language) if title else w("others"),
            w(about["grade"]), *(counts_cells(counts) if counts else [None] * 7),
            _remark(page, check), about["clause"],
            w("verified_yes" if about["verified"] else "unverified"),
            text_of(about["remedy"], page.language),
            text_of(about["duty"], page.language) if about["duty"] else None, check,
        ])  # fmt: skip
    return sheet_of(page, "checks", heads, rows, w("note_checks"))


def _remark(page: Page, check: str) -> str | None:
    w, untested = page.words, page.summary.untested
    if check in untested:
        return w("missing", what=w.listed([page.need(need) for need in untested[check]]))
    counts = page.counts(check)
    return None if counts and any(counts[name] for name in COUNTS) else w("not_run")


def tallies(page: Page) -> Sheet:
    """Counts that add up: check x organ x unit x kind x month; months are added up if too many."""
    w, keys = page.words, ["check_id", "organ_id", "unit_id", "kind", "month"]
    found = _tallies(page, keys)
    total, note = len(found), ""
    if total > MOST_TALLIES:
        found = _tallies(page, keys[:-1])
        note = w("note_tallies_folded", total=total, file="tallies.parquet")
    cut = left_out(page, MOST_TALLIES, len(found), "tallies.parquet")
    heads = [
        Column(w("check")),
        Column(w("organ")),
        Column(w("unit")),
        Column(w("kind")),
        Column(w("month"), "month"),
        *counts_columns(page),
        Column(w("check_id"), "id"),
    ]
    rows = [
        [page.title(row["check_id"]), _organ(page, row), _unit_name(page, row),
         kind(page, page.asset(row["check_id"]), row["kind"]), _month(page, row),
         *counts_cells(row), row["check_id"]]
        for row in found[:MOST_TALLIES]
    ]  # fmt: skip
    empty = "" if rows else w("no_tallies")
    return sheet_of(page, "tallies", heads, rows, w("note_tallies"), note, cut, empty)


def _tallies(page: Page, keys: list[str]) -> list[dict[str, Any]]:
    grouped = ", ".join(keys)
    rows = page.results.records(
        f"SELECT {grouped}, {_SUMS} FROM work.tallies GROUP BY {grouped} HAVING {_IN_SCOPE} "
        f"ORDER BY {grouped}",
        "tallies of the workbook",
    )
    return in_order(page, rows)


def in_order(page: Page, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows by check as people read them, otherwise in the order that they have."""
    place = {check: at for at, check in enumerate(page.ordered)}
    return sorted(rows, key=lambda row: place[row["check_id"]])


def _month(page: Page, row: Mapping[str, Any]) -> date | str | None:
    """A month tells of the subjects' days, and is withheld where they are."""
    text = row.get("month")
    if not text:
        return None
    month = date(int(text[:4]), int(text[5:7]), 1)
    shown: date | str = page.seen(page.asset(row["check_id"]), "period_on", month)
    return shown


def _unit_name(page: Page, row: Mapping[str, Any]) -> str:
    if not row["unit_id"]:
        return page.words("unit_missing")
    return page.unit(page.asset(row["check_id"]), row["unit_id"])


def _organ(page: Page, row: Mapping[str, Any]) -> str:
    if not row["organ_id"]:
        return page.words("unit_missing")
    return page.organ(page.asset(row["check_id"]), row["organ_id"])


def kind(page: Page, asset: str, code: str | None) -> str | None:
    """A kind of case in words; nothing for subjects that have none."""
    return page.kind(asset, code) if code else None


def units(page: Page) -> Sheet:
    """Unit x check: counts, and exact intervals where enough is decided. Never ordered by rate."""
    w = page.words
    found = in_order(page, page.results.records(
        f"""SELECT t.*, w.low, w.high
        FROM (SELECT asset, check_id, unit_id, {_SUMS} FROM work.tallies
              WHERE unit_id IS NOT NULL GROUP BY ALL HAVING {_IN_SCOPE}) t
        LEFT JOIN work.weak_links w ON w.asset = t.asset AND w.check_id = t.check_id
             AND w.unit_id = t.unit_id AND w.family = 'unit'
        ORDER BY t.check_id, t.unit_id""",
        "units of the workbook"))  # fmt: skip
    counts = counts_columns(page)
    heads = [
        Column(w("check")),
        Column(w("unit")),
        *counts[:5],
        Column(w("low"), "share"),
        Column(w("high"), "share"),
        *counts[5:],
        Column(w("remark")),
        Column(w("check_id"), "id"),
    ]
    rows = [_unit(page, row) for row in found]
    return sheet_of(page, "units", heads, rows, w("note_units", few=MINIMUM_DECIDED),
                    "" if rows else w("units_none"))  # fmt: skip


def _unit(page: Page, row: dict[str, Any]) -> Row:
    numbers = counts_cells(row, MINIMUM_DECIDED)
    few = row["passed"] + row["failed"] < MINIMUM_DECIDED
    ends = [None, None] if few else [row["low"], row["high"]]
    return [page.title(row["check_id"]), _unit_name(page, row),
            *numbers[:5], *ends, *numbers[5:],
            page.words("too_few") if few else None, row["check_id"]]  # fmt: skip


def gaps(page: Page) -> Sheet:
    """What keeps checks untested, or undecided at an organ, each share beside what is due there."""
    w = page.words
    heads = [
        Column(w("check")),
        Column(w("gap")),
        Column(w("organ")),
        Column(w("table")),
        Column(w("column")),
        Column(w("cause")),
        Column(w("gap_due"), "count"),
        Column(w("share"), "share"),
        Column(w("gap_subjects"), "count", "undecided"),
        Column(w("check_id"), "id"),
    ]
    rows = [row for check in page.ordered for row in _untested(page, check)]
    rows += [_gap(page, row) for row in in_order(page, _gap_records(page))]
    empty = "" if rows else w("cannot_none")
    return sheet_of(page, "gaps", heads, rows, w("note_gaps"), empty)


def _untested(page: Page, check: str) -> Iterable[Row]:
    for need in page.summary.untested.get(check, []):
        yield [page.title(check), page.words("gap_untested"), None, *_place(page, need),
               page.words("not_delivered_cause"), None, None, None, check]  # fmt: skip


def _gap_records(page: Page) -> list[dict[str, Any]]:
    return page.results.records(
        """SELECT g.*, t.due FROM work.gaps g
        LEFT JOIN (SELECT check_id, organ_id,
                          CAST(SUM(passed + failed + cannot_tell) AS BIGINT) AS due
                   FROM work.tallies GROUP BY 1, 2) t
          ON t.check_id = g.check_id AND t.organ_id IS NOT DISTINCT FROM g.organ_id
        ORDER BY g.check_id, g.organ_id, g."table", g."column" """,
        "gaps of the workbook",
    )


def _gap(page: Page, row: dict[str, Any]) -> Row:
    need = f"{row['table']}.{row['column']}" if row["table"] else ""
    lacks = row["reason"] == "not_delivered"
    return [
        page.title(row["check_id"]), page.words("gap_cannot_tell"),
        _organ(page, row), *_place(page, need),
        page.words("not_delivered_cause" if lacks else "value_missing_cause"),
        row["due"], row["subjects"] / row["due"] if row["due"] else None, row["subjects"],
        row["check_id"],
    ]  # fmt: skip


def _place(page: Page, need: str) -> tuple[str | None, str | None]:
    """A table and its column in words, in two cells."""
    if not need:
        return None, None
    table, _, column = need.partition(".")
    label = page.results.checks["labels"].get(table, {}).get("columns", {}).get(column)
    return page.place(table, None), text_of(label, page.language) if label else column or None
