"""A real browser, and `workbench serve` in a process of its own: for measuring and for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.terms import InputError

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOW = "on Debian and Ubuntu: apt-get install chromium fonts-noto-cjk"
# Nothing but our own server is to be talked to.
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
TOKEN = "measured-here"  # noqa: S105  # of a server on loopback that lives for a minute
START_SECONDS = 90


def find_browser() -> str | None:
    """The first browser that is there."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser with a fresh profile; InputError with what to do where there is none."""
    path = find_browser()
    if path is None:
        raise InputError(f"no browser was found ({', '.join(BROWSERS)}); {HOW}")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        how = 'pip install "case-file-workbench[browser]"'
        raise InputError(f"playwright is missing: {how}") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Served:
    """A server that answers: its process, its address (with `/` at the end), what it complains."""

    process: subprocess.Popen[str]
    address: str
    complaints: Path

    @property
    def entrance(self) -> str:
        """The address that logs in."""
        return f"{self.address}?token={TOKEN}"

    @property
    def leadership(self) -> str:
        """The leadership dashboard; a state can stand behind it, after `#`."""
        return f"{self.address}voila/render/leadership.ipynb"

    def line(self) -> str:
        """The next line that it prints; InputError if it ends or stays silent for too long."""
        assert self.process.stdout is not None
        watch = threading.Timer(START_SECONDS, self.process.kill)
        watch.start()
        try:
            text = self.process.stdout.readline()
        finally:
            watch.cancel()
        if not text:
            raise InputError(f"workbench serve ended: {self.complaints.read_text('utf-8')}")
        return text.strip()


@contextmanager
def served(command: Sequence[str]) -> Iterator[Served]:
    """The server of this command line (see `serving`), as soon as it answers."""
    with tempfile.TemporaryDirectory() as folder:
        complaints = Path(folder) / "stderr"
        with complaints.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, *command],
                stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8",
                env={**os.environ, "PYTHONUTF8": "1"},
            )  # fmt: skip
        try:
            address = Served(process, "", complaints).line().split()[-1]
            yield Served(process, address.partition("?")[0], complaints)
        finally:
            process.terminate()
            process.communicate()


def serving(runs: Path, *options: str) -> list[str]:
    """The command line of `workbench serve` on a free port."""
    return ["-m", "workbench.cli", "serve", str(runs), "--port", "0", "--token", TOKEN,
            "--no-browser", *options]  # fmt: skip
