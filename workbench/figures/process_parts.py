"""What a process map is made of: steps, lines between them, rules of order that were not kept."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.figures.cells import Titles


@dataclass(frozen=True)
class Step:
    """A step of the process; `stage` is its column."""

    id: str
    titles: Titles
    stage: str
    begins: int  # cases whose first step it is
    ends: int  # cases whose last recorded step it is


@dataclass(frozen=True)
class Line:
    """What followed what: in how many cases, how often, after how many working days."""

    start: str
    end: str
    cases: int
    times: int
    p50: float | None
    p90: float | None
    late_cases: int


@dataclass(frozen=True)
class Violation:
    """A rule of order that was not kept: `start` happened before `end`, which should come first."""

    rule: str
    titles: Titles
    start: str
    end: str
    cases: int


@dataclass(frozen=True)
class ProcessData:
    """The steps that are drawn in their order, the lines between them, and what share of all
    transitions these are. `least` is the share of the cases that a line must have."""

    stages: tuple[tuple[str, Titles], ...]
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    violations: tuple[Violation, ...]
    cases: int
    least: float
    covered: float
    kind: Titles
    days: str
