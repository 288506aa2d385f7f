"""Case-file Workbench (案卷评查工作台): audits and evaluates enforcement case files.

The verbs live in `workbench.run` and `workbench.rounds` and are loaded when first used, so that
importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "__version__", "compare", "evaluate", "export_rounds", "inspect", "language", "lint", "load",
    "open_review", "open_round", "open_run", "retest", "sample", "template",
]  # fmt: skip
_OF_ROUNDS = ("export_rounds", "open_review", "open_round")

if TYPE_CHECKING:
    from workbench.rounds import export_rounds, open_review, open_round
    from workbench.run import (
        compare,
        evaluate,
        inspect,
        language,
        lint,
        load,
        open_run,
        retest,
        sample,
        template,
    )


def __getattr__(name: str) -> Any:
    if name in __all__:
        from importlib import import_module

        return getattr(
            import_module(f"workbench.{'rounds' if name in _OF_ROUNDS else 'run'}"), name
        )
    raise AttributeError(f"module 'workbench' has no attribute '{name}'")
