"""The relations that facts SQL may read beside the case files: lists, calendar, run, subjects."""

from __future__ import annotations

from datetime import date
from functools import partial

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.pack import Asset, Pack
from workbench.pack.model import KERNEL, Every
from workbench.schema import Column, Table

_LIST_SQL = {"text": "VARCHAR", "date": "DATE", "integer": "BIGINT", "number": "DOUBLE",
             "boolean": "BOOLEAN"}  # fmt: skip


def put_lists(engine: Engine, pack: Pack) -> None:
    for listed in pack.lists.values():
        columns = [f"{sqltext.name(c)} {_LIST_SQL[k]}" for c, k in listed.columns.items()]
        relation = f"lists.{sqltext.name(listed.name)}"
        engine.run(f"CREATE OR REPLACE TABLE {relation} ({', '.join(columns)})", listed.name)
        values = (
            "(" + ", ".join(sqltext.literal(row.get(c)) for c in listed.columns) + ")"
            for row in listed.rows
        )
        engine.run(f"INSERT INTO {relation} VALUES {', '.join(values)}", listed.name)


def put_calendar(engine: Engine, pack: Pack) -> None:
    import pyarrow as pa

    fields = [("day", pa.date32()), ("is_working", pa.bool_()), ("no_start", pa.int64()),
              ("no_end", pa.int64()), ("cd_start", pa.int64()), ("cd_end", pa.int64()),
              ("is_holiday", pa.bool_())]  # fmt: skip
    rows = list(pack.calendar.rows()) if pack.calendar else []
    columns = list(zip(*rows, strict=True)) or [() for _ in fields]
    arrays = [pa.array(c, t) for c, (_, t) in zip(columns, fields, strict=True)]
    engine.put("work.calendar", pa.table(arrays, names=[name for name, _ in fields]))


def put_codes(engine: Engine, pack: Pack) -> None:
    """Lists in cells, one row a code: `<table>__<column>(<key>, <case>, code)`."""

    def spread(table: Table, column: Column, on: Engine) -> None:
        keys = dict.fromkeys([*table.key, *filter(None, [table.case_column])])
        cell = sqltext.name(column.name)
        on.run(
            f"CREATE TABLE work.{sqltext.name(f'{table.name}__{column.name}')} AS "
            f"SELECT {', '.join(map(sqltext.name, keys))}, "
            f"TRIM(UNNEST(STRING_SPLIT({cell}, ';'))) AS code "
            f"FROM {sqltext.name(table.name)} WHERE {cell} IS NOT NULL",
            f"codes {table.name}.{column.name}",
        )

    lists = [
        partial(spread, table, column)
        for table in pack.schema.tables.values()
        for column in table.all_columns.values()
        if column.is_list
    ]
    engine.side_by_side(lists)


def put_run(
    engine: Engine, asset: Asset, as_of: date, period: tuple[date | None, date | None]
) -> None:
    """as_of and the audit period; without one, from the first recorded day to as-of."""
    first, last = (sqltext.literal(day) for day in period)
    earliest = f"SELECT MIN({first_day(asset, sqltext.literal(as_of))}) FROM {asset.table}"
    engine.run(
        f"CREATE TABLE work.run AS SELECT {sqltext.literal(as_of)} AS as_of, "
        f"COALESCE({first}, ({earliest}), "
        f"{sqltext.literal(as_of)}) AS period_from, "
        f"COALESCE({last}, {sqltext.literal(as_of)}) AS period_to, "
        f"{first} IS NOT NULL OR {last} IS NOT NULL AS bounded",
        "run",
    )


def first_day(asset: Asset, as_of: str) -> str:
    """The subject's day: the first of the asset's days that has come by the as-of day."""
    days = [f"CASE WHEN {name} <= {as_of} THEN {name} END" for name in map(sqltext.name, asset.day)]
    return f"COALESCE({', '.join(days)})" if days else "CAST(NULL AS DATE)"


def subjects_query(asset: Asset) -> str:
    """One row per subject with the kernel columns and the key."""
    inside = "(NOT run.bounded OR s.period_on BETWEEN run.period_from AND run.period_to)"
    if asset.every:
        return _every_year(asset.every)
    key = " || '-' || ".join(f"CAST({sqltext.name(k)} AS VARCHAR)" for k in asset.key)
    kernel = [f"{key} AS subject_id"]
    for name in ("case", "organ", "unit", "kind"):
        column = getattr(asset, name)
        target = f"{name}_id" if name != "kind" else "kind"
        value = sqltext.name(column) if column else "CAST(NULL AS VARCHAR)"
        kernel.append(f"{value} AS {target}")
    others = [sqltext.name(k) for k in asset.key if k not in KERNEL]
    day = first_day(asset, "run.as_of") if asset.day else "run.period_to"
    columns = ", ".join([*kernel, f"{day} AS period_on", *others])
    rows = f"SELECT {columns} FROM {asset.table} CROSS JOIN run"
    return f"SELECT s.* FROM ({rows}) s CROSS JOIN run WHERE {inside}"


def _every_year(every: Every) -> str:
    """Each unit (or organ) in each year, also those that only a case names."""
    key = sqltext.name(every.key)
    unit = sqltext.name(every.unit) if every.unit else "CAST(NULL AS VARCHAR)"
    unit_of_case = "c.unit_id" if every.unit else unit
    owners = (
        f"SELECT {key} AS owner, {every.organ} AS organ_id, {unit} AS unit_id FROM {every.table} "
        f"UNION ALL SELECT c.{key}, MIN(c.organ_id), {unit_of_case} FROM cases c "
        f"WHERE c.{key} IS NOT NULL AND c.{key} NOT IN (SELECT {key} FROM {every.table}) "
        f"GROUP BY c.{key}"
    )
    return (
        "SELECT o.owner || '-' || CAST(y.year AS VARCHAR) AS subject_id, "
        "CAST(NULL AS VARCHAR) AS case_id, o.organ_id, o.unit_id, "
        "CAST(NULL AS VARCHAR) AS kind, MAKE_DATE(y.year, 12, 31) AS period_on, "
        f"CAST(y.year AS BIGINT) AS {sqltext.name(every.years)} "
        f"FROM ({owners}) o CROSS JOIN "
        "(SELECT UNNEST(RANGE(YEAR(period_from), YEAR(period_to) + 1)) AS year FROM run) y"
    )
