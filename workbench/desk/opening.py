"""Where the desk finds its runs, its store and the name of who sits at it."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.artefacts import MANIFEST
from workbench.dashboards.session import runs_folder, server_base
from workbench.desk.session import DeskSession
from workbench.desk.widget import DeskWidget
from workbench.review.identity import identity

STORE = "review.sqlite"


def opened(
    runs: str | Path | None = None, store: str | Path | None = None, viewer: str | None = None
) -> DeskWidget:
    """The desk; see `workbench.desk.open_desk`."""
    folder = Path(runs) if runs else runs_folder()
    where = store or os.environ.get("WORKBENCH_REVIEW") or store_beside(folder)
    return DeskWidget(DeskSession(folder, where, who(viewer), server_base()))


def store_beside(runs: Path) -> Path:
    """The store beside the runs: in their folder, or beside the one run folder that was given.

    >>> store_beside(Path("/nowhere/out")).as_posix()
    '/nowhere/out/review.sqlite'
    """
    return (runs.parent if (runs / MANIFEST).is_file() else runs) / STORE


def who(asked: str | None = None) -> str:
    """Who sits at the desk. Under a server of ours only what it says counts.

    Raises `Refused` where nobody is named.
    """
    served = bool(server_base())
    variable = os.environ.get("WORKBENCH_VIEWER_FROM")  # what a proxy sent
    if served and variable:
        return identity({"WORKBENCH_VIEWER": _text(os.environ.get(variable, ""))})
    return identity() if served or not asked else asked


def _text(header: str) -> str:
    """Headers arrive as Latin-1; names in them are UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except ValueError:
        return header
