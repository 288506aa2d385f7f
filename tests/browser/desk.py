"""An open dashboard: go somewhere, do something, wait until it is shown, read what stands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

from workbench.benchmark.browser import Served

# Counts the answers that were shown and notes what jumped; in every page before its own scripts.
LISTEN = """
window.wbShown = 0; window.wbShifts = [];
document.addEventListener("wb-shown", () => { window.wbShown += 1; });
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) window.wbShifts.push({ at: e.startTime, value: e.value });
}).observe({ type: "layout-shift", buffered: true });
"""
# The page has its answer and every figure is drawn from the data that came with it.
SETTLED = """(shown) => {
  const root = document.querySelector(".wb-page");
  if (!root || window.wbShown <= shown) return false;
  if (root.classList.contains("wb-waiting") || root.classList.contains("wb-busy")) return false;
  const key = (data) => JSON.stringify(data.map((t) => [t.x, t.y, t.text, t.customdata]));
  const wanted = JSON.parse(root.querySelector("script.wb-data").textContent);
  return Object.entries(wanted).every(([id, figure]) => {
    const place = document.getElementById(id);
    return place?._fullLayout && key(place.data) === key(figure.data) &&
           place.querySelector("svg.main-svg");
  });
}"""
OVERVIEW = """() => {
  const text = (root, path) => root.querySelector(path)?.textContent.trim() ?? "";
  const all = (path) => [...document.querySelectorAll(path)];
  return {
    figures: all(".wb-figures li").map((li) => [
      li.className.match(/wb-n-(\\w+)/)[1], text(li, ".wb-value"), text(li, ".wb-beside")]),
    systems: all(".wb-system").map((s) => [s.dataset.system, text(s, ".wb-rate strong"),
      text(s, ".wb-rate span"), text(s, "p.wb-beside")]),
    cells: all(".wb-heatmap td a").map((a) => [a.dataset.check, a.dataset.unit, text(a, "b"),
      a.querySelector("span").firstChild.textContent.trim(), text(a, "em"), a.title,
      a.parentElement.className]),
    topics: Object.fromEntries(all(".wb-heatmap .wb-topic").map((tr) => [
      tr.querySelector(".wb-fold").id.replace("wb-topic-", ""),
      { about: text(tr, "th small"), worst: text(tr, ".wb-worst b"),
        check: tr.querySelector(".wb-worst a")?.dataset.check ?? "",
        open: tr.querySelector(".wb-fold").getAttribute("aria-expanded"),
        cells: [...tr.cells].slice(1).map((td) => [text(td, "b"),
          text(td, "span").replace("\u200b", ""), text(td, "em"), td.title, td.className]) }])),
    nothing: all(".wb-heatmap td .wb-nothing").length,
    soon: all("section[aria-labelledby=wb-soon] tbody tr").map((tr) =>
      [...tr.cells].map((td) => td.textContent.trim())),
    shown: document.querySelector(".wb-shown")?.firstChild.textContent.trim() ?? "",
  };
}"""
# What was first, and how far things moved until the page was up.
FIRST = """() => ({
  hash: document.querySelector(".wb-page").dataset.hash, title: document.title,
  lang: document.documentElement.lang,
  jumped: window.wbShifts.reduce((sum, shift) => sum + shift.value, 0),
})"""
ROWS = """(path) => [...document.querySelectorAll(path)].map((tr) =>
  [...tr.cells].map((td) => td.textContent.trim()))"""


class Desk:
    """The dashboard in a page of the browser."""

    def __init__(self, page: Any, server: Served):
        self.page, self.server = page, server
        self.problems: list[str] = []
        self.first: dict[str, Any] = {}
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("websocket", lambda socket: socket.on("framereceived", self._look))

    @classmethod
    @contextmanager
    def opened(cls, context: Any, server: Served, **state: str) -> Iterator[Desk]:
        """A new page in which the dashboard is up."""
        page = context.new_page()
        desk = cls(page, server)
        page.goto(server.leadership + address(state))
        desk.settle(0)
        desk.first = page.evaluate(FIRST)
        yield desk
        page.close()

    def _look(self, frame: bytes | str) -> None:
        """No traceback is ever sent to a browser."""
        text = frame.decode("utf-8", "replace") if isinstance(frame, bytes) else frame
        if "Traceback" in text:
            self.problems.append(text)

    def settle(self, shown: int) -> None:
        """Until the next answer is shown and its figures are drawn."""
        self.page.wait_for_function(SETTLED, arg=shown)

    def act(self, action: Callable[[], object]) -> None:
        """Do something that changes the view; return when it has."""
        shown = self.page.evaluate("window.wbShown")
        action()
        self.settle(shown)

    def go(self, **state: object) -> None:
        """To a view; at once where it is shown already."""
        wanted = address(state)
        if self.page.evaluate("location.hash") != wanted:
            self.act(lambda: self.page.evaluate("(hash) => { location.hash = hash; }", wanted))

    def click(self, path: str) -> None:
        """Click what leads to another view."""
        self.act(lambda: self.page.click(path))

    def choose(self, name: str, value: str) -> None:
        """Set a filter."""
        self.act(lambda: self.page.select_option(f"#wb-filter-{name}", value))

    @property
    def state(self) -> dict[str, str]:
        """What the shown page says it is."""
        return dict(parse_qsl(self.page.get_attribute(".wb-page", "data-hash")[1:]))

    def overview(self) -> Any:
        """Everything on the first view that is a number."""
        return self.page.evaluate(OVERVIEW)

    def rows(self, path: str = ".wb-table tbody tr") -> list[list[str]]:
        """The texts of the rows of a table."""
        found: list[list[str]] = self.page.evaluate(ROWS, path)
        return found

    def tabs(self) -> list[tuple[str, int]]:
        """The tabs of a list: text and count."""
        texts = self.page.locator(".wb-tabs a").all_inner_texts()
        return [(text.rsplit(None, 1)[0], int(text.rsplit(None, 1)[1].replace(",", "")))
                for text in texts]  # fmt: skip

    def text(self, path: str = ".wb-page") -> str:
        """What a person can read there."""
        found: str = self.page.locator(path).first.inner_text()
        return found

    def numbers(self, path: str) -> list[int]:
        """The whole numbers in a text."""
        return [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", self.text(path))]


def address(state: dict[str, Any]) -> str:
    """A state as it stands behind the address."""
    return "#" + urlencode(state) if state else ""
