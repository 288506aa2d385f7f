"""One language of the report: numbers and ids turned into what stands on the page.

Every function gives the view of one section as plain data; the template only sets it. Texts stay
texts here (the template escapes them); only charts are HTML already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench.display import NOTHING, Html, count, text_of
from workbench.privacy import NONE, WITHHELD, Role, mask, may_see
from workbench.reports import report_charts as charts
from workbench.reports.finding_words import code_words
from workbench.reports.report_data import TREND_MONTHS, ReportData
from workbench.reports.report_tables import Table, cell
from workbench.reports.report_words import SECTIONS, Words, share
from workbench.reports.results import Results, grouped_checks, ordered_checks
from workbench.reports.summary import SystemRate
from workbench.weak_links import MINIMUM_DECIDED

View = dict[str, Any]
OUTCOMES = ("passed", "failed", "not_applicable", "not_yet_due", "cannot_tell", "untested")
_DIGEST = 12


class Page:
    """What every section of one language needs: the run, its numbers, the words.

    The numbers are those of the run; what the reader's role may not see is withheld here, in
    `seen`, `part` and what rests on them.
    """

    def __init__(
        self, results: Results, data: ReportData, words: Words, role: Role = Role.leadership
    ):
        self.results, self.data, self.words, self.role = results, data, words, role
        self.summary, self.language = data.summary, words.language
        self.checks: dict[str, Any] = results.checks["checks"]
        self.manifest = results.manifest
        self.ordered = ordered_checks(results.checks)
        self.case_asset = results.case_asset
        self._units, self._organs = data.summary.unit_names, results.organ_names

    def title(self, check: str) -> str:
        """The title of a check."""
        return text_of(self.checks[check]["title"], self.language)

    def rule(self, check: str) -> str:
        """What must hold, in one sentence; packs write it in their own language only."""
        own = self.language == self.manifest["pack"]["language"]
        return str(self.checks[check]["rule"]) if own else ""

    def hides(self, asset: str, fact: str) -> bool:
        """May the reader not see this fact (or kernel column) of an asset?"""
        return not may_see(self.role, self.results.fact_class(asset, fact))

    def seen(self, asset: str, fact: str, value: Any) -> Any:
        """A fact (or kernel column) of an asset, if the reader may see it."""
        return mask(value, self.results.fact_class(asset, fact), self.role, self.language)

    def part(self, check: str, part: str, value: Any) -> Any:
        """What a finding of this check shows (observed, due_on, ...), if the reader may see it."""
        data_class = self.results.part_classes(check).get(part, NONE)
        return mask(value, data_class, self.role, self.language)

    def limit(self, row: dict[str, Any], part: str) -> Any:
        """A day of a limit, or how many are left, if the reader may see it."""
        data_class = self.results.clock_classes(row["clock"])[part]
        return mask(row[part], data_class, self.role, self.language)

    def asset(self, check: str) -> str:
        """The asset that a check looks at."""
        return str(self.checks[check]["asset"])

    def subject(self, asset: str, row: dict[str, Any]) -> Any:
        """The case of a row; its own id where it is of no case."""
        column = "case_id" if row["case_id"] else "subject_id"
        return self.seen(asset, column, row[column])

    def unit(self, asset: str, unit_id: str | None) -> str:
        """What people call a unit."""
        return self._named(asset, "unit_id", unit_id, self._units)

    def organ(self, asset: str, organ_id: str | None) -> str:
        """What people call an organ."""
        return self._named(asset, "organ_id", organ_id, self._organs)

    def _named(self, asset: str, column: str, key: str | None, names: Mapping[str, str]) -> str:
        if key is None or self.hides(asset, column):
            return str(self.seen(asset, column, key) or NOTHING)
        return names.get(key, key)

    def kind(self, asset: str, code: str | None) -> str:
        """A kind of case in words."""
        hidden = code is not None and self.hides(asset, "kind")
        return WITHHELD[self.language] if hidden else self.code(code)

    @property
    def organs(self) -> list[str]:
        """The names of the organs whose cases these are."""
        names = self.data.organs
        return [WITHHELD[self.language]] if names and self.hides_case("organ_id") else names

    @property
    def period(self) -> str:
        """From when to when; without a given period it begins with the first case's day."""
        start, end = (self.words.day(date.fromisoformat(day)) for day in self.summary.period)
        start = WITHHELD[self.language] if self.hides_case("period_on") else start
        return self.words("range", start=start, end=end)

    def hides_case(self, fact: str) -> bool:
        """May the reader not see this fact (or kernel column) of the cases?"""
        return self.hides(self.case_asset, fact)

    def clock(self, clock: str) -> str:
        """The title of a clock."""
        about = self.results.checks["clocks"].get(clock, {})
        return text_of(about.get("title"), self.language) if about else clock

    def noun(self, check: str) -> str:
        """What a check counts: cases, or subjects of another asset."""
        return self.words("noun_case" if self.asset(check) == self.case_asset else "noun_other")

    def code(self, value: str | None) -> str:
        """A recorded value in words."""
        return code_words(self.results, value, self.language)

    def place(self, table: str | None, column: str | None) -> str:
        """A table, or a column of one, as its labels say."""
        about = self.results.checks["labels"].get(table or "", {})
        name = text_of(about.get("title"), self.language) if about else str(table)
        if not column:
            return name
        dot = "·" if self.language == "zh" else " · "
        return f"{name}{dot}{text_of(about.get('columns', {}).get(column), self.language)}"

    def need(self, need: str) -> str:
        """A table or `table.column` that a check cannot do without."""
        table, _, column = need.partition(".")
        return self.place(table, column)

    def counts(self, check: str) -> dict[str, int] | None:
        """The five counts of a check; None where it has no subjects or is untested."""
        return self.data.outcomes.get(check)


