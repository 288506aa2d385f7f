"""The words of the report, Chinese and English, and how it writes figures.

Generic words only: what a law or a bureau is called comes from the pack. The words of the field
are those of the design and have no synonyms here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workbench import display
from workbench.display import Language, count

LANGUAGES: tuple[Language, ...] = ("zh", "en")
SECTIONS = ("systems", "checks", "cases", "deadlines", "units", "gaps", "unscored", "reading")
_NUMERALS = "一二三四五六七八九十"

_TEXTS: Mapping[str, tuple[str, str]] = {
    # title page
    "report": ("案卷评查报告", "Case-file evaluation report"),
    "contents": ("目录", "Contents"),
    "as_of": ("截至", "As of"),
    "period": ("评查期间", "Audit period"),
    "range": ("{start} 至 {end}", "{start} to {end}"),
    "pack": ("任务包", "Pack"),
    "pack_line": ("{id} {version}（校验值 {digest}）", "{id} {version} (digest {digest})"),
    "profile": ("本地参数", "Profile"),
    "profile_none": ("未使用", "none"),
    "loaded": ("读入记录", "Rows read"),
    "loaded_line": ("{read} 行，全部使用", "{read}, all of them used"),
    "refused_line": ("{read} 行，其中拒收 {refused} 行", "{read}, of which {refused} refused"),
    "see": ("（详见“{section}”）", " (see “{section}”)"),
    "n_cases": ("案件", "Cases"),
    "n_findings": ("问题", "Findings"),
    "n_findings_sub": ("涉及案件 {cases} 件，占 {share}", "in {cases} cases, {share} of all"),
    "n_veto": ("否决项（待复核）", "Veto candidates"),
    "n_veto_sub": ("由复核人员确认后才生效", "count only once a person has confirmed them"),
    "n_overdue": ("已逾期未办", "Overdue"),
    "n_overdue_sub": ("另有 {soon} 项七日内到期", "and {soon} due within 7 days"),
    "n_undecided": ("未检查的检查项", "Untested checks"),
    "n_undecided_sub": ("共 {checks} 项检查；无法判断 {undecided} 次",
                        "of {checks} checks; {undecided} outcomes cannot be told"),
    "n_cases_sub": ("已评 {decided} 项次（符合 + 不符合）", "{decided} outcomes passed or failed"),
    # sections
    "systems": ("制度落实情况", "How far the systems are kept"),
    "checks": ("各项检查的结果", "Results by check"),
    "cases": ("问题最严重的案件", "Cases with the most serious problems"),
    "deadlines": ("期限", "Deadlines"),
    "units": ("各单位的不符合率", "Failure rates by unit"),
    "gaps": ("数据缺口", "Data gaps"),
    "unscored": ("不评分的案件类型", "Kinds of case without a score"),
    "reading": ("读法与来源", "How to read this report, and what it rests on"),
    # outcomes
    "passed": ("符合", "passed"),
    "failed": ("不符合", "failed"),
    "not_applicable": ("不适用", "not applicable"),
    "not_yet_due": ("未到期", "not yet due"),
    "cannot_tell": ("无法判断", "cannot tell"),
    "untested": ("未检查", "untested"),
    "unverified": ("条款待核对", "clause unverified"),
    "veto": ("否决", "veto"),
    "major": ("重大", "major"),
    "minor": ("一般", "minor"),
    "advisory": ("提示", "advisory"),
    # systems
    "systems_none": ("本任务包没有划分制度；结果按检查项列出。",
                     "This pack names no systems; the results stand check by check below."),
    "rate_passed": ("符合率", "share passed"),
    "system_of": ("以“{check}”为准", "measured by “{check}”"),
    "system_sentence": (
        "已到期且能够判断的 {decided} {noun}中，{passed} {noun}符合，{failed} {noun}不符合。",
        "Of {decided} {noun} that are due and decided, {passed} passed and {failed} failed."),
    "system_beside": ("另有 {cannot_tell} {noun}无法判断（占已到期的 {share}），{not_yet_due} {noun}"
                      "未到期，均不计入符合率。",
                      "Beside them, {cannot_tell} cannot be told ({share} of those due) and "
                      "{not_yet_due} are not yet due; neither counts in the rate."),
    "system_untested": ("未检查：数据来源没有提供所需字段（见“数据缺口”）。",
                        "Untested: the source does not deliver what the check needs (see “Data "
                        "gaps”)."),
    "system_undecided": ("没有已到期、可判断的{noun}；无法判断 {cannot_tell}，未到期 {not_yet_due}。",
                         "Nothing is due and decided; cannot tell {cannot_tell}, not yet due "
                         "{not_yet_due}."),
    "noun_case": ("件", "cases"),
    "noun_other": ("项", "subjects"),
    "trend": ("逐月符合率", "Share passed, month by month"),
    "trend_note": (
        "实心点：当月期限均已届满；空心点：当月仍有未到期的，比率还会变化；小灰点：有结论的不足 {few} "
        "项，仅供参考。竖线为 95% 精确区间，下方数字为有结论的数目（符合 + 不符合）。",
        "Full dots: every limit of the month has run out. Hollow: some are not yet due, so the rate "
        "will still move. Small grey: fewer than {few} decided. Whiskers: exact 95% intervals; the "
        "figures below are the decided (passed + failed)."),
    "trend_cut": ("只画最近 {shown} 个月，共 {total} 个月。", "The last {shown} of {total} months."),
    "trend_none": ("没有可按月列出的结论。", "Nothing decided that could be shown by month."),
    "undated": ("{n} 项没有日期，未列入。", "{n} without a day are left out."),
    "data": ("查看数据", "Show the figures"),
    "month": ("月份", "Month"),
    "decided": ("有结论", "decided"),
    # checks
    "check": ("检查项", "Check"),
    "outcomes": ("结果分布", "Outcomes"),
    "failed_of": ("不符合 / 有结论", "failed / decided"),
    "rate_failed": ("不符合率", "failure rate"),
    "others": ("其他检查", "Other checks"),
    "missing": ("未检查，缺少：{what}", "untested; the source lacks {what}"),
    "not_run": ("没有对象", "no subjects"),
    "checks_none": ("没有发现问题：在能够判断的范围内，各项检查全部符合。",
                    "No findings: whatever could be decided passed."),
    "checks_lead": (
        "每一个“不符合”是一个问题。有结论 = 符合 + 不符合，是比率的分母；无法判断、未到期、不适用"
        "不计入分母，单独列出。",
        "Every failed outcome is a finding. Decided = passed + failed, the denominator of the rate; "
        "cannot tell, not yet due and not applicable stand beside it and are not counted in."),
    "bar_note": ("横条为应当做到的全部（不含不适用）。", "A bar is all that are in scope (without "
                 "not applicable)."),
    "remedies": ("整改建议与责任单位", "What to do, and who answers for it"),
    "remedy": ("整改建议", "What to do"),
    "duty": ("责任单位", "Answers for it"),
    "to_remedy": ("整改 ↓", "remedy ↓"),
    "clause": ("依据", "Clause"),
    # cases
    "cases_lead": (
        "按否决项、重大、一般、提示的问题数排列，列前 {shown} 件，有问题的案件共 {total} 件。自动项"
        "为程序可判断部分的得分；总分和等次在人工评分完成之前留空。",
        "Ordered by veto candidates, then major, minor and advisory findings; the first {shown} of "
        "{total} cases with findings. Automatic points are what the checks decide; total and band "
        "stay empty until people have rated."),
    "cases_none": ("没有案件存在问题。", "No case has findings."),
    "observed": ("查见", "Observed"),
    "expected": ("应为", "Expected"),
    "due": ("到期日", "Due"),
    "auto_points": ("自动项", "automatic points"),
    "points_open": ("另有 {open} 分无法判断", "{open} more cannot be told"),
    "no_points": ("不评分", "no score"),
    "veto_candidate": ("否决项（待复核）", "veto candidate"),
    "total_empty": ("总分、等次：待人工评分", "total, band: not rated yet"),
    "times": ("{n} 处", "{n} defects"),
    "concerns": ("涉及：{what}", "concerns: {what}"),
    "records": ("记录：{what}", "records: {what}"),
    "true": ("是", "yes"),
    "false": ("否", "no"),
    # deadlines
    "deadlines_none": ("本批次没有期限在计算。", "No clock runs or ran in this run."),
    "clock": ("期限事项", "Limit"),
    "soon": ("七日内到期", "due within 7 days"),
    "open": ("未到期", "not yet due"),
    "overdue": ("逾期未办", "overdue"),
    "late": ("逾期办结", "done late"),
    "met": ("按期办结", "done in time"),
    "unknown": ("无法判断", "cannot tell"),
    "all": ("合计", "all"),
    "longest": ("最长逾期（日）", "longest overdue (days)"),
    "by_clock": ("各类期限的办理情况", "What became of each limit"),
    "clock_note": ("“未到期”包括“七日内到期”的；天数为自然日。",
                   "Not yet due includes what is due within 7 days; days are calendar days."),
    "soon_title": ("七日内到期：{n} 项", "Due within 7 days: {n}"),
    "soon_none": ("七日内没有到期的事项。", "Nothing is due within 7 days."),
    "overdue_title": ("已逾期未办：{n} 项", "Overdue: {n}"),
    "overdue_none": ("没有逾期未办的事项。", "Nothing is overdue."),
    "subject": ("案件或对象", "Case or subject"),
    "unit": ("单位", "Unit"),
    "days_left": ("剩余日数", "Days left"),
    "days_over": ("逾期日数", "Days overdue"),
    "cut": ("共 {total} 行，显示前 {shown} 行。", "The first {shown} of {total} rows."),
    # units
    "units_claim": (
        "以下是计数和精确区间，尚未作任何显著性判断。",
        "Counts with exact intervals; no claim of significance yet."),
    "units_lead": (
        "区间宽，说明数量少、把握小；两个区间重叠时不能说谁高谁低。本节共 {n} 个区间，即使各单位毫无"
        "差别，也可能有约 {chance} 个碰巧不含真实比率。",
        "A wide interval means few subjects and little certainty; where two intervals overlap, "
        "neither is the higher. With {n} intervals in this section, about {chance} may miss the "
        "true rate by chance even if no unit differs from another."),
    "units_none": ("没有单位有足够的结论可供列出。", "No unit has enough decided subjects to show."),
    "first_look": ("可以先看哪里", "Where to look first"),
    "first_look_note": ("按区间下限从高到低列出；这是查看次序，不是名次。",
                        "By the lower end of the interval; an order to look in, no league table."),
    "interval": ("95% 精确区间", "exact 95% interval"),
    "together": ("全部单位", "all units"),
    "by_unit": ("按检查项比较各单位", "Unit by unit, check by check"),
    "by_unit_note": (
        "圆点为不符合率，横线为 95% 精确区间，虚线为全部单位合计的不符合率。单位按编号排列，不排名。",
        "Dot: failure rate; line: exact 95% interval; dashed: all units together. Units stand in the "
        "order of their ids, unranked."),
    "forest_cut": ("列有结论最多的 {shown} 个单位，共 {total} 个。",
                   "The {shown} units with the most decided subjects, of {total}."),
    "panels_cut": ("只画 {shown} 项检查，共 {total} 项有问题；其余见 {file}。",
                   "{shown} of {total} checks with findings are drawn; the rest is in {file}."),
    "too_few": ("数量太少，不作比较", "Too few to compare"),
    "too_few_note": ("有结论的不足 {few} 项，只列计数（不符合 / 有结论），不计算比率，不排列。",
                     "Fewer than {few} decided: counts only (failed / decided), no rate, no order."),
    "too_few_none": ("没有。", "None."),
    "and_more": ("另有 {n} 个单位", "and {n} more units"),
    # gaps
    "untested_title": ("未检查的检查项", "Untested checks"),
    "untested_none": ("没有：数据来源能够回答每一项检查。",
                      "None: the source can answer every check."),
    "lacks": ("数据来源缺少", "The source lacks"),
    "cannot_title": ("无法判断的原因", "Why outcomes cannot be told"),
    "cannot_none": ("没有：凡已到期的都有结论。", "None: whatever is due is decided."),
    "undecided_of": ("无法判断 / 已到期", "cannot tell / due"),
    "share": ("占比", "share"),
    "cause": ("原因", "Cause"),
    "organs": ("涉及机关", "Organs"),
    "value_missing": ("字段已提供，但这些对象的值为空", "delivered, but empty for these subjects"),
    "not_delivered": ("未提供：{what}", "not delivered: {what}"),
    "load_title": ("读入时的拒收与更正", "Refused and repaired when loading"),
    "load_none": ("没有：每一行都按原样读入。", "None: every row was read as it stands."),
    "load_note": ("只列原因和位置，不列个人信息。", "Reasons and places only, no personal values."),
    "table": ("表", "Table"),
    "action": ("处理", "What was done"),
    "times_head": ("次数", "Times"),
    "first_seen": ("首例", "First instance"),
    "rows_title": ("各表读入行数", "Rows by table"),
    "read": ("读入", "read"),
    "used": ("使用", "used"),
    "refused": ("拒收", "refused"),
    # unscored
    "unscored_none": ("每一类案件都有评分表。", "Every kind of case has a rubric."),
    "unscored_lead": ("以下类型没有评分表，不评分；检查照常进行，问题照常列出。",
                      "No rubric covers these kinds, so they have no score; they are checked, and "
                      "their findings listed, like the others."),
    "no_rubric": ("本任务包没有评分表，任何案件都不评分；检查照常进行。",
                  "This pack has no rubric, so no case has a score; all are checked."),
    "kind": ("案件类型", "Kind of case"),
    "no_kind": ("（未填写）", "(not given)"),
    # reading
    "outcomes_title": ("五种结果与未检查", "The five outcomes, and untested"),
    "passed_is": ("应当做到的已经做到。", "What must hold does hold."),
    "failed_is": ("已到期、能够判断，而没有做到。每一个不符合是一个问题。",
                  "Due, decided, and not done. Every failed outcome is a finding."),
    "not_applicable_is": ("这项检查不涉及此对象。", "The check does not concern this subject."),
    "not_yet_due_is": ("期限还没有届满，届满之前不下结论。",
                       "The limit has not run out; until then nothing is concluded."),
    "cannot_tell_is": ("已到期，但缺少判断所需的记录；既不算符合，也不算不符合。",
                       "Due, but the records that would decide it are not there; neither passed "
                       "nor failed."),
    "untested_is": ("数据来源不提供所需字段，整项检查没有结果。",
                    "The source does not deliver what the check needs: no outcome for anyone."),
    "rules_title": ("口径", "Conventions"),
    "rule_rates": ("比率的分母是“符合 + 不符合”，写在比率旁边；“无法判断”另列，绝不并入任何一边。",
                   "A rate is of “passed + failed”, written beside it; “cannot tell” stands apart "
                   "and is never folded into either."),
    "rule_months": ("月份取对象自己的日期；尚有未到期的月份画成空心，不据以判断走势。",
                    "Months are those of the subject's own day; a month with limits still open is "
                    "hollow and says nothing about a trend."),
    "rule_intervals": ("区间为 95% 精确区间（Clopper–Pearson）；有结论不足 {few} 项的不比较。",
                       "Intervals are exact 95% intervals (Clopper–Pearson); with fewer than {few} "
                       "decided nothing is compared."),
    "rule_points": ("自动项写作“得分 / 可判断的满分”；不适用的评分项不计入，否决项由人复核之前只是"
                    "候选。", "Automatic points are written “points / what could be decided”; items "
                    "that do not apply are left out; a veto stays a candidate until a person has "
                    "confirmed it."),
    "rule_unverified": ("“条款待核对”：依据的条款尚未核对，按提示处理，不作否决。",
                        "“clause unverified”: the clause has not been checked against its source; "
                        "advisory, never a veto."),
    "inputs_title": ("输入文件", "Inputs"),
    "inputs_none": ("没有登记输入文件。", "No input file is on record."),
    "file": ("文件", "File"),
    "rows": ("行数", "Rows"),
    "versions_title": ("版本", "Versions"),
    "versions": ("工作台 {version}，引擎 {engine}，任务包 {pack}，校验值 {digest}。",
                 "Workbench {version}, engine {engine}, pack {pack}, digest {digest}."),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """The words of one language.

    >>> Words("en")("cut", shown=10, total="1,200")
    'The first 10 of 1,200 rows.'
    """

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The text `key`; whole numbers among `values` get their thousands marked."""
        shown = {k: count(v) if isinstance(v, int) else v for k, v in values.items()}
        return _TEXTS[key][LANGUAGES.index(self.language)].format(**shown)

    def heading(self, section: str) -> str:
        """A section's number and title, as documents of the language number them."""
        at = SECTIONS.index(section)
        return f"{_NUMERALS[at]}、{self(section)}" if self.language == "zh" else (
            f"{at + 1}  {self(section)}"
        )  # fmt: skip

    def listed(self, parts: list[str]) -> str:
        """Several things in a row."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def day(self, value: date | None) -> str:
        """A day as running text writes it."""
        return display.day(value, self.language)


def share(part: float | None, digits: int = 1) -> str:
    """A share between 0 and 1 in per cent, unbroken.

    >>> share(0.943), share(None), share(0.9999)
    ('94.3%', '—', '>99.9%')
    """
    return display.percent(part, digits).replace(" ", "")
