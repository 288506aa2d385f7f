"""The leadership dashboard: what `notebooks/dashboards/leadership.ipynb` shows."""

from __future__ import annotations

from pathlib import Path

from workbench.dashboards.session import Session, runs_folder, server_base
from workbench.dashboards.widget import Dashboard


def open_dashboard(runs: str | Path | None = None) -> Dashboard:
    """The dashboard on a run folder or a folder of runs (default: what is served, else `out`).

    >>> open_dashboard("out")   # doctest: +SKIP
    """
    folder = Path(runs) if runs else runs_folder()
    return Dashboard(Session(folder, server_base()))
