"""Sentences, zh / en, for what a mapping or the intake workbook did to rows; see `reasons`."""

from __future__ import annotations

from collections.abc import Mapping

OF_MAPPINGS: Mapping[str, Mapping[str, str]] = {
    "example_row": {
        "zh": "标为示例的行，不读入",
        "en": "a row marked as an example, not loaded",
    },
    "not_filled_in": {
        "zh": "只有示例，没有填写：该表视为未提供",
        "en": "holds its example alone, nothing was filled in: the table counts as not delivered",
    },
    "unit_converted": {"zh": "换算单位：{detail}", "en": "unit converted: {detail}"},
    "reshaped": {"zh": "行按映射展开：{detail}", "en": "rows reshaped by the mapping: {detail}"},
    "steps": {
        "zh": "事件日志按案件归并：{detail}",
        "en": "events of a log laid into cases: {detail}",
    },
    "step_not_used": {
        "zh": "映射没有用到这类事件：{detail}",
        "en": "the mapping uses no event of this kind: {detail}",
    },
    "step_never": {
        "zh": "日志中没有这类事件：{detail}",
        "en": "the log has no event of this kind: {detail}",
    },
    "event_without_case": {"zh": "事件没有案件编号", "en": "an event without a case"},
    "event_without_kind": {"zh": "事件没有活动名称", "en": "an event without an activity"},
    "not_filled": {
        "zh": "{detail} 为空的行不属于该表",
        "en": "rows without {detail} are no rows of this table",
    },
    "not_split": {
        "zh": "列 {column} 的内容未能拆分成映射所说的各列",
        "en": "a cell under {column} does not have the parts that the mapping names",
    },
    "join_nothing": {
        "zh": "在 {detail} 中找不到对应的行",
        "en": "finds no row in {detail}",
    },
    "join_left_over": {
        "zh": "{detail} 中没有对应案件的行，未使用",
        "en": "rows of {detail} that belong to nothing here, not used",
    },
    "join_key_twice": {
        "zh": "{detail} 中关联键重复，使用第一行",
        "en": "a key stands twice in {detail}; its first row is used",
    },
}