def cover(page: Page) -> View:
    """The title block: what was evaluated, as of when, with what."""
    w, manifest, summary = page.words, page.manifest, page.summary
    pack = manifest["pack"]
    digest = str(pack["digest"])[:_DIGEST]
    loaded = w("loaded_line", read=summary.read)
    if summary.refused:
        loaded = w("refused_line", read=summary.read, refused=summary.refused)
        loaded += w("see", section=w("gaps"))
    profile = w.listed([f"{name}: {value}" for name, value in sorted(manifest["profile"].items())])
    return {
        "title": text_of(summary.title, page.language),
        "report": w("report"),
        "contents_label": w("contents"),
        "contents": [(section, w.heading(section)) for section in SECTIONS],
        "facts": [
            *([(w("organs"), w.listed(organs))] if (organs := page.organs) else []),
            (w("as_of"), w.day(summary.as_of)),
            (w("period"), page.period),
            (w("pack"), w("pack_line", id=pack["id"], version=pack["version"], digest=digest)),
            (w("profile"), profile or w("profile_none")),
            (w("loaded"), loaded),
        ],
        "figures": _figures(page),
    }


def _figures(page: Page) -> list[tuple[str, str, str]]:
    """The numbers on the title page: figure, label, what stands beside it."""
    w, summary, totals = page.words, page.summary, page.data.totals
    affected = totals["cases"]
    of_all = share(affected / summary.cases if summary.cases else None)
    return [
        (count(summary.cases), w("n_cases"),
         w("n_cases_sub", decided=totals["passed"] + totals["failed"])),
        (count(totals["findings"]), w("n_findings"),
         w("n_findings_sub", cases=affected, share=of_all)),
        (count(totals["vetoes"]), w("n_veto"), w("n_veto_sub")),
        (count(summary.overdue_count), w("n_overdue"),
         w("n_overdue_sub", soon=summary.due_soon_count)),
        (count(len(summary.untested)), w("n_undecided"),
         w("n_undecided_sub", checks=len(page.checks), undecided=totals["cannot_tell"])),
    ]  # fmt: skip


def systems(page: Page) -> View:
    """How far each system is kept: the rate, in words, and month by month."""
    hidden = any(_hides_months(page, s.check) for s in page.summary.systems if not s.untested)
    return {
        "empty": page.words("systems_none"),
        "systems": [_system(page, system) for system in page.summary.systems],
        "trend": page.words("trend"),
        "trend_none": WITHHELD[page.language] if hidden else page.words("trend_none"),
        "note": page.words("trend_note", few=MINIMUM_DECIDED),
    }


def _system(page: Page, system: SystemRate) -> View:
    w, noun = page.words, page.noun(system.check)
    found: View = {
        "title": text_of(system.title, page.language),
        "of": w("system_of", check=page.title(system.check)),
        "rate": share(system.rate),
        "fraction": f"{count(system.passed)} / {count(system.decided)}",
        "label": w("rate_passed"),
        "bar": Html(),
        "beside": "",
        "trend": None,
    }
    counts = {"noun": noun, "cannot_tell": system.cannot_tell, "not_yet_due": system.not_yet_due}
    if system.untested:
        return found | {"rate": None, "sentence": w("system_untested"), "state": w("untested")}
    found["trend"] = _trend(page, system)
    if system.rate is None:
        return found | {"rate": None, "sentence": w("system_undecided", **counts), "state": "—"}
    found["bar"] = charts.outcome_bar(_shown(page, system.check), _outcome_words(w))
    found["sentence"] = w("system_sentence", decided=system.decided, passed=system.passed,
                          failed=system.failed, noun=noun)  # fmt: skip
    found["beside"] = w("system_beside", share=share(system.undecided_share), **counts)
    return found


