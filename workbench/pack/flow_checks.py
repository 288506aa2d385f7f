"""A flow within its pack: the kinds of cases and the clocks that it names, and what people read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.pack.model import Pack
from workbench.sources import Source
from workbench.terms import Fault, did_you_mean


def check_flow(pack: Pack, source: Source) -> Iterator[Fault]:
    """Every fault between `flow.yaml` (`source`) and the rest of the pack.

    >>> list(check_flow(pack, source))   # doctest: +SKIP
    [Fault(file='flow.yaml', line=41, message="no clock 'posted'", hint="did you mean 'posting'?")]
    """
    asset = next((a for a in pack.assets.values() if a.table == "cases"), None)
    column = pack.schema.column("cases", asset.kind) if asset and asset.kind else None
    kinds = column.codes if column else {}
    for rule in pack.flow.order:
        for kind in rule.kinds:
            if kind not in kinds:
                hint = did_you_mean(kind, kinds)
                message = f"rule '{rule.id}': no kind '{kind}' of cases"
                yield source.fault(("order", rule.id, "kinds"), message, hint)
    for name in pack.flow.clocks:
        if name not in pack.clocks:
            hint = did_you_mean(name, pack.clocks)
            yield source.fault(("clocks", name), f"no clock '{name}'", hint)


def describe_flow(pack: Pack) -> dict[str, Any]:
    """The flow as plain data, for `checks.json`.

    `days` is the unit of the times between steps: working days, or calendar days in a pack
    without a calendar. Of each clock: the steps that bound it ("" where the pack names none), and
    the checks that look at it.
    """
    flow = pack.flow
    return {
        "derived": flow.derived,
        "days": "wd" if pack.calendar else "cd",
        "at_risk": flow.at_risk,
        "stages": [{"id": name, "title": dict(title)} for name, title in flow.stages.items()],
        "steps": [{"id": s.id, "stage": s.stage, "title": dict(s.title)} for s in flow.steps],
        "order": [
            {"id": rule.id, "before": rule.before, "after": rule.after, "kinds": list(rule.kinds),
             "every": rule.every, "clause": rule.clause, "title": dict(rule.title)}
            for rule in flow.order
        ],
        "clocks": {
            clock.id: {
                "from": flow.clocks.get(clock.id, ("", ""))[0],
                "to": flow.clocks.get(clock.id, ("", ""))[1],
                "checks": [c.id for c in pack.checks_of(clock.asset)
                           if set(c.columns) & set(clock.outputs)],
            }
            for clock in pack.clocks.values()
        },
    }  # fmt: skip
