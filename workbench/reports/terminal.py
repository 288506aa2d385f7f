"""The summary of a run as lines for a terminal, zh or en."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.loading.reasons import ACTIONS, NOTE, short
from workbench.loading.report import row_sentence
from workbench.privacy import Role, mask
from workbench.reports.deliver_next import deliver_next
from workbench.reports.results import Results
from workbench.reports.signals import link_text
from workbench.reports.summary import SOON_DAYS, Summary, SystemRate, summarise

_SHOWN = 10
_LINKS_SHOWN = 5
_FEW = 2  # checks are named, more are counted
_WORDS: dict[str, tuple[str, str]] = {
    "cases": ("案件 {cases} 件，截至 {as_of}（期间 {start} 至 {end}）",
              "{cases} cases, as of {as_of} (period {start} to {end})"),
    "rows": ("读入记录 {read} 行，拒收 {refused} 行", "{read} rows read, {refused} refused"),
    "outside": ("另有 {n} 件在评查期间之外或者没有日期，未评查",
                "{n} more cases lie outside the period or have no date and were not evaluated"),
    "systems": ("制度落实（符合率 = 符合 / (符合 + 不符合)）",
                "Compliance with the systems (passed / (passed + failed))"),
    "system": (("{title}：{rate}（{passed}/{decided}），无法判断 {undecided}，未到期 {pending}"
                "（以“{check}”为准）"),
               ("{title}: {rate} ({passed}/{decided}), cannot tell {undecided}, "
                "not yet due {pending} (by \"{check}\")")),
    "system_untested": ("{title}：未检查", "{title}: untested"),
    "system_none": ("{title}：没有已到期、可判断的", "{title}: nothing is due and decided"),
    "worst": ("问题最严重的案件", "Cases with the most serious problems"),
    "veto": ("否决项(待复核) {n}", "{n} veto candidate(s)"),
    "major": ("重大 {n}", "{n} major"),
    "minor": ("一般 {n}", "{n} minor"),
    "advisory": ("提示 {n}", "{n} advisory"),
    "due": ("{days} 日内到期 {soon} 项；已逾期未办 {overdue} 项",
            "{soon} due within {days} days; {overdue} overdue"),
    "more": ("……另有 {n} 项，见报告", "... and {n} more, see the report"),
    "links": ("薄弱环节：比较 {tested} 处单位×检查项，列出 {flagged} 处；{few} 处数量太少，未比较",
              ("Weak links: {tested} cells of unit x check compared, {flagged} listed; {few} too "
               "few to compare")),
    "links_none": ("未发现不符合率超出偶然波动的单位；这不证明各单位没有差别。",
                   ("No unit fails more often than chance explains; that is no proof that they are "
                    "alike.")),
    "unit_kind": ("集中在某类案件的", "Where one kind of case stands out"),
    "step_month": ("集中在某个月的", "Where one month stands out"),
    "trend": ("预警：逐月上升", "Early warnings: rising from month to month"),
    "units": ("不符合率较高的单位与检查项（没有作比较；按 95% 精确区间的下限排列，仅为计数）",
              ("Units with high failure rates (nothing was compared; by the lower end of the exact "
               "95% interval, counts alone)")),
    "link": ("{unit}｜{title}：不符合率 {rate}（{failed}/{n}），区间 {low}～{high}",
             "{unit} | {title}: {rate} failed ({failed}/{n}), interval {low} to {high}"),
    "untested": ("未检查 {n} 项：来源没有提供所需的数据。下一步补充：",
                 "{n} checks untested: the source does not deliver what they need. Next, deliver:"),
    "next": ("{what}：可再检查 {n} 项", "{what}: {n} more check(s)"),
    "next_few": ("{what}：可再检查“{checks}”", "{what}: opens \"{checks}\""),
    "load": ("{table}：{action} {n}（{why}）", "{table}: {action} {n} ({why})"),
    "loading": ("装载时", "Loading"),
    "none": ("无", "none"),
}  # fmt: skip


def as_text(results: Results, language: str, role: Role = Role.leadership) -> str:
    """What a supervisor needs to know first, as text; it shows what this role may see."""
    summary, eye = summarise(results), _Eye(results, language, role)
    blocks = [
        _head(summary, eye, language),
        _systems(results, summary, language),
        _links(summary, eye, language),
        _cases(results, summary, eye, language),
        _deadlines(results, summary, eye, language),
        _gaps(results, summary, language),
        _loading(results, language),
    ]
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block)))


@dataclass(frozen=True)
class _Eye:
    """Who reads, and what stands in place of what they may not see."""

    results: Results
    language: str
    role: Role

    def fact(self, asset: str, fact: str, value: Any) -> Any:
        """A fact (or kernel column) of an asset, if it may be seen."""
        return mask(value, self.results.fact_class(asset, fact), self.role, self.language)

    def unit(self, asset: str, unit_id: str | None, summary: Summary) -> str:
        """What people call a unit."""
        shown = self.fact(asset, "unit_id", unit_id)
        return summary.unit_names.get(shown, shown or "") if shown == unit_id else shown


def _word(key: str, language: str, **values: Any) -> str:
    return _WORDS[key][0 if language == "zh" else 1].format(**values)


def _listed(lines: list[str], language: str) -> list[str]:
    return [f"  {line}" for line in lines] or ["  " + _word("none", language)]


def _head(summary: Summary, eye: _Eye, language: str) -> Iterator[str]:
    start, end = summary.period
    start = eye.fact(eye.results.case_asset, "period_on", start)
    yield summary.title[language]
    yield _word("cases", language, cases=summary.cases, as_of=summary.as_of, start=start, end=end)
    yield _word("rows", language, read=summary.read, refused=summary.refused)
    if summary.outside:
        yield _word("outside", language, n=summary.outside)


def _systems(results: Results, summary: Summary, language: str) -> Iterator[str]:
    if summary.systems:
        yield _word("systems", language)
        yield from _listed(
            [_system(results, system, language) for system in summary.systems], language
        )


def _system(results: Results, system: SystemRate, language: str) -> str:
    title = system.title[language]
    if system.untested:
        return _word("system_untested", language, title=title)
    if system.rate is None:
        return _word("system_none", language, title=title)
    return _word(
        "system",
        language,
        title=title,
        rate=f"{system.rate:.1%}",
        passed=system.passed,
        decided=system.decided,
        undecided=f"{system.undecided_share or 0:.1%}",
        pending=system.not_yet_due,
        check=results.title(system.check, language),
    )


def _cases(results: Results, summary: Summary, eye: _Eye, language: str) -> Iterator[str]:
    yield _word("worst", language)
    lines, asset = [], results.case_asset
    between = "、" if language == "zh" else ", "
    for case in summary.worst_cases:
        unit = eye.unit(asset, case["unit_id"], summary)
        name = eye.fact(asset, "case_id", case["case_id"])
        grades = [
            _word(grade, language, n=case[grade])
            for grade in ("veto", "major", "minor", "advisory")
            if case[grade]
        ]
        titles = between.join(results.title(c, language) for c in case["checks"].split(";"))
        lines.append(f"{name}  {unit}  [{between.join(grades)}] {titles}")
    yield from _listed(lines, language)


def _deadlines(results: Results, summary: Summary, eye: _Eye, language: str) -> Iterator[str]:
    soon, overdue = summary.due_soon_count, summary.overdue_count
    yield _word("due", language, days=SOON_DAYS, soon=soon, overdue=overdue)
    clocks = results.checks["clocks"]
    for row in summary.due_soon[:_SHOWN]:
        about, due = clocks[row["clock"]], results.clock_classes(row["clock"])["due_on"]
        day = mask(row["due_on"], due, eye.role, language)
        subject = eye.fact(about["asset"], "subject_id", row["subject_id"])
        yield f"  {day}  {about['title'][language]}  {subject}"
    if soon > _SHOWN:
        yield "  " + _word("more", language, n=soon - _SHOWN)


def _links(summary: Summary, eye: _Eye, language: str) -> Iterator[str]:
    """What chance does not explain; where nothing could be compared, the highest rates."""
    signals = summary.signals
    if not signals.count("tested"):
        yield from _units(eye.results, summary, eye, language)
        return
    counts = {name: signals.count(name) for name in ("tested", "flagged")}
    yield _word("links", language, **counts, few=signals.count("too_few"))
    if not counts["flagged"]:
        yield "  " + _word("links_none", language)
    for family, rows in signals.flagged.items():
        if rows and family in _WORDS:
            yield _word(family, language)
        for row in rows[:_LINKS_SHOWN]:
            yield "  " + link_text(eye.results, row, "sentence", language, eye.role)
        if (left := signals.count("flagged", family) - _LINKS_SHOWN) > 0:
            yield "  " + _word("more", language, n=left)


def _units(results: Results, summary: Summary, eye: _Eye, language: str) -> Iterator[str]:
    yield _word("units", language)
    lines = [
        _word(
            "link",
            language,
            unit=eye.unit(link["asset"], link["unit_id"], summary),
            title=results.title(link["check_id"], language),
            rate=f"{link['rate']:.1%}",
            failed=link["failed"],
            n=link["n"],
            low=f"{link['low']:.1%}",
            high=f"{link['high']:.1%}",
        )
        for link in summary.worst_links
    ]
    yield from _listed(lines, language)


def _gaps(results: Results, summary: Summary, language: str) -> Iterator[str]:
    if summary.untested:
        yield _word("untested", language, n=len(summary.untested))
        for step in deliver_next(summary.untested):
            what = results.place(step.table, step.columns, language)
            titles = [results.title(check, language) for check in step.checks]
            few = len(titles) <= _FEW
            yield "  " + _word("next_few" if few else "next", language, what=what,
                               checks=("”“" if language == "zh" else '", "').join(titles),
                               n=len(titles))  # fmt: skip


def _loading(results: Results, language: str) -> Iterator[str]:
    """What loading refused, could not read or put right, the commonest first."""
    rows = results.records(
        'SELECT table_name, action, reason_code, MIN("column") AS "column", SUM(count) AS n '
        f"FROM work.load_report WHERE action <> '{NOTE}' GROUP BY 1, 2, 3 "
        f"ORDER BY n DESC, 1, 2, 3 LIMIT {_SHOWN}",
        "loading",
    )
    if rows:
        yield _word("loading", language)
    labels = results.checks["labels"]
    for row in rows:
        table = labels.get(row["table_name"], {}).get("title", {}).get(language, row["table_name"])
        reason = short(row["reason_code"], language, column=row["column"] or "")
        action = ACTIONS[row["action"]][language]
        line = _word("load", language, table=table, action=action, n=int(row["n"]), why=reason)
        yield f"  {line}"
    yield from _notes(results, language)


def _notes(results: Results, language: str) -> Iterator[str]:
    """What is to be said of whole files: a name nobody knows, a column that is not there."""
    notes = results.records(
        f"FROM work.load_report WHERE action = '{NOTE}' AND \"row\" IS NULL "
        f"AND reason_code NOT IN ('known_spelling', 'no_such_reference') LIMIT {_SHOWN}",
        "notes",
    )
    for row in notes:
        yield f"  {row_sentence(row, language)}"
