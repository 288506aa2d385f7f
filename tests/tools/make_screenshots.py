"""The pictures of the README, made anew from the samples: `python tests/tools/make_screenshots.py`.

Needs a browser (see tests/browser). Evaluates both samples into a folder that is thrown away.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import workbench  # noqa: E402
from workbench.benchmark.browser import chromium, served, serving  # noqa: E402

IMAGES = ROOT / "docs" / "images"
TOPIC = "#wb-topic-disclosure_after"
CELL = "td a[data-check='after-penalty-published-7wd'][data-unit='9903-J']"
CASE = ".wb-subjects a.wb-mono"


def main() -> None:
    """Serve the samples, open what the README shows, and keep a picture of each."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        letters = workbench.load(ROOT / "sample_data" / "us_fda", pack="us_fda")
        workbench.evaluate(letters).save(folder)
        bureau = workbench.load(ROOT / "sample_data" / "hrss")
        workbench.evaluate(bureau, as_of="2026-06-30").save(folder)
        with served(serving(Path(folder))) as server, chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 1010})
            page.goto(server.entrance)
            for language in ("zh", "en"):
                _walk(page, server.address, language)


def _walk(page: Any, address: str, language: str) -> None:
    page.goto(f"{address}dashboards/leadership#lang={language}")
    page.reload()  # an address that differs behind the # alone loads nothing
    _settled(page, language)
    page.screenshot(path=IMAGES / f"overview_{language}.png")
    page.locator("#wb-heat").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#wb-heat').scrollIntoView()")
    page.locator(TOPIC).click()
    page.locator(CELL).click()
    page.locator(CASE).first.wait_for()
    _settled(page, language)
    page.locator(CASE).nth(4).click()
    page.locator(".wb-case").wait_for()
    page.screenshot(path=IMAGES / f"case_{language}.png")


def _settled(page: Any, language: str) -> None:
    """The language is there, the widget is connected, every figure is drawn."""
    page.wait_for_function(
        """(language) => {
            const page = document.querySelector('.wb-page:not(.wb-waiting):not(.wb-busy)');
            const figures = [...(page?.querySelectorAll('.wb-figure') ?? [])];
            return page?.lang === language && figures.length > 0 &&
                figures.every((f) => f.querySelector('.main-svg, .wb-none'));
        }""",
        arg=language,
    )


if __name__ == "__main__":
    main()
