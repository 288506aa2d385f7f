"""Weak links, stage times and the order of steps in evaluation.xlsx."""

from __future__ import annotations

from functools import cache
from typing import Any

from workbench.bottlenecks import has_bottlenecks
from workbench.reports.report_links import case_list, order_rows, order_rules
from workbench.reports.report_page import Page
from workbench.reports.results import GRADES
from workbench.reports.signals import flagged_links, link_text
from workbench.reports.summary import UNDECIDED
from workbench.reports.workbook_sheets import Column, Sheet
from workbench.reports.workbook_tables import in_order, kind, left_out, sheet_of
from workbench.weak_links import MINIMUM_DECIDED
from workbench.weak_links.columns import FAMILIES
from workbench.weak_links.words import said

MOST_LINKS = 5_000
MOST_STAGES = 5_000
MOST_ORDERS = 2_000
# Columns of stage_times and their heads.
_DAYS = {"p10": "used_p10", "p25": "used_p25", "p50": "used_p50", "p75": "used_p75",
         "p90": "used_p90", "most": "used_most", "limit_p50": "used_limit_p50"}  # fmt: skip
_SHARES = {"share_p50": "used_share_p50", "share_p90": "used_share_p90"}
_UNITS = {"wd": "days_wd", "cd": "days_cd", "h": "days_h"}
_NOT_FLAGGED = f"family = '{FAMILIES[0]}' AND NOT flagged AND n >= {MINIMUM_DECIDED}"


def links(page: Page) -> Sheet:
    """All flagged rows of all families; then units with enough decided, by check and unit."""
    w = page.words
    heads = [
        Column(w("family")),
        Column(w("check")),
        Column(w("grade")),
        Column(w("unit")),
        Column(w("kind")),
        Column(w("link_period")),
        Column(w("flagged"), words={w("true"): "alarm"}),
        Column(w("state")),
        Column(w("since"), "month"),
        Column(w("failed"), "count"),
        Column(w("decided"), "count"),
        Column(w("rate_failed"), "failed_rate", "failed_bar"),
        Column(w("cannot_tell"), "count"),
        Column(w("low"), "share"),
        Column(w("high"), "share"),
        Column(w("signal_failed"), "count"),
        Column(w("signal_n"), "count"),
        Column(w("against"), "share"),
        Column(w("expected_failed"), "decimal"),
        Column(w("excess"), "decimal"),
        Column(w("p"), "chance"),
        Column(w("q"), "chance"),
        Column(w("sentence"), "prose"),
        Column(w("do"), "prose"),
        Column(w("check_id"), "id"),
    ]
    if not page.summary.signals.families:
        return sheet_of(page, "links", heads, [], w("links_old"))
    flagged = flagged_links(page.results)
    rest = in_order(page, page.results.records(
        f"SELECT w.*, {UNDECIDED} FROM work.weak_links w WHERE {_NOT_FLAGGED} "
        "ORDER BY check_id, unit_id",
        "weak links of the workbook"))  # fmt: skip
    total = len(flagged) + len(rest)
    shown = (_undecided(page, flagged) + rest)[:MOST_LINKS]
    cut = left_out(page, len(shown), total, "weak_links.parquet")
    none = "" if flagged else w("links_none" if rest else "links_untested",
                                tested=page.summary.signals.count("tested"),
                                few=page.summary.signals.count("too_few"))  # fmt: skip
    note = w("note_links", few=MINIMUM_DECIDED)
    return sheet_of(page, "links", heads, [_link(page, r) for r in shown], none, note, cut)


def _undecided(page: Page, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Flagged units get what cannot be told of them; other families are cut otherwise."""
    known = {
        (row["check_id"], row["unit_id"]): int(row["cannot_tell"])
        for row in page.results.records(
            "SELECT check_id, unit_id, SUM(cannot_tell) AS cannot_tell FROM work.tallies "
            "WHERE unit_id IS NOT NULL GROUP BY 1, 2",
            "undecided of weak links",
        )
    }
    return [
        row
        | {"cannot_tell": known.get((row["check_id"], row["unit_id"]))
           if row["family"] == FAMILIES[0] else None}
        for row in rows
    ]  # fmt: skip


def _link(page: Page, row: dict[str, Any]) -> list[Any]:
    w, asset = page.words, row["asset"]
    text = {what: link_text(page.results, row, what, page.language, page.role) or None
            for what in ("sentence", "action")}  # fmt: skip
    return [
        w(f"family_{row['family']}"), page.title(row["check_id"]),
        w(next(g for g in GRADES if g == page.checks[row["check_id"]]["grade"])),
        page.unit(asset, row["unit_id"]) if row["unit_id"] else None,
        kind(page, asset, row["kind"]),
        page.seen(asset, "period_on", str(row["period"]).replace("..", " – ")),
        w("true") if row["flagged"] else None,
        said(row["state"], page.language) if row["state"] else None,
        page.seen(asset, "period_on", row["since"]),
        row["failed"], row["n"], row["rate"], row["cannot_tell"], row["low"], row["high"],
        row["signal_failed"], row["signal_n"], row["against"], row["expected"], row["excess"],
        row["p"], row["q"], text["sentence"], text["action"], row["check_id"],
    ]  # fmt: skip


def stages(page: Page) -> Sheet:
    """Days used of each limit: all together first, then by kind and unit."""
    w = page.words
    heads = [
        Column(w("clock")),
        Column(w("kind")),
        Column(w("unit")),
        Column(w("days_unit")),
        Column(w("stopped"), "count"),
        Column(w("running"), "count"),
        *(Column(w(head), "points") for head in _DAYS.values()),
        *(Column(w(head), "share") for head in _SHARES.values()),
        Column(w("late_all"), "count", "failed"),
        Column(w("at_risk"), "count", "undecided"),
    ]
    if not has_bottlenecks(page.results):
        return sheet_of(page, "stages", heads, [], w("bottlenecks_old"))
    found = page.results.records(
        "FROM work.stage_times ORDER BY kind IS NOT NULL AND unit_id IS NOT NULL, "
        "unit_id IS NOT NULL, kind IS NOT NULL, clock, kind, unit_id "
        f"LIMIT {MOST_STAGES}",
        "stage times of the workbook",
    )
    total = page.results.engine.rows("SELECT COUNT(*) FROM work.stage_times", "stage times")[0][0]
    clocks, unit_of, clock = page.results.checks["clocks"], cache(page.unit), cache(page.clock)
    rows = [
        [clock(row["clock"]), *_group(page, clocks[row["clock"]]["asset"], row, unit_of),
         w(_UNITS[row["days"]]), row["n"], row["running"],
         *(row[name] for name in (*_DAYS, *_SHARES, "late", "at_risk"))]
        for row in found
    ]  # fmt: skip
    level = f"{page.results.checks['flow']['at_risk']:.0%}"
    return sheet_of(page, "stages", heads, rows, w("note_stages", level=level),
                    left_out(page, len(rows), int(total), "stage_times.parquet"),
                    "" if rows else w("bottlenecks_none"))  # fmt: skip


def _group(page: Page, asset: str, row: dict[str, Any], unit_of: Any) -> list[str | None]:
    """The kind and the unit of a row; empty means all of them."""
    every = page.words("every")
    return [kind(page, asset, row["kind"]) or every,
            unit_of(asset, row["unit_id"]) if row["unit_id"] else every]  # fmt: skip


def orders(page: Page) -> Sheet:
    """Rules of order: cases in which it is turned, all together and by kind and unit."""
    w = page.words
    heads = [
        Column(w("order_rule")),
        Column(w("kind")),
        Column(w("unit")),
        Column(w("turned"), "count", "failed"),
        Column(w("both_recorded"), "count"),
        Column(w("order_cases"), "id"),
        Column(w("clause")),
    ]
    found = order_rows(page, "cases > 0 OR (kind IS NULL AND unit_id IS NULL)")
    rules = order_rules(page) if found else {}
    unit_of, asset = cache(page.unit), page.case_asset
    rows = [
        [rules[row["rule"]]["title"][page.language], *_group(page, asset, row, unit_of),
         row["cases"], row["n"], case_list(page, row["examples"]) or None,
         rules[row["rule"]]["clause"] or None]
        for row in found[:MOST_ORDERS]
    ]  # fmt: skip
    return sheet_of(page, "orders", heads, rows, w("note_orders") if rows else w("orders_unknown"),
                    left_out(page, len(rows), len(found), "order_violations.parquet"))  # fmt: skip
