"""The steps of a process, and the order in which the law wants them: a pack's `flow.yaml`.

    stages:
      start: {zh: 启动, en: Opening}
    steps:                                  # in their lawful order: it decides ties on one day
      asked: {stage: start, zh: 申请, en: Application, day: cases.received_on}
      told: {stage: start, zh: 送达告知书, en: Notice served, day: services.served_on,
             where: {document_id.kind: notice}}
    order:
      asked-before-told: {before: asked, after: told, kinds: [permit], clause: x, zh: ..., en: ...}
    clocks:
      answer: {from: asked, to: told}       # the steps that start and stop a clock
    at_risk: 0.8                            # share of a limit from which a running case is at risk

`where` takes rows by columns of their own or, behind a reference, of the row it points at; a
value is a code or a list of codes, and null stands for an empty cell. A pack without the file
has one step for each day its tables record, and no rules of order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from workbench.privacy import NONE
from workbench.schema import Column, Schema, Table
from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault, did_you_mean

LANGUAGES = ("zh", "en")
DAYS = ("date", "timestamp")
# Share of its limit from which a running case counts as at risk, where a pack names none: a choice
# of the product, no law.
AT_RISK = 0.8
_KEYS = {"stages", "steps", "order", "clocks", "at_risk"}
_STEP_KEYS = {"stage", "zh", "en", "day", "where"}
_ORDER_KEYS = {"before", "after", "kinds", "where", "every", "clause", "zh", "en"}

# Column, or reference.column -> the values that count (None: an empty cell).
Where: TypeAlias = Mapping[str, tuple[str | bool | None, ...]]


@dataclass(frozen=True)
class Step:
    """One step: its stage, what it is called, and the column (`table.column`) of its day."""

    id: str
    stage: str
    title: Mapping[str, str]
    table: str
    column: str
    where: Where = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """One rule of order: `before` has to come before `after`, in cases of some kinds or of all.

    The first of each is compared; with `every`, each `before` has to come before the first
    `after`. `where` is asked of the cases.
    """

    id: str
    before: str
    after: str
    kinds: tuple[str, ...]
    where: Where
    every: bool
    clause: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class Flow:
    """Stages, steps in their lawful order, rules of order, the steps that bound each clock.

    `derived` says that the pack has no `flow.yaml`.

    >>> Flow().steps
    ()
    """

    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    order: tuple[Order, ...] = ()
    clocks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    at_risk: float = AT_RISK
    derived: bool = False

    @property
    def places(self) -> dict[str, int]:
        """Step -> its place in the order of the file, from 1."""
        return {step.id: place for place, step in enumerate(self.steps, 1)}


def parse_flow(source: Source, schema: Schema) -> tuple[Flow, list[Fault]]:
    """`flow.yaml` -> `Flow` with every fault of the file; without the file, the derived one.

    What only the rest of the pack knows (kinds, clocks) is asked by `flow_checks`.
    """
    content = source.content
    if not content:
        return derived_flow(schema), []
    faults = list(unknown_entries(source, (), content, _KEYS))
    stages = content.get("stages") or {}
    for name, entry in stages.items():
        faults += _titled(source, ("stages", name), entry)
    steps = []
    for name, entry in (content.get("steps") or {}).items():
        step = _step(source, str(name), entry or {}, schema, stages, faults)
        if step is not None:
            steps.append(step)
    known = [str(name) for name in content.get("steps") or {}]
    order = []
    for name, entry in (content.get("order") or {}).items():
        rule = _order(source, str(name), entry or {}, schema, known, faults)
        if rule is not None:
            order.append(rule)
    clocks = _clocks(source, content.get("clocks") or {}, known, faults)
    share = content.get("at_risk", AT_RISK)
    if not isinstance(share, float | int) or not 0 < share <= 1:
        faults.append(source.fault(("at_risk",), "at_risk is a share of the limit: 0.8"))
        share = AT_RISK
    titles = {name: {w: entry.get(w, name) for w in LANGUAGES} for name, entry in stages.items()}
    return Flow(titles, tuple(steps), tuple(order), clocks, float(share)), faults


def derived_flow(schema: Schema) -> Flow:
    """A step for each day of class none that a case or what hangs on it records; no rules.

    A time (`x_at`) that tells the hour of a day (`x_on`) is no step of its own.
    """
    steps, stages = [], {}
    for table in schema.tables.values():
        if table.name != "cases" and table.case_column is None:
            continue
        for column in table.columns.values():
            day = column.name.removesuffix("_at") + "_on"
            if column.type not in DAYS or column.data_class != NONE:
                continue
            if column.type == "timestamp" and day in table.columns:
                continue
            stages[table.name] = {w: table.title.get(w, table.name) for w in LANGUAGES}
            name = f"{table.name}.{column.name}"
            title = {w: _derived_title(table, column, w) for w in LANGUAGES}
            steps.append(Step(name, table.name, title, table.name, column.name))
    return Flow(stages, tuple(steps), derived=True)


def _derived_title(table: Table, column: Column, language: str) -> str:
    label = column.label.get(language, column.name)
    if table.name == "cases":
        return label
    mark = "：" if language == "zh" else ": "
    return f"{table.title.get(language, table.name)}{mark}{label}"


def _titled(source: Source, place: Place, entry: Any) -> list[Fault]:
    absent = [word for word in LANGUAGES if not (isinstance(entry, dict) and entry.get(word))]
    return [source.fault(place, f"'{place[-1]}' has no {word} text") for word in absent]


def _step(
    source: Source,
    name: str,
    entry: Mapping[str, Any],
    schema: Schema,
    stages: Mapping[str, Any],
    faults: list[Fault],
) -> Step | None:
    place: Place = ("steps", name)
    faults += unknown_entries(source, place, entry, _STEP_KEYS)
    faults += _titled(source, place, entry)
    stage = str(entry.get("stage"))
    if stage not in stages:
        hint = did_you_mean(stage, list(stages))
        faults.append(source.fault(place, f"step '{name}': no stage '{stage}'", hint))
    table_name, _, column_name = str(entry.get("day") or "").partition(".")
    table, column = schema.tables.get(table_name), schema.column(table_name, column_name)
    if table is None or column is None or column.type not in DAYS:
        names = [f"{t.name}.{c.name}" for t in schema.tables.values()
                 for c in t.columns.values() if c.type in DAYS]  # fmt: skip
        hint = did_you_mean(str(entry.get("day")), names)
        message = f"step '{name}': '{entry.get('day')}' is no day or time of a table"
        faults.append(source.fault(place, message, hint))
        return None
    if table.name != "cases" and table.case_column is None:
        faults.append(source.fault(place, f"step '{name}': '{table.name}' hangs on no case"))
        return None
    if column.data_class != NONE:
        message = f"step '{name}': '{entry['day']}' is {column.data_class}; a step is shown to all"
        faults.append(source.fault(place, message))
    where = _where(source, place, entry.get("where") or {}, schema, table, faults)
    return Step(name, stage, _title(name, entry), table_name, column_name, where)


def _title(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    return {word: str(entry.get(word) or name) for word in LANGUAGES}


def _where(
    source: Source,
    place: Place,
    entry: Mapping[str, Any],
    schema: Schema,
    table: Table,
    faults: list[Fault],
) -> dict[str, tuple[str | bool | None, ...]]:
    """Conditions on columns of the table, or behind one reference; faulty ones are left out."""
    found = {}
    for name, asked in entry.items():
        column = asked_column(schema, table, str(name))
        values = tuple(asked) if isinstance(asked, list) else (asked,)
        if column is None:
            hint = did_you_mean(str(name), table.columns)
            message = f"where: '{table.name}' has no '{name}' (and points at none)"
            faults.append(source.fault((*place, "where"), message, hint))
            continue
        if column.data_class != NONE:
            message = f"where: '{name}' is {column.data_class}; a step is shown to all"
            faults.append(source.fault((*place, "where"), message))
        for value in values:
            if value is not None and column.codes and value not in column.codes:
                hint = did_you_mean(str(value), column.codes)
                message = f"where: '{value}' is no code of '{name}'"
                faults.append(source.fault((*place, "where"), message, hint))
        found[str(name)] = values
    return found


def asked_column(schema: Schema, table: Table, name: str) -> Column | None:
    """The column that a condition asks: `kind`, or `document_id.kind` behind a reference."""
    own, _, behind = name.partition(".")
    column = table.columns.get(own)
    if not behind or column is None or column.references is None:
        return column if not behind else None
    return schema.tables[column.references[0]].columns.get(behind)


def _order(
    source: Source,
    name: str,
    entry: Mapping[str, Any],
    schema: Schema,
    known: list[str],
    faults: list[Fault],
) -> Order | None:
    place: Place = ("order", name)
    faults += unknown_entries(source, place, entry, _ORDER_KEYS)
    faults += _titled(source, place, entry)
    if not entry.get("clause"):
        faults.append(source.fault(place, f"rule '{name}' needs a clause"))
    faults += _unknown_steps(source, place, (entry.get("before"), entry.get("after")), known)
    kinds, cases = entry.get("kinds") or [], schema.tables.get("cases")
    if not isinstance(kinds, list) or cases is None:
        faults.append(source.fault((*place, "kinds"), "kinds is a list: [kind, ...]"))
        return None
    where = _where(source, place, entry.get("where") or {}, schema, cases, faults)
    every = entry.get("every", False)
    if not isinstance(every, bool):
        faults.append(source.fault((*place, "every"), "every is true or false"))
    return Order(
        name, str(entry.get("before")), str(entry.get("after")), tuple(map(str, kinds)), where,
        every is True, str(entry.get("clause")), _title(name, entry),
    )  # fmt: skip


def _unknown_steps(
    source: Source, place: Place, named: tuple[Any, ...], known: list[str]
) -> list[Fault]:
    return [
        source.fault(place, f"'{place[-1]}': no step '{step}'", did_you_mean(str(step), known))
        for step in named
        if step not in known
    ]


def _clocks(
    source: Source, entries: Mapping[str, Any], known: list[str], faults: list[Fault]
) -> dict[str, tuple[str, str]]:
    found = {}
    for name, entry in entries.items():
        place: Place = ("clocks", name)
        if not isinstance(entry, dict) or set(entry) != {"from", "to"}:
            faults.append(source.fault(place, f"clock '{name}' needs from and to: two steps"))
            continue
        faults += _unknown_steps(source, place, (entry["from"], entry["to"]), known)
        found[str(name)] = (str(entry["from"]), str(entry["to"]))
    return found
