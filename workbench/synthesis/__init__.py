"""The seeded generator of case files with planted defects.

Its truth comes from its defects alone: it reads no facts, suites or clocks, so that they can
be judged by what it plants. What it makes is invented, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["SynthesisReport", "synthesize"]

if TYPE_CHECKING:
    from workbench.synthesis.generate import SynthesisReport, synthesize


def __getattr__(name: str) -> Any:
    if name in __all__:
        from workbench.synthesis import generate

        return getattr(generate, name)
    raise AttributeError(f"module 'workbench.synthesis' has no attribute '{name}'")
