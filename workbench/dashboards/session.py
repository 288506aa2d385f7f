"""One viewer: which runs there are, which is open, and the page for an address.

Everything that comes from the browser passes through `Session.page`, and nothing it says is
trusted: an address names things that exist, or it is the first view.
"""

from __future__ import annotations

import os
from pathlib import Path

from workbench.dashboards.data import RunData
from workbench.dashboards.home_runs import RunEntry, find_runs, stamp
from workbench.dashboards.state import State, ignored, parse, read_state
from workbench.dashboards.views import Page, Place, empty_page, failed_page, listed_run, render
from workbench.display import Language
from workbench.privacy import Role
from workbench.terms import WorkbenchError

MOST_OPEN = 3  # runs that one viewer keeps open
MOST_LISTED = 50


class Session:
    """The runs of a folder as one viewer sees them.

    `base` is the address of the server that shows the page; empty in a notebook.
    """

    def __init__(self, folder: Path, base: str = ""):
        self.folder, self.base = folder, base
        self._open: dict[str, RunData] = {}
        self._listed: tuple[str, list[RunEntry]] = ("", [])

    def page(self, address: str, *, first: bool = False, live: bool = True) -> Page:
        """The page for an address; never raises for anything that the address says."""
        parts = parse(address)
        entries = self._runs()
        whole = {entry.name: entry for entry in entries if entry.manifest}
        broken = [entry.name for entry in entries if not entry.manifest]
        while whole:
            name = parts["run"] if parts.get("run") in whole else next(iter(whole))
            try:
                data = self._run(name, whole[name].folder)
            except (WorkbenchError, OSError, KeyError, ValueError):
                broken.append(name)  # its parts do not fit together: the others are still good
                del whole[name]
                continue
            listed = [listed_run(e.name, e.manifest) for e in whole.values() if e.manifest]
            state = read_state(parts, name, _language(parts, data.language), data.known)
            wanted = parts.get("run", name)
            place = Place(self.base, plotly_address(self.base), listed[:MOST_LISTED], broken,
                          ignored({**parts, "run": name}, state),
                          "" if wanted == name else wanted)  # fmt: skip
            return render(data, state, place, first=first, live=live)
        place = Place(self.base, plotly_address(self.base), (), broken)
        language = _language(parts, "zh")
        return empty_page(self.folder, language, place, first=first, live=live)

    def failure(self, address: str, number: str) -> Page:
        """The page in place of a view that could not be computed; says a number, no traceback."""
        return failed_page(State(language=_language(parse(address), "zh")), number, address)

    def _runs(self) -> list[RunEntry]:
        """The runs of the folder; read again only when one has come, gone or changed."""
        seen = stamp(self.folder)
        if seen != self._listed[0] or not self._listed[1]:
            self._listed = (seen, find_runs(self.folder))
        return self._listed[1]

    def _run(self, name: str, folder: Path) -> RunData:
        found = self._open.pop(name, None) or RunData.open(folder)
        self._open[name] = found  # the one used last stands last
        while len(self._open) > MOST_OPEN:
            self._open.pop(next(iter(self._open))).close()
        return found


def _language(parts: dict[str, str], default: Language) -> Language:
    wanted = parts.get("lang")
    return wanted if wanted in ("zh", "en") else default  # type: ignore[return-value]


def plotly_address(base: str) -> str:
    """Where our server hands out plotly.js, in its version; empty where there is no server."""
    if not base:
        return ""
    from importlib.metadata import version

    return f"{base}workbench/plotly.min.js?v={version('plotly')}"


def runs_folder() -> Path:
    """Where the runs are: what `workbench serve` was given, else `out` in or above this folder."""
    if given := os.environ.get("WORKBENCH_RUNS"):
        return Path(given)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "out").is_dir():
            return folder / "out"
    return here / "out"


def viewer_role() -> Role:
    """Who looks: what `workbench serve` was told, else a supervisor at his own notebook."""
    try:
        return Role(os.environ.get("WORKBENCH_ROLE") or Role.supervisor.value)
    except ValueError:
        return Role.leadership  # a word that is no role gives no right


def files_folder() -> Path | None:
    """Where the originals are: what `workbench serve --files` was given, else nothing."""
    given = os.environ.get("WORKBENCH_FILES")
    return Path(given) if given else None


def server_base() -> str:
    """The address of our own server, or nothing: in a notebook, or under another Voila."""
    served = os.environ.get("WORKBENCH_RUNS") and os.environ.get("VOILA_BASE_URL")
    return str(os.environ["VOILA_BASE_URL"]) if served else ""
