"""What a pack says about weak links: how grave a failure is, and which checks have a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.sources import Source, unknown_entries
from workbench.terms import Fault, Grade

# Ours, where a pack says nothing: a failure that may bar a case weighs as much as eight remarks.
SEVERITY: Mapping[str, float] = {"veto": 4.0, "major": 3.0, "minor": 1.0, "advisory": 0.5}


@dataclass(frozen=True)
class SignalRules:
    """`severity`: the weight of a failure by grade. `targets`: check -> the failure rate that is
    put up with; a check without one is compared with the rest of the bureau.

    >>> SignalRules().severity["veto"]
    4.0
    """

    severity: Mapping[str, float] = field(default_factory=lambda: dict(SEVERITY))
    targets: Mapping[str, float] = field(default_factory=dict)


def parse_signals(source: Source, over: SignalRules | None = None) -> tuple[
    SignalRules, list[Fault]
]:  # fmt: skip
    """The `signals` entry of a pack or of a bureau's profile, laid over `over`."""
    rules, content = over or SignalRules(), source.content.get("signals") or {}
    shape = _shape(source, content)
    if shape:
        return rules, shape
    faults = list(unknown_entries(source, ("signals",), content, {"severity", "targets"}))
    for part, fits, wanted in (
        ("severity", _weight, "a number from 0 up"), ("targets", _rate, "a rate between 0 and 1"),
    ):  # fmt: skip
        given = content.get(part) or {}
        if part == "severity":
            faults += unknown_entries(source, ("signals", part), given, {g.value for g in Grade})
        for name, value in given.items():
            if not fits(value):
                message = f"'{name}' is {value!r}; expected {wanted}"
                faults.append(source.fault(("signals", part, name), message))
        right = {str(n): float(v) for n, v in given.items() if fits(v)}
        rules = replace(rules, **{part: {**getattr(rules, part), **right}})
    return rules, faults


def unknown_targets(source: Source, checks: set[str]) -> list[Fault]:
    """Targets for checks that the pack does not have."""
    content = source.content.get("signals") or {}
    if _shape(source, content):
        return []
    given = content.get("targets") or {}
    return list(unknown_entries(source, ("signals", "targets"), given, checks))


def own_signals(profile: Source) -> dict[str, object]:
    """What a profile sets, flat, as the run records it.

    >>> own_signals(Source("own.yaml", {"signals": {"targets": {"closing": 0.02}}}))
    {'signals.targets.closing': 0.02}
    """
    given = profile.content.get("signals") or {}
    if _shape(profile, given):
        return {}  # told as a fault
    return {f"signals.{part}.{name}": value
            for part, its in given.items() for name, value in (its or {}).items()}  # fmt: skip


def _shape(source: Source, content: Any) -> list[Fault]:
    """`signals` and its two parts are entries with names; what is written otherwise."""
    if not isinstance(content, Mapping):
        return [source.fault(("signals",), "'signals' holds 'targets' and 'severity'")]
    return [
        source.fault(("signals", part), f"'{part}' is {its!r}; expected names and numbers")
        for part in ("severity", "targets")
        if (its := content.get(part)) and not isinstance(its, Mapping)
    ]


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _weight(value: Any) -> bool:
    return _number(value) and value >= 0


def _rate(value: Any) -> bool:
    return _number(value) and 0 < value < 1
