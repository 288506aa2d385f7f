"""What goes wrong is a sentence: a broken notebook, a broken run, a server that is gone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ROOT, viewer
from tests.browser.desk import Desk
from tests.browser.witness import Witness
from workbench.benchmark.browser import TOKEN, Served, served

pytestmark = pytest.mark.browser
SERVE = """
import sys
from pathlib import Path
from workbench.dashboards.server import serve
serve(Path(sys.argv[1]), port=0, token=sys.argv[3], open_browser=False, preheat=False,
      notebooks=Path(sys.argv[2]))
"""

# Every line to the server, so that a test can cut it.
LINES = """
window.wbLines = [];
window.WebSocket = class extends WebSocket {
  constructor(...how) { super(...how); window.wbLines.push(this); }
};
"""


@pytest.fixture
def fragile(sample_folder: Path, tmp_path: Path) -> Iterator[Served]:
    """A server of its own, on a run that may be broken, with a notebook that raises."""
    shutil.copytree(sample_folder, tmp_path / "runs" / sample_folder.name)
    doors = tmp_path / "doors"
    shutil.copytree(ROOT / "notebooks" / "dashboards", doors)
    notebook = json.loads((doors / "leadership.ipynb").read_text("utf-8"))
    notebook["cells"][-1]["source"] = ["secret_name = 42\n", "raise RuntimeError(secret_name)"]
    (doors / "broken.ipynb").write_text(json.dumps(notebook), "utf-8")
    with served(["-c", SERVE, str(tmp_path / "runs"), str(doors), TOKEN]) as started:
        yield started


def test_three_ways_to_fail(browser: Any, fragile: Served, tmp_path: Path, hrss: Witness) -> None:
    with viewer(browser, fragile) as context:
        a_cell_raises(context, fragile)
        with Desk.opened(context, fragile, run=hrss.run_id, lang="zh", open="archive") as desk:
            a_file_is_broken(desk, tmp_path / "runs" / hrss.run_id / "findings.parquet")
            the_server_is_gone(desk)
            assert desk.problems == []
    assert TOKEN not in fragile.complaints.read_text("utf-8")


def test_a_line_that_was_cut_is_taken_up_again(browser: Any, server: Served, hrss: Witness) -> None:
    with viewer(browser, server) as context:
        context.add_init_script(LINES)
        with Desk.opened(context, server, run=hrss.run_id, lang="zh") as desk:
            desk.page.evaluate("window.wbLines.at(-1).close()")
            desk.choose("organ", "9902")
            assert desk.state["organ"] == "9902"
            assert desk.page.evaluate("window.wbLines.length") == 2
            assert not desk.page.locator(".wb-lost").is_visible()
            assert desk.problems == []


def a_cell_raises(context: Any, server: Served) -> None:
    """Voila answers 200 all the same; the page shows our panel, and no line of code."""
    page = context.new_page()
    answer = page.goto(server.leadership.replace("leadership", "broken"))
    assert answer.status == 200
    page.wait_for_selector("[data-wb-error]")
    assert page.locator("[data-wb-error] h1").all_inner_texts() == [
        "本页计算失败，未能显示", "This page could not be computed"]  # fmt: skip
    assert not page.locator("#wb-skeleton").is_visible()
    content = page.content()
    for trace in ("Traceback", "RuntimeError", "secret_name", "ipython-input"):
        assert trace not in content
    page.locator("[data-wb-error] a").first.click()
    page.wait_for_selector("section.newest")
    page.close()


def a_file_is_broken(desk: Desk, path: Path) -> None:
    """A view that cannot be computed shows a sentence and a number; the others go on."""
    assert desk.page.locator(".wb-figures").is_visible()
    path.write_bytes(b"PAR1 no longer a table" * 99)
    desk.click('.wb-heatmap a[data-check="archive-required-docs"][data-unit="9903-J"]')
    panel = desk.text("[data-wb-error]")
    assert "本页计算失败" in panel
    number = desk.text("[data-wb-error] b")
    assert len(number) == 6
    assert "Traceback" not in desk.page.content()
    assert "findings.parquet" not in desk.page.content()
    assert number in desk.server.complaints.read_text("utf-8")
    desk.click("[data-wb-error] + p a")
    assert desk.page.locator(".wb-figures").is_visible()
    desk.choose("organ", "9902")
    assert desk.page.locator(".wb-heatmap").is_visible()


def the_server_is_gone(desk: Desk) -> None:
    """The figures stay, and a banner says that filters no longer work."""
    cases = desk.text(".wb-n-cases .wb-value")
    desk.page.clock.install()
    desk.server.process.kill()
    desk.server.process.wait()
    assert not desk.page.locator(".wb-lost").is_visible()
    desk.page.select_option("#wb-filter-kind", "penalty")
    desk.page.clock.fast_forward(16_000)
    desk.page.wait_for_selector(".wb-lost:visible")
    assert "连接已中断" in desk.text(".wb-lost")
    assert desk.text(".wb-n-cases .wb-value") == cases
