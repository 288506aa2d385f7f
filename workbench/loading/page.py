"""What case files and their load report show of themselves in a notebook, zh / en.

Counts, reasons and places. Never a value: what stands in a bad cell may be personal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.display import (
    Html,
    Language,
    card,
    code,
    count,
    element,
    join,
    paragraph,
    table,
    text_of,
)
from workbench.loading import reasons

if TYPE_CHECKING:
    from workbench.loading.case_files import CaseFiles
    from workbench.loading.report import LoadReport, TableCount

TABLES_SHOWN = 8
REASONS_SHOWN = 8
NAMES_SHOWN = 12
_ORDER = (reasons.REFUSED, reasons.UNREADABLE, reasons.REPAIRED, reasons.NOTE)
_WORDS: dict[str, tuple[str, str]] = {
    "files": ("案卷", "Case files"),
    "report": ("读入报告", "Load report"),
    "files_lead": ("{tables} 张表，读入 {read} 行：使用 {used}，拒收 {refused}，更正 {repaired} 处",
                   ("{tables} tables, {read} rows read: {used} used, {refused} refused, "
                    "{repaired} cells repaired")),
    "equation": ("读入 {read} 行 = 使用 {used} + 拒收 {refused}；更正 {repaired} 处",
                 "{read} rows read = {used} used + {refused} refused; {repaired} cells repaired"),
    "all_used": ("没有拒收，也没有更正：每一行都按原样使用。",
                 "Nothing was refused or repaired: every row is used as it stands."),
    "table": ("表", "Table"), "read": ("读入", "read"), "used": ("使用", "used"),
    "refused": ("拒收", "refused"), "repaired": ("更正", "repaired"),
    "action": ("处理", "What was done"), "why": ("原因", "Reason"), "times": ("次数", "Times"),
    "first": ("首例", "First place"), "row": ("第 {row} 行", "row {row}"),
    "rest": ("其余 {n} 张表", "{n} more tables"),
    "absent": ("未提供的表（不等于没有发生）：{names}",
               "Not delivered (which is not “nothing happened”): {names}"),
    "empty": ("已提供、没有记录的表：{names}", "Delivered and empty: {names}"),
    "unusable": ("已提供、没有可用的行的表：{names}",
                 "Delivered, and no row of it can be used: {names}"),
    "names_more": ("另有 {n} 张", "and {n} more"),
    "next_report": ("拒收和更正的每一行：", "Every row refused or repaired: "),
    "next_rows": ("逐行：", "Row by row: "),
}  # fmt: skip


def files_html(files: CaseFiles, language: Language, title: str = "") -> Html:
    """The tables with what was read, used and refused; what is not there is said apart."""
    report = files.report
    ordered = sorted(report.counts, key=lambda c: (-c.refused, -c.read, c.table))
    filled = [c for c in ordered if c.read]  # the others are named below
    shown, rest = filled[:TABLES_SHOWN], filled[TABLES_SHOWN:]
    parts = [
        paragraph(_word("files_lead", language, tables=len(ordered), **_totals(report))),
        _tables(report, shown, language),
        _folded(_word("rest", language, n=len(rest)), _tables(report, rest, language), rest),
        *_not_there(files, language),
        paragraph(join([_word("next_report", language), code("files.report")]), "wb-next"),
    ]
    beside = join([code(files.source), title], " · ") if title else code(files.source)
    return card(_word("files", language), parts, language, beside)


def report_html(report: LoadReport, language: Language) -> Html:
    """What was refused and repaired: reasons with their counts and the first place of each."""
    found = _reasons(report)
    parts = [paragraph(_word("equation", language, **_totals(report)))]
    if found:
        heads = [_word(key, language) for key in ("table", "action", "why", "times", "first")]
        rows = [_reason_row(report, row, language) for row in found[:REASONS_SHOWN]]
        parts.append(table(heads, rows, numeric=(3,), total=len(found), language=language))
        frame = code("files.report.rows.to_pandas()")
        parts.append(paragraph(join([_word("next_rows", language), frame]), "wb-next"))
    if not any(row["action"] != reasons.NOTE for row in found):
        parts.insert(1, paragraph(_word("all_used", language)))
    return card(_word("report", language), parts, language)


def _word(key: str, language: Language, **values: object) -> str:
    shown = {name: count(v) if isinstance(v, int) else v for name, v in values.items()}
    return _WORDS[key][0 if language == "zh" else 1].format(**shown)


def _totals(report: LoadReport) -> dict[str, int]:
    kinds = ("read", "used", "refused", "repaired")
    return {kind: sum(getattr(c, kind) for c in report.counts) for kind in kinds}


def _tables(report: LoadReport, counts: Iterable[TableCount], language: Language) -> Html:
    kinds = ("read", "used", "refused", "repaired")
    rows = [
        [_named(report, c.table, language), *(_figure(c, kind) for kind in kinds)] for c in counts
    ]
    heads = [_word(key, language) for key in ("table", *kinds)]
    return table(heads, rows, numeric=(1, 2, 3, 4), language=language)


def _figure(counts: TableCount, kind: str) -> object:
    n = int(getattr(counts, kind))
    if not n:
        return element("span", count(n), class_="wb-grey")
    return element("b", count(n), class_="wb-failed") if kind == "refused" else count(n)


def _named(report: LoadReport, name: str, language: Language) -> Html:
    """What people call a table, and its name in files."""
    title = text_of(report.titles.get(name) or {language: name}, language)
    return join([title, code(name)], " ") if title != name else code(name)


def _folded(title: str, content: Html, something: object) -> Html:
    """What a reader may open; nothing where there is nothing in it."""
    if not something:
        return Html()
    return element("details", join([element("summary", title), content]))


def _not_there(files: CaseFiles, language: Language) -> Iterable[Html]:
    """Tables without a row to use, and why: three things that must not be mixed up."""
    absent = [name for name in files.schema.tables if name not in files.delivered]
    empty = [c.table for c in files.report.counts if not c.read]
    unusable = [c.table for c in files.report.counts if c.read and not c.used]
    for key, names in (("unusable", unusable), ("absent", absent), ("empty", empty)):
        if names:
            yield paragraph(_word(key, language, names=_listed(files.report, names, language)))


def _listed(report: LoadReport, names: list[str], language: Language) -> str:
    shown = [text_of(report.titles.get(n) or {language: n}, language) for n in names[:NAMES_SHOWN]]
    between = "、" if language == "zh" else ", "
    if len(names) > NAMES_SHOWN:
        shown.append(_word("names_more", language, n=len(names) - NAMES_SHOWN))
    return between.join(shown)


def _reasons(report: LoadReport) -> list[dict[str, Any]]:
    """The reasons, what was refused first, each with its sum and its first place."""
    keys = ["table_name", "action", "reason_code", "column"]
    firsts = ("file", "sheet", "row", "detail")
    sums = [("count", "sum"), *((name, "first") for name in firsts)]
    # One thread: the report is in the order of files and rows, and the first is the first.
    found: list[dict[str, Any]] = (
        report.rows.group_by(keys, use_threads=False).aggregate(sums).to_pylist()
    )
    return sorted(found, key=lambda r: (_ORDER.index(r["action"]), -r["count_sum"]))


def _reason_row(report: LoadReport, row: Mapping[str, Any], language: Language) -> list[object]:
    column = row["column"] or ""
    detail = row["detail_first"] or ""
    why = reasons.short(row["reason_code"], language, column=column, detail=detail)
    place = [reasons.named_place(row["file_first"], row["sheet_first"])]
    if row["row_first"] is not None:
        place.append(_word("row", language, row=str(row["row_first"])))
    if column and column not in why:
        place.append(column)
    return [
        _named(report, row["table_name"], language) if row["table_name"] else None,
        text_of(reasons.ACTIONS[row["action"]], language),
        why,
        count(row["count_sum"]),
        ("，" if language == "zh" else ", ").join(part for part in place if part),
    ]
