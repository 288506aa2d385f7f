"""The first and the last sheet of evaluation.xlsx: what was evaluated, and how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from workbench.display import text_of
from workbench.privacy import WITHHELD
from workbench.reports.report_page import OUTCOMES, Page
from workbench.reports.workbook_cells import Styles, as_text, put
from workbench.reports.workbook_sheets import Sheet, bar, height, lines, set_print
from workbench.weak_links import MINIMUM_DECIDED

_WIDTHS = {"summary": (42, 46, 12, 12, 12, 12, 12, 12), "reading": (30, 80, 12, 12)}
_RULES = ("rule_rates", "rule_order", "rule_month_rows", "rule_intervals", "rule_links",
          "rule_points", "rule_unverified", "rule_text", "rule_privacy")  # fmt: skip
DIGEST = 12


class Paper:
    """A sheet written from top to bottom: sections, pairs and small tables one below the other."""

    def __init__(self, sheet: Any, widths: Sequence[float], styles: Styles):
        self.sheet, self.widths, self.styles, self.row = sheet, widths, styles, 0
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)

    def title(self, text: str) -> None:
        """The title of the sheet."""
        put(self.sheet, self.row, 0, text, "title", self.styles)
        self.sheet.set_row(self.row, height(1) * 1.6)
        self.row += 1

    def section(self, text: str) -> None:
        """A heading, a free row above it."""
        self.row += 1
        put(self.sheet, self.row, 0, text, "section", self.styles)
        self.sheet.set_row(self.row, height(1) * 1.2)
        self.row += 1

    def cells(self, values: Sequence[object], kinds: Sequence[str]) -> None:
        """One row; texts wrap, and the row is as high as they need."""
        most = 1
        for at, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            put(self.sheet, self.row, at, value, kind, self.styles)
            if isinstance(value, str):
                most = max(most, lines(as_text(value), self.widths[at]))
        self.sheet.set_row(self.row, height(most))
        self.row += 1

    def link(self, text: str, target: str, beside: str) -> None:
        """A row that leads to another sheet of this file."""
        where = f"internal:'{target}'!A1"
        self.sheet.write_url(self.row, 0, where, self.styles("link"), text)
        put(self.sheet, self.row, 1, beside, "wrapped", self.styles)
        self.sheet.set_row(self.row, height(lines(beside, self.widths[1])))
        self.row += 1


def put_summary(page: Page, sheet: Any, tables: Sequence[Sheet], styles: Styles, foot: str) -> None:
    """What was evaluated, how far each system is kept, and where to find the rest."""
    w = page.words
    paper = Paper(sheet, _WIDTHS["summary"], styles)
    paper.title(f"{text_of(page.summary.title, page.language)} · {w('report')}")
    paper.section(w("evaluated"))
    for label, value in _facts(page):
        # Numbers to the left, where the eye comes from the label.
        kind = "count_left" if isinstance(value, int) else "wrapped"
        paper.cells([label, value], ["label", "day" if isinstance(value, date) else kind])
    _put_systems(page, paper)
    paper.section(w("sheets"))
    paper.cells([w("sheet"), w("holds")], ["head", "head"])
    for table in tables:
        paper.link(table.tab, table.tab, w(f"about_{table.key}"))
    paper.link(w("tab_reading"), w("tab_reading"), w("about_reading"))
    set_print(sheet, foot)


def _facts(page: Page) -> list[tuple[str, object]]:
    w, summary, totals, manifest = page.words, page.summary, page.data.totals, page.manifest
    pack, profile = manifest["pack"], sorted(manifest["profile"].items())
    digest = str(pack["digest"])[:DIGEST]
    facts: list[tuple[str, object]] = []
    if organs := page.organs:
        facts.append((w("organs"), w.listed(organs)))
    return [
        *facts,
        (w("as_of"), summary.as_of),
        (w("period"), page.period),
        (w("pack"), w("pack_line", id=pack["id"], version=pack["version"], digest=digest)),
        (w("profile"), w.listed([f"{k}: {v}" for k, v in profile]) or w("profile_none")),
        (w("rows_read"), summary.read),
        (w("rows_refused"), summary.refused),
        (w("cases_evaluated"), summary.cases),
        (w("outside"), summary.outside),
        (w("cases_with_findings"), int(totals["cases"])),
        (w("n_findings"), int(totals["findings"])),
        (w("n_veto"), int(totals["vetoes"])),
        (w("n_overdue"), summary.overdue_count),
        (w("due_soon"), summary.due_soon_count),
        (w("n_undecided"), len(summary.untested)),
    ]


def _put_systems(page: Page, paper: Paper) -> None:
    w = page.words
    paper.section(w("systems"))
    if not page.summary.systems:
        paper.cells([w("systems_none")], ["note"])
        return
    heads = [w(key) for key in ("system", "headline", "passed", "decided", "rate_passed",
                                "cannot_tell", "not_yet_due", "state")]  # fmt: skip
    paper.cells(heads, ["head", "head", *["head_number"] * 5, "head"])
    first = paper.row
    for system in page.summary.systems:
        state = ("system_untested_state" if system.untested
                 else "" if system.decided else "system_undecided_state")  # fmt: skip
        numbers = [system.passed, system.decided, system.rate, system.cannot_tell,
                   system.not_yet_due]  # fmt: skip
        paper.cells(
            [text_of(system.title, page.language), page.title(system.check),
             *([None] * 5 if system.untested else numbers), w(state) if state else None],
            ["wrapped", "wrapped", "count", "count", "passed_rate", "count", "count", "text"],
        )  # fmt: skip
    paper.sheet.conditional_format(first, 4, paper.row - 1, 4, bar("passed_bar"))


def put_reading(page: Page, sheet: Any, styles: Styles, foot: str) -> None:
    """The outcomes, the conventions, the documents quoted, and what the run rests on."""
    w = page.words
    paper = Paper(sheet, _WIDTHS["reading"], styles)
    paper.title(w("title_reading"))
    paper.section(w("outcomes_title"))
    for name in OUTCOMES:
        paper.cells([w(name), w(f"{name}_is")], ["label", "wrapped"])
    paper.section(w("rules_title"))
    withheld = WITHHELD[page.language]
    for at, rule in enumerate(_RULES, 1):
        paper.cells(
            [at, w(rule, few=MINIMUM_DECIDED, withheld=withheld)], ["count_left", "wrapped"]
        )
    if sources := page.results.checks["sources"]:
        paper.section(w("sources_title"))
        for name, source in sorted(sources.items()):
            told = [str(source[k]) for k in ("title", "number") if source.get(k)]
            paper.cells([name, "，".join(told)], ["label", "wrapped"])
    _put_manifest(page, paper)
    set_print(sheet, foot)


def _put_manifest(page: Page, paper: Paper) -> None:
    w, manifest, pack = page.words, page.manifest, page.manifest["pack"]
    paper.section(w("versions_title"))
    paper.cells(["", w("versions", version=manifest["version"], engine=manifest["engine"],
                       pack=f"{pack['id']} {pack['version']}", digest=pack["digest"])],
                ["label", "wrapped"])  # fmt: skip
    paper.section(w("inputs_title"))
    if manifest["inputs"]:
        paper.cells([w("file"), "SHA-256", w("rows")], ["head", "head", "head_number"])
    else:
        paper.cells([w("inputs_none")], ["note"])
    for entry in manifest["inputs"]:
        paper.cells([entry["path"], entry["sha256"], entry["rows"]], ["label", "id", "count"])
    paper.section(w("tables_title"))
    paper.cells(
        [w(key) for key in ("table", "read", "used", "refused")],
        ["head", "head", "head_number", "head_number"],
    )
    for table, counts in sorted(manifest["rows"].items()):
        numbers = [counts[name] for name in ("read", "used", "refused")]
        paper.cells([page.place(table, None), *numbers], ["label", "count_left", "count", "count"])
