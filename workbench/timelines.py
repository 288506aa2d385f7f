"""What happened in each case and when: every recorded day of a case and of what hangs on it.

One row a moment, so that the steps of one case are a few neighbouring rows of a sorted table. The
relation is a view: a run that nobody saves does not pay for it, and asking for one case looks at
the rows of that case alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.pack import Asset, Pack
from workbench.privacy import NONE
from workbench.schema import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

# The columns in their order, which is also the order of the rows.
COLUMNS = {
    "case_id": "VARCHAR", "at": "TIMESTAMP", "table": "VARCHAR", "column": "VARCHAR",
    "id": "VARCHAR", "code": "VARCHAR",
}  # fmt: skip
_TYPES = ("date", "timestamp")
_CODE = "kind"  # what a row is, where a table says it


def put_timelines(engine: Engine, pack: Pack, as_of: date) -> None:
    """Make the relation `timelines`: case_id, at, table, column, id, code.

    Each date and timestamp of class none of the cases and of the tables that hang on a case, up
    to the as-of day: what lies beyond (a limit of retention, say) has not happened. `id` is the
    row's own key and `code` what kind of row it is, where its table says so; both are empty for
    the case itself, whose kind stands with the case.
    """
    asset = next(a for a in pack.assets.values() if a.table == "cases")
    moments = " UNION ALL ".join(_moments(engine, pack, asset, as_of))
    columns = ", ".join(f"m.{sqltext.name(name)}" for name in COLUMNS)
    engine.run(f"CREATE OR REPLACE VIEW work.moments AS {moments or _nothing()}", "timelines")
    engine.run(
        f"CREATE OR REPLACE VIEW work.timelines AS SELECT {columns} FROM work.moments m "
        f"WHERE m.case_id IN (SELECT case_id FROM work.subjects_of_{asset.id})",
        "timelines",
    )
    engine.run(
        "CREATE OR REPLACE VIEW work.case_places AS SELECT case_id, "
        "CAST(ROW_NUMBER() OVER (ORDER BY case_id) - 1 AS INTEGER) AS place "
        f"FROM work.subjects_of_{asset.id}",
        "timelines",
    )


def sorted_timelines(engine: Engine) -> pa.RecordBatchReader:
    """All rows of `timelines` in the order of `COLUMNS`, in batches.

    Millions of texts are slow to sort: cases and columns are sorted by their places in the order
    of their names, and the names are put back afterwards.

    >>> sorted_timelines(run.results.engine).schema.names   # doctest: +SKIP
    ['case_id', 'at', 'table', 'column', 'id', 'code']
    """
    import pyarrow as pa

    cases = engine.arrow("SELECT case_id FROM work.case_places ORDER BY place", "timelines")
    steps = engine.arrow(
        'SELECT DISTINCT "table", "column" FROM work.moments ORDER BY ALL', "timelines"
    )
    places = ", ".join(
        f"({place}, {sqltext.literal(step['table'])}, {sqltext.literal(step['column'])})"
        for place, step in enumerate(steps.to_pylist())
    )
    rows = engine.batches(
        'SELECT c.place AS case_place, m."at", CAST(s.place AS SMALLINT) AS step, m.id, m.code '
        "FROM work.moments m JOIN work.case_places c ON c.case_id = m.case_id "
        f'JOIN (VALUES {places or "(0, NULL, NULL)"}) s(place, "table", "column") '
        'ON s."table" = m."table" AND s."column" = m."column" '
        'ORDER BY case_place, m."at", step, m.id, m.code',
        "timelines",
    )
    named = {name: steps[name].combine_chunks() for name in ("table", "column")}
    case_ids = cases["case_id"].combine_chunks()
    schema = pa.schema([(name, pa.timestamp("us") if name == "at" else pa.string())
                        for name in COLUMNS])  # fmt: skip

    def put_back() -> Iterator[pa.RecordBatch]:
        for batch in rows:
            columns = {"case_id": case_ids.take(batch["case_place"])}
            columns |= {name: names.take(batch["step"]) for name, names in named.items()}
            columns |= {name: batch[name] for name in ("at", "id", "code")}
            yield pa.record_batch([columns[name] for name in COLUMNS], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, put_back())


def _nothing() -> str:
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {sqltext.name(n)}" for n, kind in COLUMNS.items())
    return f"SELECT {empty} WHERE FALSE"


def _moments(engine: Engine, pack: Pack, asset: Asset, as_of: date) -> Iterator[str]:
    """One query for each column that dates a step."""
    for table in pack.schema.tables.values():
        # A case that points at another case does not hang on it.
        case = asset.case if table.name == asset.table else table.case_column
        if case:
            for column in table.columns.values():
                if column.type in _TYPES and column.data_class == NONE:
                    yield _moment(engine, table, column, case, as_of)


def _moment(engine: Engine, table: Table, column: Column, case: str, as_of: date) -> str:
    name = sqltext.name(column.name)
    own, code = "CAST(NULL AS VARCHAR)", "CAST(NULL AS VARCHAR)"
    if table.name != "cases":
        own, code = _own_id(table) or own, _code(table, column) or code
    values = [sqltext.name(case), f"CAST({name} AS TIMESTAMP)", sqltext.literal(table.name),
              sqltext.literal(column.name), own, code]  # fmt: skip
    listed = ", ".join(
        f"{value} AS {sqltext.name(n)}" for n, value in zip(COLUMNS, values, strict=True)
    )
    return (
        f"SELECT {listed} FROM {engine.stored}.{sqltext.name(table.name)} "
        f"WHERE {sqltext.name(case)} IS NOT NULL AND CAST({name} AS DATE) <= "
        f"{sqltext.literal(as_of)}{_not_told_twice(table, column)}"
    )


def _not_told_twice(table: Table, column: Column) -> str:
    """A day is left out where its twin (`x_on`, `x_at`) tells the hour of the same day.

    Where the two contradict one another both stay: then that is what a reader must see.
    """
    twin = table.columns.get(column.name.removesuffix("_on") + "_at")
    if column.type != "date" or twin is None or twin.data_class != NONE:
        return ""
    return (
        f" AND COALESCE(CAST({sqltext.name(twin.name)} AS DATE) <> {sqltext.name(column.name)}, "
        "TRUE)"
    )


def _own_id(table: Table) -> str | None:
    if len(table.key) != 1 or table.columns[table.key[0]].data_class != NONE:
        return None
    return f"CAST({sqltext.name(table.key[0])} AS VARCHAR)"


def _code(table: Table, column: Column) -> str | None:
    """The code that says what the row is: its `kind`, or else its first code.

    A code written down after the days (a result, say) was not known on the earlier ones: only
    the last day of the row carries it.
    """
    code = table.kind_column
    if code is None or code.data_class != NONE:
        return None
    places = list(table.columns)
    days = [c for c in table.columns.values() if c.type in _TYPES and c.data_class == NONE]
    earlier = [c.name for c in days if places.index(c.name) < places.index(code.name)]
    if code.name == _CODE or column.name not in earlier or len(earlier) == 1:
        return sqltext.name(code.name)
    last = ", ".join(f"CAST({sqltext.name(name)} AS DATE)" for name in earlier)
    return (
        f"CASE WHEN CAST({sqltext.name(column.name)} AS DATE) = GREATEST({last}) "
        f"THEN {sqltext.name(code.name)} END"
    )
