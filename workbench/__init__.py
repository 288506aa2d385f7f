"""Case-file Workbench (案卷评查工作台): audits and evaluates enforcement case files.

The verbs live in `workbench.run` and are loaded when first used, so that importing the
package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "__version__", "compare", "evaluate", "inspect", "language", "lint", "load", "open_run",
    "retest", "sample", "template",
]  # fmt: skip

if TYPE_CHECKING:
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
        from workbench import run

        return getattr(run, name)
    raise AttributeError(f"module 'workbench' has no attribute '{name}'")
