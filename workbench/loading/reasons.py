"""Why a row was refused or a cell changed: stable words, and their sentences zh / en.

The words go into the load report and into `load_report.parquet`; screens show the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from workbench.loading.reasons_of_mappings import OF_MAPPINGS
from workbench.loading.reasons_of_values import OF_VALUES

# action of a report row
REFUSED = "refused"  # the row is not used
UNREADABLE = "unreadable"  # the row is used, this cell is unknown
REPAIRED = "repaired"  # the cell was put right, visibly
NOTE = "note"  # nothing changed; a person should know

ACTIONS: Mapping[str, Mapping[str, str]] = {
    REFUSED: {"zh": "拒收", "en": "refused"},
    UNREADABLE: {"zh": "无法读取", "en": "unreadable"},
    REPAIRED: {"zh": "已更正", "en": "repaired"},
    NOTE: {"zh": "提示", "en": "note"},
}

# reason_code -> sentence; {detail} and {column} come from the report row.
REASONS: Mapping[str, Mapping[str, str]] = {
    # whole rows
    "missing_key": {"zh": "主键为空（{column}）", "en": "no value in the key column {column}"},
    "duplicate_key": {
        "zh": "主键重复，首见于第 {detail} 行",
        "en": "the key stands twice, first in row {detail}",
    },
    "repeated_row": {
        "zh": "整行重复，首见于第 {detail} 行",
        "en": "the same row again, first in row {detail}",
    },
    "orphan": {
        "zh": "所指案件不在案件表中：{detail}",
        "en": "points at a case that is not there: {detail}",
    },
    "ambiguous_case": {
        "zh": "案件编号在多个机关重复，无法确定所属案件：{detail}",
        "en": "several organs use this case id, so its case cannot be told: {detail}",
    },
    "wrong_field_count": {
        "zh": "字段数与表头不符：{detail}",
        "en": "another number of fields than the header: {detail}",
    },
    "open_quote": {"zh": "引号未闭合", "en": "a quoted field is never closed"},
    "undecodable": {"zh": "含无法解码的字节", "en": "holds bytes that are no text"},
    "not_json": {"zh": "该行不是完整的 JSON", "en": "the line is no whole JSON record"},
    "no_record": {"zh": "不是记录", "en": "is no record"},
    "cell_too_long": {
        "zh": "单元格超过一百万字节",
        "en": "a cell of more than a million bytes",
    },
    "too_deep": {"zh": "嵌套过深", "en": "nested too deep"},
    "key_twice": {
        "zh": "同一记录中有两个同名字段",
        "en": "a name stands twice in one record",
    },
    "state_secret": {
        "zh": "标记为国家秘密，不予读入",
        "en": "marked as a state secret; never stored",
    },
    "missing_key_column": {
        "zh": "缺少必要的列 {column}，整表未使用",
        "en": "the column {column} is missing, so the table is not used",
    },
    # cells
    "not_a_date": {"zh": "不是日期：{detail}", "en": "no date: {detail}"},
    "not_a_timestamp": {"zh": "不是时间：{detail}", "en": "no point in time: {detail}"},
    "not_an_integer": {"zh": "不是整数：{detail}", "en": "no whole number: {detail}"},
    "not_a_number": {"zh": "不是数字：{detail}", "en": "no number: {detail}"},
    "not_a_boolean": {"zh": "不是是/否：{detail}", "en": "neither true nor false: {detail}"},
    "unknown_code": {"zh": "未知代码：{detail}", "en": "unknown code: {detail}"},
    **OF_VALUES,
    # repairs and notes, counted
    "unified": {"zh": "写法统一：{detail}", "en": "spelling unified: {detail}"},
    "known_spelling": {"zh": "标准写法：{detail}", "en": "the listed spelling: {detail}"},
    "not_unified": {
        "zh": "写法不在对照表中，保留原样：{detail}",
        "en": "not in the list, kept: {detail}",
    },
    "code_from_label": {"zh": "名称转为代码：{detail}", "en": "label read as code: {detail}"},
    "thousands_separator": {"zh": "去除千分位：{detail}", "en": "thousands separator: {detail}"},
    "rounded": {"zh": "四舍五入到两位小数：{detail}", "en": "rounded to two decimals: {detail}"},
    "offset_converted": {
        "zh": "带时区的时间转为当地时间",
        "en": "times with an offset turned into local time",
    },
    "offset_dropped": {
        "zh": "时间带时区而规则包未设时区，按原写时刻保留",
        "en": "times carry an offset and no time zone is set: kept as written",
    },
    "no_time_of_day": {"zh": "只有日期，按零时计", "en": "a date without a time, read as midnight"},
    "prefixed": {
        "zh": "多个机关使用同一案件编号，已加机关前缀：{detail}",
        "en": "several organs use this case id; the organ stands before it: {detail}",
    },
    "no_such_reference": {
        "zh": "所指对象不在 {detail} 中",
        "en": "points at something that is not in {detail}",
    },
    "no_case": {"zh": "没有案件编号", "en": "carries no case id"},
    "stacked": {
        "zh": "多个文件合为一张表，行号连续编排：{detail}",
        "en": "several files as one, their rows numbered on: {detail}",
    },
    "nested_attributes": {
        "zh": "事件日志中属性下的属性和列表不是单元格，未读",
        "en": "attributes of attributes, and lists, are no cells and were not read",
    },
    "loose_events": {
        "zh": "事件日志中有事件不属于任何一个案件",
        "en": "events of the log stand in no trace",
    },
    # files
    "encoding": {"zh": "文件按 {detail} 读取", "en": "the file was read as {detail}"},
    "encoding_doubtful": {
        "zh": "编码无法确定，也可能是 {detail}；请核对文字，或另存为 UTF-8",
        "en": "the encoding is not certain, it may be {detail} too: look at the texts, or save "
        "the file as UTF-8",
    },
    "delimiter": {"zh": "分隔符为 {detail}", "en": "fields are separated by {detail}"},
    "empty_file": {
        "zh": "文件为空，该表视为未提供",
        "en": "the file is empty; the table counts as not delivered",
    },
    "header_only": {"zh": "只有表头：该表没有记录", "en": "only a header: nothing is recorded"},
    "unknown_column": {
        "zh": "未知列 {column}，未使用{hint}",
        "en": "unknown column {column}, not used{hint}",
    },
    "duplicate_header": {
        "zh": "列 {column} 出现多次，使用第一个",
        "en": "the column {column} stands twice; the first is used",
    },
    "unknown_file": {
        "zh": "不对应任何表，未使用{hint}",
        "en": "is no table of the pack, not used{hint}",
    },
    "title_rows": {
        "zh": "表头之上有 {detail} 行标题，未使用",
        "en": "rows of titles above the header, not used: {detail}",
    },
    "two_line_header": {
        "zh": "表头为两行：名称及其下的列名",
        "en": "the header takes two rows: labels, and the names of the columns below them",
    },
    "merged_header": {
        "zh": "表头含合并单元格，已展开",
        "en": "the header holds merged cells; each column was given its name",
    },
    "merged_cells": {
        "zh": "合并单元格已按首格的值填入 {detail} 个单元格",
        "en": "cells filled with the value of the merged cell they belong to: {detail}",
    },
    "hidden_sheet": {"zh": "工作表是隐藏的，已读取", "en": "the sheet is hidden; it was read"},
    "formulas": {
        "zh": "公式 {detail} 个，只采用文件中保存的结果，从不计算",
        "en": "formulas, of which only the stored results count; none is worked out: {detail}",
    },
    "external_links": {
        "zh": "含指向其他工作簿的链接，未打开，只采用保存的结果",
        "en": "links to other workbooks were not followed; only stored results count",
    },
    "long_numbers": {
        "zh": "超过 15 位的数字在表格软件中已失去末位，共 {detail} 个；编号应以文本保存",
        "en": "numbers of more than 15 digits, whose last digits the spreadsheet has lost (store "
        "ids as text): {detail}",
    },
    "long_header": {
        "zh": "列名过长，只取前 200 个字符",
        "en": "the name of a column is too long; its first 200 characters count",
    },
    "no_text_column": {
        "zh": "列的类型 {detail} 无法读作文字，未使用",
        "en": "the type {detail} of a column cannot be read as text; not used",
    },
    "list_left_out": {
        "zh": "记录列表中有不是记录的内容，未使用",
        "en": "lists of records hold something that is no record; not used",
    },
    "unusable_file": {"zh": "文件无法读取：{detail}", "en": "the file cannot be read: {detail}"},
    "second_sheet": {
        "zh": "同一张表另有 {detail}，本文件未使用",
        "en": "not used: the same table is read from {detail}",
    },
    "told_by_columns": {
        "zh": "文件名不对应任何表，按列名认作 {detail}",
        "en": "no table is called so; its columns say that it is {detail}",
    },
    **OF_MAPPINGS,
    "broken_quotes": {
        "zh": "引号不成对，已逐行读取",
        "en": "quotes do not pair up; the file was read line by line",
    },
}


# {hint} in a sentence, where the report knows the likely slip.
HINT = {"zh": "；是否应为 {detail}？", "en": " (did you mean {detail}?)"}


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to `word`, or an empty string.

    >>> nearest("desided_on", ["decided_on", "closed_on"])
    'decided_on'
    """
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def short(reason_code: str, language: str = "en", *, column: str = "", detail: str = "") -> str:
    """A reason without the value that was found: what a list of reasons says.

    >>> short("not_a_date"), short("no_such_reference", detail="units")
    ('no date', 'points at something that is not in units')
    """
    chinese = language == "zh"
    words = REASONS.get(reason_code, {}).get("zh" if chinese else "en", reason_code)
    # After a mark of punctuation stands what was found; elsewhere it is a name that belongs there.
    words = re.split(r"[：:（(，,][^：:（(，,]*\{detail\}", words)[0].replace("{hint}", "")
    return words.replace("{column}", column).replace("{detail}", detail)


