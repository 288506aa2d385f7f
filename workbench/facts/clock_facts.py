"""The clocks of an asset run over its facts, or over rows, and stand beside the facts.

Relations: `clock_<id>`, one row per subject that the clock concerns; of a clock over rows also
`rows_<id>` (its rows) and `row_clock_<id>` (what the clock says of each; `subject_id` is the row).
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from workbench import sqltext
from workbench.clocks import Clock
from workbench.engines.base import Engine
from workbench.engines.clock_sql import clock_query
from workbench.engines.rows_sql import fold_query, rows_query
from workbench.fact_sql import FactSql
from workbench.pack import Asset, Pack
from workbench.pack.model import KERNEL
from workbench.terms import Fault, PackError


def clock_relation(clock: Clock) -> str:
    """Where the answers of a clock stand.

    >>> clock_relation(clock)   # doctest: +SKIP
    'work."clock_penalty_disclosure"'
    """
    return f"work.{sqltext.name('clock_' + clock.id)}"


def clock_evidence(pack: Pack, asset: Asset) -> dict[str, str]:
    """Of each clock over rows, the query (subject_id, value) of the rows that failed."""
    return {
        clock.output("evidence"): (
            f"SELECT subject_id, evidence AS value FROM {clock_relation(clock)}"
        )
        for clock in pack.clocks_of(asset.id)
        if clock.rows
    }


def run_clocks(engine: Engine, pack: Pack, asset: Asset, raw: str) -> list[str]:
    """Run every clock of the asset over `work.<raw>` or its rows; the facts that they make.

    >>> run_clocks(engine, pack, pack.assets["cases"], "raw_cases")   # doctest: +SKIP
    ['penalty_disclosure_scope', 'penalty_disclosure_elapsed', ...]
    """
    clocks = pack.clocks_of(asset.id)

    def run(clock: Clock, on: Engine) -> None:
        source = f"work.{raw}"
        query = _over_rows(on, pack, clock) if clock.rows else _query(pack, clock, source)
        on.run(f"CREATE TABLE {clock_relation(clock)} AS {query}", f"clock {clock.id}")

    engine.side_by_side([partial(run, clock) for clock in clocks])
    return [output for clock in clocks for output in clock.outputs]


def clock_inputs(pack: Pack, asset: Asset) -> set[str]:
    """The facts that the clocks of an asset read; those over rows read their rows instead."""
    read: set[str] = set()
    for clock in pack.clocks_of(asset.id):
        if not clock.rows:
            limits = [clock.limit, *([clock.extension.most] if clock.extension else [])]
            dated = (value for name in limits for value in pack.parameters[name].values)
            read |= {*clock.inputs, *(column for value in dated for column in value.columns)}
    return read


def clock_columns(pack: Pack, asset: Asset, wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """The outputs of clocks that are wanted, and the joins to subjects `s` that bring them."""
    columns, joins = [], []
    for clock in pack.clocks_of(asset.id):
        alias = sqltext.name("clock_" + clock.id)
        outputs = [output for output in clock.outputs if output in wanted]
        for output in outputs:
            part = output.removeprefix(f"{clock.id}_")
            value = f"{alias}.{sqltext.name(part)}"
            if part == "scope":
                value = f"COALESCE({value}, 'not_applicable')"
            columns.append(f"{value} AS {sqltext.name(output)}")
        if outputs:
            joins.append(f"LEFT JOIN work.{alias} ON {alias}.subject_id = s.subject_id")
    return columns, joins


def _query(pack: Pack, clock: Clock, raw: str) -> str:
    most = pack.parameters[clock.extension.most] if clock.extension else None
    return clock_query(clock, pack.parameters[clock.limit], most, raw)


def _over_rows(engine: Engine, pack: Pack, clock: Clock) -> str:
    """Make the rows of the clock and its answers to them; the query that folds the answers."""
    sql = pack.rows[clock.id]
    rows = f"work.{sqltext.name('rows_' + clock.id)}"
    answers = f"work.{sqltext.name('row_clock_' + clock.id)}"
    engine.run(f"CREATE TABLE {rows} AS {rows_query(sql.text, sql.outputs, KERNEL)}", sql.file)
    _told_apart(engine, rows, sql)
    # To the clock each row is a subject of its own.
    single = f"(SELECT * REPLACE (row_id AS subject_id) FROM {rows})"
    engine.run(f"CREATE TABLE {answers} AS {_query(pack, clock, single)}", f"clock {clock.id}")
    return fold_query(clock, answers, rows)


def _told_apart(engine: Engine, rows: str, sql: FactSql) -> None:
    """Two rows of one `row_id` would be judged as one."""
    counts = f"SELECT COUNT(*), COUNT(DISTINCT row_id) FROM {rows}"
    total, distinct = engine.rows(counts, sql.file)[0]
    if total != distinct:
        message = f"gives {total} rows with {distinct} different row_id: each row needs its own"
        raise PackError(sql.file, [Fault(sql.file, None, message)])
