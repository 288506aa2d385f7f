"""The clocks of an asset run over its facts, or over rows, and stand beside the facts.

Relations: `clock_<id>`, one row per subject, in step with the subjects; of a clock over rows also
`rows_<id>` (its rows) and `row_clock_<id>` (what the clock says of each; `subject_id` is the row).
"""

from __future__ import annotations

from functools import partial

from workbench import sqltext
from workbench.clocks import Clock
from workbench.engines.base import Engine
from workbench.engines.clock_sql import clock_query
from workbench.engines.rows_sql import fold_query, rows_query
from workbench.fact_sql import FactSql
from workbench.facts.columns import Columns
from workbench.facts.constants import Constants
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
            f"SELECT subject_id, evidence AS value FROM {clock_relation(clock)} "
            "WHERE evidence IS NOT NULL"
        )
        for clock in pack.clocks_of(asset.id)
        if clock.rows
    }


def run_clocks(
    engine: Engine, pack: Pack, asset: Asset, facts: Columns, constants: Constants
) -> None:
    """Run every clock of the asset over its facts or its rows, and take in what they say.

    >>> run_clocks(engine, pack, asset, columns, constants)   # doctest: +SKIP
    """
    clocks = pack.clocks_of(asset.id)

    def run(clock: Clock, on: Engine) -> None:
        if clock.rows:
            text = constants.put_into(pack.rows[clock.id].text)
            query = _over_rows(on, pack, clock, text)
        else:
            query = _over_facts(pack, clock, facts)
        relation = clock_relation(clock)
        on.run(f"CREATE TABLE {relation} AS {_of_all(facts.spine, query)}", f"clock {clock.id}")
        facts.put_in_step(relation, on)

    engine.side_by_side([partial(run, clock) for clock in clocks])


def _of_all(spine: str, query: str) -> str:
    """What a clock says of every subject; those that it does not concern, it does not apply to."""
    return (
        f"SELECT s.subject_id, s.case_id, COALESCE(k.scope, 'not_applicable') AS scope, "
        f"k.* EXCLUDE (subject_id, case_id, scope) FROM {spine} s "
        f"LEFT JOIN ({query}) k ON k.subject_id = s.subject_id"
    )


def _over_facts(pack: Pack, clock: Clock, facts: Columns) -> str:
    limits = [clock.limit, *([clock.extension.most] if clock.extension else [])]
    dated = [value for name in limits for value in pack.parameters[name].values]
    read = [*clock.inputs, *(column for value in dated for column in value.columns)]
    return _query(pack, clock, f"({facts.select(read)})")


def _query(pack: Pack, clock: Clock, raw: str) -> str:
    most = pack.parameters[clock.extension.most] if clock.extension else None
    return clock_query(clock, pack.parameters[clock.limit], most, raw)


def _over_rows(engine: Engine, pack: Pack, clock: Clock, text: str) -> str:
    """Make the rows of the clock and its answers to them; the query that folds the answers."""
    sql = pack.rows[clock.id]
    rows = f"work.{sqltext.name('rows_' + clock.id)}"
    answers = f"work.{sqltext.name('row_clock_' + clock.id)}"
    engine.run(f"CREATE TABLE {rows} AS {rows_query(text, sql.outputs, KERNEL)}", sql.file)
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
