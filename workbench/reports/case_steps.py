"""The course of a case in words: its limits as a table, its days as a list, and the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from workbench.display import NOTHING, Html, element, join, text_of
from workbench.privacy import WITHHELD
from workbench.reports.case_chart import Bar, Step, case_chart
from workbench.reports.case_record import CaseRecord, Deadline, Moment
from workbench.reports.report_words import Words
from workbench.reports.results import Results

_CASES = "cases"
_FEW_DAYS = 5  # so few stand in one column
_LEGEND = ("limit", "overrun", "open", "unknown", "done", "step", "other")


@dataclass(frozen=True)
class Course:
    """One case's days, in one language."""

    results: Results
    record: CaseRecord
    words: Words

    def clock(self, deadline: Deadline) -> str:
        """What the limit is called."""
        about = self.results.checks["clocks"][deadline.clock]
        return text_of(about["title"], self.words.language)

    def table(self, name: str) -> str:
        """What a table is called."""
        about = self.results.checks["labels"].get(name, {})
        return text_of(about.get("title"), self.words.language) if about else name

    def column(self, table: str, column: str) -> str:
        """What a column is called."""
        labels = self.results.checks["labels"].get(table, {}).get("columns", {})
        return text_of(labels.get(column), self.words.language) if column in labels else column

    def kind(self, table: str, code: str) -> str:
        """What kind of row it is; a code that the pack does not know stands as it is."""
        kinds = self.results.checks["labels"].get(table, {}).get("kinds", {})
        return text_of(kinds[code], self.words.language) if code in kinds else code

    def became(self, deadline: Deadline) -> str:
        """What became of a limit, with its days."""
        w, due, done, state = self.words, deadline.due_on, deadline.done_on, deadline.state
        if due is None or state == "unknown":
            return w(state)
        if self._waits(deadline) and done and state in ("met", "late"):
            return w("met_waited") if state == "met" else w("early_by", days=self._days(done, due))
        if state == "met" and done:
            return w("met_by", days=self._days(done, due)) if done < due else w("met_on")
        if state == "late" and done:
            return w("late_by", days=self._days(due, done))
        today = self.record.as_of
        if state == "overdue":
            return w("overdue_by", days=self._days(due, today))
        return w("left", days=self._days(today, due)) if due > today else w("left_today")

    def _days(self, first: date, last: date) -> str:
        n = (last - first).days
        return self.words("day" if n == 1 else "days", n=n)

    def _waits(self, deadline: Deadline) -> bool:
        return bool(self.results.checks["clocks"][deadline.clock]["mode"] == "not_before")

    def bar(self, deadline: Deadline) -> Bar:
        """A limit as it is drawn."""
        return Bar(
            name=self.clock(deadline), start=deadline.start_on, due=deadline.due_on,
            done=deadline.done_on, until=deadline.done_on or self.record.as_of,
            state=deadline.state, text=self.became(deadline), too_early=self._waits(deadline),
        )  # fmt: skip


def picture(course: Course) -> Html:
    """The time chart with its legend; empty where no day is known."""
    record, w = course.record, course.words
    own = [m for m in record.moments if m.table == _CASES]
    steps = [Step(m.at.date(), course.column(m.table, m.column)) for m in own]
    others = [m.at.date() for m in record.moments if m.table != _CASES]
    # A limit of which no day may be seen is in the table, with what became of it.
    bars = [course.bar(d) for d in record.deadlines if d.start_on is not None]
    days = sorted([s.day for s in steps] + others
                  + [d for b in bars for d in (b.start, b.due, b.until) if d])  # fmt: skip
    if not days:
        return Html()
    label = w("chart_label", start=days[0].isoformat(), end=days[-1].isoformat(),
              steps=len(steps), limits=len(bars))  # fmt: skip
    legend = _legend(w, bars, bool(steps), bool(others))
    if any(bar.state in ("open", "overdue") for bar in bars):
        steps.append(Step(record.as_of, w("as_of"), now=True))
    chart = case_chart(steps, others, bars, label)
    return element("figure", join([chart, legend]), class_="wb-case-figure")


def _legend(w: Words, bars: Sequence[Bar], steps: bool, others: bool) -> Html:
    states = {bar.state for bar in bars}
    there = {
        "limit": bool(states & {"met", "late", "overdue"}),
        "overrun": bool(states & {"late", "overdue"}),
        "open": "open" in states,
        "unknown": "unknown" in states,
        "done": any(bar.done for bar in bars),
        "step": steps,
        "other": others,
    }
    texts = {"limit": w("limit_time"), "overrun": w("overran"), "open": w("limit_open"),
             "unknown": w("unknown"), "done": w("done_dot"), "step": w("step_dot"),
             "other": w("record_dot")}  # fmt: skip
    keys = [join([_key(name), " ", texts[name]]) for name in _LEGEND if there[name]]
    return element("figcaption", join(element("span", key) for key in keys))


def _key(name: str) -> Html:
    if name in ("done", "step", "other"):
        radius = "2" if name == "other" else "4"
        mark, width = element("circle", cx="6", cy="6", r=radius, class_=f"wb-case-{name}"), 12
    else:
        mark, width = element("rect", x="0.5", y="1", width="17", height="10",
                              class_=f"wb-case-{name}"), 18  # fmt: skip
    return element("svg", mark, viewBox=f"0 0 {width} 12", width=str(width), height="12",
                   aria_hidden="true")  # fmt: skip


