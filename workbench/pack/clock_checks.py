"""What a clock needs of the rest of its pack: facts or rows, a limit that is a time, tables."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.clocks import EXCLUSION_COLUMNS, EXTENSION_COLUMNS, Clock
from workbench.pack.model import KERNEL, Pack
from workbench.parameters import Parameter
from workbench.sources import Place, Source
from workbench.terms import Fault, did_you_mean


def check_clock(pack: Pack, clock: Clock, source: Source) -> Iterator[Fault]:
    """Every fault of one clock; `source` is the file it stands in.

    >>> list(check_clock(pack, clock, source))   # doctest: +SKIP
    [Fault(file='clocks/x.yaml', line=3, message="no parameter 'reply_days'", hint='')]
    """
    place: Place = ("clocks", clock.id)
    yield from _inputs(pack, clock, source)
    limit = pack.parameters.get(clock.limit)
    if limit is None:
        hint = did_you_mean(clock.limit, pack.parameters)
        yield source.fault(place, f"no parameter '{clock.limit}'", hint)
        return
    if (clock.mode == "on_date") != (limit.unit == "month_day"):
        yield source.fault(place, f"mode {clock.mode} does not go with unit {limit.unit}")
    if clock.next_year and clock.mode != "on_date":
        yield source.fault(place, "next_year goes with mode on_date")
    if limit.unit not in ("wd", "cd", "hours", "months", "years", "month_day"):
        yield source.fault(place, f"'{clock.limit}' counts {limit.unit}, which is no time")
    rolls = clock.roll and limit.unit != "hours"
    if pack.calendar is None and (limit.unit == "wd" or rolls):
        yield source.fault(place, "working days and rolling need a calendar.csv")
    if limit.unit == "hours":
        for fact in (clock.start, clock.stop):
            if not fact.endswith("_at"):
                message = f"a clock in hours runs between times (*_at): '{fact}' is none"
                yield source.fault(place, message)
    yield from _row_conditions(pack, clock, limit)
    yield from _allowances(pack, clock, source, limit.unit)


def _inputs(pack: Pack, clock: Clock, source: Source) -> Iterator[Fault]:
    """What a clock names is a fact; of a clock over rows, a column of its rows."""
    if clock.rows:
        sql = pack.rows.get(clock.id)
        for column in clock.inputs if sql else ():
            assert sql is not None
            if column not in sql.outputs and column not in KERNEL:
                hint = did_you_mean(column, sql.outputs)
                yield Fault(sql.file, 1, f"the clock '{clock.id}' needs a column '{column}'", hint)
        return
    known = [n for n in pack.fact_names(clock.asset) if n not in clock.outputs]
    for fact in clock.inputs:
        if fact not in known:
            hint = did_you_mean(fact, known)
            message = f"clock '{clock.id}': '{fact}' is no fact"
            yield source.fault(("clocks", clock.id), message, hint)


def _row_conditions(pack: Pack, clock: Clock, limit: Parameter) -> Iterator[Fault]:
    """The values of a limit that hold for some records only must be able to tell them."""
    sql = pack.rows.get(clock.id)
    if sql is None:
        return
    most = pack.parameters.get(clock.extension.most) if clock.extension else None
    for parameter in filter(None, (limit, most)):
        for column in dict.fromkeys(c for value in parameter.values for c in value.columns):
            if column not in sql.outputs and column not in KERNEL:
                message = f"'{parameter.name}' depends on '{column}', which the rows do not give"
                yield Fault(sql.file, 1, message)


def _allowances(pack: Pack, clock: Clock, source: Source, unit: str) -> Iterator[Fault]:
    place: Place = ("clocks", clock.id)
    for part, columns in (
        (clock.extension, EXTENSION_COLUMNS),
        (clock.exclusion, EXCLUSION_COLUMNS),
    ):
        if part is None:
            continue
        if unit not in ("wd", "cd"):
            yield source.fault(place, f"extensions and exclusions go with days, not with {unit}")
        for column in (*columns, *filter(None, [part.told])):
            if pack.schema.column(part.table, column) is None:
                yield source.fault(place, f"'{part.table}' has no column '{column}'")
    if clock.extension:
        approver = pack.schema.column(clock.extension.table, "approver_role")
        for role in clock.extension.roles:
            if approver is not None and role not in approver.codes:
                hint = did_you_mean(role, approver.codes)
                yield source.fault(place, f"'{role}' is no approver_role", hint)
    if clock.extension and clock.extension.most not in pack.parameters:
        yield source.fault(place, f"no parameter '{clock.extension.most}'")
