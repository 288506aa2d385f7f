"""What people read about each check, as plain data: it goes with a run, so a run stays readable."""

from __future__ import annotations

from typing import Any

from workbench.clocks import Clock
from workbench.pack.flow_checks import describe_flow
from workbench.pack.model import Asset, Pack
from workbench.pack.rule_digest import rule_digest

LANGUAGES = ("zh", "en")


def describe_checks(pack: Pack) -> dict[str, Any]:
    """Checks, clocks, systems, words and duties of a pack, ready for JSON.

    Keys: `sources` (the documents that clauses name), `assets` (id -> title, table,
    the tables that its units and organs stand in, the fact that lists missing documents), `checks`
    (id -> title, remedy, rule, clause, grade, verified, topic, asset, duty, the facts it shows
    and how they read, a hash of what decides it), `clocks` (with the facts of its days),
    `flow` (steps, rules of order), `systems`, `topics` (in the order of the pack), `words`,
    `labels` (tables, columns, kinds of rows), `rubrics`.
    """
    return {
        "assets": {
            asset.id: {
                "title": dict(asset.title),
                "table": asset.table,
                "unit": _target(pack, asset, asset.unit),
                "organ": _target(pack, asset, asset.organ),
                "missing": asset.missing,
            }
            for asset in pack.assets.values()
        },
        "sources": {name: dict(source) for name, source in pack.sources.items()},
        "checks": {check.id: _check(pack, check.id) for check in pack.checks.values()},
        "clocks": {
            clock.id: {
                "title": dict(clock.title),
                "topic": clock.topic,
                "asset": clock.asset,
                "mode": clock.mode,
                "facts": _days(clock),
            }
            for clock in pack.clocks.values()
        },
        "flow": describe_flow(pack),
        "systems": [
            {"id": s.id, "title": dict(s.title), "topics": list(s.topics), "headline": s.headline}
            for s in pack.systems
        ],
        "topics": [{"id": t, "title": dict(pack.topics.get(t) or {})} for t in _topics(pack)],
        "words": _words(pack),
        "labels": {
            table.name: {
                "title": dict(table.title),
                "columns": {c.name: dict(c.label) for c in table.all_columns.values()},
                # How the codes that say what a row is read: one code may mean two things.
                "kinds": {
                    code: dict(label)
                    for code, label in (
                        table.kind_column.codes.items() if table.kind_column else ()
                    )
                },
            }
            for table in pack.schema.tables.values()
        },
        "rubrics": {
            name: {
                "title": dict(rubric.title),
                "version": rubric.version,
                "source": rubric.source,
                "ours": dict(rubric.ours),
                "auto_maximum": rubric.maximum("auto"),
                "manual_maximum": rubric.maximum("manual", "mixed"),
                "criteria": {c.id: dict(c.title) for c in rubric.criteria},
                # JSON sorts names; a rubric is read in its own order.
                "order": [c.id for c in rubric.criteria],
                "bands": [
                    {"name": band.name, "title": dict(band.title), "from": band.floor}
                    for band in rubric.bands
                ],
            }
            for name, rubric in pack.rubrics.items()
        },
    }


def _topics(pack: Pack) -> list[str]:
    """Topics that have checks: those that the pack names first, in its order."""
    used = {check.topic for check in pack.checks.values()}
    return [t for t in pack.topics if t in used] + sorted(used - set(pack.topics))


def _days(clock: Clock) -> dict[str, str]:
    """The facts of a clock's days.

    Start and stop of a row are no facts: they are of the class of what is counted from them.
    """
    start, stop = clock.start, clock.stop
    if clock.rows:
        start, stop = clock.output("due_on"), clock.output("elapsed")
    return {"start_on": start, "due_on": clock.output("due_on"), "done_on": stop}


def _target(pack: Pack, asset: Asset, column: str | None) -> str | None:
    """The table that a column of the asset's table refers to."""
    target = pack.schema.tables[asset.table].columns[column].references if column else None
    return target[0] if target else None


def _check(pack: Pack, check_id: str) -> dict[str, Any]:
    check = pack.checks[check_id]
    return {
        "title": {lang: pack.text(check_id, "title", lang) for lang in LANGUAGES},
        "remedy": {lang: pack.text(check_id, "remedy", lang) for lang in LANGUAGES},
        "rule": check.entry.get("description", ""),
        "clause": check.clause,
        "grade": check.effective_grade.value,
        "verified": check.verified,
        "veto": check.veto and check.verified,
        "topic": check.topic,
        "asset": check.asset,
        "shown": {
            part: dict((pack.texts["checks"].get(check_id) or {}).get(part) or {})
            for part in ("observed", "expected")
        },
        "duty": dict(pack.duties.get(check.duty or "", {})),
        "facts": dict(check.facts),
        "due": "due" in check.facts,
        "rule_digest": rule_digest(pack, check_id),
    }


def _words(pack: Pack) -> dict[str, dict[str, str]]:
    """Every code of the schema and every word of the pack, by code; pack words win."""
    words: dict[str, dict[str, str]] = {}
    for table in pack.schema.tables.values():
        for column in table.all_columns.values():
            for code, label in column.codes.items():
                words.setdefault(code, dict(label))
    words.update({code: dict(label) for code, label in (pack.texts.get("words") or {}).items()})
    return words
