"""How long people wait for the dashboards: in a real browser, in front of the real server."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.benchmark.browser import (
    HOW,
    TOKEN,
    Served,
    chromium,
    find_browser,
    served,
    serving,
)
from workbench.terms import InputError

LOADS = 5  # of a warm page; the median counts
COLD_LOADS = 3
ROUNDS = 12  # each changes every filter once, in every view
PATIENCE_MS = 120_000
# When what was first there: seconds since the navigation started.
WATCH = """
window.wbTimes = {};
const watch = () => {
  const times = window.wbTimes, now = performance.now() / 1000;
  const first = document.querySelector(".wb-figures .wb-value, .wb-empty");
  const page = document.querySelector(".wb-page");
  if (first && first.getClientRects().length) times.first_content ??= now;
  if (page && !page.classList.contains("wb-waiting")) times.connected ??= now;
  const figures = [...document.querySelectorAll(".wb-figure")];
  if (times.connected && figures.length && figures.every((f) => f.querySelector("svg, .wb-none")))
    times.figures_drawn ??= now;
  if (Object.keys(times).length < 3) requestAnimationFrame(watch);
};
watch();
"""
# From the event to the second frame after the answer: by then it is painted, figures included.
CHANGE = """([name, value]) => new Promise((done) => {
  const select = document.getElementById(`wb-filter-${name}`);
  select.value = value;
  const began = performance.now();
  document.addEventListener("wb-shown", () => requestAnimationFrame(() =>
    requestAnimationFrame(() => done(performance.now() - began))), { once: true });
  select.dispatchEvent(new Event("change", { bubbles: true }));
})"""
FOLLOW = """(path) => new Promise((done) => {
  const link = document.querySelector(path);
  if (!link) { done(null); return; }
  const began = performance.now();
  document.addEventListener("wb-shown", () => requestAnimationFrame(() =>
    requestAnimationFrame(() => done(performance.now() - began))), { once: true });
  link.click();
})"""
CHOICES = """() => Object.fromEntries(
  [...document.querySelectorAll(".wb-filters select")].map((s) =>
    [s.name, s.disabled ? [] : [...s.options].map((o) => o.value)]))"""
# From the first view, where a topic is opened, to a cell, to its next page, to a case, and back.
PATH = (".wb-fold", ".wb-heatmap a[data-unit]:not([data-unit=''])", ".wb-tabs a:nth-child(4)",
        ".wb-pages a[rel=next]", ".wb-table tbody a", "[data-back]")  # fmt: skip


def measure_dashboards(
    runs: Path | None, progress: Callable[[str], None] = lambda step: None
) -> dict[str, Any]:
    """Seconds until a page is there, cold and preheated; milliseconds of filters; MB of a kernel.

    `runs` is a run folder or a folder of runs, by default the shipped sample. `*_cold_s`: a server
    that keeps no kernel ready, `*_warm_s`: one whose kernel has the page ready. Times begin with
    the navigation and end when the browser has painted.
    """
    if find_browser() is None:  # said before the sample is evaluated for nothing
        raise InputError(f"no browser was found; {HOW}")
    figures: dict[str, Any] = {"cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as temporary:
        if runs is None:
            progress("evaluate the sample")
            runs = _sample(Path(temporary))
        with chromium() as browser:
            figures["browser"] = browser.version
            progress("cold")
            figures |= _cold(browser, runs)
            progress("preheated")
            figures |= _warm(browser, runs, progress)
    return figures


def _sample(folder: Path) -> Path:
    from workbench.benchmark.evaluation import AS_OF
    from workbench.run import evaluate, load
    from workbench.shared_files import shared_folder

    return evaluate(load(shared_folder("sample_data") / "hrss"), as_of=AS_OF).save(folder)


def _cold(browser: Any, runs: Path) -> dict[str, Any]:
    loads = []
    with served(serving(runs, "--cold")) as server, _viewer(browser, server) as context:
        for _ in range(COLD_LOADS):
            page = context.new_page()
            loads.append(_load(page, server))
            page.close()
    return {f"{name}_cold_s": round(value, 2) for name, value in _medians(loads).items()}


def _warm(browser: Any, runs: Path, progress: Callable[[str], None]) -> dict[str, Any]:
    loads = []
    command = ["-m", "workbench.benchmark.heated", str(runs), TOKEN]
    with served(command) as server, _viewer(browser, server) as context:
        for _ in range(LOADS):
            server.line()  # a kernel has the next page ready
            page = context.new_page()
            loads.append(_load(page, server))
            page.close()
        server.line()
        page = context.new_page()
        _load(page, server)
        cases = _whole(page.inner_text(".wb-n-cases .wb-value"))
        server.line()  # from here on the machine has nothing else to do
        progress("filters")
        changes = list(_filters(page))
        progress("drill down")
        drills = list(_drills(page))
        found = {f"{name}_warm_s": round(value, 2) for name, value in _medians(loads).items()}
        return {
            **found, "cases": cases,
            "filters": len(changes), "filter_median_ms": round(statistics.median(changes)),
            "filter_p95_ms": _p95(changes), "drills": len(drills), "drill_p95_ms": _p95(drills),
            **_memory(server),
        }  # fmt: skip


@contextmanager
def _viewer(browser: Any, server: Served) -> Iterator[Any]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(WATCH)
    context.request.get(server.entrance)
    yield context
    context.close()


def _load(page: Any, server: Served) -> dict[str, float]:
    page.goto(server.leadership, wait_until="commit", timeout=PATIENCE_MS)
    try:
        page.wait_for_function("Object.keys(window.wbTimes).length === 3")
    except Exception as error:  # playwright's, which is not imported here
        text = " ".join(page.inner_text("body").split())[:300]
        raise InputError(f"the dashboard did not come up; the page says: {text}") from error
    times: dict[str, float] = page.evaluate("window.wbTimes")
    return times


def _medians(loads: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(load[name] for load in loads) for name in loads[0]}


def _filters(page: Any) -> Iterator[float]:
    """Every filter set and taken back, in every view that has filters."""
    start = page.get_attribute(".wb-page", "data-hash")
    check = page.get_attribute(".wb-heatmap a[data-check]", "data-check")
    for view in ("", f"&page=check&check={check}", "&page=deadlines&due=open"):
        _go(page, start + view)
        for turn in range(ROUNDS):
            for name, values in page.evaluate(CHOICES).items():
                if len(values) > 1:
                    yield page.evaluate(CHANGE, [name, values[1 + turn % (len(values) - 1)]])
                    yield page.evaluate(CHANGE, [name, ""])
    _go(page, start)


def _drills(page: Any) -> Iterator[float]:
    start = page.get_attribute(".wb-page", "data-hash")
    for _ in range(ROUNDS):
        for step in PATH:
            took = page.evaluate(FOLLOW, step)
            if took is not None:
                yield took
        _go(page, start)


def _go(page: Any, state: str) -> None:
    page.evaluate(
        """(hash) => new Promise((done) => {
          if (location.hash === hash) { done(); return; }
          document.addEventListener("wb-shown", () => done(), { once: true });
          location.hash = hash;
        })""",
        state,
    )


def _p95(values: list[float]) -> int:
    return round(sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)])


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _memory(server: Served) -> dict[str, int]:
    """Resident MB of the kernel that answered, and of the server beside it."""
    if not sys.platform.startswith("linux"):
        return {}
    kernels = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").open())
            command = (folder / "cmdline").read_text()
        except OSError:  # ended meanwhile
            continue
        if int(status["PPid"]) == server.process.pid and "ipykernel_launcher" in command:
            kernels.append(_megabytes(status["VmRSS"]))
        elif folder.name == str(server.process.pid):
            own = _megabytes(status["VmRSS"])
    return {"kernel_mb": max(kernels), "server_mb": own}


def _megabytes(kilobytes: str) -> int:
    return round(int(kilobytes.split()[0]) / 1024)
