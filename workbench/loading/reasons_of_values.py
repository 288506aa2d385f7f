"""Why a date or an amount was not read, what its column is asked, how one was understood."""

from __future__ import annotations

from collections.abc import Mapping

# reason_code -> sentence; {detail} and {column} come from the report row.
OF_VALUES: Mapping[str, Mapping[str, str]] = {
    # cells that only a guess could read
    "incomplete_date": {"zh": "日期不完整：{detail}", "en": "no whole date: {detail}"},
    "out_of_reach": {
        "zh": "年份不在 1900 至 2199 之间：{detail}",
        "en": "a year outside 1900 to 2199: {detail}",
    },
    "impossible_era": {
        "zh": "该年号没有这一天：{detail}",
        "en": "the era has no such day: {detail}",
    },
    "day_or_month": {
        "zh": "日和月的先后无法判断：{detail}",
        "en": "day and month cannot be told apart: {detail}",
    },
    "other_order": {
        "zh": "日和月的先后与该列其余单元格不同：{detail}",
        "en": "day and month stand the other way round than in the rest of the column: {detail}",
    },
    "other_weekday": {
        "zh": "日期与所写星期不符：{detail}",
        "en": "a day of the week that is not that of the date: {detail}",
    },
    "two_digit_year": {"zh": "年份只有两位：{detail}", "en": "a year of two figures: {detail}"},
    "whose_years": {
        "zh": "三位年份与四位年份并存，无法判断是否民国纪年：{detail}",
        "en": "a year of three figures beside years of four: {detail}",
    },
    "day_number": {
        "zh": "五位数字，无法判断是否电子表格的日期序号：{detail}",
        "en": "five figures that may or may not be a spreadsheet's day number: {detail}",
    },
    "decimal_mark": {
        "zh": "小数点与千分位无法区分：{detail}",
        "en": "decimal mark and thousands separator cannot be told apart: {detail}",
    },
    "other_mark": {
        "zh": "小数点写法与该列其余单元格不同：{detail}",
        "en": "another decimal mark than in the rest of the column: {detail}",
    },
    "other_currency": {
        "zh": "币种与该列的单位不符：{detail}",
        "en": "another currency than the unit of the column: {detail}",
    },
    "several_currencies": {
        "zh": "同一列中有几种货币：{detail}",
        "en": "several currencies in one column: {detail}",
    },
    # questions, once for a column; {detail} is the line to write
    "ask_day_or_month": {
        "zh": "{column} 列日和月孰先，列内没有依据，相关单元格未读；请在映射文件中写明：{detail}",
        "en": "nothing in the column {column} says which is the day and which the month; "
        "such cells are not read until the mapping says: {detail}",
    },
    "ask_two_digit_year": {
        "zh": "{column} 列的年份只有两位，相关单元格未读；请在映射文件中写明写法：{detail}",
        "en": "years of two figures in the column {column} are not read until the mapping says "
        "how they are written: {detail}",
    },
    "ask_whose_years": {
        "zh": "{column} 列三位年份与四位年份并存，前者未读；"
        "如为民国纪年，请在映射文件中写明：{detail}",
        "en": "years of three figures beside years of four in the column {column} are not read; "
        "if they count from 1912, the mapping may say: {detail}",
    },
    "ask_day_number": {
        "zh": "{column} 列的五位数字未读；如为电子表格的日期序号，请在映射文件中写明：{detail}",
        "en": "numbers of five figures in the column {column} are not read; if they are day "
        "numbers of a spreadsheet, the mapping may say: {detail}",
    },
    "ask_decimal_mark": {
        "zh": "{column} 列何为小数点、何为千分位，列内没有依据，相关单元格未读；"
        "请在映射文件中写明：{detail}",
        "en": "nothing in the column {column} says which mark stands before the decimals; such "
        "cells are not read until the mapping says: {detail}",
    },
    "ask_several_currencies": {
        "zh": "{column} 列有几种货币，写有货币的单元格未读；请先按币种分列",
        "en": "the column {column} holds several currencies; cells that name one are not read: "
        "give each currency a column of its own",
    },
    "formula_without_value": {
        "zh": "公式没有保存结果",
        "en": "a formula without a stored result",
    },
    "error_cell": {"zh": "单元格为错误值（如 #N/A）", "en": "an error such as #N/A in the cell"},
    # how cells were understood
    "decimal_comma": {"zh": "逗号作小数点：{detail}", "en": "decimal comma: {detail}"},
    "amount_read": {"zh": "金额写法换算：{detail}", "en": "amount in words or units: {detail}"},
    "era_year": {"zh": "年号纪年换算为公历", "en": "years of an era turned into calendar years"},
    "republic_year": {
        "zh": "民国纪年换算为公历",
        "en": "years of the Republic turned into calendar years",
    },
    "written_numerals": {"zh": "汉字数字日期", "en": "dates in Chinese numerals"},
    "excel1900": {
        "zh": "日期序号换算为日期（1900 系统）",
        "en": "a spreadsheet's day numbers turned into dates (1900 system)",
    },
    "excel1904": {
        "zh": "日期序号换算为日期（1904 系统）",
        "en": "a spreadsheet's day numbers turned into dates (1904 system)",
    },
    "day_first": {
        "zh": "日在月前（由同列其他单元格或映射判定）",
        "en": "the day before the month, as other cells of the column or the mapping prove",
    },
    "month_first": {
        "zh": "月在日前（由同列其他单元格或映射判定）",
        "en": "the month before the day, as other cells of the column or the mapping prove",
    },
}
