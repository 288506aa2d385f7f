"""The relations of bottlenecks, made in the engine of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from workbench.bottlenecks.flows import flows_query, violations_query
from workbench.bottlenecks.limits import at_risk_query, followed_clocks, runs_query, times_query
from workbench.bottlenecks.lost import lost_query
from workbench.bottlenecks.steps import cases_query, steps_query
from workbench.engines.base import Engine
from workbench.pack import Pack

# The relations, each with what tells its rows apart: their order in a saved run.
ORDERS = {
    "stage_times": "clock, kind, unit_id",
    "lost_days": "clock, kind, unit_id, from_step, to_step",
    "flows": "kind, from_step, to_step",
    "order_violations": "rule, kind, unit_id",
    "at_risk": "clock, subject_id",
}
RELATIONS = tuple(ORDERS)


def put_bottlenecks(
    engine: Engine, pack: Pack, as_of: date, classes: Mapping[str, Mapping[str, str]]
) -> None:
    """Make `stage_times`, `lost_days`, `flows`, `order_violations` and `at_risk`.

    Reads the clocks and subjects of the run in the schema `work`. `classes` are the facts that
    are not of class none (`fact_classes`): a clock made of such days is left out, since
    everybody reads these tables. Days after `as_of` have not happened.

    >>> put_bottlenecks(engine, pack, as_of, fact_classes(pack))           # doctest: +SKIP
    >>> engine.rows("SELECT clock, late FROM work.stage_times", "late")    # doctest: +SKIP
    """
    clocks = followed_clocks(pack, classes)

    def table(on: Engine, name: str, query: str) -> None:
        on.run(f"CREATE OR REPLACE TABLE work.{name} AS {query}", name)

    table(engine, "clock_runs", runs_query(engine, pack, clocks))
    table(engine, "flow_cases", cases_query(pack))
    table(engine, "flow_steps", steps_query(engine, pack, as_of))
    queries = {
        "lost_days": lost_query(pack, clocks),
        "order_violations": violations_query(engine, pack),
        "flows": flows_query(pack),
        "stage_times": times_query(pack),
        "at_risk": at_risk_query(pack),
    }

    engine.side_by_side([partial(table, name=name, query=query) for name, query in queries.items()])
