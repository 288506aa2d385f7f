"""The lists of the report: cases, deadlines, data gaps, kinds without a score, how to read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from workbench.display import NOTHING, count, number
from workbench.loading.reasons import ACTIONS
from workbench.loading.report import row_sentence
from workbench.privacy import WITHHELD, may_see
from workbench.reports.deliver_next import deliver_next
from workbench.reports.finding_words import expected_words, observed_words, record_words
from workbench.reports.report_page import OUTCOMES, Page, View
from workbench.reports.report_tables import Table, cell
from workbench.reports.report_words import share
from workbench.weak_links import MINIMUM_DECIDED

_RECORDS_SHOWN = 3
_ORGANS_SHOWN = 4
_FAILURES_SHOWN = 12


def cases(page: Page) -> View:
    """The cases with the most serious problems, each with what failed in it."""
    w, worst = page.words, page.summary.worst_cases
    return {
        "lead": w("cases_lead", shown=len(worst), total=page.data.totals["cases"]),
        "points": w("cases_points") if page.results.checks["rubrics"] else "",
        "empty": w("cases_none"),
        "heads": [w("check"), w("observed"), w("expected"), w("due")],
        "cases": [_case(page, case) for case in worst],
    }


def _case(page: Page, case: dict[str, Any]) -> View:
    w, asset, failures = page.words, page.case_asset, page.data.failures[case["case_id"]]
    found: View = {
        "id": page.seen(asset, "case_id", case["case_id"]),
        "unit": page.unit(asset, case["unit_id"]),
        "kind": page.kind(asset, case["kind"]),
        "points": w("no_points"),
        "points_label": "",
        "points_note": "",
        "rows": [_failure(page, row) for row in failures[:_FAILURES_SHOWN]],
        "more": w("more_findings", n=left) if (left := len(failures) - _FAILURES_SHOWN) > 0 else "",
    }
    if case["auto_points"] is None:
        return found
    open_points = case["auto_maximum"] - case["auto_attainable"]
    return found | {
        "points": f"{_points(case['auto_points'])} / {_points(case['auto_attainable'])}",
        "points_label": w("auto_points"),
        "points_note": w("points_open", open=_points(open_points)) if open_points else "",
    }


def _points(value: Any) -> str:
    return number(float(value))


def _failure(page: Page, row: dict[str, Any]) -> View:
    w, check = page.words, row["check_id"]
    about = page.checks[check]
    records = [
        record_words(page.results, ref, page.language)
        for ref in (row["evidence"] or "").split(";")
        if ref
    ]
    shown = w.listed(records[:_RECORDS_SHOWN]) + (" …" if len(records) > _RECORDS_SHOWN else "")
    return {
        "id": row["check_id"],
        "title": page.title(row["check_id"]),
        "grade": w(about["grade"]),
        "grade_class": about["grade"],
        "veto": w("veto_candidate") if row["veto_candidate"] else "",
        "unverified": "" if about["verified"] else w("unverified"),
        "observed": _told(page, row, "observed", observed_words),
        "expected": _told(page, row, "expected", expected_words),
        "rule": "" if row["expected"] else page.rule(row["check_id"]),
        "due": _day(page.part(check, "due_on", row["due_on"])),
        "records": w("records", what=page.part(check, "evidence", shown)) if records else "",
    }


def _told(page: Page, row: dict[str, Any], part: str, words: Callable[..., str]) -> str:
    """A part of a finding in words; the words hold the value, so that nothing of it is left."""
    text = words(page.results, row, page.language)
    return str(page.part(row["check_id"], part, text)) if row[part] else text


def _day(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or NOTHING


def deadlines(page: Page) -> View:
    """What is due within days, what is overdue, and what became of each limit."""
    w, summary, data = page.words, page.summary, page.data
    heads = [w("due"), w("clock"), w("subject"), w("unit")]
    soon, over = summary.due_soon_count, summary.overdue_count
    return {
        "empty": "" if data.clocks else w("deadlines_none"),
        "clocks_title": w("by_clock"),
        "clocks": _clocks(page),
        "note": w("clock_note"),
        "soon_title": w("soon_title", n=soon),
        "soon": Table([*heads, w("days_left")], [_due(page, row, 1) for row in data.due_soon],
                      numeric=(4,), empty=w("soon_none"), cut=_cut(page, data.due_soon, soon)),
        "overdue_title": w("overdue_title", n=over),
        "overdue": Table([*heads, w("days_over")], [_due(page, row, -1) for row in data.overdue],
                         numeric=(4,), empty=w("overdue_none"),
                         cut=_cut(page, data.overdue, over)),
    }  # fmt: skip


def _clocks(page: Page) -> Table:
    w = page.words
    states = ("overdue", "late", "met", "open", "unknown", "all")
    rows = [
        [
            page.clock(row["clock"]),
            *(count(row[state]) for state in states),
            count(row["longest"])
            if row["longest"] is None or _seen(page, row)
            else WITHHELD[page.language],
        ]
        for row in page.data.clocks
    ]
    heads = [w("clock"), *(w(state) for state in states), w("longest")]
    return Table(heads, rows, numeric=tuple(range(1, 8)))


def _seen(page: Page, row: dict[str, Any]) -> bool:
    return may_see(page.role, page.results.clock_classes(row["clock"])["days_left"])


def _due(page: Page, row: dict[str, Any], sign: int) -> list[Any]:
    asset = page.results.checks["clocks"][row["clock"]]["asset"]
    return [
        _day(page.limit(row, "due_on")),
        page.clock(row["clock"]),
        cell(page.subject(asset, row), mono=True),
        page.unit(asset, row["unit_id"]),
        count(row["days_left"] * sign) if _seen(page, row) else page.limit(row, "days_left"),
    ]


def _cut(page: Page, rows: list[Any], total: int) -> str:
    return page.words("cut", shown=len(rows), total=total) if total > len(rows) else ""


def gaps(page: Page) -> View:
    """What keeps checks untested or undecided, and what loading refused or changed."""
    w, data = page.words, page.data
    untested = [
        [page.title(check), w.listed([page.need(need) for need in needs])]
        for check, needs in sorted(page.summary.untested.items())
    ]
    return {
        "next_title": w("next_title") if untested else "",
        "next": _next(page),
        "untested_title": w("untested_title"),
        "untested": Table([w("check"), w("lacks")], untested, empty=w("untested_none")),
        "cannot_title": w("cannot_title"),
        "cannot": _undecided(page),
        "load_title": w("load_title"),
        "load": _load(page),
        "load_note": w("load_note") if data.load else "",
        "rows_title": w("rows_title"),
        "rows": _rows(page),
    }


def _next(page: Page) -> Table:
    """The few tables that would let most of the untested checks be tested."""
    w = page.words
    rows = [
        [
            page.results.place(step.table, step.columns, page.language),
            count(len(step.checks)),
            w.listed([page.title(check) for check in step.checks]),
        ]
        for step in deliver_next(page.summary.untested)
    ]
    return Table([w("next_what"), w("next_checks"), w("check")], rows, numeric=(1,))


def _undecided(page: Page) -> Table:
    w, rows = page.words, []
    for check, causes in page.data.gaps.items():
        counts = page.counts(check) or {}
        undecided = counts["cannot_tell"]
        due = undecided + counts["passed"] + counts["failed"]
        columns = [page.place(c["table"], c["column"]) for c in causes
                   if c["reason"] == "not_delivered"]  # fmt: skip
        cause = w("not_delivered", what=w.listed(columns)) if columns else w("value_missing")
        organs = [f"{page.organ(page.asset(check), o['organ_id'])} {count(o['subjects'])}"
                  for o in page.data.gap_organs[check]]  # fmt: skip
        more = " …" if len(organs) > _ORGANS_SHOWN else ""
        rows.append([
            page.title(check), f"{count(undecided)} / {count(due)}", share(undecided / due), cause,
            w.listed(organs[:_ORGANS_SHOWN]) + more,
        ])  # fmt: skip
    heads = [w("check"), w("undecided_of"), w("share"), w("cause"), w("organs")]
    return Table(heads, rows, numeric=(1, 2), kind="undecided", empty=w("cannot_none"))


def _load(page: Page) -> Table:
    w, rows = page.words, []
    for row in page.data.load:
        action = ACTIONS.get(row["action"], {}).get(page.language, row["action"])
        rows.append([
            page.place(row["table_name"], None) if row["table_name"] else "—",
            action, count(int(row["total"])), row_sentence({**row, "count": 1}, page.language),
        ])  # fmt: skip
    heads = [w("table"), w("action"), w("times_head"), w("first_seen")]
    return Table(heads, rows, numeric=(2,), kind="load", empty=w("load_none"),
                 cut=_cut(page, rows, page.data.load_reasons))  # fmt: skip


def _rows(page: Page) -> Table:
    w = page.words
    rows = [
        [page.place(table, None), *(count(counts[k]) for k in ("read", "used", "refused"))]
        for table, counts in sorted(page.manifest["rows"].items())
        if counts["refused"]
    ]
    heads = [w("table"), w("read"), w("used"), w("refused")]
    return Table(heads, rows, numeric=(1, 2, 3), kind="narrow")


def unscored(page: Page) -> View:
    """Kinds of cases that no rubric covers, with how many there are."""
    w = page.words
    if not page.results.checks["rubrics"]:
        return {"lead": w("no_rubric"), "table": None}
    rows = [
        [page.kind(page.case_asset, kind) if kind else w("no_kind"), count(cases)]
        for kind, cases in sorted(page.summary.unscored.items(), key=lambda k: (-k[1], k[0]))
    ]
    table = Table([w("kind"), w("n_cases")], rows, numeric=(1,), kind="narrow")
    return {"lead": w("unscored_lead" if rows else "unscored_none"), "table": table}


def reading(page: Page) -> View:
    """What the outcomes mean, how rates are made, and what the run rests on."""
    w, manifest = page.words, page.manifest
    rules = ("rule_rates", "rule_months", "rule_intervals", "rule_links", "rule_points",
             "rule_unverified")  # fmt: skip
    inputs = [
        [entry["path"], count(entry["rows"]), cell("", entry["sha256"], mono=True)]
        for entry in manifest["inputs"]
    ]
    pack = manifest["pack"]
    return {
        "outcomes_title": w("outcomes_title"),
        "outcomes": [(w(name), w(f"{name}_is")) for name in OUTCOMES],
        "rules_title": w("rules_title"),
        "rules": [w(rule, few=MINIMUM_DECIDED) for rule in rules],
        "inputs_title": w("inputs_title"),
        "inputs": Table([w("file"), w("rows"), "SHA-256"], inputs, numeric=(1,), kind="inputs",
                        empty=w("inputs_none")),
        "sources_title": w("sources_title"),
        "sources": [
            (name, "，".join(str(source[k]) for k in ("title", "number") if source.get(k)))
            for name, source in sorted(page.results.checks["sources"].items())
        ],
        "versions_title": w("versions_title"),
        "versions": w("versions", version=manifest["version"], engine=manifest["engine"],
                      pack=f"{pack['id']} {pack['version']}", digest=pack["digest"]),
    }  # fmt: skip
