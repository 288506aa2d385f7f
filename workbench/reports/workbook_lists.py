"""The long sheets of evaluation.xlsx: findings, deadlines, load report, scores. Each is bounded and
says how many rows it left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from workbench import sqltext
from workbench.display import Language, text_of
from workbench.loading.reasons import ACTIONS, named_place
from workbench.loading.report import row_sentence
from workbench.privacy import NONE, WITHHELD, mask, may_see
from workbench.reports.finding_words import (
    clock_of,
    expected_words,
    observed_words,
    record_words,
)
from workbench.reports.report_page import Page
from workbench.reports.results import GRADES
from workbench.reports.workbook_sheets import Column, Sheet
from workbench.reports.workbook_tables import kind, left_out, sheet_of

MOST_FINDINGS = 20_000
MOST_DEADLINES = 12_000
MOST_LOAD_ROWS = 20_000
MOST_SCORES = 10_000
MOST_RECORDS = 20
DAYS = ("start_on", "due_on", "done_on")
STATES = ("overdue", "open", "late", "unknown", "met")


def _subjects(page: Page) -> str:
    """Unit and kind of every subject, for joins."""
    return " UNION ALL ".join(
        f"SELECT {sqltext.literal(asset)} AS asset, subject_id, unit_id, kind "
        f"FROM work.{sqltext.name('facts_' + asset)}"
        for asset in page.manifest["assets"]
    )


def _total(page: Page, relation: str) -> int:
    return int(page.results.engine.rows(f"SELECT COUNT(*) FROM work.{relation}", relation)[0][0])


def findings(page: Page) -> Sheet:
    """The first `MOST_FINDINGS` findings, the most serious first."""
    w = page.words
    heads = [
        Column(w("check")),
        Column(w("grade"), words={w("veto"): "alarm"}),
        Column(w("veto_candidate"), words={w("true"): "alarm"}),
        Column(w("subject"), "id"),
        Column(w("unit")),
        Column(w("kind")),
        Column(w("observed")),
        Column(w("expected")),
        Column(w("due"), "day"),
        Column(w("defects"), "count"),
        Column(w("evidence"), "id"),
        Column(w("check_id"), "id"),
    ]
    place = ", ".join(
        f"({sqltext.literal(check)}, {GRADES.index(page.checks[check]['grade'])}, {at})"
        for at, check in enumerate(page.ordered)
    )
    clocks = ", ".join(
        f"({sqltext.literal(check)}, {sqltext.literal(clock)})"
        for check in page.ordered
        if (clock := clock_of(page.results, check))
    )
    found = page.results.records(
        f"""WITH first AS (
          SELECT f.*, o.grade, o.place FROM work.findings f
          JOIN (VALUES {place or "(NULL, NULL, NULL)"}) o(check_id, grade, place)
            ON o.check_id = f.check_id
          ORDER BY NOT f.veto_candidate, o.grade, o.place, f.asset, f.subject_id
          LIMIT {MOST_FINDINGS})
        SELECT f.*, s.unit_id, s.kind, d.state FROM first f
        LEFT JOIN (VALUES {clocks or "(NULL, NULL)"}) k(check_id, clock) ON k.check_id = f.check_id
        LEFT JOIN work.deadlines d ON d.clock = k.clock AND d.subject_id = f.subject_id
        LEFT JOIN ({_subjects(page)}) s ON s.asset = f.asset AND s.subject_id = f.subject_id
        ORDER BY NOT f.veto_candidate, f.grade, f.place, f.asset, f.subject_id""",
        "findings of the workbook",
    )
    rows = _finding_rows(page, found)
    cut = left_out(page, len(rows), _total(page, "findings"), "findings.parquet")
    return sheet_of(page, "findings", heads, rows, w("note_findings"), cut,
                    "" if rows else w("no_findings"))  # fmt: skip


def _finding_rows(page: Page, found: list[dict[str, Any]]) -> list[list[Any]]:
    """Titles, units, codes and records repeat over many rows and are put in words once."""
    title, unit, yes = cache(page.title), cache(page.unit), page.words("true")
    grade = {name: page.words(name) for name in GRADES}
    classes = cache(page.results.part_classes)

    @cache
    def kinds(asset: str, code: str | None) -> str | None:
        return kind(page, asset, code)

    @cache
    def shown(
        check: str, observed: str | None, expected: str | None, state: str | None
    ) -> tuple[str | None, ...]:
        """Observed and expected in words; what must hold stands for an expected of no value."""
        finding = {"check_id": check, "observed": observed, "expected": expected, "state": state}
        told = {"observed": observed_words(page.results, finding, page.language) if observed
                else None,
                "expected": expected_words(page.results, finding, page.language) if expected
                else page.rule(check) or None}  # fmt: skip
        seen = classes(check)
        return tuple(mask(text, seen.get(part, NONE), page.role, page.language)
                     for part, text in told.items())  # fmt: skip

    def part(row: dict[str, Any], name: str, value: Any) -> Any:
        return mask(value, classes(row["check_id"]).get(name, NONE), page.role, page.language)

    return [
        [title(row["check_id"]), grade[page.checks[row["check_id"]]["grade"]],
         yes if row["veto_candidate"] else None, page.subject(row["asset"], row),
         unit(row["asset"], row["unit_id"]) if row["unit_id"] else None,
         kinds(row["asset"], row["kind"]),
         *shown(row["check_id"], row["observed"], row["expected"], row["state"]),
         part(row, "due_on", row["due_on"]), row["defects"],
         part(row, "evidence", _records(page, row["evidence"])), row["check_id"]]
        for row in found
    ]  # fmt: skip


def _records(page: Page, references: str | None) -> str | None:
    if not references:
        return None
    named = references.split(";", MOST_RECORDS)
    texts = [record_words(page.results, name, page.language) for name in named[:MOST_RECORDS]]
    return page.words.listed(texts) + (" …" if len(named) > MOST_RECORDS else "")


def deadlines(page: Page) -> Sheet:
    """Every limit that ran: overdue first, then not yet due, late, unknown, met."""
    w = page.words
    heads = [
        Column(w("state"), words={w("overdue"): "alarm", w("late"): "undecided",
                                  w("unknown"): "undecided"}),
        Column(w("clock")),
        Column(w("subject"), "id"),
        Column(w("unit")),
        Column(w("start_on"), "day"),
        Column(w("due"), "day"),
        Column(w("done_on"), "day"),
        Column(w("days_to_due"), "count"),
    ]  # fmt: skip
    ranks = " ".join(f"WHEN '{state}' THEN {at}" for at, state in enumerate(STATES))
    clocks = ", ".join(
        f"({sqltext.literal(clock)}, {sqltext.literal(about['asset'])})"
        for clock, about in page.results.checks["clocks"].items()
    )
    order = f"CASE d.state {ranks} END, d.due_on, d.clock, d.subject_id"
    found = page.results.records(
        f"""WITH first AS (FROM work.deadlines d ORDER BY {order} LIMIT {MOST_DEADLINES})
        SELECT d.*, s.unit_id FROM first d
        LEFT JOIN (VALUES {clocks or "(NULL, NULL)"}) k(clock, asset) ON k.clock = d.clock
        LEFT JOIN ({_subjects(page)}) s ON s.asset = k.asset AND s.subject_id = d.subject_id
        ORDER BY {order}""",
        "deadlines of the workbook",
    )
    state = {name: w(name) for name in STATES}
    clock, unit, hidden = cache(page.clock), cache(page.unit), _hidden_days(page)
    assets = {name: about["asset"] for name, about in page.results.checks["clocks"].items()}
    rows = [
        [state[row["state"]], clock(row["clock"]), page.subject(assets[row["clock"]], row),
         unit(assets[row["clock"]], row["unit_id"]) if row["unit_id"] else None,
         *(WITHHELD[page.language] if (row["clock"], day) in hidden and row[day] else row[day]
           for day in DAYS), None if (row["clock"], "days_left") in hidden else row["days_left"]]
        for row in found
    ]  # fmt: skip
    cut = left_out(page, len(rows), _total(page, "deadlines"), "deadlines.parquet")
    return sheet_of(page, "deadlines", heads, rows, w("note_deadlines"), cut,
                    "" if rows else w("deadlines_none"))  # fmt: skip


def _hidden_days(page: Page) -> set[tuple[str, str]]:
    """Which days of which clocks the reader may not see."""
    return {
        (clock, day)
        for clock in page.results.checks["clocks"]
        for day, data_class in page.results.clock_classes(clock).items()
        if not may_see(page.role, data_class)
    }


def load_report(page: Page) -> Sheet:
    """What loading refused, could not read or put right: where, and why."""
    w = page.words
    heads = [
        Column(w("action"), words={ACTIONS["refused"][page.language]: "alarm",
                                   ACTIONS["unreadable"][page.language]: "undecided"}),
        Column(w("file")),
        Column(w("row"), "count"),
        Column(w("table")),
        Column(w("column")),
        Column(w("reason")),
        Column(w("times_head"), "count"),
    ]  # fmt: skip
    ranks = " ".join(f"WHEN '{action}' THEN {at}" for at, action in enumerate(ACTIONS))
    found = page.results.records(
        f"""FROM work.load_report ORDER BY CASE action {ranks} END, file, "row" NULLS FIRST,
        "column", reason_code, detail LIMIT {MOST_LOAD_ROWS}""",
        "load report of the workbook",
    )
    labels = page.results.checks["labels"]
    rows = []
    for row in found:
        columns = labels.get(row["table_name"] or "", {}).get("columns", {})
        named = columns.get(row["column"], {}).get(page.language, row["column"])
        rows.append([
            ACTIONS[row["action"]][page.language],
            named_place(row["file"], row["sheet"]), row["row"],
            page.place(row["table_name"], None) if row["table_name"] else None, named,
            row_sentence({**row, "count": 1}, page.language), row["count"],
        ])  # fmt: skip
    cut = left_out(page, len(rows), _total(page, "load_report"), "load_report.parquet")
    notes = [w("note_load"), w("load_note")] if rows else [w("load_none")]
    return sheet_of(page, "load", heads, rows, *notes, cut)


def scores(page: Page) -> Sheet:
    """Automatic points of each case; total and band are empty until people have rated."""
    w = page.words
    heads = [
        Column(w("case"), "id"),
        Column(w("unit")),
        Column(w("kind")),
        Column(w("rubric")),
        Column(w("points_of")),
        Column(w("points"), "points"),
        Column(w("attainable"), "points"),
        Column(w("maximum"), "points"),
        Column(w("decided_share"), "share"),
        Column(w("manual_points"), "points"),
        Column(w("manual_maximum"), "points"),
        Column(w("total"), "points"),
        Column(w("band")),
        Column(w("veto_candidate")),
        Column(w("remark"), words={w("provisional"): "undecided"}),
    ]
    facts = sqltext.name(f"facts_{page.case_asset}")
    found = page.results.records(
        f"""SELECT s.*, f.unit_id, f.kind FROM work.scores s
        LEFT JOIN work.{facts} f ON f.subject_id = s.case_id
        ORDER BY COALESCE(s.auto_attainable - s.auto_points, 0) DESC, s.case_id
        LIMIT {MOST_SCORES}""",
        "scores of the workbook",
    )
    rows = [_score(page, row) for row in found]
    cut = left_out(page, len(rows), _total(page, "scores"), "scores.parquet")
    return sheet_of(page, "scores", heads, rows, w("note_scores" if rows else "no_rubrics"), cut)


def _score(page: Page, row: dict[str, Any]) -> list[Any]:
    w, about = page.words, page.results.checks["rubrics"].get(row["rubric"], {})
    asset = page.case_asset
    vetoes = [page.title(check) for check in (row["veto_candidates"] or "").split(";") if check]
    points, attainable = row["auto_points"], row["auto_attainable"]
    spoken = None if points is None else f"{float(points):g} / {float(attainable):g}"
    return [
        page.seen(asset, "case_id", row["case_id"]),
        page.unit(asset, row["unit_id"]) if row["unit_id"] else None,
        kind(page, asset, row["kind"]),
        about.get("title", {}).get(page.language, row["rubric"]), spoken,
        *(None if row[name] is None else float(row[name]) for name in (
            "auto_points", "auto_attainable", "auto_maximum", "decided_share", "manual_points",
            "manual_maximum", "total")),
        _band(about, row["band"], page.language), w.listed(vetoes) or None,
        w("provisional") if row["provisional"] else None,
    ]  # fmt: skip


def _band(rubric: Mapping[str, Any], name: str | None, language: Language) -> str | None:
    """What people call a band."""
    found = (band for band in rubric.get("bands", []) if band["name"] == name)
    return next((text_of(band["title"], language) for band in found), name)