def limits(course: Course) -> Html:
    """Every limit with its days and what became of it."""
    w, rows = course.words, []
    for deadline in course.record.deadlines:
        days = [_day_or_withheld(course, deadline, name)
                for name in ("start_on", "due_on", "done_on")]  # fmt: skip
        cells = [element("th", course.clock(deadline), scope="row"),
                 *(element("td", day, class_="wb-case-date") for day in days),
                 element("td", course.became(deadline),
                         class_=f"wb-case-state-{deadline.state}")]  # fmt: skip
        rows.append(element("tr", join(cells)))
    if not rows:
        return element("p", w("no_limits"), class_="wb-case-none")
    heads = join(element("th", text, scope="col") for text in
                 (w("clock"), w("started"), w("falls_due"), w("done"), w("result")))  # fmt: skip
    parts = [element("thead", element("tr", heads)), element("tbody", join(rows))]
    return element("table", join(parts), class_="wb-case-limits")


def _day_or_withheld(course: Course, deadline: Deadline, name: str) -> str:
    value: date | None = getattr(deadline, name)
    if value is None and name in deadline.withheld:
        return WITHHELD[course.words.language]
    return value.isoformat() if value else NOTHING


def chronicle(course: Course) -> Html:
    """Day by day: what happened, and which limits ran out."""
    lines: dict[date, list[Html]] = {}
    for day, moments in groupby(course.record.moments, key=lambda m: m.at.date()):
        lines.setdefault(day, []).extend(_lines(course, list(moments)))
    for deadline in course.record.deadlines:
        if deadline.due_on is not None:
            lines.setdefault(deadline.due_on, []).append(_due_line(course, deadline))
    if not lines:
        return element("p", course.words("no_steps"), class_="wb-case-none")
    days = [
        element("li", join([element("time", day.isoformat(), datetime=day.isoformat()),
                            element("div", join(its))]),
                class_="wb-case-future" if day > course.record.as_of else None)
        for day, its in sorted(lines.items())
    ]  # fmt: skip
    few = " wb-case-few" if len(days) <= _FEW_DAYS else ""
    return element("ol", join(days), class_=f"wb-case-days{few}")


def _due_line(course: Course, deadline: Deadline) -> Html:
    parts = [element("i", course.words("falls_due")), element("b", course.clock(deadline))]
    if deadline.state != "met":
        parts.append(element("span", course.became(deadline)))
    what = join(parts, " ")
    return element("p", what, class_=f"wb-case-due-line wb-case-state-{deadline.state}")


def _lines(course: Course, moments: Sequence[Moment]) -> Iterator[Html]:
    """One line for each kind of step of a day; steps of the case itself come first."""
    w, found = course.words, dict[tuple[str, str], list[Html]]()
    kinds, spans = set(), set()
    for _, its in _rows(moments):
        place = its[0].table, its[0].column
        found.setdefault(place, []).append(_item(course, its))
        kinds |= {place} if any(m.code for m in its) else set()
        spans |= {place} if len(its) > 1 else set()
    for place in sorted(found, key=lambda place: place[0] != _CASES):
        items = join(_counted(found[place]), w.listed(["", ""]))
        table, name = course.table(place[0]), course.column(*place)
        if place[0] == _CASES:
            text = join([element("b", name), " ", items]) if items else element("b", name)
            yield element("p", text, class_="wb-case-own")
            continue
        # What kind of row comes first; where no kind is known, the table says what it is.
        lead = [items] if place in kinds else [part for part in (table, items) if part]
        # From when to when: no single column says that.
        said = [table] * (place in kinds) + [_inner(name)] * (place not in spans)
        soft = element("i", w("step_of", what=w("step_in").join(said))) if said else None
        yield element("p", join(filter(None, [join(lead, " "), soft]), w("step_gap")))


def _inner(label: str) -> str:
    """A label within a phrase.

    >>> _inner("Made on"), _inner("GPS fixed on"), _inner("制作日期")
    ('made on', 'GPS fixed on', '制作日期')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _counted(items: Iterable[Html]) -> list[Html]:
    """The items, each once, with how many there are.

    >>> [str(item) for item in _counted(map(Html, ["Transcript", "Evidence", "Transcript", ""]))]
    ['Transcript ×2', 'Evidence']
    """
    counts: dict[Html, int] = {}
    for item in filter(None, items):
        counts[item] = counts.get(item, 0) + 1
    return [item if n == 1 else join([item, f"×{n}"], " ") for item, n in counts.items()]


def _rows(moments: Iterable[Moment]) -> Iterator[tuple[tuple[Any, ...], list[Moment]]]:
    """Moments of a day by the row that they are of; hours of one row (from, to) stay together.

    Days of one row without an hour are steps of their own, and so are rows without an id.
    """
    grouped: dict[tuple[Any, ...], list[Moment]] = {}
    for at, moment in enumerate(moments):
        with_hour = moment.at.time() != time()
        alone = moment.table == _CASES or moment.id is None or not with_hour
        place = (moment.table, at if alone else moment.id)
        grouped.setdefault(place, []).append(moment)
    yield from grouped.items()


def _item(course: Course, moments: Sequence[Moment]) -> Html:
    """What kind of row, with its hour or from when to when."""
    named = [m for m in moments if m.code]
    parts: list[object] = [course.kind(named[0].table, str(named[0].code))] if named else []
    hours = [_hour(m.at) for m in moments if m.at.time() != time()]
    if hours:
        told = "–".join(dict.fromkeys((hours[0], hours[-1])))
        parts.append(element("span", told, class_="wb-case-date"))  # not broken over two lines
    return join(parts, " ")


def _hour(at: datetime) -> str:
    return f"{at:%H:%M}"
