"""A server of `workbench serve` in a process of its own, for tests: started, asked, stopped.

Nothing sleeps: a server is ready when it prints its line, and gone when its process has ended.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import duckdb
import nbformat
import psutil

from workbench.artefacts import LAYOUT

TOKEN = "a-token-of-the-tests"
SERVE = """
import json, sys
from pathlib import Path
from workbench.dashboards.server import serve
given = json.loads(sys.argv[1])
if given["most"]:
    from workbench.dashboards import server_kernels
    server_kernels.MOST_KERNELS = given["most"]
if given["large"]:
    from workbench.originals import volume
    volume.LARGE = given["large"]
serve(Path(given["runs"]), port=given["port"], token=given["token"], open_browser=False,
      preheat=given["preheat"], notebooks=Path(given["notebooks"]),
      role=given["role"], files=Path(given["files"]) if given["files"] else None,
      trust_header=given["trust_header"])
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass(frozen=True)
class Running:
    """A server that is up."""

    process: subprocess.Popen[str]
    port: int
    line: str

    def get(
        self, path: str, token: str | None = TOKEN, method: str = "GET", body: str | None = None,
        **headers: str,
    ) -> Answer:  # fmt: skip
        """One request, nothing followed and nothing made nicer on the way."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            given["Authorization"] = f"token {token}"
        try:
            connection.request(method, path, body, given)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def version(self) -> str:
        """The part of the addresses of Voila's scripts that tells their version."""
        page = self.get("/voila/render/shows_nothing.ipynb").text
        found = re.search(r'"fullStaticUrl": "/voila/static/(\w+)"', page)
        assert found
        return found[1]


@contextmanager
def serving(
    runs: Path, notebooks: Path, preheat: bool = False, port: int = 0, most: int | None = None,
    role: str = "supervisor", files: Path | None = None, large: int | None = None,
    trust_header: str | None = None,
) -> Iterator[Running]:  # fmt: skip
    """A server from its first line until it was told to stop; then nothing of it is left."""
    given = {"runs": str(runs), "notebooks": str(notebooks), "preheat": preheat, "port": port,
             "token": TOKEN, "most": most, "role": role,
             "files": str(files) if files else "", "large": large,
             "trust_header": trust_header}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, json.dumps(given)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    )  # fmt: skip
    yield from until_stopped(process)


def until_stopped(process: subprocess.Popen[str]) -> Iterator[Running]:
    assert process.stdout
    line = process.stdout.readline()
    try:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=", line)
        assert found, f"the server did not start: {line!r}"
        yield Running(process, int(found[1]), line)
        kernels = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not psutil.wait_procs(kernels, 10)[1], "kernels outlived the server"
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def make_run(out: Path, name: str, **changes: object) -> Path:
    """A run folder with no more in it than the home page and the handlers look at."""
    folder = out / name
    folder.mkdir(parents=True)
    manifest = {
        "run_id": name, "as_of": "2026-06-30", "period": ["2025-07-01", "2026-06-30"],
        "layout": LAYOUT, "assets": {"cases": 1234}, "case_asset": "cases", "untested": {},
        "pack": {"id": "p", "language": "zh", "title": {"zh": "甲规则包", "en": "Pack A"}},
        "made": {"at": "2026-07-01T10:20:00+08:00"},
        "artefacts": [{"path": "findings.parquet", "rows": 56, "sha256": ""}],
    } | changes  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    systems = [{"id": "s", "title": {"zh": "某项制度", "en": "One system"}, "headline": "c"}]
    (folder / "checks.json").write_text(json.dumps({"systems": systems}), "utf-8")
    duckdb.execute(
        "COPY (SELECT 'c' AS check_id, 52 AS passed, 2 AS failed, 3 AS cannot_tell, "
        f"1 AS not_yet_due) TO '{folder / 'tallies.parquet'}' (FORMAT parquet)"
    )
    (folder / "timelines.parquet").write_bytes(b"")
    (folder / "report.html").write_text("<h1>report</h1>", "utf-8")
    return folder


def write_notebooks(folder: Path, sources: Mapping[str, str]) -> Path:
    """One notebook of one cell for each source."""
    folder.mkdir(exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, source in sources.items():
        cells = [nbformat.v4.new_code_cell(source)]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder
