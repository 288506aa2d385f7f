"""A real browser in front of the real server, on runs of both samples.

Without a browser these tests are skipped, and say how to get one; on CI `test_browser_there.py`
fails instead. Nothing here waits for a time: only for what must be there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

import workbench
from tests.browser.desk import LISTEN, Desk
from tests.browser.witness import Witness
from workbench.benchmark.browser import HOW, Served, chromium, find_browser, served, serving

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
_playing = ExitStack()  # the browser: as long as tests of this folder run
_kept: dict[str, Any] = {}


@pytest.fixture
def browser() -> Any:
    """Chromium, started by the first test that needs it."""
    if find_browser() is None:
        pytest.skip(f"these tests need a browser; {HOW}")
    if "browser" not in _kept:
        _kept["browser"] = _playing.enter_context(chromium())
    return _kept["browser"]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close the browser behind the last test here: its event loop must not run in other tests."""
    if nextitem is None or HERE not in nextitem.path.parents:
        _playing.close()
        _kept.clear()


@pytest.fixture(scope="session")
def runs(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each sample."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(sample_folder, folder / sample_folder.name)
    letters = workbench.load(ROOT / "sample_data" / "us_fda", pack="us_fda")
    workbench.evaluate(letters).save(folder)
    return folder


@pytest.fixture(scope="session")
def hrss(runs: Path) -> Witness:
    """What pandas counts in the run of the invented bureau."""
    return Witness(next(runs.glob("hrss-*")))


@pytest.fixture(scope="session")
def us_fda(runs: Path) -> Witness:
    """What pandas counts in the run of the letters."""
    return Witness(next(runs.glob("us_fda-*")))


@pytest.fixture(scope="session")
def server(runs: Path) -> Iterator[Served]:
    """`workbench serve` on both runs."""
    with served(serving(runs)) as started:
        yield started


@pytest.fixture
def desk(browser: Any, server: Served) -> Iterator[Desk]:
    """One open dashboard for all tests; each goes where it needs to be."""
    if "desk" not in _kept:
        context = _playing.enter_context(viewer(browser, server))
        _kept["desk"] = _playing.enter_context(Desk.opened(context, server))
    kept: Desk = _kept["desk"]
    kept.problems.clear()
    yield kept
    assert kept.problems == []  # errors of scripts, tracebacks


@contextmanager
def viewer(browser: Any, server: Served) -> Iterator[Any]:
    """Someone logged in, in a Chinese browser that can reach nothing but our server."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)  # of a machine that has other work to do
    context.add_init_script(LISTEN)
    context.route(
        lambda url: not url.startswith((server.address, "blob:", "data:")),
        lambda route: route.abort(),
    )
    context.request.get(server.entrance)
    yield context
    context.close()
