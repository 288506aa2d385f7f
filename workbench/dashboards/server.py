"""`workbench serve`: the home page and the dashboards, on this machine, behind a token.

Only what is needed before the first line; Voila is loaded when it is known that it will serve.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.privacy import Role
from workbench.shared_files import shared_folder
from workbench.terms import InputError, UsageError

PORT = 8866
SHORTEST_TOKEN = 8


def serve(
    runs: Path,
    *,
    port: int = PORT,
    token: str | None = None,
    open_browser: bool = True,
    preheat: bool = True,
    notebooks: Path | None = None,
    review: str | None = None,
    viewer: str | None = None,
    trust_header: str | None = None,
    role: str = Role.supervisor.value,
    files: Path | None = None,
) -> None:
    """Serve the runs in a folder (or one run folder) until SIGINT or SIGTERM.

    Prints one line with the address, token included, as soon as requests are answered. `port` 0
    takes any free one; `notebooks` is another folder of dashboards than the shipped one.

    `review` is the store of the review desk (default: `review.sqlite` beside the runs). Who sits at
    it: `viewer`, else whoever the environment or the system names; or, behind a proxy, the person
    in the header `trust_header`. `role` is who comes in with the token: `leadership` is
    shown no original of any case. `files` is the folder of the originals, if it is not the source
    folder of each run.
    """
    if files and not files.is_dir():
        raise InputError(f"--files {files}: there is no such folder")
    rights = Role(role)
    secret = new_token(token)
    folder = notebooks or shared_folder("notebooks") / "dashboards"
    if not folder.is_dir():
        raise InputError(f"no dashboards in {folder}: the installation is not whole")
    # Kernels inherit the environment of the server; the token is none of their business.
    os.environ["WORKBENCH_RUNS"] = str(runs.resolve())
    os.environ.pop("WORKBENCH_TOKEN", None)
    os.environ["WORKBENCH_ROLE"] = rights.value
    os.environ["WORKBENCH_FILES"] = str(files.resolve()) if files else ""
    if review:
        os.environ["WORKBENCH_REVIEW"] = review
    with _without("rfc3987_syntax"):
        from workbench.dashboards.server_app import run_server
        from workbench.dashboards.server_viewer import name_viewer
    name_viewer(viewer, trust_header)
    run_server(runs, folder, port, secret, open_browser, preheat, trust_header or "",
               rights, files)  # fmt: skip


def new_token(given: str | None) -> str:
    """The token that was given, or one that nobody can guess. There is no serving without one.

    >>> new_token("a long one"), len(new_token(None))
    ('a long one', 32)
    """
    if given is not None and len(given) < SHORTEST_TOKEN:
        raise UsageError(
            f"a token has {SHORTEST_TOKEN} characters or more; leave it out and a new one is made"
        )
    return given or secrets.token_urlsafe(24)


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Import something as if `module`, which it can do without, were not installed.

    jsonschema loads rfc3987_syntax to check addresses of a kind that nobody here writes, and that
    compiles a grammar for two seconds, at each start.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
