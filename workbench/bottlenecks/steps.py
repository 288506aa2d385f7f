"""What happened in each case, step by step: the steps of the pack's flow, in their real order.

Relations: `flow_cases` (a number for each case, its unit and kind, whether it is late on any
clock) and `flow_steps` (case number, place of the step in the flow, day, earliest and latest hour
recorded on it, the day's numbers, and `seq`, the order of the steps of a case).

A step is there once a day, however many records tell of it. Steps of one day stand in the order
of the flow, unless hours are recorded: then the hours count, and a step without one comes right
after the steps of the day that the flow has before it. Midnight is no recorded hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.pack import Asset, Pack
from workbench.pack.flow import Step, Where
from workbench.privacy import NONE
from workbench.schema import Table


def case_asset(pack: Pack) -> Asset:
    """The asset whose subjects are the cases."""
    return next(asset for asset in pack.assets.values() if asset.table == "cases")


def cases_query(pack: Pack) -> str:
    """One row per case; it is late if any clock has used up more than its limit."""
    return (
        "SELECT ROW_NUMBER() OVER (ORDER BY s.case_id) AS no, s.case_id, s.unit_id, s.kind, "
        "l.case_id IS NOT NULL AS late "
        f"FROM work.subjects_of_{case_asset(pack).id} s LEFT JOIN "
        "(SELECT DISTINCT case_id FROM work.clock_runs WHERE late) l ON l.case_id = s.case_id"
    )


def numbered(pack: Pack, day: str, end: bool, alias: str) -> tuple[str, str]:
    """The number of a day as the start or the end of a time, and the join that knows it.

    It is the calendar's; a pack without one counts all days.

    >>> numbered(pack, "r.start_on", False, "s")   # doctest: +SKIP
    ('s.no_start', 'LEFT JOIN work.calendar s ON s.day = r.start_on')
    """
    if pack.calendar is None:
        return f"DATE_DIFF('day', DATE '1970-01-01', {day})", ""
    number = f"{alias}.{'no_end' if end else 'no_start'}"
    return number, f"LEFT JOIN work.calendar {alias} ON {alias}.day = {day}"


def steps_query(engine: Engine, pack: Pack, as_of: date) -> str:
    """The steps of every case, one row a day, with their order."""
    recorded = " UNION ALL ".join(_recorded(engine, pack, as_of)) or _NOTHING
    start, join = numbered(pack, "w.day", False, "n")
    end, _ = numbered(pack, "w.day", True, "n")
    return f"""WITH recorded AS (
  {recorded}
), wanted AS (
  SELECT c.no, r.place, r.day, MIN(r.at) AS at, MAX(r.at) AS last_at
  FROM recorded r JOIN work.flow_cases c ON c.case_id = r.case_id
  GROUP BY c.no, r.place, r.day
), placed AS (
  SELECT w.*, {start} AS no_start, {end} AS no_end,
         COALESCE(w.at, MAX(w.at) OVER (PARTITION BY w.no, w.day ORDER BY w.place
                                        ROWS UNBOUNDED PRECEDING),
                  CAST(w.day AS TIMESTAMP)) AS moment
  FROM wanted w {join}
)
SELECT p.no, p.place, p.day, p.at, p.last_at, p.no_start, p.no_end,
       ROW_NUMBER() OVER (PARTITION BY p.no ORDER BY p.day, p.moment, p.place) AS seq
FROM placed p"""


_NOTHING = (
    "SELECT CAST(NULL AS VARCHAR) AS case_id, 0 AS place, CAST(NULL AS DATE) AS day, "
    "CAST(NULL AS TIMESTAMP) AS at WHERE FALSE"
)


def _recorded(engine: Engine, pack: Pack, as_of: date) -> Iterator[str]:
    """One query for each step: the rows that tell of it."""
    asset = case_asset(pack)
    for place, step in enumerate(pack.flow.steps, 1):
        table = pack.schema.tables[step.table]
        case = asset.case if table.name == asset.table else table.case_column
        day, at = _day(step, table)
        rows, asked = asked_rows(engine, table, step.where)
        conditions = [f"t.{sqltext.name(str(case))} IS NOT NULL",
                      f"{day} <= {sqltext.literal(as_of)}", *asked]  # fmt: skip
        yield (
            f"SELECT t.{sqltext.name(str(case))} AS case_id, {place} AS place, {day} AS day, "
            f"NULLIF({at}, CAST({day} AS TIMESTAMP)) AS at FROM {rows} "
            f"WHERE {' AND '.join(conditions)}"
        )


def _day(step: Step, table: Table) -> tuple[str, str]:
    """The day of a step, and its hour where the same row (`x_on`, `x_at`) tells it."""
    name = f"t.{sqltext.name(step.column)}"
    if table.columns[step.column].type == "timestamp":
        return f"CAST({name} AS DATE)", name
    twin = table.columns.get(step.column.removesuffix("_on") + "_at")
    if twin is None or twin.type != "timestamp" or twin.data_class != NONE:
        return name, "CAST(NULL AS TIMESTAMP)"
    hour = f"t.{sqltext.name(twin.name)}"
    day = f"COALESCE({name}, CAST({hour} AS DATE))"
    return day, f"CASE WHEN CAST({hour} AS DATE) = {day} THEN {hour} END"


def asked_rows(engine: Engine, table: Table, where: Where) -> tuple[str, list[str]]:
    """What stands after FROM to ask conditions of the rows `t` of a table, and the conditions.

    >>> asked_rows(engine, cases, {"source": ("complaint", None)})   # doctest: +SKIP
    ('main."cases" t', ['(t."source" IN (\\'complaint\\') OR t."source" IS NULL)'])
    """
    joins, conditions = [f"{engine.stored}.{sqltext.name(table.name)} t"], []
    for name, values in where.items():
        own, _, behind = name.partition(".")
        column = f"t.{sqltext.name(own)}"
        references = table.columns[own].references
        if behind and references is not None:
            alias = f"r{len(joins)}"
            target, key = references
            joins.append(f"LEFT JOIN {engine.stored}.{sqltext.name(target)} {alias} "
                         f"ON {alias}.{sqltext.name(key)} = {column}")  # fmt: skip
            column = f"{alias}.{sqltext.name(behind)}"
        conditions.append(_among(column, values))
    return " ".join(joins), conditions


def _among(column: str, values: tuple[str | bool | None, ...]) -> str:
    there = ", ".join(sqltext.literal(value) for value in values if value is not None)
    parts = [f"{column} IN ({there})"] if there else []
    parts += [f"{column} IS NULL"] if None in values else []
    return f"({' OR '.join(parts) or 'FALSE'})"


def step_names(pack: Pack) -> str:
    """The ids of the steps by their place, 0 for start, end or no step: a relation of VALUES."""
    rows = ", ".join(f"({n}, {sqltext.literal(s.id)})" for n, s in enumerate(pack.flow.steps, 1))
    return f"(VALUES (0, ''){', ' + rows if rows else ''})"