def _shown(page: Page, check: str) -> dict[str, int]:
    counts = page.counts(check) or {}
    return {name: counts.get(name, 0) for name in charts.BAR_ORDER}


def _outcome_words(w: Words) -> dict[str, str]:
    return {name: w(name) for name in OUTCOMES}


def _hides_months(page: Page, check: str) -> bool:
    return page.hides(page.asset(check), "period_on")


def _trend(page: Page, system: SystemRate) -> View | None:
    w = page.words
    months = page.data.months.get(system.check, [])
    if _hides_months(page, system.check) or not any(month.decided for month in months):
        return None
    recent = months[-TREND_MONTHS:]
    notes = []
    if len(recent) < len(months):
        notes.append(w("trend_cut", shown=len(recent), total=len(months)))
    if undated := page.data.undated.get(system.check):
        notes.append(w("undated", n=undated))
    heads = [w("month"), w("rate_passed"), w("passed"), w("decided"), w("cannot_tell"),
             w("not_yet_due"), w("interval")]  # fmt: skip
    rows = [
        [m.month, share(m.rate), count(m.passed), count(m.decided), count(m.cannot_tell),
         count(m.open), f"{share(m.low)} – {share(m.high)}" if m.decided else "—"] for m in recent
    ]  # fmt: skip
    label = f"{w('trend')}: {text_of(system.title, page.language)}"
    return {
        "chart": charts.month_trend(recent, label, (w("decided"), w("cannot_tell"), w("month"))),
        "notes": notes,
        "table": Table(heads, rows, numeric=range(1, 7)),
        "data": w("data"),
    }


def checks(page: Page) -> View:
    """Every check with its counts, by system; then what to do about those that failed."""
    w = page.words
    totals = page.data.totals
    lead = "checks_lead" if totals["failed"] else "checks_none"
    return {
        "lead": w(lead if totals["failed"] + totals["passed"] else "checks_undecided"),
        "note": w("bar_note"),
        "legend": [(charts.legend_key(name), w(name)) for name in charts.BAR_ORDER],
        "heads": [w("check"), w("outcomes"), w("failed_of"), w("rate_failed"), w("cannot_tell"),
                  w("not_yet_due"), w("not_applicable")],
        "groups": [(name, [_check(page, check) for check in its]) for name, its in _groups(page)],
        "to_remedy": w("to_remedy"),
        "remedies_title": w("remedies" if any(c["duty"] for c in page.checks.values())
                            else "remedies_only"),
        "remedies": _remedies(page),
    }  # fmt: skip


def _groups(page: Page) -> list[tuple[str, list[str]]]:
    """Checks by system, its headline first, then the graver ones; those of no system last."""
    groups = grouped_checks(page.results.checks)
    others = page.words("others") if len(groups) > 1 else ""
    return [(text_of(t, page.language) if t else others, its) for t, its in groups]


def _check(page: Page, check: str) -> View:
    w, about, counts = page.words, page.checks[check], page.counts(check)
    found: View = {
        "id": check,
        "title": page.title(check),
        "grade": w(about["grade"]),
        "grade_class": about["grade"],
        "clause": about["clause"],
        "unverified": "" if about["verified"] else w("unverified"),
        "state": "",
        "remedy": bool(counts and counts["failed"]),
    }
    if check in page.summary.untested:
        needs = w.listed([page.need(need) for need in page.summary.untested[check]])
        return found | {"state": w("missing", what=needs)}
    if not counts or not sum(counts[name] for name in (*charts.BAR_ORDER, "not_applicable")):
        return found | {"state": w("not_run")}
    decided = counts["passed"] + counts["failed"]
    in_scope = sum(counts[name] for name in charts.BAR_ORDER)
    return found | {
        "bar": charts.outcome_bar(counts, _outcome_words(w)) if in_scope else Html(),
        "cells": [
            f"{count(counts['failed'])} / {count(decided)}",
            share(counts["failed"] / decided if decided else None),
            count(counts["cannot_tell"]),
            count(counts["not_yet_due"]),
            count(counts["not_applicable"]),
        ],
    }


def _remedies(page: Page) -> Table:
    w = page.words
    rows = []
    for check in [c for _, its in _groups(page) for c in its]:
        counts, about = page.counts(check), page.checks[check]
        if not counts or not counts["failed"]:
            continue
        duty = about["duty"]
        rows.append([
            cell(page.title(check), page.rule(check), anchor=f"remedy-{check}"),
            text_of(about["remedy"], page.language),
            cell(text_of(duty, page.language), duty.get("source", "")) if duty else "—",
        ])  # fmt: skip
    if not any(about["duty"] for about in page.checks.values()):
        return Table([w("check"), w("remedy")], [row[:2] for row in rows], kind="remedies")
    return Table([w("check"), w("remedy"), w("duty")], rows, kind="remedies")
