"""The page of one case: who, what failed, when everything happened, and every check's outcome.

A fragment that stands inside an element of class `wb` (`display.css`); its own rules are in
`case_page.css` (see `case_style`). Whatever comes from case files is escaped; there is no script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from workbench.display import NOTHING, Html, Language, element, join, number, text_of
from workbench.pack.model import KERNEL
from workbench.privacy import WITHHELD
from workbench.reports.case_record import UNTESTED, CaseFinding, CaseRecord, Criterion
from workbench.reports.case_steps import Course, chronicle, limits, picture
from workbench.reports.finding_words import (
    CASE_WORDS,
    code_words,
    expected_words,
    observed_words,
    record_words,
)
from workbench.reports.report_words import Words
from workbench.reports.results import Results, grouped_checks

_RECORDS_SHOWN = 6


@cache
def case_style() -> str:
    """The rules of this page; they use the colours of `display.css`."""
    return Path(__file__).with_name("case_page.css").read_text("utf-8")


def case_html(results: Results, record: CaseRecord, language: Language) -> Html:
    """One case as a page: an `<article>` without style, to be put inside a `.wb` element."""
    page = _Page(results, record, Words(language, CASE_WORDS))
    parts = [_head(page), _findings(page), _course(page), _checks(page), _documents(page)]
    if _hides(record):
        parts.append(element("p", page.words("withheld_note"), class_="wb-case-note"))
    return element("article", join(parts), class_="wb-case", lang=language)


def _hides(record: CaseRecord) -> bool:
    parts = [record.withheld, *(f.withheld for f in record.findings)]
    return any([*parts, *(d.withheld for d in record.deadlines)])


class _Page:
    """What every section needs."""

    def __init__(self, results: Results, record: CaseRecord, words: Words):
        self.results, self.record, self.words = results, record, words
        self.language = words.language
        self.checks: dict[str, Any] = results.checks["checks"]

    def code(self, value: str | None) -> str:
        """A recorded value in words."""
        return code_words(self.results, value, self.language)

    def column(self, table: str | None, column: str | None) -> str:
        """A table, or a column of one, as its labels say."""
        about = self.results.checks["labels"].get(table or "", {})
        name = text_of(about.get("title"), self.language) if about else str(table or NOTHING)
        if not column:
            return name
        dot = "·" if self.language == "zh" else " · "
        return f"{name}{dot}{text_of(about.get('columns', {}).get(column), self.language)}"


def _section(title: object, parts: list[object], kind: str) -> Html:
    return element("section", join([element("h3", title), *parts]), class_=f"wb-case-{kind}")


def _pairs(pairs: list[tuple[object, object]]) -> Html:
    rows = (element("div", join([element("dt", a), element("dd", b)])) for a, b in pairs)
    return element("dl", join(rows))


def _head(page: _Page) -> Html:
    """Who and what: the case, its unit, its kind, its points."""
    w, record = page.words, page.record
    kind = page.code(record.kind) if record.kind else w("no_kind")
    title = [element("p", f"{w('case')} · {kind}", class_="wb-case-kicker"),
             element("h2", record.case_id)]  # fmt: skip
    hidden = WITHHELD[page.language]
    day = hidden if "period_on" in record.withheld else _day(record.period_on)
    facts: list[tuple[object, object]] = [
        (w(word), hidden if column in record.withheld else record.names.get(column, value))
        for word, column, value in (("unit", "unit_id", record.unit_id),
                                    ("organ", "organ_id", record.organ_id))
    ]  # fmt: skip
    labels = page.results.checks["labels"]["cases"]["columns"]
    facts += [(text_of(labels[name], page.language), page.code(value))
              for name, value in record.particulars.items()]  # fmt: skip
    facts += [(text_of(labels[name], page.language), hidden)
              for name in sorted((record.withheld & labels.keys()) - set(KERNEL))]  # fmt: skip
    facts += [(w("day_of"), day), (w("as_of"), _day(record.as_of))]
    return element("header", join([element("div", join([*title, _pairs(facts)])), _score(page)]))


def _day(value: date | None) -> str:
    return value.isoformat() if value else NOTHING


def _score(page: _Page) -> Html:
    """The automatic points, with what could not be decided and what people have yet to rate."""
    w, score = page.words, page.record.score
    if score is None or score["auto_points"] is None:
        by_people = float(score["manual_maximum"] or 0) if score else 0.0
        rest = w("score_manual", manual=number(by_people))
        because = rest if by_people else w("score_none_why")
        return element("aside", join([element("b", w("score_none")), element("em", because)]))
    parts: list[object] = [element("span", w("score"))]
    points, attainable, maximum = (
        float(score[name]) for name in ("auto_points", "auto_attainable", "auto_maximum")
    )
    of = element("small", f" / {number(attainable)}")
    parts.append(element("strong", join([number(points), of])))
    if maximum > attainable:
        parts.append(element("em", w("score_open", open=number(maximum - attainable))))
    if score["total"] is None and score["manual_maximum"]:
        manual = number(float(score["manual_maximum"]))
        parts.append(element("em", w("score_manual", manual=manual)))
    return element("aside", join(parts))


def _findings(page: _Page) -> Html:
    """What failed, the most serious first, each with what to do."""
    w, found = page.words, page.record.findings
    if not found:
        return _section(w("findings"), [element("p", w("no_findings"), class_="wb-case-none")],
                        "findings")  # fmt: skip
    vetoes = sum(f.veto_candidate for f in found)
    beside = w("findings_vetoes" if vetoes else "findings_n", n=len(found), vetoes=vetoes)
    title = join([w("findings"), " ", element("small", beside)])
    return _section(title, [_finding(page, finding) for finding in found], "findings")


def _finding(page: _Page, finding: CaseFinding) -> Html:
    w, about = page.words, page.checks[finding.check_id]
    grade = "veto_candidate" if finding.veto_candidate else about["grade"]
    tags = [_tag(w(grade), grade)]
    if not about["verified"]:
        tags.append(_tag(w("unverified"), "unverified"))
    title = element("h4", join([text_of(about["title"], page.language), *tags], " "))
    return element("section", join([title, _compared(page, finding), _what_to_do(page, finding)]),
                   class_=f"wb-case-finding wb-case-of-{about['grade']}")  # fmt: skip


def _tag(text: str, kind: str) -> Html:
    return element("span", text, class_=f"wb-case-tag wb-case-{kind}")


def _compared(page: _Page, finding: CaseFinding) -> Html:
    """Observed against expected, side by side."""
    w, row, hidden = page.words, asdict(finding), WITHHELD[page.language]
    observed = (hidden if "observed" in finding.withheld
                else observed_words(page.results, row, page.language))  # fmt: skip
    expected = (hidden if "expected" in finding.withheld
                else expected_words(page.results, row, page.language))  # fmt: skip
    pairs: list[tuple[object, object]] = [(w("observed"), element("b", observed)),
                                          (w("expected"), expected)]  # fmt: skip
    if finding.due_on or "due_on" in finding.withheld:
        pairs.append((w("due"), finding.due_on.isoformat() if finding.due_on else hidden))
    return element("div", _pairs(pairs), class_="wb-case-compared")


def _what_to_do(page: _Page, finding: CaseFinding) -> Html:
    """The clause, the records that show it, what to do and who answers for it."""
    w, about = page.words, page.checks[finding.check_id]
    duty = about["duty"]
    own = page.language == page.results.manifest["pack"]["language"]
    given = [
        # What must hold is written in the pack's own language; the title says it in both.
        (w("rule_label"), about["rule"] if own else ""),
        (w("clause_label"), about["clause"]),
        (w("evidence_label"), _evidence(page, finding)),
        (w("remedy_label"), text_of(about["remedy"], page.language)),
        (w("duty_label"), text_of(duty, page.language) if duty else ""),
    ]
    return element("div", _pairs([(a, b) for a, b in given if b]), class_="wb-case-more")


def _evidence(page: _Page, finding: CaseFinding) -> str:
    if "evidence" in finding.withheld:
        return WITHHELD[page.language]
    found = [record_words(page.results, ref, page.language)
             for ref in (finding.evidence or "").split(";") if ref]  # fmt: skip
    shown = page.words.listed(found[:_RECORDS_SHOWN])
    more = len(found) - _RECORDS_SHOWN
    return page.words("more_records", shown=shown, n=more) if more > 0 else shown


def _course(page: _Page) -> Html:
    """The picture, the limits with their days, and the list of all days."""
    w, course = page.words, Course(page.results, page.record, page.words)
    parts = [picture(course), limits(course), element("h4", w("steps")), chronicle(course)]
    return _section(w("timeline"), list(parts), "course")


def _checks(page: _Page) -> Html:
    """Every check of the case with its outcome, by system."""
    w, outcomes = page.words, page.record.outcomes
    bodies = []
    for title, checks in grouped_checks(page.results.checks):
        its = [check for check in checks if check in outcomes]
        if its:
            name = text_of(title, page.language) if title else w("others")
            head = element("tr", element("th", name, colspan="3", scope="rowgroup"))
            bodies.append(element("tbody", join([head, *(_check(page, c) for c in its)])))
    heads = join(element("th", text, scope="col")
                 for text in (w("check"), w("outcome"), w("clause_label")))  # fmt: skip
    table = element("table", join([element("thead", element("tr", heads)), *bodies]),
                    class_="wb-case-checks-table")  # fmt: skip
    return _section(w("all_checks"), [table, _criteria(page)], "checks")


def _check(page: _Page, check: str) -> Html:
    w, about, outcome = page.words, page.checks[check], page.record.outcomes[check]
    title: list[object] = [text_of(about["title"], page.language)]
    if not about["verified"]:
        title.append(_tag(w("unverified"), "unverified"))
    said = [element("span", w(outcome), class_=f"wb-case-outcome wb-case-{outcome}")]
    if why := _why_open(page, check, outcome):
        said.append(element("span", why, class_="wb-case-sub"))
    cells = [element("td", join(title, " ")), element("td", join(said)),
             element("td", about["clause"])]  # fmt: skip
    return element("tr", join(cells))


def _why_open(page: _Page, check: str, outcome: str) -> str:
    """Why a check has no answer: what the source lacks."""
    w = page.words
    if outcome == UNTESTED:
        needs = page.results.manifest["untested"].get(check, [])
        columns = [page.column(*need.partition(".")[::2]) for need in needs]
        return w("lacks_columns", what=w.listed(columns)) if columns else ""
    if outcome != "cannot_tell":
        return ""
    gaps = [gap for gap in page.record.gaps if gap.check_id == check]
    columns = [page.column(g.table, g.column) for g in gaps if g.reason == "not_delivered"]
    return w("gaps_of_organ", what=w.listed(columns)) if columns else w("empty_here")


def _criteria(page: _Page) -> Html:
    """How the automatic points were worked out, behind a fold."""
    w, record = page.words, page.record
    if not record.criteria or record.score is None:
        return Html()
    rubric = page.results.checks["rubrics"][record.score["rubric"]]
    titles = rubric["criteria"]
    order = rubric.get("order") or list(titles)
    shown = sorted(record.criteria, key=lambda c: order.index(c.criterion))
    rows = [
        element("tr", join([
            element("td", text_of(titles.get(c.criterion), page.language)),
            element("td", _points(page, c), class_="wb-number"),
            element("td", _formula(page, c.why or "", titles)),
        ])) for c in shown
    ]  # fmt: skip
    heads = join([element("th", w("criterion"), scope="col"),
                  element("th", w("points"), scope="col", class_="wb-number"),
                  element("th", w("formula"), scope="col")])  # fmt: skip
    parts = [element("thead", element("tr", heads)), element("tbody", join(rows))]
    table = element("table", join(parts))
    note = element("p", _maxima(page, record.score, rubric), class_="wb-case-note")
    return element("details", join([element("summary", w("score_detail")), table, note]))


def _points(page: _Page, criterion: Criterion) -> str:
    """Points of what could be decided; what a person has yet to rate is called so."""
    if criterion.points is None:
        return page.words("points_proposed", maximum=number(criterion.maximum))
    if criterion.source == "direct":
        return page.words("points_direct", lost=number(criterion.attainable - criterion.points))
    return f"{number(criterion.points)} / {number(criterion.attainable)}"


def _formula(page: _Page, why: str, criteria: Mapping[str, Mapping[str, str]]) -> Html:
    """The formula, and below it what the points were lost for: checks by their titles."""
    formula, _, lost = why.partition(": ")
    formula = re.sub(r"^absent\b", page.words("absent_item"), formula)
    parts = [element("code", formula.replace(" x ", " × "))]
    if lost:
        lost = re.sub(r" \(under ([\w.-]+)\)", lambda found: page.words(
            "deducted_under", criterion=text_of(criteria.get(found[1]), page.language)
        ), lost)  # fmt: skip
        named = re.sub(r"[\w.-]+", lambda found: _title(page, found[0]), lost)
        parts.append(element("span", named, class_="wb-case-sub"))
    return join(parts)


def _title(page: _Page, word: str) -> str:
    return text_of(page.checks[word]["title"], page.language) if word in page.checks else word


def _maxima(page: _Page, score: Mapping[str, Any], rubric: Mapping[str, Any]) -> str:
    """Why the maxima do not add up to those of the rubric."""
    w, whole = page.words, float(rubric["auto_maximum"])
    applies, manual = (float(score[n] or 0) for n in ("auto_maximum", "manual_maximum"))
    said = [_standard(page, rubric), w("formula_means")]
    if whole > applies:
        said.append(w("maxima_left_out", whole=number(whole), applies=number(applies),
                      out=number(whole - applies)))  # fmt: skip
    if manual:
        said.append(w("maxima_manual", manual=number(manual)))
    return ("" if page.language == "zh" else " ").join(said)


def _standard(page: _Page, rubric: Mapping[str, Any]) -> str:
    """Which rubric it is, and what its bands are called."""
    w = page.words
    bands = [w("band_from", band=text_of(b["title"], page.language), points=number(b["from"]))
             for b in rubric.get("bands", [])]  # fmt: skip
    return w("score_rubric", title=text_of(rubric["title"], page.language),
             version=rubric.get("version", ""), bands=w.listed(bands))  # fmt: skip


def _documents(page: _Page) -> Html:
    """The documents that the clauses on this page call by a short name."""
    shown = {*page.record.outcomes, *(f.check_id for f in page.record.findings)}
    clauses = "\n".join(page.checks[check]["clause"] or "" for check in shown)
    colon, comma = ("：", "，") if page.language == "zh" else (":", ", ")
    pairs: list[tuple[object, object]] = [
        (f"{name}{colon}", comma.join(str(about[part]) for part in ("title", "number")
                                      if about.get(part)))
        for name, about in page.results.checks["sources"].items()
        # Not \b: a short name may stand right before or after Chinese characters.
        if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", clauses)
    ]  # fmt: skip
    if not pairs:
        return Html()
    head = element("p", page.words("short_names"))
    return element("footer", join([head, _pairs(pairs)]), class_="wb-case-sources")
