"""A check of a run as a small page for a notebook, zh / en."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.display import (
    NOTHING,
    Html,
    card,
    code,
    count,
    element,
    join,
    paragraph,
    percent,
    table,
    text_of,
)
from workbench.privacy import Role
from workbench.reports.report_charts import BAR_ORDER, outcome_bar
from workbench.reports.report_words import Words
from workbench.reports.results import Results
from workbench.reports.signals import link_text
from workbench.review.precision import label as precision_label
from workbench.review.precision import sentence
from workbench.statistics import clopper_pearson
from workbench.texts import Language
from workbench.weak_links import MINIMUM_DECIDED

if TYPE_CHECKING:
    from workbench.reports.check_record import CheckRecord

UNITS_SHOWN = 5
LINKS_SHOWN = 3
BOOK = Path(__file__).with_name("notebook_words.yaml")


def check_html(record: CheckRecord, language: Language) -> Html:
    """What the check asks, what became of it, where it failed most, what to do."""
    w = Words(language, BOOK)
    call = f'run.check("{record.id}")'
    parts = [
        paragraph(_tags(record, w)),
        definitions(_facts(record, w)),
        *_units(record, w),
        paragraph(join([w("check_findings"), code(f"{call}.findings"), f" · {w('units_all')}",
                        code(".by_unit"), " ", code(".by_month")]), "wb-next"),
    ]  # fmt: skip
    return card(text_of(record.about["title"], language), parts, language, code(record.id))


def definitions(pairs: list[tuple[str, object]]) -> Html:
    """Terms and what is to be said of each."""
    return element("dl", join(join([element("dt", t), element("dd", d)]) for t, d in pairs))


def grade_tag(grade: str, w: Words) -> Html:
    """How serious a failure is."""
    return element("span", w(grade), class_="wb-tag")


def _tags(record: CheckRecord, w: Words) -> Html:
    about = record.about
    tags = [grade_tag(about["grade"], w)]
    if not about["verified"]:
        tags.append(element("span", w("unverified"), class_="wb-tag wb-amber"))
    assets = record.results.checks["assets"]
    asset = text_of(assets[about["asset"]]["title"], w.language)
    return join([*tags, element("small", w("asset_line", asset=asset))], " ")


def _facts(record: CheckRecord, w: Words) -> list[tuple[str, object]]:
    about = record.about
    facts: list[tuple[str, object]] = []
    if about["rule"] and w.language == record.results.manifest["pack"]["language"]:
        facts.append((w("rule"), about["rule"]))  # a pack writes its rules in its own language
    facts += [(w("clause"), about["clause"]), (w("check_counts"), _outcomes(record, w))]
    if lines := link_lines(record.results, record.links[:LINKS_SHOWN], w):
        facts.append((w("links"), join(element("div", line) for line in lines)))
    facts.append((w("remedy"), text_of(about["remedy"], w.language)))
    if about["duty"]:
        facts.append((w("duty"), text_of(about["duty"], w.language)))
    if record.reviews is not None:
        facts.append((precision_label(w.language), sentence(record.measured, w.language)))
    return facts


def link_lines(results: Results, rows: Sequence[Mapping[str, Any]], w: Words) -> list[Html]:
    """Weak links as their sentences, each with what to do beneath it.

    Notebooks are for those who may see the case files, so nothing is withheld here.
    """
    return [
        join([element("span", said), element("small", do, class_="wb-under")])
        for row in rows
        for said, do in [[link_text(results, row, what, w.language, Role.auditor)
                          for what in ("sentence", "action")]]
    ]  # fmt: skip


def _outcomes(record: CheckRecord, w: Words) -> Html:
    """The rate with its denominator and interval; beneath it what is not in it."""
    if record.missing:
        return element("b", w("missing", what=w.listed(_needs(record, w))))
    counts = record.counts
    lines = [element("small", w("check_beside", **counts))]
    if record.decided:
        low, high = clopper_pearson(counts["failed"], record.decided)
        said = w("check_rate", rate=percent(record.rate), failed=counts["failed"],
                 decided=record.decided, low=percent(low), high=percent(high))  # fmt: skip
        lines.insert(0, join([element("b", said), _bar(record, w)], " "))
    else:
        lines.insert(0, element("b", w("check_none")))
    return join(element("div", line) for line in lines)


def _bar(record: CheckRecord, w: Words) -> Html:
    return outcome_bar(record.counts, {name: w(name) for name in BAR_ORDER})


def _needs(record: CheckRecord, w: Words) -> list[str]:
    """What is missing, as the labels of the pack say it."""
    labels, found = record.results.checks["labels"], []
    for need in record.missing:
        name, _, column = need.partition(".")
        about = labels.get(name, {})
        texts = [about.get("title"), about.get("columns", {}).get(column)] if column else []
        said = [text_of(t, w.language) for t in texts or [about.get("title")] if t]
        found.append(" · ".join(said) or need)
    return found


def _units(record: CheckRecord, w: Words) -> list[Html]:
    """The units with most failures: an order to look in. Few decided: counts, and no rate."""
    if record.missing or not record.counts["failed"]:
        return []
    frame = record.by_unit
    failed = frame[frame["failed"] > 0].sort_values(["failed", "decided"], ascending=[False, True])
    rows = [_unit_row(row, w) for row in failed.head(UNITS_SHOWN).to_dict("records")]
    heads = [w(key) for key in ("unit", "failed_of", "rate_failed", "interval", "cannot_tell")]
    lines = [paragraph(element("b", w("units_lead"))), table(heads, rows, numeric=(1, 2, 3, 4))]
    if len(failed) > len(rows):
        lines.append(paragraph(w("units_cut", shown=len(rows), total=len(failed)), "wb-cut"))
    return lines


def _unit_row(row: Mapping[Any, Any], w: Words) -> list[object]:
    few = row["decided"] < MINIMUM_DECIDED
    unit = next((u for u in (row["unit"], row["unit_id"]) if isinstance(u, str)), w("no_unit"))
    return [
        unit,
        f"{count(row['failed'])} / {count(row['decided'])}",
        NOTHING if few else percent(row["rate"]),
        w("few") if few else f"{percent(row['low'])} – {percent(row['high'])}",
        count(row["cannot_tell"]),
    ]
