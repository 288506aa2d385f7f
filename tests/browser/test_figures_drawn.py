"""Figures as a browser draws them: nothing is cut off, no text stands on another one."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import plotly
import pytest

from tests.unit import figuring
from tests.unit.test_figures import ASKED, relations
from workbench.figures.drawn import draw

pytestmark = pytest.mark.browser
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
DRAW = """async (figure) => {
    const place = document.getElementById("figure");
    Plotly.purge(place);
    await Plotly.newPlot(place, figure.data, figure.layout,
                         {displayModeBar: false, responsive: true});
    const found = [];
    const kinds = {title: ".g-gtitle text", tick: ".xtick text, .ytick text, .x2tick text",
                   head: ".g-xtitle text, .g-ytitle text, .g-x2title text",
                   key: ".legend text", note: ".annotation text"};
    const frame = place.getBoundingClientRect();
    for (const [kind, selector] of Object.entries(kinds)) {
        for (const text of place.querySelectorAll(selector)) {
            const box = text.getBoundingClientRect();
            if (text.textContent.trim() && box.width)
                found.push({kind, text: text.textContent, turned: !!text.closest(".xtick"),
                            left: box.left - frame.left, top: box.top - frame.top,
                            right: box.right - frame.left, bottom: box.bottom - frame.top});
        }
    }
    return {texts: found, width: frame.width, height: frame.height};
}"""


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """Every figure in both languages."""
    results = figuring.results_of(relations())
    return {f"{name}, {language}": draw(results, name, language, **asked).figure
            for name, asked in ASKED.items() for language in ("zh", "en")}  # fmt: skip


@pytest.mark.parametrize("width", [1280, 700])
def test_all_texts_have_room(browser: Any, figures: dict[str, Any], width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_content('<body style="margin:0"><div id="figure"></div></body>')
    page.add_script_tag(path=str(PLOTLY))
    for name, figure in figures.items():
        drawn = page.evaluate(DRAW, figure)
        assert len(drawn["texts"]) > 3, name
        for text in drawn["texts"]:
            inside = (text["left"] >= -1 and text["right"] <= drawn["width"] + 1
                      and text["top"] >= -1 and text["bottom"] <= drawn["height"] + 1)  # fmt: skip
            assert inside, (name, width, text)
        upright = [text for text in drawn["texts"] if not text["turned"] or "heat" not in name]
        for one, other in combinations(upright, 2):
            assert not covers(one, other), (name, width, one, other)
    assert complaints == []
    page.close()


def covers(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Two texts lie on each other by more than the air around letters."""
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    tall = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return wide > 3 and tall > 5
