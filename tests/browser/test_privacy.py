"""Nothing personal reaches the browser of leadership, and nothing leaves the machine.

Every byte that the server sent on a long walk is searched, not only what is shown.
"""

from __future__ import annotations

import io
import re
import zipfile
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
import yaml
from playwright.sync_api import Error

from tests.browser.conftest import viewer
from tests.browser.desk import Desk
from tests.browser.witness import Witness
from workbench.benchmark.browser import Served

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent.parent
SHORTEST = 3  # letters: shorter values stand in any text


class Recorder:
    """Keeps every body and every frame that a browser context receives, and every address."""

    def __init__(self, context: Any):
        self.addresses: list[str] = []
        self.received: dict[bytes | str, str] = {}
        self.lost: set[str] = set()
        context.on("request", lambda request: self.addresses.append(request.url))
        context.on("page", lambda page: page.on("websocket", self.socket))
        context.on("requestfinished", self.answer)

    def answer(self, request: Any) -> None:
        """Keep an answer, unpacked, and its headers. (To fetch it in the browser's place would
        make it a page of no address, which Chromium lets talk to no server on loopback.)
        """
        response = request.response()
        self.keep(repr(response.headers), request.url)
        if not 300 <= response.status < 400:
            try:
                self.keep(response.body(), request.url)
            except Error:  # the page was left before the body could be asked for
                self.lost.add(request.url)

    def visit(self, page: Any, url: str) -> None:
        """A page without scripts."""
        self.keep(page.goto(url).body(), url)
        self.lost.discard(url)

    def socket(self, socket: Any) -> None:
        self.addresses.append(socket.url)
        socket.on("framereceived", lambda frame: self.keep(frame, "a frame"))

    def keep(self, body: bytes | str, source: str) -> None:
        self.received.setdefault(body, source)

    @cached_property
    def texts(self) -> dict[str, str]:
        """Every text and where it came from; the same text may be written in several ways."""
        found: dict[str, str] = {}
        for body, source in self.received.items():
            text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
            plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
            for each in {text, plain, unescape(plain)}:
                found.setdefault(each, source)
        return found

    def find(self, values: set[str]) -> set[tuple[str, str]]:
        """Which values occur in which source; only where its first and its last letters do."""
        found = set()
        listed = sorted(values)
        ends = [
            np.concatenate([triples(value[part]) for value in listed])
            for part in (slice(SHORTEST), slice(-SHORTEST, None))
        ]
        for text, source in self.texts.items():
            there = triples(text)
            possible = np.flatnonzero(np.isin(ends[0], there) & np.isin(ends[1], there))
            found |= {(listed[at], source) for at in possible if listed[at] in text}
        return found


def triples(text: str) -> np.ndarray:
    """Every three letters in a row, as one number each."""
    letters = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    return (letters[:-2] << 42) | (letters[1:-1] << 21) | letters[2:]


def values(of_class: bool) -> set[str]:
    """The values in the sample's files of all columns that are, or are not, of some class."""
    schema = yaml.safe_load((ROOT / "expectations" / "hrss" / "schema.yaml").read_text("utf-8"))
    found: set[str] = set()
    for table, about in schema["tables"].items():
        path = ROOT / "sample_data" / "hrss" / f"{table}.csv"
        if path.exists():
            frame = pd.read_csv(path, dtype=str)
            for column in frame.columns:
                kind = about["columns"].get(column, {}).get("class", "none")
                if (kind != "none") == of_class:
                    found |= set(frame[column].dropna())
    return found


@pytest.fixture
def walk(browser: Any, server: Served, hrss: Witness, us_fda: Witness) -> Recorder:
    """Everything that is sent to somebody who looks at everything."""
    with viewer(browser, server) as context:
        recorder = Recorder(context)
        home = context.new_page()
        recorder.visit(home, server.address + "?lang=zh")
        recorder.visit(home, server.address + "?lang=en")
        recorder.visit(home, f"{server.address}runs/{hrss.run_id}/report.html")
        home.close()
        workbook = context.request.get(f"{server.address}runs/{hrss.run_id}/evaluation.xlsx")
        with zipfile.ZipFile(io.BytesIO(workbook.body())) as packed:
            for name in packed.namelist():
                recorder.keep(packed.read(name), name)
        with Desk.opened(context, server) as desk:
            look_at_everything(desk, hrss)
            desk.go(run=us_fda.run_id, lang="zh")
        recorder.keep(server.complaints.read_text("utf-8"), "stderr of the server")
    return recorder


def look_at_everything(desk: Desk, hrss: Witness) -> None:
    """All kinds of views, all checks, the cases in which most failed, and some more."""
    for language in ("zh", "en"):
        desk.go(run=hrss.run_id, lang=language)
        for due in ("soon", "overdue", "open"):
            desk.go(run=hrss.run_id, lang=language, page="deadlines", due=due)
    for check in hrss.about["checks"]:
        for outcome in ("failed", "passed"):
            desk.go(run=hrss.run_id, lang="zh", page="check", check=check, outcome=outcome)
    found = hrss.findings.dropna(subset="case_id")
    cases = [*found.case_id.value_counts().index[:8], *found.case_id.sample(8, random_state=1)]
    for case in cases:
        desk.go(run=hrss.run_id, lang="zh", page="case", subject=case)


def test_nothing_personal_and_nothing_elsewhere(
    walk: Recorder, server: Served, hrss: Witness
) -> None:
    everything, searched = values(True), {v for v in values(True) if len(v) >= SHORTEST}
    searched -= values(False)
    assert len(searched) > 3000
    assert len(searched) > 0.9 * len(everything)
    assert walk.lost == set()
    assert walk.find(searched) == set()

    # The search finds what is there: a case in frames and in the workbook, a name of a unit.
    worst = hrss.findings.dropna(subset="case_id").case_id.value_counts().index[0]
    sources = {source for _, source in walk.find({worst, hrss.names["9903-J"]})}
    assert {"a frame", "xl/sharedStrings.xml"} <= sources
    assert any("report.html" in source for source in sources)
    assert any("leadership.ipynb" in source for source in sources | {
        source for _, source in walk.find({"Center for Tobacco Products"})})  # fmt: skip
    assert sum(map(len, walk.texts)) > 5_000_000

    hosts = {urlsplit(url).hostname for url in walk.addresses
             if not url.startswith(("blob:", "data:"))}  # fmt: skip
    assert hosts == {"127.0.0.1"}
    assert any(url.startswith("ws://127.0.0.1") for url in walk.addresses)
    assert not any("token=" in url for url in walk.addresses)
    assert server.entrance.partition("token=")[2] not in "".join(walk.texts)
