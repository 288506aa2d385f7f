"""Weak links and bottlenecks in the report: what was compared, what was found, what to do."""

from __future__ import annotations

from typing import Any

from workbench.bottlenecks import Bottleneck, bottleneck_sentences, has_bottlenecks
from workbench.display import count
from workbench.privacy import WITHHELD
from workbench.reports.report_page import Page, View
from workbench.reports.report_tables import Table, cell
from workbench.reports.report_words import share
from workbench.reports.signals import FIRST_LINKS, Records, link_text
from workbench.weak_links.columns import FAMILIES
from workbench.weak_links.words import said

UNIT, OTHERS = FAMILIES[0], FAMILIES[1:]
_EXAMPLES = 5


def links(page: Page) -> View:
    """How many cells were compared, the flagged ones by priority, then what else was found."""
    w, signals = page.words, page.summary.signals
    if not signals.families:
        return {"lead": "", "none": w("links_old"), "families": Table([], []), "groups": []}
    found = signals.flagged[UNIT]
    groups = [_group(page, "", found, signals.count("flagged"))] if found else []
    groups += [
        _group(page, w(f"found_{family}"), rows, signals.count("flagged", family))
        for family in OTHERS
        if (rows := signals.flagged[family])
    ]
    if before := signals.before:
        groups.append(_group(page, w("found_before"), before[:FIRST_LINKS], len(before)))
    return {
        "lead": w("links_lead", level=share(signals.level, 0), tested=signals.count("tested"),
                  flagged=signals.count("flagged"), few=signals.count("too_few"))
        if found else "",
        "none": "" if found else _none(page),
        "families": _families(page),
        "groups": groups,
    }  # fmt: skip


def _none(page: Page) -> str:
    signals = page.summary.signals
    tested, few = signals.count("tested"), signals.count("too_few")
    if not tested:
        return page.words("links_untested", few=few)
    return page.words("links_none", tested=tested, few=few)


def _families(page: Page) -> Table:
    w, signals = page.words, page.summary.signals
    rows = [
        [cell(w(f"family_{family}"), w(f"asks_{family}")), count(signals.count("tested", family)),
         count(signals.count("flagged", family)),
         count(signals.count("too_few", family)) if family == UNIT else "—"]
        for family in FAMILIES
    ]  # fmt: skip
    heads = [w("asked"), w("compared"), w("listed"), w("too_few_short")]
    return Table(heads, rows, numeric=(1, 2, 3), kind="families")


def _group(page: Page, title: str, rows: Records, total: int) -> View:
    cut = ""
    if len(rows) < total:
        cut = page.words("links_cut", shown=len(rows), left=total - len(rows),
                         file="weak_links.parquet")  # fmt: skip
    return {"title": title, "links": [_link(page, row) for row in rows], "cut": cut}


def _link(page: Page, row: dict[str, Any]) -> View:
    about = page.checks[row["check_id"]]
    return {
        "place": place_of(page, row),
        "title": page.title(row["check_id"]),
        "grade": page.words(about["grade"]),
        "grade_class": about["grade"],
        "unverified": "" if about["verified"] else page.words("unverified"),
        "state": said(row["state"], page.language) if row["state"] else "",
        "sentence": link_text(page.results, row, "sentence", page.language, page.role),
        "action": link_text(page.results, row, "action", page.language, page.role),
    }


def place_of(page: Page, row: dict[str, Any]) -> str:
    """Where a link lies: a unit, a unit with a kind of case, or a month."""
    asset = row["asset"]
    if row["family"] == "step_month":
        return str(page.seen(asset, "period_on", row["period"]))
    unit = page.unit(asset, row["unit_id"])
    return f"{unit} · {page.kind(asset, row['kind'])}" if row["kind"] else unit


def bottlenecks(page: Page) -> View:
    """The limits with most late cases, and where the order of steps was turned."""
    w = page.words
    if not has_bottlenecks(page.results):
        return {"none": w("bottlenecks_old"), "first": [], "orders": None}
    first = [_bottleneck(page, one) for one in bottleneck_sentences(page.results, page.language)]
    return {
        "lead": w("bottlenecks_lead"),
        "none": "" if first else w("bottlenecks_none"),
        "first": first,
        "orders_title": w("orders"),
        "orders_note": w("orders_note"),
        "orders": _orders(page),
    }


def _bottleneck(page: Page, one: Bottleneck) -> View:
    """Its sentence names a unit and a kind; who may not see them does not get it."""
    asset = page.results.checks["clocks"][one.clock]["asset"]
    hidden = any(page.hides(asset, column) for column in ("unit_id", "kind"))
    return {
        "title": page.clock(one.clock),
        "late": page.words("late_sign", n=one.late),
        "sentence": WITHHELD[page.language] if hidden else one.sentence,
        "action": one.action,
    }


def order_rows(page: Page, which: str) -> Records:
    """Rows of `order_violations`, those with most cases first; none in a run that lacks them."""
    if not has_bottlenecks(page.results):
        return []
    return page.results.records(
        f"FROM work.order_violations WHERE {which} "
        "ORDER BY kind IS NOT NULL, unit_id IS NOT NULL, cases DESC, rule, kind, unit_id",
        "order of the steps",
    )


def order_rules(page: Page) -> dict[str, dict[str, Any]]:
    """What the pack says of each rule of order."""
    return {rule["id"]: rule for rule in page.results.checks["flow"]["order"]}


def case_list(page: Page, cases: str | None) -> str:
    """Ids of cases (`;` separated), if the reader may see them."""
    if not cases:
        return ""
    return str(page.seen(page.case_asset, "case_id", page.words.listed(cases.split(";"))))


def _orders(page: Page) -> Table:
    w = page.words
    rules = order_rules(page)
    rows = [
        [cell(rules[r["rule"]]["title"][page.language], rules[r["rule"]]["clause"]),
         f"{count(r['cases'])} / {count(r['n'])}",
         cell(case_list(page, r["examples"]), mono=True)]
        for r in order_rows(page, "kind IS NULL AND unit_id IS NULL AND cases > 0")
    ]  # fmt: skip
    heads = [w("order_rule"), w("turned_of"), w("order_examples", n=_EXAMPLES)]
    empty = w("orders_none" if rules else "orders_unknown")
    return Table(heads, rows, numeric=(1,), kind="orders", empty=empty)