def sentence(
    reason_code: str,
    language: str = "en",
    *,
    file: str = "",
    row: int | None = None,
    column: str = "",
    detail: str = "",
    count: int = 1,
) -> str:
    """One report row as a person reads it.

    >>> sentence("not_a_date", file="cases.csv", row=7, column="decided_on", detail="2025-13-40")
    'cases.csv, row 7, decided_on: no date: 2025-13-40'
    """
    chinese = language == "zh"
    words = REASONS.get(reason_code, {}).get("zh" if chinese else "en", reason_code)
    hint = HINT["zh" if chinese else "en"].replace("{detail}", detail) if detail else ""
    text = words.replace("{column}", column).replace("{detail}", detail).replace("{hint}", hint)
    text = text.rstrip(": ：")
    where = [file] if file else []
    if row is not None:
        where.append(f"第 {row} 行" if chinese else f"row {row}")
    if column and "{column}" not in words:
        where.append(column)
    times = (f"（{count} 处）" if chinese else f" ({count} times)") if count > 1 else ""
    return (("，" if chinese else ", ").join(where) + ": " if where else "") + text + times


def place_of(name: str) -> tuple[str, str]:
    """The file and the page that the name of a sheet speaks of.

    >>> place_of("intake.xlsx[案件]"), place_of("cases.csv")
    (('intake.xlsx', '案件'), ('cases.csv', ''))
    """
    file, bracket, page = name.partition("[")
    return (file, page[:-1]) if bracket and page.endswith("]") else (name, "")


def named_place(file: str | None, page: str | None) -> str:
    """The name of a sheet, made of its file and its page."""
    return f"{file}[{page}]" if page else file or ""
